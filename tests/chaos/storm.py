# SPDX-License-Identifier: Apache-2.0
"""A storm: learners answer over HTTP while the server is killed under them, again and again."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select

from assessor import api as assessor
from assessor.scheduling.tables import BatchRow, SittingRow
from core.config import Config
from core.uow import Actor
from tests.chaos.accounts import Times, times
from tests.chaos.copies import copy_down
from tests.chaos.journal import Journal
from tests.chaos.learners import Learner
from tests.live_server import LiveServer, children_of
from web import demo, wiring
from web.migrate import migrate

PATIENCE_SECONDS = 60.0
BUFFERED_SECONDS = 0.2
"""An answer may still lie in a learner's socket when the server is dead; no server starts faster than this."""


class Blow(StrEnum):
    """Whom SIGKILL hits."""

    SERVER = "server"
    """The parent and its worker at once."""
    WORKER = "worker"
    """The worker alone; its parent starts another."""
    PARENT = "parent"
    """The parent alone; the worker must not outlive it."""


@dataclass
class Aftermath:
    """What a storm leaves."""

    folder: Path
    journal: Journal
    before: dict[str, Times]
    """Starts and deadlines before the first blow."""
    after_each_blow: list[dict[str, Times]] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)
    """Seconds from each blow to the next acknowledged answer."""
    log: str = ""

    @property
    def database(self) -> Path:
        return self.folder / "kasauti.db"

    @property
    def config(self) -> Config:
        return wiring.read_config({"KASAUTI_VAR": str(self.folder)})

    @property
    def receipt_key(self) -> bytes:
        return self.config.key("answer-receipt")


def prepare(folder: Path, *, learners: int, database: str = "") -> list[str]:
    """A database with the sample data and so many more learners without a camera; their access codes."""
    settings = {"KASAUTI_VAR": str(folder), **({"KASAUTI_DATABASE": database} if database else {})}
    parts = wiring.build(wiring.read_config(settings))
    migrate(parts.engine)
    demo.fill(parts)
    with parts.store.write(Actor.system()) as uow:
        sitting_id, agency_id = uow.db.execute(
            select(SittingRow.id, BatchRow.agency_id)
            .join(BatchRow, BatchRow.id == SittingRow.batch_id)
            .where(SittingRow.proctored.is_(False))
        ).one()
        codes = [
            assessor.enrol(
                uow,
                sitting_id,
                organisation_id=agency_id,
                candidate=assessor.CandidatePlan(name=f"Learner {number}", language=assessor.Language("en")),
                approval=assessor.Approval(entry_requirement_met=True),
                pepper=parts.code_pepper,
                extra_minutes=number % 3 * 10,
            ).code
            for number in range(learners)
        ]
    parts.engine.dispose()
    return codes


def rage(
    folder: Path,
    *,
    learners: int,
    blows: Sequence[Blow],
    acknowledged_between: int,
    seed: int,
    database: str = "",
) -> Aftermath:
    """Let the learners sit the test under the blows, hand in, and end the server as Ctrl-C does."""
    codes = prepare(folder, learners=learners, database=database)
    server, journal = LiveServer(folder), Journal()
    if database:
        server.settings = {"KASAUTI_DATABASE": database}

    def stored() -> dict[str, Times]:
        if not database:
            return times(folder / "kasauti.db")
        file = folder / f"copy-{time.monotonic_ns()}.db"
        return times(copy_down(database, file))

    server.start()
    chance = random.Random(seed)
    people = [
        Learner(server.url, code, journal, seed=seed + number, hasty=number % 3 == 0)
        for number, code in enumerate(codes)
    ]
    stop = threading.Event()
    try:
        with ThreadPoolExecutor(learners) as crowd:
            _all(crowd, [person.begin for person in people])
            after = Aftermath(folder, journal, stored())
            working = [crowd.submit(person.answer_until, stop) for person in people]
            try:
                for blow in blows:
                    assert journal.wait_for_more(
                        chance.randint(acknowledged_between, 2 * acknowledged_between),
                        seconds=PATIENCE_SECONDS,
                    ), "the learners' answers do not get through"
                    struck_at = strike(server, blow)
                    assert journal.wait_for_more(1, seconds=PATIENCE_SECONDS), f"no recovery from {blow}"
                    journal.wait_for_more(learners, seconds=PATIENCE_SECONDS)
                    after.recoveries.append(journal.first_after(struck_at + BUFFERED_SECONDS) - struck_at)
                    after.after_each_blow.append(stored())
            finally:
                stop.set()
                for work in working:
                    work.result()
            _all(crowd, [person.answer_each_once for person in people])
            _all(crowd, [person.hand_in for person in people])
        after.log = server.log()
        if database:
            copy_down(database, after.database)
        assert server.stop() == 0
    finally:
        for person in people:
            person.close()
        if server.process is not None and server.process.poll() is None:
            server.kill()
        journal.write(folder / "journal.json")
    return after


@contextmanager
def sitting(
    url: str,
    codes: Sequence[str],
    journal: Journal,
    *,
    seed: int,
    on_begun: Callable[[], None] = lambda: None,
) -> Iterator[list[Learner]]:
    """Learners who answer as long as the block lasts; then each answers every item once more and hands in."""
    people = [
        Learner(url, code, journal, seed=seed + number, hasty=number % 3 == 0)
        for number, code in enumerate(codes)
    ]
    stop = threading.Event()
    try:
        with ThreadPoolExecutor(len(people)) as crowd:
            _all(crowd, [person.begin for person in people])
            on_begun()
            working = [crowd.submit(person.answer_until, stop) for person in people]
            try:
                yield people
            finally:
                stop.set()
                for work in working:
                    work.result()
            _all(crowd, [person.answer_each_once for person in people])
            _all(crowd, [person.hand_in for person in people])
    finally:
        for person in people:
            person.close()


def strike(server: LiveServer, blow: Blow) -> float:
    """Kill, and start anew where nothing else does; the instant of the blow by the monotonic clock."""
    process = server.process
    assert process is not None
    struck_at = time.monotonic()
    match blow:
        case Blow.SERVER:
            server.kill()
            server.start()
        case Blow.WORKER:
            for pid in children_of(process.pid):
                os.kill(pid, signal.SIGKILL)
        case Blow.PARENT:
            process.kill()
            process.wait()
            server.start()  # at once: it would fail if the orphan still held the port
    return struck_at


def _all(crowd: ThreadPoolExecutor, works: Sequence[object]) -> None:
    for done in [crowd.submit(work) for work in works]:  # type: ignore[arg-type]
        done.result()
