# SPDX-License-Identifier: Apache-2.0
"""What a proctored test costs a spared line. The page runs for real for some seconds; half an hour is reckoned from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser import people
from tests.browser.test_room import answer
from tests.browser.test_spine import give_consent_and_photo
from tests.clips import write_y4m
from tests.live_server import LiveServer

PICTURES = 4  # that are measured, after two from which the camera learns how coarse they must be
MOST_A_PICTURE = 10_000
ANSWERS = 3
# Half an hour: a picture every 2.5 seconds, each question of the sample answered and changed twice.
ALL_PICTURES, ALL_ANSWERS, ALL_SECONDS = 720, 72, 1800
MEGABYTE = 1_000_000


class Line:
    """The bytes of a page's line, both ways: what was loaded, the requests themselves, the WebSocket's messages."""

    def __init__(self, cdp: CDPSession) -> None:
        self.bytes: Counter[str] = Counter()
        self.pictures: list[int] = []
        self._kinds: dict[str, str] = {}
        self._seen: set[str] = set()
        cdp.on("Network.loadingFinished", self._loaded)
        cdp.on("Network.requestWillBeSent", self._request)
        for direction in ("Sent", "Received"):
            cdp.on(f"Network.webSocketFrame{direction}", self._message)
        cdp.send("Network.enable")
        cdp.send("Network.clearBrowserCache")

    def _loaded(self, event: dict[str, Any]) -> None:
        self.bytes[self._kind(event["requestId"])] += int(event["encodedDataLength"])

    def _request(self, event: dict[str, Any]) -> None:
        request = event["request"]
        kind = "again" if request["url"] in self._seen else "once"
        self._kinds[event["requestId"]] = "answers" if "/room/responses" in request["url"] else kind
        self._seen.add(request["url"])
        headers = sum(len(name) + len(value) + 4 for name, value in request["headers"].items())
        size = (
            len(request["url"]) + headers + len(request.get("postData", "")) + 300
        )  # 300: what Chromium adds
        self.bytes[self._kind(event["requestId"])] += size

    def _message(self, event: dict[str, Any]) -> None:
        data, binary = event["response"]["payloadData"], event["response"]["opcode"] == 2
        size = (len(data) * 3 // 4 if binary else len(data)) + 8  # in base 64; 8: the frame's head
        if binary:
            self.pictures.append(size)
        else:
            self.bytes["again"] += size

    def _kind(self, request: str) -> str:
        return self._kinds.get(request, "once")


def in_the_room(page: Page, url: str) -> None:
    """Agree, be photographed, spare the line, start, and be seen."""
    page.evaluate("localStorage.setItem('kasauti-economy', 'yes')")
    give_consent_and_photo(page)
    page.get_by_role("button", name="Start the test now").click()
    page.wait_for_url(f"{url}/room")
    expect(page.locator("[data-camera=on]")).to_be_visible(timeout=20_000)
    page.locator("[data-map]").evaluate("map => map.open = true")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["busy", "noisy"])
def test_half_an_hour_with_the_camera_costs_ten_megabytes_at_most_whatever_it_shows(
    launch: Callable[[Path | None], Browser], server: LiveServer, tmp_path: Path, kind: str
) -> None:
    clip = write_y4m(tmp_path / "clip.y4m", [(kind, 20.0)], fps=5)
    page = people.enter(launch(clip), server.url, server.sample(), "Ravi Kumar", width=360, height=740)
    line = Line(page.context.new_cdp_session(page))
    page.reload()
    in_the_room(page, server.url)
    begun, before, first = line.bytes["again"], page.evaluate("performance.now()"), len(line.pictures)
    for number in range(1, ANSWERS + 1):
        answer(page, number)
        expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    while len(line.pictures) < first + 2 + PICTURES:
        page.evaluate("new Promise(requestAnimationFrame)")  # messages of the line are told meanwhile
    seconds = (page.evaluate("performance.now()") - before) / 1000
    pictures = line.pictures[-PICTURES:]
    cost = {
        "pages, scripts, styles": line.bytes["once"] + begun,
        "pictures": sum(pictures) / PICTURES * ALL_PICTURES,
        "answers": line.bytes["answers"] / ANSWERS * ALL_ANSWERS,
        "polls and messages": (line.bytes["again"] - begun) / seconds * ALL_SECONDS,
    }
    total = sum(cost.values()) / MEGABYTE
    parts = ", ".join(f"{name} {value / MEGABYTE:.2f}" for name, value in cost.items())
    print(f"30 minutes with a {kind} camera, line spared: {total:.1f} MB ({parts}); pictures {line.pictures}")
    assert line.bytes["answers"] > 0
    assert line.bytes["once"] > 50_000
    assert max(pictures) <= MOST_A_PICTURE
    assert total <= 10
