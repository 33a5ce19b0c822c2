# SPDX-License-Identifier: Apache-2.0
"""The learner's own device counts faces, in a real browser: fewer pictures, and no trust."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from core.uow import Actor
from proctor import api as proctor
from tests.browser import people
from tests.browser.test_check_in import watch_so
from tests.browser.test_offline import attempt_of
from tests.browser.test_proctor_line import Talk, wait_until
from tests.browser.test_spine import give_consent_and_photo
from tests.clips import write_y4m
from tests.live_server import LiveServer
from web import wiring
from web.wiring import Services

COUNTED = proctor.WatchPlan(prefilter=True)
LIAR = """export const WIDTH = 320, HEIGHT = 240;
export const planes = (pixels) => new Float32Array(pixels.length / 4 * 3);
export const count = () => 1;"""
SLOW = LIAR.replace(
    "(pixels) =>", "(pixels, till = performance.now() + 700) => { while (performance.now() < till); return "
).replace("* 3);", "* 3); };")
KEEP_TRACKS = """window.tracks = [];
const ask = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
if (ask) navigator.mediaDevices.getUserMedia = async (asked) => {
  const stream = await ask(asked);
  window.tracks.push(...stream.getTracks());
  return stream;
};
addEventListener("pagehide", () => {
  if (tracks.length) sessionStorage.left = tracks.map((one) => one.readyState).join(" ");
});"""
"""Remember every track that the page was ever given, and how they stood when the page was left, before the page's own script
hears of that: so what the page shows is not taken for what is so."""


@dataclass(frozen=True)
class Watched:
    """A server that has the devices of its watched learners help by one plan, and the same database from beside it."""

    live: LiveServer
    parts: Services

    def admit(self) -> str:
        """One more learner, for one test alone; the name."""
        return people.admit(self.live, self.parts, watched=True)


def serve(var: Path, plan: proctor.WatchPlan) -> Iterator[Watched]:
    live = LiveServer(var)
    live.start()
    watch_so(live, plan)
    parts = wiring.build(wiring.read_config(live.environment))
    yield Watched(live, parts)
    parts.engine.dispose()
    live.stop()


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    yield from serve(tmp_path_factory.mktemp("counting") / "var", COUNTED)


def enter_the_room(page: Page, url: str) -> Talk:
    talk = Talk(page)
    give_consent_and_photo(page)
    page.get_by_role("button", name="Start the test now").click()
    page.wait_for_url(f"{url}/room")
    expect(page.locator("[data-camera=on]")).to_be_visible(timeout=20_000)
    return talk


def said(talk: Talk, name: str) -> list[dict[str, object]]:
    return [meta for event, meta in talk.sent if event == name]


@pytest.mark.timeout(300)
def test_a_calm_learners_device_claims_and_few_pictures_leave_it(
    counting: Watched, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    name = counting.admit()
    clip = write_y4m(tmp_path / "calm.y4m", [("present", 20.0)], fps=5)
    page = people.enter(launch(clip), counting.live.url, counting.live.sample(), name)
    sizes: dict[type, list[int]] = {str: [], bytes: []}
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: keep_size(sizes, data)))
    talk = enter_the_room(page, counting.live.url)
    wait_until(page, lambda: len(talk.answered("claim")) >= 1, seconds=90)
    before = len(talk.answered("frame"))
    wait_until(page, lambda: len(talk.answered("claim")) >= 30, seconds=180)
    claims = talk.answered("claim")
    wanted = [answer["wanted"] for answer in claims].count(True)
    pictures = len(talk.answered("frame")) - before
    assert [answer for answer in claims if not answer["ok"]] == []
    assert {answer["mode"] for answer in claims} == {"prefiltered"}, "what the server checked was right"
    assert wanted <= 12
    assert pictures <= wanted + 6, "beside these only pictures of which the device is not sure"
    assert said(talk, "helps")[-1] | {"ms": 0} == {"what": "faces", "able": True, "why": "", "ms": 0}
    assert raised(counting, page) == []
    assert people.FAULTS == []
    claim_bytes, picture_bytes = max(sizes[str]), sum(sizes[bytes]) // len(sizes[bytes])
    print(
        f"bytes of a claim {claim_bytes}, of a picture {picture_bytes}; ms a picture {said(talk, 'helps')[-1]['ms']}"
    )
    assert claim_bytes * 10 < picture_bytes


@pytest.mark.timeout(300)
def test_a_device_that_lies_is_found_out_and_its_pictures_are_looked_at_again(
    counting: Watched, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    name = counting.admit()
    clip = write_y4m(tmp_path / "leaves.y4m", [("present", 30.0), ("gone", 240.0)], fps=5)
    page = people.enter(launch(clip), counting.live.url, counting.live.sample(), name)
    page.context.route("**/js/face-count.js", lambda route: answer_with(route, LIAR))
    talk = enter_the_room(page, counting.live.url)
    wait_until(page, lambda: any(one.get("mode") == "full" for one in talk.answered("claim")), seconds=200)
    wait_until(page, lambda: "face_gone" in raised(counting, page), seconds=60)
    claims = len(said(talk, "claim"))
    pictures = len(talk.answered("frame"))
    wait_until(page, lambda: len(talk.answered("frame")) >= pictures + 3, seconds=60)
    assert len(said(talk, "claim")) == claims, "nobody asks this device any more"
    wait_until(page, lambda: "prefilter_disagrees" in noted(counting, page), seconds=20)


@pytest.mark.timeout(300)
def test_a_slow_device_says_so_and_sends_its_pictures_again(
    counting: Watched, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    name = counting.admit()
    clip = write_y4m(tmp_path / "calm.y4m", [("present", 20.0)], fps=5)
    page = people.enter(launch(clip), counting.live.url, counting.live.sample(), name)
    page.context.route("**/js/face-count.js", lambda route: answer_with(route, SLOW))
    talk = enter_the_room(page, counting.live.url)
    wait_until(page, lambda: any(one["why"] == "slow" for one in said(talk, "helps")), seconds=120)
    assert int(str(said(talk, "helps")[-1]["ms"])) > 400
    frames = len(talk.answered("frame"))
    wait_until(page, lambda: len(talk.answered("frame")) >= frames + 3, seconds=60)
    assert said(talk, "claim") == []
    assert raised(counting, page) == []


def live(page: Page, kind: str) -> int:
    """How many of the page's tracks of this kind have not ended."""
    count = "kind => window.tracks.filter(one => one.kind === kind && one.readyState !== 'ended').length"
    return int(page.evaluate(count, kind))


def answer_with(route: Route, script: str) -> None:
    """Put this script in a module's place, as somebody who wants to deceive would."""
    route.fulfill(status=200, content_type="text/javascript", body=script)


def keep_size(sizes: dict[type, list[int]], data: str | bytes) -> None:
    """The size of a picture, or of what is said of one that is not sent."""
    if isinstance(data, bytes) or '"claim"' in data:
        sizes[type(data)].append(len(data))


def raised(watched: Watched, page: Page) -> list[str]:
    """The rules whose incidents the server has written of this learner."""
    return _stored(watched, page, proctor.incidents_of_attempt)


def noted(watched: Watched, page: Page) -> list[str]:
    """The rules whose notes for people the server has written of this learner."""
    return _stored(watched, page, proctor.alerts_of_attempt)


def _stored(watched: Watched, page: Page, read: Callable[..., tuple[Any, ...]]) -> list[str]:
    with watched.parts.store.read(Actor.system()) as uow:
        return [str(one.rule) for one in read(uow, attempt_of(page))]
