# SPDX-License-Identifier: Apache-2.0
"""``kill -9`` under twenty learners: every acknowledged answer is there once, and nobody's time has moved."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path

import pysqlite3
import pytest

from core.clock import SystemClock
from core.db import make_engine
from core.uow import Actor, Store
from tests.chaos.accounts import complaints
from tests.chaos.results import mark_everybody, replay, theory_marks
from tests.chaos.storm import Aftermath, Blow, rage
from tests.postgres import Server

LEARNERS = 20


@pytest.fixture(scope="module")
def aftermath(disk: Path) -> Aftermath:
    """Three kills in mid-traffic, then everybody hands in. It takes about twenty seconds and serves every test here."""
    return rage(
        disk / "storm",
        learners=LEARNERS,
        blows=(Blow.SERVER, Blow.PARENT, Blow.WORKER),
        acknowledged_between=150,
        seed=20,
    )


def judged(after: Aftermath, database: Path | None = None) -> list[str]:
    """The complaints about a database after the storm."""
    return complaints(
        database or after.database, after.journal, before=after.before, receipt_key=after.receipt_key
    )


def test_every_acknowledged_answer_survives_three_kills_exactly_once(
    aftermath: Aftermath, record_property: Callable[[str, object], None]
) -> None:
    journal = aftermath.journal
    report(aftermath)
    record_property("recovery_seconds", aftermath.recoveries)
    assert len(aftermath.before) == LEARNERS
    assert len(journal.acknowledged) > 3 * 150
    assert len(journal.sent) > len(journal.acknowledged), "no save was cut off: the kills came too gently"
    assert any(told.tries > 1 for told in journal.acknowledged.values()), "no save had to be repeated"
    assert judged(aftermath) == []


def test_starts_and_deadlines_are_the_same_to_the_microsecond_after_each_kill(aftermath: Aftermath) -> None:
    assert len(aftermath.after_each_blow) == 3
    assert all(times == aftermath.before for times in aftermath.after_each_blow)


def test_the_server_answers_again_within_seconds_of_each_kill(aftermath: Aftermath) -> None:
    assert len(aftermath.recoveries) == 3
    assert max(aftermath.recoveries) < 30  # a second or two on a quiet machine


def test_a_killed_server_leaves_no_traceback_when_it_comes_back(aftermath: Aftermath) -> None:
    assert "Traceback" not in aftermath.log
    assert "not_saved" not in aftermath.log


def test_the_result_of_each_learner_equals_a_replay_of_the_last_acknowledged_answers(
    aftermath: Aftermath,
) -> None:
    store = Store(make_engine(f"sqlite:///{aftermath.database}"), SystemClock())
    try:
        results = mark_everybody(store)
        assert len(results) == LEARNERS
        with store.read(Actor.system()) as uow:
            for attempt_id, document in results.items():
                assert theory_marks(document) == replay(uow, aftermath.journal, attempt_id)
    finally:
        store.engine.dispose()


DOCTORS = {
    "a lost answer": "DELETE FROM response_events WHERE rowid = (SELECT max(rowid) FROM response_events)",
    "an answer twice under two numbers": """INSERT INTO response_events
        SELECT attempt_id, device, seq + 1000000, epoch, item_version_id, value, revision, client_time, received_at
        FROM response_events LIMIT 1""",
    "an answer twice under one number": """CREATE TABLE copied AS SELECT * FROM response_events;
        INSERT INTO copied SELECT * FROM response_events LIMIT 1;
        DROP TABLE response_events; ALTER TABLE copied RENAME TO response_events""",
    "another value": """UPDATE response_events SET value = '"changed"'
        WHERE rowid = (SELECT min(rowid) FROM response_events)""",
    "another revision": """UPDATE response_events SET revision = revision + 1
        WHERE rowid = (SELECT min(rowid) FROM response_events)""",
    "another instant": """UPDATE response_events SET received_at = '2026-01-01 00:00:00.000001'
        WHERE rowid = (SELECT min(rowid) FROM response_events)""",
    "a deadline that slid by a microsecond": """UPDATE attempts
        SET ends_at = substr(ends_at, 1, 25) || ((substr(ends_at, 26, 1) + 1) % 10)
        WHERE started_at IS NOT NULL""",
    "a start that slid": "UPDATE attempts SET started_at = ended_at WHERE started_at IS NOT NULL",
    "another attempt's answer": """UPDATE response_events SET attempt_id = (SELECT max(attempt_id) FROM response_events),
        seq = seq + 2000000 WHERE rowid = (SELECT min(rowid) FROM response_events)""",
}


@pytest.mark.parametrize("doctor", DOCTORS)
def test_a_doctored_database_is_caught(aftermath: Aftermath, tmp_path: Path, doctor: str) -> None:
    copy = tmp_path / "doctored.db"
    before, after = pysqlite3.connect(str(aftermath.database)), pysqlite3.connect(str(copy))
    before.backup(after)
    before.close()
    untouched = judged(aftermath, copy)
    after.executescript("PRAGMA ignore_check_constraints = ON;" + DOCTORS[doctor])
    after.close()
    assert untouched == []
    assert judged(aftermath, copy) != []


def test_a_damaged_database_is_caught(aftermath: Aftermath, tmp_path: Path) -> None:
    copy = tmp_path / "damaged.db"
    before, after = pysqlite3.connect(str(aftermath.database)), pysqlite3.connect(str(copy))
    before.backup(after)
    root = after.execute("SELECT rootpage FROM sqlite_master WHERE name = 'response_events'").fetchone()[0]
    (size,) = after.execute("PRAGMA page_size").fetchone()
    before.close()
    after.close()
    with copy.open("r+b") as file:
        file.seek((root - 1) * size + 8)
        file.write(b"\xff" * 64)
    assert judged(aftermath, copy) != []


def test_a_kill_on_postgresql_loses_nothing_either(disk: Path, postgres_server: Server) -> None:
    name = postgres_server.make()
    after = rage(
        disk / "on-a-server",
        learners=10,
        blows=(Blow.SERVER,),
        acknowledged_between=80,
        seed=30,
        database=postgres_server.url(name),
    )
    postgres_server.drop(name)
    report(after)
    assert judged(after) == []
    assert all(times == after.before for times in after.after_each_blow)


@pytest.mark.battery
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [1, 2])
def test_twenty_kills_at_random_moments_lose_nothing(disk: Path, seed: int) -> None:
    blows = (Blow.SERVER, Blow.SERVER, Blow.PARENT, Blow.SERVER, Blow.WORKER) * 4
    after = rage(disk / f"long-{seed}", learners=50, blows=blows, acknowledged_between=200, seed=seed)
    report(after)
    assert judged(after) == []
    assert all(times == after.before for times in after.after_each_blow)


# ------------------------------------------------------------------------------------------------- helpers


def report(after: Aftermath) -> None:
    """The figures, for whoever reads the log of a run (``pytest -s``)."""
    journal, recoveries = after.journal, after.recoveries
    repeated = sum(told.tries > 1 for told in journal.acknowledged.values())
    print(
        f"\n{len(journal.sent)} sent, {len(journal.acknowledged)} acknowledged, {repeated} only after a repeat;",
        f"recovery median {statistics.median(recoveries):.2f} s, longest {max(recoveries):.2f} s",
    )
