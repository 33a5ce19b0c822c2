# SPDX-License-Identifier: Apache-2.0
"""Credential documents as workbooks and as JSON: what goes out comes back the same, and mistakes are named by their cell."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import openpyxl
import pytest

from core.canonical import digest
from core.errors import Invalid
from item_bank.samples import load_sample
from item_bank.standards.files import read_credential_file
from item_bank.standards.workbook import SHEETS, credential_template_xlsx, credential_xlsx
from tests.unit.item_bank.builders import changed, credential, dossier, without
from tests.unit.item_bank.standards.documents import rich

SAMPLES = ["secure_digital_payments", "con_q0602", "con_q0103", "amh_q0301"]
Edit = tuple[str, str, object]


def edited(document: dict[str, Any], *edits: Edit, sheet_twice: str = "") -> bytes:
    """The workbook of a document with some cells written over: (sheet, cell, value)."""
    book = openpyxl.load_workbook(io.BytesIO(credential_xlsx(document)))
    for sheet, cell, value in edits:
        book[sheet][cell] = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def problems(data: bytes, filename: str = "credential.xlsx") -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        read_credential_file(data, filename=filename)
    assert refusal.value.code == "credential_malformed", refusal.value
    found = refusal.value.facts["problems"]
    assert isinstance(found, list)
    assert all(one["reason"] for one in found)
    return {(one["where"], one["code"]) for one in found}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_comes_back_as_it_went_out(name: str) -> None:
    document = load_sample(name).credential
    again = read_credential_file(credential_xlsx(document), filename="c.xlsx")
    assert digest(again) == digest(document)
    assert digest(read_credential_file(json.dumps(document).encode(), filename="c.json")) == digest(document)


def test_every_member_comes_back_as_it_went_out() -> None:
    document = rich()
    assert read_credential_file(credential_xlsx(document), filename="C.XLSX") == document


def test_the_same_document_makes_the_same_file() -> None:
    assert credential_xlsx(rich()) == credential_xlsx(rich())


def test_the_template_has_every_sheet_and_asks_for_what_is_missing() -> None:
    template = credential_template_xlsx()
    assert openpyxl.load_workbook(io.BytesIO(template)).sheetnames == [*SHEETS, "notes"]
    found = problems(template)
    assert ("sheet credential, row 2, column value", "missing") in found  # the code
    assert ("sheet components, row 2, column minutes", "missing") in found
    assert ("sheet nos", "count") in found


CELLS: list[tuple[Edit, str, str]] = [
    (("credential", "B3", "nonsense"), "sheet credential, row 3, column value", "malformed"),
    (("credential", "A3", "colour"), "sheet credential, row 3, column field", "unknown_field"),
    (("credential", "A4", "code"), "sheet credential, row 4, column field", "field_twice"),
    (("components", "B2", "many"), "sheet components, row 2, column minutes", "wrong_type"),
    (("components", "C2", "perhaps"), "sheet components, row 2, column online", "wrong_type"),
    (("nos", "B2", "x"), "sheet nos, row 2, column weight", "not_a_number"),
    (("pcs", "A2", "SDP/N0999"), "sheet pcs, row 2, column nos", "unknown_nos"),
    (("pcs", "B2", "E7"), "sheet pcs, row 2, column element", "unknown_element"),
    (("pcs", "E3", "perhaps"), "sheet pcs, row 3, column mandatory", "wrong_type"),
    (("pcs", "F3", "11/10"), "sheet pcs, row 3, column threshold", "out_of_range"),
    (("pcs", "H2", "four"), "sheet pcs, row 2, column marks_theory", "not_a_number"),
    (("pcs", "K2", "<b>bold</b>"), "sheet pcs, row 2, column title_en", "html_in_text"),
    (("pcs", "M2", "perhaps"), "sheet pcs, row 2, column capacity_assessor", "wrong_type"),
    (("knowledge", "A2", "PC9"), "sheet knowledge, row 2, column pc", "unknown_pc"),
    (("knowledge", "B3", None), "sheet knowledge, row 3, column text_en", "missing"),
    (("elements", "A2", "SDP/N0999"), "sheet elements, row 2, column nos", "unknown_nos"),
    (("levels", "A2", "PC1-P9"), "sheet levels, row 2, column of", "unknown_criterion"),
    (("levels", "B2", "2"), "sheet criteria, row 2", "levels_not_rising"),
    (("criteria", "B2", "PC9"), "sheet criteria, row 2, column pc", "unknown_pc"),
    (("questions", "B2", "PC9"), "sheet questions, row 2, column pc", "unknown_pc"),
    (("lists", "A2", "wishes"), "sheet lists, row 2, column list", "unknown_list"),
    (("progression", "A2", "sideways"), "sheet progression, row 2, column direction", "unknown_key"),
    (("validations", "C2", "2026-02-30"), "sheet validations, row 2, column date", "no_such_day"),
    (("validations", "E3", "md5:1"), "sheet validations, row 3, column file_sha256", "malformed"),
    (("evidence", "C2", "md5:1"), "sheet evidence, row 2, column sha256", "malformed"),
    (("rule", "A3", "7.1"), "sheet rule, row 3, column line", "rule_line"),
    (("rule", "A3", "1"), "sheet rule, row 3, column line", "rule_line"),
    (("rule", "A4", "1.1.1"), "sheet rule, row 4, column line", "rule_line"),
    (("duplicates", "B2", "PC8"), "sheet duplicates, row 2, column same_as", "unknown_pc"),
    (("nos", "A1", "colour"), "sheet nos, column colour", "unknown_column"),
    (("pcs", "F3", 0.7), "", ""),
]


@pytest.mark.parametrize(("edit", "where", "code"), CELLS, ids=lambda value: str(value)[:40])
def test_a_mistake_is_named_by_its_cell(edit: Edit, where: str, code: str) -> None:
    data = edited(rich(), edit)
    if code:
        assert (where, code) in problems(data)
    else:  # a number that the spreadsheet made is as good as its text
        assert read_credential_file(data, filename="c.xlsx")["nos"][0]["pcs"][1]["threshold"] == "0.7"


def test_a_rule_that_does_not_fit_is_named_by_its_row() -> None:
    document = credential()
    data = edited(document, ("rule", "E3", "PC7"))
    assert ("sheet rule, row 3", "unknown_pc") in problems(data)
    data = edited(document, ("rule", "I3", "2"))
    assert ("sheet rule, row 3, column at_least", "share_out_of_range") in problems(data)


def test_a_cell_that_is_no_text_and_a_sheet_that_nobody_knows_are_refused() -> None:
    found = problems(edited(credential(), ("nos", "B2", "=1+99")))
    assert ("sheet nos, row 2, column weight", "cell_is_formula") in found
    book = openpyxl.load_workbook(io.BytesIO(credential_xlsx(credential())))
    book.create_sheet("extra")["A1"] = "something"
    target = io.BytesIO()
    book.save(target)
    assert problems(target.getvalue()) == {("sheet extra", "unknown_sheet")}


@pytest.mark.parametrize(
    ("data", "filename", "code"),
    [
        (b"", "c.xlsx", "file_empty"),
        (b"not a zip", "c.xlsx", "xlsx_unreadable"),
        (b"{}", "c.txt", "format_unknown"),
        (b"{", "c.json", "json_unreadable"),
        (b"[" * 100_000, "c.json", "json_unreadable"),
        (b'{"code": 1, "code": 2}', "c.json", "json_unreadable"),
        (b"\xff\xfe", "c.json", "encoding_unknown"),
        (b"[]", "c.json", "credential_malformed"),
    ],
)
def test_what_is_no_credential_file_is_refused_by_name(data: bytes, filename: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_credential_file(data, filename=filename)
    assert refusal.value.code == code


def test_a_book_of_very_many_sheets_is_refused() -> None:
    book = openpyxl.Workbook()
    for number in range(60):
        book.create_sheet(f"s{number}")["A1"] = "x"
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(Invalid) as refusal:
        read_credential_file(target.getvalue(), filename="c.xlsx")
    assert refusal.value.code == "too_many_sheets"


def test_a_document_without_tasks_and_dossier_comes_back_too() -> None:
    theory = [{**one, "marks": {"theory": "4"}} for one in credential()["nos"][0]["pcs"]]
    document = without(without(changed(credential(), "nos", 0, "pcs", to=theory), "practical"), "viva")
    for member in dossier():
        document = without(document, member)
    assert read_credential_file(credential_xlsx(document), filename="c.xlsx") == document


def test_a_hostile_workbook_is_refused_before_it_is_opened() -> None:
    def with_part(name: str, data: bytes) -> bytes:
        source = zipfile.ZipFile(io.BytesIO(credential_xlsx(credential())))
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
            for entry in source.infolist():
                made.writestr(entry.filename, data if entry.filename == name else source.read(entry))
        return target.getvalue()

    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    for data, code in (
        (with_part("xl/sharedStrings.xml", entity), "xlsx_unreadable"),
        (with_part("xl/worksheets/sheet5.xml", b" " * 70_000_000), "zip_bomb"),
        (with_part("xl/worksheets/sheet5.xml", b"<worksheet><broken"), "xlsx_unreadable"),
    ):
        with pytest.raises(Invalid) as refusal:
            read_credential_file(data, filename="c.xlsx")
        assert refusal.value.code == code
