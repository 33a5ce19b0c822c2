# SPDX-License-Identifier: Apache-2.0
import json
from fractions import Fraction

import pytest

from scoring.api import (
    AllOf,
    AnyOf,
    AtLeast,
    BarResult,
    Cell,
    CredentialMarks,
    Critical,
    Decision,
    GroupResult,
    MarkError,
    MarkInput,
    Node,
    Place,
    Rule,
    RuleError,
    RuleKind,
    Share,
    Verdict,
    combine,
    credential_marks,
    decide,
    nos_scope,
    parse_rule,
    pc_scope,
)

PASS, FAIL, INCOMPLETE = Verdict.PASS, Verdict.FAIL, Verdict.INCOMPLETE


# The sample credential: theory 4, practical 4, viva 2 for each of six PCs, 60 marks in all.
def digital_payments() -> CredentialMarks:
    return credential_marks(
        [
            (Cell(nos="SDP/N0701", pc=f"PC{number}", component=component), marks)
            for number in range(1, 7)
            for component, marks in (("theory", "4"), ("practical", "4"), ("viva", "2"))
        ],
        weights={"SDP/N0701": "100"},
    )


THRESHOLDS = {"PC1": "7/10", "PC2": "7/10", "PC3": "4/5", "PC4": "7/10", "PC5": "3/5", "PC6": "3/5"}


def digital_payments_rule() -> Rule:
    def share(scope: dict[str, object], at_least: str) -> dict[str, object]:
        return {"share": {"scope": scope, "component": "all", "basis": "raw", "at_least": at_least}}

    nodes = [share({"pc": pc}, at_least) for pc, at_least in THRESHOLDS.items()]
    return parse_rule(
        {"version": 1, "rule": {"all_of": [*nodes, share({"credential": True}, "7/10")]}},
        credential=digital_payments(),
    )


def decided(**awarded: str) -> Decision:
    """`PC1="4 3 -"`: theory 4, practical 3, viva not marked yet."""
    cells: dict[Cell, MarkInput] = {}
    for pc, marks in awarded.items():
        for component, mark in zip(("theory", "practical", "viva"), marks.split(), strict=True):
            if mark != "-":
                cells[Cell(nos="SDP/N0701", pc=pc, component=component)] = mark
    return decide(digital_payments(), cells, digital_payments_rule())


def verdicts(decision: Decision) -> list[str]:
    assert isinstance(decision.root, GroupResult)
    return [child.verdict.value for child in decision.root.children]


def test_exactly_the_thresholds_pass_with_no_margin() -> None:
    # 7 + 7 + 8 + 7 + 7 + 6 = 42 = 70 % of 60.
    decision = decided(PC1="4 2 1", PC2="3 3 1", PC3="4 4 0", PC4="4 1 2", PC5="4 2 1", PC6="2 4 0")
    assert decision.verdict is PASS
    assert decision.root.margin_share == 0
    document = decision.to_document()
    assert json.loads(json.dumps(document)) == document
    root = document["root"]
    assert isinstance(root, dict)
    assert root["children"][0] == {
        "path": "$.rule.all_of[0]",
        "kind": "share",
        "label": "PC1",
        "verdict": "pass",
        "scope": {"nos": "SDP/N0701", "pc": "PC1"},
        "component": "all",
        "basis": "raw",
        "earned": "7",
        "maximum": "10",
        "open": "0",
        "bar": "7",
        "margin": "0",
        "share": "7/10",
        "threshold": "7/10",
        "margin_share": "0",
        "children": [],
    }
    assert root | {"children": []} == {
        "path": "$.rule",
        "kind": "all_of",
        "label": "all_of",
        "verdict": "pass",
        "needed": 7,
        "of": 7,
        "passed": 7,
        "failed": 0,
        "margin_share": "0",
        "children": [],
    }


