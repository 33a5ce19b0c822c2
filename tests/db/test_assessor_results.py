# SPDX-License-Identifier: Apache-2.0
"""Marking, results, holds, the feed and deliveries on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from assessor import api
from assessor.forms.tables import FormRow
from assessor.marking.tables import MarkRow
from assessor.results.tables import ResultRow
from core.audit import AuditRow
from core.canonical import digest
from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor, ActorKind
from tests.unit.assessor.world import OPENS, World, fresh_world, refused

PRACTICAL, VIVA = api.TaskComponent.PRACTICAL, api.TaskComponent.VIVA


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[World]:
    yield from fresh_world(tmp_path_factory.getbasetemp(), tmp_path)


def document(world: World, result: api.ResultSummary) -> dict[str, Any]:
    with world.store.read(world.manager) as uow:
        return api.result(uow, result.id, organisation_id=world.ids.agency).document


def marks_of(found: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The awarded marks, by PC and component."""
    table: dict[str, dict[str, str]] = {}
    for cell in found["marks"]:
        table.setdefault(cell["pc"], {})[cell["component"]] = cell["awarded"]
    return table


def line(world: World, enrolled: api.Enrolled) -> api.BatchLine:
    with world.store.read(world.manager) as uow:
        return api.entry_line(uow, enrolled.entry.id, organisation_id=world.ids.agency)


def hold(world: World, enrolled: api.Enrolled, cause_id: str) -> None:
    with world.store.write(Actor.system()) as uow:
        api.place_hold(uow, enrolled.attempt_id, cause_id=cause_id)


def pull(world: World, *, after: int = 0, limit: int = 50, body: str | None = None) -> api.FeedPage:
    with world.store.write(world.body) as uow:
        return api.feed_page(uow, body or world.ids.body, after=after, limit=limit)


def answer(
    world: World, result_id: str, decision: str, *, reason: str = "", body: str | None = None
) -> api.Delivery:
    with world.store.write(world.body) as uow:
        return api.acknowledge(
            uow,
            body or world.ids.body,
            result_id,
            decision=api.DeliveryAnswer(decision),
            reason=reason,
        )


# ------------------------------------------------------------------------------------------ marking


def test_an_assessor_marks_every_criterion_and_completes(world: World) -> None:
    enrolled = world.sat()
    task_id = world.tasks(enrolled)[VIVA]
    agency = world.ids.agency
    with world.store.write(world.assessor) as uow:
        task = api.record_marks(
            uow, task_id, organisation_id=agency, marks={"PC1-V1": "1"}, note=" Knew the parts. "
        )
        assert task.marks["PC1-V1"].note == "Knew the parts."
        with refused(Conflict, "marks_missing") as info:
            api.complete_task(uow, task_id, organisation_id=agency)
        assert info.value.facts == {"criteria": [f"PC{number}-V1" for number in range(2, 7)]}
        for number in range(2, 7):
            api.record_marks(uow, task_id, organisation_id=agency, marks={f"PC{number}-V1": "2"})
        task = api.record_marks(uow, task_id, organisation_id=agency, marks={"PC1-V1": "2.0"})
        assert task.marks["PC1-V1"].marks == "2"
        done = api.complete_task(uow, task_id, organisation_id=agency)
        assert done.state is api.TaskState.DONE
        assert api.complete_task(uow, task_id, organisation_id=agency) == done
        with refused(Conflict, "task_done"):
            api.record_marks(uow, task_id, organisation_id=agency, marks={"PC1-V1": "0"})
        assert len(list(uow.db.scalars(select(MarkRow).where(MarkRow.task_id == task_id)))) == 7


def test_a_form_that_is_sent_again_adds_only_what_is_different(world: World) -> None:
    task_id = world.tasks(world.enrol())[VIVA]
    sent = [
        ({"PC1-V1": "1", "PC2-V1": "2"}, "Calm.", {"PC1-V1": 1, "PC2-V1": 2}),
        ({"PC1-V1": "1", "PC2-V1": "2.0"}, " Calm. ", {"PC1-V1": 1, "PC2-V1": 2}),
        ({"PC1-V1": "2", "PC2-V1": "2"}, "Calm.", {"PC1-V1": 3, "PC2-V1": 2}),
    ]
    for marks, note, numbers in sent:
        with world.store.write(world.assessor) as uow:
            task = api.record_marks(uow, task_id, organisation_id=world.ids.agency, marks=marks, note=note)
        assert {criterion: mark.number for criterion, mark in task.marks.items()} == numbers
        with world.store.read(world.assessor) as uow:
            assert task == api.task(
                uow, task_id, person_id=world.ids.assessor, organisation_id=world.ids.agency
            )


