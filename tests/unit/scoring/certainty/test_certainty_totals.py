# SPDX-License-Identifier: Apache-2.0
"""Decisions on totals: models are recovered from their own distributions, figures agree with other ways to integrate."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from scoring.certainty.api import (
    Scale,
    TotalDecisions,
    TrueScores,
    effective_length,
    error_chances,
    fit_true_scores,
    from_model,
    hanson_brennan,
    livingston_lewis,
    lords_k,
    true_moments,
)
from scoring.errors import StatisticsError

PERSONS = 1e7
# 200 totals of a 40-item test: how many persons have 8, 9, … 40 right
COUNTS = [
    1,
    0,
    1,
    1,
    2,
    2,
    2,
    3,
    3,
    5,
    5,
    6,
    7,
    7,
    8,
    9,
    10,
    10,
    11,
    12,
    12,
    12,
    12,
    11,
    11,
    10,
    8,
    7,
    5,
    3,
    2,
    1,
    1,
]


def sample() -> NDArray[np.float64]:
    return np.repeat(np.arange(8.0, 41.0), COUNTS)


def moments_of(scores: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float]:
    mean = float(np.average(scores, weights=weights))
    return mean, float(np.average((scores - mean) ** 2, weights=weights))


def reliability_of(scores: NDArray[np.float64], weights: NDArray[np.float64], items: int) -> float:
    """The reliability with which the effective length is the number of items (Livingston & Lewis, eq. 1, solved for it)."""
    mean, variance = moments_of(scores, weights)
    variance *= weights.sum() / (weights.sum() - 1)
    return (items * variance - mean * (items - mean)) / ((items - 1) * variance)


def area(true: TrueScores, function: object, low: float = 0.0, high: float = 1.0) -> float:
    """Another way to integrate: adaptive quadrature over scipy's density."""
    from scipy.integrate import quad
    from scipy.stats import beta

    assert callable(function)
    law = beta(true.alpha, true.beta, loc=true.lower, scale=true.upper - true.lower)
    low, high = max(low, true.lower), min(high, true.upper)
    return float(quad(lambda t: law.pdf(t) * function(t), low, high, epsabs=1e-13, limit=200)[0])


@pytest.mark.parametrize(
    "true", [TrueScores(0.25, 0.75, 5, 3), TrueScores(0.1, 0.95, 2, 4), TrueScores(0, 0.9, 30, 12)]
)
def test_livingston_and_lewis_find_the_model_that_made_the_scores(true: TrueScores) -> None:
    nodes, weight = true.nodes()
    frequencies = weight @ error_chances(nodes, length=50) * PERSONS
    scores = np.arange(51.0)
    found = livingston_lewis(
        scores,
        weights=frequencies,
        reliability=reliability_of(scores, frequencies, 50),
        cuts=[25],
        scale=Scale(0, 50),
    )
    assert found.length == pytest.approx(50, abs=1e-3)
    assert found.rounded == 50
    model = found.true_scores
    assert (model.fitted, model.reason) == (4, None)
    assert_allclose(
        [model.lower, model.upper, model.alpha, model.beta],
        [true.lower, true.upper, true.alpha, true.beta],
        rtol=1e-3,
        atol=1e-4,
    )
    assert found.fit is not None
    assert found.fit.p is not None
    assert found.fit.p > 0.999
    made = from_model(true, length=50, cuts=[25], scale=Scale(0, 50)).quality
    assert found.quality.accuracy == pytest.approx(made.accuracy, abs=1e-5)
    assert found.quality.consistency == pytest.approx(made.consistency, abs=1e-5)
    assert found.quality.kappa == pytest.approx(made.kappa, abs=1e-4)


def test_hanson_and_brennan_find_the_model_that_made_the_scores() -> None:
    true, k, items = TrueScores(0.15, 0.85, 6, 4), 1.25, 40
    nodes, weight = true.nodes()
    frequencies = weight @ error_chances(nodes, length=items, k=k) * PERSONS
    scores = np.arange(items + 1.0)
    found = hanson_brennan(
        scores,
        weights=frequencies,
        reliability=true.variance * items**2 / moments_of(scores, frequencies)[1],
        cuts=[24],
        items=items,
    )
    assert found.k == pytest.approx(k, abs=1e-4)
    model = found.true_scores
    assert_allclose(
        [model.lower, model.upper, model.alpha, model.beta], [0.15, 0.85, 6, 4], rtol=1e-3, atol=1e-4
    )
    made = from_model(true, length=items, cuts=[24], scale=Scale(0, items), k=k)
    assert found.quality.accuracy == pytest.approx(made.quality.accuracy, abs=1e-6)
    assert (found.rounded, found.length) == (40, 40.0)


