# SPDX-License-Identifier: Apache-2.0
"""A camera of 640 pixels in a real browser: small pictures as a rule, large ones with their detail when a person looks."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, WebSocket, expect

from core.identity.model import Role
from proctor.monitoring.line import CLOSER_FRAMES
from tests.browser import people
from tests.browser.test_offline import attempt_of
from tests.browser.test_proctor_line import wait_until
from tests.browser.test_spine import give_consent_and_photo
from tests.clips import Pixels, write_y4m
from tests.live_server import LiveServer

LARGE, USUAL = (640, 480), (320, 240)


def grey(jpeg: bytes) -> Pixels:
    shown = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert shown is not None
    return np.asarray(shown, np.uint8)


def detail(shown: Pixels) -> float:
    """What of a large picture is lost when it is made a usual one, in grey levels."""
    small = cv2.resize(shown, USUAL, interpolation=cv2.INTER_AREA)
    again = cv2.resize(small, LARGE, interpolation=cv2.INTER_CUBIC)
    return float(np.std(shown.astype(np.float32) - again))


@pytest.mark.timeout(300)
def test_a_learner_whom_a_proctor_opens_sends_some_pictures_of_640_pixels_with_detail_and_then_small_ones(
    launch: Callable[[Path | None], Browser], server: LiveServer, tmp_path: Path
) -> None:
    clip = write_y4m(tmp_path / "clip.y4m", [("busy", 10.0)], fps=5, size=LARGE)
    chrome = launch(clip)
    page = people.enter(chrome, server.url, server.sample(), "Ravi Kumar")
    sent: list[bytes] = []

    def heard(socket: WebSocket) -> None:
        socket.on("framesent", lambda data: sent.append(data) if isinstance(data, bytes) else None)

    page.on("websocket", heard)
    give_consent_and_photo(page)
    page.get_by_role("button", name="Start the test now").click()
    page.wait_for_url(f"{server.url}/room")
    expect(page.locator("[data-camera=on]")).to_be_visible(timeout=20_000)
    wait_until(page, lambda: len(sent) >= 4, seconds=60)
    before = [grey(jpeg) for jpeg in sent]
    assert {shown.shape for shown in before} == {USUAL[::-1]}

    wall = people.sign_in(chrome, server.url, server.sample(), Role.PROCTOR.value)
    link = wall.locator("a[href*='/proctor/sittings/']")
    attempt = attempt_of(page)
    for path in [str(one.get_attribute("href")) for one in link.all()]:
        sitting = re.sub(r"[?#].*", "", path)
        wall.goto(f"{server.url}{sitting}/attempts/{attempt}")
        if wall.get_by_role("heading", name="Ravi Kumar").count():
            break
    expect(wall.get_by_role("heading", name="Ravi Kumar")).to_be_visible()

    def is_closer() -> bool:
        return any(grey(jpeg).shape == LARGE[::-1] for jpeg in sent)

    for _ in range(4):  # nothing large goes over a slow line, and on a busy machine it is slow for a while
        again = len(sent) + 22
        wait_until(page, lambda: is_closer() or len(sent) >= again, seconds=60)  # noqa: B023 - called at once
        if is_closer():
            break
        wall.reload()
    seen = len(sent)
    wait_until(page, lambda: len(sent) >= seen + CLOSER_FRAMES + 2, seconds=60)
    pictures = [grey(jpeg) for jpeg in sent]
    large = [shown for shown in pictures if shown.shape == LARGE[::-1]]
    assert len(large) <= CLOSER_FRAMES + 1, "and no more than were asked for"
    assert pictures[-1].shape == USUAL[::-1]
    blown_up = cv2.resize(before[-1], LARGE, interpolation=cv2.INTER_CUBIC)
    print(f"detail {detail(large[0]):.1f}, blown up {detail(np.asarray(blown_up, np.uint8)):.1f} grey levels")
    assert detail(large[0]) > 2 * detail(np.asarray(blown_up, np.uint8)), "they show more than the usual ones"
