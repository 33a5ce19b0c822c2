# SPDX-License-Identifier: Apache-2.0
"""Mantel-Haenszel tests of one right-or-wrong item between two groups. Items with more scores live in `mantel`."""

from dataclasses import dataclass
from enum import StrEnum
from math import log, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.fairness.matching import Matched

DELTA: Final = 2.35
"""ETS's delta scale: -2.35 times the logarithm of the odds ratio (Holland & Thayer 1985)."""
MODERATE: Final = 1.0
LARGE: Final = 1.5
_ONE_SIDED_05: Final = 1.6448536269514722
_ULPS: Final = (
    1e-7  # probabilities that differ by less are one, as R's fisher.test and mantelhaen.test have it
)


class Ets(StrEnum):
    """ETS's classes of DIF: negligible, moderate, large."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class MantelHaenszel:
    """Mantel-Haenszel figures of one item; None where they do not exist, with the `reason`.

    `chi2` and `p` have the continuity correction of one half, `chi2_uncorrected` and `p_uncorrected` have not; 1 degree
    of freedom. `alpha_mh` is the common odds ratio (0 to infinity), above 1 where the item favours the reference group;
    `se_log_alpha` the standard error of its logarithm; `delta_mh` = -2.35 ln alpha, below 0 where it favours the
    reference group; `se_delta`. `ets` classes |delta| alone (1 and 1.5), as the R package difR prints it;
    `ets_significance` is ETS's operational rule. `p_exact` is two-sided. `strata` are those that tell something;
    `expected_enough` is Mantel & Fleiss's criterion for the approximation by chi-square.
    """

    chi2: float | None = None
    p: float | None = None
    chi2_uncorrected: float | None = None
    p_uncorrected: float | None = None
    alpha_mh: float | None = None
    se_log_alpha: float | None = None
    delta_mh: float | None = None
    se_delta: float | None = None
    ets: Ets | None = None
    ets_significance: Ets | None = None
    p_exact: float | None = None
    strata: int = 0
    expected_enough: bool | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Tables:
    """2 x 2 tables, one entry a stratum: reference right and wrong, focal right and wrong."""

    a: NDArray[np.float64]
    b: NDArray[np.float64]
    c: NDArray[np.float64]
    d: NDArray[np.float64]

    @property
    def total(self) -> NDArray[np.float64]:
        return self.a + self.b + self.c + self.d


def mantel_haenszel(item: Matched, *, exact: bool = False) -> MantelHaenszel:
    """The Mantel-Haenszel test of an item scored 0/1 between the reference group and ONE focal group.

    Chi-square: Mantel & Haenszel (1959), J. Natl Cancer Inst. 22, p. 729; odds ratio: the same, p. 736; its variance:
    Phillips & Holland (1987), Biometrics 43, eq. 3, which is Robins, Breslow & Greenland's (1986); delta: Holland &
    Thayer (1985), ETS RR-85-43. `exact` adds the exact conditional p-value (Agresti 1992, Statist. Sci. 7, p. 139); it
    needs whole frequencies. Strata of one person, of one group or with one kind of answer add nothing. The correction is
    always one half, as Holland & Thayer and difR have it, also where the gap is smaller (R's mantelhaen.test takes the gap).
    """
    refusal = item.refusal()
    if refusal is not None:
        return MantelHaenszel(reason=refusal)
    tables = _tables(item)
    if tables.a.size == 0:
        return MantelHaenszel(reason="no_comparable_strata")
    chi2, plain, enough = _chi_square(tables)
    odds = _odds(tables)
    delta = None if odds.alpha is None else -DELTA * log(odds.alpha)
    se_delta = None if odds.se is None else DELTA * odds.se
    p_plain = _chi2_p(plain)
    return MantelHaenszel(
        chi2=chi2,
        p=_chi2_p(chi2),
        chi2_uncorrected=plain,
        p_uncorrected=p_plain,
        alpha_mh=odds.alpha,
        se_log_alpha=odds.se,
        delta_mh=delta,
        se_delta=se_delta,
        ets=None if delta is None else ets_by_size(delta),
        ets_significance=None if delta is None else ets_by_significance(delta, se_delta, _chi2_p(chi2)),
        p_exact=exact_p(tables.a, tables.b, tables.c, tables.d) if exact else None,
        strata=tables.a.size,
        expected_enough=enough,
        reason=None if delta is not None else "odds_ratio_without_bound",
    )


def ets_by_size(delta: float) -> Ets:
    """The class by |delta| alone: below 1 A, below 1.5 B, else C (Holland & Thayer 1985; the R package difR)."""
    size = abs(delta)
    if size < MODERATE:
        return Ets.A
    return Ets.B if size < LARGE else Ets.C


def ets_by_significance(delta: float, se_delta: float | None, p: float) -> Ets:
    """ETS's operational rule (Zieky 1993, pp. 342-343; Paek & Holland 2015, Psychometrika 80, p. 1106).

    A: |delta| below 1, or not significantly different from 0 (p of the chi-square above .05). C: |delta| at least 1.5 and
    significantly above 1 (one-sided, .05). B: everything else.
    """
    size = abs(delta)
    if size < MODERATE or p > 0.05:
        return Ets.A
    if size >= LARGE and se_delta is not None and size - MODERATE > _ONE_SIDED_05 * se_delta:
        return Ets.C
    return Ets.B


def _tables(item: Matched) -> _Tables:
    right = item.counts(item.scores)
    everybody = item.counts()
    wrong = everybody - right
    total = everybody.sum(axis=0)
    kept = (total > 1) & (everybody > 0).all(axis=0) & (right.sum(axis=0) > 0) & (wrong.sum(axis=0) > 0)
    return _Tables(right[0, kept], wrong[0, kept], right[1, kept], wrong[1, kept])


def _chi_square(tables: _Tables) -> tuple[float, float, bool]:
    """With and without the correction, and Mantel & Fleiss's (1980, Am. J. Epidemiol. 112, p. 129) criterion."""
    total = tables.total
    reference, right = tables.a + tables.b, tables.a + tables.c
    focal, wrong = total - reference, total - right
    expected = reference * right / total
    variance = float(np.sum(reference * focal * right * wrong / (total**2 * (total - 1))))
    gap = abs(float(np.sum(tables.a - expected)))
    lowest, highest = np.maximum(0.0, right - focal), np.minimum(reference, right)
    enough = min(float(np.sum(expected - lowest)), float(np.sum(highest - expected))) >= 5
    return (gap - 0.5) ** 2 / variance, gap**2 / variance, enough


@dataclass(frozen=True, slots=True)
class _Odds:
    alpha: float | None
    se: float | None


def _odds(tables: _Tables) -> _Odds:
    total = tables.total
    for_reference, for_focal = tables.a * tables.d / total, tables.b * tables.c / total
    upper, lower = float(for_reference.sum()), float(for_focal.sum())
    if upper <= 0 or lower <= 0:
        return _Odds(None, None)
    alpha = upper / lower
    spread = (tables.a * tables.d + alpha * tables.b * tables.c) * (
        tables.a + tables.d + alpha * (tables.b + tables.c)
    )
    return _Odds(alpha, sqrt(float(np.sum(spread / total**2)) / (2 * upper**2)))


def exact_p(
    a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64], d: NDArray[np.float64]
) -> float | None:
    """The exact two-sided p of no association in 2 x 2 x K tables, given all margins; None where a count is not whole.

    The sum of the first cells is a sum of independent hypergeometric variables; p adds up the chances of every sum that
    is no likelier than the one seen (Agresti 1992, p. 139; R's mantelhaen.test with exact = TRUE).
    """
    from scipy.special import gammaln

    counts = np.stack([a, b, c, d])
    if np.any(counts != np.round(counts)):
        return None
    chances = np.ones(1)
    lowest = 0.0
    for reference, right, focal in zip(a + b, a + c, c + d, strict=True):
        low, high = max(0.0, right - focal), min(reference, right)
        x = np.arange(low, high + 1)
        # ln C(reference, x) C(focal, right - x), up to a constant
        logs = -(
            gammaln(x + 1)
            + gammaln(reference - x + 1)
            + gammaln(right - x + 1)
            + gammaln(focal - right + x + 1)
        )
        part = np.exp(logs - logs.max())
        chances = np.convolve(chances, part / part.sum())
        lowest += low
    seen = chances[int(np.sum(a) - lowest)]
    return min(1.0, float(chances[chances <= seen * (1 + _ULPS)].sum()))


def _chi2_p(value: float) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(1, value))
