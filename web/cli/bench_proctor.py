# SPDX-License-Identifier: Apache-2.0
"""The figures of proctoring: learners stream pictures over real sockets to the production server on one core.

What looking costs without a line is measured by a process of its own (`bench_looking`); both take minutes. A quiet machine of
two cores is needed for fair times: one for the server, one for the learners; CPU times hold on a busy one too. A line that
breaks is counted and the run goes on.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from core.uow import Actor
from proctor import api as proctor
from web import wiring
from web.cli import bench_delivery as delivery
from web.cli.bench import Figure, figure
from web.cli.bench_accounts import Acknowledged
from web.cli.bench_clip import empty_clip, moving_clip
from web.cli.bench_learner import Learner
from web.cli.bench_streamer import Streamer

GOALS = {"full": 60, "economy": 150, "prefiltered": 300}
LIGHT = 20
"""Learners of the run that finds out what one costs."""
MOST = 300
LIGHT_SECONDS = 24.0
LOADED_SECONDS = 10.0
GONE_SECONDS = 12.0
LEAVING_ONE_IN = 5
"""Of so many learners one leaves the camera at the end of a loaded run."""
SAVING = 100
SAVING_SECONDS = 45.0
START_SECONDS = 60.0
END_SECONDS = 30.0
SPARE_THREADS = 64
"""Every open channel holds a thread of the server's, and its default is below MOST."""
LOOKING_SECONDS = 450.0


@dataclass(frozen=True, slots=True)
class Watched:
    """What a run showed: CPU-milliseconds of a picture sent, the share of them that was looked at, alerts by rule.

    Where frames were let go, those looked at stand for all: the CPU is that of a learner's second without loss.
    `broken` are lines that ended too early.
    """

    learners: int
    cpu_ms: float
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


def proctor_figures() -> list[Figure]:
    """Every figure, in one run."""
    looking = _looking()
    figures = list(_of_stages(looking))
    with tempfile.TemporaryDirectory(prefix="kasauti-bench-", dir=delivery.disk()) as name:
        folder = Path(name)
        codes = delivery.prepare(folder, MOST)
        learners = _admitted(folder, codes)
        for mode, goal in GOALS.items():
            light = _watched(folder, mode, learners[:LIGHT], LIGHT_SECONDS, gone=False)
            loaded = _watched(folder, mode, learners[:goal], LOADED_SECONDS, gone=True)
            figures += _of_mode(mode, looking, light, loaded)
        figures += _of_saves(folder, learners[:SAVING])
    return figures


def _of_stages(looking: dict[str, Any]) -> Iterator[Figure]:
    for stage, milliseconds in looking["stages"].items():
        yield figure(f"stage_{stage}", milliseconds, "CPU-ms", note="one look, 320x240, one thread, median")
    bare = looking["everything"]["cpu_ms"]
    yield figure(
        "every_network_on_every_frame",
        bare,
        "CPU-ms",
        note=f"a learner's second, {1000 / bare:.0f} learners on a core, the line not counted",
    )
    yield figure(
        "memory_per_learner",
        looking["memory_kb"],
        "KB",
        note="80 learners watched in one process, against none; the line's threads not counted",
    )


def _of_mode(mode: str, found: dict[str, Any], light: Watched, loaded: Watched) -> Iterator[Figure]:
    looking, bare = found["modes"][mode], found["without_tricks"][mode]
    line = max(0.0, light.cpu_ms - looking["cpu_ms"])
    folding = looking["cpu_ms"] - looking["looking_ms"]
    parts = {**looking["stages"], "decoding and rules": folding, "line": line}
    whole = sum(parts.values())
    yield figure(
        f"{mode}_learners_per_core",
        1000 / light.cpu_ms,
        "learners",
        goal=GOALS[mode],
        at_least=True,
        note=f"{light.cpu_ms:.2f} CPU-ms a learner's second from socket to alert, {light.learners} learners: "
        + ", ".join(
            f"{name} {spent / whole:.0%}" for name, spent in sorted(parts.items(), key=lambda one: -one[1])
        )
        + f"; {light.looked_share:.0%} of the frames looked at, {light.faults}",
    )
    yield figure(
        f"{mode}_learners_per_core_without_tricks",
        1000 / (bare["cpu_ms"] + line),
        "learners",
        note=f"no smaller pictures and no coarse looks: {bare['cpu_ms'] + line:.2f} CPU-ms a learner's second",
    )
    late = sorted(milliseconds for rule, milliseconds in loaded.alerts if rule == "face_gone")
    yield figure(
        f"{mode}_alert_latency_p95",
        late[int(0.95 * (len(late) - 1))] if late else GONE_SECONDS * 1000,  # no alert came
        "ms",
        goal=2000,
        note=f"{len(late)} alerts of {loaded.learners} learners at {loaded.cpu_ms * loaded.learners / 10:.0f} % "
        f"of a core, {loaded.looked_share:.0%} of the frames looked at; "
        f"other alerts {len(loaded.alerts) - len(late)}; {loaded.faults}; server {loaded.memory_mb:.0f} MB",
    )
    if loaded.line_ms:
        yield figure(
            f"{mode}_frame_answered_p99",
            statistics.quantiles(loaded.line_ms, n=100, method="inclusive")[98],
            "ms",
            note=f"{len(loaded.line_ms)} frames, from sending to acknowledgement",
        )


