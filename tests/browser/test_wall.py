# SPDX-License-Identifier: Apache-2.0
"""Learner and proctor in two browsers at once; and a wall of fifty: its order, its keys, and what it costs."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import event

from core.identity.model import Role
from tests.browser import full_wall, people
from tests.browser.full_wall import FullWall
from tests.browser.line import laid
from tests.browser.test_offline import attempt_of, get_ready, start
from tests.browser.test_proctor_line import wait_until
from tests.conftest import NOON
from tests.live_server import LiveServer
from tests.web.conftest import sample_folder
from tests.web.site import open_site
from web import demo
from web.wiring import Services

__all__ = ["sample_folder"]  # the fixture, used by name

REST_SECONDS = 0.6
STAFF = {
    "staff": [{"role": one.role.value, "email": one.email} for one in demo.STAFF],
    "password": demo.PASSWORD,
}


class Traffic:
    """What a page asks for, and whether it still waits for some of it."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self._page, self._out, self._last = page, 0, time.monotonic()
        page.on("request", lambda request: self._count(1, request.url))
        page.on("requestfinished", lambda _: self._count(-1))
        page.on("requestfailed", lambda _: self._count(-1))

    def _count(self, more: int, *asked: str) -> None:
        self._out += more
        self._last = time.monotonic()
        self.asked += asked

    def rest(self) -> None:
        """Wait until everything is there and nothing more is asked for."""
        wait_until(
            self._page, lambda: self._out == 0 and time.monotonic() - self._last > REST_SECONDS, seconds=30
        )


def at_work(chrome: Browser, house: LiveServer, parts: Services, *, url: str = "", width: int = 1280) -> Page:
    """A new learner in the room of the sitting without a camera."""
    name = people.admit(house, parts)
    page = people.enter(chrome, url or house.url, house.sample(), name, width=width, height=760)
    get_ready(page)
    start(page)
    return page


def at_the_wall(chrome: Browser, house: LiveServer, attempt: str, **size: int) -> Page:
    """The proctor before the wall on which this learner is."""
    page = people.sign_in(chrome, house.url, house.sample(), Role.PROCTOR.value, **size)
    for link in page.locator("a[href*='/proctor/sittings/']").all():
        path = str(link.get_attribute("href"))
        page.goto(house.url + path)
        if page.locator(f"#tile-{attempt}").count():
            expect(page.locator("[data-live=on]")).to_be_visible()
            return page
        page.goto(f"{house.url}/proctor/sittings")
    raise AssertionError("the learner is on no wall")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("width", [1280, 360])
