# SPDX-License-Identifier: Apache-2.0
"""Short words for the tests of scheduling: allocations, candidates with fields, other sittings, re-assessment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from assessor import api
from core.errors import KasautiError
from core.uow import Actor, ActorKind
from item_bank import api as bank
from tests.unit.assessor.world import CLOSES, NOON, OPENS, PEPPER, World, plan

PERSON_KEY = b"k" * 32
NEWS = api.News(titles={"en": "Payments", "hi": "भुगतान"}, key=b"n" * 32)
PARTICULARS = api.Particulars(training_partner="Trust", empanelled=True)
TODAY = NOON.date()


def body(world: World) -> Actor:
    """Somebody of the awarding body."""
    return Actor(ActorKind.PERSON, "officer", world.ids.body)


def rules_of(info: pytest.ExceptionInfo[KasautiError]) -> list[str]:
    """The rules that a refusal names, in order."""
    found: Any = info.value.facts["findings"]
    return [one["rule"] for one in found]


def asked(**changes: Any) -> api.AllocationPlan:
    """An allocation that nothing speaks against."""
    held: dict[str, Any] = {
        "name": "NSC-1",
        "candidates": 20,
        "place": "Nashik",
        "region": "IN-MH",
        "wanted_from": TODAY,
        "wanted_until": TODAY + timedelta(days=30),
        "particulars": PARTICULARS,
    }
    return api.AllocationPlan(**{**held, **changes})


def engagement_id(world: World) -> str:
    with world.store.read(world.manager) as uow:
        return bank.engagements(uow)[0].id


def allocate(world: World, *, reasons: dict[str, str] | None = None, **changes: Any) -> api.Allocation:
    contract = engagement_id(world)
    with world.store.write(body(world)) as uow:
        return api.allocate_batch(
            uow,
            organisation_id=world.ids.body,
            engagement_id=contract,
            plan=asked(**changes),
            reasons=reasons,
        )


def candidate(**fields: Any) -> api.CandidatePlan:
    """A candidate of whom everything is known."""
    known = api.CandidatePlan(
        name="Asha Rao",
        language=api.Language.HINDI,
        date_of_birth=date(2000, 1, 1),
        apaar="123456789012",
        email="asha@example.org",
        agency_number="PA-1",
    )
    return replace(known, **fields)


def enrol(world: World, *, sitting_id: str | None = None, met: bool = True, **fields: Any) -> api.Enrolled:
    reasons = fields.pop("reasons", {})
    with world.store.write(world.manager) as uow:
        return api.enrol(
            uow,
            sitting_id or world.ids.sitting,
            organisation_id=world.ids.agency,
            candidate=candidate(**fields),
            pepper=PEPPER,
            person_key=PERSON_KEY,
            approval=api.Approval(entry_requirement_met=met, reasons=reasons),
        )


def new_sitting(world: World, *, days: int = 7, **changes: Any) -> api.Sitting:
    """One more sitting of the batch, some days later."""
    later = timedelta(days=days)
    asked_for = plan(**{"opens_at": OPENS + later, "closes_at": CLOSES + later, **changes})
    with world.store.write(world.manager) as uow:
        return api.schedule_sitting(uow, world.ids.batch, organisation_id=world.ids.agency, plan=asked_for)


def reassess(world: World, entry_id: str, sitting_id: str, *, asked_on: date) -> api.Enrolled:
    with world.store.write(world.manager) as uow:
        return api.reassess(
            uow,
            entry_id,
            organisation_id=world.ids.agency,
            sitting_id=sitting_id,
            asked_on=asked_on,
            pepper=PEPPER,
        )


def entry(world: World, entry_id: str) -> api.Entry:
    with world.store.read(world.manager) as uow:
        return api.entry(uow, entry_id, organisation_id=world.ids.agency)
