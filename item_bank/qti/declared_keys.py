# SPDX-License-Identifier: Apache-2.0
"""What QTI declarations say of a key, in the bank's terms: correct values, mappings, areas. Rules are in ``keys``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from item_bank.items.parts import Area, Part, Shape
from item_bank.items.parts import Mapping as MarkMapping
from scoring.api import BaseType, Element, Interaction, format_mark

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})(?:[eE][+-]?[0-9]{1,2})?")
NUMBERS: Final = (Interaction.NUMERIC, Interaction.SLIDER)
POINTS: Final = (Interaction.SELECT_POINT, Interaction.POSITION_OBJECT)


def stated_maximum(declared: Mapping[str, Element]) -> Fraction | None:
    """MAXSCORE's default, else SCORE's normalMaximum; None where neither is a number above 0."""
    maximum, score = declared.get("MAXSCORE"), declared.get("SCORE")
    default = maximum.child("defaultValue") if maximum is not None else None
    values = default.all("value") if default is not None else ()
    texts = [value.text for value in values] + [
        (score.get("normalMaximum") or "") if score is not None else ""
    ]
    numbers = [number for text in texts if (number := number_of(text)) is not None and number > 0]
    return numbers[0] if numbers else None


def correct_values(part: Part, declaration: Element | None) -> tuple[str, ...] | None:
    """The declared correct response in the bank's form, None where there is none."""
    element = declaration.child("correctResponse") if declaration is not None else None
    if element is None:
        return None
    texts = [value.text for value in element.all("value")]
    if part.base_type is not BaseType.STRING:
        texts = [" ".join(text.split()) for text in texts]
    if part.kind in NUMBERS:
        texts = [plain_number(text) or text for text in texts]
    if part.kind in POINTS:
        texts = [" ".join(plain_number(one) or one for one in text.split()) for text in texts]
    return tuple(texts) or None


def read_mapping(part: Part, declaration: Element | None) -> MarkMapping | None:
    """The mapping of a declaration; None where there is none, or where it says more than the bank's does."""
    element = declaration.child("mapping") if declaration is not None else None
    if element is None:
        return None
    entries: dict[str, Fraction] = {}
    for entry in element.all("mapEntry"):
        key, marks = entry.get("mapKey") or "", number_of(entry.get("mappedValue") or "")
        key = key if part.base_type is BaseType.STRING else " ".join(key.split())
        folds = entry.get("caseSensitive", "true") != "true" and part.base_type is BaseType.STRING
        if marks is None or folds or key in entries or not key.strip():
            return None
        entries[key] = marks
    default = number_of(element.get("defaultValue") or "0")
    bounds = [number_of(element.get(name) or "") for name in ("lowerBound", "upperBound")]
    if default is None or not entries:
        return None
    return MarkMapping(tuple(entries.items()), default, *bounds)


def read_area_entry(entry: Element) -> Area | None:
    """One mapped area; None where it is not in whole pixels or not of its shape."""
    shape = entry.get("shape") or "default"
    coords: list[int] = []
    for one in (entry.get("coords") or "").split(","):
        number = number_of(one)
        if number is None or number.denominator != 1:
            if one.strip():
                return None
            continue
        coords.append(int(number))
    sizes = {"rect": 4, "circle": 3, "ellipse": 4}
    if shape == "default":
        return Area(Shape.DEFAULT, ())
    if shape == "poly":
        return Area(Shape.POLY, tuple(coords)) if len(coords) >= 6 and len(coords) % 2 == 0 else None
    return Area(Shape(shape), tuple(coords)) if sizes.get(shape) == len(coords) else None


def number_of(text: str) -> Fraction | None:
    """A finite number exactly as written."""
    return Fraction(text.strip()) if _NUMBER.fullmatch(text.strip()) else None


def plain_number(text: str) -> str | None:
    """A number as the bank writes it, without exponent, sign of plus or empty decimals."""
    number = number_of(text)
    if number is None or abs(number) >= 10**12:
        return None
    written = text.strip().removeprefix("+")
    if re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,9})?", written):
        return written
    plain = format_mark(number)
    return plain if "/" not in plain else None
