# SPDX-License-Identifier: Apache-2.0
"""Pairs of persons of the same sitting whose chosen options agree too often, with how often honest sittings raise an alarm.

The tests live in `scoring.forensics`. A pair is a reason to look: people who learnt together share mistakes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from assessor.analyses.model import Progress
from assessor.analyses.reports.document import Section, coded, column, figure, refusal, table, unavailable
from assessor.analyses.reports.study import Study
from scoring.errors import StatisticsError
from scoring.fairness.api import Control
from scoring.forensics.api import (
    AlarmRule,
    Answers,
    Calibration,
    FittedOptions,
    ModelChoice,
    Pair,
    PairMethod,
    PairsReport,
    calibrate,
    fit_options,
    similar_pairs,
)
from scoring.forensics.api import (
    coded as coded_answers,
)
from scoring.tables import ChoiceTable

RATE: Final = 0.05
FEWEST_ITEMS: Final = 5
FEWEST_PER_ITEM: Final = 200
_MOST_PARAMETERS: Final = 300
_STEPS: Final = 100
SEED: Final = 7
_MOST_SITTINGS: Final = 100
_FEWEST_SITTINGS: Final = 20
_WORK: Final = 300_000
"""Pairs that are compared in honest sittings all together; batches too large for twenty sittings have the rates of the docs."""


def agreement(study: Study, progress: Progress) -> tuple[Section, Section, list[int]]:
    """The sections `pairs` and `clusters`, and the persons (rows) in an alarm."""
    refused = _unsuitable(study)
    if refused is not None:
        return refused, Section("clusters", unavailable=refused.unavailable), []
    try:
        answers = coded_answers(*_choices(study))
        choice, why_smoothed = _choice(answers)
        fitted = fit_options(answers, choice, steps=_STEPS)
        fitted = replace(fitted, reason=fitted.reason or why_smoothed)
        progress(0.2, "pairs")
        groups = [(person.sitting_id, person.groups.get("centre", "")) for person in study.data.persons]
        rule = AlarmRule(RATE, Control.BH)
        report = similar_pairs(answers, PairMethod.GBT, model=fitted.chances, groups=groups, rule=rule)
        progress(0.3, "honest_sittings")
        honest = _honest(answers, fitted, report, groups)
        progress(0.45, "pairs")
        others = {
            method: _second_look(answers, fitted, report, method)
            for method in (PairMethod.OMEGA, PairMethod.K)
        }
    except StatisticsError as error:
        why = refusal(error)
        return Section("pairs", unavailable=why), Section("clusters", unavailable=why), []
    named = sorted({row for pair in report.pairs for row in (pair.first, pair.second)})
    return _pairs(study, report, fitted, honest, others), _clusters(study, report), named


def _unsuitable(study: Study) -> Section | None:
    usable = [place for place in study.data.choice_items if study.data.items[place].key]
    if len(usable) < FEWEST_ITEMS:
        return unavailable("pairs", "few_choice_items", items=len(usable), fewest=FEWEST_ITEMS)
    if study.persons < 30:
        return unavailable("pairs", "too_few_persons", persons=study.persons, fewest=30)
    return None


def _choices(study: Study) -> tuple[ChoiceTable, dict[str, str]]:
    """The items with one choice that somebody answered, and their key."""
    data = study.data
    places = [
        place for place in data.choice_items if data.items[place].key and (data.choices[:, place] != "").any()
    ]
    items = [data.items[place] for place in places]
    chosen = ChoiceTable(
        data.labels,
        tuple(item.label for item in items),
        data.choices[:, places],
        np.ones(study.persons, dtype=np.float64),
    )
    return chosen, {item.label: "|".join(item.key) for item in items}


def _choice(answers: Answers) -> tuple[ModelChoice, str | None]:
    """The nominal model needs 200 answers an item (papers of one's own have fewer) and is not searched where very large."""
    answered = (answers.codes >= 0).sum(axis=0)
    if len(answers.persons) >= FEWEST_PER_ITEM and np.median(answered) < FEWEST_PER_ITEM:
        return ModelChoice.SMOOTHED, "few_answers_for_nominal"
    if 2 * sum(len(options) - 1 for options in answers.options) > _MOST_PARAMETERS:
        return ModelChoice.SMOOTHED, "too_large_for_nominal"
    return ModelChoice.AUTO, None


def _honest(
    answers: Answers, fitted: FittedOptions, report: PairsReport, groups: Sequence[object]
) -> Calibration | None:
    """Whole sittings of honest people drawn from the fitted model, compared in the same way."""
    if not report.tests:
        return None
    sittings = min(_MOST_SITTINGS, _WORK // report.tests)
    if sittings < _FEWEST_SITTINGS:
        return None
    return calibrate(
        answers,
        PairMethod.GBT,
        model=fitted.chances,
        fit=fitted.again,
        draw=np.random.default_rng(SEED),
        sittings=sittings,
        groups=groups,
        rule=report.rule,
    )


def _second_look(
    answers: Answers, fitted: FittedOptions, report: PairsReport, method: PairMethod
) -> dict[tuple[int, int], float]:
    """Of each alarm the smaller p of another method over both directions, beside the one that decides."""
    asked = [way for pair in report.pairs for way in ((pair.first, pair.second), (pair.second, pair.first))]
    if not asked:
        return {}
    alone = list(range(len(answers.persons)))
    told = similar_pairs(answers, method, model=fitted.chances, groups=alone, rule=report.rule, ask=asked)
    found: dict[tuple[int, int], float] = {}
    for one in told.asked:
        key = (min(one.first, one.second), max(one.first, one.second))
        found[key] = min(one.p_exact, found.get(key, 1.0))
    return found


def _pairs(
    study: Study,
    report: PairsReport,
    fitted: FittedOptions,
    honest: Calibration | None,
    others: Mapping[PairMethod, dict[tuple[int, int], float]],
) -> Section:
    section = Section("pairs")
    section.figures = [
        figure("pairs_compared", report.tests, "count"),
        figure("pairs_without_common_item", report.skipped, "count"),
        figure("pairs_flagged", len(report.pairs), "count"),
        figure("option_model", fitted.chances.kind, "code"),
    ]
    if honest is not None:
        section.figures += [
            figure("honest_sittings", honest.sittings, "count"),
            figure("honest_with_alarm", honest.with_alarm, "count"),
            figure("honest_alarm_upper", honest.upper, "share"),
        ]
    elif report.tests:
        section.notes.append(coded("honest_not_drawn"))
    section.notes += [
        coded("evidence_not_finding"),
        coded("pairs_within_sitting"),
        coded("false_alarms", rate=RATE),
    ]
    if fitted.reason is not None:
        section.notes.append(coded(fitted.reason))
    if not report.tests:
        section.notes.append(coded("nobody_to_compare"))
    persons = study.data.persons
    section.table = table(
        _COLUMNS,
        [_row(study, pair, others) for pair in report.pairs],
        refs=[
            {"entry": persons[pair.first].entry_id, "other": persons[pair.second].entry_id}
            for pair in report.pairs
        ],
    )
    return section


_COLUMNS: Final = (
    column("first", "person"),
    column("second", "person"),
    column("compared", "count"),
    column("matches", "count"),
    column("expected"),
    column("p", "p"),
    column("p_adjusted", "p"),
    column("p_omega", "p"),
    column("p_k", "p"),
    column("same_right", "count"),
    column("same_wrong", "count"),
    column("longest_run", "count"),
    column("centre", "group"),
)


def _row(study: Study, pair: Pair, others: Mapping[PairMethod, dict[tuple[int, int], float]]) -> list[object]:
    first, second = study.data.persons[pair.first], study.data.persons[pair.second]
    key = (min(pair.first, pair.second), max(pair.first, pair.second))
    return [
        first.label,
        second.label,
        pair.compared,
        pair.matches,
        pair.expected,
        pair.p,
        pair.p_adjusted,
        others[PairMethod.OMEGA].get(key),
        others[PairMethod.K].get(key),
        pair.same_right,
        pair.same_wrong,
        pair.longest_run,
        first.groups.get("centre", ""),
    ]


def _clusters(study: Study, report: PairsReport) -> Section:
    """Persons whom alarms join, the largest group first."""
    section = Section("clusters")
    section.figures = [
        figure("clusters", len(report.clusters), "count"),
        figure("largest", max((len(rows) for rows in report.clusters), default=0), "count"),
    ]
    section.table = table(
        (column("cluster", "count"), column("persons", "count"), column("members", "text")),
        [
            [place + 1, len(rows), ", ".join(study.data.labels[row] for row in rows)]
            for place, rows in enumerate(report.clusters)
        ],
    )
    return section