def _of_saves(folder: Path, learners: Sequence[Learner]) -> Iterator[Figure]:
    """Answers while everybody streams in economy mode, on all cores."""
    spent: dict[str, list[float]] = {}
    acknowledged: list[Acknowledged] = []
    failed: list[BaseException] = []
    with _serving(folder, "economy", cores=None) as server:
        for learner in learners:
            learner.spent, learner.port = spent, server.port
        streamers = _streamers(learners, claims=False)

        async def drive() -> None:
            await asyncio.gather(*(one.connect() for one in streamers))
            ended = await asyncio.gather(
                *(one.stream(SAVING_SECONDS) for one in streamers),
                *(
                    one.save_each(SAVING_SECONDS, period=delivery.PACE_SECONDS, seed=one.number)
                    for one in learners
                ),
                return_exceptions=True,
            )
            failed.extend(one for one in ended if one is not None)

        asyncio.run(drive())
        acknowledged.extend(one for learner in learners for one in learner.acknowledged)
    saves = spent["save"]
    yield figure(
        f"save_p99_while_{len(learners)}_stream",
        statistics.quantiles(saves, n=100, method="inclusive")[98],
        "ms",
        goal=50,
        note=f"{len(saves)} answers, median {statistics.median(saves):.1f} ms, economy mode, {os.cpu_count()} cores; "
        f"learners who gave up {len(failed)}, lines broken {sum(one.broken is not None for one in streamers)}",
    )
    yield figure("acknowledged_answers_lost", delivery.lost_answers(folder, acknowledged), "answers", goal=0)


# --------------------------------------------------------------------------------------------------- the runs


def _watched(folder: Path, mode: str, learners: Sequence[Learner], seconds: float, *, gone: bool) -> Watched:
    """Everybody streams for a while; with `gone`, some leave the camera afterwards while the others go on."""
    first = min(os.sched_getaffinity(0))
    with _serving(folder, mode, cores={first}) as server:
        for learner in learners:
            learner.port = server.port
        streamers = _streamers(learners, claims=mode == "prefiltered")
        nobody = empty_clip()
        cpu, looked, sent = 0.0, 1.0, 0

        async def drive() -> None:
            nonlocal cpu, looked, sent
            await asyncio.gather(*(one.connect() for one in streamers))
            await asyncio.gather(*(one.stream(2) for one in streamers))
            _again(streamers)
            before, lost = server.cpu_ms(), sum(one.dropped for one in streamers)
            await asyncio.gather(*(one.stream(seconds) for one in streamers))
            cpu, sent = server.cpu_ms() - before, sum(one.sent - one.since for one in streamers)
            looked = 1 - (sum(one.dropped for one in streamers) - lost) / max(sent, 1)
            if gone:
                _again(streamers)
                for one in streamers[::LEAVING_ONE_IN]:
                    one.clip, one.faces = nobody, 0
                await asyncio.gather(*(one.stream(GONE_SECONDS) for one in streamers))
                await asyncio.sleep(2)
            for one in streamers:
                one.close()

        with _on_other_cores(first):
            asyncio.run(drive())
        memory = server.memory_mb()
    told = server.alerts.read_text(encoding="ascii").split("\n") if server.alerts.exists() else []
    alerts = [(line.split()[0], float(line.split()[1])) for line in told if line]
    refused: dict[str, int] = {}
    for one in streamers:
        for code, times in one.refused.items():
            refused[code] = refused.get(code, 0) + times
    return Watched(
        learners=len(learners),
        cpu_ms=cpu / max(sent, 1) / max(looked, 0.01),
        looked_share=looked,
        memory_mb=memory,
        line_ms=[1000 * one for streamer in streamers for one in streamer.seconds],
        alerts=alerts,
        refused=refused,
        broken=sum(one.broken is not None for one in streamers),
    )


