# SPDX-License-Identifier: Apache-2.0
"""From alerts to incidents and notes: one unit of work for each, tried again until the database takes it.

Only what its weight makes an incident is one; a note reaches no result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from core.errors import Conflict, Invalid, KasautiError, NotFound
from core.uow import Actor, Store, UnitOfWork
from proctor.alerts.model import AlertRecord
from proctor.evidence.model import KeptFrame
from proctor.incidents.model import AlertEnded, AlertRaised, IncidentSummary, SessionRef
from proctor.monitoring.live import LiveSession
from proctor.monitoring.queries import is_taken_back
from proctor.rules.alerts import Alert, Weight

log = structlog.get_logger(__name__)
T = TypeVar("T")

RaiseIncident = Callable[[UnitOfWork, AlertRaised], IncidentSummary]
EndAlert = Callable[[UnitOfWork, AlertEnded], IncidentSummary]
RecordAlert = Callable[[UnitOfWork, AlertRaised], AlertRecord]
EndNote = Callable[[UnitOfWork, AlertEnded], AlertRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNotice:
    """An alert that opened or closed, after its incident or its note was written; exactly one of the two is there."""

    session: SessionRef
    alert: Alert
    incident: IncidentSummary | None = None
    note: AlertRecord | None = None


@dataclass(frozen=True, slots=True)
class AlertSaver:
    """Writes the alerts that a session has waiting, in order, and tells the listener after each commit.

    After a consent was taken back only the end of what was written before is, without any picture.
    """

    store: Store
    on_alert: Callable[[AlertNotice], None]
    raise_incident: RaiseIncident
    end_alert: EndAlert
    record_alert: RecordAlert
    end_note: EndNote

    def save(self, live: LiveSession) -> bool:
        """Write what waits; whether anything was written.

        What cannot be written now stays for the next try.
        """
        saved = False
        while live.unsaved:
            alert, frames = live.unsaved[0]
            try:
                notice = self._write(live.ref, alert, frames)
            except (NotFound, Conflict, Invalid) as refusal:  # it would be refused for ever
                live.counters.lost += 1
                _complain("alert_refused", live, alert, refusal.code)
            except Exception as error:  # noqa: BLE001 - whatever it is, the alert must not be lost
                live.counters.unsaved += 1
                code = error.code if isinstance(error, KasautiError) else type(error).__name__
                _complain("alert_not_saved", live, alert, code)
                return saved
            else:
                saved = True
                tell(self.on_alert, notice)
            live.unsaved.popleft()
        return saved

    def _write(self, session: SessionRef, alert: Alert, frames: tuple[KeptFrame, ...]) -> AlertNotice:
        with self.store.write(Actor.system()) as uow:
            if is_taken_back(uow, session.session_id):
                if alert.ended_at is None:
                    raise Conflict("session_ended")
                frames = ()
            if alert.weight is Weight.NOTE:
                return AlertNotice(session=session, alert=alert, note=self._note(uow, session, alert, frames))
            if alert.ended_at is None:
                raised = AlertRaised(session=session, alert=alert, frames=frames)
                return AlertNotice(session=session, alert=alert, incident=self.raise_incident(uow, raised))
            ended = AlertEnded(session=session, alert=alert, frames=frames)
            return AlertNotice(session=session, alert=alert, incident=self.end_alert(uow, ended))

    def _note(
        self, uow: UnitOfWork, session: SessionRef, alert: Alert, frames: tuple[KeptFrame, ...]
    ) -> AlertRecord:
        if alert.ended_at is None:
            return self.record_alert(uow, AlertRaised(session=session, alert=alert, frames=frames))
        return self.end_note(uow, AlertEnded(session=session, alert=alert, frames=frames))


def tell(listener: Callable[[T], None] | None, value: T) -> None:
    """Call a listener; its failure is logged, and stops nothing."""
    if listener is None:
        return
    try:
        listener(value)
    except Exception as error:
        log.exception("listener_failed", error=type(error).__name__)


def _complain(event: str, live: LiveSession, alert: Alert, code: str) -> None:
    log.error(event, session=live.ref.session_id, rule=alert.rule.value, number=alert.number, code=code)
