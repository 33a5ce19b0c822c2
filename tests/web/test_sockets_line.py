# SPDX-License-Identifier: Apache-2.0
"""The line of a learner: the chain of pictures, what is asked for, what comes late, what is refused and counted."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from proctor import api as proctor
from proctor.monitoring.chain import Entry, digest_of, first_link, next_link
from proctor.monitoring.line import LineView
from tests import clips
from tests.web.site import Site
from tests.web.test_sockets import FRAMES, GOOD, NAME, Camera
from web.error_texts import TEXTS

EMPTY = clips.to_jpeg(clips.picture("gone"))
TINY = clips.to_jpeg(clips.picture("present", size=(160, 120)))


def text(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


@dataclass
class Page:
    """A page with its chain, as web/static/js/chain.js keeps it."""

    camera: Camera
    segment: str = "0123-page-one"
    link: bytes = b""
    number: int = 0
    at_ms: int = 0
    unheard: list[tuple[int, str]] = field(default_factory=list)

    def take(self, jpeg: bytes = GOOD, *, after_ms: int = 1000) -> int:
        """A picture is taken and committed to; its number."""
        self.number, self.at_ms = self.number + 1, self.at_ms + after_ms
        entry = Entry(self.number, self.at_ms, digest_of(jpeg))
        self.link = next_link(self.link or first_link(self.segment), entry)
        self.unheard.append((self.at_ms, text(entry.digest)))
        return self.number

    def meta(self) -> dict[str, Any]:
        """What is said of the picture taken last."""
        said = {
            "seq": self.number,
            "at_ms": self.at_ms,
            "segment": self.segment,
            "link": text(self.link),
            "since": [list(pair) for pair in self.unheard[:-1]],
        }
        self.unheard.clear()
        return said

    def ask(self, event: str, *payload: Any) -> dict[str, Any]:
        answer = self.camera.channel.ask(FRAMES, event, *payload)
        assert isinstance(answer, dict)
        assert answer["ok"] or answer["code"] in TEXTS
        return answer

    def send(self, jpeg: bytes = GOOD) -> dict[str, Any]:
        """Take a picture and send it, a second after the last."""
        self.camera.site.clock.advance(1)
        self.take(jpeg)
        return self.ask("frame", self.meta(), jpeg)

    def demanded(self) -> list[int]:
        """The numbers that the server asked for since the last call."""
        heard = self.camera.channel.get_received(FRAMES)
        return [message["args"][0]["seq"] for message in heard if message["name"] == "demand"]

    @property
    def view(self) -> proctor.LiveView:
        view = self.camera.site.parts.pipeline.view(self.camera.session_id)
        assert view is not None
        return view

    @property
    def line(self) -> LineView:
        return self.view.line


@pytest.fixture
def page(site: Site) -> Page:
    """A watched learner's page; the pipeline runs with the real detector."""
    opened = Camera(site, NAME)
    site.parts.pipeline.start()
    site.worker.round()
    opened.told()
    return Page(opened)


def drained(site: Site) -> None:
    assert site.parts.pipeline.drain(20)


