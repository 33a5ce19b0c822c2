# SPDX-License-Identifier: Apache-2.0
"""The learner's own device counts faces and hears speech, in a real browser: fewer pictures, no trust, no sound sent."""

from __future__ import annotations

import math
import re
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, Request, Route, expect
from sqlalchemy import select

from core.uow import Actor
from proctor import api as proctor
from proctor.monitoring.tables import SessionRow
from tests.browser import people
from tests.browser.conftest import FLAGS, chromium
from tests.browser.test_check_in import watch_so
from tests.browser.test_proctor_line import Talk, wait_until
from tests.browser.test_spine import give_consent_and_photo
from tests.clips import write_y4m
from tests.live_server import LiveServer
from web import wiring

COUNTED = proctor.WatchPlan(prefilter=True)
HEARD = proctor.WatchPlan(voice=True)
LIAR = """export const WIDTH = 320, HEIGHT = 240;
export const planes = (pixels) => new Float32Array(pixels.length / 4 * 3);
export const count = () => 1;"""
SLOW = LIAR.replace(
    "(pixels) =>", "(pixels, till = performance.now() + 700) => { while (performance.now() < till); return "
).replace("* 3);", "* 3); };")
TALKER = """export const STEP = 512; export class Spans {
  #at = 0;
  add() { return (this.#at += 32) % 2048 ? null : { from: this.#at - 5000, to: this.#at }; }
}"""
JPEG = b"\xff\xd8\xff"
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
    server: LiveServer, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    name = watch_so(server, COUNTED)
    clip = write_y4m(tmp_path / "calm.y4m", [("present", 20.0)], fps=5)
    page = people.enter(launch(clip), server.url, server.sample(), name)
    sizes: dict[type, list[int]] = {str: [], bytes: []}
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: keep_size(sizes, data)))
    talk = enter_the_room(page, server.url)
    wait_until(page, lambda: len(talk.answered("claim")) >= 1, seconds=90)
    before = len(talk.answered("frame"))
    wait_until(page, lambda: len(talk.answered("claim")) >= 30, seconds=120)
    claims = talk.answered("claim")
    wanted = [answer["wanted"] for answer in claims].count(True)
    pictures = len(talk.answered("frame")) - before
    assert [answer for answer in claims if not answer["ok"]] == []
    assert {answer["mode"] for answer in claims} == {"prefiltered"}, "what the server checked was right"
    assert wanted <= 12
    assert pictures <= wanted + 6, "beside these only pictures of which the device is not sure"
    assert said(talk, "helps")[-1] | {"ms": 0} == {"what": "faces", "able": True, "why": "", "ms": 0}
    assert raised(server) == []
    assert people.FAULTS == []
    claim_bytes, picture_bytes = max(sizes[str]), sum(sizes[bytes]) // len(sizes[bytes])
    print(
        f"bytes of a claim {claim_bytes}, of a picture {picture_bytes}; ms a picture {said(talk, 'helps')[-1]['ms']}"
    )
    assert claim_bytes * 10 < picture_bytes


