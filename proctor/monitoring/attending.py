# SPDX-License-Identifier: Apache-2.0
"""What a worker does when it has a session in hand: look at a frame, fold what happened, let time pass, write alerts.

One session is in one worker's hands at a time. Threads, turns and the life of sessions are `proctor.monitoring.pipeline`'s.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from core.clock import Clock
from core.errors import Invalid
from proctor.evidence.model import CapturedFrame, EvidenceKind, KeptFrame
from proctor.evidence.operations import prepared
from proctor.monitoring import schedule
from proctor.monitoring.alert_saver import AlertSaver, tell
from proctor.monitoring.claims import judge_claim, trust_in
from proctor.monitoring.live import LiveSession, SeenFrame, frames_for
from proctor.monitoring.pausing import is_judged, put_down
from proctor.monitoring.record_keeper import RecordKeeper
from proctor.monitoring.samples import SampleKeeper
from proctor.monitoring.schedule import Periods
from proctor.monitoring.sights import areas_of, seen_for_plan, sight_of, while_turning
from proctor.monitoring.watching import Mode
from proctor.rules.alerts import Alert, AlertEnd
from proctor.rules.appetite import appetite
from proctor.rules.catalogue import availability, unmet_needs
from proctor.rules.exemptions import exempt
from proctor.rules.inputs import Event, Link, LivenessChecked, Sight, link_of
from proctor.rules.parameters import Parameters
from proctor.rules.posters import without_posters
from proctor.rules.ruleset import RuleSet
from proctor.vision.frames import decode_jpeg
from proctor.vision.observation import FACES_ONLY, Detector, Observation, Wanted

log = structlog.get_logger(__name__)

SAMPLE_SECONDS = 60.0
LATE_ONE_IN = 5
"""Of so many pictures that came later one is looked at in full, the others for faces alone."""


class Rechecks(Protocol):
    """The movements that are asked for during the test, by the identifier of a session."""

    def is_awaited(self, session_id: str) -> bool:
        """Whether one is shown to the learner now, so that every picture is looked at for it."""

    def see(self, session_id: str, sight: Sight) -> LivenessChecked | None:
        """Every look of now; the event for people when what was asked for is settled."""

    def forget(self, session_id: str) -> None:
        """The watching is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What all workers share. `on_change` hears the identifier of a session of which a wall has news."""

    changed: threading.Condition
    clock: Clock
    parameters: Parameters
    periods: Mapping[Mode, Periods]
    saver: AlertSaver
    samples: SampleKeeper | None
    on_change: Callable[[str], None] | None
    rechecks: Rechecks | None = None
    records: RecordKeeper | None = None

    def awaits_turn(self, session_id: str) -> bool:
        """Whether the learner is asked to turn the head now."""
        return self.rechecks is not None and self.rechecks.is_awaited(session_id)

    def forget(self, session_id: str) -> None:
        """The watching is over: nothing of it stays in anybody's memory."""
        if self.rechecks is not None:
            self.rechecks.forget(session_id)
        tell(self.on_change, session_id)


