# SPDX-License-Identifier: Apache-2.0
"""The marks of a credential: maxima, awarded marks, and their exact sums. No pass rule lives here.

A mark sits in a cell: (NOS, element, PC, item, component). Current qualification packs put marks on elements
(groups of PCs), older ones and micro-credentials on PCs; where the items of a PC are known with their marks,
the marks may sit on those. All are cells, with the finer places left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import assert_never

from scoring.errors import MarkError
from scoring.exact import MarkInput, exact_sum, format_mark, parse_mark

#: The word that means every component in a rule; no component may be called so.
ALL_COMPONENTS = "all"


class Level(StrEnum):
    """How much of a credential a scope takes in."""

    ITEM = "item"
    PC = "pc"
    ELEMENT = "element"
    NOS = "nos"
    CREDENTIAL = "credential"


class Basis(StrEnum):
    """How marks of different NOS add up: as they are, or each NOS by its weight in the credential."""

    RAW = "raw"
    WEIGHTED = "weighted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One place where marks are awarded.

    `pc` is None where the marks sit on the element, `element` is None where the NOS has no elements, `item` is
    None where the marks are not split over items (questions, observed criteria).
    """

    nos: str
    component: str
    element: str | None = None
    pc: str | None = None
    item: str | None = None

    def facts(self) -> dict[str, str | None]:
        """The cell as JSON; the item only where there is one."""
        own = {"nos": self.nos, "element": self.element, "pc": self.pc, "component": self.component}
        return own if self.item is None else {**own, "item": self.item}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A PC within its NOS and element; needed for a PC without marks of its own."""

    nos: str
    pc: str
    element: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a credential that a rule speaks of.

    `name` is the item, PC, element or NOS (empty for the credential). `nos` says which NOS an item, PC or
    element belongs to; a rule may leave it out where the name is found once in the credential, `CredentialMarks.resolve`
    fills it in.
    """

    level: Level
    name: str = ""
    nos: str | None = None

    @property
    def label(self) -> str:
        """The name on its own: "PC1", "CON/N0602", "credential"."""
        return self.name or self.level.value

    def to_document(self) -> dict[str, object]:
        """The scope as it stands in a rule document."""
        match self.level:
            case Level.CREDENTIAL:
                return {"credential": True}
            case Level.NOS:
                return {"nos": self.name}
            case Level.ITEM | Level.PC | Level.ELEMENT:
                own: dict[str, object] = {self.level.value: self.name}
                return own if self.nos is None else {"nos": self.nos, **own}
            case _:
                assert_never(self.level)


CREDENTIAL = Scope(Level.CREDENTIAL)


def nos_scope(nos: str) -> Scope:
    """The whole of one NOS."""
    return Scope(Level.NOS, nos, nos)


def element_scope(element: str, *, nos: str | None = None) -> Scope:
    """One element of a NOS."""
    return Scope(Level.ELEMENT, element, nos)


def pc_scope(pc: str, *, nos: str | None = None) -> Scope:
    """One Performance Criterion of a NOS."""
    return Scope(Level.PC, pc, nos)


def item_scope(item: str, *, nos: str | None = None) -> Scope:
    """One item of a NOS: a question, or a criterion that is observed."""
    return Scope(Level.ITEM, item, nos)


