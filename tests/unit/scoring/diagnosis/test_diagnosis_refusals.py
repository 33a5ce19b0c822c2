# SPDX-License-Identifier: Apache-2.0
"""Small and unsuitable data get a reason; wrong input gets a name."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.diagnosis import fitting, likelihood, precision
from scoring.diagnosis.design import QMatrix, Rule, design_of
from scoring.diagnosis.model import NoItemNumber, NoNumber, Shrink, fit_diagnosis, prior_of
from scoring.errors import StatisticsError
from scoring.tables import ResponseTable
from tests.unit.scoring.diagnosis.worlds import drawn, promised

Q = QMatrix.of([[1, 0], [0, 1], [1, 1], [1, 0], [0, 1], [1, 1]])
GATES = np.tile([0.2, 0.8], 6)
MASS = np.array([0.3, 0.2, 0.1, 0.4])


@pytest.fixture(scope="module")
def table() -> ResponseTable:
    return drawn(Q, Rule.DINA, GATES, MASS, 250, seed=9)


def test_fewer_than_two_hundred_persons_are_drawn_towards_the_stated_prior(table: ResponseTable) -> None:
    few = table.rows(np.arange(60))
    shrunk, plain = fit_diagnosis(few, Q, Rule.DINA), fit_diagnosis(few, Q, Rule.DINA, shrink=Shrink.NEVER)
    assert (shrunk.shrunk, plain.shrunk) == (True, False)
    assert plain.loglik > shrunk.loglik
    assert not fit_diagnosis(table, Q, Rule.DINA).shrunk
    # without data the posterior mode is the prior's: .2 and .8
    empty = promised(Q, Rule.DINA, np.full(12, 0.5), MASS, 31.0)
    lonely = fit_diagnosis(empty, Q, Rule.DINA)
    for one in lonely.items:
        assert 0.2 < (one.guess.value or 0.0) < 0.5


def test_the_limits_themselves_are_inside(table: ResponseTable) -> None:
    assert fit_diagnosis(table.rows(np.arange(30)), Q, Rule.DINA).shrunk
    assert fit_diagnosis(table.rows(np.arange(199)), Q, Rule.DINA).shrunk
    assert not fit_diagnosis(table.rows(np.arange(200)), Q, Rule.DINA).shrunk
    assert len(QMatrix.of(np.eye(15, dtype=int)).attributes) == 15
    assert QMatrix.of([[1] * 10]).needs(0) == tuple(f"A{k}" for k in range(1, 11))


def test_the_prior_is_four_answers_and_four_persons() -> None:
    design = design_of(Q, Rule.GDINA)
    prior = prior_of(design)
    assert prior.right + prior.wrong == pytest.approx(np.full(design.parameters, 4.0))
    assert prior.right[design.of_item(0)] == pytest.approx([0.8, 3.2])
    assert prior.right[design.of_item(2)] == pytest.approx([0.8, 2.0, 2.0, 3.2])
    assert prior.persons == pytest.approx([1.0, 1.0, 1.0, 1.0])


def test_fewer_than_thirty_persons_get_no_model(table: ResponseTable) -> None:
    with pytest.raises(StatisticsError, match="diagnosis_few_persons"):
        fit_diagnosis(table.rows(np.arange(29)), Q, Rule.DINA)
    nothing = ResponseTable.of(np.full((40, 6), np.nan), items=Q.items)
    with pytest.raises(StatisticsError, match="diagnosis_few_persons"):
        fit_diagnosis(nothing, Q, Rule.DINA)


def test_items_that_say_nothing_are_left_out_and_named(table: ResponseTable) -> None:
    scores = table.scores.copy()
    scores[:, 0], scores[:, 1] = 1.0, np.nan
    fit = fit_diagnosis(ResponseTable.of(scores, items=Q.items), Q, Rule.DINA)
    assert [one.reason for one in fit.items[:3]] == [NoItemNumber.NO_VARIATION, NoItemNumber.NO_SCORES, None]
    assert fit.items[0].guess.value is None
    assert fit.design.q.items == ("3", "4", "5", "6")
    with pytest.raises(StatisticsError, match="diagnosis_no_items"):
        fit_diagnosis(ResponseTable.of(np.ones((40, 6)), items=Q.items), Q, Rule.DINA)


def test_persons_without_an_answer_count_nothing(table: ResponseTable) -> None:
    more = ResponseTable.of(np.concatenate([table.scores, np.full((50, 6), np.nan)]), items=Q.items)
    assert fit_diagnosis(more, Q, Rule.DINA).n == 250
    assert fit_diagnosis(more, Q, Rule.DINA).loglik == pytest.approx(
        fit_diagnosis(table, Q, Rule.DINA).loglik
    )


def test_an_item_that_needs_nothing_cannot_be_guessed(table: ResponseTable) -> None:
    fit = fit_diagnosis(table, Q.with_row(0, np.array([False, False])), Rule.GDINA)
    one = fit.items[0]
    assert one.guess.reason is NoNumber.NO_ATTRIBUTE
    assert one.slip.value == pytest.approx(1 - table.scores[:, 0].mean(), abs=1e-6)
    assert [name for name, _ in one.deltas] == ["0"]


def test_a_group_without_persons_has_no_chance() -> None:
    # everybody who masters the second attribute masters the first: nobody is in the group 01
    hierarchy = promised(
        Q,
        Rule.GDINA,
        np.array([0.2, 0.8, 0.2, 0.8, 0.1, 0.5, 0.4, 0.9, 0.2, 0.8, 0.2, 0.8, 0.1, 0.5, 0.4, 0.9]),
        np.array([0.4, 0.0, 0.3, 0.3]),
        2000.0,
    )
    fit = fit_diagnosis(hierarchy, Q, Rule.GDINA)
    groups = {group: chance for group, chance, _ in fit.items[2].groups}
    assert groups["A1", "A2"].value == pytest.approx(0.9, abs=1e-3)
    assert groups["A2",].reason in {NoNumber.NOBODY, NoNumber.EDGE, NoNumber.UNDETERMINED}
    assert groups["A2",].error is None
    # with nobody there at all the chance itself is gone
    nobody = ResponseTable.of(
        np.repeat([[0.0] * 6, [1.0, 0, 0, 1, 0, 0], [1.0] * 6], 80, axis=0), items=Q.items
    )
    empty = fit_diagnosis(nobody, Q, Rule.GDINA)
    assert {group: chance.reason for group, chance, _ in empty.items[2].groups}["A2",] is NoNumber.NOBODY
    assert empty.items[2].deltas[2][1].value is None


@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("q_shape", lambda: QMatrix(("1",), ("A",), np.ones((2, 1), dtype=bool))),
        ("q_names_twice", lambda: QMatrix.of([[1], [1]], items=["1", "1"])),
        ("q_names_twice", lambda: QMatrix.of([[1, 0]], attributes=["A", "A"])),
        ("q_attributes_many", lambda: QMatrix.of(np.eye(16, dtype=int))),
        ("q_item_attributes_many", lambda: QMatrix.of([[1] * 11])),
        ("q_values", lambda: QMatrix.of([[2]])),
    ],
)
def test_a_wrong_q_matrix_is_refused_by_name(code: str, make: object) -> None:
    with pytest.raises(StatisticsError, match=code):
        make()  # type: ignore[operator]


def test_wrong_calls_are_refused_by_name(table: ResponseTable, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StatisticsError, match="q_items_other"):
        fit_diagnosis(table.columns(["2", "1"]), Q, Rule.DINA)
    with pytest.raises(StatisticsError, match="diagnosis_starts"):
        fit_diagnosis(table, Q, Rule.DINA, starts=0)
    with pytest.raises(StatisticsError, match="not_binary"):
        fit_diagnosis(ResponseTable.of(table.scores * 2, items=Q.items), Q, Rule.DINA)
    monkeypatch.setattr(likelihood, "MOST_CELLS", 10)
    with pytest.raises(StatisticsError, match="diagnosis_too_large"):
        fit_diagnosis(table, Q, Rule.DINA)


def test_a_model_too_large_for_second_derivatives_is_fitted_without_errors(
    table: ResponseTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = fit_diagnosis(table, Q, Rule.DINA)
    drawn_in = fit_diagnosis(table, Q, Rule.DINA, shrink=Shrink.ALWAYS).maximum.at.mass
    monkeypatch.setattr(fitting, "MOST_NEWTON", 3)
    monkeypatch.setattr(precision, "MOST_NEWTON", 3)
    large = fit_diagnosis(table, Q, Rule.DINA)
    assert large.maximum.converged
    assert large.loglik == pytest.approx(small.loglik, abs=1e-4)
    assert large.precision is None
    assert large.items[0].guess.reason is NoNumber.TOO_LARGE
    shrunk = fit_diagnosis(table, Q, Rule.DINA, shrink=Shrink.ALWAYS)
    assert shrunk.maximum.at.mass == pytest.approx(drawn_in, abs=1e-4)
