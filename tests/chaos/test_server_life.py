# SPDX-License-Identifier: Apache-2.0
"""How the server begins and ends: Ctrl-C, a busy port, the second start, health."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import simple_websocket

from tests.chaos.accounts import complaints, times
from tests.chaos.journal import Journal
from tests.chaos.learners import Learner
from tests.chaos.storm import prepare
from tests.live_server import STARTUP_SECONDS, LiveServer, children_of
from web import wiring

SECOND_START_SECONDS = 15.0
"""The promise is 5 s; this is for machines that do other things at the same time."""


@pytest.fixture
def server(disk: Path, request: pytest.FixtureRequest) -> Iterator[LiveServer]:
    """A server that is not started yet, on a folder of its own."""
    server = LiveServer(disk / request.node.name[:60])
    yield server
    if server.process is not None and server.process.poll() is None:
        server.kill()


def test_ctrl_c_ends_the_server_cleanly_under_traffic_and_keeps_every_acknowledged_answer(
    server: LiveServer,
) -> None:
    server.var.mkdir(parents=True)
    codes = prepare(server.var, learners=5)
    server.start()
    journal, stop = Journal(), threading.Event()
    people = [Learner(server.url, code, journal, seed=seed, hasty=True) for seed, code in enumerate(codes)]
    with ThreadPoolExecutor(len(people)) as crowd:
        for begun in [crowd.submit(person.begin) for person in people]:
            begun.result()
        before = times(server.var / "kasauti.db")
        working = [crowd.submit(person.answer_until, stop) for person in people]
        try:
            assert journal.wait_for_more(100, seconds=60)
            code = server.stop()
        finally:
            stop.set()
        for work in working:
            work.result()
    for person in people:
        person.close()
    key = wiring.read_config({"KASAUTI_VAR": str(server.var)}).key("answer-receipt")
    assert code == 0
    assert "Traceback" not in server.log()
    assert complaints(server.var / "kasauti.db", journal, before=before, receipt_key=key) == []
    require_free(server.port)


@pytest.mark.alone
def test_ctrl_c_in_a_terminal_reaches_parent_and_worker_and_an_open_channel_does_not_delay_it(
    server: LiveServer,
) -> None:
    server.var.mkdir(parents=True)
    with (server.var / "server.log").open("ab") as log:
        server.process = subprocess.Popen(
            [sys.executable, "-m", "web", "demo"],
            env=server.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,  # a group of its own, as a terminal gives one
        )
    wait_until_healthy(server)
    worker = children_of(server.process.pid)
    channel = simple_websocket.Client(f"ws://127.0.0.1:{server.port}/live/?EIO=4&transport=websocket")
    channel.send("40")  # this client shows what came with the handshake only when more comes
    assert channel.receive(timeout=30).startswith("0{")
    began = time.monotonic()
    os.killpg(server.process.pid, signal.SIGINT)
    assert server.process.wait(timeout=20) == 0
    assert time.monotonic() - began < 4.5  # gunicorn gives up on open connections after 5 s
    assert "Traceback" not in server.log()
    assert worker
    require_free(server.port)


def test_a_busy_port_is_named_and_nothing_is_started(server: LiveServer) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        server.port = other.getsockname()[1]
        refused = server.command("demo")
    assert refused.returncode == 3
    assert refused.stdout == ""
    assert "in use by another program" in refused.stderr
    assert str(server.port) in refused.stderr
    assert "KASAUTI_PORT" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (server.var / "kasauti.db").exists()


@pytest.mark.alone
def test_the_second_start_takes_seconds_and_the_sample_is_not_filled_in_again(server: LiveServer) -> None:
    spent = []
    for _ in range(2):
        began = time.monotonic()
        server.start()
        spent.append(time.monotonic() - began)
        assert server.stop() == 0
    print(f"\nfirst start {spent[0]:.2f} s, second start {spent[1]:.2f} s")
    assert spent[1] < SECOND_START_SECONDS
    assert server.log().count("Filling in the sample data") == 1
    assert server.log().count("Kasauti is ready") == 2


def test_a_worker_that_is_killed_is_replaced_and_the_welcome_is_not_printed_again(server: LiveServer) -> None:
    server.start()
    require_health(server)
    assert server.process is not None
    parent = server.process.pid
    (worker,) = children_of(parent)
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: children_of(parent) not in ([], [worker]))
    wait_until_healthy(server)
    require_health(server)
    assert server.log().count("Kasauti is ready") == 1
    assert server.stop() == 0


# ------------------------------------------------------------------------------------------------- helpers


def wait_until_healthy(server: LiveServer) -> None:
    """Until the server answers; fails after two minutes."""

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"{server.url}/healthz", timeout=2):
                return True
        except OSError:
            return False

    wait_for(answers, told=server.log)


def wait_for(there: Callable[[], bool], *, told: Callable[[], str] = str) -> None:
    """Until it is so; fails after two minutes, with what `told` says then."""
    until, pause = time.monotonic() + STARTUP_SECONDS, threading.Event()
    while not there():
        assert time.monotonic() < until, told()[-4000:]
        pause.wait(0.05)


def require_health(server: LiveServer) -> None:
    """Health answers in JSON, without a sign-in, and is never kept by anybody on the way."""
    with urllib.request.urlopen(f"{server.url}/healthz", timeout=10) as answer:
        assert (answer.status, json.load(answer)) == (200, {"status": "ok"})
        assert answer.headers["Cache-Control"] == "no-store"


def require_free(port: int) -> None:
    """Fails when anything listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
