# SPDX-License-Identifier: Apache-2.0
"""From the codes of a report to words in the reader's language. The words stand in `report_words`, by what they name."""

from __future__ import annotations

from collections.abc import Mapping

from web.presenters.report_words.columns import AXES, COLUMNS, MARKS, SERIES
from web.presenters.report_words.figures import FIGURES
from web.presenters.report_words.notes import NOTES
from web.presenters.report_words.plots import PLOTS
from web.presenters.report_words.reasons import COUNTED, REASONS
from web.presenters.report_words.sections import REPORTS, SECTIONS
from web.presenters.report_words.values import GROUPS, STAGES, STATES, VALUES
from web.words import _


def report_words(kind: str) -> dict[str, str]:
    """The ``title`` of a kind of report and the ``question`` that it answers."""
    title, question = REPORTS[kind]
    return {"title": _(title), "question": _(question)}


def section_words(kind: str, section: str) -> dict[str, str]:
    """The ``title`` of a section and its ``meaning``: what its numbers say."""
    title, meaning = SECTIONS.get(f"{kind}.{section}") or SECTIONS.get(section) or (spelled(section), "")
    return {"title": _(title), "meaning": _(meaning) if meaning else ""}


def figure_words(code: str) -> dict[str, str]:
    """The ``label`` of a figure and its ``meaning``."""
    label, meaning = FIGURES.get(code) or (_known(COLUMNS, code), "")
    return {"label": _(label), "meaning": _(meaning) if meaning else ""}


def column_word(code: str, unit: str = "") -> str:
    """The head of a column; one that holds persons may be called otherwise than one that holds items."""
    return _(COLUMNS.get(f"{code}_{unit}") or _known(COLUMNS, code))


def axis_word(code: str) -> str:
    """The label of an axis."""
    return _(AXES.get(code) or _known(COLUMNS, code)) if code else ""


def series_word(code: str) -> str:
    """The label of one row of points."""
    return _(SERIES.get(code) or VALUES.get(code) or AXES.get(code) or _known(COLUMNS, code)) if code else ""


def mark_word(code: str) -> str:
    """What stands at a line across a plot."""
    return _(MARKS.get(code) or _known(VALUES, code)) if code else ""


def plot_word(code: str) -> str:
    """The title of a plot."""
    return _(PLOTS[code][0] if code in PLOTS else spelled(code))


def plot_about(code: str) -> str:
    """How to read a plot, in a sentence."""
    return _(PLOTS[code][1]) if code in PLOTS and PLOTS[code][1] else ""


def value_word(code: str) -> str:
    """A code that stands in a cell, as a word."""
    return _(_known(VALUES, code))


def group_word(code: str) -> str:
    """A group of people: a code such as that of a language in words; a centre's name as it is."""
    return _(GROUPS[code]) if code in GROUPS else code


def is_value(code: str) -> bool:
    """Whether a text is the code of a value rather than data."""
    return code in VALUES


def reason_word(code: str) -> str:
    """Why a cell is empty, in a few words."""
    return _(REASONS[code][0]) if code in REASONS else spelled(code)


def reason_text(code: str, facts: Mapping[str, str]) -> str | None:
    """Why there is no number, as a sentence; None for a code that is not one of reports."""
    if code not in REASONS:
        return None
    counted = COUNTED.get(code) if {"persons", "fewest"} <= set(facts) else None
    return _filled(counted or REASONS[code][1] or REASONS[code][0], facts)


def note_text(code: str, facts: Mapping[str, str]) -> str:
    """A note or a caution as a sentence."""
    return _filled(NOTES.get(code, spelled(code)), facts)


def stage_word(code: str) -> str:
    """What is being done just now."""
    at_work = STAGES[""]
    return _(STAGES.get(code, at_work))


def state_word(code: str) -> str:
    """How a report ended."""
    return _(STATES[code])


def spelled(code: str) -> str:
    """A code that has no words yet, so that it can at least be read; a test keeps this from being needed."""
    text = code.replace("_", " ").replace("-", " ").strip()
    return text[:1].upper() + text[1:]


def _known(words: Mapping[str, str], code: str) -> str:
    return words.get(code) or spelled(code)


def _filled(text: str, facts: Mapping[str, str]) -> str:
    """A sentence with its facts; a fact that is not there is a dash rather than a crash."""
    return _(text) % _Facts(facts)


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"