@pytest.mark.timeout(300)
def test_a_device_that_lies_is_found_out_and_its_pictures_are_looked_at_again(
    server: LiveServer, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    name = watch_so(server, COUNTED)
    clip = write_y4m(tmp_path / "leaves.y4m", [("present", 30.0), ("gone", 240.0)], fps=5)
    page = people.enter(launch(clip), server.url, server.sample(), name)
    page.context.route("**/js/face-count.js", lambda route: answer_with(route, LIAR))
    talk = enter_the_room(page, server.url)
    wait_until(page, lambda: any(one.get("mode") == "full" for one in talk.answered("claim")), seconds=200)
    wait_until(page, lambda: "face_gone" in raised(server), seconds=40)
    claims = len(said(talk, "claim"))
    pictures = len(talk.answered("frame"))
    wait_until(page, lambda: len(talk.answered("frame")) >= pictures + 3, seconds=20)
    assert len(said(talk, "claim")) == claims, "nobody asks this device any more"
    assert "prefilter_disagrees" in noted(server)


@pytest.mark.timeout(300)
def test_a_slow_device_says_so_and_sends_its_pictures_again(
    server: LiveServer, launch: Callable[[Path | None], Browser], tmp_path: Path
) -> None:
    name = watch_so(server, COUNTED)
    clip = write_y4m(tmp_path / "calm.y4m", [("present", 20.0)], fps=5)
    page = people.enter(launch(clip), server.url, server.sample(), name)
    page.context.route("**/js/face-count.js", lambda route: answer_with(route, SLOW))
    talk = enter_the_room(page, server.url)
    wait_until(page, lambda: any(one["why"] == "slow" for one in said(talk, "helps")), seconds=120)
    assert int(str(said(talk, "helps")[-1]["ms"])) > 400
    frames = len(talk.answered("frame"))
    wait_until(page, lambda: len(talk.answered("frame")) >= frames + 3, seconds=30)
    assert said(talk, "claim") == []
    assert raised(server) == []


@pytest.mark.timeout(300)
def test_a_sound_that_is_no_voice_is_no_speech_and_no_sound_leaves_the_device(
    server: LiveServer, playwright: Playwright, tmp_path: Path
) -> None:
    name = watch_so(server, HEARD)
    browser = with_sound(playwright, tmp_path)
    page = people.enter(browser, server.url, server.sample(), name)
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))  # noqa: PLW0108 - it wants a function of Python
    binary: list[bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: keep_bytes(binary, data)))
    talk = enter_the_room(page, server.url)
    wait_until(page, lambda: any(one["able"] for one in said(talk, "helps")), seconds=90)
    frames = len(talk.answered("frame"))
    wait_until(page, lambda: len(talk.answered("frame")) >= frames + 8, seconds=40)
    assert said(talk, "helps")[-1] == {"what": "voice", "able": True, "why": "", "ms": 0}
    assert said(talk, "speech") == []
    assert said(talk, "claim") == [], "the plan did not ask for that"
    assert binary, "pictures go this way"
    assert [data[:8] for data in binary if not data.startswith(JPEG)] == []
    assert [one.url for one in sent if "/room" in page.url and len(one.post_data_buffer or b"") > 4000] == []
    assert people.FAULTS == []
    browser.close()


@pytest.mark.timeout(300)
def test_spans_of_speech_reach_the_rule_and_only_spans(
    server: LiveServer, playwright: Playwright, tmp_path: Path
) -> None:
    name = watch_so(server, HEARD)
    browser = with_sound(playwright, tmp_path)
    page = people.enter(browser, server.url, server.sample(), name)
    page.context.route("**/js/speech-spans.js", lambda route: answer_with(route, TALKER))
    talk = enter_the_room(page, server.url)
    wait_until(page, lambda: len(talk.answered("speech")) >= 3, seconds=120)
    assert [one for one in talk.answered("speech") if not one["ok"]] == []
    assert {frozenset(one) for one in said(talk, "speech")} == {frozenset({"ago_ms", "lasted_ms"})}
    wait_until(page, lambda: "speech" in noted(server), seconds=40)
    assert raised(server) == [], "speech is a note for people and no incident"
    browser.close()


@pytest.mark.timeout(300)
def test_a_refused_microphone_is_said_and_nothing_more(
    server: LiveServer, playwright: Playwright, tmp_path: Path
) -> None:
    name = watch_so(server, HEARD)
    browser = with_sound(playwright, tmp_path)
    page = people.enter(browser, server.url, server.sample(), name)
    page.add_init_script(
        "const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
        "navigator.mediaDevices.getUserMedia = async (asked) => {"
        "if (asked.audio) throw new DOMException('no', 'NotAllowedError'); return get(asked); };"
    )
    talk = enter_the_room(page, server.url)
    wait_until(page, lambda: any(one["why"] == "refused" for one in said(talk, "helps")), seconds=90)
    frames = len(talk.answered("frame"))
    wait_until(page, lambda: len(talk.answered("frame")) >= frames + 3, seconds=40)
    assert [one["able"] for one in said(talk, "helps")].count(True) == 0
    assert noted(server) == raised(server) == []
    browser.close()


@pytest.mark.timeout(300)
def test_the_microphone_ends_with_its_item_and_the_camera_with_the_whole_consent(
    server: LiveServer, playwright: Playwright, tmp_path: Path
) -> None:
    name = watch_so(server, HEARD)
    browser = with_sound(playwright, tmp_path)
    page = people.enter(browser, server.url, server.sample(), name, first=KEEP_TRACKS)
    page.context.route("**/js/speech-spans.js", lambda route: answer_with(route, TALKER))
    talk = enter_the_room(page, server.url)
    wait_until(page, lambda: len(talk.answered("speech")) >= 1, seconds=120)
    assert (live(page, "audio"), live(page, "video")) == (1, 1)

    own = page.context.new_page()
    own.goto(f"{server.url}/learner/consent")
    own.get_by_role("button", name="Only stop noting speech").click()
    expect(own.get_by_text("It is taken back.")).to_be_visible()
    wait_until(page, lambda: live(page, "audio") == 0, seconds=10)
    spans, frames = len(said(talk, "speech")), len(talk.answered("frame"))
    wait_until(page, lambda: len(talk.answered("frame")) >= frames + 4, seconds=30)
    assert live(page, "video") == 1, "the rest goes on"
    assert len(said(talk, "speech")) == spans

    own.get_by_role("button", name="Take my consent back").click()
    own.get_by_role("button", name=re.compile("^Take it back")).click()
    expect(own.get_by_text("You are not watched by camera any more")).to_be_visible()
    wait_until(page, lambda: live(page, "video") == 0, seconds=10)
    assert live(page, "audio") == 0
    expect(page.locator("[data-question]:not([hidden])").first).to_be_visible()
    assert people.FAULTS == []
    browser.close()


