# SPDX-License-Identifier: Apache-2.0
"""Commands on blueprints."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from core.canonical import digest
from core.errors import Conflict, Invalid
from core.ids import new_id
from core.uow import UnitOfWork
from item_bank.blueprints.events import BlueprintAdded
from item_bank.blueprints.model import StoredBlueprint, parse_blueprint
from item_bank.blueprints.queries import blueprint_of
from item_bank.blueprints.tables import BlueprintRow
from item_bank.standards.model import CredentialState
from item_bank.standards.queries import credential_version, engagement_between
from item_bank.tenancy import require_owner
from item_bank.text import plain


def add_blueprint(
    uow: UnitOfWork, *, owner_id: str, credential_version_id: str, name: str, document: Mapping[str, object]
) -> StoredBlueprint:
    """Store a blueprint under a name; the same one again returns what is there.

    NotFound(``organisation_unknown`` | ``credential_unknown``), Conflict(``credential_state`` | ``no_engagement`` |
    ``blueprint_exists``), Invalid(``blueprint_name`` | ``blueprint_malformed``).
    """
    require_owner(uow, owner_id, code="organisation_unknown")
    credential = credential_version(uow, credential_version_id)
    if credential.state is not CredentialState.LIVE:
        raise Conflict("credential_state", state=credential.state.value, command="plan")
    if engagement_between(uow, agency_id=owner_id, credential_version_id=credential_version_id) is None:
        raise Conflict("no_engagement")
    name = plain(name)
    if not 1 <= len(name) <= 100:
        raise Invalid("blueprint_name", maximum=100)
    parsed = parse_blueprint(document, credential=credential.document)
    sha256 = digest(parsed.to_document())
    present = uow.db.scalar(
        select(BlueprintRow).where(
            BlueprintRow.owner_id == owner_id,
            BlueprintRow.credential_version_id == credential_version_id,
            BlueprintRow.name == name,
        )
    )
    if present is not None:
        if present.sha256 != sha256:
            raise Conflict("blueprint_exists")
        return blueprint_of(present, credential.document)
    row = BlueprintRow(
        id=new_id(),
        owner_id=owner_id,
        credential_version_id=credential_version_id,
        name=name,
        document=parsed.to_document(),
        sha256=sha256,
        created_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        BlueprintAdded(
            organisation_id=owner_id,
            subject_id=row.id,
            credential_version_id=credential_version_id,
            sha256=sha256,
        )
    )
    return blueprint_of(row, credential.document)
