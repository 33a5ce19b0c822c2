# SPDX-License-Identifier: Apache-2.0
"""A real Chromium against the real server. Without a Chromium these tests are skipped, and the run says so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.browser import people
from tests.live_server import LiveServer
from web import wiring
from web.wiring import Services

# How long anything may take to show itself where no figure is promised: other tests and their servers keep the machine busy.
expect.set_options(timeout=20_000)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Pages that are not in front must go on sending frames, as on a learner's own screen.
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser, and the first test of a server also waits until that has started."""
    missing = pytest.mark.skip(reason="no Chromium: install one or set KASAUTI_CHROMIUM")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(300))
            if chromium() is None:
                item.add_marker(missing)


def chromium() -> str | None:
    """The browser's path."""
    return os.environ.get("KASAUTI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(autouse=True)
def no_faults_of_others(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test answers for its own pages, and leaves none in the shared browser: they would go on asking their servers."""
    people.FAULTS.clear()
    if "chrome" not in request.fixturenames:
        yield
        return
    shared: Browser = request.getfixturevalue("chrome")
    before = set(shared.contexts)  # such as those of a module's own fixtures
    yield
    for context in shared.contexts:
        if context not in before:
            context.close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture
def launch(playwright: Playwright) -> Iterator[Callable[[Path | None], Browser]]:
    """Start a browser, with a clip as its camera."""
    with ExitStack() as stack:

        def start(clip: Path | None = None) -> Browser:
            camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
            if clip is not None:
                camera.append(f"--use-file-for-fake-video-capture={clip}")
            browser = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *camera])
            stack.callback(browser.close)
            return browser

        yield start


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One server on the sample data for all tests that bring their own learners (see `people.admit`)."""
    live = LiveServer(tmp_path_factory.mktemp("house") / "var")
    live.start()
    yield live
    live.stop()


@pytest.fixture(scope="session")
def parts(house: LiveServer) -> Iterator[Services]:
    """The same database from beside the server: for looking into it and for moving its times."""
    built = wiring.build(wiring.read_config(house.environment))
    yield built
    built.engine.dispose()


@pytest.fixture(scope="session")
def chrome(playwright: Playwright) -> Iterator[Browser]:
    """One browser without a camera; whoever uses it opens a profile of its own in it."""
    running = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS])
    yield running
    running.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    """A server of its own on the sample data."""
    live = LiveServer(tmp_path / "var")
    live.start()
    yield live
    live.stop()
