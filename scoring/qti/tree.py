# SPDX-License-Identifier: Apache-2.0
"""Declarations and rules as a plain, frozen tree. What they mean, and reading XML, do not live here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from scoring.errors import QtiError

#: How deep a tree may be; XML deeper than that is refused when it is read, too.
MAX_DEPTH = 256

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Element:
    """One element in the names of QTI 2: `responseCondition`, attribute `responseIdentifier`, no namespace.

    `text` is the element's own character data, joined (the children's is theirs). Elements of another
    vocabulary carry its prefix (`mathml:math`, `apip:…`). Elements are values: equal when all of it is equal.
    """

    name: str
    attributes: Mapping[str, str] = field(default_factory=lambda: _NONE)
    children: tuple[Element, ...] = ()
    text: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.attributes, MappingProxyType):
            object.__setattr__(self, "attributes", MappingProxyType(dict(self.attributes)))

    def __hash__(self) -> int:
        return hash((self.name, frozenset(self.attributes.items()), self.children, self.text))

    def get(self, name: str, default: str | None = None) -> str | None:
        """The value of an attribute."""
        return self.attributes.get(name, default)

    def child(self, name: str) -> Element | None:
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> tuple[Element, ...]:
        """Every child of that name, in order."""
        return tuple(child for child in self.children if child.name == name)

    def descend(self) -> Iterator[Element]:
        """This element and everything below it, in document order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))

    def to_document(self) -> dict[str, object]:
        """The compact JSON form: `{"n": name, "a": {…}, "c": […], "t": text}` without empty members."""
        document: dict[str, object] = {"n": self.name}
        if self.attributes:
            document["a"] = dict(self.attributes)
        if self.children:
            document["c"] = [child.to_document() for child in self.children]
        if self.text:
            document["t"] = self.text
        return document

    @classmethod
    def from_document(cls, document: object, *, depth: int = 0) -> Element:
        """Read the JSON form. Raises QtiError `tree_malformed` for any other shape or above MAX_DEPTH."""
        if depth >= MAX_DEPTH:
            raise QtiError("tree_malformed", reason="The tree is too deep.", where="")
        match document:
            case {"n": str(name), **rest} if rest.keys() <= {"a", "c", "t"}:
                attributes, children, text = rest.get("a", {}), rest.get("c", []), rest.get("t", "")
            case _:
                raise QtiError("tree_malformed", reason="An element has another shape.", where="")
        if (
            not isinstance(attributes, dict)
            or not all(isinstance(part, str) for pair in attributes.items() for part in pair)
            or not isinstance(children, list)
            or not isinstance(text, str)
        ):
            raise QtiError("tree_malformed", reason="An element has another shape.", where=name)
        return cls(name, attributes, tuple(cls.from_document(one, depth=depth + 1) for one in children), text)
