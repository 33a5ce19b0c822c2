# SPDX-License-Identifier: Apache-2.0
"""Does a person answer as the model expects? lz (Drasgow, Levine & Williams 1985), lz* (Snijders 2001), infit and outfit.

A small value is a reason for a person to look, never a finding. Evidence about pairs of persons is in `forensics`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from scoring.irt.abilities import Abilities, Method
from scoring.irt.category_models import Calibration, curves
from scoring.irt.coding import Matrix, Vector
from scoring.irt.item_fit import drawn_in, mean_squares, residuals

FEWEST_RESPONSES = 5
"""With fewer responses the sum of logarithms is far from normal and no z is given."""


class Reason(StrEnum):
    """Why a person has no z."""

    NO_ABILITY = "no_finite_ability"
    FEW = "too_few_responses"
    NO_SPREAD = "responses_certain"
    NOT_CENTRED = "ability_not_centred"


@dataclass(frozen=True, slots=True, eq=False)
class PersonFit:
    """Figures of N persons, NaN where there is none.

    `loglik`: the log-likelihood of the responses (l0); `lz`: its z-score (Zh of R's mirt, Lz of R's ltm); `lz_star`: the
    same with the mean and variance that an estimated ability leaves it; `outfit`, `infit` and their z. `reasons`: why there
    is no lz; `star_reasons`: why there is no lz*. Under the model lz* is standard normal for long tests; lz is too narrow,
    because the ability was estimated from the same responses.
    """

    loglik: Vector
    lz: Vector
    lz_star: Vector
    outfit: Vector
    outfit_z: Vector
    infit: Vector
    infit_z: Vector
    reasons: tuple[Reason | None, ...]
    star_reasons: tuple[Reason | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums over a person's responses, N each; `w` is the log of a category's probability, `r` its derivative by ability.

    `observed`: sum of w of the chosen categories; `mean` and `variance` of that; `pull`: sum of P' w; `information`: sum of
    P' r; `bend`: sum of P' P'' / P (Warm's J); `count`: how many.
    """

    observed: Vector
    mean: Vector
    variance: Vector
    pull: Vector
    information: Vector
    bend: Vector
    count: Vector


def person_fit(calibration: Calibration, codes: Matrix, found: Abilities) -> PersonFit:
    """The fit of N persons at their abilities on the scale of the calibration (standard normal population).

    `codes`: N x I category numbers, NaN = missing (left out of the sums). lz* takes the ability's own estimating equation
    r0 + sum of r = 0: r0 = 0 for ML, -theta for MAP, J / (2 I) for WLE (Snijders 2001, eq. 6 and 9; Magis, Raiche & Beland
    2012; for more than two categories Sinharay 2016, eq. 9 to 12). EAP has no such equation: `ability_not_centred`.
    """
    known = np.isfinite(found.theta)
    theta = np.where(known, found.theta, 0.0)
    sums = _sums(calibration, codes, theta)
    enough = sums.count >= FEWEST_RESPONSES
    spread = sums.variance > 1e-12
    lz = _ratio(sums.observed - sums.mean, sums.variance, known & spread)
    start = _start_term(found.method, theta, sums)
    share = np.divide(sums.pull, sums.information, out=np.zeros_like(theta), where=sums.information > 0)
    narrowed = sums.variance - share * sums.pull
    usable = known & (narrowed > 1e-12) & (found.method is not Method.EAP)
    star = _ratio(sums.observed - sums.mean + share * start, narrowed, usable)
    columns = mean_squares(residuals(calibration, codes, drawn_in(found.theta)), np.ones(len(theta)), 1)
    reasons = tuple(_reason(*each) for each in zip(known, enough, spread, strict=True))
    star_reasons = tuple(
        (Reason.NOT_CENTRED if found.method is Method.EAP else _reason(*each))
        for each in zip(known, enough, narrowed > 1e-12, strict=True)
    )
    return PersonFit(
        np.where(known & (sums.count > 0), sums.observed, np.nan),
        np.where(enough, lz, np.nan),
        np.where(enough, star, np.nan),
        *columns,
        reasons,
        star_reasons,
    )


def _start_term(method: Method, theta: Vector, sums: _Sums) -> Vector:
    if method is Method.MAP:
        return -theta
    if method is Method.WLE:
        return np.divide(
            sums.bend, 2 * sums.information, out=np.zeros_like(theta), where=sums.information > 0
        )
    return np.zeros_like(theta)


def _reason(known: bool, enough: bool, spread: bool) -> Reason | None:  # noqa: FBT001 -- three columns of truth, row by row
    if not known:
        return Reason.NO_ABILITY
    if not enough:
        return Reason.FEW
    return None if spread else Reason.NO_SPREAD


def _ratio(value: Vector, variance: Vector, usable: NDArray[np.bool_]) -> Vector:
    result = np.full(len(value), np.nan)
    np.divide(value, np.sqrt(np.where(usable, variance, 1.0)), out=result, where=usable)
    return result


def _sums(calibration: Calibration, codes: Matrix, theta: Vector) -> _Sums:
    total = {name: np.zeros(len(codes)) for name in _Sums.__slots__}
    for place, item in enumerate(calibration.items):
        seen = ~np.isnan(codes[:, place])
        at = curves(item, theta[seen])
        chance = np.maximum(at.probability, np.finfo(np.float64).tiny)
        w = np.log(chance)
        mean = (chance * w).sum(axis=0)
        chosen = codes[seen, place].astype(np.intp)
        total["observed"][seen] += w[chosen, np.arange(len(chosen))]
        total["mean"][seen] += mean
        total["variance"][seen] += (chance * (w - mean) ** 2).sum(axis=0)
        total["pull"][seen] += (at.first * w).sum(axis=0)
        total["information"][seen] += (at.first**2 / chance).sum(axis=0)
        total["bend"][seen] += (at.first * at.second / chance).sum(axis=0)
        total["count"][seen] += 1
    return _Sums(**total)
