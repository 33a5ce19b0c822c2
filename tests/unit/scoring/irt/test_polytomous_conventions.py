# SPDX-License-Identifier: Apache-2.0
"""scikit-learn's shared estimator checks on a polytomous model, where they apply.

The checks make up continuous data, which have a category for every number. The model under test sees them in three steps;
everything else is the model's own.
"""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.irt.partial_credit import PartialCredit

EXCEPTED = {
    # our refusals are codes with facts, not the library's sentences (the exceptions are ValueErrors all the same)
    "check_complex_data",
    "check_estimators_empty_data_messages",
    "check_fit2d_1feature",
    "check_fit2d_1sample",
    "check_fit2d_predict1d",
    "check_n_features_in_after_fitting",
    # it asks for the ability of persons without weight who have marks that nobody else had
    "check_sample_weight_equivalence_on_dense_data",
}


class InThreeSteps(PartialCredit):
    """Partial credit where each number counts as 0, 1 or 2."""

    def _learn_columns(self, data: Any) -> NDArray[np.float64]:
        return self._steps(super()._learn_columns(data))

    def _known_columns(self, data: Any) -> NDArray[np.float64]:
        return self._steps(super()._known_columns(data))

    @staticmethod
    def _steps(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        steps = np.mod(np.floor(np.abs(np.nan_to_num(matrix)) * 7.3), 3.0)
        return np.where(np.isnan(matrix), np.nan, steps)


def test_the_shared_estimator_checks_pass_where_they_apply() -> None:
    from sklearn.utils.estimator_checks import check_estimator

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the checks themselves warn about what they skip
        model = InThreeSteps(fewest_persons=2, points=9, max_iter=3)
        found = check_estimator(model, on_skip=None, on_fail=None)
    failed = {str(one["check_name"]): repr(one["exception"]) for one in found if one["status"] == "failed"}
    assert failed.keys() == EXCEPTED, failed
    assert sum(one["status"] == "passed" for one in found) >= 40
