# SPDX-License-Identifier: Apache-2.0
"""Credential documents whose rule uses what came with version 2: as values, as workbooks, and against their own marks."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from item_bank.standards.files import read_credential_file
from item_bank.standards.model import marked_items
from item_bank.standards.parsing import credential_problems, parse_credential
from item_bank.standards.workbook import credential_xlsx, sheets_of
from item_bank.standards.workbook_reading import document_of_sheets
from scoring.api import Verdict, decide, dump_rule
from tests.unit.item_bank.builders import changed, credential, share, without
from tests.unit.item_bank.standards.documents import with_elements

BANDS = {
    "bands": {
        "scope": {"credential": True},
        "component": "all",
        "basis": "raw",
        "of": [{"name": "A", "at_least": "17/20"}, {"name": "B", "at_least": "7/10"}],
        "pass": "B",
    }
}
COMPENSATE = {
    "compensate": {
        "k": 1,
        "limit": "1.5",
        "unit": "marks",
        "of": [share({"pc": "PC1"}), share({"pc": "PC2"})],
    }
}
OUTCOMES = {"at_least": {"share": "1/2", "of": [share({"pc": "PC1"}, "1/2"), share({"pc": "PC2"}, "1/2")]}}


def ruled(*nodes: Any, version: int = 2, of: Any = None) -> dict[str, Any]:
    rule = nodes[0] if len(nodes) == 1 else {"all_of": list(nodes)}
    return changed(of or credential(), "rule", to={"version": version, "rule": rule})


def first_item() -> tuple[str, str]:
    """An observed criterion of the sample and the PC that it is about."""
    one = credential()["practical"]["criteria"][0]
    return one["id"], one["pc"]


def test_every_new_node_is_read_and_comes_back_from_a_workbook() -> None:
    item, _ = first_item()
    critical = {"critical": {"item": item, "nos": "SDP/N0701", "component": "practical", "at_least": "1/2"}}
    for rule in (
        BANDS,
        {"bands": {name: part for name, part in BANDS["bands"].items() if name != "pass"}},
        COMPENSATE,
        OUTCOMES,
        {"all_of": [BANDS, COMPENSATE, OUTCOMES, critical, share({"item": item}, "1/4")]},
    ):
        document = ruled(rule)
        assert credential_problems(document) == ()
        assert read_credential_file(credential_xlsx(document), filename="c.xlsx") == document


@pytest.mark.parametrize("version", [1, 2])
def test_a_rule_keeps_the_version_that_it_was_written_in(version: int) -> None:
    document = ruled(share({"pc": "PC1"}), version=version)
    assert read_credential_file(credential_xlsx(document), filename="c.xlsx") == document
    fields = [row["field"] for row in sheets_of(document)["credential"]]
    assert ("rule_version" in fields) is (version == 2)
    assert "rule_version" not in [row["field"] for row in sheets_of(ruled(BANDS))["credential"]]


def mistakes(document: dict[str, Any], row: int, **cells: str) -> list[tuple[str, str]]:
    """What is wrong when some cells of a row of the rule's sheet are other ones."""
    sheets = sheets_of(document)
    rows = sheets["rule"]
    rows[row] = {name: cell for name, cell in {**rows[row], **cells}.items() if cell}
    return [(one["where"], one["code"]) for one in document_of_sheets(sheets)[1]]


