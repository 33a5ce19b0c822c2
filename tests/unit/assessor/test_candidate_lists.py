# SPDX-License-Identifier: Apache-2.0
"""Lists of candidates: what headings and cells mean, and the named refusal of everything else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest

from assessor.scheduling import candidate_values as values
from assessor.scheduling.candidate_columns import HEADINGS, Column, check_columns, folded, guess_columns
from assessor.scheduling.candidate_lists import (
    MAXIMUM_LIST_BYTES,
    MAXIMUM_LIST_ROWS,
    CandidateList,
    open_list,
    open_text,
    parse_candidates,
)
from assessor.scheduling.candidate_template import candidate_template_xlsx
from assessor.scheduling.candidates import Disability, Gender, Guardian, Language, Pathway
from core.errors import Invalid

TODAY = date(2026, 11, 20)


def parsed(text: str, **more: Any) -> CandidateList:
    return parse_candidates(open_text(text), today=TODAY, **more)


def sheet_of(*rows: list[object]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def codes(found: CandidateList) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.heading, problem.error.code) for problem in found.problems]


# ------------------------------------------------------------------------------------------------ headings


@pytest.mark.parametrize("language", ["en", "hi"])
def test_every_heading_of_the_template_is_understood(language: str) -> None:
    headings = [texts[language] for texts in HEADINGS.values()]
    assert list(guess_columns(headings).values()) == list(Column)


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("  CANDIDATE NAME ", Column.NAME),
        ("Candidate's name", Column.NAME),
        ("अभ्यर्थी का नाम", Column.NAME),
        ("D.O.B.", Column.DATE_OF_BIRTH),
        ("DOB (DD/MM/YYYY)", Column.DATE_OF_BIRTH),
        ("जन्म-तिथि", Column.DATE_OF_BIRTH),
        ("Mobile No.", Column.PHONE),
        ("फ़ोन नंबर", Column.PHONE),
        ("E-Mail ID", Column.EMAIL),
        ("ABC ID", Column.APAAR),
        ("PwD", Column.DISABLED),
        ("roll_no", Column.AGENCY_NUMBER),
        ("लिंग", Column.GENDER),
    ],
)
def test_headings_as_agencies_write_them_are_understood(heading: str, column: Column) -> None:
    assert guess_columns([heading]) == {heading: column}


def test_of_two_headings_that_mean_the_same_the_first_is_read() -> None:
    assert guess_columns(["Name", "Candidate name", "Centre"]) == {"Name": Column.NAME}


def test_columns_need_a_name_and_nothing_twice() -> None:
    with pytest.raises(Invalid, match="candidate_columns_missing"):
        check_columns({"a": Column.PHONE})
    with pytest.raises(Invalid, match="candidate_column_twice"):
        check_columns({"a": Column.NAME, "b": Column.PHONE, "c": Column.PHONE})


def test_marks_of_devanagari_survive_folding() -> None:
    assert folded("हिन्दी") != folded("हनद")


# --------------------------------------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    "text",
    ["05-03-2001", "5/3/2001", "05.03.2001", "2001-03-05", "2001-03-05 00:00:00".replace(" ", "T"), "5 March 2001",
     "5th Mar, 2001", "05-Mar-2001", "५ मार्च २००१", "०५-०३-२००१", "36955", "'05-03-2001"],
)  # fmt: skip
def test_a_date_is_read_in_every_usual_form(text: str) -> None:
    assert values.date_in(text) == date(2001, 3, 5)


@pytest.mark.parametrize(
    "text", ["05-03-01", "31-02-2001", "03-25-2001", "2001", "yesterday", "5 Foo 2001", "99999999", "-1"]
)
def test_what_is_no_clear_date_is_not_guessed(text: str) -> None:
    with pytest.raises(Invalid, match="candidate_date_unreadable"):
        values.date_in(text)


@pytest.mark.parametrize("text", ["9.87654E+11", "1E+10", "9,8E+09", "1.2e+11"])
def test_a_rounded_number_is_refused_because_digits_are_lost(text: str) -> None:
    with pytest.raises(Invalid, match="candidate_digits_lost"):
        values.digits_in(text)


def test_long_numbers_keep_their_zeros() -> None:
    assert values.digits_in("001234567890") == "001234567890"
    assert values.digits_in("9876543210.0") == "9876543210"


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (values.language_in, "HINDI", Language.HINDI),
        (values.language_in, "हिंदी", Language.HINDI),
        (values.language_in, "eng", Language.ENGLISH),
        (values.gender_in, "F", Gender.FEMALE),
        (values.gender_in, "पुरुष", Gender.MALE),
        (values.gender_in, "Prefer not to say", Gender.NOT_SAID),
        (values.pathway_in, "R.P.L.".replace(".", ""), Pathway.RPL),
        (values.answer_in, "हाँ", True),
        (values.answer_in, "N/A", False),
        (values.class_in, "X", 10),
        (values.class_in, "Class 8", 8),
        (values.class_in, "12th pass", 12),
        (values.class_in, "१०वीं", 10),
        (values.level_in, "NSQF Level 3.5", "3.5"),
        (values.level_in, "4.0", "4"),
        (values.whole_in, "१५", 15),
        (values.disabilities_in, "Low vision, Locomotor", (Disability.LOW_VISION, Disability.LOCOMOTOR)),
        (values.disabilities_in, "दृष्टिबाधित", (Disability.BLINDNESS,)),
    ],
)  # fmt: skip
def test_words_are_understood_in_both_languages(
    read: Callable[[str], object], text: str, value: object
) -> None:
    assert read(values.plain(text)) == value


@pytest.mark.parametrize(
    ("read", "code"),
    [
        (values.language_in, "candidate_language_unknown"),
        (values.gender_in, "candidate_gender_unknown"),
        (values.pathway_in, "candidate_pathway_unknown"),
        (values.answer_in, "candidate_yes_or_no"),
        (values.class_in, "candidate_class_unreadable"),
        (values.whole_in, "candidate_number_unreadable"),
        (values.disabilities_in, "candidate_disability_unknown"),
    ],
)
def test_other_words_are_refused_by_name(read: Callable[[str], object], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        read("graduate, maybe")


# ---------------------------------------------------------------------------------------------------- rows


def test_a_row_becomes_a_candidate_in_stored_form() -> None:
    [row] = parsed(
        "नाम\tमोबाइल नंबर\tजन्म तिथि\tलिंग\tभाषा\tAPAAR ID\tPwD\tDisability\tClass\tExtra time\tGuardian\tGuardian contact\n"
        "  सुनीता   देवी \t९८७६५ ४३२१०\t०५-०३-२००१\tमहिला\tहिंदी\t012345678901\tYes\tLow vision\tX\t15\tMeena\tm@x.in\n"
    ).rows
    assert row.problems == ()
    plan = row.plan
    assert plan is not None
    assert (plan.name, plan.phone, plan.date_of_birth) == ("सुनीता देवी", "+919876543210", date(2001, 3, 5))
    assert (plan.gender, plan.language, plan.apaar) == (Gender.FEMALE, Language.HINDI, "012345678901")
    assert (plan.disabled, plan.disabilities) == (True, (Disability.LOW_VISION,))
    assert (plan.qualification.school_class, row.extra_minutes) == (10, 15)
    assert plan.guardian == Guardian(name="Meena", contact="m@x.in")


@pytest.mark.parametrize(
    ("disability", "disabled", "kinds"),
    [
        ("Yes", True, ()),
        ("No", False, ()),
        ("", None, ()),
        ("Deaf", True, (Disability.DEAF,)),
        ("NA", False, ()),
    ],
)
def test_one_column_of_disability_holds_an_answer_or_the_kind(
    disability: str, disabled: bool | None, kinds: tuple[Disability, ...]
) -> None:
    for heading in ("Disability", "PwD"):
        [row] = parsed(f"Name,{heading}\nA,{disability}\n").rows
        assert row.plan is not None
        assert (row.plan.disabled, row.plan.disabilities) == (disabled, kinds)


def test_every_problem_of_a_row_is_named_at_once_under_its_own_heading() -> None:
    found = parsed(
        "Name\tDOB\tMobile\tE-mail\tLanguage\tGender\tClass\tExtra time\n"
        "\t31-02-2001\t9.88E+09\tx\tFrench\t?\tBA\t9999\n"
    )
    assert {(heading, code) for _row, heading, code in codes(found)} == {
        ("Name", "name_malformed"),
        ("DOB", "candidate_date_unreadable"),
        ("Mobile", "candidate_digits_lost"),
        ("E-mail", "email_malformed"),
        ("Language", "candidate_language_unknown"),
        ("Gender", "candidate_gender_unknown"),
        ("Class", "candidate_class_unreadable"),
        ("Extra time", "extra_minutes_out_of_range"),
    }
    assert found.good == ()


def test_whoever_is_twice_in_the_list_is_refused_the_second_time() -> None:
    found = parsed(
        "Name,DOB,Roll no,APAAR\nA B,05-03-2001,1,\na  b,05-03-2001,2,\nC,,1,\nD,,,123456789012\nE,,,1234 5678 9012\nA B,,,\n"
    )
    assert codes(found) == [
        (3, "Name", "candidate_twice_in_list"),
        (4, "Roll no", "candidate_twice_in_list"),
        (6, "APAAR", "candidate_twice_in_list"),
    ]
    assert [problem.error.facts["row"] for problem in found.problems] == [2, 2, 5]


def test_a_future_birth_date_and_a_very_old_one_are_refused() -> None:
    found = parsed("Name,DOB\nA,05-03-2027\nB,05-03-1900\n")
    assert [code for _row, _heading, code in codes(found)] == ["birth_date_malformed", "birth_date_malformed"]


def test_lines_without_headings_are_name_language_and_minutes() -> None:
    found = parsed("Asha Rao\nRavi, hi, 30\n\nMeena,,\n", language=Language.ENGLISH)
    assert [(row.row, row.name, row.extra_minutes) for row in found.rows] == [
        (1, "Asha Rao", 0),
        (2, "Ravi", 30),
        (4, "Meena", 0),
    ]
    assert [row.plan and row.plan.language for row in found.rows] == [
        Language.ENGLISH,
        Language.HINDI,
        Language.ENGLISH,
    ]
    with pytest.raises(Invalid, match="list_headings_needed"):
        open_text("a,b,c,d\n")


def test_what_is_not_read_is_said() -> None:
    assert parsed("Name,Centre,Trainer\nA,Pune,X\n").unread == ("Centre", "Trainer")


# --------------------------------------------------------------------------------------------------- files


def test_cells_of_excel_are_read_as_they_were_meant() -> None:
    data = sheet_of(
        ["Name", "DOB", "Mobile", "APAAR"],
        ["A", date(2001, 3, 5), 9876543210, "012345678901"],
        ["B", datetime(2001, 3, 5), 9876543211.0, 123456789012],  # noqa: DTZ001 - as Excel has them
        ["C", 36955, "9876543212", None],
    )
    found = parse_candidates(open_list(data), today=TODAY)
    assert codes(found) == []
    assert {row.plan and row.plan.date_of_birth for row in found.rows} == {date(2001, 3, 5)}
    assert [row.plan and row.plan.apaar for row in found.rows] == ["012345678901", "123456789012", ""]


def test_formulas_errors_and_times_are_named_by_their_cells() -> None:
    data = sheet_of(
        ["Name", "DOB", "Mobile"], ["=A1", time(10, 30), "=NA()"], ["B", "05-03-2001", None, "stray"]
    )
    found = parse_candidates(open_list(data), today=TODAY)
    assert (2, "Name", "cell_is_formula") in codes(found)
    assert (2, "DOB", "cell_is_time") in codes(found)
    assert (3, "D", "cell_without_header") in codes(found)


def test_a_formula_in_a_column_that_is_not_read_harms_nobody() -> None:
    data = sheet_of(["Name", "Total"], ["A", "=1+1"])
    assert codes(parse_candidates(open_list(data), today=TODAY)) == []


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 200_000_000)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"x" * (MAXIMUM_LIST_BYTES + 1), "file_too_large"),
        (b"\xd0\xcf\x11\xe0 old", "list_format"),
        (b"%PDF-1.7", "list_format"),
        (b"\xef\xbb\xbf <html>", "list_format"),
        (b"PK\x03\x04 nonsense", "xlsx_unreadable"),
        ("Name\nJos\xe9\n".encode("cp1252"), "encoding_unknown"),
        (b"Name\na\0b\n", "encoding_unknown"),
        (b'Name\n"open', "csv_unreadable"),
        (b"Name,Name\nA,B\n", "column_twice"),
        (b"\n\n", "header_missing"),
        (b"Name\n" + b"A\n" * (MAXIMUM_LIST_ROWS + 1), "candidates_too_many"),
        (b",".join(b"c%d" % number for number in range(99)) + b"\n", "too_many_columns"),
    ],
)
def test_a_hostile_file_is_refused_by_name(data: bytes, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        open_list(data)


def test_a_zip_bomb_is_refused_before_it_unpacks() -> None:
    with pytest.raises(Invalid, match=r"zip_bomb|xlsx_unreadable"):
        open_list(bomb())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_usual_encoding_of_unicode_is_read(encoding: str) -> None:
    [row] = parse_candidates(open_list("नाम\nसुनीता\n".encode(encoding)), today=TODAY).rows
    assert row.name == "सुनीता"


def test_a_list_without_rows_is_refused() -> None:
    with pytest.raises(Invalid, match="list_empty"):
        parsed("Name,Phone\n")


@pytest.mark.parametrize("language", ["en", "hi", "mr"])
def test_the_template_is_a_sheet_without_candidates_and_its_examples_are_good(language: str) -> None:
    import openpyxl

    data = candidate_template_xlsx(language)
    with pytest.raises(Invalid, match="list_empty"):
        parse_candidates(open_list(data), today=TODAY)
    examples = openpyxl.load_workbook(io.BytesIO(data)).worksheets[1]
    found = parse_candidates(
        open_list(sheet_of(*map(list, examples.iter_rows(values_only=True)))), today=TODAY
    )
    assert codes(found) == []
    assert len(found.good) == 2
