# SPDX-License-Identifier: Apache-2.0
"""What reports say where the data are short of something: results, bars, items, instants, marks in whole steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import numpy as np

from assessor.analyses.data import BatchData
from assessor.analyses.reports import certainty, forensics, paper
from assessor.analyses.reports.decisions import decisions
from assessor.analyses.reports.dependability import Source, dependability
from assessor.analyses.reports.study import study_of
from tests.unit.assessor.analyses.synthetic import START, batch, credential
from tests.unit.assessor.analyses.test_report_findings import figures, notes, rows, sections, silent

NOS = "SDP/N0701"
OF_ONE_NOS = {
    "version": 1,
    "rule": {"share": {"scope": {"nos": NOS}, "component": "all", "basis": "raw", "at_least": "3/5"}},
}


def reason(section: dict[str, Any]) -> str | None:
    return None if section["unavailable"] is None else str(section["unavailable"]["code"])


def of_items(data: BatchData, chosen: list[int]) -> BatchData:
    """Only these items."""
    return replace(
        data,
        items=tuple(data.items[place] for place in chosen),
        marks=data.marks[:, chosen],
        answered=data.answered[:, chosen],
        choices=data.choices[:, chosen],
        seconds=data.seconds[:, chosen],
        changes=(),
    )


def test_without_any_result_awards_have_a_reason_and_verdicts_say_so() -> None:
    data = batch(persons=20, per_pc=2)
    data = replace(data, persons=tuple(replace(one, passed=None, cells={}) for one in data.persons))
    told = sections(paper, data)
    assert (reason(told["standards"]), reason(told["components"])) == ("no_results", "no_results")
    assert {row["verdict"] for row in rows(sections(certainty, data)["mastery"])} == {"no_result"}


OF_ONE_PC = {
    "version": 1,
    "rule": {"share": {"scope": {"pc": "PC1"}, "component": "all", "basis": "raw", "at_least": "3/5"}},
}


def without_thresholds(data: BatchData) -> BatchData:
    """The same answers to PCs for which the document states no threshold."""
    (nos,) = data.credential.nos
    free = replace(nos, pcs=tuple(replace(pc, threshold=None) for pc in nos.pcs))
    return replace(data, credential=replace(data.credential, nos=(free,)))


def test_a_rule_that_says_nothing_of_most_parts_says_nothing_of_totals() -> None:
    data = batch(persons=40, per_pc=3, document=credential(rule=OF_ONE_PC))
    found = sections(certainty, without_thresholds(data))
    assert reason(found["decisions"]) == "no_total_bar"
    assert {tuple(row["reasons"]) for row in rows(found["borderline"])} == {("no_total_bar",)}
    errors = {row["nos"]: row for row in rows(found["standard_errors"])}
    assert (errors["credential"]["in_doubt"], errors["credential"]["reasons"]) == (None, ["no_threshold"])


def test_what_every_nos_asks_for_stands_in_for_a_bar_on_the_whole() -> None:
    data = replace(batch(persons=40, per_pc=3), credential=credential(rule=OF_ONE_NOS))
    found = sections(certainty, data)
    assert figures(found["decisions"])["bar"] == 0.6
    assert all(
        "cut_from_nos" in notes(found[name]) for name in ("decisions", "borderline", "standard_errors")
    )
    errors = {row["nos"]: row for row in rows(found["standard_errors"])}
    assert errors[NOS]["threshold"] == errors["credential"]["threshold"] == 0.6
    # No PC is needed by itself: whatever is in doubt can turn the verdict.
    assert {row["verdict_hangs"] for row in rows(found["borderline"]) if row["criteria_in_doubt"]} == {True}


def test_a_criterion_without_a_threshold_is_left_out_of_mastery_and_named() -> None:
    data = batch(persons=12, per_pc=2)
    document = data.credential
    first, *others = document.nos[0].pcs
    free = replace(first, threshold=None, label="")
    nos = replace(document.nos[0], pcs=(free, *others))
    changed = replace(document, nos=(nos, *document.nos[1:]), rule=credential(rule=OF_ONE_NOS).rule)
    found = sections(certainty, replace(data, credential=changed))
    (row,) = [row for row in rows(found["criteria"]) if row["pc"] == free.printed]
    assert (row["threshold"], row["reasons"]) == (None, ["no_threshold"])
    assert free.printed not in rows(found["mastery"])[0]
    (note,) = [note for note in found["mastery"]["notes"] if note["code"] == "criteria_left_out"]
    assert note["names"] == [free.printed]


def test_one_item_has_no_standard_error() -> None:
    found = sections(certainty, of_items(batch(persons=35, per_pc=2), [0]))
    assert reason(found["standard_errors"]) == "few_items"
    assert {tuple(row["reasons"]) for row in rows(found["borderline"])} <= {("few_items",)}
    assert dependability(study_of(of_items(batch(persons=35), [0]))).value is None


def test_where_nearly_everybody_has_a_paper_of_his_own_an_even_sample_of_papers_stands_for_all() -> None:
    data = batch(persons=90, forms=45, per_pc=3, common=1)
    section: dict[str, Any] = decisions(study_of(data), silent).document()
    found = {row["method"]: row for row in rows(section)}
    for method in ("lee", "rudner", "livingston_lewis"):
        assert 0.5 < found[method]["consistency"] <= found[method]["accuracy"] < 1
        assert found[method]["reasons"] == []
    told = {note["code"]: note for note in section["notes"]}
    assert (told["papers_sampled"]["shown"], told["papers_sampled"]["forms"]) == (40, 45)
    assert 0 < told["papers_left_out"]["count"] < 10  # two people had each of the others' items
    assert dependability(study_of(data)).source is Source.DEPENDABILITY


def test_items_of_unequal_worth_are_said_to_count_as_one_each() -> None:
    data = batch(persons=80, per_pc=4)
    double = np.arange(len(data.items)) % 4 == 0
    heavy = tuple(
        replace(item, maximum=Fraction(2)) if twice else item
        for item, twice in zip(data.items, double, strict=True)
    )
    data = replace(data, items=heavy, marks=data.marks * np.where(double, 2.0, 1.0))
    found = sections(certainty, data)
    assert "unequal_marks" in notes(found["criteria"])
    assert "unequal_marks" in notes(found["decisions"])
    assert "unequal_marks" not in notes(sections(certainty, batch(persons=80, per_pc=4))["decisions"])


def test_marks_that_are_no_whole_steps_settle_no_criterion() -> None:
    data = batch(persons=40, per_pc=3)
    marks = data.marks.copy()
    marks[:10, 0] = 0.5
    (row, *others) = rows(sections(certainty, replace(data, marks=marks))["criteria"])
    assert row["reasons"] == ["marks_not_in_steps"]
    assert all("marks_not_in_steps" not in other["reasons"] for other in others)


def leaked(data: BatchData, item: int, *, after: int) -> BatchData:
    """From one day on an item is known to everybody."""
    later = np.array(
        [one.started_at >= START + timedelta(days=after) for one in data.persons if one.started_at]
    )
    marks = data.marks.copy()
    marks[later, item] = data.maxima[item]
    return replace(data, marks=marks)


def test_an_item_that_became_easier_is_named_with_the_day_and_who_may_have_known_it() -> None:
    data = batch(persons=240, per_pc=4, seed=6)
    hardest = int(np.argmin(np.nanmean(data.marks, axis=0)))
    found = sections(forensics, leaked(data, hardest, after=14))
    flagged = [row for row in rows(found["drift"]) if row["flagged"]]
    assert [row["item"] for row in flagged] == [data.items[hardest].label]
    assert flagged[0]["share_before"] < flagged[0]["share_after"]
    assert flagged[0]["last_before"].startswith("2026-11-1")
    assert figures(found["exposed"])["items_drifted"] == 1
    assert figures(found["exposed"])["persons_flagged"] == len(rows(found["exposed"]))


def test_without_instants_nothing_is_said_of_drift() -> None:
    data = batch(persons=40, per_pc=2)
    data = replace(data, persons=tuple(replace(one, started_at=None) for one in data.persons))
    found = sections(forensics, data)
    assert (reason(found["drift"]), reason(found["exposed"])) == ("no_instants", "no_instants")


def test_where_every_item_earns_parts_of_marks_signs_of_right_and_wrong_have_a_reason() -> None:
    data = batch(persons=40, per_pc=2, parts=12)
    found = sections(forensics, data)
    assert {reason(found[name]) for name in ("drift", "exposed")} == {"items_with_parts"}
