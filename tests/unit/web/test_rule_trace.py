# SPDX-License-Identifier: Apache-2.0
"""The rule as it decided one result: what is said beside each of its sentences."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from item_bank.api import load_sample
from item_bank.standards.parsing import parse_credential
from scoring.api import decide
from tests.unit.item_bank.builders import share
from tests.unit.item_bank.standards.test_rule_nodes import BANDS, ruled
from web.presenters.rule_trace import rule_trace

SAMPLE = load_sample().credential


@pytest.fixture(autouse=True)
def in_a_request() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def compensate(limit: str = "2", unit: str = "marks", basis: str = "raw") -> dict[str, Any]:
    bars = [share({"pc": f"PC{number}"}, "7/10") for number in (1, 2, 3)]
    for bar in bars:
        bar["share"]["basis"] = basis
    return {"compensate": {"k": 1, "limit": limit, "unit": unit, "of": bars}}


def traced(rule: Any, shares: dict[str, str], *, without: str = "") -> list[dict[str, Any]]:
    """The trace of somebody with a share of the marks of each PC, all of the others; `without`: a component not marked."""
    document = parse_credential(ruled(rule, of=SAMPLE))
    marks = {
        cell: most * Fraction(shares.get(str(cell.pc), "1"))
        for cell, most in document.marks.maxima.items()
        if cell.component != without
    }
    decision = decide(document.marks, marks, document.rule)
    return rule_trace(decision.to_document()["root"], document)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("shares", "verdict", "note"),
    [
        ({}, "pass", "Nothing had to be made up for."),
        (
            {"PC1": "1/2"},
            "pass",
            "1 is missed, by 2 marks. The others are above theirs by 6 marks: that makes up for it.",
        ),
        ({"PC1": "1/2", "PC2": "1/2"}, "fail", "2 are missed; at most 1 may be."),
        ({"PC1": "2/5"}, "fail", "Missed by more than 2 marks: PC1."),
        (
            {"PC1": "1/2", "PC2": "7/10", "PC3": "8/10"},
            "fail",
            "What is missed lacks 2 marks. The others are above theirs by 1 mark: that does not make up for it.",
        ),
    ],
)
def test_a_compensation_says_why_it_holds_or_does_not(
    shares: dict[str, str], verdict: str, note: str
) -> None:
    first = traced(compensate(), shares)[0]
    assert (first["verdict"], first["note"]) == (verdict, note)


def test_a_bar_that_is_made_up_for_says_so_and_one_that_is_not_is_missed() -> None:
    lines = traced(compensate(), {"PC1": "1/2"})
    assert [(line["depth"], line["verdict"], line["note"]) for line in lines[1:]] == [
        (1, "made_up", "Missing: 2 marks."),
        (1, "pass", ""),
        (1, "pass", ""),
    ]
    assert traced(compensate(), {"PC1": "2/5"})[1]["verdict"] == "fail"


def test_limits_in_shares_and_weighted_bars_have_their_own_units() -> None:
    assert (
        "by 20 %. The others are above theirs by 60 %"
        in traced(compensate("1/5", "share"), {"PC1": "1/2"})[0]["note"]
    )
    weighted = traced(compensate("5", basis="weighted"), {"PC1": "3/5"})
    assert "1 is missed, by 5/3 percentage points." in weighted[0]["note"]
    assert weighted[1]["note"].endswith("percentage points.")


def test_groups_count_what_is_met_and_exactly_enough_is_said_to_be_enough() -> None:
    group = {"at_least": {"k": 2, "of": [share({"pc": f"PC{number}"}, "7/10") for number in (1, 2, 3)]}}
    lines = traced({"all_of": [group, share({"pc": "PC4"}, "7/10")]}, {"PC1": "1/2", "PC4": "7/10"})
    assert [line["note"] for line in lines] == [
        "",
        "2 of 3 are met; 2 are needed.",
        "Missing: 2 marks.",
        "",
        "",
        "Exactly reached, which is enough.",
    ]
    assert [line["depth"] for line in lines] == [0, 1, 2, 2, 2, 1]
    missed = traced({"all_of": [group, share({"pc": "PC4"}, "7/10")]}, {"PC4": "3/5"})
    assert missed[0]["note"] == "1 of 2 are met; 2 are needed."
    either = {"any_of": [share({"pc": "PC1"}, "7/10"), share({"pc": "PC2"}, "7/10")]}
    assert traced(either, {})[0]["note"] == "2 of 2 are met; 1 are needed."


def test_missing_marks_and_bands_are_named() -> None:
    assert traced(BANDS, {}, without="viva")[0]["verdict"] == "pass"
    lines = traced(share({"pc": "PC1"}, "1"), {}, without="viva")
    assert (lines[0]["verdict"], lines[0]["note"]) == ("incomplete", "Marks are still missing.")
    missed = traced(BANDS, {f"PC{number}": "1/2" for number in range(1, 7)})[0]
    assert (missed["verdict"], missed["note"]) == ("fail", "Missing: 12 marks.")
