# SPDX-License-Identifier: Apache-2.0
"""The rules of planning a batch and of enrolling, as versioned data with their clauses, each tied by its id to one pure check.

What a rule says is in ``rules.json``; the rules that a credential's guideline has are in the item bank's rulebook and are
found there. Nothing here reads a database.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final
from zoneinfo import ZoneInfo

from assessor.scheduling.candidates import ADULT_AGE, CandidatePlan, Pathway, age_on, is_minor
from item_bank.api import Engagement, EntryRoute, Finding, Severity, read_territory

RULEBOOK: Final = "kasauti-scheduling/1"
Words = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """What a batch is planned under: ``region`` with its name in English; empty where nobody said it."""

    engagement: Engagement
    region: str
    region_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolFacts:
    """What is known when a candidate is enrolled; the instants are those of the sitting, in UTC."""

    candidate: CandidatePlan
    engagement: Engagement
    opens_at: datetime
    closes_at: datetime
    time_zone: str
    training_minutes: int
    already_in_batch: bool
    now: datetime
    entry_routes: tuple[EntryRoute, ...] = ()

    @property
    def day(self) -> date:
        """The day of the sitting where it is held."""
        return self.opens_at.astimezone(ZoneInfo(self.time_zone)).date()

    @property
    def may_enter(self) -> bool | None:
        """Whether one of the ways of entry is open to the candidate; None where what is known does not decide it."""
        if not self.entry_routes:
            return True
        brought, born = self.candidate.qualification, self.candidate.date_of_birth
        answers = [
            route.admits(
                school_class=brought.school_class,
                level=Decimal(brought.level) if brought.level else None,
                years=brought.experience_years,
                age=age_on(born, self.day) if born else None,
            )
            for route in self.entry_routes
        ]
        if True in answers:
            return True
        return None if None in answers else False

    @property
    def routes_in_words(self) -> str:
        """The ways of entry, as they are written."""
        return "; ".join(map(str, self.entry_routes))

    @property
    def days_of_engagement(self) -> tuple[date, date]:
        """The first and the last day of the engagement, there."""
        zone = ZoneInfo(self.time_zone)
        last = self.engagement.valid_until - timedelta(microseconds=1)
        return self.engagement.valid_from.astimezone(zone).date(), last.astimezone(zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What the enrolling person confirms: the entry requirement, and a reason for each rule that warns, by rule id."""

    entry_requirement_met: bool = False
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Findings with the reasons given: those that block, those without a reason, the reasons and the data to store."""

    blocking: tuple[dict[str, str], ...]
    unexplained: tuple[dict[str, str], ...]
    reasons: Mapping[str, str]
    recorded: tuple[str, ...]


def _engagement_territory(facts: PlanFacts) -> Iterator[Words]:
    territory = read_territory(facts.engagement.territory)
    if facts.region and not territory.unknown and not territory.covers(facts.region):
        yield {"region": facts.region_name, "territory": facts.engagement.territory}


def _territory_as_written(facts: PlanFacts) -> Iterator[Words]:
    territory = read_territory(facts.engagement.territory)
    if facts.region and territory.unknown and not territory.covers(facts.region):
        yield {"territory": facts.engagement.territory}


def _engagement_on_the_day(facts: EnrolFacts) -> Iterator[Words]:
    begins, ends = facts.days_of_engagement
    if not begins <= facts.day <= ends:
        yield {"day": facts.day, "begins": begins, "ends": ends}


def _engagement_over(facts: EnrolFacts) -> Iterator[Words]:
    begins, ends = facts.days_of_engagement
    if begins <= facts.day <= ends and facts.now >= facts.engagement.valid_until:
        yield {"ends": ends}


def _engagement_ends_first(facts: EnrolFacts) -> Iterator[Words]:
    begins, ends = facts.days_of_engagement
    runs = begins <= facts.day <= ends and facts.now < facts.engagement.valid_until
    if runs and facts.closes_at > facts.engagement.valid_until:
        yield {"ends": ends}


def _entry_route_closed(facts: EnrolFacts) -> Iterator[Words]:
    if facts.may_enter is False:
        yield {"routes": facts.routes_in_words}


def _entry_route_not_known(facts: EnrolFacts) -> Iterator[Words]:
    if facts.may_enter is None:
        yield {"routes": facts.routes_in_words}


def _guardian_of_minor(facts: EnrolFacts) -> Iterator[Words]:
    if is_minor(facts.candidate.date_of_birth, facts.day) and facts.candidate.guardian is None:
        yield {"adult": ADULT_AGE}


def _twice_in_batch(facts: EnrolFacts) -> Iterator[Words]:
    if facts.already_in_batch:
        yield {}


def _training_hours_short(facts: EnrolFacts) -> Iterator[Words]:
    done = facts.candidate.training_minutes
    if facts.candidate.pathway is Pathway.TRAINED and done is not None and done < facts.training_minutes:
        yield {"done": _hours(done), "hours": _hours(facts.training_minutes)}


def _age_not_known(facts: EnrolFacts) -> Iterator[Words]:
    if facts.candidate.date_of_birth is None:
        yield {}


def _apaar_not_given(facts: EnrolFacts) -> Iterator[Words]:
    if not facts.candidate.apaar:
        yield {}


PLAN_CHECKS: Final[Mapping[str, Callable[[PlanFacts], Iterator[Words]]]] = {
    "engagement_territory": _engagement_territory,
    "territory_as_written": _territory_as_written,
}
ENROL_CHECKS: Final[Mapping[str, Callable[[EnrolFacts], Iterator[Words]]]] = {
    "engagement_on_the_day": _engagement_on_the_day,
    "engagement_over": _engagement_over,
    "engagement_ends_first": _engagement_ends_first,
    "entry_route_closed": _entry_route_closed,
    "entry_route_not_known": _entry_route_not_known,
    "guardian_of_minor": _guardian_of_minor,
    "twice_in_batch": _twice_in_batch,
    "training_hours_short": _training_hours_short,
    "age_not_known": _age_not_known,
    "apaar_not_given": _apaar_not_given,
}


OF_THE_DAY: Final = frozenset(
    ("engagement_on_the_day", "engagement_over", "engagement_ends_first", "guardian_of_minor")
)
"""The rules of enrolling that depend on when the sitting is: another sitting asks them again."""


def plan_findings(facts: PlanFacts) -> list[Finding]:
    """Every rule of planning that a batch breaks."""
    rules = _rules()
    return [_finding(rules[name], words) for name, check in PLAN_CHECKS.items() for words in check(facts)]


def enrol_findings(facts: EnrolFacts) -> list[Finding]:
    """Every rule of enrolling that a candidate breaks, and the data (severity D) to store."""
    rules = _rules()
    return [_finding(rules[name], words) for name, check in ENROL_CHECKS.items() for words in check(facts)]


def weigh(found: Iterable[Finding], reasons: Mapping[str, str]) -> Weighed:
    """Tell what blocks, what still asks for a reason, and what is kept."""
    found = list(found)
    given = {rule: text.strip()[:500] for rule, text in reasons.items() if text.strip()}
    warned = [one for one in found if one.severity is Severity.WARN]
    return Weighed(
        blocking=tuple(_fact(one) for one in found if one.severity is Severity.BLOCK),
        unexplained=tuple(_fact(one) for one in warned if one.rule not in given),
        reasons={one.rule: given[one.rule] for one in warned if one.rule in given},
        recorded=tuple(one.rule for one in found if one.severity is Severity.DATUM),
    )


def _fact(one: Finding) -> dict[str, str]:
    text, advice = one.in_language("hi")
    return {**one.as_fact(), "text_hi": text, "what_to_do_hi": advice}


def _finding(rule: Mapping[str, Any], words: Words) -> Finding:
    hindi = rule["hi"]
    return Finding(
        rule["id"],
        rule["clause"],
        Severity(rule["severity"]),
        rule["text"].format_map(words),
        rule["what_to_do"],
        (hindi["text"].format_map(words), hindi["what_to_do"]),
    )


def _hours(minutes: int) -> str:
    whole, rest = divmod(minutes, 60)
    return f"{whole}" if not rest else f"{whole}:{rest:02}"


@cache
def _rules() -> Mapping[str, Mapping[str, Any]]:
    text = files("assessor.scheduling").joinpath("rules.json").read_text("utf-8")
    return {rule["id"]: rule for rule in json.loads(text)["rules"]}
