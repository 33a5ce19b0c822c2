# SPDX-License-Identifier: Apache-2.0
"""A learner's line that ends and begins again: what is asked for again, and what an old connection may still say."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from proctor import api as proctor
from proctor.monitoring.chain import digest_of
from proctor.monitoring.live import MAXIMUM_LATE
from tests.web.site import Site
from tests.web.test_sockets import FRAMES, GOOD, NAME, Camera, refusal
from tests.web.test_sockets_line import EMPTY, Page, claim, drained, text, told, watch_prefiltered


@pytest.fixture
def page(site: Site) -> Page:
    """A watched learner's page; the pipeline runs with the real detector."""
    opened = Camera(site, NAME)
    site.parts.pipeline.start()
    site.worker.round()
    opened.told()
    return Page(opened)


def claimed_and_wanted(page: Page) -> int:
    """Claim one face until a picture is wanted, and keep that one: its number."""
    for _ in range(400):
        page.camera.site.clock.advance(1)
        page.take(GOOD)
        told = {**page.meta(), "digest": text(digest_of(GOOD)), "faces": 1}
        if page.ask("claim", told)["wanted"]:
            return page.number
    raise AssertionError("no picture was wanted")


def connect_again(page: Page, site: Site) -> None:
    page.camera.channel.disconnect(FRAMES)
    page.camera.channel = site.connect(page.camera.visitor, FRAMES)


def test_a_claimed_picture_that_is_wanted_and_never_comes_is_missing(
    page: Page, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = told(page, monkeypatch)
    watch_prefiltered(page)
    claimed_and_wanted(page)
    assert page.line.counts.demanded == 1
    for _ in range(70):
        claim(page, GOOD, faces=1)
        drained(site)
    assert [(event.kind, event.frames) for event in heard] == [(proctor.ChainBreak.MISSING, 1)]
    counts = page.line.counts
    assert counts.undelivered == 1
    assert counts.delivered == counts.demanded - 1, "the others came"


def test_after_a_lost_connection_the_same_page_is_asked_again_and_may_still_answer(
    page: Page, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = told(page, monkeypatch)
    watch_prefiltered(page)
    number = claimed_and_wanted(page)
    connect_again(page, site)
    page.demanded()
    assert page.send()["ok"]
    assert page.demanded() == [number]
    assert page.ask("late", {"seq": number}, GOOD)["ok"]
    drained(site)
    counts = page.line.counts
    assert (counts.delivered, counts.undelivered, counts.forgiven, heard) == (1, 0, 0, [])
    assert page.view.counters.audited == 1


def test_whoever_connects_anew_after_each_demand_is_told_as_missing(
    page: Page, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = told(page, monkeypatch)
    watch_prefiltered(page)
    claimed_and_wanted(page)
    for _ in range(4):
        for _ in range(21):
            page.send()
            drained(site)
        connect_again(page, site)
    assert [event.kind for event in heard] == [proctor.ChainBreak.MISSING]


def test_an_old_connection_has_nothing_to_say_any_more(page: Page, site: Site) -> None:
    page.send()
    drained(site)
    old = page.camera.channel
    page.camera.channel = site.connect(page.camera.visitor, FRAMES)
    again = Page(page.camera, segment="4567-page-two")
    assert again.send()["chain"] == 1
    drained(site)
    before = page.line
    page.take()
    facts = {"virtual": False, "width": 640, "height": 480, "fps": None, "jitter_ms": None}
    since = [[page.at_ms, text(digest_of(GOOD))]]
    commit = {"segment": page.segment, "first": 2, "link": text(page.link), "since": since}
    said: list[tuple[Any, ...]] = [
        ("camera", {"state": "ended"}), ("commit", commit), ("late", {"seq": 1}, GOOD), ("gone", {"seq": 1}),
        ("facts", facts), ("frame", page.meta(), GOOD),
    ]  # fmt: skip
    for event, *payload in said:
        assert old.ask(FRAMES, event, *payload)["code"] == "frame_old_connection", event
    after = page.line
    assert page.view.camera is proctor.CameraState.ON
    assert (after.segments, after.counts.chained) == (before.segments, before.counts.chained)
    assert after.counts.refused == before.counts.refused + 5, "the picture is counted with the pictures"
    assert page.view.counters.out_of_order == 1


def test_a_busy_server_takes_no_late_picture_that_it_would_lose_and_the_page_keeps_it(
    page: Page, site: Site
) -> None:
    page.send()
    for _ in range(20):
        page.take(EMPTY, after_ms=5000)
    page.send()
    drained(site)
    live = site.parts.pipeline._sessions[page.camera.session_id]
    waiting = [proctor.CapturedFrame(900 + n, site.clock.now(), GOOD) for n in range(MAXIMUM_LATE)]
    live.late.extend(waiting)
    floods = page.line.counts.floods
    assert page.ask("late", {"seq": 2}, EMPTY)["code"] == "frame_too_fast"
    counts = page.line.counts
    assert (counts.put_off, counts.late, counts.floods) == (1, 0, floods)
    live.late.clear()
    assert page.ask("late", {"seq": 2}, EMPTY)["ok"], "it is still waited for"
    drained(site)
    assert page.view.counters.late == 1


def test_all_that_is_refused_on_the_channel_is_counted_where_the_proctor_sees_it(
    page: Page, site: Site
) -> None:
    page.send()
    said: list[tuple[Any, ...]] = [
        ("facts", {"name": "x"}), ("helps", {}), ("speech", None), ("camera", {"state": "?"}), ("camera",), ("answer", {}),
    ]  # fmt: skip
    for event, *payload in said:
        assert page.camera.channel.ask(FRAMES, event, *payload)["ok"] is False
    assert page.line.counts.refused == len(said)


def test_a_stranger_at_the_channel_is_written_into_the_log_with_how_many_there_were(site: Site) -> None:
    with capture_logs() as logs:
        for _ in range(2):
            assert refusal(site, site.visitor(), FRAMES) == "sign_in_needed"
    refused = [one for one in logs if one["event"] == "channel_refused"]
    assert [(one["channel"], one["code"]) for one in refused] == [(FRAMES, "sign_in_needed")] * 2
    assert refused[1]["refused"] == refused[0]["refused"] + 1
