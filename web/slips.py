# SPDX-License-Identifier: Apache-2.0
"""Paper for a sitting: access slips, with codes that exist only in this request, and the attendance list (``slips.typ``)."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask_babel import force_locale

from web.i18n import LANGUAGES, show_zone
from web.i18n import language as language_in_force
from web.words import _

if TYPE_CHECKING:
    from typst import Fonts

PER_PAGE: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What is printed for one candidate, in the candidate's language; ``test`` in that language too."""

    name: str = field(repr=False)
    number: str
    language: str
    agency: str
    test: str
    place: str
    opens_at: datetime
    closes_at: datetime
    time_zone: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceLine:
    """One line of the attendance list."""

    name: str = field(repr=False)
    number: str
    date_of_birth: str
    note: str


def enter_link(home: str, code: str) -> str:
    """Where a QR code leads: the code stands behind ``#``, so that it reaches no server's log."""
    return f"{home}/#code={code}"


def slips_pdf(slips: Sequence[Slip], *, home: str) -> bytes:
    """Slips on A4, eight a page, with dashed lines to cut along. The same slips give the same bytes."""
    shown = [_slip(slip, home) for slip in slips]
    pages = [shown[start : start + PER_PAGE] for start in range(0, len(shown), PER_PAGE)]
    return _typeset({"kind": "slips", "title": _("Access slips"), "pages": pages})


def attendance_pdf(
    lines: Sequence[AttendanceLine],
    *,
    agency: str,
    facts: Sequence[tuple[str, str]],
) -> bytes:
    """A list to sign, in the language in force; it holds no code."""
    headings = (_("Row"), _("Number"), _("Name"), _("Born"), _("Time in"), _("Signature"))
    rows = [
        [
            str(place),
            line.number,
            f"{line.name}{f' ({line.note})' if line.note else ''}",
            line.date_of_birth,
            "",
            "",
        ]
        for place, line in enumerate(lines, 1)
    ]
    return _typeset(
        {
            "kind": "attendance",
            "title": _("Attendance list"),
            "language": language_in_force(),
            "agency": agency,
            "facts": [{"label": label, "value": value} for label, value in facts],
            "columns": headings,
            "rows": rows,
            "signatures": [
                _("Proctor or assessor: name and signature"),
                _("Training centre: name, signature, stamp"),
            ],
        }
    )


def window_text(opens_at: datetime, closes_at: datetime, zone: str) -> str:
    """A window in its zone, which is named: ``20 Nov 2026, 11:30 am to 1:30 pm, India Time``."""
    where, language = ZoneInfo(zone), language_in_force()
    start = format_datetime(opens_at, "d MMM y, h:mm a", where, language)
    same_day = opens_at.astimezone(where).date() == closes_at.astimezone(where).date()
    end = format_datetime(closes_at, "h:mm a" if same_day else "d MMM y, h:mm a", where, language)
    return _("%(start)s to %(end)s, %(zone)s", start=start, end=end, zone=show_zone(opens_at, zone))


def _slip(slip: Slip, home: str) -> dict[str, str]:
    with force_locale(slip.language if slip.language in LANGUAGES else "en"):
        return {
            "language": language_in_force(),
            "agency": slip.agency,
            "test": slip.test,
            "name": slip.name,
            "number": slip.number,
            "place": slip.place,
            "window": window_text(slip.opens_at, slip.closes_at, slip.time_zone),
            "how": _("Open %(link)s and type this code:", link=home),
            "code": slip.code,
            "secret": _("The code is only for you. Do not give it to anybody."),
            "qr": _qr(enter_link(home, slip.code)),
        }


def _qr(text: str) -> str:
    import segno

    target = io.BytesIO()
    segno.make(text, error="m", micro=False).save(target, kind="svg", border=0, dark="#14161a", scale=4)
    return target.getvalue().decode()


def _typeset(data: dict[str, Any]) -> bytes:
    import typst

    source = files("web").joinpath("slips.typ").read_bytes()
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    made = typst.compile(source, format="pdf", font_paths=_fonts(), sys_inputs=inputs, timestamp=0)
    if not isinstance(made, bytes):
        raise TypeError("the typesetter gave several files for one PDF")
    return made


@cache
def _fonts() -> Fonts:
    import fontpkg_mukta
    import typst

    folder = str(fontpkg_mukta.ROOT / "files")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
