# SPDX-License-Identifier: Apache-2.0
"""Logistic regression of a right-or-wrong item on ability and group, in two groups or several. Matching lives elsewhere."""

from dataclasses import dataclass
from enum import StrEnum
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.fairness.mantel_haenszel import Ets
from scoring.fairness.matching import Matched

ZUMBO_THOMAS: Final = (0.13, 0.26)
JODOIN_GIERL: Final = (0.035, 0.07)
_TOLERANCE: Final = 1e-12
_ENDLESS: Final = 30.0  # a linear predictor beyond this is a chance of 0 or 1 to thirteen places


class DifKind(StrEnum):
    """Which difference is asked for: of level, of slope, or of either."""

    BOTH = "both"
    UNIFORM = "uniform"
    NONUNIFORM = "nonuniform"


@dataclass(frozen=True, slots=True)
class LogisticTest:
    """A likelihood ratio test between two nested models: chi-square, degrees of freedom, p.

    `r2_change` is the gain in Nagelkerke's R-squared; `zumbo_thomas` (.13, .26) and `jodoin_gierl` (.035, .07) class it.
    `wald` and `wald_p` test the same coefficients by their covariance in the larger model; None where it is singular.
    """

    chi2: float
    df: int
    p: float
    r2_change: float
    zumbo_thomas: Ets
    jodoin_gierl: Ets
    wald: float | None
    wald_p: float | None


@dataclass(frozen=True, slots=True)
class Logistic:
    """The three tests of one item and the model with everything in it; None where they do not exist, with the `reason`.

    `group_effects`: of the model without interaction, the log odds of each focal group against the reference group at equal
    ability: below 0 where the item is harder for the focal group. `coefficients` and `errors`: intercept, ability, then one
    for each focal group, then ability x each focal group, on the logit scale with 0/1 coding of the groups. `separated` says
    that a coefficient runs to infinity, so that its value and its error mean nothing; the likelihood ratio tests still stand.
    """

    both: LogisticTest | None = None
    uniform: LogisticTest | None = None
    nonuniform: LogisticTest | None = None
    group_effects: tuple[float, ...] = ()
    coefficients: tuple[float, ...] = ()
    errors: tuple[float, ...] = ()
    separated: bool = False
    reason: str | None = None

    def test(self, kind: DifKind) -> LogisticTest | None:
        """The test of one kind."""
        return {DifKind.BOTH: self.both, DifKind.UNIFORM: self.uniform, DifKind.NONUNIFORM: self.nonuniform}[
            kind
        ]


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64] | None
    deviance: float
    separated: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """The persons of one group and one matching value, as one binomial count."""

    right: NDArray[np.float64]
    persons: NDArray[np.float64]
    design: NDArray[np.float64]


def logistic(item: Matched) -> Logistic:
    """Logistic regression DIF of an item scored 0/1, in two or more groups.

    Models: Swaminathan & Rogers (1990), J. Educ. Meas. 27, eq. 3-5; several groups: Magis, Raiche, Beland & Gerard (2011),
    Int. J. Testing 11, p. 365. `both` compares ability with everything, `uniform` ability with ability and group,
    `nonuniform` ability and group with everything. R-squared: Nagelkerke (1991), Biometrika 78, p. 692, over persons;
    classes: Zumbo & Thomas (1997), Jodoin & Gierl (2001), Appl. Meas. Educ. 14, p. 332.
    """
    refusal = item.refusal()
    if refusal is not None:
        return Logistic(reason=refusal)
    if item.strata_count < 2:
        return Logistic(reason="one_stratum")
    cells = _cells(item)
    groups = item.group_count - 1
    small, middle, full = (_fit(cells, 2 + groups * extra) for extra in (0, 1, 2))
    persons, null = float(item.weights.sum()), _null_deviance(cells)
    r2 = [_nagelkerke(null, fit.deviance, persons) for fit in (small, middle, full)]
    return Logistic(
        both=_test(small, full, 2 * groups, r2[2] - r2[0]),
        uniform=_test(small, middle, groups, r2[1] - r2[0]),
        nonuniform=_test(middle, full, groups, r2[2] - r2[1]),
        group_effects=tuple(middle.coefficients[2:].tolist()),
        coefficients=_unscaled(full.coefficients, item),
        errors=() if full.covariance is None else _unscaled_errors(full.covariance, item),
        separated=full.separated,
    )


def _cells(item: Matched) -> _Cells:
    """Ability is centred and scaled for the arithmetic; no test depends on that, and the coefficients are put back."""
    persons, right = item.counts().ravel(), item.counts(item.scores).ravel()
    values = np.zeros(item.strata_count)
    values[item.strata] = item.matching
    centre, scale = _scaling(item)
    ability = np.tile((values - centre) / scale, item.group_count)
    group = np.repeat(np.arange(item.group_count), item.strata_count)
    dummies = (group[:, None] == np.arange(1, item.group_count)).astype(np.float64)
    design = np.column_stack([np.ones_like(ability), ability, dummies, dummies * ability[:, None]])
    filled = persons > 0
    return _Cells(right[filled], persons[filled], design[filled])


