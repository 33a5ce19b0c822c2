# SPDX-License-Identifier: Apache-2.0
"""The figures of a cohort in words, bars and tables, and the same as files. Nothing is counted here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from assessor import api as assessor
from item_bank import api as bank
from scoring.api import reading_names
from web.i18n import LANGUAGES, in_language, language, show_day
from web.presenters.common import bilingual
from web.presenters.scheduling import gender_options
from web.words import _

_STEPS: Final = (0.4, 0.6, 0.75, 0.9)
"""From which pass rates on a cell of the heat map has the next colour."""
Names = Mapping[str, str]


def cohort_view(page: assessor.CohortPage, *, agencies: Names, batch_url: Any) -> dict[str, Any]:
    """Everything that the page of a cohort shows; `batch_url` gives the address of one batch's figures."""
    cohort, titles = page.cohort, _titles(page.credential)
    batches = [
        {
            "id": batch.id,
            "name": batch.name,
            "agency": agencies.get(batch.agency_id, ""),
            "held_at": batch.held_at,
            "href": batch_url(batch.id),
            **tally_row(tally),
        }
        for batch, tally in zip(page.batches, cohort.batches, strict=True)
    ]
    return {
        "whole": tally_row(cohort.whole),
        "smallest": assessor.SMALLEST,
        "near_above": cohort.near_above,
        "near_below": cohort.near_below,
        "too_few": cohort.whole.people < assessor.SMALLEST,
        "older": page.older,
        "choices": [
            {"id": one.id, "name": one.name, "held_at": one.held_at, "people": one.people}
            for one in page.choices
        ],
        "batches": batches,
        "several": len(page.batches) > 1,
        "trend": _trend(batches) if sum(not one["hidden"] for one in batches) > 1 else None,
        "parts": [_part_row(one, titles) for one in cohort.parts],
        "groups": [
            {
                "title": _group_title(name),
                "rows": [_group_row(name, value, tally, agencies) for value, tally in rows],
            }
            for name, rows in cohort.groups.items()
            if sum(bool(value) for value, _ in rows) > 1
        ],
        "readings": [
            {"name": reading_names(kind).get(language(), reading_names(kind)["en"]), "changed": changed}
            for kind, changed in sorted(page.flips.items(), key=lambda one: -one[1])
        ],
        "readings_of": page.flips_of,
    }


def tally_row(tally: assessor.Tally) -> dict[str, Any]:
    """How many reached something, in words and as numbers for a bar."""
    interval = tally.interval
    return {
        "people": tally.people,
        "hidden": tally.hidden,
        "empty": tally.people == 0,
        "reached": None if tally.hidden else tally.reached,
        "rate": None if tally.rate is None else f"{tally.rate * 100:.0f} %",
        "percent": None if tally.rate is None else round(tally.rate * 100, 2),
        "range": None
        if interval is None
        else _("%(low)s to %(high)s", low=f"{interval[0] * 100:.0f} %", high=f"{interval[1] * 100:.0f} %"),
        "interval": interval,
    }


def choice_rows(choices: Sequence[assessor.CohortChoice], chosen: str) -> list[dict[str, Any]]:
    """The credentials to choose from."""
    return [
        {
            "id": one.credential_version_id,
            "code": one.document.code,
            "version": one.document.version,
            "title": bilingual(one.document.title),
            "results": one.results,
            "chosen": one.credential_version_id == chosen,
        }
        for one in choices
    ]


def _part_row(
    one: assessor.PartFigures, titles: Mapping[tuple[str, str, str], dict[str, str]]
) -> dict[str, Any]:
    part = one.part
    return {
        "level": part.level.value,
        "name": part.name or _("All marks together"),
        "nos": part.nos,
        "title": titles.get((part.level.value, part.nos, part.name), {}),
        "tally": None if one.tally is None else tally_row(one.tally),
        "mean": None if one.mean_share is None else f"{one.mean_share * 100:.0f} %",
        "mean_percent": None if one.mean_share is None else round(one.mean_share * 100, 2),
        "cells": [_cell(tally) for tally in one.batches],
    }


def _cell(tally: assessor.Tally | None) -> dict[str, Any]:
    """A cell of the heat map: its step of colour, None where there is nothing to show."""
    row = tally_row(tally or assessor.Tally(0, 0))
    rate = None if tally is None else tally.rate
    return row | {"step": None if rate is None else sum(rate >= step for step in _STEPS)}


def _group_title(name: str) -> str:
    return {
        "agency": _("Agency"),
        "language": _("Language"),
        "gender": _("Gender"),
        "pathway": _("Pathway"),
        "place": _("Place"),
    }[name]


def _group_row(name: str, value: str, tally: assessor.Tally, agencies: Names) -> dict[str, Any]:
    words = {
        "agency": agencies,
        "language": LANGUAGES,
        "gender": dict(gender_options()),
        "pathway": {"trained": _("Trained"), "rpl": _("Recognition of prior learning")},
        "place": {},
    }[name]
    return {"value": words.get(value, value) or _("Not known"), **tally_row(tally)}


