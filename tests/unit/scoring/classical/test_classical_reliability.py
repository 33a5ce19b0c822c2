# SPDX-License-Identifier: Apache-2.0
"""Reliability: published figures, identities, and what is said where a figure does not exist."""

from __future__ import annotations

from dataclasses import fields
from math import comb
from pathlib import Path
from runpy import run_path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.classical.api import (
    Moments,
    alpha,
    analyse,
    duhachek_interval,
    feldt_interval,
    guttman_bounds,
    half,
    kr21,
    length_for,
    moments,
    one_factor,
    reliability,
    spearman_brown,
    splits,
)
from scoring.tables import ResponseTable

LSAT6: ResponseTable = run_path(str(Path(__file__).with_name("lsat6.py")))["LSAT6"]


def covariances(seed: int, k: int, n: int = 40) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.cov(rng.normal(size=(n, k)) + rng.normal(size=(n, 1)), rowvar=False)


def test_alpha_of_lsat6_is_the_published_one() -> None:
    # Rizopoulos (2006), Journal of Statistical Software 17(5), the output of descript(LSAT)
    found = analyse(LSAT6)
    assert found.reliability.alpha == pytest.approx(0.2950, abs=5e-5)
    assert [item.alpha_if_deleted for item in found.items] == pytest.approx(
        [0.2754, 0.2376, 0.2168, 0.2459, 0.2663], abs=5e-5
    )


def test_kuder_richardson_20_is_alpha_and_21_is_less_where_items_differ() -> None:
    found = analyse(LSAT6).reliability
    assert found.kr20 == found.alpha
    # 5/4 (1 - 3.819 (5 - 3.819) / (5 var)), with the variance of all persons and of the sample
    assert found.kr21 == pytest.approx(1.25 * (1 - 3.819 * 1.181 / (5 * 1.070239)), abs=1e-9)
    assert found.kr21_sample == pytest.approx(
        1.25 * (1 - 3.819 * 1.181 / (5 * 1.070239 * 1000 / 999)), abs=1e-9
    )
    assert kr21(3.0, 0.0, 5) is None
    assert kr21(3.0, 1.0, 1) is None


