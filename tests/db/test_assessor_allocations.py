# SPDX-License-Identifier: Apache-2.0
"""Allocations on a real database: offered, answered once, made into one batch; the rules they are held against."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from assessor import api
from assessor.scheduling.tables import AllocationRow, BatchRow
from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor
from item_bank import api as bank
from item_bank.standards.tables import EngagementRow
from tests.db.scheduling import PARTICULARS, TODAY, allocate, asked, body, engagement_id, rules_of
from tests.unit.assessor.world import World, refused


def accept(world: World, allocation_id: str) -> None:
    with world.store.write(world.manager) as uow:
        api.accept_allocation(uow, allocation_id, organisation_id=world.ids.agency)


def make(world: World, plan: api.BatchPlan) -> api.Batch:
    with world.store.write(world.manager) as uow:
        return api.create_batch(
            uow,
            organisation_id=world.ids.agency,
            assessment_id=world.ids.assessment,
            plan=plan,
            form_count=1,
        )


def set_territory(world: World, territory: str) -> None:
    with world.store.write(Actor.system()) as uow:
        uow.db.execute(update(EngagementRow).values(territory=territory))


def test_an_accepted_allocation_becomes_one_batch(world: World) -> None:
    given = allocate(world)
    assert (given.state, given.answered_at) == (api.AllocationState.OFFERED, None)
    plan = api.BatchPlan(name="From the body", allocation_id=given.id)
    with refused(Conflict, "allocation_not_accepted"):
        make(world, plan)
    world.clock.advance(60)
    accept(world, given.id)
    batch = make(world, plan)
    assert (batch.allocation_id, batch.region) == (given.id, "IN-MH")
    with world.store.read(world.manager) as uow:
        found = api.allocation(uow, given.id, organisation_id=world.ids.agency)
    assert (found.batch_id, found.state) == (batch.id, api.AllocationState.ACCEPTED)
    assert found.answered_at is not None
    assert found.answered_at - found.allocated_at == timedelta(seconds=60)
    with refused(Conflict, "allocation_used"):
        make(world, api.BatchPlan(name="Once more", allocation_id=given.id))


def test_an_allocation_is_answered_once_and_by_the_agency_only(world: World) -> None:
    given = allocate(world)
    with refused(NotFound, "allocation_unknown"), world.store.write(body(world)) as uow:
        api.accept_allocation(uow, given.id, organisation_id=world.ids.body)
    with refused(Invalid, "reason_needed"), world.store.write(world.manager) as uow:
        api.refuse_allocation(uow, given.id, organisation_id=world.ids.agency, reason=" ")
    with world.store.write(world.manager) as uow:
        api.refuse_allocation(uow, given.id, organisation_id=world.ids.agency, reason="No assessor.")
    with refused(Conflict, "allocation_state"):
        accept(world, given.id)
    with refused(Conflict, "allocation_state"), world.store.write(body(world)) as uow:
        api.withdraw_allocation(uow, given.id, organisation_id=world.ids.body, reason="Too late.")
    with world.store.read(body(world)) as uow:
        (found,) = api.allocations(uow, organisation_id=world.ids.body)
    assert (found.state, found.reason) == (api.AllocationState.REFUSED, "No assessor.")


def test_an_offer_is_taken_back_by_its_awarding_body_only(world: World) -> None:
    given = allocate(world)
    with refused(NotFound, "allocation_unknown"), world.store.write(world.manager) as uow:
        api.withdraw_allocation(uow, given.id, organisation_id=world.ids.agency, reason="No.")
    with world.store.write(body(world)) as uow:
        api.withdraw_allocation(uow, given.id, organisation_id=world.ids.body, reason="Centre closed.")
    with refused(Conflict, "allocation_state"):
        accept(world, given.id)


def test_other_organisations_see_no_allocation(world: World) -> None:
    given = allocate(world)
    with world.store.read(Actor.system()) as uow:
        for stranger in (world.ids.other_agency, world.ids.other_body):
            assert api.allocations(uow, organisation_id=stranger) == []
            with refused(NotFound, "allocation_unknown"):
                api.allocation(uow, given.id, organisation_id=stranger)
    contract = engagement_id(world)
    with refused(NotFound, "engagement_unknown"), world.store.write(world.manager) as uow:
        api.allocate_batch(uow, organisation_id=world.ids.agency, engagement_id=contract, plan=asked())


def test_a_batch_id_of_an_awarding_body_is_used_once(world: World) -> None:
    allocate(world)
    with refused(Conflict, "allocation_exists"):
        allocate(world, name=" NSC-1 ")
    with refused(Invalid, "region_unknown"):
        allocate(world, name="NSC-2", region="Atlantis")


def test_the_territory_of_the_engagement_covers_the_place(world: World) -> None:
    set_territory(world, "IN-GA,Kerala")
    with refused(Conflict, "batch_blocked") as info:
        allocate(world)
    assert rules_of(info) == ["engagement_territory"]
    assert allocate(world, region="kerala").region == "IN-KL"


def test_a_territory_in_other_words_and_a_missing_partner_ask_for_reasons_that_are_stored(
    world: World,
) -> None:
    set_territory(world, "The western districts")
    loose: dict[str, Any] = {"particulars": api.Particulars()}
    with refused(Conflict, "batch_warned") as info:
        allocate(world, **loose)
    rules = set(rules_of(info))
    assert rules == {"territory_as_written", "training_partner"}
    given = allocate(world, **loose, reasons=dict.fromkeys(rules, "Seen on the map."))
    with world.store.read(Actor.system()) as uow:
        stored = uow.db.get_one(AllocationRow, given.id).warning_reasons
    assert stored == dict.fromkeys(rules, "Seen on the map.")


def test_nothing_is_allocated_under_an_ended_engagement_or_for_a_withdrawn_credential(world: World) -> None:
    given = allocate(world)
    with world.store.write(Actor.system()) as uow:
        bank.withdraw_credential(uow, world.ids.credential)
    with refused(Conflict, "batch_blocked") as info:
        allocate(world, name="NSC-2")
    assert rules_of(info) == ["rights_withdrawn"]
    world.clock.advance(timedelta(days=400).total_seconds())
    days: dict[str, Any] = {
        "wanted_from": TODAY + timedelta(days=400),
        "wanted_until": TODAY + timedelta(days=410),
    }
    with refused(Conflict, "no_engagement"):
        allocate(world, name="NSC-3", **days)
    with refused(Conflict, "no_engagement"):
        accept(world, given.id)


def test_an_own_batch_is_held_against_the_same_rules(world: World) -> None:
    set_territory(world, "Goa")
    with refused(Conflict, "batch_blocked"):
        make(world, api.BatchPlan(name="Own", region="IN-MH", particulars=PARTICULARS))
    with refused(Conflict, "batch_warned"):
        make(world, api.BatchPlan(name="Own", region="IN-GA", particulars=api.Particulars()))
    batch = make(world, api.BatchPlan(name="Own", region="IN-GA", particulars=PARTICULARS))
    assert (batch.allocation_id, batch.particulars) == (None, PARTICULARS)


def test_nobody_is_enrolled_outside_the_territory_whatever_it_was_when_the_batch_was_made(
    world: World,
) -> None:
    with world.store.write(Actor.system()) as uow:
        uow.db.execute(update(BatchRow).values(region="IN-MH"))
    assert world.enrol("Inside").entry.state is api.EntryState.ENROLLED
    set_territory(world, "IN-GA")
    with refused(Conflict, "enrolment_blocked") as info:
        world.enrol("Outside")
    assert rules_of(info) == ["engagement_territory"]
    set_territory(world, "The western districts")
    with refused(Conflict, "enrolment_warned") as info:
        world.enrol("Perhaps")
    assert rules_of(info) == ["territory_as_written"]
    with world.store.write(Actor.system()) as uow:
        uow.db.execute(update(BatchRow).values(warning_reasons={"territory_as_written": "Seen on the map."}))
    assert world.enrol("Inside too").entry.state is api.EntryState.ENROLLED


def test_the_particulars_of_a_batch_are_changed_but_not_an_allocated_region(world: World) -> None:
    given = allocate(world)
    accept(world, given.id)
    batch = make(world, api.BatchPlan(name="Given", allocation_id=given.id, particulars=PARTICULARS))
    more = api.Particulars(district="Nashik", sidh=True)

    def edit(name: str, region: str) -> None:
        with world.store.write(world.manager) as uow:
            api.edit_batch(
                uow,
                batch.id,
                organisation_id=world.ids.agency,
                name=name,
                region=region,
                particulars=more,
            )

    edit("Given, renamed", "IN-MH")
    with refused(Conflict, "region_allocated"):
        edit("Given", "IN-GA")
    with refused(Conflict, "batch_exists"):
        edit("November", "IN-MH")
    with world.store.read(world.manager) as uow:
        found = api.batch(uow, batch.id, organisation_id=world.ids.agency)
    assert (found.name, found.particulars) == ("Given, renamed", more)


def test_the_database_itself_refuses_an_answer_without_its_time_or_reason(world: World) -> None:
    given = allocate(world)
    for values in ({"state": api.AllocationState.ACCEPTED}, {"state": api.AllocationState.REFUSED}):
        with pytest.raises(IntegrityError), world.store.write(Actor.system()) as uow:
            uow.db.execute(update(AllocationRow).where(AllocationRow.id == given.id).values(**values))
