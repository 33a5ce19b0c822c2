# SPDX-License-Identifier: Apache-2.0
"""Pauses, credit and the window of an entry on a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from assessor import api
from assessor.attempts.operations import pause, resume
from assessor.attempts.outages import credits_of, pauses_of
from assessor.attempts.tables import AttemptRow
from core.audit import AuditRow
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.uow import Actor
from tests.db.attempts import choice, pick, receipt, refusal
from tests.unit.assessor.world import CLOSES, GRACE, TEST_SECONDS, World, refused


def watched(world: World, name: str = "Asha Rao", **more: object) -> api.Enrolled:
    """Somebody who is working in the sitting that the proctor watches."""
    enrolled = world.enrol(name, sitting_id=world.ids.watched_sitting)
    world.start(enrolled, proctoring_ready=True)
    world.lease(enrolled)
    return enrolled


def test_a_pause_keeps_the_time_takes_answers_and_is_never_swept(world: World) -> None:
    enrolled = watched(world)
    item = choice(world, enrolled)
    world.clock.advance(100)
    with world.store.write(world.proctor) as uow:
        api.pause_attempt(uow, enrolled.attempt_id, organisation_id=world.ids.agency)
    world.clock.advance(5 * TEST_SECONDS)
    assert world.state(enrolled).paused
    assert world.state(enrolled).remaining_ms == (TEST_SECONDS - 100) * 1000
    saved = receipt(world.save(enrolled, item.ref, pick(item), seq=1))
    assert saved.remaining_ms == (TEST_SECONDS - 100) * 1000
    with world.store.write(Actor.system()) as uow:
        assert not api.has_overdue(uow, grace_seconds=GRACE)
        assert api.close_overdue(uow, grace_seconds=GRACE) == 0
    with world.store.write(world.proctor) as uow:
        api.resume_attempt(uow, enrolled.attempt_id, organisation_id=world.ids.agency)
    assert world.state(enrolled).remaining_ms == (TEST_SECONDS - 100) * 1000
    world.clock.advance(TEST_SECONDS - 100 + GRACE)
    with world.store.write(Actor.system()) as uow:
        assert api.close_overdue(uow, grace_seconds=GRACE) == 1
    with world.store.read(world.manager) as uow:
        (held,) = pauses_of(uow, enrolled.attempt_id)
    assert held.paused_by == held.resumed_by == world.ids.proctor
    assert held.resumed_at is not None
    assert held.resumed_at - held.paused_at == timedelta(seconds=5 * TEST_SECONDS)


def test_a_hand_in_during_a_pause_ends_the_pause_too(world: World) -> None:
    enrolled = watched(world)
    with world.store.write(world.proctor) as uow:
        pause(uow, enrolled.attempt_id)
    world.clock.advance(40)
    assert world.submit(enrolled).ended_by is api.EndedBy.LEARNER
    with world.store.read(world.manager) as uow:
        (held,) = pauses_of(uow, enrolled.attempt_id)
        row = uow.db.get_one(AttemptRow, enrolled.attempt_id)
        assert (row.paused_at, row.paused_seconds) == (None, 40)
    assert held.resumed_at == world.clock.now()


def test_everybody_of_a_sitting_is_paused_and_goes_on_again(world: World) -> None:
    first, second = watched(world, "First"), watched(world, "Second")
    done, absent = (
        watched(world, "Done"),
        world.enrol("Absent", sitting_id=world.ids.watched_sitting),
    )
    world.submit(done)
    with world.store.write(world.proctor) as uow:
        assert api.pause_sitting(uow, world.ids.watched_sitting, organisation_id=world.ids.agency) == 2
        assert api.pause_sitting(uow, world.ids.watched_sitting, organisation_id=world.ids.agency) == 0
    assert world.state(first).paused
    assert world.state(second).paused
    assert world.state(absent).state is api.AttemptState.CREATED
    world.clock.advance(60)
    with world.store.write(world.proctor) as uow:
        assert api.resume_sitting(uow, world.ids.watched_sitting, organisation_id=world.ids.agency) == 2
    assert world.state(first).remaining_ms == TEST_SECONDS * 1000


def test_only_the_proctor_of_the_sitting_pauses_extends_or_ends(world: World) -> None:
    enrolled = world.running()  # in a sitting without this proctor
    with world.store.write(world.proctor) as uow:
        for act in (api.pause_attempt, api.resume_attempt):
            with refused(NotFound, "attempt_unknown"):
                act(uow, enrolled.attempt_id, organisation_id=world.ids.agency)
        with refused(NotFound, "attempt_unknown"):
            api.extend_attempt(
                uow, enrolled.attempt_id, organisation_id=world.ids.agency, minutes=1, reason="Alarm"
            )
        with refused(NotFound, "sitting_unknown"):
            api.pause_sitting(uow, world.ids.sitting, organisation_id=world.ids.agency)


def test_an_end_by_the_proctor_needs_a_reason_and_keeps_it(world: World) -> None:
    enrolled = watched(world)
    with refused(Invalid, "reason_malformed"), world.store.write(world.proctor) as uow:
        api.end_attempt(uow, enrolled.attempt_id, organisation_id=world.ids.agency, reason=" ")
    with world.store.write(world.proctor) as uow:
        api.end_attempt(
            uow, enrolled.attempt_id, organisation_id=world.ids.agency, reason="Left the room twice"
        )
    state = world.state(enrolled)
    assert (state.ended_by, state.ended_reason) == (api.EndedBy.PROCTOR, "Left the room twice")


def test_the_version_grows_with_all_that_the_page_must_know_and_with_no_answer(world: World) -> None:
    enrolled = watched(world)
    item = choice(world, enrolled)

    def version() -> int:
        with world.store.read(world.learner(enrolled)) as uow:
            beat = api.heartbeat(uow, enrolled.attempt_id, device="phone")
        assert beat.version == world.state(enrolled).version
        return beat.version

    seen = [version()]
    world.save(enrolled, item.ref, pick(item), seq=1)
    assert version() == seen[-1]
    agency = world.ids.agency
    with world.store.write(world.proctor) as uow:
        api.pause_attempt(uow, enrolled.attempt_id, organisation_id=agency)
    seen.append(version())
    with world.store.write(world.proctor) as uow:
        api.extend_attempt(uow, enrolled.attempt_id, organisation_id=agency, minutes=1, reason="Alarm")
    seen.append(version())
    with world.store.write(world.proctor) as uow:
        api.resume_attempt(uow, enrolled.attempt_id, organisation_id=agency)
    seen.append(version())
    with world.store.write(world.manager) as uow:
        api.set_accommodation(uow, enrolled.entry.id, organisation_id=agency, extra_minutes=5)
    seen.append(version())
    with world.store.write(world.manager) as uow:
        api.touch_attempts(uow, [enrolled.attempt_id], organisation_id=agency)
    seen.append(version())
    world.lease(enrolled, "laptop")
    seen.append(version())
    world.submit(enrolled)
    seen.append(version())
    assert seen == sorted(set(seen))


def test_the_unchanged_answer_is_one_statement(world: World) -> None:
    enrolled = world.running()
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(world.store.engine, "before_cursor_execute", note)
    with world.store.read(world.learner(enrolled)) as uow:
        beat = api.heartbeat(uow, enrolled.attempt_id, device="phone")
    event.remove(world.store.engine, "before_cursor_execute", note)
    asked = [statement for statement in statements if not statement.startswith("BEGIN")]
    assert len(asked) == 1, asked
    assert "forms" not in asked[0]
    assert beat.working
    assert beat.remaining_ms == TEST_SECONDS * 1000
    with world.store.read(Actor.system()) as uow, refused(NotFound, "attempt_unknown"):
        api.heartbeat(uow, "0" * 26, device="phone")


# ------------------------------------------------------------------------------------------ credit


def test_a_credit_keeps_who_gave_how_much_and_why(world: World) -> None:
    enrolled = world.running()
    with world.store.write(world.manager) as uow:
        api.grant_credit(
            uow,
            enrolled.attempt_id,
            organisation_id=world.ids.agency,
            seconds=90,
            reason="  The line  was down ",
            beyond="The router had to be restarted",
        )
    with world.store.read(world.manager) as uow:
        (credit,) = credits_of(uow, enrolled.attempt_id)
        audited = uow.db.scalars(select(AuditRow).where(AuditRow.name == "credit_granted")).one()
        by, payload = audited.actor_id, audited.payload
    assert (credit.seconds, credit.suggested_seconds, credit.granted_by) == (90, 0, world.ids.manager)
    assert credit.reason == "The line was down"
    assert by == world.ids.manager
    assert payload == {"credit_id": credit.id, "seconds": 90, "suggested_seconds": 0}
    assert world.state(enrolled).remaining_ms == (TEST_SECONDS + 90) * 1000


def test_more_than_was_measured_needs_its_own_words(world: World) -> None:
    enrolled = world.running()
    lost = api.Outage(
        device="phone",
        lost_at=world.clock.now() + timedelta(seconds=10),
        back_at=world.clock.now() + timedelta(seconds=70),
    )
    with world.store.write(Actor.system()) as uow:
        api.store_outages(uow, [(enrolled.attempt_id, lost)])
    world.clock.advance(80)

    def give(seconds: int, **more: str) -> None:
        with world.store.write(world.manager) as uow:
            api.grant_credit(
                uow,
                enrolled.attempt_id,
                organisation_id=world.ids.agency,
                seconds=seconds,
                reason="The line was down",
                **more,
            )

    with refused(Conflict, "credit_beyond_outages") as info:
        give(61)
    assert info.value.facts == {"suggested_seconds": 60}
    give(40)
    with refused(Conflict, "credit_beyond_outages") as info:
        give(21)
    assert info.value.facts == {"suggested_seconds": 20}
    give(20)
    give(60, beyond="The learner's phone had to be charged")
    assert world.state(enrolled).remaining_ms == (TEST_SECONDS - 80 + 120) * 1000


def test_only_a_person_gives_time_back_and_only_before_the_close(world: World) -> None:
    enrolled = world.running()

    def give(actor: Actor) -> None:
        with world.store.write(actor) as uow:
            api.grant_credit(
                uow,
                enrolled.attempt_id,
                organisation_id=world.ids.agency,
                seconds=60,
                reason="The line was down",
                beyond="All of it",
            )

    with refused(Forbidden, "person_needed"):
        give(Actor.system())
    with refused(Forbidden, "person_needed"):
        give(world.learner(enrolled))
    world.submit(enrolled)
    with refused(Conflict, "credit_after_close"):
        give(world.manager)


def test_time_given_just_after_the_deadline_and_before_the_close_counts(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.clock.advance(TEST_SECONDS + GRACE)
    assert refusal(world.save(enrolled, item.ref, pick(item), seq=1)).verdict is api.Verdict.LATE_ANSWER
    with world.store.write(world.manager) as uow:
        api.grant_credit(
            uow,
            enrolled.attempt_id,
            organisation_id=world.ids.agency,
            seconds=60,
            reason="The line was down",
            beyond="Seen by the proctor",
        )
    assert receipt(world.save(enrolled, item.ref, pick(item), seq=1)).remaining_ms == (60 - GRACE) * 1000
    with world.store.read(world.manager) as uow:
        assert api.late_answers(uow, enrolled.attempt_id) == [], "it counts now"


# ------------------------------------------------------------------------------------------ the window


def test_extra_time_lets_a_learner_start_that_much_later(world: World) -> None:
    plain, extra = world.enrol("Plain"), world.enrol("Extra", extra_minutes=20)
    world.clock.advance((CLOSES - world.clock.now()).total_seconds())
    with refused(Conflict, "window_closed"):
        world.start(plain)
    world.clock.advance(20 * 60 - 1)
    assert world.start(extra).ends_at == world.clock.now() + timedelta(seconds=TEST_SECONDS + 1200)
    late = world.enrol("Late", extra_minutes=20)
    world.clock.advance(1)
    with refused(Conflict, "window_closed") as info:
        world.start(late)
    assert info.value.facts["closes_at"] == (CLOSES + timedelta(minutes=20)).isoformat()


@pytest.mark.parametrize("place", ["paused_at = NULL, state = 'submitted'", "paused_at = ends_at"])
def test_the_database_itself_refuses_an_impossible_pause(world: World, place: str) -> None:
    enrolled = watched(world)
    with world.store.write(world.proctor) as uow:
        pause(uow, enrolled.attempt_id)
    with pytest.raises(IntegrityError), world.store.write(Actor.system()) as uow:
        uow.db.connection().exec_driver_sql(f"UPDATE attempts SET {place} WHERE id = '{enrolled.attempt_id}'")
    with world.store.write(world.proctor) as uow:
        resume(uow, enrolled.attempt_id)
