# SPDX-License-Identifier: Apache-2.0
"""Abilities against integrals and roots computed otherwise, and curves against differences."""

from typing import Any

import numpy as np
import pytest

from scoring.irt.abilities import Abilities, Method, abilities
from scoring.irt.category_models import Family, Item, own_parameters
from scoring.irt.curves import (
    BinaryCurves,
    CalibratedCurves,
    expected_scores,
    item_information,
    probabilities,
)
from scoring.irt.curves import test_information as information_of_test
from scoring.irt.quadrature import Quadrature, normal_grid
from scoring.irt.sufficient import means_by_sum

TWO = BinaryCurves(np.array([1.2, 0.7, 2.0, 1.0, 1.5]), np.array([0.5, -0.3, 1.0, 0.0, -1.5]), np.zeros(5))
THREE = BinaryCurves(TWO.slopes, TWO.intercepts, np.array([0.2, 0.0, 0.25, 0.1, 0.3]))
MIXED = CalibratedCurves(
    own_parameters(
        [
            Item("graded", Family.GRADED, np.array([1.4, 1.0, -0.5])),
            Item("credit", Family.PARTIAL_CREDIT, np.array([0.8, 0.4, -0.6])),
            Item("options", Family.NOMINAL, np.array([0.7, 1.5, 0.2, -0.4])),
            Item("guessed", Family.LOGISTIC, np.array([1.3, 0.2, 0.2])),
        ]
    )
)
PATTERNS = np.array(
    [[1, 0, 1, 1, 0], [0, 1, 0, 0, 0], [1, 1, 1, 1, 0], [np.nan, 1, 1, 0, np.nan], [0, 0, 1, 1, 0]]
)
MARKS = np.array([[2, 1, 0, 1], [0, 2, 2, np.nan], [1, 0, 1, 0], [2, 2, 2, 0.0]])
CASES = [(TWO, PATTERNS), (THREE, PATTERNS), (MIXED, MARKS)]


def log_likelihood(curves: Any, pattern: Any, theta: Any) -> Any:
    tables = curves.log_prob(np.atleast_1d(np.asarray(theta, dtype=float)))
    starts = np.concatenate(([0], np.cumsum(curves.categories)[:-1]))
    return sum(
        tables[start + int(mark)] for start, mark in zip(starts, pattern, strict=True) if not np.isnan(mark)
    )


@pytest.mark.parametrize("curves", [TWO, THREE, MIXED])
def test_the_derivatives_of_curves_are_derivatives(curves: Any):
    theta, step = np.linspace(-3, 3, 13), 1e-5
    here, up, down = curves.at(theta), curves.at(theta + step), curves.at(theta - step)
    assert here.log_prob == pytest.approx(curves.log_prob(theta))
    assert here.first == pytest.approx((up.log_prob - down.log_prob) / (2 * step), abs=1e-7)
    assert here.second == pytest.approx((up.first - down.first) / (2 * step), abs=1e-7)


def test_the_information_of_an_item_is_birnbaums():
    theta = np.linspace(-2, 2, 9)
    chance = 1 / (1 + np.exp(-TWO.logits(theta)))
    assert item_information(TWO, theta) == pytest.approx(TWO.slopes[:, None] ** 2 * chance * (1 - chance))
    guess = THREE.guessing[:, None]
    right = guess + (1 - guess) * chance
    birnbaum = (
        THREE.slopes[:, None] ** 2 * ((right - guess) / (1 - guess)) ** 2 * (1 - right) / right
    )  # 1968, 20.4.16
    assert item_information(THREE, theta) == pytest.approx(birnbaum)
    assert information_of_test(THREE, theta) == pytest.approx(birnbaum.sum(axis=0))


def test_expected_scores_are_probabilities_for_right_or_wrong_and_means_for_more():
    theta = np.array([-1.0, 0.5])
    assert expected_scores(TWO, theta) == pytest.approx(1 / (1 + np.exp(-TWO.logits(theta))))
    chance = probabilities(MIXED, theta)
    assert expected_scores(MIXED, theta)[0] == pytest.approx(chance[1] + 2 * chance[2])
    assert chance[:3].sum(axis=0) == pytest.approx(1)


