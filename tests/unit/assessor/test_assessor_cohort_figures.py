# SPDX-License-Identifier: Apache-2.0
"""The figures of a cohort, from documents that are made by hand."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations

import pytest

from assessor.results.cohort_figures import (
    Cohort,
    CohortBatch,
    CohortResult,
    Hidden,
    Part,
    PartLevel,
    Tally,
    cohort_of,
    hidden_batches,
    hidden_of,
    parts_of,
    wilson,
)
from assessor.results.document import Evidence, compute
from item_bank.api import CredentialDocument, load_sample, parse_credential
from tests.unit.assessor.test_assessor_result_document import credential, evidence

SAMPLE = load_sample().credential
NOS = SAMPLE["nos"][0]["code"]
AT = datetime(2026, 11, 1, tzinfo=UTC)


def batch(name: str, people: int = 9) -> CohortBatch:
    return CohortBatch(id=name, name=name, agency_id="agency", held_at=AT, people=people)


def result(one: Evidence, where: str = "b1", **groups: str) -> CohortResult:
    found = compute(one)
    return CohortResult(
        result_id="r", batch_id=where, groups=groups, passed=found.passed, document=found.document
    )


def failing(one: Evidence | None = None) -> Evidence:
    """All four items of PC1 wrong: 6 of 10 marks, where 7 are needed."""
    whole = one or evidence()
    return replace(whole, values={**whole.values, **{f"PC1-{number}": ("B",) for number in range(4)}})


def looked_at(
    results: list[CohortResult], names: tuple[str, ...] = ("b1",), asked: tuple[str, ...] = ()
) -> Cohort:
    """The figures of the `asked` batches (all of them, if empty) among those of some names."""
    counts = Counter(one.batch_id for one in results)
    every = [batch(name, counts[name]) for name in names]
    shown = [one for one in every if not asked or one.id in asked]
    return cohort_of(
        [one for one in results if one.batch_id in {each.id for each in shown}],
        credential=credential(),
        batches=shown,
        groups=("language",),
        hidden=hidden_batches(every, ()),
    )


def test_a_cohort_counts_who_reaches_each_part() -> None:
    cohort = looked_at([result(evidence()) for _ in range(4)] + [result(failing()) for _ in range(2)])
    assert cohort.whole == Tally(6, 4)
    rows = {one.part: one for one in cohort.parts}
    first = rows[Part(PartLevel.PC, NOS, "PC1")]
    assert first.tally == Tally(6, 4)
    assert first.mean_share == pytest.approx((4 * 1 + 2 * 0.6) / 6)
    assert rows[Part(PartLevel.PC, NOS, "PC2")].tally == Tally(6, 6)
    assert rows[Part(PartLevel.NOS, NOS, NOS)].tally == Tally(6, 4)  # no bar of its own: it stands as its PCs
    assert [one.part.level for one in cohort.parts][:2] == [PartLevel.CREDENTIAL, PartLevel.NOS]
    assert first.batches == (Tally(6, 4),)


def test_a_near_result_is_within_five_points_of_what_decided_it() -> None:
    whole = evidence()
    exact = replace(
        whole, values={**whole.values, **{f"PC1-{n}": ("B",) for n in range(3)}}
    )  # 7 of 10: exactly
    cohort = looked_at([result(exact)] * 3 + [result(failing())] * 2)
    assert (cohort.near_above, cohort.near_below) == (3, 0)


def test_fewer_than_five_people_have_no_figures() -> None:
    cohort = looked_at([result(evidence())] * 4)
    assert cohort.whole == Tally(4, 4, hidden=True)
    assert (cohort.whole.rate, cohort.whole.interval) == (None, None)
    assert (cohort.near_above, cohort.near_below) == (None, None)
    assert {one.mean_share for one in cohort.parts} == {None}
    assert all(one.tally is None or one.tally.hidden for one in cohort.parts)


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ({"a": 9, "b": 7}, set()),
        ({"a": 9, "b": 7, "c": 3}, {"c", "b"}),  # one alone would be what the rest leaves of the whole
        ({"a": 9, "b": 4, "c": 3}, {"b", "c"}),  # seven people in two groups give nobody away
        ({"a": 9, "b": 2, "c": 1}, {"a", "b", "c"}),  # two groups of three people in all are still too few
        ({"a": 9, "b": 0}, set()),
        ({"a": 4}, {"a"}),
        ({}, set()),
    ],
)
def test_what_is_hidden_cannot_be_found_by_taking_away_the_rest(
    sizes: dict[str, int], hidden: set[str]
) -> None:
    assert hidden_of(sizes) == hidden


def test_groups_and_batches_hide_alike_and_unknown_comes_last() -> None:
    results = [result(evidence(), "b1", language="hi")] * 6 + [result(evidence(), "b2", language="en")] * 7
    results += [result(evidence(), "b3", language="")] * 2
    cohort = looked_at(results, ("b1", "b2", "b3", "b4"))
    assert [one.hidden for one in cohort.batches] == [True, False, True, False]
    assert [value for value, _ in cohort.groups["language"]] == ["en", "hi", ""]
    cells = cohort.parts[-1].batches
    assert [cell.hidden if cell else None for cell in cells] == [True, False, True, None]


def test_no_choice_of_batches_gives_away_a_small_one() -> None:
    sizes = {"b1": 8, "b2": 6, "b3": 3, "b4": 9}
    results = [result(evidence(), name) for name, size in sizes.items() for _ in range(size)]
    names = tuple(sizes)
    # b3 is too small, and b2 is hidden with it: only together do they enter a sum.
    shown = {
        asked: looked_at(results, names, asked).whole.hidden
        for count in range(5)
        for asked in combinations(names, count)
    }
    assert {asked for asked, hidden in shown.items() if hidden} == {
        asked for asked in shown if asked and ("b2" in asked) != ("b3" in asked)
    }
    partly = looked_at(results, names, ("b1", "b3"))
    assert {one.mean_share for one in partly.parts} == {None}
    assert all(one.tally is None or one.tally.hidden for one in partly.parts)
    assert (partly.near_above, partly.near_below) == (None, None)


def test_an_older_batch_that_is_small_enters_no_sum_at_all() -> None:
    hidden = hidden_batches([batch("new", 9)], [batch("old", 4), batch("other", 5)])
    assert hidden == Hidden(frozenset({"old"}))
    assert [hidden.gives_away(one) for one in (["new"], ["old"], ["other"], ["other", "old"])] == [
        False,
        True,
        False,
        True,
    ]


def test_a_group_that_is_some_shown_batches_and_one_hidden_batch_is_hidden_too() -> None:
    # Pune is b1 and b3; b1 is shown, so that Pune would show the three of b3.
    places = {"b1": (8, "Pune"), "b2": (7, "Nagpur"), "b3": (3, "Pune"), "b4": (9, "Thane")}
    results = [
        result(evidence(), name, language=place)
        for name, (size, place) in places.items()
        for _ in range(size)
    ]
    rows = dict(looked_at(results, tuple(places)).groups["language"])
    assert {name: one.hidden for name, one in rows.items()} == {"Pune": True, "Nagpur": True, "Thane": False}
    mixed = [*results, result(evidence(), "b1", language="Nagpur")]
    rows = dict(looked_at(mixed, tuple(places)).groups["language"])
    assert not rows["Pune"].hidden  # a part of b1 is elsewhere: nothing can be taken away


def test_the_interval_is_wilsons() -> None:
    # Newcombe (1998), Stat. Med. 17, table I: 81 of 263 gives .2553 to .3662, 15 of 148 .0624 to .1605.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)
    assert wilson(29, 29) == pytest.approx((0.8830, 1), abs=5e-5)
    assert Tally(0, 0).rate is None


def with_elements(threshold: str | None) -> CredentialDocument:
    document = deepcopy(SAMPLE)
    pcs = [
        {key: value for key, value in pc.items() if key not in ("marks", "threshold")}
        for pc in document["nos"][0].pop("pcs")
    ]
    marks = {"theory": "4.5", "practical": "16", "viva": "2"}
    first = {"id": "E1", "title": pcs[0]["title"], "marks": marks, "pcs": pcs[:3]}
    if threshold:
        first["threshold"] = threshold
    document["nos"][0]["elements"] = [
        first,
        {"id": "E2", "title": pcs[3]["title"], "marks": marks, "pcs": pcs[3:]},
    ]
    bar = {"component": "all", "basis": "raw", "at_least": "7/10"}
    document["rule"]["rule"] = {"share": {"scope": {"credential": True}, **bar}}
    return parse_credential(document)


def test_elements_count_by_their_declared_threshold_and_nothing_where_nothing_is_asked() -> None:
    document = with_elements("7/10")
    cohort = cohort_of(
        [result(evidence(document))] * 5,
        credential=document,
        batches=[batch("b1")],
        groups=(),
        hidden=Hidden(),
    )
    rows = {one.part: one for one in cohort.parts}
    assert rows[Part(PartLevel.ELEMENT, NOS, "E1")].tally == Tally(5, 5)
    assert rows[Part(PartLevel.ELEMENT, NOS, "E2")].tally is None
    assert rows[Part(PartLevel.ELEMENT, NOS, "E2")].batches == (None,)
    assert rows[Part(PartLevel.CREDENTIAL, "", "")].tally == Tally(5, 5)
    plain = with_elements(None)
    none = cohort_of(
        [result(evidence(plain))] * 5, credential=plain, batches=[batch("b1")], groups=(), hidden=Hidden()
    )
    assert next(one for one in none.parts if one.part.level is PartLevel.NOS).tally is None


def test_a_scope_without_its_nos_is_found_in_the_credential() -> None:
    document = deepcopy(dict(compute(evidence()).document))
    for summary in document["decision"]["pcs"]:
        summary["scope"] = {"pc": summary["label"]}
    parts = [part for part, *_ in parts_of(document, credential(), {})]
    assert Part(PartLevel.PC, NOS, "PC3") in parts
