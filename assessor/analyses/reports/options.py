# SPDX-License-Identifier: Apache-2.0
"""The sections on the options of choice items: what each does, its curve over strength, keys that look wrong, their model.

Figures of options live in `scoring.classical`, their model in `scoring.irt`; what an item is worth lives in `items`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from assessor.analyses.data import ItemFacts
from assessor.analyses.reports.document import (
    Document,
    Section,
    axis,
    coded,
    column,
    figure,
    plot,
    series,
    table,
    unavailable,
)
from assessor.analyses.reports.study import Study
from scoring.classical.api import (
    ChoiceFigures,
    option_figures,
    rest_scores,
)
from scoring.irt.api import NominalResponse
from scoring.irt.categories import keyed_categories
from scoring.irt.polytomous_estimator import ItemReport
from scoring.tables import SEPARATOR, ChoiceTable

FEWEST_FOR_CURVES: Final = 25
"""Five persons in each fifth: below, a curve of options shows chance only."""
FEWEST_FOR_MODEL: Final = 200
"""Answers to an item from which its options get parameters (Zopluoglu & Davenport 2012 fit the nominal model to no fewer)."""
MOST_MODELLED: Final = 50
"""Items up to which the options are modelled: more take minutes."""
PRIOR_SD: Final = 2.0
"""Of the normal prior on slopes: options that hardly anybody chose have no finite slope without one."""


def options_of(study: Study) -> tuple[ChoiceFigures, ...]:
    """The options of every item with one choice, over the persons who were given it, by their marks on everything."""
    data = study.data
    places = [place for place in data.choice_items if data.items[place].key]
    if not places:
        return ()
    ones = np.ones(study.persons, dtype=np.float64)
    total = rest_scores(study.table)
    found = []
    for place in places:
        rest = np.where(data.presented[:, place], rest_scores(study.table, place), np.nan)
        if np.isnan(rest).all():
            continue
        chosen = ChoiceTable(data.labels, (data.items[place].label,), data.choices[:, [place]], ones)
        found.append(option_figures(chosen, 0, right=data.items[place].key, rest=rest, total=total))
    return tuple(found)


def _by_label(study: Study) -> dict[str, ItemFacts]:
    return {item.label: item for item in study.data.items}


def _why_none(study: Study) -> str:
    return "too_few_persons" if study.persons < 2 else "no_choice_items"


def option_section(study: Study, options: tuple[ChoiceFigures, ...]) -> Section:
    """Every option of every item, and how its share moves with strength."""
    if not options:
        return unavailable("options", _why_none(study))
    section, items = Section("options"), _by_label(study)
    rows, refs = [], []
    for one in options:
        known = items[one.item]
        chosen = {option.option for option in one.options}
        for option in one.options:
            rows.append(
                [
                    one.item,
                    _name(known, option.option),
                    option.right,
                    int(option.count),
                    option.share,
                    option.mean_rest,
                    option.point_biserial,
                    option.lower,
                    option.upper,
                    option.discrimination,
                    [] if option.point_biserial is not None else ["option_does_not_vary"],
                ]
            )
            refs.append({"item": known.version_id})
        for option_id in known.options:
            if option_id not in chosen:
                rows.append(
                    [
                        one.item,
                        _name(known, option_id),
                        False,
                        0,
                        0.0,
                        None,
                        None,
                        0.0,
                        0.0,
                        0.0,
                        ["nobody_chose"],
                    ]
                )
                refs.append({"item": known.version_id})
    section.table = table(_OPTION_COLUMNS, rows, refs=refs)
    section.notes = [coded("fifths_by_total"), coded("groups_of_27")]
    enough = [one for one in options if sum(option.count for option in one.options) >= FEWEST_FOR_CURVES]
    if len(enough) < len(options):
        section.notes.append(
            coded("no_curves_for_few", count=len(options) - len(enough), fewest=FEWEST_FOR_CURVES)
        )
    section.plots = [_curves(items[one.item], one) for one in enough]
    return section


_OPTION_COLUMNS: Final = (
    column("item", "item"),
    column("option", "option"),
    column("right_option", "yes_no"),
    column("chosen_by", "count"),
    column("share", "share"),
    column("mean_rest", "marks"),
    column("point_biserial"),
    column("lower_27", "share"),
    column("upper_27", "share"),
    column("discrimination_27"),
    column("reasons", "reasons"),
)


_FIFTHS: Final = ("weakest", "weak", "middle", "strong", "strongest")


def _name(item: ItemFacts, option: str) -> str:
    """An option by its letter in the stored order; "" is no choice."""
    return chr(ord("A") + item.options.index(option)) if option in item.options[:26] else option


def _curves(item: ItemFacts, one: ChoiceFigures) -> Document:
    rows = [
        series(
            [[place, share] for place, share in enumerate(option.curve)],
            style="line" if option.right else "dashed",
            **({"label": _name(item, option.option)} if option.option else {"label_code": "no_answer"}),
        )
        for option in one.options
    ]
    return plot(
        "option_curves",
        "lines",
        subject=item.label,
        x=axis("strength", "text", categories=_FIFTHS, are="codes"),
        y=axis("share_of_persons", "share", low=0, high=1),
        rows=rows,
    )


def key_section(study: Study, options: tuple[ChoiceFigures, ...]) -> Section:
    """Keys that look wrong and options that do no work, the likeliest first."""
    if not options:
        return unavailable("suspicious_keys", _why_none(study))
    section, items = Section("suspicious_keys"), _by_label(study)
    pairs = [(one, suspicion) for one in options for suspicion in one.suspicions]
    pairs.sort(key=lambda pair: (not pair[0].suspicious_key, not pair[1].likely))
    section.figures = [
        figure("keys_to_check", sum(one.suspicious_key for one in options), "count"),
        figure("options_unused", sum(pair[1].kind.value == "distractor_unused" for pair in pairs), "count"),
    ]
    section.notes = [coded("suspicion_is_no_finding", error=0.01)]
    section.table = table(
        (
            column("item", "item"),
            column("finding", "code"),
            column("option", "option"),
            column("beyond_chance", "yes_no"),
        ),
        [[one.item, found.kind, _name(items[one.item], found.option), found.likely] for one, found in pairs],
        refs=[{"item": items[one.item].version_id} for one, _ in pairs],
    )
    return section


def model_section(study: Study) -> Section:
    """The nominal response model (Bock 1972): slope and intercept of each option, both adding to 0 over an item's options."""
    data = study.data
    keyed = [place for place in data.choice_items if data.items[place].key]
    if not keyed:
        return unavailable("option_model", "no_choice_items")
    places = [place for place in keyed if (data.choices[:, place] != "").sum() >= FEWEST_FOR_MODEL]
    if not places:
        return unavailable("option_model", "few_answers_an_item", fewest=FEWEST_FOR_MODEL)
    if len(places) > MOST_MODELLED:
        return unavailable("option_model", "too_many_items", items=len(places), most=MOST_MODELLED)
    model = _nominal(study, places)
    section = Section("option_model")
    section.figures = [
        figure("items_estimated", len(model.items_), "count"),
        figure("loglik", model.loglik_),
        figure("converged", bool(model.converged_), "yes_no"),
    ]
    section.notes = [coded("standard_scale"), coded("option_slopes"), coded("option_prior", sd=PRIOR_SD)]
    if len(places) < len(keyed):
        section.notes.append(coded("few_answers_an_item", fewest=FEWEST_FOR_MODEL))
    if not model.converged_:
        section.notes.append(coded("not_converged"))
    reports = iter(model.items_)
    rows: list[list[object]] = []
    refs = []
    for place, reason in zip(places, model.reasons_, strict=True):
        item = data.items[place]
        mine: list[list[object]] = (
            [[item.label, *[None] * 7, [reason]]]
            if reason is not None
            else _modelled(item, data.choices[:, place], next(reports))
        )
        rows += mine
        refs += [{"item": item.version_id}] * len(mine)
    section.table = table(_MODEL_COLUMNS, rows, refs=refs)
    return section


