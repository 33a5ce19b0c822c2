# SPDX-License-Identifier: Apache-2.0
"""Narrow misses that others make up for: the table of docs/pass-rules.md, and every edge of its three conditions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from scoring.api import (
    AtLeast,
    Cell,
    CompensateResult,
    RuleError,
    RuleKind,
    Verdict,
    credential_marks,
    decide,
    dump_rule,
    parse_rule,
)
from tests.unit.scoring.rules.tables import Document, bands, compensate, decided, document, of_nos, share

N1, N2, N3 = ({"nos": f"N{number}"} for number in (1, 2, 3))
TWO, THREE = of_nos(N1="100", N2="100"), of_nos(N1="100", N2="100", N3="50")
PAIR = compensate(share(N1), share(N2))


@pytest.mark.parametrize(
    ("n1", "n2", "verdict", "margin"),
    [
        ("65", "75", "pass", "0"),
        ("64.5", "90", "fail", "-0.5"),
        ("66", "73.5", "fail", "-0.5"),
        ("69", "69", "fail", "-2"),
        ("70", "70", "pass", "0"),
        ("75", "65", "pass", "0"),
        ("100", "66", "pass", "1"),
        ("100", "70", "pass", "5"),
        ("100", "100", "pass", "30"),
        ("0", "100", "fail", "-65"),
    ],
)
def test_one_narrow_miss_is_made_up_for_by_the_other(n1: str, n2: str, verdict: str, margin: str) -> None:
    found = decided(TWO, PAIR, N1=n1, N2=n2).root.to_document()
    assert (found["verdict"], found["margin"]) == (verdict, margin)


def test_the_document_says_what_was_short_and_what_made_up_for_it() -> None:
    root = decided(TWO, PAIR, N1="66", N2="80").root
    assert isinstance(root, CompensateResult)
    found = root.to_document()
    children = found.pop("children")
    assert found == {
        "path": "$.rule",
        "kind": "compensate",
        "label": "compensate",
        "verdict": "pass",
        "needed": 1,
        "of": 2,
        "passed": 1,
        "failed": 1,
        "most": 1,
        "limit": "5",
        "unit": "marks",
        "surplus": "10",
        "shortfall": "4",
        "margin": "1",
        "margin_share": "1/100",
        "made_up": ["$.rule.compensate.of[0]"],
    }
    assert isinstance(children, list)
    assert [child["verdict"] for child in children] == ["fail", "pass"]


def test_nothing_is_made_up_for_in_a_node_that_is_not_met() -> None:
    root = decided(TWO, PAIR, N1="60", N2="100").root
    assert isinstance(root, CompensateResult)
    assert root.made_up == ()


def test_with_three_bars_two_may_be_missed_if_the_rule_says_so() -> None:
    rule = compensate(share(N1), share(N2), share(N3), k=2, limit="3")
    assert decided(THREE, rule, N1="68", N2="67", N3="40").verdict is Verdict.PASS  # -2, -3, +5
    assert decided(THREE, rule, N1="68", N2="67", N3="39.5").verdict is Verdict.FAIL
    assert decided(THREE, rule, N1="69", N2="69", N3="34").verdict is Verdict.FAIL  # all three are missed


def test_a_limit_in_shares_compares_scopes_of_different_size() -> None:
    rule = compensate(share(N1), share(N3), limit="1/20", unit="share")
    # 65 of 100 is short by 1/20; 37.5 of 50 is above by 1/20, though by 2.5 marks only.
    found = decided(THREE, rule, N1="65", N2="0", N3="37.5").root.to_document()
    assert (found["verdict"], found["margin"], found["limit"]) == ("pass", "0", "1/20")
    assert decided(THREE, rule, N1="65", N2="0", N3="37").verdict is Verdict.FAIL
    by_marks = compensate(share(N1), share(N3), limit="5")
    assert decided(THREE, by_marks, N1="65", N2="0", N3="37.5").verdict is Verdict.FAIL


def test_weighted_marks_are_percentage_points_of_the_credential() -> None:
    # 50 marks of N3 weigh 33 1/3 points, as 100 of the others do.
    rule = compensate(share(N1, basis="weighted"), share(N3, basis="weighted"), limit="5/3")
    assert decided(THREE, rule, N1="65", N3="37.5").verdict is Verdict.PASS
    assert decided(THREE, rule, N1="64.5", N3="50").verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("n1", "n2", "verdict"),
    [
        (None, None, Verdict.INCOMPLETE),
        ("100", None, Verdict.INCOMPLETE),
        ("65", None, Verdict.INCOMPLETE),
        ("64", None, Verdict.FAIL),  # below the limit already
        (None, "64.5", Verdict.FAIL),
    ],
)
def test_missing_marks_leave_open_only_what_they_can_change(
    n1: str | None, n2: str | None, verdict: Verdict
) -> None:
    assert decided(TWO, PAIR, N1=n1, N2=n2).verdict is verdict


def test_a_compensation_stands_among_other_nodes() -> None:
    rule = {"all_of": [PAIR, share(at_least="4/5")]}
    assert decided(TWO, rule, N1="66", N2="94").verdict is Verdict.PASS
    assert decided(TWO, rule, N1="66", N2="93").verdict is Verdict.FAIL


def refusal(rule: Document, version: int = 2, **given: Any) -> tuple[str, object]:
    with pytest.raises(RuleError) as refused:
        parse_rule(document(rule, version), **given)
    return refused.value.code, refused.value.facts["where"]


INSIDE = "$.rule.compensate"


@pytest.mark.parametrize(
    ("rule", "code", "where"),
    [
        (compensate(share(N1)), "k_out_of_range", f"{INSIDE}.k"),
        (compensate(share(N1), share(N2), k=0), "k_out_of_range", f"{INSIDE}.k"),
        (compensate(share(N1), share(N2), k=2), "k_out_of_range", f"{INSIDE}.k"),
        ({"compensate": {**PAIR["compensate"], "k": True}}, "wrong_type", f"{INSIDE}.k"),
        (compensate(share(N1), share(N2), limit="0"), "limit_out_of_range", f"{INSIDE}.limit"),
        (
            compensate(share(N1), share(N2), limit="1.5", unit="share"),
            "limit_out_of_range",
            f"{INSIDE}.limit",
        ),
        (compensate(share(N1), share(N2), limit="5 %"), "bad_mark", f"{INSIDE}.limit"),
        (compensate(share(N1), share(N2), unit="points"), "unknown_unit", f"{INSIDE}.unit"),
        (compensate(share(N1), share(N1)), "duplicate_rule", f"{INSIDE}.of[1]"),
        (compensate(share(N1), bands(N2)), "shares_only", f"{INSIDE}.of[1]"),
        (compensate(share(N1), {"all_of": [share(N2)]}), "shares_only", f"{INSIDE}.of[1]"),
        (
            compensate(share(N1), {"critical": {"pc": "PC1", "at_least": "1"}}),
            "critical_not_required",
            f"{INSIDE}.of[1]",
        ),
        (compensate(share(N1), share(N2, basis="weighted")), "mixed_basis", f"{INSIDE}.of[1]"),
        ({"compensate": {"k": 1, "limit": "5", "of": [share(N1), share(N2)]}}, "missing_key", INSIDE),
        ({"compensate": {**PAIR["compensate"], "most": 1}}, "unknown_key", INSIDE),
    ],
)
def test_a_compensation_that_makes_no_sense_is_refused(rule: Document, code: str, where: str) -> None:
    assert refusal(rule) == (code, where)


def test_marks_cannot_make_up_for_themselves() -> None:
    assert refusal(compensate(share(N1), share()), credential=TWO) == (
        "compensate_overlap",
        f"{INSIDE}.of[1]",
    )
    apart = compensate(share(component="theory"), share(component="viva"))
    both = credential_marks([(Cell(nos="N1", pc="PC1", component=name), "10") for name in ("theory", "viva")])
    assert parse_rule(document(apart), credential=both).root.kind is RuleKind.COMPENSATE


def test_what_came_with_version_2_needs_it() -> None:
    assert refusal(PAIR, version=1) == ("needs_version", "$.rule")
    assert refusal(bands(), version=1) == ("needs_version", "$.rule")
    assert refusal({"at_least": {"share": "1/2", "of": [share()]}}, version=1) == (
        "needs_version",
        "$.rule.at_least",
    )
    assert refusal(share({"item": "Q1"}), version=1) == ("needs_version", "$.rule.share.scope")
    assert refusal({"critical": {"item": "Q1", "at_least": "1"}}, version=1) == (
        "needs_version",
        "$.rule.critical",
    )


def test_a_rule_is_written_in_the_lowest_version_that_can_say_it() -> None:
    assert dump_rule(parse_rule(document(share(), 2))) == document(share(), 1)
    assert dump_rule(parse_rule(document(PAIR))) == document(PAIR)
    nested = {"any_of": [share(), {"at_least": {"share": "1/2", "of": [share(N1), share(N2)]}}]}
    assert dump_rule(parse_rule(document(nested))) == document(nested)
    assert dump_rule(parse_rule(document({"all_of": [share({"item": "Q1"})]})))["version"] == 2


def test_a_share_of_conditions_is_rounded_up() -> None:
    of = [share({"pc": f"PC{number}"}) for number in range(9)]
    rule = parse_rule(document({"at_least": {"share": "0.7", "of": of}}))
    assert isinstance(rule.root, AtLeast)
    assert (rule.root.k, rule.root.needed, rule.root.share) == (7, 7, Fraction(7, 10))
    assert dump_rule(rule)["rule"] == {"at_least": {"share": "7/10", "of": of}}
    ten = parse_rule(document({"at_least": {"share": "7/10", "of": [*of, share({"pc": "PC9"})]}}))
    assert isinstance(ten.root, AtLeast)
    assert ten.root.k == 7


def test_exactly_55_of_100_conditions_are_55_per_cent_of_them() -> None:
    of = [share({"pc": f"PC{number}"}) for number in range(100)]
    rule = parse_rule(document({"at_least": {"share": "0.55", "of": of}}))
    assert isinstance(rule.root, AtLeast)
    assert rule.root.k == 55  # 0.55 * 100 is 55.00000000000001 in floats, and that rounded up 56


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"k": 1, "share": "1/2"}, "k_or_share"),
        ({}, "missing_key"),
        ({"share": "0"}, "share_out_of_range"),
        ({"share": "3/2"}, "share_out_of_range"),
        ({"share": 1}, "wrong_type"),
    ],
)
def test_a_number_of_conditions_is_said_in_one_way(body: Document, code: str) -> None:
    assert refusal({"at_least": {**body, "of": [share()]}})[0] == code


def test_items_are_the_finest_scope() -> None:
    credential = credential_marks(
        [
            (Cell(nos="N1", pc="PC1", item="P1", component="practical"), "3"),
            (Cell(nos="N1", pc="PC1", item="P2", component="practical"), "1"),
            (Cell(nos="N1", pc="PC1", component="theory"), "6"),
        ]
    )
    p1, p2, theory = credential.maxima
    rule = parse_rule(
        document(
            {
                "all_of": [
                    {"critical": {"item": "P1", "at_least": "1"}},
                    {"critical": {"item": "P2", "nos": "N1", "component": "practical", "at_least": "1/2"}},
                    share({"pc": "PC1"}),
                ]
            }
        ),
        credential=credential,
    )
    assert decide(credential, {p1: "3", p2: "1", theory: "3"}, rule).verdict is Verdict.PASS
    failed = decide(credential, {p1: "2.5", p2: "1", theory: "6"}, rule)
    assert failed.verdict is Verdict.FAIL
    assert [summary.label for summary in failed.items] == ["P1", "P2"]
    found = failed.to_document()["items"]
    assert isinstance(found, list)
    assert (found[0]["verdict"], found[0]["earned"]) == ("fail", "2.5")
    assert found[0]["scope"] == {"nos": "N1", "item": "P1"}
    assert dump_rule(rule)["version"] == 2
    with pytest.raises(RuleError, match="unknown_item"):
        parse_rule(document(share({"item": "P9"})), credential=credential)
