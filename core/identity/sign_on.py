# SPDX-License-Identifier: Apache-2.0
"""An organisation's own sign-in (OpenID Connect): its provider and the links to accounts. The protocol itself is in ``web``."""

from __future__ import annotations

import re
from collections.abc import Collection

from sqlalchemy import delete, select

from core.errors import Conflict, Invalid, NotFound
from core.identity import events
from core.identity.model import Person, SignOnProvider
from core.identity.queries import person_of
from core.identity.tables import PersonRow, SignOnLinkRow, SignOnProviderRow
from core.ids import secret_token
from core.sealing import Sealer
from core.uow import UnitOfWork

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_MOST_DOMAINS = 20


def provider(uow: UnitOfWork, organisation_id: str) -> SignOnProvider | None:
    """The organisation's provider, if it has one."""
    row = uow.db.get(SignOnProviderRow, organisation_id)
    return _provider(row) if row is not None else None


def provider_by_slug(uow: UnitOfWork, slug: str) -> SignOnProvider:
    """The provider behind a sign-in address. NotFound(``page_unknown``)."""
    row = uow.db.scalar(select(SignOnProviderRow).where(SignOnProviderRow.slug == slug))
    if row is None:
        raise NotFound("page_unknown")
    return _provider(row)


def client_secret(uow: UnitOfWork, organisation_id: str, *, key: bytes) -> str:
    """The secret to talk to the provider with. Unavailable(``secret_unreadable``) under another platform key."""
    row = uow.db.get(SignOnProviderRow, organisation_id)
    if row is None:
        raise NotFound("page_unknown")
    return Sealer(key).open(row.sealed_secret, scope=organisation_id).decode()


def configure(
    uow: UnitOfWork,
    organisation_id: str,
    *,
    issuer: str,
    client_id: str,
    secret: str,
    domains: Collection[str],
    key: bytes,
) -> SignOnProvider:
    """Set the provider up; an empty ``secret`` keeps the one that is there. Another issuer or client forgets every link.

    The caller has checked the issuer's address. Invalid(``sign_on_fields`` | ``domain_malformed``).
    """
    client_id, domains = (
        client_id.strip(),
        sorted({domain.strip().lower() for domain in domains if domain.strip()}),
    )
    if not (1 <= len(client_id) <= 300 and len(issuer) <= 300 and len(secret) <= 500 and domains):
        raise Invalid("sign_on_fields")
    for domain in domains:
        if not _DOMAIN.fullmatch(domain) or len(domains) > _MOST_DOMAINS:
            raise Invalid("domain_malformed", domain=domain, maximum=_MOST_DOMAINS)
    row = uow.db.get(SignOnProviderRow, organisation_id)
    if row is None and not secret:
        raise Invalid("sign_on_fields")
    if row is None:
        row = SignOnProviderRow(
            organisation_id=organisation_id, slug=secret_token(15), issuer="", client_id=""
        )
        uow.db.add(row)
    elif (row.issuer, row.client_id) != (issuer, client_id):
        if not secret:
            raise Invalid("sign_on_fields")  # the old secret must never be sent to another provider
        _forget_links(uow, organisation_id)
    if secret:
        row.sealed_secret = Sealer(key).seal(secret.encode(), scope=organisation_id)
    row.issuer, row.client_id, row.allowed_domains = issuer, client_id, domains
    row.changed_at = uow.now
    uow.db.flush()
    uow.emit(events.SignOnConfigured(organisation_id=organisation_id, subject_id=organisation_id))
    return _provider(row)


def remove(uow: UnitOfWork, organisation_id: str) -> None:
    """Take the provider and every link to it away; everybody signs in by password again."""
    row = uow.db.get(SignOnProviderRow, organisation_id)
    if row is None:
        return
    _forget_links(uow, organisation_id)
    uow.db.delete(row)
    uow.emit(events.SignOnRemoved(organisation_id=organisation_id, subject_id=organisation_id))


def linked_person(uow: UnitOfWork, found: SignOnProvider, subject: str) -> Person | None:
    """The active account that this provider's subject stands for; an e-mail address is never asked."""
    link = uow.db.get(SignOnLinkRow, (found.organisation_id, found.issuer, subject))
    row = uow.db.get(PersonRow, link.person_id) if link is not None else None
    if row is None or not row.active or row.organisation_id != found.organisation_id:
        return None
    return person_of(row)


def link(uow: UnitOfWork, found: SignOnProvider, subject: str, *, person_id: str) -> None:
    """Link a subject to an account that the caller has proved to be the same person's.

    Conflict(``sign_on_linked``) when either is linked otherwise; NotFound(``person_unknown``) for another organisation's.
    """
    person = uow.db.get(PersonRow, person_id)
    if person is None or not person.active or person.organisation_id != found.organisation_id:
        raise NotFound("person_unknown")
    standing = uow.db.get(SignOnLinkRow, (found.organisation_id, found.issuer, subject))
    if standing is not None and standing.person_id == person_id:
        return
    other = uow.db.scalar(select(SignOnLinkRow).where(SignOnLinkRow.person_id == person_id))
    if standing is not None or other is not None:
        raise Conflict("sign_on_linked")
    uow.db.add(
        SignOnLinkRow(
            organisation_id=found.organisation_id,
            issuer=found.issuer,
            subject=subject,
            person_id=person_id,
            linked_at=uow.now,
        )
    )
    uow.emit(events.SignOnLinked(organisation_id=found.organisation_id, subject_id=person_id))


def _forget_links(uow: UnitOfWork, organisation_id: str) -> None:
    uow.db.execute(delete(SignOnLinkRow).where(SignOnLinkRow.organisation_id == organisation_id))


def _provider(row: SignOnProviderRow) -> SignOnProvider:
    return SignOnProvider(
        row.organisation_id, row.slug, row.issuer, row.client_id, tuple(row.allowed_domains)
    )