def test_the_documented_example_of_betafunctions_agrees_with_adaptive_quadrature() -> None:
    """`LL.CA(x = list(l = .25, u = .75, alpha = 5, beta = 3, etl = 50), cut = 50, min = 0, max = 100)`."""
    from scipy.stats import binom

    true = TrueScores(0.25, 0.75, 5, 3)
    found = from_model(true, length=50, cuts=[50], scale=Scale(0, 100))
    assert found.observed_cuts == (25,)

    def passes(t: float) -> float:
        return float(binom.sf(24, 50, t))

    truth = found.quality.against_truth
    assert truth[1, 1] == pytest.approx(area(true, passes, 0.5), abs=1e-12)
    assert truth[1, 0] == pytest.approx(area(true, passes, 0, 0.5), abs=1e-12)
    assert truth[0, 1] == pytest.approx(area(true, lambda t: 1 - passes(t), 0.5), abs=1e-12)
    assert found.quality.consistency == pytest.approx(
        area(true, lambda t: passes(t) ** 2 + (1 - passes(t)) ** 2), abs=1e-12
    )
    assert (found.quality.accuracy, found.quality.consistency) == pytest.approx(
        (0.8369809370, 0.7749908681), abs=1e-10
    )
    assert found.persons == 0
    assert found.fit is None


@pytest.mark.parametrize(
    "true",
    [
        TrueScores(0, 1, 0.3, 0.4),
        TrueScores(0.2, 1, 0.6, 15),
        TrueScores(0.1, 0.9, 300, 150),
        TrueScores(0, 1, 12, 0.2),
    ],
)
def test_integration_is_exact_also_where_the_density_is_infinite(true: TrueScores) -> None:
    from scipy.special import betainc

    nodes, weights = true.nodes([0.61])
    assert weights @ nodes == pytest.approx(true.mean, abs=1e-13)
    assert weights @ (nodes - true.mean) ** 2 == pytest.approx(true.variance, abs=1e-13)
    z = (0.61 - true.lower) / (true.upper - true.lower)
    assert weights[nodes < 0.61].sum() == pytest.approx(betainc(true.alpha, true.beta, z), abs=1e-12)


def test_the_beta_binomial_is_the_closed_form_in_fractions() -> None:
    """With whole shapes and ends 0 and 1, the chance to pass twice is a ratio of factorials."""
    found = from_model(TrueScores(0, 1, 3, 2), length=8, cuts=[5], scale=Scale(0, 8))

    def beta(a: int, b: int) -> Fraction:
        return Fraction(1, (a + b - 1) * comb(a + b - 2, a - 1))

    twice = sum(
        (
            comb(8, x) * comb(8, y) * beta(3 + x + y, 2 + 16 - x - y) / beta(3, 2)
            for x in range(5, 9)
            for y in range(5, 9)
        ),
        Fraction(0),
    )
    assert found.quality.over_two_tests[1, 1] == pytest.approx(float(twice), abs=1e-14)
    once = sum((comb(8, x) * beta(3 + x, 10 - x) / beta(3, 2) for x in range(5, 9)), Fraction(0))
    assert found.quality.observed[1] == pytest.approx(float(once), abs=1e-14)
    # Bayes: after 5 of 8, p is Beta(8, 5)
    from scipy.special import betainc

    assert found.truly_passes()[5] == pytest.approx(1 - betainc(8, 5, 5 / 8), abs=1e-12)


def test_lords_second_term_keeps_the_mean_and_narrows_the_errors() -> None:
    p = np.array([0.1, 0.35, 0.8])
    chances = error_chances(p, length=20, k=2.0)
    numbers = np.arange(21)
    assert_allclose(chances.sum(axis=1), 1, atol=1e-14)
    assert_allclose(chances @ numbers, 20 * p, atol=1e-12)
    spread = chances @ numbers**2 - (20 * p) ** 2
    assert_allclose(spread, (20 - 4) * p * (1 - p), atol=1e-11)  # (n - 2k) p (1 - p)
    assert_allclose(error_chances(p, length=1, k=2.0), np.stack([1 - p, p], axis=1))


