# SPDX-License-Identifier: Apache-2.0
"""What a proctor reads of a learner's line: every count that matters in words, nothing where nothing happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import pytest
from flask import Flask
from flask_babel import Babel

from proctor import api as proctor
from proctor.rules.inputs import CameraState, Link
from web.presenters.wall_line import left_out, line_lines

LINE = {
    "missing": "2 pictures are missing: they were taken and never came.",
    "undelivered": "2 pictures are missing: they were taken and never came.",
    "altered": "2 pictures are others than those that were announced.",
    "unchained": "2 pictures came without a proof of their order.",
    "late": "2 pictures came later, in proven order.",
    "put_off": "2 pictures were to come again, because the server had too much to do.",
    "forgiven": "2 pictures that were asked for were lost when the page was loaded anew.",
    "refused": "2 messages about pictures were refused.",
    "floods": "2 messages about pictures were refused.",
}
COUNTERS = {
    "undecodable": "2 pictures could not be used.",
    "too_fast": "2 pictures could not be used.",
    "out_of_order": "2 pictures could not be used.",
    "refused": "2 pictures could not be used.",
    "dropped": "2 pictures were not looked at, because newer ones were there.",
    "claimed": "2 pictures were judged by the learner's device alone.",
    "disagreed": "2 times the server saw something else than the learner's device.",
}


def view(line: proctor.LineView | None = None, counters: proctor.Counters | None = None) -> proctor.LiveView:
    return proctor.LiveView(
        session_id="session",
        attempt_id="attempt",
        link=Link.ALIVE,
        camera=CameraState.ON,
        last_frame_at=None,
        faces=1,
        open_alerts=(),
        counters=counters or proctor.Counters(),
        version=1,
        line=line or proctor.LineView(),
    )


@pytest.fixture(autouse=True)
def speaking() -> Iterator[None]:
    """Words are those of a request, in English."""
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def test_a_calm_line_is_two_sentences_and_no_line_none() -> None:
    assert line_lines(view()) == [
        "One picture a second, looked at in full",
        "The camera takes a picture every 1 s.",
    ]
    assert line_lines(None) == []


@pytest.mark.parametrize(("name", "words"), LINE.items())
def test_each_count_of_the_chain_is_said(name: str, words: str) -> None:
    line = proctor.LineView(counts=proctor.LineCounts(**{name: 2}))
    assert line_lines(view(line))[2:] == [words]


@pytest.mark.parametrize(("name", "words"), COUNTERS.items())
def test_each_count_of_the_pictures_is_said(name: str, words: str) -> None:
    assert line_lines(view(counters=proctor.Counters(**{name: 2})))[2:] == [words]


def test_pages_loaded_anew_and_pictures_that_wait_are_said() -> None:
    assert line_lines(view(proctor.LineView(segments=1)))[2:] == []
    assert line_lines(view(proctor.LineView(segments=2, waiting=1, spacing_seconds=5.0)))[1:] == [
        "The camera takes a picture every 5 s.",
        "1 picture waits on the learner's device.",
        "The page was loaded anew 1 time.",
    ]


def test_what_is_left_unsaid_is_what_went_well() -> None:
    silent = {"chained", "demanded", "delivered"}
    assert {one.name for one in fields(proctor.LineCounts)} == silent | LINE.keys()


@pytest.mark.parametrize(("share", "said"), [(1.0, 0), (0.96, 0), (0.95, 5), (0.4, 60), (0.0, 100)])
def test_an_overload_is_said_from_five_per_cent_on(share: float, said: int) -> None:
    assert left_out(share) == said
