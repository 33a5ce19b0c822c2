# SPDX-License-Identifier: Apache-2.0
"""Verdicts that hang on the paper beside the results, what stands in for a bar on the whole, and papers that are sampled."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from assessor.analyses.data import BatchData
from assessor.analyses.reports import ability, certainty, decisions, forms, paper
from assessor.analyses.reports.study import Source, StandIn, bars_of, study_of
from item_bank.api import load_sample, parse_credential
from item_bank.samples import MASON_GENERAL
from tests.unit.assessor.analyses.synthetic import batch, credential
from tests.unit.assessor.analyses.test_report_findings import figures, notes, rows, sections, silent
from tests.unit.assessor.analyses.test_report_reasons import OF_ONE_NOS


def hard_second_paper() -> BatchData:
    """240 people on two papers; whoever had the second one lost half of its own answers."""
    data = batch(persons=240, forms=2, per_pc=6, common=3, seed=5)
    marks, draw = data.marks.copy(), np.random.default_rng(9)
    for place, item in enumerate(data.items):
        if int(item.label[-2:]) > 6:
            lost = ~np.isnan(marks[:, place]) & (draw.random(len(marks)) < 0.5)
            marks[lost, place] = 0.0
    return replace(data, marks=marks)


def with_verdicts(data: BatchData, verdicts: dict[str, bool | None], *, others: bool) -> BatchData:
    people = tuple(replace(one, passed=verdicts.get(one.label, others)) for one in data.persons)
    return replace(data, persons=people)


def test_a_verdict_that_hangs_on_the_paper_stands_beside_the_result_and_those_against_it_first() -> None:
    data = hard_second_paper()
    names = [row["person"] for row in rows(sections(forms, data)["turned"])]
    assert len(names) > 4
    verdicts: dict[str, bool | None] = {**dict.fromkeys(names, True), names[-1]: False, names[-2]: None}
    found = sections(forms, with_verdicts(data, verdicts, others=True))["turned"]
    first, *others = rows(found)
    turns = {row["person"]: row["turn"] for row in rows(found)}
    assert turns[names[-1]] == "would_pass"
    told = {row["person"]: (row["verdict"], row["against_result"]) for row in rows(found)}
    assert told[names[-1]] == ("failed", True)
    assert told[names[-2]] == ("no_result", False)
    against = [name for name in names if told[name][1]]
    assert [name for name in told if told[name][1]] == list(told)[: len(against)]
    for name in names[:-2]:
        assert told[name] == ("passed", turns[name] == "would_fail")
    assert first["against_result"] is True
    assert figures(found)["against_result"] == len(against) < figures(found)["turned"] == len(others) + 1
    assert figures(found)["without_result"] == 1
    assert "one_bar_only" in notes(found)


def test_items_of_unequal_worth_count_as_one_mark_each_in_the_luck_of_papers_and_it_says_so() -> None:
    data = batch(persons=120, forms=2, per_pc=6, common=3)
    assert not {"unequal_marks", "one_mark_each"} & set(notes(sections(forms, data)["turned"]))
    for heavy, note in (
        (range(0, len(data.items), 4), "unequal_marks"),
        (range(len(data.items)), "one_mark_each"),
    ):
        worth = np.array([2 if place in heavy else 1 for place in range(len(data.items))])
        items = tuple(
            replace(item, maximum=Fraction(int(w))) for item, w in zip(data.items, worth, strict=True)
        )
        found = sections(forms, replace(data, items=items, marks=data.marks * worth))
        for name in ("forms", "turned"):
            assert {"unequal_marks", "one_mark_each"} & set(notes(found[name])) == {note}


def decided(data: BatchData) -> dict[str, Any]:
    return decisions.decisions(study_of(data), silent).document()


def test_of_a_mason_seventy_in_each_nos_stands_in_for_the_whole() -> None:
    mason = parse_credential(load_sample(MASON_GENERAL).credential)
    data = batch(persons=60, per_pc=1, document=mason)
    assert bars_of(data).total is None
    assert bars_of(data).implied == StandIn(Fraction(7, 10), Source.NOS)
    found = decided(data)
    for row in rows(found):
        assert 0.5 < row["accuracy"] < 1, row["method"]
    assert "cut_from_nos" in notes(found)


def test_every_part_that_looks_at_a_bar_which_stands_in_says_so() -> None:
    data = replace(batch(persons=200, forms=2, per_pc=4, common=2), credential=credential(rule=OF_ONE_NOS))
    sure, luck = sections(certainty, data), sections(forms, data)
    found: dict[str, Any] = {
        **{name: sure[name] for name in ("decisions", "borderline", "standard_errors")},
        **{name: luck[name] for name in ("forms", "turned", "links")},
        "totals": sections(paper, data)["totals"],
        "information": sections(ability, data)["information"],
    }
    assert [name for name, section in found.items() if "cut_from_nos" not in notes(section)] == []
    assert figures(found["information"])["ability_at_bar"] is not None
    (line,) = found["totals"]["plots"][0]["marks"]
    assert (line["code"], line["at"]) == ("bar_of_parts", 0.6)


def rule_of(**shares: str) -> dict[str, Any]:
    """Each PC must reach its share."""
    bars = [
        {"share": {"scope": {"pc": pc}, "component": "all", "basis": "raw", "at_least": share}}
        for pc, share in shares.items()
    ]
    return {"version": 1, "rule": {"all_of": bars}}


def test_where_criteria_ask_for_different_shares_their_mean_by_marks_stands_in() -> None:
    asked = {"PC1": "1/2", "PC2": "1/2", "PC3": "1/2", "PC4": "1/2", "PC5": "1/2", "PC6": "9/10"}
    data = batch(persons=60, per_pc=3, document=credential(rule=rule_of(**asked)))
    assert bars_of(data).implied == StandIn(Fraction(34, 60), Source.MEAN)
    heavy = tuple(replace(item, maximum=Fraction(5 if item.pc == "PC6" else 1)) for item in data.items)
    heavier = replace(data, items=heavy, marks=data.marks * np.array([float(item.maximum) for item in heavy]))
    assert bars_of(heavier).cut == Fraction(7, 10)
    found = decided(data)
    assert "cut_from_mean" in notes(found)
    assert figures(found)["bar"] == pytest.approx(34 / 60)
    alike = batch(persons=60, per_pc=3, document=credential(rule=rule_of(**dict.fromkeys(asked, "3/5"))))
    assert bars_of(alike).implied == StandIn(Fraction(3, 5), Source.CRITERIA)
    assert notes(decided(alike))[:2] == ["one_bar_only", "cut_from_criteria"]


def test_of_many_papers_an_even_sample_gives_nearly_what_all_give(monkeypatch: pytest.MonkeyPatch) -> None:
    data = batch(persons=160, forms=8, per_pc=5, common=3)
    whole = {row["method"]: row for row in rows(decided(data))}
    monkeypatch.setattr(decisions, "MOST_FORMS", 4)
    section = decided(data)
    for row in rows(section):
        assert row["accuracy"] == pytest.approx(whole[row["method"]]["accuracy"], abs=0.02)
    assert "papers_sampled" in notes(section)
    assert "papers_sampled" not in notes(decided(batch(persons=60, per_pc=3)))
