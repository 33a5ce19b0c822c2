# SPDX-License-Identifier: Apache-2.0
"""Changes of sittings, absence, accommodations and re-assessment on a real database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from assessor import api
from assessor.forms.model import FormState
from assessor.forms.tables import FormRow
from assessor.scheduling.tables import BatchFormRow, EntryRow
from core.errors import Conflict, Invalid, NotFound
from core.notices.model import NoticeState
from core.notices.tables import NoticeRow
from core.uow import Actor
from tests.db.scheduling import NEWS, TODAY, enrol, entry, new_sitting, reassess
from tests.unit.assessor.world import CLOSES, NOON, OPENS, World, plan, refused

DAY = timedelta(days=1)


def reschedule(world: World, **changes: Any) -> api.Sitting:
    with world.store.write(world.manager) as uow:
        return api.reschedule_sitting(
            uow, world.ids.sitting, organisation_id=world.ids.agency, plan=plan(**changes), news=NEWS
        )


def cancel(world: World, reason: str = "The centre is flooded.") -> None:
    with world.store.write(world.manager) as uow:
        api.cancel_sitting(uow, world.ids.sitting, organisation_id=world.ids.agency, reason=reason, news=NEWS)


def notices(world: World) -> list[tuple[str, str, NoticeState]]:
    with world.store.read(Actor.system()) as uow:
        rows = uow.db.scalars(select(NoticeRow).order_by(NoticeRow.id)).all()
        return [(row.kind.value, row.subject_id, row.state) for row in rows]


def absent(world: World, entry_id: str) -> None:
    with world.store.write(world.manager) as uow:
        api.mark_absent(uow, entry_id, organisation_id=world.ids.agency)


def present(world: World, entry_id: str) -> None:
    with world.store.write(world.manager) as uow:
        api.undo_absence(uow, entry_id, organisation_id=world.ids.agency)


def failed(world: World, name: str = "Asha Rao") -> api.Enrolled:
    """A candidate with a declared result that is not a pass."""
    enrolled = world.sat(name, wrong=24)
    for task_id in world.tasks(enrolled).values():
        world.mark(task_id)
    world.declare(world.result(enrolled).id)
    return enrolled


# -------------------------------------------------------------------------------------------- the sitting


def test_a_sitting_is_moved_and_every_candidate_is_told(world: World) -> None:
    told = enrol(world)
    silent = enrol(world, name="Mohan Lal", apaar="", email="", agency_number="")
    moved = reschedule(world, opens_at=OPENS + DAY, closes_at=CLOSES + DAY, place="Pune, room 9")
    assert (moved.opens_at, moved.place) == (OPENS + DAY, "Pune, room 9")
    kinds = [(kind, subject) for kind, subject, _ in notices(world)]
    assert sorted(kinds) == sorted([("sitting_changed", told.entry.id), ("sitting_changed", silent.entry.id)])
    states = {subject: state for _, subject, state in notices(world)}
    assert states == {told.entry.id: NoticeState.WAITING, silent.entry.id: NoticeState.FAILED}
    with refused(Conflict, "window_not_open"):
        world.start(told)


def test_nobody_is_told_of_what_does_not_concern_them(world: World) -> None:
    enrol(world)
    assert reschedule(world, training_partner="Trust").training_partner == "Trust"
    assert notices(world) == []


def test_once_somebody_has_begun_only_a_later_end_is_possible_and_no_deadline_moves(world: World) -> None:
    running = world.running()
    with world.store.read(world.manager) as uow:
        before = api.overviews(uow, [running.entry.id])[running.entry.id]
    for changes in (
        {"opens_at": OPENS + timedelta(minutes=1)},
        {"closes_at": CLOSES - timedelta(minutes=1)},
        {"proctored": True},
    ):
        with refused(Conflict, "sitting_has_begun"):
            reschedule(world, **changes)
    assert reschedule(world, closes_at=CLOSES + DAY).closes_at == CLOSES + DAY
    with world.store.read(world.manager) as uow:
        assert api.overviews(uow, [running.entry.id])[running.entry.id] == before
    with refused(Conflict, "sitting_has_begun"):
        cancel(world)


def test_a_cancelled_sitting_lets_nobody_in_and_stays_cancelled(world: World) -> None:
    enrolled = enrol(world)
    with refused(Invalid, "reason_needed"):
        cancel(world, " ")
    cancel(world)
    assert [kind for kind, _, _ in notices(world)] == ["sitting_cancelled"]
    for again in (lambda: cancel(world), lambda: reschedule(world), lambda: world.start(enrolled)):
        with refused(Conflict, "sitting_cancelled"):
            again()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"closes_at": OPENS}, "window_empty"),
        ({"time_zone": "Mars/North"}, "time_zone_unknown"),
        ({"place": ""}, "name_malformed"),
        ({"training_partner": "x" * 201}, "name_malformed"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(world: World, changes: dict[str, Any], code: str) -> None:
    with refused(Invalid, code):
        reschedule(world, **changes)


def test_another_agency_changes_nothing(world: World) -> None:
    with refused(NotFound, "sitting_unknown"), world.store.write(Actor.system()) as uow:
        api.reschedule_sitting(
            uow, world.ids.sitting, organisation_id=world.ids.other_agency, plan=plan(), news=NEWS
        )


def test_forms_are_sealed_before_the_window_opens_and_a_withdrawn_one_lets_nobody_in(world: World) -> None:
    enrolled = enrol(world)
    with world.store.read(Actor.system()) as uow:
        forms = uow.db.scalars(select(FormRow).join(BatchFormRow, BatchFormRow.form_id == FormRow.id)).all()
        assert {form.state for form in forms} == {FormState.SEALED}
        assert all(form.sealed_at is not None and form.sealed_at < OPENS for form in forms)
    with world.store.write(world.manager) as uow:
        for form in api.forms_of_batch(uow, world.ids.batch, organisation_id=world.ids.agency):
            api.withdraw_form(uow, form.id, organisation_id=world.ids.agency)
    with refused(Conflict, "form_state"):
        world.start(enrolled)
    with refused(Conflict, "batch_without_forms"):
        enrol(world, name="Mohan Lal", apaar="", agency_number="")


# ------------------------------------------------------------------------------------------------ absence


def test_who_never_came_is_absent_after_the_window_and_not_before(world: World) -> None:
    enrolled = world.enrol(extra_minutes=10)
    with refused(Conflict, "absent_too_early"):
        absent(world, enrolled.entry.id)
    world.clock.advance((CLOSES - NOON).total_seconds() + 599)
    with refused(Conflict, "absent_too_early"):
        absent(world, enrolled.entry.id)
    world.clock.advance(1)
    absent(world, enrolled.entry.id)
    absent(world, enrolled.entry.id)
    assert entry(world, enrolled.entry.id).state is api.EntryState.ABSENT
    with refused(Conflict, "entry_absent"):
        world.start(enrolled)
    present(world, enrolled.entry.id)
    assert entry(world, enrolled.entry.id).state is api.EntryState.ENROLLED
    with refused(Conflict, "entry_not_absent"):
        present(world, enrolled.entry.id)


def test_all_who_never_came_are_marked_at_once(world: World) -> None:
    world.running("Came")
    missing = world.enrol("Missing")
    world.clock.advance(DAY.total_seconds())
    with world.store.write(world.manager) as uow:
        assert api.mark_all_absent(uow, world.ids.batch, organisation_id=world.ids.agency) == 1
    assert entry(world, missing.entry.id).state is api.EntryState.ABSENT


def test_who_has_begun_is_not_absent(world: World) -> None:
    running = world.running()
    world.clock.advance(DAY.total_seconds())
    with refused(Conflict, "entry_has_begun"):
        absent(world, running.entry.id)


# ----------------------------------------------------------------------------------------- accommodations


def test_the_preview_is_what_the_attempt_then_gets(world: World) -> None:
    enrolled = world.enrol()
    with world.store.read(world.manager) as uow:
        before = api.entry_times(uow, enrolled.entry, extra_minutes=20)
    extra = api.Accommodation(aid=api.Aid.EXTRA_TIME, reason="Low vision")
    scribe = api.Accommodation(aid=api.Aid.SCRIBE, reason="A broken hand")
    with world.store.write(world.manager) as uow:
        api.set_accommodation(
            uow,
            enrolled.entry.id,
            organisation_id=world.ids.agency,
            extra_minutes=20,
            accommodations=[scribe, extra],
        )
    found = entry(world, enrolled.entry.id)
    assert found.accommodations == (extra, scribe)
    with world.store.read(world.manager) as uow:
        assert api.entry_times(uow, found) == before
    assert before.closes_at == CLOSES + timedelta(minutes=20)
    summary = world.start(enrolled)
    assert summary.ends_at == NOON + timedelta(seconds=before.seconds)
    with refused(Invalid, "accommodation_reason"), world.store.write(world.manager) as uow:
        api.set_accommodation(
            uow,
            enrolled.entry.id,
            organisation_id=world.ids.agency,
            extra_minutes=30,
            accommodations=[scribe],
        )


# ------------------------------------------------------------------------------------------ re-assessment


def test_who_failed_is_assessed_once_more_with_another_form(world: World) -> None:
    first = failed(world)
    again = reassess(world, first.entry.id, new_sitting(world).id, asked_on=TODAY)
    assert again.entry.candidate_id == first.entry.candidate_id
    assert (again.entry.try_number, again.entry.previous_entry_id) == (2, first.entry.id)
    assert again.entry.form_id != first.entry.form_id
    with refused(Conflict, "reassessment_exists"):
        reassess(world, first.entry.id, new_sitting(world, days=8).id, asked_on=TODAY)
    with world.store.read(world.manager) as uow:
        found = api.candidate_record(
            uow, again.entry.id, organisation_id=world.ids.agency, person_key=b"k" * 32
        )
    assert [one.id for one in found.tries] == [first.entry.id, again.entry.id]
    assert found.asked_on == TODAY


def test_no_candidate_ever_gets_a_form_twice(world: World) -> None:
    world.clock.advance(-DAY.total_seconds())
    tries = [enrol(world)]
    for number in range(1, 4):
        sitting = new_sitting(world, days=number)
        world.clock.advance(DAY.total_seconds() * (2 if number == 1 else 1))
        absent(world, tries[-1].entry.id)
        if number == 3:
            with refused(Conflict, "no_other_form"):
                reassess(world, tries[-1].entry.id, new_sitting(world, days=9).id, asked_on=TODAY + 3 * DAY)
            break
        on = TODAY + number * DAY
        tries.append(reassess(world, tries[-1].entry.id, sitting.id, asked_on=on))
        if number == 1:
            with refused(Conflict, "reassessment_exists"):
                present(world, tries[0].entry.id)
    assert len({one.entry.form_id for one in tries}) == 3


def test_it_is_refused_outside_its_periods_with_the_dates(world: World) -> None:
    first = failed(world)
    late = new_sitting(world, days=93)
    with refused(Conflict, "reassessment_held_late") as info:
        reassess(world, first.entry.id, late.id, asked_on=TODAY)
    assert info.value.facts["hold_by"] == "2027-02-20"
    world.clock.advance(16 * DAY.total_seconds())
    sitting = new_sitting(world, days=20)
    with refused(Conflict, "reassessment_asked_late") as info:
        reassess(world, first.entry.id, sitting.id, asked_on=TODAY + 16 * DAY)
    assert info.value.facts["ask_by"] == "2026-12-05"
    with world.store.write(Actor.system()) as uow:
        api.set_assessment_policy(
            uow,
            organisation_id=world.ids.body,
            policy=api.AssessmentPolicy(ask_within_days=30, hold_within_months=4),
        )
    assert reassess(world, first.entry.id, late.id, asked_on=TODAY + 16 * DAY).entry.try_number == 2


def test_an_awarding_body_sets_its_periods_again_and_within_bounds(world: World) -> None:
    for days in (20, 25):
        policy = api.AssessmentPolicy(ask_within_days=days, hold_within_months=2)
        with world.store.write(Actor.system()) as uow:
            api.set_assessment_policy(uow, organisation_id=world.ids.body, policy=policy)
        with world.store.read(Actor.system()) as uow:
            assert api.assessment_policy(uow, world.ids.body) == policy
            assert api.assessment_policy(uow, world.ids.other_body) == api.AssessmentPolicy()
    with refused(Invalid, "policy_out_of_range"), world.store.write(Actor.system()) as uow:
        api.set_assessment_policy(
            uow,
            organisation_id=world.ids.body,
            policy=api.AssessmentPolicy(ask_within_days=0, hold_within_months=2),
        )


def test_there_is_no_second_try_without_a_failed_result(world: World) -> None:
    sitting = new_sitting(world)
    waiting = world.enrol("Waiting")
    with refused(Conflict, "reassessment_without_result"):
        reassess(world, waiting.entry.id, sitting.id, asked_on=TODAY)
    passed = world.finished("Passed")
    world.declare(passed.id)
    with refused(Conflict, "reassessment_passed"):
        reassess(world, passed.entry_id, sitting.id, asked_on=TODAY)
    lost = failed(world, "Lost")
    with refused(Conflict, "candidate_enrolled"):
        reassess(world, lost.entry.id, world.ids.sitting, asked_on=TODAY)
    with refused(Invalid, "asked_on_malformed"):
        reassess(world, lost.entry.id, sitting.id, asked_on=date(2026, 1, 1))
    with world.store.read(Actor.system()) as uow:
        assert uow.db.scalars(select(EntryRow.try_number)).all() == [1, 1, 1]