@dataclass(frozen=True, slots=True)
class CredentialMarks:
    """The maxima of a credential. Build it with `credential_marks`, which checks it.

    `weights` are percentages per NOS that sum to 100, or empty if the credential has no weightage table.
    `index` has the cells of every known scope, in the order of the document; a PC whose marks sit on its
    element only is known with no cells. `element_of` has the element of every PC, None where the NOS has no
    elements.
    """

    maxima: Mapping[Cell, Fraction]
    weights: Mapping[str, Fraction]
    element_of: Mapping[Scope, str | None]
    index: Mapping[Scope, tuple[Cell, ...]] = field(compare=False, repr=False)

    @property
    def components(self) -> tuple[str, ...]:
        """The names of all components, in the order of the document."""
        return tuple(dict.fromkeys(cell.component for cell in self.maxima))

    def scopes(self, level: Level) -> tuple[Scope, ...]:
        """Every scope of one level, in the order of the document."""
        return tuple(scope for scope in self.index if scope.level is level)

    def resolve(self, scope: Scope) -> Scope:
        """Fill in the NOS of a scope. Raises MarkError `unknown_<level>` or `ambiguous_<level>`."""
        if scope in self.index:
            return scope
        facts: dict[str, object] = {scope.level.value: scope.name}
        if scope.nos is not None:
            raise MarkError(f"unknown_{scope.level}", **{"nos": scope.nos, **facts})
        found = [known for known in self.scopes(scope.level) if known.name == scope.name]
        if not found:
            raise MarkError(f"unknown_{scope.level}", **facts)
        if len(found) > 1:
            raise MarkError(f"ambiguous_{scope.level}", **facts, in_nos=[known.nos for known in found])
        return found[0]

    def cells_of(self, scope: Scope, *, components: tuple[str, ...] | None = None) -> tuple[Cell, ...]:
        """The cells that a scope sums over; `components` None means all of them.

        Raises MarkError: as `resolve`; `unknown_component`; `marks_on_element` for a PC of an element that
        holds marks for its PCs together (how much of them is this PC's is not declared).
        """
        resolved = self.resolve(scope)
        for component in components or ():
            if component not in self.components:
                raise MarkError("unknown_component", component=component)
        for shared in _of_components(self._marks_on_element(resolved), components):
            raise MarkError("marks_on_element", **{**shared.facts(), "pc": resolved.name})
        return _of_components(self.index[resolved], components)

    def components_of(self, scope: Scope) -> tuple[str, ...]:
        """The components that hold marks in a resolved scope; none for a PC with marks on its element."""
        if self._marks_on_element(scope):
            return ()
        return tuple(dict.fromkeys(cell.component for cell in self.index[scope] if self.maxima[cell]))

    def _marks_on_element(self, scope: Scope) -> tuple[Cell, ...]:
        """The cells in which a PC's element holds marks for its PCs together; none for any other scope."""
        element = self.element_of.get(scope)
        if element is None:
            return ()
        return tuple(cell for cell in self.index[element_scope(element, nos=scope.nos)] if cell.pc is None)

    def weight_of_mark(self, nos: str, *, components: tuple[str, ...] | None = None) -> Fraction:
        """What one raw mark of a NOS counts, in percentage points of the credential, over these components.

        It is weight / maximum, so that the marks of the NOS over these components come to its weight in all;
        0 where the NOS has no such marks. Raises MarkError `no_weights`.
        """
        if not self.weights:
            raise MarkError("no_weights", nos=nos)
        cells = _of_components(self.index[nos_scope(nos)], components)
        maximum = exact_sum(self.maxima[cell] for cell in cells)
        return self.weights[nos] / maximum if maximum else Fraction(0)


def _of_components(cells: tuple[Cell, ...], components: tuple[str, ...] | None) -> tuple[Cell, ...]:
    return cells if components is None else tuple(cell for cell in cells if cell.component in components)


def credential_marks(
    maxima: Iterable[tuple[Cell, MarkInput]],
    *,
    weights: Mapping[str, MarkInput] | None = None,
    pcs: Iterable[Place] = (),
) -> CredentialMarks:
    """Check and index the maxima of a credential.

    `weights` are percentages, one per NOS. `pcs` names the PCs that have no marks of their own (others may be
    named too). Raises MarkError: `no_marks`, `duplicate_cell`, `cell_without_place`, `item_without_pc`,
    `bad_component`, `pc_in_two_elements`, `unknown_nos`, `weight_missing`, `weights_not_100`, and as `parse_mark`.
    """
    checked = _checked_maxima(maxima)
    cells: dict[Scope, list[Cell]] = {CREDENTIAL: []}
    elements: dict[Scope, str | None] = {}
    for cell in checked:
        cells[CREDENTIAL].append(cell)
        cells.setdefault(nos_scope(cell.nos), []).append(cell)
        if cell.element is not None:
            cells.setdefault(element_scope(cell.element, nos=cell.nos), []).append(cell)
        if cell.pc is not None:
            cells.setdefault(pc_scope(cell.pc, nos=cell.nos), []).append(cell)
            _put_pc(elements, Place(nos=cell.nos, element=cell.element, pc=cell.pc))
        if cell.item is not None:
            cells.setdefault(item_scope(cell.item, nos=cell.nos), []).append(cell)
    for place in pcs:
        if nos_scope(place.nos) not in cells:
            raise MarkError("unknown_nos", nos=place.nos)
        if place.element is not None and element_scope(place.element, nos=place.nos) not in cells:
            raise MarkError("unknown_element", nos=place.nos, element=place.element)
        cells.setdefault(pc_scope(place.pc, nos=place.nos), [])
        _put_pc(elements, place)
    return CredentialMarks(
        maxima=checked,
        weights=_checked_weights(weights or {}, known={cell.nos for cell in checked}),
        element_of=elements,
        index={scope: tuple(own) for scope, own in cells.items()},
    )


