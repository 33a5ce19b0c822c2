# SPDX-License-Identifier: Apache-2.0
"""Real qualification packs, as printed: theory/practical marks per element, and the verdicts of rules in use."""

from fractions import Fraction

import pytest

from scoring.api import (
    CREDENTIAL,
    AllOf,
    Basis,
    Cell,
    CredentialMarks,
    GroupResult,
    MarkInput,
    Node,
    Rule,
    Share,
    Verdict,
    credential_marks,
    decide,
    mark_table,
    nos_scope,
)

Table = dict[str, tuple[str, str]]

# CON/Q0602 v4.0 Assistant Electrician: NOS -> (weight %, marks of its elements).
ELECTRICIAN: Table = {
    "CON/N0602": ("20", "30/70"),
    "CON/N0603": ("20", "15/35 15/35"),
    "CON/N0604": ("20", "30/70"),
    "CON/N0605": ("20", "20/40 10/30"),
    "CON/N9001": ("5", "5/15 15/35 5/15 5/5"),
    "CON/N8001": ("5", "20/40 5/15 5/15"),
    "CON/N8002": ("5", "10/20 5/15 15/35"),
    "DGT/VSQ/N0101": ("5", "1/1 1/1 1/3 2/3 1/1 1/1 3/4 4/6 3/5 2/2 1/3"),
}

# CON/Q0103 v1.0 Mason General.
MASON: Table = {
    "CON/N0110": ("20", "2/8 2/8 4.5/16 2/8 4/16 4.5/16 1/8"),
    "CON/N0111": ("15", "2/8 2/8 10/40 6/24"),
    "CON/N0112": ("12", "2/8 2/8 7/28 7/28 2/8"),
    "CON/N0113": ("12", "2/8 2/8 8/32 4/16 2/8 2/8"),
    "CON/N0114": ("15", "2/8 2/8 2/8 3.5/14 5.5/22 5/20"),
    "CON/N8001": ("6", "14/34 16/36"),
    "CON/N8002": ("6", "9/22 21/48"),
    "CON/N9001": ("14", "11/27 15/33 4/10"),
}


def load(table: Table) -> CredentialMarks:
    cells = [
        (Cell(nos=nos, element=f"E{position}", component=component), marks)
        for nos, (_, elements) in table.items()
        for position, pair in enumerate(elements.split(), start=1)
        for component, marks in zip(("theory", "practical"), pair.split("/"), strict=True)
    ]
    return credential_marks(cells, weights={nos: weight for nos, (weight, _) in table.items()})


def awarded(marks: CredentialMarks, shares: dict[str, str], *, otherwise: str) -> dict[Cell, MarkInput]:
    """The same share of every cell of a NOS."""
    return {
        cell: maximum * Fraction(shares.get(cell.nos, otherwise)) for cell, maximum in marks.maxima.items()
    }


def each_nos(marks: CredentialMarks, at_least: Fraction) -> Rule:
    nodes: tuple[Node, ...] = tuple(
        Share(scope=nos_scope(nos), at_least=at_least)
        for nos in dict.fromkeys(cell.nos for cell in marks.maxima)
    )
    return Rule(AllOf(nodes))


def aggregate(basis: Basis, at_least: Fraction = Fraction(7, 10)) -> Rule:
    return Rule(Share(scope=CREDENTIAL, basis=basis, at_least=at_least))


@pytest.mark.parametrize(
    ("table", "theory", "practical"), [(ELECTRICIAN, 230, 520), (MASON, 190, 610)], ids=["Q0602", "Q0103"]
)
def test_the_tables_sum_to_their_printed_totals(table: Table, theory: int, practical: int) -> None:
    sums = mark_table(load(table), {})
    assert sums.total(CREDENTIAL, components=("theory",)).maximum == theory
    assert sums.total(CREDENTIAL, components=("practical",)).maximum == practical
    for nos in table:
        printed = 50 if nos == "DGT/VSQ/N0101" else 100
        assert sums.total(nos_scope(nos)).maximum == printed


