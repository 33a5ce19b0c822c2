# SPDX-License-Identifier: Apache-2.0
"""Blueprints on a real database: stored once, read by their owner, drawn from live versions only."""

from __future__ import annotations

from typing import Any

import pytest

from core.clock import FixedClock
from core.errors import Conflict
from core.ids import seeded
from core.uow import Actor, ActorKind, UnitOfWork
from item_bank import api
from tests.db.banks import Bank, code_of, live_items
from tests.unit.item_bank.builders import item, text_item

BLUEPRINT = {
    "version": 1,
    "component": "theory",
    "seconds": 900,
    "pcs": [{"pc": "PC1", "items": 4}, {"pc": "PC2", "items": 4}],
}


def add_blueprint(uow: UnitOfWork, bank: Bank, **changes: Any) -> api.StoredBlueprint:
    arguments = {
        "owner_id": bank.agency,
        "credential_version_id": bank.credential_id,
        "name": "Theory paper",
        "document": BLUEPRINT,
    }
    return api.add_blueprint(uow, **{**arguments, **changes})


def test_a_paper_is_drawn_from_live_versions_only(bank: Bank) -> None:
    bank.bring(*[item(id=f"A{n}", en={**item()["en"], "stem": f"Which {n}?"}) for n in range(5)])
    bank.bring(*[text_item(id=f"B{n}", key=[str(n)]) for n in range(4)])
    for name in ("A0", "A1", "A2", "A3", "B0", "B1", "B2"):
        bank.make_live(name)
    with bank.store.write(bank.author) as uow:
        blueprint = add_blueprint(uow, bank).blueprint
        with pytest.raises(Conflict) as refusal:
            api.assemble(live_items(uow, bank), blueprint, generator=seeded(1))
        assert refusal.value.facts == {"PC2": {"needed": 4, "live": 3}}
    last = bank.make_live("B3")
    with bank.store.read(bank.author) as uow:
        paper = api.assemble(live_items(uow, bank), blueprint, generator=seeded(1))
        live = {one.id for one in api.newest_versions(uow, owner_id=bank.agency, state=api.ItemState.LIVE)}
    assert set(paper) == live
    assert last.id in paper


def test_a_blueprint_is_stored_once_and_read_by_its_owner(bank: Bank) -> None:
    with bank.store.write(bank.author) as uow:
        stored = add_blueprint(uow, bank)
        assert add_blueprint(uow, bank).id == stored.id
        shorter = {**BLUEPRINT, "seconds": 800}
        assert code_of(add_blueprint, uow, bank, document=shorter) == "blueprint_exists"
        assert code_of(add_blueprint, uow, bank, name=" ") == "blueprint_name"
        assert code_of(add_blueprint, uow, bank, document={}) == "blueprint_malformed"
    with bank.store.read(Actor(ActorKind.CANDIDATE, "candidate", bank.agency)) as uow:
        assert api.blueprint(uow, stored.id) == stored
    with bank.store.read(bank.author) as uow:
        assert api.blueprint(uow, stored.id) == stored
        assert api.blueprints(uow, owner_id=bank.agency, credential_version_id=bank.credential_id) == [stored]
        assert stored.blueprint == api.natural_blueprint(
            api.credential_version(uow, bank.credential_id).document, component="theory"
        )
        assert code_of(api.blueprint, uow, "nothing") == "blueprint_unknown"
    with bank.store.write(bank.stranger) as uow:
        assert code_of(api.blueprint, uow, stored.id) == "blueprint_unknown"
        assert code_of(add_blueprint, uow, bank) == "organisation_unknown"
        assert (
            code_of(add_blueprint, uow, bank, owner_id=bank.stranger.organisation_id) == "credential_unknown"
        )


def test_no_blueprint_is_made_for_a_credential_out_of_use_or_after_the_engagement(
    bank: Bank, clock: FixedClock
) -> None:
    clock.advance(366 * 86_400)
    with bank.store.write(bank.author) as uow:
        assert code_of(add_blueprint, uow, bank) == "no_engagement"
    with bank.store.write(bank.body) as uow:
        api.withdraw_credential(uow, bank.credential_id)
    with bank.store.write(bank.author) as uow:
        assert code_of(add_blueprint, uow, bank) == "credential_state"
