# SPDX-License-Identifier: Apache-2.0
"""The ground gives way: the database server dies under load and comes back, the disk fills up and is emptied again."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.accounts import complaints, times
from tests.chaos.copies import copy_down
from tests.chaos.journal import Journal
from tests.chaos.storm import prepare, sitting
from tests.conftest import LEFT_OUT
from tests.live_server import LiveServer, children_of
from tests.postgres import Cluster, Server, must_be_there, programs
from web import wiring

LEARNERS = 10
PATIENCE_SECONDS = 60.0
CLEAR = {"database_away", "database_busy", "not_saved", "writer_busy"}
"""What a learner's page may be told while the ground is away: each has words that say what to do."""


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of this test's own that flushes as in production: it is going to be shot."""
    if programs() is None:
        (pytest.fail if must_be_there() else pytest.skip)(LEFT_OUT)
    cluster = Cluster(durable=True)
    try:
        cluster.create()
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture
def url(cluster: Cluster) -> Iterator[str]:
    """The address of a fresh database on it."""
    server = Server(cluster.url)
    yield server.url(server.make())
    server.close()


@pytest.fixture
def server(disk: Path, request: pytest.FixtureRequest) -> Iterator[LiveServer]:
    """Not started yet, on a folder of its own."""
    server = LiveServer(disk / request.node.name[:60])
    server.var.mkdir(parents=True)
    yield server
    if server.process is not None and server.process.poll() is None:
        server.kill()


def receipt_key(server: LiveServer) -> bytes:
    return wiring.read_config({"KASAUTI_VAR": str(server.var)}).key("answer-receipt")


def test_a_database_server_that_is_shot_twice_loses_no_acknowledged_answer_and_kasauti_goes_on(
    server: LiveServer, cluster: Cluster, url: str
) -> None:
    codes = prepare(server.var, learners=LEARNERS, database=url)
    server.settings = {"KASAUTI_DATABASE": url}
    server.start()
    assert server.process is not None
    workers, journal, recoveries = children_of(server.process.pid), Journal(), []
    with sitting(server.url, codes, journal, seed=40):
        before = times(copy_down(url, server.var / "before.db"))
        for _ in range(2):
            assert journal.wait_for_more(100, seconds=PATIENCE_SECONDS)
            cluster.stop("immediate")
            refused = journal.refused.total()
            assert journal.wait_for_refusals(refused + LEARNERS, seconds=PATIENCE_SECONDS), "nobody was told"
            cluster.start()
            back_at = time.monotonic()
            assert journal.wait_for_more(LEARNERS, seconds=PATIENCE_SECONDS), "saves do not come back"
            recoveries.append(journal.first_after(back_at) - back_at)
    print(
        f"\n{len(journal.acknowledged)} acknowledged, {dict(journal.refused)} told to come again;",
        f"back {', '.join(f'{seconds:.2f}' for seconds in recoveries)} s after the database",
    )
    assert children_of(server.process.pid) == workers, "Kasauti itself went down"
    assert set(journal.refused) <= CLEAR
    assert max(recoveries) < 20  # a second or two on a quiet machine
    after = copy_down(url, server.var / "after.db")
    assert complaints(after, journal, before=before, receipt_key=receipt_key(server)) == []
    assert "Traceback" not in server.log()
    assert server.stop() == 0


# ------------------------------------------------------------------------------------------- a full disk


class Room:
    """A folder for the database whose room can be taken and given back while the server runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        size = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)]
        self.mounted = subprocess.run(size, capture_output=True, check=False).returncode == 0

    def take(self, server: LiveServer) -> None:
        """No more room: the file system is full or, where none may be mounted, files of the server must not grow."""
        if self.mounted:
            with (self.folder / "ballast").open("wb", buffering=0) as file:
                try:
                    while file.write(b"\0" * 65536) == 65536:
                        pass
                except OSError:
                    return
            return
        assert server.process is not None
        log = self.folder / "kasauti.db-wal"
        limit = log.stat().st_size + 8192 if log.exists() else 8192
        for pid in children_of(server.process.pid):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    def give(self, server: LiveServer) -> None:
        """Room again."""
        if self.mounted:
            (self.folder / "ballast").unlink()
            return
        assert server.process is not None
        for pid in children_of(server.process.pid):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def close(self) -> None:
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


@pytest.fixture
def room(disk: Path, server: LiveServer) -> Iterator[Room]:
    room = Room(disk / f"room-{os.getpid()}")
    yield room
    if server.process is not None and server.process.poll() is None:
        server.kill()
    room.close()


def test_a_full_disk_acknowledges_nothing_and_goes_on_when_there_is_room_again(
    server: LiveServer, room: Room
) -> None:
    file = room.folder / "kasauti.db"
    url = f"sqlite:///{file}"
    codes = prepare(server.var, learners=LEARNERS, database=url)
    server.settings = {"KASAUTI_DATABASE": url}
    server.start()
    journal = Journal()
    with sitting(server.url, codes, journal, seed=60):
        before = times(file)
        assert journal.wait_for_more(50, seconds=PATIENCE_SECONDS)
        room.take(server)
        refused = journal.refused.total()
        assert journal.wait_for_refusals(refused + 3 * LEARNERS, seconds=PATIENCE_SECONDS), "nobody was told"
        quiet = len(journal.acknowledged)
        threading.Event().wait(0.5)
        said = len(journal.acknowledged) - quiet
        room.give(server)
        assert journal.wait_for_more(50, seconds=PATIENCE_SECONDS), "saves do not come back"
    print(
        f"\n{'a full file system' if room.mounted else 'files that may not grow'}: {dict(journal.refused)} told to come",
        f"again, {said} acknowledged in half a second meanwhile",
    )
    assert set(journal.refused) <= CLEAR
    assert "not_saved" in journal.refused
    assert complaints(file, journal, before=before, receipt_key=receipt_key(server)) == []
    assert server.stop() == 0
