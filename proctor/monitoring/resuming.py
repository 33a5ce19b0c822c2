# SPDX-License-Identifier: Apache-2.0
"""Takes up the active sessions after a restart: what was open ends, numbers and records go on. One process watches."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from core.ids import random_bytes
from core.uow import Actor, Store, UnitOfWork
from proctor.alerts.operations import interrupt_alerts
from proctor.alerts.queries import alert_numbers
from proctor.incidents.model import SessionRef
from proctor.monitoring.claims import take_up
from proctor.monitoring.live import LiveSession
from proctor.monitoring.queries import active_sessions
from proctor.monitoring.watch_record import WatchRecord
from proctor.monitoring.watching import NOTHING_KNOWN, Watching
from proctor.rules.ruleset import RuleSetState

log = structlog.get_logger(__name__)

WatchingOf = Callable[[UnitOfWork, str], Watching]


def resumed_sessions(store: Store, watching_of: WatchingOf | None) -> list[LiveSession]:
    """The sessions that are being watched; alerts that an earlier process left open are ended as interrupted."""
    with store.write(Actor.system()) as uow:
        interrupted = interrupt_alerts(uow)
        sessions = active_sessions(uow)
        counts = alert_numbers(uow, [session.id for session in sessions])
    if sessions:
        log.info("watching_resumed", sessions=len(sessions), interrupted=interrupted)
    return [
        live_session(
            session.ref,
            RuleSetState.resumed(counts.get(session.id, {})),
            _known(store, watching_of, session.id),
            WatchRecord.resumed(session.watched),
        )
        for session in sessions
    ]


def live_session(
    ref: SessionRef, rules: RuleSetState, watching: Watching, record: WatchRecord | None = None
) -> LiveSession:
    """The working memory of a session that is watched from now on, with a secret of its own."""
    live = LiveSession(
        ref=ref,
        rules=rules,
        watching=watching,
        mode=watching.mode,
        secret=random_bytes(32),
        record=record or WatchRecord(),
    )
    take_up(live, live.record.trust)
    return live


def _known(store: Store, watching_of: WatchingOf | None, session_id: str) -> Watching:
    """What is known of a learner; when that cannot be read, the watching goes on without it."""
    if watching_of is None:
        return NOTHING_KNOWN
    try:
        with store.read(Actor.system()) as uow:
            return watching_of(uow, session_id)
    except Exception as error:
        log.exception("watching_unknown", session=session_id, error=type(error).__name__)
        return NOTHING_KNOWN
