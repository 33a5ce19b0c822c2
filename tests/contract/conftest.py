# SPDX-License-Identifier: Apache-2.0
"""An awarding body with results to pull, and another one beside it; one fresh copy for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.clock import FixedClock
from core.config import Config
from tests.conftest import NOON
from tests.contract.feed import Feed, declare_next, mark_next
from tests.web.site import SECRET, Site, open_site
from web import demo, wiring
from web.migrate import migrate

READY = 30
"""Entries whose results only wait to be declared."""


@pytest.fixture(scope="session")
def ready_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with many more learners, all of them assessed."""
    folder = tmp_path_factory.mktemp("feed")
    parts = wiring.build(Config(var=folder, secret_key=SECRET), clock=FixedClock(NOON))
    migrate(parts.engine)
    demo.fill(parts)
    mark_next(parts, count=READY)
    parts.engine.dispose()
    return folder


@pytest.fixture
def site(ready_folder: Path, tmp_path: Path) -> Iterator[Site]:
    """The application over a copy of its own."""
    var = tmp_path / "var"
    shutil.copytree(ready_folder, var)
    with open_site(var, at=NOON) as opened:
        yield opened


@pytest.fixture
def feed(site: Site) -> Feed:
    """The awarding body's program, before anything is declared."""
    return Feed(site, demo.sample_key(site.parts))


@pytest.fixture
def declared(site: Site, feed: Feed) -> Feed:
    """The awarding body's program, with three results to pull."""
    declare_next(site.parts, count=3)
    return feed
