# SPDX-License-Identifier: Apache-2.0
"""Sections 6 and 7 of the LSAT against the figures that R's ltm and mirt print, and other packages on simulated data."""

from typing import Any

import numpy as np
import pytest

from scoring.irt.binary import OnePL, Rasch, ThreePL, TwoPL
from scoring.irt.guessing import BetaPrior, NormalPrior
from tests.unit.scoring.irt.law_school import section_6, section_7


def expanded(patterns: Any, frequencies: Any) -> Any:
    return np.repeat(patterns, frequencies.astype(int), axis=0)


def test_section_6_under_one_slope_is_as_in_ltm():
    # Rizopoulos (2006), J. Stat. Software 17(5), section 4.1: summary(rasch(LSAT)), with AIC and BIC
    patterns, frequencies = section_6()
    model = OnePL().fit(patterns, sample_weight=frequencies)
    assert model.loglik_ == pytest.approx(-2466.938, abs=5e-4)
    assert (model.aic_, model.bic_) == pytest.approx((4945.875, 4975.322), abs=1e-3)
    assert model.slopes_ == pytest.approx([0.7551] * 5, abs=1e-4)
    assert model.slope_errors_ == pytest.approx([0.0694] * 5, abs=1e-4)
    assert model.difficulties_ == pytest.approx([-3.6153, -1.3224, -0.3176, -1.7301, -2.7802], abs=2e-4)
    assert model.difficulty_errors_ == pytest.approx([0.3266, 0.1422, 0.0977, 0.1691, 0.2510], abs=2e-4)
    assert model.converged_
    assert model.decrement_ < 1e-9


def test_section_6_under_a_slope_for_each_item_is_as_in_ltm_and_mirt():
    # summary(ltm(LSAT ~ z1)), ltm 1.x; its search stops at a gradient of 0.024, hence the tolerance
    patterns, frequencies = section_6()
    model = TwoPL().fit(expanded(patterns, frequencies))
    assert model.loglik_ == pytest.approx(-2466.653, abs=5e-4)
    assert (model.aic_, model.bic_) == pytest.approx((4953.307, 5002.384), abs=1e-3)
    assert model.n_parameters_ == 10
    assert model.slopes_ == pytest.approx([0.8254, 0.7229, 0.8905, 0.6886, 0.6575], abs=8e-4)
    assert model.slope_errors_ == pytest.approx([0.2581, 0.1867, 0.2326, 0.1852, 0.2100], abs=3e-4)
    assert model.difficulties_ == pytest.approx([-3.3597, -1.3696, -0.2799, -1.8659, -3.1236], abs=3e-3)
    assert model.difficulty_errors_ == pytest.approx([0.8669, 0.3073, 0.0997, 0.4341, 0.8700], abs=2e-3)
    # R's mirt, help page of `mirt`: coef(mirt(LSAT6, 1))
    assert model.intercepts_ == pytest.approx([2.773, 0.990, 0.249, 1.285, 2.053], abs=1e-3)


def test_section_6_with_a_free_variance_is_the_same_model_as_one_slope():
    patterns, frequencies = section_6()
    rasch, one = (
        Rasch().fit(patterns, sample_weight=frequencies),
        OnePL().fit(patterns, sample_weight=frequencies),
    )
    assert rasch.loglik_ == pytest.approx(one.loglik_, abs=1e-9)
    assert rasch.variance_ == pytest.approx(0.7551**2, abs=2e-4)
    assert rasch.variance_error_ == pytest.approx(2 * 0.7551 * 0.0694, abs=2e-4)
    assert rasch.slopes_.tolist() == [1.0] * 5
    assert np.isnan(rasch.slope_errors_).all()
    assert rasch.intercepts_ == pytest.approx(
        [2.730, 0.999, 0.240, 1.306, 2.099], abs=1e-3
    )  # mirt, itemtype Rasch
    assert rasch.difficulties_ == pytest.approx(-rasch.intercepts_)
    assert rasch.n_parameters_ == 6
    assert rasch.score(patterns, sample_weight=frequencies) == pytest.approx(rasch.loglik_ / 1000)


def test_section_7_is_as_in_mirt():
    # R's mirt, help page of `mirt`: LSAT7, two-parameter logistic model
    patterns, frequencies = section_7()
    model = TwoPL().fit(patterns, sample_weight=frequencies)
    assert model.loglik_ == pytest.approx(-2658.805, abs=5e-4)
    assert model.slopes_ == pytest.approx([0.988, 1.081, 1.706, 0.765, 0.736], abs=2e-3)
    assert model.intercepts_ == pytest.approx([1.856, 0.808, 1.804, 0.486, 1.855], abs=1.5e-3)


@pytest.mark.parametrize(("section", "bound"), [(section_6, -2466.66), (section_7, -2658.31)])
def test_guessing_is_never_less_likely_than_none(section: Any, bound: Any):
    # ltm's tpm stops at -2466.66 on section 6; a maximum must not be lower, nor lower than that of 2PL
    patterns, frequencies = section()
    three = ThreePL().fit(patterns, sample_weight=frequencies)
    two = TwoPL().fit(patterns, sample_weight=frequencies)
    assert three.loglik_ > max(bound, two.loglik_)
    assert three.n_parameters_ == 15
    assert three.guessing_at_zero_.any()
    assert (three.guessing_[three.guessing_at_zero_] == 0).all()
    assert np.isnan(three.guessing_errors_[three.guessing_at_zero_]).all()
    assert np.isfinite(three.guessing_errors_[~three.guessing_at_zero_]).all()


