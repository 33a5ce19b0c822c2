# SPDX-License-Identifier: Apache-2.0
"""Reads of credentials and engagements. An agency sees a credential only through an engagement; rows stay inside."""

from __future__ import annotations

import copy
from typing import Any

from sqlalchemy import bindparam, exists, literal, or_, select
from sqlalchemy.sql.elements import ColumnElement

from core.errors import NotFound
from core.kept import Kept
from core.prepared import Prepared
from core.uow import ActorKind, UnitOfWork
from item_bank.standards.loading import load_document
from item_bank.standards.model import CredentialDocument, CredentialState, CredentialVersion, Engagement
from item_bank.standards.regions import read_territory
from item_bank.standards.tables import CredentialVersionRow, EngagementRow


def credential_version(uow: UnitOfWork, version_id: str) -> CredentialVersion:
    """One version, for its owner or for an agency whose engagement has begun (an ended one still explains old results).

    NotFound(``credential_unknown``) for everyone else.
    """
    query = _ANY_VERSION if uow.actor.kind is ActorKind.SYSTEM else _SEEN_VERSION
    keys = {"version_id": version_id, "organisation_id": uow.actor.organisation_id, "now": uow.now}
    row = uow.db.scalar(query, keys)
    if row is None:
        raise NotFound("credential_unknown")
    return version_of(row)


def shown_document(uow: UnitOfWork, version_id: str) -> CredentialDocument:
    """What a version says, for the pages of learners: visible as ``credential_version``, and NotFound(``credential_unknown``).

    A document never changes under its hash, so what was verified and read once under it is kept in this process.
    """
    query = _ANY_HASH if uow.actor.kind is ActorKind.SYSTEM else _SEEN_HASH
    keys = {"version_id": version_id, "organisation_id": uow.actor.organisation_id, "now": uow.now}
    row = query.one_or_none(uow.db.connection(), keys)
    if row is None:
        raise NotFound("credential_unknown")
    known = _documents.get((version_id, row.sha256))
    return known or _documents.put((version_id, row.sha256), credential_version(uow, version_id).document)


def credential_versions(uow: UnitOfWork, *, state: CredentialState | None = None) -> list[CredentialVersion]:
    """Every version that the actor may see, by code and age."""
    query = select(CredentialVersionRow).where(_visible(uow))
    if state is not None:
        query = query.where(CredentialVersionRow.state == state)
    query = query.order_by(CredentialVersionRow.code, CredentialVersionRow.id)
    return [version_of(row) for row in uow.db.scalars(query)]


def find_credential_version(uow: UnitOfWork, *, code: str, version: str) -> CredentialVersion | None:
    """The version of this code and number that the actor may see, or None."""
    row = uow.db.scalar(
        select(CredentialVersionRow)
        .where(CredentialVersionRow.code == code, CredentialVersionRow.version == version, _visible(uow))
        .order_by(CredentialVersionRow.id)
        .limit(1)
    )
    return version_of(row) if row else None


def credential_json(uow: UnitOfWork, version_id: str) -> dict[str, Any]:
    """The stored JSON of a version, as ``credential_version`` lets the actor see it; verified against its hash."""
    version = credential_version(uow, version_id)
    row = uow.db.get_one(CredentialVersionRow, version.id)
    return copy.deepcopy(row.document)


def engagement_between(
    uow: UnitOfWork, *, agency_id: str, credential_version_id: str, region: str = ""
) -> Engagement | None:
    """The engagement that runs now between an agency and the credential's owner, for its parties only.

    Of several, one whose territory holds ``region``, else the one that runs longest.
    """
    query = (
        select(EngagementRow)
        .where(
            EngagementRow.agency_id == agency_id,
            EngagementRow.credential_version_id == credential_version_id,
            EngagementRow.valid_from <= uow.now,
            EngagementRow.valid_until > uow.now,
            or_(EngagementRow.ended_from.is_(None), EngagementRow.ended_from > uow.now),
            _party(uow),
        )
        .order_by(EngagementRow.valid_until.desc())
    )
    found = [engagement_of(row) for row in uow.db.scalars(query)]
    there = [one for one in found if region and read_territory(one.territory).covers(region)]
    return next(iter(there or found), None)


