# SPDX-License-Identifier: Apache-2.0
"""The sections on time: answers too quick to have been thought about, and times that do not fit a person's own pace.

A lack of effort says nothing about honesty. Methods live in `scoring.forensics`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from assessor.analyses.reports.document import (
    Section,
    axis,
    coded,
    column,
    figure,
    mark,
    plot,
    series,
    table,
    unavailable,
)
from assessor.analyses.reports.signs import RATE, Signs, entry_refs, false_alarms, listed_reason
from assessor.analyses.reports.study import Study
from scoring.errors import StatisticsError
from scoring.forensics.api import (
    LEAST_EFFORT,
    Effort,
    Pace,
    effort_of,
    normative_limits,
    pace_of,
)

_GUESS: Final = 0.25


def rapid(study: Study, signs: Signs) -> tuple[Section, Section]:
    """Answers too quick to have been thought about, and times that do not fit the person's own pace."""
    if not study.right_or_wrong.any():
        return unavailable("rapid", "items_with_parts"), unavailable("limits", "items_with_parts")
    times = study.data.seconds[:, study.right_or_wrong]
    times = np.where(study.data.answered[:, study.right_or_wrong], times, np.nan)
    if not np.isfinite(times).any():
        return unavailable("rapid", "no_times"), unavailable("limits", "no_times")
    limits = normative_limits(times)
    shown = _limits(study, limits.seconds, limits.reasons, times)
    if not np.isfinite(limits.seconds).any():
        return unavailable("rapid", "too_few_times"), shown
    found = effort_of(study.right, times, limits, guessing=_guessing(study), rate=RATE)
    pace, why = _pace(times)
    signs.add(np.flatnonzero(found.flagged), "sign_rapid")
    signs.add(np.flatnonzero(found.right_flagged), "sign_rapid_right")
    if pace is not None:
        signs.add(np.flatnonzero(pace.flagged), "sign_pace")
    return _effort(study, found, pace, why), shown


def _guessing(study: Study) -> NDArray[np.float64]:
    """The chance to be right by a blind choice: one over the options, 1/4 for other items."""
    kept = [item for item, used in zip(study.data.items, study.right_or_wrong.tolist(), strict=True) if used]
    return np.array([1 / len(item.options) if len(item.options) > 1 else _GUESS for item in kept])


def _pace(times: NDArray[np.float64]) -> tuple[Pace | None, str | None]:
    """The model of times over items that two or more persons have a time for."""
    safe = np.where(times > 0, times, np.nan)
    usable = np.isfinite(safe).sum(axis=0) > 1
    try:
        return pace_of(safe[:, usable], rate=RATE), None
    except StatisticsError as error:
        return None, error.code


def _limits(
    study: Study, seconds: NDArray[np.float64], reasons: tuple[str | None, ...], times: NDArray[np.float64]
) -> Section:
    section = Section("limits")
    section.notes = [coded("limit_nt10")]
    kept = [item for item, used in zip(study.data.items, study.right_or_wrong.tolist(), strict=True) if used]
    with np.errstate(invalid="ignore"):
        quick = ((times < seconds) & np.isfinite(times)).sum(axis=0)
    section.table = table(
        (
            column("item", "item"),
            column("answers_timed", "count"),
            column("limit_seconds", "seconds"),
            column("rapid", "count"),
            column("reasons", "reasons"),
        ),
        [
            [
                item.label,
                int(np.isfinite(times[:, place]).sum()),
                seconds[place],
                int(quick[place]),
                listed_reason(reasons[place]),
            ]
            for place, item in enumerate(kept)
        ],
        refs=[{"item": item.version_id} for item in kept],
    )
    return section


def _effort(study: Study, found: Effort, pace: Pace | None, why: str | None) -> Section:
    section = Section("rapid")
    off_pace = np.zeros(study.persons, dtype=np.bool_) if pace is None else pace.flagged
    listed = np.flatnonzero(found.low | found.flagged | found.right_flagged | off_pace)
    known = np.isfinite(found.effort)
    section.figures = [
        figure("persons_timed", int(known.sum()), "count"),
        figure("low_effort", int(found.low.sum()), "count"),
        figure("flagged_rapid", int(found.flagged.sum()), "count"),
        figure("flagged_rapid_right", int(found.right_flagged.sum()), "count"),
        figure("flagged_pace", None if pace is None else int(pace.flagged.sum()), "count", reason=why),
        figure(
            "mean_effort",
            float(found.effort[known].mean()) if known.any() else None,
            "share",
            reason="no_times",
        ),
    ]
    section.notes = [
        false_alarms(),
        coded("effort_bound", bound=LEAST_EFFORT),
        coded("times_from_log"),
        coded("no_effort_no_dishonesty"),
    ]
    section.table = table(
        (
            column("person", "person"),
            column("answers_timed", "count"),
            column("rapid", "count"),
            column("rapid_expected"),
            column("effort", "share"),
            column("p_rapid", "p"),
            column("p_rapid_adjusted", "p"),
            column("rapid_right", "count"),
            column("p_rapid_right_adjusted", "p"),
            column("p_pace_adjusted", "p"),
            column("share_right", "share"),
            column("share_right_with_effort", "share"),
            column("kinds", "codes"),
        ),
        [_effort_row(study, found, pace, int(row)) for row in listed],
        refs=entry_refs(study, listed.tolist()),
    )
    counts, edges = np.histogram(found.effort[known], np.linspace(0, 1, 21))
    section.plots = [
        plot(
            "effort",
            "bars",
            x=axis("effort", "share", low=0, high=1),
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
            marks=[mark("x", LEAST_EFFORT, "effort_bound")],
        )
    ]
    return section


def _effort_row(study: Study, found: Effort, pace: Pace | None, row: int) -> list[object]:
    kinds = [
        code
        for code, held in (
            ("low_effort", found.low[row]),
            ("sign_rapid", found.flagged[row]),
            ("sign_rapid_right", found.right_flagged[row]),
            ("sign_pace", pace is not None and pace.flagged[row]),
        )
        if held
    ]
    return [
        study.data.labels[row],
        found.timed[row],
        found.count[row],
        found.expected[row],
        found.effort[row],
        found.p[row],
        found.p_adjusted[row],
        found.rapid_right[row],
        found.p_right_adjusted[row],
        None if pace is None else pace.p_adjusted[row],
        found.share_all[row],
        found.share_effortful[row],
        kinds,
    ]