def _scaling(item: Matched) -> tuple[float, float]:
    centre = float(np.average(item.matching, weights=item.weights))
    return centre, float(np.sqrt(np.average((item.matching - centre) ** 2, weights=item.weights)))


def _fit(cells: _Cells, columns: int) -> _Fit:
    """Maximum likelihood by Newton's method with halved steps; the deviance falls until it rests, so the loop ends."""
    design = cells.design[:, :columns]
    beta = np.zeros(columns)
    beta[0] = np.log(cells.right.sum() / (cells.persons.sum() - cells.right.sum()))
    deviance = _deviance(cells, design @ beta)
    rested = False
    while not rested:
        chance = _chance(design @ beta)
        score = design.T @ (cells.right - cells.persons * chance)
        information = (design.T * (cells.persons * chance * (1 - chance))) @ design
        step = np.linalg.lstsq(information, score, rcond=1e-14)[0]
        after = _deviance(cells, design @ (beta + step))
        while after > deviance * (1 + 1e-14) and np.abs(step).max() > 1e-10:
            step = step / 2
            after = _deviance(cells, design @ (beta + step))
        beta, rested = beta + step, not deviance - after > _TOLERANCE * (abs(after) + 0.1)
        deviance = after
    predictor = design @ beta
    separated = bool(np.abs(predictor).max() > _ENDLESS / 2)
    chance = _chance(predictor)
    information = (design.T * (cells.persons * chance * (1 - chance))) @ design
    regular = not separated and np.linalg.matrix_rank(information, tol=1e-10) == columns
    return _Fit(
        beta,
        np.asarray(np.linalg.inv(information), dtype=np.float64) if regular else None,
        deviance,
        separated or not regular,
    )


def _chance(predictor: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip(predictor, -_ENDLESS, _ENDLESS))))


def _deviance(cells: _Cells, predictor: NDArray[np.float64]) -> float:
    """-2 ln likelihood of the persons (not of the cells: the same differences, and R-squared needs it so)."""
    wrong = cells.persons - cells.right
    return float(2 * np.sum(cells.right * np.logaddexp(0, -predictor) + wrong * np.logaddexp(0, predictor)))


def _null_deviance(cells: _Cells) -> float:
    right, persons = float(cells.right.sum()), float(cells.persons.sum())
    wrong = persons - right
    return -2 * (right * log(right / persons) + wrong * log(wrong / persons))


def _nagelkerke(null: float, deviance: float, persons: float) -> float:
    return float(np.expm1((deviance - null) / persons) / np.expm1(-null / persons))


def _test(small: _Fit, large: _Fit, df: int, r2_change: float) -> LogisticTest:
    from scipy.special import chdtrc

    chi2 = max(small.deviance - large.deviance, 0.0)
    r2_change = max(r2_change, 0.0)
    wald = None
    if large.covariance is not None:
        tail = large.coefficients[-df:]
        wald = float(tail @ np.linalg.solve(large.covariance[-df:, -df:], tail))
    return LogisticTest(
        chi2=chi2,
        df=df,
        p=float(chdtrc(df, chi2)),
        r2_change=r2_change,
        zumbo_thomas=_size(r2_change, ZUMBO_THOMAS),
        jodoin_gierl=_size(r2_change, JODOIN_GIERL),
        wald=wald,
        wald_p=None if wald is None else float(chdtrc(df, wald)),
    )


def _size(r2_change: float, limits: tuple[float, float]) -> Ets:
    if r2_change <= limits[0]:
        return Ets.A
    return Ets.B if r2_change <= limits[1] else Ets.C


def _back(item: Matched) -> NDArray[np.float64]:
    """The matrix that takes coefficients on centred, scaled ability to those on ability itself."""
    centre, scale = _scaling(item)
    groups = item.group_count - 1
    size = 2 + 2 * groups
    back = np.eye(size)
    back[1, 1] = 1 / scale
    back[0, 1] = -centre / scale
    for place in range(groups):
        interaction = 2 + groups + place
        back[interaction, interaction] = 1 / scale
        back[2 + place, interaction] = -centre / scale
    return back


def _unscaled(coefficients: NDArray[np.float64], item: Matched) -> tuple[float, ...]:
    return tuple((_back(item) @ coefficients).tolist())


def _unscaled_errors(covariance: NDArray[np.float64], item: Matched) -> tuple[float, ...]:
    back = _back(item)
    return tuple(np.sqrt(np.diag(back @ covariance @ back.T)).tolist())
