# SPDX-License-Identifier: Apache-2.0
"""EAP of many persons who have all items, without guessing: the slopes of right answers, added up, say all (Birnbaum, 1968).

The posterior is then a function of one number, and is expanded around a few of its values. Other cases belong to `abilities`.
"""

from __future__ import annotations

import numpy as np

from scoring.irt.coding import Matrix, Vector
from scoring.irt.curves import BinaryCurves
from scoring.irt.quadrature import Quadrature

_STEP = 0.1  # between two values of the sum, over the population's standard deviation
_TERMS = 7  # of the expansion: what is left out is about 1e-11 at half a step
_WORTHWHILE = 2  # persons for each value


def means_by_sum(curves: BinaryCurves, scores: Matrix, grid: Quadrature) -> tuple[Vector, Vector] | None:
    """Posterior means and standard deviations (N each), or None where this way does not serve.

    `scores`: N x I; None if any is missing or neither 0 nor 1, if items are guessed, or for few persons.
    """
    if curves.guessing.any() or not len(scores):
        return None
    total = scores @ curves.slopes
    lowest, highest = float(total.min()), float(total.max())
    centre = float(grid.weights @ grid.nodes)
    step = _STEP / float(np.sqrt(grid.weights @ (grid.nodes - centre) ** 2))
    if not (highest - lowest) / step * _WORTHWHILE < len(scores) or not _plain(scores):
        return None
    values = lowest + step * np.arange(int((highest - lowest) / step) + 2, dtype=np.float64)
    middle, moments = _expansions(curves, values.astype(np.float64), grid)
    nearest = np.rint((total - lowest) / step).astype(np.intp)
    off = total - values[nearest]
    near = moments[:, nearest]
    whole, first, second = (_series(near[order : order + _TERMS], off) for order in range(3))
    shift = first / whole
    return middle[nearest] + shift, np.sqrt(np.maximum(second / whole - shift * shift, 0.0))


def _plain(scores: Matrix) -> bool:
    """Whether every score is 0 or 1; some rows at a time, which stay in the cache."""
    for begin in range(0, len(scores), 1024):
        part = scores[begin : begin + 1024]
        if np.any(part * part != part):
            return False
    return True


def _expansions(curves: BinaryCurves, values: Vector, grid: Quadrature) -> tuple[Vector, Matrix]:
    """The posterior mean at each value, and the central moments 0, 1, 2, … there, one row each."""
    joint = np.outer(values, grid.nodes) + (grid.log_weights + curves.log_prob(grid.nodes)[0::2].sum(axis=0))
    joint -= joint.max(axis=1)[:, None]
    share = np.exp(joint)
    share /= share.sum(axis=1)[:, None]
    middle = share @ grid.nodes
    away = grid.nodes - middle[:, None]
    moments = np.empty((_TERMS + 2, len(values)))
    for row in moments:
        row[:] = share.sum(axis=1)
        share *= away
    return middle, moments


def _series(moments: Matrix, off: Vector) -> Vector:
    """The sum of moments[k] off^k / k!."""
    result: Vector = moments[-1]
    for power in range(len(moments) - 1, 0, -1):
        result = moments[power - 1] + result * off / power
    return result
