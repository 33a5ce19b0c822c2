# SPDX-License-Identifier: Apache-2.0
"""How well a model fits, as JSON-able members: what `kasauti stats irt --fit` adds. NaN stands for a missing number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from scoring.irt.abilities import Abilities, Method, abilities
from scoring.irt.binary import BinaryModel, OnePL, ThreePL
from scoring.irt.category_models import Calibration, Family, logistic_calibration
from scoring.irt.coding import Matrix, Vector
from scoring.irt.curves import CalibratedCurves
from scoring.irt.implied_moments import Moments
from scoring.irt.item_fit import item_mean_squares, sum_score_fit
from scoring.irt.local_dependence import local_dependence
from scoring.irt.overall_fit import overall_fit
from scoring.irt.person_fit import person_fit
from scoring.irt.polytomous_estimator import PolytomousModel
from scoring.irt.wright_map import wright_map

UNORDERED = "categories_without_order"
"""Why a nominal model has no infit, outfit and Q3: its category numbers are names."""


def calibration_of(model: BinaryModel | PolytomousModel, names: Sequence[str]) -> Calibration:
    """The estimated items of a fitted model on the standard normal scale; `names`: of all columns."""
    if isinstance(model, PolytomousModel):
        return model.calibration_
    curves = model.curves_
    return logistic_calibration(
        [name for name, used in zip(names, model.used_, strict=True) if used],
        curves.slopes * np.sqrt(model.variance_),
        curves.intercepts,
        curves.guessing if isinstance(model, ThreePL) else None,
        common_slope=isinstance(model, OnePL),
    )


def fit_members(calibration: Calibration, codes: Matrix, weights: Vector) -> dict[str, object]:
    """The whole, the items, the pairs and the Wright map; `codes`: N x I category numbers of the calibration, `weights`: N.

    Abilities are EAP, as in R's mirt (`M2`, `itemfit`, `residuals`).
    """
    found = abilities(CalibratedCurves(calibration), codes, method=Method.EAP)
    return {
        "overall": [
            {
                "statistic_name": moments.value,
                **_without(asdict(overall_fit(calibration, codes, weights, moments=moments))),
            }
            for moments in Moments
        ],
        "items": _item_rows(calibration, codes, weights, found),
        "pairs": _pair_rows(calibration, codes, weights, found),
        "wright_map": _map_members(calibration, found, weights),
    }


def _without(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != "moments"}


def _ordered(calibration: Calibration) -> bool:
    return all(item.family is not Family.NOMINAL for item in calibration.items)


def _item_rows(
    calibration: Calibration, codes: Matrix, weights: Vector, found: Abilities
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    squares = item_mean_squares(calibration, codes, weights, found.theta)
    for test, square in zip(sum_score_fit(calibration, codes, weights), squares, strict=True):
        known = _ordered(calibration)
        rows.append(
            {
                "item": test.item,
                "s_x2": test.statistic,
                "df": test.df,
                "p": test.p,
                "rmsea": test.rmsea,
                "reason": test.reason,
                "infit": square.infit if known else None,
                "infit_z": square.infit_z if known else None,
                "outfit": square.outfit if known else None,
                "outfit_z": square.outfit_z if known else None,
                "mean_square_reason": square.reason if known else UNORDERED,
            }
        )
    return rows


def _pair_rows(
    calibration: Calibration, codes: Matrix, weights: Vector, found: Abilities
) -> list[dict[str, object]]:
    rows = [asdict(pair) for pair in local_dependence(calibration, codes, weights, found.theta)]
    if not _ordered(calibration):
        rows = [row | {"v": None, "q3": None, "q3_adjusted": None, "reason": UNORDERED} for row in rows]
    return rows


def _map_members(calibration: Calibration, found: Abilities, weights: Vector) -> dict[str, object]:
    told = wright_map(calibration, found.theta, weights)
    return {
        "unit": "standard deviations of the population",
        "edges": told.edges,
        "persons": told.persons,
        "below": told.below,
        "above": told.above,
        "without_ability": told.without_ability,
        "thresholds": [asdict(threshold) for threshold in told.thresholds],
    }


def person_rows(calibration: Calibration, codes: Matrix) -> list[dict[str, object]]:
    """One object a person: `zh` (lz), infit and outfit at the EAP ability as `personfit` of R's mirt; `lz_star` at Warm's."""
    curves = CalibratedCurves(calibration)
    mean = person_fit(calibration, codes, abilities(curves, codes, method=Method.EAP))
    warm = person_fit(calibration, codes, abilities(curves, codes, method=Method.WLE))
    known = _ordered(calibration)
    rows: list[dict[str, object]] = [
        {
            "zh": mean.lz[place],
            "lz_star": warm.lz_star[place],
            "infit": mean.infit[place] if known else None,
            "infit_z": mean.infit_z[place] if known else None,
            "outfit": mean.outfit[place] if known else None,
            "outfit_z": mean.outfit_z[place] if known else None,
            "fit_reason": None if warm.star_reasons[place] is None else str(warm.star_reasons[place]),
        }
        for place in range(len(codes))
    ]
    return rows


def codes_of(model: BinaryModel | PolytomousModel, scores: Matrix) -> Matrix:
    """N x U category numbers of persons x items of marks, on the items that were estimated."""
    return scores[:, model.used_] if isinstance(model, BinaryModel) else model.codes(scores)
