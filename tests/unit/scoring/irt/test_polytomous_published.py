# SPDX-License-Identifier: Apache-2.0
"""Polytomous models held to published figures of the Science data.

R's mirt stops its EM where no parameter moves by more than 1e-4 in a step, some hundredths short of the maximum of a flat
likelihood; we go to the maximum. Hence a log-likelihood must not be below R's and at most 0.005 above it, and estimates are
compared in parts of their standard errors.
"""

import numpy as np
import pytest

from scoring.irt.graded import GradedResponse
from scoring.irt.nominal import NominalResponse
from scoring.irt.partial_credit import GeneralizedPartialCredit, PartialCredit
from scoring.irt.quadrature import normal_grid
from scoring.irt.sum_scores import sum_score_abilities
from scoring.tables import ResponseTable
from tests.unit.scoring.irt.science import ITEMS, science


@pytest.fixture(scope="module")
def table() -> ResponseTable:
    scores, frequencies = science()
    return ResponseTable.of(scores, items=ITEMS, weights=frequencies)


@pytest.fixture(scope="module")
def graded(table: ResponseTable) -> GradedResponse:
    return GradedResponse().fit(table)


def near(found: np.ndarray, published: list[float], errors: np.ndarray | None) -> bool:
    assert errors is not None
    return bool((np.abs(found - np.array(published)) < 0.05 * errors).all())


def test_the_data_are_those_of_the_literature(table: ResponseTable) -> None:
    # mirt 1.45, ?Science, itemstats: N 392, mean total 11.668, item means and the shares of the categories
    assert table.n == 392
    assert table.weights @ table.scores.sum(axis=1) / 392 == pytest.approx(11.668, abs=5e-4)
    assert table.weights @ table.scores / 392 == pytest.approx([3.120, 2.722, 2.990, 2.837], abs=5e-4)


def test_the_graded_model_has_the_likelihood_that_mirt_prints(graded: GradedResponse) -> None:
    # mirt 1.45, ?anova-method: logLik -1608.870, AIC 3249.739, BIC 3313.279
    assert -1608.8705 <= graded.loglik_ <= -1608.865
    assert graded.aic_ == pytest.approx(3249.739, abs=1e-3)
    assert graded.bic_ == pytest.approx(3313.279, abs=1e-3)
    assert graded.n_parameters_ == 16
    assert graded.converged_
    assert graded.decrement_ < 1e-9


def test_the_graded_model_has_the_estimates_that_mirt_prints(graded: GradedResponse) -> None:
    # mirt 1.47, coef(IRTpars = TRUE), all digits
    published = {
        "Comfort": [1.0417546806508, -4.66919347320702, -2.5341299267307, 1.40725405115604],
        "Work": [1.22596180927959, -2.38506833867795, -0.735067830931586, 1.8488053116297],
        "Future": [2.29337171364874, -2.28222610789479, -0.965291753329167, 0.856252920155497],
        "Benefit": [1.09491513677436, -3.05769781863326, -0.905667337215953, 1.54190938486576],
    }
    for item in graded.items_:
        assert near(item.slope.values, published[item.name][:1], item.slope.errors)
        assert item.difficulties is not None
        assert near(item.difficulties.values, published[item.name][1:], item.difficulties.errors)
    # the same in slope-intercept form: dk = -a bk
    printed = published["Future"]
    assert near(
        graded.intercepts_[2], [-printed[0] * b for b in printed[1:]], graded.items_[2].intercepts.errors
    )
    assert graded.categories_[0] == ("1", "2", "3", "4")


def test_one_slope_for_all_items_is_the_constrained_graded_model(table: ResponseTable) -> None:
    # mirt 1.45, ?mirt, pmod1_equalslopes: logLik -1613.899, AIC 3253.798, BIC 3305.425; a 1.321; d as below
    model = GradedResponse(common_slope=True).fit(table)
    assert model.loglik_ == pytest.approx(-1613.899, abs=5e-4)
    assert (model.aic_, model.bic_) == pytest.approx((3253.798, 3305.425), abs=1e-3)
    assert model.slopes_ == pytest.approx([1.321] * 4, abs=1e-3)
    published = [
        [5.165, 2.844, -1.587],
        [2.992, 0.934, -2.319],
        [4.067, 1.662, -1.488],
        [3.55, 1.057, -1.806],
    ]
    for found, printed in zip(model.intercepts_, published, strict=True):
        assert found == pytest.approx(printed, abs=2e-3)


def test_the_generalised_partial_credit_model_is_that_of_mirt(table: ResponseTable) -> None:
    # mirt 1.45, ?mirt, gpcmod: logLik -1612.683; mirt 1.47, coef(IRTpars = TRUE)
    model = GeneralizedPartialCredit().fit(table)
    assert -1612.6835 <= model.loglik_ <= -1612.678
    published = [
        [0.865313335805879, -3.27142351618925, -2.8816624705384, 1.53292355498357],
        [0.840854788574444, -2.03429683682441, -1.03197393805873, 2.05801750184011],
        [2.20434639572653, -2.0871301753179, -0.979082479473618, 0.835220564665232],
        [0.723834858456339, -2.89964092443349, -1.1052296667044, 1.62703529953286],
    ]
    for item, printed in zip(model.items_, published, strict=True):
        assert near(item.slope.values, printed[:1], item.slope.errors)
        assert item.difficulties is not None
        assert near(item.difficulties.values, printed[1:], item.difficulties.errors)


