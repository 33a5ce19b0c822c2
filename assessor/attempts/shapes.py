# SPDX-License-Identifier: Apache-2.0
"""Answers to rich items: from what a browser sends to the bank's terms and back. Pure; simple items are in `model`.

An answer is an object of part and value. A value is a list of identifiers, a text (also a typed number), a list of pairs,
a list of points in whole pixels, or an uploaded file, by the kind of its part. A cleared part is absent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessor.attempts.inputs import MAXIMUM_TEXT, ResponseValue
from assessor.forms.model import AnswerShape
from core.errors import Invalid
from scoring.api import BaseType, Interaction

MAXIMUM_LONG_TEXT = 10_000
MAXIMUM_NUMBER_TEXT = 40
MAXIMUM_ENTRIES = 100
"""The most choices, pairs or points of one part where its item sets no limit."""
MAXIMUM_PIXELS = 20_000
MAXIMUM_NAME = 200

_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
_UPLOAD = re.compile(r"[0-9A-Za-z]{1,40}")
_UNORDERED = (Interaction.ASSOCIATE, Interaction.GRAPHIC_ASSOCIATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartNames:
    """What one attempt's browser calls a part, its choices and its targets: true identifier by opaque name."""

    ref: str
    choices: Mapping[str, str]
    targets: Mapping[str, str]


Named = Callable[[AnswerShape], PartNames]


def parse_parts(raw: object, shapes: tuple[AnswerShape, ...], *, names: Named) -> ResponseValue:
    """A learner's answer to a rich item in true identifiers, None where every part is cleared.

    Lists keep the order in which they came. Raises Invalid: `answer_malformed`, `answer_too_long`, `option_unknown`,
    `too_many_options`.
    """
    if raw is None:
        return None
    if not isinstance(raw, dict) or len(raw) > len(shapes):
        raise Invalid("answer_malformed")
    known = {(named := names(shape)).ref: (shape, named) for shape in shapes}
    if not all(isinstance(ref, str) and ref in known for ref in raw):
        raise Invalid("answer_malformed")
    found = {}
    for ref, (shape, named) in known.items():
        value = parse_part(raw[ref], shape, named) if ref in raw else None
        if value is not None:
            found[shape.id] = value
    return found or None


def parse_part(raw: object, shape: AnswerShape, names: PartNames) -> object:
    """The value of one part, None for cleared; raises as `parse_parts`."""
    if raw is None:
        return None
    match shape.kind.base_type:
        case BaseType.STRING:
            limit = MAXIMUM_LONG_TEXT if shape.kind is Interaction.EXTENDED_TEXT else MAXIMUM_TEXT
            return _text(raw, limit=limit)
        case BaseType.FLOAT:
            return _number(raw, shape)
        case BaseType.PAIR | BaseType.DIRECTED_PAIR:
            return _pairs(raw, shape, names)
        case BaseType.POINT:
            return _points(raw, shape)
        case BaseType.FILE:
            return _file(raw)
        case _:
            return _choices(raw, shape, names)


def shown_parts(value: Mapping[str, Any], shapes: tuple[AnswerShape, ...], *, names: Named) -> dict[str, Any]:
    """A stored answer as the browser knows it."""
    found = {}
    for shape in shapes:
        if shape.id in value:
            named = names(shape)
            found[named.ref] = _shown(value[shape.id], shape, named)
    return found


def upload_ids(value: ResponseValue, shapes: tuple[AnswerShape, ...]) -> dict[str, str]:
    """The uploads that an answer refers to, by part."""
    if not isinstance(value, Mapping):
        return {}
    files = [shape.id for shape in shapes if shape.kind is Interaction.UPLOAD and shape.id in value]
    return {part: value[part]["upload"] for part in files}


def require_text(raw: object, *, limit: int) -> str:
    """A text of whole Unicode characters without NUL; raises Invalid `answer_malformed`, `answer_too_long`."""
    if not isinstance(raw, str):
        raise Invalid("answer_malformed")
    if len(raw) > limit:
        raise Invalid("answer_too_long", length=len(raw), limit=limit)
    if "\0" in raw or any("\ud800" <= character <= "\udfff" for character in raw):
        raise Invalid("answer_malformed")  # no database can hold them
    return raw


