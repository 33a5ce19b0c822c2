# SPDX-License-Identifier: Apache-2.0
"""Rules of scheduling: who may come in when, and which form a candidate draws. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

from assessor.scheduling.names import optional_text, require_name
from assessor.scheduling.particulars import Particulars
from core import ids
from core.errors import Conflict, Invalid

MAXIMUM_EXTRA_MINUTES = 24 * 60
MAXIMUM_RETENTION_DAYS = 3_650
DEFAULT_RETENTION_DAYS = 180


class EntryState(StrEnum):
    """Whether a candidate's try still stands. Absent: the window is over and the learner never began."""

    ENROLLED = "enrolled"
    WITHDRAWN = "withdrawn"
    ABSENT = "absent"


class SittingState(StrEnum):
    """Whether a sitting takes place."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class Duty(StrEnum):
    """What a person is assigned to do at a sitting."""

    ASSESSOR = "assessor"
    PROCTOR = "proctor"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPlan:
    """A batch as an agency opens it; ``region`` is an ISO 3166-2:IN code, or empty: not said.

    ``reasons`` has one for each rule that warns, by rule id; ``particulars`` None: nothing is said yet.
    """

    name: str
    region: str = ""
    particulars: Particulars | None = None
    allocation_id: str | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingPlan:
    """A sitting as it is asked for: instants in UTC, the time zone only for showing them."""

    opens_at: datetime
    closes_at: datetime
    time_zone: str
    place: str
    proctored: bool
    retention_days: int = DEFAULT_RETENTION_DAYS
    training_partner: str = ""


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
    optional_text(plan.training_partner)


def require_extra_minutes(minutes: int) -> int:
    """`minutes` of accommodation, 0 to a day; raises Invalid `extra_minutes_out_of_range`."""
    if not 0 <= minutes <= MAXIMUM_EXTRA_MINUTES:
        raise Invalid("extra_minutes_out_of_range", lowest=0, highest=MAXIMUM_EXTRA_MINUTES)
    return minutes


def codes_expire_at(*, closes_at: datetime, retention_days: int) -> datetime:
    """The instant from which the sitting's access codes open nothing any more."""
    return closes_at + timedelta(days=retention_days)


def require_enrolled(state: EntryState) -> None:
    """Refuse an entry that does not stand; raises Conflict `entry_withdrawn`, `entry_absent`."""
    match state:
        case EntryState.WITHDRAWN:
            raise Conflict("entry_withdrawn")
        case EntryState.ABSENT:
            raise Conflict("entry_absent")
        case EntryState.ENROLLED:
            return
        case _:
            assert_never(state)


def require_planned(state: SittingState) -> None:
    """Refuse a sitting that does not take place; raises Conflict `sitting_cancelled`."""
    if state is SittingState.CANCELLED:
        raise Conflict("sitting_cancelled")


def require_free_of_conflict(*, declared: bool) -> None:
    """Refuse who is kin, trainer or employer of a learner here; raises Conflict `assessor_conflict`."""
    if declared:
        raise Conflict("assessor_conflict")


def draw_form(counts: Mapping[str, int], *, seed: int, had: Collection[str] = ()) -> Draw:
    """Draw one of the forms that were given out least often, never one that the candidate `had`.

    `counts` has every sealed form of the batch. Raises Conflict `batch_without_forms`, `no_other_form`.
    """
    if not counts:
        raise Conflict("batch_without_forms")
    free = {form_id: count for form_id, count in counts.items() if form_id not in had}
    if not free:
        raise Conflict("no_other_form")
    fewest = min(free.values())
    least = sorted(form_id for form_id, count in free.items() if count == fewest)
    return Draw(form_id=ids.seeded(seed).choice(least), seed=seed, counts=free)
