# SPDX-License-Identifier: Apache-2.0
"""The report on the paper: totals, reliability of the whole and of each form, how each PC, NOS and component went.

Formulas live in `scoring.classical`; whether verdicts hang on luck is another report (`certainty`, `forms`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assessor.analyses.model import Progress
from assessor.analyses.reports.awarded import components, standards
from assessor.analyses.reports.dependability import dependability
from assessor.analyses.reports.document import (
    Document,
    Section,
    Span,
    axis,
    coded,
    column,
    figure,
    plot,
    reasoned,
    series,
    table,
    unavailable,
)
from assessor.analyses.reports.study import Study, bars_of
from scoring.classical.api import Analysis, analyse, group_shares
from scoring.tables import ResponseTable

SECTIONS: Final = (
    "verdicts",
    "totals",
    "reliability",
    "reliability_by_form",
    "criteria",
    "standards",
    "components",
)
FEWEST: Final = 30
"""Persons below which the spread of totals and alpha are not given: their intervals would hold nearly everything."""
_BINS: Final = 20
_FIFTHS: Final = ("weakest", "weak", "middle", "strong", "strongest")


def sections(study: Study, progress: Progress) -> list[Section]:
    """The sections in the order of SECTIONS."""
    made = [_verdicts(study), _totals(study)]
    progress(0.1, "reliability")
    made.append(reasoned("reliability", partial(_reliability, study)))
    progress(0.4, "forms")
    made.append(_by_form(study, progress))
    progress(0.8, "criteria")
    made.extend((_criteria(study), standards(study), components(study)))
    return made


def _verdicts(study: Study) -> Section:
    persons = study.data.persons
    passed = sum(person.passed is True for person in persons)
    failed = sum(person.passed is False for person in persons)
    section = Section("verdicts")
    section.figures = [
        figure("passed", passed, "count"),
        figure("failed", failed, "count"),
        figure("without_result", len(persons) - passed - failed, "count"),
        figure(
            "pass_share",
            passed / (passed + failed) if passed + failed else None,
            "share",
            span=_wilson(passed, passed + failed),
            reason="no_results",
        ),
    ]
    return section


def _wilson(count: int, tries: int) -> Span | None:
    """The 95 % interval of a share: Wilson (1927), J. Am. Stat. Assoc. 22, p. 209."""
    if not tries:
        return None
    z = 1.959963984540054
    middle = (count + z * z / 2) / (tries + z * z)
    reach = z / (tries + z * z) * float(np.sqrt(count * (tries - count) / tries + z * z / 4))
    return Span(max(0.0, middle - reach), min(1.0, middle + reach))


def _totals(study: Study) -> Section:
    totals = study.totals
    section = Section("totals")
    several = study.persons > 1
    section.figures = [
        figure("mean", float(totals.mean()), "share"),
        figure("median", float(np.median(totals)), "share"),
        figure("sd", float(totals.std(ddof=1)) if several else None, "share", reason="one_person"),
        figure("lowest", float(totals.min()), "share"),
        figure("highest", float(totals.max()), "share"),
    ]
    counts, edges = np.histogram(totals, np.linspace(0, 1, _BINS + 1))
    bars = bars_of(study.data)
    section.plots = [
        plot(
            "totals",
            "bars",
            x=axis("share_of_marks", "share", low=0, high=1),
            y=axis("persons", "count", low=0),
            rows=[
                series(
                    [
                        [(low + high) / 2, count]
                        for low, high, count in zip(edges, edges[1:], counts, strict=False)
                    ],
                    label_code="persons",
                )
            ],
            marks=bars.marks,
        )
    ]
    section.notes = [coded("theory_items_only"), *bars.notes]
    return section


def _reliability(study: Study) -> Section:
    if study.persons < FEWEST:
        return unavailable("reliability", "too_few_persons", persons=study.persons, fewest=FEWEST)
    section = _of_analysis(study, analyse(study.table, maxima=study.data.maxima))
    if not study.same_paper:
        known = dependability(study)
        section.figures = [
            figure("reliability_over_forms", known.value, reason=known.reason),
            figure("reliability_from", known.source, "code", reason=known.reason),
            *section.figures,
        ]
    return section


def _of_analysis(study: Study, found: Analysis) -> Section:
    told, reasons = found.reliability, found.reliability.reasons
    interval = told.alpha_feldt
    section = Section("reliability")
    splits = found.splits
    section.figures = [
        figure(
            "alpha",
            told.alpha,
            span=None if interval is None else Span(interval.low, interval.high),
            reason=reasons.get("alpha"),
        ),
        figure("kr20", told.kr20, reason=reasons.get("kr20")),
        figure("omega", found.one_factor.omega, reason=found.one_factor.reasons.get("omega")),
        figure("lambda2", told.lambda2, reason=reasons.get("lambda2")),
        figure("lambda6", told.lambda6, reason=reasons.get("lambda6")),
        figure("split_half", None if splits is None else splits.odd_even.spearman_brown, reason="no_splits"),
        figure("mean_correlation", told.mean_correlation, reason=reasons.get("mean_correlation")),
        figure("sem", told.sem, "marks", reason=reasons.get("sem")),
        figure(
            "length_for_080",
            told.length_for_080,
            reason=reasons.get("length_for_080") or "alpha_not_positive",
        ),
    ]
    section.notes = [
        coded(one.code, needed=one.needed, has=one.has, source=one.source)
        for one in found.cautions
        if one.has > 0  # nobody had every item: the note on the papers says so
    ]
    if told.alpha is not None and told.alpha < 0:
        section.notes.append(coded("negative_reliability"))
    if told.alpha is None and not study.same_paper:
        section.notes.append(coded("reliability_by_form_instead"))
    return section


def _by_form(study: Study, progress: Progress) -> Section:
    numbers = list(dict.fromkeys(study.forms))
    if len(numbers) == study.persons and study.persons > 1:
        return unavailable("reliability_by_form", "own_paper_for_everybody", forms=len(numbers))
    rows: list[list[object]] = []
    for place, number in enumerate(numbers):
        progress(0.4 + 0.4 * place / len(numbers), "forms")
        rows.append(_form_row(study, number))
    section = Section("reliability_by_form")
    section.table = table(_FORM_COLUMNS, rows, refs=[{"form": study.form_ids[number]} for number in numbers])
    points = [[row[6], place, row[7], row[8]] for place, row in enumerate(rows) if row[6] is not None]
    if points:
        section.plots = [
            plot(
                "alpha_by_form",
                "interval",
                x=axis("alpha"),
                y=axis("forms", "form", categories=numbers),
                rows=[series(points, label_code="alpha")],
            )
        ]
    return section


_FORM_COLUMNS: Final = (
    column("form", "form"),
    column("persons", "count"),
    column("items", "count"),
    column("mean", "share"),
    column("sd", "share"),
    column("pass_share", "share"),
    column("alpha"),
    column("alpha_low"),
    column("alpha_high"),
    column("omega"),
    column("sem", "marks"),
    column("kr20"),
    column("split_half"),
    column("reasons", "reasons"),
)


def _form_row(study: Study, number: str) -> list[object]:
    rows, items = study.of_form(number)
    totals, places = study.totals[rows], np.flatnonzero(rows)
    results = [verdict for place in places if (verdict := study.data.persons[place].passed) is not None]
    head = [
        number,
        int(rows.sum()),
        int(items.sum()),
        float(totals.mean()),
        float(totals.std(ddof=1)) if totals.size > 1 else None,
        sum(results) / len(results) if results else None,
    ]
    empty: list[object] = [None] * 7
    if rows.sum() < FEWEST:
        return [*head, *empty, ["too_few_persons"]]
    part = ResponseTable(
        tuple(study.data.labels[place] for place in places),
        tuple(study.data.item_labels[place] for place in np.flatnonzero(items)),
        study.data.marks[np.ix_(rows, items)],
        np.ones(int(rows.sum()), dtype=np.float64),
    )
    found = analyse(part, maxima=study.data.maxima[items])
    told = found.reliability
    interval = told.alpha_feldt
    splits = found.splits
    reasons = [told.reasons[name] for name in ("alpha", "sem", "kr20") if name in told.reasons]
    if found.one_factor.omega is None:
        reasons += [reason for name, reason in found.one_factor.reasons.items() if name == "omega"]
    if splits is None or splits.odd_even.spearman_brown is None:
        reasons.append("no_splits")
    return [
        *head,
        told.alpha,
        interval.low if interval is not None else None,
        interval.high if interval is not None else None,
        found.one_factor.omega,
        told.sem,
        told.kr20,
        None if splits is None else splits.odd_even.spearman_brown,
        list(dict.fromkeys(reasons)),
    ]


def _criteria(study: Study) -> Section:
    """Per PC its share of the marks, from the weakest fifth of the persons to the strongest, and by form."""
    loads, pcs = study.data.q_matrix()
    shares = _pc_shares(study, loads)
    titles = {pc.id: pc.printed for pc in study.data.credential.pcs}
    names = [titles.get(pc, pc) for pc in pcs]
    fifths = _fifths(study.totals)
    by_fifth = np.array([_mean(shares, weights) for weights in fifths]).T  # PC x fifth
    bars = bars_of(study.data).pcs
    section = Section("criteria")
    rows = []
    for place, pc in enumerate(pcs):
        known = shares[~np.isnan(shares[:, place]), place]
        bar = bars.get(pc)
        rows.append(
            [
                names[place],
                int(loads[:, place].sum()),
                int(known.size),
                float(known.mean()) if known.size else None,
                float(known.std(ddof=1)) if known.size > 1 else None,
                None if bar is None else float(bar.share),
                None if bar is None or not known.size else float((known >= float(bar.share) - 1e-9).mean()),
                *by_fifth[place].tolist(),
            ]
        )
    section.table = table(
        (
            column("pc", "pc"),
            column("items", "count"),
            column("persons", "count"),
            column("mean", "share"),
            column("sd", "share"),
            column("threshold", "share"),
            column("at_threshold", "share"),
            *(column(code, "share") for code in _FIFTHS),
        ),
        rows,
    )
    section.notes = [coded("fifths_by_total"), coded("theory_items_only")]
    section.plots = [
        _heat(
            "criteria_by_strength", names, by_fifth, axis("strength", "text", categories=_FIFTHS, are="codes")
        ),
        *_by_forms(study, shares, names),
        *_between(shares, names),
    ]
    return section


def _pc_shares(study: Study, loads: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Persons x PCs: the share of the marks of the PC's items, NaN where a person had none of them."""
    seen = study.data.presented
    within = (seen * study.data.maxima) @ loads
    earned = np.nan_to_num(study.data.marks) @ loads
    out = np.full(within.shape, np.nan)
    np.divide(earned, within, out=out, where=within > 0)
    return out


