# SPDX-License-Identifier: Apache-2.0
"""Spans of speech out of the likelihood of speech in each 32 ms. Pure; js/speech-spans.js does the same in a browser."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

STEP_SAMPLES = 512
STEP_MS = 32
LOUD = 0.5
"""At this likelihood speech begins; below QUIET it may end."""
QUIET = 0.35
PAUSE_MS = 640
"""So long it must be quiet before speech has ended."""
LEAST_MS = 320
MOST_MS = 20_000
"""Longer speech is told in parts, so that nobody waits for its end."""


@dataclass(frozen=True, slots=True)
class Span:
    """Speech from `start_ms` to `end_ms` after the first step."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Hearing:
    """Where a stream stands: milliseconds gone, since when there is speech (None: there is none), when it was last heard."""

    at_ms: int = 0
    since_ms: int | None = None
    heard_ms: int = 0


def step(hearing: Hearing, likelihood: float) -> tuple[Hearing, Span | None]:
    """One more step of 32 ms; a span when one is over. `likelihood` is 0 to 1."""
    now, since = hearing.at_ms + STEP_MS, hearing.since_ms
    if since is None and likelihood >= LOUD:
        since = hearing.at_ms
    if since is None:
        return Hearing(now), None
    heard = now if likelihood >= QUIET else hearing.heard_ms
    if now - heard < PAUSE_MS and now - since < MOST_MS:
        return Hearing(now, since, heard), None
    long_enough = heard - since >= LEAST_MS
    return Hearing(now), Span(since, heard) if long_enough else None


def spans_of(likelihoods: Iterable[float]) -> tuple[Span, ...]:
    """The spans of a whole recording; speech at its end counts too."""
    hearing, found = Hearing(), list[Span]()
    for likelihood in likelihoods:
        hearing, span = step(hearing, likelihood)
        if span is not None:
            found.append(span)
    if hearing.since_ms is not None and hearing.heard_ms - hearing.since_ms >= LEAST_MS:
        found.append(Span(hearing.since_ms, hearing.heard_ms))
    return tuple(found)
