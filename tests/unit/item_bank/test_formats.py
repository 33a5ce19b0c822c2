# SPDX-License-Identifier: Apache-2.0
"""Files of items: what is read, what is refused and where, and that hostile files cost nothing."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import date
from typing import Any

import openpyxl
import pytest

from core.errors import Invalid
from item_bank.formats.files import parse_item_documents, parse_items, read_json
from item_bank.formats.model import ParsedFile
from item_bank.formats.rows import column_of
from item_bank.formats.sheets import MAXIMUM_BYTES, MAXIMUM_ROWS, column_letters, read_sheet
from item_bank.formats.template import COLUMNS, template_xlsx
from item_bank.items.self_test import reaches_maximum
from tests.unit.item_bank.builders import changed, item, read, text_item, xlsx

CHOICE: dict[str, object] = {
    "id": "Q1",
    "pc": "PC1",
    "type": "choice_single",
    "difficulty": "easy",
    "seconds": 35,
    "shuffle": "yes",
    "key": "B",
    "stem_en": "Which one?",
    "option_a_en": "this",
    "option_b_en": "that",
    "stem_hi": "कौन-सा?",
    "option_a_hi": "यह",
    "option_b_hi": "वह",
}
TEXT: dict[str, object] = {
    "id": "Q2",
    "pc": "PC2",
    "type": "text_entry",
    "difficulty": "hard",
    "seconds": 20,
    "key": 1930,
    "normalise": "trim, nfc",
    "stem_en": "Which number?",
    "stem_hi": "कौन-सा नंबर?",
}


def table(*rows: dict[str, object]) -> list[list[object]]:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return [list(columns), *[[row.get(column) for column in columns] for row in rows]]


def as_csv(rows: list[list[object]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter).writerows(
        [["" if cell is None else cell for cell in row] for row in rows]
    )
    return target.getvalue().encode(encoding)


def refusals(parsed: ParsedFile) -> set[tuple[str, str]]:
    return {(refusal.where, refusal.code) for one in parsed.items for refusal in one.refusals()}


def refused_file(data: bytes, filename: str) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        parse_items(data, filename=filename)
    return refusal.value


def with_cells(**changes: object) -> ParsedFile:
    return parse_items(xlsx(table({**CHOICE, **changes})), filename="bank.xlsx")


# --------------------------------------------------------------------------------------- what is read


@pytest.mark.parametrize(
    ("data", "filename"),
    [
        (xlsx(table(CHOICE, TEXT)), "bank.XLSX"),
        (as_csv(table(CHOICE, TEXT)), "bank.csv"),
        (as_csv(table(CHOICE, TEXT), encoding="utf-8-sig"), "bank.csv"),
        (as_csv(table(CHOICE, TEXT), delimiter=";"), "bank.csv"),
        (as_csv(table(CHOICE, TEXT), delimiter="\t"), "bank.csv"),
    ],
)
def test_the_same_table_reads_the_same_from_every_kind_of_file(data: bytes, filename: str) -> None:
    parsed = parse_items(data, filename=filename)
    assert refusals(parsed) == set()
    assert parsed.losses == ()
    choice, text = (one.document for one in parsed.items)
    assert choice.to_document() == {
        "id": "Q1",
        "pc": "PC1",
        "type": "choice_single",
        "difficulty": "easy",
        "seconds": 35,
        "key": ["B"],
        "normalise": [],
        "shuffle": True,
        "en": {"stem": "Which one?", "options": {"A": "this", "B": "that"}},
        "hi": {"stem": "कौन-सा?", "options": {"A": "यह", "B": "वह"}},
    }
    assert text.key.correct == ("1930",)
    assert [step.value for step in text.key.normalise] == ["nfc", "trim"]


def test_the_template_imports_as_it_is() -> None:
    parsed = parse_items(template_xlsx(), filename="template.xlsx")
    assert refusals(parsed) == set()
    assert parsed.losses == ()
    assert [one.document.content.interaction.value for one in parsed.items] == [
        "choice_single",
        "choice_multiple",
        "text_entry",
        "numeric",
        "match",
        "order",
        "inline_choice",
        "extended_text",
    ]
    assert all(reaches_maximum(one.document) for one in parsed.items)


def test_the_template_has_a_heading_for_every_column_and_notes() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx()))
    assert book.sheetnames == ["items", "notes"]
    assert tuple(cell.value for cell in book["items"][1]) == COLUMNS
    notes = {row[0].value for row in book["notes"].iter_rows()}
    assert {"id", "pc", "type", "key", "normalise"} <= notes


def test_empty_rows_and_columns_are_passed_over_and_the_numbers_stay_those_of_the_file() -> None:
    rows = [[], [], *table({**CHOICE, "key": "Z"})]
    rows.insert(3, [])
    assert refusals(parse_items(xlsx(rows), filename="x.xlsx")) == {
        ("row 5, column key", "key_not_an_option")
    }


def test_a_line_break_inside_a_cell_does_not_shift_the_lines_of_a_csv() -> None:
    rows = table({**CHOICE, "stem_en": "two\nlines"}, {**TEXT, "pc": "P C"})
    parsed = parse_items(as_csv(rows), filename="x.csv")
    assert parsed.items[0].document.content.bodies[0].stem == "two\nlines"
    assert refusals(parsed) == {("row 4, column pc", "malformed")}


def test_columns_that_mean_nothing_are_named_as_losses() -> None:
    parsed = with_cells(remark="mine", option_z_en="x")
    assert {loss.where for loss in parsed.losses} == {"column remark", "column option_z_en"}
    assert refusals(parsed) == set()


def test_headings_may_be_written_with_capitals_and_spaces() -> None:
    rows = table(CHOICE)
    rows[0] = [str(column).upper().replace("_", " ") for column in rows[0]]
    assert refusals(parse_items(xlsx(rows), filename="x.xlsx")) == set()


def test_a_third_language_needs_only_its_columns() -> None:
    parsed = with_cells(stem_mr="कोणता?", option_a_mr="हा", option_b_mr="तो")
    assert parsed.items[0].document.content.languages == ("en", "hi", "mr")


def test_several_letters_may_be_parted_by_commas_semicolons_or_spaces() -> None:
    for key in ("A, B", "a;b", "B A", "A|B"):
        assert with_cells(type="choice_multiple", key=key).items[0].document.key.correct == ("A", "B")


def test_whole_floats_and_booleans_of_a_spreadsheet_are_what_they_look_like() -> None:
    parsed = with_cells(seconds=35.0, shuffle=False)
    assert parsed.items[0].document.content.seconds == 35
    assert not parsed.items[0].document.content.shuffle
    assert parse_items(xlsx(table({**TEXT, "key": 0.5})), filename="x.xlsx").items[
        0
    ].document.key.correct == ("0.5",)


def test_yes_and_no_may_be_hindi() -> None:
    assert with_cells(shuffle="हाँ").items[0].document.content.shuffle
    assert not with_cells(shuffle="नहीं").items[0].document.content.shuffle


def test_the_sheet_called_items_is_read_and_else_the_first() -> None:
    assert refusals(parse_items(xlsx(table(CHOICE), sheet="Sheet 7"), filename="x.xlsx")) == set()


def test_escaped_characters_of_the_format_come_out_as_themselves() -> None:
    written = with_cells(stem_en="one_x000A_two")  # escaped when it was written
    assert written.items[0].document.content.bodies[0].stem == "one_x000A_two"
    strings = zipfile.ZipFile(io.BytesIO(repacked({}))).read("xl/sharedStrings.xml")
    raw = repacked({"xl/sharedStrings.xml": strings.replace(b"Which one?", b"one_x000A_two")})
    [read_back] = parse_items(raw, filename="x.xlsx").items
    assert read_back.document.content.bodies[0].stem == "one\ntwo"


# ---------------------------------------------------------------------------- what is refused, and where

CELLS: list[tuple[dict[str, object], str, str]] = [
    ({"id": None}, "row 2, column id", "malformed"),
    ({"id": "a b"}, "row 2, column id", "malformed"),
    ({"pc": "no pc!"}, "row 2, column pc", "malformed"),
    ({"type": "essay"}, "row 2, column type", "not_one_of"),
    ({"difficulty": "tricky"}, "row 2, column difficulty", "not_one_of"),
    ({"seconds": "half a minute"}, "row 2, column seconds", "wrong_type"),
    ({"seconds": 3}, "row 2, column seconds", "out_of_range"),
    ({"shuffle": "perhaps"}, "row 2, column shuffle", "wrong_type"),
    ({"normalise": "trim"}, "row 2, column normalise", "normalise_not_allowed"),
    ({"key": None}, "row 2, column key", "no_key"),
    ({"key": "D"}, "row 2, column key", "key_not_an_option"),
    ({"key": "A, B"}, "row 2, column key", "one_key_expected"),
    ({"stem_en": None}, "row 2, column stem_en", "empty"),
    ({"stem_hi": "<b>कौन</b>"}, "row 2, column stem_hi", "html_in_text"),
    ({"stem_hi": "क\u200bख"}, "row 2, column stem_hi", "control_character"),
    ({"option_b_hi": None}, "row 2, column option_b_hi", "option_missing"),
    ({"option_c_hi": "और"}, "row 2, column option_c_hi", "option_extra"),
    ({"option_b_en": "This "}, "row 2, column option_b_en", "duplicate_option"),
    ({"option_d_en": "gap"}, "row 2, column option_a_en", "option_order"),
    ({"rationale_en": "x" * 2001}, "row 2, column rationale_en", "too_long"),
    ({"seconds": date(2026, 1, 2)}, "row 2, column seconds", "cell_is_date"),
    ({"key": "=1/0"}, "row 2, column key", "cell_is_formula"),
]


@pytest.mark.parametrize(
    ("cells", "where", "code"), CELLS, ids=[f"{c}-{n}" for n, (_, _, c) in enumerate(CELLS)]
)
def test_a_wrong_cell_is_named_with_row_and_column(cells: dict[str, object], where: str, code: str) -> None:
    assert (where, code) in refusals(with_cells(**cells))


def test_a_cell_that_shows_an_error_is_refused_once() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(table(CHOICE))))
    cell = book["items"].cell(2, 7)
    cell.value = "#N/A"
    cell.data_type = "e"
    target = io.BytesIO()
    book.save(target)
    assert refusals(parse_items(target.getvalue(), filename="x.xlsx")) == {
        ("row 2, column key", "cell_is_error")
    }


def test_an_option_in_a_text_entry_is_refused() -> None:
    parsed = parse_items(xlsx(table({**TEXT, "option_a_en": "x"})), filename="x.xlsx")
    assert refusals(parsed) == {("row 2, column option_a_en", "options_not_allowed")}


def test_a_cell_under_no_heading_is_refused_by_its_letters() -> None:
    rows = table(CHOICE)
    rows[1].append("stray")
    assert refusals(parse_items(xlsx(rows), filename="x.xlsx")) == {
        ("row 2, column N", "cell_without_header")
    }
    assert [column_letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_an_id_that_stands_twice_is_refused_where_it_stands_again() -> None:
    parsed = parse_items(xlsx(table(CHOICE, TEXT, {**CHOICE, "pc": "PC2"})), filename="x.xlsx")
    assert refusals(parsed) == {("row 4, column id", "duplicate_id")}
    again = parse_items(json.dumps([item(), item()]).encode(), filename="x.json")
    assert refusals(again) == {("$[1].id", "duplicate_id")}


def test_missing_columns_are_all_named() -> None:
    rows = [["id", "pc", "type"], ["Q1", "PC1", "choice_single"]]
    error = refused_file(as_csv(rows), "x.csv")
    assert (error.code, error.facts["columns"]) == (
        "column_missing",
        ["difficulty", "seconds", "key", "stem_en"],
    )


def test_a_path_that_comes_from_no_cell_belongs_to_the_row() -> None:
    assert column_of(()) == ""
    assert column_of(("hi", "options", "Q")) == "option_a_hi"


# ------------------------------------------------------------------------------------------ hostile files


def repacked(change: dict[str, bytes]) -> bytes:
    """A sound workbook with some parts of its zip replaced."""
    source = zipfile.ZipFile(io.BytesIO(xlsx(table(CHOICE))))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, change.get(name, source.read(name)))
        for name in change.keys() - set(source.namelist()):
            archive.writestr(name, change[name])
    return target.getvalue()


BAD_FILES: list[tuple[str, bytes, str, str]] = [
    ("empty", b"", "x.xlsx", "file_empty"),
    ("empty json", b"", "x.json", "file_empty"),
    ("large", b"x" * (MAXIMUM_BYTES + 1), "x.csv", "file_too_large"),
    ("other", b"x", "x.docx", "format_unknown"),
    ("no ending", b"x", "bank", "format_unknown"),
    ("not a zip", b"PK\x03\x04 nonsense", "x.xlsx", "xlsx_unreadable"),
    ("a zip of nothing", repacked({"xl/workbook.xml": b"<"}), "x.xlsx", "xlsx_unreadable"),
    (
        "broken sheet",
        repacked({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}),
        "x.xlsx",
        "xlsx_unreadable",
    ),
    ("a bomb", repacked({"xl/media/image1.png": b"\0" * 3_000_000}), "x.xlsx", "zip_bomb"),
    ("many parts", repacked({f"xl/{n}.bin": b"" for n in range(5001)}), "x.xlsx", "zip_bomb"),
    (
        "billion laughs",
        repacked({"xl/sharedStrings.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa">]><sst>&a;</sst>'}),
        "x.xlsx",
        "xlsx_unreadable",
    ),
    (
        "laughs in UTF-16",
        repacked({"xl/sharedStrings.xml": '<?xml version="1.0"?><!doctype x><sst/>'.encode("utf-16")}),
        "x.xlsx",
        "xlsx_unreadable",
    ),
    ("no header", xlsx([[], []]), "x.xlsx", "header_missing"),
    ("column twice", xlsx([["id", "pc", "ID"], ["1", "2", "3"]]), "x.xlsx", "column_twice"),
    ("too wide", xlsx([[f"c{n}" for n in range(65)]]), "x.xlsx", "too_many_columns"),
    ("too long", as_csv([["id"], *[[n] for n in range(MAXIMUM_ROWS + 1)]]), "x.csv", "too_many_rows"),
    ("unclosed quote", b'id,pc\n"1,2\n', "x.csv", "csv_unreadable"),
    ("a NUL", b"id,pc\n1,\0\n", "x.csv", "encoding_unknown"),
    ("not json", b"[1,", "x.json", "json_unreadable"),
    ("twice in json", b'{"id": 1, "id": 2}', "x.json", "json_unreadable"),
    ("NaN", b"[NaN]", "x.json", "json_unreadable"),
    ("deep", b"[" * 100_000, "x.json", "json_unreadable"),
    ("huge number", b"[1" + b"0" * 5000 + b"]", "x.json", "json_unreadable"),
    ("json of the wrong shape", b'{"questions": []}', "x.json", "json_shape"),
    ("json of too many", json.dumps([0] * (MAXIMUM_ROWS + 1)).encode(), "x.json", "too_many_rows"),
    ("json encoding", '["é"]'.encode("latin-1"), "x.json", "encoding_unknown"),
]


@pytest.mark.parametrize(
    ("data", "filename", "code"), [case[1:] for case in BAD_FILES], ids=[case[0] for case in BAD_FILES]
)
def test_a_file_that_cannot_be_read_is_refused_by_name(data: bytes, filename: str, code: str) -> None:
    assert refused_file(data, filename).code == code


def test_a_wrong_encoding_is_named_with_its_line() -> None:
    error = refused_file("id,pc\n1,2\n3,é\n".encode("latin-1"), "x.csv")
    assert (error.code, error.facts) == ("encoding_unknown", {"line": 3, "needed": "UTF-8"})


def with_row_number(number: int) -> bytes:
    sheet = zipfile.ZipFile(io.BytesIO(repacked({}))).read("xl/worksheets/sheet1.xml")
    moved = re.sub(rb'r="([A-Z]*)2"', rf'r="\g<1>{number}"'.encode(), sheet)
    return repacked({"xl/worksheets/sheet1.xml": moved})


def test_a_row_far_down_does_not_make_the_file_long() -> None:
    parsed = parse_items(with_row_number(60_000), filename="x.xlsx")
    assert len(parsed.items) == 1
    assert parsed.items[0].locate(("id",)) == "row 60000, column id"


def test_a_row_beyond_the_last_one_ends_the_reading() -> None:
    assert refused_file(with_row_number(10**12), "x.xlsx").code == "too_many_rows"


def test_rows_of_nothing_but_spaces_are_passed_over() -> None:
    parsed = parse_items(xlsx([*table(CHOICE), [" ", "  "]]), filename="x.xlsx")
    assert len(parsed.items) == 1


def test_pictures_in_a_workbook_do_no_harm() -> None:
    assert refusals(parse_items(repacked({"xl/media/image1.png": b"picture"}), filename="x.xlsx")) == set()


def test_an_option_column_may_stand_before_its_stem() -> None:
    rows = [list(reversed(row)) for row in table(CHOICE)]
    assert refusals(parse_items(xlsx(rows), filename="x.xlsx")) == set()


def test_a_file_of_nothing_but_its_heading_has_no_items() -> None:
    parsed = parse_items(as_csv([list(COLUMNS)]), filename="x.csv")
    assert parsed.items == ()
    assert read_sheet(as_csv([list(COLUMNS)]), filename="x.csv").columns == COLUMNS


# -------------------------------------------------------------------------------------------------- JSON


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ([item(key=["Z"])], "$[0].key"),
        ({"items": [item(key=["Z"])]}, "$.items[0].key"),
        (item(key=["Z"]), "$.key"),
    ],
)
def test_json_items_are_refused_by_their_path(value: object, where: str) -> None:
    assert refusals(parse_item_documents(value)) == {(where, "key_not_an_option")}


def test_json_reads_what_was_written() -> None:
    documents: list[dict[str, Any]] = [
        item(),
        text_item(),
        changed(item(id="X"), "en", "stem", to="Another?"),
    ]
    parsed = parse_items(json.dumps(documents).encode(), filename="bank.json")
    assert [one.document for one in parsed.items] == [read(document) for document in documents]
    assert read_json(b"\xef\xbb\xbf[]") == []