def engagement(uow: UnitOfWork, engagement_id: str) -> Engagement:
    """One engagement, past or future ones too, for its parties; NotFound(``engagement_unknown``) for everyone else."""
    row = uow.db.scalar(select(EngagementRow).where(EngagementRow.id == engagement_id, _party(uow)))
    if row is None:
        raise NotFound("engagement_unknown")
    return engagement_of(row)


def engagements(uow: UnitOfWork) -> list[Engagement]:
    """Every engagement of the actor's organisation, past and future ones too, newest first."""
    query = select(EngagementRow).where(_party(uow)).order_by(EngagementRow.id.desc())
    return [engagement_of(row) for row in uow.db.scalars(query)]


def _visible(uow: UnitOfWork) -> ColumnElement[bool]:
    if uow.actor.kind is ActorKind.SYSTEM:
        return CredentialVersionRow.id.is_not(None)
    return _seen_by(
        literal(uow.actor.organisation_id, CredentialVersionRow.owner_id.type),
        literal(uow.now, EngagementRow.valid_from.type),
    )


def _seen_by(organisation_id: ColumnElement[Any], now: ColumnElement[Any]) -> ColumnElement[bool]:
    engaged = exists().where(
        EngagementRow.credential_version_id == CredentialVersionRow.id,
        EngagementRow.agency_id == organisation_id,
        EngagementRow.valid_from <= now,
        or_(EngagementRow.ended_from.is_(None), EngagementRow.ended_from > EngagementRow.valid_from),
    )
    shown = CredentialVersionRow.state != CredentialState.DRAFT
    return or_(CredentialVersionRow.owner_id == organisation_id, engaged & shown)


_documents: Kept[tuple[str, str], CredentialDocument] = Kept(500)
"""By version and hash."""

# Built once: every page of a learner asks for its credential.
_ANY_VERSION = select(CredentialVersionRow).where(CredentialVersionRow.id == bindparam("version_id"))
_SEEN_VERSION = _ANY_VERSION.where(
    _seen_by(
        bindparam("organisation_id", type_=CredentialVersionRow.owner_id.type),
        bindparam("now", type_=EngagementRow.valid_from.type),
    )
)
_ANY_HASH = Prepared(_ANY_VERSION.with_only_columns(CredentialVersionRow.sha256))
_SEEN_HASH = Prepared(_SEEN_VERSION.with_only_columns(CredentialVersionRow.sha256))


def _party(uow: UnitOfWork) -> ColumnElement[bool]:
    if uow.actor.kind is ActorKind.SYSTEM:
        return EngagementRow.id.is_not(None)
    own = uow.actor.organisation_id
    return or_(EngagementRow.agency_id == own, EngagementRow.awarding_body_id == own)


def version_of(row: CredentialVersionRow) -> CredentialVersion:
    """The row as a value."""
    return CredentialVersion(
        id=row.id,
        owner_id=row.owner_id,
        state=row.state,
        sha256=row.sha256,
        document=load_document(row.document, sha256=row.sha256),
        created_at=row.created_at,
        published_at=row.published_at,
    )


def engagement_of(row: EngagementRow) -> Engagement:
    """The row as a value."""
    return Engagement(
        id=row.id,
        awarding_body_id=row.awarding_body_id,
        agency_id=row.agency_id,
        credential_version_id=row.credential_version_id,
        territory=row.territory,
        valid_from=row.valid_from,
        valid_until=min(row.valid_until, row.ended_from) if row.ended_from else row.valid_until,
        note=row.note,
        ended_from=row.ended_from,
        ended_reason=row.ended_reason,
    )