def test_every_pc_at_its_threshold_still_fails_an_aggregate_that_asks_more() -> None:
    # 7 + 7 + 8 + 7 + 6 + 6 = 41 of 60; the aggregate asks 42.
    decision = decided(PC1="4 2 1", PC2="3 3 1", PC3="4 4 0", PC4="4 1 2", PC5="4 2 0", PC6="2 4 0")
    assert verdicts(decision) == ["pass"] * 6 + ["fail"]
    assert decision.verdict is FAIL
    assert isinstance(decision.root, GroupResult)
    aggregate = decision.root.children[-1]
    assert isinstance(aggregate, BarResult)
    assert [aggregate.earned, aggregate.bar, aggregate.margin] == [41, 42, -1]
    assert decision.root.margin_share == Fraction(-1, 60)
    assert (decision.root.passed, decision.root.failed) == (6, 1)


def test_full_marks_elsewhere_do_not_make_up_for_one_pc() -> None:
    decision = decided(PC1="4 4 2", PC2="4 4 2", PC3="4 3 0.5", PC4="4 4 2", PC5="4 4 2", PC6="4 4 2")
    assert verdicts(decision) == ["pass", "pass", "fail", "pass", "pass", "pass", "pass"]
    assert decision.verdict is FAIL
    document = decision.to_document()
    pcs = document["pcs"]
    assert isinstance(pcs, list)
    assert [pc["verdict"] for pc in pcs] == ["pass", "pass", "fail", "pass", "pass", "pass"]
    assert pcs[2]["bars"][0]["margin"] == "-0.5"
    assert document["margin_share"] == "-1/20"


def test_a_component_that_is_not_marked_yet_leaves_only_what_it_can_still_change() -> None:
    # The viva is open. PC1 has 8 already; PC2 has 5 and needs 2 more; PC3 has 5 and cannot reach 8 any more.
    decision = decided(PC1="4 4 -", PC2="4 1 -", PC3="4 1 -", PC4="4 3 -", PC5="4 4 0", PC6="4 4 0")
    assert verdicts(decision) == ["pass", "incomplete", "fail", "pass", "pass", "pass", "incomplete"]
    assert decision.verdict is FAIL
    assert decision.pcs[1].total.open == 2
    assert decision.pcs[1].bars[0].margin == -2


def test_nothing_marked_is_incomplete_and_nothing_earned_is_a_fail() -> None:
    assert decided().verdict is INCOMPLETE
    assert decided(**dict.fromkeys(THRESHOLDS, "0 0 0")).verdict is FAIL


def test_a_pass_is_certain_before_the_last_mark_when_none_can_undo_it() -> None:
    # 8 of 10 in every PC, the vivas open: every bar is reached, 48 of 60 as well.
    assert decided(**dict.fromkeys(THRESHOLDS, "4 4 -")).verdict is PASS
    # One mark less in PC3 leaves it open.
    assert decided(**dict.fromkeys(THRESHOLDS, "4 4 -") | {"PC3": "4 3 -"}).verdict is INCOMPLETE


def test_summaries_give_every_scope_its_marks_per_component() -> None:
    decision = decided(PC1="4 2.5 -", PC2="1 0 0")
    document = decision.to_document()
    pcs = document["pcs"]
    assert isinstance(pcs, list)
    assert {key: pcs[0][key] for key in ("scope", "label", "verdict", "earned", "maximum", "open")} == {
        "scope": {"nos": "SDP/N0701", "pc": "PC1"},
        "label": "PC1",
        "verdict": "incomplete",
        "earned": "6.5",
        "maximum": "10",
        "open": "2",
    }
    assert pcs[0]["share"] == "13/20"
    assert pcs[0]["components"] == {
        "theory": {"earned": "4", "maximum": "4", "open": "0"},
        "practical": {"earned": "2.5", "maximum": "4", "open": "0"},
        "viva": {"earned": "0", "maximum": "2", "open": "2"},
    }
    assert document["elements"] == []
    [nos] = decision.nos
    assert (nos.label, nos.verdict, nos.total.earned, nos.share) == (
        "SDP/N0701",
        None,
        Fraction("7.5"),
        Fraction(1, 8),
    )
    assert decision.credential.total.maximum == 60
    assert [bar.path for bar in decision.credential.bars] == ["$.rule.all_of[6]"]
    assert document["version"] == 1


