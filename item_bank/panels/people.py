# SPDX-License-Identifier: Apache-2.0
"""What judgements on learners come to: contrasting and borderline groups, by the majority of who knows a learner. Pure."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from item_bank.panels.cuts import (
    Judgements,
    PanelOutcome,
    ScopeCut,
    agreement_of,
    object_outcomes,
    share_below,
    share_table,
)
from item_bank.panels.model import Panel, PanelMethod
from scoring.api import CREDENTIAL
from scoring.cut_scores.api import ContrastingGroups, borderline_group, contrasting_groups
from scoring.errors import StatisticsError


def of_people(
    panel: Panel, judges: tuple[str, ...], judgements: Judgements, changed: int | None
) -> PanelOutcome:
    """A round on learners: each stands where more than half of the judges who know them put them.

    For contrasting groups the border holds everybody whom no majority puts in a group; for the borderline group only those whom
    a majority puts there.
    """
    table = share_table(panel, judges, judgements)
    known = (~np.isnan(table)).sum(axis=0)
    masters, others, between = ((table == said).sum(axis=0) * 2 > known for said in (1, 0, 0.5))
    if panel.method is not PanelMethod.BORDERLINE_GROUP:
        between = (known > 0) & ~masters & ~others
    found, why = agreement_of(table[:, known == len(judges)])
    made = PanelOutcome(
        method=panel.method,
        judges=judges,
        cuts=(),
        objects=object_outcomes(panel, table),
        agreement=found,
        reason=why,
        outliers=(),
        changed=changed,
        masters=int(masters.sum()),
        others=int(others.sum()),
        border=int(between.sum()),
    )
    scores = np.array([float(Fraction(one.facts.score)) for one in panel.objects])
    if panel.method is PanelMethod.BORDERLINE_GROUP:
        return _borderline(panel, made, scores[between], judged=int((known > 0).sum()))
    return _contrasting(
        panel, made, scores[masters], scores[others], scores[between], judged=int((known > 0).sum())
    )


def _contrasting(
    panel: Panel,
    made: PanelOutcome,
    masters: NDArray[np.float64],
    others: NDArray[np.float64],
    between: NDArray[np.float64],
    *,
    judged: int,
) -> PanelOutcome:
    share, error, groups, reason = _contrast(masters, others)
    median = borderline_group(between).cut if len(between) > 1 else None
    cut = _cut(panel, share, error, judged=judged, median=median, reason=reason)
    return replace(made, cuts=(cut,), groups=groups)


def _borderline(
    panel: Panel, made: PanelOutcome, between: NDArray[np.float64], *, judged: int
) -> PanelOutcome:
    if len(between) < 2:
        return replace(made, cuts=(_cut(panel, None, None, judged=judged, median=None, reason="border_few"),))
    found = borderline_group(between)
    # of a median: sqrt(pi / 2) as large as of a mean
    error = found.standard_error * sqrt(pi / 2)
    cut = _cut(panel, found.cut, error, judged=judged, median=found.cut, reason=None)
    return replace(made, cuts=(cut,), borderline=found)


def _cut(
    panel: Panel,
    share: float | None,
    error: float | None,
    *,
    judged: int,
    median: float | None,
    reason: str | None,
) -> ScopeCut:
    return ScopeCut(
        scope=CREDENTIAL,
        share=share,
        median=median,
        standard_error=error,
        by_judge=(),
        objects=judged,
        covered=Fraction(1),
        below=share_below(panel, CREDENTIAL, share),
        reason=reason,
    )


def _contrast(
    masters: NDArray[np.float64], others: NDArray[np.float64]
) -> tuple[float | None, float | None, ContrastingGroups | None, str | None]:
    """The cut, its error, all ways to cut, why there is none: by logistic regression, or midway between groups apart."""
    try:
        found = contrasting_groups(masters, others)
    except StatisticsError as error:
        return None, None, None, error.code
    if found.logistic.cut is not None:
        return min(max(found.logistic.cut, 0.0), 1.0), found.logistic.standard_error, found, None
    if found.logistic.reason == "groups_separate":
        return float(masters.min() + others.max()) / 2, None, found, "groups_separate"
    return None, None, found, found.logistic.reason
