# SPDX-License-Identifier: Apache-2.0
"""Forms and the definitions they are drawn for, on a real database."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select

from assessor import api
from assessor.forms.tables import DrawRow, FormRow
from assessor.scheduling.model import draw_form
from assessor.scheduling.tables import EntryRow
from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor
from item_bank import api as bank
from scoring.api import LintLimits
from tests.unit.assessor.world import World, refused


def batch_forms(world: World) -> list[api.Form]:
    with world.store.read(world.manager) as uow:
        return api.forms(uow, world.ids.assessment, organisation_id=world.ids.agency)


def test_a_batch_gets_three_sealed_forms_that_share_no_item(world: World) -> None:
    forms = batch_forms(world)
    assert [form.state for form in forms] == [api.FormState.SEALED] * 3
    items = [item.version_id for form in forms for item in form.content.items]
    assert len(items) == len(set(items)) == 72
    for form in forms:
        assert Counter(item.pc for item in form.content.items) == {f"PC{number}": 4 for number in range(1, 7)}
        assert form.content.sha256 == form.sha256
        assert form.content.limit_seconds == 900


def test_the_same_seed_draws_the_same_forms(world: World) -> None:
    drawn = []
    with world.store.write(world.manager) as uow:
        for _ in range(2):
            undone = uow.db.begin_nested()
            made = api.assemble_forms(
                uow, world.ids.assessment, organisation_id=world.ids.agency, count=2, seed=11
            )
            drawn.append([form.content for form in made])
            undone.rollback()
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("count", [0, -1, 21])
def test_the_number_of_forms_is_bounded(world: World, count: int) -> None:
    with refused(Invalid, "form_count_out_of_range"), world.store.write(world.manager) as uow:
        api.assemble_forms(uow, world.ids.assessment, organisation_id=world.ids.agency, count=count, seed=1)


def test_a_form_is_sealed_once_and_withdrawn_once(world: World) -> None:
    agency = world.ids.agency
    with world.store.write(world.manager) as uow:
        draft = api.assemble_forms(uow, world.ids.assessment, organisation_id=agency, count=1, seed=3)[0]
        assert (draft.state, draft.sha256) == (api.FormState.DRAFT, None)
        with refused(Conflict, "form_state"):
            api.form_changes(uow, draft.id)
        sealed = api.seal_form(uow, draft.id, organisation_id=agency)
        assert sealed.sealed_at == world.clock.now()
        assert api.form_changes(uow, draft.id) == ()
        with refused(Conflict, "form_state"):
            api.seal_form(uow, draft.id, organisation_id=agency)
        assert api.withdraw_form(uow, draft.id, organisation_id=agency).state is api.FormState.WITHDRAWN
        with refused(Conflict, "form_state"):
            api.withdraw_form(uow, draft.id, organisation_id=agency)


def test_a_definition_is_made_once_and_only_over_ones_own_blueprint(world: World) -> None:
    with world.store.write(world.manager) as uow:
        again = api.define_assessment(uow, organisation_id=world.ids.agency, blueprint_id=world.ids.blueprint)
        assert again.id == world.ids.assessment
        assert api.assessments(uow, organisation_id=world.ids.agency) == [again]
    with world.store.write(Actor.system()) as uow:
        with refused(NotFound, "blueprint_unknown"):
            api.define_assessment(
                uow, organisation_id=world.ids.other_agency, blueprint_id=world.ids.blueprint
            )
        with refused(NotFound, "assessment_unknown"):
            api.assessment(uow, world.ids.assessment, organisation_id=world.ids.other_agency)


def test_the_assessment_that_a_credential_implies_is_made_once(world: World) -> None:
    with world.store.write(world.manager) as uow:
        made = [
            api.natural_assessment(
                uow, organisation_id=world.ids.agency, credential_version_id=world.ids.credential
            )
            for _ in range(2)
        ]
        assert made[0] == made[1]
        assert made[0].id != world.ids.assessment
        assert len(api.assessments(uow, organisation_id=world.ids.agency)) == 2


def test_a_batch_shows_its_forms_to_its_agency(world: World) -> None:
    with world.store.read(world.manager) as uow:
        forms = api.forms_of_batch(uow, world.ids.batch, organisation_id=world.ids.agency)
        with refused(NotFound, "batch_unknown"):
            api.forms_of_batch(uow, world.ids.batch, organisation_id=world.ids.other_agency)
    assert forms == batch_forms(world)


def test_forms_are_drawn_evenly_and_every_draw_can_be_replayed(world: World) -> None:
    enrolled = [world.enrol(f"Candidate {number}") for number in range(9)]
    assert set(Counter(one.entry.form_id for one in enrolled).values()) == {3}
    with world.store.read(world.manager) as uow:
        for row in uow.db.scalars(select(EntryRow)):
            replayed = draw_form(row.draw["counts"], seed=int(row.draw["seed"]))
            assert replayed.form_id == row.form_id


def compiled(world: World, **changes: Any) -> str:
    """An assessment of a blueprint of version 2."""
    with world.store.write(world.manager) as uow:
        document = bank.credential_version(uow, world.ids.credential).document
        plan = replace(bank.natural_plan(document, component="theory"), **changes)
        stored = bank.add_blueprint(
            uow,
            owner_id=world.ids.agency,
            credential_version_id=world.ids.credential,
            name=f"Compiled {len(changes)}",
            document=plan.to_document(),
        )
        return api.define_assessment(uow, organisation_id=world.ids.agency, blueprint_id=stored.id).id


def draw(world: World, assessment_id: str, *, count: int = 3, seed: int = 5) -> list[api.Form]:
    with world.store.write(world.manager) as uow:
        drawn = api.assemble_forms(
            uow, assessment_id, organisation_id=world.ids.agency, count=count, seed=seed
        )
        return [api.seal_form(uow, form.id, organisation_id=world.ids.agency) for form in drawn]


def test_a_compiled_draw_is_recorded_and_replays_byte_by_byte(world: World) -> None:
    assessment_id = compiled(world, quotas=(bank.Quota(6, 10, difficulty=bank.Difficulty.EASY),))
    forms = draw(world, assessment_id)
    items = [item.version_id for form in forms for item in form.content.items]
    assert len(items) == len(set(items)) == 72
    with world.store.write(world.manager) as uow:
        (record,) = api.draws(uow, assessment_id, organisation_id=world.ids.agency)
        assert record.form_ids == tuple(form.id for form in forms)
        assert (record.seed, record.count) == (5, 3)
        drawn = [form.content.draw for form in forms]
        assert [one.number for one in drawn if one] == [1, 2, 3]
        assert {(one.bank_sha256, one.blueprint_sha256) for one in drawn if one} == {
            (record.bank_sha256, record.blueprint_sha256)
        }
        assert api.replays(uow, record.id, organisation_id=world.ids.agency)
        # A withdrawn item is no longer in the bank, but the recorded bank still has it.
        bank.withdraw_item(uow, items[0])
        assert api.replays(uow, record.id, organisation_id=world.ids.agency)
        assert api.blueprint_of_draw(uow, record.id, organisation_id=world.ids.agency)
        assert [api.form_changes(uow, form.id) for form in forms] == [(), (), ()]
        for unknown in (api.replays, api.blueprint_of_draw):
            with refused(NotFound, "draw_unknown"):
                unknown(uow, "nothing", organisation_id=world.ids.agency)
        with refused(NotFound, "assessment_unknown"):
            api.replays(uow, record.id, organisation_id=world.ids.other_agency)
        row = uow.db.get_one(DrawRow, record.id)
        row.seed = "6"
        assert not api.replays(uow, record.id, organisation_id=world.ids.agency)
        row.compiler = "another/1"
        with refused(Conflict, "draw_compiler"):
            api.replays(uow, record.id, organisation_id=world.ids.agency)


def test_sealed_papers_count_towards_the_exposure_cap(world: World) -> None:
    assessment_id = compiled(world, exposure_cap=2, overlap_cap=None)
    draw(world, assessment_id)
    with world.store.read(world.manager) as uow:
        used = api.sealed_use(
            uow, organisation_id=world.ids.agency, credential_version_id=world.ids.credential
        )
    # Three papers of the world's own batch and three of this draw, of 24 items each, out of 84.
    assert sum(used.values()) == 144
    assert max(used.values()) == 2
    with world.store.write(world.manager) as uow, refused(Conflict, "blueprint_unfillable") as refusal:
        api.assemble_forms(uow, assessment_id, organisation_id=world.ids.agency, count=2, seed=1)
    assert refusal.value.facts["obstacles"] == ["exposure"]
    assert refusal.value.facts["missing"]


def test_the_overlap_cap_may_hold_over_all_papers_of_an_assessment(world: World) -> None:
    assessment_id = compiled(world, overlap_scope=bank.OverlapScope.ASSESSMENT)
    draw(world, assessment_id, count=2)
    draw(world, assessment_id, count=1, seed=6)
    with world.store.write(world.manager) as uow, refused(Conflict, "blueprint_unfillable") as refusal:
        api.assemble_forms(uow, assessment_id, organisation_id=world.ids.agency, count=1, seed=7)
    assert refusal.value.facts["obstacles"] == ["overlap"]


def test_a_blueprint_that_cannot_support_its_thresholds_draws_nothing_until_somebody_says_why(
    world: World,
) -> None:
    assessment_id = compiled(world, limits=LintLimits(master_fails=Fraction(1, 1000)))
    with world.store.write(world.manager) as uow:
        with refused(Conflict, "blueprint_unsound") as refusal:
            api.assemble_forms(uow, assessment_id, organisation_id=world.ids.agency, count=1, seed=1)
        assert refusal.value.facts["pcs"] == ["PC1", "PC2", "PC3", "PC4", "PC5", "PC6"]
        blueprint_id = api.assessment(uow, assessment_id, organisation_id=world.ids.agency).blueprint_id
        bank.waive_lint(uow, blueprint_id, reason="A pilot without consequences.")
    assert len(draw(world, assessment_id, count=1)) == 1


def test_a_form_that_no_longer_keeps_its_blueprint_is_not_sealed(world: World) -> None:
    assessment_id = compiled(world)
    with world.store.write(world.manager) as uow:
        form = api.assemble_forms(uow, assessment_id, organisation_id=world.ids.agency, count=1, seed=2)[0]
        row = uow.db.get_one(FormRow, form.id)
        document = deepcopy(row.document)
        document["items"] = document["items"][1:]
        row.document = document
        with refused(Conflict, "form_unsound") as refusal:
            api.seal_form(uow, form.id, organisation_id=world.ids.agency)
    assert refusal.value.facts["faults"] == ["pc_items $.pcs[0]", "pc_marks $.pcs[0].marks"]