@pytest.mark.parametrize("prior", [BetaPrior(5, 17), NormalPrior(-1.1, 0.5)])
def test_a_prior_draws_guessing_to_its_mode_and_is_not_in_the_log_likelihood(prior: Any):
    patterns, frequencies = section_6()
    model = ThreePL(prior=prior).fit(patterns, sample_weight=frequencies)
    assert model.converged_
    assert np.abs(model.guessing_ - prior.centre).max() < 0.02  # easy items say little about guessing
    assert model.score(patterns, sample_weight=frequencies) == pytest.approx(model.loglik_ / 1000)
    assert not model.guessing_at_zero_.any()


def test_abilities_are_those_of_ltm():
    # factor.scores(ltm(LSAT ~ z1)), method "EB" (posterior modes), ltm 1.x: z1 and se.z1 of patterns 00000, 00011, 01111, 11111
    patterns, frequencies = section_6()
    model = TwoPL().fit(patterns, sample_weight=frequencies)
    chosen = np.array([[0, 0, 0, 0, 0], [0, 0, 0, 1, 1], [0, 1, 1, 1, 1], [1, 1, 1, 1, 1]])
    found = model.abilities(chosen, method="map")
    assert found.theta == pytest.approx([-1.895, -1.041, 0.023, 0.606], abs=1e-3)
    assert found.se == pytest.approx([0.795, 0.800, 0.828, 0.855], abs=1e-3)


def simulated(persons: Any, items: Any, *, guess: Any = 0.0, seed: Any = 1) -> Any:
    rng = np.random.default_rng(seed)
    slopes, difficulties = rng.lognormal(0, 0.3, items), rng.normal(0, 1, items)
    theta = rng.normal(size=persons)
    chance = guess + (1 - guess) / (1 + np.exp(-slopes * (theta[:, None] - difficulties)))
    return slopes, difficulties, theta, (rng.random((persons, items)) < chance).astype(float)


def test_the_same_maximum_as_mirt_for_python_finds():
    import mirt

    _, _, _, scores = simulated(800, 12)
    ours = TwoPL().fit(scores)
    with np.errstate(all="ignore"):
        theirs = mirt.fit_mirt(scores.astype(int), "2PL", n_quadpts=61, tol=1e-7, max_iter=5000)
    assert ours.loglik_ == pytest.approx(theirs.log_likelihood, abs=0.1)
    assert ours.loglik_ >= theirs.log_likelihood - 1e-3
    assert ours.slopes_ == pytest.approx(np.ravel(theirs.model.parameters["discrimination"]), abs=2e-3)
    assert ours.difficulties_ == pytest.approx(np.ravel(theirs.model.parameters["difficulty"]), abs=2e-3)
    assert ours.slope_errors_ == pytest.approx(np.ravel(theirs.standard_errors["discrimination"]), rel=0.02)


def test_parameters_of_a_simulation_come_back():
    slopes, difficulties, theta, scores = simulated(4000, 30)
    model = TwoPL().fit(scores)
    assert np.sqrt(np.mean((model.slopes_ - slopes) ** 2)) < 0.06
    assert np.sqrt(np.mean((model.difficulties_ - difficulties) ** 2)) < 0.08
    off = (model.slopes_ - slopes) / model.slope_errors_
    assert 0.7 < np.sqrt(np.mean(off**2)) < 1.35  # the errors are of the size that they claim
    assert np.corrcoef(model.transform(scores)[:, 0], theta)[0, 1] > 0.9
    assert model.abilities(scores).reliability() == pytest.approx(
        np.corrcoef(model.transform(scores)[:, 0], theta)[0, 1] ** 2, abs=0.03
    )


def test_guessing_of_a_simulation_comes_back():
    slopes, _, _, scores = simulated(4000, 20, guess=0.2, seed=7)
    model = ThreePL(prior=BetaPrior(5, 17)).fit(scores)
    assert np.abs(model.guessing_ - 0.2).mean() < 0.05
    assert np.sqrt(np.mean((model.slopes_ - slopes) ** 2)) < 0.2
    assert model.cautions_ == ()


def test_persons_of_several_forms_stand_on_one_scale():
    slopes, difficulties, theta, scores = simulated(3000, 24, seed=3)
    for form in range(3):
        hidden = [item for item in range(6, 24) if item % 3 != form]
        scores[1000 * form : 1000 * (form + 1), hidden] = np.nan
    model = TwoPL().fit(scores)
    assert np.sqrt(np.mean((model.difficulties_ - difficulties) ** 2)) < 0.2
    assert np.sqrt(np.mean((model.slopes_ - slopes) ** 2)) < 0.2
    assert np.corrcoef(model.transform(scores)[:, 0], theta)[0, 1] > 0.8
    assert model.cautions_ == ()
