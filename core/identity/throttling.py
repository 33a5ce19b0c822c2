# SPDX-License-Identifier: Apache-2.0
"""A limit on tries per account, whatever address they come from, counted before the try: no burst slips through."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from core.errors import Unavailable
from core.identity.secrets import hash_key
from core.identity.tables import TryRow
from core.uow import UnitOfWork

SPAN = timedelta(minutes=15)
ALLOWED = 10


def sign_in_key(email: str) -> str:
    """The key of sign-ins to one account; an address nobody has is counted in the same way."""
    return "sign-in:" + hash_key(email.strip().lower())


def factor_key(person_id: str) -> str:
    """The key of second factors and passwords asked for again."""
    return "factor:" + person_id


def reset_key(email: str) -> str:
    """The key of links for a forgotten password."""
    return "reset:" + hash_key(email.strip().lower())


def take_try(uow: UnitOfWork, key: str, *, allowed: int = ALLOWED) -> None:
    """Count one try before it is made. Unavailable(``too_many_tries``) when the span's tries are used up."""
    uow.db.execute(delete(TryRow).where(TryRow.since <= uow.now - SPAN))
    row = _locked(uow, key)
    if row is None:
        try:
            with uow.db.begin_nested():
                uow.db.add(TryRow(key=key, count=1, since=uow.now))
            return
        except IntegrityError:  # somebody else's first try came in between
            row = _locked(uow, key)
    if row is None or row.count >= allowed:
        raise Unavailable("too_many_tries")
    row.count += 1


def forget_tries(uow: UnitOfWork, key: str) -> None:
    """After a success the count begins anew."""
    uow.db.execute(delete(TryRow).where(TryRow.key == key))


def _locked(uow: UnitOfWork, key: str) -> TryRow | None:
    return uow.db.scalar(select(TryRow).where(TryRow.key == key).with_for_update())