@pytest.mark.timeout(400)
def test_microphone_and_camera_end_when_another_device_takes_over_and_when_the_test_is_handed_in(
    server: LiveServer, playwright: Playwright, tmp_path: Path
) -> None:
    name = watch_so(server, HEARD)
    browser = with_sound(playwright, tmp_path)
    page = people.enter(browser, server.url, server.sample(), name, first=KEEP_TRACKS)
    enter_the_room(page, server.url)
    wait_until(page, lambda: live(page, "audio") == 1, seconds=120)

    second = people.enter(browser, server.url, server.sample(), name, first=KEEP_TRACKS)
    second.goto(f"{server.url}/room")
    second.locator("[data-take-over]").click()
    wait_until(page, lambda: live(page, "audio") + live(page, "video") == 0, seconds=20)
    wait_until(second, lambda: live(second, "video") == 1, seconds=20)

    page.locator("[data-take-over]").click()
    wait_until(page, lambda: live(page, "video") == 1, seconds=20)
    wait_until(second, lambda: live(second, "audio") + live(second, "video") == 0, seconds=20)
    wait_until(page, lambda: live(page, "audio") == 1, seconds=60)

    page.get_by_role("button", name="Hand in…").first.click()
    page.get_by_role("button", name="Hand in now").click()
    page.wait_for_url(f"{server.url}/learner")
    left = page.evaluate("sessionStorage.left").split(" ")
    assert len(left) >= 4
    assert set(left) == {"ended"}, "before the page was left, since it may have to stay for late answers"
    assert people.FAULTS == []
    browser.close()


def live(page: Page, kind: str) -> int:
    """How many of the page's tracks of this kind have not ended."""
    count = "kind => window.tracks.filter(one => one.kind === kind && one.readyState !== 'ended').length"
    return int(page.evaluate(count, kind))


def with_sound(playwright: Playwright, folder: Path) -> Browser:
    """A browser whose microphone hears a tone, and silence after it."""
    sound = folder / "tone.wav"
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        for second in range(4):
            loud = 9_000 if second % 2 == 0 else 0
            file.writeframes(
                b"".join(
                    round(loud * math.sin(at * math.tau * 440 / 48_000)).to_bytes(2, "little", signed=True)
                    for at in range(48_000)
                )
            )
    clip = write_y4m(folder / "calm.y4m", [("present", 20.0)], fps=5)
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    files = [f"--use-file-for-fake-video-capture={clip}", f"--use-file-for-fake-audio-capture={sound}"]
    return playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *fake, *files])


def answer_with(route: Route, script: str) -> None:
    """Put this script in a module's place, as somebody who wants to deceive would."""
    route.fulfill(status=200, content_type="text/javascript", body=script)


def keep_size(sizes: dict[type, list[int]], data: str | bytes) -> None:
    """The size of a picture, or of what is said of one that is not sent."""
    if isinstance(data, bytes) or '"claim"' in data:
        sizes[type(data)].append(len(data))


def keep_bytes(kept: list[bytes], data: str | bytes) -> None:
    if isinstance(data, bytes):
        kept.append(data)


def raised(server: LiveServer) -> list[str]:
    """The rules whose incidents the server has written."""
    return _stored(server, proctor.incidents_of_attempt)


def noted(server: LiveServer) -> list[str]:
    """The rules whose notes for people the server has written."""
    return _stored(server, proctor.alerts_of_attempt)


def _stored(server: LiveServer, read: Callable[..., tuple[object, ...]]) -> list[str]:
    parts = wiring.build(wiring.read_config(server.environment))
    with parts.store.read(Actor.system()) as uow:
        attempts = list(uow.db.scalars(select(SessionRow.attempt_id)))
        found = [str(one.rule) for attempt in attempts for one in read(uow, attempt)]  # type: ignore[attr-defined]
    parts.engine.dispose()
    return found
