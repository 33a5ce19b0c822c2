# SPDX-License-Identifier: Apache-2.0
"""Whoever is quicker than the scripts: what is answered before the room is ready counts as well."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route, expect
from sqlalchemy import select

from assessor.attempts.tables import MoveRow
from core.uow import Actor
from tests.browser import people
from tests.browser.test_offline import attempt_of, get_ready, stored
from tests.browser.test_proctor_line import wait_until
from tests.browser.test_room import expect_answered
from tests.live_server import LiveServer
from tests.web.rich_sitting import add_rich_sitting, documents
from tests.web.section_sitting import add_section_sitting
from web.wiring import Services

# The journal opens, and the room reads no more of this store of it, until the test says so.
HOLD = """
window.letGo = () => {};
const gone = new Promise((resolve) => (window.letGo = resolve));
const getAll = IDBObjectStore.prototype.getAll;
IDBObjectStore.prototype.getAll = function (range) {
  const asked = getAll.call(this, range);
  if (this.name !== "%s" || location.pathname !== "/room" || sessionStorage.getItem("quick")) return asked;
  const held = {};
  asked.onsuccess = async () => {
    window.held = true;
    await gone;
    held.result = asked.result;
    held.onsuccess();
  };
  return held;
};
"""
# Chooses an option while the page is still being read, so before any module runs.
CHOOSE_AT_ONCE = """
if (location.pathname === "/room" && !sessionStorage.getItem("quick")) {
  new MutationObserver((_changes, watching) => {
    const options = document.querySelectorAll("[data-question] input[type=radio]");
    if (options.length < 2) return;
    watching.disconnect();
    window.early = options[1].name;
    window.unready = customElements.get("item-interaction") === undefined;
    options[1].click();
  }).observe(document, { childList: true, subtree: true });
}
"""
KINDS = ("choice_single", "gap_match", "numeric", "slider", "inline_choice", "text_entry")
# As in a browser that cannot keep a test: the room comes over the network.
KEEP_NOTHING = "delete globalThis.DecompressionStream;"


@pytest.mark.timeout(300)
def test_a_choice_made_before_the_scripts_run_and_a_text_typed_before_the_journal_is_read_are_kept(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    page = people.enter(chrome, house.url, house.sample(), people.admit(house, parts))
    get_ready(page)
    page.context.add_init_script(HOLD % "memory" + CHOOSE_AT_ONCE)
    page.get_by_role("button", name="Start the test now").click()
    page.wait_for_url(f"{house.url}/room")
    page.wait_for_function("() => window.held")
    assert page.evaluate("window.unready")
    text = page.locator("[data-question] input[type=text]").first
    page.evaluate(
        "(field) => document.querySelector(`[data-go='${field.name}']`).click()", text.element_handle()
    )
    # The last letter and the end of the reading come in one instant.
    text.evaluate("(field) => { field.focus(); document.execCommand('insertText', false, '19'); letGo(); }")
    expect_answered(page, 2)
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    expect(text).to_have_value("19")
    early = page.evaluate("window.early")
    assert len(stored(parts, attempt_of(page))) == 2
    page.evaluate("sessionStorage.setItem('quick', 'yes')")
    page.reload()
    expect_answered(page, 2)
    expect(text).to_have_value("19")
    expect(page.locator(f"input[name='{early}']").nth(1)).to_be_checked()
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_answers_given_while_the_scripts_are_still_on_their_way_are_saved(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    items = {kind: {**documents()[kind], "id": f"EARLY-{kind.upper()}"} for kind in KINDS}
    made = add_rich_sitting(parts, items=items, code="EARLYRM3PN")
    page = people.open_page(chrome, house.url)
    page.context.add_init_script(KEEP_NOTHING)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/js/parts.js", hold)
    page.locator("input[name=code]").fill(made.code)
    page.locator("form[action='/enter'] button").click()
    page.locator("form[action='/learner/consent'] input[name=purpose]").check()
    page.locator("form[action='/learner/consent'] button").click()
    page.locator("form[action='/learner/start'] button").click()
    page.wait_for_url(f"{house.url}/room", wait_until="commit")
    first = page.locator("[data-question]:not([hidden]) item-interaction")
    first.locator("input[type=radio]").nth(1).check()
    # The others cannot be reached yet, but a browser may fill them in.
    page.evaluate(
        """() => {
          const select = document.querySelector("select[data-part]");
          select.selectedIndex = 1;
          document.querySelector("[type=range]").value = document.querySelector("[type=range]").max;
        }"""
    )
    assert page.evaluate("customElements.get('item-interaction') === undefined")
    wait_until(page, lambda: bool(held), seconds=20)
    for route in held:
        route.continue_()
    expect_answered(page, 3)
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    assert len(stored(parts, attempt_of(page))) == 3
    page.unroute("**/js/parts.js")
    page.reload()
    expect_answered(page, 3)
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_a_section_started_before_the_journal_is_open_opens_when_it_is(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    attempt = add_section_sitting(parts, code="SECTEARLY3").attempt_id
    page = people.open_page(chrome, house.url)
    page.context.add_init_script(HOLD % "entries")
    page.locator("input[name=code]").fill("SECTEARLY3")
    page.locator("form[action='/enter'] button").click()
    page.locator("form[action='/learner/consent'] input[name=purpose]").check()
    with page.expect_navigation():
        page.locator("form[action='/learner/consent'] button").click()
    page.evaluate("sessionStorage.setItem('quick', 'yes')")
    page.locator("form[action='/learner/start'] button").click()
    page.wait_for_url(f"{house.url}/room")
    page.evaluate("sessionStorage.removeItem('quick')")
    page.reload()
    page.wait_for_function("() => window.held")
    page.locator("[data-section-start]").click()
    page.evaluate("letGo()")
    expect(page.locator("[data-heading]")).to_be_focused(timeout=20_000)
    expect(page.locator("[data-section-name]")).to_contain_text("Safety")
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    assert moves(parts, attempt) == ["enter_section"]
    assert people.FAULTS == []


def moves(parts: Services, attempt: str) -> list[str]:
    """What the server holds of the way through the sections, in order."""
    query = select(MoveRow.kind).where(MoveRow.attempt_id == attempt).order_by(MoveRow.seq)
    with parts.store.read(Actor.system()) as uow:
        return [kind.value for kind in uow.db.scalars(query)]
