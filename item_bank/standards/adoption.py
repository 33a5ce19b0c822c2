# SPDX-License-Identifier: Apache-2.0
"""Adopting another awarding body's live credential: who may, the draft that it begins with, and what changed since.

The comparison itself is pure and stands in ``overlay``; its limits are in the rulebook.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from core.errors import Conflict, Invalid, NotFound
from core.identity.model import OrganisationKind
from core.identity.queries import organisation
from core.ids import new_id
from core.uow import ActorKind, UnitOfWork
from item_bank.standards import events
from item_bank.standards.dossier import Visibility
from item_bank.standards.loading import load_document
from item_bank.standards.model import CredentialDocument, CredentialState, CredentialVersion
from item_bank.standards.overlay import OverlayReport, compare_overlay
from item_bank.standards.queries import version_of
from item_bank.standards.rules import NO_FACTS, Facts
from item_bank.standards.tables import AdoptionPermissionRow, CredentialAdoptionRow, CredentialVersionRow
from item_bank.tenancy import require_owner
from item_bank.text import plain


@dataclass(frozen=True, slots=True)
class AdoptionPermission:
    """The leave of an owner to another awarding body."""

    id: str
    body_id: str
    reference: str
    created_at: datetime


def adoptable_credentials(uow: UnitOfWork) -> list[CredentialVersion]:
    """Live versions of other awarding bodies that the actor's body may adopt: public ones, and private ones with permission."""
    own = _awarding_body(uow)
    if own is None:
        return []
    rows = uow.db.scalars(
        select(CredentialVersionRow)
        .where(CredentialVersionRow.state == CredentialState.LIVE, CredentialVersionRow.owner_id != own)
        .order_by(CredentialVersionRow.code, CredentialVersionRow.id)
    )
    return [version_of(row) for row in rows if _may_adopt(uow, row, own)]


def adoptable_credential(uow: UnitOfWork, version_id: str) -> CredentialVersion:
    """One of ``adoptable_credentials``. NotFound(``credential_unknown``)."""
    return version_of(_adoptable(uow, version_id))


def permit_adoption(uow: UnitOfWork, version_id: str, *, body: str, reference: str) -> AdoptionPermission:
    """Let another awarding body (its id or its name) adopt a version of ours. ``reference``: the letter or minute behind it.

    A second permission for the same body returns the first. NotFound(``credential_unknown`` | ``organisation_unknown``),
    Invalid(``permission_reference``), Conflict(``credential_state``).
    """
    row = require_own_credential(uow, version_id)
    if row.state is not CredentialState.LIVE:
        raise Conflict("credential_state", state=row.state.value, command="permit")
    adopter = _other_body(uow, body, owner_id=row.owner_id)
    reference = plain(reference)
    if not 1 <= len(reference) <= 500:
        raise Invalid("permission_reference", maximum=500)
    present = uow.db.scalar(_permission(row.id, adopter))
    if present is None:
        present = AdoptionPermissionRow(
            id=new_id(),
            credential_version_id=row.id,
            body_id=adopter,
            reference=reference,
            given_by=uow.actor.id[:26],
            created_at=uow.now,
        )
        uow.db.add(present)
        uow.db.flush()
        uow.emit(events.AdoptionPermitted(organisation_id=row.owner_id, subject_id=row.id, body_id=adopter))
    return _permission_of(present)


def adoption_permissions(uow: UnitOfWork, version_id: str) -> list[AdoptionPermission]:
    """The permissions that the owner gave, oldest first. NotFound(``credential_unknown``)."""
    require_own_credential(uow, version_id)
    rows = uow.db.scalars(
        select(AdoptionPermissionRow)
        .where(AdoptionPermissionRow.credential_version_id == version_id)
        .order_by(AdoptionPermissionRow.id)
    )
    return [_permission_of(found) for found in rows]


def adopted_document(uow: UnitOfWork, parent_version_id: str, *, code: str, version: str) -> dict[str, Any]:
    """The document that an adoption begins with: the parent's own, under another code and version, pointing at the parent.

    NotFound(``credential_unknown``).
    """
    parent = _adoptable(uow, parent_version_id)
    document = copy.deepcopy(parent.document)
    adopter = organisation(uow, _awarding_body(uow) or "")
    document |= {
        "code": code,
        "version": version,
        "awarding_body": adopter.name if adopter else document["awarding_body"],
        "adoption": {
            "parent": {
                "awarding_body": parent.document["awarding_body"],
                "code": parent.code,
                "version": parent.version,
                "sha256": parent.sha256,
            }
        },
    }
    return document


