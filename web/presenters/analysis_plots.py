# SPDX-License-Identifier: Apache-2.0
"""The plots of a report for the element that draws them (static/js/plots.js), and the same numbers as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from web.presenters import analysis_words as words
from web.presenters.analysis_text import NUMERIC
from web.words import _

_TYPES: Final = frozenset({"bands", "bars", "heat", "interval", "lines", "people_items", "points"})
_OF_PAPERS: Final = frozenset({"equated_less_score", "error_of_ability", "test_information"})
"""Plots whose series are papers, known by their numbers."""
_COLOURS: Final = {"settled_met": 3, "in_doubt": 5, "settled_not_met": 2, "no_evidence": 8}
"""Series that mean something by themselves keep one of the eight colours (static/css/reports.css), whichever comes first."""
_KINDS: Final = {
    "band": "line",
    "bars": "bars",
    "dashed": "line",
    "dots": "points",
    "line": "line",
    "points": "points",
}


def plot_view(plot: Mapping[str, Any]) -> dict[str, Any]:
    """A plot in words: its id, its title, what it is about, what the element takes, its numbers as a table."""
    title = words.plot_word(plot["title_code"])
    subject = str(plot.get("subject") or "")
    drawn = {
        "id": plot["id"],
        "type": plot["type"] if plot["type"] in _TYPES else "points",
        "title": f"{title}: {subject}" if subject else title,
        "x": _axis(plot["x"]),
        "y": _axis(plot["y"]),
        "series": [_series(one) | {"label": _label(plot, one)} for one in _series_of(plot)],
        "marks": [_mark(one) for one in plot.get("marks") or ()],
    }
    if plot["type"] == "heat":
        drawn["value"] = _measured(plot)
    return {
        "id": plot["id"],
        "code": plot["title_code"],
        "title": drawn["title"],
        "subject": subject,
        "about": words.plot_about(plot["title_code"]),
        "source": {"plot": drawn, "words": plot_words()},
        "table": plot_table(plot),
    }


def _series_of(plot: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The series of a plot; of a whole that is divided, a part that is nowhere says nothing."""
    divided = plot["type"] == "bands"
    return [one for one in plot["series"] if not divided or any(point[1] for point in one["points"])]


def _measured(plot: Mapping[str, Any]) -> dict[str, Any]:
    """What the cells of a heat map hold: a share, a correlation, or a plain number by its own range."""
    code = str(plot["series"][0].get("label_code", "")) if plot["series"] else ""
    ends = {"correlation": {"unit": "", "min": -1, "max": 1}, "mean": {"unit": "share", "min": 0, "max": 1}}
    return {"label": words.series_word(code), **ends.get(code, {"unit": ""})}


def plot_words() -> dict[str, str]:
    """The words that the element itself needs."""
    return {"at": _("at"), "low": _("from"), "high": _("to"), "none": _("no value")}


def plot_table(plot: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of a plot as columns (label, unit) and typed rows; columns that say nothing are left out."""
    x, y, kind = plot["x"], plot["y"], plot["type"]
    series = _series_of(plot)
    columns, rows = _table_head(plot), []
    for number, one in enumerate(series):
        label = _label(plot, one)
        names = one.get("names") or ()
        for place, point in enumerate(one["points"]):
            cells = [*point, None, None, None, None][:4]
            name = names[place] if place < len(names) else None
            if kind == "heat":
                rows.append([None, name, _place(x, cells[0]), _place(y, cells[1]), cells[2], None])
            elif kind == "people_items" and number:
                rows.append([label, name, cells[0], None, None, None])
            else:
                rows.append([label, name, _place(x, cells[0]), _place(y, cells[1]), cells[2], cells[3]])
    kept = [place for place in range(len(columns)) if any(row[place] is not None for row in rows)]
    if len(series) == 1:
        kept = [place for place in kept if place != 0]
    return {
        "columns": [columns[place] for place in kept],
        "rows": [[row[place] for place in kept] for row in rows],
    }


def _table_head(plot: Mapping[str, Any]) -> list[dict[str, str]]:
    x, y = _column(plot["x"]), _column(plot["y"])
    ends = str((plot["x"] if plot["type"] == "interval" else plot["y"]).get("unit", "number"))
    if plot["type"] == "heat":
        measured = _measured(plot)
        last = [
            {"label": measured["label"], "unit": measured["unit"] or "number"},
            {"label": "", "unit": "text"},
        ]
    else:
        last = [{"label": _("From"), "unit": ends}, {"label": _("To"), "unit": ends}]
    return [{"label": _("Line"), "unit": "text"}, {"label": _("Name"), "unit": "text"}, x, y, *last]


def _column(axis: Mapping[str, Any]) -> dict[str, str]:
    unit = "text" if axis.get("categories") is not None else str(axis.get("unit", "number"))
    return {"label": _axis_label(axis), "unit": unit if unit in NUMERIC or unit == "text" else "number"}


def _axis_label(axis: Mapping[str, Any]) -> str:
    return (
        str(axis["label"])
        if axis.get("label") is not None
        else words.axis_word(str(axis.get("label_code", "")))
    )


def _axis(axis: Mapping[str, Any]) -> dict[str, Any]:
    unit = str(axis.get("unit", "number"))
    made: dict[str, Any] = {
        "label": _axis_label(axis),
        "unit": _UNITS.get(unit, "") if unit != "seconds" else _("s"),
    }
    if unit == "count":
        made["whole"] = True
    if axis.get("categories") is not None:
        made["categories"] = _categories(axis)
    for ours, theirs in (("min", "low"), ("max", "high"), ("min", "min"), ("max", "max")):
        if axis.get(theirs) is not None:
            made[ours] = axis[theirs]
    return made


_UNITS: Final = {"share": "share", "probability": "share", "percent": "%"}


def _categories(axis: Mapping[str, Any]) -> list[str]:
    if axis.get("categories_are") == "codes":
        return [words.value_word(str(one)) for one in axis["categories"]]
    return [str(one) for one in axis["categories"]]


def _place(axis: Mapping[str, Any], value: object) -> object:
    if axis.get("categories") is None or not isinstance(value, (int, float)):
        return value
    names: Sequence[str] = _categories(axis)
    place = round(value)
    return names[place] if 0 <= place < len(names) else value


def _series(one: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"points": one["points"]}
    if one.get("names"):
        made["names"] = one["names"]
    kind = _KINDS.get(str(one.get("style") or one.get("kind") or ""))
    colour = _COLOURS.get(str(one.get("label_code") or ""))
    return made | ({"kind": kind} if kind else {}) | ({"colour": colour} if colour else {})


def _label(plot: Mapping[str, Any], one: Mapping[str, Any]) -> str:
    """A series by its data (a paper's number, an option, a group) and by its code, as far as it has them."""
    data, of = str(one.get("label") or "").strip(), plot["title_code"]
    if data and of in _OF_PAPERS:
        data = _("Paper %(number)s", number=data)
    elif data and of == "option_curves":
        data = _("%(option)s (key)", option=data) if one.get("style") == "line" else data
    else:
        data = words.group_word(data)
    parts = (data, words.series_word(str(one.get("label_code") or "")))
    return ", ".join(part for part in parts if part)


def _mark(one: Mapping[str, Any]) -> dict[str, Any]:
    code = one.get("code") or one.get("label_code") or ""
    return {
        "axis": one["axis"],
        "at": one["at"],
        "label": str(one["label"]) if one.get("label") else words.mark_word(str(code)),
    }