@dataclass(frozen=True, slots=True)
class Attendant:
    """One worker with its own detector."""

    desk: Desk
    detector: Detector

    def attend(self, live: LiveSession) -> None:
        """One turn of one session: at most one frame with what happened before it, what time tells, the alerts."""
        with self.desk.changed:
            frame, tick_at, changed = live.queue.pop(), live.tick_at, live.news
            live.tick_at, live.news = None, False
            late = live.late.popleft() if frame is None and live.late else None
            happened = live.happenings(None if frame is None else frame.at)
            last = live.finish_due and not live.queue.waiting and not live.late and not live.told
            live.finish_due = live.finish_due and not last
        self._mind_pauses(live)
        self._fold(live, happened)
        if frame is not None:
            changed = self._look(live, frame) or changed
        if late is not None:
            self._look_late(live, late)
        if tick_at is not None:
            changed = self._pass_time(live) or changed
        if last:
            self._finish(live)
        if self.desk.saver.save(live) or changed or happened:
            with self.desk.changed:
                live.version += 1
            tell(self.desk.on_change, live.ref.session_id)

    def _mind_pauses(self, live: LiveSession) -> None:
        """With the beginning of a pause everything open ends; with its end it is soon asked who sits there."""
        now = self.desk.clock.now()
        rests = live.rests(now)
        if rests and not live.rested:
            live.rules, alerts = put_down(self._rules(live), live.rules, at=now)
            self._note(live, alerts)
        elif live.rested and not rests and live.due is not None:
            live.due = replace(live.due, identity_called=True)
        live.rested = rests

    def _look(self, live: LiveSession, frame: CapturedFrame) -> bool:
        """Decode, observe and fold one frame; whether the wall has something new to show."""
        try:
            pixels = decode_jpeg(frame.jpeg)
        except Invalid:
            live.counters.undecodable += 1
            return False
        with self.desk.changed:
            # Claims that came while this one waited are newer, and the camera runs as long as they come.
            live.latest, live.last_frame_at = frame, max(frame.at, live.last_frame_at or frame.at)
        due = live.due or schedule.begin(
            frame.at, place=schedule.place_of(live.ref.session_id), periods=self._periods(live)
        )
        wanted = schedule.wanted_at(
            due, frame.at, objects=live.watching.objects, identity=live.watching.enrolled is not None
        )
        if live.waits_for_size(max(pixels.shape[:2])):
            wanted = replace(wanted, objects=live.watching.objects)
        if self.desk.awaits_turn(live.ref.session_id):
            wanted = replace(wanted, mesh=True)
        if live.rests(frame.at):
            wanted = FACES_ONLY
        try:
            seen = self.detector.observe(pixels, frame.at, frame.seq, wanted)
        except Exception as error:  # noqa: BLE001 - not the learner's fault: the frame came, nothing is said of it
            live.remember(SeenFrame(frame))
            live.counters.failed += 1
            log.error(
                "detector_failed", session=live.ref.session_id, seq=frame.seq, error=type(error).__name__
            )
            return True
        self._note_failures(live, wanted, seen)
        self._fold_sight(live, frame, seen, due, wanted)
        return True

    def _fold_sight(
        self, live: LiveSession, frame: CapturedFrame, seen: Observation, due: schedule.Due, wanted: Wanted
    ) -> None:
        shown = SeenFrame(frame, areas_of(seen))
        live.remember(shown)
        self._sample(live, shown)
        sight = sight_of(seen, live.watching, before=live.before)
        living, _ = without_posters(sight, live.watching.baseline, live.rules.posters)
        live.before = seen.greys
        live.due = schedule.after(
            due,
            frame.at,
            wanted,
            seen_for_plan(seen, living, live.watching),
            periods=self._periods(live),
        )
        live.counters.observed += 1
        live.faces = living.faces
        if seen.things is not None:
            live.note_size(frame.at, small=sight.things is None)
        turning = self.desk.awaits_turn(live.ref.session_id)
        told = while_turning(sight, living=living.faces) if turning else sight
        self._fold(live, () if told is None else (told,))
        rechecks = None if live.rests(frame.at) else self.desk.rechecks
        settled = None if rechecks is None else rechecks.see(live.ref.session_id, living)
        if settled is not None:
            self._fold(live, (settled,))
        live.due = schedule.sooner(live.due, appetite(live.rules, self.desk.parameters))
        with self.desk.changed:
            disagreed = judge_claim(live, frame, seen=sight.faces, living=living.faces)
        if disagreed is not None:
            live.due = None
            self._fold(live, (disagreed,))

    def _look_late(self, live: LiveSession, frame: CapturedFrame) -> None:
        """Look at a frame that came later: its own evidence, and nothing of what is seen now changes by it.

        One in LATE_ONE_IN is looked at in full, so that a time without a line hides neither another person nor a book.
        """
        wanted = FACES_ONLY
        if live.counters.late % LATE_ONE_IN == 0:
            compared = live.watching.enrolled is not None
            wanted = Wanted(mesh=True, identity=compared, objects=live.watching.objects)
        try:
            seen = self.detector.observe(decode_jpeg(frame.jpeg), frame.at, frame.seq, wanted)
        except Invalid:
            live.counters.undecodable += 1
            return
        except Exception as error:  # noqa: BLE001 - as above
            live.counters.failed += 1
            log.error("detector_failed", session=live.ref.session_id, error=type(error).__name__)
            return
        live.counters.late += 1
        live.late_ring.append(SeenFrame(frame, areas_of(seen)))
        sight = sight_of(seen, live.watching, before=None, late=True)
        living, _ = without_posters(sight, live.watching.baseline, ())
        judged = is_judged(sight, live.pauses)
        live.rules, alerts = self._rules(live).step(live.rules, sight) if judged else (live.rules, ())
        frames = sorted((*live.ring, *live.late_ring), key=lambda one: one.frame.at)
        live.unsaved.extend((alert, frames_for(alert, frames)) for alert in alerts)
        with self.desk.changed:
            disagreed = judge_claim(live, frame, seen=sight.faces, living=living.faces)
        if disagreed is not None:
            live.due = None
            self._fold(live, (disagreed,))

    def _pass_time(self, live: LiveSession) -> bool:
        """Fold one tick; whether the state of the line changed."""
        with self.desk.changed:
            tick = live.tick(self.desk.clock.now())
        self._fold(live, (tick,))
        link = link_of(tick, lost_seconds=self.desk.parameters.lost_seconds)
        changed, live.link = link is not live.link, link
        if link is Link.ALIVE and not live.rested:
            self._record(live, tick.at)
        if self.desk.records is not None and live.record.trust != trust_in(live):
            self.desk.records.save(live)
        return changed

    def _record(self, live: LiveSession, at: datetime) -> None:
        """Who looks afterwards must know which rules could see anything, and for how long."""
        self._rules(live)
        watched = live.watched_as()
        live.record.pass_time(at, mode=watched.mode.value, standing=availability(watched))
        for rule in live.record.lacking:
            live.record.explain(rule, unmet_needs(rule, watched))
        if self.desk.records is not None and live.record.is_due(at):
            self.desk.records.save(live)

    def _finish(self, live: LiveSession) -> None:
        live.rules, alerts = self._rules(live).finish(
            live.rules, at=self.desk.clock.now(), because=AlertEnd.WATCH_ENDED
        )
        self._note(live, alerts)
        if self.desk.records is not None:
            self.desk.records.save(live)

    def _fold(self, live: LiveSession, events: tuple[Event, ...]) -> None:
        for event in events:
            if not is_judged(event, live.pauses):
                continue
            live.rules, alerts = self._rules(live).step(live.rules, event)
            self._note(live, alerts)

    def _note(self, live: LiveSession, alerts: tuple[Alert, ...]) -> None:
        """Keep alerts with their frames until they are written."""
        for alert in alerts:
            live.unsaved.append((alert, tuple(map(prepared, frames_for(alert, live.ring)))))

    def _note_failures(self, live: LiveSession, wanted: Wanted, seen: Observation) -> None:
        """Count what broke; what only that network can see is not available until it sees again."""
        live.counters.broken += len(seen.failed)
        if seen.failed - live.unavailable:
            log.error("networks_failed", session=live.ref.session_id, networks=sorted(seen.failed))
        works = {
            "second_opinion": seen.agreed is not None,
            "mesh": seen.pose is not None,
            "iris": seen.gaze is not None,
            "identity": seen.embedding is not None,
            "objects": seen.things is not None,
        }
        live.unavailable = (live.unavailable - {name for name, sees in works.items() if sees}) | seen.failed

    def _sample(self, live: LiveSession, shown: SeenFrame) -> None:
        """One frame a minute for people who look through an attempt; each learner's at a second of its own."""
        if self.desk.samples is None:
            return
        at, period = shown.frame.at, timedelta(seconds=SAMPLE_SECONDS)
        if live.sampled_at is None:
            live.sampled_at = at - period * (1 - schedule.place_of(live.ref.session_id))
        if at - live.sampled_at >= period:
            live.sampled_at = at
            kept = prepared(KeptFrame(EvidenceKind.SAMPLE, shown.frame, shown.areas))
            self.desk.samples.offer(live.ref, kept)

    def _periods(self, live: LiveSession) -> Periods:
        """A learner whose device claims nothing just now is looked at in full."""
        return self.desk.periods[live.watched_as().mode]

    def _rules(self, live: LiveSession) -> RuleSet:
        """The rules under this learner's exemptions and own baseline, and for looks as rare as audits where it is so."""
        audited = live.mode is Mode.PREFILTERED
        if live.rule_set is None or live.audited is not audited:
            parameters = exempt(self.desk.parameters, live.watching.exemptions)
            there = frozenset(self.detector.models)
            live.networks = dict(self.detector.models)
            live.watching = replace(live.watching, missing=live.watching.missing | (NETWORKS - there))
            if live.watching.enrolled_by not in (None, self.detector.models.get("identity")):
                live.watching = replace(
                    live.watching, enrolled=None
                )  # another network's numbers mean nothing
            live.rule_set = RuleSet.under(
                parameters.at_audits() if audited else parameters,
                model_sha256=self.detector.model_sha256,
                models=self.detector.models,
                baseline=live.watching.baseline,
            )
            live.audited = audited
        return live.rule_set


NETWORKS = frozenset({"faces", "second_opinion", "mesh", "iris", "identity", "objects"})
