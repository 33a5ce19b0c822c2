# SPDX-License-Identifier: Apache-2.0
"""Reads of proctoring sessions, and the tiles of the live wall.

Names of learners are joined by the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from core.errors import NotFound
from core.uow import UnitOfWork
from proctor.incidents.model import IncidentSummary, SessionRef
from proctor.incidents.queries import incidents_of_attempt, incidents_of_sitting
from proctor.monitoring.live import LiveView
from proctor.monitoring.model import SessionEnd, SessionState
from proctor.monitoring.tables import SessionRow
from proctor.plans.model import DEFAULT, WatchPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSummary:
    """A proctoring session; instants are UTC, `photo_id` is the identifier of its evidence.

    `plan`, `agreed` (items of the notice) and `exemptions` (names of profiles) are as they stood when the learner consented.
    """

    id: str
    organisation_id: str
    attempt_id: str
    sitting_id: str
    state: SessionState
    consent_id: str | None
    photo_id: str | None
    created_at: datetime
    activated_at: datetime | None
    ended_at: datetime | None
    ended_by: SessionEnd | None
    plan: WatchPlan = DEFAULT
    agreed: frozenset[str] = frozenset()
    exemptions: frozenset[str] = frozenset()
    watched: Mapping[str, Any] = field(default_factory=dict)

    @property
    def takes_pictures(self) -> bool:
        """Whether pictures may be taken for this session: the consent stands and the watching has not ended."""
        return self.consent_id is not None and self.state is not SessionState.ENDED

    @property
    def withdrawn(self) -> bool:
        """Whether the learner took the consent back while the test ran, so that it goes on unwatched."""
        return self.ended_by is SessionEnd.WITHDRAWN

    @property
    def ref(self) -> SessionRef:
        """The identifiers that an alert needs."""
        return SessionRef(
            session_id=self.id,
            attempt_id=self.attempt_id,
            organisation_id=self.organisation_id,
            sitting_id=self.sitting_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WallTile:
    """One attempt on the live wall: its session, its incidents so far, and what is seen of it right now.

    `live` is None while nobody watches this session (before the start, after the end).
    """

    session: SessionSummary
    incidents: tuple[IncidentSummary, ...]
    live: LiveView | None

    @property
    def open_alerts(self) -> tuple[IncidentSummary, ...]:
        """The incidents whose alert has not ended."""
        return tuple(incident for incident in self.incidents if incident.ended_at is None)

    @property
    def last_frame_at(self) -> datetime | None:
        """When the last sound frame came."""
        return None if self.live is None else self.live.last_frame_at


_OF_ATTEMPT = select(SessionRow).where(SessionRow.attempt_id == bindparam("attempt_id"))
# Built once: to build a statement costs as much as to run it.

Live = Callable[[str], LiveView | None]
"""What is seen of a session right now: `FramePipeline.view`."""


def session(uow: UnitOfWork, session_id: str, *, organisation_id: str) -> SessionSummary:
    """One session; NotFound(`session_unknown`) for another tenant's too."""
    row = uow.db.get(SessionRow, session_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("session_unknown")
    return summary_of(row)


def session_of_attempt(uow: UnitOfWork, attempt_id: str) -> SessionSummary | None:
    """The session of an attempt, or None where the attempt is not proctored."""
    row = uow.db.scalar(_OF_ATTEMPT, {"attempt_id": attempt_id})
    return summary_of(row) if row is not None else None


def is_active(session: SessionSummary | None) -> bool:
    """Whether a session is there and watched now: not before the start, and not after a consent was taken back."""
    return session is not None and session.state is SessionState.ACTIVE


def is_taken_back(uow: UnitOfWork, session_id: str) -> bool:
    """Whether the learner took the consent back in the middle of the test: of what was seen nothing more is kept."""
    ended_by = uow.db.scalar(select(SessionRow.ended_by).where(SessionRow.id == session_id))
    return ended_by is SessionEnd.WITHDRAWN


def active_sessions(uow: UnitOfWork) -> tuple[SessionSummary, ...]:
    """Every session that is being watched."""
    query = select(SessionRow).where(SessionRow.state == SessionState.ACTIVE).order_by(SessionRow.id)
    return tuple(summary_of(row) for row in uow.db.scalars(query))


def wall_tiles(uow: UnitOfWork, sitting_id: str, *, organisation_id: str, live: Live) -> tuple[WallTile, ...]:
    """The tiles of one sitting, oldest session first, in two queries."""
    query = (
        select(SessionRow)
        .where(SessionRow.sitting_id == sitting_id, SessionRow.organisation_id == organisation_id)
        .order_by(SessionRow.id)
    )
    raised: dict[str, list[IncidentSummary]] = {}
    for incident in incidents_of_sitting(uow, sitting_id):
        raised.setdefault(incident.session_id, []).append(incident)
    return tuple(
        WallTile(session=summary_of(row), incidents=tuple(raised.get(row.id, ())), live=live(row.id))
        for row in uow.db.scalars(query)
    )


def wall_tile(uow: UnitOfWork, attempt_id: str, *, organisation_id: str, live: Live) -> WallTile:
    """The tile of one attempt; NotFound(`session_unknown`) where it is not proctored or another tenant's."""
    found = session_of_attempt(uow, attempt_id)
    if found is None or found.organisation_id != organisation_id:
        raise NotFound("session_unknown")
    return WallTile(session=found, incidents=incidents_of_attempt(uow, attempt_id), live=live(found.id))


def summary_of(row: SessionRow) -> SessionSummary:
    """The row as a value."""
    return SessionSummary(
        id=row.id,
        organisation_id=row.organisation_id,
        attempt_id=row.attempt_id,
        sitting_id=row.sitting_id,
        state=row.state,
        consent_id=row.consent_id,
        photo_id=row.photo_id,
        created_at=row.created_at,
        activated_at=row.activated_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        plan=WatchPlan.from_json(row.plan),
        agreed=frozenset(row.agreed),
        exemptions=frozenset(row.exemptions),
        watched=row.watched,
    )
