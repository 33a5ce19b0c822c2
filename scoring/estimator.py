# SPDX-License-Identifier: Apache-2.0
"""scikit-learn's conventions for our models, without scikit-learn: parameters in, `fit`, results under names that end in `_`.

An estimator keeps its settings unchanged as attributes; `fit` checks them, returns the estimator and leaves what it found in
attributes that end in an underscore. scikit-learn's `clone`, pipelines and searches take such an object as one of
theirs. No model lives here, and scikit-learn is imported only when it asks for its own tags.
"""

from __future__ import annotations

import inspect
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.tables import ResponseTable


class UnsuitableData(StatisticsError, ValueError):
    """Data or a setting that a model cannot work on; a ValueError too, as scikit-learn's callers expect."""


class UnsuitableType(UnsuitableData, TypeError):
    """Data of a kind that is no table of numbers (sparse, complex, objects)."""


class NotFitted(StatisticsError, ValueError, AttributeError):
    """A result was asked of a model before `fit`."""


class Estimator:
    """Base of the models: `get_params`, `set_params`, a readable `repr`, and the checks of a table."""

    n_features_in_: int
    feature_names_in_: NDArray[np.object_]

    @classmethod
    def _names(cls) -> tuple[str, ...]:
        return tuple(name for name in inspect.signature(cls).parameters if name != "self")

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002 -- scikit-learn's signature
        """The settings by name."""
        return {name: getattr(self, name) for name in self._names()}

    def set_params(self, **settings: Any) -> Self:
        """Change settings; `setting_unknown` names one that there is not."""
        for name, value in settings.items():
            if name not in self._names():
                raise UnsuitableData("setting_unknown", setting=name, known=list(self._names()))
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self)).parameters
        told = [
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if value is not defaults[name].default
        ]
        return f"{type(self).__name__}({', '.join(told)})"

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "n_features_in_")

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        return Tags(
            estimator_type=None,
            target_tags=TargetTags(required=False),
            transformer_tags=TransformerTags(preserves_dtype=["float64"])
            if hasattr(self, "transform")
            else None,
            input_tags=InputTags(allow_nan=True, categorical=True),
        )

    def _fitted(self) -> None:
        if not self.__sklearn_is_fitted__():
            raise NotFitted("model_not_fitted", model=type(self).__name__)

    def _learn_columns(self, data: Any) -> NDArray[np.float64]:
        """The table as numbers; remembers how many columns there are and how they are called."""
        matrix = as_matrix(data)
        self.n_features_in_ = matrix.shape[1]
        names = column_names(data)
        if names is not None:
            self.feature_names_in_ = names
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        return matrix

    def _known_columns(self, data: Any) -> NDArray[np.float64]:
        """The table as numbers; refuses columns other than those of `fit`."""
        self._fitted()
        matrix = as_matrix(data)
        if matrix.shape[1] != self.n_features_in_:
            raise UnsuitableData("items_differ_from_fit", items=matrix.shape[1], fitted=self.n_features_in_)
        names = column_names(data)
        known = getattr(self, "feature_names_in_", None)
        if names is not None and known is not None and list(names) != list(known):
            raise UnsuitableData("items_differ_from_fit", items=list(names), fitted=list(known))
        return matrix


def as_matrix(data: Any) -> NDArray[np.float64]:
    """Persons x items as floats (NaN = missing) of a ResponseTable, a data frame or anything like an array.

    Errors: `data_not_a_table` (sparse, complex, not two-dimensional, not numbers), `no_responses` (no row or no column),
    `data_infinite`.
    """
    if isinstance(data, ResponseTable):
        return data.scores
    if hasattr(data, "toarray"):
        raise UnsuitableType("data_not_a_table", found="sparse matrix")
    raw = np.asarray(data)
    if np.iscomplexobj(raw):
        raise UnsuitableType("data_not_a_table", found="complex numbers")
    try:
        matrix = raw.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise UnsuitableType("data_not_a_table", found=str(error)) from error
    if matrix.ndim != 2:
        raise UnsuitableData("data_not_a_table", found=f"{matrix.ndim} dimensions")
    if 0 in matrix.shape:
        raise UnsuitableData("no_responses", persons=matrix.shape[0], items=matrix.shape[1])
    if np.isinf(matrix).any():
        raise UnsuitableData("data_infinite")
    return matrix


def column_names(data: Any) -> NDArray[np.object_] | None:
    """The names of a table's columns where it has any and all are texts."""
    if isinstance(data, ResponseTable):
        return np.array(data.items, dtype=object)
    names = getattr(data, "columns", None)
    if names is None or not all(isinstance(name, str) for name in names):
        return None
    return np.array(list(names), dtype=object)


def as_weights(data: Any, sample_weight: Any, persons: int) -> NDArray[np.float64]:
    """A frequency per person: those given, else the table's own, else ones.

    Errors: `weights_unusable` for another number of them than persons, or for a negative or endless one; `weights_all_zero`.
    """
    if sample_weight is None:
        return data.weights if isinstance(data, ResponseTable) else np.ones(persons)
    weights = np.asarray(sample_weight, dtype=np.float64)
    if weights.ndim == 0:
        weights = np.full(persons, float(weights))
    if weights.shape != (persons,) or not np.isfinite(weights).all() or (weights < 0).any():
        raise UnsuitableData("weights_unusable", persons=persons, weights=list(weights.shape))
    if not weights.any():
        raise UnsuitableData("weights_all_zero", persons=persons)
    return weights
