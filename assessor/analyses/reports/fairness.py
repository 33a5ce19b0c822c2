# SPDX-License-Identifier: Apache-2.0
"""The report on fairness: whether equally able people of different groups do differently on an item, and how groups fared.

Tests live in `scoring.fairness`. A difference is a reason to look at an item, never a finding about people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assessor.analyses.data import GROUPS
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
    refusal,
    series,
    table,
    unavailable,
)
from assessor.analyses.reports.fitted import fit_study
from assessor.analyses.reports.study import Study
from scoring.errors import ScoringError
from scoring.fairness.api import (
    DifKind,
    DifMethod,
    DifReport,
    DifSettings,
    ItemDif,
    adjusted,
    control_together,
    dif,
    grouping,
    rejected,
)

SECTIONS: Final = ("groups", *(f"dif_{name}" for name in GROUPS), "slopes")
SMALL: Final = 10
"""Groups of fewer persons are not compared; they are named with their number only."""
FOUR_FIFTHS: Final = 0.8
"""A pass rate below this share of the best group's is a sign of adverse impact (EEOC 1978, Uniform Guidelines, 4D)."""
FEWEST_FOR_SLOPES: Final = 100
"""Persons of each group who were given an item, below which its slopes are not compared."""
_STRATA: Final = 20
_MOST_GROUPS: Final = 12


def sections(study: Study, progress: Progress) -> list[Section]:
    """The sections in the order of SECTIONS."""
    made = [_groups(study)]
    progress(0.05, "matching")
    matched = _matched(study)
    found: dict[str, DifReport] = {}
    slopes: dict[str, DifReport] = {}
    refused: dict[str, Document] = {}
    for place, name in enumerate(GROUPS):
        progress(0.15 + 0.2 * place, f"by_{name}")
        try:
            labels = _labels(study, name)
            people = grouping(labels, np.ones(study.persons))
            found[name] = dif(study.table, people, _settings(matched, DifMethod.MH))
            if study.right_or_wrong.any():
                slopes[name] = dif(study.right, people, _settings(matched, DifMethod.LOGISTIC))
        except ScoringError as error:
            refused[name] = refusal(error)
    progress(0.95, "control")
    found = control_together(found) if found else {}
    made.extend(_dif(study, name, found.get(name), refused.get(name), matched) for name in GROUPS)
    made.append(_slopes(study, slopes, refused))
    return made


@dataclass(frozen=True, slots=True)
class _Matched:
    """What people are matched on where papers differ: a stratum of like ability for each; None where the score serves."""

    values: NDArray[np.float64] | None
    by: str


def _matched(study: Study) -> _Matched:
    """The score where everybody had the same items, else twentieths by the model's ability, else by the share of the marks."""
    if study.same_paper:
        return _Matched(None, "score")
    try:
        theta, by = fit_study(study, guesses=False).people.theta, "ability"
    except ScoringError:
        theta, by = study.totals, "share_of_marks"
    edges = np.unique(np.quantile(theta, np.arange(1, _STRATA) / _STRATA))
    return _Matched(np.searchsorted(edges, theta, side="right").astype(np.float64), by)


def _settings(matched: _Matched, method: DifMethod) -> DifSettings:
    return DifSettings(
        method=method,
        kind=DifKind.NONUNIFORM,
        purify=matched.values is None and method is DifMethod.MH,
        external=matched.values,
    )


def _labels(study: Study, name: str) -> list[str]:
    """The group of each person; groups of few and all but the largest twelve are left out as not known."""
    labels = study.data.group(name)
    sizes = Counter(label for label in labels if label)
    kept = {label for label, count in sizes.most_common(_MOST_GROUPS) if count >= SMALL}
    return [label if label in kept else "" for label in labels]