def _fifths(totals: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """How much of each person belongs to each fifth by the total, weak to strong; persons of equal totals are shared out."""
    ones = np.ones_like(totals)
    upto = [np.zeros_like(totals), *(group_shares(totals, ones, part / 5)[1] for part in range(1, 6))]
    return [high - low for low, high in pairwise(upto)]


def _mean(shares: NDArray[np.float64], weights: NDArray[np.float64]) -> list[float]:
    """The weighted mean of each column over the rows that have a number."""
    known = ~np.isnan(shares)
    held = weights @ known
    out = np.full(shares.shape[1], np.nan)
    np.divide(weights @ np.nan_to_num(shares), held, out=out, where=held > 1e-9)
    return [float(value) for value in out]


def _heat(
    name: str, pcs: Sequence[str], values: NDArray[np.float64], across: Document, *, unit: str = "share"
) -> Document:
    points = [[x, y, values[y, x]] for y in range(values.shape[0]) for x in range(values.shape[1])]
    return plot(
        name,
        "heat",
        x=across,
        y=axis("criteria", "pc", categories=pcs),
        rows=[series(points, label_code="mean" if unit == "share" else "correlation")],
    )


def _by_forms(study: Study, shares: NDArray[np.float64], names: Sequence[str]) -> list[Document]:
    numbers = list(dict.fromkeys(study.forms))
    if not 1 < len(numbers) <= 24:
        return []
    masks = [np.array([form == number for form in study.forms], dtype=np.float64) for number in numbers]
    values = np.array([_mean(shares, weights) for weights in masks]).T
    return [_heat("criteria_by_form", names, values, axis("forms", "form", categories=numbers))]


def _between(shares: NDArray[np.float64], names: Sequence[str]) -> list[Document]:
    """How the PCs go together: correlations of their shares over the persons who have both."""
    count = shares.shape[1]
    if count < 2 or len(shares) < FEWEST:
        return []
    values = np.full((count, count), np.nan)
    for one in range(count):
        for other in range(count):
            both = ~np.isnan(shares[:, one]) & ~np.isnan(shares[:, other])
            x, y = shares[both, one], shares[both, other]
            if both.sum() >= FEWEST and np.ptp(x) > 0 and np.ptp(y) > 0:
                values[one, other] = np.corrcoef(x, y)[0, 1]
    return [
        _heat("criteria_together", names, values, axis("criteria", "pc", categories=names), unit="number")
    ]
