# SPDX-License-Identifier: Apache-2.0
"""Every code that a report can hold has words, and every sentence takes its facts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from assessor.analyses.model import ReportKind
from assessor.analyses.reports.making import REPORTS, make_report
from tests.unit.assessor.analyses.synthetic import batch
from web.error_texts import TEXTS
from web.presenters import analysis_words as words
from web.presenters.analysis_text import texts as texts_of
from web.presenters.report_words import columns, figures, notes, plots, reasons, sections, values

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "assessor" / "analyses" / "reports"
SCORING = ROOT / "scoring"
# The function of document.py and the place of the code among its arguments.
PLACES = {
    "figure": 0,
    "column": 0,
    "axis": 0,
    "coded": 0,
    "plot": 0,
    "unavailable": 1,
    "mark": 2,
    "progress": 1,
}
ANY_LABEL: dict[str, Any] = {**columns.SERIES, **values.VALUES, **columns.AXES, **columns.COLUMNS}
KNOWN: dict[str, dict[str, Any]] = {
    "figure": {**figures.FIGURES, **columns.COLUMNS},
    "column": columns.COLUMNS,
    "axis": {**columns.AXES, **columns.COLUMNS},
    "coded": {**notes.NOTES, **reasons.REASONS},
    "plot": plots.PLOTS,
    "unavailable": reasons.REASONS,
    "mark": {**columns.MARKS, **values.VALUES},
    "progress": values.STAGES,
    "label_code": ANY_LABEL,
    "reason": reasons.REASONS,
}
DICTS = {
    name: getattr(module, name)
    for module in (columns, figures, notes, plots, reasons, sections, values)
    for name in dir(module)
    if name.isupper() and isinstance(getattr(module, name), dict)
}


def codes() -> Iterator[tuple[str, str, str]]:
    """File, what the code names, and the code, for each code that a report writes out."""
    for file in sorted(FOLDER.glob("*.py")):
        if file.name == "document.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = PLACES.get(node.func.id)
            if place is not None and len(node.args) > place:
                yield from ((file.name, node.func.id, text) for text in texts(node.args[place]))
            for keyword in node.keywords:
                if keyword.arg in ("label_code", "reason"):
                    yield from ((file.name, keyword.arg, text) for text in texts(keyword.value))


def texts(node: ast.expr) -> list[str]:
    """The constant texts of an argument: one, or the two of a condition."""
    if isinstance(node, ast.IfExp):
        return [*texts(node.body), *texts(node.orelse)]
    return (
        [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value else []
    )


def test_every_code_that_a_report_writes_has_words() -> None:
    found = list(codes())
    assert len(found) > 300
    assert [one for one in found if one[2] not in KNOWN[one[1]]] == []


PACKAGES = ("certainty", "classical", "diagnosis", "fairness", "forensics", "irt", "linking")
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")


def given(package: str, about: str) -> Iterator[str]:
    """The codes that modules of `scoring` put into what is called a caution or a reason."""
    for file in sorted((SCORING / package).glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=held, attr="append" | "add" | "extend"), args=args):
                    yield from (code for one in args if about in named(held) for code in snakes(one))
                case ast.Call(func=called, args=[first, *_]) if about in named(called).lower():
                    yield from snakes(first)
                case ast.keyword(arg=str(name), value=value) if about in name:
                    yield from snakes(value)
                case ast.Assign(targets=[target], value=value) if about in named(target):
                    yield from snakes(value)
                case ast.AnnAssign(target=target, value=ast.expr() as value) if about in named(target):
                    yield from snakes(value)


def named(node: ast.expr) -> str:
    """The last name of an expression."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=held) | ast.Call(func=held):
            return named(held)
        case _:
            return ""


def snakes(node: ast.expr) -> list[str]:
    """The codes in an expression."""
    found = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
    return [text for text in found if isinstance(text, str) and SNAKE.fullmatch(text)]


@pytest.mark.parametrize(
    ("about", "known"),
    [
        ("reason", {**reasons.REASONS, **notes.NOTES, **values.VALUES, **TEXTS}),
        ("caution", {**notes.NOTES, **values.VALUES, **reasons.REASONS}),
    ],
)
def test_every_reason_and_caution_that_scoring_can_give_has_words(about: str, known: dict[str, Any]) -> None:
    found = {(package, code) for package in PACKAGES for code in given(package, about)}
    assert len(found) > 5, "the codes are looked for by how they are written; has that changed?"
    assert [one for one in sorted(found) if one[1] not in known] == []


def test_every_report_and_every_section_has_a_title_and_says_what_it_answers() -> None:
    assert set(sections.REPORTS) == {kind.value for kind in ReportKind}
    wanted = {f"{kind.value}.{name}" for kind, report in REPORTS.items() for name in report.SECTIONS}
    assert set(sections.SECTIONS) == wanted


