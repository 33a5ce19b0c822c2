# SPDX-License-Identifier: Apache-2.0
"""Without a line: the whole test, a reload, a killed browser, a frozen page. Nothing is lost, and nothing is early."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Playwright, expect
from simple_websocket import Client
from sqlalchemy import select

from assessor.attempts.tables import AttemptRow, ResponseCopyRow, ResponseEventRow
from core.uow import Actor
from tests.browser import people
from tests.browser.conftest import FLAGS, chromium
from tests.browser.line import Line, laid
from tests.browser.test_proctor_line import wait_until
from tests.browser.test_room import answer, expect_answered
from tests.live_server import LiveServer, free_port
from tests.web.windows import move_windows
from web.wiring import Services

RESTORED_SECONDS = 3.0
QUESTIONS = 24
# Everything that this browser keeps of the site, as base64: the bodies of Cache Storage, and the rows of IndexedDB.
KEPT = """async () => {
  const found = {};
  const text = (bytes) => { let s = ""; for (const b of new Uint8Array(bytes)) s += String.fromCharCode(b); return btoa(s); };
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const answer = await cache.match(request);
      const heads = [...answer.headers].join("\\n");
      found[`${name} ${new URL(request.url).pathname}`] = text(await answer.arrayBuffer()) + "," + btoa(heads);
    }
  }
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done) => { const o = indexedDB.open(name); o.onsuccess = () => done(o.result); });
    for (const store of db.objectStoreNames) {
      const rows = await new Promise((done) => {
        const asked = db.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => done(asked.result);
      });
      const bytes = new TextEncoder().encode(rows.map((row) => JSON.stringify(row)).join("\\n"));
      if (rows.length) found[`${name}/${store}`] = text(bytes) + ",";
    }
    db.close();
  }
  for (const [name, value] of Object.entries(localStorage)) {
    found[`localStorage ${name}`] = text(new TextEncoder().encode(value)) + ",";
  }
  return found;
}"""

# The milliseconds since the page was asked for, as soon as it shows so many answers and the open question can be answered.
SHOWS_AND_TAKES = """(answered) => {
  const control = document.querySelector("[data-question]:not([hidden]) input");
  const shown = document.querySelector("[data-count-answered]")?.textContent.trim() === answered;
  return shown && control && !control.matches(":disabled") && performance.now();
}"""


@pytest.fixture
def live(house: LiveServer, parts: Services) -> LiveServer:
    """The server, with every sitting open since an hour ago; each test has a learner of its own."""
    move_windows(parts, opens_at=parts.clock.now() - timedelta(hours=1))
    return house


@pytest.fixture
def line(live: LiveServer) -> Iterator[Line]:
    with laid(live.port) as made:
        yield made


def kept_in(page: Page) -> dict[str, bytes]:
    """What the browser keeps, by place."""
    found: dict[str, str] = page.evaluate(KEPT)
    return {
        place: b"\n".join(base64.b64decode(part) for part in both.split(",")) for place, both in found.items()
    }


def at_the_gate(browser: Browser, line: Line, live: LiveServer, name: str, **size: Any) -> Page:
    """A learner who agreed, with the locked test on the device."""
    page = people.enter(browser, line.url, live.sample(), name, **size)
    get_ready(page)
    return page


def get_ready(page: Page) -> None:
    """Agree, in English, and wait until the locked test is on the device."""
    with page.expect_navigation():
        page.locator("button[name=language][value=en]").click()
    page.locator("form[action='/learner/consent'] input[name=purpose]").check()
    page.get_by_role("button", name="Agree and go on").click()
    expect(page.locator("[data-package-state=ready]")).to_be_visible(timeout=60_000)


def into_the_room(browser: Browser, line: Line, live: LiveServer, name: str, **size: Any) -> Page:
    """The same learner at the first question, which came out of the locked test."""
    page = at_the_gate(browser, line, live, name, **size)
    start(page)
    return page


def start(page: Page) -> None:
    """Press the button; the room's page comes from the worker and not over the line."""
    with page.expect_response(lambda answer: answer.url.endswith("/room")) as room:
        page.get_by_role("button", name="Start the test now").click()
    assert room.value.from_service_worker
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)