def test_marks_on_elements_are_summed_up_there_and_not_by_pc() -> None:
    marks = credential_marks(
        [
            (Cell(nos="N1", element="E1", component="theory"), 10),
            (Cell(nos="N1", element="E2", pc="PC3", component="theory"), 5),
            (Cell(nos="N1", element="E2", pc="PC3", component="viva"), 0),
        ],
        pcs=[Place(nos="N1", element="E1", pc="PC1"), Place(nos="N1", element="E1", pc="PC2")],
    )
    rule = Rule(Share(scope=nos_scope("N1"), at_least=Fraction(1, 2)))
    decision = decide(marks, {Cell(nos="N1", element="E1", component="theory"): "7.5"}, rule)
    assert [summary.label for summary in decision.elements] == ["E1", "E2"]
    assert [summary.label for summary in decision.pcs] == ["PC3"]
    assert list(decision.pcs[0].components) == ["theory"]
    assert decision.verdict is PASS
    assert decision.nos[0].verdict is PASS


def test_a_mark_that_is_missing_but_worth_nothing_holds_nothing_up() -> None:
    marks = credential_marks(
        [(Cell(nos="N1", pc="PC1", component="theory"), 2), (Cell(nos="N1", pc="PC1", component="viva"), 0)]
    )
    rule = Rule(Share(scope=pc_scope("PC1"), at_least=Fraction(1)))
    assert decide(marks, {Cell(nos="N1", pc="PC1", component="theory"): 1}, rule).verdict is FAIL
    assert decide(marks, {Cell(nos="N1", pc="PC1", component="theory"): 2}, rule).verdict is PASS


def three_pcs(*marks: str) -> tuple[CredentialMarks, dict[Cell, MarkInput]]:
    cells = [Cell(nos="N1", pc=f"PC{number}", component="theory") for number in (1, 2, 3)]
    awarded: dict[Cell, MarkInput] = {
        cell: mark for cell, mark in zip(cells, marks, strict=True) if mark != "-"
    }
    return credential_marks([(cell, 10) for cell in cells]), awarded


def half_of_each() -> tuple[Node, ...]:
    return tuple(Share(scope=pc_scope(f"PC{number}"), at_least=Fraction(1, 2)) for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("marks", "all_of", "any_of", "two"),
    [
        ("5 5 5", PASS, PASS, PASS),
        ("5 5 4.5", FAIL, PASS, PASS),
        ("5 4 4", FAIL, PASS, FAIL),
        ("4 4 4", FAIL, FAIL, FAIL),
        ("- - -", INCOMPLETE, INCOMPLETE, INCOMPLETE),
        ("5 - -", INCOMPLETE, PASS, INCOMPLETE),
        ("5 5 -", INCOMPLETE, PASS, PASS),
        ("4 - -", FAIL, INCOMPLETE, INCOMPLETE),
        ("4 4 -", FAIL, INCOMPLETE, FAIL),
        ("5 4 -", FAIL, PASS, INCOMPLETE),
    ],
)
def test_groups_decide_as_soon_as_they_are_certain(
    marks: str, all_of: Verdict, any_of: Verdict, two: Verdict
) -> None:
    credential, awarded = three_pcs(*marks.split())
    for node, expected in (
        (AllOf(half_of_each()), all_of),
        (AnyOf(half_of_each()), any_of),
        (AtLeast(2, half_of_each()), two),
    ):
        assert decide(credential, awarded, Rule(node)).verdict is expected


def test_the_margin_of_a_group_is_that_of_the_child_on_which_it_turns() -> None:
    credential, awarded = three_pcs("9", "6", "2")

    def margin(node: Node) -> Fraction:
        return decide(credential, awarded, Rule(node)).root.margin_share

    assert margin(AllOf(half_of_each())) == Fraction(-3, 10)
    assert margin(AtLeast(2, half_of_each())) == Fraction(1, 10)
    assert margin(AnyOf(half_of_each())) == Fraction(4, 10)


