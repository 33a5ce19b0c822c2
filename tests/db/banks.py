# SPDX-License-Identifier: Apache-2.0
"""A small world for the tests of `item_bank`: a live credential, an agency engaged for it, and people of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from core.errors import KasautiError
from core.identity.model import OrganisationKind
from core.identity.operations import add_organisation
from core.uow import Actor, ActorKind, Store, UnitOfWork
from item_bank import api
from tests.unit.item_bank.builders import credential


@dataclass(frozen=True, slots=True)
class Bank:
    """The bank of an agency engaged for one live credential, with people of it, of the awarding body and of neither."""

    store: Store
    body: Actor
    author: Actor
    reviewer: Actor
    stranger: Actor
    credential_id: str

    @property
    def agency(self) -> str:
        assert self.author.organisation_id is not None
        return self.author.organisation_id

    def bring(
        self, *documents: dict[str, Any], mode: str = "all_or_nothing", actor: Actor | None = None
    ) -> api.ImportReport:
        parsed = api.parse_items(json.dumps(documents).encode(), filename="bank.json")
        return self.take_in(parsed, mode=mode, actor=actor)

    def take_in(
        self, parsed: api.ParsedFile, *, mode: str = "all_or_nothing", actor: Actor | None = None
    ) -> api.ImportReport:
        with self.store.write(actor or self.author) as uow:
            return api.import_items(
                uow,
                owner_id=self.agency,
                credential_version_id=self.credential_id,
                parsed=parsed,
                mode=api.ImportMode(mode),
            )

    def version(self, external_id: str = "SDP-PC1-01") -> api.ItemVersion:
        with self.store.read(self.author) as uow:
            newest = api.newest_versions(uow, owner_id=self.agency)
        return next(version for version in newest if version.external_id == external_id)

    def submit(self, external_id: str = "SDP-PC1-01", *, by: Actor | None = None) -> api.ItemVersion:
        """Hand the newest version to review."""
        version = self.version(external_id)
        with self.store.write(by or self.author) as uow:
            return api.submit_for_review(uow, version.id)

    def make_live(self, external_id: str = "SDP-PC1-01") -> api.ItemVersion:
        version = self.submit(external_id)
        with self.store.write(self.reviewer) as uow:
            return api.approve_item(uow, version.id)


def engaged_agency(store: Store) -> Bank:
    """The bank of an agency that was engaged today, still empty."""
    with store.write(Actor.system()) as uow:
        body = add_organisation(uow, name="Nirantar Skills Council", kind=OrganisationKind.AWARDING_BODY)
        agency = add_organisation(uow, name="Parakh Assessments", kind=OrganisationKind.ASSESSMENT_AGENCY)
        other = add_organisation(uow, name="Other Assessments", kind=OrganisationKind.ASSESSMENT_AGENCY)
        version = api.add_credential_version(uow, owner_id=body.id, document=credential())
        api.publish_credential(uow, version.id)
        api.add_engagement(
            uow,
            credential_version_id=version.id,
            agency_id=agency.id,
            territory="India",
            valid_from=uow.now,
            valid_until=uow.now + timedelta(days=365),
        )
    return Bank(
        store=store,
        body=person(body.id, "body"),
        author=person(agency.id, "author"),
        reviewer=person(agency.id, "reviewer"),
        stranger=person(other.id, "stranger"),
        credential_id=version.id,
    )


def live_items(uow: UnitOfWork, bank: Bank) -> list[api.BankItem]:
    return api.live_bank(uow, owner_id=bank.agency, credential_version_id=bank.credential_id)


def person(organisation_id: str, name: str) -> Actor:
    return Actor(ActorKind.PERSON, name, organisation_id)


def code_of(call: Any, *arguments: Any, **more: Any) -> str:
    with pytest.raises(KasautiError) as refusal:
        call(*arguments, **more)
    return refusal.value.code


def count(uow: UnitOfWork, table: Any) -> int:
    return uow.db.scalar(select(func.count()).select_from(table)) or 0
