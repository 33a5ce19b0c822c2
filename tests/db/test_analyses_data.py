# SPDX-License-Identifier: Apache-2.0
"""What is read from the attempts of a batch for its reports."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event

from assessor import api
from assessor.analyses.data import cell_name
from assessor.attempts.tables import LateDecisionRow, OutageRow, PauseRow
from core.errors import NotFound
from core.uow import Actor
from tests.analysed import Analysed, analysed_batch, sample_of
from tests.db.analyses import gather, manager
from tests.db.attempts import count
from tests.unit.assessor.world import World, refused


@pytest.fixture
def sat(world: World) -> Analysed:
    """Two dozen learners who have handed in."""
    return analysed_batch(world.store, sample_of(world.ids), persons=24, forms=2)


def test_marks_choices_and_times_are_those_of_the_attempts(world: World, sat: Analysed) -> None:
    data = gather(world, sat.batch_id)
    assert data.closed
    assert data.marks.shape == (24, 36)
    assert [person.entry_id for person in data.persons] == list(sat.entry_ids)
    places = {item.version_id: column for column, item in enumerate(data.items)}
    for row, sitter in enumerate(sat.sitters):
        last = {reply.version_id: reply.value for reply in sitter.replies}
        spent: dict[str, float] = {}
        for reply in sitter.replies:
            spent[reply.version_id] = spent.get(reply.version_id, 0.0) + reply.seconds
        for version_id, value in last.items():
            column = places[version_id]
            assert data.answered[row, column]
            assert data.seconds[row, column] == pytest.approx(spent[version_id], abs=0.001)
            if data.items[column].options:
                assert data.choices[row, column] == value[0]
                assert data.marks[row, column] == float(value[0] in data.items[column].key)
        assert data.answered[row].sum() == len(last)
        assert np.isnan(data.marks[row]).sum() == 12  # the other form's own items
    left_out = data.presented & ~data.answered
    assert left_out.any()
    assert (data.marks[left_out] == 0).all()


def test_marks_add_up_to_what_the_results_say(world: World, sat: Analysed) -> None:
    data = gather(world, sat.batch_id)
    q, pcs = data.q_matrix()
    for row, person in enumerate(data.persons):
        awarded = data.awarded(person)
        assert {cell_name(cell): str(mark) for cell, mark in awarded.items()} == dict(person.cells)
        for place, pc in enumerate(pcs):
            own = np.nansum(data.marks[row, q[:, place]])
            theory = next(
                mark for cell, mark in awarded.items() if (cell.pc, cell.component) == (pc, "theory")
            )
            assert float(theory) == own  # four items of one mark make the four marks of the PC
        assert person.passed is not None


def test_persons_are_numbers_and_groups_but_never_names(world: World, sat: Analysed) -> None:
    data = gather(world, sat.batch_id, devices={sat.entry_ids[0]: "phone"})
    assert data.labels[:2] == ("Candidate 001", "Candidate 002")
    assert data.persons[0].groups == {
        "language": "en",
        "gender": "male",
        "centre": "Pune centre",
        "device": "phone",
    }
    assert data.group("device")[1] == ""
    assert "Learner" not in repr(data.persons)


def test_changes_tell_right_from_wrong(world: World, sat: Analysed) -> None:
    data = gather(world, sat.batch_id)
    assert data.changes
    for change in data.changes:
        assert not change.late
        assert not change.right_before  # the sample changes wrong answers only
        assert change.right_after == (data.marks[change.person, change.item] == 1)


def test_the_same_attempts_have_the_same_hash_and_others_another(world: World, sat: Analysed) -> None:
    before = gather(world, sat.batch_id)
    assert gather(world, sat.batch_id).sha256 == before.sha256
    with world.store.write(Actor.system()) as uow:
        uow.db.add(
            OutageRow(
                id="0" * 26,
                attempt_id=sat.attempt_ids[0],
                device="phone",
                lost_at=before.persons[0].started_at,
                back_at=uow.now,
            )
        )
    after = gather(world, sat.batch_id)
    assert after.sha256 != before.sha256
    assert np.isnan(after.seconds[0]).all()  # the device was away all the time
    assert np.array_equal(after.marks, before.marks, equal_nan=True)


def test_a_pause_is_no_time_at_an_item(world: World, sat: Analysed) -> None:
    before = gather(world, sat.batch_id)
    begun = before.persons[0].started_at
    assert begun is not None
    with world.store.write(Actor.system()) as uow:
        uow.db.add(
            PauseRow(
                id="0" * 26,
                attempt_id=sat.attempt_ids[0],
                paused_at=begun + timedelta(seconds=1),
                paused_by=world.ids.manager,
                resumed_at=begun + timedelta(seconds=3),
                resumed_by=world.ids.manager,
            )
        )
    lost = np.nansum(before.seconds[0]) - np.nansum(gather(world, sat.batch_id).seconds[0])
    assert lost == pytest.approx(2, abs=0.01)


def test_reading_takes_as_many_queries_for_many_as_for_few(world: World, sat: Analysed) -> None:
    few = analysed_batch(world.store, sample_of(world.ids), persons=4, forms=2, name="Few")
    with world.store.read(Actor.system()) as uow:
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        event.listen(world.store.engine, "before_cursor_execute", note)
        try:
            api.gather_batch(uow, few.batch_id, organisation_id=world.ids.agency)
            of_few, statements[:] = len(statements), []
            api.gather_batch(uow, sat.batch_id, organisation_id=world.ids.agency)
        finally:
            event.remove(world.store.engine, "before_cursor_execute", note)
    assert len(statements) <= of_few <= 25


def test_a_batch_that_nobody_has_sat_has_no_persons(world: World) -> None:
    data = gather(world, world.ids.batch)
    assert (data.persons, data.items, data.marks.shape, data.closed) == ((), (), (0, 0), False)


def test_the_batch_of_another_agency_is_unknown(world: World, sat: Analysed) -> None:
    with world.store.read(Actor.system()) as uow, refused(NotFound, "batch_unknown"):
        api.gather_batch(uow, sat.batch_id, organisation_id=world.ids.other_agency)


def test_a_real_attempt_is_read_like_a_made_one_and_an_admitted_late_answer_counts(world: World) -> None:
    enrolled = world.running()
    item = next(one for one in world.paper(enrolled).items if one.interaction == "choice_single")
    right = world.key(enrolled)[item.ref]
    wrong = next([option.id] for option in item.bodies[0].options if [option.id] != right)
    world.clock.advance(20)
    world.save(enrolled, item.ref, wrong, seq=1)
    world.clock.advance(10)
    world.submit(enrolled)
    world.clock.advance(30)
    world.save(enrolled, item.ref, right, seq=2)
    before = gather(world, world.ids.batch)
    column = int(np.flatnonzero(before.answered[0])[0])
    assert before.marks[0, column] == 0
    assert before.seconds[0, column] == 20
    (change,) = before.changes
    assert (change.late, change.right_before, change.right_after) == (True, False, True)
    with world.store.write(manager(world)) as uow:
        (late,) = api.late_answers(uow, enrolled.attempt_id)
        api.admit_late(
            uow,
            enrolled.attempt_id,
            device=late.device,
            seq=late.seq,
            item=late.item_version_id,
            organisation_id=world.ids.agency,
            reason="The line was cut.",
        )
    after = gather(world, world.ids.batch)
    assert after.marks[0, column] == 1
    assert after.seconds[0, column] == 20
    assert count(world, LateDecisionRow) == 1


def test_labels_lead_back_to_entries_for_who_may_see_them(world: World, sat: Analysed) -> None:
    with world.store.read(world.manager) as uow:
        labels = api.person_labels(uow, sat.batch_id, organisation_id=world.ids.agency)
        with refused(NotFound, "batch_unknown"):
            api.person_labels(uow, sat.batch_id, organisation_id=world.ids.other_agency)
    assert labels[sat.entry_ids[6]] == "Candidate 007"
