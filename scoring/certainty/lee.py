# SPDX-License-Identifier: Apache-2.0
"""How good decisions on totals are when items are known: Lee (2010), from the distribution of totals at each ability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.certainty.abilities import Abilities, ability_at, normal_population
from scoring.certainty.curves import ItemCurve, score_chances, true_scores
from scoring.certainty.quality import DecisionQuality, category_of, check_cuts, from_conditional
from scoring.errors import StatisticsError

_WHOLE: Final = 1e-9
MOST_SCORE: Final = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class ScoreDecisions:
    """Decisions on totals: their quality, and what they were at each ability.

    `decided` is abilities x categories: the chance of each decision; `expected` the expected total at each ability; `cuts` are
    totals, and a total on a cut reaches it.
    """

    quality: DecisionQuality
    cuts: tuple[float, ...]
    abilities: Abilities
    expected: NDArray[np.float64]
    decided: NDArray[np.float64]

    def to_document(self) -> dict[str, object]:
        """As JSON: the figures of `DecisionQuality`, then each cut on its own."""
        return self.quality.to_document() | {
            "cuts": [
                {"score": cut} | self.quality.at(place).to_document() for place, cut in enumerate(self.cuts)
            ]
        }


def lee(
    curves: Sequence[ItemCurve], *, cuts: Sequence[float], abilities: Abilities | None = None
) -> ScoreDecisions:
    """Accuracy, consistency and kappa of decisions on the sum score.

    `cuts` are totals above 0 up to the maximum (one with decimals is reached at the next whole score); who truly reaches a cut
    has an expected total of at least the cut. `abilities` None is a standard normal population, integrated exactly. Lee (2010),
    J. Educ. Meas. 47, 1-17, with the recursion of Lord and Wingersky. cacIRT 1.4 computes the distribution of
    totals with 1.7 whatever scaling is asked for: that defect is not here. Raises StatisticsError (`curves_missing`,
    `cut_…`, `scores_many`).
    """
    maximum = sum(curve.maximum for curve in curves)
    if not curves:
        raise StatisticsError("curves_missing")
    if maximum > MOST_SCORE:
        raise StatisticsError("scores_many", maximum=maximum, most=MOST_SCORE)
    found = check_cuts(cuts, minimum=0.0, maximum=float(maximum))
    if abilities is None:
        abilities = normal_population(breaks=_breaks(curves, found))
    chances = score_chances(curves, abilities.theta)
    edges = [0, *(int(np.ceil(cut - _WHOLE)) for cut in found), maximum + 1]
    decided = np.stack([chances[:, low:high].sum(axis=1) for low, high in pairwise(edges)], axis=1)
    expected = true_scores(curves, abilities.theta)
    quality = from_conditional(
        abilities.weights, decided, category_of(expected, found), categories=len(found) + 1
    )
    return ScoreDecisions(quality, found, abilities, expected, decided)


def _breaks(curves: Sequence[ItemCurve], cuts: Sequence[float]) -> list[float]:
    """Where the true category changes; none where a falling curve makes that more than one place."""
    if any(curve.slope < 0 for curve in curves):
        return []
    return [place for cut in cuts if (place := ability_at(curves, cut)) is not None]