def test_equally_hard_items_have_one_kuder_richardson_coefficient() -> None:
    table = ResponseTable.of([[1, 1, 0], [1, 0, 1], [0, 1, 1], [0, 0, 0], [1, 1, 1], [0, 0, 0]])
    found = analyse(table).reliability
    assert found.kr21 == pytest.approx(found.kr20, abs=1e-12)


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), k=st.integers(2, 9))
def test_guttmans_bounds_are_in_order_and_alpha_is_the_mean_split(seed: int, k: int) -> None:
    matrix = covariances(seed, k)
    first, second, fifth, sixth = guttman_bounds(matrix)
    value = alpha(matrix)
    found = splits(matrix)
    assert None not in (first, second, fifth, sixth, value)
    assert found is not None
    assert (first or 0) <= (value or 0) + 1e-12
    assert (value or 0) <= (second or 0) + 1e-12
    assert found.every
    assert found.count == comb(k, k // 2) // (2 - k % 2)
    assert found.lowest <= found.mean <= found.highest
    if k % 2 == 0:
        assert found.mean == pytest.approx(value, abs=1e-9)  # Cronbach (1951)


def test_guttmans_bounds_need_two_items_that_vary_together() -> None:
    assert guttman_bounds(np.eye(1)) == (None,) * 4
    assert guttman_bounds(np.zeros((2, 2))) == (None,) * 4


def test_lambda_6_is_what_regression_on_the_other_items_leaves() -> None:
    rng = np.random.default_rng(5)
    scores = rng.normal(size=(50, 4)) + rng.normal(size=(50, 1))
    centred = scores - scores.mean(axis=0)
    left = 0.0
    for item in range(4):
        others = np.delete(centred, item, axis=1)
        fitted = others @ np.linalg.lstsq(others, centred[:, item], rcond=None)[0]
        left += float(((centred[:, item] - fitted) ** 2).sum() / 49)
    assert guttman_bounds(np.cov(scores, rowvar=False))[3] == pytest.approx(
        1 - left / scores.sum(axis=1).var(ddof=1), abs=1e-10
    )


def test_a_split_is_that_of_the_half_scores() -> None:
    rng = np.random.default_rng(6)
    scores = rng.integers(0, 2, size=(60, 5)).astype(float)
    matrix = np.cov(scores, rowvar=False)
    odd, even = scores[:, ::2].sum(axis=1), scores[:, 1::2].sum(axis=1)
    found = splits(matrix)
    assert found is not None
    r = float(np.corrcoef(odd, even)[0, 1])
    assert found.odd_even.correlation == pytest.approx(r, abs=1e-12)
    assert found.odd_even.spearman_brown == pytest.approx(2 * r / (1 + r), abs=1e-12)
    apart = odd.var(ddof=1) + even.var(ddof=1)
    assert found.odd_even.guttman == pytest.approx(2 * (1 - apart / (odd + even).var(ddof=1)), abs=1e-12)
    first, last = scores[:, :3].sum(axis=1), scores[:, 3:].sum(axis=1)
    assert found.first_last.correlation == pytest.approx(np.corrcoef(first, last)[0, 1], abs=1e-12)


def test_where_there_are_too_many_splits_a_seeded_sample_stands_for_them() -> None:
    matrix = covariances(7, 24)
    found = splits(matrix)
    assert found is not None
    assert (found.every, found.count, found.seed) == (False, 5_000, 1)
    assert found.mean == pytest.approx(alpha(matrix), abs=0.01)
    assert found == splits(matrix)
    assert found != splits(matrix, seed=2)


def test_halves_that_do_not_vary_have_no_coefficient() -> None:
    matrix = np.array([[0.0, 0.0], [0.0, 1.0]])
    chosen = np.array([True, False])
    assert half(matrix, chosen).correlation is None
    assert half(matrix, chosen).spearman_brown is None
    assert half(matrix, chosen).guttman == 0
    assert half(np.zeros((2, 2)), chosen).guttman is None
    found = splits(matrix)
    assert found is not None
    assert found.mean_spearman_brown is None
    assert splits(np.zeros((3, 3))) is None
    assert splits(np.ones((1, 1))) is None


def test_the_prophecy_and_its_inverse() -> None:
    assert spearman_brown(0.5, 2) == pytest.approx(2 / 3)
    assert spearman_brown(-1.0, 2) is None
    length = length_for(0.5, 0.8)
    assert length == pytest.approx(4)
    assert spearman_brown(0.5, length or 0) == pytest.approx(0.8)
    assert length_for(-0.1, 0.8) is None
    assert length_for(1.0, 0.8) is None


def test_the_intervals_cover_the_true_alpha_as_often_as_they_say() -> None:
    # five parallel items, error variance as large as true variance: alpha = 5/6
    rng = np.random.default_rng(11)
    tries, n, k = 1_000, 80, 5
    hits = np.zeros(2)
    for _ in range(tries):
        matrix = np.cov(rng.normal(size=(n, k)) + rng.normal(size=(n, 1)), rowvar=False)
        value = alpha(matrix) or 0
        for place, found in enumerate(
            (feldt_interval(value, n=n, k=k), duhachek_interval(value, matrix, n=n))
        ):
            assert found is not None
            hits[place] += found.low <= 5 / 6 <= found.high
    assert hits / tries == pytest.approx(0.95, abs=0.02)


def test_an_alpha_of_one_has_no_interval() -> None:
    assert feldt_interval(1.0, n=10, k=3) is None
    found = analyse(ResponseTable.of([[0, 0], [1, 1], [1, 1]])).reliability
    assert found.alpha == pytest.approx(1)
    assert found.sem == pytest.approx(0, abs=1e-7)
    assert found.reasons["lambda6"] == "covariances_singular"
    assert found.reasons["lambda6_standardised"] == "covariances_singular"
    assert found.lambda2_standardised == pytest.approx(1)


def test_bounds_of_standardised_items_are_those_of_their_standard_scores() -> None:
    rng = np.random.default_rng(8)
    scores = (rng.normal(size=(80, 4)) + rng.normal(size=(80, 1))) * [1, 2, 3, 9]
    found = analyse(ResponseTable.of(scores)).reliability
    same = analyse(ResponseTable.of((scores - scores.mean(axis=0)) / scores.std(axis=0))).reliability
    assert found.lambda2_standardised == pytest.approx(same.lambda2)
    assert found.lambda6_standardised == pytest.approx(same.lambda6)
    assert found.alpha_standardised == pytest.approx(same.alpha)
    assert abs((found.lambda6 or 0) - (same.lambda6 or 0)) > 0.01
    scores[:, 0] = 3
    flat = analyse(ResponseTable.of(scores)).reliability
    names = ("alpha_standardised", "lambda2_standardised", "lambda6_standardised", "mean_correlation")
    assert {(getattr(flat, name), flat.reasons[name]) for name in names} == {(None, "item_does_not_vary")}


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        ([[1.0], [0.0], [1.0]], "one_item"),
        ([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]], "total_does_not_vary"),
        ([[1.0, np.nan], [np.nan, 0.0], [0.0, np.nan], [np.nan, 1.0]], "pair_never_seen_together"),
    ],
)
def test_what_has_no_reliability_says_why(scores: list[list[float]], reason: str) -> None:
    found = analyse(ResponseTable.of(scores))
    members = [field.name for field in fields(found.reliability) if field.name != "reasons"]
    assert all(getattr(found.reliability, name) is None for name in members)
    assert found.reliability.reasons == dict.fromkeys(members, reason)
    assert found.splits is None


