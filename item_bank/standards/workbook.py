# SPDX-License-Identifier: Apache-2.0
"""A credential document as a workbook: its sheets and columns, and writing them. Reading is in ``workbook_reading``.

Every cell is text, so that 1/2 stays 1/2. A document that is written and read again is the same document.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from item_bank.standards.workbook_rules import Cells, rule_rows, version_rows

Sheets = dict[str, list[Cells]]

PLAIN_FIELDS: Final = (
    "code", "version", "kind", "awarding_body", "level", "sector", "nqr_code", "visibility", "review_date",
)  # fmt: skip
TEXT_FIELDS: Final = (
    "title", "purpose", "entry_requirement", "assessment_strategy", "formative_assessment", "accreditation",
)  # fmt: skip
HOURS: Final = ("total", "theory", "practical", "ojt")
TEXT_LISTS: Final = ("assessment_tools", "training_equipment")
PLAIN_LISTS: Final = ("territory", "responsible_bodies", "usage", "sources", "entry_routes")
PARENT: Final = ("awarding_body", "code", "version", "sha256")
CAPACITY: Final = ("assessor", "item_bank", "equipment")
SHEETS: Final = (
    "credential", "components", "nos", "elements", "pcs", "knowledge", "rule", "criteria", "questions",
    "levels", "lists", "progression", "validations", "evidence", "duplicates",
)  # fmt: skip
NOTES: Final = "notes"


def columns_of(sheet: str, *, languages: Sequence[str], components: Sequence[str]) -> list[str]:
    """The columns of a sheet, in order."""

    def texts(name: str) -> list[str]:
        return [f"{name}_{language}" for language in languages]

    marks = [f"marks_{component}" for component in components]
    return {
        "credential": ["field", "value", *texts("text")],
        "components": ["id", "minutes", "online", *texts("reason")],
        "nos": ["code", "weight", "credits", "total", "hours", *texts("title")],
        "elements": ["nos", "id", "threshold", *marks, *texts("title")],
        "pcs": [
            "nos", "element", "id", "label", "mandatory", "threshold", "hours", *marks, *texts("title"),
            *(f"capacity_{name}" for name in CAPACITY),
        ],
        "knowledge": ["pc", *texts("text")],
        "rule": [
            "line", "kind", "k", "scope", "name", "nos", "component", "basis", "at_least", "limit", "unit", "pass",
        ],
        "criteria": ["id", "pc", *texts("text")],
        "questions": ["id", "pc", *texts("text"), *texts("expected")],
        "levels": ["of", "marks", *texts("text")],
        "lists": ["list", "value", *texts("text")],
        "progression": ["direction", "code", *texts("title")],
        "validations": ["organisation", "signatory", "date", "file_name", "file_sha256"],
        "evidence": ["about", "name", "sha256"],
        "duplicates": ["pc", "same_as", "reason"],
    }[sheet]  # fmt: skip


NOTE_TEXTS: Final = (
    ("credential", "One field a row. Texts have one column for each language; other fields stand under “value”."),
    ("languages", "Language codes with commas, first language first: en, hi. Each needs its columns on every sheet."),
    ("kind", "micro_credential or qualification."),
    ("statutory_none", "yes: there are no statutory needs. no: the row statutory_needs says which."),
    ("components", "The parts of the assessment, their minutes, whether they are online, and why not."),
    ("nos, elements, pcs", "Marks stand on the PCs, or on the elements that hold them; never on both. Halves are allowed."),
    ("pcs", "Every id is unique in the document: N0602.PC1 where PC1 repeats in each NOS; the label keeps the printed name."),
    ("rule", "One condition a row; lines 1.1 and 1.2 belong to the group on line 1."),
    ("rule: kind", "all_of, any_of, at_least (with k, or the share at_least), share, critical, compensate, bands."),
    ("rule: scope", "credential, nos, element, pc or item, with its name. Basis: raw or weighted."),
    ("rule: compensate", "k: how many may be missed; limit and unit (marks or share): by how much. Share rows below."),
    ("rule: bands", "Rows of kind band below it, highest first, with name and at_least. pass: the band that is enough."),
    ("rule: component", "all, or names with commas."),
    ("levels", "The steps of a criterion or of a question (“of” is its id), marks rising."),
    ("lists", "assessment_tools and training_equipment have a text in every language."),
    ("lists: value", "territory, responsible_bodies, usage, sources and entry_routes (class 8 + 2 years) stand under “value”."),
    ("Numbers", "All cells are text: 7/10, 4.5 and 0.25 are exact. Thresholds are shares, at most 1."),
)  # fmt: skip


def sheets_of(document: Mapping[str, Any]) -> Sheets:
    """The rows of every sheet of a sound document."""
    sheets: Sheets = {name: [] for name in SHEETS}
    sheets["credential"] = [*_fields(document), *version_rows(document["rule"])]
    for component in document["components"]:
        sheets["components"].append(
            {
                "id": component["id"],
                "minutes": str(component["minutes"]),
                **_yes("online", component),
                **_texts("reason", component.get("reason")),
            }
        )
    for nos in document["nos"]:
        _write_nos(nos, sheets)
    sheets["rule"] = list(rule_rows(document["rule"]["rule"]))
    practical, viva = document.get("practical"), document.get("viva")
    for sheet, parts in (
        ("criteria", practical["criteria"] if practical else ()),
        ("questions", viva["questions"] if viva else ()),
    ):
        for part in parts:
            expected = _texts("expected", part.get("expected"))
            sheets[sheet].append(
                {"id": part["id"], "pc": part["pc"], **_texts("text", part["text"]), **expected}
            )
            sheets["levels"] += [
                {"of": part["id"], "marks": level["marks"], **_texts("text", level["text"])}
                for level in part["levels"]
            ]
    _write_lists(document, sheets)
    return sheets


def credential_xlsx(document: Mapping[str, Any]) -> bytes:
    """A sound document as the bytes of an xlsx file; the same document gives the same bytes."""
    return _workbook(
        sheets_of(document),
        languages=document["language"],
        components=[component["id"] for component in document["components"]],
    )


def credential_template_xlsx(*, languages: Sequence[str] = ("en", "hi")) -> bytes:
    """An empty workbook with every sheet, the fields to fill in, and notes."""
    sheets: Sheets = {name: [] for name in SHEETS}
    names = (
        "code", "version", "languages", "kind", "awarding_body", "level", *(f"hours_{part}" for part in HOURS),
        "assessment_minutes", *TEXT_FIELDS, "visibility", "future_skill", "sector", "nqr_code", "review_date",
        "statutory_none", "statutory_needs", "practical_task",
    )  # fmt: skip
    sheets["credential"] = [{"field": name} for name in names]
    sheets["credential"][2]["value"] = ", ".join(languages)
    sheets["components"] = [{"id": name} for name in ("theory", "practical", "viva")]
    return _workbook(sheets, languages=languages, components=("theory", "practical", "viva"))


def _fields(document: Mapping[str, Any]) -> Iterator[Cells]:
    yield {"field": "languages", "value": ", ".join(document["language"])}
    for name in PLAIN_FIELDS:
        if name in document:
            yield {"field": name, "value": document[name]}
    for part in HOURS:
        yield {"field": f"hours_{part}", "value": document["hours"][part]}
    yield {"field": "assessment_minutes", "value": str(document["assessment_minutes"])}
    if "future_skill" in document:
        yield {"field": "future_skill", "value": "yes" if document["future_skill"] else "no"}
    for name in TEXT_FIELDS:
        if name in document:
            yield {"field": name, **_texts("text", document[name])}
    if (needs := document.get("statutory_needs")) is not None:
        yield {"field": "statutory_none", "value": "yes" if needs["none"] else "no"}
        if "text" in needs:
            yield {"field": "statutory_needs", **_texts("text", needs["text"])}
    if (practical := document.get("practical")) is not None:
        yield {"field": "practical_task", **_texts("text", practical["task"])}
    if (adoption := document.get("adoption")) is not None:
        for name in PARENT:
            yield {"field": f"parent_{name}", "value": adoption["parent"][name]}


def _write_nos(nos: Mapping[str, Any], sheets: Sheets) -> None:
    sheets["nos"].append(
        {
            **{name: nos[name] for name in ("code", "weight", "credits", "total", "hours") if name in nos},
            **_texts("title", nos["title"]),
        }
    )
    for element in nos.get("elements", ()):
        sheets["elements"].append(
            {
                "nos": nos["code"],
                "id": element["id"],
                **({"threshold": element["threshold"]} if "threshold" in element else {}),
                **_marks(element),
                **_texts("title", element["title"]),
            }
        )
        for pc in element["pcs"]:
            _write_pc(pc, sheets, nos=nos["code"], element=element["id"])
    for pc in nos.get("pcs", ()):
        _write_pc(pc, sheets, nos=nos["code"], element="")


def _write_pc(pc: Mapping[str, Any], sheets: Sheets, *, nos: str, element: str) -> None:
    capacity = pc.get("capacity") or {}
    sheets["pcs"].append(
        {
            "nos": nos,
            "element": element,
            "id": pc["id"],
            **{name: pc[name] for name in ("label", "threshold", "hours") if pc.get(name) is not None},
            **_yes("mandatory", pc),
            **_marks(pc),
            **_texts("title", pc["title"]),
            **{f"capacity_{name}": "yes" if held else "no" for name, held in capacity.items()},
        }
    )
    sheets["knowledge"] += [{"pc": pc["id"], **_texts("text", text)} for text in pc["knowledge"]]


def _write_lists(document: Mapping[str, Any], sheets: Sheets) -> None:
    for name in TEXT_LISTS:
        sheets["lists"] += [{"list": name, **_texts("text", text)} for text in document.get(name, ())]
    for name in PLAIN_LISTS:
        sheets["lists"] += [{"list": name, "value": value} for value in document.get(name, ())]
    for direction, links in document.get("progression", {}).items():
        sheets["progression"] += [
            {"direction": direction, "code": link["code"], **_texts("title", link["title"])} for link in links
        ]
    for one in document.get("industry_validations", ()):
        file = one.get("file")
        sheets["validations"].append(
            {
                **{name: one[name] for name in ("organisation", "signatory", "date")},
                **({"file_name": file["name"], "file_sha256": file["sha256"]} if file else {}),
            }
        )
    for about, files in document.get("evidence", {}).items():
        sheets["evidence"] += [{"about": about, **file} for file in files]
    sheets["duplicates"] = [dict(one) for one in (document.get("adoption") or {}).get("duplicates", ())]


def _texts(name: str, text: Mapping[str, str] | None) -> Cells:
    return {f"{name}_{language}": said for language, said in (text or {}).items()}


def _marks(part: Mapping[str, Any]) -> Cells:
    return {f"marks_{component}": marks for component, marks in part.get("marks", {}).items()}


def _yes(name: str, part: Mapping[str, Any]) -> Cells:
    return {} if part.get(name) is None else {name: "yes" if part[name] else "no"}


def _workbook(sheets: Sheets, *, languages: Sequence[str], components: Sequence[str]) -> bytes:
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
        head = book.add_format(
            {"bold": True, "bg_color": "#14161a", "font_color": "#fbfaf7", "num_format": "@"}
        )
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        for name in SHEETS:
            page = book.add_worksheet(name)
            columns = columns_of(name, languages=languages, components=components)
            page.freeze_panes(1, 1)
            for place, column in enumerate(columns):
                wide = column.startswith(("text_", "title_", "reason_", "expected_"))
                page.set_column(place, place, 44 if wide else 16, text)
                page.write_string(0, place, column, head)
            for number, cells in enumerate(sheets[name], start=1):
                for column, value in cells.items():
                    page.write_string(number, columns.index(column), value, text)
        notes = book.add_worksheet(NOTES)
        notes.set_column(0, 0, 22, text)
        notes.set_column(1, 1, 110, text)
        for number, (name, note) in enumerate((("About", "What to write"), *NOTE_TEXTS)):
            notes.write_string(number, 0, name, text if number else head)
            notes.write_string(number, 1, note, text if number else head)
    return target.getvalue()
