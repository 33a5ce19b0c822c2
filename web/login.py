# SPDX-License-Identifier: Apache-2.0
"""Server-side logins: an opaque cookie, a hashed row, an actor made anew for every request.

Authority is never stale: a closed account or a withdrawn entry ends at the next request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Response

from assessor import api as assessor
from core.config import Config
from core.identity import queries as identity
from core.identity.secrets import hash_key
from core.ids import secret_token
from core.uow import Actor, ActorKind, UnitOfWork
from web.tables import LoginKind, LoginRow


@dataclass(frozen=True, slots=True)
class CurrentUser:
    """Who is on the other side, as pages need it."""

    actor: Actor
    name: str
    language: str
    organisation_name: str | None
    entry_id: str | None = None
    attempt_id: str | None = None

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role.value for role in self.actor.roles)


def cookie_name(config: Config) -> str:
    """The login cookie's name; with HTTPS it carries the prefix that browsers protect."""
    return "__Host-kasauti-login" if config.secure else "kasauti-login"


def begin_login(uow: UnitOfWork, kind: LoginKind, subject_id: str, *, hours: int) -> str:
    """Open a login and return its secret token for the cookie."""
    token = secret_token()
    uow.db.add(
        LoginRow(
            token_hash=hash_key(token),
            kind=kind,
            subject_id=subject_id,
            created_at=uow.now,
            expires_at=uow.now + timedelta(hours=hours),
        )
    )
    return token


def end_login(uow: UnitOfWork, token: str) -> None:
    """Close a login; an unknown token changes nothing."""
    row = uow.db.get(LoginRow, hash_key(token))
    if row is not None and row.ended_at is None:
        row.ended_at = uow.now


def find_user(uow: UnitOfWork, token: str | None) -> CurrentUser | None:
    """The user behind a cookie, read fresh from the database, or None."""
    if not token:
        return None
    row = uow.db.get(LoginRow, hash_key(token))
    if row is None or row.ended_at is not None or row.expires_at <= uow.now:
        return None
    if row.kind is LoginKind.CANDIDATE:
        return _candidate(uow, row.subject_id)
    person = identity.person(uow, row.subject_id)
    if person is None:
        return None
    actor = Actor(ActorKind.PERSON, person.id, person.organisation_id, person.roles)
    return CurrentUser(actor, person.name, person.language, person.organisation_name)


def _candidate(uow: UnitOfWork, entry_id: str) -> CurrentUser | None:
    entry = assessor.entry_identity(uow, entry_id)
    if entry is None:
        return None
    actor = Actor(ActorKind.CANDIDATE, entry.entry_id, entry.organisation_id)
    return CurrentUser(
        actor, entry.name, entry.language, None, entry_id=entry.entry_id, attempt_id=entry.attempt_id
    )


def set_login_cookie(response: Response, config: Config, token: str) -> None:
    """Put the token into the browser; scripts cannot read it."""
    response.set_cookie(
        cookie_name(config),
        token,
        max_age=config.login_hours * 3600,
        httponly=True,
        secure=config.secure,
        samesite="Lax",
        path="/",
    )


def clear_login_cookie(response: Response, config: Config) -> None:
    """Take the token out of the browser."""
    response.delete_cookie(cookie_name(config), httponly=True, secure=config.secure, samesite="Lax", path="/")