def restored(page: Page, answered: int) -> float:
    """Load the room anew; the seconds until it shows so many answers and can be used, as the page itself counts them."""
    page.goto(page.url.split("/room")[0] + "/room", wait_until="commit")
    there = page.wait_for_function(SHOWS_AND_TAKES, arg=str(answered))
    seconds = float(there.json_value()) / 1000
    print(f"restored in {seconds:.2f} s")
    return seconds


def attempt_of(page: Page) -> str:
    """The attempt's id, from the page."""
    return str(page.locator("#room").get_attribute("data-attempt"))


def stored(parts: Services, attempt: str) -> list[tuple[str, int, str]]:
    """What the server holds, in the order in which it came: item, number, instant."""
    query = (
        select(ResponseEventRow.item_version_id, ResponseEventRow.seq, ResponseEventRow.received_at)
        .where(ResponseEventRow.attempt_id == attempt)
        .order_by(ResponseEventRow.received_at, ResponseEventRow.seq)
    )
    with parts.store.read(Actor.system()) as uow:
        return [(item, seq, at.isoformat()) for item, seq, at in uow.db.execute(query)]


@pytest.mark.timeout(300)
def test_a_whole_test_without_a_line_arrives_in_order_and_once(
    live: LiveServer, parts: Services, line: Line, chrome: Browser
) -> None:
    move_windows(parts, opens_at=parts.clock.now() + timedelta(minutes=10))
    page = at_the_gate(chrome, line, live, people.admit(live, parts))
    button = page.get_by_role("button", name="Start the test now")
    expect(button).to_be_disabled()
    before = kept_in(page)
    assert sum("kasauti-package-" in place for place in before) == 2, list(before)
    assert not any(name.startswith("kasauti/memory") for name in before), "no key before the start"
    came_down = b"".join(map(bytes, line.received))
    move_windows(parts, opens_at=parts.clock.now() + timedelta(seconds=3))
    page.reload()
    expect(button).to_be_enabled(timeout=20_000)  # it wakes up by itself
    start(page)
    stems = [stem.text_content() or "" for stem in page.locator(".item__stem [data-lang]").all()]
    assert len(stems) >= 2 * QUESTIONS
    for stem in stems:
        for place, data in before.items():
            assert stem.encode() not in data, place
        assert stem.encode() not in came_down
    line.cut()
    for number in range(1, QUESTIONS + 1):
        answer(page, number)
    expect(page.locator("[data-save=unsaved]")).to_be_visible(timeout=20_000)
    assert restored(page, QUESTIONS) < RESTORED_SECONDS
    attempt = attempt_of(page)
    assert stored(parts, attempt) == []
    line.mend()
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=40_000)
    held = stored(parts, attempt)
    assert len({item for item, _, _ in held}) == QUESTIONS
    numbers = [seq for _, seq, _ in held]
    assert numbers == sorted(set(numbers))
    page.get_by_role("button", name="Hand in…").first.click()
    page.get_by_role("button", name="Hand in now").click()
    page.wait_for_url(f"{line.url}/learner", timeout=20_000)
    expect(page.get_by_text("24 of 24 answers are with us")).to_be_visible()
    # The page after the test looks into the journal once more, and forgets it then.
    wait_until(page, lambda: not left_behind(page), seconds=20)
    assert people.FAULTS == []


def left_behind(page: Page) -> list[str]:
    """What of a test that is over a browser still keeps."""
    harmless = ("kasauti-static-", "localStorage kasauti-settings")
    return [place for place in kept_in(page) if not place.startswith(harmless)]


