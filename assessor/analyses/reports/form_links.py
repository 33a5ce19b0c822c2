# SPDX-License-Identifier: Apache-2.0
"""The section that links each form to the largest one: what a score on one is worth on the other.

Methods live in `scoring.linking`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assessor.analyses.model import Progress
from assessor.analyses.reports.document import (
    Document,
    Section,
    axis,
    coded,
    column,
    figure,
    mark,
    plot,
    series,
    steps,
    table,
    unavailable,
)
from assessor.analyses.reports.study import Study, bars_of
from scoring.errors import ScoringError
from scoring.linking.api import (
    Choice,
    Distribution,
    ItemModel,
    Joint,
    Link,
    LinkMethod,
    LinkSettings,
    anchor_gap,
    link,
    link_by_items,
    scale_of,
)
from scoring.tables import ResponseTable

FEWEST_TO_LINK: Final = 100
"""Persons on each of two forms below which a link would be mostly chance (Kolen & Brennan 2014 ask for 400)."""


_DEGREE: Final = Choice.BIC


_FEWEST_ANCHOR: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Form:
    """One form: its number, its persons and its items as masks."""

    number: str
    rows: NDArray[np.bool_]
    items: NDArray[np.bool_]

    def totals(self, study: Study) -> NDArray[np.float64]:
        return np.asarray(np.nansum(study.data.marks[self.rows][:, self.items], axis=1))


def links(study: Study, progress: Progress) -> Section:
    """Every form of enough persons against the largest: with an anchor where they share items, else as groups drawn by lot."""
    numbers = list(study.form_ids)
    if len(numbers) == 1:
        return unavailable("links", "one_form")
    forms = [_Form(number, *study.of_form(number)) for number in numbers]
    able = [form for form in forms if form.rows.sum() >= FEWEST_TO_LINK]
    if len(able) < 2:
        return unavailable("links", "too_few_to_link", fewest=FEWEST_TO_LINK, forms=len(able))
    reference = max(able, key=lambda form: int(form.rows.sum()))
    bars = bars_of(study.data)
    cut = bars.cut
    section, lines = Section("links"), []
    rows: list[list[object]] = []
    for place, form in enumerate(one for one in able if one is not reference):
        progress(0.6 + 0.35 * place / len(able), "links")
        shown = _methods(form, reference)
        for method in shown:
            row, line = _linked(study, (form, reference), method, cut)
            rows.append(row)
            lines.extend(line)
        if shown is _ANCHORED:
            rows += [_linked(study, (form, reference), method, cut)[0] for method in _BY_LOT]
            rows.append(_by_items(study, (form, reference), cut))
    section.figures = [
        figure("reference", reference.number, "form"),
        figure("forms_linked", len(able) - 1, "count"),
        figure("forms_not_linked", len(forms) - len(able), "count"),
    ]
    section.notes = [coded("links_to_reference", fewest=FEWEST_TO_LINK), coded("groups_by_lot"), *bars.notes]
    section.table = table(_LINK_COLUMNS, rows)
    section.plots = [
        plot(
            "equated_less_score",
            "lines",
            x=axis("score", "marks", low=0),
            y=axis("equated_less_score", "marks"),
            rows=lines,
            marks=[mark("y", 0.0, "equally_hard")],
        )
    ]
    return section


_LINK_COLUMNS: Final = (
    column("form", "form"),
    column("method", "code"),
    column("persons", "count"),
    column("persons_reference", "count"),
    column("anchor_items", "count"),
    column("gap", "sd"),
    column("slope"),
    column("intercept", "marks"),
    column("bar", "marks"),
    column("bar_equated", "marks"),
    column("bar_error", "marks"),
    column("cautions", "codes"),
    column("reasons", "reasons"),
)


_BY_LOT: Final = (LinkMethod.MEAN, LinkMethod.LINEAR, LinkMethod.EQUIPERCENTILE)
"""Take the groups as they are: papers are drawn by lot, so that the groups differ by chance alone."""
_ANCHORED: Final = (LinkMethod.TUCKER, LinkMethod.LEVINE, LinkMethod.CHAINED, LinkMethod.FREQUENCY)


def _methods(form: _Form, reference: _Form) -> tuple[LinkMethod, ...]:
    """What is drawn: links by the common items where there are enough, else those that trust in the lot."""
    return _ANCHORED if (form.items & reference.items).sum() >= _FEWEST_ANCHOR else _BY_LOT


def _head(pair: tuple[_Form, _Form], method: str) -> list[object]:
    form, reference = pair
    common = int((form.items & reference.items).sum())
    return [form.number, method, int(form.rows.sum()), int(reference.rows.sum()), common]


def _by_items(study: Study, pair: tuple[_Form, _Form], cut: Fraction | None) -> list[object]:
    """True scores under two Rasch models that the common items bring together."""
    form, reference = pair
    head = _head(pair, "true_scores")
    worth = np.unique(study.data.maxima[form.items | reference.items])
    if study.parts or worth.size > 1:
        return [*head, *[None] * 6, [], ["items_with_parts" if study.parts else "marks_differ"]]
    labels = np.array(study.right.items)
    tables = [
        ResponseTable(
            tuple(np.array(study.right.persons)[one.rows]),
            tuple(labels[one.items]),
            study.right.scores[one.rows][:, one.items],
            study.right.weights[one.rows],
        )
        for one in pair
    ]
    try:
        found = link_by_items(
            tables[0], tables[1], anchor=list(labels[form.items & reference.items]), model=ItemModel.RASCH
        )
    except ScoringError as error:
        return [*head, *[None] * 6, [], [error.code]]
    bar = equated = None
    known = np.isfinite(found.equivalents)
    if cut is not None:
        right = float(cut) * int(form.items.sum())
        bar = right * float(worth[0])
        if known.any():
            equated = float(np.interp(right, found.scores[known], found.equivalents[known]) * worth[0])
    reasons = [] if cut is not None else ["no_total_bar"]
    return [*head, None, None, None, bar, equated, None, list(found.cautions), reasons]


def _linked(
    study: Study, pair: tuple[_Form, _Form], method: LinkMethod, cut: Fraction | None
) -> tuple[list[object], list[Document]]:
    form, reference = pair
    common = form.items & reference.items
    head = _head(pair, method.value)
    try:
        x, y, gap = _distributions(study, pair, common, anchored=method.needs_anchor)
        found = link(x, y, LinkSettings(method, degree=_DEGREE if method.curved else None))
    except ScoringError as error:
        return [*head, *[None] * 6, [], [error.code]], []
    bar, equated, error_at = _at_bar(study, form, found, cut)
    line = series(
        steps(found.scores, found.equivalents - found.scores),
        label=form.number,
        label_code=method.value,
    )
    row = [
        *head,
        gap,
        found.line.slope if found.line is not None else None,
        found.line.intercept if found.line is not None else None,
        bar,
        equated,
        error_at,
        list(found.cautions),
        [] if cut is not None else ["no_total_bar"],
    ]
    return row, [line]


def _distributions(
    study: Study, pair: tuple[_Form, _Form], common: NDArray[np.bool_], *, anchored: bool
) -> tuple[Distribution | Joint, Distribution | Joint, float | None]:
    """The scores of both forms, with those on the common items where the groups are told apart by them."""
    made: list[Distribution | Joint] = []
    for form in pair:
        totals = form.totals(study)
        high = float(study.data.maxima[form.items].sum())
        scale = scale_of(np.round(totals, 9), high=high)
        ones = np.ones(totals.size)
        if not anchored:
            made.append(Distribution.of(np.round(totals, 9), ones, scale))
            continue
        anchor = np.round(np.nansum(study.data.marks[form.rows][:, common], axis=1), 9)
        within = float(study.data.maxima[common].sum())
        made.append(
            Joint.of(
                np.round(totals, 9), anchor, ones, (scale, scale_of(_grid(study, pair, common), high=within))
            )
        )
    x, y = made
    gap = anchor_gap(x, y) if isinstance(x, Joint) and isinstance(y, Joint) else None
    return x, y, gap


def _grid(study: Study, pair: tuple[_Form, _Form], common: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The anchor scores of both groups, so that both get the same scale."""
    both = pair[0].rows | pair[1].rows
    return np.asarray(np.round(np.nansum(study.data.marks[both][:, common], axis=1), 9))


def _at_bar(
    study: Study, form: _Form, found: Link, cut: Fraction | None
) -> tuple[float | None, float | None, float | None]:
    """The bar on the form, and what it is worth on the reference with its standard error; between scores in a straight line."""
    if cut is None:
        return None, None, None
    bar = float(cut) * float(study.data.maxima[form.items].sum())
    known = np.isfinite(found.equivalents)
    equated = float(np.interp(bar, found.scores[known], found.equivalents[known])) if known.any() else None
    if found.errors is None or not np.isfinite(found.errors).any():
        return bar, equated, None
    told = np.isfinite(found.errors)
    return bar, equated, float(np.interp(bar, found.scores[told], found.errors[told]))
