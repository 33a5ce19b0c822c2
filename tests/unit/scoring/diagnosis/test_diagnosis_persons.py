# SPDX-License-Identifier: Apache-2.0
"""Persons get chances and bounds, tests their certainty, pairs of items their fit."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.diagnosis.design import QMatrix, Rule
from scoring.diagnosis.model import DiagnosisFit, Shrink, fit_diagnosis
from scoring.diagnosis.pairs_fit import pair_fit
from scoring.diagnosis.persons import certainty, diagnose
from scoring.tables import ResponseTable
from tests.unit.scoring.diagnosis.worlds import drawn, promised

ONE = QMatrix.of([[1], [1], [1]])
GATES = np.array([0.2, 0.9, 0.1, 0.8, 0.3, 0.7])
MASS = np.array([0.4, 0.6])


def test_a_chance_is_bayes_theorem() -> None:
    table = promised(ONE, Rule.DINA, GATES, MASS, 1000.0)
    found = diagnose(fit_diagnosis(table, ONE, Rule.DINA))
    person = int(np.flatnonzero((table.scores == [1, 0, 1]).all(axis=1))[0])
    master, other = 0.6 * 0.9 * 0.2 * 0.7, 0.4 * 0.2 * 0.9 * 0.3
    assert found.eap[person, 0] == pytest.approx(master / (master + other), abs=1e-4)
    assert found.lower[person, 0] == found.upper[person, 0] == found.eap[person, 0]
    assert found.masters(person, 0) is True
    assert found.name(int(found.map_class[person])) == "1"
    assert found.map_chance[person] == pytest.approx(master / (master + other), abs=1e-4)
    nobody = int(np.flatnonzero((table.scores == 0).all(axis=1))[0])
    assert found.masters(nobody, 0) is False
    assert found.name(int(found.mle_class[nobody])) == "0"


def test_the_certainty_is_the_expected_share_of_right_classifications() -> None:
    table = promised(ONE, Rule.DINA, GATES, MASS, 1000.0)
    (sure,) = certainty(fit_diagnosis(table, ONE, Rule.DINA))
    assert sure is not None
    right = twice = 0.0
    for pattern in table.scores:
        chance = [np.prod(np.where(pattern == 1, GATES[k::2], 1 - GATES[k::2])) * MASS[k] for k in (0, 1)]
        p = chance[1] / sum(chance)
        right += sum(chance) * max(p, 1 - p)
        twice += sum(chance) * (p * p + (1 - p) ** 2)
    assert sure.accuracy == pytest.approx(right, abs=1e-4)
    assert sure.consistency == pytest.approx(twice, abs=1e-4)


def test_where_profiles_answer_alike_there_are_bounds_and_no_verdict() -> None:
    q = QMatrix.of([[1, 0], [1, 0], [1, 0], [1, 1], [1, 1], [1, 1]])
    table = drawn(q, Rule.DINA, np.tile([0.1, 0.9], 6), np.array([0.2, 0.2, 0.2, 0.4]), 500, seed=8)
    fit = fit_diagnosis(table, q, Rule.DINA)
    found = diagnose(fit)
    person = int(np.flatnonzero((table.scores == 0).all(axis=1))[0])
    # who lacks the first attribute may have the second one or not: no answer could tell
    assert found.name(int(found.map_class[person])) == "0?"
    assert found.lower[person, 1] < 0.1
    assert found.upper[person, 1] > 0.9
    assert found.masters(person, 1) is None
    assert found.eap[person, 1] == pytest.approx(0.5, abs=0.05)
    assert certainty(fit)[1] is None
    assert certainty(fit)[0] is not None


def test_pairs_fit_perfectly_where_the_model_is_true_and_not_where_it_is_false() -> None:
    q = QMatrix.of([[1, 0], [0, 1], [1, 0], [0, 1], [1, 1], [1, 0], [0, 1]])
    mass = np.array([0.3, 0.2, 0.1, 0.4])
    table = promised(q, Rule.DINA, np.tile([0.2, 0.8], 7), mass, 1000.0)
    good = pair_fit(fit_diagnosis(table, q, Rule.DINA))
    assert good is not None
    assert good.pairs == 21
    assert good.srmsr < 1e-4
    assert good.largest_chi2 < 1e-3
    assert good.p == 1.0
    wrong = QMatrix.of([[0, 1], [0, 1], [1, 0], [0, 1], [1, 1], [1, 0], [0, 1]])
    bad = pair_fit(fit_diagnosis(table, wrong, Rule.DINA))
    assert bad is not None
    assert bad.srmsr > 0.02
    assert bad.p < 0.001
    assert "1" in bad.worst
    _, chi2, p = _pairs_by_hand(table, fit_diagnosis(table, wrong, Rule.DINA), bad.worst)
    assert bad.largest_chi2 == pytest.approx(chi2, rel=1e-9)
    assert bad.p == pytest.approx(min(1.0, 21 * p), rel=1e-6)
    # with fewer persons the same distance is less surprising
    scale = 14.0 / bad.largest_chi2
    few = ResponseTable.of(table.scores, items=table.items, weights=table.weights * scale)
    mild = pair_fit(fit_diagnosis(few, wrong, Rule.DINA, shrink=Shrink.NEVER))
    assert mild is not None
    assert mild.largest_chi2 == pytest.approx(14.0, rel=1e-3)
    assert mild.p == pytest.approx(21 * 0.000182811, rel=1e-2)  # chi-square of 14 with 1 degree of freedom


def _pairs_by_hand(
    table: ResponseTable, fit: DiagnosisFit, pair: tuple[str, str]
) -> tuple[np.ndarray, float, float]:
    """The 2 x 2 table of a pair, its chi-square against the model, and the p of 1 degree of freedom."""
    from scipy.stats import chi2

    j, k = (table.items.index(name) for name in pair)
    chance = fit.maximum.at.probability[fit.design.cells]
    observed, expected = np.zeros(4), np.zeros(4)
    for cell, (a, b) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)]):
        observed[cell] = table.weights[(table.scores[:, j] == a) & (table.scores[:, k] == b)].sum()
        one = chance[j] if a else 1 - chance[j]
        other = chance[k] if b else 1 - chance[k]
        expected[cell] = 1000.0 * float(fit.maximum.at.mass @ (one * other))
    found = float(((observed - expected) ** 2 / expected).sum())
    return observed, found, float(chi2.sf(found, 1))


def test_pairs_that_nobody_answered_together_are_left_out() -> None:
    table = drawn(ONE, Rule.DINA, GATES, MASS, 300, seed=1)
    scores = table.scores.copy()
    scores[:150, 0] = np.nan
    scores[150:, 1] = np.nan
    found = pair_fit(fit_diagnosis(ResponseTable.of(scores, items=ONE.items), ONE, Rule.DINA))
    assert found is not None
    assert found.pairs == 2
    alone = QMatrix.of([[1]])
    single = fit_diagnosis(ResponseTable.of(table.scores[:, :1], items=("1",)), alone, Rule.DINA)
    assert pair_fit(single) is None


def test_items_that_never_err_in_the_model_give_no_pair() -> None:
    q = QMatrix.of([[1], [1], [1]])
    scores = np.repeat([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]], 120, axis=0)
    fit = fit_diagnosis(ResponseTable.of(scores, items=q.items), q, Rule.DINA)
    assert pair_fit(fit) is None