@dataclass
class OwnBrowser:
    """A browser with a profile on the disk, in a process group of its own that can be killed."""

    process: subprocess.Popen[bytes]
    port: int

    @contextmanager
    def driven(self, playwright: Playwright) -> Iterator[Page]:
        """Its first window, for as long as it is driven."""
        browser = connected(playwright, self.port)
        try:
            (shared,) = browser.contexts
            yield shared.pages[0] if shared.pages else shared.wait_for_event("page")
        finally:
            browser.close()  # lets go of it

    @contextmanager
    def devtools(self) -> Iterator[Callable[..., dict[str, Any]]]:
        """The browser's own protocol to its first window, and nothing between."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/json", timeout=10) as answer:
            window = next(one for one in json.load(answer) if one["type"] == "page")
        channel = Client.connect(window["webSocketDebuggerUrl"])
        numbers = iter(range(1, 100_000))

        def ask(method: str, **params: Any) -> dict[str, Any]:
            number = next(numbers)
            channel.send(json.dumps({"id": number, "method": method, "params": params}))
            while (said := json.loads(channel.receive(timeout=20))).get("id") != number:
                pass
            return dict(said["result"])

        try:
            yield ask
        finally:
            channel.close()


@contextmanager
def own_browser(profile: Path, *more: str) -> Iterator[OwnBrowser]:
    """Start one, and kill what is left of it. `more`: further flags."""
    port = free_port()
    where = [f"--remote-debugging-port={port}", f"--user-data-dir={profile}", "--window-size=1280,900"]
    process = subprocess.Popen(
        [str(chromium()), *FLAGS, *where, *more, "--headless=new", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield OwnBrowser(process, port)
    finally:
        end(process)


def connected(playwright: Playwright, port: int) -> Browser:
    """The browser at that port, as soon as it answers."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            return playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        except Error:
            time.sleep(0.1)
    raise RuntimeError("the browser did not start")


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill the whole group, without a word to it."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)


def come_in(page: Page, url: str, live: LiveServer, name: str) -> None:
    """The same way in, in a window that is open already."""
    page.goto(url)
    show_code(page, live, name)
    get_ready(page)


def show_code(page: Page, live: LiveServer, name: str) -> None:
    """At the door."""
    code = next(one["code"] for one in live.sample()["learners"] if one["name"] == name)
    page.locator("input[name=code]").fill(code)
    page.locator("form[action='/enter'] button").click()
    page.wait_for_url("**/learner")


@pytest.mark.timeout(300)
def test_a_browser_that_was_killed_comes_back_without_a_line_with_every_answer_and_no_more_time(
    live: LiveServer, parts: Services, line: Line, playwright: Playwright, tmp_path: Path
) -> None:
    name = people.admit(live, parts)
    with own_browser(tmp_path / "profile") as own, own.driven(playwright) as page:
        come_in(page, line.url, live, name)
        start(page)
        for number in (1, 2):
            answer(page, number)
        expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
        attempt = attempt_of(page)
        line.cut()
        for number in (3, 4, 5):
            answer(page, number)
        wait_until_written(page, 3)
        left = seconds_left(page)
        end(own.process)
    assert len(stored(parts, attempt)) == 2
    with own_browser(tmp_path / "profile") as own, own.driven(playwright) as page:
        page.goto(
            f"{line.url}/learner"
        )  # as somebody would who has the address only; it leads back into the test
        page.wait_for_url(f"{line.url}/room")
        assert restored(page, 5) < RESTORED_SECONDS
        assert left - 60 < seconds_left(page) <= left
        answer(page, 6)
        page.context.clear_cookies()  # a browser that was killed may have lost what it had not written yet
        line.mend()
        page.locator("[data-banner=signed-out] a").click(timeout=40_000)
        show_code(page, live, name)
        page.locator("a[href='/room']").click()
        expect(page.locator("[data-save=saved]")).to_be_visible(timeout=40_000)
        expect_answered(page, 6)
        assert len({item for item, _, _ in stored(parts, attempt)}) == 6
        assert left - 90 < seconds_left(page) <= left


def wait_until_written(page: Page, entries: int) -> None:
    """Wait until so many answers that nobody has acknowledged are on this device's disk."""
    page.evaluate(
        """async (entries) => {
          const count = async () => {
            const db = await new Promise((done) => {
              const asked = indexedDB.open("kasauti");
              asked.onsuccess = () => done(asked.result);
            });
            const found = await new Promise((done) => {
              const asked = db.transaction("entries").objectStore("entries").count();
              asked.onsuccess = () => done(asked.result);
            });
            db.close();
            return found;
          };
          while ((await count()) !== entries) await new Promise((done) => setTimeout(done, 50));
        }""",
        entries,
    )


def seconds_left(page: Page) -> int:
    """What the page's countdown shows, as soon as it counts."""
    full = page.locator("[data-time-value]")
    expect(full).not_to_have_text(re.compile("15:00|30:00"), timeout=20_000)
    minutes, seconds = (page.locator("[data-time-value]").text_content() or "").strip().split(":")[-2:]
    return int(minutes) * 60 + int(seconds)


