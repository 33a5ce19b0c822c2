# SPDX-License-Identifier: Apache-2.0
"""What the room promises in seconds and in words: of given time, of a takeover, of a silent device, and on a slow line."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from assessor.attempts.model import Verdict
from assessor.attempts.tables import ResponseCopyRow, ResponseEventRow
from core.uow import Actor
from tests.browser import people
from tests.browser.line import Line
from tests.browser.test_offline import attempt_of, into_the_room, live, seconds_left, stored
from tests.browser.test_offline_devices import lines
from tests.browser.test_proctor_line import wait_until
from tests.browser.test_room import answer, expect_answered
from tests.browser.test_room_comforts import SLOW_3G, at_the_gate, start
from tests.browser.test_spine import give_consent_and_photo
from tests.clips import write_y4m
from tests.live_server import LiveServer
from web.wiring import Services

__all__ = ["lines", "live"]  # the fixtures, used by name

PUSHED_SECONDS, AT_ONCE_SECONDS, ASKED_SECONDS, USABLE_SECONDS = 1.0, 1.0, 5.0, 5.0
GIVEN_MINUTES = 3
# This page never asks by itself: what it hears of a change, it hears by push. A save's own waits are shorter or longer.
NEVER_ASK = """
const later = window.setTimeout.bind(window);
window.setTimeout = (act, ms, ...more) => (ms > 3000 && ms < 10000 ? 0 : later(act, ms, ...more));
"""
# A page that can be put out of sight, as by another app before it.
SIGHT = """
let away = false;
Object.defineProperty(document, "hidden", {get: () => away});
Object.defineProperty(document, "visibilityState", {get: () => (away ? "hidden" : "visible")});
window.putAway = (yes) => {
  away = yes;
  document.dispatchEvent(new Event("visibilitychange", {bubbles: true}));
};
"""
SHOWS_AT_LEAST = """(seconds) => {
  const [m, s] = document.querySelector("[data-time-value]").textContent.trim().split(":").map(Number);
  return m * 60 + s >= seconds;
}"""
# Somebody types into the open question without a rest until it is taken away; `typed` stands there then, at `closed_at`.
TYPE_ON = """() => {
  const field = document.querySelector("[data-question]:not([hidden]) input[type=text]");
  const screen = document.querySelector("[data-screen=taken]");
  new MutationObserver(() => {
    if (screen.hidden || window.closed_at) return;
    window.closed_at = Date.now() / 1000;
    window.typed = field.value;
    clearInterval(hand);
  }).observe(screen, {attributeFilter: ["hidden"]});
  const hand = setInterval(() => {
    if (field.value.length > 60 || !screen.hidden) return;
    field.value += "a";
    field.dispatchEvent(new Event("input", {bubbles: true}));
  }, 80);
}"""
# Notes when the first question can be answered, as soon as it can.
USABLE = """
const looking = setInterval(() => {
  const control = document.querySelector("[data-question]:not([hidden]) input");
  if (!control || control.disabled || !customElements.get("item-interaction")) return;
  if (!document.querySelector("[data-map][data-wide]")) return;
  window.usable = performance.now();
  clearInterval(looking);
}, 20);
"""
LATER_FILES = ("camera", "room-eyes", "proctor-link", "socket.io", "vendor/", "model", ".wasm")


@pytest.fixture(scope="module")
def manager(house: LiveServer, chrome: Browser) -> Page:
    return people.sign_in(chrome, house.url, house.sample(), "manager")


def give_time(manager: Page, house: LiveServer, attempt: str) -> float:
    """Three minutes, by the form of the manager's page; when it was sent (monotonic seconds)."""
    address = f"{house.url}/manager/attempts/{attempt}"
    manager.goto(address)
    form: dict[str, str | float | bool] = {
        "csrf_token": manager.locator("input[name=csrf_token]").first.get_attribute("value") or "",
        "minutes": str(GIVEN_MINUTES),
        "reason": "Fire alarm in the hall",
        "beyond": "Everybody had to leave",
    }
    sent = time.monotonic()
    given = manager.request.post(
        f"{address}/credit", form=form, headers={"Referer": address}, max_redirects=0
    )
    assert given.status in {302, 303}
    return sent


def expect_more(page: Page, before: int) -> float:
    """Wait until the countdown shows the given time; monotonic seconds."""
    page.wait_for_function(SHOWS_AT_LEAST, arg=before + (GIVEN_MINUTES - 1) * 60)
    return time.monotonic()


def prepared(browser: Browser, house: LiveServer, name: str, script: str) -> Page:
    """A learner at the gate, whose pages carry these scripts from now on."""
    page = at_the_gate(browser, house, name)
    page.add_init_script(SIGHT + script)
    return page


