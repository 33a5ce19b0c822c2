# SPDX-License-Identifier: Apache-2.0
"""The check-in in a real Chromium with a fake camera: one person who sits, turns, blinks and speaks, again and again."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from assessor.scheduling.tables import SittingRow
from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from proctor.checkin.tables import CheckInRow
from tests import movements
from tests.browser import people
from tests.clips import write_y4m
from tests.live_server import LiveServer
from tests.web.world import acting_as, person
from web import wiring

ROUND = [
    ("calm", 2.0), ("left", 1.2), ("calm", 0.8), ("right", 1.2), ("calm", 0.8), ("shut", 0.5),
    ("calm", 0.8), ("speaking", 2.0),
]  # fmt: skip
WHOLE = proctor.WatchPlan(id_card=True, calibration=True, liveness=True)
# Everything that the page asks for, and every digit that it shows, whoever looks away meanwhile.
REMEMBER = """() => {
  window.asked = {said: [], digits: []};
  const note = () => {
    for (const [list, place] of [["said", "[data-now]"], ["digits", "[data-digits]"]]) {
      const words = document.querySelector(place).textContent;
      if (!asked[list].includes(words)) asked[list].push(words);
    }
  };
  new MutationObserver(note).observe(document.querySelector("[data-check-in]"), {childList: true, subtree: true});
  note();
}"""
SHOTS = os.environ.get("KASAUTI_SHOTS", "")


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[LiveServer]:
    """A server whose calm seconds are few."""
    live = LiveServer(tmp_path / "var", settings={"KASAUTI_CHECK_IN_SECONDS": "5"})
    live.start()
    yield live
    live.stop()


def watch_so(server: LiveServer, wanted: proctor.WatchPlan) -> str:
    """Set the plan of the watched sitting, from beside the server; the name of a learner of it."""
    parts = wiring.build(wiring.read_config(server.environment))
    with parts.store.write(Actor.system()) as platform:
        uow = acting_as(platform, person(platform, Role.MANAGER))
        sitting_id = uow.db.scalars(select(SittingRow.id).where(SittingRow.proctored)).first()
        assert sitting_id is not None
        proctor.set_plan(uow, sitting_id, organisation_id=str(uow.actor.organisation_id), plan=wanted)
    name = people.admit(server, parts, watched=True)
    parts.engine.dispose()
    return name


def come_to_the_camera(page: Page) -> None:
    """Agree to everything at the gate, then open the check-in."""
    for box in page.locator("form[action='/learner/consent'] input[name=purpose]").all():
        box.check()
    for choice in page.locator("form[action='/learner/consent'] input[name=of_age][value=yes]").all():
        choice.check()
    page.get_by_role("button", name="Agree and go on").click()
    page.get_by_role("link", name="Begin the check-in").click()
    page.wait_for_url(re.compile("/learner/check-in$"))


def look_at(page: Page, name: str) -> None:
    """Nothing is wider than the screen and nothing keeps anybody out; a picture for who asks for one."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert people.violations(page) == []
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.timeout(300)
def test_a_learner_on_a_phone_comes_through_the_whole_check_in_by_keyboard(
    quick: LiveServer, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    name = watch_so(quick, WHOLE)
    browser = launch(movements.write_mjpeg(tmp_path / "person.mjpeg", ROUND))
    page = people.enter(browser, quick.url, quick.sample(), name, width=360, height=740)
    come_to_the_camera(page)

    now = page.locator("[data-now]")
    expect(now).to_have_text("Hold your card up to the camera")
    expect(page.locator("[data-take]")).to_be_focused()
    look_at(page, "card-360")
    page.locator("[data-take]").press("Enter")
    expect(page.locator("[data-send]")).to_be_focused()
    page.keyboard.press("Enter")

    expect(now).to_have_text("Look into the camera", timeout=20_000)
    expect(page.locator("[data-take]")).to_be_focused()
    look_at(page, "photo-360")
    page.locator("[data-take]").press("Enter")
    expect(page.locator("[data-send]")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("[data-begin]")).to_be_focused(timeout=20_000)
    expect(now).to_have_text("Now sit as you will sit in the test")
    look_at(page, "ready-360")
    page.evaluate(REMEMBER)
    page.locator("[data-begin]").press("Enter")
    page.wait_for_function("() => asked.said.includes('Look at the screen')")
    page.wait_for_function("() => asked.said.includes('Read these numbers aloud')", timeout=150_000)
    look_at(page, "digits-360")
    expect(page.locator("[data-to-gate]")).to_be_visible(timeout=150_000)
    expect(now).to_have_text("Done. Thank you.")
    asked = page.evaluate("asked")
    said, digits = set(asked["said"]), asked["digits"]
    assert any(re.fullmatch(r"\d \d \d \d", one) for one in digits), digits
    assert {
        "Turn your head to the left",
        "Turn your head to the right",
        "Close your eyes for one second, then open them",
        "Read these numbers aloud",
    } <= said
    look_at(page, "done-360")
    page.locator("[data-to-gate]").press("Enter")
    expect(page.get_by_role("button", name="Start the test now")).to_be_visible(timeout=20_000)

    parts = wiring.build(wiring.read_config(quick.environment))
    with parts.store.read(Actor.system()) as uow:
        row = uow.db.scalars(select(CheckInRow)).one()
        assert (row.calibrated, row.enrolled_looks >= 3) == (True, True)
        assert [one["challenge"] for one in row.challenges if not one["passed"]] == []
    parts.engine.dispose()
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_who_is_not_seen_is_told_why_and_a_lost_line_is_waited_for(
    quick: LiveServer, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    name = watch_so(quick, proctor.WatchPlan(calibration=True, liveness=True))
    clip = write_y4m(tmp_path / "clip.y4m", [("present", 6.0)], fps=5)
    browser = launch(clip)
    page = people.enter(browser, quick.url, quick.sample(), name, width=1280, height=900, dark=True)
    come_to_the_camera(page)
    page.locator("[data-take]").click()
    page.locator("[data-send]").click()
    expect(page.locator("[data-begin]")).to_be_visible(timeout=20_000)
    look_at(page, "ready-1280-dark")
    write_y4m(tmp_path / "empty.y4m", [("gone", 12.0)], fps=5).replace(clip)
    page.reload()  # which opens the camera anew: now nobody sits before it
    page.locator("[data-begin]").click()
    expect(page.locator("[data-hint]")).to_have_text(
        "We cannot see your face. Come into the outline.", timeout=60_000
    )
    look_at(page, "gone-1280-dark")
    page.context.set_offline(True)
    expect(page.get_by_text("The connection is gone")).to_be_visible(timeout=20_000)
    page.context.set_offline(False)
    expect(page.get_by_text("The connection is gone")).to_be_hidden(timeout=20_000)
    expect(page.locator("[data-skip]")).to_be_visible(timeout=120_000)
    page.locator("[data-skip]").click()
    expect(page.locator("[data-now]")).not_to_have_text("Look at the screen")
