# SPDX-License-Identifier: Apache-2.0
"""A whole test as a learner sits it on a phone: keyboard alone, Hindi and English together, without a line for a part of it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from assessor import api as assessor
from assessor.attempts.tables import MoveRow, ResponseCopyRow, ResponseEventRow
from assessor.forms.sections import FormSection, Navigation
from core.uow import Actor
from tests.browser import people
from tests.live_server import LiveServer
from tests.web.rich_sitting import RichSitting, add_rich_sitting, documents
from web.wiring import Services

CODE = "DELVR7MK3P"
BASICS = ("choice_single", "gap_match", "numeric", "order")
STEPS = ("inline_choice", "choice_multiple")
REST = ("graphic_gap_match", "slider", "hottext", "text_entry")
KINDS = (*BASICS, *STEPS, *REST)
# What each answer below earns: the numeric one is wrong, and one question is left out.
EARNED = {
    "choice_single": "1",
    "gap_match": "0.5",
    "numeric": "0",
    "order": "1",
    "inline_choice": "1",
    "choice_multiple": "1",
    "graphic_gap_match": "1",
    "slider": "0",
    "hottext": "1",
    "text_entry": "1",
}
UNANSWERED = "slider"
MOVES = [
    ("enter_section", "basics"),
    ("leave_section", "basics"),
    ("enter_section", "steps"),
    ("confirm", "inline_choice"),
    ("visit", "choice_multiple"),
    ("leave_section", "steps"),
    ("enter_section", "rest"),
]
# Anything that a mouse, a pen or a finger would do; a key's own click has no pointer.
WATCH_POINTERS = """
for (const kind of ["pointerdown", "pointerup", "mousedown", "mousemove", "touchstart", "wheel", "click"]) {
  addEventListener(kind, (event) => {
    if (kind === "click" && event.detail === 0 && !event.pointerType) return;
    sessionStorage.setItem("pointer-used", `${kind} on ${event.target?.outerHTML?.slice(0, 80)}`);
  }, { capture: true, passive: true });
}
"""
# Which way the keyboard has to go from the focus to the element: 0 when it is there.
WAY = """(wanted) => {
  const here = document.activeElement ?? document.body;
  if (here === wanted) return 0;
  return here.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_PRECEDING ? -1 : 1;
}"""
SHOTS = os.environ.get("KASAUTI_SHOTS")  # a folder: what every step looks like is kept there


def in_sections(versions: Mapping[str, str]) -> list[FormSection]:
    """Any order with a time of its own; one after the other and confirmed once; any order to the end."""

    def section(name: str, english: str, hindi: str, kinds: tuple[str, ...], **rules: Any) -> FormSection:
        given: dict[str, Any] = {"seconds": None, "navigation": Navigation.FREE, **rules}
        title = (("en", english), ("hi", hindi))
        return FormSection(id=name, title=title, items=tuple(versions[kind] for kind in kinds), **given)

    return [
        section("basics", "Basics", "मूल बातें", BASICS, seconds=600),
        section(
            "steps",
            "Step by step",
            "एक-एक करके",
            STEPS,
            seconds=600,
            navigation=Navigation.LINEAR,
            allow_review=False,
            max_attempts=1,
        ),
        section("rest", "Electrical work", "बिजली का काम", REST),
    ]


@pytest.fixture
def made(parts: Services) -> RichSitting:
    """A sealed paper of these kinds in three sections, and one learner with a code."""
    all_kinds = documents()
    items = {kind: {**all_kinds[kind], "id": f"DELIVERY-{kind.upper()}"} for kind in KINDS}
    return add_rich_sitting(parts, items=items, sections=in_sections, code=CODE)


class Learner:
    """Somebody with a small phone and a keyboard, and nothing else."""

    def __init__(self, browser: Browser, url: str) -> None:
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale="hi-IN", has_touch=True)
        context.add_cookies([{"name": "kasauti-language", "value": "hi", "url": url}])
        context.add_init_script(WATCH_POINTERS)
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: people.FAULTS.append(f"{self.page.url}: {error}"))
        self.page.on("console", lambda message: people.note_console(self.page, message.type, message.text))
        self.steps = 0
        self.loads: list[str] = []  # every page that was loaded, by path
        self.page.on("domcontentloaded", lambda page: self.loads.append(page.url.removeprefix(url)))
        self.page.goto(url)

    def see(self, name: str) -> None:
        """What this step looks like breaks no rule of access and fits the screen; nobody used a pointer."""
        self.page.evaluate("scrollTo(0, 0)")  # where no control is half under the bar at the bottom
        self.steps += 1
        if SHOTS:
            shoot(self.page, Path(SHOTS) / f"{self.steps:02d}-{name}")
        assert people.violations(self.page) == [], name
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide == 0, f"{name} is {wide} pixels too wide"
        assert self.page.evaluate("sessionStorage.getItem('pointer-used')") is None

    def tab_to(self, wanted: str | Locator) -> Locator:
        """Tab, or Tab backwards, until the focus is there."""
        found = self.page.locator(wanted) if isinstance(wanted, str) else wanted
        expect(found).to_be_visible()
        for _ in range(150):
            way = found.evaluate(WAY)
            if way == 0:
                return found
            self.page.keyboard.press("Tab" if way > 0 else "Shift+Tab")
        raise AssertionError(f"Tab never reaches {wanted}")

    def press(self, wanted: str | Locator, *keys: str) -> None:
        """Go there and press keys; Enter when none is named."""
        self.tab_to(wanted)
        for key in keys or ("Enter",):
            self.page.keyboard.press(key)

    def type(self, wanted: str | Locator, text: str) -> None:
        self.tab_to(wanted)
        self.page.keyboard.type(text)

    @property
    def item(self) -> Locator:
        """The question that is shown."""
        return self.page.locator("[data-question]:not([hidden]) item-interaction")

    def at(self, kind: str) -> None:
        """This question has come up, with the focus on its heading."""
        expect(self.page.locator("[data-heading]")).to_be_focused()
        expect(self.page.locator("[data-question]:not([hidden])")).to_have_attribute(
            "data-number", str(KINDS.index(kind) + 1)
        )

    def next(self, kind: str) -> None:
        self.press("[data-next]")
        self.at(kind)

    def select(self, place: int, letter: str) -> None:
        """What others drag: a select by its place, and the first letter of the wanted word."""
        self.press(self.item.locator("select:visible").nth(place), letter)

    def tick(self, *names: str) -> None:
        for name in names:
            self.press(self.item.locator(f"label:has-text('{name}') input"), "Space")

    def choose(self, name: str) -> None:
        """A radio button: into its group by Tab, on by arrows."""
        self.press(self.item.locator("input[type=radio]").first, "Space")
        wanted = self.item.locator(f"label:has-text('{name}') input")
        for _ in range(6):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {name}")

    def saved(self) -> None:
        expect(self.page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)

    def show_both(self) -> None:
        """Hindi and English together, by the arrow keys."""
        self.press("input[name=show]:checked", "ArrowRight", "ArrowRight")
        expect(self.page.locator("input[name=show][value=both]")).to_be_checked()


def shoot(page: Page, name: Path) -> None:
    """The step on a phone and on a desktop, by day and by night."""
    for width, height in ((360, 740), (1280, 860)):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=f"{name}-{width}-{scheme}.png")
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="light")


@pytest.mark.timeout(300)
def test_a_whole_test_by_keyboard_in_two_languages_without_a_line_for_a_part_of_it(
    house: LiveServer, parts: Services, chrome: Browser, made: RichSitting
) -> None:
    learner = Learner(chrome, house.url)
    come_in(learner, house.url)
    answer_the_basics(learner)
    attempt = str(learner.page.locator("#room").get_attribute("data-attempt"))
    confirm_the_steps(learner)
    before = stored(parts, attempt)
    answer_the_rest_without_a_line(learner)
    assert stored(parts, attempt) == before
    learner.page.context.set_offline(False)
    learner.saved()
    hand_in(learner, house.url)
    assert learner.loads.count("/room") == 2, (
        "once at the start, and once when it was loaded anew without a line"
    )
    assert learner.loads[learner.loads.index("/room") :] == ["/room", "/room", "/learner"]
    everything_arrived_in_order_and_once(parts, made, attempt)
    the_slip_is_what_the_server_holds(learner.page, parts, made, attempt)
    with parts.store.read(Actor.system()) as uow:
        outcomes = assessor.entry_outcomes(uow, assessor.learner_entry(uow, made.entry_id))
    found = {kind: outcomes[made.versions[kind]].to_document()["score"] for kind in KINDS}
    assert found == EARNED
    assert people.FAULTS == []


def come_in(learner: Learner, url: str) -> None:
    """From the door to the first section: the code, the consent, the test on the device, the start."""
    learner.see("door")
    learner.type("input[name=code]", CODE.lower())
    learner.page.keyboard.press("Enter")
    learner.page.wait_for_url(f"{url}/learner")
    learner.see("consent")
    learner.press("form[action='/learner/consent'] input[name=purpose]", "Space")
    learner.press("form[action='/learner/consent'] button")
    expect(learner.page.locator("[data-package-state=ready]")).to_be_visible(timeout=20_000)
    learner.see("ready")
    with learner.page.expect_response(lambda answer: answer.url.endswith("/room")) as room:
        learner.press("form[action='/learner/start'] button")
    assert room.value.from_service_worker, "the room was on the device before the start"
    expect(learner.page.locator("[data-screen=section]")).to_be_focused(timeout=20_000)
    expect(learner.page.locator("[data-section-next]")).to_have_text("मूल बातें")
    learner.see("first section")


def answer_the_basics(learner: Learner) -> None:
    page = learner.page
    learner.press("[data-section-start]")
    learner.at("choice_single")
    learner.show_both()
    stem = learner.item.locator("[data-lang]:visible")
    assert {one.get_attribute("data-lang") for one in stem.all()} == {"hi", "en"}
    learner.choose("Lamp")
    learner.saved()
    learner.see("online")
    learner.press("[data-tool=calculator]")
    expect(page.locator("[data-display]")).to_be_focused()
    page.keyboard.type("2*115")
    page.keyboard.press("Enter")
    expect(page.locator("[data-display]")).to_have_text("230")
    learner.see("calculator")
    page.keyboard.press("Escape")
    expect(page.locator("[data-tool=calculator]")).to_be_focused()
    learner.next("gap_match")
    learner.select(0, "S")
    learner.select(1, "F")
    learner.see("gaps")
    learner.next("numeric")
    learner.type(learner.item.locator("[lang=hi] input:visible"), "२४०")  # in either language's text
    learner.press("[data-flag]")
    expect(page.locator("[data-flag]")).to_have_attribute("aria-pressed", "true")
    learner.next("order")
    put_in_order(learner, "Fuse", "Switch", "Lamp")
    learner.see("order")
    learner.saved()
    learner.press("[data-leave-last]")
    expect(page.locator("[data-review-unanswered]")).to_have_text("0")
    learner.see("finish section")
    learner.press("[data-leave-now]")


def put_in_order(learner: Learner, *names: str) -> None:
    """Up, until everything stands where it should."""
    lines = learner.item.locator("[data-order] li")
    for place, name in enumerate(names):
        at = next(n for n in range(len(names)) if name in lines.nth(n).inner_text())
        for step in range(at, place, -1):
            learner.press(lines.nth(step).locator("[data-move='-1']"))
    if learner.item.evaluate("(item) => item.value") is None:
        learner.press(learner.item.locator("[data-keep]"))


def confirm_the_steps(learner: Learner) -> None:
    page = learner.page
    expect(page.locator("[data-section-next]")).to_have_text("एक-एक करके")
    learner.press("[data-section-start]")
    learner.at("inline_choice")
    expect(page.locator("[data-previous]")).to_be_hidden()
    learner.select(0, "F")
    learner.press("[data-confirm-answer]")
    expect(page.locator("[data-own=locked]")).to_be_visible()
    learner.see("confirmed")
    learner.next("choice_multiple")
    learner.tick("Switch", "Lamp")
    learner.press("[data-leave-last]")
    learner.press("[data-leave-now]")
    expect(page.locator("[data-section-next]")).to_have_text("बिजली का काम")
    learner.saved()


def answer_the_rest_without_a_line(learner: Learner) -> None:
    page = learner.page
    page.context.set_offline(True)
    learner.press("[data-section-start]")
    learner.at("graphic_gap_match")
    learner.select(1, "G")
    learner.select(2, "P")
    expect(page.locator("[data-line=off]")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-save=unsaved]")).to_be_visible(timeout=20_000)
    learner.see("no line")
    page.reload()  # somebody pulled the page down, or the phone was short of memory
    expect(page.locator("[data-count-answered]")).to_have_text("7")
    expect(page.locator("[data-line=off]")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-question]:not([hidden])")).to_have_attribute("data-number", "7")
    expect(page.locator("[data-banner=restored]")).to_be_visible()
    learner.see("restored")
    learner.next(UNANSWERED)
    learner.next("hottext")
    learner.press(learner.item.locator("label:has-text('Lamp') input:visible").first, "Space")
    learner.next("text_entry")
    learner.type(learner.item.locator("[lang=en] input:visible"), "1930")
    learner.press("[data-review-last]")
    expect(page.locator("[data-review-unanswered]")).to_have_text("1")
    expect(page.locator("[data-review-answered]")).to_have_text("9")
    expect(page.locator("[data-review-flagged]")).to_have_text("1")
    learner.see("review")
    learner.press("[data-review-back]")


def hand_in(learner: Learner, url: str) -> None:
    learner.press("[data-review-last]")
    expect(learner.page.locator("[data-review-unsaved]")).to_be_hidden()
    learner.press("[data-submit]")
    learner.page.wait_for_url(f"{url}/learner", timeout=20_000)
    learner.press(".slip summary")
    learner.see("slip")


def stored(parts: Services, attempt: str) -> list[tuple[int, str, str]]:
    """What the server holds, in the order in which it came: number, item, instant."""
    query = (
        select(ResponseEventRow.seq, ResponseEventRow.item_version_id, ResponseEventRow.received_at)
        .where(ResponseEventRow.attempt_id == attempt)
        .order_by(ResponseEventRow.received_at, ResponseEventRow.seq)
    )
    with parts.store.read(Actor.system()) as uow:
        return [(seq, item, at.isoformat()) for seq, item, at in uow.db.execute(query)]


def everything_arrived_in_order_and_once(parts: Services, made: RichSitting, attempt: str) -> None:
    kinds = {version: kind for kind, version in made.versions.items()}
    answers = stored(parts, attempt)
    with parts.store.read(Actor.system()) as uow:
        moves = uow.db.execute(
            select(MoveRow.seq, MoveRow.kind, MoveRow.target, MoveRow.received_at)
            .where(MoveRow.attempt_id == attempt)
            .order_by(MoveRow.received_at, MoveRow.seq)
        ).all()
        refused = uow.db.scalars(
            select(ResponseCopyRow.reason).where(ResponseCopyRow.attempt_id == attempt)
        ).all()
    assert refused == []
    came = sorted([(at, seq) for seq, _, at in answers] + [(at.isoformat(), seq) for seq, _, _, at in moves])
    numbers = [seq for _, seq in came]
    assert numbers == sorted(set(numbers)), "one sequence of answers and moves, in order and once"
    assert [(kind.value, kinds.get(target, target)) for _, kind, target, _ in moves] == MOVES
    assert {kinds[item] for _, item, _ in answers} == set(KINDS) - {UNANSWERED}


def the_slip_is_what_the_server_holds(page: Page, parts: Services, made: RichSitting, attempt: str) -> None:
    kinds = {version: kind for kind, version in made.versions.items()}
    last = {KINDS.index(kinds[item]) + 1: at for _, item, at in stored(parts, attempt)}
    lines = {}
    for line in page.locator(".slip__list li").all():
        number = re.search(r"\d+", line.locator("span").inner_text())
        assert number is not None
        lines[int(number.group())] = line.locator("time").get_attribute("datetime")
    assert lines == last
    assert len(lines) == len(KINDS) - 1
