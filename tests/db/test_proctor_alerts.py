# SPDX-License-Identifier: Apache-2.0
"""Notes in a real database: kept and ended once, never a hold; an incident only by a person with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

import core.outbox  # noqa: F401 - its table must exist
from core.blobs import BlobStore
from core.clock import FixedClock
from core.errors import Conflict, Forbidden, Invalid, KasautiError, NotFound
from core.identity.model import Role
from core.identity.operations import add_person
from core.ids import new_id
from core.uow import Actor, ActorKind, Store
from proctor import api as proctor
from proctor.alerts.operations import interrupt_alerts
from proctor.alerts.queries import alert_numbers
from proctor.evidence.model import KeptFrame
from proctor.monitoring.alert_saver import AlertNotice, AlertSaver
from proctor.monitoring.live import LiveSession
from proctor.rules.ruleset import RuleSetState
from tests.clips import picture, to_jpeg

JPEG = to_jpeg(picture("present"))
NOTE, INCIDENT = proctor.Weight.NOTE, proctor.Weight.INCIDENT


@pytest.fixture
def session(store: Store, agency: str) -> proctor.SessionSummary:
    with store.write(Actor.system()) as uow:
        return proctor.open_session(uow, new_id(), organisation_id=agency, sitting_id="sitting")


@pytest.fixture
def reviewers(store: Store, agency: str) -> tuple[Actor, Actor]:
    with store.write(Actor.system()) as uow:
        first, second = (
            Actor(
                ActorKind.PERSON,
                add_person(
                    uow,
                    organisation_id=agency,
                    name=name,
                    email=f"{name}@example.org",
                    password="a long enough password",
                    roles=[Role.INTEGRITY_REVIEWER],
                ).id,
            )
            for name in ("first", "second")
        )
    return first, second


@dataclass(frozen=True)
class Desk:
    """A session with what writes to it, and two reviewers."""

    store: Store
    clock: FixedClock
    blobs: BlobStore
    session: proctor.SessionSummary
    reviewers: tuple[Actor, Actor]

    @property
    def agency(self) -> str:
        return self.session.organisation_id


@pytest.fixture
def desk(
    store: Store,
    clock: FixedClock,
    blobs: BlobStore,
    session: proctor.SessionSummary,
    reviewers: tuple[Actor, Actor],
) -> Desk:
    return Desk(store, clock, blobs, session, reviewers)


def speech(clock: FixedClock, *, number: int = 1, weight: proctor.Weight = NOTE) -> proctor.Alert:
    rule = proctor.RuleName.SPEECH if weight is NOTE else proctor.RuleName.FACE_GONE
    return proctor.Alert(
        rule=rule,
        number=number,
        onset_at=clock.now(),
        raised_at=clock.now() + timedelta(seconds=2),
        numbers={"seconds": 2.0},
        thresholds={"total": 12.0},
        rule_version="2",
        model_sha256="cd" * 32,
        weight=weight,
        validated=False,
    )


def ended(alert: proctor.Alert) -> proctor.Alert:
    return replace(
        alert,
        ended_at=alert.onset_at + timedelta(seconds=7),
        ended_because=proctor.AlertEnd.CLEARED,
        numbers={"seconds": 7.0},
    )


def frame(clock: FixedClock, kind: proctor.EvidenceKind) -> KeptFrame:
    return KeptFrame(kind, proctor.CapturedFrame(1, clock.now(), JPEG))


def refused(act: Callable[[], object], kind: type[KasautiError]) -> str:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


def test_a_note_keeps_numbers_thresholds_model_and_pictures_and_is_ended_once(
    store: Store, clock: FixedClock, blobs: BlobStore, agency: str, session: proctor.SessionSummary
) -> None:
    alert = speech(clock)
    raised = proctor.AlertRaised(
        session=session.ref, alert=alert, frames=(frame(clock, proctor.EvidenceKind.ONSET),)
    )
    with store.write(Actor.system()) as uow:
        note = proctor.record_alert(uow, raised, blobs=blobs)
        assert proctor.record_alert(uow, raised, blobs=blobs) == note
        assert [event.name for event in uow.emitted] == ["alert_noted"]
    with store.write(Actor.system()) as uow:
        what = proctor.AlertEnded(
            session=session.ref, alert=ended(alert), frames=(frame(clock, proctor.EvidenceKind.AFTER),)
        )
        closed = proctor.end_note(uow, what, blobs=blobs)
        assert proctor.end_note(uow, what, blobs=blobs) == closed
        assert [event.name for event in uow.emitted] == ["noted_alert_ended"]
    with store.read(Actor.system()) as uow:
        assert proctor.alerts_of_attempt(uow, session.attempt_id) == (closed,)
        assert proctor.alerts_of_sitting(uow, "sitting") == (closed,)
        assert proctor.alert(uow, note.id, organisation_id=agency) == closed
        assert proctor.alert_evidence_counts(uow, [note.id]) == {note.id: 2}
        pictures = proctor.evidence_of_attempt(uow, session.attempt_id)
        assert [(one.alert_id, one.incident_id) for one in pictures] == [(note.id, None)] * 2
        read = lambda: proctor.alert(uow, note.id, organisation_id="other")  # noqa: E731
        assert refused(read, NotFound) == "alert_unknown"
    assert (closed.raised_numbers, closed.numbers) == ({"seconds": 2.0}, {"seconds": 7.0})
    assert (closed.thresholds, closed.rule_version, closed.model_sha256) == ({"total": 12.0}, "2", "cd" * 32)
    assert (closed.weight, closed.validated, closed.incident_id) == (NOTE, False, None)


def test_the_end_of_a_note_that_was_never_noted_is_refused(
    store: Store, clock: FixedClock, blobs: BlobStore, session: proctor.SessionSummary
) -> None:
    what = proctor.AlertEnded(session=session.ref, alert=ended(speech(clock)))
    with store.write(Actor.system()) as uow:
        assert refused(lambda: proctor.end_note(uow, what, blobs=blobs), NotFound) == "alert_unknown"


def test_a_restart_ends_open_alerts_of_both_weights_and_counts_go_on(
    store: Store, clock: FixedClock, blobs: BlobStore, session: proctor.SessionSummary
) -> None:
    with store.write(Actor.system()) as uow:
        for number in (1, 2):
            proctor.record_alert(
                uow,
                proctor.AlertRaised(session=session.ref, alert=speech(clock, number=number)),
                blobs=blobs,
            )
        case = speech(clock, weight=INCIDENT)
        proctor.raise_incident(uow, proctor.AlertRaised(session=session.ref, alert=case), blobs=blobs)
    clock.advance(100)
    with store.write(Actor.system()) as uow:
        assert interrupt_alerts(uow) == 3
        assert interrupt_alerts(uow) == 0
        assert {one.ended_because for one in proctor.alerts_of_attempt(uow, session.attempt_id)} == {
            proctor.AlertEnd.INTERRUPTED
        }
        assert alert_numbers(uow, [session.id]) == {
            session.id: {proctor.RuleName.SPEECH: 2, proctor.RuleName.FACE_GONE: 1}
        }


def test_a_person_makes_an_incident_of_a_note_that_still_goes_on(desk: Desk) -> None:
    store, clock, blobs, session = desk.store, desk.clock, desk.blobs, desk.session
    agency, reviewers = desk.agency, desk.reviewers
    alert = speech(clock)
    onset = frame(clock, proctor.EvidenceKind.ONSET)
    with store.write(Actor.system()) as uow:
        raised = proctor.AlertRaised(session=session.ref, alert=alert, frames=(onset,))
        note = proctor.record_alert(uow, raised, blobs=blobs)
        by_machine = lambda: proctor.raise_note(  # noqa: E731
            uow, note.id, organisation_id=agency, reason="A voice.", blobs=blobs
        )
        assert refused(by_machine, Forbidden) == "person_needed"
    with store.write(reviewers[0]) as uow:
        blank = lambda: proctor.raise_note(  # noqa: E731
            uow, note.id, organisation_id=agency, reason=" ", blobs=blobs
        )
        assert refused(blank, Invalid) == "reason_required"
        elsewhere = lambda: proctor.raise_note(  # noqa: E731
            uow, note.id, organisation_id="x", reason="A.", blobs=blobs
        )
        assert refused(elsewhere, NotFound) == "alert_unknown"
        incident = proctor.raise_note(uow, note.id, organisation_id=agency, reason=" A voice. ", blobs=blobs)
        again = proctor.raise_note(uow, note.id, organisation_id=agency, reason="A voice.", blobs=blobs)
        assert again.id == incident.id
    assert (incident.origin, incident.alert_id, incident.ended_at) == (proctor.Origin.NOTE, note.id, None)
    assert (incident.raised_by, incident.raised_reason) == (reviewers[0].id, "A voice.")
    with store.write(Actor.system()) as uow:
        proctor.end_note(uow, proctor.AlertEnded(session=session.ref, alert=ended(alert)), blobs=blobs)
        detail = proctor.incident(uow, incident.id, organisation_id=agency)
        assert (detail.summary.ended_at, detail.summary.numbers) == (ended(alert).ended_at, {"seconds": 7.0})
        assert [one.kind for one in detail.evidence] == [proctor.EvidenceKind.ONSET]
        (noted,) = proctor.alerts_of_attempt(uow, session.attempt_id)
        assert noted.incident_id == incident.id
    with store.write(reviewers[0]) as uow:
        own = lambda: proctor.decide_incident(  # noqa: E731
            uow, incident.id, organisation_id=agency, verdict=proctor.Verdict.DISMISSED, reason="No."
        )
        assert refused(own, Forbidden) == "reviewer_raised_it"


def test_what_a_person_saw_is_an_incident_without_a_rule(
    store: Store,
    clock: FixedClock,
    agency: str,
    session: proctor.SessionSummary,
    reviewers: tuple[Actor, Actor],
) -> None:
    clock.advance(60)
    with store.write(reviewers[0]) as uow:
        first = proctor.raise_by_person(uow, session.ref, reason="A note under the keyboard.")
        earlier = clock.now() - timedelta(seconds=30)
        second = proctor.raise_by_person(uow, session.ref, reason="Again.", seen_at=earlier)
        assert [event.name for event in uow.emitted] == ["incident_raised", "incident_raised"]
    assert [(one.rule, one.number, one.onset_at) for one in (first, second)] == [
        (None, 1, clock.now()),
        (None, 2, earlier),
    ]
    with store.write(reviewers[1]) as uow:
        decided = proctor.decide_incident(
            uow, first.id, organisation_id=agency, verdict=proctor.Verdict.DISMISSED, reason="A mat."
        )
        assert decided.state is proctor.IncidentState.DISMISSED


def test_the_saver_sends_each_alert_by_its_weight_and_tells_which_it_became(
    store: Store, clock: FixedClock, blobs: BlobStore, session: proctor.SessionSummary
) -> None:
    told: list[AlertNotice] = []
    saver = AlertSaver(
        store,
        told.append,
        lambda uow, raised: proctor.raise_incident(uow, raised, blobs=blobs),
        lambda uow, over: proctor.end_alert(uow, over, blobs=blobs),
        lambda uow, raised: proctor.record_alert(uow, raised, blobs=blobs),
        lambda uow, over: proctor.end_note(uow, over, blobs=blobs),
    )
    live = LiveSession(ref=session.ref, rules=RuleSetState())
    note, case = speech(clock), speech(clock, weight=INCIDENT)
    for alert in (note, case, ended(note), ended(case)):
        live.unsaved.append((alert, ()))
    assert saver.save(live)
    assert [(one.note is None, one.incident is None) for one in told] == [(False, True), (True, False)] * 2
    with store.read(Actor.system()) as uow:
        assert len(proctor.alerts_of_attempt(uow, session.attempt_id)) == 1
        assert len(proctor.incidents_of_attempt(uow, session.attempt_id)) == 1


def test_an_appeal_needs_an_upheld_incident(
    store: Store,
    clock: FixedClock,
    agency: str,
    session: proctor.SessionSummary,
    reviewers: tuple[Actor, Actor],
) -> None:
    with store.write(reviewers[0]) as uow:
        incident = proctor.raise_by_person(uow, session.ref, reason="A note.")
        ask = lambda: proctor.ask_appeal(  # noqa: E731
            uow, session.attempt_id, organisation_id=agency, incident_id=incident.id, text="No."
        )
        assert refused(ask, Conflict) == "appeal_not_open"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("UPDATE alerts SET weight = 'incident'", "only_notes"),
        ("UPDATE alerts SET ended_at = onset_at", "ended_whole"),
        ("UPDATE alerts SET number = 0", "number_counts_from_one"),
        ("UPDATE alerts SET rule = 'looked_away'", "rule_name"),
        ("UPDATE incidents SET state = 'upheld', decided_at = raised_at", "first_reviewer|upheld_by_two"),
        (
            (
                "UPDATE incidents SET state = 'upheld', decided_at = raised_at,"
                " first_reviewer_id = raised_by, second_reviewer_id = raised_by"
            ),
            "different_reviewers",
        ),
        (
            "UPDATE incidents SET state = 'upheld', decided_at = raised_at, first_reviewer_id = raised_by",
            "upheld_by_two",
        ),
        ("UPDATE incidents SET decided_under = 'one_reviewer'", "one_reviewer_once"),
        ("UPDATE incidents SET origin = 'person', alert_id = NULL", "rule_or_person"),
        ("UPDATE incidents SET raised_reason = ' '", "raised_with_reason"),
        ("UPDATE incidents SET alert_id = NULL", "noted_before"),
    ],
)
def test_the_database_itself_refuses_what_makes_no_sense(desk: Desk, change: str, constraint: str) -> None:
    store, clock, blobs, session = desk.store, desk.clock, desk.blobs, desk.session
    agency, reviewers = desk.agency, desk.reviewers
    with store.write(reviewers[0]) as uow:
        raised = proctor.AlertRaised(session=session.ref, alert=speech(clock))
        note = proctor.record_alert(uow, raised, blobs=blobs)
        proctor.raise_note(uow, note.id, organisation_id=agency, reason="A voice.", blobs=desk.blobs)
    with pytest.raises(IntegrityError, match=constraint), store.write(Actor.system()) as uow:
        uow.db.execute(text(change))


def test_what_one_reviewer_upheld_before_four_eyes_stays_valid_and_can_be_appealed(desk: Desk) -> None:
    store, clock, blobs, session = desk.store, desk.clock, desk.blobs, desk.session
    agency, reviewers = desk.agency, desk.reviewers
    with store.write(reviewers[0]) as uow:
        case = speech(clock, weight=INCIDENT)
        incident = proctor.raise_incident(
            uow, proctor.AlertRaised(session=session.ref, alert=case), blobs=blobs
        )
        proctor.decide_incident(
            uow, incident.id, organisation_id=agency, verdict=proctor.Verdict.UPHELD, reason="Gone."
        )
        uow.db.execute(
            text(
                "UPDATE incidents SET state = 'upheld', decided_under = 'one_reviewer',"
                " first_reviewer_id = NULL, decided_at = raised_at"
            )
        )
        uow.db.expire_all()
        appeal = proctor.ask_appeal(
            uow, session.attempt_id, organisation_id=agency, incident_id=incident.id, text="I was there."
        )
        assert appeal.upheld_by == {reviewers[0].id}
    with store.write(reviewers[1]) as uow:
        decided = proctor.decide_appeal(
            uow,
            appeal.id,
            organisation_id=agency,
            outcome=proctor.AppealOutcome.GRANTED,
            reason="Dark room.",
        )
        assert decided.outcome is proctor.AppealOutcome.GRANTED
        (after,) = proctor.incidents_of_attempt(uow, session.attempt_id)
        assert after.state is proctor.IncidentState.DISMISSED
