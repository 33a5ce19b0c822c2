# SPDX-License-Identifier: Apache-2.0
"""What looking costs, on one core and without a line: run as a process of its own, which prints one JSON object.

Time is made here, so that an hour of watching takes as long as its work: the plan of looks is that of real seconds.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.blobs import BlobStore
from core.clock import FixedClock
from core.db import make_engine
from core.uow import Store
from proctor import api as proctor
from web.cli.bench_clip import moving_clip
from web.migrate import migrate
from web.wiring import read_config

BEGIN = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
LEARNERS = 4
SECONDS = 60
"""The longest period of a mode."""
PATIENCE = 120.0
REPEATS = 25
REMEMBERED = 80
"""Learners whose memory is measured."""


@dataclass(slots=True)
class Measured:
    """A detector around another: CPU-milliseconds of its thread in all looks, and by stage as the other measures them."""

    inner: proctor.Detector
    looks: int = 0
    cpu_ms: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)

    @property
    def model_sha256(self) -> str:
        return self.inner.model_sha256

    @property
    def models(self) -> Mapping[str, str]:
        return self.inner.models

    def observe(
        self, frame: Any, at: datetime, seq: int, wanted: proctor.Wanted = proctor.FACES_ONLY
    ) -> proctor.Observation:
        began = time.thread_time()
        try:
            seen = self.inner.observe(frame, at, seq, wanted)
        finally:
            self.cpu_ms += (time.thread_time() - began) * 1000
            self.looks += 1
        for stage, milliseconds in seen.ms.items():
            self.stages[stage] = self.stages.get(stage, 0.0) + milliseconds
        return seen


def main() -> None:
    """Pin to one core, measure, print."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    clip = moving_clip()
    models = read_config().models
    detector = _detector(proctor.load_live_networks(models))
    thorough = _detector(proctor.load_networks(models))
    fine = {mode: replace(periods, fine_one_in=1) for mode, periods in proctor.PERIODS.items()}
    found = {
        "stages": stages(clip, detector),
        "modes": {mode.value: watch(clip, detector, mode, proctor.PERIODS) for mode in proctor.Mode},
        "without_tricks": {mode.value: watch(clip, thorough, mode, fine) for mode in proctor.Mode},
        "everything": watch(
            clip,
            thorough,
            proctor.Mode.FULL,
            dict.fromkeys(proctor.Mode, proctor.EACH),
            learners=1,
            seconds=REPEATS,
        ),
        "memory_kb": memory(clip),
    }
    print(json.dumps(found))


def _detector(loaded: tuple[proctor.Networks, list[str]]) -> proctor.LookingDetector:
    """The detector whose stages are measured in CPU time."""
    networks, missing = loaded
    if missing:
        raise RuntimeError(f"models are missing: {missing}")
    return proctor.LookingDetector(networks, clock=time.thread_time)


def stages(clip: list[bytes], detector: proctor.LookingDetector) -> dict[str, float]:
    """CPU-milliseconds of each stage of one look at everything, median over the clip."""
    frames = [proctor.decode_jpeg(jpeg) for jpeg in clip[:REPEATS]]
    spent: dict[str, list[float]] = {}
    everything = proctor.EVERYTHING
    for number, frame in enumerate(frames):
        seen = detector.observe(frame, BEGIN, number, everything)
        for stage, milliseconds in seen.ms.items():
            spent.setdefault(stage, []).append(milliseconds)
    decoding = []
    for jpeg in clip[:REPEATS]:
        began = time.thread_time()
        proctor.decode_jpeg(jpeg)
        decoding.append((time.thread_time() - began) * 1000)
    coarsely = proctor.Wanted(coarsely=True)
    coarse = [detector.observe(frame, BEGIN, 0, coarsely).ms.get("faces", 0.0) for frame in frames]
    return {"decode": statistics.median(decoding), "faces_coarsely": statistics.median(coarse)} | {
        stage: statistics.median(values) for stage, values in spent.items()
    }


