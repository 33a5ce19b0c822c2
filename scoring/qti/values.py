# SPDX-License-Identifier: Apache-2.0
"""QTI's values: cardinalities, base types, NULL, lexical forms, equality. JSON is in `json_values`, rules elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import assert_never

from scoring.errors import QtiError


class Cardinality(StrEnum):
    """How many values a variable holds, and whether their order counts."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    ORDERED = "ordered"
    RECORD = "record"

    @property
    def is_container(self) -> bool:
        """Whether it is a list of values of one base type."""
        return self in {Cardinality.MULTIPLE, Cardinality.ORDERED}


class BaseType(StrEnum):
    """What the values of a variable are."""

    IDENTIFIER = "identifier"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    FLOAT = "float"
    STRING = "string"
    POINT = "point"
    PAIR = "pair"
    DIRECTED_PAIR = "directedPair"
    DURATION = "duration"
    FILE = "file"
    URI = "uri"
    INT_OR_IDENTIFIER = "intOrIdentifier"

    @property
    def is_numeric(self) -> bool:
        """Whether the values are integers or floats."""
        return self in {BaseType.INTEGER, BaseType.FLOAT}

    @property
    def is_text(self) -> bool:
        """Whether the values are texts; they compare with each other although QTI asks for one base type."""
        return self in _TEXTS


_TEXTS = frozenset(
    {BaseType.IDENTIFIER, BaseType.STRING, BaseType.FILE, BaseType.URI, BaseType.INT_OR_IDENTIFIER}
)

#: An exact number, or one of the floats INF, -INF and NaN (never a finite float).
Number = Fraction | float
#: identifier, string, file, uri: str; boolean: bool; integer: int; float, duration: Number; point: two Numbers;
#: pair, directedPair: two identifiers; intOrIdentifier: int or str.
Scalar = str | bool | int | Number | tuple[str, str] | tuple[Number, Number]


@dataclass(frozen=True, slots=True)
class Value:
    """A value that is not NULL; NULL is None, and an empty container or text is NULL.

    `items` holds one scalar for single cardinality, one or more for a container, none for a record; `fields` the
    fields of a record (single values, None for NULL). Compare with `same`: a pair has no order.
    """

    cardinality: Cardinality
    base: BaseType | None
    items: tuple[Scalar, ...] = ()
    fields: tuple[tuple[str, Value | None], ...] = ()

    @property
    def scalar(self) -> Scalar:
        """The one scalar of a single value."""
        return self.items[0]

    def field(self, name: str) -> Value | None:
        """A field of a record, NULL if there is none."""
        return dict(self.fields).get(name)


def single(base: BaseType, scalar: Scalar) -> Value | None:
    """A single value; the empty text is NULL."""
    return None if scalar == "" and isinstance(scalar, str) else Value(Cardinality.SINGLE, base, (scalar,))


def container(cardinality: Cardinality, base: BaseType, scalars: Iterable[Scalar]) -> Value | None:
    """A multiple or ordered container; the empty one is NULL."""
    items = tuple(scalars)
    return Value(cardinality, base, items) if items else None


def record(fields: Iterable[tuple[str, Value | None]]) -> Value | None:
    """A record of single values; the empty one is NULL."""
    found = tuple(fields)
    return Value(Cardinality.RECORD, None, (), found) if found else None


def boolean(truth: bool) -> Value:  # noqa: FBT001 - it is the value
    """A single boolean."""
    return TRUE if truth else FALSE


TRUE = Value(Cardinality.SINGLE, BaseType.BOOLEAN, (True,))
FALSE = Value(Cardinality.SINGLE, BaseType.BOOLEAN, (False,))


def integer(number: int) -> Value:
    """A single integer. Raises QtiError `number_too_large`."""
    return Value(Cardinality.SINGLE, BaseType.INTEGER, (_bounded(number),))


#: Exact numbers above this size would make sums and products slow without end.
MAX_BITS = 4096


def _bounded(number: int) -> int:
    if number.bit_length() > MAX_BITS:
        raise QtiError("number_too_large", reason="A number has more than 1,200 digits.", where="")
    return number


# ------------------------------------------------------------------------------------------------- equality


def comparable(first: BaseType | None, second: BaseType | None) -> bool:
    """Whether values of two base types can be equal at all: one type, both numeric, or both texts."""
    if first is None or second is None:
        return first is second
    return first is second or (first.is_numeric and second.is_numeric) or (first.is_text and second.is_text)


