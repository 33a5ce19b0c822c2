# SPDX-License-Identifier: Apache-2.0
"""The line of a watched learner in a real browser: a chain without a break, and pictures of a time without a line."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from tests.browser import people
from tests.browser.line import laid
from tests.browser.test_spine import give_consent_and_photo
from tests.clips import write_y4m
from tests.live_server import LiveServer

SECONDS_AWAY = 12
_MESSAGE = re.compile(r"4(?P<kind>[2356])(?:\d+-)?/frames,(?P<number>\d*)(?P<body>\[.*)", re.DOTALL)


class Talk:
    """What is said on the channel of pictures: events by name with what came back."""

    def __init__(self, page: Page) -> None:
        self.sent: list[tuple[str, dict[str, object]]] = []
        self.answers: list[tuple[str, dict[str, object]]] = []
        self._waiting: dict[tuple[int, str], str] = {}
        self._sockets = 0
        page.on("websocket", self._open)

    def _open(self, socket: WebSocket) -> None:
        self._sockets += 1
        mine = self._sockets
        socket.on("framesent", lambda data: self._went(mine, data))
        socket.on("framereceived", lambda data: self._came(mine, data))

    def _went(self, socket: int, data: str | bytes) -> None:
        found = _MESSAGE.match(data) if isinstance(data, str) else None
        if found is None:
            return
        name, meta = json.loads(found["body"])[:2]
        self.sent.append((name, meta))
        self._waiting[socket, found["number"]] = name

    def _came(self, socket: int, data: str | bytes) -> None:
        found = _MESSAGE.match(data) if isinstance(data, str) else None
        if found is not None and found["kind"] == "3":
            name = self._waiting.pop((socket, found["number"]), "")
            self.answers.append((name, json.loads(found["body"])[0]))

    def answered(self, name: str) -> list[dict[str, object]]:
        return [answer for event, answer in self.answers if event == name]


def wait_until(page: Page, there: Callable[[], bool], *, seconds: float) -> None:
    """Let the page go on until something was said on the line, or is so elsewhere."""
    ends = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < ends, "it was not said in time"
        page.wait_for_timeout(100)  # what is heard of the line is told meanwhile


@pytest.mark.timeout(300)
def test_pictures_without_a_line_come_after_it_in_a_chain_that_nothing_broke(
    server: LiveServer, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    clip = write_y4m(tmp_path / "clip.y4m", [("present", 20.0)], fps=5)
    with laid(server.port) as line:
        page = people.enter(launch(clip), line.url, server.sample(), "Ravi Kumar")
        talk = Talk(page)
        give_consent_and_photo(page)
        page.get_by_role("button", name="Start the test now").click()
        page.wait_for_url(f"{line.url}/room")
        expect(page.locator("[data-camera=on]")).to_be_visible(timeout=20_000)
        wait_until(page, lambda: len(talk.answered("frame")) >= 3, seconds=60)
        line.cut()
        page.wait_for_function(
            "([from, seconds]) => performance.now() - from > 1000 * seconds",
            arg=[page.evaluate("performance.now()"), SECONDS_AWAY],
            timeout=60_000,
        )
        before = len(talk.answered("frame"))
        line.mend()
        wait_until(page, lambda: len(talk.answered("late")) >= 2, seconds=90)
        wait_until(page, lambda: len(talk.answered("frame")) > before, seconds=60)
        answers = [answer for _name, answer in talk.answers]
        assert [answer for answer in answers if "code" in answer] == []
        chained = [int(str(answer["chain"])) for answer in talk.answered("frame")]
        assert chained == sorted(chained)
        assert chained[-1] > len(chained), "those that were taken without a line are in the chain too"
        taken = {str(meta["segment"]) for name, meta in talk.sent if name == "frame"}
        assert len(taken) == 1
        wait_until(page, lambda: any(name == "facts" for name, _ in talk.sent), seconds=60)
        facts = [meta for name, meta in talk.sent if name == "facts"]
        assert facts, "the camera was measured"
        assert set(facts[0]) == {"virtual", "width", "height", "fps", "jitter_ms"}, "and its name stays here"
