# SPDX-License-Identifier: Apache-2.0
"""What a real browser notes in the room: lost focus, pasting, leaving full screen; and Safe Exam Browser's own script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, Request, expect

from tests.browser import people
from tests.browser.conftest import FLAGS, chromium
from tests.live_server import LiveServer

NAME = "Mohan Lal"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("telemetry"))
    live.start()
    yield live
    live.stop()


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS])
    yield running
    running.close()


def noted(request: Request) -> list[dict[str, Any]]:
    return list(json.loads(request.post_data or "{}")["notes"])


def rules(manager: Page, url: str, *boxes: str, used: str = "off") -> None:
    """Set what the sitting of the learner asks."""
    manager.goto(f"{url}/manager/batches")
    links = manager.locator("main a").evaluate_all("links => links.map(one => one.href)")
    batch = next(link for link in links if re.search(r"/manager/batches/[0-9a-z]{26}$", link))
    manager.goto(f"{batch}/sittings")
    ways = manager.locator("a[href$='/browser']").evaluate_all("links => links.map(one => one.href)")
    for way in ways:
        manager.goto(way)
        for box in boxes:
            manager.check(f"input[name={box}]")
        manager.check(f"input[name=secure_browser][value={used}]", force=True)
        manager.click("main form button.button--primary")


@pytest.mark.timeout(120)
def test_facts_are_noted_with_their_context_and_pasting_is_refused_in_words(
    house: LiveServer, browser: Browser
) -> None:
    url, sample = house.url, house.sample()
    rules(people.sign_in(browser, url, sample, "manager"), url, "full_screen", "no_paste")
    page = people.enter(browser, url, sample, NAME)
    page.locator("form[action='/learner/consent'] input[name=purpose]").check()
    page.locator("form[action='/learner/consent'] button").click()
    seen: list[dict[str, Any]] = []
    page.on("request", lambda request: seen.extend(noted(request)) if "telemetry" in request.url else None)
    with page.expect_request("**/room/telemetry"):
        page.locator("form[action='/learner/start'] button").click()
        page.wait_for_url(f"{url}/room")
    assert [one["kind"] for one in seen] == ["screens_one"]
    expect(page.locator("[data-banner=full-screen]")).to_be_visible()
    page.click("[data-full-screen-go]")
    expect(page.locator("[data-banner=full-screen]")).to_be_hidden()
    page.evaluate("document.exitFullscreen()")
    expect(page.locator("[data-banner=full-screen]")).to_be_visible()
    kind = page.locator("item-interaction[data-type=text_entry]").first
    number = kind.evaluate("one => one.closest('[data-question]').dataset.number")
    page.locator(f"[data-go]:has-text('{number}')").first.click()
    field = kind.locator("input[type=text], textarea").first
    field.focus()
    paste = """field => { const given = new DataTransfer(); given.setData("text", "a secret");
        return field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: given, bubbles: true, cancelable: true})); }"""
    assert field.evaluate(paste) is False
    expect(page.locator("[data-banner=no-paste]")).to_be_visible()
    page.evaluate("document.hasFocus = () => false; dispatchEvent(new Event('blur'))")
    page.evaluate("document.hasFocus = () => true; dispatchEvent(new Event('focus'))")
    with page.expect_request(
        lambda request: "telemetry" in request.url and "focus" in (request.post_data or "")
    ):
        page.wait_for_load_state()
    kinds = [one["kind"] for one in seen]
    assert kinds[1:] == ["full_screen_back", "full_screen_left", "paste_refused", "blur", "focus"]
    refused = seen[3]
    assert (refused["amount"], refused["item"]) == (8, kind.get_attribute("data-item"))
    assert "a secret" not in json.dumps(seen)
    # Without a line notes wait on the device; when it is back they arrive.
    page.context.set_offline(True)
    page.locator("[data-settings]").click()
    expect(page.locator("[data-settings-dialog]")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.context.set_offline(False)
    with page.expect_response(lambda answer: "telemetry" in answer.url and answer.ok):
        page.wait_for_load_state()
    assert [(one["kind"], one.get("cause")) for one in seen[-1:]] == [("beforeprint", "dialog")]
    page.goto(f"{url}/learner/noted")
    expect(page.locator("main")).to_contain_text(re.compile(r"8"))
    assert page.locator("main ol li").count() == 6


@pytest.mark.timeout(90)
def test_safe_exam_browsers_own_script_opens_the_door(house: LiveServer, browser: Browser) -> None:
    url, sample = house.url, house.sample()
    manager = people.sign_in(browser, url, sample, "manager")
    rules(manager, url, used="required")
    key = manager.locator("dd.digest").last.inner_text()
    page = people.enter(browser, url, sample, "Abdul Karim")
    expect(page.locator("[data-safe-browser]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.context.add_init_script(
        """globalThis.SafeExamBrowser = {security: {configKey: "", browserExamKey: "", async updateKeys(done) {
            const text = new TextEncoder().encode(location.href.split("#")[0] + "KEY");
            const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
            this.configKey = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
            done();
        }}};""".replace("KEY", key)
    )
    page.reload()
    expect(page.locator("[data-gate]")).to_be_visible()