@pytest.mark.parametrize(
    ("criterion", "marks", "error", "code"),
    [
        ("PC1-V1", "3", Invalid, "mark_not_in_levels"),
        ("PC1-V1", "1.5", Invalid, "mark_not_in_levels"),
        ("PC1-V1", "-1", Invalid, "mark_not_in_levels"),
        ("PC1-V1", "two", Invalid, "mark_not_in_levels"),
        ("PC1-P1", "1", NotFound, "criterion_unknown"),
        ("", "1", NotFound, "criterion_unknown"),
    ],
)
def test_marks_outside_the_rubric_are_refused(
    world: World, criterion: str, marks: str, error: type[Invalid | NotFound], code: str
) -> None:
    task_id = world.tasks(world.enrol())[VIVA]
    with refused(error, code), world.store.write(world.assessor) as uow:
        api.record_marks(uow, task_id, organisation_id=world.ids.agency, marks={criterion: marks})


def test_a_note_has_its_limit(world: World) -> None:
    task_id = world.tasks(world.enrol())[VIVA]
    with refused(Invalid, "note_too_long"), world.store.write(world.assessor) as uow:
        api.record_marks(
            uow,
            task_id,
            organisation_id=world.ids.agency,
            marks={"PC1-V1": "1"},
            note="x" * 2001,
        )


def test_nobody_is_marked_before_the_window_opens(world: World) -> None:
    task_id = world.tasks(world.enrol())[PRACTICAL]
    world.clock.advance((OPENS - world.clock.now()).total_seconds() - 1)
    with refused(Conflict, "marking_not_open") as info, world.store.write(world.assessor) as uow:
        api.record_marks(uow, task_id, organisation_id=world.ids.agency, marks={"PC1-P1": "1"})
    assert info.value.facts == {"opens_at": OPENS.isoformat()}


def test_only_an_assigned_assessor_without_conflict_marks(world: World) -> None:
    enrolled = world.enrol()
    task_id = world.tasks(enrolled)[VIVA]
    agency = world.ids.agency
    for person in (world.ids.second_assessor, world.ids.manager):
        with world.store.write(world.staff(person)) as uow:
            with refused(NotFound, "task_unknown"):
                api.task(uow, task_id, person_id=person, organisation_id=agency)
            with refused(NotFound, "task_unknown"):
                api.record_marks(uow, task_id, organisation_id=agency, marks={"PC1-V1": "1"})
    other, stranger = world.ids.other_agency, world.ids.stranger
    with (
        refused(NotFound, "task_unknown"),
        world.store.read(world.staff(stranger, organisation_id=other)) as uow,
    ):
        api.task(uow, task_id, person_id=stranger, organisation_id=other)
    with world.store.write(world.manager) as uow:
        api.declare_conflict(
            uow,
            world.ids.sitting,
            organisation_id=agency,
            person_id=world.ids.assessor,
            duty=api.Duty.ASSESSOR,
        )
    with refused(Conflict, "assessor_conflict"), world.store.write(world.assessor) as uow:
        api.record_marks(uow, task_id, organisation_id=agency, marks={"PC1-V1": "1"})


def test_an_unknown_task_is_not_found(world: World) -> None:
    with refused(NotFound, "task_unknown"), world.store.read(world.assessor) as uow:
        api.task(uow, "0" * 26, person_id=world.ids.assessor, organisation_id=world.ids.agency)


def test_a_withdrawn_candidate_is_not_marked(world: World) -> None:
    enrolled = world.enrol()
    task_id = world.tasks(enrolled)[VIVA]
    with world.store.write(world.manager) as uow:
        api.withdraw_entry(uow, enrolled.entry.id, organisation_id=world.ids.agency)
    with refused(Conflict, "entry_withdrawn"), world.store.write(world.assessor) as uow:
        api.record_marks(uow, task_id, organisation_id=world.ids.agency, marks={"PC1-V1": "1"})