def key_of(base: BaseType | None, scalar: Scalar) -> Scalar:
    """What two scalars of comparable types have in common exactly when they are equal; a pair has no order."""
    if base is BaseType.PAIR and isinstance(scalar, tuple):
        first, second = sorted(map(str, scalar))
        return (first, second)
    if base is BaseType.INT_OR_IDENTIFIER:
        return str(scalar)
    return scalar


def keys_of(value: Value) -> list[Scalar]:
    """The keys of every scalar of a value."""
    return [key_of(value.base, scalar) for scalar in value.items]


def same(first: Value | None, second: Value | None) -> bool:
    """Whether two values are one: NULL only with NULL, multiple regardless of order, ordered in order."""
    if first is None or second is None:
        return first is second
    if first.cardinality is not second.cardinality or not comparable(first.base, second.base):
        return False
    if first.cardinality is Cardinality.RECORD:
        mine, other = dict(first.fields), dict(second.fields)
        return mine.keys() == other.keys() and all(same(mine[name], other[name]) for name in mine)
    keys, others = keys_of(first), keys_of(second)
    if any(key != key for key in keys):  # noqa: PLR0124 - NaN is not even itself
        return False
    return Counter(keys) == Counter(others) if first.cardinality is Cardinality.MULTIPLE else keys == others


# -------------------------------------------------------------------------------------------- lexical forms

_INTEGER = re.compile(r"[+-]?[0-9]{1,400}")
_FLOAT = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,6})?")
_INFINITIES = {"INF": float("inf"), "+INF": float("inf"), "-INF": float("-inf"), "NaN": float("nan")}


def parse_integer(text: str) -> int | None:
    """An xsd:integer of at most 400 digits, None for any other text."""
    text = text.strip()
    return int(text) if _INTEGER.fullmatch(text) else None


def parse_float(text: str) -> Number | None:
    """An xsd:double exactly as it is written, None for any other text and beyond 1E308."""
    text = text.strip()
    if text in _INFINITIES:
        return _INFINITIES[text]
    if not _FLOAT.fullmatch(text):
        return None
    nearest = float(text)
    if nearest in {float("inf"), float("-inf")}:
        return None
    return Fraction(0) if nearest == 0 else Fraction(text)


def parse_scalar(base: BaseType, text: str) -> Scalar | None:
    """The scalar that a text stands for, None if it stands for none. A text is taken as it is."""
    match base:
        case BaseType.STRING:
            return text
        case BaseType.IDENTIFIER | BaseType.URI | BaseType.FILE:
            return text.strip()
        case BaseType.BOOLEAN:
            return {"true": True, "1": True, "false": False, "0": False}.get(text.strip())
        case BaseType.INTEGER:
            return parse_integer(text)
        case BaseType.FLOAT | BaseType.DURATION:
            return parse_float(text)
        case BaseType.POINT:
            return _point(text.split())
        case BaseType.PAIR | BaseType.DIRECTED_PAIR:
            parts = text.split()
            return (parts[0], parts[1]) if len(parts) == 2 else None
        case BaseType.INT_OR_IDENTIFIER:
            number = parse_integer(text)
            return text.strip() if number is None else number
        case _:
            assert_never(base)


def _point(parts: list[str]) -> tuple[Number, Number] | None:
    if len(parts) != 2:
        return None
    x, y = map(parse_float, parts)
    return None if x is None or y is None else (x, y)


def parse_single(base: BaseType, text: str) -> Value | None:
    """The single value that a text of an item stands for. Raises QtiError `value_malformed`."""
    if not text.strip() and base is not BaseType.STRING:
        return None
    if "\n" in text:  # the line breaks and indents of XML that was laid out; white space within a line counts
        text = text.strip()
    scalar = parse_scalar(base, text)
    if scalar is None:
        raise QtiError("value_malformed", reason=f"A text of the item is not of base type {base}.", where="")
    return single(base, scalar)


# -------------------------------------------------------------------------------------------------- numbers


def number_of(value: Value) -> Number | int | None:
    """The number that a single value is, None if it is none."""
    if value.cardinality is not Cardinality.SINGLE:
        return None
    numbers = numbers_of(value)
    return None if numbers is None else numbers[0]


def numbers_of(value: Value) -> list[Number | int] | None:
    """Every number of a single value or container, None if it is not numeric."""
    if value.base is BaseType.INT_OR_IDENTIFIER:
        found = [item for item in value.items if isinstance(item, int)]
        return list(found) if len(found) == len(value.items) else None
    if value.base is None or not value.base.is_numeric:
        return None
    return [item for item in value.items if isinstance(item, int | Fraction | float)]


def is_integer(value: Value) -> bool:
    """Whether every number of a numeric value is an integer by type."""
    return value.base is not BaseType.FLOAT