def _groups(study: Study) -> Section:
    """How the groups fared: no figure of a group of fewer than ten."""
    section, rows, hidden = Section("groups"), [], 0
    for name in GROUPS:
        labels = np.array(study.data.group(name), dtype=object)
        sizes = Counter(label for label in labels.tolist() if label)
        known: list[list[object]] = []
        for label, count in sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0])):
            if count < SMALL:
                hidden += 1
                known.append([name, label, count, None, None, None, None, ["group_too_small"]])
                continue
            inside = labels == label
            results = [
                person.passed
                for person, chosen in zip(study.data.persons, inside.tolist(), strict=True)
                if chosen and person.passed is not None
            ]
            totals = study.totals[inside]
            rate = sum(results) / len(results) if results else None
            known.append(
                [name, label, count, float(totals.mean()), float(totals.std(ddof=1)), rate, None, []]
            )
        rates = [row[5] for row in known if isinstance(row[5], float)]
        for row in known:
            if isinstance(row[5], float) and max(rates) > 0:
                row[6] = row[5] / max(rates)
        rows += known
    section.table = table(
        (
            column("grouping", "code"),
            column("group", "group"),
            column("persons", "count"),
            column("mean", "share"),
            column("sd", "share"),
            column("pass_share", "share"),
            column("impact_ratio", "share"),
            column("reasons", "reasons"),
        ),
        rows,
    )
    unknown = {name: sum(not label for label in study.data.group(name)) for name in GROUPS}
    section.figures = [figure(f"unknown_{name}", count, "count") for name, count in unknown.items()]
    section.notes = [coded("four_fifths", bound=FOUR_FIFTHS), coded("group_differences_are_no_bias")]
    if hidden:
        section.notes.append(coded("small_groups_hidden", fewest=SMALL, groups=hidden))
    return section


def _dif(
    study: Study, name: str, report: DifReport | None, refused: Document | None, matched: _Matched
) -> Section:
    section = Section(f"dif_{name}")
    if report is None:
        section.unavailable = refused or coded("group_single")
        return section
    ids = {item.label: item for item in study.data.items}
    rows = [_row(item, ids[item.item].pc) for item in report.items]
    section.figures = [
        figure("reference", report.groups[0], "group"),
        figure("reference_persons", int(report.sizes[0]), "count"),
        figure("left_out", int(report.left_out), "count"),
        figure("items_tested", sum(item.p is not None for item in report.items), "count"),
        figure("items_flagged", len(report.flagged), "count"),
        figure("expected_false_alarms", report.settings.level, "share"),
    ]
    section.notes = [coded(code) for code in report.cautions]
    section.notes.append(coded("controlled_together", level=report.settings.level, groupings=len(GROUPS)))
    section.notes.append(coded("matched_on", by=matched.by))
    if report.purification is not None:
        section.notes.append(
            coded("anchors_purified", anchors=len(report.anchors), rounds=report.purification.rounds)
        )
        if not report.purification.converged:
            section.notes.append(coded("purification_open"))
    order = sorted(range(len(rows)), key=lambda place: (not report.items[place].flagged, place))
    section.table = table(
        _COLUMNS,
        [rows[place] for place in order],
        refs=[{"item": ids[report.items[place].item].version_id} for place in order],
    )
    if len(report.groups) == 2:
        section.plots = [_differences(name, report)]
    return section


_COLUMNS: Final = (
    column("item", "item"),
    column("pc", "pc"),
    column("persons", "count"),
    column("flagged", "yes_no"),
    column("focal", "group"),
    column("favours", "code"),
    column("ets", "text"),
    column("delta"),
    column("delta_error"),
    column("smd", "marks"),
    column("smd_error", "marks"),
    column("chi2"),
    column("df", "count"),
    column("p", "p"),
    column("p_adjusted", "p"),
    column("reasons", "reasons"),
)


def _row(item: ItemDif, pc: str) -> list[object]:
    """The decision, and of several focal groups the one that differs most from the reference."""
    pairs = [pair for pair in item.pairs if pair.mean_difference.smd is not None]
    worst = max(pairs, key=lambda pair: abs(pair.mean_difference.smd or 0.0), default=None)
    haenszel = worst.mantel_haenszel if worst is not None else None
    smd = worst.mean_difference if worst is not None else None
    favours = None
    if smd is not None and smd.smd:
        favours = "favours_reference" if smd.smd < 0 else "favours_focal"
    ets = haenszel.ets_significance if haenszel is not None else smd.ets if smd is not None else None
    return [
        item.item,
        pc,
        int(item.persons),
        item.flagged,
        worst.focal if worst is not None else None,
        favours,
        None if ets is None else ets.value,
        haenszel.delta_mh if haenszel is not None else None,
        haenszel.se_delta if haenszel is not None else None,
        smd.smd if smd is not None else None,
        smd.se if smd is not None else None,
        item.chi2,
        item.df,
        item.p,
        item.p_adjusted,
        [] if item.reason is None else [item.reason],
    ]


