# SPDX-License-Identifier: Apache-2.0
"""Frames in, incidents out, in this process: bounded queues, fair workers, one fold per session.

Detection is stateless and runs on any worker; a session is in one worker's hands at a time, so its
observations are folded in the order of their numbers. No lock is held while a frame is looked at or while
the database is written.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from core.blobs import BlobStore
from core.clock import Clock
from core.errors import Invalid, NotFound
from core.uow import Actor, Store
from proctor.evidence.model import CapturedFrame
from proctor.incidents import operations
from proctor.incidents.model import SessionRef
from proctor.incidents.operations import interrupt_open_alerts
from proctor.incidents.queries import alert_counts
from proctor.monitoring.alert_saver import AlertNotice, AlertSaver, EndAlert, RaiseIncident, tell
from proctor.monitoring.live import LiveSession, LiveView, frames_for
from proctor.monitoring.queries import SessionSummary, active_sessions
from proctor.rules.alerts import Alert, AlertEnd
from proctor.rules.inputs import CameraState, Sight, link_of
from proctor.rules.parameters import Parameters
from proctor.rules.ruleset import RuleSet, RuleSetState
from proctor.vision.frames import check_jpeg, decode_jpeg
from proctor.vision.observation import Detector

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ack:
    """The answer to one frame: taken in, or refused under a code.

    How many were dropped so far for a newer one.
    """

    ok: bool
    seq: int
    dropped: int
    code: str | None = None


class FramePipeline:
    """Watches the active sessions.

    `detector_factory` makes one detector for each worker. `on_alert` and `on_change` (a session's
    identifier) are called from workers, after the commit and without any lock; they must be quick.
    `raise_incident` and `end_alert` let the caller act on an incident in the same unit of work; by default
    only the incident itself is written.
    """

    def __init__(
        self,
        detector_factory: Callable[[], Detector],
        store: Store,
        on_alert: Callable[[AlertNotice], None],
        clock: Clock,
        workers: int = 1,
        *,
        blobs: BlobStore,
        parameters: Parameters | None = None,
        raise_incident: RaiseIncident | None = None,
        end_alert: EndAlert | None = None,
        on_change: Callable[[str], None] | None = None,
        tick_seconds: float = 1.0,
    ) -> None:
        self._factory, self._store, self._clock = detector_factory, store, clock
        self._on_change = on_change
        self._workers, self._tick_seconds = workers, tick_seconds
        self._parameters = parameters or Parameters()
        self._saver = AlertSaver(
            store,
            on_alert,
            raise_incident or partial(operations.raise_incident, blobs=blobs),
            end_alert or partial(operations.end_alert, blobs=blobs),
        )
        self._changed = threading.Condition()
        self._sessions: dict[str, LiveSession] = {}
        self._ready: deque[LiveSession] = deque()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    # ------------------------------------------------------------------------------------------ life

    def start(self) -> None:
        """Take up the active sessions and start the threads; call once, after any fork.

        Alerts that an earlier process left open are ended as interrupted. Raises what the detector factory
        raises.
        """
        detectors = [self._factory() for _ in range(self._workers)]
        self._restore()
        for number, detector in enumerate(detectors):
            self._spawn(f"kasauti-vision-{number}", partial(self._work, detector))
        self._spawn("kasauti-vision-ticks", self._tick_on)

    def stop(self) -> None:
        """Finish the frames in hand and end the threads; frames that wait are let go."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=30)
        self._threads.clear()

    def drain(self, timeout: float) -> bool:
        """Wait until nothing waits and nobody works; False when that took longer than `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._ready and not any(live.busy for live in self._sessions.values()), timeout
            )

    def begin(self, session: SessionSummary) -> None:
        """Watch a session from now on; repeating it changes nothing."""
        self._add(session.ref, RuleSetState())

    def finish(self, session_id: str) -> None:
        """Look at what waits, end the open alerts, and let the session go; an unknown one changes nothing."""
        with self._changed:
            live = self._sessions.get(session_id)
            if live is not None:
                live.finishing = live.finish_due = True
                self._schedule(live)

    # --------------------------------------------------------------------------------- the learner's side

    def connected(self, session_id: str, *, at: datetime) -> int:
        """A page of this learner connected: frames count from one again. Returns the number of the connection.

        Raises NotFound(`session_not_active`).
        """
        with self._changed:
            live = self._require(session_id)
            live.connection += 1
            live.connected_at = live.heard_at = at
            live.last_seq = 0
            live.camera, live.camera_since = CameraState.ON, None
            live.tick_at = at
            self._schedule(live)
            return live.connection

    def disconnected(self, session_id: str, *, connection: int) -> None:
        """The page went away.

        An older connection's end changes nothing, and the line counts as lost, not the learner.
        """
        with self._changed:
            live = self._sessions.get(session_id)
            if live is not None and live.connection == connection:
                live.connected_at = None
                live.tick_at = self._clock.now()
                self._schedule(live)

    def camera(self, session_id: str, state: CameraState, *, at: datetime) -> None:
        """The browser's report of its camera; also the sign of life that a page sends every second.

        Raises NotFound(`session_not_active`).
        """
        with self._changed:
            live = self._require(session_id)
            live.heard_at = at
            if live.camera is not state:
                live.camera, live.camera_since = state, at
                live.tick_at, live.news = at, True
                self._schedule(live)

    def offer(
        self, session_id: str, seq: int, jpeg: bytes, at: datetime, *, connection: int | None = None
    ) -> Ack:
        """Take a frame in; never blocks on vision or on the database, never raises for a bad frame.

        Codes: `session_not_active`, `frame_old_connection`, `frame_too_fast`, `frame_bad_number`,
        `frame_out_of_order`, and those of `check_jpeg`.
        """
        fault = _fault(jpeg)
        with self._changed:
            live = self._sessions.get(session_id)
            if live is None or live.finishing:
                return Ack(ok=False, seq=seq, dropped=0, code="session_not_active")
            code = live.admit(CapturedFrame(seq, at, jpeg), connection=connection, fault=fault)
            if code is None:
                self._schedule(live)
            return Ack(ok=code is None, seq=seq, dropped=live.counters.dropped, code=code)

    # ----------------------------------------------------------------------------------- the proctor's side

    def view(self, session_id: str) -> LiveView | None:
        """What is seen of a session right now, or None when it is not watched."""
        with self._changed:
            live = self._sessions.get(session_id)
            return None if live is None else live.view()

    def latest_frame(self, session_id: str) -> CapturedFrame | None:
        """The last sound frame, or None."""
        with self._changed:
            live = self._sessions.get(session_id)
            return None if live is None else live.latest

    # --------------------------------------------------------------------------------------------- work

    def tick(self, at: datetime) -> None:
        """Tell every session that time has passed; a thread does so every `tick_seconds`, a test when it likes."""
        with self._changed:
            for live in self._sessions.values():
                live.tick_at = at
                self._schedule(live)

    def _tick_on(self) -> None:
        while not self._stopping.wait(self._tick_seconds):
            self.tick(self._clock.now())

    def _work(self, detector: Detector) -> None:
        rules = RuleSet.under(self._parameters, model_sha256=detector.model_sha256)
        while (live := self._take()) is not None:
            try:
                self._attend(live, detector, rules)
            except Exception as error:  # one session's failure must not stop the others
                log.exception("vision_failed", session=live.ref.session_id, error=type(error).__name__)
            finally:
                self._give_back(live)

    def _take(self) -> LiveSession | None:
        """The next session in turn, or None when stopping."""
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._stopping.is_set())
            if self._stopping.is_set():
                return None
            live = self._ready.popleft()
            live.scheduled, live.busy = False, True
            return live

    def _give_back(self, live: LiveSession) -> None:
        with self._changed:
            live.busy = False
            if live.queue.waiting or live.tick_at is not None or live.finish_due:
                self._schedule(live)
            elif live.finishing and not live.unsaved:
                self._sessions.pop(live.ref.session_id, None)
            self._changed.notify_all()

    def _schedule(self, live: LiveSession) -> None:
        """Put a session at the end of the line, once; the lock is held.

        What is busy is put there when given back.
        """
        if not live.scheduled and not live.busy:
            live.scheduled = True
            self._ready.append(live)
            self._changed.notify_all()

    def _attend(self, live: LiveSession, detector: Detector, rules: RuleSet) -> None:
        """One turn of one session: at most one frame, then what time tells, then the alerts."""
        with self._changed:
            frame, tick_at, changed = live.queue.pop(), live.tick_at, live.news
            live.tick_at, live.news = None, False
            last = live.finish_due and not live.queue.waiting
            live.finish_due = live.finish_due and not last
        if frame is not None:
            changed = self._look(live, frame, detector, rules) or changed
        if tick_at is not None:
            changed = self._pass_time(live, tick_at, rules) or changed
        if last:
            live.rules, alerts = rules.finish(live.rules, at=self._clock.now(), because=AlertEnd.WATCH_ENDED)
            self._note(live, alerts)
        if self._saver.save(live) or changed:
            with self._changed:
                live.version += 1
            tell(self._on_change, live.ref.session_id)

    def _pass_time(self, live: LiveSession, at: datetime, rules: RuleSet) -> bool:
        """Fold one tick; whether the state of the line changed."""
        with self._changed:
            tick = live.tick(at)
        live.rules, alerts = rules.step(live.rules, tick)
        self._note(live, alerts)
        link = link_of(tick, lost_seconds=self._parameters.lost_seconds)
        changed, live.link = link is not live.link, link
        return changed

    def _look(self, live: LiveSession, frame: CapturedFrame, detector: Detector, rules: RuleSet) -> bool:
        """Decode, observe and fold one frame; whether the wall has something new to show."""
        counters = live.counters
        try:
            pixels = decode_jpeg(frame.jpeg)
        except Invalid:
            counters.undecodable += 1
            return False
        live.remember(frame)
        with self._changed:
            live.latest, live.last_frame_at = frame, frame.at
        try:
            seen = detector.observe(pixels, frame.at, frame.seq)
        except Exception as error:  # noqa: BLE001 - not the learner's fault: the frame came, nothing is said of it
            counters.failed += 1
            log.error(
                "detector_failed", session=live.ref.session_id, seq=frame.seq, error=type(error).__name__
            )
            return True
        counters.observed += 1
        live.faces = len(seen.faces)
        sight = Sight(at=frame.at, faces=len(seen.faces), covered=seen.tamper.covered)
        live.rules, alerts = rules.step(live.rules, sight)
        self._note(live, alerts)
        return True

    def _note(self, live: LiveSession, alerts: tuple[Alert, ...]) -> None:
        """Keep alerts with their frames until they are written."""
        for alert in alerts:
            live.unsaved.append((alert, frames_for(alert, live.ring)))

    # ------------------------------------------------------------------------------------------- helpers

    def _restore(self) -> None:
        with self._store.write(Actor.system()) as uow:
            interrupted = interrupt_open_alerts(uow)
            sessions = active_sessions(uow)
            counts = alert_counts(uow, [session.id for session in sessions])
        for session in sessions:
            self._add(session.ref, RuleSetState.resumed(counts.get(session.id, {})))
        if sessions:
            log.info("watching_resumed", sessions=len(sessions), interrupted=interrupted)

    def _add(self, ref: SessionRef, rules: RuleSetState) -> None:
        with self._changed:
            self._sessions.setdefault(ref.session_id, LiveSession(ref=ref, rules=rules))

    def _require(self, session_id: str) -> LiveSession:
        live = self._sessions.get(session_id)
        if live is None or live.finishing:
            raise NotFound("session_not_active")
        return live

    def _spawn(self, name: str, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()


def _fault(jpeg: bytes) -> str | None:
    try:
        check_jpeg(jpeg)
    except Invalid as refusal:
        return refusal.code
    return None
