# SPDX-License-Identifier: Apache-2.0
"""Fixtures that every part needs: a clock that stands still and a real database of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from core.clock import FixedClock
from core.db import Base, make_engine
from core.uow import Store

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


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A SQLite file with every table that has been imported."""
    engine = make_engine(f"sqlite:///{tmp_path / 'kasauti.db'}")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine, clock: FixedClock) -> Store:
    return Store(engine, clock)
