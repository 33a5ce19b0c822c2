# SPDX-License-Identifier: Apache-2.0
"""The models under scikit-learn's conventions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from scoring.diagnosis.design import QMatrix, Rule
from scoring.diagnosis.estimators import DINA, DINO, GDINA
from scoring.diagnosis.model import fit_diagnosis
from scoring.diagnosis.persons import diagnose
from scoring.estimator import UnsuitableData
from tests.unit.scoring.diagnosis.worlds import drawn

Q = QMatrix.of([[1, 0], [0, 1], [1, 1], [1, 0], [0, 1], [1, 1]])
TABLE = drawn(Q, Rule.DINA, np.tile([0.2, 0.8], 6), np.array([0.3, 0.2, 0.1, 0.4]), 250, seed=9)


def test_an_estimator_finds_what_the_function_finds() -> None:
    fit = fit_diagnosis(TABLE, Q, Rule.DINA)
    model = DINA(Q.required.astype(int)).fit(TABLE.scores)
    assert model.loglik_ == fit.loglik
    assert model.guesses_.tolist() == [one.guess.value for one in fit.items]
    assert model.slips_.tolist() == [one.slip.value for one in fit.items]
    assert model.marginals_.tolist() == [one.marginal.value for one in fit.attributes]
    assert (model.identified_.tolist(), model.n_classes_, model.converged_) == ([True, True], 4, True)
    assert model.predict_proba(TABLE.scores) == pytest.approx(diagnose(fit).eap)
    assert set(np.unique(model.predict(TABLE.scores))) == {0, 1}


def test_names_and_weights_of_a_table_are_kept() -> None:
    model = GDINA(Q).fit(TABLE, sample_weight=np.full(250, 2.0))
    assert model.feature_names_in_.tolist() == list(Q.items)
    assert model.fit_.n == 500
    assert [len(deltas) for deltas in model.deltas_] == [2, 2, 4, 2, 2, 4]
    assert DINO(Q.required.astype(int)).fit(TABLE).fit_.q.items == Q.items


def test_without_a_matrix_all_items_need_one_attribute() -> None:
    model = DINA().fit(TABLE.scores)
    assert model.marginals_.shape == (1,)
    assert repr(DINA(starts=2)) == "DINA(starts=2)"
    assert DINA(seed=4).get_params()["seed"] == 4


@pytest.mark.parametrize(
    ("code", "model", "data"),
    [
        ("shrink_unknown", DINA(shrink="perhaps"), TABLE.scores),
        ("q_shape", DINA(np.ones((2, 1))), TABLE.scores),
        ("not_binary", DINA(), TABLE.scores * 3),
        ("diagnosis_few_persons", DINA(), TABLE.scores[:5]),
    ],
)
def test_what_does_not_fit_is_a_value_error_with_a_name(code: str, model: DINA, data: np.ndarray) -> None:
    with pytest.raises(UnsuitableData, match=code):
        model.fit(data)


def test_new_persons_must_answer_with_0_and_1() -> None:
    model = DINA().fit(TABLE.scores)
    with pytest.raises(UnsuitableData, match="not_binary"):
        model.predict(np.full((2, 6), 0.5))
    assert model.predict_proba(np.full((1, 6), np.nan)) == pytest.approx(model.marginals_[None, :])


def test_scikit_learns_own_tools_take_the_models() -> None:
    from sklearn.base import clone
    from sklearn.pipeline import make_pipeline
    from sklearn.utils.validation import check_is_fitted

    copy: Any = clone(DINA(Q, starts=2))
    assert copy.starts == 2
    pipeline = make_pipeline(DINA())
    check_is_fitted(pipeline.fit(TABLE.scores)[-1])
    assert pipeline.predict(TABLE.scores).shape == (250, 1)


@pytest.mark.parametrize(
    "check",
    [
        "check_estimator_cloneable",
        "check_estimator_repr",
        "check_estimator_tags_renamed",
        "check_get_params_invariance",
        "check_no_attributes_set_in_init",
        "check_parameters_default_constructible",
        "check_set_params",
        "check_valid_tag_types",
    ],
)
@pytest.mark.parametrize("model", [DINA(), DINO(), GDINA()])
def test_scikit_learns_checks_that_need_no_continuous_data_pass(check: str, model: Any) -> None:
    # the other checks fit to real numbers; these models take answers that are right or wrong, and refuse others by name
    from sklearn.utils import estimator_checks

    getattr(estimator_checks, check)(type(model).__name__, model)


def test_dino_and_gdina_are_dina_where_each_item_needs_one_attribute() -> None:
    q = QMatrix.of([[1, 0], [0, 1], [1, 0], [0, 1], [1, 0], [0, 1]])
    table = drawn(q, Rule.DINA, np.tile([0.2, 0.8], 6), np.array([0.3, 0.2, 0.1, 0.4]), 250, seed=9)
    dina, dino, gdina = (fit_diagnosis(table, q, rule) for rule in (Rule.DINA, Rule.DINO, Rule.GDINA))
    assert dino.loglik == pytest.approx(dina.loglik, abs=1e-6)
    assert gdina.loglik == pytest.approx(dina.loglik, abs=1e-6)
    masters = [one.marginal.value for one in dina.attributes]
    for other in (dino, gdina):
        assert [one.marginal.value for one in other.attributes] == pytest.approx(masters, abs=1e-4)
