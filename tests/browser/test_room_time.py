# SPDX-License-Identifier: Apache-2.0
"""The time of a test: only the server's word ends it, more of it is told and spoken, a pause shows at once."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from assessor.attempts import operations
from assessor.attempts.model import AttemptState
from assessor.attempts.tables import AttemptRow
from core.uow import Actor
from tests.browser import people
from tests.browser.test_offline import attempt_of, stored
from tests.browser.test_room import answer, into_the_room
from tests.browser.test_room_comforts import at_the_gate, leap, start
from tests.live_server import LiveServer
from web.wiring import Services

LONGEST_SECONDS = 5.0
# Everything that is spoken, in order.
LISTEN = """() => {
  window.said = [];
  const place = document.querySelector("[data-say]");
  new MutationObserver(() => said.push(place.textContent)).observe(place, {childList: true});
}"""
# When the screen of a pause came and went, by the clock that the test reads as well.
WATCH_PAUSE = """() => {
  window.turned = [];
  const screen = document.querySelector("[data-screen=paused]");
  new MutationObserver(() => turned.push(Date.now() / 1000)).observe(screen, {attributeFilter: ["hidden"]});
}"""
SHOWS_AT_MOST = """(most) => {
  const [minutes, seconds] = document.querySelector("[data-time-value]").textContent.trim().split(":").map(Number);
  return minutes * 60 + seconds <= most;
}"""
# Somebody answers a question in the very last seconds, however slow the machine of the test is.
ANSWER_AT = """([number, most]) => {
  const hand = setInterval(() => {
    const [minutes, seconds] = document.querySelector("[data-time-value]").textContent.trim().split(":").map(Number);
    if (minutes * 60 + seconds > most) return;
    clearInterval(hand);
    document.querySelectorAll("[data-go]")[number - 1].click();
    const question = document.querySelector(`[data-question][data-number="${number}"]`);
    const field = question.querySelector("input[type=text]");
    if (field === null) return [...question.querySelectorAll("label.choice input")].at(-1).click();
    field.value = "1930";
    field.dispatchEvent(new Event("input", {bubbles: true}));
  }, 50);
}"""


def leave(parts: Services, attempt: str, left: timedelta, *, told: bool = True) -> None:
    """Let the attempt end then; `told`: the page hears of it as of any change."""
    with parts.store.write(Actor.system()) as uow:
        row = uow.db.get_one(AttemptRow, attempt)
        assert row.started_at is not None
        assert row.ends_at is not None
        moved = uow.now + left - row.ends_at
        row.started_at, row.ends_at = row.started_at + moved, row.ends_at + moved
        if told:
            row.version += 1


def expect_time_stands(page: Page) -> None:
    """The countdown, which is drawn four times a second, shows the time at which it was stopped, and goes on showing it."""
    page.wait_for_timeout(600)
    stood = page.locator("[data-time-value]").text_content()
    page.wait_for_timeout(1500)
    assert page.locator("[data-time-value]").text_content() == stood


def state_of(parts: Services, attempt: str) -> AttemptState:
    with parts.store.read(Actor.system()) as uow:
        return uow.db.get_one(AttemptRow, attempt).state


@pytest.mark.timeout(300)
def test_time_given_while_the_line_was_away_is_used_and_nothing_is_handed_in_by_the_devices_own_count(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    page = into_the_room(chrome, house, people.admit(house, parts))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(house.url)))
    answer(page, 1)
    expect(page.locator("[data-save=saved]")).to_be_visible()
    attempt = attempt_of(page)
    leave(parts, attempt, timedelta(seconds=15))
    page.wait_for_function(SHOWS_AT_MOST, arg=9)
    page.context.set_offline(True)
    answer(page, 2)
    over = page.locator("[data-screen=over]")
    expect(over).to_be_focused()
    expect(over.locator("[data-over=offline]")).to_be_visible()
    leave(parts, attempt, timedelta(minutes=9))  # the agency gives the lost minutes back
    page.context.set_offline(False)
    expect(page.locator("[data-heading]")).to_be_focused()
    answer(page, 3)
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    assert state_of(parts, attempt) is AttemptState.RUNNING
    assert "/room/submit" not in asked
    assert len(stored(parts, attempt)) == 3

    # The server says that it is over: now it is handed in, with what was typed last.
    page.evaluate(ANSWER_AT, [4, 2])
    leave(parts, attempt, timedelta(seconds=8))
    page.wait_for_url(f"{house.url}/learner", timeout=20_000)
    assert "/room/submit" in asked
    assert len(stored(parts, attempt)) == 4
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_every_mark_is_spoken_and_again_after_more_time_was_given_across_it(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    page = at_the_gate(chrome, house, people.admit(house, parts))
    page.context.add_cookies([{"name": "kasauti-language", "value": "en", "url": house.url}])
    page.clock.install()
    start(page, house.url)
    assert page.locator("[data-say]").get_attribute("role") == "status"
    page.evaluate(LISTEN)
    attempt = attempt_of(page)
    leave(parts, attempt, timedelta(minutes=35))
    page.clock.run_for(5000)
    expect(page.locator("[data-say]")).to_have_text("You have been given more time.")
    assert hurry(page, 29.95, 14.95, 4.95) == ["30 minutes left", "15 minutes left", "5 minutes left"]
    page.context.set_offline(False)  # the server corrects the hurried count: more time, across three marks
    expect(page.locator("[data-say]")).to_have_text("You have been given more time.")
    spoken = hurry(page, 29.95, 14.95, 4.95, 0.95)
    assert spoken == ["30 minutes left", "15 minutes left", "5 minutes left", "1 minute left"]
    assert people.FAULTS == []


def hurry(page: Page, *minutes: float) -> list[str]:
    """Let the page's clocks run to so many minutes before the end, without a line; what is said of the time."""
    page.context.set_offline(True)
    page.evaluate("() => { said.length = 0; }")
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 20"))  # further than the way there takes
    for left in minutes:
        page.clock.fast_forward(leap(page, left))
        page.clock.run_for(500)
    said: list[str] = page.evaluate("said")
    return [text for text in said if "left" in text]


@pytest.mark.alone
@pytest.mark.timeout(300)
def test_a_pause_and_its_end_show_within_five_seconds_and_the_time_stands(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    page = into_the_room(chrome, house, people.admit(house, parts))
    page.evaluate(WATCH_PAUSE)
    attempt = attempt_of(page)
    answer(page, 1)
    with parts.store.write(Actor.system()) as uow:
        operations.pause(uow, attempt)
    paused = time.time()
    expect(page.locator("[data-screen=paused]")).to_be_focused()
    expect(page.locator("[data-save=saved]")).to_be_visible()  # what was answered before is saved meanwhile
    expect_time_stands(page)
    with parts.store.write(Actor.system()) as uow:
        operations.resume(uow, attempt)
    resumed = time.time()
    expect(page.locator("[data-heading]")).to_be_focused()
    came, went = page.evaluate("turned")
    assert came - paused < LONGEST_SECONDS
    assert went - resumed < LONGEST_SECONDS
    assert page.locator("[data-question]:not([hidden]) input").first.is_enabled()
    assert len(stored(parts, attempt)) == 1
    assert people.FAULTS == []
