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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from core.uow import Actor
from proctor import api as proctor
from web import wiring
from web.cli import bench_delivery as delivery
from web.cli.bench import Figure, figure
from web.cli.bench_accounts import Acknowledged
from web.cli.bench_children import end_with_the_parent, started
from web.cli.bench_clip import empty_clip, moving_clip
from web.cli.bench_learner import Learner
from web.cli.bench_proctor_figures import GOALS, Watched, of_mode, of_stages, p99
from web.cli.bench_streamer import Streamer

MOST = 300
WARM_SECONDS = 4.0
DRAIN_SECONDS = 3.0
"""Two pictures of each learner may wait: so long it takes at most until all are looked at, so that none is counted as looked
at that waits.
"""
LOADED_SECONDS = 18.0
FILL_SECONDS = 8.0
"""Until queues are as full as the load makes them, before anybody leaves."""
GONE_SECONDS = 12.0
LEAVING_ONE_IN = {"full": 5, "economy": 5, "prefiltered": 30}
"""Of so many learners one leaves the camera at the end of a run, all in the same second. Who is gone is looked at in full, also
when pre-filtered: there one in 20 fills the core.
"""
SAVING = 100
SAVING_SECONDS = 45.0
START_SECONDS = 60.0
END_SECONDS = 30.0
SPARE_THREADS = 64
"""Every open channel holds a thread of the server's, and its default is below MOST."""
LOOKING_SECONDS = 450.0


def proctor_figures() -> list[Figure]:
    """Every figure, in one run."""
    looking = _looking()
    figures = list(of_stages(looking))
    with tempfile.TemporaryDirectory(prefix="kasauti-bench-", dir=delivery.disk()) as name:
        folder = Path(name)
        codes = delivery.prepare(folder, MOST)
        learners = admitted(folder, codes)
        for mode, goal in GOALS.items():
            figures += of_mode(mode, looking, _watched(folder, mode, learners[:goal], LOADED_SECONDS))
        figures += _of_saves(folder, learners[:SAVING])
    return figures


def _of_saves(folder: Path, learners: Sequence[Learner]) -> Iterator[Figure]:
    """Answers while everybody streams in economy mode, on all cores."""
    spent: dict[str, list[float]] = {}
    acknowledged: list[Acknowledged] = []
    failed: list[BaseException] = []
    with serving(folder, "economy", cores=None) as server:
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
        p99(saves),
        "ms",
        goal=50,
        note=f"{len(saves)} answers, median {statistics.median(saves):.1f} ms, economy mode, {os.cpu_count()} cores; "
        f"learners who gave up {len(failed)}, lines broken {sum(one.broken is not None for one in streamers)}",
    )
    yield figure("acknowledged_answers_lost", delivery.lost_answers(folder, acknowledged), "answers", goal=0)


# --------------------------------------------------------------------------------------------------- the runs


def _watched(folder: Path, mode: str, learners: Sequence[Learner], seconds: float) -> Watched:
    """Everybody streams for a while; afterwards some leave the camera while the others go on."""
    first = min(os.sched_getaffinity(0))
    with serving(folder, mode, cores={first}) as server:
        for learner in learners:
            learner.port = server.port
        streamers = _streamers(learners, claims=mode == "prefiltered")
        nobody = empty_clip()
        cpu, share, looked, sent = 0.0, 0.0, 1.0, 0

        async def drive() -> None:
            nonlocal cpu, share, looked, sent
            await asyncio.gather(*(one.connect() for one in streamers))
            await _stream(streamers, WARM_SECONDS)
            await asyncio.sleep(DRAIN_SECONDS)
            before, lost = server.cpu_ms(), sum(one.dropped for one in streamers)
            began = time.monotonic()
            await _stream(streamers, seconds)
            share = (server.cpu_ms() - before) / 1000 / (time.monotonic() - began)
            sent = sum(one.sent - one.since for one in streamers)
            await asyncio.sleep(DRAIN_SECONDS)
            cpu = server.cpu_ms() - before
            looked = 1 - (sum(one.dropped for one in streamers) - lost) / max(sent, 1)
            await _stream(streamers, FILL_SECONDS)
            for one in streamers[:: LEAVING_ONE_IN[mode]]:
                one.clip, one.faces = nobody, 0
            await _stream(streamers, GONE_SECONDS)
            await asyncio.sleep(DRAIN_SECONDS)
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
        cpu_ms=cpu / max(sent, 1),
        core_share=share,
        looked_share=looked,
        memory_mb=memory,
        line_ms=[1000 * one for streamer in streamers for one in streamer.seconds],
        alerts=alerts,
        refused=refused,
        broken=sum(one.broken is not None for one in streamers),
    )


async def _stream(streamers: Sequence[Streamer], seconds: float) -> None:
    for one in streamers:
        one.begin_again()
    await asyncio.gather(*(one.stream(seconds) for one in streamers))


def _streamers(learners: Sequence[Learner], *, claims: bool) -> list[Streamer]:
    clip = moving_clip()
    return [Streamer(learner, clip, claims=claims) for learner in learners]


def admitted(folder: Path, codes: Sequence[str]) -> list[Learner]:
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
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=LOOKING_SECONDS,
            preexec_fn=end_with_the_parent,
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
def serving(
    folder: Path, mode: str, *, cores: set[int] | None, more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[WatchingServer]:
    """The production server with everybody watched in this mode, on these cores; ended when the block ends.

    `more` are further settings.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    face, alerts = folder / "face.jpg", folder / f"alerts-{time.monotonic_ns()}.txt"
    face.write_bytes(moving_clip(frames=1)[0])
    settings = {**delivery.environment(folder, port), "KASAUTI_THREADS": str(MOST + SPARE_THREADS), **more}
    command = [sys.executable, "-m", "web.cli.bench_watched_server", mode, str(face), str(alerts)]
    with (
        (folder / "server.log").open("wb") as log,
        started(command, settings=settings, log=log) as process,
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
