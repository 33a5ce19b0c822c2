# SPDX-License-Identifier: Apache-2.0
"""The report on items: how hard they are, how well they tell people apart, what their options do, whose key looks wrong.

Formulas live in `scoring.classical`; the paper as a whole is another report.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
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
    reasoned,
    series,
    table,
    unavailable,
)
from assessor.analyses.reports.options import key_section, model_section, option_section, options_of
from assessor.analyses.reports.study import Study
from scoring.classical.api import (
    ChoiceFigures,
    Interval,
    ItemFigures,
    cautions,
    fisher_interval,
    item_figures,
    moments,
    rest_scores,
)

SECTIONS: Final = ("sample", "items", "options", "suspicious_keys", "times", "option_model")
EASY: Final = 0.95
HARD: Final = 0.20
WEAK: Final = 0.10
MANY_BLANK: Final = 0.10
"""Bounds from which an item is marked for a look: nearly all right, few right, telling next to nothing, often left out."""
_FEWEST: Final = 10


def sections(study: Study, progress: Progress) -> list[Section]:
    """The sections in the order of SECTIONS."""
    made = [_sample(study)]
    progress(0.1, "items")
    options: tuple[ChoiceFigures, ...] = ()
    if study.persons >= 2:
        options = options_of(study)
    progress(0.5, "options")
    made.append(reasoned("items", partial(_items, study, options)))
    progress(0.8, "keys")
    made.extend((option_section(study, options), key_section(study, options), _times(study)))
    progress(0.9, "model")
    made.append(reasoned("option_model", partial(model_section, study)))
    return made


def _sample(study: Study) -> Section:
    seen = study.data.presented
    blank = seen & ~study.data.answered
    section = Section("sample")
    section.figures = [
        figure("persons", study.persons, "count"),
        figure("items", len(study.data.items), "count"),
        figure("forms", len(study.data.forms), "count"),
        figure("answers", int((seen & study.data.answered).sum()), "count"),
        figure("unanswered", float(blank.sum() / seen.sum()), "share"),
        figure("not_in_paper", float((~seen).sum() / seen.size), "share"),
    ]
    section.notes = [
        coded(one.code, needed=one.needed, has=one.has, source=one.source)
        for one in cautions(float(study.persons), len(study.data.items))
    ]
    if study.parts:
        section.notes.append(coded("items_with_parts", count=len(study.parts)))
    return section


@dataclass(frozen=True, slots=True)
class _Told:
    """How far an item tells people apart: its correlation with the rest of the paper with the interval, or why none."""

    correlation: float | None
    interval: Interval | None
    reason: str | None


def _items(study: Study, options: tuple[ChoiceFigures, ...]) -> Section:
    found = moments(study.table, maxima=study.data.maxima)
    figures = item_figures(study.table, found)
    told = [_told(study, one, place) for place, one in enumerate(figures)]
    keys = {one.item for one in options if one.suspicious_key}
    section = Section("items")
    if not np.isfinite(found.total_variance):
        section.notes.append(coded("rest_raised"))
    section.notes.append(coded("item_bounds", easy=EASY, hard=HARD, weak=WEAK, blank=MANY_BLANK))
    rows, refs = [], []
    for place, (item, one) in enumerate(zip(study.data.items, figures, strict=True)):
        marks = _marks(study, place, one, told[place], suspicious=item.label in keys)
        rows.append(_row(study, place, one, told[place], marks))
        refs.append({"item": item.version_id})
    section.table = table(_COLUMNS, rows, refs=refs)
    section.figures = [
        figure("mean_facility", float(np.nanmean(study.shares)), "share"),
        figure("items_marked", sum(bool(row[-2]) for row in rows), "count"),
        figure("items_negative", sum((one.correlation or 0) < 0 for one in told), "count"),
    ]
    section.plots = [_map(study, figures, told)]
    return section


_COLUMNS: Final = (
    column("item", "item"),
    column("pc", "pc"),
    column("kind", "code"),
    column("persons", "count"),
    column("unanswered", "share"),
    column("maximum", "marks"),
    column("facility", "share"),
    column("facility_error", "share"),
    column("item_rest"),
    column("item_rest_low"),
    column("item_rest_high"),
    column("discrimination_27"),
    column("ebel", "code"),
    column("discriminative_efficiency", "percent"),
    column("alpha_if_deleted"),
    column("intended_weight", "percent"),
    column("effective_weight", "percent"),
    column("look_at", "codes"),
    column("reasons", "reasons"),
)


def _row(study: Study, place: int, one: ItemFigures, told: _Told, marks: list[str]) -> list[object]:
    item = study.data.items[place]
    seen = study.data.presented[:, place]
    maximum = float(item.maximum)
    shown = {
        "discrimination_27": one.discrimination_27,
        "discriminative_efficiency": one.discriminative_efficiency,
        "alpha_if_deleted": one.alpha_if_deleted,
        "effective_weight": one.effective_weight,
    }
    reasons = [one.reasons[name] for name, value in shown.items() if value is None and name in one.reasons]
    if told.reason is not None:
        reasons.append(told.reason)
    return [
        item.label,
        item.pc,
        item.kind,
        int(seen.sum()),
        float((seen & ~study.data.answered[:, place]).sum() / seen.sum()),
        maximum,
        one.difficulty / maximum,
        None if one.difficulty_error is None else one.difficulty_error / maximum,
        told.correlation,
        told.interval.low if told.interval is not None else None,
        told.interval.high if told.interval is not None else None,
        one.discrimination_27,
        one.ebel,
        one.discriminative_efficiency,
        one.alpha_if_deleted,
        one.intended_weight,
        one.effective_weight,
        marks,
        list(dict.fromkeys(reasons)),
    ]


def _told(study: Study, one: ItemFigures, place: int) -> _Told:
    """By covariances where every pair of items met; else over the persons of the item, their rest raised to the whole test."""
    reason = one.reasons.get("item_rest")
    if one.item_rest is not None or reason != "pair_never_seen_together":
        return _Told(one.item_rest, one.item_rest_interval, reason)
    rest = rest_scores(study.table, place)
    kept = study.data.presented[:, place] & ~np.isnan(rest)
    scores, others = study.data.marks[kept, place], rest[kept]
    if kept.sum() < 3:
        return _Told(None, None, "too_few_persons")
    if np.ptp(scores) == 0:
        return _Told(None, None, "item_does_not_vary")
    if np.ptp(others) == 0:
        return _Told(None, None, "rest_does_not_vary")
    r = float(np.corrcoef(scores, others)[0, 1])
    return _Told(r, fisher_interval(r, float(kept.sum())), None)


def _marks(study: Study, place: int, one: ItemFigures, told: _Told, *, suspicious: bool) -> list[str]:
    """Why somebody should look at an item, as codes; the worst first."""
    seen = study.data.presented[:, place]
    if seen.sum() < _FEWEST:
        return []
    facility = one.difficulty / float(study.data.items[place].maximum)
    blank = float((seen & ~study.data.answered[:, place]).sum() / seen.sum())
    found = ["suspicious_key"] if suspicious else []
    if told.correlation is not None and told.correlation < WEAK:
        found.append("negative_discrimination" if told.correlation < 0 else "weak_discrimination")
    if facility <= HARD:
        found.append("too_hard")
    if facility >= EASY:
        found.append("too_easy")
    if blank > MANY_BLANK:
        found.append("often_left_out")
    return found


def _map(study: Study, figures: tuple[ItemFigures, ...], told: list[_Told]) -> Document:
    places = [place for place, one in enumerate(told) if one.correlation is not None]
    points = [
        [figures[place].difficulty / float(study.data.items[place].maximum), told[place].correlation]
        for place in places
    ]
    return plot(
        "facility_and_discrimination",
        "points",
        x=axis("facility", "share", low=0, high=1),
        y=axis("item_rest"),
        rows=[series(points, label_code="items", names=[study.data.items[place].label for place in places])],
        marks=[
            mark("x", HARD, "too_hard"),
            mark("x", EASY, "too_easy"),
            mark("y", WEAK, "weak_discrimination"),
        ],
    )


def _times(study: Study) -> Section:
    seconds = study.data.seconds
    known: NDArray[np.int64] = np.isfinite(seconds).sum(axis=0)
    if not known.any():
        return unavailable("times", "no_times")
    rows: list[list[object]] = []
    for place, item in enumerate(study.data.items):
        times = seconds[np.isfinite(seconds[:, place]), place]
        cells = list(np.quantile(times, (0.1, 0.5, 0.9))) if times.size >= _FEWEST else [None, None, None]
        rows.append([item.label, int(times.size), *cells, [] if times.size >= _FEWEST else ["too_few_times"]])
    section = Section("times")
    section.notes = [coded("times_from_log")]
    section.table = table(
        (
            column("item", "item"),
            column("answers_timed", "count"),
            column("seconds_10", "seconds"),
            column("seconds_50", "seconds"),
            column("seconds_90", "seconds"),
            column("reasons", "reasons"),
        ),
        rows,
        refs=[{"item": item.version_id} for item in study.data.items],
    )
    points = [[row[3], place, row[2], row[4]] for place, row in enumerate(rows) if row[3] is not None]
    if points:
        section.plots = [
            plot(
                "times_of_items",
                "interval",
                x=axis("seconds", "seconds", low=0),
                y=axis("items", "text", categories=study.data.item_labels),
                rows=[series(points, label_code="middle_80")],
            )
        ]
    return section
