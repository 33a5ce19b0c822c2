# SPDX-License-Identifier: Apache-2.0
"""How alike two persons answered, and how alike they would have answered working alone: all pairs by matrix products.

An item counts for a pair only where both chose an option. Tests of significance do not live here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.forensics.options import Answers, OptionChances

_BLOCK_PAIRS: Final = 400_000


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Pairs (first[n], second[n]) of persons' rows with what is known of each.

    `matches` items with the same option, of the `compared` items that both answered; `expected` and `variance` of the
    number of matches of two persons who work alone.
    """

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    matches: NDArray[np.int64]
    compared: NDArray[np.int64]
    expected: NDArray[np.float64]
    variance: NDArray[np.float64]


def unordered_blocks(answers: Answers, model: OptionChances, rows: NDArray[np.intp]) -> Iterator[Block]:
    """All pairs among `rows`, each once, with the moments of the matches of two persons who both choose by chance.

    P(match on item i) = sum over options k of P1(k) P2(k); van der Linden & Sotaridona (2006), eq. 5.
    """
    indicators, given = answers.indicators(rows), (answers.codes[rows] >= 0).astype(np.float64)
    chances = model.chances[rows] * given[:, :, None]
    flat = chances.reshape(rows.size, -1)
    squares = _products(chances)
    width = max(1, _BLOCK_PAIRS // rows.size)
    for start in range(0, rows.size, width):
        stop = min(start + width, rows.size)
        here = slice(start, stop)
        above = np.arange(stop - start)[:, None] < np.arange(rows.size - start)[None, :]
        expected = (flat[here] @ flat[start:].T)[above]
        one, other = np.nonzero(above)
        yield Block(
            first=rows[start + one],
            second=rows[start + other],
            matches=_counts(indicators[here] @ indicators[start:].T)[above],
            compared=_counts(given[here] @ given[start:].T)[above],
            expected=expected,
            variance=expected - (squares[0][here] @ squares[1][start:].T)[above],
        )


def _products(chances: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two matrices whose product is the sum over items of the squared chance of a match.

    (sum_k p_k q_k)^2 = sum over k <= l of (p_k p_l)(q_k q_l), doubled where k < l.
    """
    first, second = np.triu_indices(chances.shape[2])
    left = (chances[:, :, first] * chances[:, :, second]).reshape(chances.shape[0], -1)
    right = left * np.tile(np.where(first < second, 2.0, 1.0), chances.shape[1])
    return left, right


def ordered_blocks(answers: Answers, model: OptionChances, rows: NDArray[np.intp]) -> Iterator[Block]:
    """All ordered pairs among `rows`: `first` may have copied from `second`, whose answers are taken as they are.

    P(match on item i) is the first's chance of the second's option; Wollack (1997), eq. 3-5.
    """
    indicators, given = answers.indicators(rows), (answers.codes[rows] >= 0).astype(np.float64)
    flat = (model.chances[rows] * given[:, :, None]).reshape(rows.size, -1)
    width = max(1, _BLOCK_PAIRS // rows.size)
    for start in range(0, rows.size, width):
        stop = min(start + width, rows.size)
        here = slice(start, stop)
        apart = np.arange(start, stop)[:, None] != np.arange(rows.size)[None, :]
        expected = (flat[here] @ indicators.T)[apart]
        one, other = np.nonzero(apart)
        yield Block(
            first=rows[start + one],
            second=rows[other],
            matches=_counts(indicators[here] @ indicators.T)[apart],
            compared=_counts(given[here] @ given.T)[apart],
            expected=expected,
            variance=expected - (flat[here] ** 2 @ indicators.T)[apart],
        )


def _counts(product: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(product).astype(np.int64)


def both_choose(
    answers: Answers, model: OptionChances, first: NDArray[np.intp], second: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Pairs x items: the chance that both choose the same option; 0 where one of them chose nothing."""
    together = (answers.codes[first] >= 0) & (answers.codes[second] >= 0)
    chances = np.einsum("pik,pik->pi", model.chances[first], model.chances[second])
    return np.where(together, chances, 0.0)


def first_chooses(
    answers: Answers, model: OptionChances, first: NDArray[np.intp], second: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Pairs x items: the chance that the first chooses the second's option; 0 where one of them chose nothing."""
    own, others = answers.codes[first], answers.codes[second]
    chances = model.chances[first[:, None], np.arange(own.shape[1]), np.maximum(others, 0)]
    return np.where((own >= 0) & (others >= 0), chances, 0.0)


def same_wrong(answers: Answers, first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Pairs x items: both chose the same wrong option. StatisticsError(`key_needed`) without a key."""
    wrong = answers.scored() == 0
    same: NDArray[np.bool_] = answers.codes[first] == answers.codes[second]
    return np.asarray(same & wrong[first], dtype=np.bool_)
