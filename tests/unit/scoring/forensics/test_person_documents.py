# SPDX-License-Identifier: Apache-2.0
"""Reports about persons and items as JSON: names beside numbers, None where there is none."""

import json

import numpy as np

from scoring.forensics.drift import item_drift
from scoring.forensics.effort import effort_of
from scoring.forensics.pace import pace_of
from scoring.forensics.patterns import odd_patterns
from scoring.forensics.person_documents import (
    changes_document,
    drift_document,
    effort_document,
    patterns_document,
    surprise_document,
)
from scoring.forensics.surprise import late_changes, right_chances, surprising_rights
from scoring.forensics.time_limits import normative_limits
from scoring.tables import ResponseTable


def answers(persons: int = 120, items: int = 12) -> ResponseTable:
    draw = np.random.default_rng(2)
    ability, difficulty = draw.normal(size=(persons, 1)), np.linspace(-1, 1, items)
    return ResponseTable.of(
        (draw.random((persons, items)) < 1 / (1 + np.exp(difficulty - ability))).astype(float)
    )


def test_effort_is_told_by_person_and_limits_by_item() -> None:
    table = answers()
    times = np.exp(np.random.default_rng(3).normal(3, 0.4, table.scores.shape))
    times[0, :6] = 0.5
    times[:, 11] = np.nan
    times[:8, 11] = 20.0
    limits = normative_limits(times)
    effort = effort_of(table, times, limits)
    document = effort_document(table, limits, effort, pace_of(times))
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    persons, items = document["persons"], document["items"]
    assert isinstance(persons, list)
    assert isinstance(items, list)
    assert (persons[0]["person"], persons[0]["rapid"], persons[0]["timed"]) == ("1", 6, 11)
    assert persons[1]["p_rapid_right"] is None
    assert persons[0]["flagged_pace"] is True
    assert (items[11]["reason"], items[11]["limit_seconds"]) == ("too_few_times", None)
    assert items[0]["rapid"] == 1
    assert "pace" not in effort_document(table, limits, effort, None)["persons"][0]  # type: ignore[index]


def test_patterns_surprises_and_changes_have_a_row_for_each_person() -> None:
    table = answers()
    table.scores[4] = 0.0
    known = right_chances(table, "rasch")
    tested = np.zeros(table.scores.shape, dtype=np.bool_)
    tested[:, 6:] = True
    after = ResponseTable.of(table.scores.copy())
    after.scores[3, 2] = 1 - after.scores[3, 2]
    documents = [
        patterns_document(table, odd_patterns(table, draw=np.random.default_rng(1), model="rasch", draws=99)),
        surprise_document(table, surprising_rights(table, tested, known)),
        changes_document(after, late_changes(table, after, known)),
    ]
    for document in documents:
        rows = document["persons"]
        assert isinstance(rows, list)
        assert [row["person"] for row in rows] == list(table.persons)
        assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    assert documents[0]["persons"][4]["u3"] is None  # type: ignore[index]
    assert documents[1]["persons"][4]["tested"] == 6  # type: ignore[index]
    assert documents[2]["persons"][3]["changed"] == 1  # type: ignore[index]
    assert documents[2]["persons"][0]["p"] is None  # type: ignore[index]


def test_drift_names_the_last_instant_before_the_turn() -> None:
    table = answers()
    table.scores[:, 3] = np.arange(120) >= 60
    table.scores[:90, 5] = np.nan
    days = np.repeat(np.arange(12.0), 10).tolist()
    document = drift_document(item_drift(table, days), [f"day {number}" for number in range(12)])
    items = document["items"]
    assert isinstance(items, list)
    assert items[3]["last_before"] == "day 5"
    assert items[3]["flagged"] is True
    assert (items[5]["last_before"], items[5]["reason"]) == (None, "too_few_answers")