def measure_adoption(uow: UnitOfWork, row: CredentialVersionRow, document: CredentialDocument) -> None:
    """Store how a draft stands to its parent. NotFound(``parent_unknown``) where the parent may not be adopted by the owner."""
    present = uow.db.get(CredentialAdoptionRow, row.id)
    if document.adoption is None:
        if present is not None:
            uow.db.delete(present)
        return
    parent = _parent(uow, document, owner_id=row.owner_id)
    if parent is None:
        raise NotFound(
            "parent_unknown",
            credential=document.adoption.parent.code,
            version=document.adoption.parent.version,
        )
    report = compare_overlay(load_document(parent.document, sha256=parent.sha256), document)
    if present is None:
        present = CredentialAdoptionRow(credential_version_id=row.id, parent_version_id=parent.id)
        uow.db.add(present)
        uow.emit(
            events.CredentialAdopted(
                organisation_id=row.owner_id,
                subject_id=row.id,
                parent_version_id=parent.id,
                parent_sha256=parent.sha256,
            )
        )
    present.parent_version_id = parent.id
    present.modified, present.added = str(report.modified), str(report.added)
    present.report = report.to_document()
    present.updated_at = uow.now
    uow.db.flush()


def adoption_facts(uow: UnitOfWork, row: CredentialVersionRow) -> Facts:
    """What the rules on adoption need, computed anew from both documents."""
    document = load_document(row.document, sha256=row.sha256)
    if document.adoption is None:
        return NO_FACTS
    parent = _parent(uow, document, owner_id=row.owner_id)
    if parent is None:
        return Facts(adoption_permitted=False)
    return Facts(
        overlay=compare_overlay(load_document(parent.document, sha256=parent.sha256), document),
        adoption_permitted=_may_adopt(uow, parent, row.owner_id),
    )


def credential_facts(uow: UnitOfWork, version_id: str) -> Facts:
    """What the rules on adoption need, for a version of the actor's. NotFound(``credential_unknown``)."""
    return adoption_facts(uow, require_own_credential(uow, version_id))


def require_own_credential(uow: UnitOfWork, version_id: str) -> CredentialVersionRow:
    """NotFound(``credential_unknown``) unless the actor's body owns the version."""
    row = uow.db.get(CredentialVersionRow, version_id)
    if row is None:
        raise NotFound("credential_unknown")
    require_owner(uow, row.owner_id, code="credential_unknown")
    return row


def overlay_of(uow: UnitOfWork, version_id: str) -> OverlayReport | None:
    """How a version of the actor's stands to its parent; None for one that adopts nothing. NotFound(``credential_unknown``)."""
    return credential_facts(uow, version_id).overlay


def _parent(uow: UnitOfWork, document: CredentialDocument, *, owner_id: str) -> CredentialVersionRow | None:
    """The row that a document points at, by its hash; it may have gone out of use since."""
    if document.adoption is None:
        return None
    pointer = document.adoption.parent
    rows = uow.db.scalars(
        select(CredentialVersionRow).where(
            CredentialVersionRow.code == pointer.code,
            CredentialVersionRow.version == pointer.version,
            CredentialVersionRow.sha256 == pointer.sha256,
            CredentialVersionRow.owner_id != owner_id,
            CredentialVersionRow.state != CredentialState.DRAFT,
        )
    )
    return next((row for row in rows if _may_adopt(uow, row, owner_id)), None)


def _adoptable(uow: UnitOfWork, version_id: str) -> CredentialVersionRow:
    own = _awarding_body(uow)
    row = uow.db.get(CredentialVersionRow, version_id)
    if (
        row is None
        or own is None
        or row.owner_id == own
        or row.state is not CredentialState.LIVE
        or not _may_adopt(uow, row, own)
    ):
        raise NotFound("credential_unknown")
    return row


def _may_adopt(uow: UnitOfWork, parent: CredentialVersionRow, body_id: str) -> bool:
    """Public, or permitted (NCVET 3.1.4). Documents from before this was said count as private: nobody opened them."""
    visibility = load_document(parent.document, sha256=parent.sha256).dossier.visibility
    if visibility is Visibility.PUBLIC:
        return True
    return bool(uow.db.scalar(select(exists(_permission(parent.id, body_id)))))


def _permission(version_id: str, body_id: str) -> Any:
    return select(AdoptionPermissionRow).where(
        AdoptionPermissionRow.credential_version_id == version_id, AdoptionPermissionRow.body_id == body_id
    )


def _permission_of(row: AdoptionPermissionRow) -> AdoptionPermission:
    return AdoptionPermission(row.id, row.body_id, row.reference, row.created_at)


def _awarding_body(uow: UnitOfWork) -> str | None:
    """The awarding body that the actor works for."""
    if uow.actor.kind is ActorKind.CANDIDATE or uow.actor.organisation_id is None:
        return None
    found = organisation(uow, uow.actor.organisation_id)
    return found.id if found and found.kind is OrganisationKind.AWARDING_BODY else None


def _other_body(uow: UnitOfWork, wanted: str, *, owner_id: str) -> str:
    from core.identity.queries import organisations

    for one in organisations(uow, kind=OrganisationKind.AWARDING_BODY):
        if wanted in (one.id, one.name) and one.id != owner_id:
            return one.id
    raise NotFound("organisation_unknown")
