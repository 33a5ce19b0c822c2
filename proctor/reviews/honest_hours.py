# SPDX-License-Identifier: Apache-2.0
"""How often rules spoke in hours of learners against whom nothing was upheld, and what so many hours can say. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from core.uow import UnitOfWork
from proctor.alerts.tables import AlertRow
from proctor.incidents.model import IncidentState, Origin
from proctor.incidents.tables import IncidentRow
from proctor.monitoring.tables import SessionRow
from proctor.rates import highest_rate, lowest_rate
from proctor.rules.alerts import RuleName, Weight
from proctor.rules.catalogue import is_validated, weight_of

BUDGET: Final = 0.2
"""False alerts that an honest hour may have."""
MOST_SESSIONS: Final = 5000
"""So many of the newest watched tests are counted."""
_HOUR: Final = 3600.0
_RULES: Final = {rule.value: rule for rule in RuleName}


@dataclass(frozen=True, slots=True, kw_only=True)
class HonestRate:
    """One rule, or all of a kind (`rule` None): hours in which it could see, and alerts in them.

    `undecided` of the alerts wait for a person and count as false until then. All alerts of honest learners are taken
    for false: nobody upheld one of them.
    """

    rule: RuleName | None
    weight: Weight
    validated: bool
    hours: float
    alerts: int
    undecided: int = 0

    @property
    def per_hour(self) -> float | None:
        """Alerts an hour, or None without any time."""
        return self.alerts / self.hours if self.hours > 0 else None

    @property
    def highest(self) -> float | None:
        """The 95 % upper bound of alerts an hour (Poisson), or None without any time."""
        return highest_rate(self.alerts, self.hours)

    @property
    def lowest(self) -> float | None:
        """The 95 % lower bound of alerts an hour (Poisson), or None without any time."""
        return lowest_rate(self.alerts, self.hours)

    @property
    def within_budget(self) -> bool | None:
        """Whether the hours say that the budget is kept (upper bound) or missed (lower bound); None where they say neither."""
        highest, lowest = self.highest, self.lowest
        if highest is None or lowest is None:
            return None
        if highest <= BUDGET:
            return True
        return False if lowest > BUDGET else None


@dataclass(frozen=True, slots=True, kw_only=True)
class HonestHours:
    """Watched tests of honest learners: how many, their hours, and what the rules said in them.

    `left_out` tests had an upheld incident; of `unrecorded` ones nobody wrote down how long they were watched.
    """

    tests: int
    hours: float
    left_out: int
    unrecorded: int
    incidents: HonestRate
    notes: HonestRate
    rules: tuple[HonestRate, ...]


@dataclass(frozen=True, slots=True)
class Watched:
    """One watched test: its record (`WatchRecord.to_json`), whether an incident was upheld, and alerts by rule.

    Each alert says whether a person still has to decide it.
    """

    record: Mapping[str, Any]
    upheld: bool
    alerts: tuple[tuple[RuleName, bool], ...] = ()


def honest_hours(uow: UnitOfWork, *, organisation_id: str) -> HonestHours:
    """What the newest watched tests of an organisation say about false alerts; three queries."""
    query = (
        select(SessionRow.id, SessionRow.watched)
        .where(SessionRow.organisation_id == organisation_id, SessionRow.activated_at.is_not(None))
        .order_by(SessionRow.id.desc())
        .limit(MOST_SESSIONS)
    )
    records: dict[str, Mapping[str, Any]] = dict(uow.db.execute(query).all())
    alerts: dict[str, list[tuple[RuleName, bool]]] = {session_id: [] for session_id in records}
    upheld = set[str]()
    oldest = min(records, default="")
    cases = select(IncidentRow.session_id, IncidentRow.rule, IncidentRow.state, IncidentRow.origin)
    for session_id, rule, state, origin in uow.db.execute(
        cases.where(IncidentRow.organisation_id == organisation_id, IncidentRow.session_id >= oldest)
    ):
        if state is IncidentState.UPHELD:
            upheld.add(session_id)
        if origin is Origin.RULE and rule is not None and session_id in alerts:
            alerts[session_id].append((rule, state.undecided))
    noted = select(AlertRow.session_id, AlertRow.rule).where(
        AlertRow.organisation_id == organisation_id, AlertRow.session_id >= oldest
    )
    for session_id, rule in uow.db.execute(noted):
        if session_id in alerts:
            alerts[session_id].append((rule, False))
    return tally(
        Watched(record, session_id in upheld, tuple(alerts[session_id]))
        for session_id, record in records.items()
    )


def tally(tests: Iterable[Watched]) -> HonestHours:
    """The hours and alerts of the honest ones; a rule counts only the time in which it could see. Pure."""
    found = list(tests)
    recorded = [one for one in found if float(one.record.get("seconds", 0.0)) > 0]
    honest = [one for one in recorded if not one.upheld]
    able: dict[RuleName, float] = dict.fromkeys(RuleName, 0.0)
    spoken, undecided = Counter[RuleName](), Counter[RuleName]()
    seconds = 0.0
    for one in honest:
        seconds += float(one.record["seconds"])
        for name, standing in one.record.get("rules", {}).items():
            if name in _RULES:  # a rule of an older version may be gone
                able[_RULES[name]] += standing.get("available", 0.0)
        for rule, waits in one.alerts:
            spoken[rule] += 1
            undecided[rule] += waits
    rules = tuple(
        HonestRate(
            rule=rule,
            weight=weight_of(rule),
            validated=is_validated(rule),
            hours=able[rule] / _HOUR,
            alerts=spoken[rule],
            undecided=undecided[rule],
        )
        for rule in RuleName
        if rule is not RuleName.HAND_RAISED
    )
    return HonestHours(
        tests=len(honest),
        hours=seconds / _HOUR,
        left_out=len(recorded) - len(honest),
        unrecorded=len(found) - len(recorded),
        incidents=_together(rules, Weight.INCIDENT, seconds),
        notes=_together(rules, Weight.NOTE, seconds),
        rules=rules,
    )


def _together(rules: tuple[HonestRate, ...], weight: Weight, seconds: float) -> HonestRate:
    """All rules of a weight over all watched time."""
    of = [one for one in rules if one.weight is weight]
    return HonestRate(
        rule=None,
        weight=weight,
        validated=all(one.validated for one in of),
        hours=seconds / _HOUR,
        alerts=sum(one.alerts for one in of),
        undecided=sum(one.undecided for one in of),
    )
