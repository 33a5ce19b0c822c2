# SPDX-License-Identifier: Apache-2.0
"""How far an adopted credential departs from its parent (NCVET 4.1.2). Pure; the limits are in the rulebook.

Shares are weighted by notional hours. The parent's hours stay as they are, on their grid; what an adopter adds has hours of its
own on top of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from item_bank.document import LocalText
from item_bank.standards.dossier import Dossier
from item_bank.standards.model import (
    CredentialDocument,
    Nos,
    PerformanceCriterion,
    PracticalCriterion,
    VivaQuestion,
)
from item_bank.standards.pc_hours import pc_hours
from scoring.api import AllOf, Node, describe, format_mark

_NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class FrozenDifference:
    """A field that an adopter must keep, as the parent has it and as the child has it."""

    field: str
    parent: str
    child: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayReport:
    """What an adopter changed.

    ``modified``: the hours of the PCs that were changed, removed or added, as a share of the parent's hours. ``added``: the
    hours of mandatory additions as a share of the parent's mandatory hours. ``lost``: mandatory PCs of the parent that are
    gone, or no longer mandatory, and not marked as duplicates.
    """

    modified: Fraction
    added: Fraction
    changed_pcs: tuple[str, ...]
    removed_pcs: tuple[str, ...]
    added_pcs: tuple[str, ...]
    duplicates: tuple[str, ...]
    lost: tuple[str, ...]
    without_hours: tuple[str, ...]
    frozen: tuple[FrozenDifference, ...]

    @property
    def added_hours_known(self) -> bool:
        """Whether every added PC says how many hours it takes."""
        return not self.without_hours

    def to_document(self) -> dict[str, object]:
        """The report as JSON; shares are exact ("1/5")."""
        return {
            "modified": str(self.modified),
            "added": str(self.added),
            "changed_pcs": list(self.changed_pcs),
            "removed_pcs": list(self.removed_pcs),
            "added_pcs": list(self.added_pcs),
            "duplicates": list(self.duplicates),
            "lost": list(self.lost),
            "without_hours": list(self.without_hours),
            "frozen": [{"field": one.field, "parent": one.parent, "child": one.child} for one in self.frozen],
        }


def compare_overlay(parent: CredentialDocument, child: CredentialDocument) -> OverlayReport:
    """Hold an adopted document against the one that it adopts. PCs are matched by their ids."""
    before = {pc.id: pc for pc in parent.pcs}
    after = {pc.id: pc for pc in child.pcs}
    hours = pc_hours(parent)
    kept = [pc for pc in before if pc in after]
    changed = tuple(
        pc for pc in kept if _content(parent, before[pc], parent) != _content(child, after[pc], parent)
    )
    removed = tuple(pc for pc in before if pc not in after)
    added = tuple(pc for pc in after if pc not in before)
    marked = {one.pc for one in child.adoption.duplicates} if child.adoption else set()
    duplicates = tuple(pc for pc in removed if pc in marked)
    optional_now = [pc for pc in kept if before[pc].mandatory is not False and after[pc].mandatory is False]
    lost = tuple(
        pc
        for pc in before
        if pc in optional_now or (pc in removed and pc not in marked and before[pc].mandatory is not False)
    )
    extra = {pc: Fraction(after[pc].hours or 0) for pc in added}
    touched = sum((hours[pc] for pc in dict.fromkeys((*changed, *removed, *optional_now))), Fraction(0))
    mandatory = sum((hours[pc] for pc in before if before[pc].mandatory is not False), Fraction(0))
    new_mandatory = sum((extra[pc] for pc in added if after[pc].mandatory is not False), Fraction(0))
    whole = Fraction(parent.hours.total)
    return OverlayReport(
        modified=(touched + sum(extra.values(), Fraction(0))) / whole,
        added=new_mandatory / mandatory if mandatory else Fraction(bool(new_mandatory)),
        changed_pcs=changed,
        removed_pcs=removed,
        added_pcs=added,
        duplicates=duplicates,
        lost=lost,
        without_hours=tuple(pc for pc in added if not after[pc].hours),
        frozen=tuple(_frozen(parent, child)),
    )


def _content(document: CredentialDocument, pc: PerformanceCriterion, parent: CredentialDocument) -> object:
    """What makes a PC what it is, in the parent's languages: a translation more is no change."""
    nos = document.nos_of(pc.id)
    criteria: tuple[PracticalCriterion, ...] = document.practical.criteria if document.practical else ()
    tasks: tuple[PracticalCriterion | VivaQuestion, ...] = (*criteria, *document.viva)
    return (
        nos.code if nos else "",
        pc.element,
        _texts(pc.title, parent),
        [_texts(text, parent) for text in pc.knowledge],
        [
            (
                one.id,
                _texts(one.text, parent),
                [(level.marks, _texts(level.text, parent)) for level in one.levels],
            )
            for one in tasks
            if one.pc == pc.id
        ],
        [_texts(one.expected, parent) for one in document.viva if one.pc == pc.id],
    )


