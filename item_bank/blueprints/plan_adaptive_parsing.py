# SPDX-License-Identifier: Apache-2.0
"""Reads the adaptive part of a section and holds it against the section's way, the lines and the pass rule."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from item_bank.blueprints.plan_adaptive import (
    METHOD_NUMBERS,
    AdaptiveRules,
    Balance,
    MarksUse,
    StopMethod,
    thresholds,
)
from item_bank.document import Part
from item_bank.standards.model import CredentialDocument
from scoring.api import ScoringError

if TYPE_CHECKING:
    from item_bank.blueprints.plan import Plan
    from item_bank.blueprints.plan_sections import PlanSection

MOST_FIRST: Final = 50
_REASONS: Final = {
    "unknown_pc": "the credential has no PC {pc!r}",
    "adaptive_no_marks": "{pc} has no marks of its own in this component, so nothing can settle it",
    "adaptive_no_threshold": "the pass rule has no threshold for {pc}, so nothing can settle it",
    "adaptive_thresholds": "the pass rule has two thresholds for {pc}; an adaptive section needs one",
    "adaptive_rule_adds": (
        'the pass rule adds the marks of {pc} to others, so an early end could turn more than {pc}; say "marks": "share" '
        "if the share of the questions that were asked is to count there"
    ),
}


def read_adaptive(part: Part) -> AdaptiveRules | None:
    """The adaptive part of a section; an absent member is none."""
    if not part.present:
        return None
    names = tuple(name for numbers in METHOD_NUMBERS.values() for name in numbers)
    parts = part.members("method", "marks", "least", optional=(*names, "balance", "exposure"))
    method = parts["method"].one_of(StopMethod)
    numbers = []
    for name in names:
        if name in METHOD_NUMBERS[method]:
            numbers.append(parts[name].fraction())
        elif parts[name].present:
            parts[name].refuse("adaptive_number", f"the method {method.value!r} has no {name}")
    return AdaptiveRules(
        method=method,
        marks=parts["marks"].one_of(MarksUse),
        least=parts["least"].whole(minimum=1, maximum=MOST_FIRST),
        numbers=tuple(numbers),
        balance=parts["balance"].one_of(Balance) if parts["balance"].present else None,
        exposure=_exposure(parts["exposure"]),
    )


def _exposure(part: Part) -> Fraction | None:
    if not part.present:
        return None
    most = part.fraction()
    if not 0 < most <= 1:
        part.refuse("adaptive_exposure", "an exposure limit is a share above 0 and at most 1")
    return most


def with_shares(plan: Plan, credential: CredentialDocument) -> Plan:
    """The plan with the thresholds of the credential in its adaptive sections."""

    def known(section: PlanSection) -> PlanSection:
        if section.adaptive is None:
            return section
        shares, _ = _thresholds(plan, section, section.adaptive, credential)
        return replace(section, adaptive=replace(section.adaptive, shares=shares))

    return replace(plan, sections=tuple(map(known, plan.sections)))


def check_adaptive(part: Part, plan: Plan, credential: CredentialDocument) -> None:
    """Refuse an adaptive section that cannot be decided question by question, or whose early end a rule could misread."""
    for place, section in enumerate(plan.sections):
        rules = section.adaptive
        if rules is None:
            continue
        control = section.control
        back = control.allow_skipping or control.allow_review or control.max_attempts
        if section.navigation.value != "linear" or back:
            reason = (
                "an adaptive section goes one question after the other, each answered once, with no way back"
            )
            part.problem_at(place, code="adaptive_way", reason=reason)
        for pc, code in _thresholds(plan, section, rules, credential)[1]:
            part.problem_at(place, "adaptive", code=code, reason=_REASONS[code].format(pc=pc))
        for pc, share in rules.shares:
            line = plan.line(pc)
            if line is None or line.least != line.most or not line.most:
                reason = f"{pc} needs one fixed number of questions in an adaptive section"
                part.problem_at(place, "adaptive", code="adaptive_count", reason=reason)
                continue
            try:
                table = rules.table(line.most, share)
            except ScoringError as error:
                reason = f"no test of {pc} can be made of these numbers: {error.code}"
                part.problem_at(place, "adaptive", code="adaptive_numbers", reason=reason)
                continue
            if (low := rules.lowest_exposure(table)) is not None:
                reason = f"everybody is asked {table.least} of {table.items} questions of {pc}, so the limit is at least {low}"
                part.problem_at(place, "adaptive", code="adaptive_exposure_low", reason=reason)
            against = table.against(share)
            if against:
                right, asked = against[0]
                reason = (
                    f"with {right} of {asked} right {pc} would be settled against its threshold of {share}"
                )
                part.problem_at(place, "adaptive", code="adaptive_against_threshold", reason=reason)


def _thresholds(
    plan: Plan, section: PlanSection, rules: AdaptiveRules, credential: CredentialDocument
) -> tuple[tuple[tuple[str, Fraction], ...], tuple[tuple[str, str], ...]]:
    return thresholds(credential, plan.pcs_of_section(section), component=plan.component, marks=rules.marks)