def test_the_partial_credit_model_is_that_of_mirt(table: ResponseTable) -> None:
    # mirt 1.47, itemtype "Rasch", coef(IRTpars = TRUE); logLik -1619.274
    model = PartialCredit().fit(table)
    assert model.loglik_ == pytest.approx(-1619.274, abs=5e-4)
    assert model.slopes_ == pytest.approx([1.0] * 4)
    published = [
        [-3.08810259335204, -2.59543149712436, 1.38887216417262],
        [-1.89654369481429, -0.910960123125512, 1.8588846068857],
        [-2.64780119183803, -1.42129423448481, 1.13529635300253],
        [-2.44935698437832, -0.899811689279516, 1.35813918467725],
    ]
    for found, printed in zip(model.difficulties_, published, strict=True):
        assert found == pytest.approx(printed, abs=5e-4)
    assert model.variance_ == pytest.approx(model.fit_.parameters[0] ** 2)
    assert model.variance_error_ is not None
    assert model.items_[0].slope.errors is None  # fixed, not estimated


def test_the_nominal_model_is_that_of_mirt(table: ResponseTable) -> None:
    # mirt 1.45, ?mirt, nomod: logLik -1608.455; mirt 1.47, coef(IRTpars = TRUE)
    model = NominalResponse().fit(table)
    assert -1608.4555 <= model.loglik_ <= -1608.45
    assert model.n_parameters_ == 24
    slopes = [
        [-1.64789274060456, -0.0950151497738521, 0.366908683869174, 1.37599920650924],
        [-1.09085813295536, -0.51150685814939, 0.170769909600432, 1.43159508150431],
        [-2.86852225741206, -1.31442689842604, 0.929325467537453, 3.25362368830064],
        [-1.12533710152522, -0.318077281102021, 0.231674626535027, 1.21173975609221],
    ]
    intercepts = [
        [-3.51929511314191, 0.119764187254667, 2.38609233677569, 1.01343858911155],
        [-1.02882252806264, 0.434882241164064, 1.29730316795253, -0.703362881053956],
        [-3.37104491649847, 0.296763473530031, 2.49645234753827, 0.577829095430165],
        [-1.66892178677555, 0.47525875840371, 1.24188984867855, -0.0482268203067115],
    ]
    for item, a, c in zip(model.items_, slopes, intercepts, strict=True):
        for name, printed in (("bock_slopes", a), ("bock_intercepts", c)):
            found = item.extra[name]
            assert found.errors is not None
            assert (np.abs(found.values - np.array(printed)) < 0.1 * found.errors).all()
            assert found.values.sum() == pytest.approx(0.0, abs=1e-9)
        assert item.difficulties is None
    # coef(nomod): a1, ak, d of Benefit 0.779, (0, 1.036, 1.742, 3), (0, 2.144, 2.911, 1.621)
    benefit = model.items_[3]
    assert benefit.slope.values == pytest.approx([0.779], abs=0.006)
    assert benefit.extra["scoring"].values == pytest.approx([1.036, 1.742, 3.0], abs=0.006)
    assert benefit.extra["scoring"].errors is not None
    assert benefit.extra["scoring"].errors[-1] == pytest.approx(0.0, abs=1e-9)
    assert benefit.intercepts.values == pytest.approx([2.144, 2.911, 1.621], abs=0.01)


def test_abilities_are_those_of_fscores(graded: GradedResponse, table: ResponseTable) -> None:
    # mirt 1.45, ?fscores: EAP (full.scores = FALSE), MAP of the patterns (1, 2, 3, 4) and (2, 2, 1, 3), ML
    eap = graded.abilities(table)
    assert eap.theta[:6] == pytest.approx([-2.749, -1.420, -0.714, -0.447, -2.544, -1.248], abs=2e-3)
    assert eap.se[:6] == pytest.approx([0.629, 0.577, 0.620, 0.651, 0.591, 0.584], abs=2e-3)
    some = ResponseTable.of([[1, 2, 3, 4], [2, 2, 1, 3]], items=ITEMS)
    posterior_mode = graded.abilities(some, method="map")
    assert posterior_mode.theta == pytest.approx([-0.370, -1.694], abs=2e-3)
    assert posterior_mode.se == pytest.approx([0.605, 0.577], abs=2e-3)
    likelihood = graded.abilities(table, method="ml")
    assert likelihood.theta[0] != likelihood.theta[0]  # all answers lowest: mirt prints -Inf
    assert likelihood.theta[1:6] == pytest.approx([-2.105, -1.151, -0.781, -4.400, -1.864], abs=6e-3)
    assert graded.transform(table)[:, 0] == pytest.approx(eap.theta)


def test_sum_scores_tell_what_eapsum_tells(graded: GradedResponse) -> None:
    # mirt 1.45, ?fscores, method = "EAPsum": sum scores 4 to 16 of marks 1 to 4
    published_theta = [
        -2.74926694, -2.43096701, -2.08095804, -1.71797996, -1.36354348, -1.01186764, -0.64926712, -0.28688279,
        0.08240446, 0.48709473, 0.93406958, 1.38421709, 1.85351389,
    ]  # fmt: skip
    published_se = [
        0.6293525, 0.6167666, 0.6101826, 0.6019326, 0.5979810, 0.6038596, 0.6101301, 0.6048405, 0.5996636, 0.6133534,
        0.6170256, 0.6218261, 0.6544097,
    ]  # fmt: skip
    published_count = [
        0.1241448, 0.7902670, 2.7598787, 7.2515944, 15.8925644, 29.6740255, 48.3632492, 68.4845962, 80.5530281,
        65.6680929, 42.6372130, 22.3313442, 7.4700015,
    ]  # fmt: skip
    found = sum_score_abilities(graded.calibration_, normal_grid(121))
    assert found.ability == pytest.approx(published_theta, abs=6e-4)
    assert found.error == pytest.approx(published_se, abs=3e-4)
    assert found.share * 392 == pytest.approx(published_count, abs=7e-3)
