# SPDX-License-Identifier: Apache-2.0
"""What a real browser notes in the room, each fact with what explains it; and Safe Exam Browser's own script."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Playwright, Request, Response, expect

from core.uow import Actor
from proctor import api as proctor
from tests.browser import people
from tests.browser.conftest import FLAGS, chromium
from tests.browser.test_offline import attempt_of, come_in, own_browser, start
from tests.live_server import LiveServer
from tests.web.windows import move_windows
from web.wiring import Services

NAME = "Mohan Lal"
TWO_SCREENS = "--screen-info={1600x1200}{1600x1200}"
WITH_A_MOUSE = (
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"
)


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
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


def first_batch(page: Page) -> list[dict[str, Any]]:
    """Press the button of the gate; what the room notes at once."""
    with page.expect_request("**/room/telemetry") as sent:
        start(page)
    return noted(sent.value)


def taken(kind: str) -> Callable[[Response], bool]:
    """Whether the server has taken a batch with such a note."""
    return lambda reply: (
        "telemetry" in reply.url and reply.ok and f'"{kind}"' in (reply.request.post_data or "")
    )


def held(parts: Services, attempt: str) -> list[proctor.TelemetryNote]:
    """What the server keeps, as staff and the learner see it."""
    with parts.store.read(Actor.system()) as uow:
        return list(proctor.telemetry_of_attempt(uow, attempt).notes)


def came_back(parts: Services, attempt: str) -> bool:
    """Whether the server knows of a page that was without the focus and out of sight, and for how long."""
    lasted = {note.kind: note.lasted for note in held(parts, attempt)}
    kinds = (proctor.TelemetryKind.BLUR, proctor.TelemetryKind.HIDDEN)
    return all(lasted.get(kind) is not None for kind in kinds)


def until(there: Callable[[], bool]) -> None:
    """Wait for a page that nobody drives."""
    ends = time.monotonic() + 30
    while not there():
        assert time.monotonic() < ends, "it did not come about in time"
        time.sleep(0.1)


def is_hidden(ask: Callable[..., dict[str, Any]]) -> bool:
    """Whether the page is out of sight, by the browser's own protocol."""
    said = ask("Runtime.evaluate", expression="document.hidden", returnByValue=True)
    return bool(said["result"]["value"])


def resize(tools: CDPSession, *, window: tuple[int, int], less: int, zoom: int) -> None:
    """Let the page have the window but for bars of 90 pixels and so much at its side, at a zoom."""
    width, height = (window[0] - less) // zoom, (window[1] - 90) // zoom
    size = {"width": width, "height": height, "deviceScaleFactor": zoom, "mobile": False}
    tools.send("Emulation.setDeviceMetricsOverride", {**size, "dontSetVisibleSize": True})


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
        with manager.expect_navigation():
            manager.click("main form button.button--primary")


@pytest.mark.timeout(300)
def test_facts_are_noted_with_their_context_and_pasting_is_refused_in_words(
    ruled: LiveServer, browser: Browser
) -> None:
    url, sample = ruled.url, ruled.sample()
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
    with page.expect_response(taken("focus")):
        page.evaluate("document.hasFocus = () => false; dispatchEvent(new Event('blur'))")
        page.evaluate("document.hasFocus = () => true; dispatchEvent(new Event('focus'))")
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
    with page.expect_response(taken("beforeprint")):
        page.context.set_offline(False)
    assert [(one["kind"], one.get("cause")) for one in seen[-1:]] == [("beforeprint", "dialog")]
    page.goto(f"{url}/learner/noted")
    expect(page.locator("main")).to_contain_text(re.compile(r"8"))
    assert page.locator("main ol li").count() == 6


