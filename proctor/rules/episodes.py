# SPDX-License-Identifier: Apache-2.0
"""The book-keeping that all rules share: opening an alert once, following its numbers, closing it once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from proctor.rules.alerts import Alert, AlertEnd, RuleName
from proctor.rules.catalogue import is_validated, weight_of


@dataclass(frozen=True, slots=True)
class Judged:
    """How alerts of one rule are judged: thresholds, their version, the hash of the weights."""

    rule: RuleName
    thresholds: Mapping[str, float]
    version: str
    model_sha256: str


@dataclass(frozen=True, slots=True)
class Episode:
    """The alerts of one rule so far: how many, and the open one."""

    count: int = 0
    alert: Alert | None = None


def open_episode(
    episode: Episode,
    judged: Judged,
    *,
    onset_at: datetime,
    at: datetime,
    numbers: Mapping[str, float],
    cause: str | None = None,
) -> tuple[Episode, Alert]:
    """Raise the next alert of this rule."""
    alert = Alert(
        rule=judged.rule,
        number=episode.count + 1,
        onset_at=onset_at,
        raised_at=at,
        numbers={"seconds": _seconds(onset_at, at), **numbers},
        thresholds=judged.thresholds,
        rule_version=judged.version,
        model_sha256=judged.model_sha256,
        cause=cause,
        weight=weight_of(judged.rule),
        validated=is_validated(judged.rule),
    )
    return Episode(alert.number, alert), alert


def close_episode(episode: Episode, *, at: datetime, because: AlertEnd) -> tuple[Episode, tuple[Alert, ...]]:
    """End the open alert, if there is one; an alert never ends before it was raised or began."""
    alert = episode.alert
    if alert is None:
        return episode, ()
    at = max(at, alert.onset_at)
    ended = replace(
        alert,
        ended_at=at,
        ended_because=because,
        numbers={**alert.numbers, "seconds": _seconds(alert.onset_at, at)},
    )
    return Episode(episode.count), (ended,)


def follow_episode(episode: Episode, *, at: datetime, numbers: Mapping[str, float]) -> Episode:
    """Bring the open alert's numbers up to date; a number only grows."""
    alert = episode.alert
    if alert is None:
        return episode
    grown = {**alert.numbers, "seconds": max(alert.numbers["seconds"], _seconds(alert.onset_at, at))}
    for name, value in numbers.items():
        grown[name] = max(grown.get(name, value), value)
    return Episode(episode.count, replace(alert, numbers=grown))


def _seconds(start: datetime, end: datetime) -> float:
    return round(max(0.0, (end - start).total_seconds()), 3)
