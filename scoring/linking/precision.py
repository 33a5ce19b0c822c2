# SPDX-License-Identifier: Apache-2.0
"""Standard errors of equating: how far an equivalent would move with other people. No equating lives here."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scoring.linking.equipercentile import percentile_ranks
from scoring.linking.loglinear import Smoothed
from scoring.linking.scores import Distribution

Equating: TypeAlias = Callable[[Sequence[NDArray[np.float64]]], NDArray[np.float64]]
"""From the counts of forms X and Y (in any shape) to the equivalents of X's scores."""

_NUDGE: Final = 1e-4  # of one person, in a cell: small beside 1, large beside the rounding of sums


def mean_errors(x: Distribution, y: Distribution) -> NDArray[np.float64]:
    """Of mean equating in random groups: the same at every score (Kolen & Brennan 2014, table 7.2)."""
    return np.full(x.scale.count, np.sqrt(x.variance / x.n + y.variance / y.n))


def linear_errors(x: Distribution, y: Distribution) -> NDArray[np.float64]:
    """Of linear equating in random groups, without assuming normal scores (Braun & Holland 1982; K. & B. 2014, eq. 7.10)."""
    z = (x.scale.points - x.mean) / x.sd
    skewness = x.skewness / x.n + y.skewness / y.n
    kurtosis = (x.kurtosis - 1) / (4 * x.n) + (y.kurtosis - 1) / (4 * y.n)
    variance = y.variance * (1 / x.n + 1 / y.n + skewness * z + kurtosis * z**2)
    errors: NDArray[np.float64] = np.sqrt(np.maximum(variance, 0.0))
    return errors


def equipercentile_errors(x: Distribution, y: Distribution) -> NDArray[np.float64]:
    """Of unsmoothed equipercentile equating in random groups (Lord 1982; Kolen & Brennan 2014, eq. 7.12), in marks of Y.

    NaN where it does not exist: at ranks 0 and 1.
    """
    rank = percentile_ranks(x.scale.points, x)
    upto = np.cumsum(y.shares)
    point = np.minimum(np.searchsorted(upto, rank + 1e-10, side="right"), y.scale.count - 1)
    share = y.shares[point]
    below = upto[point] - share
    inside = (rank > 1e-10) & (rank < 1 - 1e-10) & (share > 0)
    safe = np.where(inside, share, 1.0)
    spread = rank * (1 - rank) * (1 / x.n + 1 / y.n) - (upto[point] - rank) * (rank - below) / (y.n * safe)
    errors = np.sqrt(np.maximum(spread, 0.0)) / safe * y.scale.step
    return np.where(inside, errors, np.nan)


def delta_errors(
    counts: Sequence[NDArray[np.float64]],
    equating: Equating,
    *,
    smoothed: Sequence[Smoothed] | None = None,
) -> NDArray[np.float64]:
    """Of any equating, by the delta method on the counts of the cells as a multinomial sample per form.

    The derivatives are numerical. For the lines of Tucker and Levine that is Kolen's (1985) formula without normality;
    `smoothed` puts the fitted counts of each form between the counts and the equating (Liou & Cheng 1995). The equating
    must not depend on the size of the samples but through the counts' shares.
    """
    base = counts if smoothed is None else [fit.counts for fit in smoothed]
    variance = np.zeros(1)
    for form, cells in enumerate(counts):
        n = float(cells.sum())
        moves = None if smoothed is None else smoothed[form].influence()
        first, second = np.zeros(1), np.zeros(1)
        for cell in np.flatnonzero(cells):
            move = _unit(cells.size, int(cell)) if moves is None else moves[:, cell]
            slope = n * _slope(base, form, move.reshape(cells.shape), equating)
            share = cells.flat[cell] / n
            first, second = first + share * slope, second + share * slope**2
        variance = variance + (second - first**2) / n
    errors: NDArray[np.float64] = np.sqrt(np.maximum(variance, 0.0))
    return errors


def _unit(size: int, cell: int) -> NDArray[np.float64]:
    move = np.zeros(size)
    move[cell] = 1.0
    return move


def _slope(
    base: Sequence[NDArray[np.float64]], form: int, move: NDArray[np.float64], equating: Equating
) -> NDArray[np.float64]:
    ends = []
    for nudge in (_NUDGE, -_NUDGE):
        moved = list(base)
        moved[form] = base[form] + nudge * move
        ends.append(equating(moved))
    return (ends[0] - ends[1]) / (2 * _NUDGE)


def bootstrap_errors(
    counts: Sequence[NDArray[np.float64]], equating: Equating, *, replications: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Of any equating, by drawing as many persons again from each form (Kolen & Brennan 2014, p. 250).

    The standard deviation over `replications` (over n - 1). The counts must be whole numbers of persons to mean anything;
    they are rounded.
    """
    drawn = []
    for _ in range(replications):
        sample = []
        for cells in counts:
            shares = (cells / cells.sum()).ravel()
            sample.append(
                rng.multinomial(round(float(cells.sum())), shares).reshape(cells.shape).astype(np.float64)
            )
        drawn.append(equating(sample))
    spread: NDArray[np.float64] = np.std(np.stack(drawn), axis=0, ddof=1)
    return spread
