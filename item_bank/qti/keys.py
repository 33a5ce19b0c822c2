# SPDX-License-Identifier: Apache-2.0
"""The key of a QTI item: part keys where they say the same as its processing, else its program as it is.

Whether they say the same is tried: both programs run over the same responses and have to give the same SCORE.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from item_bank.items.model import ItemKey
from item_bank.items.parts import Part, PartKey, Tolerance
from item_bank.items.self_test import best_of, best_score
from item_bank.qti.declared_keys import (
    NUMBERS,
    POINTS,
    correct_values,
    number_of,
    plain_number,
    read_area_entry,
    read_mapping,
    stated_maximum,
)
from item_bank.qti.recognition import (
    Scored,
    Way,
    reads,
    recognise,
    set_outcomes,
    standard_template,
    without_outcomes,
)
from item_bank.qti.trials import probe_content, same_scores
from scoring.api import Cardinality, Element, ItemProgram, ScoringError


class NoKey(Exception):
    """The item cannot be scored: a code and a reason for its author."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key (without guides and rationale), the maximum, and what was assumed or left out."""

    key: ItemKey
    marks: Fraction
    losses: tuple[str, ...] = ()


def find_key(parts: Sequence[Part], program: ItemProgram, *, feedback: Collection[str] = ()) -> FoundKey:
    """The key of an item with these parts. ``feedback`` are the outcomes that only show feedback.

    Raises NoKey: ``external_machine``, ``by_hand_scored_by_machine``, ``no_processing``, ``no_key``, ``processing_broken``,
    ``maximum_unknown``.
    """
    declared = {one.get("identifier") or "": one for one in program.declarations}
    score = declared.get("SCORE")
    if score is not None and score.get("externalScored") == "externalMachine":
        raise NoKey("external_machine", "a machine outside scores this item (externalScored)")
    stated = stated_maximum(declared)
    losses: list[str] = []
    machine = [part for part in parts if not part.kind.by_hand]
    processing = program.response_processing
    if processing is not None and not (processing.children or processing.get("template")):
        processing = None
    if processing is not None and _only_by_hand(parts, machine, declared, processing, losses):
        processing = None
    if not machine:
        return _by_hand_only(parts, stated, losses)
    if processing is None:
        return _without_processing(parts, declared, stated, losses)
    feedback = {*feedback, *(name for name in declared if name.startswith("FEEDBACK"))}
    rules = without_outcomes(processing.children, feedback)
    if reads(rules, feedback):
        rules = processing.children
    found = _as_part_keys(
        parts, program, declared, rules=rules, stated=stated, feedback=feedback, losses=losses
    )
    if found is not None:
        return found
    return _as_program(parts, program, declared, stated, losses)


def _only_by_hand(
    parts: Sequence[Part],
    machine: Sequence[Part],
    declared: Mapping[str, Element],
    processing: Element,
    losses: list[str],
) -> bool:
    """Whether the processing comes to nothing, because it only looks at answers that a person marks."""
    by_hand = {part.id for part in parts if part.kind.by_hand}
    used = {
        element.get("identifier")
        for element in processing.descend()
        if element.name in ("variable", "mapResponse", "correct")
    }
    if standard_template(processing) is not None:
        used = {"RESPONSE"}
    for name in sorted(by_hand):
        answers = (
            declared[name].child("correctResponse") or declared[name].child("mapping")
            if name in declared
            else None
        )
        if name in used and (answers is not None or machine):
            raise NoKey(
                "by_hand_scored_by_machine",
                f"the text or file {name!r}, which a person marks here, is scored by rules",
            )
    if by_hand & used and not machine:
        losses.append("processing that has nothing to compare a text or file with; a person marks it")
        return True
    return False


def _by_hand_only(parts: Sequence[Part], stated: Fraction | None, losses: list[str]) -> FoundKey:
    if stated is None:
        losses.append(
            f"the maximum is not in the file; each part that a person marks is worth 1 (here {len(parts)})"
        )
    marks = stated or Fraction(len(parts))
    keys = tuple(PartKey(part.id, marks / len(parts)) for part in parts)
    return FoundKey(ItemKey(parts=keys), marks, tuple(losses))


