# SPDX-License-Identifier: Apache-2.0
"""Answers that came too late, as the learner is told of them: in the room that is still open, and on the page after it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from assessor import api as assessor
from core.identity.model import Role
from core.uow import Actor
from tests.browser import people
from tests.browser.test_offline import attempt_of, move_end, wait_until_written
from tests.browser.test_room import answer, into_the_room
from tests.live_server import LiveServer
from tests.web.world import acting_as, person
from web.wiring import Services


def decide(parts: Services, attempt: str, number: int, *, admit: bool) -> None:
    """A manager lets the late answer to a question count, or not."""
    with parts.store.write(Actor.system()) as platform:
        uow = acting_as(platform, person(platform, Role.MANAGER))
        late = next(one for one in assessor.late_answers(uow, attempt) if one.number == number)
        (assessor.admit_late if admit else assessor.refuse_late)(
            uow,
            attempt,
            device=late.device,
            seq=late.seq,
            item=late.item_version_id,
            organisation_id=str(uow.actor.organisation_id),
            reason="The line of the centre was away." if admit else "The test had been over for an hour.",
        )


@pytest.mark.timeout(300)
def test_late_answers_are_said_to_be_late_and_then_to_count_or_not(
    house: LiveServer, parts: Services, chrome: Browser
) -> None:
    page = into_the_room(chrome, house, people.admit(house, parts))
    answer(page, 1)
    expect(page.locator("[data-save=saved]")).to_be_visible()
    attempt = attempt_of(page)
    page.context.set_offline(True)
    answer(page, 2)
    answer(page, 3)
    wait_until_written(page, 2)
    move_end(parts, attempt, timedelta(hours=2))
    page.context.set_offline(False)
    late, admitted = page.locator("[data-banner=late]"), page.locator("[data-banner=admitted]")
    expect(late.locator("[data-late-list]")).to_have_text("2, 3", timeout=30_000)
    expect(page.locator("[data-screen=closed]")).to_be_visible(timeout=20_000)
    assert people.violations(page) == []
    decide(parts, attempt, 2, admit=True)
    expect(admitted.locator("[data-admitted-list]")).to_have_text("2", timeout=20_000)
    expect(late.locator("[data-late-list]")).to_have_text("3")
    expect(page.locator("[data-say]")).not_to_be_empty()
    decide(parts, attempt, 3, admit=False)
    page.wait_for_url(f"{house.url}/learner", timeout=20_000)  # nothing is open any more
    expect(page.get_by_text("Question 2: it counts")).to_be_visible()
    expect(page.get_by_text("Question 3: it does not count")).to_be_visible()
    assert people.FAULTS == []
