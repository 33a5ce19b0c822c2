# SPDX-License-Identifier: Apache-2.0
"""The review of an attempt by keys alone, how many keys and pages it takes, and the learner's page on a phone."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from core.clock import SystemClock
from core.identity.model import Role
from proctor import api as proctor
from tests.browser import people
from tests.live_server import LiveServer
from tests.web import sitting, world
from tests.web.conftest import sample_folder
from tests.web.reviewing import INCIDENT, NOTE, Case, another_reviewer, open_case
from tests.web.site import SECRET, open_site

__all__ = ["sample_folder"]  # the fixture, used by name
RULE = proctor.RuleName
MOST_KEYS, MOST_LOADS = 90, 2
MOST_SECONDS = 120.0
KEY, THOUGHT = 0.28, 1.35
"""Seconds of the keystroke-level model (Card, Moran and Newell, 1980): a key of somebody who types a little, a mental act."""
WORDS_A_MINUTE = 238
"""Silent reading of English (Brysbaert, 2019)."""
pytestmark = pytest.mark.timeout(600)  # the server with its sample is made first


@dataclass
class Reviewed:
    """A server whose sample has an attempt with three incidents, one of them proposed, and what is known of it."""

    live: LiveServer
    sample: dict[str, Any]
    attempt_id: str
    incidents: list[str]
    proposed: str
    learner: str


@pytest.fixture(scope="module")
def reviewed(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reviewed]:
    var = tmp_path_factory.mktemp("review") / "var"
    shutil.copytree(sample_folder, var)
    with open_site(var, at=SystemClock().now()) as site:  # an appeal is open for some days from the decision
        case = open_case(site)
        for rule in (RULE.FACE_GONE, RULE.SEVERAL_FACES, RULE.SOMEONE_ELSE):
            case.add(rule, INCIDENT)
        case.add(RULE.SPEECH, NOTE)
        case.add_samples(8)
        room = sitting.open_room(case.learner)
        room.answer_everything()
        assert room.hand_in().status_code == 200
        upheld = uphold_one(case)
    live = LiveServer(var, settings={"KASAUTI_SECRET_KEY": SECRET})
    live.start()
    yield Reviewed(live, live.sample(), case.attempt_id, case.incidents, upheld, world.WATCHED)
    live.stop()


def uphold_one(case: Case) -> str:
    """A fourth incident that two people upheld, so that the learner has something to appeal against."""
    incident = case.add(RULE.CAMERA_FROZEN, INCIDENT)
    case.incidents.remove(incident)
    for number in (7, 8):
        reviewer, _ = another_reviewer(case.site, number)
        reviewer.get(case.page)
        assert case.decide(reviewer, incident, "upheld", "The picture never moved.") == 302
    return incident


def presses(page: Page, *keys: str) -> int:
    """Press each key; how many they were. A text is typed key by key."""
    count = 0
    for key in keys:
        for one in [key] if len(key) == 1 or key in NAMED else list(key):
            page.keyboard.press(one)
            count += 1
    return count


NAMED = ("Tab", "Enter", "Escape", "Control+Enter", "ArrowRight", "ArrowDown", "Shift+Tab")


@dataclass
class Reckoning:
    """What a review asks of a person, in counts, and the seconds that the machine let the person wait."""

    waited: float
    keys: int
    words: int
    pictures: int
    decisions: int

    @property
    def seconds(self) -> float:
        """Reckoned, not timed: all words are read, each picture and decision is one mental act, one more is the recording."""
        thoughts = self.pictures + self.decisions + 1
        reading = self.words * 60 / WORDS_A_MINUTE
        return self.waited + self.keys * KEY + thoughts * THOUGHT + reading

    def __str__(self) -> str:
        return (
            f"reckoned, not timed on people: {self.seconds:.0f} s for {self.decisions} cases ({self.keys} keys, "
            f"{self.words} words, {self.pictures} pictures, {self.waited:.1f} s of waiting for the machine)"
        )


def test_three_incidents_are_decided_by_keys_alone_with_few_of_them(
    reviewed: Reviewed, launch: Callable[[Path | None], Browser]
) -> None:
    page = people.sign_in(launch(None), reviewed.live.url, reviewed.sample, Role.INTEGRITY_REVIEWER.value)
    people.carry_axe(page)
    loads: list[str] = []
    first, second, third = reviewed.incidents
    began = time.perf_counter()
    page.goto(f"{reviewed.live.url}/integrity/attempts/{reviewed.attempt_id}")
    expect(page.locator(f"#event-{first}")).to_be_focused()
    waited = time.perf_counter() - began
    page.on("load", lambda loaded: loads.append(loaded.url))
    cases = [page.locator(f"#event-{one}") for one in reviewed.incidents]
    words = sum(len(case.inner_text().split()) for case in cases)
    pictures = sum(case.locator("img").count() for case in cases)
    assert people.violations(page) == []
    keys = presses(page, "d", "A pen fell.", "Control+Enter")
    expect(page.locator(f"#event-{second}")).to_be_focused()
    keys += presses(page, "u", "A second person.", "Control+Enter")
    expect(page.locator(f"#event-{third}")).to_be_focused()
    keys += presses(page, "d", "The light changed.", "Escape")
    expect(page.locator("[data-decided]")).to_have_text("3")
    keys += presses(page, "r")
    expect(page.locator("#confirm-dialog")).to_be_visible()
    keys += presses(page, "Tab")
    began = time.perf_counter()
    with page.expect_navigation():
        keys += presses(page, "Enter")
    expect(page.locator(".flashes")).to_contain_text("3 decisions are recorded.")
    waited += time.perf_counter() - began
    states = [page.locator(f"#event-{one} .event__head .pill").first.inner_text() for one in (first, second)]
    assert states == ["Dismissed", "Waits for a second person"]
    assert keys <= MOST_KEYS
    assert len(loads) <= MOST_LOADS
    assert pictures == 3 * 4
    reckoned = Reckoning(waited=waited, keys=keys, words=words, pictures=pictures, decisions=3)
    print(reckoned)
    assert reckoned.seconds <= MOST_SECONDS


def test_keys_walk_the_events_and_leave_typing_alone(
    reviewed: Reviewed, launch: Callable[[Path | None], Browser]
) -> None:
    page = people.sign_in(launch(None), reviewed.live.url, reviewed.sample, Role.INTEGRITY_REVIEWER.value)
    page.goto(f"{reviewed.live.url}/integrity/attempts/{reviewed.attempt_id}")
    places = [f"#{one.get_attribute('id')}" for one in page.locator("[data-event]").all()]
    presses(page, "2")
    expect(page.locator(places[1])).to_be_focused()
    presses(page, "j")
    expect(page.locator(places[2])).to_be_focused()
    presses(page, "k", "k")
    expect(page.locator(places[0])).to_be_focused()
    presses(page, "?")
    expect(page.locator("#keys-dialog")).to_be_visible()
    presses(page, "j", "Escape")
    expect(page.locator("#keys-dialog")).to_be_hidden()
    note = page.locator("[data-raise] textarea").first
    page.locator("[data-raise] summary").first.click()
    note.focus()
    presses(page, "jk2d")
    expect(note).to_have_value("jk2d")


def test_the_time_axis_says_in_words_what_the_arrow_keys_reach(
    reviewed: Reviewed, launch: Callable[[Path | None], Browser]
) -> None:
    page = people.sign_in(launch(None), reviewed.live.url, reviewed.sample, Role.INTEGRITY_REVIEWER.value)
    page.goto(f"{reviewed.live.url}/integrity/attempts/{reviewed.attempt_id}")
    widths = [mark.bounding_box() for mark in page.locator("[data-lane] [data-mark]").all()]
    assert len(widths) >= 5
    assert all(box is not None and box["width"] >= 4 and box["height"] >= 16 for box in widths)
    page.locator("[data-lanes-stop]").focus()
    presses(page, "ArrowRight")
    expect(page.locator("[data-lanes-say]")).to_contain_text("No face to be seen for 6.2 s")
    presses(page, "Enter")
    expect(page.locator(f"#event-{reviewed.incidents[0]}")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_learner_explains_and_appeals_on_a_phone(
    reviewed: Reviewed, launch: Callable[[Path | None], Browser], scheme: str
) -> None:
    page = people.enter(launch(None), reviewed.live.url, reviewed.sample, reviewed.learner)
    english = {"name": "kasauti-language", "value": "en", "url": reviewed.live.url}
    page.context.add_cookies([english])  # type: ignore[list-item]
    people.carry_axe(page)
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(f"{reviewed.live.url}/learner")
    page.get_by_role("link", name=re.compile("How your test was watched")).click()
    assert people.violations(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    event = page.locator(f"#event-{reviewed.incidents[0]}")
    with page.expect_navigation():
        event.get_by_role("button", name="I dropped something").click()
    expect(event).to_contain_text("You said")
    upheld = page.locator(f"#event-{reviewed.proposed}")
    if upheld.get_by_role("button", name="Appeal").count():  # the first of the two runs, whichever it is
        upheld.get_by_label("Why is the decision wrong?").fill("The camera hung.")
        upheld.get_by_role("button", name="Appeal").click()
        page.locator("#confirm-dialog [data-confirm-yes-slot]").click()
    expect(upheld).to_contain_text("Your appeal")
    expect(upheld).to_contain_text("The camera hung.")
