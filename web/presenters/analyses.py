# SPDX-License-Identifier: Apache-2.0
"""The reports on a batch as pages show them: where each kind stands, a document in words. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from assessor import api as assessor
from web.error_texts import text_of
from web.presenters import analysis_words as words
from web.presenters.analysis_plots import plot_table, plot_view
from web.presenters.analysis_summary import summary
from web.presenters.analysis_text import NUMERIC, cell_text, column_words, texts, with_span
from web.words import _

MOST_ROWS: Final = 500
"""Rows of a table that a page shows; the files have all."""
MANY_PLOTS: Final = 3
"""From so many plots of one sort on they stand beside each other, folded away."""
MOST_FIRST: Final = 4
"""Of such plots, those of items to look at stand open, up to so many."""
FIRST: Final[Mapping[str, tuple[str, ...]]] = {
    "items": ("suspicious_keys", "items", "options", "times"),
    "certainty": ("borderline", "decisions", "criteria"),
    "model": ("wright_map", "information", "curves", "parameters", "dependence", "abilities", "models"),
    "forms": ("turned", "forms"),
}
"""The sections by which a manager acts, before the others."""
Document = Mapping[str, Any]
Link = Callable[[str, Mapping[str, str]], str | None]
"""Where a row of a section leads: by the section and what the row is about (``entry`` or ``item`` with its id)."""
"""The address of what stands behind an entry's row, or None where the reader has no page for it."""


def kind_cards(standings: Sequence[assessor.KindStanding]) -> list[dict[str, Any]]:
    """The kinds of reports with what each answers, where it stands and what can be read."""
    return [
        {
            "kind": one.kind.value,
            **words.report_words(one.kind.value),
            "conduct": one.kind.about_conduct,
            "run": run_part(one.newest) if one.newest is not None else None,
            "readable": _readable(one.readable),
            "outdated": one.outdated,
        }
        for one in standings
    ]


def run_part(report: assessor.Report) -> dict[str, Any]:
    """How far a report is, in the form that static/js/import-progress.js reads: ``over`` ends its looking."""
    failed = report.state is assessor.ReportState.FAILED
    return {
        "id": report.id,
        "state": report.state.value,
        "stage": report.stage,
        "done": round(report.share * 100),
        "all": 100,
        "over": not report.state.under_way,
        "stopping": report.stopping,
        "words": _run_words(report),
        "problem": text_of(report.code, {}) if failed else None,
        "ordered_at": report.ordered_at,
    }


def _run_words(report: assessor.Report) -> str:
    if report.stopping:
        return _("It stops at its next step.")
    match report.state:
        case assessor.ReportState.QUEUED:
            return _("It waits for its turn.")
        case assessor.ReportState.RUNNING:
            return words.stage_word(report.stage)
        case _:
            return words.state_word(report.state.value)


def _readable(report: assessor.Report | None) -> dict[str, Any] | None:
    if report is None:
        return None
    return {
        "id": report.id,
        "ended_at": report.ended_at,
        "persons": report.persons or 0,
        "final": report.certified,
        "fingerprint": report.made_from or "",
        "batch_name": report.batch_name,
        "batch_id": report.batch_id,
        "kind": report.kind.value,
        "title": words.report_words(report.kind.value)["title"],
    }


def body_rows(reports: Sequence[assessor.Report]) -> list[dict[str, Any]]:
    """What an awarding body can read, newest first."""
    return [row for one in reports if (row := _readable(one)) is not None]


def report_page(
    report: assessor.Report, document: Document, *, link: Link = lambda _section, _about: None
) -> dict[str, Any]:
    """A done report in words: its data, what to beware of, and its sections with figures, plots and tables."""
    kind, batch = report.kind.value, document["batch"]
    return {
        "id": report.id,
        "kind": kind,
        **words.report_words(kind),
        "conduct": report.kind.about_conduct,
        "batch_id": report.batch_id,
        "batch_name": report.batch_name,
        "credential": batch.get("credential", ""),
        "made_at": report.ended_at,
        "persons": batch.get("persons", report.persons),
        "items": batch.get("items"),
        "forms": batch.get("forms"),
        "final": report.certified,
        "fingerprint": report.made_from or "",
        "program": report.code_version,
        "cautions": [words.note_text(one["code"], texts(one)) for one in document.get("cautions", ())],
        "summary": [
            {
                "tone": one.tone,
                "text": one.text,
                "section": one.section,
                "where": words.section_words(kind, one.section)["title"] if one.section else "",
            }
            for one in summary(document)
        ],
        "sections": [
            _section(document, one, link) for one in _in_order(document) if not one.get("unavailable")
        ],
        "absent": [
            {
                "id": one["id"],
                "title": words.section_words(kind, one["id"])["title"],
                "reason": reason_sentence(one["unavailable"]),
            }
            for one in _in_order(document)
            if one.get("unavailable")
        ],
    }