def _text(raw: object, *, limit: int) -> str | None:
    return require_text(raw, limit=limit) or None


def _number(raw: object, shape: AnswerShape) -> str | None:
    text = _text(raw, limit=MAXIMUM_NUMBER_TEXT)
    if text is None or shape.kind is not Interaction.SLIDER:
        return text  # what is typed is kept as it is; whether it is a number is for the scoring
    if _NUMBER.fullmatch(text) is None or not Fraction(shape.lower) <= Fraction(text) <= Fraction(
        shape.upper
    ):
        raise Invalid("answer_malformed")
    return text


def _choices(raw: object, shape: AnswerShape, names: PartNames) -> list[str] | None:
    if not isinstance(raw, list) or not all(isinstance(choice, str) for choice in raw):
        raise Invalid("answer_malformed")
    if len(set(raw)) != len(raw):
        raise Invalid("answer_malformed")
    if not set(raw) <= names.choices.keys():
        raise Invalid("option_unknown")
    single = shape.kind.cardinality.value == "single"
    _at_most(len(raw), 1 if single else shape.most)
    return [names.choices[choice] for choice in raw] or None


def _pairs(raw: object, shape: AnswerShape, names: PartNames) -> list[list[str]] | None:
    entries = _couples(raw)
    seconds = names.targets if shape.targets else names.choices
    found: list[list[str]] = []
    for first, second in entries:
        if not isinstance(first, str) or not isinstance(second, str):
            raise Invalid("answer_malformed")
        if first not in names.choices or second not in seconds:
            raise Invalid("option_unknown")
        pair = [names.choices[first], seconds[second]]
        if pair in found or (shape.kind in _UNORDERED and pair[::-1] in found):
            raise Invalid("answer_malformed")
        found.append(pair)
    _at_most(len(found), shape.most)
    _check_uses(found, shape)
    return found or None


def _check_uses(pairs: list[list[str]], shape: AnswerShape) -> None:
    """Nothing stands in more pairs than its item allows."""
    firsts = [first for first, _ in pairs]
    seconds = [second for _, second in pairs]
    for name, most in shape.choices:
        _at_most((firsts if shape.targets else firsts + seconds).count(name), most)
    for name, most in shape.targets:
        _at_most(seconds.count(name), most)


def _points(raw: object, shape: AnswerShape) -> list[list[int]] | None:
    width, height = shape.size or (MAXIMUM_PIXELS, MAXIMUM_PIXELS)
    points = []
    for x, y in _couples(raw):
        if not _within(x, width) or not _within(y, height):
            raise Invalid("answer_malformed")
        points.append([x, y])
    _at_most(len(points), shape.most)
    return points or None


def _within(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _couples(raw: object) -> list[list[Any]]:
    if not isinstance(raw, list) or not all(isinstance(entry, list) and len(entry) == 2 for entry in raw):
        raise Invalid("answer_malformed")
    return raw


def _file(raw: object) -> dict[str, str]:
    if not isinstance(raw, dict) or raw.keys() != {"upload", "name"}:
        raise Invalid("answer_malformed")
    upload, name = raw["upload"], require_text(raw["name"], limit=MAXIMUM_NAME)
    if not isinstance(upload, str) or _UPLOAD.fullmatch(upload) is None:
        raise Invalid("answer_malformed")
    return {"name": name, "upload": upload}


def _at_most(count: int, most: int) -> None:
    limit = most or MAXIMUM_ENTRIES
    if count > limit:
        raise Invalid("too_many_options", limit=limit)


def _shown(value: Any, shape: AnswerShape, names: PartNames) -> Any:
    choices = {true: opaque for opaque, true in names.choices.items()}
    match shape.kind.base_type:
        case BaseType.IDENTIFIER:
            return [choices[choice] for choice in value]
        case BaseType.PAIR | BaseType.DIRECTED_PAIR:
            targets = {true: opaque for opaque, true in names.targets.items()} if shape.targets else choices
            return [[choices[first], targets[second]] for first, second in value]
        case _:
            return value
