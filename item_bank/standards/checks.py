# SPDX-License-Identifier: Apache-2.0
"""The checks that need the document alone, by the id of their rule. Numbers and words come from the rulebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

from item_bank.standards.dossier import Direction, Visibility
from item_bank.standards.model import (
    CredentialDocument,
    Element,
    PerformanceCriterion,
    PracticalCriterion,
    VivaQuestion,
)
from item_bank.standards.rules import Check, Facts, GuidelineRule, Words
from scoring.api import AllOf, Bands, Basis, Critical, Level, Node, Scope, Share, format_mark

_HINDI: Final = {Direction.HORIZONTAL: "समस्तर", Direction.VERTICAL: "ऊर्ध्व"}
_NAMED: Final = 12
"""More names than this are counted instead: a pack has 165 PCs."""


def _hours_on_grid(document: CredentialDocument, rule: GuidelineRule, _facts: Facts) -> Iterator[Words]:
    if document.hours.total % rule.number("step") != 0:
        yield {"total": document.hours.total}


def _hours_above_usual(document: CredentialDocument, rule: GuidelineRule, _facts: Facts) -> Iterator[Words]:
    if document.hours.total > rule.number("usual_top"):
        yield {"total": document.hours.total, "usual_top": rule.parameters["usual_top"]}


def _hours_add_up(document: CredentialDocument, _rule: GuidelineRule, _facts: Facts) -> Iterator[Words]:
    hours = document.hours
    if (parts := hours.theory + hours.practical + hours.ojt) != hours.total:
        yield {"sum": parts, "total": hours.total}


def assessment_budget(document: CredentialDocument, rule: GuidelineRule) -> Fraction:
    """Minutes of assessment that the learning hours allow (NCVET 4.1.3.2)."""
    return (
        Fraction(document.hours.total)
        / Fraction(rule.number("step"))
        * Fraction(rule.number("minutes_per_step"))
    )


def _assessment_within_budget(
    document: CredentialDocument, rule: GuidelineRule, _facts: Facts
) -> Iterator[Words]:
    budget = assessment_budget(document, rule)
    if document.assessment_minutes > budget:
        yield {
            "minutes": document.assessment_minutes,
            "total": document.hours.total,
            "budget": format_mark(budget),
        }


def _components_within_assessment(
    document: CredentialDocument, _rule: GuidelineRule, _facts: Facts
) -> Iterator[Words]:
    needed = sum(component.minutes for component in document.components)
    if needed > document.assessment_minutes:
        yield {"sum": needed, "minutes": document.assessment_minutes}


def _credits_match_hours(document: CredentialDocument, rule: GuidelineRule, _facts: Facts) -> Iterator[Words]:
    said = [nos.credits for nos in document.nos if nos.credits is not None]
    due = Fraction(document.hours.total) / Fraction(rule.number("hours_per_credit"))
    if said and Fraction(total := sum(said, Decimal(0))) != due:
        yield {"sum": total, "total": document.hours.total, "credits": format_mark(due)}


def _level_exists(document: CredentialDocument, rule: GuidelineRule, _facts: Facts) -> Iterator[Words]:
    if document.level not in {Decimal(level) for level in rule.parameters["levels"]}:
        yield {"level": document.level}


def _short_and_low(document: CredentialDocument, rule: GuidelineRule, _facts: Facts) -> Iterator[Words]:
    if document.hours.total < rule.number("hours") and document.level < rule.number("level"):
        yield {"hours": rule.parameters["hours"], "wanted": rule.parameters["level"], "level": document.level}


def _knowledge_for_every_pc(
    document: CredentialDocument, _rule: GuidelineRule, _facts: Facts
) -> Iterator[Words]:
    yield from named(pc.id for pc in document.pcs if not pc.knowledge)


def _mandatory_is_decided(
    document: CredentialDocument, _rule: GuidelineRule, _facts: Facts
) -> Iterator[Words]:
    yield from named(pc.id for pc in document.pcs if pc.mandatory is None)


def _threshold_for_every_mandatory_pc(
    document: CredentialDocument, _rule: GuidelineRule, _facts: Facts
) -> Iterator[Words]:
    yield from named(pc.id for pc in document.pcs if pc.mandatory and not (_bearer(document, pc).threshold))


def _marks_for_every_mandatory_pc(
    document: CredentialDocument, _rule: GuidelineRule, _facts: Facts
) -> Iterator[Words]:
    yield from named(pc.id for pc in document.pcs if pc.mandatory and not _bearer(document, pc).maximum)


def _bearer(document: CredentialDocument, pc: PerformanceCriterion) -> PerformanceCriterion | Element:
    """Where the marks of a PC sit, and so its threshold: on itself, or on its element."""
    nos = document.nos_of(pc.id)
    element = nos.element_of(pc) if nos else None
    return element if element is not None and element.marks else pc


def _rule_holds_every_threshold(
    document: CredentialDocument, _rule: GuidelineRule, _facts: Facts
) -> Iterator[Words]:
    required = {(document.marks.resolve(scope), share) for scope, share in _required(document.rule.root)}
    bars = [
        (f"{nos.code} {element.id}", Scope(Level.ELEMENT, element.id, nos.code), element.threshold)
        for nos in document.nos
        for element in nos.elements
    ] + [(pc.id, Scope(Level.PC, pc.id, nos.code), pc.threshold) for nos in document.nos for pc in nos.pcs]
    yield from named(name for name, scope, bar in bars if bar and (scope, bar) not in required)


def _required(node: Node) -> Iterator[tuple[Scope, Fraction]]:
    """What a rule cannot be met without: bars over all components at the root or under ``all_of``."""
    match node:
        case AllOf(of=nodes):
            for child in nodes:
                yield from _required(child)
        case Share(scope=scope, components=None, basis=Basis.RAW, at_least=share):
            yield scope, share
        case Critical(scope=scope, components=None, at_least=share):
            yield scope, share
        case Bands(scope=scope, components=None, basis=Basis.RAW):
            yield scope, node.at_least
        case _:
            return


def _criteria_make_the_marks(
    document: CredentialDocument, rule: GuidelineRule, _facts: Facts
) -> Iterator[Words]:
    criteria: tuple[PracticalCriterion, ...] = document.practical.criteria if document.practical else ()
    kinds: tuple[tuple[str, tuple[PracticalCriterion | VivaQuestion, ...]], ...] = (
        (str(rule.parameters["practical"]), criteria),
        (str(rule.parameters["viva"]), document.viva),
    )
    for component, parts in kinds:
        made: dict[str, Fraction] = {}
        for part in parts:
            made[part.pc] = made.get(part.pc, Fraction(0)) + part.maximum
        wrong = [
            name
            for name, marks, pcs in _bearers(document, component)
            if marks != sum((made.get(pc, Fraction(0)) for pc in pcs), Fraction(0))
        ]
        for words in named(wrong):
            yield {"component": component, **words}


def _bearers(document: CredentialDocument, component: str) -> Iterator[tuple[str, Fraction, tuple[str, ...]]]:
    """Each PC or element that carries marks, with its marks in a component and the PCs that earn them."""
    for nos in document.nos:
        marked = {element.id for element in nos.elements if element.marks}
        for element in nos.elements:
            if element.id in marked:
                yield f"{nos.code} {element.id}", element.marks_in(component), element.pcs
        for pc in nos.pcs:
            if pc.element not in marked:
                yield pc.id, pc.marks_in(component), (pc.id,)


def _online_or_why_not(document: CredentialDocument, _rule: GuidelineRule, _facts: Facts) -> Iterator[Words]:
    for part in document.components:
        if not part.online and part.reason is None:
            yield {"component": part.id}


def _validation_count(document: CredentialDocument, rule: GuidelineRule, _facts: Facts) -> Iterator[Words]:
    needed = validations_needed(document, rule)
    bodies = {one.organisation.casefold() for one in document.dossier.industry_validations}
    if len(bodies) < needed:
        yield {"count": len(bodies), "needed": needed}


def validations_needed(document: CredentialDocument, rule: GuidelineRule) -> int:
    """How many organisations must vouch: the larger number where a document is both private and for a future skill."""
    dossier = document.dossier
    if dossier.future_skill:
        return int(rule.number("future_skill"))
    if dossier.visibility is Visibility.PRIVATE:
        return int(rule.number("private"))
    return int(rule.number("public"))


def _validations_undefined(
    document: CredentialDocument, _rule: GuidelineRule, _facts: Facts
) -> Iterator[Words]:
    if document.dossier.future_skill and document.dossier.visibility is Visibility.PRIVATE:
        yield {}


def _validations_have_files(
    document: CredentialDocument, _rule: GuidelineRule, _facts: Facts
) -> Iterator[Words]:
    without = [one.organisation for one in document.dossier.industry_validations if one.file is None]
    for words in named(without):
        yield {"organisations": words["pcs"]}


def _progression_linked(document: CredentialDocument, rule: GuidelineRule, _facts: Facts) -> Iterator[Words]:
    for direction in Direction:
        top = direction is Direction.VERTICAL and document.level >= rule.number("top_level")
        if not top and not document.dossier.links(direction):
            yield {"direction": direction.value, "direction_hi": _HINDI[direction]}


def _capacity_shown(document: CredentialDocument, _rule: GuidelineRule, _facts: Facts) -> Iterator[Words]:
    yield from named(pc.id for pc in document.pcs if pc.capacity is None or not pc.capacity.complete)


def _absent(*names: str) -> Check:
    """A check that a part of the dossier is there."""

    def check(document: CredentialDocument, _rule: GuidelineRule, _facts: Facts) -> Iterator[Words]:
        if any(getattr(document.dossier, name) in (None, "", ()) for name in names):
            yield {}

    return check


# ------------------------------------------------------------------------------------- data to store and report


def _nos_fraction(document: CredentialDocument, rule: GuidelineRule, _facts: Facts) -> Iterator[Words]:
    share = Fraction(document.hours.total) / Fraction(rule.number("hours_per_credit"))
    yield {"total": document.hours.total, "credits": format_mark(share)}


def _adopted_from(document: CredentialDocument, _rule: GuidelineRule, facts: Facts) -> Iterator[Words]:
    if document.adoption is not None:
        parent, report = document.adoption.parent, facts.overlay
        shares = (percent(report.modified), percent(report.added)) if report else ("?", "?")
        yield {
            "code": parent.code,
            "version": parent.version,
            "body": parent.awarding_body,
            "modified": shares[0],
            "added": shares[1],
        }


def percent(share: Fraction) -> str:
    """A share as people read it, to two places where it is not exact: 1/3 is 33.33."""
    scaled = share * 100
    shown = Decimal(scaled.numerator) / Decimal(scaled.denominator)
    return f"{shown.quantize(Decimal('0.01')).normalize():f}"


def _formative(document: CredentialDocument, _rule: GuidelineRule, _facts: Facts) -> Iterator[Words]:
    if document.dossier.formative_assessment is not None:
        yield {"text": document.dossier.formative_assessment.in_language("en")}


def _usage(document: CredentialDocument, _rule: GuidelineRule, _facts: Facts) -> Iterator[Words]:
    if document.dossier.usage:
        yield {"usage": ", ".join(one.value.replace("_", " ") for one in document.dossier.usage)}


def named(ids: Iterable[str]) -> Iterator[Words]:
    """The words of a finding about these PCs, if there are any."""
    if names := list(ids):
        more = f" … ({len(names)})" if len(names) > _NAMED else ""
        yield {"pcs": ", ".join(names[:_NAMED]) + more}


DOCUMENT_CHECKS: Final[Mapping[str, Check]] = {
    "hours_on_grid": _hours_on_grid,
    "hours_above_usual": _hours_above_usual,
    "hours_add_up": _hours_add_up,
    "assessment_within_budget": _assessment_within_budget,
    "components_within_assessment": _components_within_assessment,
    "nos_fraction": _nos_fraction,
    "credits_match_hours": _credits_match_hours,
    "level_exists": _level_exists,
    "short_and_low": _short_and_low,
    "entry_requirement_stated": _absent("entry_requirement"),
    "validation_count": _validation_count,
    "validations_undefined": _validations_undefined,
    "validations_have_files": _validations_have_files,
    "need_evidenced": _absent("evidence_of_need"),
    "career_evidenced": _absent("evidence_of_progression"),
    "visibility_stated": _absent("visibility"),
    "territory_stated": _absent("territory"),
    "adopted_from": _adopted_from,
    "knowledge_for_every_pc": _knowledge_for_every_pc,
    "mandatory_is_decided": _mandatory_is_decided,
    "capacity_shown": _capacity_shown,
    "responsible_body_stated": _absent("responsible_bodies"),
    "equipment_listed": _absent("training_equipment"),
    "strategy_stated": _absent("assessment_strategy"),
    "tools_listed": _absent("assessment_tools"),
    "threshold_for_every_mandatory_pc": _threshold_for_every_mandatory_pc,
    "marks_for_every_mandatory_pc": _marks_for_every_mandatory_pc,
    "rule_holds_every_threshold": _rule_holds_every_threshold,
    "criteria_make_the_marks": _criteria_make_the_marks,
    "online_or_why_not": _online_or_why_not,
    "formative_apart": _formative,
    "statutory_needs_stated": _absent("statutory_needs"),
    "progression_linked": _progression_linked,
    "usage": _usage,
}