def test_an_assessor_sees_the_tasks_of_assigned_sittings_with_how_far_they_are(world: World) -> None:
    enrolled = world.sat()
    world.mark(world.tasks(enrolled)[VIVA])
    with world.store.read(world.assessor) as uow:
        found = api.tasks_of_assessor(uow, world.ids.assessor, organisation_id=world.ids.agency)
    assert [(task.component, task.state, task.marked, task.criteria) for task in found] == [
        (PRACTICAL, api.TaskState.OPEN, 0, 12),
        (VIVA, api.TaskState.DONE, 6, 6),
    ]
    with world.store.read(world.staff(world.ids.second_assessor)) as uow:
        assert api.tasks_of_assessor(uow, world.ids.second_assessor, organisation_id=world.ids.agency) == []


# ------------------------------------------------------------------------------------------ the result


def test_full_marks_pass(world: World) -> None:
    result = world.finished()
    found = document(world, result)
    assert (result.state, result.passed) == (api.ResultState.PROVISIONAL, True)
    expected = {f"PC{n}": {"theory": "4", "practical": "4", "viva": "2"} for n in range(1, 7)}
    assert marks_of(found) == expected
    assert found["items"] == {"count": 24, "answered": 24, "matched": 24}
    assert found["decision"]["credential"]["earned"] == "60"


def test_the_marks_of_each_pc_are_those_worked_out_by_hand(world: World) -> None:
    # PC1: theory 1 of 4 (three wrong), practical 1 + 2 of 4, viva 2 of 2 -> 6 of 10, below 70 %: fail.
    # PC3: theory 4, practical 2 + 2, viva 0 -> 8 of 10, exactly 80 %: pass. All others 10 of 10. Total 54 of 60.
    enrolled = world.sat(wrong=3)
    tasks = world.tasks(enrolled)
    world.mark(tasks[PRACTICAL], {"PC1-P1": "1"})
    world.mark(tasks[VIVA], {"PC3-V1": "0"})
    result = world.result(enrolled)
    found = document(world, result)
    assert marks_of(found)["PC1"] == {"theory": "1", "practical": "3", "viva": "2"}
    assert marks_of(found)["PC3"] == {"theory": "4", "practical": "4", "viva": "0"}
    verdicts = {one["label"]: one["verdict"] for one in found["decision"]["pcs"]}
    assert verdicts == {
        "PC1": "fail",
        "PC2": "pass",
        "PC3": "pass",
        "PC4": "pass",
        "PC5": "pass",
        "PC6": "pass",
    }
    assert found["decision"]["credential"]["earned"] == "54"
    assert result.passed is False


def test_exactly_seventy_per_cent_passes(world: World) -> None:
    # Every PC: theory 4, practical 4, viva 0 -> 8 of 10; PC1: theory 4, practical 1 + 2, viva 0 -> exactly 7 of 10.
    enrolled = world.sat()
    tasks = world.tasks(enrolled)
    world.mark(tasks[PRACTICAL], {"PC1-P1": "1"})
    world.mark(tasks[VIVA], default="0")
    assert world.result(enrolled).passed is True


def test_a_result_document_holds_what_it_rests_on_and_makes_its_hash(world: World) -> None:
    result = world.finished()
    found = document(world, result)
    assert digest(found) == result.sha256
    with world.store.read(world.manager) as uow:
        entry = api.entry(uow, result.entry_id, organisation_id=world.ids.agency)
        form = uow.db.get(FormRow, entry.form_id)
        assert form is not None
        assert found["form"] == {"id": form.id, "sha256": form.sha256}
    assert found["credential"]["code"] == "SDP/MC/0701"
    assert found["rule"]["version"] == 1
    assert found["code_version"].startswith("kasauti")
    assert "Asha" not in str(found)


def test_there_is_no_result_until_every_component_is_complete(world: World) -> None:
    enrolled = world.running()
    with world.store.write(Actor.system()) as uow:
        waiting = api.refresh_result(uow, enrolled.entry.id)
        assert (waiting.result, waiting.missing) == (None, ("theory", "practical", "viva"))
    world.submit(enrolled)
    world.mark(world.tasks(enrolled)[PRACTICAL])
    with world.store.write(Actor.system()) as uow:
        assert api.refresh_result(uow, enrolled.entry.id).missing == ("viva",)
    assert line(world, enrolled).result is None
    world.mark(world.tasks(enrolled)[VIVA])
    assert world.result(enrolled).state is api.ResultState.PROVISIONAL


def test_marking_before_the_hand_in_prepares_the_result_at_the_hand_in(world: World) -> None:
    enrolled = world.running()
    for task_id in world.tasks(enrolled).values():
        world.mark(task_id)
    assert line(world, enrolled).result is None
    world.submit(enrolled)
    assert world.result(enrolled).passed is False


