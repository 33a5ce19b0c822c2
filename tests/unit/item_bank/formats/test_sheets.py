# SPDX-License-Identifier: Apache-2.0
"""Sheets beyond the template: kinds that fit a row, pictures in cells, somebody's own columns, Kruti Dev, and the way out."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from core.errors import Invalid
from item_bank.formats.columns import ColumnMapping, guess_fields, parse_mapping
from item_bank.formats.export_sheets import export_xlsx, refused_xlsx
from item_bank.formats.files import parse_items
from item_bank.formats.model import ImportDefaults, ParsedFile, Reject
from item_bank.formats.template import template_xlsx
from item_bank.items.self_test import reaches_maximum
from tests.unit.item_bank.builders import item, read, text_item, xlsx
from tests.unit.item_bank.formats.test_moodle import PNG

BASE: dict[str, object] = {
    "id": "Q1",
    "pc": "PC1",
    "type": "numeric",
    "difficulty": "easy",
    "seconds": 35,
    "key": "42",
}


def parsed(*rows: dict[str, object], **more: Any) -> ParsedFile:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return parse_items(
        xlsx([columns, *[[row.get(name) for name in columns] for row in rows]]), filename="x.xlsx", **more
    )


def refusals(file: ParsedFile) -> set[tuple[str, str]]:
    return {(refusal.where, refusal.code) for one in file.items for refusal in one.refusals()}


# ------------------------------------------------------------------------------------------ kinds of a row


@pytest.mark.parametrize(
    ("key", "correct", "mode", "above"),
    [
        ("42", "42", None, None),
        ("42 ± 0.5", "42", "absolute", "1/2"),
        ("42 +- 1 %", "42", "relative", "1"),
        ("40..44", "42", "absolute", "2"),
        ("१,१८०", "1180", None, None),
    ],
)
def test_a_number_is_written_with_its_tolerance(
    key: str, correct: str, mode: str | None, above: str | None
) -> None:
    [one] = parsed({**BASE, "key": key, "stem_en": "How much? ₹ ____"}).items
    assert one.problems == ()
    assert one.document.content.bodies[0].stem == "<p>How much? ₹ [[RESPONSE]]</p>"
    found = one.document.key.parts[0]
    assert found.correct == (correct,)
    tolerance = found.tolerance
    assert (tolerance.mode.value, str(tolerance.above)) == (mode, above) if tolerance else mode is None


def test_pairs_orders_lists_and_essays_fit_a_row() -> None:
    rows: list[dict[str, object]] = [
        {
            **BASE,
            "id": "M",
            "type": "match",
            "key": None,
            "stem_en": "Match",
            "option_a_en": "1 -> one",
            "option_b_en": "2 → two",
        },
        {
            **BASE,
            "id": "O",
            "type": "order",
            "key": "B, A",
            "stem_en": "Order",
            "option_a_en": "x",
            "option_b_en": "y",
        },
        {
            **BASE,
            "id": "L",
            "type": "inline_choice",
            "key": "B",
            "stem_en": "It ___ so",
            "option_a_en": "x",
            "option_b_en": "y",
        },
        {
            **BASE,
            "id": "E",
            "type": "extended_text",
            "key": None,
            "marks": "2.5",
            "stem_en": "Write",
            "rationale_en": "Look",
        },
        {
            **BASE,
            "id": "C",
            "type": "choice_single",
            "key": "A",
            "marks": 2,
            "stem_en": "?",
            "option_a_en": "x",
            "option_b_en": "y",
        },
    ]
    file = parsed(*rows)
    assert refusals(file) == set()
    assert all(reaches_maximum(one.document) for one in file.items)
    keys = {one.document.external_id: one.document.key.parts[0] for one in file.items}
    assert keys["M"].correct == ("SA TA", "SB TB")
    assert keys["O"].correct == ("B", "A")
    assert keys["E"].guide == (("en", "Look"),)
    assert str(file.items[3].document.content.marks) == "5/2"


@pytest.mark.parametrize(
    ("changes", "where", "code"),
    [
        ({"key": "four"}, "row 2, column key", "not_a_number"),
        ({"marks": "many"}, "row 2, column marks", "not_a_number"),
        ({"marks": "0"}, "row 2, column marks", "not_a_number"),
        ({"stem_en": "____ and ____"}, "row 2, column stem_en", "place_twice"),
        (
            {"type": "match", "option_a_en": "a", "option_b_en": "b"},
            "row 2, column option_a_en",
            "pair_malformed",
        ),
        (
            {"type": "order", "key": "A, C", "option_a_en": "a", "option_b_en": "b"},
            "row 2, column key",
            "key_not_an_option",
        ),
        ({"type": "hologram"}, "row 2, column type", "not_one_of"),
    ],
)
def test_a_cell_that_does_not_fit_its_kind_is_named(
    changes: dict[str, object], where: str, code: str
) -> None:
    assert (where, code) in refusals(parsed({**BASE, "stem_en": "How much?", **changes}))


# ------------------------------------------------------------------------------------------ pictures in cells


def with_pictures(*places: tuple[int, int, bytes, str]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet("items")
        columns = [
            "id",
            "pc",
            "type",
            "difficulty",
            "seconds",
            "key",
            "stem_en",
            "option_a_en",
            "option_b_en",
            "notes",
        ]
        page.write_row(0, 0, columns)
        page.write_row(1, 0, ["Q1", "PC1", "choice_single", "easy", 30, "B", "Which?", "this", ""])
        for row, column, data, said in places:
            page.insert_image(row, column, "gate.png", {"image_data": io.BytesIO(data), "description": said})
    return target.getvalue()


def test_a_picture_over_a_cell_is_shown_with_its_question_or_option() -> None:
    file = parse_items(with_pictures((1, 6, PNG, "a gate"), (1, 8, PNG, "")), filename="x.xlsx")
    assert refusals(file) == set()
    content = file.items[0].document.content
    assert (
        content.bodies[0].stem == '<p>Which?</p><p><img src="media:image1.png" alt="a gate"></p>[[RESPONSE]]'
    )
    assert content.bodies[0].text("RESPONSE.B") == '<img src="media:image1.png">'
    assert [one.data for one in file.media] == [PNG]


def test_a_picture_elsewhere_is_named_as_a_loss() -> None:
    file = parse_items(with_pictures((1, 9, PNG, ""), (7, 6, PNG, "")), filename="x.xlsx")
    assert {loss.where for loss in file.losses} >= {"row 2, column notes", "row 8, column stem_en"}


# ------------------------------------------------------------------------------------------ somebody's own sheet

OWN = [
    [
        "Q. No.",
        "Question",
        "Question (Hindi)",
        "Option A",
        "Option B",
        "Opt A Hindi",
        "Opt B Hindi",
        "Correct Answer",
        "Level",
    ],
    ["7", "Which one?", "कौन-सा?", "this", "that", "यह", "वह", "2", "Difficult"],
    ["8", "Which else?", "और कौन?", "here", "there", "यहाँ", "वहाँ", "here", "Low"],
]
MAPPING = {
    "Q. No.": "id", "Question": "stem_en", "Question (Hindi)": "stem_hi", "Option A": "option_a_en", "Option B": "option_b_en",
    "Opt A Hindi": "option_a_hi", "Opt B Hindi": "option_b_hi", "Correct Answer": "key", "Level": "difficulty",
}  # fmt: skip


def test_the_headings_of_a_usual_sheet_are_guessed() -> None:
    assert guess_fields(OWN[0]) == MAPPING
    assert guess_fields(["stem_en", "key", "Remarks"]) == {"stem_en": "stem_en", "key": "key"}


def test_a_mapped_sheet_is_read_with_its_own_headings_as_places() -> None:
    mapping = parse_mapping({"name": "Ours", "columns": MAPPING})
    file = parse_items(xlsx(OWN), filename="x.xlsx", mapping=mapping, defaults=ImportDefaults(pc="PC2"))
    assert refusals(file) == set()
    first, second = (one.document for one in file.items)
    assert (first.external_id, first.key.correct, first.content.difficulty.value) == ("7", ("B",), "hard")
    assert (second.key.correct, second.content.seconds, second.content.pc) == (("A",), 60, "PC2")
    assert first.content.languages == ("en", "hi")
    wrong = [OWN[0], ["7", "Which one?", "कौन-सा?", "this", "that", "यह", "वह", "Z", "Low"]]
    file = parse_items(xlsx(wrong), filename="x.xlsx", mapping=mapping, defaults=ImportDefaults(pc="PC2"))
    assert refusals(file) == {("row 2, column correct_answer", "key_not_an_option")}


def test_a_row_without_a_number_of_its_own_is_called_after_its_question() -> None:
    mapping = ColumnMapping("Ours", {"question": "stem_en", "answer": "key"})
    rows = [["Question", "Answer"], ["Which number?", "1930"]]
    name = {
        parse_items(xlsx(rows), filename="x.xlsx", mapping=mapping, defaults=ImportDefaults(pc="PC1"))
        .items[0]
        .document.external_id
        for _ in range(2)
    }
    assert len(name) == 1
    with pytest.raises(Invalid) as refusal:
        parse_items(xlsx(rows), filename="x.xlsx", mapping=mapping)
    assert refusal.value.facts["columns"] == ["pc"]


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"A": "stem_en", "B": "stem_en"},
        {"A": "key"},
        {"A": "stem_en", "B": "__import__"},
        {"": "stem_en"},
        [1],
    ],
)
def test_columns_that_make_no_items_are_refused(columns: object) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_mapping({"columns": columns})
    assert refusal.value.code == "mapping_malformed"


# ------------------------------------------------------------------------------------------ Kruti Dev in cells


def test_a_hindi_column_in_kruti_dev_is_converted_and_said_so() -> None:
    row = {
        **BASE, "type": "choice_single", "key": "A",
        "stem_hi": "Hkkjr dh jkt/kkuh D;k gS\\", "option_a_hi": "fnYyh", "option_b_hi": "UPI PIN",
    }  # fmt: skip
    file = parsed(row)
    body = file.items[0].document.content.bodies[0]
    assert (body.stem, body.options[0].text, body.options[1].text) == (
        "भारत की राजधानी क्या है?",
        "दिल्ली",
        "UPI PIN",
    )
    assert [loss.where for loss in file.losses] == ["row 2, column stem_hi, row 2, column option_a_hi"]


def test_other_fonts_are_refused_at_their_cell() -> None:
    row = {**BASE, "type": "text_entry", "key": "1", "stem_hi": "·¤æñÙ âæ â×è ãñU ÂýçÌàæÌ"}
    assert refusals(parsed(row)) == {("row 2, column stem_hi", "legacy_encoding")}


# ------------------------------------------------------------------------------------------ the way out


def documents() -> list[Any]:
    return [
        read(item()), read(text_item(key=["=1+1", "@x", "-3", "+4"])),
        read(item(id="T", tags=["upi", "enemy:x"], shuffle=False)),
        *(one.document for one in parse_items(template_xlsx(), filename="t.xlsx").items),
    ]  # fmt: skip


def test_what_goes_out_comes_back_the_same() -> None:
    made = export_xlsx(documents())
    again = parse_items(made, filename="x.xlsx")
    assert refusals(again) == set()
    assert again.losses == ()
    assert [one.document for one in again.items] == documents()


def test_no_cell_that_goes_out_is_a_formula() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(export_xlsx([read(text_item(key=["=1+1"], en={"stem": "=cmd|' /C calc'!A0"}))]))
    )
    kinds = {cell.data_type for row in book["items"].iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s"}


def test_an_item_that_no_row_can_say_is_listed_by_name() -> None:
    file = parse_items(with_pictures((1, 6, PNG, "a gate"), (1, 8, PNG, "")), filename="x.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(export_xlsx([file.items[0].document])))
    assert [cell.value for cell in book["not in this sheet"][2]][:2] == ["Q1", "choice_single"]


def test_refused_rows_are_handed_back_as_they_were_with_their_reasons() -> None:
    mapping = parse_mapping({"columns": MAPPING})
    wrong = [OWN[0], ["7", "Which one?", "कौन-सा?", "this", "that", "यह", "वह", "@Z", "Low"]]
    file = parse_items(xlsx(wrong), filename="x.xlsx", mapping=mapping, defaults=ImportDefaults(pc="PC2"))
    rejects = [Reject(one, tuple(one.refusals())) for one in file.items]
    book = openpyxl.load_workbook(io.BytesIO(refused_xlsx(rejects, columns=file.columns)))
    head, row = ([cell.value for cell in line] for line in book["items"].iter_rows())
    assert head == ["reason", *OWN[0]]
    assert row[1:] == wrong[1]
    assert "correct_answer" in str(row[0])
    assert parse_items(
        refused_xlsx(rejects, columns=file.columns),
        filename="x.xlsx",
        mapping=mapping,
        defaults=ImportDefaults(pc="PC2"),
    ).items


def test_refused_questions_of_other_files_are_listed_with_their_places() -> None:
    file = parse_items(b"odd {a}\n\nYes?{T}", filename="x.gift", defaults=ImportDefaults(pc="PC1"))
    rejects = [Reject(one, tuple(one.refusals())) for one in file.items if one.problems]
    book = openpyxl.load_workbook(io.BytesIO(refused_xlsx(rejects, columns=())))
    assert [cell.value for cell in book["items"][1]] == ["where", "id", "reason", "text"]
    assert book["items"]["A2"].value == "line 1"
