# SPDX-License-Identifier: Apache-2.0
"""The checks that need more than the document, by the id of their rule. Where a fact is None a check says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from item_bank.standards.checks import assessment_budget, named, percent
from item_bank.standards.dossier import Visibility
from item_bank.standards.model import CredentialDocument
from item_bank.standards.regions import read_territory
from item_bank.standards.rules import Check, Facts, GuidelineRule, Words
from item_bank.text import comparable
from scoring.api import format_mark


def _concise(document: CredentialDocument, rule: GuidelineRule, facts: Facts) -> Iterator[Words]:
    if facts.pages is not None and facts.pages > rule.number("pages"):
        yield {"pages": facts.pages, "usual": rule.parameters["pages"]}


def _private_needs_permission(
    document: CredentialDocument, _rule: GuidelineRule, facts: Facts
) -> Iterator[Words]:
    if document.adoption is not None and facts.adoption_permitted is False:
        yield {"code": document.adoption.parent.code, "body": document.adoption.parent.awarding_body}


def _overlay_frozen(document: CredentialDocument, _rule: GuidelineRule, facts: Facts) -> Iterator[Words]:
    for one in facts.overlay.frozen if facts.overlay else ():
        yield {"field": one.field.replace("_", " "), "parent": one.parent, "child": one.child}


def _overlay_modified(document: CredentialDocument, rule: GuidelineRule, facts: Facts) -> Iterator[Words]:
    if facts.overlay and facts.overlay.modified * 100 > rule.number("per_cent"):
        yield {"share": percent(facts.overlay.modified), "most": rule.parameters["per_cent"]}


def _overlay_added(document: CredentialDocument, rule: GuidelineRule, facts: Facts) -> Iterator[Words]:
    if facts.overlay and facts.overlay.added * 100 > rule.number("per_cent"):
        yield {"share": percent(facts.overlay.added), "most": rule.parameters["per_cent"]}


def _overlay_keeps_mandatory(
    document: CredentialDocument, _rule: GuidelineRule, facts: Facts
) -> Iterator[Words]:
    yield from named(facts.overlay.lost if facts.overlay else ())


def _additions_have_hours(
    document: CredentialDocument, _rule: GuidelineRule, facts: Facts
) -> Iterator[Words]:
    yield from named(facts.overlay.without_hours if facts.overlay else ())


def covers(territory: tuple[str, ...], place: str) -> bool:
    """Whether a recognised territory takes in a place: by name, as a part of its address, or as the whole country."""
    where = comparable(place)
    parts = {part.strip() for part in where.split(",")} | {where}
    inside, recognised = read_territory(place).codes, read_territory(",".join(territory)).codes
    return bool(inside & recognised) or any(comparable(one) in parts for one in territory)


def takes_in(territory: tuple[str, ...], smaller: str) -> bool:
    """Whether a recognised territory takes in all of a smaller one; words that no list knows are compared as a place."""
    read = read_territory(smaller)
    if read.codes and not read.unknown:
        return read.codes <= read_territory(",".join(territory)).codes
    return covers(territory, smaller)


def _territory_covers_batch(
    document: CredentialDocument, _rule: GuidelineRule, facts: Facts
) -> Iterator[Words]:
    territory = document.dossier.territory
    if facts.place is not None and territory and not covers(territory, facts.place):
        yield {"place": facts.place, "territory": ", ".join(territory)}


def _form_fits_budget(document: CredentialDocument, rule: GuidelineRule, facts: Facts) -> Iterator[Words]:
    budget = assessment_budget(document, rule)
    if facts.form_minutes is not None and facts.form_minutes > budget:
        yield {
            "minutes": facts.form_minutes,
            "total": document.hours.total,
            "budget": format_mark(budget),
        }


def _items_for_every_pc(document: CredentialDocument, _rule: GuidelineRule, facts: Facts) -> Iterator[Words]:
    if facts.items_per_pc is None:
        return
    watched = {criterion.pc for criterion in document.practical.criteria} if document.practical else set()
    watched |= {question.pc for question in document.viva}
    counts = facts.items_per_pc
    yield from named(
        pc.id for pc in document.pcs if pc.mandatory and pc.id not in watched and not counts.get(pc.id)
    )


def _varied_items(document: CredentialDocument, _rule: GuidelineRule, facts: Facts) -> Iterator[Words]:
    if facts.item_types is not None and len(facts.item_types) == 1:
        yield {"type": next(iter(facts.item_types)).replace("_", " ")}


def _says(fact: str, *, wrong: bool) -> Check:
    """A check that a fact is not what it must not be."""

    def check(document: CredentialDocument, _rule: GuidelineRule, facts: Facts) -> Iterator[Words]:
        if getattr(facts, fact) is wrong:
            yield {}

    return check


def _private_items(document: CredentialDocument, _rule: GuidelineRule, _facts: Facts) -> Iterator[Words]:
    if document.dossier.visibility is Visibility.PRIVATE:
        yield {}


def _credits_after_certification(
    document: CredentialDocument, _rule: GuidelineRule, facts: Facts
) -> Iterator[Words]:
    if facts.credits_posted and not (facts.assessed and facts.certified):
        yield {"credits": format_mark(document.credits)}


def _portfolio_of_evidence(
    document: CredentialDocument, _rule: GuidelineRule, facts: Facts
) -> Iterator[Words]:
    held = facts.pcs_with_evidence
    if held is not None:
        yield from named(pc.id for pc in document.pcs if pc.mandatory and pc.id not in held)


def _prior_learning_assessed(
    document: CredentialDocument, _rule: GuidelineRule, facts: Facts
) -> Iterator[Words]:
    if facts.recognised_prior_learning and facts.assessed is False:
        yield {}


def _nearly_idle(document: CredentialDocument, rule: GuidelineRule, facts: Facts) -> Iterator[Words]:
    days = facts.idle_days
    if days is not None and rule.number("days") <= days < rule.number("until"):
        yield {"days": days, "until": rule.parameters["until"]}


def _idle(document: CredentialDocument, rule: GuidelineRule, facts: Facts) -> Iterator[Words]:
    if facts.idle_days is not None and facts.idle_days >= rule.number("days"):
        yield {"days": facts.idle_days}


def _review_overdue(document: CredentialDocument, _rule: GuidelineRule, facts: Facts) -> Iterator[Words]:
    due = document.dossier.review_date
    if due is not None and facts.today is not None and facts.today > due:
        yield {"date": due.isoformat()}


FACT_CHECKS: Final[Mapping[str, Check]] = {
    "concise": _concise,
    "private_needs_permission": _private_needs_permission,
    "private_items": _private_items,
    "overlay_frozen": _overlay_frozen,
    "overlay_modified": _overlay_modified,
    "overlay_added": _overlay_added,
    "overlay_keeps_mandatory": _overlay_keeps_mandatory,
    "additions_have_hours": _additions_have_hours,
    "territory_covers_batch": _territory_covers_batch,
    "form_fits_budget": _form_fits_budget,
    "items_for_every_pc": _items_for_every_pc,
    "varied_items": _varied_items,
    "training_partner": _says("training_partner", wrong=False),
    "rights_withdrawn": _says("rights_withdrawn", wrong=True),
    "entry_requirement_met": _says("entry_requirement_met", wrong=False),
    "active_at_certification": _says("active", wrong=False),
    "signed_by_awarding_body": _says("signed_by_awarding_body", wrong=False),
    "credits_after_certification": _credits_after_certification,
    "portfolio_of_evidence": _portfolio_of_evidence,
    "prior_learning_assessed": _prior_learning_assessed,
    "nearly_idle": _nearly_idle,
    "idle": _idle,
    "review_overdue": _review_overdue,
}
