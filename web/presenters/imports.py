# SPDX-License-Identifier: Apache-2.0
"""What the pages of the import show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from item_bank import api as bank
from web.presenters.common import bilingual
from web.words import _

SHOWN: Final = 200
"""Refusals on one page; the downloaded sheet has them all."""
PREVIEW_ROWS: Final = 5


def credential_choices(credentials: Sequence[bank.CredentialVersion]) -> list[dict[str, Any]]:
    """The credentials that items can be for."""
    return [
        {"id": one.id, "code": one.document.code, "title": bilingual(one.document.title)}
        for one in credentials
    ]


def pc_choices(credentials: Sequence[bank.CredentialVersion]) -> list[str]:
    """Every criterion of these credentials once, in order."""
    return list(dict.fromkeys(pc.id for one in credentials for pc in one.document.pcs))


def report_page(
    report: Mapping[str, Any], *, filename: str, token: str, credential_id: str
) -> dict[str, Any]:
    """A report with what the page adds: how often each reason occurs, and no more lines than one can read."""
    refused = list(report["refused"])
    counted = Counter(one["code"] for one in refused)
    return {
        **report,
        "refused": refused[:SHOWN],
        "refusals": len(refused),
        "not_shown": max(0, len(refused) - SHOWN),
        "reasons": [{"code": code, "count": count} for code, count in counted.most_common()],
        "filename": filename,
        "format_name": format_name(str(report["format"])),
        "token": token,
        "credential_version_id": credential_id,
        "dry_run": report["mode"] == bank.ImportMode.DRY_RUN.value,
    }


def format_name(name: str) -> str:
    """A format as people call it."""
    return {
        "xlsx": _("Excel sheet"),
        "csv": _("CSV table"),
        "json": "JSON",
        "qti": "QTI",
        "moodle_xml": "Moodle XML",
        "gift": "GIFT",
        "aiken": "Aiken",
    }.get(name, name)


def field_groups(languages: Sequence[str]) -> list[dict[str, Any]]:
    """The fields that a column can be, in groups for a list."""
    words = {
        "id": _("Item number"),
        "pc": _("Criterion"),
        "type": _("Kind"),
        "difficulty": _("Difficulty"),
        "seconds": _("Seconds"),
        "marks": _("Marks"),
        "shuffle": _("May be shuffled"),
        "key": _("Right answer"),
        "normalise": _("Normalisation"),
        "tags": _("Tags"),
    }
    groups = [{"label": _("About the item"), "fields": [(name, words[name]) for name in bank.PLAIN_FIELDS]}]
    for language in languages:
        fields = [(f"{name}_{language}", text_field(name)) for name in bank.TEXT_FIELDS]
        groups.append({"label": language_name(language), "fields": fields})
    return groups


def text_field(name: str) -> str:
    """What a field of a language is called."""
    if name == "stem":
        return _("Question")
    if name == "rationale":
        return _("Reason")
    return _("Option %(letter)s", letter=name[-1].upper())


def language_name(language: str) -> str:
    """A language in its own words, or its code."""
    return {"en": "English", "hi": "हिन्दी"}.get(language, language)


def columns_page(sheet: bank.Sheet, chosen: Mapping[str, str]) -> dict[str, Any]:
    """The columns of a sheet with what they are taken for and their first cells."""
    columns = [
        {
            "name": name,
            "heading": heading,
            "field": chosen.get(heading, chosen.get(name, "")),
            "cells": [row.cells.get(name, "") for row in sheet.rows[:PREVIEW_ROWS]],
        }
        for name, heading in zip(sheet.columns, sheet.headings, strict=True)
    ]
    return {"columns": columns, "rows": len(sheet.rows), "preview": min(PREVIEW_ROWS, len(sheet.rows))}


def progress_page(state: Mapping[str, Any]) -> dict[str, Any]:
    """How far a run is, in words and per cent (None while that is not known)."""
    everything = int(state.get("all", 0))
    done = int(state.get("done", 0))
    words = {
        "reading": _("The file is being read."),
        "checking": _("%(done)s of %(all)s items are checked.", done=done, all=everything),
        "storing": _("%(done)s of %(all)s items are stored.", done=done, all=everything),
    }
    return {
        "stage": state["stage"],
        "done": done,
        "all": everything,
        "words": words.get(str(state["stage"]), _("Finished.")),
        "over": state["stage"] in ("done", "failed"),
    }
