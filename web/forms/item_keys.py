# SPDX-License-Identifier: Apache-2.0
"""From the item form to the keys of its parts: what is right and how many marks it gives. Nothing is judged here."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Final

from scoring.api import Interaction, format_mark
from web.forms.item_steps import CHOOSE, MARKED_ROWS, ORDERS, PAIRS, POINTS
from web.forms.items import ItemForm, PartForm, Row

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def choice_ids(part: PartForm) -> list[str]:
    """The identifiers of the choices; letters follow the order in which the choices stand."""
    ids = [row.id for row in part.choices]
    if part.interaction in CHOOSE and all(len(one) == 1 and one in LETTERS for one in ids):
        return list(LETTERS[: len(ids)])
    return ids


def area_json(row: Row) -> dict[str, Any]:
    """The area of a row; fields that hold no number stay text, so that they are named."""
    return {"shape": row.shape, "coords": [whole(one) for one in row.coords.replace(",", " ").split()]}


def part_key(form: ItemForm, part: PartForm) -> dict[str, Any]:
    """The key of one part in its JSON form."""
    kind = part.interaction
    document: dict[str, Any] = {"part": part.id}
    marks = part_marks(part)
    if marks != "1":
        document["marks"] = marks
    if kind.by_hand:
        guide = {
            language: part.guide[language].strip()
            for language in form.languages
            if part.guide.get(language, "").strip()
        }
        return document | ({"guide": guide} if guide else {})
    if correct := correct_of(part):
        document["correct"] = correct
    if part.partial and kind not in POINTS and (entries := _entries(part)):
        document["mapping"] = {"entries": entries, "default": part.map_default or "0"} | {
            name: value for name, value in (("lower", part.map_lower), ("upper", part.map_upper)) if value
        }
    if kind in POINTS and part.areas:
        document["areas"] = [[area_json(row), row.marks or "1"] for row in part.areas]
    if kind in (Interaction.NUMERIC, Interaction.SLIDER) and part.tolerance != "exact":
        document["tolerance"] = {
            "mode": part.tolerance,
            "below": part.below or "0",
            "above": part.above or part.below or "0",
        }
    if kind is Interaction.TEXT_ENTRY and part.normalise:
        document["normalise"] = list(part.normalise)
    return document


def correct_of(part: PartForm) -> list[str]:
    """What is right, in QTI's lexical form."""
    kind, ids = part.interaction, choice_ids(part)
    if kind in (Interaction.CHOICE_SINGLE, Interaction.INLINE_CHOICE):
        chosen = int(part.correct) if part.correct.isdecimal() and len(part.correct) < 4 else -1
        return ids[chosen : chosen + 1] if chosen >= 0 else []
    if kind in MARKED_ROWS:
        return [name for name, row in zip(ids, part.choices, strict=True) if row.correct]
    if kind in ORDERS:
        placed = [(whole(row.place), name) for name, row in zip(ids, part.choices, strict=True) if row.place]
        return [name for _, name in sorted(placed, key=lambda pair: (isinstance(pair[0], str), pair[0]))]
    if kind in PAIRS:
        return [_pair(row) for row in _model_rows(part) if row.first and row.second]
    if kind in POINTS:
        return [row.first for row in part.keys if row.first] or centres(part)
    return [row.first for row in _model_rows(part) if row.first]


def _model_rows(part: PartForm) -> list[Row]:
    """The lines of the key that make the model answer.

    With marks for single answers these are the ticked ones; without a tick the pairs that give marks, or the texts that give
    most.
    """
    if not part.partial or part.interaction not in (*PAIRS, Interaction.TEXT_ENTRY):
        return part.keys
    if ticked := [row for row in part.keys if row.correct]:
        return ticked
    worth = {id(row): number_of(row.marks) or Fraction(0) for row in part.keys}
    most = max(worth.values(), default=Fraction(0))
    least = Fraction(0) if part.interaction in PAIRS else most
    return [row for row in part.keys if worth[id(row)] >= least and worth[id(row)] > 0]


def _pair(row: Row) -> str:
    return f"{row.first} {row.second}"


def _entries(part: PartForm) -> list[list[str]]:
    if part.interaction in MARKED_ROWS:
        rows = zip(choice_ids(part), part.choices, strict=True)
        return [[name, row.marks] for name, row in rows if row.marks]
    if part.interaction in PAIRS:
        return [[_pair(row), row.marks] for row in part.keys if row.first and row.second and row.marks]
    return [[row.first, row.marks] for row in part.keys if row.first and row.marks]


def centres(part: PartForm) -> list[str]:
    """A point inside each area that gives marks, as many as may be given; "x y" in pixels."""
    points = []
    for row in part.areas:
        numbers = [
            int(one) for one in row.coords.replace(",", " ").split() if re.fullmatch(r"-?\d{1,5}", one)
        ]
        if row.shape == "rect" and len(numbers) == 4:
            points.append(f"{(numbers[0] + numbers[2]) // 2} {(numbers[1] + numbers[3]) // 2}")
        elif row.shape == "poly" and len(numbers) >= 6:
            points.append(
                f"{sum(numbers[0::2]) // len(numbers[0::2])} {sum(numbers[1::2]) // len(numbers[1::2])}"
            )
        elif len(numbers) >= 3:
            points.append(f"{numbers[0]} {numbers[1]}")
    most = whole(part.most)
    return points[:most] if isinstance(most, int) and most else points


def part_marks(part: PartForm) -> str:
    """What a part is worth: what the author says, or the most that its partial marks come to."""
    points = part.interaction in POINTS
    if not (part.partial or points) or part.interaction.by_hand:
        return part.marks or "1"
    given = [row.marks or "1" for row in part.areas] if points else [marks for _, marks in _entries(part)]
    worth = [number for text in given if (number := number_of(text)) is not None and number > 0]
    if not worth:
        return part.marks or "1"
    single = part.interaction in (
        Interaction.CHOICE_SINGLE,
        Interaction.INLINE_CHOICE,
        Interaction.TEXT_ENTRY,
    )
    total = max(worth) if single or part.most == "1" else sum(worth, Fraction(0))
    upper = number_of(part.map_upper)
    return format_mark(min(total, upper) if upper is not None and upper > 0 else total)


def total_marks(form: ItemForm) -> Fraction:
    """What the parts are worth together."""
    return sum((number_of(part_marks(part)) or Fraction(1) for part in form.parts), Fraction(0))


def number_of(text: str) -> Fraction | None:
    """An exact number, None for what is none."""
    if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,9})?|-?[0-9]{1,9}/[1-9][0-9]{0,8}", text):
        return None
    return Fraction(text)


def whole(text: str) -> int | str:
    """A whole number, or the text as it was typed, which then is refused by name."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,6}", text) else text
