# SPDX-License-Identifier: Apache-2.0
"""Blueprints of version 2 on a real database: who may read them, what blocks them, and who said why they are used."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select

from core.audit import AuditRow
from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor, ActorKind
from item_bank import api
from scoring.api import LintLimits
from tests.unit.assessor.world import World, refused

STRICT = LintLimits(master_fails=Fraction(1, 1000))


def plan_of(world: World, **changes: Any) -> api.Plan:
    with world.store.read(world.manager) as uow:
        document = api.credential_version(uow, world.ids.credential).document
    return replace(api.natural_plan(document, component="theory"), **changes)


def add(world: World, plan: api.Plan, *, name: str = "December") -> api.StoredBlueprint:
    with world.store.write(world.manager) as uow:
        return api.add_blueprint(
            uow,
            owner_id=world.ids.agency,
            credential_version_id=world.ids.credential,
            name=name,
            document=plan.to_document(),
        )


def body_of(world: World) -> Actor:
    with world.store.read(Actor.system()) as uow:
        owner = api.credential_version(uow, world.ids.credential).owner_id
    return Actor(ActorKind.PERSON, "body", owner)


def test_a_named_person_records_why_a_blocked_blueprint_is_used(world: World) -> None:
    stored = add(world, plan_of(world, limits=STRICT))
    with world.store.write(world.manager) as uow:
        with refused(Invalid, "waiver_reason"):
            api.waive_lint(uow, stored.id, reason="why not")
        made = api.waive_lint(uow, stored.id, reason="The awarding body wants a short pilot.")
        assert made.person_id == world.manager.id
        assert made.created_at == world.clock.now()
        assert made.pcs == ("PC1", "PC2", "PC3", "PC4", "PC5", "PC6")
        with refused(Conflict, "waiver_needless"):
            api.waive_lint(uow, stored.id, reason="The awarding body wants it still.")
        assert api.waivers(uow, stored.id) == [made]
        row = uow.db.scalars(select(AuditRow).where(AuditRow.name == "blueprint_waived")).one()
        assert (row.actor_id, row.subject_id) == (world.manager.id, stored.id)


def test_only_a_person_of_the_agency_can_waive(world: World) -> None:
    stored = add(world, plan_of(world, limits=STRICT))
    reason = "The awarding body wants a short pilot."
    with world.store.write(Actor.system()) as uow, refused(Conflict, "waiver_person"):
        api.waive_lint(uow, stored.id, reason=reason)
    with world.store.write(body_of(world)) as uow, refused(NotFound, "blueprint_unknown"):
        api.waive_lint(uow, stored.id, reason=reason)


def test_a_blueprint_that_nothing_blocks_needs_no_reason(world: World) -> None:
    stored = add(world, plan_of(world))
    with world.store.write(world.manager) as uow, refused(Conflict, "waiver_needless"):
        api.waive_lint(uow, stored.id, reason="Just to be sure of it.")


def test_the_awarding_body_reads_what_its_agencies_plan_and_nobody_else_does(world: World) -> None:
    stored = add(world, plan_of(world))
    with world.store.read(body_of(world)) as uow:
        assert api.readable_blueprint(uow, stored.id) == stored
        assert stored in api.blueprints_of_credential(uow, world.ids.credential)
        seen = api.bank_for_proof(uow, owner_id=world.ids.agency, credential_version_id=world.ids.credential)
        assert len(seen) == 84
    other = Actor(ActorKind.PERSON, "other", world.ids.other_agency)
    with world.store.read(other) as uow:
        with refused(NotFound, "blueprint_unknown"):
            api.readable_blueprint(uow, stored.id)
        with refused(NotFound, "credential_unknown"):
            api.bank_for_proof(uow, owner_id=world.ids.agency, credential_version_id=world.ids.credential)
    candidate = Actor(ActorKind.CANDIDATE, "candidate", world.ids.agency)
    with world.store.read(candidate) as uow:
        with refused(NotFound, "blueprint_unknown"):
            api.readable_blueprint(uow, stored.id)
        with refused(NotFound, "credential_unknown"):
            api.bank_for_proof(uow, owner_id=world.ids.agency, credential_version_id=world.ids.credential)
    with world.store.read(world.manager) as uow:
        with refused(NotFound, "credential_unknown"):
            api.blueprints_of_credential(uow, world.ids.credential)
        with refused(NotFound, "blueprint_unknown"):
            api.readable_blueprint(uow, "nothing")


def test_bounds_that_contradict_each_other_are_never_stored(world: World) -> None:
    quotas = (
        api.Quota(20, 24, difficulty=api.Difficulty.EASY),
        api.Quota(20, 24, difficulty=api.Difficulty.HARD),
    )
    with pytest.raises(Invalid) as refusal:
        add(world, plan_of(world, quotas=quotas))
    problems = refusal.value.facts["problems"]
    assert isinstance(problems, list)
    assert [problem["where"] for problem in problems] == ["$.quotas[0]", "$.quotas[1]"]
    with pytest.raises(Invalid) as whole:
        add(world, plan_of(world, seconds=10))
    assert whole.value.facts["problems"][0]["where"] == "$"  # type: ignore[index]


def test_items_are_known_by_their_authors_names(world: World) -> None:
    with world.store.read(world.manager) as uow:
        names = api.item_names(uow, owner_id=world.ids.agency, credential_version_id=world.ids.credential)
        found = api.bank_for_proof(uow, owner_id=world.ids.agency, credential_version_id=world.ids.credential)
    assert {item.item_id for item in found} == set(names.values())
    assert "SDP-PC1-01" in names
