# SPDX-License-Identifier: Apache-2.0
"""Answer patterns that are odd for their score: Guttman errors and U3, with a p-value by draws that keep the score.

The parametric statistics lz and lz* live in `scoring.irt.person_fit`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.fairness.multiple import Control, adjusted
from scoring.irt.binary import Rasch
from scoring.tables import ResponseTable

FEWEST_PERSONS: Final = 30
MOST_DRAWS: Final = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Guttman:
    """One entry a person; NaN where his score is 0 or full (no pattern is odd then) or he has fewer than two answers.

    `errors` pairs of items of which the harder is right and the easier wrong, `normed` as a share of the most that his score
    allows, `u3` from 0 (as expected) to 1 (the reverse). `p` the chance of so large a U3 or more among people with his
    items and his score, `p_adjusted` and `flagged` under the control.
    """

    errors: NDArray[np.float64]
    normed: NDArray[np.float64]
    u3: NDArray[np.float64]
    p: NDArray[np.float64]
    p_adjusted: NDArray[np.float64]
    flagged: NDArray[np.bool_]


def guttman(
    table: ResponseTable,
    *,
    draw: np.random.Generator,
    draws: int = 999,
    rate: float = 0.05,
    control: Control = Control.BH,
) -> Guttman:
    """Guttman errors (Guttman, 1944; normed: van der Flier, 1977) and U3 (van der Flier, 1980) of every person.

    U3 = (max - W) / (max - min), W the sum of the log odds of the items that are right, max and min its extremes at
    this score (Meijer & Sijtsma, 2001, Appl. Psychol. Meas. 25, eq. 8; R's PerFit). p: draws from the Rasch model
    given the score, in which only the items' difficulties matter (Ponocny, 2001, Psychometrika 66, p. 437), p = (1 +
    draws at least as odd) / (1 + draws), which is never too small (Davison & Hinkley, 1997, eq. 4.11). The
    difficulties are those of `scoring.irt.binary.Rasch`; items that all or none have right carry no weight in either.
    Raises StatisticsError: `not_binary`, `persons_too_few_to_compare`, `bad_draws` unless 99 <= draws <= 100,000.
    """
    table.require_binary()
    if len(table.persons) < FEWEST_PERSONS:
        raise StatisticsError("persons_too_few_to_compare", persons=len(table.persons), fewest=FEWEST_PERSONS)
    if not 99 <= draws <= MOST_DRAWS:
        raise StatisticsError("bad_draws", draws=draws, fewest=99, most=MOST_DRAWS)
    right, seen = table.scores == 1, table.seen
    count = seen.sum(axis=0)
    share = right.sum(axis=0) / np.maximum(count, 1)
    telling = (share > 0) & (share < 1)
    weights = np.zeros(share.shape)
    weights[telling] = np.log(share[telling] / (1 - share[telling]))
    score, given = right.sum(axis=1), seen.sum(axis=1)
    errors, normed, u3, p = (np.full(score.shape, np.nan) for _ in range(4))
    odd = (score > 0) & (score < given)
    odds = _odds(table)
    for row in np.flatnonzero(odd):
        items = np.flatnonzero(seen[row])
        errors[row] = _guttman_errors(right[row, items], share[items])
        normed[row] = errors[row] / (score[row] * (given[row] - score[row]))
    patterns, pattern = np.unique(seen[odd], axis=0, return_inverse=True)
    rows = np.flatnonzero(odd)
    for number, mask in enumerate(patterns):
        mine = rows[pattern.ravel() == number]
        items = np.flatnonzero(mask)
        for total in np.unique(score[mine]):
            same = mine[score[mine] == total]
            highest, lowest = _extremes(weights[items], int(total))
            if highest > lowest:
                drawn = sample_given_score(odds[items], int(total), draws, draw) @ weights[items]
                known = right[np.ix_(same, items)] @ weights[items]
                u3[same] = (highest - known) / (highest - lowest)
                p[same] = (1 + (drawn[None, :] <= known[:, None] + 1e-9).sum(axis=1)) / (1 + draws)
    p_adjusted = adjusted(p, control)
    return Guttman(errors, normed, u3, p, p_adjusted, np.nan_to_num(p_adjusted, nan=1.0) <= rate)


def _extremes(weights: NDArray[np.float64], score: int) -> tuple[float, float]:
    ordered = np.sort(weights)
    return float(ordered[-score:].sum()), float(ordered[:score].sum())


def _guttman_errors(right: NDArray[np.bool_], share: NDArray[np.float64]) -> int:
    """Pairs with the easier item wrong and the harder right; items of the same difficulty stand in the order of the table."""
    ordered = right[np.argsort(-share, kind="stable")]
    return int((np.cumsum(~ordered) * ordered).sum())


def sample_given_score(
    odds: NDArray[np.float64], score: int, draws: int, draw: np.random.Generator
) -> NDArray[np.bool_]:
    """Draws x items: right answers of which exactly `score` fall on the items, with odds `odds` (> 0) in the Rasch model.

    Item by item: the chance is odds_i gamma(score - 1; later items) / gamma(score; this and later items), gamma the
    elementary symmetric functions (Chen & Liu, 1997, Statistica Sinica 7, procedure 3).
    """
    items = odds.size
    gamma = _suffix_gammas(np.log(odds), score)
    left = np.full(draws, score)
    answer = np.zeros((draws, items), dtype=np.bool_)
    uniform = draw.random((items, draws))
    for item in range(items):
        whole, rest = gamma[item, left], gamma[item + 1, np.maximum(left - 1, 0)]
        chance = np.where(left > 0, np.exp(np.minimum(np.log(odds[item]) + rest - whole, 0.0)), 0.0)
        answer[:, item] = uniform[item] < chance
        left = left - answer[:, item]
    return answer


def _suffix_gammas(logs: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """(items + 1) x (most + 1): log of the elementary symmetric functions of the items from each one on."""
    gamma = np.full((logs.size + 1, most + 1), -1e300)
    gamma[:, 0] = 0.0
    for item in range(logs.size - 1, -1, -1):
        gamma[item, 1:] = np.logaddexp(gamma[item + 1, 1:], gamma[item + 1, :-1] + logs[item])
    return gamma


def _odds(table: ResponseTable) -> NDArray[np.float64]:
    """Each item's odds of a right answer at the mean ability of the Rasch model; 1 for items that it cannot estimate."""
    fitted = Rasch(fewest_persons=FEWEST_PERSONS).fit(table.scores)
    return np.asarray(np.exp(-np.nan_to_num(fitted.difficulties_, nan=0.0)), dtype=np.float64)
