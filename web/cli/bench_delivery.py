# SPDX-License-Identifier: Apache-2.0
"""The figures of delivery: learners drive the production server from another process, on a real disk.

The CPU of every server process is counted by the kernel; at the end each acknowledgement is held against the database.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import statistics
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import click

from assessor import api as assessor
from core.identity import operations as identity
from core.identity.model import Role
from core.ids import secret_token
from core.uow import Actor, ActorKind, UnitOfWork
from web import demo, wiring
from web.cli.bench import Figure, figure
from web.cli.bench_accounts import Acknowledged, lost
from web.cli.bench_children import started
from web.cli.bench_learner import Learner
from web.migrate import migrate

ANSWERS = 20
CROWDS = (20, 50)
PACED = 500
PACE_SECONDS = 15.0
PACED_SECONDS = 60.0
WARM = 5
"""Learners who come first: templates are read and files pressed for them. They are printed apart."""
IDLE_SECONDS = 10.0
SHARED_MEMORY = {"tmpfs", "ramfs", "devtmpfs"}
_START_SECONDS = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """The server under measure."""

    pid: int
    port: int

    def cpu_ms(self) -> float:
        """CPU-milliseconds that the server and its children have used since they began (user and system)."""
        return sum(_ticks(pid) for pid in tree(self.pid)) * 1000 / _TICKS

    def changes(self) -> int:
        """How often its threads were put to sleep or aside: each that was not needed costs about ten microseconds."""
        return sum(map(_changes, tree(self.pid)))


@dataclass(frozen=True, slots=True)
class Crowd:
    """What a crowd of learners without think time cost: CPU and changes of thread by phase, milliseconds by kind of request."""

    learners: int
    cpu: dict[str, float]
    changes: dict[str, int]
    spent: dict[str, list[float]]


def delivery_figures() -> list[Figure]:
    """Every figure, in one run; raises a click error on tmpfs, or when an acknowledged answer is missing."""
    with tempfile.TemporaryDirectory(prefix="kasauti-bench-", dir=disk()) as folder:
        codes = prepare(Path(folder), WARM + sum(CROWDS) + PACED)
        with serving(Path(folder)) as server:
            acknowledged: list[Acknowledged] = []
            first = _crowd(server, [codes.pop() for _ in range(WARM)], acknowledged)
            idle = _idle(server)
            floor = _floor(server)
            crowds = [_crowd(server, [codes.pop() for _ in range(size)], acknowledged) for size in CROWDS]
            paced, paced_cpu = _paced(server, codes, acknowledged)
        lost = lost_answers(Path(folder), acknowledged)
    return [
        *(one for crowd in crowds for one in _of_crowd(crowd)),
        *_of_pace(paced, paced_cpu),
        figure(
            "first_learners_cpu_per_attempt",
            sum(first.cpu.values()) / first.learners,
            "CPU-ms",
            note=f"{WARM} learners on a fresh server; the crowds came after them",
        ),
        figure("idle_server", idle, "% of a core", goal=0.5, note=f"{IDLE_SECONDS:g} s without a request"),
        figure(
            "floor_of_a_request", floor, "CPU-ms", note="GET /healthz: server, routing, headers; no database"
        ),
        figure(
            "acknowledged_answers_lost",
            lost,
            "answers",
            goal=0,
            note=f"of {len(acknowledged)} acknowledged, each held against value, revision and receipt",
        ),
    ]


def _of_crowd(crowd: Crowd) -> Iterator[Figure]:
    size, name = crowd.learners, f"{crowd.learners}_learners"
    saves = size * ANSWERS
    yield figure(
        f"{name}_cpu_per_save",
        crowd.cpu["save"] / saves,
        "CPU-ms",
        goal=1.3,
        note=f"all server processes; {crowd.changes['save'] / saves:.1f} changes of thread",
    )
    yield figure(
        f"{name}_cpu_per_attempt",
        sum(crowd.cpu.values()) / size,
        "CPU-ms",
        goal=80,
        note=", ".join(
            f"{phase} {spent / size:.1f} ({crowd.changes[phase] / size:.0f} changes of thread)"
            for phase, spent in crowd.cpu.items()
        ),
    )
    for kind in ("save", "start", "submit"):
        yield from _quantiles(
            name, kind, crowd.spent[kind], goal=100 if kind == "save" and size == 50 else None
        )


def _of_pace(spent: dict[str, list[float]], cpu: float) -> Iterator[Figure]:
    name = f"{PACED}_learners_paced"
    yield figure(
        f"{name}_cpu_per_save",
        cpu / len(spent["save"]),
        "CPU-ms",
        note=f"one answer per {PACE_SECONDS:g} s each",
    )
    for kind in ("save", "start", "submit"):
        yield from _quantiles(name, kind, spent[kind], goal=50 if kind == "save" else None)


def _quantiles(name: str, kind: str, spent: Sequence[float], *, goal: float | None) -> Iterator[Figure]:
    cuts = statistics.quantiles(spent, n=100, method="inclusive")
    for place in (50, 95, 99):
        yield figure(
            f"{name}_{kind}_p{place}",
            cuts[place - 1],
            "ms",
            goal=goal if place == 99 else None,
            note=f"{len(spent)} requests",
        )


# --------------------------------------------------------------------------------------------------- the load


def _crowd(server: Server, codes: Sequence[str], acknowledged: list[Acknowledged]) -> Crowd:
    """All of them through the whole attempt, in step: phase by phase, without think time."""
    spent: dict[str, list[float]] = {}
    cpu: dict[str, float] = {}
    changes: dict[str, int] = {}
    learners = _learners(server, codes, spent)

    async def answer(learner: Learner) -> None:
        for _ in range(ANSWERS):
            await learner.save()

    phases: dict[str, Callable[[Learner], Awaitable[None]]] = {
        "sign_in": Learner.come_in,
        "start": Learner.start,
        "save": answer,
        "submit": Learner.hand_in,
    }

    async def drive() -> None:
        for phase, act in phases.items():
            before, changed = server.cpu_ms(), server.changes()
            await asyncio.gather(*(act(learner) for learner in learners))
            cpu[phase], changes[phase] = server.cpu_ms() - before, server.changes() - changed

    asyncio.run(drive())
    acknowledged.extend(one for learner in learners for one in learner.acknowledged)
    return Crowd(len(learners), cpu, changes, spent)


def _paced(
    server: Server, codes: Sequence[str], acknowledged: list[Acknowledged]
) -> tuple[dict[str, list[float]], float]:
    """A hall: all start within half a minute, then one answer each in fifteen seconds, then all hand in."""
    spent: dict[str, list[float]] = {}
    learners = _learners(server, codes, spent)
    cpu = 0.0

    async def begin(learner: Learner) -> None:
        await asyncio.sleep(30 * learner.number / len(learners))
        await learner.come_in()
        await learner.start()

    async def end(learner: Learner) -> None:
        await asyncio.sleep(20 * learner.number / len(learners))
        await learner.hand_in()

    async def drive() -> None:
        nonlocal cpu
        await asyncio.gather(*map(begin, learners))
        before = server.cpu_ms()
        await asyncio.gather(
            *(one.save_each(PACED_SECONDS, period=PACE_SECONDS, seed=one.number) for one in learners)
        )
        cpu = server.cpu_ms() - before
        await asyncio.gather(*map(end, learners))

    asyncio.run(drive())
    acknowledged.extend(one for learner in learners for one in learner.acknowledged)
    return spent, cpu


def _idle(server: Server) -> float:
    """The percentage of a core that a server takes of which nobody asks anything."""
    time.sleep(1.0)  # what the last crowd left to do
    before = server.cpu_ms()
    time.sleep(IDLE_SECONDS)
    return (server.cpu_ms() - before) / (IDLE_SECONDS * 10)


def _floor(server: Server, requests: int = 1000) -> float:
    learner = Learner(server.port, "", 0, {})

    async def drive() -> None:
        for _ in range(requests):
            await learner.fetch("/healthz", "floor")
        learner.close()

    before = server.cpu_ms()
    asyncio.run(drive())
    return (server.cpu_ms() - before) / requests


def _learners(server: Server, codes: Sequence[str], spent: dict[str, list[float]]) -> list[Learner]:
    return [Learner(server.port, code, number, spent) for number, code in enumerate(codes)]


# ------------------------------------------------------------------------------------------------- the server


def prepare(folder: Path, learners: int) -> list[str]:
    """The sample with one more sitting for all learners; their codes. Leaves the secret for the server in its folder."""
    config = wiring.read_config({**environment(folder, 0), "KASAUTI_MODE": "development"})
    parts = wiring.build(config)
    migrate(parts.engine)
    demo.fill(parts)
    with parts.store.write(Actor.system()) as uow:
        uow.actor = manager(uow)
        agency = uow.actor.organisation_id or ""
        batch = assessor.batch_overviews(uow, organisation_id=agency)[0].batch
        plan = assessor.SittingPlan(
            opens_at=uow.now,
            closes_at=uow.now + timedelta(hours=6),
            time_zone="Asia/Kolkata",
            place="Bench",
            proctored=False,
        )
        sitting = assessor.schedule_sitting(uow, batch.id, organisation_id=agency, plan=plan)
        codes = [
            assessor.enrol(
                uow,
                sitting.id,
                organisation_id=agency,
                candidate=assessor.CandidatePlan(
                    name=f"Learner {number}", language=assessor.Language.ENGLISH
                ),
                approval=assessor.Approval(entry_requirement_met=True),
                pepper=parts.code_pepper,
            ).code
            for number in range(learners)
        ]
    parts.engine.dispose()
    return codes


def manager(uow: UnitOfWork) -> Actor:
    """The manager of the sample's agency."""
    listed = next(person for person in demo.STAFF if person.role is Role.MANAGER)
    person = identity.check_password(uow, email=listed.email, password=demo.PASSWORD)
    if person is None:
        raise click.ClickException("the sample has no manager")
    return Actor(ActorKind.PERSON, person.id, person.organisation_id, person.roles)


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """`kasauti serve` in production, ended when the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = environment(folder, port)
    with (
        (folder / "server.log").open("wb") as log,
        started([sys.executable, "-m", "web", "serve"], settings=settings, log=log) as process,
    ):
        try:
            began = time.monotonic()
            while not answers(port):
                if process.poll() is not None or time.monotonic() - began > _START_SECONDS:
                    raise click.ClickException((folder / "server.log").read_text(errors="replace")[-2000:])
                time.sleep(0.05)
            yield Server(process.pid, port)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def environment(folder: Path, port: int) -> dict[str, str]:
    """The settings of a production server whose data lie in a folder."""
    secret = folder / "bench.key"
    if not secret.exists():
        secret.write_text(secret_token(48), encoding="ascii")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("KASAUTI_")
        or name in ("KASAUTI_MODELS", "KASAUTI_BROWSER", "KASAUTI_DATABASE")
    }
    return {
        **kept,
        "KASAUTI_MODE": "production",
        "KASAUTI_VAR": str(folder / "var"),
        "KASAUTI_PORT": str(port),
        "KASAUTI_SECRET_KEY": secret.read_text(encoding="ascii"),
    }


def answers(port: int) -> bool:
    """Whether a server is there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def lost_answers(folder: Path, acknowledged: Sequence[Acknowledged]) -> int:
    """How many acknowledged answers the database does not hold as they were sent and acknowledged."""
    parts = wiring.build(wiring.read_config(environment(folder, 0)))
    with parts.engine.connect() as db:
        missing = lost(db, acknowledged, receipt_key=parts.receipt_key)
    parts.engine.dispose()
    return missing


def tree(pid: int) -> list[int]:
    """A process and all that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(found for child in children for found in tree(int(child)))]


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _changes(pid: int) -> int:
    counted = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        with suppress(OSError):  # a thread that has just ended
            counted += sum(
                int(line.split()[1])
                for line in status.read_text("utf-8").splitlines()
                if "ctxt_switches" in line
            )
    return counted


def disk() -> Path:
    """A folder on a real disk for the data; raises a click error where there is none."""
    for folder in (Path(tempfile.gettempdir()), Path.cwd()):
        if _file_system(folder) not in SHARED_MEMORY:
            return folder
    raise click.ClickException("The bench needs a real disk: name a folder on one with TMPDIR.")


def _file_system(folder: Path) -> str:
    best, kind = "", ""
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        _, place, found, *_ = line.split()
        inside = (
            place == "/" or str(folder.resolve()).startswith(place.rstrip("/") + "/") or str(folder) == place
        )
        if inside and len(place) >= len(best):
            best, kind = place, found
    return kind
