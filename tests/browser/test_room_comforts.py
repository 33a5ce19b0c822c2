# SPDX-License-Identifier: Apache-2.0
"""What makes the room bearable for everybody: colours, large text, tools, the spoken time, a slow line."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import people
from tests.live_server import LiveServer
from web.wiring import Services

COLOURS = ("", "light", "dark", "bw", "wb", "yb")
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWEST_SECONDS = 5.0


def at_the_gate(browser: Browser, house: LiveServer, name: str, **size: Any) -> Page:
    """A learner of the sitting without a camera, who only has to press Start."""
    page = people.enter(browser, house.url, house.sample(), name, **size)
    page.locator("form[action='/learner/consent'] input[name=purpose]").check()
    page.locator("form[action='/learner/consent'] button").click()
    return page


def start(page: Page, url: str) -> None:
    page.locator("form[action='/learner/start'] button").click()
    page.wait_for_url(f"{url}/room")
    expect(page.locator("[data-save=saved]")).to_be_visible()


def choose(page: Page, name: str, value: str) -> None:
    """One setting, by its radio button."""
    page.locator("[data-settings]").click()
    expect(page.locator("[data-settings-dialog]")).to_be_visible()
    page.locator(f"[data-settings-dialog] input[name='set-{name}'][value='{value}']").check(force=True)
    page.locator("[data-settings-dialog] button[value=done]").click()


def too_wide(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def low_contrast(page: Page) -> list[str]:
    """Only what colours can break, which is quicker than everything."""
    page.evaluate(people.AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(
        """async () => (await axe.run(document, {runOnly: ["color-contrast", "link-in-text-block"]}))
        .violations.flatMap(v => v.nodes.map(n => n.target.join(" ") + " " + n.failureSummary))"""
    )
    return found


@pytest.mark.timeout(300)
def test_every_choice_of_colours_and_text_can_be_read_and_fits_the_screen(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    page = at_the_gate(chrome, house, people.admit(house, parts, language="hi"), width=360, height=740)
    start(page, house.url)
    assert page.locator("html").get_attribute("lang") == "hi"
    faults: list[str] = []
    for colours in COLOURS:
        choose(page, "colours", colours)
        for width, height in ((360, 740), (1280, 860)):
            page.set_viewport_size({"width": width, "height": height})
            look = people.violations if colours in {"", "yb"} else low_contrast
            faults += [f"{colours} {width}: {fault}" for fault in look(page)]
    assert faults == []

    # Twice the text, on a desktop, on a phone, and on a page that is magnified four times: nothing is cut off or covered.
    choose(page, "size", "200")
    for width, height in ((1280, 860), (360, 740), (320, 225)):
        page.set_viewport_size({"width": width, "height": height})
        assert too_wide(page) == 0, width
        assert page.locator(".room-actions").evaluate("(bar) => getComputedStyle(bar).position") == "static"
    assert people.violations(page) == []

    # Both languages: one below the other here; beside each other where there is room and nobody asked otherwise.
    choose(page, "show", "both")
    hindi, english = page.locator("[data-question]:not([hidden]) .item__stem [data-lang]").all()
    assert english.bounding_box()["y"] > hindi.bounding_box()["y"]  # type: ignore[index]
    choose(page, "size", "")
    page.set_viewport_size({"width": 1280, "height": 860})
    assert english.bounding_box()["y"] == hindi.bounding_box()["y"]  # type: ignore[index]
    choose(page, "both", "stacked")
    assert english.bounding_box()["y"] > hindi.bounding_box()["y"]  # type: ignore[index]

    # The choice is there before anything is drawn, on every page.
    choose(page, "colours", "wb")
    page.reload()
    assert page.locator("html").get_attribute("data-contrast") == "wb"
    assert page.locator("#room").get_attribute("data-show") == "both"
    page.goto(f"{house.url}/learner")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(0, 0, 0)"
    assert people.FAULTS == []


KEPT = """async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith("kasauti-package-"));
  const found = await Promise.all(names.map(async (name) => (await caches.open(name)).match("/learner/package/page")));
  return found.some(Boolean);
}"""


@pytest.mark.timeout(300)
def test_a_language_chosen_after_the_test_was_kept_on_the_device_is_the_language_of_the_room(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    page = at_the_gate(chrome, house, people.admit(house, parts))
    expect(page.locator("[data-package-state=ready]")).to_be_visible(timeout=30_000)
    with page.expect_navigation():
        page.locator("button[name=language][value=hi]").click()
    start(page, house.url)
    assert page.locator("html").get_attribute("lang") == "hi"
    page.wait_for_function(KEPT, timeout=60_000)  # within a quarter of a minute, at a moment of its own
    with page.expect_response(f"{house.url}/room") as room:
        page.reload()
    assert room.value.from_service_worker
    assert page.locator("html").get_attribute("lang") == "hi"
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_calculator_and_notes_work_by_keyboard_and_the_notes_go_with_the_test(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    page = at_the_gate(chrome, house, people.admit(house, parts))
    start(page, house.url)
    page.locator("[data-tool=calculator]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-display]")).to_be_focused()
    page.keyboard.type("0.1+0,2")
    page.keyboard.press("Enter")
    expect(page.locator("[data-display]")).to_have_text("0.3")
    expect(page.locator("[data-result]")).to_have_text("0.3")
    page.get_by_role("button", name="Square root").click()
    page.get_by_role("button", name="Divided by").click()
    page.locator("[data-key='0']").click()
    page.get_by_role("button", name="Equals").click()
    expect(page.locator("[data-result]")).to_have_text("Cannot divide by zero")
    assert people.violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("[data-tool=calculator]")).to_be_focused()
    expect(page.locator("[data-panel=calculator]")).to_be_hidden()

    page.locator("[data-tool=notes]").click()
    page.locator("[data-notes]").fill("ask about question 3")
    page.reload()
    page.locator("[data-tool=notes]").click()
    expect(page.locator("[data-notes]")).to_have_value("ask about question 3")

    page.locator("[data-time-toggle]").click()
    page.reload()
    expect(page.locator("[data-time-hidden]")).to_be_visible()
    expect(page.locator("[data-time-value]")).to_be_hidden()
    page.get_by_role("button", name="Hand in…").first.click()
    page.get_by_role("button", name="Hand in now").click()
    page.wait_for_url(f"{house.url}/learner")
    kept = page.evaluate("Object.keys(localStorage)")
    assert [name for name in kept if "notes" in name or "room" in name or "message" in name] == []
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_the_time_is_spoken_at_its_marks_and_not_each_second(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    page = at_the_gate(chrome, house, people.admit(house, parts))
    page.context.add_cookies([{"name": "kasauti-language", "value": "en", "url": house.url}])
    page.clock.install()
    start(page, house.url)
    page.evaluate(
        """() => {
          window.said = [];
          const place = document.querySelector("[data-say]");
          new MutationObserver(() => said.push(place.textContent)).observe(place, {childList: true});
        }"""
    )
    page.context.set_offline(True)  # so that no answer of the server corrects the hurried clock
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 20"))  # further than the way there takes
    for minutes in (6.0, 4.95, 4.0, 0.5):
        page.clock.fast_forward(leap(page, minutes))
        page.clock.run_for(500)
    spoken = [text for text in page.evaluate("said") if "left" in text]
    assert spoken == ["5 minutes left", "1 minute left"]


def leap(page: Page, minutes: float) -> int:
    """Milliseconds from what the clock shows to so many minutes before the end."""
    shown = page.locator("[data-time-value]").text_content() or ""
    whole, seconds = shown.split(":")
    return max(0, (int(whole) * 60 + int(seconds)) * 1000 - round(minutes * 60_000))


@pytest.mark.alone
@pytest.mark.timeout(300)
def test_on_slow_3g_the_first_question_can_be_answered_within_five_seconds(
    house: LiveServer, parts: Services, chrome: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    page = at_the_gate(chrome, house, people.admit(house, parts), width=360, height=740)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.send("Network.setBypassServiceWorker", {"bypass": True})  # as if nothing had been fetched beforehand
    line.send("Network.emulateNetworkConditions", SLOW_3G)
    start(page, house.url)
    page.reload(wait_until="commit")
    usable = page.wait_for_function(
        """() => {
          const control = document.querySelector("[data-question]:not([hidden]) input");
          return control && !control.disabled && customElements.get("item-interaction") &&
            document.querySelector("[data-map][data-wide]") && performance.now();
        }"""
    )
    seconds = usable.json_value() / 1000
    loaded = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    assert not [name for name in loaded if "camera" in name or "socket.io" in name]
    with capsys.disabled():
        print(f"\nfirst question usable on slow 3G (400 kbit/s, 400 ms): {seconds:.2f} s")
    assert seconds <= SLOWEST_SECONDS
