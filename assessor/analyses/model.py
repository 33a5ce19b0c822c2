# SPDX-License-Identifier: Apache-2.0
"""The kinds of reports on a batch, where a report stands, and how its making tells how far it is. Pure.

What a report is made from is in `data`, the reports themselves in `reports`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from core.errors import Conflict

WHOLE: Final = 1_000
"""Progress is stored in thousandths."""
LONGEST_STAGE: Final = 64
DIGEST_LENGTH: Final = 71
"""Of "sha256:" and 64 hex digits."""
SILENCE: Final = timedelta(seconds=60)
"""A job that was not heard of for so long was cut off, and another takes its report up."""

Progress = Callable[[float, str], None]
"""Takes how much is done (0 to 1) and the code of the stage; raises Cancelled when somebody asked to stop."""


class Cancelled(Exception):
    """The report was stopped between two steps, because a person asked for it."""


class ReportKind(StrEnum):
    """What a report looks at."""

    ITEMS = "items"
    PAPER = "paper"
    CERTAINTY = "certainty"
    MODEL = "model"
    DIAGNOSIS = "diagnosis"
    FAIRNESS = "fairness"
    FORMS = "forms"
    FORENSICS = "forensics"

    @property
    def about_conduct(self) -> bool:
        """Whether it is about the conduct of single persons, which an awarding body does not read."""
        return self is ReportKind.FORENSICS


class ReportState(StrEnum):
    """Where a report stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def under_way(self) -> bool:
        """Whether something is still to come."""
        return self in {ReportState.QUEUED, ReportState.RUNNING}


REPORT_TRANSITIONS: Mapping[ReportState, frozenset[ReportState]] = MappingProxyType(
    {
        # a job that was running when the program stopped goes back into the queue
        ReportState.QUEUED: frozenset({ReportState.RUNNING, ReportState.CANCELLED}),
        ReportState.RUNNING: frozenset(
            {ReportState.QUEUED, ReportState.DONE, ReportState.FAILED, ReportState.CANCELLED}
        ),
        ReportState.DONE: frozenset(),
        ReportState.FAILED: frozenset(),
        ReportState.CANCELLED: frozenset(),
    }
)


def move_report(before: ReportState, after: ReportState) -> ReportState:
    """`after`, if a report may go there from `before`; else Conflict `report_settled` (facts state)."""
    if after not in REPORT_TRANSITIONS[before]:
        raise Conflict("report_settled", state=before.value)
    return after


def thousandths(share: float) -> int:
    """A share of 0 to 1 as it is stored; what lies outside is cut off, and what is no number is 0."""
    return min(max(int(share * WHOLE), 0), WHOLE) if share == share else 0  # noqa: PLR0124 - NaN alone is unequal


def document_digest(document: Mapping[str, Any]) -> str:
    """``sha256:`` and the hash of a report's document, floats as Python writes them: its numbers are estimates, not marks.

    Raises ValueError for a number that is not finite.
    """
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def person_label(number: int, *, of: int) -> str:
    """What reports call the entry that was enrolled as number `number` of `of`: "Candidate 012"."""
    return f"Candidate {number:0{max(3, len(str(of)))}d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchStanding:
    """How far a batch is: its entries, how many of them were handed in, absent or withdrawn, and the open sittings.

    An open sitting is one that takes place and whose time is not over.
    """

    entries: int
    handed_in: int
    absent: int
    withdrawn: int
    open_sittings: int

    @property
    def outstanding(self) -> int:
        """Entries of which nobody knows yet how they end."""
        return self.entries - self.handed_in - self.absent - self.withdrawn

    @property
    def closed(self) -> bool:
        """Nobody of the batch can answer any more."""
        return self.entries > 0 and self.outstanding == 0 and self.open_sittings == 0
