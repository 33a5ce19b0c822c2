# SPDX-License-Identifier: Apache-2.0
"""What the right-or-wrong models refuse, leave out, mirror, refine and admit."""

from typing import Any

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.estimator import UnsuitableData
from scoring.irt import binary_fit
from scoring.irt.binary import OnePL, Rasch, ThreePL, TwoPL
from scoring.irt.coding import coded
from scoring.irt.quadrature import normal_grid
from scoring.tables import ResponseTable


def simulated(
    persons: Any = 400, items: Any = 8, *, slope: Any = 1.2, seed: Any = 5, guess: Any = 0.0
) -> Any:
    rng = np.random.default_rng(seed)
    eta = slope * (rng.normal(size=persons)[:, None] - np.linspace(-1.5, 1.5, items))
    return (rng.random((persons, items)) < guess + (1 - guess) / (1 + np.exp(-eta))).astype(float)


@pytest.mark.parametrize(
    ("model", "scores", "code"),
    [
        (TwoPL(), simulated(49), "too_few_persons"),
        (Rasch(), simulated(29), "too_few_persons"),
        (ThreePL(), simulated(99), "too_few_persons"),
        (TwoPL(), simulated()[:, :2], "too_few_items"),
        (Rasch(), simulated()[:, :1], "too_few_items"),
        (TwoPL(), simulated() * 2, "not_right_or_wrong"),
        (TwoPL(max_iter=0), simulated(), "setting_unusable"),
        (TwoPL(points=3), simulated(), "quadrature_too_coarse"),
    ],
)
def test_what_cannot_be_fitted_is_refused_by_name(model: Any, scores: Any, code: Any):
    with pytest.raises(StatisticsError) as refused:
        model.fit(scores)
    assert refused.value.code == code


def test_a_refusal_says_how_many_persons_are_needed():
    with pytest.raises(UnsuitableData) as refused:
        TwoPL().fit(simulated(20))
    assert dict(refused.value.facts) == {"persons": 20.0, "fewest": 50}
    assert TwoPL(fewest_persons=20).fit(simulated(20)).cautions_ == ("fewer_persons_than_advised",)


def test_persons_without_any_response_do_not_count():
    scores = simulated(60)
    scores[:11] = np.nan
    with pytest.raises(UnsuitableData, match="too_few_persons"):
        TwoPL().fit(scores)
    model = Rasch().fit(scores)
    assert model.n_persons_ == 49
    assert model.abilities(scores).reasons[0] == "no_responses"


def test_items_that_say_nothing_are_left_out_with_their_reason_and_change_nothing():
    scores = simulated()
    dull = np.column_stack((scores, np.ones(400), np.zeros(400), np.full(400, np.nan)))
    model, without = TwoPL().fit(dull), TwoPL().fit(scores)
    assert model.reasons_[8:] == ("item_all_right", "item_all_wrong", "item_never_answered")
    assert np.isnan(model.slopes_[8:]).all()
    assert np.isnan(model.difficulty_errors_[8:]).all()
    assert model.slopes_[:8] == pytest.approx(without.slopes_)
    assert model.loglik_ == pytest.approx(without.loglik_)
    assert model.transform(dull) == pytest.approx(without.transform(scores))


def test_weights_count_persons_and_zero_counts_none():
    scores = simulated()
    weights = np.random.default_rng(1).integers(0, 4, 400).astype(float)
    weighted = TwoPL().fit(scores, sample_weight=weights)
    repeated = TwoPL().fit(np.repeat(scores, weights.astype(int), axis=0))
    table = TwoPL().fit(ResponseTable.of(scores, weights=weights))
    for other in (repeated, table):
        assert other.loglik_ == pytest.approx(weighted.loglik_)
        assert other.slopes_ == pytest.approx(weighted.slopes_, abs=1e-6)
        assert other.slope_errors_ == pytest.approx(weighted.slope_errors_, abs=1e-6)
        assert other.bic_ == pytest.approx(weighted.bic_)


def test_the_order_of_persons_and_items_does_not_matter():
    scores = simulated()
    order = np.random.default_rng(2).permutation(8)
    model, other = TwoPL().fit(scores), TwoPL().fit(scores[::-1][:, order])
    assert other.slopes_ == pytest.approx(model.slopes_[order], abs=1e-6)
    assert other.loglik_ == pytest.approx(model.loglik_)


def test_an_item_that_the_able_get_wrong_has_a_negative_slope():
    scores = simulated()
    scores[:, 2] = 1 - scores[:, 2]
    model = TwoPL().fit(scores)
    assert model.slopes_[2] < -0.5
    assert (np.delete(model.slopes_, 2) > 0.5).all()


def test_of_two_mirror_images_the_one_with_positive_slopes_is_told():
    scores = simulated()
    data = coded(scores, [2] * 8)

    def mirrored(data: Any, grid: Any, start: Any) -> Any:
        found = binary_fit.solve_logistic(data, grid, start, common=False, limit=100)
        return binary_fit._mirrored(found)

    plain = binary_fit.refined(
        lambda *given: binary_fit.solve_logistic(*given, common=False, limit=100), data, normal_grid()
    )
    turned = binary_fit.refined(mirrored, data, normal_grid())
    assert turned.curves.slopes == pytest.approx(plain.curves.slopes)
    assert turned.covariance == pytest.approx(plain.covariance)


