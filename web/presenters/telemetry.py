# SPDX-License-Identifier: Apache-2.0
"""What a browser noted, in words for people: the fact, where, how long, and what explains it. Never a verdict and no score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from assessor import api as assessor
from core.uow import UnitOfWork
from proctor import api as proctor
from web.presenters.attempts import duration
from web.words import _, ngettext

_KIND = proctor.TelemetryKind


def noted_of(uow: UnitOfWork, attempt_id: str, entry: assessor.Entry) -> dict[str, Any]:
    """All that an attempt's browsers noted, with the questions it happened at and what was granted to the candidate."""
    telemetry = proctor.telemetry_of_attempt(uow, attempt_id)
    places = assessor.question_places(uow, attempt_id) if telemetry.notes else {}
    return noted_page(telemetry, places, entry)


def noted_page(
    telemetry: proctor.Telemetry, places: Mapping[str, assessor.Place], entry: assessor.Entry
) -> dict[str, Any]:
    """`lines` by time; `aids`: what was granted, since it can explain a note; `left_out`: notes that found no room."""
    return {
        "lines": [_line(one, places) for one in telemetry.notes],
        "left_out": telemetry.left_out,
        "highest": proctor.MOST_OF_AN_ATTEMPT,
        "aids": [aid_label(one.aid) for one in entry.accommodations],
    }


def with_noted(uow: UnitOfWork, tiles: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tiles of the wall with `noted`: how many things browsers noted that the room did not cause itself."""
    counts = proctor.telemetry_counts(uow, [tile["attempt_id"] for tile in tiles])
    return [{**tile, "noted": counts.get(tile["attempt_id"], 0)} for tile in tiles]


def aid_label(aid: assessor.Aid) -> str:
    """What was granted, in words."""
    return {
        assessor.Aid.EXTRA_TIME: _("more time"),
        assessor.Aid.SCREEN_READER: _("a screen reader"),
        assessor.Aid.SCRIBE: _("a scribe"),
        assessor.Aid.LARGE_PRINT: _("large print"),
        assessor.Aid.SEPARATE_ROOM: _("a room of their own"),
        assessor.Aid.BREAKS: _("breaks"),
    }[aid]


def kind_label(kind: proctor.TelemetryKind) -> str:
    """The fact in words that accuse nobody."""
    return {
        _KIND.HIDDEN: _("The page was not visible"),
        _KIND.BLUR: _("Another window was in front"),
        _KIND.FOCUS: _("Back on the page"),
        _KIND.FULL_SCREEN_LEFT: _("Full screen was left"),
        _KIND.FULL_SCREEN_BACK: _("The page went to full screen"),
        _KIND.COPY: _("Text was copied"),
        _KIND.CUT: _("Text was cut"),
        _KIND.PASTE: _("Text was pasted"),
        _KIND.PASTE_REFUSED: _("Pasting was refused"),
        _KIND.PRINT: _("Printing was opened"),
        _KIND.SCREENS_ONE: _("One screen"),
        _KIND.SCREENS_SEVERAL: _("More than one screen"),
        _KIND.SCREENS_UNKNOWN: _("Number of screens: not available in this browser"),
        _KIND.SCREEN_CHANGED: _("The window moved to another screen"),
        _KIND.WINDOW_SHAPE: _("Window shape: much of the window is not the page"),
        _KIND.CONTEXT_MENU: _("The context menu was opened"),
        _KIND.RELOADED: _("The page was loaded again"),
        _KIND.CLOCK_JUMPED: _("The clock of the device jumped"),
    }.get(kind, kind.value)


def cause_label(cause: proctor.TelemetryCause) -> str:
    """What of the room itself explains it."""
    return {
        proctor.TelemetryCause.DIALOG: _("a dialog of the test was open"),
        proctor.TelemetryCause.CAMERA: _("the browser was asking for the camera"),
        proctor.TelemetryCause.FILE: _("a file was being chosen for an answer"),
        proctor.TelemetryCause.CALCULATOR: _("in the calculator of the test"),
        proctor.TelemetryCause.NOTES: _("in the notes of the test"),
    }.get(cause, "")


def _line(note: proctor.TelemetryNote, places: Mapping[str, assessor.Place]) -> dict[str, Any]:
    place = places.get(note.item or "")
    facts = [_amount(note), cause_label(note.cause), _("while typing") if note.typing else ""]
    return {
        "at": note.occurred_at,
        "label": kind_label(note.kind),
        "number": place.number if place else None,
        "section": place.section if place else {},
        "lasted": duration(max(1, note.lasted // timedelta(seconds=1))) if note.lasted is not None else "",
        "facts": [fact for fact in facts if fact],
        "device": note.device[-6:],
    }


def _amount(note: proctor.TelemetryNote) -> str:
    if not note.amount:
        return ""
    if note.kind is _KIND.CLOCK_JUMPED:
        return duration(note.amount // 1000)
    return ngettext("%(num)s character", "%(num)s characters", note.amount)
