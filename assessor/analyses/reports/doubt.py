# SPDX-License-Identifier: Apache-2.0
"""The section on who is in doubt, on which PCs, what would settle it, and whether the verdict hangs on it.

It changes no verdict.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

import numpy as np

from assessor.analyses.reports.dependability import errors
from assessor.analyses.reports.document import (
    Section,
    coded,
    column,
    figure,
    table,
)
from assessor.analyses.reports.evidence import Criterion
from assessor.analyses.reports.study import Bars, Study, bars_of
from scoring.api import Level, required
from scoring.certainty.api import (
    Advice,
    Borderline,
    BorderlineScore,
    borderline_score,
)


def verdict_code(study: Study, person: int) -> str:
    """What the newest result says of a person (a row)."""
    passed = study.data.persons[person].passed
    return "no_result" if passed is None else "passed" if passed else "failed"


def borderline_section(study: Study, criteria: tuple[Criterion, ...]) -> Section:
    """Who is in doubt, on which PCs, what would settle it, and whether the verdict hangs on it."""
    bars = bars_of(study.data)
    must = _must(study)
    total_counts = bars.total is not None and "" in must
    error = errors(study)
    rows, refs = [], []
    settled = hanging = 0
    for person, one in enumerate(study.data.persons):
        told = [(criterion, criterion.told(person)) for criterion in criteria]
        doubtful = [(criterion, found) for criterion, found in told if found is not None and found.in_doubt]
        score = None
        if bars.cut is not None and np.isfinite(error[person]):
            score = borderline_score(
                float(study.totals[person]), float(bars.cut), standard_error=float(error[person])
            )
        if not doubtful and (score is None or not score.in_doubt):
            settled += 1
            continue
        hangs = _hangs(one.passed, told, must, score if total_counts else None)
        hanging += hangs
        advice = Counter(found.advice for _, found in doubtful)
        refs.append({"entry": one.entry_id})
        rows.append(
            [
                one.label,
                verdict_code(study, person),
                hangs,
                float(study.totals[person]),
                None if not np.isfinite(error[person]) else float(error[person]),
                None if score is None else score.chance,
                ", ".join(criterion.printed for criterion, _ in doubtful),
                advice[Advice.MORE_ITEMS],
                sum(found.likely or 0 for _, found in doubtful if found.advice is Advice.MORE_ITEMS),
                advice[Advice.VIVA],
                ", ".join(
                    criterion.printed for criterion, found in told if found is not None and found.against_rule
                ),
                _score_reasons(bars, score),
            ]
        )
    order = sorted(range(len(rows)), key=lambda place: (not rows[place][2], place))
    section = Section("borderline")
    section.figures = [
        figure("persons_settled", settled, "count"),
        figure("persons_in_doubt", len(rows), "count"),
        figure("verdict_hangs", hanging, "count"),
    ]
    section.notes = [coded("sure", share=0.8), coded("advice_changes_no_verdict")]
    section.notes.extend(bars.notes)
    section.table = table(
        _DOUBT_COLUMNS, [rows[place] for place in order], refs=[refs[place] for place in order]
    )
    return section


_DOUBT_COLUMNS: Final = (
    column("person", "person"),
    column("verdict", "code"),
    column("verdict_hangs", "yes_no"),
    column("share_of_marks", "share"),
    column("standard_error", "share"),
    column("chance_above_bar", "share"),
    column("criteria_in_doubt", "text"),
    column("criteria_for_items", "count"),
    column("more_items", "count"),
    column("criteria_for_viva", "count"),
    column("against_rule", "text"),
    column("reasons", "reasons"),
)


def _score_reasons(bars: Bars, score: BorderlineScore | None) -> list[str]:
    if bars.cut is None:
        return ["no_total_bar"]
    if score is None:
        return ["few_items"]
    return [] if score.chance is not None else [score.reason]


def _must(study: Study) -> set[str]:
    """The PCs that the rule cannot be met without, by id, and "" for the bar of the whole."""
    found = set()
    for node in required(study.data.credential.rule.root):
        scope = getattr(node, "scope", None)
        if scope is not None and scope.level is Level.PC:
            found.add(scope.name)
        elif scope is not None and scope.level is Level.CREDENTIAL:
            found.add("")
    return found


def _hangs(
    passed: bool | None,  # noqa: FBT001 - a verdict
    told: list[tuple[Criterion, Borderline | None]],
    must: set[str],
    score: BorderlineScore | None,
) -> bool:
    """Whether the doubt could turn the verdict, as far as the theory items tell.

    Who passes hangs on every doubtful part that is needed; who fails does not where one needed part is settled against him.
    """
    needed = [found for criterion, found in told if found is not None and criterion.pc in must]
    doubt = any(found.in_doubt for found in needed) or (score is not None and score.in_doubt)
    if not must:
        return any(found is not None and found.in_doubt for _, found in told)
    lost = any(found.reason == "settled_not_met" for found in needed)
    lost = lost or (score is not None and score.reason == "settled_not_met")
    return doubt if passed is not False else doubt and not lost
