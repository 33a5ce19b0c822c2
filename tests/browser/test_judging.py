# SPDX-License-Identifier: Apache-2.0
"""A judge on a phone: the count stays in sight, what is said is saved by itself, and another window is not written over."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from core.identity.model import Role
from core.uow import Actor
from item_bank import api as bank
from tests.browser import people
from tests.live_server import LiveServer
from tests.web.panelled import new_panel, seat
from tests.web.world import acting_as, person
from web.wiring import Services


def open_panel(parts: Services) -> str:
    """A panel of the sample's agency on six items, in its first round; its id."""
    with parts.store.write(Actor.system()) as uow:
        chair, author, reviewer = (
            acting_as(uow, person(uow, role)) for role in (Role.MANAGER, Role.AUTHOR, Role.REVIEWER)
        )
        credential = bank.find_credential_version(uow, code="SDP/MC/0701", version="1.0")
        assert credential is not None
        made = new_panel(chair, credential.id, bank.PanelMethod.ANGOFF, name="Cut on a phone")
        bank.draw_items(chair, made, component="theory", per_pc=1)
        seat(chair, made, [author, reviewer])
        bank.open_round(chair, made)
    return made


def said(parts: Services, panel_id: str) -> dict[int, str]:
    """What the author has said so far."""
    with parts.store.read(Actor.system()) as system:
        uow = acting_as(system, person(system, Role.AUTHOR))
        found, judge = bank.panel_seat(uow, panel_id)
        return bank.own_judgements(uow, found, judge)


def on_phone(chrome: Browser, house: LiveServer, panel_id: str) -> Page:
    page = people.sign_in(chrome, house.url, house.sample(), "author", width=360, height=740)
    page.goto(f"{house.url}/panels/{panel_id}/seat")
    return page


def test_a_judge_on_a_phone_sees_the_count_jumps_to_what_is_open_and_loses_nothing(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    panel_id = open_panel(parts)
    page = on_phone(chrome, house, panel_id)
    count = page.locator("[data-judged-text]")
    expect(count).to_have_text("0 of 6 judged")
    expect(count).to_be_in_viewport()
    page.get_by_role("button", name="Next open one").click()
    first, second, third = (page.locator(f"#value-{number}") for number in (1, 2, 3))
    expect(first).to_be_focused()
    first.press_sequentially("60")
    first.press("Enter")
    expect(second).to_be_focused()
    expect(count).to_have_text("1 of 6 judged")
    expect(page.locator("[data-saved]")).to_be_visible()
    assert said(parts, panel_id) == {1: "60"}
    third.fill("40")
    expect(page.locator("[data-saved]")).to_be_hidden()
    expect(page.locator("[data-saved]")).to_be_visible()
    third.evaluate("field => field.blur()")
    page.keyboard.press("n")
    expect(second).to_be_focused()
    page.reload()
    expect(count).to_have_text("2 of 6 judged")
    expect(third).to_have_value("40")
    page.context.close()


def test_two_windows_of_one_judge_are_told_of_each_other(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    panel_id = open_panel(parts)
    page = on_phone(chrome, house, panel_id)
    other = page.context.new_page()
    other.goto(page.url)
    page.locator("#value-1").fill("60")
    expect(page.locator("[data-saved]")).to_be_visible()
    other.locator("#value-1").fill("30")
    expect(other.locator("[data-refused-text]")).to_contain_text("changed in another window")
    assert said(parts, panel_id) == {1: "60"}
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_text("Saved from another window: 60")).to_be_visible()
    expect(other.locator("#value-1")).to_have_value("30")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_text("Saved. Hand in when all is judged.")).to_be_visible()
    assert said(parts, panel_id) == {1: "30"}
    page.context.close()
