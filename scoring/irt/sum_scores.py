# SPDX-License-Identifier: Apache-2.0
"""The distribution of sum scores that items imply (Lord & Wingersky 1984; Thissen, Pommerich, Billeaud & Williams 1995).

A sum score adds category numbers (0, 1, …), so items may have any number of categories. No data and no test of fit lives here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.irt.category_models import Calibration
from scoring.irt.coding import Matrix, Vector
from scoring.irt.quadrature import Quadrature


def add_item(scores: Matrix, item: Matrix) -> Matrix:
    """(S + K - 1) x Q: the chances of each sum after one more item; `scores` S x Q before it, `item` K x Q its categories."""
    result = np.zeros((len(scores) + len(item) - 1, scores.shape[1]))
    for category, chance in enumerate(item):
        result[category : category + len(scores)] += scores * chance
    return result


def score_chances(items: Sequence[Matrix], nodes: int) -> Matrix:
    """S x Q: the chance of each sum score 0, 1, … at each node; `items`: K x Q category chances of each item."""
    chances = np.ones((1, nodes))
    for item in items:
        chances = add_item(chances, item)
    return chances


def without_each(items: Sequence[Matrix], nodes: int) -> Iterator[tuple[int, Matrix]]:
    """For each item its place and the chances of each sum score of all other items, S x Q; by halves, log2 I additions each."""
    yield from _without(list(items), list(range(len(items))), np.ones((1, nodes)))


def _without(items: list[Matrix], places: list[int], base: Matrix) -> Iterator[tuple[int, Matrix]]:
    if len(places) == 1:
        yield places[0], base
        return
    half = len(places) // 2
    for own, other in ((places[:half], places[half:]), (places[half:], places[:half])):
        grown = base
        for place in other:
            grown = add_item(grown, items[place])
        yield from _without(items, own, grown)


def category_chances(calibration: Calibration, theta: Vector) -> list[Matrix]:
    """K x Q of each item: its categories' probabilities at the abilities `theta`."""
    log_prob = calibration.log_prob(theta)
    ends = np.cumsum(calibration.categories)
    return [
        np.exp(log_prob[end - kinds : end]) for end, kinds in zip(ends, calibration.categories, strict=True)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class SumScoreAbility:
    """What each sum score 0 … S - 1 says about ability when only the sum is used.

    `ability`, `error`: mean and standard deviation of the posterior; `share`: the marginal probability of the sum score.
    """

    ability: Vector
    error: Vector
    share: Vector


def sum_score_abilities(calibration: Calibration, quadrature: Quadrature) -> SumScoreAbility:
    """EAP for sum scores (Thissen et al. 1995, equations 6 to 9), as `EAPsum` in R's mirt."""
    nodes = quadrature.nodes
    joint = score_chances(category_chances(calibration, nodes), len(nodes)) * quadrature.weights
    share = joint.sum(axis=1)
    mean = joint @ nodes / share
    spread = (joint * (nodes - mean[:, None]) ** 2).sum(axis=1) / share
    return SumScoreAbility(mean, np.sqrt(spread), share)
