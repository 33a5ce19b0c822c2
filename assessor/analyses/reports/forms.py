# SPDX-License-Identifier: Apache-2.0
"""The report on forms: are papers equally hard, which verdicts hang on the paper that somebody drew, links between papers.

It changes no verdict. Methods live in `scoring.linking`.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Final

import numpy as np

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
    refusal,
    series,
    table,
    unavailable,
)
from assessor.analyses.reports.doubt import verdict_code
from assessor.analyses.reports.form_links import links
from assessor.analyses.reports.study import Study, bars_of
from scoring.errors import ScoringError
from scoring.linking.api import (
    FormLuck,
    Turn,
    form_luck,
)

SECTIONS: Final = ("overlap", "forms", "turned", "links")
MOST_SHOWN: Final = 40
_OTHER_RESULT: Final = {Turn.WOULD_PASS: "failed", Turn.WOULD_FAIL: "passed"}


def sections(study: Study, progress: Progress) -> list[Section]:
    """The sections in the order of SECTIONS."""
    made = [_overlap(study)]
    progress(0.1, "luck")
    made.extend(_luck(study))
    progress(0.6, "links")
    made.append(reasoned("links", partial(links, study, progress)))
    return made


def _overlap(study: Study) -> Section:
    """How many items any two papers share."""
    numbers = list(study.form_ids)
    if len(numbers) == 1:
        return unavailable("overlap", "one_form")
    given = np.array([study.of_form(number)[1] for number in numbers], dtype=np.float64)
    shared = given @ given.T
    sizes = given.sum(axis=1)
    section = Section("overlap")
    others = shared[~np.eye(len(numbers), dtype=np.bool_)]
    section.figures = [
        figure("forms", len(numbers), "count"),
        figure("items_fewest", int(sizes.min()), "count"),
        figure("items_most", int(sizes.max()), "count"),
        figure("shared_mean", float(others.mean())),
        figure("shared_fewest", int(others.min()), "count"),
        figure("items_on_all", int((given.sum(axis=0) == len(numbers)).sum()), "count"),
    ]
    if len(numbers) <= MOST_SHOWN:
        points = [[x, y, shared[y, x]] for y in range(len(numbers)) for x in range(len(numbers))]
        section.plots = [
            plot(
                "shared_items",
                "heat",
                x=axis("forms", "form", categories=numbers),
                y=axis("forms", "form", categories=numbers),
                rows=[series(points, label_code="items")],
            )
        ]
    else:
        section.notes = [coded("too_many_forms_to_show", forms=len(numbers), most=MOST_SHOWN)]
    return section


def _luck(study: Study) -> tuple[Section, Section]:
    """How hard each paper is, and the verdicts that would turn if all were equally hard."""
    bars = bars_of(study.data)
    refused = None
    if bars.cut is None or not 0 < bars.cut < 1:
        refused = coded("no_total_bar")
    elif not study.right_or_wrong.any():
        refused = coded("items_with_parts")
    if refused is not None or bars.cut is None:
        return Section("forms", unavailable=refused), Section("turned", unavailable=refused)
    try:
        seen_any = np.atleast_1d(study.right.seen.any(axis=1)).tolist()
        # people whose paper has no right-or-wrong item have no form here
        names = [form if seen else "" for form, seen in zip(study.forms, seen_any, strict=True)]
        report = form_luck(study.right, names, share=bars.cut)
    except ScoringError as error:
        why = refusal(error)
        return Section("forms", unavailable=why), Section("turned", unavailable=why)
    notes = [coded(code) for code in report.cautions]
    notes.extend((coded("luck_by_rasch", share=float(bars.cut)), *bars.notes, coded("one_bar_only")))
    notes.extend(_one_mark_each(study))
    if study.parts:
        notes.append(coded("items_with_parts", count=len(study.parts)))
    if len(study.data.credential.marks.components) > 1:
        notes.append(coded("theory_items_only"))
    return _forms(study, report, notes), _turned(study, report, notes, bars.cut)


def _one_mark_each(study: Study) -> list[Document]:
    """That an item counts as one mark, where it is worth something else."""
    worth = np.unique(study.data.maxima[study.right_or_wrong])
    if worth.size > 1:
        return [coded("unequal_marks")]
    return [] if worth[0] == 1 else [coded("one_mark_each")]


def _forms(study: Study, report: FormLuck, notes: list[Document]) -> Section:
    section = Section("forms", notes=list(notes))
    section.figures = [
        figure("ability_at_bar", report.ability, "logits"),
        figure("shift_sd", report.shift_sd, "marks"),
        figure("shift_lowest", round(report.shift_range[0], 9), "marks"),
        figure("shift_highest", round(report.shift_range[1], 9), "marks"),
        figure("easiest", report.easiest, "form"),
        figure("hardest", report.hardest, "form"),
    ]
    forms = sorted(report.forms, key=lambda one: int(one.form))
    section.table = table(
        (
            column("form", "form"),
            column("items", "count"),
            column("shared", "count"),
            column("persons", "count"),
            column("mean_score", "marks"),
            column("pass_share_rule", "share"),
            column("mean_ability", "logits"),
            column("mean_difficulty", "logits"),
            column("needed", "marks"),
            column("fair_cut", "marks"),
            column("fair_cut_error", "marks"),
            column("shift", "marks"),
            column("turned", "count"),
            column("reasons", "reasons"),
        ),
        [
            [
                one.form,
                one.items,
                one.shared,
                int(one.persons),
                one.mean_score,
                one.pass_share,
                one.mean_ability,
                one.mean_difficulty,
                one.needed,
                one.fair_cut,
                one.fair_cut_se,
                round(one.shift, 9),
                int(one.turned),
                [] if one.mean_difficulty is not None else ["item_all_alike"],
            ]
            for one in forms
        ],
        refs=[{"form": study.form_ids[one.form]} for one in forms],
    )
    shown = forms[:MOST_SHOWN]
    if len(forms) > len(shown):
        section.notes.append(coded("first_papers_only", shown=len(shown), forms=len(forms)))
    section.plots = [
        plot(
            "shift_of_forms",
            "interval",
            x=axis("shift", "marks"),
            y=axis("forms", "form", categories=[one.form for one in shown]),
            rows=[
                series(
                    [
                        [
                            one.shift,
                            place,
                            one.shift - 1.96 * one.fair_cut_se,
                            one.shift + 1.96 * one.fair_cut_se,
                        ]
                        for place, one in enumerate(shown)
                    ],
                    label_code="shift",
                )
            ],
            marks=[mark("x", 0.0, "equally_hard")],
        )
    ]
    return section


def _turned(study: Study, report: FormLuck, notes: list[Document], cut: Fraction) -> Section:
    section = Section("turned", notes=list(notes))
    places = {person.label: place for place, person in enumerate(study.data.persons)}
    verdicts = {one.person: verdict_code(study, places[one.person]) for one in report.turned}
    against = {one.person for one in report.turned if verdicts[one.person] == _OTHER_RESULT[one.turn]}
    turned = sorted(report.turned, key=lambda one: one.person not in against)
    section.figures = [
        figure("turned", len(turned), "count"),
        figure("turned_share", report.turned_share, "share"),
        figure("against_result", len(against), "count"),
        figure("without_result", sum(code == "no_result" for code in verdicts.values()), "count"),
        figure("bar", float(cut), "share"),
    ]
    section.table = table(
        (
            column("person", "person"),
            column("form", "form"),
            column("turn", "code"),
            column("verdict", "code"),
            column("against_result", "yes_no"),
            column("score", "marks"),
            column("needed", "marks"),
            column("fair_cut", "marks"),
            column("margin", "marks"),
            column("ability", "logits"),
            column("ability_error", "logits"),
            column("chance_own", "share"),
            column("chance_easiest", "share"),
            column("chance_hardest", "share"),
        ),
        [
            [
                one.person,
                one.form,
                one.turn,
                verdicts[one.person],
                one.person in against,
                one.score,
                one.needed,
                one.fair_cut,
                one.margin,
                one.ability,
                one.se,
                one.chance_own,
                one.chance_easiest,
                one.chance_hardest,
            ]
            for one in turned
        ],
        refs=[{"entry": study.data.persons[places[one.person]].entry_id} for one in turned],
    )
    return section
