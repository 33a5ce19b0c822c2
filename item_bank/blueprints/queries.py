# SPDX-License-Identifier: Apache-2.0
"""Reads of blueprints, for their owner only."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.errors import NotFound
from core.uow import Actor, ActorKind, UnitOfWork
from item_bank.blueprints.linting import BlueprintLint, lint_blueprint
from item_bank.blueprints.model import StoredBlueprint, Waiver, parse_blueprint
from item_bank.blueprints.tables import BlueprintRow, WaiverRow
from item_bank.items.model import BankItem
from item_bank.items.queries import live_bank
from item_bank.items.tables import ItemRow
from item_bank.standards.model import CredentialDocument, CredentialVersion
from item_bank.standards.queries import credential_version
from item_bank.tenancy import belongs_to, require_owner


def blueprint(uow: UnitOfWork, blueprint_id: str) -> StoredBlueprint:
    """One blueprint by id, within its owner (a candidate's result is computed by it), else NotFound(``blueprint_unknown``)."""
    row = uow.db.get(BlueprintRow, blueprint_id)
    if row is None or not belongs_to(uow.actor, row.owner_id):
        raise NotFound("blueprint_unknown")
    return blueprint_of(row, credential_version(uow, row.credential_version_id).document)


def blueprint_component(uow: UnitOfWork, blueprint_id: str) -> str:
    """The component that a blueprint fills, for whom ``blueprint`` or ``readable_blueprint`` may read: results rest on it.

    NotFound(``blueprint_unknown``) for everyone else.
    """
    if uow.actor.kind is ActorKind.CANDIDATE:
        return blueprint(uow, blueprint_id).blueprint.component
    return readable_blueprint(uow, blueprint_id).blueprint.component


def blueprints(uow: UnitOfWork, *, owner_id: str, credential_version_id: str) -> list[StoredBlueprint]:
    """An agency's blueprints for a credential version, by name."""
    require_owner(uow, owner_id, code="organisation_unknown")
    credential = credential_version(uow, credential_version_id).document
    query = select(BlueprintRow).where(
        BlueprintRow.owner_id == owner_id, BlueprintRow.credential_version_id == credential_version_id
    )
    return [blueprint_of(row, credential) for row in uow.db.scalars(query.order_by(BlueprintRow.name))]


def blueprints_of_credential(uow: UnitOfWork, credential_version_id: str) -> list[StoredBlueprint]:
    """Every agency's blueprints for a credential, for the awarding body that owns it, else NotFound(``credential_unknown``)."""
    credential = _own_credential(uow, credential_version_id)
    query = select(BlueprintRow).where(BlueprintRow.credential_version_id == credential_version_id)
    rows = uow.db.scalars(query.order_by(BlueprintRow.owner_id, BlueprintRow.name))
    return [blueprint_of(row, credential) for row in rows]


def readable_blueprint(uow: UnitOfWork, blueprint_id: str) -> StoredBlueprint:
    """One blueprint for its agency, or for the awarding body of its credential, else NotFound(``blueprint_unknown``)."""
    row = uow.db.get(BlueprintRow, blueprint_id)
    if row is None or uow.actor.kind is ActorKind.CANDIDATE:
        raise NotFound("blueprint_unknown")
    credential = _seen_credential(uow, row.credential_version_id)
    if credential is None or not (
        belongs_to(uow.actor, row.owner_id) or belongs_to(uow.actor, credential.owner_id)
    ):
        raise NotFound("blueprint_unknown")
    return blueprint_of(row, credential.document)


def bank_for_proof(uow: UnitOfWork, *, owner_id: str, credential_version_id: str) -> list[BankItem]:
    """An agency's live bank as figures, for the agency and for the awarding body that owns the credential; it has no content.

    NotFound(``credential_unknown``) for everyone else.
    """
    if uow.actor.kind is ActorKind.CANDIDATE:
        raise NotFound("credential_unknown")
    if not belongs_to(uow.actor, owner_id):
        _own_credential(uow, credential_version_id)
    platform = UnitOfWork(db=uow.db, now=uow.now, actor=Actor.system(), writable=False)
    return live_bank(platform, owner_id=owner_id, credential_version_id=credential_version_id)


def item_names(uow: UnitOfWork, *, owner_id: str, credential_version_id: str) -> dict[str, str]:
    """The item ids of an agency's bank by the names that its authors gave them."""
    require_owner(uow, owner_id, code="organisation_unknown")
    query = select(ItemRow.external_id, ItemRow.id).where(
        ItemRow.owner_id == owner_id, ItemRow.credential_version_id == credential_version_id
    )
    return {row.external_id: row.id for row in uow.db.execute(query)}


def waivers(uow: UnitOfWork, blueprint_id: str) -> list[Waiver]:
    """Why a blueprint is used although its lint blocks it, oldest first. Callers have established who may read it."""
    query = select(WaiverRow).where(WaiverRow.blueprint_id == blueprint_id).order_by(WaiverRow.id)
    return [waiver_of(row) for row in uow.db.scalars(query)]


def lint_of(uow: UnitOfWork, stored: StoredBlueprint, *, bank: Sequence[BankItem]) -> BlueprintLint:
    """The lint of a stored blueprint over a bank."""
    credential = credential_version(uow, stored.credential_version_id).document
    return lint_blueprint(stored.blueprint, credential, bank=bank)


def _own_credential(uow: UnitOfWork, credential_version_id: str) -> CredentialDocument:
    credential = credential_version(uow, credential_version_id)
    if not belongs_to(uow.actor, credential.owner_id):
        raise NotFound("credential_unknown")
    return credential.document


def _seen_credential(uow: UnitOfWork, credential_version_id: str) -> CredentialVersion | None:
    try:
        return credential_version(uow, credential_version_id)
    except NotFound:
        return None


def waiver_of(row: WaiverRow) -> Waiver:
    """The row as a value."""
    return Waiver(
        id=row.id,
        blueprint_id=row.blueprint_id,
        person_id=row.person_id,
        pcs=tuple(row.pcs),
        reason=row.reason,
        created_at=row.created_at,
    )


def blueprint_of(row: BlueprintRow, credential: CredentialDocument) -> StoredBlueprint:
    """The row as a value."""
    return StoredBlueprint(
        id=row.id,
        owner_id=row.owner_id,
        credential_version_id=row.credential_version_id,
        name=row.name,
        sha256=row.sha256,
        blueprint=parse_blueprint(row.document, credential=credential),
        created_at=row.created_at,
    )
