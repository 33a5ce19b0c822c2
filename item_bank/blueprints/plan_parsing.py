# SPDX-License-Identifier: Apache-2.0
"""Reads a blueprint of version 2 and holds it against its credential. Whether any bank can fill it is asked elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from core.errors import Invalid
from item_bank.blueprints.plan import (
    PLAN_VERSION,
    OverlapScope,
    PcLine,
    Plan,
    Quota,
    standard_name,
)
from item_bank.blueprints.plan_adaptive_parsing import check_adaptive, with_shares
from item_bank.blueprints.plan_section_parsing import check_sections, read_sections
from item_bank.document import Part, duplicates
from item_bank.items.model import MAXIMUM_MARKS, Difficulty
from item_bank.standards.model import CredentialDocument
from scoring.api import Interaction, LintLimits

_COMPONENT = re.compile(r"[a-z][a-z_]{1,19}")
_NAME = re.compile(r"\S(.{0,78}\S)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_MOST_ITEMS: Final = 500
_HOURS_PER_UNIT: Final = Fraction(15, 2)
_MINUTES_PER_UNIT: Final = 30
_QUOTA_PARTS: Final = ("pc", "nos", "element", "difficulty", "type", "tag", "marks")


def parse_plan(document: object, *, credential: CredentialDocument) -> Plan:
    """Read a blueprint of version 2.

    Invalid(``blueprint_malformed``, problems=[{where, code, reason}, …]).
    """
    root = Part(document)
    plan = _read(root, credential)
    if not root.problems:
        plan = with_shares(plan, credential)
        _check(root, plan, credential)
    if root.problems:
        raise Invalid("blueprint_malformed", problems=[problem.as_fact() for problem in root.problems])
    return plan


def natural_plan(credential: CredentialDocument, *, component: str) -> Plan:
    """The plan that a credential itself implies: an item for each mark, in the component's minutes and all its languages.

    Where marks sit on an element, its PCs share them: each has at least one item as far as the marks reach. The plan is not
    checked; a credential without such a component, or without marks in it, gives one that has no lines.
    """
    lines, quotas = [], []
    for nos in credential.nos:
        own = [(pc.id, pc.marks_in(component)) for pc in nos.pcs]
        lines += [PcLine(pc, int(marks) or 1, -int(-marks // 1), marks) for pc, marks in own if marks]
        for element in nos.elements:
            if marks := dict(element.marks).get(component, Fraction(0)):
                number = -int(-marks // 1)
                least = 1 if number >= len(element.pcs) else 0
                lines += [PcLine(pc, least, number) for pc in element.pcs]
                quotas.append(Quota(int(marks) or 1, number, nos=nos.code, element=element.id, marks=marks))
    part = credential.component(component)
    return Plan(
        component=component,
        seconds=part.minutes * 60 if part else 0,
        languages=credential.languages,
        lines=tuple(lines),
        quotas=tuple(quotas),
        standards=standards_of(credential),
    )


def standards_of(credential: CredentialDocument) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The PCs of each NOS and of each element, by the names that quotas use."""
    return tuple(
        entry
        for nos in credential.nos
        for entry in (
            (nos.code, tuple(pc.id for pc in nos.pcs)),
            *((standard_name(nos.code, element.id), element.pcs) for element in nos.elements),
        )
    )


def assessment_budget_seconds(credential: CredentialDocument) -> int:
    """The time of the whole assessment that the hours allow: half an hour for each 7.5 h (NCVET 4.1.3.2)."""
    return int(Fraction(credential.hours.total) / _HOURS_PER_UNIT * _MINUTES_PER_UNIT * 60)


def _read(root: Part, credential: CredentialDocument) -> Plan:
    members = root.members(
        "version",
        "component",
        "seconds",
        "languages",
        "pcs",
        "quotas",
        "enemies",
        "exposure_cap",
        "overlap",
        "limits",
        optional=("sections",),
    )
    members["version"].whole(minimum=PLAN_VERSION, maximum=PLAN_VERSION)
    overlap = members["overlap"].members("most", "among")
    limits = members["limits"].members("master_fails", "guesser_passes")
    languages = tuple(
        entry.name(_LANGUAGE, example="hi") for entry in members["languages"].elements(minimum=1, maximum=10)
    )
    lines = [_line(entry) for entry in members["pcs"].elements(minimum=1, maximum=1000)]
    for pc in duplicates([line.pc for line in lines]):
        members["pcs"].refuse("duplicate", f"the PC {pc!r} occurs twice")
    return Plan(
        component=members["component"].name(_COMPONENT, example="theory"),
        seconds=members["seconds"].whole(minimum=1, maximum=360_000),
        languages=languages,
        lines=tuple(lines),
        quotas=tuple(_quota(entry) for entry in members["quotas"].elements(maximum=500)),
        enemies=tuple(
            tuple(member.name(_NAME, example="an item") for member in group.elements(minimum=2, maximum=50))
            for group in members["enemies"].elements(maximum=2000)
        ),
        exposure_cap=_cap(members["exposure_cap"], minimum=1),
        overlap_cap=_cap(overlap["most"], minimum=0),
        overlap_scope=overlap["among"].one_of(OverlapScope),
        limits=LintLimits(
            master_fails=_share(limits["master_fails"]), guesser_passes=_share(limits["guesser_passes"])
        ),
        standards=standards_of(credential),
        sections=read_sections(members["sections"], languages=languages),
    )


