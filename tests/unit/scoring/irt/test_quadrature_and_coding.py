# SPDX-License-Identifier: Apache-2.0
"""Sums for integrals, and responses as matrices."""

from typing import Any

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.irt.coding import coded, indicators
from scoring.irt.expectation import expect, posteriors
from scoring.irt.quadrature import Quadrature, gauss_hermite, normal_grid


@pytest.mark.parametrize("grid", [normal_grid(), normal_grid(121, 8.0), gauss_hermite(), gauss_hermite(61)])
def test_the_moments_of_the_normal_are_those_of_the_sum(grid: Any):
    assert grid.weights.sum() == pytest.approx(1, abs=1e-12)
    moments = [float(grid.weights @ grid.nodes**power) for power in range(1, 7)]
    assert moments == pytest.approx([0, 1, 0, 3, 0, 15], abs=1e-4)


def test_the_grid_is_the_one_of_mirt():
    grid = normal_grid()
    assert len(grid.nodes) == 61
    assert grid.nodes[[0, -1]].tolist() == [-6, 6]
    assert grid.spacing == pytest.approx(0.2)


def test_a_logistic_curve_is_integrated_to_the_last_digit():
    from scipy.integrate import quad

    exact = quad(
        lambda t: np.exp(-t * t / 2) / np.sqrt(2 * np.pi) / (1 + np.exp(-(1.7 * t + 0.4))),
        -40,
        40,
        epsabs=1e-13,
    )[0]
    grid = normal_grid()
    assert float(grid.weights @ (1 / (1 + np.exp(-(1.7 * grid.nodes + 0.4))))) == pytest.approx(
        exact, abs=1e-8
    )


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: normal_grid(4), "quadrature_too_coarse"),
        (lambda: normal_grid(61, 1.9), "quadrature_too_coarse"),
        (lambda: normal_grid(61, np.inf), "quadrature_too_coarse"),
        (lambda: gauss_hermite(4), "quadrature_too_coarse"),
        (lambda: gauss_hermite(181), "quadrature_too_fine"),
    ],
)
def test_a_grid_that_cannot_serve_is_refused(make: Any, code: Any):
    with pytest.raises(StatisticsError) as refused:
        make()
    assert refused.value.code == code


def test_equal_patterns_are_joined_and_their_weights_added():
    data = coded(np.array([[0, 1, 2], [1, 1, 0], [0, 1, 2.0]]), [2, 2, 3], np.array([2.0, 3.0, 5.0]))
    assert len(data.steps) == 2
    assert data.row_of[0] == data.row_of[2] != data.row_of[1]
    assert data.weights[data.row_of].tolist() == [7, 3, 7]
    assert data.n == 10
    assert data.items == 3
    assert data.starts.tolist() == [0, 2, 4]
    assert data.others.tolist() == [1, 3, 5, 6]
    assert data.references.tolist() == [0, 2, 4, 4]


def test_a_missing_response_is_in_no_category():
    scores = np.array([[0, np.nan, 2], [np.nan, 1, 0], [1, 0, np.nan], [np.nan] * 3])
    data = coded(scores, [2, 2, 3])
    full = indicators(data)[data.row_of]
    assert full.tolist() == [
        [1, 0, 0, 0, 0, 0, 1],
        [0, 0, 0, 1, 1, 0, 0],
        [0, 1, 1, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
    ]
    assert indicators(coded(np.array([[0, 2.0]]), [2, 3])).tolist() == [[1, 0, 0, 0, 1]]


def test_long_tests_are_not_searched_for_equal_patterns():
    data = coded(np.zeros((3, 31)), [2] * 31)
    assert data.row_of.tolist() == [0, 1, 2]
    many = coded(np.zeros((3, 25)), [9] * 25)  # more patterns than numbers can tell apart
    assert many.row_of.tolist() == [0, 1, 2]


@pytest.mark.parametrize("value", [2.0, -1.0, 0.5])
def test_a_number_that_is_no_category_is_named(value: Any):
    with pytest.raises(StatisticsError) as refused:
        coded(np.array([[0, 1.0], [1, value]]), [2, 2])
    assert refused.value.code == "response_not_a_category"
    assert dict(refused.value.facts) == {"person": 1, "item": 1, "value": value}


def test_no_responses_cannot_be_coded():
    with pytest.raises(StatisticsError) as refused:
        coded(np.zeros((0, 2)), [2, 2])
    assert refused.value.code == "no_responses"


def by_hand(scores: Any, log_prob: Any, starts: Any, grid: Any) -> Any:
    """Log-likelihood and expected counts, one response at a time."""
    counts, loglik = np.zeros_like(log_prob), 0.0
    for row in scores:
        joint = grid.log_weights.copy()
        for start, score in zip(starts, row, strict=True):
            joint += 0 if np.isnan(score) else log_prob[start + int(score)]
        chance = np.exp(joint).sum()
        loglik += np.log(chance)
        for start, score in zip(starts, row, strict=True):
            if not np.isnan(score):
                counts[start + int(score)] += np.exp(joint) / chance
    return loglik, counts


@pytest.mark.parametrize("holes", [0.0, 0.3])
def test_the_expectation_is_the_one_summed_by_hand(holes: Any):
    rng = np.random.default_rng(4)
    categories = [2, 3, 2, 4]
    scores = np.stack([rng.integers(0, count, 50) for count in categories], axis=1).astype(float)
    scores[rng.random(scores.shape) < holes] = np.nan
    grid = normal_grid(15, 4.0)
    parts = [rng.dirichlet(np.ones(count), 15).T for count in categories]
    log_prob = np.log(np.concatenate(parts))
    data = coded(scores, categories)
    found = expect(data, log_prob, grid)
    loglik, counts = by_hand(scores, log_prob, data.starts, grid)
    assert found.loglik == pytest.approx(loglik, abs=1e-10)
    assert np.abs(found.counts - counts).max() < 1e-10
    assert found.at_node.sum() == pytest.approx(50)


def test_a_test_so_long_that_probabilities_underflow_is_summed_all_the_same():
    items = 3000
    grid = normal_grid()
    eta = np.outer(np.full(items, 1.5), grid.nodes)
    right = -np.logaddexp(0, -eta)
    log_prob = np.empty((2 * items, len(grid.nodes)))
    log_prob[1::2], log_prob[0::2] = right, right - eta
    scores = np.random.default_rng(2).integers(0, 2, (3, items)).astype(float)
    data = coded(scores, [2] * items)
    (one,) = posteriors(data, log_prob, grid)
    for pattern, loglik in zip(scores, one.loglik, strict=True):
        joint = np.where(pattern[:, None] == 1, right, right - eta).sum(axis=0) + grid.log_weights
        assert loglik == pytest.approx(np.logaddexp.reduce(joint), abs=1e-7)
    assert one.share.sum(axis=1) == pytest.approx(1)
    assert expect(data, log_prob, grid).loglik < -2000


def test_a_quadrature_keeps_its_shares():
    assert Quadrature(np.array([-1.0, 1.0]), np.log([0.5, 0.5])).weights.tolist() == [0.5, 0.5]
