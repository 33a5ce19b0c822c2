# SPDX-License-Identifier: Apache-2.0
"""Which model gives the chances of options, and how it is fitted anew to other answers; no model lives here itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.forensics.options import (
    FEWEST_FOR_NOMINAL,
    Answers,
    OptionChances,
    nominal_chances,
    smoothed_chances,
)
from scoring.irt.categories import ordered_categories
from scoring.irt.category_models import category_lines
from scoring.irt.nominal import NominalResponse

_STEPS: Final = 500


class ModelChoice(StrEnum):
    """`auto`: the nominal model where there are persons enough for it and it can be estimated, else smoothing."""

    AUTO = "auto"
    NOMINAL = "nominal"
    SMOOTHED = "smoothed"


@dataclass(frozen=True, slots=True, eq=False)
class FittedOptions:
    """Chances of options with how they came about.

    `again` gives the chances of options for other answers of as many persons: with the same item parameters (nominal)
    or smoothed anew. `reason` says why `auto` did not take the nominal model: `few_persons_for_nominal`,
    `nominal_not_converged`.
    """

    chances: OptionChances
    again: Callable[[Answers], OptionChances]
    reason: str | None = None


def fit_options(
    answers: Answers, choice: ModelChoice = ModelChoice.AUTO, *, steps: int = _STEPS
) -> FittedOptions:
    """The chances of options of everybody, from the answers of all; `steps` at most in the search for the nominal model.

    Raises StatisticsError: those of `smoothed_chances` and `scoring.irt.categories.ordered_categories`.
    """
    if choice is ModelChoice.SMOOTHED:
        return FittedOptions(smoothed_chances(answers), smoothed_chances)
    auto = choice is ModelChoice.AUTO and answers.right is not None  # smoothing needs a key
    if auto and len(answers.persons) < FEWEST_FOR_NOMINAL:
        return FittedOptions(smoothed_chances(answers), smoothed_chances, "few_persons_for_nominal")
    slopes, intercepts, converged = nominal_parameters(answers, steps=steps)
    if auto and not converged:
        return FittedOptions(smoothed_chances(answers), smoothed_chances, "nominal_not_converged")

    def again(others: Answers) -> OptionChances:
        return nominal_chances(others, slopes, intercepts)

    return FittedOptions(again(answers), again)


def nominal_parameters(
    answers: Answers, *, steps: int = _STEPS
) -> tuple[NDArray[np.float64], NDArray[np.float64], bool]:
    """Slopes and intercepts, items x options, by marginal maximum likelihood, and whether the search ended at a maximum.

    Of each item the first option that somebody chose has 0 and 0; NaN stands where nobody chose the option. The scale
    is turned so that right answers rise with ability where there is a key. Errors as `fit_options`.
    """
    codes = np.where(answers.codes >= 0, answers.codes, np.nan).astype(np.float64)
    categories = ordered_categories(codes, answers.items)
    fitted = NominalResponse(max_iter=steps).fit_categories(categories)
    slopes = np.full((len(answers.items), answers.most_options), np.nan)
    intercepts = slopes.copy()
    for item, found in enumerate(answers.codes.T):
        chosen = np.unique(found[found >= 0])
        slopes[item, chosen[:1]] = intercepts[item, chosen[:1]] = 0.0
    used = np.flatnonzero(fitted.used_)
    for item, labels, estimate in zip(
        used.tolist(), fitted.categories_, fitted.calibration_.items, strict=True
    ):
        places = [int(label) for label in labels]
        slopes[item, places], intercepts[item, places] = category_lines(estimate)
    if answers.right is not None and _rises(answers.right, slopes) < 0:
        slopes = -slopes
    return slopes, intercepts, bool(fitted.converged_)


def _rises(right: NDArray[np.bool_], slopes: NDArray[np.float64]) -> float:
    """How much steeper the right options are than the others, summed over items."""
    known = np.isfinite(slopes)
    centre = np.where(known, slopes, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return float(np.where(known & right, slopes - centre[:, None], 0.0).sum())
