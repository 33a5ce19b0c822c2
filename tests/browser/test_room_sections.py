# SPDX-License-Identifier: Apache-2.0
"""A test in sections in a real browser: entered, walked through and finished by keyboard, also without a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from assessor.attempts import operations
from assessor.attempts.tables import AttemptRow, MoveRow
from assessor.forms.sections import FormSection, Navigation
from core.identity.model import Role
from core.uow import Actor
from tests.browser import people
from tests.browser.test_room_time import expect_time_stands
from tests.live_server import LiveServer
from tests.web.rich_sitting import add_rich_sitting, documents
from tests.web.section_sitting import add_section_sitting
from tests.web.world import acting_as, person
from web import wiring
from web.wiring import Services, send_message

FEW = ("choice_single", "numeric", "choice_multiple", "text_entry")
STRICT: dict[str, Any] = {"allow_skipping": False, "allow_review": False, "max_attempts": 1}


def into_the_room(browser: Browser, url: str, code: str, **size: Any) -> Page:
    """A learner with this code, in front of the first section."""
    page = people.open_page(browser, url, **size)
    page.locator("input[name=code]").fill(code)
    page.locator("form[action='/enter'] button").click()
    page.wait_for_url(f"{url}/learner")
    page.locator("form[action='/learner/consent'] input[name=purpose]").check()
    page.get_by_role("button", name="Agree and go on").click()
    page.get_by_role("button", name="Start the test now").click()
    page.wait_for_url(f"{url}/room")
    return page


def press_on(page: Page, selector: str) -> None:
    """Reach a control by Tab alone and press Enter on it."""
    wanted = page.locator(selector)
    expect(wanted).to_be_visible()
    for _ in range(80):
        if wanted.evaluate("(element) => element === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def answer_here(page: Page) -> None:
    """Answer the shown question by keyboard, beginning at its heading, which has the focus when a section has opened."""
    expect(page.locator("[data-heading]")).to_be_visible()
    page.locator("[data-heading]").focus()
    expect(page.locator("[data-heading]")).to_be_focused()
    control = page.locator(
        "[data-question]:not([hidden]) :is(input[type=radio], input[type=checkbox], input[type=text])"
    )
    for _ in range(20):
        page.keyboard.press("Tab")
        if control.first.evaluate("(element) => element === document.activeElement"):
            break
    if control.first.get_attribute("type") == "text":
        page.keyboard.type("1930")
        page.keyboard.press("Tab")
    else:
        page.keyboard.press("Space")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server whose bank nobody else adds to: what is drawn from it has one control a question or a few alike."""
    live = LiveServer(tmp_path_factory.mktemp("plain") / "var")
    live.start()
    yield live
    live.stop()


@pytest.fixture(scope="module")
def beside(plain: LiveServer) -> Iterator[Services]:
    """The same database from beside the server."""
    built = wiring.build(wiring.read_config(plain.environment))
    yield built
    built.engine.dispose()


