# SPDX-License-Identifier: Apache-2.0
"""How an answer to a practice item is judged and explained. Pure; it reads keys, which are given away nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from item_bank.document import LocalText
from item_bank.items.model import ItemContent, ItemDocument, ItemKey
from item_bank.items.parts import Part
from item_bank.items.scoring import scoring_of
from item_bank.items.self_test import best_score
from scoring.api import ItemOutcome, Reason, ScoringError, score_item


class Judged(StrEnum):
    """How good an answer, or a part of one, is."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class PartFeedback:
    """One part of a rich item; `judged` is None where only a person could judge it."""

    part: str
    judged: Judged | None


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a learner is told at once: the whole, each part of an item of several, and why."""

    judged: Judged
    parts: tuple[PartFeedback, ...]
    rationale: LocalText | None


def feedback(document: ItemDocument, value: object) -> Feedback:
    """Judge a response in the bank's terms (as it is stored); raises ScoringError where the item cannot be scored."""
    content, key = document.content, document.key
    judged = _judged(score_item(scoring_of(content, key), value))
    several = len(content.parts) > 1 and key.program is None
    parts = tuple(_part(content, key, part, value) for part in content.parts) if several else ()
    return Feedback(judged, parts, key.rationale)


def can_practise(document: ItemDocument) -> bool:
    """Whether a machine alone can say what is right, and nothing has to be uploaded."""
    if any(part.kind.by_hand for part in document.content.parts):
        return False
    try:
        scoring_of(document.content, document.key)
    except (ScoringError, ValueError):
        return False
    return True


def _part(content: ItemContent, key: ItemKey, part: Part, value: object) -> PartFeedback:
    """The judgement of one part as if it stood alone: worth what its best answer is worth."""
    found = key.part(part.id)
    if found is None or part.kind.by_hand:
        return PartFeedback(part.id, None)
    alone = replace(content, parts=(part,), interaction=part.kind, marks=found.marks)
    own_key = replace(key, parts=(found,))
    best = best_score(alone, own_key)
    if best is None or best <= 0:
        return PartFeedback(part.id, None)
    given = value.get(part.id) if isinstance(value, Mapping) else None
    answer = None if given is None else {part.id: given}
    return PartFeedback(part.id, _judged(score_item(scoring_of(replace(alone, marks=best), own_key), answer)))


def _judged(outcome: ItemOutcome) -> Judged:
    if outcome.reason is Reason.MATCHED:
        return Judged.RIGHT
    return Judged.PARTLY if outcome.score > Fraction(0) else Judged.WRONG