def watch(
    clip: list[bytes],
    inner: proctor.Detector,
    mode: proctor.Mode,
    periods: Mapping[proctor.Mode, proctor.Periods],
    *,
    learners: int = LEARNERS,
    seconds: int = SECONDS,
) -> dict[str, Any]:
    """A minute of the whole pipeline from the queue to the rules: CPU-milliseconds of a learner's second."""
    detector = Measured(inner)
    enrolled = inner.observe(proctor.decode_jpeg(clip[0]), BEGIN, 0, proctor.EVERYTHING).embedding
    watching = proctor.Watching(enrolled=enrolled, mode=mode, prefilter=mode is proctor.Mode.PREFILTERED)
    with _pipeline(lambda: detector, periods) as (pipeline, clock):
        names = [f"learner-{number}" for number in range(learners)]
        for name in names:
            pipeline.begin(_session(name), watching)
        spent = []
        for second in range(1, seconds + 1):
            now = clock.advance(1)
            began = time.process_time()
            for place, name in enumerate(names):
                jpeg = clip[(second + 7 * place) % len(clip)]
                asked = mode is not proctor.Mode.PREFILTERED or pipeline.claim(name, second, 1, now).wanted
                if asked:
                    pipeline.offer(name, second, jpeg, now)
            pipeline.tick(now)
            if not pipeline.drain(PATIENCE):
                raise RuntimeError("the pipeline stands still")
            spent.append((time.process_time() - began) * 1000 / learners)
        alerts = sum(len(view.open_alerts) for name in names if (view := pipeline.view(name)) is not None)
    return {
        "cpu_ms": statistics.fmean(spent),
        "looking_ms": detector.cpu_ms / learners / seconds,
        "stages": {stage: spent / learners / seconds for stage, spent in detector.stages.items()},
        "looks": detector.looks / learners / seconds,
        "alerts": alerts,
    }


def memory(clip: list[bytes], *, learners: int = REMEMBERED) -> float:
    """Kilobytes that one more learner takes: the process with so many watched, against before.

    What is remembered does not depend on how faces are found, so a detector that costs nothing serves.
    """
    detector = proctor.ScriptedDetector(lambda _frame: 1)
    before = _resident_kb()
    with _pipeline(lambda: detector, proctor.PERIODS) as (pipeline, clock):
        for number in range(learners):
            pipeline.begin(_session(f"learner-{number}"))
        for second in range(1, 14):
            now = clock.advance(1)
            for number in range(learners):
                pipeline.offer(f"learner-{number}", second, bytes(bytearray(clip[second])), now)
                if number % 2:
                    pipeline.drain(PATIENCE)
        pipeline.drain(PATIENCE)
        return (_resident_kb() - before) / learners


def _session(name: str) -> proctor.SessionSummary:
    return proctor.SessionSummary(
        id=name,
        organisation_id="bench",
        attempt_id=name,
        sitting_id="bench",
        state=proctor.SessionState.ACTIVE,
        consent_id="bench",
        photo_id=None,
        created_at=BEGIN,
        activated_at=BEGIN,
        ended_at=None,
        ended_by=None,
    )


@contextmanager
def _pipeline(
    make: Callable[[], proctor.Detector], periods: Mapping[proctor.Mode, proctor.Periods]
) -> Iterator[tuple[proctor.FramePipeline, FixedClock]]:
    """A pipeline of one worker on an empty database; only the caller makes time pass."""
    with tempfile.TemporaryDirectory(prefix="kasauti-bench-") as folder:
        clock = FixedClock(BEGIN)
        engine = make_engine(f"sqlite:///{Path(folder) / 'bench.db'}")
        migrate(engine)
        pipeline = proctor.FramePipeline(
            make,
            Store(engine, clock),
            lambda _notice: None,
            clock,
            blobs=BlobStore(str(Path(folder) / "evidence"), b"k" * 32),
            tick_seconds=3600.0,
            periods=periods,
        )
        pipeline.start()
        try:
            yield pipeline, clock
        finally:
            pipeline.stop()
            engine.dispose()


def _resident_kb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024


if __name__ == "__main__":
    main()