def told(page: Page, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the rules hear from now on beside pictures."""
    heard: list[Any] = []
    pipeline = page.camera.site.parts.pipeline
    passed_on: Callable[[str, Any], bool] = pipeline.tell

    def tell(session_id: str, event: Any) -> bool:
        assert session_id == page.camera.session_id
        heard.append(event)
        return passed_on(session_id, event)

    monkeypatch.setattr(pipeline, "tell", tell)
    return heard


def test_a_whole_chain_is_told_back_and_breaks_nothing(
    page: Page, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    heard = told(page, monkeypatch)
    assert page.send() == {"ok": True, "seq": 1, "dropped": 0, "chain": 1}
    page.take()
    assert page.send()["chain"] == 3
    drained(site)
    assert page.send(TINY)["ok"], "160 pixels are enough"
    drained(site)
    assert (page.line.counts.chained, page.line.segments, page.line.waiting) == (3, 1, 1)
    assert page.view.counters.observed == 3
    assert page.view.faces == 1
    assert heard == []


def test_a_gap_an_exchange_and_a_wrong_order_are_told_to_the_rules(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = told(page, monkeypatch)
    page.send()
    page.take()
    page.take()
    page.unheard.clear()  # nobody is told of these two
    page.send()
    page.take()
    page.unheard[-1] = (page.at_ms, text(digest_of(b"another picture")))
    page.send()
    assert [(event.kind, event.frames) for event in heard] == [
        (proctor.ChainBreak.MISSING, 2),
        (proctor.ChainBreak.ALTERED, 1),
    ]
    assert (page.line.counts.missing, page.line.counts.altered) == (2, 1)


def test_a_lost_line_is_no_gap_and_what_was_taken_meanwhile_comes_later_in_its_order(
    page: Page, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    page.send()
    drained(site)
    began = site.clock.now()
    page.camera.channel.disconnect(FRAMES)
    for _ in range(45):
        page.take(EMPTY, after_ms=5000)
    site.clock.advance(225)
    page.camera.channel = site.connect(page.camera.visitor, FRAMES)
    heard = told(page, monkeypatch)
    first, rest = page.unheard[:40], page.unheard[40:]
    link = first_link(page.segment)
    link = next_link(link, Entry(1, 1000, digest_of(GOOD)))
    for number, (at_ms, _digest) in enumerate(first, start=2):
        link = next_link(link, Entry(number, at_ms, digest_of(EMPTY)))
    commit = {
        "segment": page.segment,
        "first": 2,
        "link": text(link),
        "since": [list(pair) for pair in first],
    }
    assert page.ask("commit", commit) == {"ok": True, "chain": 41}
    page.unheard = rest
    assert page.send()["chain"] == 47
    drained(site)
    assert heard == []
    assert page.line.waiting == 45
    for number in range(2, 5):
        site.clock.advance(3)
        assert page.ask("late", {"seq": number}, EMPTY)["ok"]
        drained(site)
    assert page.line.counts.late == 3
    assert page.view.faces == 1, "what is seen now is not what was then"
    live = site.parts.pipeline._sessions[page.camera.session_id]
    taken = [seen.frame.at for seen in live.late_ring]
    assert taken == [began + timedelta(seconds=5 * number) for number in (1, 2, 3)]
    assert page.ask("late", {"seq": 2}, EMPTY)["code"] == "frame_not_committed"


def test_a_picture_that_was_not_sent_is_asked_for_and_must_be_the_announced_one(
    page: Page, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    heard = told(page, monkeypatch)
    page.send()
    asked: list[int] = []
    while len(asked) < 3:  # about one in ten, nobody knows which
        for _ in range(20):
            page.take(EMPTY)
        page.send()
        asked += page.demanded()
        assert page.number < 1000
    drained(site)
    assert heard == []
    site.clock.advance(10)
    assert page.ask("late", {"seq": asked[0]}, EMPTY)["ok"]
    assert page.ask("late", {"seq": asked[1]}, GOOD)["code"] == "frame_altered"
    assert page.ask("gone", {"seq": asked[2]}) == {"ok": True}
    assert page.ask("gone", {"seq": asked[2]})["code"] == "frame_not_committed"
    assert [event.kind for event in heard] == [proctor.ChainBreak.ALTERED, proctor.ChainBreak.MISSING]
    counts = page.line.counts
    assert (counts.delivered, counts.undelivered, counts.altered) == (1, 1, 1)


def test_a_page_that_is_loaded_anew_begins_another_chain_and_says_so(
    page: Page, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    heard = told(page, monkeypatch)
    page.send()
    page.take()
    again = Page(page.camera, segment="4567-page-two")
    page.camera.channel = site.connect(page.camera.visitor, FRAMES)
    assert again.send()["chain"] == 1
    assert (again.line.segments, heard) == (2, [])


def test_fields_of_the_chain_that_make_no_sense_are_refused_and_counted(page: Page) -> None:
    page.take()
    right = page.meta()
    digest = text(digest_of(GOOD))
    wrong: list[dict[str, Any]] = [
        {**right, "attempt_id": page.camera.attempt_id},
        {**right, "session_id": "x"},
        {**right, "at_ms": -1},
        {**right, "at_ms": 2**32},
        {**right, "segment": "short"},
        {**right, "segment": "x" * 41},
        {**right, "segment": "äöü-page-one"},
        {**right, "segment": None},
        {**right, "link": "no base 64"},
        {**right, "link": text(b"short")},
        {**right, "link": None},
        {**right, "since": None},
        {**right, "since": [[1]]},
        {**right, "since": [[0, digest]]},
        {**right, "since": [[0, digest]] * 41, "seq": 99},
        {**right, "since": [["0", digest]], "seq": 2},
    ]
    for meta in wrong:
        assert page.ask("frame", meta, GOOD)["code"] == "event_malformed", meta
    commit = {"segment": page.segment, "first": 1, "link": right["link"], "since": [[1, digest]]}
    for change in ({"since": []}, {"first": 0}, {"first": 2**31 - 1, "since": [[1, digest]] * 2}, {"x": 1}):
        assert page.ask("commit", {**commit, **change})["code"] == "event_malformed", change
    late: list[tuple[Any, ...]] = [
        (),
        ({"seq": 1},),
        ({"seq": 0}, GOOD),
        ({"seq": 1}, "text"),
        ({"seq": 1, "x": 1}, GOOD),
    ]
    for payload in late:
        assert page.ask("late", *payload)["code"] == "event_malformed", payload
    assert page.line.counts.refused == len(wrong) + 4 + len(late)
    assert page.view.counters.offered == 0
    assert page.ask("frame", right, GOOD)["ok"]
    assert page.ask("frame", {"seq": 2, "at_ms": 5}, GOOD)["code"] == "chain_missing"


def test_a_giant_or_broken_late_picture_is_refused_before_it_is_decoded(page: Page, site: Site) -> None:
    page.send()
    huge = bytearray(GOOD)
    at = huge.index(b"\xff\xc0") + 5
    huge[at : at + 4] = b"\xff\xff\xff\xff"  # 65,535 pixels each way, says its header
    for jpeg, code in ((bytes(huge), "frame_too_many_pixels"), (GOOD[:-9], "frame_truncated")):
        page.take(jpeg)
        page.send()
        assert page.ask("late", {"seq": page.number - 1}, jpeg)["code"] == code
    drained(site)
    assert page.view.counters.undecodable == 0
    assert page.view.counters.refused == 2


def test_a_flood_of_messages_is_cut_off_on_its_connection_and_counted(page: Page, site: Site) -> None:
    codes = [page.camera.channel.ask(FRAMES, "camera", {"state": "on"}).get("code") for _ in range(90)]
    assert codes == [None] * 80 + ["event_too_fast"] * 10
    assert page.line.counts.floods == 10
    site.clock.advance(1)
    assert page.send()["ok"]
    for _ in range(20):
        page.take()
    page.send()
    late = [page.ask("late", {"seq": number}, GOOD).get("code") for number in range(2, 9)]
    assert late.count("frame_too_fast") == 3, "pictures of the past come one a second"


def test_an_overloaded_server_asks_for_less_and_a_person_may_ask_for_larger_pictures(
    page: Page, site: Site
) -> None:
    assert "pace" not in page.send()
    site.parts.pipeline.line(page.camera.session_id).want(width=640, frames=1)
    assert page.send()["pace"] == {"every_ms": 0, "width": 640}
    site.parts.pipeline.stop()  # nobody looks any more: newer pictures push the older ones out
    paces = [page.send().get("pace") for _ in range(4)]
    assert {"every_ms": 5000, "width": 0} in paces


def test_facts_of_the_camera_reach_the_rules_without_any_name(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = told(page, monkeypatch)
    facts = {"virtual": True, "width": 640, "height": 480, "fps": 29.97, "jitter_ms": None}
    assert page.ask("facts", facts) == {"ok": True}
    (camera,) = heard
    assert (camera.virtual_name, camera.width, camera.frames_per_second, camera.jitter_ms) == (
        True,
        640,
        29.97,
        None,
    )
    wrong = [
        {**facts, "label": "OBS"}, {**facts, "virtual": 1}, {**facts, "width": -1}, {**facts, "fps": float("nan")},
        {**facts, "fps": 10**9}, {**facts, "jitter_ms": "1"}, {**facts, "height": None},
    ]  # fmt: skip
    for one in wrong:
        assert page.ask("facts", one)["code"] == "event_malformed", one
    assert len(heard) == 1


def claim(page: Page, jpeg: bytes, *, faces: Any) -> dict[str, Any]:
    """Say what is seen on a picture, and send it when it is wanted."""
    page.camera.site.clock.advance(1)
    page.take(jpeg)
    meta = page.meta()
    answer = page.ask("claim", {**meta, "digest": text(digest_of(jpeg)), "faces": faces})
    if answer.get("wanted"):
        assert page.ask("frame", meta, jpeg)["ok"]
    return answer


def watch_prefiltered(page: Page) -> None:
    live = page.camera.site.parts.pipeline._sessions[page.camera.session_id]
    live.mode = proctor.Mode.PREFILTERED


def test_claims_save_pictures_and_one_in_ten_is_looked_at(page: Page, site: Site) -> None:
    watch_prefiltered(page)
    answers = []
    for _ in range(60):
        answers.append(claim(page, GOOD, faces=1))
        drained(site)
    wanted = [answer["wanted"] for answer in answers].count(True)
    counters = page.view.counters
    assert 1 <= wanted <= 20
    assert (counters.claimed, counters.audited, counters.disagreed) == (60 - wanted, wanted, 0)
    assert {answer["mode"] for answer in answers} == {"prefiltered"}
    assert (page.line.counts.missing, page.line.counts.altered) == (0, 0)


def test_a_false_claim_ends_the_trust_in_this_browser(
    page: Page, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch_prefiltered(page)
    for _ in range(200):
        answer = claim(page, EMPTY, faces=1)
        drained(site)
        if answer["wanted"]:
            break
    assert page.view.counters.disagreed == 1
    assert page.view.watching.mode is proctor.Mode.FULL, "the server looks at everything for a while"
    for _ in range(10):
        assert claim(page, EMPTY, faces=1)["wanted"]
        drained(site)
    assert page.view.counters.disagreed == 2
    assert page.view.mode is proctor.Mode.FULL
    after = claim(page, EMPTY, faces=0)
    assert (after["wanted"], after["mode"]) == (True, "full")


def test_another_picture_than_the_claimed_one_is_noticed(
    page: Page, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = told(page, monkeypatch)
    page.take(EMPTY)
    meta = page.meta()
    answer = page.ask("claim", {**meta, "digest": text(digest_of(EMPTY)), "faces": 1})
    assert answer["wanted"], "who is watched in full sends everything"
    page.ask("frame", meta, GOOD)
    assert [event.kind for event in heard] == [proctor.ChainBreak.ALTERED]
    for wrong in (
        {**meta, "digest": "x", "faces": 1},
        {**meta, "digest": text(digest_of(GOOD)), "faces": -1},
    ):
        assert page.ask("claim", wrong)["code"] == "event_malformed"


def test_nothing_comes_in_after_the_end(page: Page, site: Site) -> None:
    page.send()
    page.take()
    page.send()
    assert page.camera.room.hand_in().status_code == 200
    site.worker.round()
    drained(site)
    assert page.send()["code"] == "session_not_active"
    assert page.ask("late", {"seq": 2}, GOOD)["code"] == "session_not_active"
    facts = {"virtual": False, "width": 640, "height": 480, "fps": None, "jitter_ms": None}
    assert page.ask("facts", facts)["code"] == "session_not_active"


def test_what_the_browser_notes_reaches_the_rules_once(
    page: Page, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = told(page, monkeypatch)
    notes = [
        {"number": 1000, "kind": "blur", "typing": False, "cause": "dialog"},
        {"number": 4000, "kind": "paste", "typing": True, "amount": 12},
    ]
    body = {"device": "laptop", "sent_ms": 5000, "notes": notes}
    for _ in range(2):
        assert page.camera.visitor.send("POST", "/room/telemetry", body).get_json() == {"highest": 4000}
    now = site.clock.now()
    assert [(event.kind, event.cause, now - event.at) for event in heard] == [
        ("blur", "dialog", timedelta(seconds=4)),
        ("paste", "none", timedelta(seconds=1)),
    ]
