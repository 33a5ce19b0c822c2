# SPDX-License-Identifier: Apache-2.0
"""The forms of a manager: a new batch with its first sitting, and lines of candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from assessor import api as assessor
from core.errors import Invalid
from web.i18n import DEFAULT_ZONE
from web.words import _

MAXIMUM_CANDIDATES = 500
_YEARS = range(2000, 2200)
"""Years beyond are typing mistakes, and sums of dates that go beyond the calendar cannot be stored."""


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """One candidate to enrol."""

    plan: assessor.CandidatePlan
    extra_minutes: int


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch as asked for; ``errors`` by field, and then nothing else is to be trusted."""

    name: str
    credential_version_id: str
    forms: int
    plan: assessor.SittingPlan | None
    candidates: tuple[CandidateLine, ...]
    errors: Mapping[str, str]


def read_new_batch(form: Mapping[str, str]) -> NewBatch:
    """Read the form; every wrong field is named."""
    errors: dict[str, str] = {}
    texts = {name: form.get(name, "").strip() for name in ("name", "credential_version_id", "place")}
    for name, text in texts.items():
        if not 1 <= len(text) <= 200:
            errors[name] = _("This is needed, in at most 200 characters.")
    opens_at, closes_at = (_instant(form.get(name, ""), name, errors) for name in ("opens_at", "closes_at"))
    if opens_at and closes_at and closes_at <= opens_at:
        errors["closes_at"] = _("The window must close after it opens.")
    candidates = _lines(form.get("candidates", ""), errors)
    forms = _whole(form.get("forms", ""), low=1, high=20)
    if forms is None:
        errors["forms"] = _("Enter a whole number from 1 to 20.")
    plan = None
    if not errors and opens_at and closes_at:
        plan = assessor.SittingPlan(
            opens_at=opens_at,
            closes_at=closes_at,
            time_zone=DEFAULT_ZONE,
            place=texts["place"],
            proctored=form.get("proctored") == "yes",
        )
    return NewBatch(texts["name"], texts["credential_version_id"], forms or 0, plan, candidates, errors)


def read_candidates(text: str) -> tuple[CandidateLine, ...]:
    """Read lines of candidates. Invalid(``candidates_malformed``, problem=…) names the first wrong line."""
    errors: dict[str, str] = {}
    lines = _lines(text, errors)
    if errors or not lines:
        raise Invalid("candidates_malformed", problem=errors.get("candidates", _("There is no candidate.")))
    return lines


def _lines(text: str, errors: dict[str, str]) -> tuple[CandidateLine, ...]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split(",")]
        name, language, extra = (*parts, "", "")[:3]
        minutes = _whole(extra or "0", low=0, high=1440)
        if len(parts) > 3 or not 1 <= len(name) <= 200:
            errors["candidates"] = _("Line %(number)s: write name, language, extra minutes.", number=number)
        elif language not in ("", "en", "hi"):
            errors["candidates"] = _("Line %(number)s: the language is en or hi.", number=number)
        elif minutes is None:
            errors["candidates"] = _("Line %(number)s: extra minutes are 0 to 1440.", number=number)
        else:
            plan = assessor.CandidatePlan(name=name, language=assessor.Language(language or "en"))
            found.append(CandidateLine(plan, minutes))
    if len(found) > MAXIMUM_CANDIDATES:
        errors["candidates"] = _("At most %(most)s candidates at a time.", most=MAXIMUM_CANDIDATES)
    return tuple(found)


def _instant(text: str, name: str, errors: dict[str, str]) -> datetime | None:
    """A local time of the sitting's zone as an instant."""
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(DEFAULT_ZONE)).astimezone(UTC)
    except (ValueError, OverflowError):
        at = None
    if at is None or at.year not in _YEARS:
        errors[name] = _("Enter a date and a time.")
        return None
    return at


def _whole(text: str, *, low: int, high: int) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):
        return None
    return int(text) if low <= int(text) <= high else None
