# SPDX-License-Identifier: Apache-2.0
"""Elements, the dossier, and documents of earlier versions, as they are read."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from core.canonical import digest
from core.errors import Conflict, Invalid
from item_bank.standards.dossier import CredentialKind, Direction, Usage, Visibility
from item_bank.standards.loading import load_document
from item_bank.standards.parsing import parse_credential
from item_bank.standards.rulebook import findings
from scoring.api import Cell, element_scope, pc_scope
from tests.unit.item_bank.builders import changed, credential, share, without
from tests.unit.item_bank.standards.documents import with_elements

BEFORE = (
    Path(__file__).resolve().parents[3]
    / "golden"
    / "credentials"
    / "secure_digital_payments_before_the_dossier.json"
)
NOS = ("nos", 0)


def problems(document: object) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        parse_credential(document)
    found = refusal.value.facts["problems"]
    assert isinstance(found, list)
    return {(one["where"], one["code"]) for one in found}


def test_a_document_from_before_the_dossier_reads_as_it_did() -> None:
    document = json.loads(BEFORE.read_text(encoding="utf-8"))
    sha256 = "sha256:a244f6cebecda88ffc2cc11187082e4d26d99b3474913b0b0f9ad87b566a7925"
    assert digest(document) == sha256
    read = load_document(document, sha256=sha256)
    assert read.kind is CredentialKind.MICRO_CREDENTIAL
    assert read.adoption is None
    assert read.dossier.visibility is None
    assert read.maximum == 60
    assert all(cell.element is None for cell in read.marks.maxima)
    missing = {one.rule for one in findings(read)}
    assert {"validation_count", "territory_stated", "statutory_needs_stated"} <= missing


def test_a_stored_document_is_parsed_once_and_never_believed_with_another_hash() -> None:
    document = credential()
    sha256 = digest(document)
    assert load_document(document, sha256=sha256) is load_document(credential(), sha256=sha256)
    altered = changed(document, "level", to="8")
    with pytest.raises(Conflict) as refusal:
        load_document(altered, sha256=sha256)
    assert refusal.value.code == "credential_altered"


def test_marks_sit_on_elements_or_on_their_pcs() -> None:
    document = parse_credential(with_elements())
    nos = document.nos[0]
    assert [element.id for element in nos.elements] == ["E1", "E2"]
    assert [one.id for one in nos.pcs] == ["N1.PC1", "N1.PC2", "N1.PC3"]
    assert [one.printed for one in nos.pcs] == ["PC1", "PC2", "N1.PC3"]
    assert (nos.maximum, nos.marks_in("theory")) == (Fraction(61, 2), Fraction(17, 2))
    assert (nos.elements[0].maximum, nos.elements[0].marks_in("viva")) == (Fraction(41, 2), 0)
    assert document.maximum == Fraction(61, 2)
    assert document.maximum_in("practical") == 20
    marks = document.marks
    assert Cell(nos="SDP/N0701", element="E1", component="theory") in marks.maxima
    assert Cell(nos="SDP/N0701", element="E2", pc="N1.PC3", component="viva") in marks.maxima
    assert marks.element_of[pc_scope("N1.PC1", nos="SDP/N0701")] == "E1"
    assert element_scope("E2", nos="SDP/N0701") in marks.index
    element = nos.element_of(nos.pcs[2])
    assert element is not None
    assert element.id == "E2"
    assert document.pcs_of(Cell(nos="SDP/N0701", element="E1", component="theory")) == ("N1.PC1", "N1.PC2")


def test_an_element_whose_marks_are_nowhere_is_still_a_group_of_pcs() -> None:
    document = with_elements()
    del document["nos"][0]["elements"][1]["pcs"][0]["marks"]["theory"]
    document = changed(document, "nos", 0, "elements", 1, "pcs", 0, "marks", to={})
    read = parse_credential(without(document, "nos", 0, "total"))
    assert read.marks.element_of[pc_scope("N1.PC3", nos="SDP/N0701")] is None


ELEMENT = (*NOS, "elements", 0)
BROKEN: list[tuple[tuple[str | int, ...], Any, str, str]] = [
    ((*NOS, "total"), "31", "$.nos[0].total", "total_differs"),
    ((*ELEMENT, "pcs", 0, "marks"), {"theory": "1"}, "$.nos[0].elements[0].pcs[0].marks", "unknown_key"),
    ((*ELEMENT, "pcs", 0, "threshold"), "1/2", "$.nos[0].elements[0].pcs[0].threshold", "threshold_without_marks"),
    ((*ELEMENT, "marks", "ojt"), "1", "$.nos[0].elements[0].marks.ojt", "unknown_component"),
    ((*ELEMENT, "threshold"), "2", "$.nos[0].elements[0].threshold", "out_of_range"),
    ((*ELEMENT, "pcs"), [], "$.nos[0].elements[0].pcs", "count"),
    ((*ELEMENT, "id"), "E2", "$.nos[0].elements", "duplicate"),
    ((*ELEMENT, "pcs", 0, "id"), "N1.PC2", "$.nos", "duplicate"),
    ((*ELEMENT, "pcs", 0, "id"), "N1/PC2", "$.nos[0].elements[0].pcs[0].id", "malformed"),
    ((*NOS, "elements"), [], "$.nos[0].elements", "count"),
    (("kind",), "course", "$.kind", "not_one_of"),
    (("visibility",), "secret", "$.visibility", "not_one_of"),
    (("future_skill",), "yes", "$.future_skill", "wrong_type"),
    (("usage",), [], "$.usage", "count"),
    (("entry_routes",), [], "$.entry_routes", "count"),
    (("entry_routes",), ["class 10", "matric"], "$.entry_routes[1]", "no_entry_route"),
    (("usage",), ["sometimes"], "$.usage[0]", "not_one_of"),
    (("review_date",), "31-07-2027", "$.review_date", "malformed"),
    (("review_date",), "2027-02-29", "$.review_date", "no_such_day"),
    (("statutory_needs",), {"none": False}, "$.statutory_needs.text", "missing"),
    (("statutory_needs",), {}, "$.statutory_needs.none", "missing"),
    (("progression",), {"sideways": []}, "$.progression.sideways", "unknown_key"),
    (("evidence", "need"), [{"name": "x", "sha256": "x"}], "$.evidence.need[0].sha256", "malformed"),
    (("components", 0, "reason"), {"en": "x"}, "$.components[0].reason.hi", "missing"),
    (("adoption",), {}, "$.adoption.parent", "missing"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "where", "code"), BROKEN, ids=lambda value: str(value)[:40])
def test_a_malformed_part_is_named_by_its_path(
    path: tuple[str | int, ...], value: Any, where: str, code: str
) -> None:
    assert (where, code) in problems(changed(with_elements(), *path, to=value))


def test_a_nos_needs_pcs_or_elements() -> None:
    assert ("$.nos[0].pcs", "missing") in problems(without(credential(), *NOS, "pcs"))


def test_a_duplicate_points_at_a_pc_that_is_there() -> None:
    parent = {"awarding_body": "A", "code": "A1/B1", "version": "1.0", "sha256": "sha256:" + "0" * 64}
    adoption = {"parent": parent, "duplicates": [{"pc": "PC9", "same_as": "PC8", "reason": "Same"}]}
    assert problems(credential(adoption=adoption)) == {("$.adoption.duplicates[0].same_as", "unknown_pc")}
    adoption["duplicates"][0]["same_as"] = "PC1"  # type: ignore[index]
    read = parse_credential(credential(adoption=adoption)).adoption
    assert read is not None
    assert read.duplicates[0].same_as == "PC1"


def test_the_dossier_becomes_typed_values() -> None:
    read = parse_credential(
        credential(
            usage=["alone", "multi_skill"], review_date="2027-07-31", visibility="private", future_skill=True
        )
    )
    dossier = read.dossier
    assert dossier.usage == (Usage.ALONE, Usage.MULTI_SKILL)
    assert dossier.review_date == date(2027, 7, 31)
    assert dossier.visibility is Visibility.PRIVATE
    assert [link.code for link in dossier.links(Direction.VERTICAL)] == ["SDP/MC/0801"]
    assert dossier.industry_validations[0].date == date(2026, 7, 6)
    assert dossier.statutory_needs is not None
    assert dossier.statutory_needs.none
    hours = parse_credential(changed(credential(), "nos", 0, "pcs", 0, "hours", to="2.5")).pcs[0].hours
    assert hours == Decimal("2.5")


def test_a_threshold_on_an_element_must_be_in_the_rule_and_serves_its_pcs() -> None:
    document = with_elements(threshold="1/2")
    for place in (0, 1):
        document = changed(document, *ELEMENT, "pcs", place, "mandatory", to=True)
    broken = _told(document)
    assert "SDP/N0701 E1" in broken["rule_holds_every_threshold"]
    assert "N1.PC1" not in broken.get("threshold_for_every_mandatory_pc", "")
    assert "N1.PC1" not in broken.get("marks_for_every_mandatory_pc", "")
    rule = {"all_of": [share({"element": "E1"}, "1/2"), share({"pc": "N1.PC3"})]}
    kept = {one.rule for one in findings(parse_credential(changed(document, "rule", "rule", to=rule)))}
    assert "rule_holds_every_threshold" not in kept
    assert "SDP/N0701 E1" in broken["criteria_make_the_marks"]


def _told(document: dict[str, Any]) -> dict[str, str]:
    told: dict[str, str] = {}
    for one in findings(parse_credential(document)):
        told[one.rule] = told.get(one.rule, "") + one.text
    return told
