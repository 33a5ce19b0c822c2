# SPDX-License-Identifier: Apache-2.0
"""What is known of each item of a test when outcomes are processed, read from JSON. The test's own rules live elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from scoring.errors import QtiError
from scoring.qti.json_values import MAX_ITEMS
from scoring.qti.values import BaseType, Cardinality, Value, container, parse_float, record, single

_FLAGS = ("selected", "presented", "responded", "correct")
_TABLES = ("maximum", "minimum")
_LONG = frozenset({"outcomes", "responses", "duration", *_FLAGS, *_TABLES})


@dataclass(frozen=True, slots=True)
class ItemOutcomes:
    """One item as the candidate left it.

    `outcomes` and `responses` are its variables by name (NULL is None). `correct` says whether every response
    matches its correct response; None with `correctness_given` means that not every response declares one.
    `maximum` and `minimum` are the declared normal bounds of its outcomes; `duration` is in seconds.
    """

    outcomes: Mapping[str, Value | None] = field(default_factory=dict)
    responses: Mapping[str, Value | None] = field(default_factory=dict)
    selected: bool = True
    presented: bool = True
    responded: bool = True
    correct: bool | None = None
    correctness_given: bool = False
    maximum: Mapping[str, Fraction] = field(default_factory=dict)
    minimum: Mapping[str, Fraction] = field(default_factory=dict)
    duration: Fraction | None = None

    def variable(self, name: str) -> Value | None:
        """An outcome or, failing that, a response of that name; NULL if there is neither."""
        return self.outcomes[name] if name in self.outcomes else self.responses.get(name)

    def has(self, name: str) -> bool:
        """Whether the item has a variable of that name, NULL or not."""
        return name in self.outcomes or name in self.responses


def read_items(document: object) -> dict[str, ItemOutcomes]:
    """Read the object under `"items"`: item identifier to the long or the short form.

    Long: any of `outcomes`, `responses`, `selected`, `presented`, `responded`, `correct`, `maximum`, `minimum`,
    `duration`; short: the outcomes themselves. Without them, `selected` is true, `presented` as `selected`,
    `responded` whether any response is not NULL (as `presented` where no responses are given); `correct` is unknown,
    and null where the item declares no correct response.
    Raises QtiError `items_malformed`.
    """
    if not isinstance(document, dict):
        raise _malformed("An object of items is expected.", "items")
    if len(document) > MAX_ITEMS:
        raise _malformed(f"There are more than {MAX_ITEMS} items.", "items")
    return {name: _read_item(entry, where=name) for name, entry in document.items()}


def _malformed(reason: str, where: str) -> QtiError:
    return QtiError("items_malformed", reason=reason, where=where[:80])


def _read_item(entry: object, *, where: str) -> ItemOutcomes:
    if not isinstance(entry, dict):
        raise _malformed("An item is an object of outcomes.", where)
    if not entry.keys() <= _LONG:
        if entry.keys() & {"outcomes", "responses"}:
            unknown = min(entry.keys() - _LONG)
            raise _malformed(f"There is no member “{str(unknown)[:40]}”.", where)
        return ItemOutcomes(outcomes=_variables(entry, where=where))
    for name in _FLAGS:
        if not isinstance(entry.get(name, False), bool | None):
            raise _malformed(f"“{name}” is true or false.", where)
    responses = _variables(entry.get("responses", {}), where=f"{where}.responses")
    selected = entry.get("selected", True) is not False
    presented = _flag(entry, "presented", otherwise=selected)
    answered = any(value is not None for value in responses.values()) if "responses" in entry else presented
    return ItemOutcomes(
        outcomes=_variables(entry.get("outcomes", {}), where=f"{where}.outcomes"),
        responses=responses,
        selected=selected,
        presented=presented,
        responded=_flag(entry, "responded", otherwise=answered),
        correct=entry.get("correct"),
        correctness_given="correct" in entry,
        maximum=_numbers(entry.get("maximum", {}), where=f"{where}.maximum"),
        minimum=_numbers(entry.get("minimum", {}), where=f"{where}.minimum"),
        duration=read_seconds(entry.get("duration"), where=f"{where}.duration"),
    )


def _flag(entry: Mapping[str, object], name: str, *, otherwise: bool) -> bool:
    stated = entry.get(name)
    return stated if isinstance(stated, bool) else otherwise


def _numbers(document: object, *, where: str) -> dict[str, Fraction]:
    if not isinstance(document, dict):
        raise _malformed("An object of numbers is expected.", where)
    return {name: _number(entry, where=f"{where}.{name}") for name, entry in document.items()}


def _number(entry: object, *, where: str) -> Fraction:
    number = (
        parse_float(str(entry)) if isinstance(entry, int | float) and not isinstance(entry, bool) else None
    )
    if not isinstance(number, Fraction):
        raise _malformed("A number is expected.", where)
    return number


def read_seconds(document: object, *, where: str) -> Fraction | None:
    """A duration in seconds, None for null. Raises QtiError `items_malformed`."""
    if document is None:
        return None
    seconds = _number(document, where=where)
    if seconds < 0:
        raise _malformed("A duration is not negative.", where)
    return seconds


def _variables(document: object, *, where: str) -> dict[str, Value | None]:
    if not isinstance(document, dict):
        raise _malformed("An object of variables is expected.", where)
    return {name: _value(entry, where=f"{where}.{name}") for name, entry in document.items()}


def _value(entry: object, *, where: str) -> Value | None:
    """A value by the type of its JSON: true boolean, 1 integer, 1.0 float, text, list multiple, object record."""
    match entry:
        case None | "":
            return None
        case dict():
            return record((name, _value(part, where=f"{where}.{name}")) for name, part in entry.items())
        case list():
            parts = [value for part in entry if (value := _value(part, where=where)) is not None]
            bases = {value.base for value in parts}
            if any(value.cardinality is not Cardinality.SINGLE for value in parts):
                raise _malformed("A list holds single values.", where)
            if bases == {BaseType.INTEGER, BaseType.FLOAT}:
                parts = [single_float(value) for value in parts]
                bases = {BaseType.FLOAT}
            if len(bases) > 1:
                raise _malformed("A list holds values of one type.", where)
            base = bases.pop() if bases else None
            return (
                None
                if base is None
                else container(Cardinality.MULTIPLE, base, (value.scalar for value in parts))
            )
        case bool():
            return Value(Cardinality.SINGLE, BaseType.BOOLEAN, (entry,))
        case int():
            return Value(Cardinality.SINGLE, BaseType.INTEGER, (int(_number(entry, where=where)),))
        case float():
            return Value(Cardinality.SINGLE, BaseType.FLOAT, (_number(entry, where=where),))
        case str():
            return single(BaseType.STRING, entry)
        case _:
            raise _malformed("A value is null, a boolean, a number, a text, a list or an object.", where)


def single_float(value: Value) -> Value:
    """An integer or float as a float."""
    scalar = value.scalar
    return (
        Value(Cardinality.SINGLE, BaseType.FLOAT, (Fraction(scalar),)) if isinstance(scalar, int) else value
    )
