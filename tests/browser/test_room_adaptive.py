# SPDX-License-Identifier: Apache-2.0
"""An adaptive section in a real browser: it passes what need not be asked, and no lost line or reload loses a thing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from assessor import api as assessor
from assessor.attempts.tables import ResponseEventRow
from core.uow import Actor
from tests.adaptive import CURTAILED, ONE_WAY
from tests.browser import people
from tests.browser.line import laid
from tests.browser.test_offline import get_ready, wait_until_written
from tests.browser.test_offline import start as start_from_the_device
from tests.browser.test_room_sections import into_the_room
from tests.live_server import LiveServer
from tests.web.section_sitting import add_section_sitting
from web import wiring
from web.wiring import Services

SHOWN = "[data-question]:not([hidden])"
BETWEEN = "[data-screen=section]"
MOST = 24


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server whose bank nobody else adds to."""
    live = LiveServer(tmp_path_factory.mktemp("adaptive") / "var")
    live.start()
    yield live
    live.stop()


@pytest.fixture(scope="module")
def beside(plain: LiveServer) -> Iterator[Services]:
    """The same database from beside the server."""
    built = wiring.build(wiring.read_config(plain.environment))
    yield built
    built.engine.dispose()


def into_the_adaptive_section(page: Page) -> None:
    expect(page.locator("[data-section-count]")).to_have_text("8")
    page.locator("[data-section-start]").click()
    expect(page.locator("[data-heading]")).to_have_text(f"Question 1 · at most {MOST}")
    page.locator("[data-go]").nth(7).click()
    page.locator("[data-leave-last]").click()
    page.locator("[data-leave-now]").click()
    expect(page.locator("[data-section-rules]")).to_contain_text("You may get fewer questions")
    expect(page.locator("[data-section-rules]")).to_contain_text("You cannot go back.")
    expect(page.locator("[data-section-count]")).to_have_text("at most 8")
    page.locator("[data-section-start]").click()


def choose(page: Page) -> str:
    """The last option of the shown question, or a wrong word; the question's name."""
    shown = page.locator(SHOWN)
    radio = shown.locator("input[type=radio], input[type=checkbox]")
    if radio.count():
        radio.last.check(force=True)
    else:
        shown.locator("input[type=text]").fill("surely wrong")
    return str(shown.get_attribute("data-question"))


def answer(page: Page) -> str:
    name = choose(page)
    expect(page.locator("[data-save=saved]")).to_be_visible()
    return name


def go_on(page: Page, asked: str) -> None:
    """To the next question, and until the server has said what it withholds."""
    with page.expect_response(lambda got: "/room/moves/" in got.url):
        page.locator("[data-next]").click()
    expect(page.locator(f"[data-question='{asked}']")).to_be_hidden()
    expect(page.locator("[data-save=saved]")).to_be_visible()


def to_the_end(page: Page) -> list[str]:
    """Answer what is asked until the section is finished; the names of the questions."""
    asked: list[str] = []
    while page.locator(BETWEEN).is_hidden():
        asked.append(answer(page))
        if page.locator("[data-next]").is_hidden():
            break
        go_on(page, asked[-1])
        if page.locator(BETWEEN).is_visible():
            break
    if page.locator(BETWEEN).is_hidden():
        page.locator("[data-leave-last]").click()
        page.locator("[data-leave-now]").click()
    expect(page.locator("[data-section-next]")).to_have_text("The flight")
    return asked


def stored(beside: Services, attempt_id: str) -> int:
    """How many questions the server has an answer to."""
    query = select(ResponseEventRow.item_version_id).where(ResponseEventRow.attempt_id == attempt_id)
    with beside.store.read(Actor.system()) as uow:
        return len(set(uow.db.scalars(query.distinct())))


def withheld(beside: Services, attempt_id: str) -> tuple[str, ...]:
    with beside.store.read(Actor.system()) as uow:
        return assessor.attempt_state(uow, attempt_id, device="").course.withheld


@pytest.mark.timeout(120)
def test_a_section_passes_what_need_not_be_asked_and_counts_nothing_of_it_as_missing(
    plain: LiveServer, beside: Services, chrome: Browser
) -> None:
    attempt = add_section_sitting(beside, code="SECT5MK3PN", **ONE_WAY, adaptive=CURTAILED).attempt_id
    page = into_the_room(chrome, plain.url, "SECT5MK3PN")
    into_the_adaptive_section(page)
    asked = to_the_end(page)
    page.set_viewport_size({"width": 360, "height": 720})
    assert len(asked) == len(set(asked)) < 8
    assert people.violations(page) == []
    # Whole sections later, and after a reload, the questions that were not asked are missing nowhere.
    for _ in range(2):
        page.reload()
        expect(page.locator("[data-save=saved]")).to_be_visible()
    page.locator("[data-section-start]").click()
    page.locator("[data-map] summary").click()
    page.locator("[data-map] [data-review]").click()
    expect(page.locator("[data-review-answered]")).to_have_text(str(len(asked)))
    expect(page.locator("[data-review-unanswered]")).to_have_text("16")
    expect(page.locator("[data-review-section=s2] [data-review-count]")).to_have_text("0")
    page.locator("[data-submit]").click()
    page.wait_for_url(f"{plain.url}/learner")
    most = MOST - len(withheld(beside, attempt))
    assert most == 16 + len(asked)
    expect(page.get_by_text(f"{len(asked)} of {most} answers are with us")).to_be_visible()
    expect(page.get_by_text(f"{MOST - most} more questions were not needed.")).to_be_visible()
    assert people.FAULTS == []


