# SPDX-License-Identifier: Apache-2.0
"""What the hot path must know of an attempt, in one read. Nothing is judged here; its names are in `names`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, select, update

from assessor.attempts.model import Attempt, AttemptState, EndedBy
from assessor.attempts.tables import AttemptRow
from assessor.attempts.timing import Allowance
from core.errors import NotFound


class Loaded(NamedTuple):
    """What a save or a move must know of its attempt."""

    form_id: str
    secret: str
    state: AttemptState
    started_at: datetime | None
    ended_at: datetime | None
    ended_by: EndedBy | None
    limit_seconds: int
    accommodation_seconds: int
    credit_seconds: int
    lease_epoch: int
    lease_device: str | None
    paused_at: datetime | None
    paused_seconds: int

    def attempt(self) -> Attempt:
        """What the rules need to know."""
        return Attempt(
            state=self.state,
            allowance=Allowance(
                limit_seconds=self.limit_seconds,
                accommodation_seconds=self.accommodation_seconds,
                credit_seconds=self.credit_seconds,
                paused_seconds=self.paused_seconds,
            ),
            started_at=self.started_at,
            ended_at=self.ended_at,
            ended_by=self.ended_by,
            paused_at=self.paused_at,
        )


# Statements are built once: building them costs several times as much as running them.
THIS_ATTEMPT: BindParameter[str] = bindparam("attempt_id")
COLUMNS = (
    AttemptRow.form_id,
    AttemptRow.secret,
    AttemptRow.state,
    AttemptRow.started_at,
    AttemptRow.ended_at,
    AttemptRow.ended_by,
    AttemptRow.limit_seconds,
    AttemptRow.accommodation_seconds,
    AttemptRow.credit_seconds,
    AttemptRow.lease_epoch,
    AttemptRow.lease_device,
    AttemptRow.paused_at,
    AttemptRow.paused_seconds,
)
"""Those of `Loaded`, in its order."""
_LOAD = select(*COLUMNS).where(AttemptRow.id == THIS_ATTEMPT).with_for_update()
_LOCK = select(AttemptRow.id).where(AttemptRow.id == THIS_ATTEMPT).with_for_update()

_NEWS = (
    update(AttemptRow)
    .where(AttemptRow.id == bindparam("this_attempt"))
    .values(version=AttemptRow.version + 1)
)


def load(db: Connection, attempt_id: str) -> Loaded:
    """One attempt, locked where rows can be; raises NotFound `attempt_unknown`."""
    row = db.execute(_LOAD, {"attempt_id": attempt_id}).one_or_none()
    if row is None:
        raise NotFound("attempt_unknown")
    columns: tuple[Any, ...] = tuple(row)
    return Loaded(*columns)


def lock(db: Connection, attempt_id: str) -> None:
    """Where rows can be locked, changes of one attempt queue up here, and what is read after it is newer than them all."""
    if db.dialect.name != "sqlite":
        db.execute(_LOCK, {"attempt_id": attempt_id})


def raise_version(db: Connection, attempt_id: str) -> None:
    """Let the page that holds an attempt see that there is news: its next look gets the whole state."""
    db.execute(_NEWS, {"this_attempt": attempt_id})
