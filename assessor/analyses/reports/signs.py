# SPDX-License-Identifier: Apache-2.0
"""What the sections on conduct share: who was named by which sign, and the rate of false alarms that is held.

No test lives here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from assessor.analyses.reports.document import (
    Document,
    coded,
)
from assessor.analyses.reports.study import Study

RATE: Final = 0.05
"""The share of false alarms that each section's control (Benjamini & Hochberg 1995) holds among its alarms."""


@dataclass(slots=True)
class Signs:
    """Which persons (rows of the study) some section named, and by which signs (codes)."""

    found: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, rows: Iterable[int], code: str) -> None:
        """Note a sign about persons."""
        for row in rows:
            self.found[int(row)].append(code)


def false_alarms() -> Document:
    """The note that says which rate is held."""
    return coded("false_alarms", rate=RATE)


def entry_refs(study: Study, rows: Iterable[int]) -> list[dict[str, str]]:
    """The entries of some rows, for links."""
    return [{"entry": study.data.persons[row].entry_id} for row in rows]


def listed_reason(reason: str | None) -> list[str]:
    """A reason as the cell of a table has it: a list, empty where there is none."""
    return [] if reason is None else [reason]