def _checked_maxima(maxima: Iterable[tuple[Cell, MarkInput]]) -> dict[Cell, Fraction]:
    checked: dict[Cell, Fraction] = {}
    for cell, maximum in maxima:
        if cell.element is None and cell.pc is None:
            raise MarkError("cell_without_place", **cell.facts())
        if cell.item is not None and cell.pc is None:
            raise MarkError("item_without_pc", **cell.facts())
        if cell.component in ("", ALL_COMPONENTS):
            raise MarkError("bad_component", **cell.facts())
        if cell in checked:
            raise MarkError("duplicate_cell", **cell.facts())
        checked[cell] = parse_mark(maximum)
    if not any(checked.values()):
        raise MarkError("no_marks")
    return checked


def _put_pc(elements: dict[Scope, str | None], place: Place) -> None:
    scope = pc_scope(place.pc, nos=place.nos)
    if elements.setdefault(scope, place.element) != place.element:
        raise MarkError(
            "pc_in_two_elements", nos=place.nos, pc=place.pc, elements=[elements[scope], place.element]
        )


def _checked_weights(weights: Mapping[str, MarkInput], *, known: set[str]) -> dict[str, Fraction]:
    parsed = {nos: parse_mark(weight) for nos, weight in weights.items()}
    if not parsed:
        return parsed
    for nos in sorted(parsed.keys() ^ known):
        raise MarkError("weight_missing" if nos in known else "unknown_nos", nos=nos)
    total = sum(parsed.values(), Fraction(0))
    if total != 100:
        raise MarkError("weights_not_100", total=format_mark(total))
    return parsed


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over cells: what is earned so far, what could be earned, and how much of that is not marked yet.

    Raw marks, or percentage points of the credential on the weighted basis. earned + open <= maximum.
    """

    earned: Fraction
    maximum: Fraction
    open: Fraction


@dataclass(frozen=True, slots=True)
class MarkTable:
    """A candidate's marks beside the maxima; a cell absent from `awarded` is not marked yet, not zero."""

    credential: CredentialMarks
    awarded: Mapping[Cell, Fraction]

    def total(
        self, scope: Scope, *, components: tuple[str, ...] | None = None, basis: Basis = Basis.RAW
    ) -> Total:
        """Sum a scope over some components (None: all).

        Raises MarkError: as `cells_of` and `weight_of_mark`; `no_marks_in_scope` if nothing can be earned
        there.
        """
        cells = self.credential.cells_of(scope, components=components)
        maxima, awarded = self.credential.maxima, self.awarded
        earned = maximum = still_open = Fraction(0)
        for worth, own in self._by_worth(cells, components, basis):
            maximum += worth * exact_sum(maxima[cell] for cell in own)
            earned += worth * exact_sum(awarded[cell] for cell in own if cell in awarded)
            still_open += worth * exact_sum(maxima[cell] for cell in own if cell not in awarded)
        if not maximum:
            raise MarkError(
                "no_marks_in_scope",
                scope=scope.to_document(),
                components=ALL_COMPONENTS if components is None else list(components),
            )
        return Total(earned=earned, maximum=maximum, open=still_open)

    def _by_worth(
        self, cells: tuple[Cell, ...], components: tuple[str, ...] | None, basis: Basis
    ) -> Iterator[tuple[Fraction, tuple[Cell, ...]]]:
        """The cells in groups whose marks are worth the same, with what a mark is worth."""
        if basis is Basis.RAW:
            yield Fraction(1), cells
            return
        for nos in dict.fromkeys(cell.nos for cell in cells):
            worth = self.credential.weight_of_mark(nos, components=components)
            yield worth, tuple(cell for cell in cells if cell.nos == nos)


def mark_table(credential: CredentialMarks, awarded: Mapping[Cell, MarkInput]) -> MarkTable:
    """Check a candidate's marks.

    Raises MarkError: `unknown_cell`, `mark_above_maximum`, and as `parse_mark`.
    """
    checked: dict[Cell, Fraction] = {}
    for cell, given in awarded.items():
        if cell not in credential.maxima:
            raise MarkError("unknown_cell", **cell.facts())
        mark = parse_mark(given)
        if mark > credential.maxima[cell]:
            raise MarkError(
                "mark_above_maximum",
                **cell.facts(),
                mark=format_mark(mark),
                maximum=format_mark(credential.maxima[cell]),
            )
        checked[cell] = mark
    return MarkTable(credential=credential, awarded=checked)