def write_into(page: Page) -> str:
    """Go to the first question that wants a text; its number."""
    asked = page.locator("[data-question]", has=page.locator("input[type=text]")).first
    number = asked.get_attribute("data-number") or ""
    page.locator("[data-go]").nth(int(number) - 1).click()
    expect(asked).to_be_visible()
    return number


def answer_what_is_shown(page: Page) -> None:
    """Answer the question that is open, of whatever kind the paper begins with."""
    control = page.locator("[data-question]:not([hidden]) input").last
    if control.get_attribute("type") == "text":
        control.fill("1930")
    else:
        control.check()


def at_the_closed_door(browser: Browser, url: str, house: LiveServer, name: str) -> Page:
    """The same learner on a second device, before taking over."""
    page = people.enter(browser, url, house.sample(), name)
    page.locator("a[href='/room']").click()
    page.wait_for_url(f"{url}/room")
    expect(page.locator("[data-screen=taken]")).to_be_visible(timeout=20_000)
    return page


def counted(parts: Services, attempt: str) -> list[object]:
    """The values that the server holds, in the order of their coming."""
    query = (
        select(ResponseEventRow.value)
        .where(ResponseEventRow.attempt_id == attempt)
        .order_by(ResponseEventRow.received_at, ResponseEventRow.seq)
    )
    with parts.store.read(Actor.system()) as uow:
        return list(uow.db.scalars(query))


def expect_taken_while_typing(first: Page, second: Page, parts: Services, *, within: float) -> None:
    """The second device takes over while somebody types on the first: that one closes in time, and no letter is lost."""
    write_into(first)
    first.evaluate(TYPE_ON)
    taken = time.time()
    second.locator("[data-take-over]").click()
    expect(second.locator("[data-screen=taken]")).to_be_hidden()
    expect(first.locator("[data-screen=taken]")).to_be_focused()
    assert first.evaluate("closed_at") - taken < within
    expect(first.locator("[data-question] input[type=text]").first).to_be_hidden()
    expect(first.locator("[data-save=saved]")).to_be_visible()
    typed = first.evaluate("typed")
    assert typed
    assert counted(parts, attempt_of(first))[-1] == typed
    expect_answered(second, 1)


@pytest.mark.alone
@pytest.mark.timeout(300)
def test_given_time_and_a_takeover_are_heard_of_by_push_alone_also_out_of_sight(
    house: LiveServer, parts: Services, chrome: Browser, manager: Page
) -> None:
    name = people.admit(house, parts)
    page = prepared(chrome, house, name, NEVER_ASK)
    heard: list[str] = []
    page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame)[:20]))
    )
    start(page, house.url)
    wait_until(page, lambda: any(frame.startswith("40/room") for frame in heard), seconds=60)
    for hidden in (False, True):
        before = seconds_left(page)
        with page.expect_request("**/room/state*") as asked:
            page.evaluate("(hidden) => putAway(hidden)", hidden)
        answered = asked.value.response()  # to what it asks when its sight changes
        assert answered is not None
        answered.finished()
        sent = give_time(manager, house, attempt_of(page))
        assert expect_more(page, before) - sent < ASKED_SECONDS
    page.evaluate("putAway(false)")
    second = at_the_closed_door(chrome, house.url, house, name)
    expect_taken_while_typing(page, second, parts, within=PUSHED_SECONDS)
    assert people.FAULTS == []