def _in_order(document: Document) -> list[Document]:
    first = FIRST.get(document["kind"], ())
    places = {name: place for place, name in enumerate(first)}
    return sorted(document["sections"], key=lambda one: places.get(one["id"], len(first)))


def _section(document: Document, section: Document, link: Link) -> dict[str, Any]:
    kind = document["kind"]
    table = section.get("table")
    return {
        "id": section["id"],
        **words.section_words(kind, section["id"]),
        "figures": [_figure(one) for one in section.get("figures") or () if one["value"] is not None],
        "missing": _missing(section.get("figures") or ()),
        "notes": [words.note_text(one["code"], texts(one)) for one in section.get("notes") or ()],
        "plots": _plots(section.get("plots") or (), _to_look_at(document)),
        "table": _shown(table, partial(link, section["id"])) if table and table["rows"] else None,
        "empty": table is not None and not table["rows"],
    }


def reason_sentence(reason: Mapping[str, Any]) -> str:
    """Why there is no number, as a sentence: our own words, else those of the error that `scoring` raised."""
    own = words.reason_text(reason["code"], texts(reason))
    if own is not None:
        return own
    said = text_of(reason["code"], {name: value for name, value in reason.items() if name != "code"})
    return " ".join(part for part in (said.title, said.advice) if part)


def _figure(figure: Mapping[str, Any]) -> dict[str, Any]:
    unit = str(figure.get("unit", "number"))
    return {
        **words.figure_words(figure["code"]),
        "value": cell_text(figure["value"], unit),
        "span": with_span(figure),
    }


def _missing(figures: Sequence[Document]) -> list[dict[str, str]]:
    """Why figures have no number, those of one reason together."""
    of_reason: dict[str, list[str]] = {}
    for one in figures:
        if one["value"] is None:
            label = words.figure_words(one["code"])["label"]
            of_reason.setdefault(str(one.get("reason") or "not_computable"), []).append(label)
    return [
        {"labels": ", ".join(labels), "reason": reason_sentence({"code": code})}
        for code, labels in of_reason.items()
    ]


def _to_look_at(document: Document) -> frozenset[str]:
    """The items that the report names for a look: whose key may be wrong, or with a remark in a table."""
    found: set[str] = set()
    for section in document["sections"]:
        table = section.get("table")
        codes = [one["code"] for one in table["columns"]] if table else []
        for sign in ({"look_at", "beyond_chance"} & set(codes)) if "item" in codes else ():
            places = codes.index("item"), codes.index(sign)
            found |= {row[places[0]] for row in table["rows"] if row[places[1]]}
    return frozenset(found)


