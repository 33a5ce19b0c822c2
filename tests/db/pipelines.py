# SPDX-License-Identifier: Apache-2.0
"""A room with a pipeline for the tests of proctoring: detectors that obey, a clock that stands still."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import core.outbox  # noqa: F401 - its table must exist
from core.blobs import BlobStore
from core.clock import FixedClock
from core.ids import new_id
from core.uow import Actor, Store
from proctor import api as proctor
from tests.clips import jpeg_frames, picture, to_jpeg

PRESENT = to_jpeg(picture("present", size=(160, 120)))
MOVING = tuple(jpeg_frames([("present", 40.0)], size=(160, 120)))
"""A picture for each second: the same one again and again would be a frozen camera."""
COVERED = to_jpeg(picture("covered", size=(160, 120)))
PATIENCE = 20.0


@dataclass
class Room:
    """A pipeline with what it writes to and says."""

    store: Store
    clock: FixedClock
    blobs: BlobStore
    agency: str
    script: Callable[[int], int | proctor.Scene] = lambda _: 1
    notices: list[proctor.AlertNotice] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    pipelines: list[proctor.FramePipeline] = field(default_factory=list)

    def open(
        self,
        *,
        workers: int = 1,
        raise_incident: Callable[..., proctor.IncidentSummary] | None = None,
        tick_seconds: float = 3600.0,
        **opening: Any,
    ) -> proctor.FramePipeline:
        """Build and start a pipeline whose detector obeys `script`; by default only the test makes time pass."""
        pipeline = proctor.FramePipeline(
            lambda: proctor.ScriptedDetector(self._seen),
            self.store,
            self.notices.append,
            self.clock,
            workers,
            blobs=self.blobs,
            raise_incident=raise_incident,
            on_change=self.changes.append,
            tick_seconds=tick_seconds,
            **opening,
        )
        self.pipelines.append(pipeline)
        pipeline.start()
        return pipeline

    def _seen(self, seq: int) -> int | proctor.Scene:
        return self.script(seq)

    def session(self) -> proctor.SessionSummary:
        """A session that is active in the database."""
        photo = proctor.check_photo(
            PRESENT, detector=proctor.ScriptedDetector(lambda _: 1), at=self.clock.now()
        )
        with self.store.write(Actor.system()) as uow:
            session = proctor.open_session(uow, new_id(), organisation_id=self.agency, sitting_id="sitting")
            proctor.record_consent_reference(uow, session.id, consent_id="consent")
            proctor.store_identity_photo(uow, session.id, photo=photo, blobs=self.blobs)
            return proctor.activate_session(uow, session.id)

    def watch(self, **opening: Any) -> tuple[proctor.FramePipeline, proctor.SessionSummary]:
        """A pipeline opened so, and a session that it watches."""
        pipeline, session = self.open(**opening), self.session()
        pipeline.begin(session)
        return pipeline, session

    def send(
        self,
        pipeline: proctor.FramePipeline,
        session: proctor.SessionSummary,
        seqs: range,
        *,
        jpeg: bytes | None = None,
        ticking: bool = False,
    ) -> None:
        """One frame a second, each looked at before the next; `ticking` makes the pipeline look at the clock too."""
        for seq in seqs:
            self.clock.advance(1)
            shown = MOVING[seq % len(MOVING)] if jpeg is None else jpeg
            assert pipeline.offer(session.id, seq, shown, self.clock.now()).ok
            assert pipeline.drain(PATIENCE)
            if ticking:
                pipeline.tick(self.clock.now())
                assert pipeline.drain(PATIENCE)

    def incidents(self, session: proctor.SessionSummary) -> tuple[proctor.IncidentSummary, ...]:
        with self.store.read(Actor.system()) as uow:
            return proctor.incidents_of_attempt(uow, session.attempt_id)

    def pass_time(
        self, pipeline: proctor.FramePipeline, session: proctor.SessionSummary, *, seconds: int, alive: bool
    ) -> None:
        """Seconds without frames, in which the page goes on talking or not."""
        for _ in range(seconds):
            now = self.clock.advance(1)
            if alive:
                pipeline.camera(session.id, proctor.CameraState.ON, at=now)
            pipeline.tick(now)
            assert pipeline.drain(PATIENCE)


def two_from(first: int, last: int) -> Callable[[int], int]:
    return lambda seq: 2 if first <= seq <= last else 1


@dataclass
class SlowLook:
    """A script whose first look is announced and that looks no further until it may go on."""

    looking: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    seen: list[int] = field(default_factory=list)

    def __call__(self, seq: int) -> int:
        self.seen.append(seq)
        self.looking.set()
        assert self.go_on.wait(PATIENCE)
        return 1


def seen_of(pipeline: proctor.FramePipeline, session: proctor.SessionSummary) -> proctor.LiveView:
    """What the pipeline shows of a session that it watches."""
    view = pipeline.view(session.id)
    assert view is not None
    return view