@pytest.mark.timeout(300)
def test_sections_are_walked_through_by_keyboard_and_keep_their_rules(
    plain: LiveServer, beside: Services, chrome: Browser
) -> None:
    add_section_sitting(beside, **STRICT)
    page = into_the_room(chrome, plain.url, "SECT7MK3PN")

    # Nothing is open at first: the screen says what comes, and starting it is a press of a key.
    expect(page.locator("[data-screen=section]")).to_be_focused()
    expect(page.locator("[data-section-next]")).to_have_text("Safety")
    expect(page.locator("[data-section-limit]")).to_have_text("5 minutes")
    assert people.violations(page) == []
    press_on(page, "[data-section-start]")
    expect(page.locator("[data-heading]")).to_be_focused()
    expect(page.locator("[data-section-name]")).to_have_text("Section 1 of 3: Safety")
    expect(page.locator("[data-section-left]")).to_have_text(re.compile(r"^(5:00|4:5\d)$"))
    expect(page.locator("[data-go]").nth(8)).to_be_disabled()
    answer_here(page)
    expect(page.locator("[data-own=saved]")).to_be_visible()
    expect(page.locator("[data-save=saved]")).to_be_visible()

    # Finishing is asked back, and says how much is left out.
    page.locator("[data-go]").nth(7).press("Enter")
    expect(page.locator("[data-heading]")).to_be_focused()
    press_on(page, "[data-leave-last]")
    expect(page.locator("[data-review-unanswered]")).to_have_text("7")
    press_on(page, "[data-leave-now]")
    expect(page.locator("[data-section-next]")).to_have_text("Tools")
    expect(page.locator("[data-section-rules]")).to_contain_text("You cannot go back.")
    press_on(page, "[data-section-start]")

    # The linear section: no way back, no question left out, an answer confirmed once.
    expect(page.locator("[data-previous]")).to_be_hidden()
    press_on(page, "[data-next]")
    expect(page.locator("[data-walk-note]")).to_contain_text("Answer this question first.")
    expect(page.locator("[data-heading]")).to_have_text("Question 9 of 24")
    answer_here(page)
    press_on(page, "[data-confirm-answer]")
    expect(page.locator("[data-own=locked]")).to_be_visible()
    expect(page.locator("[data-question]:not([hidden]) input").first).to_be_disabled()

    # Without a line it goes on, and what was done arrives afterwards in its order.
    page.context.set_offline(True)
    press_on(page, "[data-next]")
    expect(page.locator("[data-heading]")).to_have_text("Question 10 of 24")
    expect(page.locator("[data-go]").nth(8)).to_be_disabled()
    answer_here(page)
    expect(page.locator("[data-line=off]")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("[data-save=saved]")).to_be_visible()
    page.reload()
    expect(page.locator("[data-heading]")).to_have_text("Question 10 of 24")
    expect(
        page.locator("[data-question]:not([hidden]) input:is(:checked, [type=text])").first
    ).to_be_enabled()
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_a_message_a_pause_and_the_end_of_a_sections_time_show_by_themselves(
    plain: LiveServer, beside: Services, chrome: Browser
) -> None:
    attempt = add_section_sitting(beside, code="SECT8MK3PN").attempt_id
    page = into_the_room(chrome, plain.url, "SECT8MK3PN", width=360, height=740)
    page.locator("[data-section-start]").click()
    expect(page.locator("[data-section-left]")).to_be_visible()
    answer_here(page)
    assert people.violations(page) == []

    with beside.store.write(Actor.system()) as platform:
        proctor_here = acting_as(platform, person(platform, Role.PROCTOR))
        owner = str(proctor_here.actor.organisation_id)
        send_message(proctor_here, attempt, organisation_id=owner, text="Bring the <b>card</b> nearer.")
    message = page.locator("[data-banner=message]")
    expect(message).to_contain_text("Bring the <b>card</b> nearer.")
    expect(page.locator("[data-say]")).to_contain_text("Message: Bring the")
    press_on(page, "[data-acknowledge]")
    expect(message).to_be_hidden()
    expect(page.locator("[data-heading]")).to_be_focused()
    page.locator("[data-messages]").click()
    expect(page.locator("[data-history]")).to_contain_text("nearer")
    page.keyboard.press("Escape")

    with beside.store.write(Actor.system()) as uow:
        operations.pause(uow, attempt)
    expect(page.locator("[data-screen=paused]")).to_be_focused()
    assert people.violations(page) == []
    expect_time_stands(page)
    with beside.store.write(Actor.system()) as uow:
        operations.resume(uow, attempt)
    expect(page.locator("[data-heading]")).to_be_focused()
    expect(message).to_be_hidden()

    leave_three_seconds(beside, attempt)
    expect(page.locator("[data-section-over]")).to_be_visible()
    expect(page.locator("[data-section-next]")).to_have_text("Tools")
    page.locator("[data-section-start]").click()
    expect(page.locator("[data-section-left]")).to_have_text(re.compile("^(5:00|4:5)"))
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_the_whole_test_is_one_page_from_the_start_until_all_sections_are_finished_and_handed_in(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    items = {kind: {**documents()[kind], "id": f"FINISHED-{kind.upper()}"} for kind in FEW}
    made = add_rich_sitting(parts, items=items, sections=two_short_ones, code="SECT9MK3PN")
    page = into_the_room(chrome, house.url, made.code)
    loads: list[str] = []
    page.on("domcontentloaded", lambda loaded: loads.append(loaded.url.removeprefix(house.url)))
    page.locator("[data-section-start]").click()
    answer_here(page)
    expect(page.locator("[data-save=saved]")).to_be_visible()
    page.locator("[data-map] [data-leave]").click()
    page.locator("[data-leave-now]").click()
    page.locator("[data-section-start]").click()
    answer_here(page)
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)

    leave_three_seconds(parts, made.attempt_id)
    expect(page.locator("[data-screen=done]")).to_be_focused()
    expect(page.get_by_role("heading", name="All sections are finished")).to_be_visible()
    assert people.violations(page) == []
    press_on(page, "[data-screen=done] [data-hand-in]")
    expect(page.locator("[data-review-answered]")).to_have_text("2")
    press_on(page, "[data-submit]")
    page.wait_for_url(f"{house.url}/learner", timeout=20_000)
    expect(page.get_by_text("2 of 4 answers are with us")).to_be_visible()
    assert loads == ["/learner"], "no page was loaded between the start and the hand-in"
    assert people.FAULTS == []


def two_short_ones(versions: Mapping[str, str]) -> list[FormSection]:
    """Two sections of five minutes, each with two of the questions in any order."""
    names = list(versions.values())
    return [
        FormSection(
            id=name, title=(("en", name),), items=tuple(part), seconds=300, navigation=Navigation.FREE
        )
        for name, part in (("first", names[:2]), ("second", names[2:]))
    ]


def leave_three_seconds(parts: Services, attempt_id: str) -> None:
    """As if the section had been entered almost five minutes ago."""
    gone = timedelta(seconds=297)
    with parts.store.write(Actor.system()) as uow:
        row = uow.db.get_one(AttemptRow, attempt_id)
        assert row.section_ends_at is not None
        row.section_ends_at -= gone
        for move in uow.db.scalars(select(MoveRow).where(MoveRow.attempt_id == attempt_id)):
            move.received_at -= gone