def test_marks_other_than_0_and_1_have_no_kuder_richardson_coefficient() -> None:
    found = analyse(ResponseTable.of([[3, 1, 2], [0, 1, 0], [2, 2, 2], [1, 0, 0]])).reliability
    assert (found.kr20, found.kr21, found.kr21_sample) == (None, None, None)
    assert found.reasons["kr20"] == "not_binary"


def test_an_item_that_does_not_vary_has_no_standardised_alpha() -> None:
    found = analyse(ResponseTable.of([[1, 0, 1], [0, 0, 1], [1, 1, 1], [0, 1, 1]])).reliability
    assert found.alpha is not None
    assert found.alpha_standardised is None
    assert found.reasons["mean_correlation"] == "item_does_not_vary"


def test_omega_is_alpha_where_the_loadings_are_equal() -> None:
    matrix = np.full((4, 4), 0.25) + np.diag([0.75] * 4)
    found = one_factor(_moments(matrix))
    assert found.loadings == pytest.approx([0.5] * 4, abs=1e-6)
    assert found.uniquenesses == pytest.approx([0.75] * 4, abs=1e-6)
    for omega in (found.omega, found.omega_observed, found.omega_minres):
        assert omega == pytest.approx(alpha(matrix), abs=1e-6)
    assert found.chi2 == pytest.approx(0, abs=1e-6)
    assert found.p == pytest.approx(1)
    assert found.rmsea == 0


def test_a_single_factor_is_found_again_in_the_scale_of_the_marks() -> None:
    loadings, uniquenesses = np.array([2.0, 1.0, -0.5, 3.0, 1.5]), np.array([1.0, 0.5, 2.0, 4.0, 0.2])
    matrix = np.outer(loadings, loadings) + np.diag(uniquenesses)
    found = one_factor(_moments(matrix))
    assert found.loadings == pytest.approx(loadings / np.sqrt(matrix.diagonal()), abs=1e-5)
    true = loadings.sum() ** 2 / matrix.sum()
    assert found.omega == pytest.approx(true, abs=1e-5)
    assert found.omega_observed == pytest.approx(true, abs=1e-5)


