# SPDX-License-Identifier: Apache-2.0
"""The card that asks for a turn of the head: it waits for who types, stays until the turn was seen, says when it is there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.browser import people
from tests.browser.test_proctor_line import wait_until
from tests.browser.test_spine import give_consent_and_photo
from tests.clips import write_y4m
from tests.live_server import LiveServer

_ANSWER = re.compile(r"(?P<head>43/frames,\d+)(?P<body>\[.*)", re.DOTALL)
TYPE = "document.querySelector('[data-items]').dispatchEvent(new Event('input', { bubbles: true }))"
TYPE_ON = f"() => {{ window.hand = setInterval(() => {TYPE}, 300); }}"


class Asked:
    """The server's answers on the channel of pictures, with a movement asked for as long as the test likes."""

    def __init__(self, page: Page) -> None:
        self.ask, self.shown, self.told = "", 0, 0
        page.route_web_socket(re.compile("/live/"), self._open)

    def _open(self, route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        route.on_message(lambda data: self._up(server, data))
        server.on_message(lambda data: route.send(self._down(data)))

    def _up(self, server: WebSocketRoute, data: str | bytes) -> None:
        self.shown += isinstance(data, str) and '["shown",{}]' in data
        server.send(data)

    def _down(self, data: str | bytes) -> str | bytes:
        found = _ANSWER.match(data) if isinstance(data, str) else None
        if found is None or not self.ask:
            return data
        (answer,) = json.loads(found["body"])
        self.told += "seq" in answer
        return found["head"] + json.dumps([{**answer, "ask": self.ask} if "seq" in answer else answer])


@pytest.mark.timeout(300)
def test_a_card_asks_for_a_turn_until_it_was_seen_and_never_begins_while_somebody_types(
    server: LiveServer, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    clip = write_y4m(tmp_path / "clip.y4m", [("present", 20.0)], fps=5)
    page = people.enter(launch(clip), server.url, server.sample(), "Ravi Kumar", width=360)
    asked = Asked(page)
    give_consent_and_photo(page)
    page.get_by_role("button", name="Start the test now").click()
    page.wait_for_url("**/room")
    expect(page.locator("[data-camera=on]")).to_be_visible(timeout=20_000)
    card = page.locator("[data-banner=turn_left]")
    page.evaluate(TYPE_ON)
    asked.ask = "turn_left"
    wait_until(page, lambda: asked.told >= 4, seconds=60)
    expect(card).to_be_hidden()
    assert asked.shown == 0
    page.evaluate("clearInterval(hand)")
    expect(card).to_be_visible(timeout=30_000)
    expect(card).to_contain_text("until this card is gone")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert people.violations(page) == []
    told = asked.told
    page.evaluate(TYPE_ON)
    wait_until(page, lambda: asked.told >= told + 2, seconds=60)
    expect(card).to_be_visible()
    assert asked.shown == 1
    asked.ask = ""
    expect(card).to_be_hidden(timeout=30_000)
    assert people.FAULTS == []
