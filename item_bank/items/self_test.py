# SPDX-License-Identifier: Apache-2.0
"""The self-test of an item: the declared correct response must score the maximum. Parts that a person marks are left out.

What a candidate answered is scored elsewhere (``scoring.api``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from item_bank.items.model import ItemContent, ItemDocument, ItemKey
from item_bank.items.parts import Area, Part, PartKey, Shape
from item_bank.items.parts import Mapping as MarkMapping
from item_bank.items.programs import item_program
from scoring.api import (
    BaseType,
    Cardinality,
    Interaction,
    ItemProgram,
    ScoringError,
    correct_responses,
    run_item,
    score_item,
)

Responses = Mapping[str, object]


def reaches_maximum(item: ItemDocument) -> bool:
    """Whether the declared correct response scores the maximum; for a text, each accepted answer has to."""
    try:
        if item.content.is_rich:
            return _rich_reaches(item.content, item.key)
        scoring = item.scoring
        if scoring.interaction.base_type is BaseType.STRING:
            return all(score_item(scoring, answer).score == scoring.maximum for answer in item.key.correct)
        return score_item(scoring, item.key.correct).score == scoring.maximum
    except (ScoringError, ValueError, RecursionError):
        return False


def by_hand_marks(content: ItemContent, key: ItemKey) -> Fraction:
    """The marks that only a person can give."""
    return sum(
        (found.marks for part in content.parts if part.kind.by_hand and (found := key.part(part.id))),
        Fraction(0),
    )


def machine_score(program: ItemProgram, responses: Responses) -> Fraction | None:
    """SCORE after one run; None where it is no finite number. Raises ScoringError."""
    value = run_item(program, responses, seed=0).outcomes.get("SCORE")
    if value is None or len(value.items) != 1:
        return None
    scalar = value.scalar
    return Fraction(scalar) if isinstance(scalar, int | Fraction) and not isinstance(scalar, bool) else None


def best_score(content: ItemContent, key: ItemKey) -> Fraction | None:
    """The highest SCORE that the declared answers reach; None where nothing is scored by machine. Raises ScoringError."""
    program = item_program(content, key)
    scores = [
        score
        for responses in best_responses(content, key, program)
        if (score := machine_score(program, responses)) is not None
    ]
    return max(scores, default=None)


def best_responses(content: ItemContent, key: ItemKey, program: ItemProgram) -> Iterator[Responses]:
    """Whole responses that ought to be the best: the correct ones, the best of the mappings, and both mixed."""
    declared = correct_responses(program, seed=0)
    mapped = {}
    keyed = {}
    for part in content.parts:
        found = key.part(part.id)
        if found is None or part.kind.by_hand:
            continue
        if found.correct:
            keyed[part.id] = response_value(part, found.correct)
        if (best := best_of(part, found)) is not None:
            mapped[part.id] = best
    own = {name: value for name, value in declared.items() if content.part(name) is not None}
    yield own
    yield {**own, **keyed}
    yield {**own, **keyed, **mapped}
    yield {**mapped, **keyed, **own}


def response_value(part: Part, values: Sequence[str]) -> object:
    """Values in QTI's lexical form as the response of a part: one text, or a list of them."""
    return values[0] if part.cardinality is Cardinality.SINGLE else list(values)


def best_of(part: Part, key: PartKey) -> object | None:
    """The response that a mapping or mapped areas are worth most for, within what the part allows."""
    if key.mapping is not None:
        chosen = _best_entries(part, key.mapping)
    elif key.areas:
        ranked = sorted(((marks, point_in(area)) for area, marks in key.areas if marks > 0), reverse=True)
        limit = 1 if part.cardinality is Cardinality.SINGLE else part.most or len(ranked)
        chosen = [point for _, point in ranked[:limit]]
    else:
        return None
    return response_value(part, chosen) if chosen else None


def _best_entries(part: Part, mapping: MarkMapping) -> list[str]:
    """The entries worth most, one after another, as long as nothing is used more often than it may be."""
    if part.cardinality is Cardinality.SINGLE:
        best = max(mapping.entries, key=lambda entry: entry[1], default=None)
        return [] if best is None else [best[0]]
    left = {choice.id: choice.most or len(mapping.entries) for choice in (*part.choices, *part.targets)}
    if part.kind is Interaction.GAP_MATCH:
        left |= {gap.id: 1 for gap in part.targets}
    pairs = part.base_type in (BaseType.PAIR, BaseType.DIRECTED_PAIR)
    chosen: list[str] = []
    for value, marks in sorted(mapping.entries, key=lambda entry: -entry[1]):
        used = value.split(" ") if pairs else []
        if (
            marks <= 0
            or (part.most and len(chosen) >= part.most)
            or any(left.get(one, 0) < 1 for one in used)
        ):
            continue
        for one in used:
            left[one] -= 1
        chosen.append(value)
    return chosen


def point_in(area: Area) -> str:
    """A point inside an area, as QTI writes it."""
    match area.shape:
        case Shape.RECT:
            left, top, right, bottom = area.coords
            return f"{(left + right) // 2} {(top + bottom) // 2}"
        case Shape.CIRCLE | Shape.ELLIPSE:
            return f"{area.coords[0]} {area.coords[1]}"
        case Shape.POLY:
            return _point_in_polygon(list(zip(area.coords[::2], area.coords[1::2], strict=True)))
        case Shape.DEFAULT:
            return "0 0"


def _point_in_polygon(corners: Sequence[tuple[int, int]]) -> str:
    """The middle of three corners in a row that lies inside, else the first corner."""
    count = len(corners)
    for place in range(count):
        three = [corners[(place + step) % count] for step in range(3)]
        x, y = sum(x for x, _ in three) // 3, sum(y for _, y in three) // 3
        if _inside(x, y, corners):
            return f"{x} {y}"
    return f"{corners[0][0]} {corners[0][1]}"


def _inside(x: int, y: int, corners: Sequence[tuple[int, int]]) -> bool:
    """Whether a ray from the point crosses the outline an odd number of times."""
    inside = False
    for (ax, ay), (bx, by) in zip(corners, (*corners[1:], corners[0]), strict=True):
        if (ay > y) != (by > y) and x < Fraction((bx - ax) * (y - ay), by - ay) + ax:
            inside = not inside
    return inside


def _rich_reaches(content: ItemContent, key: ItemKey) -> bool:
    wanted = content.marks - by_hand_marks(content, key)
    machine = [part for part in content.parts if not part.kind.by_hand]
    if not machine:
        return wanted == 0 or key.program is not None
    if best_score(content, key) != wanted:
        return False
    if key.program is not None:
        return True
    return all(
        _each_text(content, key, part, wanted) for part in machine if part.kind is Interaction.TEXT_ENTRY
    )


def _each_text(content: ItemContent, key: ItemKey, part: Part, wanted: Fraction) -> bool:
    """Whether every accepted answer of a text entry is as good as the first."""
    found = key.part(part.id)
    if found is None or found.mapping is not None:
        return True
    program = item_program(content, key)
    others = max(
        best_responses(content, key, program),
        key=lambda responses: machine_score(program, responses) or Fraction(0),
    )
    return all(machine_score(program, {**others, part.id: answer}) == wanted for answer in found.correct)
