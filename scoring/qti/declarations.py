# SPDX-License-Identifier: Apache-2.0
"""What an item declares of its variables: type, default, correct response, mapping, tables. No rule is run here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from scoring.errors import QtiError
from scoring.qti.areas import Area, parse_area
from scoring.qti.tree import Element
from scoring.qti.values import (
    BaseType,
    Cardinality,
    Number,
    Scalar,
    Value,
    container,
    key_of,
    parse_float,
    parse_integer,
    parse_scalar,
    parse_single,
    record,
)


class Kind(StrEnum):
    """What a variable is for."""

    RESPONSE = "responseDeclaration"
    OUTCOME = "outcomeDeclaration"
    TEMPLATE = "templateDeclaration"
    CONTEXT = "contextDeclaration"


@dataclass(frozen=True, slots=True)
class MapEntry:
    """What one value is worth; `key` is None for the empty text, which stands for NULL."""

    key: Scalar | None
    worth: Fraction
    case_sensitive: bool = True


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a mapping is worth without an entry, and between which bounds its sum stays."""

    default: Fraction = Fraction(0)
    lower: Fraction | None = None
    upper: Fraction | None = None

    def keep(self, total: Fraction) -> Fraction:
        """The sum within the bounds."""
        if self.lower is not None and total < self.lower:
            return self.lower
        return self.upper if self.upper is not None and total > self.upper else total


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping from values to numbers."""

    entries: tuple[MapEntry, ...]
    bounds: Bounds

    def worth(self, base: BaseType, value: Value | None) -> Fraction:
        """The sum over the different values of a response (QTI 2.1, mapResponse); NULL is worth the default."""
        if value is None:
            found = (entry.worth for entry in self.entries if entry.key is None)
            return self.bounds.keep(next(found, self.bounds.default))
        distinct = dict.fromkeys(key_of(base, item) for item in value.items)
        return self.bounds.keep(sum((self._of(key) for key in distinct), Fraction(0)))

    def _of(self, key: Scalar) -> Fraction:
        for entry in self.entries:
            if entry.key == key:
                return entry.worth
            if (
                not entry.case_sensitive
                and isinstance(key, str)
                and isinstance(entry.key, str)
                and entry.key.casefold() == key.casefold()
            ):
                return entry.worth
        return self.bounds.default


@dataclass(frozen=True, slots=True)
class AreaMapping:
    """A mapping from areas to numbers; the first area that holds a point has it."""

    entries: tuple[tuple[Area, Fraction], ...]
    bounds: Bounds

    def worth(self, value: Value | None) -> Fraction:
        """The sum over the points, each area counted once (QTI 2.1, mapResponsePoint); NULL is the default."""
        if value is None:
            return self.bounds.keep(self.bounds.default)
        total, used = Fraction(0), set[int]()
        for point in value.items:
            place = self._place(point)
            if place is None:
                total += self.bounds.default
            elif place not in used:
                used.add(place)
                total += self.entries[place][1]
        return self.bounds.keep(total)

    def _place(self, point: Scalar) -> int | None:
        return next((n for n, (area, _) in enumerate(self.entries) if area.contains(point)), None)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a lookup table: from which number on (or at which), and the value."""

    source: Number
    target: Value | None
    include_boundary: bool = True