def _line(entry: Part) -> PcLine:
    parts = entry.members("pc", "least", "most", optional=("marks",))
    least, most = _bounds(entry, parts)
    marks = parts["marks"].fraction() if parts["marks"].present else None
    return PcLine(parts["pc"].name(_NAME, example="PC1"), least, most, marks)


def _quota(entry: Part) -> Quota:
    parts = entry.members("least", "most", optional=_QUOTA_PARTS)
    least, most = _bounds(entry, parts)
    if not any(parts[name].present for name in _QUOTA_PARTS if name != "marks"):
        entry.refuse("empty", "the quota says nothing about which items it counts")
    if parts["element"].present and not parts["nos"].present:
        entry.refuse("nos_missing", "an element is named together with its NOS")

    def text(name: str) -> str | None:
        return parts[name].name(_NAME, example="a name") if parts[name].present else None

    return Quota(
        least=least,
        most=most,
        pc=text("pc"),
        nos=text("nos"),
        element=text("element"),
        difficulty=parts["difficulty"].one_of(Difficulty) if parts["difficulty"].present else None,
        interaction=parts["type"].one_of(Interaction) if parts["type"].present else None,
        tag=text("tag"),
        marks=parts["marks"].fraction() if parts["marks"].present else None,
    )


def _bounds(entry: Part, parts: Mapping[str, Part]) -> tuple[int, int]:
    least = parts["least"].whole(minimum=0, maximum=_MOST_ITEMS)
    most = parts["most"].whole(minimum=0, maximum=_MOST_ITEMS)
    if least > most:
        entry.refuse("bounds", f"at least {least} and at most {most} contradict each other")
    return least, most


def _cap(part: Part, *, minimum: int) -> int | None:
    return part.whole(minimum=minimum, maximum=1_000_000) if part.present else None


def _share(part: Part) -> Fraction:
    share = part.fraction()
    if share > 1:
        part.refuse("out_of_range", "a chance is at most 1")
    return share


def _check(root: Part, plan: Plan, credential: CredentialDocument) -> None:
    component = credential.component(plan.component)
    if component is None:
        reason = f"the credential has no component {plan.component!r}"
        root.problem_at("component", code="unknown_component", reason=reason)
        return
    if plan.seconds > component.minutes * 60:
        reason = f"{plan.seconds} s are more than the {component.minutes} min of {component.id}"
        root.problem_at("seconds", code="over_budget", reason=reason)
    others = sum(part.minutes * 60 for part in credential.components if part.id != component.id)
    budget = assessment_budget_seconds(credential)
    if plan.seconds + others > budget:
        reason = f"with the other components {plan.seconds + others} s, but {credential.hours.total} h allow {budget} s"
        root.problem_at("seconds", code="over_assessment_budget", reason=reason)
    for place, language in enumerate(plan.languages):
        if language not in credential.languages:
            reason = f"the credential is not in {language!r}"
            root.problem_at("languages", place, code="unknown_language", reason=reason)
    _check_lines(root, plan, credential)
    _check_quotas(root, plan, credential)
    if plan.sections:
        check_sections(
            root.at("sections"),
            plan.sections,
            planned=[line.pc for line in plan.lines],
            standards=plan.standards,
            seconds=plan.seconds,
        )
        check_adaptive(root.at("sections"), plan, credential)


def _check_lines(root: Part, plan: Plan, credential: CredentialDocument) -> None:
    for place, line in enumerate(plan.lines):
        pc = credential.pc(line.pc)
        if pc is None:
            root.problem_at(
                "pcs", place, "pc", code="unknown_pc", reason=f"the credential has no PC {line.pc!r}"
            )
            continue
        marks = pc.marks_in(plan.component)
        own = dict(pc.marks)
        if (
            own
            and line.marks != marks
            and not (line.marks is None and line.least == line.most == marks / MAXIMUM_MARKS)
        ):
            written = "no fixed marks" if line.marks is None else f"{line.marks} marks"
            reason = f"{written}, but {line.pc} has {marks} marks in {plan.component}"
            root.problem_at("pcs", place, "marks", code="marks_differ", reason=reason)
    named = {line.pc for line in plan.lines}
    for pc in credential.pcs:
        if pc.marks_in(plan.component) and pc.id not in named:
            reason = f"{pc.id} has marks in {plan.component} but no items here"
            root.problem_at("pcs", code="pc_missing", reason=reason)


def _check_quotas(root: Part, plan: Plan, credential: CredentialDocument) -> None:
    known = {name for name, _ in plan.standards}
    lines = {line.pc for line in plan.lines}
    for place, quota in enumerate(plan.quotas):
        if quota.pc is not None and quota.pc not in lines:
            reason = f"the blueprint has no line for {quota.pc!r}"
            root.problem_at("quotas", place, "pc", code="unknown_pc", reason=reason)
        if quota.nos is not None and standard_name(quota.nos, quota.element) not in known:
            reason = f"the credential has no {standard_name(quota.nos, quota.element)!r}"
            root.problem_at("quotas", place, "nos", code="unknown_nos", reason=reason)
    for nos in credential.nos:
        for element in nos.elements:
            marks = dict(element.marks).get(plan.component, Fraction(0))
            found = [
                quota
                for quota in plan.quotas
                if (quota.nos, quota.element) == (nos.code, element.id) and quota.marks
            ]
            if marks and not any(quota.marks == marks for quota in found):
                reason = (
                    f"{element.id} of {nos.code} has {marks} marks in {plan.component}, but no quota says so"
                )
                root.problem_at("quotas", code="marks_differ", reason=reason)
