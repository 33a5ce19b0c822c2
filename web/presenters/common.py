# SPDX-License-Identifier: Apache-2.0
"""Words and shapes that several pages share."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction

from flask import Response

from item_bank.api import LocalText
from scoring.api import format_mark
from web.words import _

_SPREADSHEET_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def bilingual(text: LocalText | None) -> dict[str, str]:
    """A text in all its languages, for the filter ``in_language``."""
    return dict(text.by_language) if text is not None else {}


def component_label(component: str) -> str:
    """The name of a component in words."""
    return {
        "theory": _("Theory"),
        "practical": _("Practical"),
        "viva": _("Viva"),
        "ojt": _("On the job"),
    }.get(component, component)


def percent(share: Fraction) -> str:
    """An exact share as people read it: 7/10 is 70 %."""
    value = share * 100
    return f"{value.numerator} %" if value.denominator == 1 else f"{float(value):.1f} %"


def window_state(now: datetime, *, opens_at: datetime, closes_at: datetime) -> str:
    """Where a sitting's window stands."""
    return "upcoming" if now < opens_at else "open" if now < closes_at else "closed"


def csv_response(filename: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A download that a spreadsheet opens as text: no cell can become a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    response = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return "'" + text if text.startswith(_SPREADSHEET_FORMULA) else text


def exact(value: Fraction) -> str:
    """A mark as people write it: 9/2 is 4.5, 7/3 stays 7/3."""
    return format_mark(value)
