# SPDX-License-Identifier: Apache-2.0
"""What the server holds in memory of one session that is being watched. Gone when the watching ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.errors import Invalid
from proctor.evidence.model import CapturedFrame, EvidenceKind, KeptFrame
from proctor.incidents.model import SessionRef
from proctor.monitoring.devices import Device
from proctor.monitoring.flow import MAXIMUM_SEQ, LookedShare, NewestWins, TokenBucket
from proctor.monitoring.line import NO_LINE, Line, LineView
from proctor.monitoring.pausing import Pauses, is_paused, resumed_at
from proctor.monitoring.schedule import Due
from proctor.monitoring.sights import SMALLEST_FOR_THINGS
from proctor.monitoring.watch_record import WatchRecord
from proctor.monitoring.watching import NOTHING_KNOWN, Mode, Watching
from proctor.rules.alerts import Alert, RuleName
from proctor.rules.inputs import CameraState, Event, Link, Tick
from proctor.rules.ruleset import RuleSet, RuleSetState
from proctor.vision.frames import check_jpeg
from proctor.vision.observation import Box, Greys

RING_FRAMES = 12
RING_SPACING_SECONDS = 0.5
"""Denser frames are not remembered, so that the ring reaches back over the onset of every alert."""
BEFORE_FRAMES = 2
BY_HAND_FRAMES = 4
BY_HAND_SECONDS = 60.0
"""What a person raises while watching is shown by so many of the remembered frames, none older than this."""
DOUBT_SECONDS = 120.0
"""After a claim that proved wrong the server looks at every frame for so long, and checks the claim on each."""
CLAIMS_LAST_SECONDS = 15.0
"""A page that has claimed nothing for longer sends its frames instead."""
THIN_SECONDS = 60.0
"""A line whose last picture in which things show is older carries none; see `Line.larger`."""
MAXIMUM_LATE = 8
"""Pictures that came later and wait to be looked at."""


@dataclass(slots=True, kw_only=True)
class Counters:
    """What became of the frames of one session.

    `offered` = `too_fast` + `out_of_order` + `refused` + `accepted`; `accepted` = `dropped` (a newer one
    came) + `undecodable` + `failed` (the detector's fault) + `observed` + `claimed` + those still waiting.
    `unsaved` counts failed tries to write an alert, each of which is repeated; `lost` counts alerts that
    the database refused. `broken` counts looks of single networks that failed on frames observed by the others. `claimed`
    frames were judged by the learner's browser alone, `audited` ones by the server too, `disagreed` of these otherwise.
    `late` ones came afterwards and were looked at for faces, and one in a few for the rest.
    """

    offered: int = 0
    too_fast: int = 0
    out_of_order: int = 0
    refused: int = 0
    accepted: int = 0
    dropped: int = 0
    undecodable: int = 0
    failed: int = 0
    observed: int = 0
    unsaved: int = 0
    lost: int = 0
    broken: int = 0
    claimed: int = 0
    audited: int = 0
    disagreed: int = 0
    late: int = 0

    def count_refusal(self, code: str) -> None:
        """One more was refused under this code."""
        match code:
            case "frame_too_fast":
                self.too_fast += 1
            case "frame_old_connection" | "frame_out_of_order":
                self.out_of_order += 1
            case _:
                self.refused += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveView:
    """What is seen of a session right now; `version` grows with every change that the wall shows.

    `looked_share` (0 to 1) of the frames of the last half minute were looked at; below one the server had too much to
    do and let the rest go. `unavailable` names networks that are not there or fail: what only they can see is unknown.
    `beginning` tells since when a rule sees something that may become an alert, or is one.
    """

    session_id: str
    attempt_id: str
    link: Link
    camera: CameraState
    last_frame_at: datetime | None
    faces: int | None
    open_alerts: tuple[Alert, ...]
    counters: Counters
    version: int
    mode: Mode = Mode.FULL
    looked_share: float = 1.0
    unavailable: frozenset[str] = frozenset()
    devices: Mapping[str, Device] = field(default_factory=dict)
    line: LineView = NO_LINE
    watching: Watching = NOTHING_KNOWN
    beginning: Mapping[RuleName, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """A frame and the areas (pixels) of every face, person and thing seen in it; None when nobody looked."""

    frame: CapturedFrame
    areas: tuple[Box, ...] | None = None


@dataclass(slots=True, kw_only=True)
class LiveSession:
    """The working memory of the pipeline for one session.

    Guarded by the pipeline's lock, but for `rules`, `rule_set` (`audited`: for looks as rare as audits), `due`, `before`
    (the small grey picture of the frame before), `ring`, `unsaved`, `unavailable`, `thin` (`small`: the last frame that
    was looked through for things; `sized_at`: the last one large enough for them) and `record`, which belong to
    the worker that has the session in hand (`busy`): at most one at a time. `finish_due` says that the end is still to be
    worked off. `told` is what else happened, in the
    order in which it came; `demanded` has the faces that the learner's browser claims on frames that the server asked
    for and has not got, by number (None: asked for otherwise than to check the claim), `unjudged` the same of those that
    wait to be looked at, and `secret` decides which are asked for. `rested`: the rules were put down for a pause.
    """

    ref: SessionRef
    rules: RuleSetState
    watching: Watching = NOTHING_KNOWN
    mode: Mode = Mode.FULL
    secret: bytes = b""

    bucket: TokenBucket = field(default_factory=TokenBucket)
    queue: NewestWins = field(default_factory=NewestWins)
    line: Line = field(default_factory=Line)
    devices: dict[str, Device] = field(default_factory=dict)
    late: deque[CapturedFrame] = field(default_factory=deque)
    late_ring: deque[SeenFrame] = field(default_factory=lambda: deque(maxlen=RING_FRAMES))
    counters: Counters = field(default_factory=Counters)
    connection: int = 0
    connected_at: datetime | None = None
    heard_at: datetime | None = None
    last_seq: int = 0
    camera: CameraState = CameraState.ON
    camera_since: datetime | None = None
    last_frame_at: datetime | None = None
    latest: CapturedFrame | None = None
    faces: int | None = None
    link: Link = Link.WAITING
    version: int = 0
    tick_at: datetime | None = None
    scheduled: bool = False
    busy: bool = False
    finishing: bool = False
    finish_due: bool = False
    news: bool = False
    told: deque[Event] = field(default_factory=deque)
    demanded: dict[int, int | None] = field(default_factory=dict)
    unjudged: dict[int, int] = field(default_factory=dict)
    undelivered: int = 0
    claimed_at: datetime | None = None
    doubted_at: datetime | None = None
    thin: bool = False
    small: bool = False
    sized_at: datetime | None = None
    record: WatchRecord = field(default_factory=WatchRecord)
    networks: Mapping[str, str] = field(default_factory=dict)
    share: LookedShare = field(default_factory=LookedShare)
    rule_set: RuleSet | None = None
    audited: bool = False
    due: Due | None = None
    before: Greys | None = None
    sampled_at: datetime | None = None
    unavailable: frozenset[str] = frozenset()
    ring: deque[SeenFrame] = field(default_factory=lambda: deque(maxlen=RING_FRAMES))
    unsaved: deque[tuple[Alert, tuple[KeptFrame, ...]]] = field(default_factory=deque)
    pauses: Pauses = ()
    rested: bool = False

    def admit(self, frame: CapturedFrame, *, connection: int | None, fault: str | None) -> str | None:
        """Take a frame into the queue, or return the code under which it is refused."""
        code = self.refusal(frame.seq, frame.at, connection) or fault
        if code is not None:
            self.counters.count_refusal(code)
            return code
        self.counters.accepted += 1
        self._delivered(frame.seq)
        dropped = self.queue.push(frame)
        if dropped is not None:
            self.counters.dropped += 1
            self.unjudged.pop(dropped.seq, None)
        self.share.count(frame.at, dropped=int(dropped is not None))
        return None

    def refusal(self, seq: int, at: datetime, connection: int | None) -> str | None:
        """Why a frame or claim of this number cannot be taken in; its number is used up, also that of a bad picture."""
        self.counters.offered += 1
        if connection is not None and connection != self.connection:
            return "frame_old_connection"
        self.heard_at = at
        if not self.bucket.take(at):
            return "frame_too_fast"
        if not 1 <= seq <= MAXIMUM_SEQ:
            return "frame_bad_number"
        if seq <= self.last_seq and seq not in self.demanded:
            return "frame_out_of_order"
        self.last_seq = max(self.last_seq, seq)
        return None

    def note_size(self, at: datetime, *, small: bool) -> None:
        """Things were looked for: on a picture too `small` for them a larger one is asked for, which may come in a while."""
        self.small = small
        if small:
            self.line.larger(at=at, width=SMALLEST_FOR_THINGS)
        else:
            self.sized_at = at
        last = self.sized_at
        self.thin = last is None or (at - last).total_seconds() > THIN_SECONDS

    def waits_for_size(self, side: int) -> bool:
        """Whether a frame whose longer side has so many pixels is the larger one that was asked for."""
        return self.small and side >= SMALLEST_FOR_THINGS

    def admit_late(self, frame: CapturedFrame, *, fault: str | None) -> str | None:
        """Take in a frame that comes later, or return the code under which it is refused: nothing is pushed out for it."""
        if fault is None and not self.has_late_room():
            fault = "frame_too_fast"
        if fault is None:
            self._delivered(frame.seq)
            self.late.append(frame)
        else:
            self.counters.offered += 1
            self.counters.count_refusal(fault)
        return fault

    def has_late_room(self) -> bool:
        """Whether one more frame that comes later can wait to be looked at."""
        return len(self.late) < MAXIMUM_LATE

    def another_page(self) -> None:
        """The numbers of the old page mean other frames now; what it was asked for it did not deliver."""
        self.undelivered += self.claims_in_doubt()
        self.demanded.clear()
        self.unjudged.clear()

    def claims_in_doubt(self) -> int:
        """How many claims the server wants to check and has not got the frames of."""
        return sum(faces is not None for faces in self.demanded.values())

    def _delivered(self, seq: int) -> None:
        """A frame that was asked for is here; that we are slow to look at it is not its page's doing."""
        faces = self.demanded.pop(seq, None)
        if faces is not None:
            self.unjudged[seq] = faces

    def tick(self, at: datetime) -> Tick:
        """The state of the line for the rules; a frame that still waits for us has come all the same.

        After a pause the connection and the camera's report count from its end.
        """
        resumed = resumed_at(self.pauses, at)
        came = [instant for instant in (self.last_frame_at, self.queue.newest_at) if instant is not None]
        return Tick(
            at=at,
            connected_at=_later(self.connected_at, resumed),
            heard_at=self.heard_at,
            last_frame_at=max(came, default=None),
            camera=self.camera,
            camera_since=_later(self.camera_since, resumed),
            spacing_seconds=self.line.spacing_seconds,
        )

    def view(self) -> LiveView:
        """A copy for readers."""
        return LiveView(
            session_id=self.ref.session_id,
            attempt_id=self.ref.attempt_id,
            link=self.link,
            camera=self.camera,
            last_frame_at=self.last_frame_at,
            faces=self.faces,
            open_alerts=self.rules.open_alerts,
            counters=replace(self.counters),
            version=self.version,
            mode=self.mode,
            looked_share=self.share.of(self.heard_at),
            unavailable=self.watching.missing | self.unavailable,
            devices=dict(self.devices),
            line=self.line.view(),
            watching=self.watched_as(),
            beginning=self.rules.beginning,
        )

    def watched_as(self) -> Watching:
        """How the learner is watched right now, less what the device does not do: of that nothing is known."""
        relies = self.heard_at is not None and self.relies_on_claims(self.heard_at)
        return replace(
            self.watching,
            missing=self.watching.missing | self.unavailable,
            voice=self.watching.voice and self.helped("voice"),
            mode=self.mode if relies or self.mode is not Mode.PREFILTERED else Mode.FULL,
            prefilter=relies,
            thin=self.thin,
        )

    def relies_on_claims(self, at: datetime) -> bool:
        """Whether what the page claims to see stands in for the server's own looks at this instant."""
        if self.mode is not Mode.PREFILTERED or self.claimed_at is None or self.doubts(at):
            return False
        if "faces" in self.devices and not self.helped("faces"):
            return False
        return (at - self.claimed_at).total_seconds() <= CLAIMS_LAST_SECONDS

    def doubts(self, at: datetime) -> bool:
        """Whether a claim proved wrong a short while ago."""
        return self.doubted_at is not None and (at - self.doubted_at).total_seconds() < DOUBT_SECONDS

    def helped(self, what: str) -> bool:
        """Whether the learner's device said that it does its part."""
        return what in self.devices and self.devices[what].able

    def rests(self, at: datetime) -> bool:
        """Whether the learner's time stood still at this instant."""
        return is_paused(self.pauses, at)

    def remember(self, seen: SeenFrame) -> None:
        """Put a frame into the ring, unless the last one is too near."""
        if not self.ring or (seen.frame.at - self.ring[-1].frame.at).total_seconds() >= RING_SPACING_SECONDS:
            self.ring.append(seen)

    def let_go(self) -> None:
        """Drop all that came and was not looked at."""
        while self.queue.pop() is not None:
            self.counters.dropped += 1
        self.late.clear()
        self.told.clear()

    def happenings(self, until: datetime | None) -> tuple[Event, ...]:
        """Take out what happened up to an instant, or all."""
        found = list[Event]()
        while self.told and (until is None or self.told[0].at <= until):
            found.append(self.told.popleft())
        return tuple(found)


def _later(at: datetime | None, than: datetime | None) -> datetime | None:
    return at if at is None or than is None else max(at, than)


def fault_of(jpeg: bytes) -> str | None:
    """The code under which a frame's bytes are refused, read off its head; None for a sound one."""
    try:
        check_jpeg(jpeg)
    except Invalid as refusal:
        return refusal.code
    return None


def frames_for(alert: Alert, ring: Iterable[SeenFrame]) -> tuple[KeptFrame, ...]:
    """The frames that show an alert: before, at the onset and when raised.

    Or, once it ended, one from after it.
    """
    if alert.ended_at is not None:
        ended_at = alert.ended_at
        after = next((seen for seen in ring if seen.frame.at >= ended_at), None)
        return () if after is None else (_kept(EvidenceKind.AFTER, after),)
    before = [seen for seen in ring if seen.frame.at < alert.onset_at]
    during = [seen for seen in ring if seen.frame.at >= alert.onset_at]
    kept = [_kept(EvidenceKind.BEFORE, seen) for seen in before[-BEFORE_FRAMES:]]
    if during:
        kept.append(_kept(EvidenceKind.ONSET, during[0]))
    if len(during) > 1:
        kept.append(_kept(EvidenceKind.RAISED, during[-1]))
    return tuple(kept)


def frames_by_hand(ring: Sequence[SeenFrame], *, now: datetime) -> tuple[KeptFrame, ...]:
    """The remembered frames that show what a person raises now: spread evenly, the newest as the moment itself."""
    fresh = [seen for seen in ring if (now - seen.frame.at).total_seconds() <= BY_HAND_SECONDS]
    if not fresh:
        return ()
    last, count = len(fresh) - 1, min(BY_HAND_FRAMES, len(fresh))
    places = [round(last * number / (count - 1)) for number in range(count - 1)]
    before = [_kept(EvidenceKind.BEFORE, fresh[place]) for place in places]
    return (*before, _kept(EvidenceKind.RAISED, fresh[last]))


def _kept(kind: EvidenceKind, seen: SeenFrame) -> KeptFrame:
    return KeptFrame(kind, seen.frame, seen.areas)