def _frozen(parent: CredentialDocument, child: CredentialDocument) -> Iterator[FrozenDifference]:
    """Eligibility, level, hours, outcomes, accreditation, assessment norms, review date, tool list."""
    one, two = parent.dossier, child.dossier
    for field, before, after in (
        ("eligibility", _text(one.entry_requirement, parent), _text(two.entry_requirement, parent)),
        ("entry_routes", _routes(one), _routes(two)),
        ("level", str(parent.level), str(child.level)),
        ("hours", _hours(parent), _hours(child)),
        ("accreditation", _text(one.accreditation, parent), _text(two.accreditation, parent)),
        ("assessment_minutes", str(parent.assessment_minutes), str(child.assessment_minutes)),
        ("components", _components(parent), _components(child)),
        (
            "assessment_strategy",
            _text(one.assessment_strategy, parent),
            _text(two.assessment_strategy, parent),
        ),
        ("review_date", str(one.review_date or _NOTHING), str(two.review_date or _NOTHING)),
        ("assessment_tools", _list(one.assessment_tools, parent), _list(two.assessment_tools, parent)),
        ("training_equipment", _list(one.training_equipment, parent), _list(two.training_equipment, parent)),
    ):
        if before != after:
            yield FrozenDifference(field, before, after)
    yield from _frozen_outcomes(parent, child)
    yield from _frozen_norms(parent, child)


def _frozen_outcomes(parent: CredentialDocument, child: CredentialDocument) -> Iterator[FrozenDifference]:
    after = {nos.code: nos for nos in child.nos}
    for nos in parent.nos:
        old, new = _nos(nos, parent), _nos(after.get(nos.code), parent)
        if old != new:
            yield FrozenDifference(f"outcome {nos.code}", old, new)


def _frozen_norms(parent: CredentialDocument, child: CredentialDocument) -> Iterator[FrozenDifference]:
    """The marks and thresholds of what the parent has, and every condition of its pass rule."""
    after = {pc.id: pc for pc in child.pcs}
    for pc in parent.pcs:
        if pc.id in after and (old := _norms(pc)) != (new := _norms(after[pc.id])):
            yield FrozenDifference(f"marks {pc.id}", old, new)
    elements = {(nos.code, element.id): element for nos in child.nos for element in nos.elements}
    for nos in parent.nos:
        for element in nos.elements:
            other = elements.get((nos.code, element.id))
            old, new = _norms(element), _norms(other) if other else _NOTHING
            if old != new:
                yield FrozenDifference(f"marks {nos.code} {element.id}", old, new)
    gone = {pc.id for pc in parent.pcs} - set(after)
    kept = set(_conditions(child.rule.root))
    missing = [node for node in _conditions(parent.rule.root) if node not in kept and not _about(node, gone)]
    if missing:
        yield FrozenDifference("rule", _rule(parent), _rule(child))


def _conditions(node: Node) -> Iterator[Node]:
    """What a rule cannot be met without; an adopter may add to it."""
    if isinstance(node, AllOf):
        for child in node.of:
            yield from _conditions(child)
    else:
        yield node


def _about(node: Node, pcs: set[str]) -> bool:
    scope = getattr(node, "scope", None)
    return scope is not None and scope.level.value == "pc" and scope.name in pcs


def _rule(document: CredentialDocument) -> str:
    return " ".join(line.text for line in describe(document.rule, "en"))


def _norms(part: object) -> str:
    threshold = getattr(part, "threshold", None)
    marks = sorted(getattr(part, "marks", ()))
    return ", ".join(
        [*(f"{name} {format_mark(most)}" for name, most in marks), f"threshold {threshold or _NOTHING}"]
    )


def _nos(nos: Nos | None, parent: CredentialDocument) -> str:
    return f"{_text(nos.title, parent)} ({nos.weight} %)" if nos else _NOTHING


def _hours(document: CredentialDocument) -> str:
    hours = document.hours
    return " / ".join(
        str(part.normalize()) for part in (hours.total, hours.theory, hours.practical, hours.ojt)
    )


def _components(document: CredentialDocument) -> str:
    return ", ".join(f"{part.id} {part.minutes}" for part in document.components)


def _texts(text: LocalText, parent: CredentialDocument) -> tuple[tuple[str, str], ...]:
    return tuple((language, dict(text.by_language).get(language, "")) for language in parent.languages)


def _text(text: LocalText | None, parent: CredentialDocument) -> str:
    return " | ".join(said for _, said in _texts(text, parent)) if text else _NOTHING


def _routes(dossier: Dossier) -> str:
    return "; ".join(map(str, dossier.entry_routes)) or _NOTHING


def _list(texts: tuple[LocalText, ...], parent: CredentialDocument) -> str:
    return "; ".join(_text(text, parent) for text in texts) or _NOTHING
