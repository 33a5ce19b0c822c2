# SPDX-License-Identifier: Apache-2.0
"""How long a learner was at each item, as far as the log of answers and moves tells. Pure.

The log knows when an answer or a move was received, not what was on the screen. So the time between two entries goes to the
item that was visited last, where moves say which that was, and else to the item whose answer ends it: there it holds the
reading of items that were passed over, too. What was received from a device that had been away, or together with another
answer, came out of that device's store: its time is not known. The client's own clock is believed nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

FLUSH_SECONDS: Final = 10.0
"""For so long after a device came back, what is received may have been answered while it was away."""
BURST_SECONDS: Final = 0.5
"""Answers to two items that are received closer together were not given one after the other."""


class StepKind(StrEnum):
    """What an entry of the log does to the question which item is on the screen."""

    ANSWER = "answer"
    VISIT = "visit"
    CONFIRM = "confirm"
    SECTION = "section"


class Step(NamedTuple):
    """An entry of the log: when it was received (seconds since 1970), what it is, and of which item; "" for a section."""

    at: float
    kind: StepKind
    item: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A time from `begin` to `end`, in seconds since 1970."""

    begin: float
    end: float

    def shared(self, other: Span) -> float:
        """How many seconds two spans have in common."""
        return max(0.0, min(self.end, other.end) - max(self.begin, other.begin))


def seconds_by_item(
    steps: Iterable[Step], *, started_at: float, pauses: Sequence[Span] = (), outages: Sequence[Span] = ()
) -> dict[str, float | None]:
    """Seconds by item for the items of which anything was received; None where they are not known.

    `steps` are in the order in which they were received. Pauses are taken off; an outage, or the rush after one, makes the
    item that it falls on unknown.
    """
    spent: dict[str, float] = {}
    unknown: set[str] = set()
    clock, shown, before = started_at, "", ""
    for step in steps:
        item = (
            shown
            if shown and (not step.item or step.item == shown or step.kind is StepKind.VISIT)
            else step.item
        )
        if step.kind is StepKind.VISIT and not shown:
            item = ""
        if item:
            spent[item] = spent.get(item, 0.0) + _worked(clock, step.at, pauses)
            if outages and _away(Span(clock, step.at), outages):
                unknown.add(item)
        if step.kind is StepKind.ANSWER:
            if before and before != step.item and step.at - clock < BURST_SECONDS and not shown:
                unknown |= {before, step.item}
            before = step.item
        if step.kind is StepKind.VISIT:
            shown = step.item
        elif step.kind is StepKind.SECTION or step.item != shown:
            shown = ""
        clock = step.at
    return {item: None if item in unknown else seconds for item, seconds in spent.items()}


def _worked(begin: float, end: float, pauses: Sequence[Span]) -> float:
    """The seconds from `begin` to `end` without those of the pauses in between."""
    stood = sum(Span(begin, end).shared(pause) for pause in pauses) if pauses else 0.0
    return max(0.0, end - begin - stood)


def _away(span: Span, outages: Sequence[Span]) -> bool:
    """Whether a device was away in a span, or had only just come back when it ended."""
    return any(
        span.shared(outage) > 0 or outage.begin <= span.end <= outage.end + FLUSH_SECONDS
        for outage in outages
    )