@pytest.mark.timeout(300)
def test_a_page_that_was_frozen_sends_within_three_seconds_and_shows_the_right_time(
    live: LiveServer, parts: Services, line: Line, playwright: Playwright, tmp_path: Path
) -> None:
    with own_browser(tmp_path / "profile") as own:
        with own.driven(playwright) as page:
            come_in(page, line.url, live, people.admit(live, parts))
            start(page)
            answer(page, 1)
            expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
            attempt = attempt_of(page)
            line.cut()
            answer(page, 2)
            expect(page.locator("[data-save=unsaved]")).to_be_visible(timeout=20_000)
        with own.devtools() as ask:  # nobody else holds the page, else it would not sleep
            ask("Page.setWebLifecycleState", state="frozen")  # a call, another app, a locked screen
            line.quiet(1.0)  # what a page tries when it is hidden is lost as well
            line.mend()
            left = move_end(
                parts, attempt, timedelta(minutes=5)
            )  # meanwhile five minutes go by, for the server
            time.sleep(RESTORED_SECONDS)
            assert len(stored(parts, attempt)) == 1, "it sleeps"
            ask("Page.setWebLifecycleState", state="active")
            begun = time.monotonic()
            shown: dict[str, Any] = {"value": None}
            while shown["value"] is None and time.monotonic() - begun < 20:
                shown = ask("Runtime.evaluate", expression=AWAKE % left)["result"]
            seconds = time.monotonic() - begun
            print(f"awake in {seconds:.2f} s")
            assert shown["value"] == "saved"
            assert seconds < RESTORED_SECONDS
            assert len(stored(parts, attempt)) == 2


# Null until everything is saved and the countdown shows no more than so many seconds.
AWAKE = """(() => {
  const [m, s] = document.querySelector("[data-time-value]").textContent.trim().split(":").map(Number);
  return m * 60 + s <= %d && !document.querySelector("[data-save=saved]").hidden ? "saved" : null;
})()"""


def move_end(parts: Services, attempt: str, by: timedelta) -> int:
    """Let the attempt have begun that much earlier; the whole seconds that are left then, rounded up."""
    with parts.store.write(Actor.system()) as uow:
        row = uow.db.get_one(AttemptRow, attempt)
        assert row.started_at is not None
        assert row.ends_at is not None
        row.started_at, row.ends_at = row.started_at - by, row.ends_at - by
        return int((row.ends_at - uow.now).total_seconds()) + 1


@pytest.mark.timeout(300)
def test_answers_that_come_after_the_end_are_kept_with_a_receipt_and_said_in_words(
    live: LiveServer, parts: Services, line: Line, chrome: Browser
) -> None:
    page = into_the_room(chrome, line, live, people.admit(live, parts))
    answer(page, 1)
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    attempt = attempt_of(page)
    line.cut()
    answer(page, 2)
    answer(page, 3)
    wait_until_written(page, 2)
    page.close()  # the phone is put away, and its battery dies
    move_end(parts, attempt, timedelta(hours=2))
    line.mend()
    page = page.context.new_page()
    page.goto(f"{line.url}/learner")
    if page.url.endswith("/learner") and page.locator("a[href='/room']").count():
        page.goto(f"{line.url}/room")  # the attempt was not closed yet; it leads back if it is by now
    # Whichever of server and page closes it first: the room says it and stays, or the page after it says it.
    told = page.get_by_text("2 answers came after the end")
    expect(told.or_(page.locator("[data-late-list]", has_text="2, 3"))).to_be_visible(timeout=30_000)
    query = select(ResponseCopyRow.seq, ResponseCopyRow.reason).where(ResponseCopyRow.attempt_id == attempt)
    with parts.store.read(Actor.system()) as uow:
        kept = [(seq, reason.value) for seq, reason in uow.db.execute(query)]
    assert (
        len({seq for seq, _ in kept}) == 2
    )  # one that was sent again after the closing is kept under both reasons
    assert {reason for _, reason in kept} <= {"late_answer", "attempt_closed"}
    page.goto(f"{line.url}/learner")
    expect(page.get_by_text("2 answers came after the end")).to_be_visible(timeout=30_000)
    assert len(stored(parts, attempt)) == 1
