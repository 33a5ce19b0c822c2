# SPDX-License-Identifier: Apache-2.0
"""An answer is on the disk before it is acknowledged: shown by what the kernel was asked for, not by what the platform says."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos import tracing
from tests.chaos.journal import Journal
from tests.chaos.learners import Learner
from tests.chaos.storm import prepare
from tests.live_server import LiveServer, children_of
from tests.postgres import must_be_there

SAVES = 12
LEARNERS = 6
CARELESS = """
import core.db
from sqlalchemy import event

def careless(connection, record):
    connection.execute("PRAGMA synchronous=OFF")

real = core.db.make_engine

def make_engine(url):
    engine = real(url)
    event.listen(engine, "connect", careless)
    return engine

core.db.make_engine = make_engine
from web.cli import main
main()
"""
"""The server with a database that is told not to wait for the disk: the mistake that this test is there to catch."""


@pytest.fixture
def traced(disk: Path, request: pytest.FixtureRequest) -> Iterator[LiveServer]:
    """A server that is not started yet, under strace."""
    server = LiveServer(disk / request.node.name[:60])
    server.var.mkdir(parents=True)
    tracer = tracing.command(server.var / "trace")
    if tracer is None:
        told = "no strace, or nothing may be traced here"
        (pytest.fail if must_be_there() else pytest.skip)(told)
    server.program = (*tracer, *server.program)
    yield server
    if server.process is not None and server.process.poll() is None:
        server.kill()


def who_may_write(url: str, codes: list[str], journal: Journal) -> Learner:
    """A learner in the room whose paper has an item that takes text, so that an answer can be found in what is written."""
    for seed, code in enumerate(codes, 1):
        person = Learner(url, code, journal, seed=seed, hasty=False)
        person.begin()
        if person.text_items:
            return person
        person.close()
    pytest.fail("no paper was drawn with an item that takes text")


def unflushed(server: LiveServer) -> list[str]:
    """Let one learner save; every acknowledgement that went out before its own answer was flushed, and why."""
    codes = prepare(server.var, learners=LEARNERS)
    server.start()
    journal = Journal()
    person = who_may_write(server.url, codes, journal)
    markers = [person.save_text(f"marker{number:03}end") for number in range(SAVES)]
    person.close()
    assert server.process is not None
    (parent,) = children_of(server.process.pid)  # strace keeps Ctrl-C to itself
    os.kill(parent, signal.SIGINT)
    assert server.process.wait(timeout=60) == 0
    found: list[str] = []
    written: set[str] = set()
    flushed: set[str] = set()
    waiting = list(markers)
    for call in tracing.calls(server.var / "trace"):
        if call.path.endswith("kasauti.db-wal"):
            if call.name in ("fdatasync", "fsync"):
                flushed |= written
            else:
                written |= {marker for marker in markers if marker in call.said}
        elif (
            waiting
            and '\\"receipt\\":' in call.said
            and f'\\"seq\\":{markers.index(waiting[0]) + 1}}}' in call.said
        ):
            marker = waiting.pop(0)
            if marker not in written:
                found.append(f"{marker}: acknowledged before it was written")
            elif marker not in flushed:
                found.append(f"{marker}: acknowledged before it was flushed")
    assert waiting == [], "the trace does not show every acknowledgement"
    assert len(journal.acknowledged) == SAVES
    return found


@pytest.mark.timeout(300)
def test_every_acknowledgement_goes_out_after_the_flush_of_the_log_that_holds_its_answer(
    traced: LiveServer,
) -> None:
    assert unflushed(traced) == []


@pytest.mark.timeout(300)
def test_a_database_that_does_not_wait_for_the_disk_is_caught(traced: LiveServer) -> None:
    traced.program = (*traced.program[: traced.program.index(sys.executable)], sys.executable, "-c", CARELESS)
    assert len(unflushed(traced)) == SAVES
