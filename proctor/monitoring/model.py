# SPDX-License-Identifier: Apache-2.0
"""The proctoring session's state machine: consent, photo, watching, end. Pure; no storage, no frames here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never

from core.errors import Conflict


class SessionState(StrEnum):
    """Where a proctoring session stands; why it ended is `SessionEnd`."""

    CREATED = "created"
    READY = "ready"
    ACTIVE = "active"
    ENDED = "ended"


class SessionEnd(StrEnum):
    """Why the watching ended."""

    ATTEMPT_ENDED = "attempt_ended"
    WITHDRAWN = "withdrawn"


TRANSITIONS: Mapping[SessionState, frozenset[SessionState]] = MappingProxyType(
    {
        SessionState.CREATED: frozenset({SessionState.CREATED, SessionState.READY, SessionState.ENDED}),
        SessionState.READY: frozenset(SessionState),
        SessionState.ACTIVE: frozenset({SessionState.ENDED}),
        SessionState.ENDED: frozenset(),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProctoringSession:
    """What the decision needs to know; `consent_id` and `photo_id` are references."""

    state: SessionState = SessionState.CREATED
    consent_id: str | None = None
    photo_id: str | None = None
    activated_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: SessionEnd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveConsent:
    """The learner agreed to the notice that this record holds."""

    consent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackConsent:
    """The learner no longer agrees: before the start everything waits anew, during the test the watching ends at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakePhoto:
    """A photo was checked and kept; a later one takes its place."""

    photo_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Activate:
    """The attempt begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The watching is over."""

    ended_by: SessionEnd


Command = GiveConsent | TakeBackConsent | TakePhoto | Activate | End


def decide(session: ProctoringSession, command: Command, *, now: datetime) -> ProctoringSession:
    """The session after `command`; beginning or ending twice changes nothing.

    Raises Conflict: `session_ended`, `session_active` (too late for consent or photo), `consent_missing`,
    `session_not_ready`.
    """
    match command:
        case GiveConsent(consent_id=consent_id):
            return _prepared(session, replace(session, consent_id=consent_id))
        case TakeBackConsent():
            if session.state is SessionState.ACTIVE:
                return decide(session, End(ended_by=SessionEnd.WITHDRAWN), now=now)
            if session.state is SessionState.ENDED:
                return session
            return replace(session, state=SessionState.CREATED, consent_id=None, photo_id=None)
        case TakePhoto(photo_id=photo_id):
            if session.consent_id is None:  # no picture is kept before the learner agreed
                raise Conflict("consent_missing")
            return _prepared(session, replace(session, photo_id=photo_id))
        case Activate():
            return _activate(session, now)
        case End(ended_by=ended_by):
            if session.state is SessionState.ENDED:
                return session
            return replace(session, state=SessionState.ENDED, ended_at=now, ended_by=ended_by)
        case _:  # pragma: no cover - mypy proves that there is no other command
            assert_never(command)


def _prepared(before: ProctoringSession, after: ProctoringSession) -> ProctoringSession:
    """Ready once consent and photo are there."""
    whole = after.consent_id is not None and after.photo_id is not None
    state = SessionState.READY if whole else SessionState.CREATED
    if state not in TRANSITIONS[before.state]:
        raise Conflict("session_ended" if before.state is SessionState.ENDED else "session_active")
    return replace(after, state=state)


def _activate(session: ProctoringSession, now: datetime) -> ProctoringSession:
    if session.state is SessionState.ACTIVE:
        return session
    if session.state is SessionState.ENDED:
        raise Conflict("session_ended")
    if SessionState.ACTIVE not in TRANSITIONS[session.state]:
        parts = {"consent": session.consent_id, "photo": session.photo_id}
        raise Conflict("session_not_ready", missing=[name for name, value in parts.items() if value is None])
    return replace(session, state=SessionState.ACTIVE, activated_at=now)