@pytest.mark.parametrize(("curves", "patterns"), CASES)
def test_eap_is_the_mean_of_the_posterior(curves: Any, patterns: Any):
    from scipy.integrate import quad

    found = abilities(curves, patterns, mean=0.3, sd=1.4)
    for place, pattern in enumerate(patterns):

        def moment(power: Any, pattern: Any = pattern) -> Any:
            def inside(t: Any) -> Any:
                return t**power * np.exp(
                    float(log_likelihood(curves, pattern, t)[0]) - 0.5 * ((t - 0.3) / 1.4) ** 2
                )

            return quad(inside, -15, 15, epsabs=1e-12, limit=200)[0]

        mean = moment(1) / moment(0)
        assert found.theta[place] == pytest.approx(mean, abs=1e-6)
        assert found.se[place] == pytest.approx(np.sqrt(moment(2) / moment(0) - mean**2), abs=1e-6)


@pytest.mark.parametrize(("curves", "patterns"), CASES)
@pytest.mark.parametrize("method", [Method.ML, Method.MAP])
def test_ml_and_map_are_the_highest_points(curves: Any, patterns: Any, method: Any):
    found = abilities(curves, patterns, method=method, mean=-0.2, sd=0.9)
    grid = np.linspace(-8, 8, 160001)
    for place, pattern in enumerate(patterns):
        height = log_likelihood(curves, pattern, grid)
        if method is Method.MAP:
            height = height - 0.5 * ((grid + 0.2) / 0.9) ** 2
        top = int(height.argmax())
        assert found.theta[place] == pytest.approx(grid[top], abs=1e-4)
        bend = (height[top - 200] - 2 * height[top] + height[top + 200]) / 0.02**2
        assert found.se[place] == pytest.approx(1 / np.sqrt(-bend), rel=1e-3)
    assert found.reasons == (None,) * len(patterns)


@pytest.mark.parametrize(("curves", "patterns"), CASES)
def test_warms_estimate_solves_his_equation(curves: Any, patterns: Any):
    # Warm (1989), equation 11: l' + J / (2 I) = 0 with J = sum P' P'' / P over categories of the items presented
    found = abilities(curves, patterns, method=Method.WLE)
    starts = np.concatenate(([0], np.cumsum(curves.categories)[:-1]))
    for theta, pattern, error in zip(found.theta, patterns, found.se, strict=True):
        values = curves.at(np.array([theta]))
        rise = information = bend = 0.0
        for start, kinds, mark in zip(starts, curves.categories, pattern, strict=True):
            if np.isnan(mark):
                continue
            rows = slice(start, start + kinds)
            chance, first, second = np.exp(values.log_prob[rows]), values.first[rows], values.second[rows]
            rise += float(first[int(mark), 0])
            information += float((chance * first**2).sum())
            bend += float((chance * first * (second + first**2)).sum())
        assert rise + bend / (2 * information) == pytest.approx(0, abs=1e-9)
        assert error == pytest.approx(information**-0.5)


def test_with_equal_slopes_the_likelihood_is_solved_by_the_expected_score():
    curves = BinaryCurves(np.ones(6), np.linspace(-1, 1, 6), np.zeros(6))
    found = abilities(curves, np.array([[1, 1, 0, 0, 1, 0.0]]), method=Method.ML)
    assert float(expected_scores(curves, found.theta).sum()) == pytest.approx(3)


def test_all_right_and_all_wrong_have_no_likeliest_ability_but_a_weighted_one():
    extremes = np.array([[1.0] * 5, [0.0] * 5])
    likeliest = abilities(TWO, extremes, method=Method.ML)
    assert np.isnan(likeliest.theta).all()
    assert np.isnan(likeliest.se).all()
    assert likeliest.reasons == ("no_finite_maximum",) * 2
    weighted = abilities(TWO, extremes, method=Method.WLE)
    assert weighted.theta[0] > 2
    assert weighted.theta[1] < -1.5
    assert weighted.reasons == (None, None)
    guessed = abilities(THREE, extremes, method=Method.ML)
    assert guessed.reasons == ("no_finite_maximum",) * 2


