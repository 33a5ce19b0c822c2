# SPDX-License-Identifier: Apache-2.0
"""Reports about single persons and items as JSON can hold them: effort, pace, odd patterns, drift, surprises; no sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.forensics.drift import ItemDrift
from scoring.forensics.effort import Effort
from scoring.forensics.pace import Pace
from scoring.forensics.patterns import OddPatterns
from scoring.forensics.surprise import LateChanges, Surprise
from scoring.forensics.time_limits import TimeLimits
from scoring.tables import ResponseTable


def effort_document(
    table: ResponseTable, limits: TimeLimits, effort: Effort, pace: Pace | None
) -> dict[str, object]:
    """Per item the limit in seconds, per person the rapid answers; `pace` only where there are times enough for a model."""
    columns: dict[str, NDArray[Any]] = {
        "timed": effort.timed,
        "rapid": effort.count,
        "effort": effort.effort,
        "low_effort": effort.low,
        "rapid_expected": effort.expected,
        "p": effort.p,
        "p_adjusted": effort.p_adjusted,
        "flagged": effort.flagged,
        "rapid_right": effort.rapid_right,
        "rapid_right_expected": effort.rapid_right_expected,
        "p_rapid_right": effort.p_right,
        "p_rapid_right_adjusted": effort.p_right_adjusted,
        "flagged_rapid_right": effort.right_flagged,
        "share_right": effort.share_all,
        "share_right_with_effort": effort.share_effortful,
    }
    if pace is not None:
        columns |= {
            "pace": pace.pace,
            "pace_misfit": pace.misfit,
            "pace_df": pace.df,
            "p_pace": pace.p,
            "p_pace_adjusted": pace.p_adjusted,
            "flagged_pace": pace.flagged,
        }
    items = [
        {"item": item, "limit_seconds": None if reason else seconds, "rapid": int(count), "reason": reason}
        for item, seconds, count, reason in zip(
            table.items, limits.seconds.tolist(), effort.rapid.sum(axis=0), limits.reasons, strict=True
        )
    ]
    return {"items": items, "persons": _rows(table.persons, columns)}


def patterns_document(table: ResponseTable, found: OddPatterns) -> dict[str, object]:
    """Per person lz, lz* and U3 with their p-values; `reason` where there is no lz*."""
    columns: dict[str, NDArray[Any]] = {
        "ability": found.ability,
        "lz": found.lz,
        "lz_star": found.lz_star,
        "p_normal": found.p_normal,
        "skewness": found.skewness,
        "p": found.p,
        "p_adjusted": found.p_adjusted,
        "flagged": found.flagged,
        "guttman_errors": found.guttman.errors,
        "guttman_normed": found.guttman.normed,
        "u3": found.guttman.u3,
        "p_u3": found.guttman.p,
        "p_u3_adjusted": found.guttman.p_adjusted,
        "flagged_u3": found.guttman.flagged,
    }
    rows = _rows(table.persons, columns)
    return {"persons": [row | {"reason": reason} for row, reason in zip(rows, found.reasons, strict=True)]}


def drift_document(found: Sequence[ItemDrift], instants: Sequence[object]) -> dict[str, object]:
    """Per item how its difficulty moved; `last_before` is the last instant (each once, in order) before it became easier."""
    return {
        "items": [
            {
                "item": one.item,
                "answers": one.answers,
                "easier": one.easier,
                "p_easier": one.p_easier,
                "p_adjusted": one.p_adjusted,
                "flagged": one.flagged,
                "harder": one.harder,
                "p_harder": one.p_harder,
                "last_before": None if one.turn is None else instants[one.turn],
                "share_right_before": one.early,
                "share_right_after": one.late,
                "z_since": one.z,
                "p_since": one.p_after,
                "reason": one.reason,
            }
            for one in found
        ]
    }


def surprise_document(table: ResponseTable, found: Surprise) -> dict[str, object]:
    """Per person the right answers among those tested, and what the others led to expect."""
    return {"persons": _rows(table.persons, _surprise_columns(found))}


def changes_document(table: ResponseTable, found: LateChanges) -> dict[str, object]:
    """Per person the changed answers, and whether they were surprisingly right."""
    columns: dict[str, NDArray[Any]] = {
        "changed": found.changed,
        "wrong_to_right": found.wrong_to_right,
        "right_to_wrong": found.right_to_wrong,
        "wrong_to_wrong": found.wrong_to_wrong,
        "new": found.new,
    }
    return {"persons": _rows(table.persons, columns | _surprise_columns(found.surprise))}


def _surprise_columns(found: Surprise) -> dict[str, NDArray[Any]]:
    return {
        "tested": found.tested,
        "right": found.right,
        "expected": found.expected,
        "sd": found.sd,
        "index": found.index,
        "p": found.p,
        "p_adjusted": found.p_adjusted,
        "flagged": found.flagged,
    }


def _rows(persons: Sequence[str], columns: dict[str, NDArray[Any]]) -> list[dict[str, object]]:
    """One object a person; what is not a number is None."""
    lists = [
        [None if isinstance(value, float) and not np.isfinite(value) else value for value in column.tolist()]
        for column in columns.values()
    ]
    return [
        {"person": person} | dict(zip(columns, values, strict=True))
        for person, *values in zip(persons, *lists, strict=True)
    ]
