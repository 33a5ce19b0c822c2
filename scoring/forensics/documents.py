# SPDX-License-Identifier: Apache-2.0
"""Reports of forensics as JSON can hold them, with the names of persons and items; no sentences."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.forensics.calibration import Calibration
from scoring.forensics.fitting import FittedOptions
from scoring.forensics.options import Answers
from scoring.forensics.pairs import Pair, PairMethod, PairsReport


def pairs_document(
    report: PairsReport,
    answers: Answers,
    *,
    fitted: FittedOptions | None = None,
    groups: Sequence[object] | None = None,
    calibration: Calibration | None = None,
) -> dict[str, object]:
    """The report with names; `groups` gives the group of each person (the same of both in every tested pair)."""
    return {
        "method": report.method.value,
        "directed": report.method.directed,
        "model": None if fitted is None else fitted.chances.kind.value,
        "reason": None if fitted is None else fitted.reason,
        "persons": len(answers.persons),
        "items": len(answers.items),
        "tests": report.tests,
        "tests_done_exactly": report.exact,
        "tests_impossible": report.skipped,
        "control": report.rule.control.value,
        "rate": report.rule.rate,
        "pairs": [_pair(report.method, pair, answers, groups) for pair in report.pairs],
        "clusters": [[answers.persons[row] for row in cluster] for cluster in report.clusters],
        "asked": [_pair(report.method, pair, answers, groups) for pair in report.asked],
        "honest_sittings": None
        if calibration is None
        else {
            "sittings": calibration.sittings,
            "with_alarm": calibration.with_alarm,
            "alarms": calibration.alarms,
            "share_with_alarm": calibration.with_alarm / calibration.sittings,
            "share_upper_95": calibration.upper,
        },
    }


def _pair(
    method: PairMethod, pair: Pair, answers: Answers, groups: Sequence[object] | None
) -> dict[str, object]:
    names = answers.persons[pair.first], answers.persons[pair.second]
    same_group = groups is not None and groups[pair.first] == groups[pair.second]
    document: dict[str, object] = {"first": names[0], "second": names[1]}
    if method.directed:
        document |= {"copier": names[0], "source": names[1]}
    document |= {
        "p": pair.p,
        "p_exact": pair.p_exact,
        "p_adjusted": pair.p_adjusted,
        "flagged": pair.flagged,
        "matches": pair.matches,
        "compared": pair.compared,
        "expected": pair.expected,
        "sd": pair.sd,
        "statistic": pair.statistic,
        "same_right": pair.same_right,
        "same_wrong": pair.same_wrong,
        "longest_run": pair.longest_run,
    }
    if groups is not None:
        group = groups[pair.first] if same_group else None
        document["group"] = list(group) if isinstance(group, tuple) else group
    if pair.same_wrong_items is not None:
        document["same_wrong_items"] = [answers.items[item] for item in pair.same_wrong_items]
    return document