def test_the_sweep_prepares_the_result_too(world: World) -> None:
    enrolled = world.running()
    for task_id in world.tasks(enrolled).values():
        world.mark(task_id)
    world.clock.advance(1000)
    with world.store.write(Actor.system()) as uow:
        assert api.close_overdue(uow) == 1
    assert world.result(enrolled).state is api.ResultState.PROVISIONAL


def test_refreshing_what_did_not_change_changes_nothing(world: World) -> None:
    result = world.finished()
    for _ in range(2):
        with world.store.write(Actor.system()) as uow:
            assert api.refresh_result(uow, result.entry_id).result == result


def test_a_changed_outcome_supersedes_the_provisional_result(world: World) -> None:
    result = world.finished()
    with world.store.write(Actor.system()) as uow:
        row = uow.db.get(ResultRow, result.id)
        assert row is not None
        row.document = {**row.document, "items": {"count": 0, "answered": 0, "matched": 0}}
    with world.store.write(Actor.system()) as uow:
        newer = api.refresh_result(uow, result.entry_id).result
        assert newer is not None
        assert newer.id != result.id
        before = api.result(uow, result.id, organisation_id=world.ids.agency)
        assert before.summary.state is api.ResultState.SUPERSEDED
    with refused(Conflict, "result_superseded"):
        world.declare(result.id)


def test_a_hand_in_is_never_undone_by_a_result_that_cannot_be_computed(world: World) -> None:
    enrolled = world.running()
    for task_id in world.tasks(enrolled).values():
        world.mark(task_id)
    with world.store.write(Actor.system()) as uow:
        row = uow.db.get(FormRow, enrolled.entry.form_id)
        assert row is not None
        row.document = {**row.document, "limit_seconds": 901}
    assert world.submit(enrolled).state is api.AttemptState.SUBMITTED
    with world.store.write(Actor.system()) as uow:
        assert api.refresh_result(uow, enrolled.entry.id).missing == ("form_altered",)


def test_a_withdrawn_entry_has_no_result(world: World) -> None:
    result = world.finished()
    with world.store.write(world.manager) as uow:
        api.withdraw_entry(uow, result.entry_id, organisation_id=world.ids.agency)
        assert api.refresh_result(uow, result.entry_id).missing == ("entry_withdrawn",)
    with refused(Conflict, "entry_withdrawn"):
        world.declare(result.id)


# ------------------------------------------------------------------------------------------ declaring


def test_declaring_puts_a_result_into_the_feed_once(world: World) -> None:
    result = world.finished()
    declared = world.declare(result.id)
    assert (declared.state, declared.feed_number) == (api.ResultState.DECLARED, 1)
    assert declared.declared_at == world.clock.now()
    world.clock.advance(60)
    assert world.declare(result.id) == declared


def test_a_result_whose_document_was_changed_is_not_declared(world: World) -> None:
    result = world.finished()
    with world.store.write(Actor.system()) as uow:
        row = uow.db.get(ResultRow, result.id)
        assert row is not None
        row.document = {**row.document, "entry": "somebody else"}
    with refused(Conflict, "result_altered"):
        world.declare(result.id)


def test_another_agency_declares_nothing(world: World) -> None:
    result = world.finished()
    with refused(NotFound, "result_unknown"), world.store.write(world.manager) as uow:
        api.declare_result(uow, result.id, organisation_id=world.ids.other_agency)
    with refused(NotFound, "result_unknown"), world.store.read(world.manager) as uow:
        api.result(uow, result.id, organisation_id=world.ids.other_agency)


def test_a_corrected_result_replaces_the_declared_one_when_it_is_declared(world: World) -> None:
    first = world.declare(world.finished().id)
    with world.store.write(Actor.system()) as uow:
        row = uow.db.get(ResultRow, first.id)
        assert row is not None
        row.document = {**row.document, "items": {"count": 0, "answered": 0, "matched": 0}}
    with world.store.write(Actor.system()) as uow:
        second = api.refresh_result(uow, first.entry_id).result
        assert second is not None
    with world.store.read(Actor.system()) as uow:
        shown = api.result_for_entry(uow, first.entry_id).result
        assert shown is not None
        assert shown.summary.id == first.id
    assert world.declare(second.id).feed_number == 2
    states = [one.result.summary.state for one in pull(world).results]
    assert states == [api.ResultState.SUPERSEDED, api.ResultState.DECLARED]