def test_learner_and_proctor_talk_both_ways_and_see_hands_and_hints(
    house: LiveServer, parts: Services, chrome: Browser, width: int
) -> None:
    room = at_work(chrome, house, parts, width=width)
    attempt = attempt_of(room)
    wall = at_the_wall(chrome, house, attempt, width=width)
    tile = wall.locator(f"#tile-{attempt}")

    # The learner writes and raises the hand, with the keyboard alone.
    room.locator(".room-tools [data-messages]").focus()
    room.keyboard.press("Enter")
    room.get_by_label("Write to the proctor").fill("My keyboard hangs")
    room.keyboard.press("Tab")
    room.keyboard.press("Enter")
    expect(room.locator("[data-history] li")).to_contain_text(["My keyboard hangs"])
    expect(room.locator("[data-history] time")).to_contain_text(["You,"])
    room.get_by_role("button", name="Raise your hand").press("Enter")
    expect(room.get_by_text("Your hand is up. The proctor sees it.")).to_be_visible()
    assert people.violations(room) == []
    assert room.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0

    # The wall says why, and the count leads there by key.
    expect(tile).to_contain_text("Hand up since")
    expect(tile).to_contain_text("1 message waits")
    expect(wall.locator("[data-need-count]")).to_contain_text(re.compile("needs? you"))
    wall.locator("[data-next-need]").focus()
    wall.keyboard.press("j")
    expect(wall.locator(".tile:focus")).to_have_attribute("data-need", "look")
    tile.focus()
    wall.keyboard.press("Enter")
    dialog = wall.locator("#learner-dialog")
    expect(dialog.get_by_text("My keyboard hangs")).to_be_visible()
    assert people.violations(wall) == []
    dialog.get_by_label("Answer", exact=True).fill("Please unplug it <b>once</b>")
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(dialog.locator("[data-learner-told]")).to_have_text("Your message was sent.")
    dialog.get_by_role("button", name="Take the hand down").click()
    expect(dialog.locator("[data-learner-told]")).to_have_text("The hand is down again.")
    dialog.get_by_role("button", name="It is dark").click()
    expect(dialog.locator("[data-learner-told]")).to_have_text("The hint was sent to this learner alone.")
    dialog.get_by_role("button", name="Close", exact=True).click()

    # And the learner hears all of it.
    expect(room.locator("[data-history] li")).to_contain_text(
        ["The picture is dark", "Please unplug it <b>once</b>", "My keyboard hangs"], timeout=10_000
    )
    expect(room.get_by_text("Your hand is up. The proctor sees it.")).to_be_hidden()
    room.get_by_role("button", name="Close", exact=True).click()
    expect(room.locator("[data-unread] li")).to_have_count(2)
    expect(room.locator("[data-banner=message]")).to_contain_text("Message for you")
    expect(room.locator("[data-banner=message]")).not_to_contain_text("the proctor")
    room.get_by_role("button", name="I have read this").click()
    expect(room.locator("[data-banner=message]")).to_be_hidden()

    # Everybody is paused for a reason, and goes on.
    wall.get_by_text("Everybody: message, pause").click()
    wall.get_by_label("Pause everybody: reason").fill("Fire alarm. Please wait outside.")
    wall.get_by_role("button", name="Pause everybody").click()
    with wall.expect_navigation():  # the page comes anew, with its part for everybody shut
        wall.get_by_role("dialog").get_by_role("button", name="Pause everybody").click()
    expect(room.get_by_role("heading", name="The test is paused")).to_be_visible()
    expect(room.locator("[data-unread] li")).to_contain_text(["Fire alarm. Please wait outside."])
    wall.get_by_text("Everybody: message, pause").click()
    wall.get_by_role("button", name="Let everybody go on").click()
    wall.get_by_role("dialog").get_by_role("button", name="Let everybody go on").click()
    expect(room.get_by_role("heading", name="The test is paused")).to_be_hidden()
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_a_message_without_a_line_is_said_to_be_not_sent_and_goes_out_later(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    with laid(house.port) as line:
        room = at_work(chrome, house, parts, url=line.url)
        line.cut()
        room.locator(".room-tools [data-messages]").click()
        room.get_by_label("Write to the proctor").fill("Is the line down?")
        room.get_by_role("button", name="Send", exact=True).click()
        expect(room.get_by_text("NOT sent yet.", exact=False)).to_be_visible()
        expect(room.get_by_label("Write to the proctor")).to_have_value("Is the line down?")
        line.mend()
        expect(room.locator("[data-history] li")).to_contain_text(["Is the line down?"], timeout=20_000)
        expect(room.get_by_label("Write to the proctor")).to_have_value("")
        expect(room.locator("[data-history] li")).to_have_count(1)


@pytest.fixture
def wall(sample_folder: Path, tmp_path: Path) -> Iterator[FullWall]:
    var = tmp_path / "var"
    shutil.copytree(sample_folder, var)
    with open_site(var, at=NOON) as site:
        yield full_wall.fill(site)


@pytest.mark.timeout(300)
def test_fifty_learners_stand_by_need_and_no_tile_jumps_under_the_pointer(
    wall: FullWall, chrome: Browser
) -> None:
    wall.site.parts.pipeline.start()
    wall.see()
    wall.site.parts.pipeline.drain(60)
    wall.raise_hand(20)
    with full_wall.served(wall.site) as url:
        page = people.sign_in(chrome, url, STAFF, Role.PROCTOR.value)
        page.goto(f"{url}/proctor/sittings/{wall.sitting_id}")
        expect(page.locator("[data-live=on]")).to_be_visible()
        expect(page.locator(".tile").first).to_have_id(f"tile-{wall.attempts[20]}")
        before = order(page)
        page.mouse.move(400, 700)
        wall.call(33, "I cannot read question 4")
        tile = page.locator(f"#tile-{wall.attempts[33]}")
        expect(tile).to_contain_text("1 message waits")
        expect(page.locator("[data-need-count]")).to_have_text("2 need you")
        assert order(page) == before, "nothing moves while somebody looks"
        page.get_by_role("button", name="Sort again").click()
        for place, number in enumerate((20, 33)):
            expect(page.locator(".tile").nth(place)).to_have_id(f"tile-{wall.attempts[number]}")
        expect(page.locator(".tile:focus")).to_have_id(f"tile-{wall.attempts[20]}")
        page.keyboard.press("ArrowRight")
        expect(page.locator(".tile:focus")).to_have_id(f"tile-{wall.attempts[33]}")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("k")
        expect(page.locator(".tile:focus")).to_have_id(f"tile-{wall.attempts[20]}")
        page.get_by_label("Needs me").check(force=True)
        expect(page.locator(".tile:visible")).to_have_count(2)
        page.get_by_label("Keys", exact=False).uncheck()
        page.locator(f"#tile-{wall.attempts[20]}").focus()
        page.keyboard.press("j")
        expect(page.locator(".tile:focus")).to_have_id(f"tile-{wall.attempts[20]}")
        assert people.violations(page) == []
        assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_new_pictures_of_fifty_cost_a_picture_each_in_view_and_no_tile(
    wall: FullWall, chrome: Browser
) -> None:
    wall.site.parts.pipeline.start()
    wall.see()
    wall.site.parts.pipeline.drain(60)
    with full_wall.served(wall.site) as url:
        page = people.sign_in(chrome, url, STAFF, Role.PROCTOR.value)
        traffic = Traffic(page)
        asked = traffic.asked
        with page.expect_response(re.compile("/tiles")):  # once, when it begins to listen
            page.goto(f"{url}/proctor/sittings/{wall.sitting_id}")
        expect(page.locator("[data-live=on]")).to_be_visible()
        traffic.rest()
        asked.clear()
        first = page.locator(".tile img").first
        shown = str(first.get_attribute("src"))
        for _ in range(3):
            wall.see()
            wall.site.parts.pipeline.drain(60)
        expect(first).not_to_have_attribute("src", shown)
        traffic.rest()
        pictures = [one for one in asked if "latest.jpg" in one]
        assert not [one for one in asked if "/tiles" in one], "a new picture needs no new tile"
        assert 0 < len(pictures) <= 3 * 16, "only what is in view is loaded"

        page.locator(".tile [data-learner]").first.click()
        live = page.locator("#learner-dialog [data-now-picture]")
        expect(live).to_be_visible()
        opened = str(live.get_attribute("src"))
        expect(live).not_to_have_attribute("src", opened)
        assert live.evaluate("image => image.naturalWidth") > 0
        page.get_by_role("dialog").get_by_role("button", name="Close", exact=True).click()
        expect(live).to_be_hidden()
        traffic.rest()  # the last one that was on its way is there
        asked.clear()
        page.wait_for_timeout(2500)
        assert not [one for one in asked if "latest.jpg" in one], "nobody loads pictures of what is closed"


def test_the_wall_of_fifty_needs_no_more_questions_than_that_of_five(wall: FullWall) -> None:
    proctor, path = wall.site.staff(Role.PROCTOR), f"/proctor/sittings/{wall.sitting_id}"
    few = "?" + "&".join(f"attempt={one}" for one in wall.attempts[:5])
    statements: list[str] = []
    event.listen(
        wall.site.parts.engine, "before_cursor_execute", lambda *given: statements.append(str(given[2]))
    )
    counts, took = {}, {}
    for name, address in (("page", path), ("tiles", f"{path}/tiles"), ("few", f"{path}/tiles{few}")):
        proctor.get(address)
        statements.clear()
        begun = time.perf_counter()
        assert proctor.get(address).status_code == 200
        took[name], counts[name] = (time.perf_counter() - begun) * 1000, len(statements)
    print({name: f"{took[name]:.0f} ms, {counts[name]} statements" for name in took})
    assert counts["tiles"] == counts["few"]
    assert counts["page"] <= 40


def order(page: Page) -> list[str]:
    """The attempts in the order in which their tiles stand."""
    return list(page.locator(".tile").evaluate_all("tiles => tiles.map(tile => tile.dataset.attempt)"))
