# SPDX-License-Identifier: Apache-2.0
"""The published tables of real qualification packs: printed totals, and the traps that floats and raw sums fall into."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from item_bank.samples import load_sample
from item_bank.standards.model import CredentialDocument
from item_bank.standards.parsing import parse_credential
from scoring.api import (
    CREDENTIAL,
    Basis,
    Cell,
    Decision,
    MarkTable,
    Verdict,
    decide,
    element_scope,
    mark_table,
    parse_rule,
)

HEAVY_0602 = {"CON/N0602", "CON/N0603", "CON/N0604", "CON/N0605"}


def pack(name: str) -> CredentialDocument:
    return parse_credential(load_sample(name).credential)


def marks(document: CredentialDocument, **shares: Fraction) -> dict[Cell, Fraction]:
    """Each cell's maximum times the share of its NOS; ``other`` for those that are not named."""
    return {
        cell: maximum * shares.get(cell.nos, shares["other"])
        for cell, maximum in document.marks.maxima.items()
    }


def verdict(document: CredentialDocument, awarded: dict[Cell, Fraction], rule: Any) -> Decision:
    parsed = parse_rule({"version": 1, "rule": rule}, credential=document.marks)
    return decide(document.marks, awarded, parsed)


def aggregate(basis: str) -> dict[str, Any]:
    return {"share": {"scope": {"credential": True}, "component": "all", "basis": basis, "at_least": "7/10"}}


def each_nos(document: CredentialDocument) -> dict[str, Any]:
    return {
        "all_of": [
            {"share": {"scope": {"nos": nos.code}, "component": "all", "basis": "raw", "at_least": "7/10"}}
            for nos in document.nos
        ]
    }


@pytest.mark.parametrize(
    ("name", "nos", "pcs", "total", "parts"),
    [
        ("con_q0602", 8, 119, 750, {"theory": 230, "practical": 520}),
        ("con_q0103", 8, 165, 800, {"theory": 190, "practical": 610}),
        ("amh_q0301", 1, 1, 400, {"theory": 106, "practical": 246, "viva": 48}),
    ],
)
def test_a_pack_sums_to_its_printed_totals(
    name: str, nos: int, pcs: int, total: int, parts: dict[str, int]
) -> None:
    document = pack(name)
    assert (len(document.nos), len(document.pcs), document.maximum) == (nos, pcs, total)
    assert {part.id: document.maximum_in(part.id) for part in document.components} == parts
    assert sum(nos.weight for nos in document.nos) == 100


def test_the_electrician_s_nos_have_their_printed_totals_and_credits() -> None:
    document = pack("con_q0602")
    assert [nos.maximum for nos in document.nos] == [100] * 7 + [50]
    assert sum(nos.credits or 0 for nos in document.nos) == 13 == document.credits
    assert document.nos[7].pcs[0].printed == "PC1"
    assert document.nos[7].pcs[0].id == "N0101.PC1"


def test_halves_of_marks_are_kept() -> None:
    mason = pack("con_q0103")
    assert [str(element.marks_in("theory")) for element in mason.nos[0].elements] == [
        "2", "2", "9/2", "2", "4", "9/2", "1",
    ]  # fmt: skip


def test_full_marks_in_the_heavy_nos_alone_fail_raw_pass_weighted_and_fail_each_nos() -> None:
    document = pack("con_q0602")
    awarded = marks(document, other=Fraction(0), **dict.fromkeys(HEAVY_0602, Fraction(1)))
    table: MarkTable = mark_table(document.marks, awarded)
    raw, weighted = (table.total(CREDENTIAL, basis=basis) for basis in (Basis.RAW, Basis.WEIGHTED))
    assert (raw.earned, raw.maximum) == (400, 750)
    assert weighted.earned == 80
    assert verdict(document, awarded, aggregate("raw")).verdict is Verdict.FAIL
    assert verdict(document, awarded, aggregate("weighted")).verdict is Verdict.PASS
    assert verdict(document, awarded, each_nos(document)).verdict is Verdict.FAIL
    assert decide(document.marks, awarded, document.rule).verdict is Verdict.PASS


def test_heavy_nos_at_65_and_light_ones_at_100_pass_raw_and_fail_weighted() -> None:
    document = pack("con_q0103")
    heavy = {nos.code for nos in document.nos if nos.weight >= 12}
    first = marks(document, other=Fraction(1), **dict.fromkeys(heavy, Fraction(65, 100)))
    table = mark_table(document.marks, first)
    assert len(heavy) == 6
    raw, weighted = (table.total(CREDENTIAL, basis=basis) for basis in (Basis.RAW, Basis.WEIGHTED))
    assert raw.earned / raw.maximum == Fraction(7375, 10_000)
    assert weighted.earned == Fraction(692, 10)
    assert verdict(document, first, aggregate("raw")).verdict is Verdict.PASS
    assert verdict(document, first, aggregate("weighted")).verdict is Verdict.FAIL


def test_exactly_seventy_per_cent_of_every_element_passes_exactly() -> None:
    document = pack("con_q0103")
    awarded = marks(document, other=Fraction(7, 10))
    nos = document.nos[2]
    assert nos.code == "CON/N0112"
    of_theory, of_practical = (
        sum(0.7 * float(element.marks_in(name)) for element in nos.elements)
        for name in ("theory", "practical")
    )
    assert of_theory + of_practical < 70  # what floats make of it: 69.99999999999999
    decision = decide(document.marks, awarded, document.rule)
    assert decision.verdict is Verdict.PASS
    assert decision.root.margin_share == 0


def test_the_sewing_machine_operator_passes_with_280_of_400() -> None:
    document = pack("amh_q0301")
    cells = {cell.component: cell for cell in document.marks.maxima}

    def with_marks(theory: str, practical: str, viva: str) -> Verdict:
        return decide(
            document.marks,
            {
                cells["theory"]: Fraction(theory),
                cells["practical"]: Fraction(practical),
                cells["viva"]: Fraction(viva),
            },
            document.rule,
        ).verdict

    assert with_marks("60", "190", "30") is Verdict.PASS
    assert with_marks("60", "190", "29.5") is Verdict.FAIL


def test_the_marks_of_an_element_are_earned_by_all_its_pcs() -> None:
    document = pack("con_q0602")
    cell = next(cell for cell in document.marks.maxima if cell.nos == "CON/N0603")
    assert document.pcs_of(cell) == tuple(f"N0603.PC{number}" for number in range(1, 10))
    own = Cell(nos="CON/N0603", element="E1", pc="N0603.PC4", component="theory")
    assert document.pcs_of(own) == ("N0603.PC4",)
    assert element_scope("E1", nos="CON/N0603") in document.marks.index
