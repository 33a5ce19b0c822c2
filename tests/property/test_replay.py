# SPDX-License-Identifier: Apache-2.0
"""Random papers, rules with every node, and marks: the script that imports nothing of ours derives the same records."""

from __future__ import annotations

import random
import runpy
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from scoring.api import Cell, credential_marks, parse_rule
from scoring.rescoring.api import Entry, ItemKey, Key, Paper, Scorer, Treatment, replay_document, scorer
from tests.property.rule_oracle import Table, random_rule, random_table, verdict

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "rederive"))


def made(draw: random.Random, table: Table, rule: dict[str, Any]) -> tuple[Scorer, dict[str, str]]:
    """The table as a paper, each cell with a given mark, or with two choice items that come to the same."""
    cells = [
        (
            Cell(nos=row.nos, element=row.element, pc=row.pc, item=row.item, component=row.component),
            row.maximum,
        )
        for row in table.rows
    ]
    items: dict[str, ItemKey] = {}
    responses: dict[str, str] = {}
    for place, row in enumerate(table.rows):
        if row.mark is None or row.maximum == 0 or draw.random() < 0.5:
            items[f"given {place}"] = ItemKey(row.maximum, (place,), {}, Treatment.GIVEN)
            if row.mark is not None:
                responses[f"given {place}"] = str(row.mark)
        else:
            for part in ("a", "b"):
                item = f"{part} {place}"
                items[item] = ItemKey(
                    Fraction(3), (place,), {"अ": 3 * row.mark / row.maximum, "B": Fraction(1)}
                )
                responses[item] = "अ"
    marks = credential_marks(cells, weights=table.weights)
    return scorer(Key(items), Paper(marks, parse_rule({"version": 2, "rule": rule}))), responses


def derived(seed: int, number: int) -> Counter[str]:
    draw = random.Random(seed)
    seen: Counter[str] = Counter()
    for _ in range(number):
        table = random_table(draw)
        rule = random_rule(draw, table)
        fitted, responses = made(draw, table, rule)
        document = replay_document([Entry("p", responses, fitted)], code="test")
        assert SCRIPT["check"](document, document["head"]) == []
        (record,) = document["records"]  # type: ignore[misc]
        assert record["verdict"] == verdict(table, rule)
        seen[record["verdict"]] += 1
        for other in {"pass", "fail", "incomplete"} - {record["verdict"]}:
            record["verdict"] = other
            assert SCRIPT["check"](document, document["head"]) == ["record 0: verdict, sha256"]
    return seen


def test_random_records_are_derived_again_and_every_other_verdict_is_refused() -> None:
    assert min(derived(1, 250).values()) >= 20


@pytest.mark.battery
@pytest.mark.timeout(3_600)
def test_a_hundred_thousand_random_records_are_derived_again() -> None:
    assert min(derived(2, 100_000).values()) >= 1_000
