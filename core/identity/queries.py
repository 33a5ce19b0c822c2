# SPDX-License-Identifier: Apache-2.0
"""Reads of identities; rows stay inside."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from core.identity.model import ApiKey, Consent, Organisation, OrganisationKind, Person, Role
from core.identity.secrets import hash_key
from core.identity.tables import ApiKeyRow, ConsentRow, OrganisationRow, PersonRow, RoleGrantRow
from core.prepared import Prepared
from core.uow import UnitOfWork

# Built once: every page of a learner asks them.
_NAME = Prepared(select(OrganisationRow.name).where(OrganisationRow.id == bindparam("organisation_id")))
_STANDING = (
    select(
        ConsentRow.id,
        ConsentRow.subject_id,
        ConsentRow.notice_version,
        ConsentRow.purposes,
        ConsentRow.language,
        ConsentRow.given_at,
        ConsentRow.withdrawn_at,
    )
    .where(ConsentRow.subject_id == bindparam("subject_id"), ConsentRow.withdrawn_at.is_(None))
    .order_by(ConsentRow.id.desc())
    .limit(1)
)
_CONSENT = Prepared(_STANDING.where(ConsentRow.notice_version == bindparam("notice_version")))
_ANY_CONSENT = Prepared(_STANDING)


def organisation(uow: UnitOfWork, organisation_id: str) -> Organisation | None:
    """One tenant by id."""
    row = uow.db.get(OrganisationRow, organisation_id)
    return organisation_of(row) if row else None


def organisation_name(uow: UnitOfWork, organisation_id: str) -> str:
    """The name of a tenant, "" for none."""
    row = _NAME.one_or_none(uow.db.connection(), {"organisation_id": organisation_id})
    return "" if row is None else row.name


def organisations(uow: UnitOfWork, *, kind: OrganisationKind | None = None) -> list[Organisation]:
    """All tenants, by name."""
    query = select(OrganisationRow).order_by(OrganisationRow.name)
    if kind is not None:
        query = query.where(OrganisationRow.kind == kind)
    return [organisation_of(row) for row in uow.db.scalars(query)]


def person(uow: UnitOfWork, person_id: str) -> Person | None:
    """One active member of staff by id."""
    row = uow.db.get(PersonRow, person_id)
    return person_of(row) if row is not None and row.active else None


def people(uow: UnitOfWork, organisation_id: str, *, role: Role | None = None) -> list[Person]:
    """The active staff of an organisation, by name; with ``role``, only those who hold it."""
    query = select(PersonRow).where(PersonRow.organisation_id == organisation_id, PersonRow.active)
    if role is not None:
        query = query.join(RoleGrantRow, RoleGrantRow.person_id == PersonRow.id).where(
            RoleGrantRow.role == role
        )
    return [person_of(row) for row in uow.db.scalars(query.order_by(PersonRow.name))]


def all_people(uow: UnitOfWork) -> list[Person]:
    """Every active member of staff on the platform, for the operator's command line."""
    return [
        person_of(row)
        for row in uow.db.scalars(select(PersonRow).where(PersonRow.active).order_by(PersonRow.email))
    ]


def names(uow: UnitOfWork, person_ids: set[str]) -> dict[str, str]:
    """Names for showing who did something."""
    if not person_ids:
        return {}
    rows = uow.db.execute(select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(person_ids)))
    return {row.id: row.name for row in rows}


def api_keys(uow: UnitOfWork, organisation_id: str) -> list[ApiKey]:
    """An organisation's keys, newest first, without secrets."""
    query = (
        select(ApiKeyRow).where(ApiKeyRow.organisation_id == organisation_id).order_by(ApiKeyRow.id.desc())
    )
    return [key_of(row) for row in uow.db.scalars(query)]


def find_api_key(uow: UnitOfWork, secret: str) -> ApiKey | None:
    """The live key that this secret opens, or None."""
    row = uow.db.scalar(
        select(ApiKeyRow).where(ApiKeyRow.secret_hash == hash_key(secret), ApiKeyRow.revoked_at.is_(None))
    )
    return key_of(row) if row else None


def standing_consent(uow: UnitOfWork, subject_id: str) -> Consent | None:
    """The consent that stands, whatever the notice said; for a learner who agreed and now begins."""
    row = _ANY_CONSENT.one_or_none(uow.db.connection(), {"subject_id": subject_id})
    return None if row is None else _consent_of(row)


def consent_of(uow: UnitOfWork, subject_id: str, *, notice_version: str) -> Consent | None:
    """The standing consent to this version of the notice."""
    uow.db.flush()
    keys = {"subject_id": subject_id, "notice_version": notice_version}
    row = _CONSENT.one_or_none(uow.db.connection(), keys)
    if row is None:
        return None
    return _consent_of(row)


def _consent_of(row: Any) -> Consent:
    return Consent(
        row.id,
        row.subject_id,
        row.notice_version,
        tuple(row.purposes),
        row.language,
        row.given_at,
        row.withdrawn_at,
    )


def organisation_of(row: OrganisationRow) -> Organisation:
    """The value of a row."""
    return Organisation(row.id, row.name, row.kind)


def person_of(row: PersonRow) -> Person:
    """The value of a row, with roles."""
    return Person(
        id=row.id,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation.name,
        name=row.name,
        email=row.email,
        language=row.language,
        roles=frozenset(grant.role for grant in row.grants),
    )


def key_of(row: ApiKeyRow) -> ApiKey:
    """The value of a row, without the secret's hash."""
    return ApiKey(
        row.id, row.organisation_id, row.label, row.prefix, row.created_at, row.last_used_at, row.revoked_at
    )
