# SPDX-License-Identifier: Apache-2.0
"""What the server holds in memory of one session that is being watched. Gone when the watching ends."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime

from proctor.evidence.model import CapturedFrame, EvidenceKind, KeptFrame
from proctor.incidents.model import SessionRef
from proctor.monitoring.flow import MAXIMUM_SEQ, NewestWins, TokenBucket
from proctor.rules.alerts import Alert
from proctor.rules.inputs import CameraState, Link, Tick
from proctor.rules.ruleset import RuleSetState

RING_FRAMES = 12
RING_SPACING_SECONDS = 0.5
"""Denser frames are not remembered, so that the ring reaches back over the onset of every alert."""
BEFORE_FRAMES = 2


@dataclass(slots=True, kw_only=True)
class Counters:
    """What became of the frames of one session.

    `offered` = `too_fast` + `out_of_order` + `refused` + `accepted`; `accepted` = `dropped` (a newer one
    came) + `undecodable` + `failed` (the detector's fault) + `observed` + those still waiting.
    `unsaved` counts failed tries to write an alert, each of which is repeated; `lost` counts alerts that
    the database refused.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveView:
    """What is seen of a session right now; `version` grows with every change that the wall shows."""

    session_id: str
    attempt_id: str
    link: Link
    camera: CameraState
    last_frame_at: datetime | None
    faces: int | None
    open_alerts: tuple[Alert, ...]
    counters: Counters
    version: int


@dataclass(slots=True, kw_only=True)
class LiveSession:
    """The working memory of the pipeline for one session.

    Guarded by the pipeline's lock, but for `rules`, `ring` and `unsaved`, which belong to the
    worker that has the session in hand (`busy`): at most one at a time. `finish_due` says that the end is
    still to be worked off.
    """

    ref: SessionRef
    rules: RuleSetState

    bucket: TokenBucket = field(default_factory=TokenBucket)
    queue: NewestWins = field(default_factory=NewestWins)
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
    ring: deque[CapturedFrame] = field(default_factory=lambda: deque(maxlen=RING_FRAMES))
    unsaved: deque[tuple[Alert, tuple[KeptFrame, ...]]] = field(default_factory=deque)

    def admit(self, frame: CapturedFrame, *, connection: int | None, fault: str | None) -> str | None:
        """Take a frame into the queue, or return the code under which it is refused."""
        code = self._refusal(frame, connection, fault)
        match code:
            case None:
                self.counters.accepted += 1
                self.counters.dropped += self.queue.push(frame)
            case "frame_too_fast":
                self.counters.too_fast += 1
            case "frame_old_connection" | "frame_out_of_order":
                self.counters.out_of_order += 1
            case _:
                self.counters.refused += 1
        return code

    def _refusal(self, frame: CapturedFrame, connection: int | None, fault: str | None) -> str | None:
        self.counters.offered += 1
        if connection is not None and connection != self.connection:
            return "frame_old_connection"
        self.heard_at = frame.at
        if not self.bucket.take(frame.at):
            return "frame_too_fast"
        if not 1 <= frame.seq <= MAXIMUM_SEQ:
            return "frame_bad_number"
        if frame.seq <= self.last_seq:
            return "frame_out_of_order"
        self.last_seq = frame.seq  # also of a bad picture: its number is used up
        return fault

    def tick(self, at: datetime) -> Tick:
        """The state of the line for the rules; a frame that still waits for us has come all the same."""
        came = [instant for instant in (self.last_frame_at, self.queue.newest_at) if instant is not None]
        return Tick(
            at=at,
            connected_at=self.connected_at,
            heard_at=self.heard_at,
            last_frame_at=max(came, default=None),
            camera=self.camera,
            camera_since=self.camera_since,
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
        )

    def remember(self, frame: CapturedFrame) -> None:
        """Put a frame into the ring, unless the last one is too near."""
        if not self.ring or (frame.at - self.ring[-1].at).total_seconds() >= RING_SPACING_SECONDS:
            self.ring.append(frame)


def frames_for(alert: Alert, ring: deque[CapturedFrame]) -> tuple[KeptFrame, ...]:
    """The frames that show an alert: before, at the onset and when raised.

    Or, once it ended, one from after it.
    """
    if alert.ended_at is not None:
        ended_at = alert.ended_at
        after = next((frame for frame in ring if frame.at >= ended_at), None)
        return () if after is None else (KeptFrame(EvidenceKind.AFTER, after),)
    before = [frame for frame in ring if frame.at < alert.onset_at]
    during = [frame for frame in ring if frame.at >= alert.onset_at]
    kept = [KeptFrame(EvidenceKind.BEFORE, frame) for frame in before[-BEFORE_FRAMES:]]
    if during:
        kept.append(KeptFrame(EvidenceKind.ONSET, during[0]))
    if len(during) > 1:
        kept.append(KeptFrame(EvidenceKind.RAISED, during[-1]))
    return tuple(kept)
