# SPDX-License-Identifier: Apache-2.0
"""The report on certainty: how sure each PC of each person is, standard errors, and how far pass and fail can be relied on.

It stands beside the rule and changes no verdict. Formulas live in `scoring.certainty`.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assessor.analyses.model import Progress
from assessor.analyses.reports.decisions import decisions
from assessor.analyses.reports.dependability import errors
from assessor.analyses.reports.document import (
    Document,
    Section,
    axis,
    coded,
    column,
    plot,
    reasoned,
    series,
    table,
    unavailable,
)
from assessor.analyses.reports.doubt import borderline_section, verdict_code
from assessor.analyses.reports.evidence import Criterion, criteria_of
from assessor.analyses.reports.study import Bars, Study, bars_of
from scoring.blueprint_lint import BORDERLINE, MASTER, USUAL_GUESS, needed_of
from scoring.certainty.api import (
    Borderline,
    borderline_score,
    decision_at,
    threshold_quality,
    within_person,
)

SECTIONS: Final = ("criteria", "mastery", "answers", "standard_errors", "decisions", "borderline")


def sections(study: Study, progress: Progress) -> list[Section]:
    """The sections in the order of SECTIONS."""
    criteria = criteria_of(study)
    progress(0.1, "criteria")
    made = [reasoned("criteria", partial(_criteria, study, criteria))]
    progress(0.3, "persons")
    made.extend((_mastery(study, criteria), _answers(study, criteria)))
    progress(0.5, "standard_errors")
    made.append(reasoned("standard_errors", partial(_standard_errors, study)))
    progress(0.6, "decisions")
    made.append(decisions(study, progress))
    progress(0.9, "borderline")
    made.append(reasoned("borderline", partial(borderline_section, study, criteria)))
    return made


def _theory_only(study: Study) -> bool:
    """Whether some PC has marks in components that are not the theory whose items are looked at."""
    return len(study.data.credential.marks.components) > 1


def _criteria(study: Study, criteria: tuple[Criterion, ...]) -> Section:
    """Each PC's threshold: what it does with people of known chances, and how many persons it settles."""
    section, rows, shares = Section("criteria"), [], []
    for one in criteria:
        row, settled = _criterion(study, one)
        rows.append(row)
        shares.append(settled)
    section.table = table(_CRITERIA_COLUMNS, rows)
    section.notes = [coded("prior_flat"), coded("sure", share=0.8)]
    if _theory_only(study):
        section.notes.append(coded("theory_items_only"))
    if any(one.unequal for one in criteria):
        section.notes.append(coded("unequal_marks"))
    names = [one.printed for one in criteria]
    section.plots = [
        plot(
            "criteria_settled",
            "bands",
            x=axis("criteria", "pc", categories=names),
            y=axis("share_of_persons", "share", low=0, high=1),
            rows=[
                series([[place, share[code]] for place, share in enumerate(shares)], label_code=code)
                for code in ("settled_met", "in_doubt", "settled_not_met", "no_evidence")
            ],
        )
    ]
    return section


_CRITERIA_COLUMNS: Final = (
    column("pc", "pc"),
    column("threshold", "share"),
    column("items_fewest", "count"),
    column("items_most", "count"),
    column("needed", "count"),
    column("master_passes", "share"),
    column("half_passes", "share"),
    column("guesser_passes", "share"),
    column("accuracy", "share"),
    column("consistency", "share"),
    column("kappa"),
    column("false_pass", "share"),
    column("false_fail", "share"),
    column("settled_met", "count"),
    column("in_doubt", "count"),
    column("settled_not_met", "count"),
    column("against_rule", "count"),
    column("reasons", "reasons"),
)


def _criterion(study: Study, one: Criterion) -> tuple[list[object], dict[str, float]]:
    told = [one.told(person) for person in range(study.persons)]
    counts = Counter(_settled(found) for found in told)
    shares = {
        code: counts[code] / study.persons
        for code in ("settled_met", "in_doubt", "settled_not_met", "no_evidence")
    }
    given = one.items[one.items > 0]
    ends = [int(given.min()), int(given.max())] if given.size else [0, 0]
    threshold = None if one.bar is None else float(one.bar.share)
    if one.reason is not None or one.bar is None or not given.size:
        return [one.printed, threshold, *ends, *[None] * 13, [one.reason or "no_items"]], shares
    usual = Counter(given.tolist()).most_common(1)[0][0]  # most papers have this many
    share = one.bar.share
    quality = threshold_quality(usual, share=share)
    passes = [
        float(decision_at(usual, share=share, chance=p).passes) for p in (MASTER, BORDERLINE, USUAL_GUESS)
    ]
    return [
        one.printed,
        threshold,
        *ends,
        needed_of(usual, share=share),
        *passes,
        quality.accuracy,
        quality.consistency,
        quality.kappa,
        quality.false_pass,
        quality.false_fail,
        counts["settled_met"],
        counts["in_doubt"],
        counts["settled_not_met"],
        sum(found is not None and found.against_rule for found in told),
        [] if quality.kappa is not None else ["one_decision_for_all"],
    ], shares


