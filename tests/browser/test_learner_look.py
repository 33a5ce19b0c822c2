# SPDX-License-Identifier: Apache-2.0
"""What a learner's eye needs: nothing with the focus lies under a bar, nothing is cut off, also where the page was scrolled."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import people
from tests.browser.test_room_comforts import at_the_gate, choose, start, too_wide
from tests.live_server import LiveServer
from web.wiring import Services

MOST_TABS = 90
# The part of what has the focus that lies under the header or the buttons of the room, in pixels of its height.
COVERED = """() => {
  const on = document.activeElement;
  if (!on || on === document.body || on.closest(".skip, .room-head, .room-actions")) return "";
  const box = (on.matches("[type=radio], [type=checkbox]") ? on.closest("label") : on).getBoundingClientRect();
  const top = document.querySelector(".room-head").getBoundingClientRect().bottom;
  const bottom = document.querySelector(".room-actions").getBoundingClientRect().top;
  const line = on.matches("textarea") ? [box.top + 10, box.top + 44] : [box.top, box.bottom]; // where one writes
  const under = Math.max(top - line[0], line[1] - bottom);
  return under > 1 && box.height < bottom - top ? `${on.outerHTML.slice(0, 90)}: ${Math.round(under)}` : "";
}"""
CUT_OFF = """() => [...document.querySelectorAll(".button, .segment__face, summary, .room-title span")]
  .filter((one) => one.checkVisibility() && !one.closest("dialog") && one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 90))"""


@pytest.fixture
def page(house: LiveServer, parts: Services, chrome: Browser) -> Page:
    """A learner of English with a phone, in the room."""
    phone = at_the_gate(chrome, house, people.admit(house, parts), width=360, height=740)
    start(phone, house.url)
    return phone


@pytest.mark.timeout(300)
def test_what_has_the_focus_is_never_left_under_a_bar(page: Page) -> None:
    page.locator("[data-map]").evaluate("(map) => { map.open = true; }")
    page.locator("[data-tool=notes]").click()
    expect(page.locator("[data-notes]")).to_be_focused()
    covered: list[str] = [page.evaluate(COVERED)]
    for key in ("Tab", "Shift+Tab"):
        for _ in range(MOST_TABS):
            page.keyboard.press(key)
            covered.append(page.evaluate(COVERED))
    assert [one for one in covered if one] == []
    assert page.evaluate("document.documentElement.scrollHeight > innerHeight + 200"), "there was a way to go"


@pytest.mark.timeout(300)
def test_a_scrolled_room_breaks_no_rule_of_access(page: Page) -> None:
    page.locator("[data-map]").evaluate("(map) => { map.open = true; }")
    for share in (0.5, 1.0):
        page.evaluate(f"scrollTo(0, {share} * document.documentElement.scrollHeight)")
        assert people.violations(page) == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("show", ["en", "both"])
def test_twice_the_text_in_english_is_not_cut_off_on_a_phone(page: Page, show: str) -> None:
    choose(page, "show", show)
    choose(page, "size", "200")
    for width, height in ((360, 740), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        for number in range(1, page.locator("[data-go]").count() + 1):
            page.evaluate("(n) => document.querySelectorAll('[data-go]')[n - 1].click()", number)
            assert too_wide(page) == 0, (width, number)
        assert page.evaluate(CUT_OFF) == []
