# SPDX-License-Identifier: Apache-2.0
"""The making of a report, for who has the data at hand. What a report says is in `reports`."""

from __future__ import annotations

from typing import Any

from assessor.analyses.data import BatchData
from assessor.analyses.model import Progress, ReportKind


def make_report(kind: ReportKind, data: BatchData, *, progress: Progress) -> dict[str, Any]:
    """The report of a kind as a JSON document, without names; the same data make the same document.

    `progress` is told each step and may raise `Cancelled`. Raises ScoringError where the methods refuse the data.
    """
    from assessor.analyses.reports import making  # all of the statistics, which no start of the program needs

    return making.make_report(kind, data, progress=progress)