def test_the_loadings_agree_with_another_package() -> None:
    from sklearn.decomposition import FactorAnalysis

    rng = np.random.default_rng(3)
    scores = rng.normal(size=(300, 6)) + rng.normal(size=(300, 1)) * [1, 0.8, 0.6, 1.2, 0.4, 0.9]
    scores = (scores - scores.mean(axis=0)) / scores.std(axis=0)
    other = FactorAnalysis(1, tol=1e-10, max_iter=5_000, svd_method="lapack").fit(scores).components_[0]
    found = one_factor(moments(ResponseTable.of(scores)))
    assert found.loadings == pytest.approx(other * np.sign(other.sum()), abs=1e-4)


def test_an_item_without_variance_of_its_own_is_named() -> None:
    matrix = np.array([[1, 0.9, 0.9, 0.2], [0.9, 1, 0.72, 0.2], [0.9, 0.72, 1, 0.1], [0.2, 0.2, 0.1, 1.0]])
    found = one_factor(_moments(matrix))
    assert found.reasons == {"heywood": "item_without_variance_of_its_own"}


def test_three_items_have_a_factor_but_no_test_of_it() -> None:
    found = one_factor(_moments(np.full((3, 3), 0.3) + np.diag([0.7] * 3)))
    assert found.omega is not None
    assert (found.chi2, found.df, found.p, found.rmsea) == (None, None, None, None)
    assert found.reasons == dict.fromkeys(("chi2", "p", "rmsea"), "no_degrees_of_freedom")


@pytest.mark.parametrize(
    ("matrix", "reason"),
    [
        (np.eye(2), "fewer_than_three_items"),
        (np.eye(401), "more_than_400_items"),
        (np.array([[1, np.nan, 0], [np.nan, 1, 0], [0, 0, 1.0]]), "pair_never_seen_together"),
        (np.diag([1.0, 0.0, 1.0]), "item_does_not_vary"),
        (np.ones((3, 3)), "covariances_singular"),
    ],
)
def test_what_has_no_factor_says_why(matrix: np.ndarray, reason: str) -> None:
    found = one_factor(_moments(matrix))
    assert found.omega is None
    assert set(found.reasons.values()) == {reason}


def test_items_without_anything_in_common_have_an_omega_near_zero() -> None:
    rng = np.random.default_rng(4)
    found = one_factor(moments(ResponseTable.of(rng.normal(size=(4_000, 5)))))
    assert found.omega == pytest.approx(0, abs=0.1)


def _moments(matrix: np.ndarray, n: float = 500) -> Moments:
    k = len(matrix)
    return Moments(n, np.zeros(k), np.asarray(matrix, dtype=float), np.full((k, k), n), np.ones(k))


def test_the_moments_can_be_given_alone() -> None:
    found = reliability(_moments(np.full((4, 4), 0.25) + np.diag([0.75] * 4)), binary=False)
    assert found.alpha == pytest.approx(4 / 3 * (1 - 4 / 7))
    assert found.mean_correlation == pytest.approx(0.25)
    assert found.alpha_standardised == pytest.approx(found.alpha)


@pytest.mark.parametrize(("items", "covariance", "value"), [(2, 0.6, 0.75), (4, 0.5, 0.8), (9, 0.25, 0.75)])
def test_of_items_that_go_together_alike_lambda_2_is_alpha(
    items: int, covariance: float, value: float
) -> None:
    # Guttman (1945): with equal covariances c and variances 1, k c / (1 + (k - 1) c), as alpha has it
    matrix = np.full((items, items), covariance) + (1 - covariance) * np.eye(items)
    assert guttman_bounds(matrix)[1] == pytest.approx(value)
