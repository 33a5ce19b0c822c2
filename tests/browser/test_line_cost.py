# SPDX-License-Identifier: Apache-2.0
"""What a proctored test costs a spared line. The page runs for real for some seconds; half an hour is reckoned from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, expect

from tests.browser import people
from tests.browser.test_spine import give_consent_and_photo
from tests.clips import write_y4m
from tests.live_server import LiveServer

MEASURED_SECONDS = 12
MEGABYTE = 1_000_000


class Line:
    """The bytes of a page's line, both ways: what was loaded, the requests themselves, the WebSocket's messages."""

    def __init__(self, cdp: CDPSession) -> None:
        self.bytes = 0
        cdp.on("Network.loadingFinished", lambda event: self._add(int(event["encodedDataLength"])))
        cdp.on("Network.requestWillBeSent", self._request)
        for direction in ("Sent", "Received"):
            cdp.on(f"Network.webSocketFrame{direction}", self._message)
        cdp.send("Network.enable")

    def _add(self, count: int) -> None:
        self.bytes += count

    def _request(self, event: dict[str, Any]) -> None:
        request = event["request"]
        headers = sum(len(name) + len(value) + 4 for name, value in request["headers"].items())
        self._add(
            len(request["url"]) + headers + len(request.get("postData", "")) + 300
        )  # 300: what Chromium adds

    def _message(self, event: dict[str, Any]) -> None:
        data, binary = event["response"]["payloadData"], event["response"]["opcode"] == 2
        self._add(
            (len(data) * 3 // 4 if binary else len(data)) + 8
        )  # binary ones are shown in base 64; 8: the frame's head


def test_half_an_hour_with_the_camera_costs_ten_megabytes_at_most_when_the_line_is_spared(
    launch: Callable[[Path | None], Browser], server: LiveServer, tmp_path: Path
) -> None:
    clip = tmp_path / "clip.y4m"
    write_y4m(clip, [("present", 60.0)], fps=5)
    page = people.enter(launch(clip), server.url, server.sample(), "Ravi Kumar", width=360, height=740)
    line = Line(page.context.new_cdp_session(page))
    page.reload()
    page.evaluate("localStorage.setItem('kasauti-economy', 'yes')")
    give_consent_and_photo(page)
    page.get_by_role("button", name="Start the test now").click()
    page.wait_for_url(f"{server.url}/room")
    expect(page.locator("[data-camera=on]")).to_be_visible(timeout=20_000)
    begun = line.bytes
    page.wait_for_timeout(
        MEASURED_SECONDS * 1000
    )  # the line is watched for a while: there is nothing to wait for
    rate = (line.bytes - begun) / MEASURED_SECONDS
    total = (begun + 30 * 60 * rate) / MEGABYTE
    print(
        f"30 minutes with the camera, line spared: {total:.1f} MB ({begun / MEGABYTE:.2f} MB up to the first picture)"
    )
    assert rate > 100, "no picture went out"
    assert total <= 10
