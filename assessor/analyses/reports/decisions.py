# SPDX-License-Identifier: Apache-2.0
"""How far decisions hold: Livingston and Lewis from one reliability, Lee and Rudner from a Rasch model of the items.

Formulas live in `scoring.certainty`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Final, TypeAlias

import numpy as np

from assessor.analyses.model import Progress
from assessor.analyses.reports.dependability import dependability
from assessor.analyses.reports.document import Document, Section, coded, column, figure, table, unavailable
from assessor.analyses.reports.study import Study, bars_of
from scoring.certainty.api import (
    Abilities,
    DecisionQuality,
    ItemCurve,
    Scale,
    ability_at,
    lee,
    livingston_lewis,
    normal_population,
    rudner,
)
from scoring.errors import ScoringError
from scoring.irt.api import Rasch

MOST_FORMS: Final = 40
"""Papers that are looked at one by one; of more, so many evenly chosen ones stand for all."""


@dataclass(frozen=True, slots=True)
class _Paper:
    """The items of a paper that have a difficulty, the bar in marks on them and as an ability, and how many took it."""

    curves: Sequence[ItemCurve]
    at: float
    ability: float
    persons: int


@dataclass(frozen=True, slots=True)
class _Scale:
    papers: Sequence[_Paper]
    sd: float
    left_out: int


_Method: TypeAlias = Callable[[_Paper, Abilities], DecisionQuality]


@dataclass(frozen=True, slots=True)
class _Row:
    method: str
    quality: DecisionQuality | None
    reason: str | None


def decisions(study: Study, progress: Progress) -> Section:
    """The section on the accuracy and consistency of pass and fail by the total."""
    bars = bars_of(study.data)
    cut = bars.cut
    if cut is None or not 0 < cut < 1:
        return unavailable("decisions", "no_total_bar")
    known = dependability(study)
    rows = [_row("livingston_lewis", lambda: _livingston_lewis(study, cut, known.value), known.reason)]
    progress(0.7, "model")
    by_items, notes = _by_items(study, cut)
    section = Section("decisions")
    section.figures = [
        figure("bar", float(cut), "share"),
        figure("reliability", known.value, reason=known.reason),
        figure("reliability_from", known.source, "code", reason=known.reason),
    ]
    section.notes = [coded("one_bar_only")]
    section.notes.extend(bars.notes)
    if len(study.data.credential.marks.components) > 1:
        section.notes.append(coded("theory_items_only"))
    section.notes.extend(notes)
    section.table = table(_COLUMNS, [_cells(row) for row in (*rows, *by_items)])
    return section


_COLUMNS: Final = (
    column("method", "code"),
    column("accuracy", "share"),
    column("consistency", "share"),
    column("kappa"),
    column("false_pass", "share"),
    column("false_fail", "share"),
    column("passes", "share"),
    column("truly_passes", "share"),
    column("reasons", "reasons"),
)


def _cells(row: _Row) -> list[object]:
    quality = row.quality
    if quality is None:
        return [row.method, *[None] * 7, [row.reason or "not_computable"]]
    return [
        row.method,
        quality.accuracy,
        quality.consistency,
        quality.kappa,
        quality.false_pass,
        quality.false_fail,
        float(quality.observed[1]),
        float(quality.true[1]),
        [] if quality.kappa is not None else ["one_decision_for_all"],
    ]


def _row(method: str, make: Callable[[], DecisionQuality | None], reason: str | None) -> _Row:
    if reason is not None:
        return _Row(method, None, reason)
    try:
        made = make()
        return _Row(method, made, None if made is not None else "bar_without_ability")
    except ScoringError as error:
        return _Row(method, None, error.code)


def _livingston_lewis(study: Study, cut: Fraction, reliability: float | None) -> DecisionQuality:
    """On marks where all papers are worth the same, else on per cent."""
    worth = np.unique((study.data.presented * study.data.maxima).sum(axis=1))
    maximum = float(worth[0]) if worth.size == 1 else 100.0
    scores = np.clip(study.totals * maximum, 0.0, maximum)
    found = livingston_lewis(
        scores, reliability=reliability or 0.0, cuts=[float(cut) * maximum], scale=Scale(0.0, maximum)
    )
    return found.quality


def _by_items(study: Study, cut: Fraction) -> tuple[list[_Row], list[Document]]:
    """The rows of Lee and Rudner, and what a reader must know of them."""
    names = ("lee", "rudner")
    if study.parts:
        return [_Row(name, None, "items_with_parts") for name in names], []
    try:
        scale = _scale(study, cut)
    except ScoringError as error:
        return [_Row(name, None, error.code) for name in names], []
    rows = [
        _row(name, partial(_over_papers, scale, one), None)
        for name, one in zip(names, (_lee, _rudner), strict=True)
    ]
    return rows, _by_items_notes(study, scale) if any(row.quality for row in rows) else []


def _by_items_notes(study: Study, scale: _Scale) -> list[Document]:
    notes, forms = [], len(study.data.forms)
    if forms > MOST_FORMS:
        notes.append(coded("papers_sampled", shown=MOST_FORMS, forms=forms))
    if scale.left_out:
        notes.append(coded("papers_left_out", count=scale.left_out))
    if np.unique(study.data.maxima).size > 1:
        notes.append(coded("unequal_marks"))
    return notes


def _scale(study: Study, cut: Fraction) -> _Scale:
    """The papers on the Rasch scale of all people, without those whose bar no ability earns by items with a difficulty."""
    model = Rasch().fit(study.right.scores)
    numbers, papers = _looked_at(study), []
    for number in numbers:
        rows, items = study.of_form(number)
        curves = [
            ItemCurve(study.right.items[place], 1.0, (float(model.difficulties_[place]),))
            for place in np.flatnonzero(items & model.used_)
        ]
        # an item that all or none got right adds nothing to the spread; its marks are certain
        sure = sum(model.reasons_[place] == "item_all_right" for place in np.flatnonzero(items))
        at = float(cut * int(items.sum())) - sure
        ability = ability_at(curves, at) if curves else None
        if ability is not None:
            papers.append(_Paper(curves, at, ability, int(rows.sum())))
    return _Scale(papers, float(np.sqrt(model.variance_)), left_out=len(numbers) - len(papers))


def _looked_at(study: Study) -> list[str]:
    """The numbers of all papers, or of MOST_FORMS of them at even steps through the order of their first takers."""
    numbers = list(dict.fromkeys(study.forms))
    if len(numbers) <= MOST_FORMS:
        return numbers
    return [numbers[place * len(numbers) // MOST_FORMS] for place in range(MOST_FORMS)]


def _over_papers(scale: _Scale, method: _Method) -> DecisionQuality | None:
    """All papers together, each by its persons in one normal population; None where there is no paper."""
    if not scale.papers:
        return None
    truth, twice = np.zeros((2, 2)), np.zeros((2, 2))
    for paper in scale.papers:
        quality = method(paper, normal_population(sd=scale.sd, breaks=[paper.ability]))
        truth += paper.persons * quality.against_truth
        twice += paper.persons * quality.over_two_tests
    return DecisionQuality.of(truth, twice)


def _lee(paper: _Paper, people: Abilities) -> DecisionQuality:
    """Decisions by the total."""
    return lee(paper.curves, cuts=[paper.at], abilities=people).quality


def _rudner(paper: _Paper, people: Abilities) -> DecisionQuality:
    """Decisions by the estimated ability, at the ability that earns the bar."""
    return rudner(paper.curves, cuts=[paper.ability], abilities=people).quality
