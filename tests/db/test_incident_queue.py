# SPDX-License-Identifier: Apache-2.0
"""The queue of reviewers: oldest first, never what one may not decide, never in a circle; notes alone; how many stand where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from core.blobs import BlobStore
from core.clock import FixedClock
from core.identity.model import Role
from core.identity.operations import add_person
from core.ids import new_id
from core.uow import Actor, ActorKind, Store, UnitOfWork
from proctor import api as proctor
from proctor.incidents.tables import IncidentRow
from proctor.reviews.model import Answer
from proctor.reviews.tables import ReviewAnswerRow, ReviewSampleRow, ReviewTaskRow

RULE, STATE, VERDICT = proctor.RuleName, proctor.IncidentState, proctor.Verdict
UPHELD, DISMISSED = VERDICT.UPHELD, VERDICT.DISMISSED


@dataclass
class Desk:
    """An agency with three reviewers; every incident and note is of an attempt of its own unless one is given."""

    store: Store
    clock: FixedClock
    agency: str
    blobs: BlobStore
    people: list[str]

    def session(self, sitting_id: str = "sitting", agency: str = "") -> proctor.SessionSummary:
        with self.store.write(Actor.system()) as uow:
            return proctor.open_session(
                uow, new_id(), organisation_id=agency or self.agency, sitting_id=sitting_id
            )

    def told(
        self,
        rule: proctor.RuleName,
        session: proctor.SessionSummary,
        *,
        number: int = 1,
        validated: bool = True,
    ) -> proctor.AlertRaised:
        self.clock.advance(1)
        alert = proctor.Alert(
            rule=rule,
            number=number,
            onset_at=self.clock.now(),
            raised_at=self.clock.now() + timedelta(milliseconds=500),
            numbers={"seconds": 2.0},
            thresholds={"onset_seconds": 1.75},
            rule_version="2",
            model_sha256="ab" * 32,
            weight=proctor.weight_of(rule),
            validated=validated,
        )
        return proctor.AlertRaised(session=session.ref, alert=alert)

    def incident(
        self, session: proctor.SessionSummary | None = None, *, number: int = 1
    ) -> proctor.IncidentSummary:
        told = self.told(RULE.SEVERAL_FACES, session or self.session(), number=number)
        with self.store.write(Actor.system()) as uow:
            return proctor.raise_incident(uow, told, blobs=self.blobs)

    def note(
        self,
        rule: proctor.RuleName,
        session: proctor.SessionSummary,
        *,
        number: int = 1,
        validated: bool = True,
    ) -> proctor.AlertRecord:
        told = self.told(rule, session, number=number, validated=validated)
        with self.store.write(Actor.system()) as uow:
            return proctor.record_alert(uow, told, blobs=self.blobs)

    def as_person(self, who: int) -> Actor:
        return Actor(ActorKind.PERSON, self.people[who])

    def decide(self, who: int, incident: proctor.IncidentSummary, verdict: proctor.Verdict) -> None:
        with self.store.write(self.as_person(who)) as uow:
            proctor.decide_incident(
                uow, incident.id, organisation_id=self.agency, verdict=verdict, reason="I looked."
            )

    def after(self, who: int, attempt_id: str) -> str | None:
        with self.store.read(Actor.system()) as uow:
            return proctor.next_attempt_to_review(
                uow, organisation_id=self.agency, reviewer_id=self.people[who], but=attempt_id
            )

    def walk(self, who: int, attempt_id: str, steps: int) -> Iterator[str | None]:
        at: str | None = attempt_id
        for _ in range(steps):
            at = None if at is None else self.after(who, at)
            yield at

    def noted(self, **more: int) -> tuple[proctor.NotedAttempt, ...]:
        with self.store.read(Actor.system()) as uow:
            return proctor.noted_attempts(uow, organisation_id=self.agency, **more)


@pytest.fixture
def desk(store: Store, clock: FixedClock, agency: str, blobs: BlobStore) -> Desk:
    with store.write(Actor.system()) as uow:
        people = [
            add_person(
                uow,
                organisation_id=agency,
                name=name,
                email=f"{name}@example.org",
                password="a long enough password",
                roles=[Role.INTEGRITY_REVIEWER],
            ).id
            for name in ("first", "second", "third")
        ]
    return Desk(store, clock, agency, blobs, people)


def test_who_goes_from_attempt_to_attempt_meets_each_and_never_what_waits_for_others(desk: Desk) -> None:
    made = [desk.incident() for _ in range(4)]
    a, b, c, d = (one.attempt_id for one in made)
    desk.decide(0, made[0], UPHELD)
    assert list(desk.walk(0, a, 5)) == [b, c, d, b, c]
    assert list(desk.walk(1, b, 4)) == [c, d, a, b]
    desk.decide(1, made[1], DISMISSED)
    assert list(desk.walk(1, b, 3)) == [c, d, a]
    desk.decide(1, made[0], DISMISSED)
    for one in made[2:]:
        desk.decide(2, one, DISMISSED)
    assert [desk.after(who, a) for who in range(3)] == [None] * 3


def test_an_attempt_stands_where_its_oldest_open_incident_stands(desk: Desk) -> None:
    session = desk.session()
    early = desk.incident(session)
    b = desk.incident()
    late = desk.incident(session, number=2)
    c = desk.incident()
    desk.decide(0, early, DISMISSED)
    assert list(desk.walk(1, b.attempt_id, 4)) == [
        late.attempt_id,
        c.attempt_id,
        b.attempt_id,
        late.attempt_id,
    ]


def mark(desk: Desk, uow: UnitOfWork, incident: proctor.IncidentSummary, who: int) -> None:
    """This person marked, in a blind look, the moment that the incident was made of."""
    sample = ReviewSampleRow(
        id=new_id(),
        organisation_id=desk.agency,
        sitting_id=new_id(),
        seed=1,
        percent=5,
        clean=1,
        flagged=0,
        drawn_by=desk.people[0],
        drawn_at=uow.now,
    )
    task = ReviewTaskRow(
        id=new_id(),
        organisation_id=desk.agency,
        sample_id=sample.id,
        sitting_id=sample.sitting_id,
        attempt_id=incident.attempt_id,
        place=1,
        clean=True,
        readers=1,
    )
    answer = ReviewAnswerRow(
        task_id=task.id,
        reviewer_id=desk.people[who],
        answer=Answer.MARKED,
        moment_at=uow.now,
        reason="A hand.",
        at=uow.now,
        incident_id=incident.id,
    )
    for row in (sample, task, answer):
        uow.db.add(row)
        uow.db.flush()


def test_the_queue_holds_exactly_what_the_rules_of_deciding_allow(desk: Desk) -> None:
    plain, proposed, closed = (desk.incident() for _ in range(3))
    desk.decide(0, proposed, UPHELD)
    desk.decide(1, closed, DISMISSED)
    watched = desk.incident(desk.session("watched"))
    seen = desk.session()
    with desk.store.write(desk.as_person(0)) as uow:
        proctor.record_watch(uow, "watched", organisation_id=desk.agency, proctor_id=desk.people[0])
        by_hand = proctor.raise_by_person(uow, seen.ref, reason="I saw it.", blobs=desk.blobs)
    other = desk.session()
    with desk.store.write(desk.as_person(1)) as uow:
        marked = proctor.raise_by_person(uow, other.ref, reason="A hand.", blobs=desk.blobs)
        mark(desk, uow, marked, 0)
    everything = [plain, proposed, closed, watched, by_hand, marked]
    found: list[list[str]] = []
    for who, person_id in enumerate(desk.people):
        with desk.store.read(Actor.system()) as uow:
            details = [proctor.incident(uow, one.id, organisation_id=desk.agency) for one in everything]
            allowed = [
                one.summary
                for one in details
                if proctor.why_not_decide(one.case, person_id, watchers=one.watchers) is None
            ]
            singles = proctor.next_incident_to_review(
                uow, organisation_id=desk.agency, reviewer_id=person_id, but=plain.id
            )
        assert allowed[0] == plain
        rest = [one.attempt_id for one in allowed[1:]]
        assert list(desk.walk(who, plain.attempt_id, len(allowed))) == (
            [*rest, plain.attempt_id] if rest else [None]
        )
        assert singles == (allowed[1].id if rest else None)
        found.append([one.id for one in allowed])
    everybody_else = [proposed.id, watched.id, by_hand.id]
    assert found == [[plain.id], [plain.id, *everybody_else], [plain.id, *everybody_else, marked.id]]


def test_an_old_open_incident_is_not_hidden_by_many_newer_ones(desk: Desk) -> None:
    oldest = desk.incident()
    session = desk.session()
    with desk.store.write(Actor.system()) as uow:
        for number in range(2, 504):
            uow.db.add(
                IncidentRow(
                    id=new_id(),
                    organisation_id=desk.agency,
                    session_id=session.id,
                    sitting_id=session.sitting_id,
                    attempt_id=session.attempt_id,
                    rule=RULE.FACE_GONE,
                    number=number,
                    state=STATE.OPEN if number == 503 else STATE.DISMISSED,
                    onset_at=uow.now,
                    raised_at=uow.now,
                    raised_numbers={},
                    thresholds={},
                    rule_version="2",
                    model_sha256="ab" * 32,
                    decided_at=None if number == 503 else uow.now,
                    origin=proctor.Origin.RULE,
                    first_reviewer_id=None if number == 503 else desk.people[0],
                    raised_reason="",
                    decided_under=proctor.DecidedUnder.TWO_REVIEWERS,
                )
            )
    with desk.store.read(Actor.system()) as uow:
        waiting = proctor.undecided_incidents(uow, organisation_id=desk.agency)
        counts = proctor.incident_counts(uow, organisation_id=desk.agency)
        assert proctor.incident_counts(uow, organisation_id="other") == dict.fromkeys(STATE, 0)
    assert [one.number for one in waiting] == [1, 503]
    assert waiting[0].id == oldest.id
    assert counts == {STATE.OPEN: 2, STATE.PROPOSED: 0, STATE.DISMISSED: 501, STATE.UPHELD: 0}


def test_attempts_with_notes_alone_are_found_and_gone_once_one_is_an_incident(desk: Desk) -> None:
    first, second, hand, flagged = (desk.session() for _ in range(4))
    looped = desk.note(RULE.CAMERA_LOOPED, first, validated=False)
    desk.note(RULE.SPEECH, first)
    desk.note(RULE.CAMERA_LOOPED, first, number=2)
    desk.note(RULE.PHONE_POSSIBLE, second)
    desk.note(RULE.HAND_RAISED, hand)
    desk.note(RULE.SPEECH, flagged)
    desk.incident(flagged)
    found = desk.noted()
    assert [one.attempt_id for one in found] == [first.attempt_id, second.attempt_id]
    assert dict(found[0].rules) == {RULE.CAMERA_LOOPED: 2, RULE.SPEECH: 1}
    assert [set(one.unproven) for one in found] == [{RULE.CAMERA_LOOPED}, set()]
    assert [(one.waits, one.seen_at) for one in found] == [(True, None), (True, None)]
    assert [one.attempt_id for one in desk.noted(limit=1)] == [first.attempt_id]
    with desk.store.write(desk.as_person(0)) as uow:
        assert proctor.noted_attempts(uow, organisation_id="other") == ()
        assert proctor.noted_attempts_count(uow, organisation_id=desk.agency) == 2
        assert proctor.noted_attempts_count(uow, organisation_id="other") == 0
        proctor.raise_note(
            uow, looped.id, organisation_id=desk.agency, reason="It repeats.", blobs=desk.blobs
        )
    assert [one.attempt_id for one in desk.noted()] == [second.attempt_id]


def test_notes_at_which_nobody_looked_come_first(desk: Desk) -> None:
    first, second = desk.session(), desk.session()
    desk.note(RULE.SPEECH, first)
    newest = desk.note(RULE.SPEECH, second)
    desk.clock.advance(60)
    with desk.store.write(Actor(ActorKind.CANDIDATE, "learner")) as uow:
        proctor.note_review_read(uow, second.attempt_id, organisation_id=desk.agency)
    with desk.store.write(desk.as_person(0)) as uow:
        proctor.note_review_read(uow, first.attempt_id, organisation_id=desk.agency)
        looked_at = uow.now
    found = desk.noted()
    assert [(one.attempt_id, one.waits) for one in found] == [
        (second.attempt_id, True),
        (first.attempt_id, False),
    ]
    assert (found[0].newest_at, found[0].seen_at) == (newest.raised_at, None)
    assert found[1].seen_at == looked_at
    desk.clock.advance(60)
    desk.note(RULE.SPEECH, first, number=2)
    assert [one.waits for one in desk.noted()] == [True, True]
