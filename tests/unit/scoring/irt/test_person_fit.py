# SPDX-License-Identifier: Apache-2.0
"""Person fit held to R's ltm, to Snijders' formula, and to the normal distribution where the model holds."""

import numpy as np
import pytest

from scoring.irt.abilities import Abilities, Method, abilities
from scoring.irt.category_models import Family, Item, given_parameters
from scoring.irt.curves import CalibratedCurves
from scoring.irt.person_fit import Reason, person_fit
from tests.unit.scoring.irt.law_school import section_6
from tests.unit.scoring.irt.test_polytomous_engine import answers

# R's ltm, person.fit(rasch(LSAT, constraint = cbind(6, 1))): difficulties, and Lz of the 30 patterns at the posterior mode
DIFFICULTIES = [
    -2.87197119854978,
    -1.06302941844366,
    -0.257610878680845,
    -1.38805883083614,
    -2.21877845496312,
]
LZ = [
    0.0417487572282902, -0.362909074346588, -1.33201196913843, -1.03122335052455, -2.65077265689369, -2.28587898551629,
    -3.20787371676508, -2.05731186750523, -1.71118556188111, -1.39196528236932, -1.27323083223546, -2.37373045682244,
    -3.18244228892902, -1.56516718959861, 0.398743612245129, 0.615733524698474, -0.30626123226543, 0.487787661460748,
    -1.56091687039395, -0.612711963126402, -1.42142379523267, -0.041652434902748, -0.667003157682603, 0.171369072143307,
    -0.63734275996338, 0.636681739295807, -1.7378423845501, -0.315396516315399, -1.01503959828756, 0.770538376578784,
]  # fmt: skip


def test_lz_is_that_of_ltm() -> None:
    items = [Item(str(n), Family.LOGISTIC, np.array([1.0, -b, 0.0])) for n, b in enumerate(DIFFICULTIES)]
    scores, _ = section_6()
    calibration = given_parameters(items)
    mode = abilities(CalibratedCurves(calibration), scores, method=Method.MAP)
    assert mode.theta[0] == pytest.approx(-2.02077601343733, abs=1e-5)
    found = person_fit(calibration, scores, mode)
    assert found.lz == pytest.approx(LZ, abs=6e-4)  # ltm looks for each mode numerically, to about 2e-4
    assert found.loglik[:3] == pytest.approx(
        [-2.91284845259895, -3.34116184224321, -4.17188146636995], abs=3e-4
    )
    assert set(found.reasons) == {None}


def test_lz_star_is_snijders_formula_for_right_and_wrong() -> None:
    luck = np.random.default_rng(3)
    a, d = luck.uniform(0.6, 2.0, 15), luck.normal(size=15)
    items = [Item(str(n), Family.LOGISTIC, np.array([a[n], d[n], 0.0])) for n in range(15)]
    scores = answers(items, 40, seed=5)
    calibration = given_parameters(items)
    for method in (Method.ML, Method.MAP, Method.WLE):
        found = abilities(CalibratedCurves(calibration), scores, method=method)
        fit = person_fit(calibration, scores, found)
        for person, theta in enumerate(found.theta):
            if not np.isfinite(theta):
                assert fit.reasons[person] is Reason.NO_ABILITY
                assert np.isnan(fit.lz_star[person])
                continue
            p = 1 / (1 + np.exp(-(a * theta + d)))
            q = 1 - p
            w, slope = np.log(p / q), a * p * q  # Snijders (2001), eq. 2, and P'
            r = slope / (p * q)
            c = (slope * w).sum() / (slope * r).sum()
            bend = (slope * a**2 * p * q * (q - p) / (p * q)).sum()
            r0 = {Method.ML: 0.0, Method.MAP: -theta, Method.WLE: bend / (2 * (slope**2 / (p * q)).sum())}[
                method
            ]
            total = ((scores[person] - p) * w).sum()
            tau = ((w - c * r) ** 2 * p * q).sum()
            assert fit.lz_star[person] == pytest.approx((total + c * r0) / np.sqrt(tau), rel=1e-6)


