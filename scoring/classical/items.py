# SPDX-License-Identifier: Apache-2.0
"""Difficulty and discrimination of items. Options of an item do not live here (`options`), nor does reliability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.classical.groups import KELLEY, upper_lower, upper_lower_index
from scoring.classical.moments import Moments, correlation
from scoring.classical.reliability import Interval, alpha_if_deleted
from scoring.tables import ResponseTable

# Ebel & Frisbie (1991): how good an item of this discrimination index is, from the bound on
EBEL: Final = ((0.40, "very_good"), (0.30, "reasonably_good"), (0.20, "marginal"))
POOR: Final = "poor"
_OF_GROUPS: Final = ("discrimination_27", "discrimination_27_rest", "ebel")


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """What classical analysis says about one item.

    `difficulty` is the mean score in marks (for 0/1 items the share of right answers), with its standard error;
    `facility` is the mean over the highest score, in per cent (Moodle); `sd` has the denominator n - 1. `item_total` is
    Pearson's correlation with the sum score, the item included; `item_rest` without it ("corrected"), with its interval by
    Fisher's z;
    for 0/1 items they are the point-biserial correlations, and `biserial_total` and `biserial_rest` suppose a normal trait
    behind the item. `discrimination_27` is the mean share of the marks in the upper less that in the lower 27 % by the total
    score, `discrimination_27_rest` by the rest of the test; `ebel` names the class of the former. `upper_lower_index` is the
    ULI of thirds by the total score.
    `discrimination_index`, `discriminative_efficiency`, `intended_weight` and `effective_weight` are Moodle's, in per cent.
    `reliability_index` is sd times item_total (Gulliksen 1950). None where `reasons` says why.
    """

    item: str
    n: float
    difficulty: float
    difficulty_error: float | None
    facility: float | None
    sd: float | None
    item_total: float | None
    item_rest: float | None
    item_rest_interval: Interval | None
    biserial_total: float | None
    biserial_rest: float | None
    discrimination_27: float | None
    discrimination_27_rest: float | None
    upper_lower_index: float | None
    ebel: str | None
    alpha_if_deleted: float | None
    reliability_index: float | None
    discrimination_index: float | None
    discriminative_efficiency: float | None
    intended_weight: float | None
    effective_weight: float | None
    reasons: dict[str, str]


def rest_scores(table: ResponseTable, item: int | None = None) -> NDArray[np.float64]:
    """The sum of a person's scores, without the item at `item` if one is given; in marks, one value per person.

    Where scores are missing, the sum of those that are there is raised to the whole test by the highest scores of the items
    (a share of what was in reach); NaN where nothing else is there.
    """
    others = np.ones(len(table.items), dtype=np.bool_)
    if item is not None:
        others[item] = False
    scores = table.scores[:, others]
    sums: NDArray[np.float64] = np.asarray(np.nansum(scores, axis=1), dtype=np.float64)
    seen = ~np.isnan(scores)
    if seen.all():
        return sums
    maxima = np.nanmax(table.scores, axis=0)[others]
    within = seen @ maxima
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(within > 0, sums * (maxima.sum() / within), np.nan)


def biserial(point_biserial: float, difficulty: float) -> float | None:
    """The biserial correlation from the point-biserial one, r sqrt(p q) / the normal density at the quantile of p.

    Pearson (1909). It may lie outside -1 … 1 where the trait is not normal; None where everybody or nobody is right.
    """
    from scipy.stats import norm

    if not 0 < difficulty < 1:
        return None
    height = float(norm.pdf(norm.ppf(difficulty)))
    return point_biserial * float(np.sqrt(difficulty * (1 - difficulty))) / height


def ebel_class(index: float) -> str:
    """How good an item of this discrimination index (-1 … 1) is; Ebel & Frisbie (1991)."""
    return next((name for bound, name in EBEL if index >= bound - 1e-12), POOR)


def fisher_interval(r: float, n: float, *, level: float = 0.95) -> Interval | None:
    """The interval of a correlation by Fisher's (1921) z; None with n <= 3 or |r| = 1."""
    from scipy.stats import norm

    if n <= 3 or abs(r) >= 1:
        return None
    reach = float(norm.ppf((1 + level) / 2)) / np.sqrt(n - 3)
    middle = np.arctanh(r)
    return Interval(float(np.tanh(middle - reach)), float(np.tanh(middle + reach)), level)


def greatest_covariance(
    x: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64]
) -> float:
    """The covariance (denominator n - 1) of x and y if the person with the highest x had the highest y, and so on.

    With frequencies the two weighted distributions are laid against each other in ascending order.
    """
    n = weights.sum()
    by_x, by_y = np.argsort(x, kind="stable"), np.argsort(y, kind="stable")
    up_x, up_y = np.cumsum(weights[by_x]), np.cumsum(weights[by_y])
    edges = np.union1d(up_x, up_y)
    steps = np.diff(np.concatenate(([0.0], edges)))
    middles = edges - steps / 2
    last = len(x) - 1
    sorted_x = x[by_x][np.minimum(np.searchsorted(up_x, middles), last)]
    sorted_y = y[by_y][np.minimum(np.searchsorted(up_y, middles), last)]
    means = steps @ sorted_x / n, steps @ sorted_y / n
    return float(steps @ ((sorted_x - means[0]) * (sorted_y - means[1])) / (n - 1))


