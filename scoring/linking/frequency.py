# SPDX-License-Identifier: Apache-2.0
"""Score distributions of a synthetic population, given the anchor, and what is made of them. Smoothing lives elsewhere."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.linking.equipercentile import equate, percentile_ranks, scores_at
from scoring.linking.linear import Moments
from scoring.linking.scores import Distribution, Joint


@dataclass(frozen=True, slots=True, eq=False)
class Synthetic:
    """The distributions of X and Y in the synthetic population; `weight` is the share of the population of X in it.

    `unseen` is the share of the population of Y (for X) or of X (for Y) whose anchor score nobody on the other form has,
    the larger of the two: what the estimate knows nothing about.
    """

    x: Distribution
    y: Distribution
    weight: float
    unseen: float


def synthetic(x: Joint, y: Joint, *, weight: float) -> Synthetic:
    """Frequency estimation: the distribution of a form given the anchor is taken to be the same in both populations.

    Source: Kolen & Brennan (2014), eq. 5.10-5.11, in relative frequencies. Anchor scores that nobody on a form has are left
    out for it, and the rest is scaled to 1. StatisticsError: `anchor_scales`, `anchors_apart`.
    """
    if x.anchors != y.anchors:
        raise StatisticsError("anchor_scales", x=x.anchors.high, y=y.anchors.high)
    h_x, h_y = x.anchor.shares, y.anchor.shares
    unseen = max(float(h_y[h_x == 0].sum()), float(h_x[h_y == 0].sum()))
    if unseen >= 1:
        raise StatisticsError("anchors_apart")
    return Synthetic(
        _mixed(x, own=weight, other=h_y),
        _mixed(y, own=1 - weight, other=h_x),
        weight,
        unseen,
    )


def _mixed(form: Joint, *, own: float, other: NDArray[np.float64]) -> Distribution:
    """The distribution of a form where a share `own` of the population has its anchor scores, the rest the `other` ones."""
    seen = form.counts.sum(axis=0)
    given = np.divide(form.counts, seen, out=np.zeros_like(form.counts), where=seen > 0)
    there = given @ other
    shares = own * form.total.shares + (1 - own) * there / there.sum()
    return Distribution(form.totals, shares * form.n)


def frequency_estimation(x: Joint, y: Joint, *, weight: float) -> tuple[NDArray[np.float64], Synthetic]:
    """The equipercentile equivalents in the synthetic population, one for each score of X's scale."""
    both = synthetic(x, y, weight=weight)
    return equate(x.totals.points, both.x, both.y), both


def braun_holland(x: Joint, y: Joint, *, weight: float) -> Moments:
    """The moments of the synthetic distributions (Braun & Holland 1982; Kolen & Brennan 2014, eq. 5.19-5.20)."""
    both = synthetic(x, y, weight=weight)
    return Moments(both.x.mean, both.y.mean, sqrt(both.x.variance), sqrt(both.y.variance), weight)


def chained_equipercentile(x: Joint, y: Joint) -> NDArray[np.float64]:
    """X to V in the group of X, then V to Y in the group of Y, by percentile ranks (Kolen & Brennan 2014, p. 145).

    StatisticsError: `anchor_scales`.
    """
    if x.anchors != y.anchors:
        raise StatisticsError("anchor_scales", x=x.anchors.high, y=y.anchors.high)
    on_anchor = equate(x.totals.points, x.total, x.anchor)
    return scores_at(percentile_ranks(on_anchor, y.anchor), y.total)
