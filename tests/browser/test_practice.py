# SPDX-License-Identifier: Apache-2.0
"""Before the test day, in a real browser: the system check, the practice test to its end, and practice by criterion."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from core.identity.model import Role
from core.uow import Actor
from item_bank import api as bank
from tests.browser import people
from tests.browser.conftest import FLAGS, chromium
from tests.live_server import LiveServer
from tests.unit.item_bank.rich_items import DOCUMENTS
from tests.web.site import SECRET, open_site
from tests.web.world import acting_as, person

CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("practice"), settings={"KASAUTI_SECRET_KEY": SECRET})
    live.start()
    yield live
    live.stop()


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *CAMERA])
    yield running
    running.close()


def narrow(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_the_system_check_looks_at_every_part_and_a_part_can_be_looked_at_again(
    house: LiveServer, browser: Browser
) -> None:
    page = people.open_page(browser, f"{house.url}/check", width=360, height=740)
    page.get_by_role("button", name="Start the check").press("Enter")
    rows = page.locator("[data-check]")
    expect(page.locator("[data-check=battery]")).not_to_have_attribute(
        "data-state", re.compile("todo|busy"), timeout=60_000
    )
    assert rows.count() == 7
    for place in range(7):
        expect(rows.nth(place).locator("[data-said]")).not_to_be_empty()
    expect(page.locator("[data-check=camera] canvas")).to_be_visible()
    expect(page.locator("[data-check=line] [data-said]")).to_contain_text("Enough for the test with camera")
    expect(page.locator("[data-all]:visible")).to_have_count(1)
    page.context.set_offline(True)
    page.locator("[data-check-one=line]").click()
    expect(page.locator("[data-check=line]")).to_have_attribute("data-state", "bad")
    expect(page.locator("[data-all=bad]")).to_be_visible()
    page.context.set_offline(False)
    page.locator("[data-check-one=line]").click()
    expect(page.locator("[data-check=line]")).to_have_attribute("data-state", "ok", timeout=20_000)
    assert narrow(page)
    assert people.violations(page) == []
    page.context.close()


@pytest.mark.timeout(300)
def test_the_practice_test_is_sat_to_its_end_offline_for_a_part_of_it(
    house: LiveServer, browser: Browser
) -> None:
    page = people.open_page(browser, f"{house.url}/practice", width=360, height=740)
    page.get_by_label("Try with camera").check()
    page.locator("input[name=show][value=both]").check(force=True)
    page.get_by_role("button", name="Start the practice test").click()
    page.wait_for_url("**/practice/room")
    expect(page.locator("[data-save=saved]")).to_be_visible()
    expect(page.locator("[data-camera=on]")).to_be_visible()
    begin_section(page)
    right = "Go on with the test and keep the page open"
    page.locator("label.choice:visible", has_text=right).click()
    expect(page.locator("[data-own=saved]")).to_be_visible()
    page.context.set_offline(True)
    page.locator("[data-next]").click()
    page.locator("label.choice:visible", has_text="Run the system check").click()
    expect(page.locator("[data-own=unsaved]")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("[data-own=saved]")).to_be_visible(timeout=20_000)
    page.reload()
    expect(page.locator("label.choice:visible", has_text=right).locator("input")).to_be_checked()
    page.locator("[data-next]").click()
    expect(
        page.locator("label.choice:visible", has_text="Run the system check").locator("input")
    ).to_be_checked()
    assert people.violations(page) == []
    assert narrow(page)
    page.locator("[data-leave]:visible").first.click() if page.locator(
        "[data-leave]:visible"
    ).count() else leave(page)
    page.locator("[data-leave-now]:visible").click()
    begin_section(page)
    page.locator("item-interaction input:visible").first.fill("90")
    expect(page.locator("[data-own=saved]")).to_be_visible()
    page.locator("[data-map]").evaluate("map => { map.open = true; }")
    page.locator("[data-review]:visible").first.click()
    page.locator("[data-submit]:visible").click()
    page.wait_for_url("**/practice/done")
    expect(page.get_by_role("heading", name="What you have practised")).to_be_visible()
    expect(page.locator("h1 + .lead")).to_contain_text("2 of 6 right")
    assert people.violations(page) == []
    assert narrow(page)
    assert people.FAULTS == []
    page.context.close()


def begin_section(page: Page) -> None:
    """The button works once the page has opened its journal."""
    start = page.locator("[data-section-start]")
    expect(start).to_be_visible()
    expect(page.locator("[data-line=on]")).to_be_visible()
    start.click()
    expect(page.locator("[data-heading]")).to_be_visible()


def leave(page: Page) -> None:
    page.locator("[data-map] summary").click()
    page.locator("[data-leave]:visible").first.click()


def test_a_learner_practises_by_keyboard_and_is_told_at_once(house: LiveServer, browser: Browser) -> None:
    sample: dict[str, Any] = house.sample()
    give_practice(house)
    page = people.enter(browser, house.url, sample, "Abdul Karim", width=360, height=740)
    page.goto(f"{house.url}/learner/practice")
    assert people.violations(page) == []
    page.locator("form[action='/learner/practice/choose'] button").press("Enter")
    page.wait_for_url("**/learner/practice/question")
    assert people.violations(page) == []
    assert narrow(page)
    page.locator("item-interaction select:visible, item-interaction input:visible").first.focus()
    page.keyboard.press("ArrowDown")
    page.locator("form[data-practice-answer] button.button--primary").press("Enter")
    page.wait_for_url("**/learner/practice/answer")
    expect(page.locator("[role=status] .notice__title")).to_be_visible()
    assert people.violations(page) == []
    assert narrow(page)
    assert people.FAULTS == []
    page.context.close()


def give_practice(house: LiveServer) -> None:
    """An item with a list to choose from, live and in the pool."""
    document = {**DOCUMENTS["inline_choice"], "id": "PRA-1", "tags": ["practice"]}
    with open_site(house.var, at=datetime.now(UTC)) as site, site.parts.store.write(Actor.system()) as uow:
        author, reviewer = (acting_as(uow, person(uow, role)) for role in (Role.AUTHOR, Role.REVIEWER))
        owner = str(author.actor.organisation_id)
        bank.import_items(
            author,
            owner_id=owner,
            credential_version_id=bank.credential_versions(author)[0].id,
            parsed=bank.parse_item_documents([document]),
            mode=bank.ImportMode.ALL_OR_NOTHING,
        )
        version = next(
            one for one in bank.newest_versions(author, owner_id=owner) if one.external_id == "PRA-1"
        )
        bank.submit_for_review(author, version.id)
        bank.approve_item(reviewer, version.id)
