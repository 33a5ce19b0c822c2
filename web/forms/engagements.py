# SPDX-License-Identifier: Apache-2.0
"""The forms by which an awarding body engages an agency, and ends an engagement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from item_bank import api as bank
from web.forms.reading import YEARS, day
from web.i18n import DEFAULT_ZONE
from web.words import _

AT_ONCE: Final = datetime.max.replace(tzinfo=UTC)
"""The instant of the command itself, which a form cannot know."""


@dataclass(frozen=True, slots=True)
class EngagementPlan:
    """An engagement as asked for: instants in UTC, the end exclusive."""

    credential_version_id: str
    agency_id: str
    territory: str
    valid_from: datetime
    valid_until: datetime
    note: str


@dataclass(frozen=True, slots=True)
class NewEngagement:
    """The form as read; `plan` is there when no field is wrong."""

    plan: EngagementPlan | None
    errors: Mapping[str, str]


def read_engagement(form: MultiDict[str, str]) -> NewEngagement:
    """Read the form; every wrong field is named. Both days are days of India, and the last one counts whole."""
    errors: dict[str, str] = {}
    for name in ("credential_version_id", "agency_id"):
        if not form.get(name, ""):
            errors[name] = _("Choose one from the list.")
    chosen = form.getlist("region")
    whole = form.get("everywhere") == "yes"
    if not whole and (not chosen or any(bank.find_region(code) is None for code in chosen)):
        errors["region"] = _("Choose at least one state or union territory, or all of India.")
    days = {name: day(form.get(name, "")) for name in ("first_day", "last_day")}
    for name, found in days.items():
        if found is None or found.year not in YEARS:
            errors[name] = _("Enter a date.")
    note = form.get("note", "").strip()
    if len(note) > 500:
        errors["note"] = _("At most %(most)s characters.", most=500)
    begins, ends = days["first_day"], days["last_day"]
    if errors or begins is None or ends is None:
        return NewEngagement(None, errors)
    plan = EngagementPlan(
        credential_version_id=form.get("credential_version_id", "")[:40],
        agency_id=form.get("agency_id", "")[:40],
        territory=bank.territory_text([bank.COUNTRY] if whole else chosen),
        valid_from=start_of(begins),
        valid_until=start_of(ends + timedelta(days=1)),
        note=note,
    )
    return NewEngagement(plan, {})


def read_end(text: str, *, now: datetime) -> datetime | None:
    """From when an engagement is to be over: the beginning of a day, `AT_ONCE` for today. None: no date."""
    found = day(text)
    if found is None or found.year not in YEARS:
        return None
    return AT_ONCE if found == now.astimezone(ZoneInfo(DEFAULT_ZONE)).date() else start_of(found)


def start_of(found: date) -> datetime:
    """The instant at which a day begins in India."""
    return datetime.combine(found, time(), ZoneInfo(DEFAULT_ZONE)).astimezone(UTC)