def test_lords_k_is_nothing_where_the_reliability_is_kr21() -> None:
    scores = sample()
    mean, variance = scores.mean(), scores.var(ddof=1)
    kr21 = 40 / 39 * (1 - mean * (40 - mean) / (40 * variance))
    assert lords_k(mean=mean, variance=variance, reliability=kr21, length=40) == pytest.approx(0, abs=1e-9)
    length = effective_length(mean=mean, variance=variance, reliability=kr21, minimum=0, maximum=40)
    assert length == pytest.approx(40)
    # and both methods are then the beta-binomial of Keats and Lord (1962)
    first = livingston_lewis(scores, reliability=kr21, cuts=[26], scale=Scale(0, 40), parameters=2)
    second = hanson_brennan(scores, reliability=kr21, cuts=[26], items=40, parameters=2)
    assert_allclose(first.quality.against_truth, second.quality.against_truth, atol=1e-12)


def test_a_better_test_decides_better() -> None:
    figures = []
    for reliability in (0.6, 0.7, 0.8, 0.9):
        quality = livingston_lewis(
            sample(), reliability=reliability, cuts=[25], scale=Scale(0, 40), parameters=2
        ).quality
        figures.append((quality.accuracy, quality.consistency, quality.kappa or 0.0))
        assert quality.accuracy > quality.consistency
        assert quality.accuracy + quality.false_pass + quality.false_fail == pytest.approx(1)
    assert figures == sorted(figures)


def test_the_scale_of_marks_does_not_matter() -> None:
    first = livingston_lewis(sample(), reliability=0.83, cuts=[24, 32], scale=Scale(0, 40))
    second = livingston_lewis(10 + sample() / 2, reliability=0.83, cuts=[22, 26], scale=Scale(10, 30))
    assert_allclose(first.quality.against_truth, second.quality.against_truth, atol=1e-9)
    assert first.observed_cuts == second.observed_cuts
    assert_allclose(first.true_cuts, [0.6, 0.8])


def test_weights_are_frequencies() -> None:
    scores, counts = np.unique(sample(), return_counts=True)
    first = livingston_lewis(sample(), reliability=0.8, cuts=[25], scale=Scale(0, 40))
    second = livingston_lewis(
        scores, weights=counts.astype(float), reliability=0.8, cuts=[25], scale=Scale(0, 40)
    )
    assert_allclose(first.quality.against_truth, second.quality.against_truth, atol=1e-12)
    assert first.persons == second.persons == 200


def test_a_true_cut_of_its_own_moves_only_the_truth() -> None:
    plain = livingston_lewis(sample(), reliability=0.8, cuts=[25], scale=Scale(0, 40))
    other = livingston_lewis(sample(), reliability=0.8, cuts=[25], scale=Scale(0, 40), true_cuts=[28])
    assert_allclose(plain.quality.observed, other.quality.observed, atol=1e-12)
    assert other.quality.false_pass > plain.quality.false_pass
    own = hanson_brennan(sample(), reliability=0.8, cuts=[25], items=40, true_cuts=[28])
    assert own.true_cuts == (0.7,)
    with pytest.raises(StatisticsError, match="true_cuts_number"):
        livingston_lewis(sample(), reliability=0.8, cuts=[25], scale=Scale(0, 40), true_cuts=[20, 30])


@pytest.mark.parametrize(
    ("variance", "kurtosis", "reason"),
    [
        (0.01, 2.0, None),
        (0.01, np.nan, "short_test"),
        (0.01, 3.5, "no_beta_has_these_moments"),
        (0.08, 2.0, "ends_outside_0_to_1"),
    ],
)
def test_four_moments_that_no_beta_has_give_way_to_two_with_the_reason(
    variance: float, kurtosis: float, reason: str | None
) -> None:
    fourth = kurtosis * variance**2 + 1.5 * variance + 0.0625
    found = fit_true_scores(np.array([0.5, 0.25 + variance, 0.125 + 1.5 * variance, fourth]), parameters=4)
    assert found.reason == reason
    assert found.fitted == (4 if reason is None else 2)
    assert found.mean == pytest.approx(0.5)
    assert found.variance == pytest.approx(variance)
    if reason is None:  # r = 3: two shapes of 3/2 on 1/2 -+ sqrt(4 * 0.01)
        assert (found.alpha, found.beta) == pytest.approx((1.5, 1.5))
        assert (found.lower, found.upper) == pytest.approx((0.3, 0.7))