def test_the_database_holds_one_provisional_result_per_entry(world: World) -> None:
    result = world.finished()
    with world.store.write(Actor.system()) as uow:
        row = uow.db.get(ResultRow, result.id)
        assert row is not None
        second = insert(ResultRow).values(
            id="0" * 26,
            entry_id=row.entry_id,
            agency_id=row.agency_id,
            awarding_body_id=row.awarding_body_id,
            state=api.ResultState.PROVISIONAL,
            passed=True,
            document={},
            sha256="sha256:x",
            created_at=row.created_at,
            version=1,
        )
        with pytest.raises(IntegrityError):
            uow.db.execute(second)


# ------------------------------------------------------------------------------------------ holds


def test_a_hold_blocks_declaring_until_it_is_released(world: World) -> None:
    enrolled = world.sat()
    hold(world, enrolled, "incident-1")
    for task_id in world.tasks(enrolled).values():
        world.mark(task_id)
    result = world.result(enrolled)
    with refused(Conflict, "hold_open"):
        world.declare(result.id)
    assert line(world, enrolled).blocked
    with world.store.write(Actor.system()) as uow:
        api.release_hold(uow, cause_id="incident-1")
        api.release_hold(uow, cause_id="incident-1")
    assert line(world, enrolled).can_be_declared
    assert world.declare(result.id).state is api.ResultState.DECLARED


def test_a_confirmed_hold_blocks_for_good(world: World) -> None:
    enrolled = world.sat()
    hold(world, enrolled, "incident-1")
    for task_id in world.tasks(enrolled).values():
        world.mark(task_id)
    with world.store.write(Actor.system()) as uow:
        api.confirm_hold(uow, cause_id="incident-1")
        api.confirm_hold(uow, cause_id="incident-1")
        with refused(Conflict, "hold_settled"):
            api.release_hold(uow, cause_id="incident-1")
    with refused(Conflict, "hold_confirmed"):
        world.declare(world.result(enrolled).id)


def test_holds_of_one_entry_are_independent(world: World) -> None:
    enrolled = world.sat()
    for cause in ("incident-1", "incident-2", "incident-1"):
        hold(world, enrolled, cause)
    for task_id in world.tasks(enrolled).values():
        world.mark(task_id)
    with world.store.write(Actor.system()) as uow:
        api.release_hold(uow, cause_id="incident-1")
    assert [found.state for found in line(world, enrolled).holds] == [
        api.HoldState.RELEASED,
        api.HoldState.INTERIM,
    ]
    with refused(Conflict, "hold_open"):
        world.declare(world.result(enrolled).id)


def test_a_hold_needs_its_attempt_and_a_cause_holds_one_attempt(world: World) -> None:
    one, other = world.enrol("One"), world.enrol("Other")
    hold(world, one, "incident-1")
    with refused(Conflict, "hold_elsewhere"):
        hold(world, other, "incident-1")
    with world.store.write(Actor.system()) as uow:
        with refused(NotFound, "attempt_unknown"):
            api.place_hold(uow, "0" * 26, cause_id="incident-2")
        with refused(NotFound, "hold_unknown"):
            api.release_hold(uow, cause_id="incident-9")


def test_a_hold_after_the_declaration_leaves_what_was_declared(world: World) -> None:
    enrolled = world.sat()
    for task_id in world.tasks(enrolled).values():
        world.mark(task_id)
    declared = world.declare(world.result(enrolled).id)
    hold(world, enrolled, "incident-1")
    assert world.declare(declared.id) == declared


# ------------------------------------------------------------------------------------------ the feed


def test_the_feed_is_without_gaps_and_in_order_whatever_is_refused_between(world: World) -> None:
    results = [world.finished(f"Candidate {number}") for number in range(4)]
    world.declare(results[2].id)
    with pytest.raises(RuntimeError, match="undone"):
        _declare_and_fail(world, results[3].id)
    with refused(Conflict, "hold_open"), world.store.write(world.manager) as uow:
        attempt = api.entry_line(uow, results[1].entry_id, organisation_id=world.ids.agency).attempt
        api.place_hold(uow, attempt.id, cause_id="incident-1")
        api.declare_result(uow, results[1].id, organisation_id=world.ids.agency)
    world.declare(results[0].id)
    world.declare(results[3].id)
    page = pull(world)
    assert [(one.number, one.result.summary.id) for one in page.results] == [
        (1, results[2].id),
        (2, results[0].id),
        (3, results[3].id),
    ]
    assert (page.next, page.more) == (3, False)


