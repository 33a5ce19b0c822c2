# SPDX-License-Identifier: Apache-2.0
"""One sitting with an item of every kind: answered by keyboard alone, resumed after a reload, handed in, marked, scored."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from assessor import api as assessor
from assessor.marking.tables import MarkingTaskRow
from core.ids import new_id
from core.uow import Actor
from tests.browser import people
from tests.browser.test_proctor_line import wait_until
from tests.live_server import LiveServer
from tests.unit.item_bank.rich_answers import ANSWERS
from tests.unit.item_bank.rich_files import png
from tests.unit.item_bank.rich_items import DOCUMENTS
from tests.web.rich_sitting import KINDS, LEARNER, RichSitting, add_rich_learner, add_rich_sitting
from web.wiring import Services

MOST_TABS = 60

# What each item earns of what it can earn, with full marks from the assessor for text, file and reason.
EARNED = {
    **dict.fromkeys(DOCUMENTS, ("1", "1")),
    "extended_text": ("2", "2"),
    "upload": ("1.5", "1.5"),
    "composite": ("3", "3"),
}


@pytest.fixture(scope="module")
def paper(parts: Services) -> RichSitting:
    """The sealed paper and its sitting, made once."""
    return add_rich_sitting(parts)


@pytest.fixture
def made(parts: Services, paper: RichSitting) -> RichSitting:
    """A learner for this test alone."""
    return add_rich_learner(parts, paper, code=new_id()[-10:].upper())


def into_the_room(browser: Browser, house: LiveServer, code: str, **size: Any) -> Page:
    page = people.open_page(browser, house.url, **size)
    page.locator("input[name=code]").fill(code)
    page.locator("form[action='/enter'] button").click()
    page.wait_for_url(f"{house.url}/learner")
    page.locator("form[action='/learner/consent'] input[name=purpose]").check()
    page.get_by_role("button", name="Agree and go on").click()
    page.get_by_role("button", name="Start the test now").click()
    page.wait_for_url(f"{house.url}/room")
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    return page


class Keys:
    """Somebody without a mouse, in front of one question. On a phone the map of questions is shut until a key opens it."""

    def __init__(self, page: Page, number: int) -> None:
        self.page = page
        go = page.locator("[data-go]").nth(number - 1)
        if not go.is_visible():
            page.locator("[data-map] summary").focus()
            page.keyboard.press("Enter")
            expect(go).to_be_visible()
        go.focus()
        page.keyboard.press("Enter")
        self.item = page.locator(f"[data-question][data-number='{number}'] item-interaction")
        expect(self.item).to_be_visible()
        expect(page.locator("[data-heading]")).to_be_focused()

    def tab_to(self, wanted: Locator) -> Locator:
        """Press Tab until the control has the focus, beginning at the question's heading."""
        self.page.locator("[data-heading]").focus()
        return self.tab_on_to(wanted)

    def tab_on_to(self, wanted: Locator) -> Locator:
        """The same, from where the focus is."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("(element) => element === document.activeElement"):
                return wanted
        raise AssertionError(f"Tab never reaches {wanted}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def named(self, role: Any, name: str) -> Locator:
        return self.item.get_by_role(role, name=name, exact=True)

    def tick(self, *names: str) -> None:
        for name in names:
            self.tab_to(self.named("checkbox", name))
            self.press("Space")

    def choose(self, wanted: Locator) -> None:
        """A radio button: into its group, then by arrows."""
        group = self.item.locator(f"input[type=radio][name='{wanted.get_attribute('name')}']")
        self.tab_to(group.first)
        self.press("Space")
        for _ in range(group.count()):
            if wanted.is_checked():
                return
            self.press("ArrowDown")
        assert wanted.is_checked()

    def select(self, place: int, letter: str) -> None:
        """A select by its place among the visible ones: typing the first letter chooses."""
        self.tab_to(self.item.locator("select:visible").nth(place))
        self.press(letter)

    def select_all(self, letters: str, *, first: int = 0) -> None:
        for place, letter in enumerate(letters, first):
            self.select(place, letter)

    def write(self, selector: str, text: str) -> None:
        self.tab_to(self.item.locator(selector))
        self.page.keyboard.type(text)

    def order(self, *names: str) -> None:
        """Up, until everything stands where it should."""
        for place, name in enumerate(names):
            lines = self.item.locator("[data-order] li")
            at = next(n for n in range(len(names)) if name in lines.nth(n).inner_text())
            if at > place:
                self.tab_to(lines.nth(at).locator("[data-move='-1']"))
                self.press(*["Enter"] * (at - place - 1))
                self.press("Enter")
        if not self.value():
            self.tab_to(self.item.locator("[data-keep]"))
            self.press("Enter")

    def value(self) -> Any:
        return self.item.evaluate("(item) => item.value")


def _single(keys: Keys) -> None:
    keys.choose(keys.named("radio", "Lamp"))


def _match(keys: Keys) -> None:
    keys.choose(keys.named("radio", "Lamp Gives light"))
    keys.choose(keys.named("radio", "Fuse Protects"))


def _point(keys: Keys) -> None:
    keys.tab_to(keys.item.locator("[data-aim]"))
    keys.press("ArrowRight", "ArrowDown", "Enter")
    expect(keys.item.locator("[data-note]")).to_have_text("162 from the left, 102 from the top")


def _objects(keys: Keys) -> None:
    for x, y in (("50", "50"), ("240", "150")):
        for selector, number in (("[data-x]", x), ("[data-y]", y)):
            keys.tab_to(keys.item.locator(selector))
            keys.press("Control+A")
            keys.page.keyboard.type(number)
        keys.tab_to(keys.item.locator("[data-set]"))
        keys.press("Enter")


def _slider(keys: Keys) -> None:
    assert keys.value() is None
    expect(keys.item.locator("output")).to_contain_text("Not answered yet")
    keys.tab_to(keys.item.locator("input[type=range]"))
    keys.press("End", *["ArrowLeft"] * 6)
    expect(keys.item.locator("output")).to_have_text("70")


def _upload(keys: Keys) -> None:
    field = keys.tab_to(keys.item.locator("input[type=file]"))
    field.set_input_files({"name": "drawing.png", "mimeType": "image/png", "buffer": png(40, 30)})
    expect(keys.item.locator("[data-held]")).to_contain_text("drawing.png")


def _composite(keys: Keys) -> None:
    keys.choose(keys.named("radio", "Yes"))
    keys.write("input[type=text]:visible", "1,930")
    keys.write("textarea", "It may catch fire.")


BY_KEYBOARD: dict[str, Callable[[Keys], None]] = {
    "choice_single": _single,
    "choice_multiple": lambda keys: keys.tick("Switch", "Lamp"),
    "inline_choice": lambda keys: keys.select(0, "F"),
    "text_entry": lambda keys: keys.write("input[type=text]:visible", " १९३० "),
    "numeric": lambda keys: keys.write("input[type=text]:visible", "२३४.५"),
    "extended_text": lambda keys: keys.write("textarea", "So that nobody is hurt."),
    "match": _match,
    "order": lambda keys: keys.order("Fuse", "Switch", "Lamp"),
    "associate": lambda keys: keys.select_all("SLFC"),
    "gap_match": lambda keys: keys.select_all("SL"),
    "hottext": lambda keys: keys.tick("Lamp"),
    "hotspot": lambda keys: keys.tick("1 Switch", "2 Lamp"),
    "select_point": _point,
    "graphic_order": lambda keys: keys.order("Lamp", "Fuse", "Switch"),
    "graphic_associate": lambda keys: keys.select_all("SF"),
    "graphic_gap_match": lambda keys: keys.select_all("GP", first=1),
    "position_object": _objects,
    "slider": _slider,
    "upload": _upload,
    "composite": _composite,
}


def saved(page: Page) -> None:
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)


def values(page: Page) -> list[Any]:
    found: list[Any] = page.evaluate(
        "() => [...document.querySelectorAll('item-interaction')].map((item) => item.value)"
    )
    return found


@pytest.mark.timeout(300)
def test_every_kind_is_answered_by_keyboard_resumed_handed_in_marked_and_scored(
    house: LiveServer, parts: Services, chrome: Browser, made: RichSitting
) -> None:
    assert BY_KEYBOARD.keys() == DOCUMENTS.keys() == ANSWERS.keys()
    page = into_the_room(chrome, house, made.code, width=360, height=740)
    for number, kind in enumerate(KINDS, 1):
        BY_KEYBOARD[kind](Keys(page, number))
        saved(page)
    given = values(page)
    assert [kind for kind, value in zip(KINDS, given, strict=True) if value is None] == []
    page.reload()
    expect(page.locator("[data-count-answered]")).to_have_text(str(len(KINDS)))
    saved(page)
    wait_until(page, lambda: values(page) == given, seconds=20)
    assert page.viewport_size == {"width": 360, "height": 740}
    keys = Keys(page, len(KINDS))
    keys.tab_to(page.locator("[data-review-last]"))
    keys.press("Enter")
    expect(page.locator("dialog[open]")).to_be_visible()
    keys.tab_on_to(page.get_by_role("button", name="Hand in now"))
    keys.press("Enter")
    page.wait_for_url(f"{house.url}/learner", timeout=20_000)
    with parts.store.read(Actor.system()) as uow:
        task = uow.db.scalars(
            select(MarkingTaskRow.id).where(
                MarkingTaskRow.entry_id == made.entry_id,
                MarkingTaskRow.component == assessor.TaskComponent.THEORY,
            )
        ).one()
    mark_the_written_answers(chrome, house, task)
    with parts.store.read(Actor.system()) as uow:
        entry = assessor.learner_entry(uow, made.entry_id)
        outcomes = assessor.entry_outcomes(uow, entry)
    found = {kind: outcomes[made.versions[kind]].to_document() for kind in KINDS}
    assert {kind: (one["score"], one["maximum"]) for kind, one in found.items()} == EARNED
    assert people.FAULTS == []


def mark_the_written_answers(browser: Browser, house: LiveServer, task: str) -> None:
    """The assessor sees the answers and not the name, and gives full marks."""
    page = people.sign_in(browser, house.url, house.sample(), "assessor")
    page.goto(f"{house.url}/assessor/tasks")
    page.locator(f"a.rows__link[href$='{task}']").click()
    assert LEARNER not in page.content()
    expect(page.locator(".given__text").first).to_have_text("So that nobody is hurt.")
    with page.expect_download() as download:
        page.get_by_role("link", name="drawing.png").click()
    assert download.value.path().read_bytes() == png(40, 30)
    assert people.violations(page) == []
    for criterion in page.locator(".criterion").all():
        criterion.locator("input[type=radio]").last.check(force=True)
    page.get_by_role("button", name="Complete").click()
    page.locator("dialog[open] button", has_text="Complete").click()
    page.wait_for_url(f"{house.url}/assessor/tasks")


SMALL = """() => {
  const question = document.querySelector("[data-question]:not([hidden])");
  const shown = (element) => element.getClientRects().length > 0;
  const found = [];
  for (const control of question.querySelectorAll("button, select, input, textarea, summary")) {
    if (!shown(control)) continue;
    const box = (control.matches("[type=radio], [type=checkbox]") ? control.closest("label") : control).getBoundingClientRect();
    if (box.height < 43.5 || box.width < 43.5) found.push(`${control.outerHTML.slice(0, 120)} ${box.width} x ${box.height}`);
  }
  return found;
}"""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("screen", [(360, "both"), (1366, "hi")])
def test_every_kind_fits_a_small_screen_and_breaks_no_rule_of_access(
    house: LiveServer,
    chrome: Browser,
    made: RichSitting,
    screen: tuple[int, str],
) -> None:
    width, show = screen
    page = into_the_room(chrome, house, made.code, width=width, height=780, dark=show == "hi")
    page.locator(f"input[name=show][value={show}]").check(force=True)
    assert len(made.versions) == len(KINDS)
    found: dict[str, Any] = {}
    for number, kind in enumerate(KINDS, 1):
        page.evaluate(f"document.querySelectorAll('[data-go]')[{number - 1}].click()")
        expect(page.locator(f"[data-question][data-number='{number}']")).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth")
        problems = [*people.violations(page), *page.evaluate(SMALL)]
        if wide > width:
            problems.append(f"{wide} pixels wide")
        if problems:
            found[kind] = problems
    assert found == {}, json.dumps(found, indent=1)


@pytest.mark.timeout(300)
def test_an_answer_can_be_cleared_and_a_limit_says_what_it_is(
    house: LiveServer, parts: Services, chrome: Browser, made: RichSitting
) -> None:
    page = into_the_room(chrome, house, made.code)
    keys = Keys(page, KINDS.index("order") + 1)
    keys.order("Fuse", "Switch", "Lamp")
    assert len(made.versions) == len(KINDS)
    keys.item.get_by_role("button", name="Clear my answer").click()
    assert keys.value() is None
    expect(keys.item.get_by_text("Not answered yet.")).to_be_visible()
    saved(page)
    keys = Keys(page, KINDS.index("hotspot") + 1)
    keys.item.locator("[data-spot]").nth(0).click()
    keys.item.locator("[data-spot]").nth(2).click()
    keys.item.locator("[data-spot]").nth(1).click()
    expect(keys.item.locator("[data-note]")).to_have_text("No more than 2 can be chosen here.")
    assert len(next(iter(keys.value().values()))) == 2
    keys = Keys(page, KINDS.index("select_point") + 1)
    keys.item.locator("[data-aim]").click(position={"x": 40, "y": 30})
    keys.item.locator("[data-aim]").click(position={"x": 90, "y": 70})
    ((point,),) = keys.value().values()
    assert abs(point[0] - 90) <= 2
    assert abs(point[1] - 70) <= 2
    keys = Keys(page, KINDS.index("hottext") + 1)
    for place in (0, 1):
        keys.item.locator(".hot:visible").nth(place).click()
    assert keys.item.locator(":checked:visible").count() == 1
    saved(page)
    before = values(page)
    answered = str(sum(value is not None for value in before))
    expect(page.locator("[data-count-answered]")).to_have_text(answered)
    page.reload()
    expect(page.locator("[data-count-answered]")).to_have_text(answered)
    saved(page)
    wait_until(page, lambda: values(page) == before, seconds=20)
