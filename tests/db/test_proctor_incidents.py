# SPDX-License-Identifier: Apache-2.0
"""Incidents in a real database: raised once, ended once, decided once by somebody who did not watch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

import core.outbox  # noqa: F401 - its table must exist
from core.audit import AuditRow
from core.blobs import BlobStore
from core.clock import FixedClock
from core.errors import Conflict, Forbidden, Invalid, KasautiError, NotFound
from core.identity.model import Role
from core.identity.operations import add_person
from core.ids import new_id
from core.uow import Actor, ActorKind, Store, UnitOfWork
from proctor import api as proctor
from proctor.evidence.model import KeptFrame
from proctor.incidents.operations import interrupt_open_alerts
from proctor.incidents.queries import alert_counts
from tests.clips import picture, to_jpeg

JPEG = to_jpeg(picture("two"))
BEFORE, ONSET, AFTER = proctor.EvidenceKind.BEFORE, proctor.EvidenceKind.ONSET, proctor.EvidenceKind.AFTER


@pytest.fixture
def people(store: Store, agency: str) -> tuple[str, str]:
    """A proctor and a reviewer."""
    with store.write(Actor.system()) as uow:
        proctor_id, reviewer_id = (
            add_person(
                uow,
                organisation_id=agency,
                name=name,
                email=f"{name}@example.org",
                password="a long enough password",
                roles=[role],
            ).id
            for name, role in (("proctor", Role.PROCTOR), ("reviewer", Role.INTEGRITY_REVIEWER))
        )
    return proctor_id, reviewer_id


@pytest.fixture
def session(store: Store, agency: str) -> proctor.SessionSummary:
    with store.write(Actor.system()) as uow:
        return proctor.open_session(uow, new_id(), organisation_id=agency, sitting_id="sitting")


def person(identifier: str) -> Actor:
    return Actor(ActorKind.PERSON, identifier)


def alert_at(clock: FixedClock, *, number: int = 1) -> proctor.Alert:
    return proctor.Alert(
        rule=proctor.RuleName.SEVERAL_FACES,
        number=number,
        onset_at=clock.now(),
        raised_at=clock.now() + timedelta(seconds=2),
        numbers={"seconds": 2.0, "max_faces": 2},
        thresholds={"onset_seconds": 1.75},
        rule_version="1",
        model_sha256="ab" * 32,
        weight=proctor.Weight.INCIDENT,
    )


def ended(alert: proctor.Alert) -> proctor.Alert:
    return replace(
        alert,
        ended_at=alert.onset_at + timedelta(seconds=7),
        ended_because=proctor.AlertEnd.CLEARED,
        numbers={"seconds": 7.0, "max_faces": 3},
    )


def kept(clock: FixedClock, *kinds: proctor.EvidenceKind) -> tuple[KeptFrame, ...]:
    return tuple(
        KeptFrame(kind, proctor.CapturedFrame(seq, clock.now() + timedelta(seconds=seq), JPEG))
        for seq, kind in enumerate(kinds, start=1)
    )


def raised(
    uow: UnitOfWork, clock: FixedClock, session: proctor.SessionSummary, blobs: BlobStore, *, number: int = 1
) -> proctor.IncidentSummary:
    what = proctor.AlertRaised(
        session=session.ref, alert=alert_at(clock, number=number), frames=kept(clock, BEFORE, ONSET)
    )
    return proctor.raise_incident(uow, what, blobs=blobs)


def refused(act: Callable[[], object], kind: type[KasautiError]) -> str:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


def decide(
    uow: UnitOfWork, incident_id: str, agency: str, *, reason: str = "A poster on the wall."
) -> proctor.IncidentSummary:
    return proctor.decide_incident(
        uow, incident_id, organisation_id=agency, verdict=proctor.Verdict.DISMISSED, reason=reason
    )


def test_an_incident_keeps_the_numbers_of_both_ends_and_its_pictures(
    store: Store, clock: FixedClock, blobs: BlobStore, agency: str, session: proctor.SessionSummary
) -> None:
    alert = alert_at(clock)
    with store.write(Actor.system()) as uow:
        incident = raised(uow, clock, session, blobs)
        assert (incident.attempt_id, incident.state) == (session.attempt_id, proctor.IncidentState.OPEN)
        assert raised(uow, clock, session, blobs) == incident
    clock.advance(9)
    with store.write(Actor.system()) as uow:
        what = proctor.AlertEnded(session=session.ref, alert=ended(alert), frames=kept(clock, AFTER))
        closed = proctor.end_alert(uow, what, blobs=blobs)
        assert proctor.end_alert(uow, what, blobs=blobs) == closed
    assert (closed.ended_because, closed.numbers) == (
        proctor.AlertEnd.CLEARED,
        {"seconds": 7.0, "max_faces": 3},
    )
    with store.read(Actor.system()) as uow:
        detail = proctor.incident(uow, incident.id, organisation_id=agency)
        assert detail.summary == closed
        assert detail.raised_numbers == {"seconds": 2.0, "max_faces": 2}
        assert (detail.thresholds, detail.rule_version) == ({"onset_seconds": 1.75}, "1")
        assert [part.kind for part in detail.evidence] == [BEFORE, ONSET, AFTER]
        assert {part.size for part in detail.evidence} == {len(JPEG)}
        names = [
            row.name for row in uow.db.scalars(select(AuditRow).where(AuditRow.subject_id == incident.id))
        ]
        assert sorted(names) == ["incident_alert_ended", "incident_raised"]


def test_the_end_of_an_alert_that_was_never_raised_is_refused(
    store: Store, clock: FixedClock, blobs: BlobStore, session: proctor.SessionSummary
) -> None:
    what = proctor.AlertEnded(session=session.ref, alert=ended(alert_at(clock)))
    with store.write(Actor.system()) as uow:
        assert refused(lambda: proctor.end_alert(uow, what, blobs=blobs), NotFound) == "incident_unknown"


def test_a_reviewer_decides_once_with_a_reason(
    store: Store,
    clock: FixedClock,
    blobs: BlobStore,
    session: proctor.SessionSummary,
    people: tuple[str, str],
) -> None:
    agency = session.organisation_id
    with store.write(Actor.system()) as uow:
        incident = raised(uow, clock, session, blobs)
    with store.write(person(people[1])) as uow:
        assert refused(lambda: decide(uow, incident.id, agency, reason=" "), Invalid) == "reason_required"
        decided = decide(uow, incident.id, agency)
        assert (decided.state, decided.attempt_id) == (proctor.IncidentState.DISMISSED, session.attempt_id)
        assert refused(lambda: decide(uow, incident.id, agency), Conflict) == "incident_closed"
    with store.read(Actor.system()) as uow:
        (finding,) = proctor.incident(uow, incident.id, organisation_id=agency).findings
        assert (finding.reviewer_id, finding.reason) == (people[1], "A poster on the wall.")
        (audit,) = uow.db.scalars(select(AuditRow).where(AuditRow.name == "incident_decided"))
        assert "poster" not in str(audit.payload)


def test_who_watched_the_sitting_may_not_decide_its_incidents(
    store: Store,
    clock: FixedClock,
    blobs: BlobStore,
    session: proctor.SessionSummary,
    people: tuple[str, str],
) -> None:
    agency = session.organisation_id
    with store.write(person(people[0])) as uow:
        for _ in range(2):
            proctor.record_watch(uow, "sitting", organisation_id=agency, proctor_id=people[0])
        proctor.record_watch(uow, "another sitting", organisation_id=agency, proctor_id=people[1])
        assert [event.name for event in uow.emitted] == ["watch_started", "watch_started"]
        incident = raised(uow, clock, session, blobs)
        assert refused(lambda: decide(uow, incident.id, agency), Forbidden) == "reviewer_was_proctor"
        assert proctor.incident(uow, incident.id, organisation_id=agency).watchers == {people[0]}
    with store.write(person(people[1])) as uow:
        assert decide(uow, incident.id, agency).state is proctor.IncidentState.DISMISSED


def test_only_a_person_of_the_same_organisation_decides(
    store: Store, clock: FixedClock, blobs: BlobStore, agency: str, session: proctor.SessionSummary
) -> None:
    with store.write(Actor.system()) as uow:
        incident = raised(uow, clock, session, blobs)
        assert refused(lambda: decide(uow, incident.id, agency), Forbidden) == "reviewer_not_a_person"
    with store.write(person("anybody")) as uow:
        assert refused(lambda: decide(uow, incident.id, "other"), NotFound) == "incident_unknown"
        read = lambda: proctor.incident(uow, incident.id, organisation_id="other")  # noqa: E731
        assert refused(read, NotFound) == "incident_unknown"


def test_lists_are_scoped_and_ordered(
    store: Store,
    clock: FixedClock,
    blobs: BlobStore,
    session: proctor.SessionSummary,
    people: tuple[str, str],
) -> None:
    agency = session.organisation_id
    with store.write(person(people[1])) as uow:
        first, second = (raised(uow, clock, session, blobs, number=number) for number in (1, 2))
        decided = decide(uow, first.id, agency)
        assert proctor.incidents(uow, organisation_id=agency) == (second, decided)
        assert proctor.incidents(uow, organisation_id=agency, limit=1) == (second,)
        assert proctor.incidents(uow, organisation_id=agency, state=proctor.IncidentState.OPEN) == (second,)
        assert proctor.incidents(uow, organisation_id="other") == ()
        assert proctor.incidents_of_attempt(uow, session.attempt_id) == (decided, second)
        assert proctor.incidents_of_sitting(uow, "sitting") == (decided, second)
        assert alert_counts(uow, [session.id]) == {session.id: {proctor.RuleName.SEVERAL_FACES: 2}}


def test_alerts_that_a_stopped_server_left_open_are_ended_as_interrupted(
    store: Store, clock: FixedClock, blobs: BlobStore, session: proctor.SessionSummary
) -> None:
    with store.write(Actor.system()) as uow:
        incident = raised(uow, clock, session, blobs)
    clock.advance(100)
    with store.write(Actor.system()) as uow:
        assert interrupt_open_alerts(uow) == 1
        assert interrupt_open_alerts(uow) == 0
        (after,) = proctor.incidents_of_attempt(uow, session.attempt_id)
    assert (after.id, after.ended_at, after.ended_because) == (
        incident.id,
        clock.now(),
        proctor.AlertEnd.INTERRUPTED,
    )
    assert after.numbers == incident.numbers


def test_the_wall_shows_open_alerts_of_its_sitting_only(
    store: Store, clock: FixedClock, blobs: BlobStore, agency: str, session: proctor.SessionSummary
) -> None:
    with store.write(Actor.system()) as uow:
        proctor.open_session(uow, new_id(), organisation_id=agency, sitting_id="another")
        incident = raised(uow, clock, session, blobs)
        (tile,) = proctor.wall_tiles(uow, "sitting", organisation_id=agency, live=lambda _: None)
        assert (tile.session, tile.open_alerts, tile.live) == (session, (incident,), None)
        assert tile.last_frame_at is None
        what = proctor.AlertEnded(session=session.ref, alert=ended(alert_at(clock)))
        closed = proctor.end_alert(uow, what, blobs=blobs)
        again = proctor.wall_tile(uow, session.attempt_id, organisation_id=agency, live=lambda _: None)
        assert (again.open_alerts, again.incidents) == ((), (closed,))
        assert proctor.wall_tiles(uow, "sitting", organisation_id="other", live=lambda _: None) == ()
        other = lambda: proctor.wall_tile(  # noqa: E731
            uow, session.attempt_id, organisation_id="other", live=lambda _: None
        )
        assert refused(other, NotFound) == "session_unknown"
        nobody = lambda: proctor.wall_tile(uow, "x", organisation_id=agency, live=lambda _: None)  # noqa: E731
        assert refused(nobody, NotFound) == "session_unknown"


NOTES = [rule for rule in proctor.RuleName if proctor.weight_of(rule) is proctor.Weight.NOTE]


@pytest.mark.parametrize("weight", list(proctor.Weight))
@pytest.mark.parametrize("rule", NOTES)
def test_no_machine_makes_an_incident_of_what_is_only_noted(
    store: Store, clock: FixedClock, agency: str, rule: proctor.RuleName, weight: proctor.Weight
) -> None:
    noted = replace(alert_at(clock), rule=rule, weight=weight)
    with store.write(Actor.system()) as uow:
        session = proctor.open_session(uow, new_id(), organisation_id=agency, sitting_id="sitting")
        told = proctor.AlertRaised(session=session.ref, alert=noted)
        with pytest.raises(Conflict) as caught:
            proctor.raise_incident(uow, told, blobs=BlobStore("memory://evidence", b"k" * 32))
        assert caught.value.code == "alert_is_a_note"
        assert proctor.incidents_of_attempt(uow, session.attempt_id) == ()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("UPDATE incidents SET state = 'upheld'", "decided_once_closed"),
        ("UPDATE incidents SET ended_at = onset_at", "ended_whole"),
        ("UPDATE incidents SET number = 0", "number_counts_from_one"),
        ("UPDATE incidents SET raised_at = '2000-01-01 00:00:00'", "raised_after_onset"),
        ("UPDATE incidents SET rule = 'looked_away'", "rule_name|no_note_by_machine"),
        ("UPDATE incidents SET rule = 'speech'", "no_note_by_machine"),
        ("UPDATE evidence SET incident_id = NULL", "photo_or_incident"),
        ("UPDATE evidence SET kind = 'identity_photo'", "photo_or_incident"),
        ("UPDATE evidence SET size = 0", "not_empty"),
        (
            "INSERT INTO findings VALUES ('f', (SELECT id FROM incidents), 1, 'upheld', '  ', 'x', '2026-11-20')",
            "reason_given",
        ),
    ],
)
def test_the_database_itself_refuses_what_makes_no_sense(
    store: Store, clock: FixedClock, agency: str, change: str, constraint: str
) -> None:
    with store.write(Actor.system()) as uow:
        session = proctor.open_session(uow, new_id(), organisation_id=agency, sitting_id="sitting")
        raised(uow, clock, session, BlobStore("memory://evidence", b"k" * 32))
    with pytest.raises(IntegrityError, match=constraint), store.write(Actor.system()) as uow:
        uow.db.execute(text(change))
