# SPDX-License-Identifier: Apache-2.0
"""People drawn at random through a table of stops: a check of the exact figures, and of orders that they do not reach.

The numbers at random come from the caller. The figures that are reported are `operating`'s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from scoring.adaptive.model import StopTable
from scoring.adaptive.operating import operate
from scoring.errors import StatisticsError

MOST_PERSONS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Simulated:
    """The part of `persons` that was passed, and their mean number of items, with the distance of both from the exact figures.

    The distances are in standard errors of the simulation; a table that is followed as it says keeps both within about 4.
    """

    persons: int
    met: float
    length: float
    met_distance: float
    length_distance: float


def simulate(table: StopTable, *, chance: Fraction, persons: int, draw: np.random.Generator) -> Simulated:
    """Send `persons` (1 to 1,000,000) people of one chance (0 to 1) through a table.

    Raises StatisticsError (`adaptive_persons`, `chance_range`).
    """
    if not 1 <= persons <= MOST_PERSONS:
        raise StatisticsError("adaptive_persons", persons=persons, most=MOST_PERSONS)
    exact = operate(table, chance=chance)
    right = np.zeros(persons, dtype=np.int64)
    running = np.ones(persons, dtype=np.bool_)
    met = np.zeros(persons, dtype=np.bool_)
    asked = np.zeros(persons, dtype=np.int64)
    for low, high in table.stops:
        right += draw.random(persons) < float(chance)
        asked += running
        passes = running & (right >= high)
        met |= passes
        running &= ~passes & (right > low)
    squares = sum(n * n * odds for n, odds in enumerate(exact.lengths, start=1))
    return Simulated(
        persons,
        float(met.mean()),
        float(asked.mean()),
        _distance(float(met.mean()), exact.met, exact.met * (1 - exact.met), persons),
        _distance(float(asked.mean()), exact.length, squares - exact.length**2, persons),
    )


def _distance(found: float, exact: Fraction, variance: Fraction, persons: int) -> float:
    if variance == 0:
        return 0.0 if found == float(exact) else float("inf")
    return (found - float(exact)) / math.sqrt(variance / persons)
