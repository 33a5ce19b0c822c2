# SPDX-License-Identifier: Apache-2.0
"""The learner's own device hears speech, in a real browser: spans of time for people to read, and no sound sent."""

from __future__ import annotations

import math
import re
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, Request, expect

from proctor import api as proctor
from tests.browser import people
from tests.browser.conftest import FLAGS, chromium
from tests.browser.test_device_help import (
    KEEP_TRACKS,
    Watched,
    answer_with,
    enter_the_room,
    live,
    noted,
    raised,
    said,
    serve,
)
from tests.browser.test_proctor_line import wait_until
from tests.clips import write_y4m

HEARD = proctor.WatchPlan(voice=True)
TALKER = """export const STEP = 512; export class Spans {
  #at = 0;
  add() { return (this.#at += 32) % 2048 ? null : { from: this.#at - 5000, to: this.#at }; }
}"""
JPEG = b"\xff\xd8\xff"


@pytest.fixture(scope="module")
def hearing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    yield from serve(tmp_path_factory.mktemp("hearing") / "var", HEARD)


@pytest.fixture
def sounding(playwright: Playwright, tmp_path: Path) -> Iterator[Browser]:
    browser = with_sound(playwright, tmp_path)
    yield browser
    browser.close()


@pytest.mark.timeout(300)
def test_a_sound_that_is_no_voice_is_no_speech_and_no_sound_leaves_the_device(
    hearing: Watched, sounding: Browser
) -> None:
    name = hearing.admit()
    page = people.enter(sounding, hearing.live.url, hearing.live.sample(), name)
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))  # noqa: PLW0108 - it wants a function of Python
    binary: list[bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: keep_bytes(binary, data)))
    talk = enter_the_room(page, hearing.live.url)
    wait_until(page, lambda: any(one["able"] for one in said(talk, "helps")), seconds=90)
    frames = len(talk.answered("frame"))
    wait_until(page, lambda: len(talk.answered("frame")) >= frames + 8, seconds=90)
    assert said(talk, "helps")[-1] == {"what": "voice", "able": True, "why": "", "ms": 0}
    assert said(talk, "speech") == []
    assert said(talk, "claim") == [], "the plan did not ask for that"
    assert binary, "pictures go this way"
    assert [data[:8] for data in binary if not data.startswith(JPEG)] == []
    assert [one.url for one in sent if "/room" in page.url and len(one.post_data_buffer or b"") > 4000] == []
    assert people.FAULTS == []


@pytest.mark.timeout(300)
def test_spans_of_speech_reach_the_rule_and_only_spans(hearing: Watched, sounding: Browser) -> None:
    name = hearing.admit()
    page = people.enter(sounding, hearing.live.url, hearing.live.sample(), name)
    page.context.route("**/js/speech-spans.js", lambda route: answer_with(route, TALKER))
    talk = enter_the_room(page, hearing.live.url)
    wait_until(page, lambda: len(talk.answered("speech")) >= 3, seconds=120)
    assert [one for one in talk.answered("speech") if not one["ok"]] == []
    assert {frozenset(one) for one in said(talk, "speech")} == {frozenset({"ago_ms", "lasted_ms"})}
    wait_until(page, lambda: "speech" in noted(hearing, page), seconds=60)
    assert raised(hearing, page) == [], "speech is a note for people and no incident"


@pytest.mark.timeout(300)
def test_a_refused_microphone_is_said_and_nothing_more(hearing: Watched, sounding: Browser) -> None:
    name = hearing.admit()
    page = people.enter(sounding, hearing.live.url, hearing.live.sample(), name)
    page.add_init_script(
        "const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
        "navigator.mediaDevices.getUserMedia = async (asked) => {"
        "if (asked.audio) throw new DOMException('no', 'NotAllowedError'); return get(asked); };"
    )
    talk = enter_the_room(page, hearing.live.url)
    wait_until(page, lambda: any(one["why"] == "refused" for one in said(talk, "helps")), seconds=90)
    frames = len(talk.answered("frame"))
    wait_until(page, lambda: len(talk.answered("frame")) >= frames + 3, seconds=60)
    assert [one["able"] for one in said(talk, "helps")].count(True) == 0
    assert noted(hearing, page) == raised(hearing, page) == []


@pytest.mark.timeout(300)
def test_the_microphone_ends_with_its_item_and_the_camera_with_the_whole_consent(
    hearing: Watched, sounding: Browser
) -> None:
    name = hearing.admit()
    page = people.enter(sounding, hearing.live.url, hearing.live.sample(), name, first=KEEP_TRACKS)
    page.context.route("**/js/speech-spans.js", lambda route: answer_with(route, TALKER))
    talk = enter_the_room(page, hearing.live.url)
    wait_until(page, lambda: len(talk.answered("speech")) >= 1, seconds=120)
    assert (live(page, "audio"), live(page, "video")) == (1, 1)

    own = page.context.new_page()
    own.goto(f"{hearing.live.url}/learner/consent")
    own.get_by_role("button", name="Only stop noting speech").click()
    expect(own.get_by_text("It is taken back.")).to_be_visible()
    wait_until(page, lambda: live(page, "audio") == 0, seconds=30)
    spans, frames = len(said(talk, "speech")), len(talk.answered("frame"))
    wait_until(page, lambda: len(talk.answered("frame")) >= frames + 4, seconds=60)
    assert live(page, "video") == 1, "the rest goes on"
    assert len(said(talk, "speech")) == spans

    own.get_by_role("button", name="Take my consent back").click()
    own.get_by_role("button", name=re.compile("^Take it back")).click()
    expect(own.get_by_text("You are not watched by camera any more")).to_be_visible()
    wait_until(page, lambda: live(page, "video") == 0, seconds=30)
    assert live(page, "audio") == 0
    expect(page.locator("[data-question]:not([hidden])").first).to_be_visible()
    assert people.FAULTS == []


@pytest.mark.timeout(400)
def test_microphone_and_camera_end_when_another_device_takes_over_and_when_the_test_is_handed_in(
    hearing: Watched, sounding: Browser
) -> None:
    name = hearing.admit()
    page = people.enter(sounding, hearing.live.url, hearing.live.sample(), name, first=KEEP_TRACKS)
    enter_the_room(page, hearing.live.url)
    wait_until(page, lambda: live(page, "audio") == 1, seconds=120)

    second = people.enter(sounding, hearing.live.url, hearing.live.sample(), name, first=KEEP_TRACKS)
    second.goto(f"{hearing.live.url}/room")
    second.locator("[data-take-over]").click()
    wait_until(page, lambda: live(page, "audio") + live(page, "video") == 0, seconds=60)
    wait_until(second, lambda: live(second, "video") == 1, seconds=60)

    page.locator("[data-take-over]").click()
    wait_until(page, lambda: live(page, "video") == 1, seconds=60)
    wait_until(second, lambda: live(second, "audio") + live(second, "video") == 0, seconds=60)
    wait_until(page, lambda: live(page, "audio") == 1, seconds=90)

    page.get_by_role("button", name="Hand in…").first.click()
    page.get_by_role("button", name="Hand in now").click()
    page.wait_for_url(f"{hearing.live.url}/learner")
    left = page.evaluate("sessionStorage.left").split(" ")
    assert len(left) >= 4
    assert set(left) == {"ended"}, "before the page was left, since it may have to stay for late answers"
    assert people.FAULTS == []


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


def keep_bytes(kept: list[bytes], data: str | bytes) -> None:
    if isinstance(data, bytes):
        kept.append(data)
