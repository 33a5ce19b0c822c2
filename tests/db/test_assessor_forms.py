# SPDX-License-Identifier: Apache-2.0
"""Forms and the definitions they are drawn for, on a real database."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from assessor import api
from assessor.scheduling.model import draw_form
from assessor.scheduling.tables import EntryRow
from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor
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
