# SPDX-License-Identifier: Apache-2.0
"""The rows of `tests.analysed` are those that the operations write for the same learners, but for ids, secrets and instants."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import select

from assessor import api
from assessor.attempts.queries import load_attempt, refs_of
from assessor.attempts.tables import AttemptRow, LeaseRow, ResponseEventRow
from assessor.marking.tables import MarkingTaskRow, MarkRow
from assessor.results.tables import ResultRow
from assessor.scheduling.tables import CandidateRow, EntryRow
from core.uow import Actor
from tests.analysed import Analysed, analysed_batch, sample_of
from tests.db.analyses import gather
from tests.unit.assessor.world import GRACE, KEY, PEPPER, World, plan

OWN = {
    *("id", "entry_id", "attempt_id", "candidate_id", "task_id", "sitting_id", "form_id", "batch_id"),
    *("secret", "code_key", "draw", "name", "sha256", "document"),
    *("created_at", "code_issued_at", "started_at", "ends_at", "ended_at", "taken_at", "received_at"),
    *("completed_at", "at"),
}
"""What differs from one learner to the next."""


def rows_of(world: World, entry_id: str) -> dict[str, list[dict[str, Any]]]:
    """Everything that is stored of an entry, without what is its own alone."""
    with world.store.read(Actor.system()) as uow:
        entry = uow.db.get_one(EntryRow, entry_id)
        attempt = uow.db.scalar(select(AttemptRow).where(AttemptRow.entry_id == entry_id))
        assert attempt is not None
        tasks = list(uow.db.scalars(select(MarkingTaskRow).where(MarkingTaskRow.entry_id == entry_id)))
        wanted = {
            "entry": select(EntryRow).where(EntryRow.id == entry_id),
            "candidate": select(CandidateRow).where(CandidateRow.id == entry.candidate_id),
            "attempt": select(AttemptRow).where(AttemptRow.id == attempt.id),
            "leases": select(LeaseRow).where(LeaseRow.attempt_id == attempt.id),
            "answers": select(ResponseEventRow)
            .where(ResponseEventRow.attempt_id == attempt.id)
            .order_by(ResponseEventRow.seq),
            "tasks": select(MarkingTaskRow)
            .where(MarkingTaskRow.entry_id == entry_id)
            .order_by(MarkingTaskRow.component),
            "marks": select(MarkRow)
            .join(MarkingTaskRow, MarkingTaskRow.id == MarkRow.task_id)
            .where(MarkRow.task_id.in_([task.id for task in tasks]))
            .order_by(MarkingTaskRow.component, MarkRow.number),
            "results": select(ResultRow).where(ResultRow.entry_id == entry_id),
        }
        return {
            name: [
                {
                    column.key: getattr(row, column.key)
                    for column in row.__mapper__.column_attrs
                    if column.key not in OWN
                }
                for row in uow.db.scalars(query)
            ]
            for name, query in wanted.items()
        }


def decided(world: World, entry_id: str) -> tuple[Any, Any]:
    with world.store.read(Actor.system()) as uow:
        row = uow.db.scalar(select(ResultRow).where(ResultRow.entry_id == entry_id))
        assert row is not None
        return row.document["marks"], row.document["decision"]


def sit_again(world: World, sat: Analysed, number: int, sitting_id: str) -> str:
    """The same learner through the operations; the entry's id."""
    sitter = sat.sitters[number]
    with world.store.write(world.manager) as uow:
        enrolled = api.enrol(
            uow,
            sitting_id,
            organisation_id=world.ids.agency,
            candidate=api.CandidatePlan(name=sitter.name, language=sitter.language, gender=sitter.gender),
            approval=api.Approval(entry_requirement_met=True),
            pepper=PEPPER,
        )
    world.start(enrolled)
    world.lease(enrolled)
    with world.store.write(world.learner(enrolled)) as uow:
        attempt = load_attempt(uow, enrolled.attempt_id)
        names = refs_of(uow, attempt)
        for seq, reply in enumerate(sitter.replies, 1):
            save = api.SaveResponse(
                attempt_id=enrolled.attempt_id,
                device="phone",
                epoch=1,
                seq=seq,
                item=names.of_item(reply.version_id),
                value=names.shown(reply.version_id, reply.value),
            )
            assert isinstance(api.save_response(uow, save, key=KEY, grace_seconds=GRACE), api.Receipt)
    world.submit(enrolled)
    for component, task_id in world.tasks(enrolled).items():
        world.mark(task_id, sitter.marks[component.value])
    return enrolled.entry.id


def real_sitting(world: World, sat: Analysed) -> str:
    """One more sitting of the batch, open now."""
    with world.store.write(world.manager) as uow:
        sitting = api.schedule_sitting(uow, sat.batch_id, organisation_id=world.ids.agency, plan=plan())
        api.assign_staff(
            uow,
            sitting.id,
            duty=api.Duty.ASSESSOR,
            organisation_id=world.ids.agency,
            person_id=world.ids.assessor,
        )
    return sitting.id


def test_three_learners_through_the_operations_leave_the_same_rows(world: World) -> None:
    sat = analysed_batch(world.store, sample_of(world.ids), persons=3, forms=1)
    sitting_id = real_sitting(world, sat)
    for number, made in enumerate(sat.entry_ids):
        real = sit_again(world, sat, number, sitting_id)
        assert rows_of(world, made) == rows_of(world, real)
        assert decided(world, made) == decided(world, real)


def test_learners_who_sat_handed_in_and_were_marked_are_in_every_report(world: World) -> None:
    sat = analysed_batch(world.store, sample_of(world.ids), persons=30, forms=1)
    sitting_id = real_sitting(world, sat)
    real = [sit_again(world, sat, number, sitting_id) for number in range(3)]
    assert not gather(world, sat.batch_id).closed
    world.clock.advance(2 * 3600)  # the sitting is over
    data = gather(world, sat.batch_id)
    assert data.closed
    rows = {person.entry_id: row for row, person in enumerate(data.persons)}
    for number, entry_id in enumerate(real):
        made, own = rows[sat.entry_ids[number]], rows[entry_id]
        assert np.array_equal(data.marks[made], data.marks[own], equal_nan=True)
        assert np.array_equal(data.answered[made], data.answered[own])
        assert np.array_equal(data.choices[made], data.choices[own])
        assert data.persons[made].cells == data.persons[own].cells
        assert data.persons[made].passed is data.persons[own].passed
    for kind in api.ReportKind:
        document = api.make_report(kind, data, progress=lambda _share, _stage: None)
        assert document["batch"]["persons"] == 33
        assert any(section["unavailable"] is None for section in document["sections"]), kind
