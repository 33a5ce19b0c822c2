# SPDX-License-Identifier: Apache-2.0
"""Streams for tests of the rules: sights at a steady distance, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from proctor.rules.alerts import Alert, RuleName
from proctor.rules.baseline import Baseline, learn
from proctor.rules.inputs import Event, FaceBox, SeenGaze, SeenPose, SeenThing, Sight
from proctor.rules.parameters import Parameters
from proctor.rules.ruleset import RuleSet, RuleSetState

START = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
MODEL = "ab" * 32
SPACINGS = (1.0, 2.5, 5.0)
"""One picture a second, and two slow lines: no rule may need more than they carry, and none punish them."""
AHEAD = SeenPose(2.0, -5.0, 0.0)
STRAIGHT = SeenGaze(0.0, 0.05, 0.3, 0.3)
FACE = FaceBox(0.4, 0.3, 0.2, 0.3, 0.9)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def sight(second: float, **changes: object) -> Sight:
    """A calm frame with one face that looks ahead; `changes` replace its fields."""
    fields: dict[str, object] = {
        "faces": 1,
        "covered": False,
        "boxes": (FACE,),
        "change": 4.0,
        "pose": AHEAD,
        "gaze": STRAIGHT,
        "brightness": 120.0,
    }
    if changes.get("faces", 1) != 1 and "boxes" not in changes:
        fields["boxes"] = ()
    return Sight(at=at(second), **{**fields, **changes})  # type: ignore[arg-type]


def stream(
    *parts: tuple[float, Mapping[str, object]], spacing: float = 1.0, start: float = 0.0
) -> list[Sight]:
    """Stretches of so many seconds with these fields, one frame every `spacing` seconds."""
    events, second, border = list[Sight](), start, start
    for seconds, changes in parts:
        border += seconds
        while second < border - 1e-9:
            events.append(sight(second, **changes))
            second += spacing
    return events


def calibration(count: int = 20, change: Callable[[int], Mapping[str, object]] | None = None) -> list[Sight]:
    """Frames as of a calibration: a head that moves a little."""
    return [
        sight(
            number,
            pose=SeenPose(2.0 + number % 5 - 2, -5.0 + number % 3 - 1, 0.0),
            gaze=SeenGaze(0.02 * (number % 5 - 2), 0.05, 0.3, 0.3),
            **({} if change is None else change(number)),
        )
        for number in range(count)
    ]


def baseline_of(sights: Sequence[Sight]) -> Baseline:
    found = learn(sights)
    assert found is not None
    return found


def rules(baseline: Baseline | None = None, parameters: Parameters | None = None) -> RuleSet:
    return RuleSet.under(parameters or Parameters(), model_sha256=MODEL, baseline=baseline)


def run(
    events: Iterable[Event], under: RuleSet | None = None, state: RuleSetState | None = None
) -> tuple[RuleSetState, list[Alert]]:
    under, state, changes = under or rules(), state or RuleSetState(), list[Alert]()
    for event in events:
        state, alerts = under.step(state, event)
        changes.extend(alerts)
    return state, changes


def opened(events: Iterable[Event], under: RuleSet | None = None) -> list[RuleName]:
    """The rules that raised an alert, in order."""
    return [alert.rule for alert in run(events, under)[1] if alert.ended_at is None]


def thing(label: str, score: float) -> tuple[SeenThing, ...]:
    return (SeenThing(label, score),)