@pytest.mark.alone
@pytest.mark.timeout(300)
def test_given_time_and_a_takeover_are_heard_of_by_asking_alone_and_at_once_when_back_in_sight(
    house: LiveServer, parts: Services, chrome: Browser, manager: Page
) -> None:
    name = people.admit(house, parts)
    page = prepared(chrome, house, name, "")
    page.route_web_socket(re.compile("/live/"), lambda socket: socket.close())
    start(page, house.url)
    attempt, before = attempt_of(page), seconds_left(page)
    sent = give_time(manager, house, attempt)
    assert expect_more(page, before) - sent < ASKED_SECONDS

    with page.expect_request("**/room/state*") as asked:
        page.evaluate("putAway(true)")  # from now on it asks every nine seconds
    answered = asked.value.response()
    assert answered is not None
    answered.finished()
    before = seconds_left(page)
    give_time(manager, house, attempt)
    back = time.monotonic()
    page.evaluate("putAway(false)")
    assert expect_more(page, before) - back < AT_ONCE_SECONDS

    second = at_the_closed_door(chrome, house.url, house, name)
    expect_taken_while_typing(page, second, parts, within=ASKED_SECONDS)
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_text_for_a_question_that_the_second_device_has_answered_is_kept_as_a_copy_and_said(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    name = people.admit(house, parts)
    first = prepared(chrome, house, name, "")
    start(first, house.url)
    number = write_into(first)
    second = at_the_closed_door(chrome, house.url, house, name)
    first.route("**/room/state*", lambda route: route.abort())  # it has not heard of the takeover
    second.locator("[data-take-over]").click()
    write_into(second)
    second.locator("[data-question]:not([hidden]) input[type=text]").fill("the second")
    expect(second.locator("[data-own=saved]")).to_be_visible()
    expect(second.locator("[data-save=saved]")).to_be_visible()
    first.locator("[data-question]:not([hidden]) input[type=text]").fill("the first")
    replaced = first.locator("[data-banner=replaced]")
    expect(replaced).to_be_visible()
    expect(replaced).to_contain_text("the other device had the test")
    expect(replaced.locator("[data-replaced-list]")).to_have_text(number)
    first.unroute("**/room/state*")
    expect(first.locator("[data-screen=taken]")).to_be_visible(timeout=30_000)
    expect(replaced).to_be_visible()
    attempt = attempt_of(first)
    query = select(ResponseCopyRow.value, ResponseCopyRow.reason).where(ResponseCopyRow.attempt_id == attempt)
    with parts.store.read(Actor.system()) as uow:
        kept = [(value, reason) for value, reason in uow.db.execute(query)]
    assert kept == [("the first", Verdict.LEASE_LOST)]
    assert counted(parts, attempt) == ["the second"]
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_a_device_whose_line_was_cut_before_its_answers_is_told_of_until_it_has_delivered(
    live: LiveServer, parts: Services, lines: Callable[[], Line], chrome: Browser
) -> None:
    near, far, name = lines(), lines(), people.admit(live, parts)
    first = into_the_room(chrome, near, live, name)
    answer(first, 1)
    expect(first.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    near.cut()
    cut = time.time()
    answer(first, 2)
    answer(first, 3)
    second = at_the_closed_door(chrome, far.url, live, name)
    with second.expect_response("**/room/lease") as lease:
        second.locator("[data-take-over]").click()
    assert lease.value.json()["other_device"]["pending"] == 0  # all that the server could know
    told = second.locator("[data-banner=other-device]")
    expect(told).to_be_visible(timeout=20_000)
    hours = second.evaluate(
        "(all) => all.map((at) => new Date(at * 1000).toLocaleTimeString('en', {timeStyle: 'short'}))",
        [cut - 10, cut],  # it is heard of every four seconds
    )
    words = people.squeeze(told.text_content() or "")
    assert any(f"last heard from the other device at {hour}." in words for hour in hours), (words, hours)
    assert "What was answered there later is not here yet." in words
    answer(second, 4)
    expect(second.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    expect(told).to_be_visible()
    near.mend()
    expect(told).to_be_hidden(timeout=20_000)  # by itself: everything is here
    assert len({item for item, _, _ in stored(parts, attempt_of(second))}) == 4
    expect_answered(second, 4)
    expect(first.locator("[data-screen=taken]")).to_be_visible(timeout=20_000)
    assert people.FAULTS == []


@pytest.mark.alone
@pytest.mark.timeout(300)
def test_a_watched_learner_on_slow_3g_can_answer_within_five_seconds_before_anything_of_the_camera_is_asked_for(
    house: LiveServer, parts: Services, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    clip = tmp_path / "camera.y4m"
    write_y4m(clip, [("present", 10.0)], fps=5)
    name = people.admit(house, parts, watched=True)
    page = people.enter(launch(clip), house.url, house.sample(), name, width=360, height=740)
    give_consent_and_photo(page)
    page.add_init_script(USABLE)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.send("Network.setBypassServiceWorker", {"bypass": True})  # as if nothing had been fetched beforehand
    line.send("Network.emulateNetworkConditions", SLOW_3G)
    page.get_by_role("button", name="Start the test now").click()
    page.wait_for_url(f"{house.url}/room", wait_until="commit")
    page.wait_for_function("() => window.usable", timeout=30_000)
    answer_what_is_shown(page)
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    assert page.evaluate("performance.getEntriesByType('navigation')[0].type") == "navigate"
    assert page.evaluate("usable") / 1000 <= USABLE_SECONDS
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    expect(page.locator("[data-camera=on]")).to_be_visible(timeout=30_000)
    asked = page.evaluate(
        "performance.getEntriesByType('resource').map((one) => [one.name, one.startTime - usable])"
    )
    later = {name: at for name, at in asked if any(part in name for part in LATER_FILES)}
    assert {part for part in LATER_FILES[:4] if any(part in name for name in later)} == set(LATER_FILES[:4])
    assert {name: at for name, at in later.items() if at < 0} == {}
    assert people.FAULTS == []
