# SPDX-License-Identifier: Apache-2.0
"""From what the runs of the proctoring bench measured to its figures. Pure: nothing is run here."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from proctor import api as proctor
from web.cli.bench import Figure, figure

GOALS = {"full": 60, "economy": 150, "prefiltered": 300}
NO_ALERT_MS = 12_000.0
"""What stands for the delay where no alert came while it was waited for."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a run showed: CPU-milliseconds of a picture sent, the share of them looked at, alerts by rule with their delay.

    `core_share` is how much of a core the server used; `broken` are lines that ended too early.
    """

    learners: int
    cpu_ms: float
    core_share: float
    looked_share: float
    memory_mb: float
    line_ms: list[float]
    alerts: list[tuple[str, float]]
    refused: dict[str, int]
    broken: int

    @property
    def faults(self) -> str:
        """What went wrong, in words."""
        refused = ", ".join(f"{code} {times}" for code, times in sorted(self.refused.items()))
        return f"refused {refused or 0}, lines broken {self.broken}"


def of_stages(looking: Mapping[str, Any]) -> Iterator[Figure]:
    """What each look costs, what all on every frame would, the least that each mode can cost, and a learner's memory."""
    for stage, milliseconds in looking["stages"].items():
        yield figure(f"stage_{stage}", milliseconds, "CPU-ms", note="one look, 320x240, one thread, median")
    bare = looking["everything"]["cpu_ms"]
    yield figure(
        "every_network_on_every_frame",
        bare,
        "CPU-ms",
        note=f"a learner's second, {1000 / bare:.0f} learners on a core, the line not counted",
    )
    for mode in proctor.Mode:
        parts = floor_of(mode, looking["stages"])
        whole = sum(parts.values())
        yield figure(
            f"{mode.value}_floor",
            whole,
            "CPU-ms",
            note=f"{1000 / whole:.0f} learners on a core if line and rules cost nothing: {_listed(parts)}",
        )
    yield figure(
        "memory_per_learner",
        looking["memory_kb"],
        "KB",
        note="80 learners watched in one process, against none; the line's threads not counted",
    )


def floor_of(mode: proctor.Mode, stages: Mapping[str, float]) -> dict[str, float]:
    """CPU-milliseconds of a learner's second by stage: each look at its period, nothing else."""
    periods = proctor.PERIODS[mode]
    frames = 1 / proctor.AUDITED_ONE_IN if mode is proctor.Mode.PREFILTERED else 1.0
    fine = frames / periods.fine_one_in
    times = {
        "decode": frames,
        "tamper": frames,
        "faces": fine,
        "faces_coarsely": frames - fine,
        "second_opinion": frames / periods.second_one_in,
        "mesh": 1 / periods.mesh if periods.mesh else frames,
        "pose": 1 / periods.mesh if periods.mesh else frames,
        "iris": 1 / periods.gaze,
        "identity": 1 / periods.identity,
        "objects": 1 / periods.objects,
    }
    return {stage: stages[stage] * often for stage, often in times.items() if stage in stages and often}


def of_mode(mode: str, found: Mapping[str, Any], run: Watched) -> Iterator[Figure]:
    """Learners on a core with the tricks and without, how late alerts were, how late answers to pictures."""
    looking, bare = found["modes"][mode], found["without_tricks"][mode]
    # A picture that was let go has cost its way here and no look: a learner's second without loss is both.
    line = max(0.0, run.cpu_ms - run.looked_share * looking["cpu_ms"])
    whole = line + looking["cpu_ms"] if run.looked_share < 1 else run.cpu_ms
    folding = looking["cpu_ms"] - looking["looking_ms"]
    parts = {**looking["stages"], "decoding and rules": folding, "line": line}
    yield figure(
        f"{mode}_learners_per_core",
        1000 / whole,
        "learners",
        goal=GOALS[mode],
        at_least=True,
        note=f"{whole:.2f} CPU-ms a learner's second from socket to alert, {run.learners} learners at "
        f"{run.core_share:.0%} of a core, {run.looked_share:.0%} of the frames looked at; {run.faults}",
    )
    shared = sum(parts.values())
    yield figure(
        f"{mode}_share_of_networks",
        100 * sum(looking["stages"].values()) / shared,
        "%",
        note=_listed({name: 100 * spent / shared for name, spent in parts.items()}, unit=" %"),
    )
    yield figure(
        f"{mode}_learners_per_core_without_tricks",
        1000 / (bare["cpu_ms"] + line),
        "learners",
        note=f"no smaller pictures and no coarse looks: {bare['cpu_ms'] + line:.2f} CPU-ms a learner's second",
    )
    late = sorted(milliseconds for rule, milliseconds in run.alerts if rule == "face_gone")
    others = sorted({rule for rule, _ in run.alerts} - {"face_gone"})
    yield figure(
        f"{mode}_alert_latency_p95",
        late[int(0.95 * (len(late) - 1))] if late else NO_ALERT_MS,
        "ms",
        goal=2000,
        note=f"{len(late)} alerts of {run.learners} learners; "
        f"other alerts {len(run.alerts) - len(late)}{''.join(f' {rule}' for rule in others)}; "
        f"server {run.memory_mb:.0f} MB",
    )
    if run.line_ms:
        yield figure(
            f"{mode}_frame_answered_p99",
            p99(run.line_ms),
            "ms",
            note=f"{len(run.line_ms)} frames, from sending to acknowledgement",
        )


def p99(milliseconds: list[float]) -> float:
    """The 99th percentile; of a single one itself."""
    if len(milliseconds) < 2:
        return milliseconds[0]
    return statistics.quantiles(milliseconds, n=100, method="inclusive")[98]


def _listed(parts: Mapping[str, float], *, unit: str = "") -> str:
    """The parts, the largest first."""
    largest = sorted(parts.items(), key=lambda one: -one[1])
    return ", ".join(f"{name.replace('_', ' ')} {spent:.2g}{unit}" for name, spent in largest)
