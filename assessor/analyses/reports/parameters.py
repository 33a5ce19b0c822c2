# SPDX-License-Identifier: Apache-2.0
"""The section on the parameters of each item under the fitted model, and how the item fits it.

Estimation lives in `scoring.irt`.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from assessor.analyses.reports.document import (
    Section,
    axis,
    coded,
    column,
    plot,
    series,
    table,
)
from assessor.analyses.reports.fitted import Fitted, whole_paper
from assessor.analyses.reports.study import Study
from scoring.irt.item_fit import item_mean_squares, sum_score_fit
from scoring.irt.wright_map import item_thresholds

MISFIT: Final = (0.7, 1.3)
"""Mean squares outside are worth a look (Wright & Linacre 1994, for multiple choice tests)."""


def parameters(study: Study, fitted: Fitted) -> Section:
    """Every item on the standard scale; those that were not estimated with their reason."""
    squares = item_mean_squares(fitted.calibration, fitted.codes, np.ones(study.persons), fitted.people.theta)
    paper = whole_paper(study, fitted)
    scores = sum_score_fit(paper.calibration, paper.codes, np.ones(len(paper.codes))) if paper.enough else ()
    score_of = dict(zip(paper.numbers, scores, strict=False))
    number_of = {place: number for number, place in enumerate(fitted.places)}
    rows: list[list[object]] = []
    for place, item in enumerate(study.data.items):
        number = number_of.get(place)
        if number is None:
            rows.append([item.label, item.pc, *[None] * 11, [], [fitted.model.reasons_[place]]])
            continue
        square = squares[number]
        test = score_of.get(number)
        reasons = [
            _item_reason(fitted, number, place),
            square.reason,
            test.reason if test else "not_in_largest_paper" if paper.enough else "paper_too_small",
        ]
        rows.append(
            [
                item.label,
                item.pc,
                *_numbers(fitted, number),
                square.infit,
                square.infit_z,
                square.outfit,
                square.outfit_z,
                test.statistic if test else None,
                test.p if test else None,
                _look(square.infit, square.outfit),
                list(dict.fromkeys(reason for reason in reasons if reason is not None)),
            ]
        )
    section = Section("parameters")
    section.notes = [coded("standard_scale"), coded("mean_square_bounds", low=MISFIT[0], high=MISFIT[1])]
    if paper.enough and not study.same_paper:
        section.notes.append(coded("s_x2_of_largest_paper", persons=len(paper.codes)))
    section.table = table(
        _PARAMETER_COLUMNS, rows, refs=[{"item": item.version_id} for item in study.data.items]
    )
    known = [row for row in rows if row[2] is not None and row[4] is not None]
    if len({row[2] for row in known}) < 2:
        return section  # a model with one slope for all: the map of people and items says as much
    section.plots = [
        plot(
            "difficulty_and_slope",
            "points",
            x=axis("difficulty", "sd"),
            y=axis("slope"),
            rows=[
                series(
                    [[row[4], row[2]] for row in known],
                    label_code="items",
                    names=[str(row[0]) for row in known],
                )
            ],
        )
    ]
    return section


_PARAMETER_COLUMNS: Final = (
    column("item", "item"),
    column("pc", "pc"),
    column("slope"),
    column("slope_error"),
    column("difficulty", "sd"),
    column("difficulty_error", "sd"),
    column("thresholds", "text"),
    column("infit"),
    column("infit_z"),
    column("outfit"),
    column("outfit_z"),
    column("s_x2"),
    column("s_x2_p", "p"),
    column("look_at", "codes"),
    column("reasons", "reasons"),
)


def _item_reason(fitted: Fitted, number: int, place: int) -> str | None:
    reports = getattr(fitted.model, "items_", None)
    found = reports[number].reason if reports is not None else fitted.model.reasons_[place]
    return None if found is None else str(found)


def _numbers(fitted: Fitted, number: int) -> list[object]:
    """Slope and its error, difficulty (the mean of the thresholds) and its error; the thresholds where there are several."""
    places = [one.at for one in item_thresholds(fitted.calibration.items[number])]
    known = [at for at in places if at is not None]
    slope = float(fitted.calibration.items[number].parameters[0])
    reports = getattr(fitted.model, "items_", None)
    slope_error: float | None
    error: float | None = None
    place = fitted.places[number]
    if _item_reason(fitted, number, place) is not None:
        return [None, None, None, None, ""]
    if reports is None:
        slope_error = float(fitted.model.slope_errors_[place]) * fitted.sd  # type: ignore[union-attr]
        error = float(fitted.model.difficulty_errors_[place]) / fitted.sd  # type: ignore[union-attr]
    else:
        errors = reports[number].slope.errors
        slope_error = None if errors is None else float(errors[0])
        told = reports[number].difficulties
        if told is not None and told.errors is not None and len(told.errors) == 1:
            error = float(told.errors[0]) / fitted.sd
    middle = float(np.mean(known)) if known and len(known) == len(places) else None
    texts = "; ".join("–" if at is None else f"{at:.2f}" for at in places) if len(places) > 1 else ""
    return [slope, slope_error, middle, error, texts]


def _look(infit: float | None, outfit: float | None) -> list[str]:
    values = [value for value in (infit, outfit) if value is not None]
    if any(value > MISFIT[1] for value in values):
        return ["answers_noisy"]
    return ["answers_too_regular"] if any(value < MISFIT[0] for value in values) else []
