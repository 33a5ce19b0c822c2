# SPDX-License-Identifier: Apache-2.0
"""Ladders of bands: exact at every step, open while marks are missing, and what they may not be."""

from __future__ import annotations

import pytest

from scoring.api import Band, BarResult, RuleError, Verdict, dump_rule, headline, parse_rule
from tests.unit.scoring.rules.tables import Document, bands, decided, document, of_nos, share

ONE = of_nos(N1="100")


@pytest.mark.parametrize(
    ("marks", "verdict", "band", "above", "lacking"),
    [
        ("100", "pass", "A", None, None),
        ("85", "pass", "A", None, None),
        ("84.5", "pass", "B", "A", "0.5"),
        ("70", "pass", "B", "A", "15"),
        ("69.999999999999", "pass", "C", "B", "0.000000000001"),
        ("50", "pass", "C", "B", "20"),
        ("49.5", "fail", None, "C", "0.5"),
        ("0", "fail", None, "C", "50"),
    ],
)
def test_the_bands_of_a_published_scheme_are_exact_at_their_edges(
    marks: str, verdict: str, band: str | None, above: str | None, lacking: str | None
) -> None:
    found = decided(ONE, bands(), N1=marks).root.to_document()
    standing = found["bands"]
    assert isinstance(standing, dict)
    assert found["verdict"] == verdict
    assert (standing["band"], standing["next"], standing["to_next"]) == (band, above, lacking)
    assert standing["certain"] is True


def test_the_ladder_is_in_the_document_with_its_marks() -> None:
    found = decided(of_nos(N1="40"), bands(), N1="30").root.to_document()["bands"]
    assert isinstance(found, dict)
    assert found["ladder"] == [
        {"name": "A", "at_least": "17/20", "bar": "34"},
        {"name": "B", "at_least": "7/10", "bar": "28"},
        {"name": "C", "at_least": "1/2", "bar": "20"},
    ]
    assert (found["to_next"], found["to_next_share"]) == ("4", "1/10")


def test_a_higher_band_may_be_asked_for() -> None:
    rule = {**bands()["bands"], "pass": "B"}
    found = decided(ONE, {"bands": rule}, N1="69").root
    assert found.verdict is Verdict.FAIL
    assert isinstance(found, BarResult)
    assert found.standing.so_far == Band("C", found.ladder[2].at_least)
    assert found.margin == -1


def test_a_band_is_open_while_marks_can_change_it() -> None:
    two = of_nos(N1="80", N2="20")
    found = decided(two, bands(), N1="60").root.to_document()
    standing = found["bands"]
    assert isinstance(standing, dict)
    assert found["verdict"] == "pass"
    assert {name: standing[name] for name in ("band", "certain", "so_far", "possible")} == {
        "band": None,
        "certain": False,
        "so_far": "C",
        "possible": "B",
    }
    sure = decided(two, bands(), N1="50").root.to_document()["bands"]
    assert isinstance(sure, dict)
    assert (sure["band"], sure["certain"]) == (None, False)
    none = decided(two, bands(), N1="20").root.to_document()["bands"]
    assert isinstance(none, dict)
    assert (none["certain"], none["so_far"], none["possible"]) == (True, None, None)


def test_a_ladder_may_only_name_the_result() -> None:
    rule = {"all_of": [share(), bands(ladder="Distinction 9/10, Pass 0")]}
    assert decided(ONE, rule, N1="90").verdict is Verdict.PASS
    assert decided(ONE, rule, N1="69").verdict is Verdict.FAIL
    root = decided(ONE, bands(ladder="Distinction 9/10, Pass 0"), N1="0").root
    assert root.verdict is Verdict.PASS
    assert isinstance(root, BarResult)
    assert root.standing.so_far == Band("Pass", root.threshold)
    assert headline(parse_rule(document(bands(ladder="Pass 0")))) is None


def test_where_the_lowest_band_is_not_named_it_is_enough() -> None:
    assert dump_rule(parse_rule(document(bands()))) == document({"bands": {**bands()["bands"], "pass": "C"}})


INSIDE = "$.rule.bands"


@pytest.mark.parametrize(
    ("rule", "code", "where"),
    [
        (bands(of=[]), "empty_list", f"{INSIDE}.of"),
        (bands(of=[{"name": "A"}]), "missing_key", f"{INSIDE}.of[0]"),
        (bands(ladder="A 1/2, B 1/2"), "bands_not_falling", f"{INSIDE}.of[1]"),
        (bands(ladder="A 1/2, B 3/4"), "bands_not_falling", f"{INSIDE}.of[1]"),
        (bands(ladder="A 1/2, A 1/4"), "duplicate_band", f"{INSIDE}.of[1]"),
        (bands(ladder="A 3/2"), "share_out_of_range", f"{INSIDE}.of[0].at_least"),
        (bands(of=[{"name": " ", "at_least": "1/2"}]), "empty_name", f"{INSIDE}.of[0].name"),
        (
            bands(of=[{"name": f"B{n}", "at_least": f"{51 - n}/51"} for n in range(51)]),
            "too_many_bands",
            f"{INSIDE}.of",
        ),
        (bands(**{"pass": "D"}), "unknown_band", f"{INSIDE}.pass"),
        (bands(**{"pass": None}), "wrong_type", f"{INSIDE}.pass"),
        (bands(basis="both"), "unknown_basis", f"{INSIDE}.basis"),
        (bands(scope={"credential": 1}), "wrong_type", f"{INSIDE}.scope.credential"),
        ({"any_of": [share(), bands(ladder="A 1/2, B 0")]}, "bands_not_required", "$.rule.any_of[1].bands"),
        ({"all_of": [{"at_least": {"k": 1, "of": [bands(ladder="B 0")]}}]}, "bands_not_required", None),
    ],
)
def test_a_ladder_that_makes_no_sense_is_refused(rule: Document, code: str, where: str | None) -> None:
    with pytest.raises(RuleError) as refused:
        parse_rule(document(rule))
    assert refused.value.code == code
    assert where is None or refused.value.facts["where"] == where
