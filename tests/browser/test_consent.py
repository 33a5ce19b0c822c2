# SPDX-License-Identifier: Apache-2.0
"""Taking the consent back in the middle of a test, in a real browser with a real camera."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import people
from tests.browser.test_device_help import KEEP_TRACKS, live
from tests.browser.test_proctor_line import wait_until
from tests.browser.test_spine import give_consent_and_photo
from tests.clips import write_y4m
from tests.live_server import LiveServer


@pytest.mark.timeout(300)
def test_a_consent_taken_back_in_the_room_stops_the_camera_and_the_test_goes_on(
    server: LiveServer, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    clip = tmp_path / "camera.y4m"
    write_y4m(clip, [("present", 30.0)], fps=5)
    page = people.enter(launch(clip), server.url, server.sample(), "Tenzin Dolma", first=KEEP_TRACKS)
    give_consent_and_photo(page)
    page.get_by_role("button", name="Start the test now").click()
    page.wait_for_url(f"{server.url}/room")
    expect(page.locator("[data-camera=on]")).to_be_visible(timeout=20_000)
    assert live(page, "video") == 1
    own = page.context.new_page()
    own.goto(f"{server.url}/learner/consent")
    own.get_by_role("button", name="Take my consent back").click()
    own.get_by_role("button", name=re.compile("^Take it back")).click()
    expect(own.get_by_text("You are not watched by camera any more")).to_be_visible()
    expect(page.locator("[data-camera=on]")).to_be_hidden(timeout=20_000)
    expect(page.locator("[data-proctored]")).to_have_count(0)
    wait_until(page, lambda: live(page, "video") == 0, seconds=30)
    page.reload()
    expect(page.locator("[data-save=saved]").first).to_be_visible(timeout=20_000)
    expect(page.locator("[data-proctored]")).to_have_count(0, timeout=20_000)
    expect(page.locator("[data-banner=camera-denied], [data-banner=camera-lost]").first).to_be_hidden()
    assert live(page, "video") == 0