def _plots(plots: Sequence[Document], look_at: frozenset[str]) -> list[dict[str, Any]]:
    """The plots in groups of one sort: many of one sort are folded into one line, but for those of items to look at."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in plots:
        view = plot_view(one)
        view["numbers"] = _shown({**view.pop("table"), "refs": None}, lambda _about: None)
        groups.setdefault(view["code"], []).append(view)
    return [
        {
            "title": words.plot_word(code),
            "about": members[0]["about"],
            "first": first,
            "many": len(members) > MANY_PLOTS,
            "plots": [one for one in members if one not in first],
        }
        for code, members in groups.items()
        for first in ([one for one in members if one["subject"] in look_at][:MOST_FIRST],)
    ]


def _shown(table: Document, link: Callable[[Mapping[str, str]], str | None]) -> dict[str, Any]:
    """A table as the page shows it: heads, and cells with the text and the value to sort by."""
    refs = table.get("refs") or ()
    kept = [place for place in range(len(table["columns"])) if _says_something(table, place)]
    columns = [table["columns"][place] for place in kept]
    labels = column_words(columns)
    return {
        "columns": [
            {"label": label, "num": _numeric(one), "sort": "number" if _numeric(one) else "text"}
            for label, one in zip(labels, columns, strict=True)
        ],
        "rows": [
            {
                "href": link(refs[place]) if place < len(refs) else None,
                "cells": [
                    _cell(row[spot], one, label)
                    for spot, one, label in zip(kept, columns, labels, strict=True)
                ],
            }
            for place, row in enumerate(table["rows"][:MOST_ROWS])
        ],
        "left_out": max(len(table["rows"]) - MOST_ROWS, 0),
        "count": len(table["rows"]),
    }


def _says_something(table: Document, place: int) -> bool:
    """A column without a single value is left out of the page; files have it."""
    return place == 0 or any(row[place] not in (None, "", []) for row in table["rows"])


def _cell(value: object, column: Mapping[str, Any], label: str) -> dict[str, Any]:
    unit = str(column.get("unit", "number"))
    return {
        "text": cell_text(value, unit),
        "value": value if _numeric(column) else None,
        "num": _numeric(column),
        "label": label,
    }


def _numeric(column: Mapping[str, Any]) -> bool:
    return str(column.get("unit", "number")) in NUMERIC


def file_table(document: Document, section_id: str, plot_id: str = "") -> dict[str, Any] | None:
    """One table of a document for a file: that of a section or of one of its plots; None where there is none of that name."""
    section = next((one for one in document["sections"] if one["id"] == section_id), None)
    if section is None:
        return None
    if plot_id:
        plot = next((one for one in section.get("plots") or () if one["id"] == plot_id), None)
        return None if plot is None else {"title": plot_view(plot)["title"], **plot_table(plot)}
    return _file_table(document["kind"], section)


def file_tables(document: Document) -> list[dict[str, Any]]:
    """Every table of a document for a workbook: all figures first, then each section's table, then the plots'."""
    kind = document["kind"]
    sections = [made for one in document["sections"] if (made := _file_table(kind, one)) is not None]
    plots = [
        {"title": view["title"], **view["table"]}
        for section in document["sections"]
        for plot in section.get("plots") or ()
        if (view := plot_view(plot))
    ]
    return [_figure_table(document), *sections, *plots]


def _file_table(kind: str, section: Document) -> dict[str, Any] | None:
    table = section.get("table")
    if not table:
        return None
    labels = column_words(table["columns"])
    columns = [
        {"label": label, "unit": str(one.get("unit", "number"))}
        for label, one in zip(labels, table["columns"], strict=True)
    ]
    return {
        "title": words.section_words(kind, section["id"])["title"],
        "columns": columns,
        "rows": table["rows"],
    }


def _figure_table(document: Document) -> dict[str, Any]:
    rows = [
        [
            words.section_words(document["kind"], section["id"])["title"],
            words.figure_words(one["code"])["label"],
            one["value"],
            one.get("low"),
            one.get("high"),
            reason_sentence({"code": one["reason"]}) if one.get("reason") else None,
        ]
        for section in document["sections"]
        for one in section.get("figures") or ()
    ]
    missing = [
        [
            words.section_words(document["kind"], section["id"])["title"],
            None,
            None,
            None,
            None,
            reason_sentence(section["unavailable"]),
        ]
        for section in document["sections"]
        if section.get("unavailable")
    ]
    labels = (_("Section"), _("Figure"), _("Value"), _("From"), _("To"), _("Why there is no number"))
    units = ("text", "text", "number", "number", "number", "text")
    columns = [{"label": label, "unit": unit} for label, unit in zip(labels, units, strict=True)]
    return {"title": _("Figures"), "columns": columns, "rows": [*rows, *missing]}


def workbook_facts(report: assessor.Report, document: Document) -> list[tuple[str, object]]:
    """What the first sheet of a workbook says: of which data it was made, and what to beware of."""
    said = words.report_words(report.kind.value)
    return [
        (_("Report"), said["title"]),
        (_("Question"), said["question"]),
        (_("Batch"), report.batch_name),
        (_("Attempts"), report.persons or 0),
        (_("Made"), cell_text(report.ended_at.isoformat() if report.ended_at else None, "instant")),
        (_("Final"), _("yes") if report.certified else _("no: the batch was still open")),
        *((_("In short"), one.text) for one in summary(document)),
        (_("Made from"), report.made_from or ""),
        (_("Program"), report.code_version),
        *((_("Beware"), words.note_text(one["code"], texts(one))) for one in document.get("cautions", ())),
    ]