@pytest.mark.timeout(300)
def test_every_fact_is_noted_by_the_browser_itself_and_kept_with_what_explains_it(
    house: LiveServer, parts: Services, playwright: Playwright, tmp_path: Path
) -> None:
    move_windows(parts, opens_at=parts.clock.now() - timedelta(hours=1))
    with own_browser(tmp_path / "profile", TWO_SCREENS, WITH_A_MOUSE) as own:
        with own.driven(playwright) as page:
            come_in(page, house.url, house, people.admit(house, parts))
            tools = page.context.new_cdp_session(page)
            window = tuple(page.evaluate("[outerWidth, outerHeight]"))
            resize(tools, window=window, less=0, zoom=2)  # large print is no strange window
            assert [one["kind"] for one in first_batch(page)] == ["screens_several"]
            attempt = attempt_of(page)
            kind = page.locator("item-interaction[data-type=text_entry]").first
            number = kind.evaluate("one => one.closest('[data-question]').dataset.number")
            page.locator("[data-map]").evaluate("map => map.open = true")
            page.locator("[data-go]").nth(int(number) - 1).click()
            item = kind.get_attribute("data-item")
            kind.locator("input[type=text]").focus()
            page.keyboard.type("1930")
            for keys in ("Control+A", "Control+C", "Control+X"):
                page.keyboard.press(keys)
            page.locator("[data-heading]").click(button="right")
            page.locator("[data-tool=calculator]").click()
            page.locator("[data-panel=calculator]").click(button="right", position={"x": 5, "y": 5})
            page.evaluate("print()")
            resize(tools, window=window, less=500, zoom=2)
            frame = tools.send("Browser.getWindowForTarget")["windowId"]
            tools.send("Browser.setWindowBounds", {"windowId": frame, "bounds": {"left": 1650, "top": 20}})
            with page.expect_response(taken("clock_jumped")):
                page.evaluate("() => { const real = Date.now; Date.now = () => real() + 3600000; }")
        with own.devtools() as ask:  # nobody else holds the page, else it would stay in front
            other = ask("Target.createTarget", url="about:blank")["targetId"]
            until(lambda: is_hidden(ask) is True)
            ask("Target.closeTarget", targetId=other)
            until(lambda: is_hidden(ask) is False)
            until(lambda: came_back(parts, attempt))
        with own.driven(playwright) as page:
            with page.expect_response(taken("reloaded")):
                page.reload()
            page.goto(f"{house.url}/learner/noted")
            expect(page.locator("main ol li")).to_have_count(13)
    found = held(parts, attempt)
    kinds = proctor.TelemetryKind
    assert Counter(note.kind for note in found) == {
        **dict.fromkeys(
            (
                kinds.COPY,
                kinds.CUT,
                kinds.PRINT,
                kinds.SCREEN_CHANGED,
                kinds.WINDOW_SHAPE,
                kinds.CLOCK_JUMPED,
            ),
            1,
        ),
        **dict.fromkeys((kinds.BLUR, kinds.HIDDEN, kinds.RELOADED), 1),
        **dict.fromkeys((kinds.CONTEXT_MENU, kinds.SCREENS_SEVERAL), 2),
    }
    copied, cut = (note for note in found if note.kind in (kinds.COPY, kinds.CUT))
    assert (copied.amount, copied.typing, cut.amount, cut.typing) == (4, True, 4, True)
    causes = [note.cause for note in found if note.kind is kinds.CONTEXT_MENU]
    assert causes == [proctor.TelemetryCause.NONE, proctor.TelemetryCause.CALCULATOR]
    (jump,) = (note.amount or 0 for note in found if note.kind is kinds.CLOCK_JUMPED)
    assert abs(jump - 3_600_000) < 2000
    assert all(note.lasted is not None for note in found if note.kind in (kinds.BLUR, kinds.HIDDEN))
    told = {note.kind for note in found if note.item == item}
    assert told >= set(kinds) & {note.kind for note in found} - {kinds.SCREENS_SEVERAL, kinds.RELOADED}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scale", ["1", "1.5"])
def test_developer_tools_in_the_window_are_seen_on_any_screen(
    house: LiveServer, parts: Services, playwright: Playwright, tmp_path: Path, scale: str
) -> None:
    move_windows(parts, opens_at=parts.clock.now() - timedelta(hours=1))
    screen = (f"--force-device-scale-factor={scale}", "--auto-open-devtools-for-tabs", WITH_A_MOUSE)
    with own_browser(tmp_path / "profile", *screen) as own, own.driven(playwright) as page:
        come_in(page, house.url, house, people.admit(house, parts))
        page.wait_for_function("() => outerWidth - innerWidth > 300")
        assert page.evaluate("devicePixelRatio") == float(scale)
        assert [one["kind"] for one in first_batch(page)] == ["screens_one", "window_shape"]


@pytest.mark.timeout(300)
def test_the_keyboard_of_a_phone_is_no_strange_window(
    house: LiveServer, parts: Services, chrome: Browser, playwright: Playwright
) -> None:
    move_windows(parts, opens_at=parts.clock.now() - timedelta(hours=1))
    page = chrome.new_context(**playwright.devices["Pixel 7"]).new_page()
    come_in(page, house.url, house, people.admit(house, parts))
    tools = page.context.new_cdp_session(page)
    size = {"width": 412, "height": 420, "screenWidth": 412, "screenHeight": 915}
    tools.send("Emulation.setDeviceMetricsOverride", {**size, "deviceScaleFactor": 2.625, "mobile": True})
    page.context.add_init_script("Object.defineProperty(window, 'outerHeight', {value: 839})")
    assert [one["kind"] for one in first_batch(page)] == ["screens_one"]
    assert page.evaluate("outerHeight - innerHeight") > 260
    page.context.close()


@pytest.mark.timeout(300)
def test_safe_exam_browsers_own_script_opens_the_door(ruled: LiveServer, browser: Browser) -> None:
    url, sample = ruled.url, ruled.sample()
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
