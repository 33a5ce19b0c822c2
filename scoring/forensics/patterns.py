# SPDX-License-Identifier: Apache-2.0
"""Persons whose right and wrong answers do not fit their ability: lz* under a model, with Guttman's errors and U3 beside it.

The statistics themselves live in `scoring.irt.person_fit` and `scoring.forensics.guttman`; here they are given p-values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.fairness.multiple import Control, adjusted
from scoring.forensics.guttman import Guttman, guttman
from scoring.forensics.surprise import MODELS
from scoring.forensics.tails import normal_upper
from scoring.irt.abilities import Method
from scoring.irt.category_models import Family, Item, own_parameters
from scoring.irt.curves import BinaryCurves
from scoring.irt.person_fit import person_fit
from scoring.tables import ResponseTable


@dataclass(frozen=True, slots=True, eq=False)
class OddPatterns:
    """One entry a person; `reasons` says why there is no lz*.

    `ability` (weighted likelihood), `lz`, `lz_star`; `p_normal` the lower normal tail of lz*, `skewness` of its law,
    `p` the lower tail with that skewness, `p_adjusted` and `flagged` of that; `guttman` has the statistics that need
    no model, with p-values from draws.
    """

    ability: NDArray[np.float64]
    lz: NDArray[np.float64]
    lz_star: NDArray[np.float64]
    p_normal: NDArray[np.float64]
    skewness: NDArray[np.float64]
    p: NDArray[np.float64]
    p_adjusted: NDArray[np.float64]
    flagged: NDArray[np.bool_]
    reasons: tuple[str | None, ...]
    guttman: Guttman


def odd_patterns(
    table: ResponseTable,
    *,
    draw: np.random.Generator,
    model: str = "2pl",
    draws: int = 999,
    rate: float = 0.05,
    control: Control = Control.BH,
) -> OddPatterns:
    """Fit `model` to the table, and see whom it does not fit.

    lz*: Snijders (2001), Psychometrika 66, eq. 6, at Warm's ability (Magis, Raiche & Beland, 2012). Its law leans to
    the left, and its normal tail makes two or three times the false alarms at .001; as Molenaar & Hoijtink (1990,
    Psychometrika 55, p. 86) did for known abilities, `p` is the tail of a gamma law with the same mean, variance and
    skewness, the third moment being that of the sum of (x - P) w~ of which lz* is made. Raises StatisticsError:
    `score_model_unknown`, those of the models' `fit` and of `guttman`.
    """
    if model not in MODELS:
        raise StatisticsError("score_model_unknown", model=model, models=sorted(MODELS))
    fitted = MODELS[model]().fit(table.scores, sample_weight=table.weights)
    curves = fitted.curves_
    names = np.array(table.items, dtype=object)[fitted.used_]
    items = [
        Item(str(name), Family.LOGISTIC, np.array(values))
        for name, *values in zip(names, curves.slopes, curves.intercepts, curves.guessing, strict=True)
    ]
    found = fitted.abilities(table.scores, method=Method.WLE)
    sd = float(np.sqrt(fitted.variance_))
    standard = type(found)(found.method, found.theta / sd, found.se / sd, found.reasons)
    fit = person_fit(own_parameters(items), table.scores[:, fitted.used_], standard)
    known = np.isfinite(fit.lz_star)
    skewness = np.where(
        known, _skewness(curves, np.nan_to_num(standard.theta), table.seen[:, fitted.used_]), np.nan
    )
    p_normal, p = np.full(known.shape, np.nan), np.full(known.shape, np.nan)
    p_normal[known] = normal_upper(-fit.lz_star[known])
    p[known] = lower_tail(fit.lz_star[known], skewness[known])
    p_adjusted = adjusted(p, control)
    return OddPatterns(
        ability=found.theta,
        lz=fit.lz,
        lz_star=fit.lz_star,
        p_normal=p_normal,
        skewness=skewness,
        p=p,
        p_adjusted=p_adjusted,
        flagged=np.nan_to_num(p_adjusted, nan=1.0) <= rate,
        reasons=tuple(None if reason is None else str(reason) for reason in fit.star_reasons),
        guttman=guttman(table, draw=draw, draws=draws, rate=rate, control=control),
    )


def _skewness(
    curves: BinaryCurves, theta: NDArray[np.float64], seen: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Of each person's sum of (x - P) w~ over the items that he answered, w~ = log(P / Q) - c P' / (P Q) (Snijders, eq. 6)."""
    logistic = 0.5 * (1 + np.tanh(0.5 * curves.logits(theta))).T  # persons x items
    right = np.clip(curves.guessing + (1 - curves.guessing) * logistic, 1e-12, 1 - 1e-12)
    rise = (1 - curves.guessing) * curves.slopes * logistic * (1 - logistic)
    spread = np.where(seen, right * (1 - right), 0.0)
    pull = rise / (right * (1 - right))
    weight = np.log(right / (1 - right))
    information = (spread * pull**2).sum(axis=1)
    share = np.divide(
        (spread * pull * weight).sum(axis=1), information, out=np.zeros_like(theta), where=information > 0
    )
    tilted = weight - share[:, None] * pull
    second, third = (spread * tilted**2).sum(axis=1), (spread * (1 - 2 * right) * tilted**3).sum(axis=1)
    skewness: NDArray[np.float64] = np.zeros_like(theta)
    np.divide(third, second**1.5, out=skewness, where=second > 1e-12)
    return skewness


def lower_tail(z: NDArray[np.float64], skewness: NDArray[np.float64]) -> NDArray[np.float64]:
    """P(Z <= z) of a standardised gamma law (Pearson's type III) of that skewness; the normal law where it is next to 0."""
    from scipy.special import gammainc, gammaincc

    bent = np.abs(skewness) > 1e-4
    safe = np.where(bent, skewness, 1.0)
    shape = 4 / safe**2
    place = np.maximum(shape + z * 2 / safe, 0.0)
    tail = np.where(safe > 0, gammainc(shape, place), gammaincc(shape, place))
    return np.where(bent, tail, normal_upper(-z))