def test_three_readings_of_the_electrician_pack_disagree() -> None:
    marks = load(ELECTRICIAN)
    heavy = dict.fromkeys(("CON/N0602", "CON/N0603", "CON/N0604", "CON/N0605"), "1")
    given = awarded(marks, heavy, otherwise="0")

    raw = decide(marks, given, aggregate(Basis.RAW))
    assert raw.verdict is Verdict.FAIL
    assert raw.root.to_document() == {
        "path": "$.rule",
        "kind": "share",
        "label": "credential",
        "verdict": "fail",
        "scope": {"credential": True},
        "component": "all",
        "basis": "raw",
        "earned": "400",
        "maximum": "750",
        "open": "0",
        "bar": "525",
        "margin": "-125",
        "share": "8/15",
        "threshold": "7/10",
        "margin_share": "-1/6",
        "children": [],
    }

    weighted = decide(marks, given, aggregate(Basis.WEIGHTED))
    assert weighted.verdict is Verdict.PASS
    document = weighted.root.to_document()
    assert (document["earned"], document["maximum"], document["margin"]) == ("80", "100", "10")

    every = decide(marks, given, each_nos(marks, Fraction(7, 10)))
    assert every.verdict is Verdict.FAIL
    assert isinstance(every.root, GroupResult)
    assert (every.root.passed, every.root.failed) == (4, 4)


def test_the_mason_passes_raw_and_fails_weighted() -> None:
    # Six NOS of 100 marks at 65 % and two at 100 %: 390 + 200 = 590 of 800 = 73.75 %;
    # the six carry 88 % of the weight: 57.2 + 12 = 69.2 %.
    marks = load(MASON)
    given = awarded(marks, {"CON/N8001": "1", "CON/N8002": "1"}, otherwise="0.65")
    raw = decide(marks, given, aggregate(Basis.RAW)).root.to_document()
    assert (raw["verdict"], raw["earned"], raw["share"], raw["margin"]) == ("pass", "590", "59/80", "30")
    weighted = decide(marks, given, aggregate(Basis.WEIGHTED)).root.to_document()
    assert (weighted["verdict"], weighted["earned"], weighted["margin"]) == ("fail", "69.2", "-0.8")


# 70 % of 2/8, 2/8, 7/28, 7/28, 2/8, worked out by hand.
SEVENTY_PER_CENT_OF_N0112 = "1.4/5.6 1.4/5.6 4.9/19.6 4.9/19.6 1.4/5.6"


def test_exactly_seventy_per_cent_of_every_element_passes_where_floats_fail_it() -> None:
    table: Table = {"CON/N0112": ("100", MASON["CON/N0112"][1])}
    marks = load(table)
    given: dict[Cell, MarkInput] = {
        Cell(nos="CON/N0112", element=f"E{position}", component=component): mark
        for position, pair in enumerate(SEVENTY_PER_CENT_OF_N0112.split(), start=1)
        for component, mark in zip(("theory", "practical"), pair.split("/"), strict=True)
    }
    for basis in Basis:
        decision = decide(marks, given, aggregate(basis))
        assert decision.verdict is Verdict.PASS
        assert decision.root.margin_share == 0
    assert decide(marks, given, each_nos(marks, Fraction(7, 10))).nos[0].total.earned == 70

    # What floats make of it, the theory column first and the practical one after it: 69.99999999999999.
    columns = (2, 2, 7, 7, 2, 8, 8, 28, 28, 8)
    assert sum(0.7 * maximum for maximum in columns) / sum(columns) * 100 < 70


def test_a_half_mark_below_the_pass_mark_fails_and_the_pass_mark_passes() -> None:
    # AMH/Q0301 v2.0 Sewing Machine Operator: 106 + 246 + 48 = 400 marks, pass at 280.
    cells = [
        (Cell(nos="AMH", element="all", component=component), maximum)
        for component, maximum in (("theory", "106"), ("practical", "246"), ("viva", "48"))
    ]
    marks = credential_marks(cells)

    def verdict(theory: str, practical: str, viva: str) -> tuple[str, object]:
        given = dict(
            zip((cell for cell, _ in cells), (theory, practical, viva), strict=True),
        )
        document = decide(marks, given, aggregate(Basis.RAW)).root.to_document()
        return str(document["verdict"]), document["margin"]

    assert verdict("74", "172", "34") == ("pass", "0")
    assert verdict("74", "172", "33.5") == ("fail", "-0.5")
