# SPDX-License-Identifier: Apache-2.0
"""What goes wrong in real rooms: a dropped line, a reload, a second device, a camera that stops."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import people
from tests.browser.test_proctor_line import wait_until
from tests.browser.test_spine import give_consent_and_photo
from tests.clips import write_y4m
from tests.live_server import LiveServer
from web.wiring import Services

# Keeps the camera's stream within reach, so that a test can pull its plug.
KEEP_STREAM = """
const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
window.cameraGone = false;
navigator.mediaDevices.getUserMedia = async (wanted) => {
  if (cameraGone) throw new DOMException("unplugged", "NotFoundError");
  return (window.keptStream = await original(wanted));
};
"""


def into_the_room(browser: Browser, server: LiveServer, name: str) -> Page:
    """A learner of the sitting without a camera, at the first question."""
    page = people.enter(browser, server.url, server.sample(), name)
    page.locator("form[action='/learner/consent'] input[name=purpose]").check()
    page.get_by_role("button", name="Agree and go on").click()
    page.get_by_role("button", name="Start the test now").click()
    page.wait_for_url(f"{server.url}/room")
    expect(page.locator("[data-save=saved]")).to_be_visible()
    return page


def answer(page: Page, number: int) -> None:
    """Go to a question and answer it with its last option, or a word."""
    page.locator("[data-go]").nth(number - 1).click()
    question = page.locator(f"[data-question][data-number='{number}']")
    expect(question).to_be_visible()
    if question.locator("input[type=text]").count():
        question.locator("input[type=text]").fill("1930")
    else:
        question.locator("label.choice input").last.check()


def expect_answered(page: Page, number: int) -> None:
    """The page comes to call so many questions answered."""
    expect(page.locator("[data-count-answered]")).to_have_text(str(number), timeout=20_000)


@pytest.mark.timeout(300)
def test_answers_given_offline_arrive_when_the_line_returns_and_survive_a_reload(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    page = into_the_room(chrome, house, people.admit(house, parts))
    answer(page, 1)
    expect(page.locator("[data-save=saved]")).to_be_visible()
    page.context.set_offline(True)
    answer(page, 2)
    answer(page, 3)
    expect(page.locator("[data-banner=offline]")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-save=unsaved]")).to_be_visible(timeout=20_000)
    page.context.set_offline(False)
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=30_000)
    page.reload()
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    expect_answered(page, 3)
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_another_device_takes_over_and_the_first_becomes_read_only(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    name = people.admit(house, parts)
    first = into_the_room(chrome, house, name)
    answer(first, 1)
    expect(first.locator("[data-save=saved]")).to_be_visible()
    second = people.enter(chrome, house.url, house.sample(), name, width=360, height=740)
    second.get_by_role("link", name=re.compile("Go back to the test")).click()
    second.wait_for_url(f"{house.url}/room")
    expect(second.locator("[data-screen=taken]")).to_be_visible(timeout=20_000)
    second.locator("[data-take-over]").click()
    expect(second.locator("[data-screen=taken]")).to_be_hidden(timeout=20_000)
    expect_answered(second, 1)
    expect(first.locator("[data-screen=taken]")).to_be_visible(timeout=30_000)


@pytest.mark.timeout(300)
def test_a_camera_that_stops_is_said_in_words_raised_once_and_comes_back(
    server: LiveServer, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    clip = tmp_path / "camera.y4m"
    write_y4m(clip, [("present", 60.0)], fps=5)
    sample = server.sample()
    browser = launch(clip)
    page = people.enter(browser, server.url, sample, "Tenzin Dolma")
    page.context.add_init_script(KEEP_STREAM)
    give_consent_and_photo(page)
    page.get_by_role("button", name="Start the test now").click()
    page.wait_for_url(f"{server.url}/room")
    expect(page.locator("[data-camera=on]")).to_be_visible(timeout=20_000)
    proctor = people.sign_in(browser, server.url, sample, "proctor")
    proctor.goto(f"{server.url}/proctor/sittings")
    held: list[Route] = []

    def hold(route: Route) -> None:  # this wall is drawn, and hears nothing yet
        held.append(route)

    proctor.route("**/socket.io.esm.min.js*", hold)
    proctor.get_by_role("link", name=re.compile("At home")).first.click()
    expect(proctor.locator("[data-wall] [data-attempt]").first).to_be_visible()
    wait_until(proctor, lambda: bool(held), seconds=20)
    page.evaluate("() => { cameraGone = true; }")  # first, else it is back before anybody noticed
    page.evaluate(
        "for (const t of keptStream.getTracks()) { t.stop(); t.dispatchEvent(new Event('ended')); }"
    )
    expect(page.locator("[data-camera=lost]")).to_be_visible()
    other = proctor.context.new_page()
    other.goto(proctor.url)
    expect(other.locator("[data-alert*='Camera stopped']")).to_be_visible(timeout=30_000)
    expect(proctor.locator("[data-alert*='Camera stopped']")).to_have_count(0)
    for route in held:
        route.continue_()  # now it hears, and shows what it missed
    expect(proctor.locator("[data-alert*='Camera stopped']")).to_be_visible(timeout=30_000)
    page.evaluate("cameraGone = false")
    expect(page.locator("[data-camera=on]")).to_be_visible()  # by itself, tried every two seconds
    expect(proctor.locator("[data-alert*='Camera stopped']")).to_have_count(0, timeout=20_000)
    reviewer = people.sign_in(browser, server.url, sample, "integrity_reviewer")
    found = [cell.get_attribute("data-value") for cell in reviewer.locator("tbody th[scope=row]").all()]
    assert found == ["Camera stopped"]
