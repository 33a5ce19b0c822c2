# SPDX-License-Identifier: Apache-2.0
"""What a report comes down to where verdicts hang on the paper that was drawn: by the results, not by totals alone."""

from __future__ import annotations

from typing import Any

from web.presenters.analysis_summary import Point, summary


def in_short(**counts: int) -> list[Point]:
    """Of a report on papers with these figures."""
    figures = [{"code": code, "value": value, "unit": "count"} for code, value in counts.items()]
    empty: dict[str, Any] = {"figures": [], "table": None, "unavailable": None}
    sections = [{**empty, "id": name} for name in ("overlap", "forms", "links")]
    turned = {**empty, "id": "turned", "figures": figures}
    return summary({"kind": "forms", "batch": {"persons": 80}, "sections": [*sections, turned]})


def test_who_stands_against_the_result_or_has_none_yet_is_to_be_reviewed() -> None:
    (point,) = in_short(turned=7, against_result=2, without_result=1)
    assert (point.tone, point.section) == ("warning", "turned")
    assert point.text.startswith("3 verdicts hang on the paper")


def test_totals_that_would_turn_but_agree_with_the_results_ask_for_nothing() -> None:
    (point,) = in_short(turned=7, against_result=0, without_result=0)
    assert (point.tone, point.section) == ("info", "turned")
    assert "every result already says so" in point.text


def test_where_no_total_would_turn_nothing_hangs_on_the_paper() -> None:
    (point,) = in_short(turned=0, against_result=0, without_result=0)
    assert (point.tone, point.text) == ("success", "No verdict hangs on the paper that was drawn.")
