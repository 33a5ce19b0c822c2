# SPDX-License-Identifier: Apache-2.0
"""The forms and messages of the watching with nothing, garbage and far too much in them: a refusal by name, never a crash."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.web.access_table import MAY
from tests.web.calm import calm
from tests.web.stage import SENT_JSON, UNSAFE, Stage, filled, method_of, open_stage

WATCHING = {
    "attempt_reviews",
    "blind_reviews",
    "calls",
    "checkin",
    "consent",
    "integrity",
    "learner_review",
    "privacy",
    "privacy_desk",
    "proctor",
    "shifts",
    "telemetry",
    "walls",
    "watching",
}
# What takes no word of whoever sends it: whatever comes along changes nothing about what it does.
DEAF = {
    "blind_reviews.draw",
    "blind_reviews.raise_mark",
    "checkin.skip",
    "consent.ask_invigilator",
    "consent.use_camera",
    "privacy.ask_erasure",
    "privacy.export_mine",
    "privacy.take_back",
    "privacy_desk.confirm",
    "privacy_desk.export_entry",
    "proctor.resume",
    "proctor.resume_all",
    "walls.lower_hand",
    "walls.note_seen",
    "walls.settle",
    "watching.end_exemption",
}
# Where nothing at all is an answer.
NOTHING_IS_FINE = {
    "consent.withdraw",  # everything is taken back
    "proctor.pause",  # without a reason
    "proctor.pause_all",
    "shifts.share",  # nobody changes hands
    "watching.save_plan",  # nothing is ticked
}
GARBAGE = (" \n ", "\u202e\u0001", "<script>alert(1)</script>", "-1", "९", "x" * 100_000)
VALUES: tuple[Any, ...] = (None, [], {}, -1, 10**30, "x" * 100_000, "\u202e")
BODIES: tuple[Any, ...] = (None, [], 7, "A", {}, {"number": []}, {"device": {}, "sent_ms": "x", "notes": 7})


@pytest.fixture(scope="module")
def stage(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(sample_folder, tmp_path_factory.mktemp("stage")) as opened:
        yield opened


def forms(stage: Stage) -> list[Rule]:
    """The routes of the watching that change something."""
    return [
        rule
        for rule in stage.rules()
        if rule.endpoint.partition(".")[0] in WATCHING and method_of(rule) in UNSAFE
    ]


def refused(answer: TestResponse) -> None:
    """Anything but a crash or a bare error: done, or a calm refusal."""
    if answer.status_code not in (200, 302):
        calm(answer, answer.status_code)
        assert 400 <= answer.status_code < 500, answer.text
        assert "<script>alert" not in answer.text


def test_nothing_at_all_is_refused_where_something_is_needed(stage: Stage) -> None:
    taken: set[str] = set()
    for rule in forms(stage):
        stage.restore()
        sent: dict[str, Any] = {"json": {}} if rule.endpoint in SENT_JSON else {"data": {}}
        answer = stage.call(min(MAY[rule.endpoint]), rule, content=sent)
        refused(answer)
        if answer.status_code in (200, 302):
            taken.add(rule.endpoint)
    assert taken - DEAF - NOTHING_IS_FINE == set()


def test_a_field_with_garbage_or_far_too_much_crashes_nothing(stage: Stage) -> None:
    for rule in forms(stage):
        if rule.endpoint in SENT_JSON or rule.endpoint in DEAF:
            continue
        whole = dict(stage.content(rule)["data"]) if isinstance(stage.content(rule)["data"], dict) else {}
        for name in whole:
            for garbage in GARBAGE:
                answer = stage.call(min(MAY[rule.endpoint]), rule, content={"data": {**whole, name: garbage}})
                refused(answer)
        stage.restore()


def test_a_message_of_another_shape_crashes_nothing(stage: Stage) -> None:
    ids = {**stage.world.ids, "room_item": stage.room_item}
    for rule in forms(stage):
        if rule.endpoint not in SENT_JSON:
            continue
        whole = {name: filled(value, ids) for name, value in SENT_JSON[rule.endpoint].items()}
        bodies = [*BODIES, *({**whole, name: bad} for name in whole for bad in VALUES)]
        for body in bodies:
            answer = stage.call(min(MAY[rule.endpoint]), rule, content={"json": body})
            refused(answer)
        stage.restore()


def test_a_picture_that_is_none_crashes_nothing(stage: Stage) -> None:
    for endpoint in ("learner.photo", "checkin.card", "checkin.frame"):
        rule = next(rule for rule in stage.rules() if rule.endpoint == endpoint)
        for body in (b"", b"\xff\xd8", b"GIF89a" + b"\0" * 99, b"\xff\xd8" + b"\0" * 6_000_000):
            answer = stage.call(
                min(MAY[endpoint]), rule, content={"data": body, "content_type": "image/jpeg"}
            )
            assert answer.status_code not in (200, 302)
            refused(answer)
