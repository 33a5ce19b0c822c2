# SPDX-License-Identifier: Apache-2.0
"""Commands on identities."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from core.errors import Conflict, Invalid, NotFound
from core.identity import events
from core.identity.model import (
    ApiKey,
    Consent,
    IssuedApiKey,
    Organisation,
    OrganisationKind,
    Person,
    Role,
    login_email,
)
from core.identity.passwords import new_password
from core.identity.queries import key_of, organisation_of, person_of
from core.identity.secrets import hash_key, password_matches
from core.identity.staff import replace_password
from core.identity.tables import ApiKeyRow, ConsentRow, OrganisationRow, PersonRow, RoleGrantRow
from core.ids import new_id, secret_token
from core.prepared import Prepared
from core.uow import UnitOfWork

KEY_PREFIX = "kst_"
_USE_RESOLUTION = timedelta(minutes=1)
_CONSENT = Prepared(insert(ConsentRow))
"""Built once, as every learner gives one."""


def add_organisation(uow: UnitOfWork, *, name: str, kind: OrganisationKind) -> Organisation:
    """Register a tenant. Conflict(``organisation_exists``) when the name is taken."""
    name = name.strip()
    if not 2 <= len(name) <= 200:
        raise Invalid("organisation_name", minimum=2, maximum=200)
    if uow.db.scalar(select(OrganisationRow.id).where(OrganisationRow.name == name)) is not None:
        raise Conflict("organisation_exists")
    row = OrganisationRow(id=new_id(), name=name, kind=kind, created_at=uow.now)
    uow.db.add(row)
    uow.db.flush()
    uow.emit(events.OrganisationAdded(organisation_id=row.id, subject_id=row.id, kind=kind.value))
    return organisation_of(row)


def add_person(
    uow: UnitOfWork,
    *,
    organisation_id: str,
    name: str,
    email: str,
    password: str,
    roles: Collection[Role],
    language: str = "en",
) -> Person:
    """Add a member of staff with a password and roles that exist in that kind of organisation.

    Invalid(``email_malformed`` | ``role_not_here`` | as ``new_password``), Conflict(``email_taken``), NotFound for the tenant.
    """
    organisation = uow.db.get(OrganisationRow, organisation_id)
    if organisation is None:
        raise NotFound("organisation_unknown")
    email = login_email(email)
    if not name.strip():
        raise Invalid("name_empty")
    for role in roles:
        if organisation.kind not in role.organisation_kinds:
            raise Invalid("role_not_here", role=role.value, organisation_kind=organisation.kind.value)
    if uow.db.scalar(select(PersonRow.id).where(PersonRow.email == email)) is not None:
        raise Conflict("email_taken")
    row = PersonRow(
        id=new_id(),
        organisation_id=organisation_id,
        name=name.strip(),
        email=email,
        password_hash=new_password(password, personal=(name, email)).hash,
        language=language,
        created_at=uow.now,
        organisation=organisation,
        grants=[RoleGrantRow(role=role, granted_at=uow.now) for role in sorted(roles)],
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        events.PersonAdded(
            organisation_id=organisation_id, subject_id=row.id, roles=[role.value for role in sorted(roles)]
        )
    )
    return person_of(row)


def check_password(uow: UnitOfWork, *, email: str, password: str) -> Person | None:
    """The person when e-mail and password fit and the account is active, else None, in the same time either way."""
    row = uow.db.scalar(select(PersonRow).where(PersonRow.email == email.strip().lower()))
    fits = password_matches(row.password_hash if row else None, password)
    return person_of(row) if row is not None and fits and row.active else None


def password_fits(uow: UnitOfWork, person_id: str, password: str) -> bool:
    """Whether this is the password of an active account; for a person who is signed in already."""
    row = uow.db.get(PersonRow, person_id)
    return password_matches(row.password_hash if row is not None and row.active else None, password)


def set_password(uow: UnitOfWork, person_id: str, *, password: str) -> None:
    """Check and replace a password; raises as ``new_password`` and ``replace_password``."""
    row = _person(uow, person_id)
    replace_password(uow, person_id, password=new_password(password, personal=(row.name, row.email)))


def disable_person(uow: UnitOfWork, person_id: str) -> None:
    """Close an account; its history stays."""
    row = _person(uow, person_id)
    row.active = False
    uow.emit(events.PersonDisabled(organisation_id=row.organisation_id, subject_id=row.id))


def issue_api_key(uow: UnitOfWork, organisation_id: str, *, label: str) -> IssuedApiKey:
    """Make a key for an awarding body's program; the secret is returned once and stored only as a hash."""
    organisation = uow.db.get(OrganisationRow, organisation_id)
    if organisation is None or organisation.kind is not OrganisationKind.AWARDING_BODY:
        raise NotFound("organisation_unknown")
    if not 1 <= len(label.strip()) <= 100:
        raise Invalid("label_length", maximum=100)
    return add_api_key(uow, organisation_id, label=label.strip(), secret=KEY_PREFIX + secret_token())


def add_api_key(uow: UnitOfWork, organisation_id: str, *, label: str, secret: str) -> IssuedApiKey:
    """Store a key whose secret the caller has made (sample data); nobody else should use this."""
    row = ApiKeyRow(
        id=new_id(),
        organisation_id=organisation_id,
        label=label,
        prefix=secret[: len(KEY_PREFIX) + 6],
        secret_hash=hash_key(secret),
        created_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(events.ApiKeyIssued(organisation_id=organisation_id, subject_id=row.id, prefix=row.prefix))
    return IssuedApiKey(key_of(row), secret)


def revoke_api_key(uow: UnitOfWork, organisation_id: str, key_id: str) -> ApiKey:
    """End a key at once; repeating it changes nothing."""
    row = uow.db.get(ApiKeyRow, key_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("api_key_unknown")
    if row.revoked_at is None:
        row.revoked_at = uow.now
        uow.emit(events.ApiKeyRevoked(organisation_id=organisation_id, subject_id=row.id, prefix=row.prefix))
    return key_of(row)


def note_key_use(uow: UnitOfWork, key_id: str) -> None:
    """Remember when a key was last used, to the minute."""
    row = uow.db.get(ApiKeyRow, key_id)
    if row is not None and (row.last_used_at is None or uow.now - row.last_used_at >= _USE_RESOLUTION):
        row.last_used_at = uow.now


def record_consent(
    uow: UnitOfWork,
    subject_id: str,
    *,
    organisation_id: str,
    notice_version: str,
    purposes: Collection[str],
    language: str,
    given_at: datetime | None = None,
) -> Consent:
    """Store what a learner agreed to, purpose by purpose; `given_at`: now, unless it is to be later than another."""
    identifier, agreed, given_at = new_id(), sorted(purposes), given_at or uow.now
    _CONSENT.run(
        uow.db.connection(),
        {
            "id": identifier,
            "subject_id": subject_id,
            "notice_version": notice_version,
            "purposes": agreed,
            "language": language,
            "given_at": given_at,
            "withdrawn_at": None,
        },
    )
    uow.emit(
        events.ConsentGiven(
            organisation_id=organisation_id,
            subject_id=subject_id,
            notice_version=notice_version,
            purposes=agreed,
        )
    )
    return Consent(identifier, subject_id, notice_version, tuple(agreed), language, given_at, None)


def _person(uow: UnitOfWork, person_id: str) -> PersonRow:
    row = uow.db.get(PersonRow, person_id)
    if row is None:
        raise NotFound("person_unknown")
    return row