@pytest.mark.timeout(120)
def test_without_a_line_every_question_is_asked_in_order_and_the_server_settles_when_the_answers_arrive(
    plain: LiveServer, beside: Services, chrome: Browser
) -> None:
    attempt = add_section_sitting(beside, code="SECT6MK3PN", **ONE_WAY, adaptive=CURTAILED).attempt_id
    page = into_the_room(chrome, plain.url, "SECT6MK3PN")
    into_the_adaptive_section(page)
    expect(page.locator("[data-save=saved]")).to_be_visible()
    page.context.set_offline(True)
    for number in range(9, 17):
        expect(page.locator("[data-heading]")).to_have_text(f"Question {number} · at most {MOST}")
        choose(page)
        if number < 16:
            page.locator("[data-next]").click()
    expect(page.locator("[data-line=off]")).to_be_visible()
    assert stored(beside, attempt) == 0
    page.context.set_offline(False)
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-heading]")).to_have_text(f"Question 16 · at most {MOST}")
    page.locator("[data-leave-last]").click()
    page.locator("[data-leave-now]").click()
    expect(page.locator("[data-section-next]")).to_have_text("The flight")
    expect(page.locator("[data-save=saved]")).to_be_visible()
    assert (stored(beside, attempt), withheld(beside, attempt)) == (8, ())
    assert people.FAULTS == []


@pytest.mark.timeout(150)
def test_a_page_that_dies_without_a_line_goes_on_where_it_was_and_ends_where_the_server_says(
    plain: LiveServer, beside: Services, chrome: Browser
) -> None:
    attempt = add_section_sitting(beside, code="SECT2MK3PN", **ONE_WAY, adaptive=CURTAILED).attempt_id
    with laid(plain.port) as line:
        page = people.open_page(chrome, line.url)
        page.locator("input[name=code]").fill("SECT2MK3PN")
        page.locator("form[action='/enter'] button").click()
        page.wait_for_url(f"{line.url}/learner")
        get_ready(page)
        start_from_the_device(page)
        into_the_adaptive_section(page)
        expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
        line.cut()
        for _ in range(5):
            choose(page)
            page.locator("[data-next]").click()
        expect(page.locator("[data-heading]")).to_have_text(f"Question 14 · at most {MOST}")
        wait_until_written(page, 10)  # five answers, and five steps
        context = page.context
        page.close()
        page = context.new_page()
        page.goto(f"{line.url}/room")  # out of the locked test on the device
        expect(page.locator("[data-heading]")).to_have_text(f"Question 14 · at most {MOST}", timeout=20_000)
        assert stored(beside, attempt) == 0
        line.mend()
        expect(page.locator("[data-save=saved]")).to_be_visible(timeout=30_000)
        to_the_end(page)
    assert 5 <= stored(beside, attempt) == 8 - len(withheld(beside, attempt))


@pytest.mark.timeout(150)
def test_a_reload_a_killed_page_and_another_device_find_the_same_question_and_the_same_end(
    plain: LiveServer, beside: Services, chrome: Browser
) -> None:
    attempt = add_section_sitting(beside, code="SECT3MK3PN", **ONE_WAY, adaptive=CURTAILED).attempt_id
    page = into_the_room(chrome, plain.url, "SECT3MK3PN")
    into_the_adaptive_section(page)
    asked = [answer(page)]
    go_on(page, asked[-1])
    asked.append(answer(page))
    go_on(page, asked[-1])
    here = str(page.locator(SHOWN).get_attribute("data-question"))
    gone = withheld(beside, attempt)
    page.reload()
    expect(page.locator(f"[data-question='{here}']")).to_be_visible()
    context = page.context
    page.close(run_before_unload=False)
    page = context.new_page()
    page.goto(f"{plain.url}/room")
    expect(page.locator(f"[data-question='{here}']")).to_be_visible()
    other = people.open_page(chrome, plain.url)
    other.locator("input[name=code]").fill("SECT3MK3PN")
    other.locator("form[action='/enter'] button").click()
    other.wait_for_url(f"{plain.url}/learner")
    other.locator("a[href='/room']").click()
    other.locator("[data-take-over]").click()
    expect(other.locator(f"[data-question='{here}']")).to_be_visible()
    expect(page.locator("[data-screen=taken]")).to_be_visible(timeout=20_000)
    assert withheld(beside, attempt) == gone
    asked += to_the_end(other)
    assert len(asked) == len(set(asked)) == stored(beside, attempt) == 8 - len(withheld(beside, attempt))
    assert people.FAULTS == []
