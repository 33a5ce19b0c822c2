# SPDX-License-Identifier: Apache-2.0
"""A QTI test as outcome processing sees it: its items in their sections, its outcomes, its rules. Nothing is run here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from scoring.errors import QtiError
from scoring.qti.declarations import Declaration, Kind, parse_declaration
from scoring.qti.tree import Element
from scoring.qti.values import parse_float

#: Items that one test may refer to.
MAX_REFERENCES = 5_000


@dataclass(frozen=True, slots=True)
class ItemReference:
    """One `assessmentItemRef`: its categories and weights, and where it stands.

    `places` are the identifiers of its test part and of every section around it; `renamed` gives the item's own
    name of a variable by the name that the test uses (variableMapping); `drawn` is true under a `selection`, where
    an item may not have been chosen for this candidate.
    """

    identifier: str
    categories: frozenset[str]
    weights: Mapping[str, Fraction]
    renamed: Mapping[str, str]
    places: frozenset[str]
    sections: frozenset[str]
    drawn: bool


@dataclass(frozen=True, slots=True)
class TestProgram:
    """What outcome processing needs of a test: declarations, items in document order, rules (None: it has none)."""

    __test__ = False  # pytest takes the name for a class of tests

    identifier: str
    declarations: Mapping[str, Declaration]
    items: tuple[ItemReference, ...]
    places: frozenset[str]
    processing: Element | None


def parse_test(root: Element) -> TestProgram:
    """Read an `assessmentTest`.

    Raises QtiError: `test_malformed`, `section_reference` (a section in another file is not resolved),
    `declaration_malformed`, `value_malformed`.
    """
    if root.name != "assessmentTest":
        raise _malformed(f"An assessmentTest is expected, not {root.name}.", root.name)
    declarations: dict[str, Declaration] = {}
    for element in root.all(Kind.OUTCOME.value):
        declaration = parse_declaration(element)
        if declaration.identifier in declarations:
            raise _malformed("An outcome is declared twice.", declaration.identifier)
        declarations[declaration.identifier] = declaration
    reader = _Reader()
    for part in root.all("testPart"):
        reader.read(part, places=frozenset(), sections=frozenset(), drawn=False)
    return TestProgram(
        identifier=(root.get("identifier") or "").strip(),
        declarations=MappingProxyType(declarations),
        items=tuple(reader.items),
        places=frozenset(reader.places),
        processing=root.child("outcomeProcessing"),
    )


def _malformed(reason: str, where: str) -> QtiError:
    return QtiError("test_malformed", reason=reason, where=where)


class _Reader:
    """Collects the item references below a test part, in document order."""

    def __init__(self) -> None:
        self.items: list[ItemReference] = []
        self.places: list[str] = []

    def read(
        self, element: Element, *, places: frozenset[str], sections: frozenset[str], drawn: bool
    ) -> None:
        """Read a test part or section with what is below it."""
        identifier = self._place(element)
        places = places | {identifier}
        if element.name == "assessmentSection":
            sections = sections | {identifier}
        drawn = drawn or element.child("selection") is not None
        for child in element.children:
            match child.name:
                case "assessmentSection":
                    self.read(child, places=places, sections=sections, drawn=drawn)
                case "assessmentItemRef":
                    self._item(child, places=places, sections=sections, drawn=drawn)
                case "assessmentSectionRef":
                    raise QtiError(
                        "section_reference",
                        reason="A section of the test is in another file; put it into the test.",
                        where=child.get("href") or identifier,
                    )
                case _:
                    pass  # titles, time limits, rubric blocks and rules of the delivery

    def _place(self, element: Element) -> str:
        identifier = (element.get("identifier") or "").strip()
        if not identifier or identifier in self.places:
            raise _malformed(
                "A test part or section has no identifier, or that of another.", identifier or element.name
            )
        self.places.append(identifier)
        return identifier

    def _item(
        self, element: Element, *, places: frozenset[str], sections: frozenset[str], drawn: bool
    ) -> None:
        identifier = (element.get("identifier") or "").strip()
        if not identifier or any(item.identifier == identifier for item in self.items):
            raise _malformed(
                "An assessmentItemRef has no identifier, or that of another.", identifier or element.name
            )
        if len(self.items) == MAX_REFERENCES:
            raise _malformed(f"The test has more than {MAX_REFERENCES} items.", identifier)
        self.items.append(
            ItemReference(
                identifier=identifier,
                categories=frozenset((element.get("category") or "").split()),
                weights=MappingProxyType(dict(_weight(one, identifier) for one in element.all("weight"))),
                renamed=MappingProxyType(
                    {
                        (one.get("targetIdentifier") or "").strip(): (
                            one.get("sourceIdentifier") or ""
                        ).strip()
                        for one in element.all("variableMapping")
                    }
                ),
                places=places,
                sections=sections,
                drawn=drawn,
            )
        )


def _weight(element: Element, item: str) -> tuple[str, Fraction]:
    value = parse_float(element.get("value") or "")
    if not isinstance(value, Fraction):
        raise _malformed("A weight has no number as its value.", item)
    return (element.get("identifier") or "").strip(), value