def item_figures(table: ResponseTable, moments: Moments) -> tuple[ItemFigures, ...]:
    """The figures of every item, in order; `moments` are those of the same table."""
    deleted = alpha_if_deleted(moments.covariances)
    with_total = moments.covariances.sum(axis=1)
    roots = np.sqrt(np.where(with_total > 0, with_total, 0.0))
    whole = float(roots.sum()) if np.isfinite(with_total).all() else 0.0
    marks = float(moments.maxima.sum())
    totals = rest_scores(table)
    return tuple(
        _figures(
            table,
            moments,
            place,
            totals=totals,
            deleted=deleted[place],
            intended=100 * float(moments.maxima[place]) / marks if marks > 0 else None,
            effective=100 * float(roots[place]) / whole if whole > 0 and with_total[place] >= 0 else None,
        )
        for place in range(moments.k)
    )


def _figures(
    table: ResponseTable,
    moments: Moments,
    place: int,
    *,
    totals: NDArray[np.float64],
    deleted: float | None,
    intended: float | None,
    effective: float | None,
) -> ItemFigures:
    total = moments.total_variance
    variance = float(moments.variances[place])
    with_total = float(moments.covariances[place].sum())
    rest_variance = total - 2 * with_total + variance
    item_total = correlation(with_total, variance, total)
    item_rest = correlation(with_total - variance, variance, rest_variance) if moments.k > 1 else None
    n = float(moments.counts[place, place])
    mean, highest = float(moments.means[place]), float(moments.maxima[place])
    binary = bool(np.isin(table.categories(place), (0.0, 1.0)).all())
    kept, scores, rest = _with_rest(table, place)
    weights, whole = table.weights[kept], totals[kept]
    kelley = kelley_rest = index = efficiency = None
    if scores.size > 1 and moments.k > 1 and weights.sum() > 1:
        kelley = upper_lower(scores, whole, weights, share=KELLEY, highest=highest)
        kelley_rest = upper_lower(scores, rest, weights, share=KELLEY, highest=highest)
        index = upper_lower_index(scores, whole, weights)
        efficiency = _efficiency(scores, rest, weights)
    error = np.sqrt(mean * (1 - mean) / n) if binary else np.sqrt(variance / n) if variance >= 0 else None
    figures = ItemFigures(
        item=table.items[place],
        n=n,
        difficulty=mean,
        difficulty_error=None if error is None else float(error),
        facility=100 * mean / highest if highest > 0 else None,
        sd=float(np.sqrt(variance)) if variance >= 0 else None,
        item_total=item_total,
        item_rest=item_rest,
        item_rest_interval=None if item_rest is None else fisher_interval(item_rest, moments.smallest_n),
        biserial_total=biserial(item_total, mean) if binary and item_total is not None else None,
        biserial_rest=biserial(item_rest, mean) if binary and item_rest is not None else None,
        discrimination_27=kelley,
        discrimination_27_rest=kelley_rest,
        upper_lower_index=index,
        ebel=None if kelley is None else ebel_class(kelley),
        alpha_if_deleted=deleted,
        reliability_index=None if item_total is None else float(np.sqrt(variance)) * item_total,
        discrimination_index=None if item_rest is None else 100 * item_rest,
        discriminative_efficiency=efficiency,
        intended_weight=intended,
        effective_weight=effective,
        reasons={},
    )
    figures.reasons.update(_reasons(figures, moments, place, binary=binary))
    return figures


def _with_rest(
    table: ResponseTable, place: int
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Who has the item and anything beside it; their scores on it; their scores on the rest."""
    rest = rest_scores(table, place)
    kept = ~np.isnan(table.scores[:, place]) & ~np.isnan(rest)
    return kept, table.scores[kept, place], rest[kept]


def _efficiency(
    scores: NDArray[np.float64], rest: NDArray[np.float64], weights: NDArray[np.float64]
) -> float | None:
    """Moodle's discriminative efficiency: 100 times the covariance with the rest over the greatest that it could be."""
    greatest = greatest_covariance(scores, rest, weights)
    if not greatest > 1e-12:
        return None
    n = weights.sum()
    means = weights @ scores / n, weights @ rest / n
    return 100 * float(weights @ ((scores - means[0]) * (rest - means[1])) / (n - 1)) / greatest


def _reasons(figures: ItemFigures, moments: Moments, place: int, *, binary: bool) -> dict[str, str]:
    """Why each member that is None is None."""
    variance = float(moments.variances[place])
    if moments.k == 1:
        general = "one_item"
    elif not np.isfinite(moments.covariances[place]).all() or np.isnan(moments.total_variance):
        general = "pair_never_seen_together"
    elif not variance > 0:
        general = "item_does_not_vary"
    else:
        general = "rest_does_not_vary"
    special = {
        "effective_weight": "negative_covariance_with_total" if general == "rest_does_not_vary" else general,
        "facility": "no_marks_reached",
        "intended_weight": "no_marks_reached",
        "item_rest_interval": general if figures.item_rest is None else "too_few_persons",
        "alpha_if_deleted": "fewer_than_three_items" if moments.k < 3 else general,
        **({} if figures.facility else dict.fromkeys(_OF_GROUPS, general)),
        **({} if binary else dict.fromkeys(("biserial_total", "biserial_rest"), "not_binary")),
        "upper_lower_index": general if general != "rest_does_not_vary" else "groups_not_apart",
    }
    return {
        name: special.get(name, general)
        for name in ItemFigures.__slots__
        if name != "reasons" and getattr(figures, name) is None
    }
