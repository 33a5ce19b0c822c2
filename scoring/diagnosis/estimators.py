# SPDX-License-Identifier: Apache-2.0
"""The diagnosis models under scikit-learn's conventions. What they compute lives in `model` and `persons`."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from scoring.diagnosis.design import Matrix, QMatrix, Rule
from scoring.diagnosis.likelihood import responses_of
from scoring.diagnosis.model import DiagnosisFit, Shrink, fit_diagnosis
from scoring.diagnosis.persons import PersonDiagnoses, diagnose
from scoring.errors import StatisticsError
from scoring.estimator import Estimator, UnsuitableData, as_weights, column_names
from scoring.tables import ResponseTable


class _Diagnosis(Estimator):
    """Base: `q` is a Q-matrix (QMatrix, or items x attributes of 0 and 1); None takes one attribute that all items need."""

    rule: ClassVar[Rule]

    fit_: DiagnosisFit
    loglik_: float
    marginals_: NDArray[np.float64]
    identified_: NDArray[np.bool_]
    n_classes_: int
    converged_: bool

    def __init__(
        self, q: Any = None, *, shrink: str = Shrink.AUTO.value, starts: int = 1, seed: int = 1
    ) -> None:
        self.q = q
        self.shrink = shrink
        self.starts = starts
        self.seed = seed

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:  # noqa: N803 -- scikit-learn's names
        """Fit to persons x items of 0 and 1, NaN = missing.

        Raises UnsuitableData (a ValueError) with the codes of `fit_diagnosis`, and `shrink_unknown`.
        """
        matrix = self._learn_columns(X)
        weights = as_weights(X, sample_weight, len(matrix))
        if self.shrink not in {one.value for one in Shrink}:
            raise UnsuitableData("shrink_unknown", shrink=self.shrink)
        try:
            q = self._q(X, matrix.shape[1])
            table = ResponseTable.of(matrix, items=q.items, weights=weights)
            found = fit_diagnosis(
                table, q, self.rule, shrink=Shrink(self.shrink), starts=self.starts, seed=self.seed
            )
        except StatisticsError as error:
            raise UnsuitableData(error.code, **error.facts) from error
        self.fit_ = found
        self.loglik_ = found.loglik
        self.marginals_ = np.array([one.marginal.value for one in found.attributes], dtype=np.float64)
        self.identified_ = np.array([one.identified for one in found.identification.attributes])
        self.n_classes_ = found.identification.classes
        self.converged_ = found.maximum.converged
        return self

    def predict_proba(self, X: Any) -> Matrix:  # noqa: N803
        """Persons x attributes: the chance that each is mastered (EAP), by the estimates of `fit`."""
        return self._diagnose(X).eap

    def predict(self, X: Any) -> NDArray[np.int64]:  # noqa: N803
        """Persons x attributes: 1 where mastery is at least as likely as not, by `predict_proba`."""
        return (self.predict_proba(X) >= 0.5).astype(np.int64)

    def _diagnose(self, data: Any) -> PersonDiagnoses:
        matrix = self._known_columns(data)
        kept = [self.fit_.q.items.index(item) for item in self.fit_.design.q.items]
        seen = matrix[~np.isnan(matrix)]
        if not np.isin(seen, (0.0, 1.0)).all():
            raise UnsuitableData("not_binary", item="", score=float(seen[~np.isin(seen, (0.0, 1.0))][0]))
        return diagnose(self.fit_, responses_of(matrix[:, kept], np.ones(len(matrix))))

    def _q(self, data: Any, items: int) -> QMatrix:
        if isinstance(self.q, QMatrix):
            return self.q
        names = column_names(data)
        required = np.ones((items, 1)) if self.q is None else np.asarray(self.q)
        if required.ndim != 2 or len(required) != items:
            raise StatisticsError("q_shape", items=items, attributes=None, shape=list(required.shape))
        return QMatrix.of(required, items=None if names is None else list(names))


class _Gate(_Diagnosis):
    guesses_: NDArray[np.float64]
    slips_: NDArray[np.float64]

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:  # noqa: N803
        """As the base; leaves `guesses_` and `slips_` too, NaN where there is no number."""
        super().fit(X, y, sample_weight)
        self.guesses_ = np.array([one.guess.value for one in self.fit_.items], dtype=np.float64)
        self.slips_ = np.array([one.slip.value for one in self.fit_.items], dtype=np.float64)
        return self


class DINA(_Gate):
    """All attributes of an item are needed."""

    rule = Rule.DINA


class DINO(_Gate):
    """One attribute of an item is enough."""

    rule = Rule.DINO


class GDINA(_Diagnosis):
    """Each combination of an item's attributes has a probability of its own."""

    rule = Rule.GDINA

    deltas_: list[NDArray[np.float64]]

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:  # noqa: N803
        """As the base; leaves `deltas_` too: for each item its effects, in the order of their names."""
        super().fit(X, y, sample_weight)
        self.deltas_ = [
            np.array([delta.value for _, delta in one.deltas], dtype=np.float64) for one in self.fit_.items
        ]
        return self
