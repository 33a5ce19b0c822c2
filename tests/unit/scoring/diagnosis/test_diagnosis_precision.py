# SPDX-License-Identifier: Apache-2.0
"""Standard errors come from second derivatives that numerical ones confirm, and are withheld where data say nothing."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.diagnosis.design import QMatrix, Rule, design_of
from scoring.diagnosis.fitting import maximise, no_prior, standard_start
from scoring.diagnosis.likelihood import Parameters, expect, observed_information, responses_of
from scoring.diagnosis.model import NoNumber, Shrink, fit_diagnosis
from scoring.diagnosis.precision import cross_products
from tests.unit.scoring.diagnosis.worlds import drawn, promised

Q = QMatrix.of([[1, 0], [0, 1], [1, 1], [1, 0], [0, 1], [1, 1]])
GATES = np.tile([0.2, 0.8], 6)
MASS = np.array([0.3, 0.2, 0.1, 0.4])


@pytest.mark.parametrize("rule", list(Rule))
@pytest.mark.parametrize("missing", [False, True])
def test_the_observed_information_is_minus_the_second_derivative(rule: Rule, missing: bool) -> None:
    scores = drawn(Q, Rule.DINA, GATES, MASS, 60, seed=1).scores
    if missing:
        scores[np.random.default_rng(2).random(scores.shape) < 0.2] = np.nan
    design, data = (
        design_of(Q, rule),
        responses_of(scores, np.random.default_rng(3).uniform(0.5, 2.0, len(scores))),
    )
    draw = np.random.default_rng(4)
    size = design.parameters
    place = np.concatenate([draw.normal(size=size), np.log(draw.dirichlet(np.ones(design.classes)))])

    def at(point: np.ndarray) -> Parameters:
        mass = np.exp(point[size:])
        return Parameters(1 / (1 + np.exp(-point[:size])), mass / mass.sum())

    def loglik(point: np.ndarray) -> float:
        return expect(data, design, at(point)).loglik

    here = at(place)
    ours = observed_information(data, design, here, expect(data, design, here))
    step = 1e-3
    units = np.eye(len(place)) * step
    numeric = -np.array(
        [
            [
                (
                    loglik(place + a + b)
                    - loglik(place + a - b)
                    - loglik(place - a + b)
                    + loglik(place - a - b)
                )
                / (4 * step * step)
                for b in units
            ]
            for a in units
        ]
    )
    assert ours == pytest.approx(numeric, abs=2e-4)


def test_for_many_persons_cross_products_and_second_derivatives_agree() -> None:
    table = promised(Q, Rule.DINA, GATES, MASS, 5000.0)
    design, data = design_of(Q, Rule.DINA), responses_of(table.scores, table.weights)
    best = maximise(data, design, standard_start(design), no_prior(design))
    observed = observed_information(data, design, best.at, best.found)
    assert cross_products(data, design, best) == pytest.approx(observed, rel=2e-3, abs=0.5)
    fit = fit_diagnosis(table, Q, Rule.DINA)
    inverse = np.linalg.pinv(observed, rcond=1e-10, hermitian=True)
    inside = best.at.probability * (1 - best.at.probability)
    errors = np.sqrt(np.diag(inverse)[: len(inside)]) * inside
    assert [one.guess.error for one in fit.items] == pytest.approx(errors[::2].tolist(), rel=1e-6)
    assert [one.slip.error for one in fit.items] == pytest.approx(errors[1::2].tolist(), rel=1e-6)
    for one in fit.items:
        assert one.guess.crossed == pytest.approx(one.guess.error, rel=1e-3)
        assert one.slip.crossed == pytest.approx(one.slip.error, rel=1e-3)


def test_with_known_masters_the_error_is_the_binomial_one() -> None:
    # ten items without error tell who is a master; the guess of an eleventh then is a plain proportion
    q = QMatrix.of([[1]] * 11)
    masters = np.tile([[0.0] * 10, [1.0] * 10], (100, 1))
    guesses = np.tile([0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0], 25)[:, None]
    from scoring.tables import ResponseTable

    fit = fit_diagnosis(
        ResponseTable.of(np.concatenate([masters, guesses], axis=1), items=q.items), q, Rule.DINA
    )
    share = guesses[::2].mean()
    assert fit.items[10].guess.value == pytest.approx(share, abs=1e-6)
    assert fit.items[10].guess.error == pytest.approx(np.sqrt(share * (1 - share) / 100), rel=1e-4)
    assert fit.items[0].guess.reason is NoNumber.EDGE
    assert fit.attributes[0].marginal.error == pytest.approx(np.sqrt(0.25 / 200), rel=1e-4)


def test_what_the_data_leave_open_gets_a_reason_and_no_error() -> None:
    # two items cannot tell two classes: 5 parameters for 4 cells
    q = QMatrix.of([[1], [1]])
    table = promised(q, Rule.DINA, np.array([0.2, 0.8, 0.3, 0.9]), np.array([0.4, 0.6]), 500.0)
    fit = fit_diagnosis(table, q, Rule.DINA)
    assert fit.items[0].guess.error is None
    assert fit.items[0].guess.reason is NoNumber.UNDETERMINED
    assert not fit.identification.identified


def test_a_prior_makes_everything_determined() -> None:
    q = QMatrix.of([[1], [1]])
    table = promised(q, Rule.DINA, np.array([0.2, 0.8, 0.3, 0.9]), np.array([0.4, 0.6]), 500.0)
    fit = fit_diagnosis(table, q, Rule.DINA, shrink=Shrink.ALWAYS)
    assert fit.items[0].guess.error is not None
    assert fit.items[0].guess.crossed is None
    # posterior mode by hand: the first derivative of log-likelihood and prior is 0
    found, at, prior = fit.maximum.found, fit.maximum.at, fit.prior
    slope = found.right + prior.right - (found.tried + prior.right + prior.wrong) * at.probability
    assert np.abs(slope).max() < 1e-3
