# SPDX-License-Identifier: Apache-2.0
"""Our estimators under scikit-learn's own checks, and the refusals of what is no table of numbers."""

import warnings
from typing import Any

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.estimator import (
    Estimator,
    NotFitted,
    UnsuitableData,
    UnsuitableType,
    as_matrix,
    as_weights,
    column_names,
)
from scoring.irt.binary import OnePL, Rasch, ThreePL, TwoPL
from scoring.irt.guessing import BetaPrior
from scoring.tables import ResponseTable

# scikit-learn feeds real numbers into every estimator; ours take 0 and 1. This one turns any number into 0 or 1, the same
# one wherever it occurs, and is otherwise a 1PL, so that each check that can apply runs on real fits.
WORDS = "says the same in words of our own"
EXCEPTED = {
    "check_complex_data": WORDS,
    "check_estimators_empty_data_messages": WORDS,
    "check_n_features_in_after_fitting": WORDS,
    "check_fit2d_predict1d": WORDS,
    "check_fit2d_1sample": "one person is too few, " + WORDS,
    "check_fit2d_1feature": "one item is too few, " + WORDS,
    "check_sample_weights_shape": "of its two items one is answered right by all, so that too few are left",
    "check_sample_weights_not_overwritten": "of its two items one is answered right by all, so that too few are left",
}


class Coarse(OnePL):
    """1PL of the parity of the sevenths of each number."""

    def __init__(self, *, points: Any = 21, reach: Any = 6.0, max_iter: Any = 50, fewest_persons: Any = 2):
        super().__init__(points=points, reach=reach, max_iter=max_iter, fewest_persons=fewest_persons)

    def _learn_columns(self, data: Any) -> Any:
        return np.floor(7 * super()._learn_columns(data)) % 2

    def _known_columns(self, data: Any) -> Any:
        return np.floor(7 * super()._known_columns(data)) % 2


def test_the_checks_of_scikit_learn_pass_but_for_those_that_are_named():
    from sklearn.utils.estimator_checks import check_estimator

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # scikit-learn regrets that we are no subclass, and skips the array API
        results = check_estimator(Coarse(), expected_failed_checks=EXCEPTED, on_fail=None)
    failed = {one["check_name"] for one in results if one["status"] == "failed"}
    excused = {one["check_name"] for one in results if one["status"] == "xfail"}
    passed = {one["check_name"] for one in results if one["status"] == "passed"}
    assert failed == set()
    assert excused == set(EXCEPTED)  # none is excused without need
    assert len(passed) >= 40
    assert {
        "check_sample_weight_equivalence_on_dense_data",
        "check_fit_idempotent",
        "check_dict_unchanged",
    } <= passed


@pytest.mark.parametrize("model", [Rasch(), OnePL(points=31), TwoPL(), ThreePL(prior=BetaPrior(5, 17))])
def test_a_clone_has_the_settings_and_nothing_of_the_fit(model: Any):
    from sklearn.base import clone

    copy = clone(model)
    assert copy is not model
    assert copy.get_params() == model.get_params()
    assert not copy.__sklearn_is_fitted__()


def test_an_estimator_shows_the_settings_that_differ_from_the_usual():
    assert repr(TwoPL()) == "TwoPL()"
    assert repr(TwoPL(points=31)) == "TwoPL(points=31)"
    assert TwoPL().set_params(points=41).points == 41


def test_a_setting_that_there_is_not_is_named():
    with pytest.raises(UnsuitableData) as refused:
        TwoPL().set_params(colour="red")
    assert refused.value.code == "setting_unknown"
    assert refused.value.facts["setting"] == "colour"


def test_only_a_model_that_transforms_has_the_tags_of_a_transformer():
    assert Estimator().__sklearn_tags__().transformer_tags is None
    assert TwoPL().__sklearn_tags__().input_tags.allow_nan


def test_a_result_before_fit_is_refused():
    with pytest.raises(NotFitted) as refused:
        TwoPL().transform([[0, 1, 1]])
    assert isinstance(refused.value, StatisticsError | ValueError | AttributeError)
    assert refused.value.code == "model_not_fitted"


class Frame:
    """What a data frame shows to numpy."""

    def __init__(self, values: Any, columns: Any):
        self.values = np.asarray(values, dtype=float)
        self.columns = columns

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.values if dtype is None else self.values.astype(dtype)


class Sparse:
    def toarray(self) -> Any:
        return np.zeros((2, 2))


@pytest.mark.parametrize(
    ("data", "code", "kind"),
    [
        (Sparse(), "data_not_a_table", UnsuitableType),
        ([[1j, 0]], "data_not_a_table", UnsuitableType),
        ([["right", "wrong"]], "data_not_a_table", UnsuitableType),
        ([[object()]], "data_not_a_table", UnsuitableType),
        ([0, 1, 1], "data_not_a_table", UnsuitableData),
        (np.zeros((0, 3)), "no_responses", UnsuitableData),
        (np.zeros((3, 0)), "no_responses", UnsuitableData),
        ([[np.inf, 0.0]], "data_infinite", UnsuitableData),
    ],
)
def test_what_is_no_table_of_numbers_is_refused_by_name(data: Any, code: Any, kind: Any):
    with pytest.raises(kind) as refused:
        as_matrix(data)
    assert refused.value.code == code


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0], [1.0, np.nan], [[1.0, 1.0]]])
def test_weights_that_fit_no_persons_are_refused(weights: Any):
    with pytest.raises(UnsuitableData) as refused:
        as_weights([[0], [1]], weights, 2)
    assert refused.value.code == "weights_unusable"


def test_weights_that_are_all_zero_are_refused():
    with pytest.raises(UnsuitableData) as refused:
        as_weights([[0], [1]], [0, 0], 2)
    assert refused.value.code == "weights_all_zero"


def test_weights_come_from_the_call_or_from_the_table_or_are_ones():
    table = ResponseTable.of([[0, 1], [1, 1]], weights=[3, 4])
    assert as_weights(table, None, 2).tolist() == [3, 4]
    assert as_weights(table, [5, 6], 2).tolist() == [5, 6]
    assert as_weights(table, 2.0, 2).tolist() == [2, 2]
    assert as_weights([[0, 1], [1, 1]], None, 2).tolist() == [1, 1]


def test_names_of_columns_are_kept_and_compared():
    model = Coarse()
    data = np.random.default_rng(1).normal(size=(60, 3))
    model.fit(Frame(data, ["a", "b", "c"]))
    assert model.feature_names_in_.tolist() == ["a", "b", "c"]
    with pytest.raises(UnsuitableData) as refused:
        model.transform(Frame(data, ["a", "c", "b"]))
    assert refused.value.code == "items_differ_from_fit"
    with pytest.raises(UnsuitableData, match="items_differ_from_fit"):
        model.transform(data[:, :2])
    assert model.transform(data).shape == (60, 1)
    model.fit(data)
    assert not hasattr(model, "feature_names_in_")


def test_names_that_are_not_texts_are_no_names():
    assert column_names(Frame([[0, 1]], [1, 2])) is None
    assert column_names(np.zeros((1, 2))) is None
    assert column_names(ResponseTable.of([[0, 1]], items=["x", "y"])).tolist() == ["x", "y"]