def test_a_person_without_responses_has_the_population_or_nothing():
    nobody = np.full((1, 5), np.nan)
    for method, theta in ((Method.EAP, 0.3), (Method.MAP, 0.3), (Method.ML, np.nan), (Method.WLE, np.nan)):
        found = abilities(TWO, nobody, method=method, mean=0.3, sd=1.2)
        assert found.reasons == ("no_responses",)
        assert found.theta == pytest.approx([theta], nan_ok=True, abs=1e-6)
        assert found.se == pytest.approx([np.nan if np.isnan(theta) else 1.2], nan_ok=True, abs=1e-4)


def test_many_persons_are_worked_on_in_parts():
    scores = (np.random.default_rng(1).random((5000, 5)) < 0.5).astype(float)
    wide = BinaryCurves(np.tile(TWO.slopes, 7), np.tile(TWO.intercepts, 7), np.zeros(35))
    many = np.tile(scores, (1, 7))
    found = abilities(wide, many, method=Method.MAP)
    first = abilities(wide, many[4100:4110], method=Method.MAP)
    assert found.theta[4100:4110] == pytest.approx(first.theta)


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (0.7, 1.8), (-0.5, 0.4)])
def test_the_short_way_for_many_persons_gives_the_same_as_the_long_one(mean: float, sd: float) -> None:
    rng = np.random.default_rng(6)
    wide = BinaryCurves(rng.lognormal(0, 0.5, 30), rng.normal(0, 1, 30), np.zeros(30))
    scores = (rng.random((9000, 30)) < rng.random((9000, 1))).astype(float)
    grid = normal_grid()
    grid = Quadrature(mean + sd * grid.nodes, grid.log_weights)
    short = means_by_sum(wide, scores, grid)
    assert short is not None
    some = slice(0, 300)
    assert means_by_sum(wide, scores[some], grid) is None  # too few for it to pay
    long = abilities(wide, scores[some], mean=mean, sd=sd)
    assert short[0][some] == pytest.approx(long.theta, abs=1e-10)
    assert short[1][some] == pytest.approx(long.se, abs=1e-10)
    found = abilities(wide, scores, mean=mean, sd=sd)
    assert found.theta.tolist() == short[0].tolist()
    assert found.reasons == (None,) * 9000


def test_the_short_way_is_not_taken_where_it_would_be_wrong() -> None:
    scores = (np.random.default_rng(6).random((9000, 5)) < 0.5).astype(float)
    grid = normal_grid()
    assert means_by_sum(TWO, scores, grid) is not None
    assert means_by_sum(THREE, scores, grid) is None
    assert means_by_sum(TWO, scores[:0], grid) is None
    for value in (np.nan, 2.0, 0.5):
        scores[17, 2] = value
        assert means_by_sum(TWO, scores, grid) is None


def test_reliability_is_the_share_of_signal():
    found = Abilities(
        Method.EAP, np.array([-1.0, 1.0, np.nan]), np.array([0.5, 0.5, np.nan]), (None, None, None)
    )
    assert found.reliability() == pytest.approx(1 / 1.25)
    assert found.reliability(np.array([1.0, 3.0, 9.0])) == pytest.approx(0.75 / (0.75 + 0.25))
    assert Abilities(Method.ML, np.array([1.0]), np.array([0.1]), (None,)).reliability() is None


def test_abilities_agree_with_mirt_for_python():
    import mirt

    rng = np.random.default_rng(1)
    slopes, difficulties = rng.lognormal(0, 0.3, 20), rng.normal(0, 1, 20)
    scores = (
        rng.random((300, 20)) < 1 / (1 + np.exp(-slopes * (rng.normal(size=(300, 1)) - difficulties)))
    ).astype(int)
    fitted = mirt.fit_mirt(scores, "2PL", n_quadpts=61, compute_standard_errors=False)
    a = np.ravel(fitted.model.parameters["discrimination"])
    b = np.ravel(fitted.model.parameters["difficulty"])
    theirs = mirt.fscores(fitted, scores, method="EAP", n_quadpts=61)
    ours = abilities(BinaryCurves(a, -a * b, np.zeros(20)), scores.astype(float))
    assert ours.theta == pytest.approx(np.ravel(theirs.theta), abs=1e-4)
    assert ours.se == pytest.approx(np.ravel(theirs.standard_error), abs=1e-4)
