# SPDX-License-Identifier: Apache-2.0
"""One test in two windows, on two devices, with a wrong clock: what was acknowledged is there, and what was not is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import people
from tests.browser.line import Line, laid
from tests.browser.test_offline import (
    RESTORED_SECONDS,
    attempt_of,
    get_ready,
    into_the_room,
    live,
    restored,
    seconds_left,
    start,
    stored,
)
from tests.browser.test_room import answer, expect_answered
from tests.live_server import LiveServer
from web.wiring import Services

__all__ = ["live"]  # the fixture, used by name

# The device's own clock, wrong by so many hours as this browser's storage says.
WRONG_CLOCK = """
const right = Date.now.bind(Date);
Date.now = () => right() + Number(localStorage.getItem("wrong-hours") ?? 0) * 3600e3;
"""


@pytest.fixture
def lines(live: LiveServer) -> Iterator[Callable[[], Line]]:
    with ExitStack() as stack:
        yield lambda: stack.enter_context(laid(live.port))


@pytest.mark.timeout(300)
def test_another_device_shows_every_acknowledged_answer_and_says_what_was_not_received(
    live: LiveServer, parts: Services, lines: Callable[[], Line], chrome: Browser
) -> None:
    near, far, name = lines(), lines(), people.admit(live, parts)
    first = into_the_room(chrome, near, live, name)
    answer(first, 1)
    answer(first, 2)
    expect(first.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    first.context.route(
        "**/room/responses/*", lambda route: route.abort()
    )  # a line on which small things pass
    answer(first, 3)
    answer(first, 4)
    expect(first.locator("[data-save=unsaved]")).to_be_visible(timeout=20_000)
    with first.expect_response(re.compile(r"/room/state\?.*pending=2"), timeout=20_000):
        pass
    near.cut()
    second = people.enter(chrome, far.url, live.sample(), name)
    second.locator("a[href='/room']").click()
    second.wait_for_url(f"{far.url}/room")
    second.locator("[data-take-over]").click()
    expect_answered(second, 2)
    told = second.locator("[data-banner='other-device']")
    expect(told).to_be_visible(timeout=20_000)
    expect(told).to_contain_text("2")
    answer(second, 5)
    expect(second.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    first.context.unroute("**/room/responses/*")
    near.mend()  # the first device comes back: what nobody touched since counts
    expect(first.locator("[data-screen=taken]")).to_be_visible(timeout=30_000)
    expect(first.locator("[data-save=saved]")).to_be_visible(timeout=30_000)
    with first.expect_response(re.compile(r"/room/state\?.*pending=0"), timeout=20_000):
        pass
    assert len({item for item, _, _ in stored(parts, attempt_of(second))}) == 5
    expect(told).to_be_hidden(
        timeout=20_000
    )  # by itself: the server told this device that nothing is missing
    expect_answered(second, 5)
    second.reload()
    expect_answered(second, 5)
    expect(told).to_be_hidden()


@pytest.mark.timeout(300)
def test_two_windows_without_a_line_share_one_journal_and_only_one_of_them_writes(
    live: LiveServer, parts: Services, lines: Callable[[], Line], chrome: Browser
) -> None:
    line = lines()
    page = into_the_room(chrome, line, live, people.admit(live, parts))
    answer(page, 1)
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    line.cut()
    answer(page, 2)
    other = page.context.new_page()
    other.goto(f"{line.url}/room")
    expect(other.locator("[data-screen=taken]")).to_be_visible(timeout=20_000)
    other.locator("[data-take-over]").click()
    expect_answered(other, 2)
    expect(page.locator("[data-screen=taken]")).to_be_visible(timeout=20_000)
    answer(other, 3)
    line.mend()
    expect(other.locator("[data-save=saved]")).to_be_visible(timeout=40_000)
    held = stored(parts, attempt_of(other))
    assert len({item for item, _, _ in held}) == 3
    assert [seq for _, seq, _ in held] == [1, 2, 3]


@pytest.mark.timeout(300)
def test_a_device_clock_that_is_hours_wrong_changes_nothing(
    live: LiveServer, parts: Services, lines: Callable[[], Line], chrome: Browser
) -> None:
    line = lines()
    page = people.enter(chrome, line.url, live.sample(), people.admit(live, parts))
    page.context.add_init_script(WRONG_CLOCK)
    set_clock(page, -5)
    get_ready(page)
    start(page)
    left = seconds_left(page)
    assert 14 * 60 < left <= 15 * 60
    answer(page, 1)
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    line.cut()
    assert restored(page, 1) < RESTORED_SECONDS
    assert left - 60 < seconds_left(page) <= left
    set_clock(page, -9)  # somebody puts it back: nobody gets more time than there was
    assert restored(page, 1) < RESTORED_SECONDS
    assert left - 60 < seconds_left(page) <= left
    set_clock(
        page, 3
    )  # and forward: the page believes that the time is over, but hands nothing in on its own word
    page.goto(f"{line.url}/room")
    expect(page.locator("[data-screen=over]")).to_be_visible(timeout=20_000)
    line.mend()
    expect(page.locator("[data-screen=over]")).to_be_hidden(timeout=20_000)
    expect(page.locator("[data-time-value]")).not_to_have_text(
        "0:00", timeout=20_000
    )  # it counts anew four times a second
    assert left - 120 < seconds_left(page) <= left
    answer(page, 2)
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    assert len(stored(parts, attempt_of(page))) == 2


def set_clock(page: Page, hours: int) -> None:
    """Let this device's clock be wrong from the next page on."""
    page.evaluate("hours => localStorage.setItem('wrong-hours', String(hours))", hours)
