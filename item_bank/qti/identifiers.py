# SPDX-License-Identifier: Apache-2.0
"""QTI's identifiers as the bank's: the same wherever they fit, else shorter ones, in declarations and rules too."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from item_bank.items.part_parsing import CHOICE_ID, PART_ID
from scoring.api import Element

_EXTERNAL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
_ODD = re.compile(r"[^A-Za-z0-9_-]+")
_TYPED: Final = frozenset({"identifier", "pair", "directedPair", "intOrIdentifier"})
_NAMED: Final = frozenset(
    {"variable", "correct", "mapResponse", "mapResponsePoint", "isNull", "responseDeclaration", "default"}
)


class Identifiers:
    """One renaming for a whole item, so that equal identifiers stay equal."""

    def __init__(self) -> None:
        self._new: dict[str, str] = {}
        self._taken: set[str] = set()

    def reserve(self, identifiers: list[str]) -> None:
        """Let those that fit keep their names, whatever comes later."""
        for identifier in identifiers:
            if CHOICE_ID.fullmatch(identifier):
                self._new[identifier] = identifier
                self._taken.add(identifier)

    def part(self, identifier: str) -> str:
        """The identifier of a response variable."""
        return self._named(identifier, PART_ID)

    def choice(self, identifier: str) -> str:
        """The identifier of something that can be chosen."""
        return self._named(identifier, CHOICE_ID)

    @property
    def renamed(self) -> dict[str, str]:
        """What got another name."""
        return {old: new for old, new in self._new.items() if old != new}

    def _named(self, identifier: str, pattern: re.Pattern[str]) -> str:
        found = self._new.get(identifier)
        if found is not None and pattern.fullmatch(found):
            return found
        if pattern.fullmatch(identifier) and identifier not in self._taken:
            new = identifier
        else:
            base = _ODD.sub("_", identifier)[-24:].lstrip("_-0123456789") or "R"
            new, number = base, 2
            while new in self._taken:
                new, number = f"{base}_{number}", number + 1
        self._new[identifier] = new
        self._taken.add(new)
        return new

    def in_rules(self, element: Element, types: dict[str, str]) -> Element:
        """Declarations or rules with the new names; ``types`` are the base types of the variables by their old names."""
        if not self.renamed:
            return element
        return self._walk(element, types, "")

    def _walk(self, element: Element, types: dict[str, str], base: str) -> Element:
        name = element.name
        attributes = dict(element.attributes)
        if (
            name in ("responseDeclaration", "outcomeDeclaration", "templateDeclaration")
            or name == "baseValue"
        ):
            base = attributes.get("baseType", "")
        old = attributes.get("identifier")
        if old is not None and name in _NAMED and old in types:
            attributes["identifier"] = self.renamed.get(old, old)
        if base in _TYPED and "mapKey" in attributes:
            attributes["mapKey"] = self._tokens(attributes["mapKey"])
        text = (
            self._tokens(element.text) if base in _TYPED and name in ("value", "baseValue") else element.text
        )
        children = tuple(self._walk(child, types, base) for child in element.children)
        return replace(element, attributes=attributes, children=children, text=text)

    def _tokens(self, text: str) -> str:
        return " ".join(self.renamed.get(token, token) for token in text.split())


def external_id(identifier: str, *, otherwise: str) -> str:
    """The identifier of an item as the bank can hold it."""
    if _EXTERNAL.fullmatch(identifier):
        return identifier
    for candidate in (identifier, otherwise):
        new = re.sub(r"[^A-Za-z0-9._/-]+", "-", candidate).strip("-._/")[-64:].strip("-._/")
        if new:
            return new
    return "item"