def test_a_mistake_in_a_new_node_is_named_by_its_cell() -> None:
    assert mistakes(ruled(COMPENSATE), 0, limit="0") == [
        ("sheet rule, row 2, column limit", "limit_out_of_range")
    ]
    assert mistakes(ruled(COMPENSATE), 0, unit="points") == [
        ("sheet rule, row 2, column unit", "unknown_unit")
    ]
    assert mistakes(ruled(COMPENSATE), 0, k="2") == [("sheet rule, row 2, column k", "k_out_of_range")]
    assert mistakes(ruled(BANDS), 0, **{"pass": "D"}) == [("sheet rule, row 2, column pass", "unknown_band")]
    assert mistakes(ruled(BANDS), 2, at_least="9/10") == [("sheet rule, row 4", "bands_not_falling")]
    assert mistakes(ruled(BANDS), 2, at_least="2") == [
        ("sheet rule, row 4, column at_least", "share_out_of_range")
    ]
    assert mistakes(ruled(OUTCOMES), 0, at_least="2") == [
        ("sheet rule, row 2, column at_least", "share_out_of_range")
    ]
    assert mistakes(ruled(OUTCOMES), 0, k="1")[0][1] == "k_or_share"
    assert mistakes(ruled(BANDS), 1, line="1.1.1") == [("sheet rule, row 3, column line", "rule_line")]
    under_a_band = [*sheets_of(ruled(BANDS))["rule"], {"line": "1.2.1", "kind": "share"}]
    sheets = {**sheets_of(ruled(BANDS)), "rule": under_a_band}
    found = document_of_sheets(sheets)[1]
    assert ("sheet rule, row 5, column line", "rule_line") in [(one["where"], one["code"]) for one in found]


def test_a_version_in_a_workbook_is_a_number_that_is_known() -> None:
    sheets = sheets_of(credential())
    sheets["credential"].append({"field": "rule_version", "value": "x"})
    found = [(one["where"], one["code"]) for one in document_of_sheets(sheets)[1]]
    assert found == [
        (f"sheet credential, row {len(sheets['credential']) + 1}, column value", "unknown_version")
    ]


def test_items_make_up_the_marks_of_their_criterion() -> None:
    item, pc = first_item()
    document = parse_credential(ruled({"critical": {"item": item, "at_least": "1"}}))
    cells = [cell for cell in document.marks.maxima if cell.item is not None]
    assert {cell.item for cell in cells} == {one.id for one in document.items}
    assert sum(document.marks.maxima.values()) == document.maximum
    assert dump_rule(document.rule)["version"] == 2
    full = dict(document.marks.maxima)
    assert decide(document.marks, full, document.rule).verdict is Verdict.PASS
    [missed] = [cell for cell in cells if cell.item == item]
    assert missed.pc == pc
    without_it = decide(document.marks, {**full, missed: Fraction(0)}, document.rule)
    assert without_it.verdict is Verdict.FAIL


def test_marks_stay_whole_where_the_rule_looks_at_no_item() -> None:
    document = parse_credential(credential())
    assert all(cell.item is None for cell in document.marks.maxima)
    assert any(cell.item for cell in document.marks_by_item.maxima)


def test_items_that_do_not_add_up_are_no_marks_of_their_own() -> None:
    item, _ = first_item()
    document = changed(credential(), "practical", "criteria", 0, "levels", 1, "marks", to="99")
    levels = document["practical"]["criteria"][0]["levels"]
    document = changed(document, "practical", "criteria", 0, "levels", to=levels[:2])
    found = credential_problems(ruled({"critical": {"item": item, "at_least": "1"}}, of=document))
    assert [one.code for one in found] == ["unknown_item"]


def test_the_marks_of_an_element_may_be_those_of_its_items() -> None:
    plain = with_elements()
    criteria = [
        {**credential()["practical"]["criteria"][0], "id": f"N1.PC{number}-P1", "pc": f"N1.PC{number}"}
        for number in (1, 2)
    ]
    for one in criteria:
        one["levels"] = [{**one["levels"][0], "marks": "0"}, {**one["levels"][0], "marks": "8"}]
    practical = {"task": credential()["practical"]["task"], "criteria": criteria}
    node = {"all_of": [share({"nos": "SDP/N0701"}), share({"item": "N1.PC2-P1"})]}
    document = parse_credential(ruled(node, of={**plain, "practical": practical}))
    split = [cell for cell in document.marks.maxima if cell.item is not None]
    assert [(cell.element, cell.pc) for cell in split] == [("E1", "N1.PC1"), ("E1", "N1.PC2")]
    assert marked_items(None, ()) == ()


def test_mistakes_in_the_tasks_are_named_once_and_leave_the_rule_alone() -> None:
    document = changed(credential(), "practical", "criteria", 0, "pc", to="PC99")
    assert [one.code for one in credential_problems(document)] == ["unknown_pc"]
    assert [one.code for one in credential_problems(without(credential(), "practical"))] == []
