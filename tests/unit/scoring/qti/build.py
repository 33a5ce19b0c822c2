# SPDX-License-Identifier: Apache-2.0
"""Short words for building QTI in tests: `e("sum", i(1), f("2.5"))`."""

from __future__ import annotations

import random

from scoring.api import Element, to_json
from scoring.qti.declarations import Declaration, parse_declaration
from scoring.qti.expressions import evaluate
from scoring.qti.scope import Scope

NULL = Element("null")


def e(name: str, /, *children: Element, text: str = "", **attributes: str) -> Element:
    """An element."""
    return Element(name, attributes, children, text)


def base(kind: str, text: object) -> Element:
    return e("baseValue", baseType=kind, text=str(text))


def i(number: int) -> Element:
    return base("integer", number)


def f(number: object) -> Element:
    return base("float", number)


def s(text: str) -> Element:
    return base("string", text)


def ident(text: str) -> Element:
    return base("identifier", text)


def pair(text: str) -> Element:
    return base("pair", text)


def point(text: str) -> Element:
    return base("point", text)


def multiple(*children: Element) -> Element:
    return e("multiple", *children)


def ordered(*children: Element) -> Element:
    return e("ordered", *children)


def var(name: str) -> Element:
    return e("variable", identifier=name)


TRUE = base("boolean", "true")
FALSE = base("boolean", "false")


def declare(
    kind: str, identifier: str, cardinality: str, base_type: str | None, *children: Element
) -> Element:
    attributes = {"identifier": identifier, "cardinality": cardinality}
    if base_type is not None:
        attributes["baseType"] = base_type
    return Element(f"{kind}Declaration", attributes, children)


def outcome(identifier: str, base_type: str = "float", *default: str, cardinality: str = "single") -> Element:
    children = [e("defaultValue", *(e("value", text=text) for text in default))] if default else []
    return declare("outcome", identifier, cardinality, base_type, *children)


def response(
    base_type: str = "identifier",
    *correct: str,
    identifier: str = "RESPONSE",
    cardinality: str = "single",
    more: tuple[Element, ...] = (),
) -> Element:
    children = [e("correctResponse", *(e("value", text=text) for text in correct))] if correct else []
    return declare("response", identifier, cardinality, base_type, *children, *more)


def mapping(entries: dict[str, str], **attributes: str) -> Element:
    rows = (e("mapEntry", mapKey=key, mappedValue=worth) for key, worth in entries.items())
    return e("mapping", *rows, **attributes)


def scope_of(*declarations: Element, seed: int = 1) -> Scope:
    parsed: dict[str, Declaration] = {}
    for element in declarations:
        declaration = parse_declaration(element)
        parsed[declaration.identifier] = declaration
    return Scope(parsed, random.Random(seed))


def given(expression: Element, scope: Scope | None = None) -> object:
    """The value of an expression as JSON."""
    return to_json(evaluate(scope or scope_of(), expression))


def warned(expression: Element, scope: Scope | None = None) -> list[str]:
    """The codes of the warnings that an expression causes; it is NULL."""
    scope = scope or scope_of()
    assert evaluate(scope, expression) is None
    return [warning.code for warning in scope.warnings]
