# SPDX-License-Identifier: Apache-2.0
"""Engagements on a real database: where they overlap, how they end, and what goes on after that."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from assessor import api
from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor, ActorKind
from item_bank import api as bank
from tests.db.scheduling import allocate, body, engagement_id, enrol, rules_of
from tests.unit.assessor.world import CLOSES, NOON, World, plan, refused

DAY = timedelta(days=1)
SOON = NOON + timedelta(minutes=10)


def engage(
    world: World, territory: str, *, begins: datetime = NOON, ends: datetime = NOON + 30 * DAY, **more: str
) -> bank.Engagement:
    with world.store.write(body(world)) as uow:
        return bank.add_engagement(
            uow,
            credential_version_id=world.ids.credential,
            agency_id=more.pop("agency_id", world.ids.agency),
            territory=territory,
            valid_from=begins,
            valid_until=ends,
            **more,
        )


def end(world: World, engagement: str, *, at: datetime = SOON, reason: str = "Cancelled.") -> bank.Engagement:
    with world.store.write(body(world)) as uow:
        return bank.end_engagement(uow, engagement, ends_from=at, reason=reason)


def new_batch(world: World, name: str = "December", **more: Any) -> api.Batch:
    with world.store.write(world.manager) as uow:
        return api.create_batch(
            uow,
            organisation_id=world.ids.agency,
            assessment_id=world.ids.assessment,
            plan=api.BatchPlan(name=name, **more),
            form_count=1,
            seed=3,
        )


def test_two_engagements_never_share_ground_at_one_time(world: World) -> None:
    with refused(Conflict, "engagement_exists") as info:
        engage(world, "IN-MH")
    assert info.value.facts["territory"] == "India"
    end(world, engagement_id(world))
    with refused(Conflict, "engagement_exists"):
        engage(world, "IN-MH", begins=SOON - timedelta(minutes=1))
    first = engage(world, "IN-MH,IN-GA", begins=SOON, note=" Contract 7 ")
    assert first.note == "Contract 7"
    with refused(Conflict, "engagement_exists"):
        engage(world, "IN-GA,IN-KA", begins=SOON + DAY)
    engage(world, "IN-KA", begins=SOON)
    engage(world, "IN-GA", begins=NOON + 30 * DAY, ends=NOON + 60 * DAY)
    engage(world, "IN-GA", agency_id=world.ids.other_agency)


def test_of_several_engagements_a_batch_stands_under_the_one_of_its_region(world: World) -> None:
    end(world, engagement_id(world))
    world.clock.advance(timedelta(minutes=20).total_seconds())
    engage(world, "IN-MH", begins=SOON, ends=NOON + 300 * DAY)
    goa = engage(world, "IN-GA", begins=SOON)
    assert new_batch(world, region="IN-GA").engagement_id == goa.id


def test_an_ended_engagement_lets_nothing_new_begin_but_running_attempts_go_on(world: World) -> None:
    running, waiting = world.running(), world.enrol("Bina")
    given = allocate(world)
    with world.store.write(world.manager) as uow:
        api.accept_allocation(uow, given.id, organisation_id=world.ids.agency)
    offered = allocate(world, name="NSC-2")
    ended = end(world, engagement_id(world), reason=" The contract was cancelled. ")
    assert (ended.valid_until, ended.ended_from) == (SOON, SOON)
    assert ended.ended_reason == "The contract was cancelled."
    agreed = {"engagement_ends_first": "Agreed."}
    enrol(world, name="Chitra", apaar="", agency_number="", reasons=agreed)
    world.clock.advance(timedelta(minutes=10).total_seconds())
    for allocation_id in (None, given.id):
        with refused(Conflict, "no_engagement"):
            new_batch(world, allocation_id=allocation_id)
    with refused(Conflict, "no_engagement"), world.store.write(world.manager) as uow:
        api.accept_allocation(uow, offered.id, organisation_id=world.ids.agency)
    with refused(Conflict, "no_engagement"):
        allocate(world, name="NSC-3")
    with refused(Conflict, "enrolment_blocked") as info:
        enrol(world, name="Dev", apaar="", agency_number="")
    assert rules_of(info) == ["engagement_over"]
    item = world.paper(running).items[0].ref
    assert isinstance(world.save(running, item, None, seq=1), api.Receipt)
    world.submit(running)
    for task_id in world.tasks(running).values():
        world.mark(task_id)
    assert world.declare(world.result(running).id).state is api.ResultState.DECLARED
    assert world.start(waiting).state is api.AttemptState.RUNNING, "who was enrolled before may come"


def test_one_that_has_not_begun_is_called_off_and_shows_the_agency_nothing(world: World) -> None:
    coming = engage(world, "IN-KA", agency_id=world.ids.other_agency, begins=NOON + DAY, ends=NOON + 9 * DAY)
    ended = end(world, coming.id)
    assert ended.valid_until == ended.valid_from == NOON + DAY
    world.clock.advance(timedelta(days=2).total_seconds())
    other = Actor(ActorKind.PERSON, "somebody", world.ids.other_agency)
    with refused(NotFound, "credential_unknown"), world.store.read(other) as uow:
        bank.credential_version(uow, world.ids.credential)
    with refused(Conflict, "engagement_over"):
        end(world, coming.id, at=world.clock.now() + DAY)
    engage(world, "IN-KA", agency_id=world.ids.other_agency, begins=NOON + 3 * DAY)


@pytest.mark.parametrize(
    ("at", "reason", "error", "code"),
    [
        (SOON, " ", Invalid, "engagement_reason"),
        (SOON, "x" * 501, Invalid, "engagement_reason"),
        (NOON - DAY, "Why", Invalid, "engagement_end_past"),
        (NOON + 400 * DAY, "Why", Conflict, "engagement_end_late"),
    ],
)
def test_an_end_that_makes_no_sense_is_named(
    world: World, at: datetime, reason: str, error: type[Conflict], code: str
) -> None:
    with refused(error, code):
        end(world, engagement_id(world), at=at, reason=reason)


def test_an_end_may_be_brought_forward_but_not_put_off(world: World) -> None:
    contract = engagement_id(world)
    end(world, contract, at=NOON + 5 * DAY)
    assert end(world, contract, at=NOON + 3 * DAY).valid_until == NOON + 3 * DAY
    with refused(Conflict, "engagement_end_late"):
        end(world, contract, at=NOON + 4 * DAY)


def test_only_the_awarding_body_ends_an_engagement_or_makes_one_and_only_for_a_live_credential(
    world: World,
) -> None:
    contract = engagement_id(world)
    with refused(NotFound, "engagement_unknown"), world.store.write(world.manager) as uow:
        bank.end_engagement(uow, contract, ends_from=SOON, reason="Why")
    with refused(NotFound, "engagement_unknown"):
        end(world, "nobody")
    with refused(Invalid, "engagement_note"):
        engage(world, "IN-KA", agency_id=world.ids.other_agency, note="x" * 501)
    with world.store.write(body(world)) as uow:
        bank.withdraw_credential(uow, world.ids.credential)
    with refused(Conflict, "credential_state"):
        engage(world, "IN-KA", agency_id=world.ids.other_agency)
    assert end(world, contract).ended_from == SOON, "one for a withdrawn credential can still be ended"


def test_a_sitting_after_the_new_end_takes_nobody(world: World) -> None:
    with world.store.write(world.manager) as uow:
        later = api.schedule_sitting(
            uow,
            world.ids.batch,
            organisation_id=world.ids.agency,
            plan=plan(opens_at=NOON + 9 * DAY, closes_at=CLOSES + 9 * DAY),
        )
    end(world, engagement_id(world), at=NOON + 5 * DAY)
    with refused(Conflict, "enrolment_blocked") as info:
        enrol(world, sitting_id=later.id)
    assert rules_of(info) == ["engagement_on_the_day"]
