# SPDX-License-Identifier: Apache-2.0
"""Calm minutes through the real networks and rules, in the time of the clip: no alert at all, and what that supports.

For real minutes, through a browser's camera: tests/browser/test_proctor_clips.py, which `make battery` runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import pytest

from core.config import Config
from core.ids import seeded
from proctor import api as proctor
from proctor.picture_files import Frame
from proctor.rates import highest_rate
from proctor.vision.pictures import Picture
from tests import clips, movements

CALIBRATION, WATCHED = 20, 300


def as_frames(pictures: Iterable[clips.Pixels]) -> Iterator[Frame]:
    """One a second, as a page sends them."""
    for number, pixels in enumerate(pictures):
        height, width = pixels.shape[:2]
        yield Frame(Picture(pixels, width, height), number, float(number), 0.0)


def restless() -> Iterator[clips.Pixels]:
    """Sits still, wanders about, turns the head for some seconds, blinks and speaks, for as long."""
    yield from clips.frames([("present", CALIBRATION)], fps=1)
    wandering = clips.frames([("moved", WATCHED)], fps=1)
    moves = ["calm", "calm", "left", "left", "calm", "speaking", "shut", "calm", "right", "right"]
    for start in range(0, WATCHED, 20):
        yield from islice(wandering, 10)
        seeded(start).shuffle(moves)  # the same again and again would be a loop
        for number, move in enumerate(moves):
            yield movements.moved(move, start + number, size=clips.SIZE)


@pytest.mark.parametrize("kind", ["present", "restless"])
def test_five_calm_minutes_raise_no_alert_at_all(kind: str) -> None:
    pictures = restless() if kind == "restless" else clips.frames([(kind, CALIBRATION + WATCHED)], fps=1)
    seen = proctor.replay(
        as_frames(pictures),
        proctor.load_live_detector(Config().models),
        watching=proctor.Watching(),
        calibrate_seconds=CALIBRATION,
        sent_side=320,
    )
    assert seen.baseline is not None
    assert seen.watching.enrolled is not None
    assert seen.watching.missing == frozenset()
    assert WATCHED - 1 <= seen.watched_seconds <= WATCHED
    assert [(alert.rule.value, dict(alert.numbers)) for alert in seen.alerts] == []
    hours = seen.watched_seconds / 3600
    bound = highest_rate(0, hours)
    assert bound == pytest.approx(3 / hours, rel=0.01)
    print(f"{kind}: {hours:.3f} h watched without an alert: at most {bound:.1f} an hour (95 %)")
