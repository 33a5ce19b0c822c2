# SPDX-License-Identifier: Apache-2.0
"""What goes away and comes back: the page, a kept copy of it, the camera, the line of a second device."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import people
from tests.browser.line import laid
from tests.browser.test_offline import RESTORED_SECONDS, attempt_of, get_ready, restored, start, stored
from tests.browser.test_room import KEEP_STREAM, answer, expect_answered
from tests.browser.test_spine import give_consent_and_photo
from tests.clips import write_y4m
from tests.live_server import LiveServer
from web.wiring import Services

BACK_SECONDS = 3.0
# What is said of the camera, with the seconds since the first fault.
WATCH_CAMERA = """() => {
  window.faults = [];
  window.told = [];
  const note = () => {
    const state = document.querySelector("[data-camera]:not([hidden])")?.dataset.camera;
    if (told.at(-1)?.[0] !== state) told.push([state, performance.now() / 1000]);
  };
  new MutationObserver(note).observe(document.querySelector(".room-status"), {attributes: true, subtree: true});
  note();
}"""
# Whether it was told so often that the camera is in this state.
TOLD = "([state, times]) => told.filter(([one]) => one === state).length >= times"
MUTE = "() => { faults.push(performance.now() / 1000); keptStream.getVideoTracks()[0].dispatchEvent(new Event('mute')); }"
END = """() => {
  faults.push(performance.now() / 1000);
  const [track] = keptStream.getVideoTracks();
  track.stop();
  track.dispatchEvent(new Event('ended'));
}"""
# No moment is spread: what a browser does by itself it does at once.
AT_ONCE = "Math.random = () => 0;"
# A browser that keeps nothing for a page, as some do in a private window: each file comes over the line.
WITHOUT_WORKER = "delete Navigator.prototype.serviceWorker;"
# Waits until the locked test and its key are on this device.
KEPT_WITH_KEY = """async () => {
  const kept = async () => {
    const db = await new Promise((done) => { const o = indexedDB.open("kasauti"); o.onsuccess = () => done(o.result); });
    const rows = await new Promise((done) => {
      const asked = db.transaction("memory").objectStore("memory").getAll();
      asked.onsuccess = () => done(asked.result);
    });
    db.close();
    return rows.some((row) => row.name === "key") && (await caches.match("/learner/package/page"));
  };
  while (!(await kept())) await new Promise((done) => setTimeout(done, 50));
}"""


def type_in(page: Page, text: str) -> None:
    """Begin to type into the first question that wants a text; nobody waits for it to be saved."""
    field = page.locator("[data-question] input[type=text]").first
    page.evaluate(
        "(field) => document.querySelector(`[data-go='${field.name}']`).click()", field.element_handle()
    )
    field.focus()
    page.keyboard.insert_text(text)


@pytest.mark.timeout(300)
def test_going_back_and_a_kept_copy_of_the_page_lose_no_answer_and_show_no_old_room(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    page = people.enter(chrome, house.url, house.sample(), people.admit(house, parts))
    get_ready(page)
    start(page)
    attempt = attempt_of(page)
    text = page.locator("[data-question] input[type=text]").first
    type_in(page, "back")
    page.go_back()
    page.wait_for_url(f"{house.url}/learner")
    page.go_forward()
    page.wait_for_url(f"{house.url}/room")
    expect(text).to_have_value("back")
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    assert len(stored(parts, attempt)) == 1

    # A browser that kept the whole page shows it again as it was; another window may have gone on meanwhile.
    first = text.evaluate("(field) => document.querySelector('[data-question]').contains(field)")
    answer(page, 2 if first else 1)  # papers are drawn: the text may be the first question
    page.evaluate("window.old = true")
    with page.expect_navigation(url=f"{house.url}/room"):
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert page.evaluate("window.old") is None
    expect_answered(page, 2)
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    assert len(stored(parts, attempt)) == 2

    page.get_by_role("button", name="Hand in…").first.click()
    page.get_by_role("button", name="Hand in now").click()
    page.wait_for_url(f"{house.url}/learner")
    page.go_back()
    page.wait_for_url(f"{house.url}/learner")
    expect(page.locator(".slip")).to_be_visible()
    expect(page.locator("[data-question]")).to_have_count(0)
    assert people.FAULTS == []


@pytest.mark.alone
@pytest.mark.timeout(300)
def test_a_camera_that_is_muted_or_ends_is_noticed_and_back_within_three_seconds_and_nothing_is_lost(
    house: LiveServer, parts: Services, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    clip = tmp_path / "camera.y4m"
    write_y4m(clip, [("present", 60.0)], fps=5)
    page = people.enter(launch(clip), house.url, house.sample(), "Tenzin Dolma")
    page.context.add_init_script(KEEP_STREAM)
    give_consent_and_photo(page)
    page.get_by_role("button", name="Start the test now").click()
    page.wait_for_url(f"{house.url}/room")
    expect(page.locator("[data-camera=on]")).to_be_visible()
    page.evaluate(WATCH_CAMERA)
    for number, fault in enumerate((MUTE, END), 1):
        page.evaluate(fault)
        page.wait_for_function(TOLD, arg=["lost", number])
        answer(page, number)
        page.wait_for_function(TOLD, arg=["on", number + 1])
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    assert len(stored(parts, attempt_of(page))) == 2
    told = page.evaluate("told")
    assert [state for state, _ in told if state in {"on", "lost"}] == ["on", "lost", "on", "lost", "on"]
    for fault, noticed, back in zip(
        page.evaluate("faults"),
        [at for state, at in told if state == "lost"],
        [at for state, at in told if state == "on"][1:],
        strict=True,
    ):
        assert noticed - fault < 0.5
        assert back - fault < BACK_SECONDS
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_a_line_that_was_away_when_the_camera_was_to_be_connected_does_not_keep_its_pictures_back(
    house: LiveServer, parts: Services, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    clip = tmp_path / "camera.y4m"
    write_y4m(clip, [("present", 60.0)], fps=5)
    name = people.admit(house, parts, watched=True)
    page = people.enter(launch(clip), house.url, house.sample(), name, first=WITHOUT_WORKER)
    give_consent_and_photo(page)
    refused: list[str] = []

    def lose_twice(route: Route) -> None:
        if len(refused) < 2:
            refused.append(route.request.url)
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.context.route("**/socket.io.esm.min.js*", lose_twice)
    page.get_by_role("button", name="Start the test now").click()
    page.wait_for_url(f"{house.url}/room")
    expect(page.locator("[data-camera=on]")).to_be_visible(timeout=40_000)
    assert len(refused) == 2
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_the_second_device_can_be_loaded_anew_without_a_line_as_well(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    name = people.admit(house, parts)
    first = people.enter(chrome, house.url, house.sample(), name)
    get_ready(first)
    start(first)
    answer(first, 1)
    expect(first.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    with laid(house.port) as line:
        second = people.enter(chrome, line.url, house.sample(), name)
        second.context.add_init_script(AT_ONCE)
        second.locator("a[href='/room']").click()
        second.wait_for_url(f"{line.url}/room")
        second.locator("[data-take-over]").click()
        expect(second.locator("[data-screen=taken]")).to_be_hidden(timeout=20_000)
        expect_answered(second, 1)
        second.evaluate(KEPT_WITH_KEY)
        line.cut()
        answer(second, 2)
        assert restored(second, 2) < RESTORED_SECONDS
        expect(second.locator("[data-banner=restored]")).to_be_visible(timeout=20_000)
        expect(second.locator("[data-screen]:not([hidden])")).to_have_count(0)
        answer(second, 3)
        line.mend()
        expect(second.locator("[data-save=saved]")).to_be_visible(timeout=40_000)
        assert len({item for item, _, _ in stored(parts, attempt_of(second))}) == 3
    expect(first.locator("[data-screen=taken]")).to_be_visible(timeout=20_000)
    assert people.FAULTS == []
