# SPDX-License-Identifier: Apache-2.0
"""What a model implies for the means of items and of products of pairs: their values, covariance, and slopes by the parameters.

These are the limited-information margins of Maydeu-Olivares & Joe (2006); the test that uses them is in `overall_fit`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np

from scoring.irt.category_models import Calibration, Item, log_probabilities, parameter_scores
from scoring.irt.coding import Matrix, Vector
from scoring.irt.quadrature import Quadrature


class Moments(StrEnum):
    """Which means are taken.

    `PRODUCTS` the items' scores and the products of pairs, `HYBRID` each category's share instead of the scores.
    """

    PRODUCTS = "m2"
    HYBRID = "c2"


@dataclass(frozen=True, slots=True, eq=False)
class Implied:
    """`mean` of M moments, their `covariance` (M x M) for one person, `slopes` (M x P) by the free parameters.

    `correlation`: I x I, of the items' scores. Moments of single items come first, then pairs (0, 1), (0, 2), ….
    """

    mean: Vector
    covariance: Matrix
    slopes: Matrix
    correlation: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class _Own:
    """One item at Q nodes, with its L moments.

    `value`: L x Q, their expectations; `scored`: L x Q, of them times the item's score; `squared`: L x L x Q, of their
    products; `slopes`: L x M x Q, by the item's parameters; `rise`: M x Q, of the expected score;
    `score`, `square`: Q, the expected score and squared score.
    """

    value: Matrix
    scored: Matrix
    squared: Matrix
    slopes: Matrix
    rise: Matrix
    score: Vector
    square: Vector


def observed_moments(scores: Matrix, shares: Vector, categories: tuple[int, ...], moments: Moments) -> Vector:
    """M: the same means in data; `scores` N x I category numbers without gaps, `shares` N adding to 1."""
    if moments is Moments.PRODUCTS:
        first = shares @ scores
    else:
        first = np.array(
            [
                shares @ (scores[:, item] == step)
                for item, kinds in enumerate(categories)
                for step in range(1, kinds)
            ]
        )
    crossed = scores.T @ (scores * shares[:, None])
    return np.concatenate((first, crossed[np.triu_indices(len(categories), 1)]))


def implied_moments(calibration: Calibration, grid: Quadrature, moments: Moments) -> Implied:
    """All expectations are sums over the grid of products of what each item gives at a node."""
    own = [_own(item, grid.nodes, moments) for item in calibration.items]
    pairs = list(combinations(range(len(own)), 2))
    left, right = (np.array(side, dtype=np.intp) for side in zip(*pairs, strict=True))
    score = np.stack([one.score for one in own])
    everything = np.concatenate([*[one.value for one in own], score[left] * score[right]])
    mean = everything @ grid.weights
    covariance = _expected_products(own, everything, grid.weights, pairs) - np.outer(mean, mean)
    crossed = (score * grid.weights) @ score.T
    np.fill_diagonal(crossed, [one.square @ grid.weights for one in own])
    slopes = _slopes(calibration, own, score * grid.weights, grid.weights, pairs)
    return Implied(mean, covariance, slopes, correlation(crossed, score @ grid.weights))


def correlation(crossed: Matrix, mean: Vector) -> Matrix:
    """I x I correlations from expected products and means; 0 with an item that does not vary."""
    covariance = crossed - np.outer(mean, mean)
    spread = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    both = np.outer(spread, spread)
    result: Matrix = np.divide(covariance, both, out=np.zeros_like(both), where=both > 0)
    return result


def _own(item: Item, nodes: Vector, moments: Moments) -> _Own:
    chance = np.exp(log_probabilities(item, nodes))
    slope = parameter_scores(item, nodes) * chance
    numbers = np.arange(len(chance), dtype=np.float64)
    score, square, rise = numbers @ chance, numbers**2 @ chance, numbers @ slope
    if moments is Moments.PRODUCTS:
        return _Own(score[None], square[None], square[None, None], rise[None], rise, score, square)
    share = chance[1:]
    squared = np.zeros((len(share), len(share), len(nodes)))
    np.einsum("iiq->iq", squared)[:] = share
    return _Own(
        share, share * numbers[1:, None], squared, slope[:, 1:].transpose(1, 0, 2), rise, score, square
    )


def _expected_products(
    own: list[_Own], everything: Matrix, share: Vector, pairs: list[tuple[int, int]]
) -> Matrix:
    """M x M: an item that two moments have in common enters with its second moment, not with its mean squared."""
    result = np.asarray((everything * share) @ everything.T, dtype=np.float64)
    starts = np.cumsum([0, *[len(one.value) for one in own]])
    place = {pair: int(starts[-1]) + number for number, pair in enumerate(pairs)}
    score = np.stack([one.score for one in own])
    for item, one in enumerate(own):
        others = [other for other in range(len(own)) if other != item]
        rows = np.array([place[min(item, other), max(item, other)] for other in others], dtype=np.intp)
        mine = np.arange(starts[item], starts[item + 1], dtype=np.intp)
        result[np.ix_(mine, mine)] = one.squared @ share
        crossed = (one.scored * share) @ score[others].T
        result[np.ix_(mine, rows)] = crossed
        result[np.ix_(rows, mine)] = crossed.T
        result[np.ix_(rows, rows)] = (score[others] * (share * one.square)) @ score[others].T
    for (first, second), number in place.items():
        result[number, number] = (own[first].square * own[second].square) @ share
    return result


def _slopes(
    calibration: Calibration, own: list[_Own], weighted: Matrix, share: Vector, pairs: list[tuple[int, int]]
) -> Matrix:
    """M x P; `weighted`: I x Q, each item's expected score times the share of the node."""
    left, right = (np.array(side, dtype=np.intp) for side in zip(*pairs, strict=True))
    singles = sum(len(one.value) for one in own)
    result = np.zeros((singles + len(left), calibration.free))
    start = 0
    for item, (one, places) in enumerate(zip(own, calibration.places, strict=True)):
        holds = np.flatnonzero((left == item) | (right == item))
        partners = np.where(left == item, right, left)[holds]
        rows = slice(start, start + len(one.value))
        start += len(one.value)
        for number in np.flatnonzero(places >= 0):
            result[rows, places[number]] += one.slopes[:, number] @ share
            result[singles + holds, places[number]] += weighted[partners] @ one.rise[number]
    return result