def _trend(batches: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The pass rates over the batches in time, for the element that draws plots."""
    shown = [one for one in batches if not one["hidden"]]
    points = [
        [one["percent"], place, one["interval"][0] * 100, one["interval"][1] * 100]
        for place, one in enumerate(shown)
    ]
    names = [f"{one['name']} ({show_day(one['held_at'])})" for one in shown]
    plot = {
        "id": "trend",
        "type": "interval",
        "title": _("Pass rate by batch"),
        "x": {"label": _("Passed, in per cent"), "unit": "percent", "min": 0, "max": 100},
        "y": {
            "label": _("Batch, the oldest first"),
            "unit": "number",
            "categories": [one["name"] for one in shown],
        },
        "series": [{"label": _("Passed"), "points": points, "names": names}],
        "marks": [],
    }
    return {
        "title": plot["title"],
        "source": {
            "plot": plot,
            "words": {"at": _("at"), "low": _("from"), "high": _("to"), "none": _("no value")},
        },
    }


def _titles(credential: bank.CredentialDocument) -> dict[tuple[str, str, str], dict[str, str]]:
    found = {("credential", "", ""): bilingual(credential.title)}
    for nos in credential.nos:
        found["nos", nos.code, nos.code] = bilingual(nos.title)
        found |= {("element", nos.code, one.id): bilingual(one.title) for one in nos.elements}
        found |= {("pc", nos.code, one.id): bilingual(one.title) for one in nos.pcs}
    return found


# ------------------------------------------------------------------------------------------------ files


def figure_tables(page: assessor.CohortPage, *, agencies: Names) -> list[dict[str, Any]]:
    """The figures as tables with typed columns: the parts, the batches, the groups; hidden figures are empty."""
    titles = _titles(page.credential)
    tally_columns = [
        _column(_("People"), "count"),
        _column(_("Reached"), "count"),
        _column(_("Rate"), "share"),
        _column(_("Rate, low end"), "share"),
        _column(_("Rate, high end"), "share"),
    ]
    parts = [_part_cells(one, titles) for one in page.cohort.parts]
    batches = [
        [
            batch.name,
            agencies.get(batch.agency_id, ""),
            batch.held_at.date().isoformat(),
            *_tally_cells(tally),
        ]
        for batch, tally in zip(page.batches, page.cohort.batches, strict=True)
    ]
    groups = [
        [_group_title(name), _group_row(name, value, tally, agencies)["value"], *_tally_cells(tally)]
        for name, rows in page.cohort.groups.items()
        for value, tally in rows
    ]
    texts = [_column(_("Level")), _column(_("NOS")), _column(_("Part")), _column(_("Title"))]
    return [
        {
            "title": _("Parts"),
            "columns": [*texts, _column(_("Mean share of the marks"), "share"), *tally_columns],
            "rows": parts,
        },
        {
            "title": _("Batches"),
            "columns": [_column(_("Batch")), _column(_("Agency")), _column(_("Held on")), *tally_columns],
            "rows": batches,
        },
        {
            "title": _("Groups"),
            "columns": [_column(_("Grouped by")), _column(_("Group")), *tally_columns],
            "rows": groups,
        },
    ]


def people_table(lines: Sequence[assessor.CohortLine], credential: bank.CredentialDocument) -> dict[str, Any]:
    """One row for each result: the verdict, the exact margin as a number, and the share of every part."""
    parts: dict[tuple[str, str, str], None] = {}
    rows = []
    for line in lines:
        found = {
            (part.level.value, part.nos, part.name): share
            for part, _reached, share in assessor.parts_of(line.result.document, credential, {})
        }
        parts |= dict.fromkeys(found)
        rows.append((line, found))
    order = sorted(parts, key=lambda one: (("credential", "nos", "element", "pc").index(one[0]),))
    columns = [
        _column(_("Candidate")),
        _column(_("Batch")),
        _column(_("State")),
        _column(_("Result")),
        _column(_("Above or below what decided"), "share"),
        *(_column(" ".join(dict.fromkeys(filter(None, one[1:]))) or _("All"), "share") for one in order),
        _column(_("Declared")),
        _column(_("Fingerprint")),
    ]
    return {
        "title": _("Results"),
        "columns": columns,
        "rows": [
            [
                line.candidate,
                line.batch,
                _("Declared") if line.state is assessor.ResultState.DECLARED else _("Provisional"),
                _("Passed") if line.result.passed else _("Not passed"),
                float(Fraction(line.result.document["decision"]["margin_share"])),
                *(found.get(one) for one in order),
                None if line.declared_at is None else line.declared_at.isoformat(),
                line.sha256,
            ]
            for line, found in rows
        ],
    }


def no_results() -> dict[str, Any]:
    """What stands in a file where there is nothing to count."""
    return {
        "title": _("Results"),
        "columns": [_column(_("Results"))],
        "rows": [[_("There is no result to count yet")]],
    }


def file_facts(page: assessor.CohortPage | None) -> list[tuple[str, object]]:
    """What a workbook says of itself on its first sheet; None where there is nothing to count."""
    if page is None:
        return [(_("Figures"), _("About")), (_("Results"), 0)]
    return [
        (_("Figures"), _("About")),
        (_("Credential"), f"{page.credential.code} {page.credential.version}"),
        (_("Results"), page.cohort.whole.people),
        (_("Batches"), len(page.batches)),
        (
            _("Hidden"),
            _("Of fewer than %(number)s people no figure is shown.", number=assessor.SMALLEST),
        ),
    ]


def _part_cells(
    one: assessor.PartFigures, titles: Mapping[tuple[str, str, str], dict[str, str]]
) -> list[object]:
    part, title = one.part, in_language(_title(titles, one))
    return [part.level.value, part.nos, part.name, title, one.mean_share, *_tally_cells(one.tally)]


def _title(
    titles: Mapping[tuple[str, str, str], dict[str, str]], one: assessor.PartFigures
) -> dict[str, str]:
    return titles.get((one.part.level.value, one.part.nos, one.part.name), {})


def _tally_cells(tally: assessor.Tally | None) -> list[object]:
    if tally is None:
        return [None] * 5
    low, high = tally.interval or (None, None)
    return [tally.people, None if tally.hidden else tally.reached, tally.rate, low, high]


def _column(label: str, unit: str = "text") -> dict[str, str]:
    return {"label": label, "unit": unit}
