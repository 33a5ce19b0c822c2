# SPDX-License-Identifier: Apache-2.0
"""How good decisions on the ability scale are: Rudner (2001, 2005), with normal errors of the estimated ability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.certainty.abilities import Abilities, normal_population
from scoring.certainty.curves import ItemCurve, information
from scoring.certainty.quality import DecisionQuality, category_of, check_cuts, from_conditional
from scoring.errors import StatisticsError


@dataclass(frozen=True, slots=True, eq=False)
class AbilityDecisions:
    """Decisions on abilities: their quality, and what they were at each ability.

    `standard_errors` (t,) belong to the abilities; `decided` is abilities x categories.
    """

    quality: DecisionQuality
    cuts: tuple[float, ...]
    abilities: Abilities
    standard_errors: NDArray[np.float64]
    decided: NDArray[np.float64]

    def to_document(self) -> dict[str, object]:
        """As JSON: the figures of `DecisionQuality`, then each cut on its own."""
        return self.quality.to_document() | {
            "cuts": [
                {"theta": cut} | self.quality.at(place).to_document() for place, cut in enumerate(self.cuts)
            ]
        }


def rudner(
    curves: Sequence[ItemCurve], *, cuts: Sequence[float], abilities: Abilities | None = None
) -> AbilityDecisions:
    """Accuracy, consistency and kappa of decisions on the estimated ability.

    `cuts` are abilities; who truly reaches a cut has an ability of at least the cut; the standard error is that of the test
    information. `abilities` None is a standard normal population, integrated exactly. Rudner (2005), Pract. Assess. Res. Eval.
    10(13); consistency as in cacIRT. The information of a guessed item is with (1 - c)^2, not the (1 - c^2) of cacIRT 1.4.
    Raises StatisticsError (`curves_missing`, `cut_…`, `no_information`).
    """
    if not curves:
        raise StatisticsError("curves_missing")
    if abilities is None:
        abilities = normal_population(breaks=list(cuts))
    known = information(curves, abilities.theta)
    if not (known > 0).all():
        raise StatisticsError("no_information", theta=float(abilities.theta[int(np.argmin(known))]))
    return from_errors(abilities, standard_errors=1 / np.sqrt(known), cuts=cuts)


def from_errors(
    abilities: Abilities, *, standard_errors: NDArray[np.float64], cuts: Sequence[float]
) -> AbilityDecisions:
    """The same from abilities and standard errors (> 0) that are known, of any model.

    Raises StatisticsError (`errors_shape`, `cut_…`).
    """
    fits = standard_errors.shape == abilities.theta.shape
    if not (fits and (standard_errors > 0).all() and np.isfinite(standard_errors).all()):
        raise StatisticsError("errors_shape")
    found = check_cuts(cuts, minimum=-np.inf, maximum=np.inf)
    from scipy.special import ndtr

    z = (np.array(found) - abilities.theta[:, None]) / standard_errors[:, None]
    below = np.pad(np.asarray(ndtr(z)), ((0, 0), (1, 1)), constant_values=((0, 0), (0, 1)))
    decided = np.diff(below, axis=1)
    quality = from_conditional(
        abilities.weights, decided, category_of(abilities.theta, found), categories=len(found) + 1
    )
    return AbilityDecisions(quality, found, abilities, standard_errors, decided)