@pytest.mark.parametrize("family", [Family.LOGISTIC, Family.GRADED])
@pytest.mark.parametrize("method", [Method.ML, Method.WLE, Method.MAP])
def test_lz_star_is_standard_normal_and_lz_is_not_where_the_model_holds(
    family: Family, method: Method
) -> None:
    luck = np.random.default_rng(8)
    if family is Family.LOGISTIC:
        items = [
            Item(str(n), family, np.array([luck.uniform(0.7, 1.8), luck.normal(), 0.0])) for n in range(40)
        ]
    else:
        items = [Item(str(n), family, np.array([luck.uniform(0.7, 1.8), luck.normal() + 0.8, -1.2 + luck.normal() * 0.1 - 1]))
                 for n in range(40)]  # fmt: skip
    scores = answers(items, 3000, seed=9)
    calibration = given_parameters(items)
    found = abilities(CalibratedCurves(calibration), scores, method=method)
    fit = person_fit(calibration, scores, found)
    star = fit.lz_star[np.isfinite(fit.lz_star)]
    plain = fit.lz[np.isfinite(fit.lz)]
    assert star.mean() == pytest.approx(0.0, abs=0.08)
    assert star.std() == pytest.approx(1.0, abs=0.06)
    assert plain.std() <= star.std()
    assert (star < -1.645).mean() == pytest.approx(0.05, abs=0.022)


def test_a_person_who_fails_the_easy_and_solves_the_hard_is_found() -> None:
    items = [Item(str(n), Family.LOGISTIC, np.array([1.3, 2.0 - 0.2 * n, 0.0])) for n in range(21)]
    upside_down = (np.arange(21) >= 11).astype(float)[None]
    sensible = (np.arange(21) < 11).astype(float)[None]
    scores = np.vstack((upside_down, sensible))
    calibration = given_parameters(items)
    fit = person_fit(calibration, scores, abilities(CalibratedCurves(calibration), scores, method=Method.WLE))
    assert fit.lz_star[0] < -4 < 0 < fit.lz_star[1]
    assert fit.outfit[0] > 1.8
    assert fit.infit[0] > 1.5
    assert fit.outfit_z[0] > 3
    assert fit.infit[1] < 1
    assert fit.infit_z[1] < 0


def test_no_z_is_given_where_there_is_none() -> None:
    items = [Item(str(n), Family.LOGISTIC, np.array([1.0, 0.0, 0.0])) for n in range(6)]
    scores = np.array([[1, 0, 1, 0, np.nan, np.nan], [1, 0, 1, 0, 1, 0], [1, 1, 1, 1, 1, 1], [np.nan] * 6])
    calibration = given_parameters(items)
    likely = person_fit(
        calibration, scores, abilities(CalibratedCurves(calibration), scores, method=Method.ML)
    )
    assert likely.reasons == (
        Reason.FEW,
        Reason.NO_SPREAD,
        Reason.NO_ABILITY,
        Reason.NO_ABILITY,
    )  # at theta 0 all is even
    assert np.isnan(likely.lz[[0, 2, 3]]).all()
    assert np.isnan(likely.loglik[2])
    mean = person_fit(
        calibration, scores, abilities(CalibratedCurves(calibration), scores, method=Method.EAP)
    )
    assert set(mean.star_reasons) == {Reason.NOT_CENTRED}
    assert np.isnan(mean.lz_star).all()
    assert np.isfinite(mean.lz[2])


def test_items_that_tell_nothing_of_ability_leave_lz_as_it_is() -> None:
    flat = [Item(str(n), Family.LOGISTIC, np.array([0.0, 1.0, 0.0])) for n in range(8)]
    scores = np.array([[1, 1, 0, 1, 1, 0, 1, 1.0]])
    at = Abilities(Method.MAP, np.zeros(1), np.ones(1), (None,))
    fit = person_fit(given_parameters(flat), scores, at)
    assert fit.lz_star == pytest.approx(fit.lz)
    warm = person_fit(given_parameters(flat), scores, Abilities(Method.WLE, np.zeros(1), np.ones(1), (None,)))
    assert warm.lz_star == pytest.approx(fit.lz)
