# SPDX-License-Identifier: Apache-2.0
"""Notices, consents, guardians, watch plans and exemptions in a real database."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select

import core.outbox  # noqa: F401 - its table must exist
from core.audit import AuditRow
from core.clock import FixedClock
from core.errors import Conflict, Forbidden, KasautiError, NotFound
from core.identity import consents, guardians, operations, queries
from core.identity.consents import Notice
from core.identity.erasing import erase_guardians
from core.identity.guardian_model import Means, Relation
from core.identity.model import Role
from core.ids import new_id
from core.notices.model import Address
from core.uow import Actor, ActorKind, Store
from proctor import api as proctor

SYSTEM = Actor.system()
PEPPER = b"p" * 32
NOTICE = Notice.of({"items": [{"key": "photo", "en": {"title": "A photo"}, "hi": {"title": "फ़ोटो"}}]})


def refused(act: Callable[[], object], kind: type[KasautiError]) -> str:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


def manager(agency: str) -> Actor:
    return Actor(kind=ActorKind.PERSON, id=new_id(), organisation_id=agency, roles=frozenset({Role.MANAGER}))


def test_the_words_of_a_notice_are_kept_once_and_a_change_to_them_is_seen(store: Store) -> None:
    for _ in range(2):
        with store.write(SYSTEM) as uow:
            consents.keep_notice(uow, NOTICE)
    with store.read(SYSTEM) as uow:
        kept = consents.kept_notice(uow, NOTICE.version)
        assert (kept.document, kept.sha256, kept.intact) == (NOTICE.document, NOTICE.sha256, True)
        assert refused(lambda: consents.kept_notice(uow, "2026-11"), NotFound) == "notice_version_unknown"


def test_a_consent_taken_back_stands_no_more_and_is_never_lost(
    store: Store, clock: FixedClock, agency: str
) -> None:
    given = {"organisation_id": agency, "notice_version": NOTICE.version, "language": "hi"}
    with store.write(SYSTEM) as uow:
        one = operations.record_consent(uow, "entry", purposes=["photo", "voice"], **given)
        assert queries.standing_consent(uow, "entry") == one
    clock.advance(60)
    with store.write(SYSTEM) as uow:
        less = consents.replace_consent(uow, one, organisation_id=agency, purposes={"photo"}, language="hi")
        assert queries.consent_of(uow, "entry", notice_version=NOTICE.version) == less
    clock.advance(60)
    with store.write(SYSTEM) as uow:
        assert consents.withdraw_consents(uow, "entry", organisation_id=agency) == [less]
        assert consents.withdraw_consents(uow, "entry", organisation_id=agency) == []
        assert queries.standing_consent(uow, "entry") is None
    with store.read(SYSTEM) as uow:
        assert [one.withdrawn_at is not None for one in consents.consents_of(uow, "entry")] == [True, True]


def test_a_consent_can_be_narrowed_and_taken_back_at_once_and_with_a_clock_that_was_set_back(
    store: Store, clock: FixedClock, agency: str
) -> None:
    with store.write(SYSTEM) as uow:
        one = operations.record_consent(
            uow,
            "entry",
            purposes=["photo", "voice"],
            organisation_id=agency,
            notice_version=NOTICE.version,
            language="hi",
        )
        less = consents.replace_consent(uow, one, organisation_id=agency, purposes={"photo"}, language="hi")
    assert less.given_at > one.given_at
    clock.advance(-3600)
    with store.write(SYSTEM) as uow:
        assert queries.standing_consent(uow, "entry") == less
        none = consents.replace_consent(uow, less, organisation_id=agency, purposes=(), language="hi")
        assert none.given_at > less.given_at
    with store.write(SYSTEM) as uow:
        assert consents.withdraw_consents(uow, "entry", organisation_id=agency) == [none]
    with store.read(SYSTEM) as uow:
        for kept in consents.consents_of(uow, "entry"):
            assert kept.withdrawn_at is not None
            assert kept.withdrawn_at >= kept.given_at


def test_what_a_learner_said_of_the_age_is_kept_and_the_last_word_counts(store: Store, agency: str) -> None:
    with store.write(SYSTEM) as uow:
        assert consents.said_of_age(uow, "entry") is None
        for said in (True, True, False):
            consents.state_age(uow, "entry", organisation_id=agency, of_age=said)
        assert consents.said_of_age(uow, "entry") is False
        assert [one.name for one in uow.emitted] == ["age_stated", "age_stated"]


def test_a_guardians_code_is_stored_nowhere_and_gives_the_consent_that_withdrawal_ends(
    store: Store, agency: str
) -> None:
    with store.write(SYSTEM) as uow:
        code = guardians.ask_guardian(
            uow,
            "entry",
            organisation_id=agency,
            notice_version=NOTICE.version,
            name="Meena Das",
            relation=Relation.MOTHER,
            address=Address.phone("9876543210"),
            pepper=PEPPER,
        )
        answer = {"notice_version": NOTICE.version, "pepper": PEPPER}
        wrong = f"{(int(code) + 1) % 1_000_000:06}"
        assert not guardians.answer_guardian_code(uow, "entry", code=wrong, **answer)  # type: ignore[arg-type]
        unasked = lambda: guardians.answer_guardian_code(uow, "other", code=code, **answer)  # type: ignore[arg-type]  # noqa: E731
        assert refused(unasked, Conflict) == "guardian_code_not_sent"
        spoken = f" {code[:3]}-{code[3:]} "
        assert guardians.answer_guardian_code(uow, "entry", code=spoken, **answer)  # type: ignore[arg-type]
        found = guardians.guardian_of(uow, "entry", notice_version=NOTICE.version)
        assert found is not None
        assert (found.stands, found.masked, found.tries) == (True, "+91***3210", 2)
        told = str([row.payload for row in uow.db.scalars(select(AuditRow))])
        assert code not in told
        assert "Meena" not in told
        guardians.withdraw_guardians(uow, "entry", organisation_id=agency)
        assert guardians.guardian_of(uow, "entry", notice_version=NOTICE.version) is None
        assert [one.stands for one in guardians.guardians_of(uow, "entry")] == [False]


def test_paper_is_recorded_by_a_person_with_a_name_and_once(store: Store, agency: str) -> None:
    paper = {
        "organisation_id": agency,
        "notice_version": NOTICE.version,
        "name": "Meena Das",
        "relation": Relation.LEGAL_GUARDIAN,
        "reason": "No phone in the village",
    }
    with store.write(SYSTEM) as uow:
        alone = lambda: guardians.record_guardian_paper(uow, "entry", **paper)  # type: ignore[arg-type]  # noqa: E731
        assert refused(alone, Forbidden) == "person_needed"
    acting = manager(agency)
    with store.write(acting) as uow:
        guardians.record_guardian_paper(uow, "entry", **paper)  # type: ignore[arg-type]
        again = lambda: guardians.record_guardian_paper(uow, "entry", **paper)  # type: ignore[arg-type]  # noqa: E731
        assert refused(again, Conflict) == "guardian_already_agreed"
        (kept,) = guardians.guardians_of(uow, "entry")
        assert (kept.means, kept.recorded_by, kept.stands) == (Means.PAPER, acting.id, True)


def test_a_plan_is_what_was_said_last_and_settled_with_the_first_consent(store: Store, agency: str) -> None:
    plan = proctor.WatchPlan(id_card=True, voice=True, mode=proctor.Mode.ECONOMY)
    said = {"organisation_id": agency}
    with store.write(manager(agency)) as uow:
        assert proctor.plan_of(uow, "sitting") == proctor.WatchPlan()
        for _ in range(2):
            proctor.set_plan(uow, "sitting", plan=plan, **said)
        assert proctor.plan_of(uow, "sitting") == plan
        assert [one.name for one in uow.emitted] == ["watch_plan_set"]
        session = proctor.open_session(uow, "attempt", sitting_id="sitting", **said)
        proctor.set_plan(uow, "sitting", plan=proctor.OF_NEW_SITTINGS, **said)
        proctor.record_consent_reference(
            uow, session.id, consent_id="consent", plan=proctor.OF_NEW_SITTINGS, agreed=["face"]
        )
        change = partial(proctor.set_plan, uow, "sitting", plan=plan, organisation_id=agency)
        assert refused(change, Conflict) == "plan_settled"
        proctor.take_back_consent(uow, session.id)
        change()
        assert proctor.session(uow, session.id, organisation_id=agency).plan == proctor.OF_NEW_SITTINGS


def test_what_staff_noted_of_a_guardian_who_takes_it_back_is_kept_and_goes_with_an_erasure(
    store: Store, agency: str
) -> None:
    paper = {
        "organisation_id": agency,
        "notice_version": NOTICE.version,
        "name": "Meena Das",
        "relation": Relation.MOTHER,
        "reason": "No phone",
    }
    note = partial(guardians.record_guardian_withdrawal, organisation_id=agency, reason="She called")
    with store.write(manager(agency)) as uow:
        assert refused(lambda: note(uow, "entry"), Conflict) == "guardian_nothing_stands"
        guardians.record_guardian_paper(uow, "entry", **paper)  # type: ignore[arg-type]
        note(uow, "entry")
        note_kept, paper_kept = guardians.guardians_of(uow, "entry")
        assert (note_kept.reason, note_kept.recorded_by) == ("She called", uow.actor.id)
        assert (note_kept.notes_withdrawal, paper_kept.notes_withdrawal) == (True, False)
        assert paper_kept.reason == "No phone"
        assert not note_kept.stands
        assert not paper_kept.stands
        assert guardians.guardian_of(uow, "entry", notice_version=NOTICE.version) is None
    with store.write(SYSTEM) as uow:
        assert refused(lambda: note(uow, "entry"), Forbidden) == "person_needed"
        erase_guardians(uow, ["entry"])
        uow.db.expire_all()
        assert {one.reason for one in guardians.guardians_of(uow, "entry")} == {"[erased]"}


def test_an_exemption_follows_the_session_until_the_start(store: Store, agency: str) -> None:
    grant = {"organisation_id": agency, "proof": proctor.ProofSeen.OWN_WORD, "reason": "By her own word"}
    with store.write(SYSTEM) as uow:
        alone = lambda: proctor.grant_exemption(uow, "attempt", profile="veil", **grant)  # type: ignore[arg-type]  # noqa: E731
        assert refused(alone, Forbidden) == "person_needed"
    with store.write(manager(agency)) as uow:
        veil = proctor.grant_exemption(uow, "attempt", profile="veil", **grant)  # type: ignore[arg-type]
        session = proctor.open_session(uow, "attempt", organisation_id=agency, sitting_id="sitting")
        proctor.record_consent_reference(
            uow, session.id, consent_id="c", exemptions=proctor.exempted_profiles(uow, "attempt")
        )
        proctor.grant_exemption(uow, "attempt", profile="tics", **grant)  # type: ignore[arg-type]
        assert proctor.session(uow, session.id, organisation_id=agency).exemptions == {"veil", "tics"}
        another = lambda: proctor.end_exemption(  # noqa: E731
            uow, veil.id, attempt_id="another", organisation_id=agency
        )
        assert refused(another, NotFound) == "exemption_not_found"
        assert [one.profile for one in proctor.exemptions_of(uow, "attempt")] == ["veil", "tics"]
        proctor.end_exemption(uow, veil.id, attempt_id="attempt", organisation_id=agency)
        proctor.end_exemption(uow, veil.id, attempt_id="attempt", organisation_id=agency)
        assert proctor.session(uow, session.id, organisation_id=agency).exemptions == {"tics"}
        assert [one.profile for one in proctor.exemptions_of(uow, "attempt")] == ["tics"]
        foreign = lambda: proctor.end_exemption(  # noqa: E731
            uow, veil.id, attempt_id="attempt", organisation_id=new_id()
        )
        assert refused(foreign, NotFound) == "exemption_not_found"
        proctor.end_session(uow, session.id, ended_by=proctor.SessionEnd.ATTEMPT_ENDED)
        late = lambda: proctor.grant_exemption(uow, "attempt", profile="veil", **grant)  # type: ignore[arg-type]  # noqa: E731
        assert refused(late, Conflict) == "session_ended"