def _again(streamers: Sequence[Streamer]) -> None:
    for one in streamers:
        one.begin_again()


def _streamers(learners: Sequence[Learner], *, claims: bool) -> list[Streamer]:
    clip = moving_clip()
    return [Streamer(learner, clip, claims=claims) for learner in learners]


def _admitted(folder: Path, codes: Sequence[str]) -> list[Learner]:
    """Learners whose test runs and whose camera is watched, as the server will find when it starts anew."""
    spent: dict[str, list[float]] = {}
    with delivery.serving(folder) as server:
        learners = [Learner(server.port, code, number, spent) for number, code in enumerate(codes)]

        async def drive() -> None:
            for some in range(0, len(learners), 10):
                for act in (Learner.come_in, Learner.start):
                    await asyncio.gather(*(act(one) for one in learners[some : some + 10]))
            for one in learners:
                one.close()

        asyncio.run(drive())
    parts = wiring.build(wiring.read_config(delivery.environment(folder, 0)))
    face = moving_clip(frames=1)[0]
    frame = proctor.CapturedFrame(0, parts.clock.now(), face)
    photo = proctor.CheckedPhoto(frame, proctor.Face(proctor.Box(100, 40, 70, 70), 0.9), "0" * 64)
    with parts.store.write(Actor.system()) as uow:
        agency = delivery.manager(uow).organisation_id or ""
        for learner in learners:
            opened = proctor.open_session(uow, learner.attempt, organisation_id=agency, sitting_id="bench")
            proctor.record_consent_reference(uow, opened.id, consent_id="bench")
            proctor.store_identity_photo(uow, opened.id, photo=photo, blobs=parts.blobs)
            proctor.activate_session(uow, opened.id)
    parts.engine.dispose()
    return learners


def _looking() -> dict[str, Any]:
    command = [sys.executable, "-m", "web.cli.bench_looking"]
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            command, capture_output=True, text=True, check=False, timeout=LOOKING_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise click.ClickException(
            "The machine is too busy to measure looking: try when it is quiet."
        ) from error
    if done.returncode:
        raise click.ClickException(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


# ------------------------------------------------------------------------------------------------- the server


@dataclass(frozen=True, slots=True)
class WatchingServer(delivery.Server):
    """The server under measure, and the file of its alerts."""

    alerts: Path

    def memory_mb(self) -> float:
        """Resident megabytes of all its processes."""
        pages = sum(
            int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
            for pid in delivery.tree(self.pid)
        )
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def _serving(folder: Path, mode: str, *, cores: set[int] | None) -> Iterator[WatchingServer]:
    """The production server with everybody watched in this mode, on these cores; ended when the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    face, alerts = folder / "face.jpg", folder / f"alerts-{time.monotonic_ns()}.txt"
    face.write_bytes(moving_clip(frames=1)[0])
    settings = {**delivery.environment(folder, port), "KASAUTI_THREADS": str(MOST + SPARE_THREADS)}
    command = [sys.executable, "-m", "web.cli.bench_watched_server", mode, str(face), str(alerts)]
    with (
        (folder / "server.log").open("wb") as log,
        subprocess.Popen(  # noqa: S603 - our own command
            command, env=settings, stdout=log, stderr=log
        ) as process,
    ):
        if cores is not None:
            os.sched_setaffinity(process.pid, cores)
        try:
            began = time.monotonic()
            while not delivery.answers(port):
                if process.poll() is not None or time.monotonic() - began > START_SECONDS:
                    raise click.ClickException((folder / "server.log").read_text(errors="replace")[-2000:])
                time.sleep(0.05)
            yield WatchingServer(process.pid, port, alerts)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def _on_other_cores(taken: int) -> Iterator[None]:
    """Drive the learners from the cores that the server has not."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, before - {taken} or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
