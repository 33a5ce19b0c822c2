# SPDX-License-Identifier: Apache-2.0
"""Server-side logins: an opaque cookie, a hashed row, an actor made anew for every request.

Authority is never stale: a closed account or a withdrawn entry ends at the next request.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import Response
from sqlalchemy import Select, bindparam, insert, or_, select

from assessor import api as assessor
from core.config import Config
from core.errors import Forbidden
from core.identity import events, second_factors, staff
from core.identity import queries as identity
from core.identity.secrets import hash_key
from core.ids import new_id, secret_token
from core.prepared import Prepared
from core.uow import Actor, ActorKind, UnitOfWork
from web.tables import LoginKind, LoginRow

SECOND_FACTOR_MINUTES = 10
# Built once: every request of a signed-in browser asks it.
_LOGIN = Prepared(
    select(
        LoginRow.kind,
        LoginRow.subject_id,
        LoginRow.expires_at,
        LoginRow.ended_at,
        LoginRow.idle_at,
        LoginRow.awaits_second_factor,
        LoginRow.public_id,
        LoginRow.proved_at,
        LoginRow.seen_at,
    ).where(LoginRow.token_hash == bindparam("token_hash"))
)
_OPEN = Prepared(insert(LoginRow))


@dataclass(frozen=True, slots=True)
class OpenLogin:
    """One browser in which a member of staff is signed in."""

    id: str
    browser: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class CurrentUser:
    """Who is on the other side, as pages need it.

    ``must_enrol``: the organisation demands a second factor and this person has none; until then no role is held.
    """

    actor: Actor
    name: str
    language: str
    organisation_name: str | None
    entry_id: str | None = None
    attempt_id: str | None = None
    login_id: str | None = None
    proved_at: datetime | None = None
    seen_at: datetime | None = None
    must_enrol: bool = False

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role.value for role in self.actor.roles)


def cookie_name(config: Config) -> str:
    """The login cookie's name; with HTTPS it carries the prefix that browsers protect."""
    return "__Host-kasauti-login" if config.secure else "kasauti-login"


def begin_login(
    uow: UnitOfWork,
    kind: LoginKind,
    subject_id: str,
    *,
    hours: int,
    idle_minutes: int | None = None,
    browser: str = "",
    awaits_second_factor: bool = False,
) -> str:
    """Open a login and return its secret token for the cookie; staff logins also end when idle."""
    token = secret_token()
    lasting = timedelta(minutes=SECOND_FACTOR_MINUTES) if awaits_second_factor else timedelta(hours=hours)
    _OPEN.run(
        uow.db.connection(),
        {
            "token_hash": hash_key(token),
            "kind": kind,
            "subject_id": subject_id,
            "created_at": uow.now,
            "expires_at": uow.now + lasting,
            "ended_at": None,
            "public_id": new_id(),
            "browser": browser[:80],
            "seen_at": uow.now,
            "idle_at": uow.now + timedelta(minutes=idle_minutes) if idle_minutes else None,
            "proved_at": None if awaits_second_factor else uow.now,
            "awaits_second_factor": awaits_second_factor,
        },
    )
    return token


def end_login(uow: UnitOfWork, token: str | None) -> None:
    """Close a login; an unknown token changes nothing."""
    row = uow.db.get(LoginRow, hash_key(token)) if token else None
    if row is not None and row.ended_at is None:
        row.ended_at = uow.now


def open_logins(uow: UnitOfWork, person_id: str) -> list[OpenLogin]:
    """The browsers in which a member of staff is signed in, the last used one first."""
    rows = uow.db.scalars(_open(uow, person_id).order_by(LoginRow.seen_at.desc(), LoginRow.token_hash))
    return [
        OpenLogin(row.public_id or "", row.browser, row.created_at, row.seen_at or row.created_at)
        for row in rows
    ]


def end_logins(
    uow: UnitOfWork, person_id: str, *, organisation_id: str, only: str | None = None, but: str | None = None
) -> int:
    """Close a person's logins at once (``only`` one, or all ``but`` one, by public id); how many there were."""
    query = _open(uow, person_id)
    if only is not None:
        query = query.where(LoginRow.public_id == only)
    rows = [row for row in uow.db.scalars(query) if but is None or row.public_id != but]
    for row in rows:
        row.ended_at = uow.now
    if rows:
        uow.emit(events.LoginsEnded(organisation_id=organisation_id, subject_id=person_id, count=len(rows)))
    return len(rows)


def note_request(uow: UnitOfWork, token: str, *, idle_minutes: int) -> None:
    """A member of staff is still there: the idle time begins anew."""
    row = uow.db.get(LoginRow, hash_key(token))
    if row is not None and row.ended_at is None:
        row.seen_at, row.idle_at = uow.now, uow.now + timedelta(minutes=idle_minutes)


def note_proof(uow: UnitOfWork, token: str) -> None:
    """The person behind this login has just proved again who they are."""
    row = uow.db.get(LoginRow, hash_key(token))
    if row is not None:
        row.proved_at = uow.now


def require_open(uow: UnitOfWork, token_hash: str) -> None:
    """Refuse what comes under a learner's login that has ended; raises Forbidden ``sign_in_needed``. One read: the hot path."""
    row = _LOGIN.one_or_none(uow.db.connection(), {"token_hash": token_hash})
    if row is None or row.ended_at is not None or row.expires_at <= uow.now:
        raise Forbidden("sign_in_needed")


def waiting_person(uow: UnitOfWork, token: str | None) -> str | None:
    """The id of the person whose password was right and whose second factor is still to come, or None."""
    row = _valid(uow, token)
    return row.subject_id if row is not None and row.awaits_second_factor else None


def find_user(uow: UnitOfWork, token: str | None) -> CurrentUser | None:
    """The user behind a cookie, read fresh from the database, or None."""
    row = _valid(uow, token)
    if row is None or row.awaits_second_factor:
        return None
    if row.kind is LoginKind.CANDIDATE:
        learner = _candidate(uow, row.subject_id)
        return None if learner is None else replace(learner, proved_at=row.proved_at)
    person = identity.person(uow, row.subject_id)
    if person is None:
        return None
    must_enrol = staff.second_factor_required(uow, person.organisation_id)
    must_enrol = must_enrol and not second_factors.is_enrolled(uow, person.id)
    roles = frozenset() if must_enrol else person.roles
    return CurrentUser(
        Actor(ActorKind.PERSON, person.id, person.organisation_id, roles),
        person.name,
        person.language,
        person.organisation_name,
        login_id=row.public_id,
        proved_at=row.proved_at,
        seen_at=row.seen_at,
        must_enrol=must_enrol,
    )


def _valid(uow: UnitOfWork, token: str | None) -> Any:
    # The columns of _LOGIN, or None.
    if not token:
        return None
    row: Any = _LOGIN.one_or_none(uow.db.connection(), {"token_hash": hash_key(token)})
    if row is None or row.ended_at is not None or row.expires_at <= uow.now:
        return None
    return None if row.idle_at is not None and row.idle_at <= uow.now else row


def _open(uow: UnitOfWork, person_id: str) -> Select[LoginRow]:
    return select(LoginRow).where(
        LoginRow.subject_id == person_id,
        LoginRow.kind == LoginKind.PERSON,
        LoginRow.ended_at.is_(None),
        LoginRow.expires_at > uow.now,
        or_(LoginRow.idle_at.is_(None), LoginRow.idle_at > uow.now),
        LoginRow.awaits_second_factor.is_(False),
    )


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
