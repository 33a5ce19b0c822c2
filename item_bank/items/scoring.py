# SPDX-License-Identifier: Apache-2.0
"""The scoring view of an item, and what a person needs who marks a part of it. Server only: both hold key material."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from item_bank.items.model import ItemContent, ItemKey, item_scoring
from item_bank.items.programs import item_program
from scoring.api import BaseType, RichScoring, Scoring


@dataclass(frozen=True, slots=True)
class HandPart:
    """A part that a person marks: its most marks (> 0) and the marking guide as (language, text)."""

    part: str
    marks: Fraction
    guide: tuple[tuple[str, str], ...]


def scoring_of(content: ItemContent, key: ItemKey) -> Scoring:
    """What responses to an item are scored by; raises ItemError and QtiError where the key makes no sense."""
    if not content.is_rich:
        return item_scoring(content, key)
    return RichScoring(
        program=item_program(content, key),
        maximum=content.marks,
        numbers=tuple(part.id for part in content.parts if part.base_type is BaseType.FLOAT),
        files=tuple(part.id for part in content.parts if part.base_type is BaseType.FILE),
        by_hand=tuple((hand.part, hand.marks) for hand in hand_parts(content, key)),
    )


def hand_parts(content: ItemContent, key: ItemKey) -> tuple[HandPart, ...]:
    """The parts that a person marks. One whose key says nothing can earn all of the item's marks."""
    found = []
    for part in content.parts:
        if part.kind.by_hand:
            known = key.part(part.id)
            marks, guide = (content.marks, ()) if known is None else (known.marks, known.guide)
            found.append(HandPart(part.id, marks, guide))
    return tuple(found)
