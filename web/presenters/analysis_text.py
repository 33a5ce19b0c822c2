# SPDX-License-Identifier: Apache-2.0
"""The cells and figures of a report as people read them; in files a value keeps its type. No word is defined here."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from web.i18n import show_instant
from web.presenters import analysis_words as words
from web.words import _

NONE: Final = "–"
NUMERIC: Final = frozenset(
    {
        "count",
        "logits",
        "marks",
        "minutes",
        "number",
        "p",
        "p_value",
        "percent",
        "probability",
        "sd",
        "seconds",
        "share",
    }
)
"""Units of numbers: their columns are aligned and sorted as such, and typed in a spreadsheet."""
_SMALL: Final = 0.005


def cell_text(value: object, unit: str) -> str:
    """One value in the reader's language; what is not there is a dash."""
    if value is None or value in ([], ""):
        return NONE
    match value:
        case bool():
            return _("yes") if value else _("no")
        case int() | float():
            return _number(value, unit)
        case list() | tuple():
            return ", ".join(cell_text(one, _SINGULAR.get(unit, unit)) for one in value)
        case _:
            return _TEXTS.get(unit, str)(str(value))


def file_value(value: object, unit: str) -> object:
    """One value for a file: numbers stay numbers, codes become words, what is not there is None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None if value is None or value in ([], "") else cell_text(value, unit)
    return value


def with_span(figure: Mapping[str, Any]) -> str:
    """The interval of a figure in words; empty where it has none."""
    low, high = figure.get("low"), figure.get("high")
    if low is None or high is None:
        return ""
    unit = str(figure.get("unit", "number"))
    return _("%(low)s to %(high)s", low=cell_text(low, unit), high=cell_text(high, unit))


def texts(facts: Mapping[str, Any]) -> dict[str, str]:
    """The facts of a sentence as people read them: lists in words, and each number also as ``<name>_percent``."""
    said = {
        name: ", ".join(_fact(one) for one in value) if isinstance(value, list) else _fact(value)
        for name, value in facts.items()
    }
    numbers = {name: value for name, value in facts.items() if isinstance(value, float)}
    return said | {f"{name}_percent": f"{round(value * 100, 1):g} %" for name, value in numbers.items()}


def _fact(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, str):
        return words.value_word(value) if words.is_value(value) else value
    return (
        NONE
        if value is None
        else f"{value:,}"
        if isinstance(value, int) and not isinstance(value, bool)
        else str(value)
    )


def _number(value: float, unit: str) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return NONE
    match unit:
        case "share" | "probability":
            return f"{value * 100:.1f} %"
        case "percent":
            return f"{value:.1f} %"
        case "count":
            return f"{value:,.0f}"
        case "p" | "p_value":
            return "< 0.001" if value < 0.001 else f"{value:.3f}"
        case "seconds":
            return _("%(count)s s", count=f"{value:,.1f}" if value < 10 else f"{value:,.0f}")
        case "marks":
            return f"{value:,.2f}".rstrip("0").rstrip(".")
        case _:
            return _plain(value)


def _plain(value: float) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if 0 < abs(value) < _SMALL:
        return f"{value:.2g}"
    return f"{value:,.2f}" if abs(value) < 1000 else f"{value:,.0f}"


def _instant(text: str) -> str:
    try:
        return show_instant(datetime.fromisoformat(text))
    except ValueError:
        return text


_SINGULAR: Final = {"codes": "code", "reasons": "reason"}
_TEXTS: Final[Mapping[str, Callable[[str], str]]] = {
    "code": words.value_word,
    "group": words.group_word,
    "reason": words.reason_word,
    "instant": _instant,
    "nos": lambda code: words.value_word(code) if words.is_value(code) else code,
    "time": _instant,
}


def is_number(column: Mapping[str, Any]) -> bool:
    """Whether a column of a report holds numbers."""
    return str(column.get("unit", "number")) in NUMERIC


def column_words(columns: Sequence[Mapping[str, Any]]) -> list[str]:
    """The heads of a table's columns in words."""
    return [
        str(one["label"])
        if one.get("label") is not None
        else words.column_word(str(one["code"]), str(one.get("unit", "")))
        for one in columns
    ]