def test_a_slope_that_rises_without_end_is_no_number():
    scores = simulated()
    scores[:, 1] = scores[:, 0]
    model = TwoPL().fit(scores)
    assert model.reasons_[:2] == ("slope_without_end", "slope_without_end")
    assert np.isnan(model.slopes_[:2]).all()
    assert np.isfinite(model.slopes_[2:]).all()


@pytest.mark.parametrize("model", [OnePL(), TwoPL(), ThreePL()])
def test_items_that_are_all_the_same_still_give_abilities(model: Any) -> None:
    scores = np.repeat(np.random.default_rng(3).integers(0, 2, (200, 1)), 4, axis=1).astype(float)
    model.fit(scores)
    assert set(model.reasons_) <= {"slope_without_end", None}
    for method in ("eap", "map", "ml", "wle"):
        found = model.abilities(scores, method=method)
        right, wrong = found.theta[scores[:, 0] == 1], found.theta[scores[:, 0] == 0]
        assert method in {"ml", "wle"} or right.min() > wrong.max()


def test_answers_without_anything_in_common_have_no_variance():
    scores = (np.random.default_rng(1).random((300, 10)) < 0.6).astype(float)
    scores[:, :5] = 1 - scores[:, 5:]  # a right answer goes with a wrong one
    model = Rasch().fit(scores)
    assert model.variance_ == pytest.approx(0, abs=1e-6)
    assert model.variance_error_ is None
    assert model.intercepts_ == pytest.approx(
        np.log(scores.mean(axis=0) / (1 - scores.mean(axis=0))), abs=1e-5
    )
    flat = OnePL().fit(scores)
    assert np.isnan(flat.difficulties_).all() or np.abs(flat.difficulties_).max() > 100


def test_a_long_and_steep_test_gets_a_finer_grid():
    rng = np.random.default_rng(4)
    theta = rng.normal(size=60)
    scores = (rng.random((60, 40)) < 1 / (1 + np.exp(-3 * (theta[:, None] - rng.normal(0, 0.3, 40))))).astype(
        float
    )
    model = OnePL(points=21).fit(scores)
    assert len(model.quadrature_.nodes) > 21
    assert model.loglik_ == pytest.approx(OnePL(points=241).fit(scores).loglik_, abs=2e-3)


def test_forms_without_a_common_item_are_cautioned():
    scores = simulated(200, 8)
    scores[:100, :4] = np.nan
    scores[100:, 4:] = np.nan
    assert Rasch().fit(scores).cautions_ == ("forms_share_no_item",)
    scores[0] = [np.nan, np.nan, np.nan, 1, 1, np.nan, np.nan, np.nan]
    assert Rasch().fit(scores).cautions_ == ()
    chain = simulated(200, 4)
    chain[:100, 2:] = np.nan
    chain[100:, 0] = np.nan
    assert Rasch().fit(chain).cautions_ == ()


def test_too_few_steps_are_admitted():
    model = TwoPL(max_iter=1).fit(simulated())
    assert not model.converged_
    assert model.decrement_ > 1e-6


def test_a_solution_without_positive_information_has_no_errors():
    data = coded(simulated(), [2] * 8)
    found = binary_fit.solve_logistic(data, normal_grid(), None, common=False, limit=50)
    bare = binary_fit.replace(found, covariance=None)
    errors = binary_fit.errors_of(bare)
    assert np.isnan(errors.slopes).all()
    assert np.isnan(errors.guessing).all()
    model = TwoPL().fit(simulated())
    model._tell(bare)
    assert model.error_reason_ == "information_not_positive"
    assert Rasch().fit(simulated()).variance_error_ > 0
    rasch = Rasch().fit(simulated())
    rasch._tell(
        binary_fit.replace(
            binary_fit.solve_logistic(data, normal_grid(), None, common=True, limit=50), covariance=None
        )
    )
    assert rasch.variance_error_ is None


def test_a_guessing_share_that_was_set_to_zero_too_early_is_freed_again():
    scores = simulated(3000, 8, slope=1.5, guess=0.25, seed=9)
    data, grid = coded(scores, [2] * 8), normal_grid()
    free = binary_fit.solve_guessing(data, grid, None, prior=None, limit=500)
    none = binary_fit.solve_logistic(data, grid, None, common=False, limit=500)
    start = binary_fit.replace(none, guess_at=np.full(8, -1))
    again = binary_fit.solve_guessing(data, grid, start, prior=None, limit=500)
    assert again.loglik == pytest.approx(free.loglik, abs=0.05)
    assert (again.curves.guessing > 0.05).any()


def test_an_unknown_kind_of_ability_is_refused():
    with pytest.raises(UnsuitableData) as refused:
        TwoPL().fit(simulated()).abilities(simulated(), method="guess")
    assert refused.value.code == "setting_unusable"


def test_fit_and_transform_in_one_step_are_the_two():
    scores = simulated()
    assert TwoPL().fit_transform(scores) == pytest.approx(TwoPL().fit(scores).transform(scores))


def test_the_probability_of_all_patterns_adds_to_one():
    patterns = np.array([[(number >> place) & 1 for place in range(8)] for number in range(256)], dtype=float)
    model = ThreePL().fit(simulated(guess=0.2))
    assert np.exp(model.score_samples(patterns)).sum() == pytest.approx(1)
    rasch = Rasch().fit(simulated())
    assert np.exp(rasch.score_samples(patterns)).sum() == pytest.approx(1)