def test_paths_lead_from_the_decision_to_the_document() -> None:
    credential, awarded = three_pcs("9", "6", "2")
    inner = AtLeast(1, (AnyOf(half_of_each()[:1]), *half_of_each()[1:]))
    root = decide(credential, awarded, Rule(AllOf((inner,)))).root
    assert isinstance(root, GroupResult)
    [group] = root.children
    assert isinstance(group, GroupResult)
    assert group.path == "$.rule.all_of[0]"
    assert [child.path for child in group.children] == [
        "$.rule.all_of[0].at_least.of[0]",
        "$.rule.all_of[0].at_least.of[1]",
        "$.rule.all_of[0].at_least.of[2]",
    ]
    first = group.children[0]
    assert isinstance(first, GroupResult)
    assert first.children[0].path == "$.rule.all_of[0].at_least.of[0].any_of[0]"
    assert [root.kind, group.kind, first.kind] == [RuleKind.ALL_OF, RuleKind.AT_LEAST, RuleKind.ANY_OF]


def test_a_critical_pc_fails_the_credential_on_its_own() -> None:
    credential, awarded = three_pcs("10", "10", "9.5")
    rule = Rule(
        AllOf(
            (
                Critical(scope=pc_scope("PC3"), components=("theory",), at_least=Fraction(1)),
                Share(scope=nos_scope("N1"), at_least=Fraction(1, 2)),
            )
        )
    )
    decision = decide(credential, awarded, rule)
    assert decision.verdict is FAIL
    [bar] = decision.pcs[2].bars
    assert (bar.kind, bar.margin, bar.label) == (RuleKind.CRITICAL, Fraction(-1, 2), "PC3")
    assert bar.to_document()["component"] == "theory"
    assert decision.pcs[2].verdict is FAIL


def test_a_summary_passes_only_if_every_bar_on_its_scope_is_met() -> None:
    credential, awarded = three_pcs("6", "6", "6")
    low = Share(scope=pc_scope("PC1"), at_least=Fraction(1, 2))
    high = Share(scope=pc_scope("PC1", nos="N1"), at_least=Fraction(9, 10))
    decision = decide(credential, awarded, Rule(AnyOf((low, high))))
    assert decision.verdict is PASS
    assert [bar.verdict for bar in decision.pcs[0].bars] == [PASS, FAIL]
    assert decision.pcs[0].verdict is FAIL
    assert decision.pcs[1].verdict is None
    assert decision.pcs[1].to_document()["verdict"] is None


def test_a_rule_that_does_not_fit_is_refused_before_anything_is_decided() -> None:
    credential, awarded = three_pcs("6", "6", "6")
    with pytest.raises(RuleError) as refused:
        decide(credential, awarded, Rule(Share(scope=pc_scope("PC9"), at_least=Fraction(1))))
    assert refused.value.facts["where"] == "$.rule.share"
    with pytest.raises(MarkError, match="unknown_cell"):
        decide(
            credential,
            {Cell(nos="N1", pc="PC9", component="theory"): 1},
            Rule(half_of_each()[0]),
        )


def test_counting_verdicts() -> None:
    assert combine([PASS, INCOMPLETE, FAIL], needed=1) is PASS
    assert combine([PASS, INCOMPLETE, FAIL], needed=2) is INCOMPLETE
    assert combine([PASS, INCOMPLETE, FAIL], needed=3) is FAIL
    assert PASS.is_certain
    assert FAIL.is_certain
    assert not INCOMPLETE.is_certain


@pytest.mark.parametrize("per_cent", [7, 14, 28, 55, 56])
def test_a_share_that_floats_put_above_itself_is_reached_by_exactly_that(per_cent: int) -> None:
    share = Fraction(per_cent, 100)
    assert float(share) * 100.0 > per_cent, "in floats the bar would lie a hair above these marks"
    credential = credential_marks([(Cell(nos="N1", pc="PC1", component="theory"), 100)])
    rule = Rule(Share(scope=pc_scope("PC1"), at_least=share))
    found = decide(credential, dict.fromkeys(credential.maxima, Fraction(per_cent)), rule).root
    assert isinstance(found, BarResult)
    assert (found.verdict, found.margin) == (PASS, 0)