def _without_processing(
    parts: Sequence[Part], declared: Mapping[str, Element], stated: Fraction | None, losses: list[str]
) -> FoundKey:
    """No rules, but keys: the standard templates are assumed."""
    scored = []
    for part in parts:
        if part.kind.by_hand:
            continue
        declaration = declared.get(part.id)
        if declaration is None or not (
            declaration.child("correctResponse")
            or declaration.child("mapping")
            or declaration.child("areaMapping")
        ):
            raise NoKey("no_processing", f"nothing says how {part.id!r} is scored: no processing and no key")
        way = Way.CORRECT
        if declaration.child("mapping") is not None:
            way = Way.MAPPED
        elif declaration.child("areaMapping") is not None:
            way = Way.MAPPED_POINT
        scored.append(Scored(part.id, way))
    losses.append(
        "how it is scored is not in the file; the usual is taken: the mapping if there is one, else all or nothing"
    )
    found = _keys(parts, declared, scored, stated)
    if found is None:
        raise NoKey("no_processing", "its mapping needs rules that the file does not have")
    return replace(found, losses=(*losses, *found.losses))


def _as_part_keys(
    parts: Sequence[Part],
    program: ItemProgram,
    declared: Mapping[str, Element],
    *,
    rules: tuple[Element, ...],
    stated: Fraction | None,
    feedback: Collection[str],
    losses: list[str],
) -> FoundKey | None:
    """Part keys that score as the program does, None where there are none."""
    processing = program.response_processing
    template = standard_template(processing) if processing is not None else None
    if template is not None:
        if len(parts) != 1 or parts[0].id != "RESPONSE":
            return None
        scored: list[Scored] | None = [Scored("RESPONSE", template)]
    else:
        if set_outcomes(rules) - {"SCORE"}:
            return None
        scored = recognise(rules, maximum=stated)
    if scored is None or {one.part for one in scored} != {part.id for part in parts if not part.kind.by_hand}:
        return None
    found = _keys(parts, declared, scored, stated)
    if found is None:
        return None
    try:
        if not same_scores(parts, found.key, found.marks, program):
            return None
    except (ScoringError, ValueError):
        return None
    unset = sorted(
        name
        for name, one in declared.items()
        if one.name == "outcomeDeclaration"
        and name not in ("SCORE", "MAXSCORE", "completionStatus", *feedback)
    )
    more = [f"outcomes that nothing sets: {', '.join(unset)[:100]}"] if unset else []
    if processing is not None and rules != processing.children and template is None:
        more.append(f"rules that only choose feedback ({', '.join(sorted(feedback))[:100]})")
    return replace(found, losses=(*losses, *found.losses, *more))


def _keys(
    parts: Sequence[Part], declared: Mapping[str, Element], scored: Sequence[Scored], stated: Fraction | None
) -> FoundKey | None:
    """The part keys of parts that are scored each on its own."""
    keys: dict[str, PartKey] = {}
    known = {part.id: part for part in parts}
    for one in scored:
        key = _key(known[one.part], declared.get(one.part), one) if one.part in known else None
        if key is None:
            return None
        keys[one.part] = key
    machine = sum((_worth(known[name], key) for name, key in keys.items()), Fraction(0))
    by_hand = [part for part in parts if part.kind.by_hand]
    losses = []
    marks = machine + len(by_hand) if stated is None else stated
    if stated is None and by_hand:
        losses.append("the maximum is not in the file; each part that a person marks is worth 1")
    rest = marks - machine
    for part in by_hand:
        keys[part.id] = PartKey(part.id, rest / len(by_hand) if rest > 0 else Fraction(1))
    if marks <= 0:
        return None
    ordered = tuple(keys[part.id] for part in parts)
    return FoundKey(ItemKey(parts=ordered), marks, tuple(losses))


