# SPDX-License-Identifier: Apache-2.0
"""What the monthly return asks of assessors: kept for the own staff, read for a batch, on the day they assess."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assessor import api
from core.errors import Invalid, NotFound
from core.uow import Actor
from tests.db.scheduling import NEWS
from tests.unit.assessor.world import OPENS, World, refused

DAY = OPENS.date()
RECORD = api.AssessorRecord(
    toa_certificate="TOA/2024/117",
    toa_sector="Construction",
    toa_valid_until=DAY,
    languages={"mr": api.Proficiency.FLUENT, "hi": api.Proficiency.WORKING},
)


def keep(world: World, person_id: str, record: api.AssessorRecord = RECORD, **more: Any) -> int:
    """How many events it gave."""
    with world.store.write(world.manager) as uow:
        api.keep_assessor_record(
            uow, person_id, organisation_id=more.get("organisation_id", world.ids.agency), record=record
        )
    return len(uow.emitted)


def kept(world: World, person_id: str) -> api.AssessorRecord:
    with world.store.read(Actor.system()) as uow:
        return api.assessor_records(uow, [person_id])[person_id]


def of_batch(world: World) -> list[api.BatchAssessor]:
    with world.store.read(world.manager) as uow:
        return api.assessors_of_batch(uow, world.ids.batch, organisation_id=world.ids.agency)


def assign(world: World, person_id: str) -> None:
    with world.store.write(world.manager) as uow:
        api.assign_staff(
            uow,
            world.ids.watched_sitting,
            duty=api.Duty.ASSESSOR,
            organisation_id=world.ids.agency,
            person_id=person_id,
        )


def test_a_record_is_kept_changed_and_emptied_and_the_same_again_is_no_change(world: World) -> None:
    person = world.ids.assessor
    assert kept(world, person) == api.AssessorRecord()
    assert (keep(world, person), keep(world, person)) == (1, 0)
    assert kept(world, person) == RECORD
    assert keep(world, person, api.AssessorRecord()) == 1
    assert kept(world, person) == api.AssessorRecord()


def test_the_event_names_neither_the_number_nor_the_person(world: World) -> None:
    with world.store.write(world.manager) as uow:
        api.keep_assessor_record(uow, world.ids.assessor, organisation_id=world.ids.agency, record=RECORD)
    (event,) = uow.emitted
    assert event.payload() == {"certified": True, "languages": ["hi", "mr"]}


def test_the_record_of_another_agency_s_staff_is_not_ours_to_keep(world: World) -> None:
    for person in (world.ids.stranger, "nobody"):
        with refused(NotFound, "person_unknown"):
            keep(world, person)
    with refused(NotFound, "batch_unknown"), world.store.read(world.manager) as uow:
        api.assessors_of_batch(uow, world.ids.batch, organisation_id=world.ids.other_agency)


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (api.AssessorRecord(toa_certificate="x" * 101), "name_malformed"),
        (api.AssessorRecord(toa_certificate="1", toa_sector="a\x00b"), "name_malformed"),
        (api.AssessorRecord(toa_sector="Construction"), "toa_unnumbered"),
        (api.AssessorRecord(toa_valid_until=date(2027, 1, 1)), "toa_unnumbered"),
        (api.AssessorRecord(languages={"xx": api.Proficiency.BASIC}), "batch_language_unknown"),
    ],
)
def test_a_record_that_makes_no_sense_is_refused(world: World, record: api.AssessorRecord, code: str) -> None:
    with refused(Invalid, code):
        keep(world, world.ids.assessor, record)


def test_a_batch_knows_who_assesses_first_with_a_valid_certificate_and_in_its_language(world: World) -> None:
    with world.store.write(world.manager) as uow:
        found = api.batch(uow, world.ids.batch, organisation_id=world.ids.agency)
        more = api.Particulars(primary_language="hi")
        api.edit_batch(
            uow,
            found.id,
            organisation_id=world.ids.agency,
            name=found.name,
            region=found.region or "IN-MH",
            particulars=more,
        )
    keep(world, world.ids.assessor)
    world.clock.advance(1)
    assign(world, world.ids.second_assessor)
    first, second = of_batch(world)
    assert (first.person_id, first.standing, first.proficiency) == (
        world.ids.assessor,
        api.ToaStanding.VALID,
        api.Proficiency.WORKING,
    )
    assert (second.person_id, second.standing, second.proficiency) == (
        world.ids.second_assessor,
        api.ToaStanding.NOT_RECORDED,
        None,
    )
    assert api.weakest([first, second]) is api.ToaStanding.NOT_RECORDED
    assert api.weakest([first]) is api.ToaStanding.VALID
    assert api.weakest([]) is None


def test_a_certificate_counts_through_its_last_day_and_without_one_for_ever(world: World) -> None:
    ended = api.AssessorRecord(toa_certificate="1", toa_valid_until=date(DAY.year - 1, 12, 31))
    for record, standing in (
        (RECORD, api.ToaStanding.VALID),
        (ended, api.ToaStanding.EXPIRED),
        (api.AssessorRecord(toa_certificate="1"), api.ToaStanding.VALID),
    ):
        keep(world, world.ids.assessor, record)
        (found,) = of_batch(world)
        assert found.standing is standing


def test_whoever_declared_a_conflict_or_assesses_at_a_cancelled_sitting_only_is_no_assessor_of_the_batch(
    world: World,
) -> None:
    assign(world, world.ids.second_assessor)
    assert len(of_batch(world)) == 2
    with world.store.write(world.manager) as uow:
        api.cancel_sitting(
            uow,
            world.ids.watched_sitting,
            organisation_id=world.ids.agency,
            reason="The hall is flooded.",
            news=NEWS,
        )
        api.declare_conflict(
            uow,
            world.ids.sitting,
            organisation_id=world.ids.agency,
            person_id=world.ids.assessor,
            duty=api.Duty.ASSESSOR,
        )
    assert of_batch(world) == []