def _declare_and_fail(world: World, result_id: str) -> None:
    with world.store.write(world.manager) as uow:
        api.declare_result(uow, result_id, organisation_id=world.ids.agency)
        raise RuntimeError("undone")


def test_a_feed_is_read_page_by_page_and_never_repeats(world: World) -> None:
    for number in range(3):
        world.declare(world.finished(f"Candidate {number}").id)
    seen, after = [], 0
    for _ in range(4):
        page = pull(world, after=after, limit=2)
        seen.append(([one.number for one in page.results], page.more))
        after = page.next
    assert seen == [([1, 2], True), ([3], False), ([], False), ([], False)]
    assert after == 3


def test_the_first_pull_delivers_and_later_ones_do_not_again(world: World) -> None:
    declared = world.declare(world.finished().id)
    with world.store.read(world.body) as uow:
        assert api.results_of_body(uow, world.ids.body)[0].delivery is None
    first = pull(world).results[0].delivery
    world.clock.advance(60)
    assert first is not None
    assert pull(world).results[0].delivery == first
    with world.store.read(world.body) as uow:
        assert api.result_of_body(uow, world.ids.body, declared.id).delivery == first
        delivered = select(AuditRow).where(AuditRow.name == "result_delivered")
        assert len(list(uow.db.scalars(delivered))) == 1


def test_an_undeclared_result_is_not_in_the_feed(world: World) -> None:
    result = world.finished()
    assert pull(world).results == ()
    with refused(NotFound, "result_unknown"), world.store.read(world.body) as uow:
        api.result_of_body(uow, world.ids.body, result.id)
    with refused(NotFound, "result_unknown"):
        answer(world, result.id, "acknowledged")


def test_another_body_sees_nothing_of_it(world: World) -> None:
    declared = world.declare(world.finished().id)
    assert pull(world, body=world.ids.other_body).results == ()
    with refused(NotFound, "result_unknown"):
        answer(world, declared.id, "acknowledged", body=world.ids.other_body)
    with world.store.read(world.body) as uow:
        assert api.results_of_body(uow, world.ids.other_body) == []
        with refused(NotFound, "result_unknown"):
            api.result_of_body(uow, world.ids.other_body, declared.id)


@pytest.mark.parametrize(("after", "limit"), [(-1, 10), (2**31, 10), (2**70, 10), (0, 0), (0, 201)])
def test_a_cursor_and_a_limit_stay_within_bounds(world: World, after: int, limit: int) -> None:
    with refused(Invalid, "number_out_of_range"):
        pull(world, after=after, limit=limit)


# ------------------------------------------------------------------------------------------ deliveries


def test_an_answer_is_taken_once_and_repeating_it_is_harmless(world: World) -> None:
    declared = world.declare(world.finished().id)
    with refused(Conflict, "result_not_delivered"):
        answer(world, declared.id, "acknowledged")
    pull(world)
    taken = answer(world, declared.id, "acknowledged")
    world.clock.advance(60)
    assert answer(world, declared.id, "acknowledged") == taken
    with refused(Conflict, "delivery_answered"):
        answer(world, declared.id, "returned", reason="Too late.")


def test_a_result_answered_on_screen_counts_as_delivered(world: World) -> None:
    first, second = (world.declare(world.finished(f"Candidate {number}").id) for number in range(2))
    with world.store.write(world.body) as uow:
        for _ in range(2):
            api.deliver_result(uow, world.ids.body, second.id)
        with refused(NotFound, "result_unknown"):
            api.deliver_result(uow, world.ids.other_body, first.id)
    assert answer(world, second.id, "acknowledged").state is api.DeliveryState.ACKNOWLEDGED
    with refused(Conflict, "result_not_delivered"):
        answer(world, first.id, "acknowledged")


def test_a_result_is_returned_with_a_reason(world: World) -> None:
    declared = world.declare(world.finished().id)
    pull(world)
    with refused(Invalid, "reason_missing"):
        answer(world, declared.id, "returned", reason="  ")
    with refused(Invalid, "reason_too_long"):
        answer(world, declared.id, "returned", reason="x" * 2001)
    returned = answer(world, declared.id, "returned", reason="Wrong candidate.")
    assert (returned.state, returned.reason) == (api.DeliveryState.RETURNED, "Wrong candidate.")


# ------------------------------------------------------------------------------------------ what people see


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
    for task_id in world.tasks(enrolled).values():
        world.mark(task_id)
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