def _settled(found: Borderline | None) -> str:
    if found is None:
        return "no_evidence"
    return "in_doubt" if found.in_doubt else found.reason


def _refs(study: Study) -> list[dict[str, str]]:
    return [{"entry": person.entry_id} for person in study.data.persons]


def _mastery(study: Study, criteria: tuple[Criterion, ...]) -> Section:
    """Each person's chance to be truly at or above the threshold of each PC."""
    able = [one for one in criteria if one.reason is None]
    if not able:
        return unavailable("mastery", criteria[0].reason or "no_threshold")
    section = Section("mastery")
    rows = []
    for person in range(study.persons):
        told = [one.told(person) for one in able]
        chances = [None if found is None else found.mastery.chance for found in told]
        rows.append([study.data.labels[person], verdict_code(study, person), *chances])
    columns = (column("person", "person"), column("verdict", "code"))
    section.table = table(
        (*columns, *(column("chance_of_mastery", "share", label=one.printed) for one in able)),
        rows,
        refs=_refs(study),
    )
    section.notes = [coded("prior_flat")]
    left_out = [one.printed for one in criteria if one.reason is not None]
    if left_out:
        section.notes.append(coded("criteria_left_out", names=left_out))
    return section


def _answers(study: Study, criteria: tuple[Criterion, ...]) -> Section:
    """The answers behind it: so many right of so many."""
    section = Section("answers")
    section.table = table(
        (
            column("person", "person"),
            *(column("right_of_items", "text", label=one.printed) for one in criteria),
        ),
        [
            [study.data.labels[person], *(f"{one.right[person]}/{one.items[person]}" for one in criteria)]
            for person in range(study.persons)
        ],
        refs=_refs(study),
    )
    return section


def _standard_errors(study: Study) -> Section:
    """How far the share of the marks may lie from the true one: by NOS, and for all items by the score."""
    if study.shares.shape[1] < 2:
        return unavailable("standard_errors", "few_items", items=study.shares.shape[1])
    bars = bars_of(study.data)
    section, rows = Section("standard_errors"), []
    for nos in study.data.credential.nos:
        pcs = {pc.id for pc in nos.pcs}
        mine = np.array([item.pc in pcs for item in study.data.items], dtype=np.bool_)
        bar = bars.nos.get(nos.code)
        rows.append([nos.code, *_errors_of(study, mine, None if bar is None else float(bar.share))])
    every = np.ones(len(study.data.items), dtype=np.bool_)
    rows.append(["credential", *_errors_of(study, every, None if bars.cut is None else float(bars.cut))])
    section.table = table(
        (
            column("nos", "nos"),
            column("items", "count"),
            column("persons", "count"),
            column("mean", "share"),
            column("standard_error", "share"),
            column("threshold", "share"),
            column("in_doubt", "count"),
            column("reasons", "reasons"),
        ),
        rows,
    )
    section.notes = [coded("errors_by_brennan"), *bars.notes]
    if _theory_only(study):
        section.notes.append(coded("theory_items_only"))
    section.plots = [_error_curve(study, bars)]
    return section


def _errors_of(study: Study, mine: NDArray[np.bool_], bar: float | None) -> list[object]:
    count = int(mine.sum())
    if count < 2:
        return [count, 0, None, None, bar, None, ["few_items"]]
    marks, maxima = study.data.marks[:, mine], study.data.maxima[mine]
    within = (study.data.presented[:, mine] * maxima).sum(axis=1)
    error = within_person(study.shares[:, mine], maxima)
    known = np.isfinite(error) & (within > 0)
    if not known.any():
        return [count, 0, None, None, bar, None, ["few_items"]]
    share = np.nansum(marks[known], axis=1) / within[known]
    error = error[known] / within[known]
    doubt = (
        None
        if bar is None
        else sum(
            borderline_score(float(score), bar, standard_error=float(se)).in_doubt
            for score, se in zip(share, error, strict=True)
        )
    )
    root = float(np.sqrt((error**2).mean()))
    return [
        count,
        int(known.sum()),
        float(share.mean()),
        root,
        bar,
        doubt,
        [] if bar is not None else ["no_threshold"],
    ]


def _error_curve(study: Study, bars: Bars) -> Document:
    """The root mean squared error over people of like totals (steps of one twentieth)."""
    found = errors(study)
    known = np.isfinite(found)
    bins = np.clip((study.totals[known] * 20).astype(np.int64), 0, 19)
    points = []
    for place in range(20):
        inside = found[known][bins == place]
        if inside.size:
            points.append(
                [float(study.totals[known][bins == place].mean()), float(np.sqrt((inside**2).mean()))]
            )
    return plot(
        "standard_error_by_score",
        "lines",
        x=axis("share_of_marks", "share", low=0, high=1),
        y=axis("standard_error", "share", low=0),
        rows=[series(points, label_code="standard_error")],
        marks=bars.marks,
    )
