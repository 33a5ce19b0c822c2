# SPDX-License-Identifier: Apache-2.0
"""A right and a wrong answer to each of the rich items, and what they earn.

Answers are in the bank's terms: `{part: value}` as a response is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answers:
    """A right and a wrong answer, and what each earns without a person's marks, as exact text."""

    right: Mapping[str, Any]
    wrong: Mapping[str, Any]
    earns: str = "1"
    wrong_earns: str = "0"


def _one(right: Any, wrong: Any, **earns: str) -> Answers:
    return Answers({"RESPONSE": right}, {"RESPONSE": wrong}, **earns)


ANSWERS: Mapping[str, Answers] = {
    "choice_single": _one(["B"], ["A"]),
    "choice_multiple": _one(["B", "A"], ["A", "C"]),
    "inline_choice": _one(["C"], ["A"]),
    "text_entry": _one(" १९३० ", "100"),
    "numeric": _one("२३४.५", "240"),
    "extended_text": _one("So that nobody is hurt.", "I do not know", earns="0"),
    "match": _one([["B", "X"], ["C", "Y"]], [["B", "Y"], ["C", "X"]]),
    "order": _one(["C", "A", "B"], ["A", "B", "C"]),
    "associate": _one([["B", "A"], ["C", "D"]], [["A", "C"], ["B", "D"]]),
    "gap_match": _one([["A", "G1"], ["B", "G2"]], [["A", "G1"], ["C", "G2"]], wrong_earns="0.5"),
    "hottext": _one(["B"], ["C"]),
    "hotspot": _one(["B", "A"], ["B", "C"]),
    "select_point": _one([[170, 110]], [[20, 20]]),
    "graphic_order": _one(["B", "C", "A"], ["A", "B", "C"]),
    "graphic_associate": _one([["C", "A"]], [["A", "B"]]),
    "graphic_gap_match": _one([["X", "B"], ["Y", "C"]], [["X", "A"], ["Y", "C"]]),
    "position_object": _one([[240, 150], [50, 50]], [[50, 50], [160, 100]], wrong_earns="0.5"),
    "slider": _one("70", "65"),
    "upload": _one({"upload": "01upload", "name": "drawing.png"}, None, earns="0"),
    "composite": Answers(
        {"R1": ["A"], "R2": "1,930", "R3": "It may catch fire."}, {"R1": ["B"], "R2": "about 1930"}, earns="2"
    ),
}
"""Answers by kind."""
