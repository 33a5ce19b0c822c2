# SPDX-License-Identifier: Apache-2.0
"""Reliability of a sum score from the covariances of its items: alpha and its intervals, Kuder-Richardson, Guttman's bounds.

Each figure is shown as it comes out, below zero as well. Factor models do not live here (`one_factor`), nor do splits
(`splits`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.classical.moments import Moments

LEVEL: Final = 0.95


_OF_CORRELATIONS: Final = (
    "alpha_standardised",
    "lambda2_standardised",
    "lambda6_standardised",
    "mean_correlation",
)


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval at `level`."""

    low: float
    high: float
    level: float = LEVEL


@dataclass(frozen=True, slots=True)
class Reliability:
    """Coefficients of one sum score; None where `reasons` says why, under the name of the member."""

    alpha: float | None
    alpha_standardised: float | None
    alpha_feldt: Interval | None
    alpha_duhachek: Interval | None
    kr20: float | None
    kr21: float | None
    kr21_sample: float | None
    lambda1: float | None
    lambda2: float | None
    lambda5: float | None
    lambda6: float | None
    lambda2_standardised: float | None
    lambda6_standardised: float | None
    sem: float | None
    mean_correlation: float | None
    length_for_080: float | None
    reasons: dict[str, str]


def alpha(covariances: NDArray[np.float64]) -> float | None:
    """Cronbach's alpha, k / (k - 1) * (1 - sum of the variances / variance of the sum); Cronbach (1951).

    `covariances` is items x items. None with one item, or where the sum does not vary or is unknown.
    """
    k = covariances.shape[0]
    total = float(covariances.sum())
    if k < 2 or not total > 0:
        return None
    return float(k / (k - 1) * (1 - np.trace(covariances) / total))


def alpha_if_deleted(covariances: NDArray[np.float64]) -> tuple[float | None, ...]:
    """Alpha of the other items, for each item; None where fewer than two others remain or they do not vary."""
    k = covariances.shape[0]
    others = [np.delete(np.arange(k), item) for item in range(k)]
    return tuple(alpha(covariances[np.ix_(rest, rest)]) for rest in others)


def feldt_interval(coefficient: float, *, n: float, k: int, level: float = LEVEL) -> Interval | None:
    """The interval of alpha from the F distribution with n - 1 and (n - 1)(k - 1) degrees of freedom; Feldt (1965).

    It supposes essentially tau-equivalent items with normal errors. None for alpha = 1.
    """
    from scipy.stats import f

    if not coefficient < 1:
        return None
    tail = (1 - level) / 2
    low, high = f.ppf([1 - tail, tail], n - 1, (n - 1) * (k - 1))
    return Interval(float(1 - (1 - coefficient) * low), float(1 - (1 - coefficient) * high), level)


def duhachek_interval(
    coefficient: float, covariances: NDArray[np.float64], *, n: float, level: float = LEVEL
) -> Interval:
    """The normal interval of alpha by its asymptotic variance; van Zyl, Neudecker & Nel (2000); Duhachek & Iacobucci (2004).

    It needs no tau-equivalence. `covariances` is items x items.
    """
    from scipy.stats import norm

    k = covariances.shape[0]
    total = covariances.sum()
    trace = np.trace(covariances)
    square = covariances @ covariances
    spread = total * (np.trace(square) + trace**2) - 2 * trace * square.sum()
    error = float(np.sqrt(max(0.0, 2 * k**2 / ((k - 1) ** 2 * total**3) * spread / n)))
    reach = float(norm.ppf((1 + level) / 2)) * error
    return Interval(coefficient - reach, coefficient + reach, level)


def kr21(mean: float, variance: float, k: int) -> float | None:
    """Kuder & Richardson (1937), formula 21, items taken as equally hard: k / (k - 1) * (1 - mean (k - mean) / (k var))."""
    if k < 2 or not variance > 0:
        return None
    return k / (k - 1) * (1 - mean * (k - mean) / (k * variance))


