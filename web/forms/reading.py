# SPDX-License-Identifier: Apache-2.0
"""Small readings that the forms of managers and awarding bodies share: numbers, days, times, choices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from core.errors import KasautiError
from web.error_texts import text_of
from web.i18n import DEFAULT_ZONE
from web.words import _

YEARS = range(2000, 2200)
"""Years beyond are typing mistakes, and sums of dates that go beyond the calendar cannot be stored."""
Choice = TypeVar("Choice", bound=StrEnum)
REASON = "reason-"


def sentence(error: KasautiError) -> str:
    """What a field says of a refusal."""
    text = text_of(error.code, error.facts)
    return f"{text.title} {text.advice}"


def whole(text: str, *, low: int, high: int) -> int | None:
    """A whole number as people type it, or None."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):
        return None
    return int(text) if low <= int(text) <= high else None


def day(text: str) -> date | None:
    """A day of a native date field, or None."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if 1850 <= found.year < YEARS.stop else None


def instant(text: str, name: str, errors: dict[str, str], *, zone: str = DEFAULT_ZONE) -> datetime | None:
    """A local time of a zone as an instant; what is wrong goes into `errors` under `name`."""
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError, KeyError, OSError):
        at = None
    if at is None or at.year not in YEARS:
        errors[name] = _("Enter a date and a time.")
        return None
    return at


def choice(kind: type[Choice], form: Mapping[str, str], name: str, errors: dict[str, str]) -> Choice | None:
    """One of the values of an enumeration, None where nothing is chosen."""
    text = form.get(name, "")
    if text in list(kind):
        return kind(text)
    if text:
        errors[name] = _("Choose one from the list.")
    return None


def yes_or_no(form: Mapping[str, str], name: str, errors: dict[str, str]) -> bool | None:
    """Yes, no, or None where nothing is said."""
    text = form.get(name, "")
    if text not in ("", "yes", "no"):
        errors[name] = _("Choose one from the list.")
    return {"yes": True, "no": False}.get(text)


def reasons(form: Mapping[str, str]) -> dict[str, str]:
    """The reasons typed for rules that warn, by rule id; at most 500 characters, as their fields take."""
    return {
        name.removeprefix(REASON): text[:500]
        for name, text in form.items()
        if name.startswith(REASON) and text.strip()
    }
