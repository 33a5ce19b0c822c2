# SPDX-License-Identifier: Apache-2.0
"""Periods as versioned data, when something is due, and the course of an erasure. Pure; no row is known here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from core.errors import Conflict, Invalid

POLICY_VERSION: Final = "1"
NOTICE_AHEAD: Final = timedelta(hours=48)
"""DPDP Rules 2025, rule 8(2): the person is told at least so long before the erasure."""
A_YEAR: Final = timedelta(days=365)
"""DPDP Rules 2025, rule 8(3): personal data, traffic data and logs of processing, at least so long."""
LONGEST_REASON: Final = 500
LONGEST_APPEAL_DAYS: Final = 90


class DataClass(StrEnum):
    """Personal data that is kept equally long, for one purpose."""

    SAMPLES = "samples"
    IDENTITY = "identity_pictures"
    INCIDENTS = "incident_pictures"
    NOTES = "note_pictures"
    BASELINE = "baseline"
    MESSAGES = "messages"
    DEVICE_NOTES = "device_notes"
    SYSTEM_CHECKS = "system_checks"
    PRACTICE = "practice"
    ANSWERS = "answers"
    PARTICULARS = "particulars"
    CONSENTS = "consents"
    RESULT = "result"
    ACCESS_LOG = "access_log"


class Start(StrEnum):
    """From when days are counted: the end of the sitting, or the declared result and the time to appeal after it."""

    TEST_CLOSED = "test_closed"
    APPEAL_OVER = "appeal_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """How long a class is kept: days from a start, and how far an organisation may set them."""

    start: Start
    days: int
    lowest: int
    highest: int


PERIODS: Final[Mapping[DataClass, Period]] = {
    DataClass.SAMPLES: Period(start=Start.TEST_CLOSED, days=14, lowest=1, highest=90),
    DataClass.SYSTEM_CHECKS: Period(start=Start.TEST_CLOSED, days=30, lowest=1, highest=180),
    DataClass.BASELINE: Period(start=Start.APPEAL_OVER, days=0, lowest=0, highest=30),
    DataClass.IDENTITY: Period(start=Start.APPEAL_OVER, days=0, lowest=0, highest=365),
    DataClass.INCIDENTS: Period(start=Start.APPEAL_OVER, days=0, lowest=0, highest=365),
    DataClass.NOTES: Period(start=Start.APPEAL_OVER, days=0, lowest=0, highest=365),
    DataClass.MESSAGES: Period(start=Start.APPEAL_OVER, days=30, lowest=0, highest=365),
    DataClass.DEVICE_NOTES: Period(start=Start.APPEAL_OVER, days=30, lowest=0, highest=365),
}
"""What the clock ends. Whatever is not named stays until an erasure, or by law beyond it."""

STATUTORY: Final = (DataClass.RESULT, DataClass.CONSENTS, DataClass.ACCESS_LOG)
"""What an erasure leaves, without any name in it: the awarding body's record, proof of consent, and who looked at what."""


