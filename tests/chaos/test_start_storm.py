# SPDX-License-Identifier: Apache-2.0
"""Everybody begins at once, while others are answering: the starts get through, and no save has to wait for them."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.chaos.accounts import complaints, times
from tests.chaos.journal import Journal
from tests.chaos.learners import Learner
from tests.chaos.storm import prepare
from tests.live_server import LiveServer
from web import wiring

EARLY = 10
"""Learners who are answering already when the others come, one answer every five seconds each."""
THINK_SECONDS = 5.0


@pytest.fixture
def server(disk: Path) -> Iterator[LiveServer]:
    """Not started yet, on a folder of its own."""
    server = LiveServer(disk / f"start-storm-{time.monotonic_ns()}")
    server.var.mkdir(parents=True)
    yield server
    if server.process is not None and server.process.poll() is None:
        server.kill()


@dataclass
class Spent:
    """Seconds, by what was done."""

    starts: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{len(self.starts)} starts: p50 {statistics.median(self.starts):.2f} s, p99 {percentile(self.starts):.2f} s, "
            f"longest {max(self.starts):.2f} s; {len(self.saves)} saves meanwhile: p50 "
            f"{1000 * statistics.median(self.saves):.0f} ms, p99 {1000 * percentile(self.saves):.0f} ms, "
            f"longest {1000 * max(self.saves):.0f} ms"
        )


def percentile(values: list[float], part: float = 0.99) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def begin_all(server: LiveServer, *, learners: int, within: float) -> Spent:
    """Let them come evenly within so many seconds, each from the code to the room; then hold the database against all."""
    codes = prepare(server.var, learners=EARLY + learners)
    server.start()
    journal, spent, file = Journal(), Spent(), server.var / "kasauti.db"
    people = [Learner(server.url, code, journal, seed=seed, hasty=False) for seed, code in enumerate(codes)]
    began, pause = threading.Event(), threading.Event()
    stop = threading.Event()

    def start(place: int, person: Learner) -> None:
        began.wait()
        pause.wait(within * place / learners)
        spent.starts.append(timed(person.begin))

    def answer(place: int, person: Learner) -> None:
        pause.wait(THINK_SECONDS * place / EARLY)
        while not stop.is_set():
            spent.saves.append(timed(person.answer_one))
            stop.wait(THINK_SECONDS)

    with ThreadPoolExecutor(EARLY + learners) as crowd:
        for person in people[:EARLY]:
            person.begin()
        before = times(file)
        working = [crowd.submit(answer, *numbered) for numbered in enumerate(people[:EARLY])]
        starting = [crowd.submit(start, *numbered) for numbered in enumerate(people[EARLY:])]
        began.set()
        try:
            for one in starting:
                one.result()
        finally:
            stop.set()
        for one in working:
            one.result()
        for done in [crowd.submit(person.answer_one) for person in people]:
            done.result()
    for person in people:
        person.close()
    assert len(times(file)) >= EARLY + learners
    key = wiring.read_config({"KASAUTI_VAR": str(server.var)}).key("answer-receipt")
    assert complaints(file, journal, before=before, receipt_key=key) == []
    assert server.stop() == 0
    return spent


def timed(work: Callable[[], object]) -> float:
    at = time.monotonic()
    work()
    return time.monotonic() - at


@pytest.mark.alone
def test_a_hundred_learners_begin_within_ten_seconds_and_no_save_waits(server: LiveServer) -> None:
    spent = begin_all(server, learners=100, within=10)
    print(f"\n{spent}")
    assert percentile(spent.starts) < 15
    assert max(spent.saves) < 3  # a fraction of a second on a quiet machine


@pytest.mark.alone
@pytest.mark.battery
@pytest.mark.timeout(600)
def test_five_hundred_learners_begin_within_thirty_seconds_and_no_save_takes_a_second(
    server: LiveServer,
) -> None:
    spent = begin_all(server, learners=500, within=30)
    print(f"\n{spent}")
    assert max(spent.saves) < 1
