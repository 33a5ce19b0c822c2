# SPDX-License-Identifier: Apache-2.0
"""The numbers of a Wright map (Wright & Stone 1979; Wilson 2005, ch. 5): persons and thresholds on one scale.

No drawing lives here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.errors import StatisticsError
from scoring.irt.category_models import Calibration, Family, Item, log_probabilities
from scoring.irt.coding import Vector

_FAR = 40.0  # standard deviations: a threshold is looked for no further out


@dataclass(frozen=True, slots=True, eq=False)
class Threshold:
    """Where an item's chance of category `step` or above is one half (Thurstone's threshold); None where it never is."""

    item: str
    step: int
    at: float | None


@dataclass(frozen=True, slots=True, eq=False)
class WrightMap:
    """Persons as a histogram on the scale, and every threshold of every item.

    `edges`: B + 1; `persons`: B, the total weight in each; `below` and `above`: persons outside the edges;
    `without_ability`: persons who have no finite ability.
    """

    edges: Vector
    persons: Vector
    below: float
    above: float
    without_ability: float
    thresholds: tuple[Threshold, ...]


def wright_map(
    calibration: Calibration,
    theta: Vector,
    weights: Vector,
    *,
    low: float = -4.0,
    high: float = 4.0,
    bins: int = 32,
) -> WrightMap:
    """The map of N persons' abilities `theta` (NaN and infinite ones are counted apart) with frequencies `weights`.

    Errors: `map_edges` for edges that do not rise or fewer than one bin.
    """
    if not low < high or bins < 1:
        raise StatisticsError("map_edges", low=low, high=high, bins=bins)
    edges = np.linspace(low, high, bins + 1)
    known = np.isfinite(theta)
    persons, _ = np.histogram(theta[known], edges, weights=weights[known])
    thresholds = [one for item in calibration.items for one in item_thresholds(item)]
    return WrightMap(
        edges,
        persons.astype(np.float64),
        float(weights[known & (theta < low)].sum()),
        float(weights[known & (theta > high)].sum()),
        float(weights[~known].sum()),
        tuple(thresholds),
    )


def item_thresholds(item: Item) -> tuple[Threshold, ...]:
    """Thurstone's thresholds: where P(category >= k) = 1/2, for k = 1, 2, …; a nominal item, without an order, has none.

    For a graded item they are its difficulties b; for a logistic item with guessing they lie below b, and there are none
    where c is 1/2 or more.
    """
    if item.family is Family.NOMINAL:
        return ()
    return tuple(Threshold(item.name, step, _half(item, step)) for step in range(1, item.categories))


def _half(item: Item, step: int) -> float | None:
    def gap(theta: float) -> float:
        return float(np.exp(log_probabilities(item, np.array([theta])))[step:].sum()) - 0.5

    if gap(-_FAR) * gap(_FAR) >= 0:
        return None
    from scipy.optimize import brentq

    return float(brentq(gap, -_FAR, _FAR, xtol=1e-12))
