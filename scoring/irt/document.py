# SPDX-License-Identifier: Apache-2.0
"""A fitted model as JSON-able members, as `kasauti stats irt` prints them; NaN is no number. No file is written here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from scoring.errors import StatisticsError
from scoring.irt.abilities import Abilities, Method
from scoring.irt.binary import BinaryModel, OnePL, Rasch, ThreePL, TwoPL
from scoring.irt.coding import Vector
from scoring.irt.curves import expected_scores, item_information
from scoring.irt.graded import GradedResponse
from scoring.irt.nominal import NominalResponse
from scoring.irt.partial_credit import GeneralizedPartialCredit, PartialCredit
from scoring.irt.polytomous_estimator import Estimates, ItemReport, PolytomousModel

Model = BinaryModel | PolytomousModel

MODELS: Final[dict[str, type[Model]]] = {
    "rasch": Rasch,
    "1pl": OnePL,
    "2pl": TwoPL,
    "3pl": ThreePL,
    "grm": GradedResponse,
    "gpcm": GeneralizedPartialCredit,
    "pcm": PartialCredit,
    "nrm": NominalResponse,
}
ERRORS: Final = "observed information of the marginal likelihood (Louis 1982)"


def document(name: str, model: Model, items: Sequence[str]) -> dict[str, object]:
    """The fitted `model`, called `name` as in `MODELS`; `items` are the names of its columns."""
    grid = model.quadrature_
    return {
        "model": name,
        "n": model.n_persons_,
        "loglik": model.loglik_,
        "parameters": model.n_parameters_,
        "aic": model.aic_,
        "bic": model.bic_,
        "converged": model.converged_,
        "steps": model.n_iter_,
        "decrement": model.decrement_,
        "quadrature": {
            "rule": "evenly spaced, normal weights",
            "points": len(grid.nodes),
            "reach": float(grid.nodes[-1]),
        },
        "ability": {"mean": 0.0, "variance": _variance(model), "se_variance": _variance_error(model)},
        "standard_errors": ERRORS,
        "reason": _error_reason(model),
        "cautions": list(model.cautions_),
        "items": _binary_items(model, items)
        if isinstance(model, BinaryModel)
        else _category_items(model, items),
    }


def _variance(model: Model) -> float | None:
    """None where no item has numbers, so that its scale has none either."""
    return None if all(reason is not None for reason in model.reasons_) else model.variance_


def _variance_error(model: Model) -> float | None:
    return None if _variance(model) is None else model.variance_error_


def _error_reason(model: Model) -> str | None:
    return model.error_reason_ if isinstance(model, BinaryModel) else model.fit_.reason


def _binary_items(model: BinaryModel, items: Sequence[str]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for place, item in enumerate(items):
        row: dict[str, object] = {
            "item": item,
            "a": model.slopes_[place],
            "b": model.difficulties_[place],
            "d": model.intercepts_[place],
        }
        if isinstance(model, ThreePL):
            row["c"] = model.guessing_[place]
        row |= {
            "se_a": model.slope_errors_[place],
            "se_b": model.difficulty_errors_[place],
            "se_d": model.intercept_errors_[place],
        }
        reason = model.reasons_[place]
        if isinstance(model, ThreePL):
            row["se_c"] = model.guessing_errors_[place]
            if reason is None and model.guessing_at_zero_[place]:
                reason = "guessing_at_zero"
        rows.append(row | {"reason": reason})
    return rows


def _category_items(model: PolytomousModel, items: Sequence[str]) -> list[dict[str, object]]:
    reports = iter(model.items_)
    rows: list[dict[str, object]] = []
    for item, used, reason in zip(items, model.used_, model.reasons_, strict=True):
        if used:
            rows.append(_category_item(item, next(reports)))
        else:
            rows.append({"item": item, "a": None, "b": None, "d": None, "reason": reason})
    return rows


def _category_item(item: str, report: ItemReport) -> dict[str, object]:
    known = report.reason is None
    row: dict[str, object] = {
        "item": item,
        "a": float(report.slope.values[0]) if known else None,
        "b": _numbers(report.difficulties) if known else None,
        "d": _numbers(report.intercepts) if known else None,
        "se_a": _first(report.slope) if known else None,
        "se_b": _errors(report.difficulties) if known else None,
        "se_d": _errors(report.intercepts) if known else None,
        "categories": list(report.labels),
    }
    for form, estimates in report.extra.items() if known else ():
        row |= {form: _numbers(estimates), f"se_{form}": _errors(estimates)}
    return row | {"reason": report.reason}


def _numbers(estimates: Estimates | None) -> list[float] | None:
    return None if estimates is None else [float(value) for value in estimates.values]


def _errors(estimates: Estimates | None) -> list[float] | None:
    return (
        None
        if estimates is None or estimates.errors is None
        else [float(error) for error in estimates.errors]
    )


def _first(estimates: Estimates) -> float | None:
    return None if estimates.errors is None else float(estimates.errors[0])


def score_rows(persons: Sequence[str], found: Sequence[Abilities]) -> list[dict[str, object]]:
    """One object a person; the first of `found` must be EAP and has its standard error as `se`, another method M as `se_M`."""
    rows: list[dict[str, object]] = []
    for place, person in enumerate(persons):
        row: dict[str, object] = {"person": person}
        reason = None
        for one in found:
            row[one.method.value] = one.theta[place]
            row["se" if one.method is Method.EAP else f"se_{one.method.value}"] = one.se[place]
            reason = reason or one.reasons[place]
        rows.append(row | {"reason": reason})
    return rows


def curve_members(
    model: Model, items: Sequence[str], *, reach: float = 4.0, points: int = 33
) -> dict[str, object]:
    """Characteristic and information curves on abilities of the model's own scale, -reach to reach standard deviations."""
    sd = float(np.sqrt(model.variance_))
    theta = sd * np.linspace(-reach, reach, points)
    at = (
        theta if isinstance(model, BinaryModel) else theta / sd
    )  # polytomous curves stand on the standard scale
    score = expected_scores(model.curves_, at)
    information = item_information(model.curves_, at) * (1.0 if isinstance(model, BinaryModel) else sd**-2)
    names = [item for item, used in zip(items, model.used_, strict=True) if used]
    total = information.sum(axis=0)
    return {
        "theta": theta,
        "expected_score": score.sum(axis=0),
        "information": total,
        "se": _inverse_root(total),
        "items": [
            {"item": name, "expected_score": one, "information": other}
            for name, one, other in zip(names, score, information, strict=True)
        ],
    }


def _inverse_root(information: Vector) -> Vector:
    none = np.full_like(information, np.nan)
    return np.divide(1.0, np.sqrt(information), out=none, where=information > 0)


def refusal_document(
    name: str, error: StatisticsError, n: float, classical: Sequence[tuple[str, float | None, float | None]]
) -> dict[str, object]:
    """The same members without numbers, the reason, and what classical analysis can say: (item, difficulty, item-rest)."""
    return {
        "model": name,
        "n": n,
        "loglik": None,
        "reason": error.code,
        "facts": dict(error.facts),
        "items": [
            {
                "item": item,
                "a": None,
                "b": None,
                "d": None,
                "difficulty": difficulty,
                "item_rest": item_rest,
                "reason": error.code,
            }
            for item, difficulty, item_rest in classical
        ],
    }
