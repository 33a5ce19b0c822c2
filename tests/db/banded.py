# SPDX-License-Identifier: Apache-2.0
"""The sample's credential with a rule that also gives a band, engaged and with a bank of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.identity.model import Role
from core.uow import Actor
from item_bank import api as bank
from tests.analysed_sitters import Sample
from tests.db.corrected import of_role
from tests.unit.assessor.world import World

BANDS: dict[str, Any] = {
    "bands": {
        "scope": {"credential": True},
        "component": "all",
        "basis": "raw",
        "of": [
            {"name": "A", "at_least": "9/10"},
            {"name": "B", "at_least": "1/2"},
            {"name": "C", "at_least": "0"},
        ],
        "pass": "C",
    }
}


def banded(world: World) -> Sample:
    """Whose batch can be drawn: the agency of the world with the new credential and a blueprint for it."""
    sample = bank.load_sample()
    document = {**sample.credential, "code": "SDP/MC/0777"}
    document["rule"] = {"version": 2, "rule": {"all_of": [*document["rule"]["rule"]["all_of"], BANDS]}}
    with world.store.write(Actor.system()) as uow:
        version = bank.add_credential_version(uow, owner_id=world.ids.body, document=document)
        bank.publish_credential(uow, version.id)
        bank.add_engagement(
            uow,
            credential_version_id=version.id,
            agency_id=world.ids.agency,
            territory="India",
            valid_from=uow.now,
            valid_until=uow.now + timedelta(days=365),
        )
        blueprint = bank.add_blueprint(
            uow,
            owner_id=world.ids.agency,
            credential_version_id=version.id,
            name="Paper with bands",
            document=bank.natural_blueprint(version.document, component="theory").to_document(),
        )
    with world.store.write(of_role(world, Role.AUTHOR)) as uow:
        bank.import_items(
            uow,
            owner_id=world.ids.agency,
            credential_version_id=version.id,
            parsed=bank.parse_item_documents([{**one, "id": f"B-{one['id']}"} for one in sample.items]),
            mode=bank.ImportMode.ALL_OR_NOTHING,
        )
        drafts = [
            one
            for one in bank.newest_versions(uow, owner_id=world.ids.agency)
            if one.external_id.startswith("B-")
        ]
        for draft in drafts:
            bank.submit_for_review(uow, draft.id)
    with world.store.write(of_role(world, Role.REVIEWER)) as uow:
        for draft in drafts:
            bank.approve_item(uow, draft.id)
    return Sample(world.ids.agency, world.ids.manager, world.ids.assessor, version.id, blueprint.id)
