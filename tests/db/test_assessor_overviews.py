# SPDX-License-Identifier: Apache-2.0
"""What people see of an assessment on a real database: learners, managers, auditors."""

from __future__ import annotations

from sqlalchemy import select

from assessor import api
from core.audit import AuditRow
from core.uow import Actor, ActorKind
from tests.db.results import PRACTICAL, VIVA, answer, hold, mark_all, pull
from tests.unit.assessor.world import World


def states(world: World, enrolled: api.Enrolled) -> dict[str, str]:
    with world.store.read(world.learner(enrolled)) as uow:
        return {
            step.name.value: step.state.value for step in api.result_for_entry(uow, enrolled.entry.id).steps
        }


def test_a_learner_sees_the_steps_and_only_then_the_result(world: World) -> None:
    enrolled = world.running()
    assert states(world, enrolled) == {
        "theory_handed_in": "waiting",
        "practical_marked": "waiting",
        "viva_marked": "waiting",
        "integrity_review": "none",
        "result_prepared": "waiting",
        "result_declared": "waiting",
    }
    hold(world, enrolled, "incident-1")
    world.submit(enrolled)
    world.mark(world.tasks(enrolled)[VIVA])
    found = states(world, enrolled)
    assert (found["theory_handed_in"], found["viva_marked"], found["practical_marked"]) == (
        "done",
        "done",
        "waiting",
    )
    assert found["integrity_review"] == "open"
    world.mark(world.tasks(enrolled)[PRACTICAL])
    assert states(world, enrolled)["result_prepared"] == "done"
    with world.store.write(Actor.system()) as uow:
        api.release_hold(uow, cause_id="incident-1")
        assert api.result_for_entry(uow, enrolled.entry.id).result is None
    world.declare(world.result(enrolled).id)
    assert states(world, enrolled)["integrity_review"] == "done"
    with world.store.read(world.learner(enrolled)) as uow:
        shown = api.result_for_entry(uow, enrolled.entry.id).result
        assert shown is not None
        assert shown.document["decision"]["verdict"] == "fail"


def test_a_manager_sees_counts_and_every_entry_of_a_batch(world: World) -> None:
    declared = world.finished("Declared")
    world.declare(declared.id)
    world.finished("Provisional")
    held = world.sat("Held")
    for cause in ("incident-1", "incident-2"):
        hold(world, held, cause)
    world.enrol("New")
    gone = world.enrol("Gone")
    with world.store.write(world.manager) as uow:
        api.withdraw_entry(uow, gone.entry.id, organisation_id=world.ids.agency)
    with world.store.read(world.manager) as uow:
        overview = api.batch_overviews(uow, organisation_id=world.ids.agency)[0]
        page = api.batch_page(uow, world.ids.batch, organisation_id=world.ids.agency)
    assert overview.counts == api.Counts(entries=4, handed_in=3, held=1, provisional=1, declared=1)
    assert len(overview.sittings) == 2
    lines = {found.entry.candidate_name: found for found in page.lines}
    assert list(lines) == ["Declared", "Gone", "Held", "New", "Provisional"]
    assert [name for name, found in lines.items() if found.can_be_declared] == ["Provisional"]
    assert [name for name, found in lines.items() if found.blocked] == ["Held"]
    assert lines["Gone"].entry.state is api.EntryState.WITHDRAWN
    assert (lines["Held"].attempt.answered, lines["New"].attempt.answered) == (24, 0)


def test_a_batch_without_entries_has_counts_of_zero(world: World) -> None:
    with world.store.read(world.manager) as uow:
        assert api.batch_overviews(uow, organisation_id=world.ids.agency)[0].counts == api.Counts()


def test_every_command_of_a_whole_assessment_is_in_the_audit(world: World) -> None:
    enrolled = world.sat(sitting_id=None)
    hold(world, enrolled, "incident-1")
    mark_all(world, enrolled)
    with world.store.write(Actor(ActorKind.PERSON, "reviewer", world.ids.agency)) as uow:
        api.release_hold(uow, cause_id="incident-1")
    declared = world.declare(world.result(enrolled).id)
    pull(world)
    answer(world, declared.id, "acknowledged")
    with world.store.read(Actor.system()) as uow:
        names = list(
            uow.db.scalars(
                select(AuditRow.name).where(AuditRow.at == world.clock.now()).order_by(AuditRow.id)
            )
        )
    assert list(dict.fromkeys(names)) == [
        "entry_added",
        "attempt_started",
        "lease_taken",
        "attempt_submitted",
        "hold_placed",
        "mark_recorded",
        "marking_completed",
        "result_prepared",
        "hold_released",
        "result_declared",
        "result_delivered",
        "result_answered",
    ]
