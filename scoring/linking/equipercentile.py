# SPDX-License-Identifier: Apache-2.0
"""Equal percentile ranks: from a score of one distribution to one of another. Smoothing lives in `loglinear`."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.linking.scores import Distribution

_SAME: Final = 1e-10  # percentile ranks closer than this are equal


def percentile_ranks(scores: NDArray[np.float64], within: Distribution) -> NDArray[np.float64]:
    """The shares (0 to 1) of a distribution below scores, each score point spread evenly over its step.

    Source: Kolen & Brennan (2014), eq. 2.14; scores need not be points of the scale.
    """
    scale = within.scale
    place = (scores - scale.low) / scale.step + 0.5
    point = np.clip(np.floor(place + 1e-9).astype(np.intp), 0, scale.count - 1)
    below = np.concatenate([[0.0], np.cumsum(within.shares)])
    part = np.clip(place - point, 0.0, 1.0)
    ranks: NDArray[np.float64] = np.clip(below[point] + part * within.shares[point], 0.0, 1.0)
    return ranks


def scores_at(ranks: NDArray[np.float64], within: Distribution) -> NDArray[np.float64]:
    """The scores with given percentile ranks (0 to 1): the inverse of `percentile_ranks`.

    Source: Kolen & Brennan (2014), eq. 2.15-2.18: where scores of zero frequency leave a choice, the middle between the
    lowest and the highest score of that rank. Rank 0 gives half a step below the scale and rank 1 half a step above it, as
    the R package equate has it.
    """
    scale = within.scale
    upto = np.cumsum(within.shares)
    upto[np.abs(upto - 1) < _SAME] = 1.0
    # the first point whose cumulative share is above the rank, and the first whose is not below it
    upper = np.searchsorted(upto, ranks + _SAME, side="right")
    lower = np.searchsorted(upto, ranks - _SAME, side="left")
    found = (_inside(upper, ranks, within, upto) + _inside(lower, ranks, within, upto)) / 2
    found = np.where(ranks <= _SAME, scale.low - scale.step / 2, found)
    return np.where(ranks >= 1 - _SAME, scale.high + scale.step / 2, found)


def _inside(
    point: NDArray[np.intp], ranks: NDArray[np.float64], within: Distribution, upto: NDArray[np.float64]
) -> NDArray[np.float64]:
    point = np.minimum(point, within.scale.count - 1)
    before = np.where(point > 0, upto[point - 1], 0.0)
    share = upto[point] - before
    part = np.divide(ranks - before, share, out=np.zeros_like(ranks), where=share > 0)
    found: NDArray[np.float64] = within.scale.low + within.scale.step * (
        point - 0.5 + np.clip(part, 0.0, 1.0)
    )
    return found


def equipercentile(x: Distribution, y: Distribution) -> NDArray[np.float64]:
    """The equivalents on Y of every score of X's scale (Kolen & Brennan 2014, eq. 2.19).

    A score of X that nobody is above (rank 1) and that lies beyond Y's scale stays itself, as the R package equate has it.
    """
    return equate(x.scale.points, x, y)


def equate(scores: NDArray[np.float64], x: Distribution, y: Distribution) -> NDArray[np.float64]:
    """The equivalents on Y of any scores on X's scale."""
    ranks = percentile_ranks(scores, x)
    found = scores_at(ranks, y)
    beyond = (ranks >= 1 - _SAME) & (scores > y.scale.high + y.scale.step / 2)
    return np.where(beyond, scores, found)
