# SPDX-License-Identifier: Apache-2.0
"""Reads of blueprints, for their owner only."""

from __future__ import annotations

from sqlalchemy import select

from core.errors import NotFound
from core.uow import UnitOfWork
from item_bank.blueprints.model import StoredBlueprint, parse_blueprint
from item_bank.blueprints.tables import BlueprintRow
from item_bank.standards.model import CredentialDocument
from item_bank.standards.queries import credential_version
from item_bank.tenancy import belongs_to, require_owner


def blueprint(uow: UnitOfWork, blueprint_id: str) -> StoredBlueprint:
    """One blueprint by id, within its owner (a candidate's result is computed by it), else NotFound(``blueprint_unknown``)."""
    row = uow.db.get(BlueprintRow, blueprint_id)
    if row is None or not belongs_to(uow.actor, row.owner_id):
        raise NotFound("blueprint_unknown")
    return blueprint_of(row, credential_version(uow, row.credential_version_id).document)


def blueprints(uow: UnitOfWork, *, owner_id: str, credential_version_id: str) -> list[StoredBlueprint]:
    """An agency's blueprints for a credential version, by name."""
    require_owner(uow, owner_id, code="organisation_unknown")
    credential = credential_version(uow, credential_version_id).document
    query = select(BlueprintRow).where(
        BlueprintRow.owner_id == owner_id, BlueprintRow.credential_version_id == credential_version_id
    )
    return [blueprint_of(row, credential) for row in uow.db.scalars(query.order_by(BlueprintRow.name))]


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