def test_a_beta_of_kurtosis_just_so_has_no_shape() -> None:
    """6 + 3 skew^2 - 2 kurtosis = 0 is the gamma line, where both shapes are infinite."""
    variance = 1 / 64
    fourth = 3 * variance**2 + 6 * variance * 0.25 + 0.0625  # a normal's moments about 1/2
    found = fit_true_scores(np.array([0.5, 0.25 + variance, 0.125 + 1.5 * variance, fourth]), parameters=4)
    assert found.reason == "no_beta_has_these_moments"


def test_skewed_scores_have_their_longer_tail_on_the_right_side() -> None:
    for true in (TrueScores(0.2, 0.9, 2, 5), TrueScores(0.2, 0.9, 5, 2)):
        nodes, weights = true.nodes()
        raw = np.array([weights @ nodes**order for order in range(1, 5)])
        found = fit_true_scores(raw, parameters=4)
        assert_allclose(
            [found.alpha, found.beta, found.lower, found.upper], [true.alpha, true.beta, 0.2, 0.9], rtol=1e-6
        )


def test_moments_of_true_scores_undo_the_binomial() -> None:
    scores = np.arange(6.0)
    chances = np.array([comb(5, x) * 0.3**x * 0.7 ** (5 - x) for x in range(6)])
    assert_allclose(true_moments(scores, chances, length=5, k=0), [0.3, 0.09, 0.027, 0.0081], rtol=1e-12)
    short = true_moments(np.array([0.0, 1.0, 2.0]), np.array([0.25, 0.5, 0.25]), length=2, k=0)
    assert np.isnan(short[2:]).all()
    assert short[1] == pytest.approx(0.25)


def test_small_groups_are_marked_and_fit_is_not_tested_on_few_bins() -> None:
    few = np.array([3, 5, 6, 7, 7, 8, 9, 9, 10, 4.0])
    found = livingston_lewis(few, reliability=0.6, cuts=[6], scale=Scale(0, 10))
    document = found.to_document()
    assert document["warning"] == "fewer than 30 persons"
    assert document["fit"] == {"chi2": None, "df": -3, "p": None, "reason": "too_few_bins"}
    whole = livingston_lewis(sample(), reliability=0.83, cuts=[24], scale=Scale(0, 40)).to_document()
    assert "warning" not in whole
    assert isinstance(whole["parameters"], dict)
    assert set(whole["parameters"]) == {
        "model",
        "l",
        "u",
        "alpha",
        "beta",
        "reason",
        "etl",
        "etl_rounded",
        "k",
    }
    cuts = whole["cuts"]
    assert isinstance(cuts, list)
    assert cuts[0]["accuracy"] == whole["accuracy"]


def test_fit_does_not_depend_on_how_many_items_the_scores_are_worth() -> None:
    """A scale of 40 steps against effective lengths of 30 to 60: the same scores fit about as well."""
    figures = []
    for reliability in (0.75, 0.83, 0.88):
        fit = livingston_lewis(sample(), reliability=reliability, cuts=[24], scale=Scale(0, 40)).fit
        assert fit is not None
        assert fit.p is not None
        figures.append(fit.p)
    assert min(figures) > 0.9


def test_fit_is_not_tested_where_scores_stand_on_no_even_grid() -> None:
    scores = sample() / 3 + np.where(sample() > 30, 0.01, 0.0)
    fit = livingston_lewis(scores, reliability=0.8, cuts=[9], scale=Scale(0, 14)).fit
    assert fit is not None
    assert (fit.chi2, fit.p, fit.reason) == (None, None, "scores_not_evenly_spaced")


def test_a_bin_of_few_at_the_end_joins_its_neighbour() -> None:
    found = hanson_brennan(sample(), reliability=0.83, cuts=[24], items=40)
    assert found.fit is not None
    assert found.fit.df == 15 - found.true_scores.fitted
    assert found.fit.chi2 == pytest.approx(sum_of_bins(found), rel=1e-9)


def sum_of_bins(found: TotalDecisions) -> float:
    expected = found.node_weights @ found.score_chances * 200
    seen = np.bincount(sample().astype(int), minlength=41)
    groups: list[list[int]] = [[]]
    for score in range(41):
        groups[-1].append(score)
        if expected[groups[-1]].sum() >= 10:
            groups.append([])
    last = groups.pop()
    groups[-1] += last
    return float(sum((seen[g].sum() - expected[g].sum()) ** 2 / expected[g].sum() for g in groups))
