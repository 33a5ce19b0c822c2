# SPDX-License-Identifier: Apache-2.0
"""Fixtures that every part needs: a clock that stands still and a real database of its own, SQLite's or PostgreSQL's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from core.clock import FixedClock
from core.uow import Store
from tests import postgres
from tests.databases import Databases, PostgresDatabases, SqliteDatabases, every_table, hurried

# Machines here are noisy: a slow example is no fault of the code under test. The examples are the same in every run, so that a
# verdict can be repeated; HYPOTHESIS_EXPLORE=1 looks for new ones.
settings.register_profile(
    "kasauti",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="HYPOTHESIS_EXPLORE" not in os.environ,
)
settings.load_profile("kasauti")

NOON = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)


LEFT_OUT = (
    "no PostgreSQL here: install Debian's package postgresql, or name a server with KASAUTI_TEST_POSTGRES"
)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what a run without PostgreSQL did not show."""
    if not postgres.is_there():
        terminalreporter.section("NOT TESTED ON POSTGRESQL", sep="!", red=True, bold=True)
        terminalreporter.line(LEFT_OUT)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A server of this process's own, or the named one; ended and tidied at the end."""
    if not postgres.is_there():
        if postgres.must_be_there():
            pytest.fail(LEFT_OUT)
        pytest.skip(LEFT_OUT)
    cluster = None
    address = postgres.named_server()
    if address is None:
        cluster = postgres.Cluster()
        try:
            cluster.create()
        except BaseException:
            cluster.remove()
            raise
        address = cluster.url
    server = postgres.Server(address)
    yield server
    server.close()
    if cluster is not None:
        cluster.remove()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return SqliteDatabases(tmp_path_factory.mktemp("templates"))


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: postgres.Server) -> Databases:
    return PostgresDatabases(postgres_server)


@pytest.fixture
def dialect() -> str:
    """The database that tests run on; folders whose tests run on both give it two values."""
    return "sqlite"


@pytest.fixture
def databases(dialect: str, request: pytest.FixtureRequest) -> Databases:
    """Where this test's databases come from."""
    found: Databases = request.getfixturevalue(f"{dialect}_databases")
    return found


@pytest.fixture
def engine(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    """A database of the test's own with every table."""
    with databases.copy(tmp_path, every_table) as (url, _):
        engine = hurried(url)
        yield engine
        engine.dispose()


@pytest.fixture
def store(engine: Engine, clock: FixedClock) -> Store:
    return Store(engine, clock)
