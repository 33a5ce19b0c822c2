# SPDX-License-Identifier: Apache-2.0
"""Tests of an item with any scores, between two groups or among several, and differences of its mean score.

For scores of 0 and 1 they are the Mantel-Haenszel tests without the correction. Odds ratios live in `mantel_haenszel`.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.fairness.mantel_haenszel import Ets
from scoring.fairness.matching import Matched

NEGLIGIBLE: Final = 0.17
MODERATE: Final = 0.25


@dataclass(frozen=True, slots=True)
class MantelTest:
    """A chi-square with its degrees of freedom (the number of focal groups) and p, or the `reason` why there is none."""

    chi2: float | None = None
    df: int | None = None
    p: float | None = None
    strata: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """The standardised mean difference between a focal group and the reference group, in marks.

    `smd` is below 0 where the item is harder for the focal group; `se` its standard error under no DIF; `sd` the standard
    deviation of the item over both groups; `size` = smd / sd; `ets` the class by `size` and by Mantel's test.
    """

    smd: float | None = None
    se: float | None = None
    sd: float | None = None
    size: float | None = None
    ets: Ets | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Strata:
    """Per stratum: groups x strata persons and sums of scores; the mean and the variance (over n - 1) of the scores."""

    persons: NDArray[np.float64]
    sums: NDArray[np.float64]
    mean: NDArray[np.float64]
    variance: NDArray[np.float64]


def mantel(item: Matched) -> MantelTest:
    """Mantel's test of equal mean scores given the stratum, among two or more groups.

    Two groups: Mantel (1963), J. Am. Statist. Ass. 58, p. 691, eq. 2, for DIF by Zwick, Donoghue & Grima (1993), J. Educ.
    Meas. 30, p. 239. Several: Somes (1986), Am. Statist. 40, p. 106; with scores of 0 and 1 it is the generalised
    Mantel-Haenszel test (Penfield 2001; the R package difR). Without a continuity correction.
    """
    refusal = item.refusal()
    if refusal is not None:
        return MantelTest(reason=refusal)
    strata = _strata(item)
    if strata.mean.size == 0:
        return MantelTest(reason="no_comparable_strata")
    total = strata.persons.sum(axis=0)
    focal = strata.persons[1:]
    gap = np.sum(strata.sums[1:] - focal * strata.mean, axis=1)
    within = strata.variance / total
    spread = np.diag((within * total * focal).sum(axis=1)) - np.einsum("k,gk,hk->gh", within, focal, focal)
    if np.linalg.matrix_rank(spread) < gap.size:
        return MantelTest(reason="groups_not_comparable")
    from scipy.special import chdtrc

    chi2 = float(gap @ np.linalg.solve(spread, gap))
    return MantelTest(chi2, gap.size, float(chdtrc(gap.size, chi2)), strata.mean.size)


def mean_difference(item: Matched) -> MeanDifference:
    """The standardised mean difference of ONE focal group, weighted by its persons (Dorans & Schmitt 1991, ETS RR-91-47).

    Standard error: Zwick & Thayer (1996), J. Educ. Behav. Statist. 21, p. 192, by the hypergeometric variance of
    Mantel's test. Classes (ETS, in Zwick, Thayer & Mazzeo 1997, ETS RR-97-2): A where |size| is at most .17 or Mantel's
    test has p above .05, B up to .25, else C. A stratum without the reference group cannot be used; one without the focal
    group has no weight.
    """
    test = mantel(item)
    if test.p is None:
        return MeanDifference(reason=test.reason)
    persons, sums = item.counts(), item.counts(item.scores)
    both = (persons > 0).all(axis=0)
    reference, focal = persons[0, both], persons[1, both]
    share = focal / focal.sum()
    smd = float(np.sum(share * (sums[1, both] / focal - sums[0, both] / reference)))
    total = reference + focal
    mean, squares = sums[:, both].sum(axis=0) / total, item.counts(item.scores**2)[:, both].sum(axis=0)
    # The variance of the focal sum in Mantel's test, and with it of the difference of the two means.
    of_sum = (
        reference * focal * np.maximum(squares - total * mean**2, 0.0) / (total * np.maximum(total - 1, 1.0))
    )
    se = sqrt(float(np.sum(share**2 * (1 / focal + 1 / reference) ** 2 * of_sum)))
    sd = _deviation(item)
    return MeanDifference(smd, se, sd, smd / sd, _size_class(smd / sd, test.p))


def _size_class(size: float, p: float) -> Ets:
    if p > 0.05 or abs(size) <= NEGLIGIBLE:
        return Ets.A
    return Ets.B if abs(size) <= MODERATE else Ets.C


def _deviation(item: Matched) -> float:
    total = float(item.weights.sum())
    mean = float(item.weights @ item.scores) / total
    return sqrt(float(item.weights @ (item.scores - mean) ** 2) / (total - 1))


def _strata(item: Matched) -> _Strata:
    """The strata that tell something: more than one person, more than one group, more than one score."""
    persons, sums = item.counts(), item.counts(item.scores)
    total = persons.sum(axis=0)
    mean = sums.sum(axis=0) / total
    gaps = item.weights * (item.scores - mean[item.strata]) ** 2
    scatter = np.bincount(item.strata, weights=gaps, minlength=item.strata_count)
    kept = (total > 1) & ((persons > 0).sum(axis=0) > 1) & (scatter > 1e-12)
    variance = scatter[kept] / (total[kept] - 1)
    return _Strata(persons[:, kept], sums[:, kept], mean[kept], variance)
