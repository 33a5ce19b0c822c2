# SPDX-License-Identifier: Apache-2.0
"""Diagnosis models on data whose maximum is known, and on the fraction-subtraction data."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.diagnosis.design import QMatrix, Rule, all_profiles
from scoring.diagnosis.model import DiagnosisFit, NoNumber, fit_diagnosis
from scoring.tables import ResponseTable
from tests.unit.scoring.diagnosis.worlds import drawn, fractions, fractions_q, promised

TWO = QMatrix.of([[1, 0], [0, 1], [1, 0], [0, 1], [1, 1], [1, 1], [1, 0]], attributes=["PC1", "PC2"])
MASS = np.array([0.3, 0.2, 0.1, 0.4])
GATES = np.array([0.1, 0.9, 0.2, 0.8, 0.15, 0.95, 0.25, 0.7, 0.05, 0.85, 0.3, 0.9, 0.2, 0.75])


@pytest.fixture(scope="module")
def fraction_fit() -> DiagnosisFit:
    return fit_diagnosis(fractions(), fractions_q(), Rule.DINA)


@pytest.mark.parametrize("rule", [Rule.DINA, Rule.DINO])
def test_frequencies_that_a_model_promises_give_back_its_guesses_slips_and_masses(rule: Rule) -> None:
    table = promised(TWO, rule, GATES, MASS, 1000.0)
    fit = fit_diagnosis(table, TWO, rule)
    assert fit.maximum.converged
    assert fit.n == pytest.approx(1000.0)
    assert [one.guess.value for one in fit.items] == pytest.approx(GATES[::2].tolist(), abs=2e-5)
    assert [one.slip.value for one in fit.items] == pytest.approx((1 - GATES[1::2]).tolist(), abs=2e-5)
    assert fit.maximum.at.mass[fit.design.class_of] == pytest.approx(MASS, abs=2e-5)
    # the likelihood of the truth cannot be surpassed: it is the entropy of the table
    share = table.weights / 1000.0
    assert fit.loglik == pytest.approx(1000.0 * float(share @ np.log(share)), abs=1e-6)
    assert [one.marginal.value for one in fit.attributes] == pytest.approx([0.5, 0.6], abs=2e-5)


def test_the_saturated_model_gives_back_the_chance_and_the_effects_of_each_combination() -> None:
    truth = np.array(
        [0.1, 0.9, 0.2, 0.8, 0.15, 0.95, 0.25, 0.7, 0.1, 0.4, 0.3, 0.9, 0.2, 0.25, 0.6, 0.8, 0.2, 0.75]
    )
    fit = fit_diagnosis(promised(TWO, Rule.GDINA, truth, MASS, 2000.0), TWO, Rule.GDINA)
    assert fit.maximum.at.probability == pytest.approx(truth, abs=1e-4)
    item = fit.items[4]
    # P(00), P(01), P(10), P(11) = .1 .4 .3 .9 make the effects .1, .2, .3 and .3 (de la Torre 2011, equation 1)
    assert [name for name, _ in item.deltas] == ["0", "PC1", "PC2", "PC1*PC2"]
    assert [one.value for _, one in item.deltas] == pytest.approx([0.1, 0.2, 0.3, 0.3], abs=2e-4)
    assert [group for group, _, _ in item.groups] == [(), ("PC2",), ("PC1",), ("PC1", "PC2")]
    assert fit.attributes[0].share_right is not None


def test_three_items_and_one_attribute_fit_any_table_of_two_latent_classes() -> None:
    # 7 parameters for 8 cells: the model is saturated (Goodman 1974), so the fitted frequencies are the observed ones
    q = QMatrix.of([[1], [1], [1]])
    counts = np.array([60.0, 25.0, 20.0, 30.0, 15.0, 22.0, 18.0, 110.0])
    patterns = all_profiles(3).astype(float)
    fit = fit_diagnosis(ResponseTable.of(patterns, items=q.items, weights=counts), q, Rule.DINA)
    share = counts / counts.sum()
    assert fit.loglik == pytest.approx(float(counts @ np.log(share)), abs=1e-6)


def test_a_design_with_missing_answers_gives_back_the_truth_too() -> None:
    whole = promised(TWO, Rule.DINA, GATES, MASS, 1000.0)
    hidden = whole.scores.copy()
    hidden[:, 6] = np.nan
    both = ResponseTable.of(
        np.concatenate([whole.scores, hidden]),
        items=TWO.items,
        weights=np.concatenate([whole.weights, whole.weights]),
    )
    fit = fit_diagnosis(both, TWO, Rule.DINA)
    assert [one.guess.value for one in fit.items] == pytest.approx(GATES[::2].tolist(), abs=2e-5)
    assert [one.slip.value for one in fit.items] == pytest.approx((1 - GATES[1::2]).tolist(), abs=2e-5)
    assert sum(count for _, _, count in fit.items[6].groups) == pytest.approx(1000.0)


def test_weights_count_like_repeated_rows() -> None:
    table = drawn(TWO, Rule.DINA, GATES, MASS, 400, seed=3)
    patterns, counts = np.unique(table.scores, axis=0, return_counts=True)
    joined = ResponseTable.of(patterns, items=TWO.items, weights=counts.astype(float))
    one, other = fit_diagnosis(table, TWO, Rule.DINA), fit_diagnosis(joined, TWO, Rule.DINA)
    assert one.loglik == pytest.approx(other.loglik, abs=1e-9)
    assert one.items[0].guess.error == pytest.approx(other.items[0].guess.error, abs=1e-9)


def test_fraction_subtraction_has_58_of_256_profiles_and_two_attributes_that_can_be_told(
    fraction_fit: DiagnosisFit,
) -> None:
    # R's CDM documents "256 Skill classes | 58 distinguishable skill classes" (din.equivalent.class, example 1)
    known = fraction_fit.identification
    assert (known.profiles, known.classes) == (256, 58)
    assert [one.attribute for one in known.attributes if one.identified] == ["A2", "A7"]
    for one, said in zip(fraction_fit.attributes, known.attributes, strict=True):
        assert (one.upper - one.lower > 1e-6) is not said.identified
        assert one.lower - 1e-12 <= (one.marginal.value or 0.0) <= one.upper + 1e-12


def test_fraction_subtraction_reaches_the_maximum_that_a_plain_em_walks_towards(
    fraction_fit: DiagnosisFit,
) -> None:
    loglik, guess, slip, rmsea = _plain_em(fractions().scores, fractions_q().required, steps=250)
    assert loglik <= fraction_fit.loglik + 1e-9
    assert fraction_fit.loglik == pytest.approx(loglik, abs=0.01)
    assert [one.guess.value for one in fraction_fit.items] == pytest.approx(guess.tolist(), abs=5e-3)
    assert [one.slip.value for one in fraction_fit.items] == pytest.approx(slip.tolist(), abs=5e-3)
    assert [one.rmsea for one in fraction_fit.items] == pytest.approx(rmsea.tolist(), abs=5e-3)
    assert fraction_fit.loglik == pytest.approx(-4402.2877, abs=1e-4)
    assert (fraction_fit.parameters, fraction_fit.determined) == (295, 97)
    assert fraction_fit.items[2].guess.reason is NoNumber.EDGE


def _plain_em(
    scores: np.ndarray, q: np.ndarray, *, steps: int
) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """de la Torre (2009), p. 121, with all 256 profiles and nothing clever; shares no line with what it checks."""
    profiles = np.array([[(number >> k) & 1 for k in range(q.shape[1])] for number in range(2 ** q.shape[1])])
    able = (profiles @ q.T) == q.sum(axis=1)
    guess, slip = np.full(len(q), 0.2), np.full(len(q), 0.2)
    mass = np.full(len(profiles), 1 / len(profiles))
    loglik, rmsea = -np.inf, np.zeros(len(q))
    for _ in range(steps):
        chance = np.clip(np.where(able, 1 - slip, guess), 1e-10, 1 - 1e-10)
        joint = np.exp(scores @ np.log(chance).T + (1 - scores) @ np.log(1 - chance).T) * mass
        loglik = float(np.log(joint.sum(axis=1)).sum())
        posterior = joint / joint.sum(axis=1, keepdims=True)
        mass = posterior.mean(axis=0)
        right, tried = scores.T @ posterior, posterior.sum(axis=0)
        guess = (right * ~able.T).sum(axis=1) / (tried * ~able.T).sum(axis=1)
        slip = 1 - (right * able.T).sum(axis=1) / (tried * able.T).sum(axis=1)
        off = right / np.maximum(tried, 1e-200) - np.where(able, 1 - slip, guess).T
        rmsea = np.sqrt((mass * (off**2 + off**2)).sum(axis=1))
    return loglik, guess, slip, rmsea


def test_mirt_finds_the_same_guesses_and_slips() -> None:
    import mirt

    q = QMatrix.of([[1, 0, 0], [0, 1, 0], [0, 0, 1]] * 3 + [[1, 1, 0], [0, 1, 1], [1, 0, 1]])
    gates = np.tile([0.15, 0.85], 12)
    table = drawn(q, Rule.DINA, gates, np.array([0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2]), 800, seed=11)
    ours = fit_diagnosis(table, q, Rule.DINA)
    theirs, _ = mirt.fit_cdm(
        table.scores.astype(int), q.required.astype(int), model="DINA", max_iter=2000, tol=1e-9
    )
    assert [one.guess.value for one in ours.items] == pytest.approx(theirs.guess.tolist(), abs=1e-4)
    assert [one.slip.value for one in ours.items] == pytest.approx(theirs.slip.tolist(), abs=1e-4)


def test_random_starts_never_end_below_the_standard_one() -> None:
    table = drawn(TWO, Rule.GDINA, np.tile([0.2, 0.7], 9), MASS, 300, seed=5)
    one, more = fit_diagnosis(table, TWO, Rule.GDINA), fit_diagnosis(table, TWO, Rule.GDINA, starts=4, seed=2)
    assert len(more.maxima) == 4
    assert more.maxima[0] == one.loglik
    assert more.loglik >= one.loglik - 1e-9


@pytest.mark.parametrize("rule", list(Rule))
def test_the_order_of_items_attributes_and_persons_changes_nothing(rule: Rule) -> None:
    table = drawn(TWO, Rule.DINA, GATES, MASS, 300, seed=7)
    one = fit_diagnosis(table, TWO, rule)
    items, persons = [3, 0, 6, 1, 5, 2, 4], np.random.default_rng(1).permutation(300)
    q = QMatrix(tuple(TWO.items[j] for j in items), ("PC2", "PC1"), TWO.required[np.ix_(items, [1, 0])])
    other = fit_diagnosis(ResponseTable.of(table.scores[np.ix_(persons, items)], items=q.items), q, rule)
    assert other.loglik == pytest.approx(one.loglik, abs=1e-6)
    by_item = {item.item: item for item in other.items}
    for item in one.items:
        assert by_item[item.item].guess.value == pytest.approx(item.guess.value, abs=1e-4)
        assert by_item[item.item].slip.value == pytest.approx(item.slip.value, abs=1e-4)
        assert (
            dict(by_item[item.item].deltas).keys()
            == {name if name != "PC1*PC2" else "PC2*PC1" for name in dict(item.deltas)}
            or rule is Rule.DINO
        )
    assert other.attributes[1].marginal.value == pytest.approx(one.attributes[0].marginal.value, abs=1e-4)


def test_the_criteria_are_akaikes_and_schwarzs(fraction_fit: DiagnosisFit) -> None:
    assert fraction_fit.criterion(2.0) == pytest.approx(2 * 4402.287671 + 2 * 295, abs=1e-4)
    assert fraction_fit.criterion(np.log(536)) == pytest.approx(2 * 4402.287671 + np.log(536) * 295, abs=1e-4)


@pytest.mark.battery
def test_the_saturated_model_of_the_fraction_data_has_several_maxima_and_the_best_counts() -> None:
    fit = fit_diagnosis(fractions(), fractions_q(), Rule.GDINA, starts=3)
    assert fit.maximum.converged
    assert fit.loglik == pytest.approx(max(fit.maxima))
    assert fit.maxima[0] == pytest.approx(-4152.3637, abs=1e-3)
