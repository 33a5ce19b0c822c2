# SPDX-License-Identifier: Apache-2.0
"""Frames in, incidents out, in this process: bounded queues, fair workers, one fold per session.

Detection is stateless and runs on any worker; a session is in one worker's hands at a time, so its
observations are folded in the order of their numbers. No lock is held while a frame is looked at or while
the database is written. Sessions take turns, one frame in each: when there is too much to do, all lose frames alike.
What a worker does in a turn is `proctor.monitoring.attending`'s.
"""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

import structlog

from core.blobs import BlobStore
from core.clock import Clock
from core.errors import NotFound
from core.uow import Store
from proctor.alerts.operations import end_note, record_alert
from proctor.evidence.model import CapturedFrame, KeptFrame
from proctor.evidence.operations import prepared
from proctor.incidents import operations
from proctor.monitoring.acks import Ack, Load
from proctor.monitoring.alert_saver import AlertNotice, AlertSaver, EndAlert, RaiseIncident
from proctor.monitoring.attending import Attendant, Desk, Rechecks
from proctor.monitoring.claims import Claim, admit_claim, watch_in_full
from proctor.monitoring.devices import Device
from proctor.monitoring.line import Line
from proctor.monitoring.live import LiveSession, LiveView, fault_of, frames_by_hand
from proctor.monitoring.niceness import yield_to_others
from proctor.monitoring.pausing import Pauses
from proctor.monitoring.queries import SessionSummary
from proctor.monitoring.record_keeper import RecordKeeper
from proctor.monitoring.resuming import WatchingOf, live_session, resumed_sessions
from proctor.monitoring.samples import KeepSample, SampleKeeper
from proctor.monitoring.schedule import PERIODS, Periods
from proctor.monitoring.watching import NOTHING_KNOWN, Mode, Watching
from proctor.rules.inputs import CameraState, Event
from proctor.rules.parameters import Parameters
from proctor.rules.ruleset import RuleSetState
from proctor.vision.observation import Detector

log = structlog.get_logger(__name__)


