# SPDX-License-Identifier: Apache-2.0
"""The whole application on the sample data, in this process, under a clock that stands still. One copy for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Engine

from core.clock import FixedClock
from core.config import Config
from tests.conftest import NOON
from tests.databases import Databases, Fill
from tests.web.site import SECRET, Site, open_site
from web import demo, wiring
from web.app import create_app
from web.migrate import migrate


@pytest.fixture(scope="session", autouse=True)
def plain_log() -> Iterator[None]:
    """One line an event, as on the server; the default would draw every traceback with all its values, in seconds."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
        cache_logger_on_first_use=False,
    )
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the sample data, made once by the real commands."""
    folder = tmp_path_factory.mktemp("sample")
    parts = wiring.build(Config(var=folder, secret_key=SECRET), clock=FixedClock(NOON))
    migrate(parts.engine)
    demo.fill(parts)
    create_app(parts)  # compiles the translations, once for all copies
    parts.engine.dispose()
    return folder


@pytest.fixture(scope="session")
def sample_fill(tmp_path_factory: pytest.TempPathFactory) -> Fill:
    """Makes the same on any database; returns the folder with what belongs to it."""

    def fill(engine: Engine) -> Path:
        folder = tmp_path_factory.mktemp("sample-of-a-server")
        address = engine.url.render_as_string(hide_password=False)
        parts = wiring.build(Config(var=folder, secret_key=SECRET, database=address), clock=FixedClock(NOON))
        migrate(parts.engine)
        demo.fill(parts)
        parts.engine.dispose()
        return folder

    return fill


@pytest.fixture
def site(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The application over a fresh copy of the sample; on PostgreSQL where a test says so."""
    var = tmp_path / "var"
    if dialect == "sqlite":
        shutil.copytree(request.getfixturevalue("sample_folder"), var)
        with open_site(var, at=NOON) as opened:
            yield opened
        return
    databases: Databases = request.getfixturevalue("databases")
    with databases.copy(tmp_path, request.getfixturevalue("sample_fill")) as (url, folder):
        shutil.copytree(folder, var)
        with open_site(var, at=NOON, database=url) as opened:
            yield opened