def _key(part: Part, declaration: Element | None, scored: Scored) -> PartKey | None:
    correct = correct_values(part, declaration)
    match scored.way:
        case Way.MAPPED:
            mapping = read_mapping(part, declaration)
            if mapping is None:
                return None
            key = PartKey(part.id, correct=correct or (), mapping=mapping)
            worth = _worth(part, key)
            return (
                replace(key, marks=worth, correct=key.correct or _as_values(best_of(part, key)))
                if worth > 0
                else None
            )
        case Way.MAPPED_POINT:
            return _area_key(part, declaration, correct or ())
        case Way.CORRECT:
            values = tuple(scored.values) if scored.values is not None else correct
            if values is not None and scored.values is not None and part.kind in NUMBERS:
                values = tuple(number for value in values if (number := plain_number(value)))
            if not values:
                raise NoKey("no_key", f"the correct response of {part.id!r} is not declared")
            tolerance = scored.tolerance if scored.tolerance != Tolerance() else None
            return PartKey(part.id, scored.marks, values, tolerance=tolerance)


def _area_key(part: Part, declaration: Element | None, correct: tuple[str, ...]) -> PartKey | None:
    element = declaration.child("areaMapping") if declaration is not None else None
    if element is None or number_of(element.get("defaultValue") or "0") != 0 or element.get("lowerBound"):
        return None
    areas = []
    for entry in element.all("areaMapEntry"):
        marks, area = number_of(entry.get("mappedValue") or ""), read_area_entry(entry)
        if marks is None or area is None:
            return None
        areas.append((area, marks))
    gains = [marks for _, marks in areas if marks > 0]
    if not gains:
        return None
    upper = number_of(element.get("upperBound") or "")
    reachable = max(gains) if part.cardinality is Cardinality.SINGLE else sum(gains, Fraction(0))
    marks = reachable if upper is None else upper
    return PartKey(part.id, marks, correct, areas=tuple(areas)) if marks > 0 else None


def _worth(part: Part, key: PartKey) -> Fraction:
    """The most that a part can give."""
    if key.mapping is None:
        return key.marks
    worth = dict(key.mapping.entries)
    total = sum((worth[value] for value in _as_values(best_of(part, key))), Fraction(0))
    return total if key.mapping.upper is None else min(total, key.mapping.upper)


def _as_values(response: object) -> tuple[str, ...]:
    if isinstance(response, str):
        return (response,)
    return tuple(map(str, response)) if isinstance(response, list) else ()


def _as_program(
    parts: Sequence[Part],
    program: ItemProgram,
    declared: Mapping[str, Element],
    stated: Fraction | None,
    losses: list[str],
) -> FoundKey:
    """The program as it is; the part keys say what is known of it."""
    keys = []
    for part in parts:
        declaration = declared.get(part.id)
        if part.kind.by_hand:
            keys.append(PartKey(part.id))
            continue
        correct = correct_values(part, declaration) or ()
        if part.kind in (*NUMBERS, *POINTS) and not all(_fits(part, value) for value in correct):
            correct = ()
        mapping = read_mapping(part, declaration)
        if (
            part.kind in NUMBERS
            and mapping is not None
            and not all(_fits(part, value) for value, _ in mapping.entries)
        ):
            mapping = None
        if correct or mapping is not None:
            keys.append(PartKey(part.id, correct=correct, mapping=mapping))
    key = ItemKey(parts=tuple(keys), program=program.to_document())
    by_hand = sum(part.kind.by_hand for part in parts)
    try:
        best = best_score(probe_content(parts, stated or Fraction(1)), key)
    except (ScoringError, ValueError, RecursionError) as error:
        reason = getattr(error, "reason", str(error))
        raise NoKey("processing_broken", f"its processing cannot be run: {reason}"[:300]) from error
    if stated is None and (best is None or best <= 0):
        raise NoKey(
            "maximum_unknown", "no maximum is stated, and the declared correct response scores nothing"
        )
    marks = stated if stated is not None else (best or Fraction(0)) + by_hand
    rest = marks - (best or Fraction(0))
    if by_hand and rest > 0:
        share = rest / by_hand
        known = {part.id for part in parts if part.kind.by_hand}
        key = replace(
            key, parts=tuple(replace(one, marks=share) if one.part in known else one for one in key.parts)
        )
    return FoundKey(key, marks, tuple(losses))


def _fits(part: Part, value: str) -> bool:
    numbers = value.split(" ")
    if len(numbers) != (2 if part.kind in POINTS else 1):
        return False
    form = r"-?[0-9]{1,9}" if part.kind in POINTS else r"-?[0-9]{1,9}(\.[0-9]{1,9})?"
    return all(re.fullmatch(form, one) for one in numbers)