def _differences(name: str, report: DifReport) -> Document:
    """The standardised difference of each item with its 95 % reach: below 0 where the focal group does worse than equals."""
    points: list[list[float]] = []
    names: list[str] = []
    for item in report.items:
        smd = item.pairs[0].mean_difference if item.pairs else None
        if smd is None or smd.smd is None or smd.se is None:
            continue
        points.append([smd.smd, len(names), smd.smd - 1.96 * smd.se, smd.smd + 1.96 * smd.se])
        names.append(item.item)
    return plot(
        f"dif_{name}",
        "interval",
        x=axis("smd", "marks"),
        y=axis("items", "text", categories=names),
        rows=[series(points, label=report.groups[1])],
        marks=[mark("x", 0.0, "no_difference")],
    )


def _enough(study: Study, name: str, report: DifReport) -> list[ItemDif]:
    """The items that enough persons of each group were given: likelihood ratios of fewer raise false alarms."""
    labels = np.array(_labels(study, name), dtype=object)
    seen = study.right.seen
    counts = np.array([seen[labels == group].sum(axis=0) for group in report.groups])
    return [
        item
        for item, fewest in zip(report.items, counts.min(axis=0), strict=True)
        if fewest >= FEWEST_FOR_SLOPES
    ]


def _slopes(study: Study, reports: Mapping[str, DifReport], refused: Mapping[str, Document]) -> Section:
    """Items that differ at every ability alike, or with ability; both tests of all items and groupings are one family."""
    if not reports:
        if not study.right_or_wrong.any():
            return unavailable("slopes", "items_with_parts")
        return Section("slopes", unavailable=next(iter(refused.values()), coded("group_single")))
    ids = {item.label: item for item in study.data.items}
    tested = [
        (name, item, kind, test)
        for name, report in reports.items()
        for item in _enough(study, name, report)
        if item.logistic is not None
        for kind in (DifKind.UNIFORM, DifKind.NONUNIFORM)
        if (test := item.logistic.test(kind)) is not None
    ]
    if not tested:
        return unavailable("slopes", "few_in_groups", fewest=FEWEST_FOR_SLOPES)
    p = np.array([test.p for *_, test in tested])
    after, alarms = adjusted(p), rejected(p, 0.05)
    rows: list[list[object]] = []
    refs = []
    for (name, item, kind, test), value, alarm in zip(tested, after, alarms, strict=True):
        if alarm:
            known = ids[item.item]
            rows.append(
                [
                    name,
                    item.item,
                    known.pc,
                    kind,
                    *_direction(item, kind, reports[name].groups[1:]),
                    test.chi2,
                    test.df,
                    test.p,
                    value,
                    test.r2_change,
                    test.jodoin_gierl.value,
                ]
            )
            refs.append({"item": known.version_id})
    section = Section("slopes")
    section.figures = [
        figure("items_tested", len({(name, item.item) for name, item, *_ in tested}), "count"),
        figure("items_flagged", len({(row[0], row[1]) for row in rows}), "count"),
    ]
    section.notes = [
        coded("controlled_together", level=0.05, groupings=len(reports)),
        coded("slopes_by_logistic"),
    ]
    if study.parts:
        section.notes.append(coded("items_with_parts", count=len(study.parts)))
    section.table = table(
        (
            column("grouping", "code"),
            column("item", "item"),
            column("pc", "pc"),
            column("kind", "code"),
            column("focal", "group"),
            column("favours", "code"),
            column("chi2"),
            column("df", "count"),
            column("p", "p"),
            column("p_adjusted", "p"),
            column("r2_change"),
            column("jodoin_gierl", "text"),
        ),
        rows,
        refs=refs,
    )
    return section


def _direction(item: ItemDif, kind: DifKind, focal: Sequence[str]) -> tuple[str | None, str | None]:
    """The group that differs most from the reference and whom the item favours; a difference that turns favours nobody."""
    effects = item.logistic.group_effects if item.logistic is not None else ()
    if kind is not DifKind.UNIFORM or not effects:
        return None, None
    most = max(range(len(effects)), key=lambda place: abs(effects[place]))
    return focal[most], "favours_reference" if effects[most] < 0 else "favours_focal"
