# SPDX-License-Identifier: Apache-2.0
"""One reliability for a batch, however many papers it has: alpha, alpha pooled over forms, or dependability of drawn papers.

Coefficients of one paper live in `scoring.classical`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assessor.analyses.reports.study import Study
from scoring.certainty.api import within_person
from scoring.classical.api import alpha, moments
from scoring.tables import ResponseTable

FEWEST: Final = 30


class Source(StrEnum):
    """Where a reliability comes from.

    `alpha`: everybody had the same items. `pooled_alpha`: error variances of the forms' alphas, weighted by persons, over the
    variance within forms. `dependability`: papers are taken as draws of items, the error is each person's own (Brennan 1998),
    so that a hard paper counts as error too.
    """

    ALPHA = "alpha"
    POOLED = "pooled_alpha"
    DEPENDABILITY = "dependability"


@dataclass(frozen=True, slots=True)
class Dependability:
    """A reliability of the share of the marks, or the reason why there is none."""

    value: float | None
    source: Source | None
    reason: str | None = None


def dependability(study: Study) -> Dependability:
    """The reliability that fits the papers of a batch, or why there is none: too few persons, too few items, no spread."""
    if study.persons < FEWEST:
        return Dependability(None, None, "too_few_persons")
    if study.same_paper:
        value = alpha(moments(study.table).covariances)
        return Dependability(value, Source.ALPHA, None if value is not None else "total_does_not_vary")
    return _pooled(study) or _drawn(study)


def errors(study: Study) -> NDArray[np.float64]:
    """Each person's standard error of the share of the marks, by the spread of the own items (Brennan 1998); NaN: one item."""
    if study.shares.shape[1] < 2:
        return np.full(study.persons, np.nan)
    found = within_person(study.shares, study.data.maxima)
    return np.asarray(found / (study.data.presented * study.data.maxima).sum(axis=1), dtype=np.float64)


def _pooled(study: Study) -> Dependability | None:
    error = spread = 0.0
    for number in dict.fromkeys(study.forms):
        rows, items = study.of_form(number)
        marks = study.data.marks[np.ix_(rows, items)]
        if rows.sum() < FEWEST or items.sum() < 2 or np.isnan(marks).any():
            return None
        table = ResponseTable.of(marks)
        value = alpha(moments(table).covariances)
        if value is None:
            return None
        variance = float(study.totals[rows].var(ddof=1)) * float(rows.sum())
        error += variance * (1 - value)
        spread += variance
    return Dependability(1 - error / spread, Source.POOLED) if spread > 0 else None


def _drawn(study: Study) -> Dependability:
    found = errors(study)
    known = np.isfinite(found)
    if known.sum() < FEWEST:
        return Dependability(None, None, "items_too_few")
    variance = float(study.totals[known].var(ddof=1))
    if not variance > 0:
        return Dependability(None, None, "total_does_not_vary")
    return Dependability(1 - float((found[known] ** 2).mean()) / variance, Source.DEPENDABILITY)
