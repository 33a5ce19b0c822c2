# SPDX-License-Identifier: Apache-2.0
"""Requests that come late, twice, in halves or not at all: every answer is stored once, under the receipt that was told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.accounts import complaints, times
from tests.chaos.journal import Journal
from tests.chaos.storm import prepare, sitting
from tests.chaos.wire import BadLine, Fate
from tests.live_server import LiveServer
from web import wiring

LEARNERS = 12
REQUESTS = 400


@pytest.fixture
def server(disk: Path) -> Iterator[LiveServer]:
    """Not started yet, on a folder of its own."""
    server = LiveServer(disk / "bad-line")
    server.var.mkdir(parents=True)
    yield server
    if server.process is not None and server.process.poll() is None:
        server.kill()


def test_lost_late_repeated_and_cut_requests_lose_no_answer_and_store_none_twice(server: LiveServer) -> None:
    codes = prepare(server.var, learners=LEARNERS)
    server.start()
    file, journal = server.var / "kasauti.db", Journal()
    with BadLine(server.port, seed=11) as line:
        with sitting(line.url, codes, journal, seed=80):
            before = times(file)
            assert journal.wait_for_more(REQUESTS, seconds=120)
        fates = dict(line.fates)
    print(f"\n{len(journal.acknowledged)} acknowledged of {len(journal.sent)} sent; on the line: {fates}")
    assert set(fates) == set(Fate), "every fate must have come about"
    assert any(told.tries > 1 for told in journal.acknowledged.values())
    key = wiring.read_config({"KASAUTI_VAR": str(server.var)}).key("answer-receipt")
    assert complaints(file, journal, before=before, receipt_key=key) == []
    assert server.stop() == 0
    assert "Traceback" not in server.log()