class FramePipeline:
    """Watches the active sessions.

    `detector_factory` makes one detector for each worker. `on_alert` and `on_change` (a session's
    identifier) are called from workers, after the commit and without any lock; they must be quick.
    `raise_incident` and `end_alert` let the caller act on an incident in the same unit of work; by default
    only the incident itself is written. `watching_of` tells after a restart what is known of a learner. `keep_sample`
    writes the one frame a minute; without it none is kept. `periods` says how often is looked for what. `rechecks` are the
    movements that are asked for. When a watching is over, `on_change` hears of it once more, and there is no view.
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
        watching_of: WatchingOf | None = None,
        keep_sample: KeepSample | None = None,
        periods: Mapping[Mode, Periods] = PERIODS,
        rechecks: Rechecks | None = None,
    ) -> None:
        self._factory, self._store, self._clock = detector_factory, store, clock
        self._workers, self._tick_seconds, self._watching_of = workers, tick_seconds, watching_of
        self._changed = threading.Condition()
        self._desk = Desk(
            changed=self._changed,
            clock=clock,
            parameters=parameters or Parameters(),
            periods=periods,
            saver=AlertSaver(
                store,
                on_alert,
                raise_incident or partial(operations.raise_incident, blobs=blobs),
                end_alert or partial(operations.end_alert, blobs=blobs),
                partial(record_alert, blobs=blobs),
                partial(end_note, blobs=blobs),
            ),
            samples=None if keep_sample is None else SampleKeeper(store, keep_sample),
            on_change=on_change,
            rechecks=rechecks,
            records=RecordKeeper(store),
        )
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
        for live in resumed_sessions(self._store, self._watching_of):
            self._add(live)
        for number, detector in enumerate(detectors):
            self._spawn(f"kasauti-vision-{number}", partial(self._work, detector))
        self._spawn("kasauti-vision-ticks", self._tick_on)
        if self._desk.samples is not None:
            self._spawn("kasauti-vision-samples", partial(self._desk.samples.run, self._stopping))

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

    def begin(self, session: SessionSummary, watching: Watching = NOTHING_KNOWN) -> None:
        """Watch a session from now on with what is known of the learner; repeating it changes nothing."""
        self._add(live_session(session.ref, RuleSetState(), watching))

    def finish(self, session_id: str, *, drop: bool = False) -> None:
        """Look at what waits, end the open alerts, and let the session go; an unknown one changes nothing.

        `drop`: the learner took the consent back, so that what waits is looked at and kept no more.
        """
        with self._changed:
            live = self._sessions.get(session_id)
            if live is not None:
                live.finishing = live.finish_due = True
                if drop:
                    live.let_go()
                self._schedule(live)
        if drop and self._desk.samples is not None:
            self._desk.samples.forget(session_id)

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

    def another_page(self, session_id: str) -> None:
        """The learner's page was loaded anew: its frames have other numbers. Raises NotFound(`session_not_active`)."""
        with self._changed:
            self._require(session_id).another_page()

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
        fault = fault_of(jpeg)
        with self._changed:
            live = self._sessions.get(session_id)
            if live is None or live.finishing:
                return Ack(ok=False, seq=seq, dropped=0, code="session_not_active")
            code = live.admit(CapturedFrame(seq, at, jpeg), connection=connection, fault=fault)
            if code is None:
                self._schedule(live)
            return Ack(ok=code is None, seq=seq, dropped=live.counters.dropped, code=code)

    def offer_late(self, session_id: str, seq: int, jpeg: bytes, at: datetime) -> Ack:
        """Take in a frame that was taken at `at` and comes only now, in proven order; frames of now go first.

        Codes: `session_not_active`, `frame_too_fast` while there is no `late_room`, and those of `check_jpeg`.
        """
        fault = fault_of(jpeg)
        with self._changed:
            live = self._sessions.get(session_id)
            if live is None or live.finishing:
                return Ack(ok=False, seq=seq, dropped=0, code="session_not_active")
            code = live.admit_late(CapturedFrame(seq, at, jpeg), fault=fault)
            if code is None:
                self._schedule(live)
            return Ack(ok=code is None, seq=seq, dropped=live.counters.dropped, code=code)

    def late_room(self, session_id: str) -> bool:
        """Whether a frame that was taken earlier can wait here now. Raises NotFound(`session_not_active`)."""
        with self._changed:
            return self._require(session_id).has_late_room()

    def line(self, session_id: str) -> Line:
        """The session's line. Raises NotFound(`session_not_active`)."""
        with self._changed:
            return self._require(session_id).line

    def claim(
        self, session_id: str, seq: int, faces: int, at: datetime, *, connection: int | None = None
    ) -> Ack:
        """The learner's browser claims so many faces on its frame of this number, which it keeps unless it is `wanted`.

        A frame that is wanted is to be offered under the same number. Codes: as of `offer`.
        """
        awaited = self._desk.awaits_turn(session_id)
        with self._changed:
            live = self._sessions.get(session_id)
            if live is None or live.finishing:
                return Ack(ok=False, seq=seq, dropped=0, code="session_not_active")
            code, wanted = admit_claim(live, Claim(seq, faces, at), connection=connection, awaited=awaited)
            if code is None and not wanted:
                self._schedule(live)
            return Ack(ok=code is None, seq=seq, dropped=live.counters.dropped, code=code, wanted=wanted)

    def device(self, session_id: str, what: str, device: Device) -> None:
        """What the learner's device does of what the plan asks of it: `faces` are counted, `voice` is listened for.

        Whose device cannot count faces is watched in full from now on. Raises NotFound(`session_not_active`).
        """
        with self._changed:
            live = self._require(session_id)
            live.devices[what] = device
            if what == "faces" and device.ends_trust:
                watch_in_full(live)
            live.version += 1

    def tell(self, session_id: str, event: Event) -> bool:
        """Something happened that is no frame: it is folded in its order; False when the session is not watched."""
        with self._changed:
            live = self._sessions.get(session_id)
            if live is None or live.finishing:
                return False
            live.told.append(event)
            self._schedule(live)
            return True

    # ----------------------------------------------------------------------------------- the proctor's side

    def rest(self, session_id: str, pauses: Pauses) -> None:
        """These are all the pauses of a session so far; what lies in one is held against nobody."""
        with self._changed:
            if (live := self._sessions.get(session_id)) is not None:
                live.pauses = pauses
                self._schedule(live)

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

    def frames_now(self, session_id: str) -> tuple[KeptFrame, ...]:
        """What shows what a person raises now, as it is to be stored; empty when nobody is watched or nothing came."""
        with self._changed:
            live = self._sessions.get(session_id)
            ring = () if live is None or live.finishing else tuple(live.ring)  # no worker comes between
        return tuple(map(prepared, frames_by_hand(ring, now=self._clock.now())))

    def load(self) -> Load:
        """How much there is to do, and how much of it is done."""
        with self._changed:
            now = self._clock.now()
            shares = [live.share.of(now) for live in self._sessions.values() if live.share.counts]
            return Load(len(self._sessions), sum(shares) / len(shares) if shares else 1.0)

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
        yield_to_others()
        attendant = Attendant(self._desk, detector)
        while (live := self._take()) is not None:
            try:
                attendant.attend(live)
            except Exception as error:  # noqa: BLE001 - one session's failure must not stop the others
                # No values of variables: pictures are among them.
                trace = "".join(traceback.format_tb(error.__traceback__))
                log.error(
                    "vision_failed", session=live.ref.session_id, error=type(error).__name__, trace=trace
                )
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
        over = False
        with self._changed:
            live.busy = False
            if live.queue.waiting or live.late or live.told or live.tick_at is not None or live.finish_due:
                self._schedule(live)
            elif live.finishing and not live.unsaved:
                over = self._sessions.pop(live.ref.session_id, None) is not None
            self._changed.notify_all()
        if over:
            self._desk.forget(live.ref.session_id)

    def _schedule(self, live: LiveSession) -> None:
        """Put a session at the end of the line, once; the lock is held.

        What is busy is put there when given back.
        """
        if not live.scheduled and not live.busy:
            live.scheduled = True
            self._ready.append(live)
            self._changed.notify_all()

    # ------------------------------------------------------------------------------------------- helpers

    def _add(self, live: LiveSession) -> None:
        with self._changed:
            self._sessions.setdefault(live.ref.session_id, live)

    def _require(self, session_id: str) -> LiveSession:
        live = self._sessions.get(session_id)
        if live is None or live.finishing:
            raise NotFound("session_not_active")
        return live

    def _spawn(self, name: str, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()
