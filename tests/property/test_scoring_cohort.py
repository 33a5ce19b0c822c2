# SPDX-License-Identifier: Apache-2.0
"""A compiled rule decides every person as `decide` does: random papers, partial marks, gaps, and numbers of every size."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from scoring.api import (
    ReadingContext,
    Verdict,
    bars_of,
    decide,
    decide_node,
    flips,
    format_mark,
    parse_rule,
    readings,
)
from scoring.cohort import VERDICTS, CohortDecision, Column, compile_rule
from scoring.cohort_marks import cohort_marks, decide_tables
from scoring.cohort_readings import decide_with_readings
from scoring.marks import CredentialMarks, MarkTable
from tests.property.rule_oracle import random_rule, random_table
from tests.property.test_scoring_oracle import loaded


def columns_for(draw: random.Random, maxima: Any) -> list[Column]:
    """One to three columns for most cells; some cells have none, and are not marked for anybody."""
    found = []
    for cell, most in maxima.items():
        if draw.random() < 0.9:
            parts = draw.randint(1, 3)
            cuts = [Fraction(draw.randint(1, 9)) for _ in range(parts)]
            for cut in cuts:
                steps = draw.choice((1, 1, 2, 7))
                found.append(Column(cell=cell, step=most * cut / sum(cuts) / steps, steps=steps))
    return found


def marks_of(columns: list[Column], steps: NDArray[Any], gaps: NDArray[np.bool_]) -> dict[Any, Fraction]:
    """The marks of one person; a cell with a gap in any of its columns is not marked."""
    awarded: dict[Any, Fraction] = {}
    for column, number in zip(columns, steps, strict=True):
        awarded[column.cell] = awarded.get(column.cell, Fraction(0)) + column.step * int(number)
    missing = {column.cell for column, gap in zip(columns, gaps, strict=True) if gap}
    return {cell: mark for cell, mark in awarded.items() if cell not in missing}


def compared(found: CohortDecision, person: int, root: Any, trace: Any) -> int:
    assert VERDICTS[found.verdicts[person]] is root.verdict
    assert trace == {
        "verdict": root.verdict.value,
        "bars": {
            bar.path: [bar.verdict.value, format_mark(bar.earned), format_mark(bar.margin)]
            for bar in bars_of(root)
        },
    }
    number = 0
    for bar in bars_of(root):
        assert found.margin(bar.path, person) == bar.margin
        assert bool(found.met[bar.path][person]) is (bar.verdict is Verdict.PASS)
        if bar.ladder:
            reached = int(found.bands[bar.path][person])
            assert (bar.ladder[reached] if reached >= 0 else None) == bar.standing.so_far
        number += 1
    return number


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("gaps", [False, True])
def test_a_cohort_is_decided_as_its_persons_are(seed: int, gaps: bool) -> None:
    draw, rng, number = random.Random(seed), np.random.default_rng(seed), 0
    for _ in range(40):
        table = random_table(draw)
        credential, _ = loaded(table)
        rule = parse_rule({"version": 2, "rule": random_rule(draw, table)}, credential=credential)
        columns = columns_for(draw, credential.maxima)
        compiled = compile_rule(rule, credential, columns)
        most = np.array([column.steps for column in columns], dtype=np.int64)
        steps = rng.integers(0, most + 1, size=(5, len(columns)))
        # All columns of a cell are missing together: so does `decide` see it.
        cells = sorted({column.cell for column in columns}, key=str)
        gone = [{cell for cell in cells if gaps and draw.random() < 0.2} for _ in range(5)]
        missing = np.array([[column.cell in out for column in columns] for out in gone], dtype=np.bool_)
        missing = missing.reshape(5, len(columns))
        found = compiled.decide(steps, missing=missing if gaps else None)
        traces = found.traces()
        for person in range(5):
            awarded = marks_of(columns, steps[person], missing[person])
            number += compared(found, person, decide(credential, awarded, rule).root, traces[person])
    assert number > 400


PARTS = (1, 2, 2, 2, 3, 4, 7)


def tables_of(draw: random.Random, credential: CredentialMarks, gaps: float, persons: int) -> list[MarkTable]:
    """People with marks in whole and broken numbers around a level of their own, some at a bar, some without marks."""
    found = []
    for _ in range(persons):
        level, awarded = draw.choice((Fraction(1, 2), Fraction(7, 10), Fraction(draw.randint(0, 20), 20))), {}
        for cell, most in credential.maxima.items():
            if draw.random() < gaps:
                continue
            if draw.random() < 0.5:
                awarded[cell] = most * level
            else:
                parts = draw.choice(PARTS)
                awarded[cell] = Fraction(draw.randint(0, int(most * parts)), parts)
        found.append(MarkTable(credential=credential, awarded=awarded))
    return found


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("gaps", [0.0, 0.15])
def test_everybody_is_decided_and_read_otherwise_as_one_by_one(seed: int, gaps: float) -> None:
    draw, flipped = random.Random(100 + seed), 0
    for _ in range(25):
        table = random_table(draw)
        credential, _ = loaded(table)
        rule = parse_rule({"version": 2, "rule": random_rule(draw, table)}, credential=credential)
        others = readings(rule, credential, ReadingContext(level=Fraction(3)))
        tables = tables_of(draw, credential, gaps, persons=6)
        found = decide_with_readings(rule, tables, others)
        roots = [decide_node(rule.root, one) for one in tables]
        assert [root for root, _ in found] == roots == decide_tables(rule, tables)
        expected = [flips(root, one, rule, others) for root, one in zip(roots, tables, strict=True)]
        assert [flips_of for _, flips_of in found] == expected
        flipped += sum(len(one) for one in expected)
    assert flipped > 30


def test_marks_in_parts_that_no_machine_counts_are_decided_one_by_one() -> None:
    fine = Fraction(1, 10**12 - 11), Fraction(1, 10**12 - 39)  # denominators without a common factor
    draw = random.Random(12)
    table = random_table(draw)
    credential, _ = loaded(table)
    rule = parse_rule({"version": 2, "rule": random_rule(draw, table)}, credential=credential)
    others = readings(rule, credential)
    tables = [
        MarkTable(
            credential,
            {cell: most * Fraction(3, 4) + part for cell, most in credential.maxima.items() if most >= 1},
        )
        for part in fine
    ]
    assert cohort_marks(tables) is None
    found = decide_with_readings(rule, tables, others)
    roots = [decide_node(rule.root, one) for one in tables]
    assert [root for root, _ in found] == roots == decide_tables(rule, tables)
    assert [own for _, own in found] == [
        flips(root, one, rule, others) for root, one in zip(roots, tables, strict=True)
    ]


def test_of_nobody_nothing_is_decided() -> None:
    draw = random.Random(13)
    table = random_table(draw)
    credential, _ = loaded(table)
    rule = parse_rule({"version": 2, "rule": random_rule(draw, table)}, credential=credential)
    assert cohort_marks([]) is None
    assert decide_tables(rule, []) == decide_with_readings(rule, [], readings(rule, credential)) == []
