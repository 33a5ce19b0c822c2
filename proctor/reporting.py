# SPDX-License-Identifier: Apache-2.0
"""Replays and rules in the words of the commands' contracts. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from proctor.monitoring.watching import Watching
from proctor.rates import highest_rate
from proctor.replaying import START, Replayed
from proctor.rules.alerts import Alert, RuleName, Weight
from proctor.rules.catalogue import CATALOGUE, availability, unmet_needs

GOAL_ALERTS_PER_HOUR = 0.2
GOAL_HOURS = 15
UNTOLD = frozenset(
    {
        RuleName.CAMERA_STOPPED,
        RuleName.VIRTUAL_CAMERA,
        RuleName.SPEECH,
        RuleName.FOCUS_LOST,
        RuleName.PASTED,
        RuleName.HAND_RAISED,
        RuleName.PICTURES_MISSING,
        RuleName.PICTURES_ALTERED,
        RuleName.PREFILTER_DISAGREES,
        RuleName.LIVENESS_FAILED,
    }
)
"""Rules that a clip says nothing to: they hear of the line, the browser, the sound."""


def describe_alert(path: str, alert: Alert) -> dict[str, Any]:
    """One episode, with seconds in the clip."""
    return {
        "path": path,
        "rule": alert.rule.value,
        "number": alert.number,
        "start": _second(alert.onset_at),
        "raised": _second(alert.raised_at),
        "end": None if alert.ended_at is None else _second(alert.ended_at),
        "ended_because": None if alert.ended_because is None else alert.ended_because.value,
        "cause": alert.cause,
        "numbers": dict(alert.numbers),
        "thresholds": dict(alert.thresholds),
        "weight": alert.weight.value,
        "validated": alert.validated,
        "rule_version": alert.rule_version,
        "model_sha256": alert.model_sha256,
    }


def describe_replay(path: str, replayed: Replayed) -> dict[str, Any]:
    """What one clip came to; `baseline` says what the calibration learned, null without one."""
    baseline = replayed.baseline
    return {
        "path": path,
        "frames": replayed.frames,
        "seconds": round(replayed.seconds, 3),
        "watched_seconds": round(replayed.watched_seconds, 3),
        "enrolled": replayed.watching.enrolled is not None,
        "baseline": None
        if baseline is None
        else {
            "frames": baseline.frames,
            "posters": len(baseline.posters),
            "things": [thing.label for thing in baseline.things],
        },
        "alerts": len(replayed.alerts),
        "incidents": sum(alert.weight is Weight.INCIDENT for alert in replayed.alerts),
        "rules": {name: rule["availability"] for name, rule in describe_rules([replayed.watching]).items()},
    }


def describe_rules(watched: Sequence[Watching], *, told: Collection[RuleName] = ()) -> dict[str, Any]:
    """Of each rule whether it works, for everybody who was watched; `not_told` where a clip has nothing to tell it."""
    found = [availability(watching) for watching in watched]
    rules = {}
    for rule, facts in CATALOGUE.items():
        states = sorted({states[rule].value for states in found}) or ["not_available"]
        needs = sorted({need.value for watching in watched for need in unmet_needs(rule, watching)})
        state = states[0] if len(states) == 1 else "mixed"
        if rule in UNTOLD and rule not in told:
            state = "not_told"
        rules[rule.value] = {
            "availability": state,
            "lacks": needs,
            "weight": facts.weight.value,
            "validated": facts.validated,
            **({} if facts.validated else {"note": "not validated on people"}),
        }
    return rules


def describe_bound(alerts: int, seconds: float) -> dict[str, Any]:
    """What so many alerts in so long a time say of false alerts, if nothing that was watched deserved one."""
    hours = seconds / 3600
    highest = highest_rate(alerts, hours)
    if highest is None:
        return {
            "alerts": alerts,
            "hours": 0.0,
            "highest_per_hour": None,
            "text": "nothing was watched: no bound",
        }
    many = "no alert" if alerts == 0 else f"{alerts} alert{'s' if alerts > 1 else ''}"
    text = (
        f"{many} in {hours:.4g} learner-hours: if none of them was deserved, at most {highest:.3g} false alerts per "
        f"learner-hour with 95 % confidence (the goal is {GOAL_ALERTS_PER_HOUR}; {GOAL_HOURS} hours without an alert "
        "support it)"
    )
    return {
        "alerts": alerts,
        "hours": round(hours, 5),
        "highest_per_hour": round(highest, 4),
        "goal_per_hour": GOAL_ALERTS_PER_HOUR,
        "text": text,
    }


def alerts_by_rule(alerts: Sequence[Alert]) -> Mapping[str, int]:
    """How many of each rule, rules without any left out."""
    counts = dict[str, int]()
    for alert in alerts:
        counts[alert.rule.value] = counts.get(alert.rule.value, 0) + 1
    return counts


def _second(instant: datetime) -> float:
    return round((instant - START).total_seconds(), 3)