def guttman_bounds(
    covariances: NDArray[np.float64],
) -> tuple[float | None, float | None, float | None, float | None]:
    """Guttman (1945): lambda 1, 2, 5 and 6 (lambda 3 is alpha, lambda 4 the best split); None where they do not exist.

    Lambda 6 takes the part of each item that the others do not explain: 1 / the diagonal of the inverse.
    """
    total = float(covariances.sum())
    k = covariances.shape[0]
    if k < 2 or not total > 0:
        return None, None, None, None
    first = float(1 - np.trace(covariances) / total)
    off = covariances - np.diag(covariances.diagonal())
    squares = (off**2).sum(axis=0)
    second = first + float(np.sqrt(k / (k - 1) * squares.sum())) / total
    fifth = first + 2 * float(np.sqrt(squares.max())) / total
    if np.linalg.matrix_rank(covariances, hermitian=True) < k:
        return first, second, fifth, None
    residuals = 1 / np.linalg.inv(covariances).diagonal()
    return first, second, fifth, float(1 - residuals.sum() / total)


def spearman_brown(reliability: float, factor: float) -> float | None:
    """The reliability of a test `factor` times as long; Spearman (1910), Brown (1910). None where the formula has its pole."""
    below = 1 + (factor - 1) * reliability
    return factor * reliability / below if below != 0 else None


def length_for(reliability: float, goal: float) -> float | None:
    """How many times as long the test must be to reach `goal` (0-1), by Spearman-Brown turned round; None unless 0 < r < 1."""
    return goal * (1 - reliability) / (reliability * (1 - goal)) if 0 < reliability < 1 else None


def reliability(moments: Moments, *, binary: bool, level: float = LEVEL) -> Reliability:
    """Every coefficient that the moments of a test allow.

    The intervals take `Moments.smallest_n` as n: with gaps they say no more than the thinnest pair does.
    """
    found = moments.covariances
    total = moments.total_variance
    reason = _why_not(moments)
    if reason is not None:
        members = tuple(field.name for field in fields(Reliability) if field.name != "reasons")
        nothing: dict[str, None] = dict.fromkeys(members)
        return Reliability(**nothing, reasons=dict.fromkeys(members, reason))
    value = alpha(found) or 0.0
    n, k = moments.smallest_n, moments.k
    reasons: dict[str, str] = {}
    first, second, fifth, sixth = guttman_bounds(found)
    if sixth is None:
        reasons["lambda6"] = "covariances_singular"
    mean = float(moments.means.sum())
    if not binary:
        reasons |= dict.fromkeys(("kr20", "kr21", "kr21_sample"), "not_binary")
    correlations = _correlations(moments)
    standardised = None if correlations is None else alpha(correlations)
    _, second_r, _, sixth_r = (None,) * 4 if correlations is None else guttman_bounds(correlations)
    if standardised is None:
        reasons |= dict.fromkeys(_OF_CORRELATIONS, "item_does_not_vary")
    elif sixth_r is None:
        reasons["lambda6_standardised"] = "covariances_singular"
    longer = length_for(value, 0.8)
    if longer is None:
        reasons["length_for_080"] = "alpha_not_between_0_and_1"
    feldt = feldt_interval(value, n=n, k=k, level=level)
    if feldt is None:
        reasons["alpha_feldt"] = "alpha_not_between_0_and_1"
    return Reliability(
        alpha=value,
        alpha_standardised=standardised,
        alpha_feldt=feldt,
        alpha_duhachek=duhachek_interval(value, found, n=n, level=level),
        kr20=value if binary else None,
        kr21=kr21(mean, total * (n - 1) / n, k) if binary else None,
        kr21_sample=kr21(mean, total, k) if binary else None,
        lambda1=first,
        lambda2=second,
        lambda5=fifth,
        lambda6=sixth,
        lambda2_standardised=second_r,
        lambda6_standardised=sixth_r,
        sem=float(np.sqrt(total * max(0.0, 1 - value))),
        mean_correlation=None if correlations is None else float((correlations.sum() - k) / (k * (k - 1))),
        length_for_080=longer,
        reasons=reasons,
    )


def _why_not(moments: Moments) -> str | None:
    if moments.k < 2:
        return "one_item"
    if np.isnan(moments.total_variance):
        return "pair_never_seen_together"
    return None if moments.total_variance > 0 else "total_does_not_vary"


def _correlations(moments: Moments) -> NDArray[np.float64] | None:
    """The covariances of the standardised items; None where an item does not vary."""
    if not (moments.variances > 0).all():
        return None
    deviations = np.sqrt(moments.variances)
    return np.asarray(moments.covariances / np.outer(deviations, deviations))