def _nominal(study: Study, places: list[int]) -> NominalResponse:
    """The model of the options of some items; who was not given an item or left it out says nothing on it."""
    items = [study.data.items[place] for place in places]
    chosen = ChoiceTable(
        study.data.labels,
        tuple(item.label for item in items),
        study.data.choices[:, places],
        np.ones(study.persons, dtype=np.float64),
    )
    categories = keyed_categories(chosen, {item.label: SEPARATOR.join(item.key) for item in items})
    return NominalResponse(prior_sd=PRIOR_SD).fit_categories(categories)


_MODEL_COLUMNS: Final = (
    column("item", "item"),
    column("option", "option"),
    column("right_option", "yes_no"),
    column("chosen_by", "count"),
    column("slope"),
    column("slope_error"),
    column("intercept"),
    column("intercept_error"),
    column("reasons", "reasons"),
)


def _modelled(item: ItemFacts, chosen: NDArray[np.str_], found: ItemReport) -> list[list[object]]:
    """The rows of an item's options, the key last; several right options are one."""
    slopes, intercepts = found.extra["bock_slopes"], found.extra["bock_intercepts"]
    rows: list[list[object]] = []
    for number, label in enumerate(found.labels):
        right = number == len(found.labels) - 1 and label == SEPARATOR.join(item.key)
        options = item.key if right else (label,)
        numbers = [
            slopes.values[number],
            None if slopes.errors is None else slopes.errors[number],
            intercepts.values[number],
            None if intercepts.errors is None else intercepts.errors[number],
        ]
        rows.append(
            [
                item.label,
                ", ".join(_name(item, option) for option in options),
                right,
                int(np.isin(chosen, options).sum()),
                *(numbers if found.reason is None else [None] * 4),
                [] if found.reason is None else [found.reason],
            ]
        )
    return rows