class Mode(StrEnum):
    """Two readings of the law that conflict, so counsel chooses: delete once the purpose ends, or keep a year for inquiries."""

    DELETE_EARLY = "delete_early"
    KEEP_A_YEAR = "keep_a_year"

    @property
    def clause(self) -> str:
        """Where it comes from."""
        return "DPDP Act 2023, section 8(7)" if self is Mode.DELETE_EARLY else "DPDP Rules 2025, rule 8(3)"

    def longest(self, days: int) -> int:
        """What a notice says from now on, where the sitting keeps pictures for so many `days` after the test."""
        return days if self is Mode.DELETE_EARLY else max(days, A_YEAR.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an organisation has chosen; classes that are not named follow `PERIODS`."""

    mode: Mode = Mode.DELETE_EARLY
    appeal_days: int = 15
    days: Mapping[DataClass, int] = field(default_factory=dict)

    def days_of(self, data_class: DataClass) -> int:
        """The days in force for a class."""
        return self.days.get(data_class, PERIODS[data_class].days)


class Hold(StrEnum):
    """Why something that is due stays all the same."""

    TEST_NOT_OVER = "test_not_over"
    INCIDENT_OPEN = "incident_open"
    APPEAL_OPEN = "appeal_open"
    APPEAL_POSSIBLE = "appeal_possible"
    LOOK_OPEN = "look_open"
    RESULT_NOT_DECLARED = "result_not_declared"
    RESULT_NOT_TAKEN = "result_not_taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the periods of one test depend on. `promised_days`: how long after the test the consent says that pictures stay."""

    closed_at: datetime
    declared_at: datetime | None
    promised_days: int
    holds: frozenset[Hold] = frozenset()


def check_settings(settings: Settings) -> None:
    """Refuse days outside the limits: Invalid `retention_days_out_of_range` (facts data_class, lowest, highest)."""
    if not 0 <= settings.appeal_days <= LONGEST_APPEAL_DAYS:
        raise Invalid(
            "retention_days_out_of_range", data_class="appeal", lowest=0, highest=LONGEST_APPEAL_DAYS
        )
    for data_class, days in settings.days.items():
        period = PERIODS.get(data_class)
        if period is None:
            raise Invalid("retention_class_unknown", data_class=data_class.value)
        if not period.lowest <= days <= period.highest:
            raise Invalid(
                "retention_days_out_of_range",
                data_class=data_class.value,
                lowest=period.lowest,
                highest=period.highest,
            )


def due_at(data_class: DataClass, facts: Facts, settings: Settings) -> datetime:
    """When a class of one test is to be deleted.

    Never later than the consent promised, whatever the settings, unless the organisation keeps a year by law; where no
    result ever came, that promise is the end too.
    """
    period, days = PERIODS[data_class], timedelta(days=settings.days_of(data_class))
    promised = facts.closed_at + timedelta(days=facts.promised_days)
    if period.start is Start.TEST_CLOSED:
        due = facts.closed_at + days
    elif facts.declared_at is None:
        due = promised
    else:
        due = facts.declared_at + timedelta(days=settings.appeal_days) + days
    due = min(due, promised)
    return max(due, facts.closed_at + A_YEAR) if settings.mode is Mode.KEEP_A_YEAR else due


_CASES: Final = frozenset({Hold.TEST_NOT_OVER, Hold.INCIDENT_OPEN, Hold.APPEAL_OPEN, Hold.APPEAL_POSSIBLE})


def is_held(data_class: DataClass, holds: frozenset[Hold]) -> bool:
    """Whether a class stays because of these: what shows an open case is not taken from those who decide it.

    A blind look needs the samples alone.
    """
    if data_class is DataClass.SYSTEM_CHECKS:
        return Hold.TEST_NOT_OVER in holds
    if data_class is DataClass.SAMPLES and Hold.LOOK_OPEN in holds:
        return True
    return bool(holds & _CASES)


class ErasureState(StrEnum):
    """Asked for, confirmed by a named person, carried out; or refused, or taken back."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DONE = "done"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"

    @property
    def open(self) -> bool:
        """Whether it still may lead to an erasure."""
        return self in (ErasureState.ASKED, ErasureState.CONFIRMED)


class ErasureStep(StrEnum):
    """What can be done with a request."""

    CONFIRM = "confirm"
    REFUSE = "refuse"
    TAKE_BACK = "take_back"
    CARRY_OUT = "carry_out"


_STEPS: Final[Mapping[tuple[ErasureState, ErasureStep], ErasureState]] = {
    (ErasureState.ASKED, ErasureStep.CONFIRM): ErasureState.CONFIRMED,
    (ErasureState.ASKED, ErasureStep.REFUSE): ErasureState.REFUSED,
    (ErasureState.ASKED, ErasureStep.TAKE_BACK): ErasureState.TAKEN_BACK,
    (ErasureState.CONFIRMED, ErasureStep.TAKE_BACK): ErasureState.TAKEN_BACK,
    (ErasureState.CONFIRMED, ErasureStep.CARRY_OUT): ErasureState.DONE,
}


def decide(
    state: ErasureState, step: ErasureStep, *, erase_at: datetime | None, now: datetime
) -> ErasureState:
    """Where a request stands after a step. Conflict `erasure_over`, `erasure_too_early` (its notice is not 48 hours old)."""
    after = _STEPS.get((state, step))
    if after is None:
        raise Conflict("erasure_over", state=state.value)
    if step is ErasureStep.CARRY_OUT and (erase_at is None or now < erase_at):
        raise Conflict("erasure_too_early")
    return after


def erase_at(*, now: datetime, closed_at: datetime, mode: Mode) -> datetime:
    """The earliest instant of an erasure that is confirmed now."""
    earliest = now + NOTICE_AHEAD
    return max(earliest, closed_at + A_YEAR) if mode is Mode.KEEP_A_YEAR else earliest


def require_reason(text: str) -> str:
    """A reason as it is kept. Invalid `reason_required`, `reason_too_long`."""
    kept = " ".join(text.split())
    if not kept:
        raise Invalid("reason_required")
    if len(kept) > LONGEST_REASON:
        raise Invalid("reason_too_long", highest=LONGEST_REASON)
    return kept
