# SPDX-License-Identifier: Apache-2.0
"""When a candidate may be assessed once more, and what an awarding body rules about it. Pure."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from core.errors import Conflict, Invalid

MAXIMUM_DAYS: Final = 365
MAXIMUM_MONTHS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentPolicy:
    """Re-assessment is asked for within so many days of the result, and held within so many calendar months of it."""

    ask_within_days: int = 15
    hold_within_months: int = 3

    def ask_by(self, result_on: date) -> date:
        """The last day on which it may be asked for."""
        return result_on + timedelta(days=self.ask_within_days)

    def hold_by(self, result_on: date) -> date:
        """The last day on which it may be held; the last of the month where that month is shorter."""
        months = result_on.month - 1 + self.hold_within_months
        year, month = result_on.year + months // 12, months % 12 + 1
        return date(year, month, min(result_on.day, calendar.monthrange(year, month)[1]))


def check_policy(policy: AssessmentPolicy) -> None:
    """Raises Invalid `policy_out_of_range`."""
    days = 1 <= policy.ask_within_days <= MAXIMUM_DAYS
    if not days or not 1 <= policy.hold_within_months <= MAXIMUM_MONTHS:
        raise Invalid("policy_out_of_range", days=MAXIMUM_DAYS, months=MAXIMUM_MONTHS)


def require_in_time(
    policy: AssessmentPolicy, *, result_on: date, asked_on: date, held_until: date, today: date
) -> date:
    """The last day on which the re-assessment may be held; all days are those of the sitting's zone.

    Raises Invalid `asked_on_malformed`; Conflict `reassessment_asked_late` (facts ask_by),
    `reassessment_held_late` (facts hold_by).
    """
    if not result_on <= asked_on <= today:
        raise Invalid("asked_on_malformed", result_on=result_on.isoformat(), today=today.isoformat())
    if asked_on > policy.ask_by(result_on):
        raise Conflict(
            "reassessment_asked_late",
            result_on=result_on.isoformat(),
            ask_by=policy.ask_by(result_on).isoformat(),
        )
    last = policy.hold_by(result_on)
    if held_until > last:
        raise Conflict("reassessment_held_late", result_on=result_on.isoformat(), hold_by=last.isoformat())
    return last
