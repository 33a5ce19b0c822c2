# SPDX-License-Identifier: Apache-2.0
"""Exact chances of a number of successes in trials of different chances (the Poisson-binomial law), many rows at once.

Nothing about answers, persons or items lives here.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

_BLOCK_CELLS = 64_000  # a block of the recursion that stays in the processor's cache


def distribution(chances: ArrayLike) -> NDArray[np.float64]:
    """The chances of 0, 1, …, n successes in n independent trials; `chances` has length n, each between 0 and 1.

    Source: the compound-binomial recursion of Lord & Wingersky (1984), Appl. Psychol. Meas. 8, p. 453; van der Linden &
    Sotaridona (2006), J. Educ. Behav. Stat. 31, eq. 8.
    """
    law = np.ones(1)
    for chance in np.asarray(chances, dtype=np.float64):
        law = np.append(law * (1 - chance), 0.0) + np.append(0.0, law * chance)
    return law


def upper_tails(chances: NDArray[np.float64], least: ArrayLike) -> NDArray[np.float64]:
    """For each row the exact chance of at least `least` successes.

    `chances` is rows x trials (a trial that a row does not have has chance 0), `least` whole numbers, one a row. Failures
    are counted instead of successes, so that only positive numbers are added: the smallest tails keep 12 digits.
    """
    trials = chances.shape[1]
    allowed = trials - np.asarray(least, dtype=np.int64)  # at most so many failures
    answer = np.where(allowed >= trials, 1.0, 0.0)
    open_rows = np.flatnonzero((allowed >= 0) & (allowed < trials))
    open_rows = open_rows[np.argsort(allowed[open_rows], kind="stable")]
    width = max(1, _BLOCK_CELLS // (trials + 1))
    for start in range(0, open_rows.size, width):
        chosen = open_rows[start : start + width]
        answer[chosen] = _at_most(np.ascontiguousarray(chances[chosen].T), allowed[chosen])
    return np.minimum(answer, 1.0)


def _at_most(succeeding: NDArray[np.float64], most: NDArray[np.int64]) -> NDArray[np.float64]:
    """The chance of at most `most` failures per column; `succeeding` is trials x columns, `most` ascending and >= 0."""
    trials, columns = succeeding.shape
    highest = int(most[-1])
    law = np.zeros((highest + 1, columns))
    law[0] = 1.0
    moved = np.empty_like(law)
    for trial in range(trials):
        top = min(trial, highest)  # so many failures at most before this trial
        np.multiply(law[: top + 1], 1 - succeeding[trial], out=moved[: top + 1])
        law[: top + 1] *= succeeding[trial]
        upto = min(top + 1, highest)
        law[1 : upto + 1] += moved[:upto]
    np.cumsum(law, axis=0, out=law)
    return law[most, np.arange(columns)]


def binomial_upper(least: ArrayLike, trials: ArrayLike, chance: ArrayLike) -> NDArray[np.float64]:
    """P(X >= least) of a binomial law, by the incomplete beta function; 1 where `least` <= 0, 0 where > `trials`."""
    from scipy.special import betainc

    k, n, p = np.broadcast_arrays(
        np.asarray(least, dtype=np.float64),
        np.asarray(trials, dtype=np.float64),
        np.asarray(chance, dtype=np.float64),
    )
    inside = (k > 0) & (k <= n)
    answer = np.where(k <= 0, 1.0, 0.0)
    answer[inside] = betainc(k[inside], n[inside] - k[inside] + 1, p[inside])
    return answer


def normal_upper(z: ArrayLike) -> NDArray[np.float64]:
    """The upper tail of the standard normal law."""
    from scipy.special import ndtr

    return np.asarray(ndtr(-np.asarray(z, dtype=np.float64)), dtype=np.float64)
