# SPDX-License-Identifier: Apache-2.0
"""A database moves from a file to a server and back, and is the same afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from core.db import Base, make_engine
from core.errors import Conflict
from tests.databases import Databases, every_table
from tests.unit.assessor.world import World, refused
from web.moving import copy_rows


@pytest.fixture
def target(
    sqlite_databases: Databases, postgres_databases: Databases, dialect: str, tmp_path: Path
) -> Iterator[Engine]:
    """An empty database of the other kind."""
    other = {"sqlite": postgres_databases, "postgres": sqlite_databases}[dialect]
    with other.empty(tmp_path) as url:
        engine = make_engine(url)
        every_table(engine)
        yield engine
        engine.dispose()


def everything(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


def test_every_row_arrives_as_it_was(world: World, target: Engine) -> None:
    world.finished()
    engine = world.store.engine
    copied = copy_rows(engine, target)
    assert everything(target) == everything(engine)
    assert copied["response_events"] > 0
    assert {name: len(rows) for name, rows in everything(engine).items()} == copied
    if target.dialect.name == "sqlite":
        with target.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM item_search")) == copied["item_listing"]


def test_a_database_that_holds_something_is_not_written_into(world: World, target: Engine) -> None:
    copy_rows(world.store.engine, target)
    before = everything(target)
    with refused(Conflict, "database_not_empty"):
        copy_rows(world.store.engine, target)
    assert everything(target) == before
