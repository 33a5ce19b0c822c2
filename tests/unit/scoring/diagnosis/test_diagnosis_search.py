# SPDX-License-Identifier: Apache-2.0
"""The search for a maximum climbs only, and does not stop at a place where a class was given up too soon."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.diagnosis.design import QMatrix, Rule, design_of
from scoring.diagnosis.fitting import _Search, maximise, no_prior, random_start, standard_start
from scoring.diagnosis.likelihood import Parameters, Responses, responses_of
from tests.unit.scoring.diagnosis.worlds import drawn, fractions, fractions_q, promised

Q = QMatrix.of([[1, 0], [0, 1], [1, 1], [1, 0], [0, 1], [1, 1]])
DESIGN = design_of(Q, Rule.DINA)
GATES = np.tile([0.2, 0.8], 6)
MASS = np.array([0.3, 0.2, 0.1, 0.4])


def world(n: float) -> Responses:
    table = promised(Q, Rule.DINA, GATES, MASS, n)
    return responses_of(table.scores, table.weights)


def test_a_class_that_was_given_up_is_drawn_back_in() -> None:
    without = np.array([0.35, 0.25, 1e-25, 0.4])
    search = _Search(world(1000.0), DESIGN, no_prior(DESIGN), Parameters(GATES, without / without.sum()))
    before = search.objective
    assert search._revived()
    assert search.objective > before
    assert search.at.mass[2] > 1e-6
    assert search.at.mass.sum() == pytest.approx(1.0, abs=1e-12)
    end = maximise(world(1000.0), DESIGN, search.at, no_prior(DESIGN))
    assert end.at.mass == pytest.approx(MASS, abs=1e-4)


def test_at_the_maximum_no_class_calls() -> None:
    search = _Search(world(1000.0), DESIGN, no_prior(DESIGN), Parameters(GATES, MASS))
    assert not search._revived()


def test_a_gain_too_small_to_matter_is_left() -> None:
    without = np.array([0.35, 0.25, 1e-25, 0.4])
    search = _Search(world(1e-8), DESIGN, no_prior(DESIGN), Parameters(GATES, without / without.sum()))
    assert not search._revived()


def test_a_newton_step_that_leads_nowhere_is_not_taken() -> None:
    data = responses_of(drawn(Q, Rule.DINA, GATES, MASS, 200, seed=6).scores, np.ones(200))
    draw = np.random.default_rng(5)
    stayed = 0
    for _ in range(6):
        search = _Search(data, DESIGN, no_prior(DESIGN), random_start(DESIGN, draw))
        search.damping, before = 1e-30, search.objective
        search.newton()
        assert search.objective >= before
        stayed += search.objective == before
    assert stayed


def test_every_step_climbs() -> None:
    used = [1, 2, 5, 7, 8, 10, 12, 13, 15, 16]  # the items that need no more than four of the attributes
    whole = fractions_q()
    q = QMatrix.of(whole.required[np.ix_(used, [1, 3, 4, 6])])
    design, data = design_of(q, Rule.GDINA), responses_of(fractions().scores[:, used], np.ones(536))
    search = _Search(data, design, no_prior(design), standard_start(design))
    reached = [search.objective]
    while not search.done and search.steps < 3000:
        search.extrapolate()
        reached.append(search.objective)
        if search.steps >= 40:
            search.newton()
            reached.append(search.objective)
    assert search.done
    assert (np.diff(reached) >= -1e-7).all()
    slope, _, _ = search._slope()
    assert np.abs(slope).max() < 1e-2


def test_a_search_that_is_cut_short_says_so() -> None:
    end = maximise(world(1000.0), DESIGN, standard_start(DESIGN), no_prior(DESIGN), most_steps=5)
    assert not end.converged
    assert end.steps < 20
