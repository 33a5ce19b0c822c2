# SPDX-License-Identifier: Apache-2.0
"""Larger pictures: the page is asked for some when a person looks or something begins, and for no more than some."""

from __future__ import annotations

import pytest

from core.identity.model import Role
from proctor.monitoring.line import CLOSER_FRAMES
from tests import clips
from tests.web.site import Site
from tests.web.test_sockets import NAME, Camera, sittings
from tests.web.test_sockets_line import Page, drained

CALM = tuple(clips.jpeg_frames([("present", 40.0)]))
TWO = tuple(clips.jpeg_frames([("two", 20.0)]))
LARGE = {"every_ms": 0, "width": 640}


@pytest.fixture
def page(site: Site) -> Page:
    """A watched learner's page; the pipeline runs with the real detector."""
    opened = Camera(site, NAME)
    site.parts.pipeline.start()
    site.worker.round()
    opened.told()
    return Page(opened)


def paces(page: Page, site: Site, pictures: tuple[bytes, ...]) -> list[object]:
    """What the page is asked for with each of these pictures, a second apart."""
    asked = []
    for jpeg in pictures:
        asked.append(page.send(jpeg).get("pace"))
        drained(site)
    return asked


def test_a_proctor_who_opens_the_learner_gets_some_larger_pictures(page: Page, site: Site) -> None:
    assert paces(page, site, CALM[:3]) == [None] * 3
    visitor = site.staff(Role.PROCTOR)
    opened = f"/proctor/sittings/{sittings(site)[True]}/attempts/{page.camera.attempt_id}"
    assert visitor.get(opened).status_code == 200
    assert visitor.get(opened).status_code == 200
    assert paces(page, site, CALM[3:10]) == [LARGE] * CLOSER_FRAMES + [None] * (7 - CLOSER_FRAMES)


def test_as_soon_as_a_second_face_begins_to_show_the_next_pictures_are_larger_ones(
    page: Page, site: Site
) -> None:
    assert paces(page, site, CALM[:10]) == [None] * 10
    asked = paces(page, site, TWO[:19])
    assert LARGE in asked[:3], "before it is an alert"
    assert asked.count(LARGE) == CLOSER_FRAMES, "once in a while, however long it lasts"
    live = site.parts.pipeline.view(page.camera.session_id)
    assert live is not None
    assert [alert.rule.value for alert in live.open_alerts] == ["several_faces"]


def test_nobody_is_asked_for_larger_pictures_who_is_not_watched_any_more(page: Page, site: Site) -> None:
    page.send()
    opened = f"/proctor/sittings/{sittings(site)[True]}/attempts/{page.camera.attempt_id}"
    assert page.camera.room.hand_in().status_code == 200
    site.worker.round()
    drained(site)
    assert site.staff(Role.PROCTOR).get(opened).status_code == 200
