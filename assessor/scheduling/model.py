# SPDX-License-Identifier: Apache-2.0
"""Rules of scheduling: who may come in when, and which form a candidate draws. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core import ids
from core.errors import Conflict, Invalid

MAXIMUM_EXTRA_MINUTES = 24 * 60
MAXIMUM_RETENTION_DAYS = 3_650
DEFAULT_RETENTION_DAYS = 180
MAXIMUM_NAME = 200


class EntryState(StrEnum):
    """Whether a candidate's try still stands."""

    ENROLLED = "enrolled"
    WITHDRAWN = "withdrawn"


class Language(StrEnum):
    """The languages in which a learner is spoken to."""

    ENGLISH = "en"
    HINDI = "hi"


class Duty(StrEnum):
    """What a person is assigned to do at a sitting."""

    ASSESSOR = "assessor"
    PROCTOR = "proctor"


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingPlan:
    """A sitting as it is asked for: instants in UTC, the time zone only for showing them."""

    opens_at: datetime
    closes_at: datetime
    time_zone: str
    place: str
    proctored: bool
    retention_days: int = DEFAULT_RETENTION_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatePlan:
    """A candidate as the agency hands in: the name is shown to staff and to the awarding body only."""

    name: str
    language: Language
    date_of_birth: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """How a form was drawn: replaying it over the same counts gives the same form."""

    form_id: str
    seed: int
    counts: Mapping[str, int]


def check_sitting(plan: SittingPlan) -> None:
    """Raises Invalid: `window_empty`, `time_zone_unknown`, `retention_out_of_range`, `name_malformed`."""
    if plan.closes_at <= plan.opens_at:
        raise Invalid(
            "window_empty", opens_at=plan.opens_at.isoformat(), closes_at=plan.closes_at.isoformat()
        )
    try:
        ZoneInfo(plan.time_zone)
    except (KeyError, ValueError, OSError) as error:
        raise Invalid("time_zone_unknown") from error
    if not 1 <= plan.retention_days <= MAXIMUM_RETENTION_DAYS:
        raise Invalid("retention_out_of_range", lowest=1, highest=MAXIMUM_RETENTION_DAYS)
    require_name(plan.place)


def require_name(text: str) -> str:
    """`text` without surrounding space, 1 to 200 visible characters; raises Invalid `name_malformed`."""
    name = text.strip()
    if not 1 <= len(name) <= MAXIMUM_NAME or not all(map(_writable, name)):
        raise Invalid("name_malformed", longest=MAXIMUM_NAME)
    return name


def _writable(character: str) -> bool:
    return character.isprintable() or character in "\u200c\u200d"  # the joiners that Devanagari needs


def require_extra_minutes(minutes: int) -> int:
    """`minutes` of accommodation, 0 to a day; raises Invalid `extra_minutes_out_of_range`."""
    if not 0 <= minutes <= MAXIMUM_EXTRA_MINUTES:
        raise Invalid("extra_minutes_out_of_range", lowest=0, highest=MAXIMUM_EXTRA_MINUTES)
    return minutes


def codes_expire_at(*, closes_at: datetime, retention_days: int) -> datetime:
    """The instant from which the sitting's access codes open nothing any more."""
    return closes_at + timedelta(days=retention_days)


def require_enrolled(state: EntryState) -> None:
    """Refuse an entry that was taken back; raises Conflict `entry_withdrawn`."""
    if state is EntryState.WITHDRAWN:
        raise Conflict("entry_withdrawn")


def require_free_of_conflict(*, declared: bool) -> None:
    """Refuse who is kin, trainer or employer of a learner here; raises Conflict `assessor_conflict`."""
    if declared:
        raise Conflict("assessor_conflict")


def draw_form(counts: Mapping[str, int], *, seed: int) -> Draw:
    """Draw one of the forms that were given out least often; `counts` has every form of the batch.

    Raises Conflict `batch_without_forms`.
    """
    if not counts:
        raise Conflict("batch_without_forms")
    fewest = min(counts.values())
    least = sorted(form_id for form_id, count in counts.items() if count == fewest)
    return Draw(form_id=ids.seeded(seed).choice(least), seed=seed, counts=dict(counts))
