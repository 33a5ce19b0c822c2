# SPDX-License-Identifier: Apache-2.0
"""Writing items in a real browser: the live preview, the keyboard alone, the pointer on a picture, and no barrier anywhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect
from sqlalchemy import select

from core.config import Config
from core.uow import Actor
from item_bank import api as bank
from item_bank.items.tables import ItemRow, ItemVersionRow
from tests.browser import people
from tests.browser.test_pages import DESKTOP, PHONE, look
from tests.live_server import LiveServer
from tests.unit.web.editor_items import EVERY_KIND
from tests.web.editing import NEW, png
from web import wiring
from web.forms.items import KINDS

Launch = Callable[[Path | None], Browser]


@pytest.fixture
def live(house: LiveServer) -> LiveServer:
    """One server on the sample data for all of these tests."""
    return house


def author(launch: Launch, live: LiveServer, **size: Any) -> Page:
    return people.sign_in(launch(None), live.url, live.sample(), "author", **size)


def stored(live: LiveServer, name: str) -> dict[str, Any]:
    """The newest version of an item as its document, read beside the running server."""
    parts = wiring.build(Config(var=live.var, secret_key="only to read"))
    try:
        with parts.store.read(Actor.system()) as uow:
            query = (
                select(ItemVersionRow.id)
                .join(ItemRow, ItemRow.id == ItemVersionRow.item_id)
                .where(ItemRow.external_id == name)
                .order_by(ItemVersionRow.number.desc())
            )
            found = uow.db.scalars(query).first()
            assert found is not None, f"{name} was not saved"
            return bank.item_document(uow, found).to_document()
    finally:
        parts.engine.dispose()


def tab_to(page: Page, target: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("target => document.activeElement.matches(target)", target):
            return
    raise AssertionError(f"the keyboard never came to {target}")


def type_at(page: Page, name: str, text: str) -> None:
    tab_to(page, f'[name="{name}"]')
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def press_at(page: Page, step: str) -> None:
    """Press a button of the form with the Enter key and wait for what it changes."""
    tab_to(page, f'button[value="{step}"]')
    page.keyboard.press("Enter")
    taken_over(page)


def taken_over(page: Page) -> None:
    """Wait until the page has taken in what the server made of a step, which keeps it busy from the first instant."""
    expect(page.locator("#editor:not([aria-busy])")).to_be_attached()


def begin(page: Page, live: LiveServer, kind: str, name: str) -> None:
    """The choice of a kind and what every item needs, by the keyboard."""
    page.goto(live.url + NEW)
    tab_to(page, f'button[value="{kind}"]')
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"type={kind}"))
    type_at(page, "external_id", name)
    tab_to(page, '[name="pc"]')
    page.keyboard.type("PC1")


def save_by_keyboard(page: Page) -> None:
    tab_to(page, 'button[value="save"]')
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/author/items/[0-9a-z]{26}/edit$"))
    expect(page.get_by_text("The draft is saved.")).to_be_visible()


@pytest.mark.timeout(300)
def test_a_choice_is_written_by_the_keyboard_alone_and_its_preview_follows(
    launch: Launch, live: LiveServer
) -> None:
    page = author(launch, live)
    begin(page, live, "choice_single", "ED-KEYS-1")
    type_at(page, "stem.en", "Which one?")
    type_at(page, "stem.hi", "कौन-सा?")
    expect(page.locator('[data-preview="en"]')).to_contain_text("Which one?")
    expect(page.locator('[data-preview="hi"]')).to_contain_text("कौन-सा?")
    type_at(page, "parts.0.choices.0.texts.en", "Neutral")
    type_at(page, "parts.0.choices.0.texts.hi", "न्यूट्रल")
    type_at(page, "parts.0.choices.1.texts.en", "Live")
    type_at(page, "parts.0.choices.1.texts.hi", "लाइव")
    press_at(page, "remove parts.0.choices.3")
    press_at(page, "remove parts.0.choices.2")
    expect(page.locator('[data-preview="en"] .choice')).to_have_count(2)
    tab_to(page, '[name="parts.0.correct"]')
    page.keyboard.press("ArrowDown")
    expect(page.locator('[name="parts.0.correct"][value="1"]')).to_be_checked()
    type_at(page, "rationale.en", "It is live.")
    type_at(page, "rationale.hi", "यह लाइव है।")
    expect(page.locator(".findings__good")).to_be_visible()
    save_by_keyboard(page)
    assert stored(live, "ED-KEYS-1") == {**EVERY_KIND["choice_single"], "id": "ED-KEYS-1"}
    assert people.violations(page) == []
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_an_order_is_written_by_the_keyboard_alone_and_rows_move(launch: Launch, live: LiveServer) -> None:
    page = author(launch, live)
    begin(page, live, "order", "ED-KEYS-2")
    type_at(page, "stem.en", "Do it.")
    type_at(page, "stem.hi", "करें।")
    for number, name in enumerate("BAC"):
        type_at(page, f"parts.0.choices.{number}.place", {"A": "2", "B": "3", "C": "1"}[name])
        type_at(page, f"parts.0.choices.{number}.texts.en", f"{name} text")
        type_at(page, f"parts.0.choices.{number}.texts.hi", f"{name} पाठ")
    press_at(page, "remove parts.0.choices.3")
    type_at(page, "parts.0.marks", "3")
    press_at(page, "down parts.0.choices.0")
    expect(page.locator('[name="parts.0.choices.1.texts.en"]')).to_have_value("B text")
    expect(page.locator('[data-preview="en"] [data-choice]').first).to_contain_text("A text")
    save_by_keyboard(page)
    document = stored(live, "ED-KEYS-2")
    texts = document["en"]["texts"]
    ordered = [texts[f"RESPONSE.{name}"] for name in document["key"]["parts"][0]["correct"]]
    assert ordered == ["C text", "A text", "B text"]
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_a_match_is_written_by_the_keyboard_alone(launch: Launch, live: LiveServer) -> None:
    page = author(launch, live)
    begin(page, live, "match", "ED-KEYS-3")
    type_at(page, "stem.en", "Do it.")
    type_at(page, "stem.hi", "करें।")
    for rows, names in (("choices", "A B"), ("targets", "T1 T2")):
        for number, name in enumerate(names.split()):
            type_at(page, f"parts.0.{rows}.{number}.texts.en", f"{name} text")
            type_at(page, f"parts.0.{rows}.{number}.texts.hi", f"{name} पाठ")
        press_at(page, f"remove parts.0.{rows}.2")
    press_at(page, "remove parts.0.keys.2")
    for number, (first, second) in enumerate((("A", "T2"), ("B", "T1"))):
        for side, name in (("first", first), ("second", second)):
            tab_to(page, f'[name="parts.0.keys.{number}.{side}"]')
            page.keyboard.type(name)
    tab_to(page, '[name="parts.0.partial"]')
    page.keyboard.press("Space")
    taken_over(page)
    for number in (0, 1):
        type_at(page, f"parts.0.keys.{number}.marks", "1")
    expect(page.locator("[data-total]")).to_have_text("2")
    tab_to(page, "#editor-page .part-card__more > summary")
    page.keyboard.press("Enter")
    type_at(page, "parts.0.map_lower", "0")
    save_by_keyboard(page)
    assert stored(live, "ED-KEYS-3") == {**EVERY_KIND["match"], "id": "ED-KEYS-3"}
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_hotspots_are_drawn_with_the_pointer_and_moved_with_the_keys(
    launch: Launch, live: LiveServer, tmp_path: Path
) -> None:
    picture = tmp_path / "meter.png"
    picture.write_bytes(png())
    page = author(launch, live)
    begin(page, live, "hotspot", "ED-KEYS-4")
    page.set_input_files("#file", picture)
    taken_over(page)
    expect(page.locator(".drawing__stage img")).to_be_visible()
    type_at(page, "stem.en", "Do it.")
    type_at(page, "stem.hi", "करें।")
    for number in (1, 2):
        type_at(page, f"parts.0.choices.{number - 1}.texts.en", f"H{number} text")
        type_at(page, f"parts.0.choices.{number - 1}.texts.hi", f"H{number} पाठ")
        for place, value in enumerate((10 * number, 10, 10 * number + 8, 40)):
            type_at(page, f"parts.0.choices.{number - 1}.coords.{place}", str(value))
    page.locator('[data-nudge="parts.0.choices.0"]').focus()
    for key in (
        "Shift+ArrowRight",
        "ArrowDown",
        "Alt+ArrowRight",
        "Alt+ArrowLeft",
        "Shift+ArrowLeft",
        "ArrowUp",
    ):
        page.keyboard.press(key)
    for place, moved in enumerate(("10", "10", "18", "40")):
        expect(page.locator(f'[name="parts.0.choices.0.coords.{place}"]')).to_have_value(moved)
    expect(page.locator('[data-preview="en"] .picture__over rect')).to_have_count(2)
    tab_to(page, '[name="parts.0.choices.0.correct"]')
    page.keyboard.press("Space")
    save_by_keyboard(page)
    wanted = {**EVERY_KIND["hotspot"], "id": "ED-KEYS-4"}
    media = [{**wanted["media"][0], "sha256": hashlib.sha256(png()).hexdigest(), "size": len(png())}]
    assert stored(live, "ED-KEYS-4") == {**wanted, "media": media}

    page.locator('[name="parts.0.choices.1.texts.en"]').focus()
    over = page.locator(".drawing__over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box is not None
    scale = box["width"] / 400
    page.mouse.move(box["x"] + 100 * scale, box["y"] + 50 * scale)
    page.mouse.down()
    page.mouse.move(box["x"] + 200 * scale, box["y"] + 150 * scale, steps=4)
    page.mouse.up()
    drawn = [int(page.input_value(f'[name="parts.0.choices.1.coords.{place}"]')) for place in range(4)]
    assert all(abs(one - wanted) <= 2 for one, wanted in zip(drawn, (100, 50, 200, 150), strict=True)), drawn
    assert people.violations(page) == []
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_gaps_and_places_are_inserted_into_the_text_of_every_language(
    launch: Launch, live: LiveServer
) -> None:
    page = author(launch, live)
    page.goto(f"{live.url}{NEW}?type=gap_match")
    page.fill('[name="stem.en"]', "Connect")
    page.fill('[name="stem.hi"]', "जोड़ें")
    for _ in range(2):
        page.get_by_role("button", name="Insert a gap into the text").click()
        taken_over(page)
    expect(page.locator('[name="stem.en"]')).to_have_value("Connect [[RESPONSE.G1]] [[RESPONSE.G2]]")
    expect(page.locator('[name="stem.hi"]')).to_have_value("जोड़ें [[RESPONSE.G1]] [[RESPONSE.G2]]")
    expect(page.locator('[data-preview="en"] select')).to_have_count(2)
    page.locator("summary", has_text="Add an interaction").click()
    page.locator('button[value="part numeric"]').click()
    taken_over(page)
    page.locator('[data-part="RESPONSE2"] [data-place]').click()
    expect(page.locator('[name="stem.hi"]')).to_have_value(re.compile(r"\[\[RESPONSE2\]\]$"))
    expect(page.locator('[data-preview="hi"] input[data-number]')).to_have_count(1)
    page.locator('[name="stem.en"]').focus()
    page.keyboard.press("Control+Home")
    page.get_by_role("button", name="Bold").click()
    page.keyboard.insert_text("Now")
    expect(page.locator('[name="stem.en"]')).to_have_value(re.compile("^<b>Now</b>Connect"))
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_what_is_typed_is_judged_gently_and_not_left_behind(launch: Launch, live: LiveServer) -> None:
    page = author(launch, live)
    page.goto(f"{live.url}{NEW}?type=choice_single")
    page.fill('[name="stem.en"]', "Pay <script>x</script> 230 rupees?")
    page.fill('[name="stem.hi"]', "320 रुपये दें?")
    page.locator('[name="seconds"]').focus()
    expect(page.locator('[data-said="stem.en"]')).to_contain_text("script")
    expect(page.locator('[data-said="parts.0.choices.0.texts.en"]')).to_be_hidden()
    page.fill('[name="stem.en"]', "Pay 230 rupees?")
    expect(page.locator('[data-said="stem.en"]')).to_be_hidden()
    expect(page.locator('[data-said="stem.hi"]')).to_contain_text("numbers differ")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Item bank").click()
    expect(page.locator("#editor")).to_be_visible()
    assert asked == ["beforeunload"]
    page.locator('button[value="save"]').click()
    expect(page.get_by_text("Nothing is lost")).to_be_visible()
    expect(page.locator('[name="stem.hi"]')).to_have_value("320 रुपये दें?")
    assert people.violations(page) == []


@pytest.mark.timeout(400)
def test_the_form_of_every_kind_is_accessible_and_fits_its_screen(launch: Launch, live: LiveServer) -> None:
    page = author(launch, live)
    faults: list[str] = []
    people.carry_axe(page)
    for path in (NEW, *(f"{NEW}?type={kind}" for kind in KINDS)):
        faults += look(page, live.url, path, PHONE, DESKTOP)
    assert faults + people.FAULTS == []