@dataclass(frozen=True, slots=True)
class LookupTable:
    """A matchTable (`exact`) or an interpolationTable of an outcome."""

    exact: bool
    rows: tuple[TableRow, ...]
    default: Value | None

    def find(self, number: Number | int) -> Value | None:
        """The value of the first row that the number fits, else the default, else NULL."""
        for row in self.rows:
            if number == row.source and (self.exact or row.include_boundary):
                return row.target
            if not self.exact and number > row.source:
                return row.target
        return self.default


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declared variable. `base` is None for a record only; `external`: people or another machine score it."""

    kind: Kind
    identifier: str
    cardinality: Cardinality
    base: BaseType | None
    default: Value | None = None
    correct: Value | None = None
    mapping: Mapping | None = None
    area_mapping: AreaMapping | None = None
    table: LookupTable | None = None
    external: bool = False

    @property
    def initial(self) -> Value | None:
        """The value at the start: the default; without one an outcome that is one number is 0, any other is NULL."""
        if self.default is None and self.kind is Kind.OUTCOME and self.cardinality is Cardinality.SINGLE:
            if self.base is BaseType.INTEGER:
                return Value(Cardinality.SINGLE, BaseType.INTEGER, (0,))
            if self.base is BaseType.FLOAT:
                return Value(Cardinality.SINGLE, BaseType.FLOAT, (Fraction(0),))
        return self.default


def parse_declaration(element: Element) -> Declaration:
    """Read a declaration.

    Raises QtiError: `declaration_malformed`, `value_malformed`, `area_malformed`, each naming the variable.
    """
    identifier = (element.get("identifier") or "").strip()
    if element.name not in list(Kind) or not identifier:
        raise _malformed("A declaration has no identifier.", element.name)
    try:
        return _parse(element, identifier)
    except QtiError as error:
        raise QtiError(error.code, reason=error.reason, where=identifier) from error


def _parse(element: Element, identifier: str) -> Declaration:
    stated = element.get("cardinality") or ""
    if stated not in list(Cardinality):
        raise _malformed("The cardinality is missing or unknown.", identifier)
    cardinality = Cardinality(stated)
    name = element.get("baseType")
    if name is not None and name not in list(BaseType):
        raise _malformed(f"There is no base type “{name[:40]}”.", identifier)
    if name is None and cardinality is not Cardinality.RECORD:
        raise _malformed("The base type is missing.", identifier)
    base = None if name is None or cardinality is Cardinality.RECORD else BaseType(name)
    kind = Kind(element.name)
    mapping, areas = element.child("mapping"), element.child("areaMapping")
    return Declaration(
        kind=kind,
        identifier=identifier,
        cardinality=cardinality,
        base=base,
        default=_values(element.child("defaultValue"), cardinality, base),
        correct=_values(element.child("correctResponse"), cardinality, base),
        mapping=None if mapping is None or base is None else _mapping(mapping, base),
        area_mapping=None if areas is None else _area_mapping(areas),
        table=_table(element, base),
        external=element.get("externalScored") in {"human", "externalMachine"},
    )


def _malformed(reason: str, where: str) -> QtiError:
    return QtiError("declaration_malformed", reason=reason, where=where)


def _values(parent: Element | None, cardinality: Cardinality, base: BaseType | None) -> Value | None:
    """The value that the `value` children of a default or correct response make together."""
    if parent is None:
        return None
    entries = parent.all("value")
    if cardinality is Cardinality.RECORD:
        return record(
            ((entry.get("fieldIdentifier") or ""), parse_single(_field_base(entry), entry.text))
            for entry in entries
        )
    base = base or BaseType.STRING
    found = [value for entry in entries if (value := parse_single(base, entry.text)) is not None]
    if cardinality is Cardinality.SINGLE:
        # Several values of a single variable are alternatives in the wild; QTI knows the first only.
        return found[0] if found else None
    return container(cardinality, base, (value.scalar for value in found))


def _field_base(entry: Element) -> BaseType:
    name = entry.get("baseType") or "string"
    if name not in list(BaseType):
        raise _malformed(f"There is no base type “{name[:40]}”.", "")
    return BaseType(name)


def _number(element: Element, name: str) -> Fraction | None:
    stated = element.get(name)
    if stated is None:
        return None
    number = parse_float(stated)
    if not isinstance(number, Fraction):
        raise _malformed(f"{element.name} has no number as its {name}.", "")
    return number


def _required(element: Element, name: str) -> Fraction:
    number = _number(element, name)
    if number is None:
        raise _malformed(f"{element.name} has no {name}.", "")
    return number


def is_true(stated: str | None, *, otherwise: bool) -> bool:
    """A boolean attribute; what is neither true nor false counts as not stated."""
    return {"true": True, "1": True, "false": False, "0": False}.get((stated or "").strip(), otherwise)


def _bounds(element: Element) -> Bounds:
    default = _number(element, "defaultValue")
    return Bounds(
        default=Fraction(0) if default is None else default,
        lower=_number(element, "lowerBound"),
        upper=_number(element, "upperBound"),
    )


def _mapping(element: Element, base: BaseType) -> Mapping:
    return Mapping(tuple(_entry(entry, base) for entry in element.all("mapEntry")), _bounds(element))


def _entry(entry: Element, base: BaseType) -> MapEntry:
    text = entry.get("mapKey") or ""
    worth = _required(entry, "mappedValue")
    if not text.strip():
        return MapEntry(None if base is not BaseType.STRING or not text else text, worth)
    scalar = parse_scalar(base, text)
    if scalar is None:
        raise _malformed("A key of the mapping is not of the base type.", "")
    return MapEntry(key_of(base, scalar), worth, is_true(entry.get("caseSensitive"), otherwise=True))


def _area_mapping(element: Element) -> AreaMapping:
    return AreaMapping(
        tuple(
            (
                parse_area(entry.get("shape") or "", entry.get("coords") or "", where=""),
                _required(entry, "mappedValue"),
            )
            for entry in element.all("areaMapEntry")
        ),
        _bounds(element),
    )


def _table(element: Element, base: BaseType | None) -> LookupTable | None:
    for name, entry_name in (
        ("matchTable", "matchTableEntry"),
        ("interpolationTable", "interpolationTableEntry"),
    ):
        table = element.child(name)
        if table is None:
            continue
        exact = name == "matchTable"
        base = base or BaseType.STRING
        default = table.get("defaultValue")
        return LookupTable(
            exact=exact,
            rows=tuple(_row(entry, base, exact=exact) for entry in table.all(entry_name)),
            default=None if default is None else parse_single(base, default),
        )
    return None


def _row(entry: Element, base: BaseType, *, exact: bool) -> TableRow:
    text = entry.get("sourceValue") or ""
    source = parse_integer(text) if exact else parse_float(text)
    if source is None:
        raise _malformed(f"{entry.name} has no number as its sourceValue.", "")
    return TableRow(
        Fraction(source) if isinstance(source, int) else source,
        parse_single(base, entry.get("targetValue") or ""),
        is_true(entry.get("includeBoundary"), otherwise=True),
    )