def test_every_enumerated_value_of_a_report_has_a_word() -> None:
    found: list[str] = []
    for module, name in (
        ("scoring.classical.options", "Suspicion"),
        ("scoring.linking.form_luck", "Turn"),
        ("assessor.analyses.reports.dependability", "Source"),
        ("scoring.diagnosis.identifiability", "Determined"),
    ):
        found += [member.value for member in getattr(import_module(module), name)]
    assert [code for code in found if code not in values.VALUES] == []


@pytest.mark.parametrize("name", sorted(DICTS))
def test_words_stand_in_order_and_end_as_sentences_do(name: str) -> None:
    keys = list(DICTS[name])
    if name not in ("REPORTS", "SECTIONS"):
        assert keys == sorted(keys)
    if name == "NOTES":
        assert [code for code, text in DICTS[name].items() if not text.endswith(".")] == []


def test_sentences_take_their_facts_and_nothing_else_of_a_per_cent_sign() -> None:
    sentences = [*notes.NOTES.values(), *(text for pair in reasons.REASONS.values() for text in pair)]
    for text in sentences:
        left = re.sub(r"%\(\w+\)s|%%", "", text)
        assert "%" not in left, text


def test_a_code_without_words_can_still_be_read() -> None:
    assert words.spelled("some_new-code") == "Some new code"


DRAWN: dict[str, dict[str, Any]] = {
    "nobody": {"persons": 0},
    "one": {"persons": 1},
    "few": {"persons": 5},
    "a paper each": {"persons": 12, "forms": 12, "per_pc": 2},
    "all in parts": {"persons": 40, "parts": 12, "per_pc": 2},
    "some": {"persons": 60, "forms": 2, "parts": 2, "copiers": 2, "late": 2},
}


@pytest.mark.parametrize("kind", list(ReportKind))
@pytest.mark.parametrize("drawn", list(DRAWN))
def test_every_code_in_a_report_that_was_made_has_words(kind: ReportKind, drawn: str) -> None:
    document = make_report(kind, batch(**DRAWN[drawn]), progress=lambda _share, _stage: None)
    assert sorted(set(without_words(document))) == []
    said = [words.note_text(one["code"], texts_of(one)) for one in coded_parts(document)]
    assert [text for text in said if "–" in text or "%(" in text] == [], "a sentence misses a fact"


def without_words(document: dict[str, Any]) -> Iterator[str]:
    """The codes of a document that nobody could read."""
    for one in document["cautions"]:
        yield from unless(one["code"] in notes.NOTES, f"caution {one['code']}")
    for section in document["sections"]:
        for one in section["notes"]:
            yield from unless(one["code"] in notes.NOTES, f"note {one['code']}")
        if section["unavailable"]:
            code = section["unavailable"]["code"]
            yield from unless(code in reasons.REASONS or code in TEXTS, f"unavailable {code}")
        for one in section["figures"]:
            yield from unless(one["code"] in KNOWN["figure"], f"figure {one['code']}")
            if "reason" in one:
                yield from unless(one["reason"] in reasons.REASONS, f"reason {one['reason']}")
            if one["unit"] == "code" and one["value"] is not None:
                yield from unless(one["value"] in values.VALUES, f"value {one['value']}")
        for plot in section["plots"]:
            yield from unless(plot["title_code"] in plots.PLOTS, f"plot {plot['title_code']}")
            yield from labels_without_words(plot)
        if section["table"]:
            yield from cells_without_words(section["table"])


def coded_parts(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Every note and caution of a document."""
    notes_of = [one for section in document["sections"] for one in section["notes"]]
    return [*document["cautions"], *notes_of]


def labels_without_words(plot: dict[str, Any]) -> Iterator[str]:
    for axis in (plot["x"], plot["y"]):
        yield from unless(axis["label_code"] in KNOWN["axis"], f"axis {axis['label_code']}")
        if axis.get("categories_are") == "codes":
            for code in axis["categories"]:
                yield from unless(code in values.VALUES, f"category {code}")
    for one in plot["series"]:
        if one.get("label_code"):
            yield from unless(one["label_code"] in ANY_LABEL, f"series {one['label_code']}")
    for one in plot["marks"]:
        yield from unless(one["code"] in KNOWN["mark"], f"mark {one['code']}")


def cells_without_words(table: dict[str, Any]) -> Iterator[str]:
    for place, column in enumerate(table["columns"]):
        known = reasons.REASONS if column["unit"] == "reasons" else values.VALUES
        if column["unit"] in ("code", "codes", "reasons"):
            cells = [row[place] for row in table["rows"] if row[place] is not None]
            for code in {code for cell in cells for code in (cell if isinstance(cell, list) else [cell])}:
                yield from unless(code in known, f"{column['unit']} {column['code']} {code}")


def unless(known: bool, fault: str) -> list[str]:
    return [] if known else [fault]
