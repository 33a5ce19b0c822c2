# SPDX-License-Identifier: Apache-2.0
"""The credential document as values, and the states of its versions. No parsing, no storage, no rule of a guideline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from core.errors import Conflict
from item_bank.document import LocalText
from item_bank.standards.dossier import Adoption, Capacity, CredentialKind, Dossier
from scoring.api import Cell, CredentialMarks, Place, Rule, credential_marks, leaves
from scoring.api import Level as ScopeLevel


class CredentialState(StrEnum):
    """Where a credential version stands."""

    DRAFT = "draft"
    LIVE = "live"
    WITHDRAWN = "withdrawn"


class CredentialCommand(StrEnum):
    """What may be done to a credential version."""

    PUBLISH = "publish"
    WITHDRAW = "withdraw"


TRANSITIONS: Final[Mapping[tuple[CredentialState, CredentialCommand], CredentialState]] = {
    (CredentialState.DRAFT, CredentialCommand.PUBLISH): CredentialState.LIVE,
    (CredentialState.DRAFT, CredentialCommand.WITHDRAW): CredentialState.WITHDRAWN,
    (CredentialState.LIVE, CredentialCommand.WITHDRAW): CredentialState.WITHDRAWN,
}


def decide(state: CredentialState, command: CredentialCommand) -> CredentialState:
    """The state after ``command``; Conflict(``credential_state``) where the table has no such step."""
    after = TRANSITIONS.get((state, command))
    if after is None:
        raise Conflict("credential_state", state=state.value, command=command.value)
    return after


@dataclass(frozen=True, slots=True)
class Hours:
    """Notional learning hours, exact."""

    total: Decimal
    theory: Decimal
    practical: Decimal
    ojt: Decimal


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the blended assessment with its share of the time.

    ``online`` None: not said. A part that is not online has a reason (NCVET 3.1.6, 4.1.3.6).
    """

    id: str
    minutes: int
    online: bool | None = None
    reason: LocalText | None = None


@dataclass(frozen=True, slots=True)
class PerformanceCriterion:
    """One PC: its standard, the knowledge behind it, its marks per component, and its threshold as a share of them.

    ``label`` is the name as printed where that repeats in every NOS; ``element`` names the element that holds the PC. Where the
    marks sit on the element the PC has none of its own. ``hours`` are notional learning hours, where they are said.
    """

    id: str
    title: LocalText
    knowledge: tuple[LocalText, ...]
    mandatory: bool | None
    threshold: Fraction | None
    marks: tuple[tuple[str, Fraction], ...]
    label: str = ""
    element: str | None = None
    hours: Decimal | None = None
    capacity: Capacity | None = None

    @property
    def printed(self) -> str:
        """The name that people know it by."""
        return self.label or self.id

    @property
    def maximum(self) -> Fraction:
        """Marks over all components."""
        return sum((marks for _, marks in self.marks), Fraction(0))

    def marks_in(self, component: str) -> Fraction:
        """Marks in one component, 0 where it has none."""
        return dict(self.marks).get(component, Fraction(0))


@dataclass(frozen=True, slots=True)
class Element:
    """A group of PCs in a NOS. Its marks count for its PCs together; where they sit on the PCs it has none."""

    id: str
    title: LocalText
    pcs: tuple[str, ...]
    marks: tuple[tuple[str, Fraction], ...] = ()
    threshold: Fraction | None = None

    @property
    def maximum(self) -> Fraction:
        """Marks over all components."""
        return sum((marks for _, marks in self.marks), Fraction(0))

    def marks_in(self, component: str) -> Fraction:
        """Marks in one component, 0 where it has none."""
        return dict(self.marks).get(component, Fraction(0))


@dataclass(frozen=True, slots=True)
class Nos:
    """A national occupational standard: a set of PCs with a weight in per cent of the credential.

    ``pcs`` are all of them, those of ``elements`` too. ``credits`` and ``total`` (of marks) are as printed, where they are.
    """

    code: str
    title: LocalText
    weight: Fraction
    pcs: tuple[PerformanceCriterion, ...]
    elements: tuple[Element, ...] = ()
    credits: Decimal | None = None
    total: Fraction | None = None
    hours: Decimal | None = None

    @property
    def maximum(self) -> Fraction:
        """Marks over its elements and PCs in all components."""
        parts: tuple[Element | PerformanceCriterion, ...] = (*self.elements, *self.pcs)
        return sum((part.maximum for part in parts), Fraction(0))

    def marks_in(self, component: str) -> Fraction:
        """Marks over its elements and PCs in one component."""
        parts: tuple[Element | PerformanceCriterion, ...] = (*self.elements, *self.pcs)
        return sum((part.marks_in(component) for part in parts), Fraction(0))

    def element_of(self, pc: PerformanceCriterion) -> Element | None:
        """The element that holds a PC."""
        return next((element for element in self.elements if element.id == pc.element), None)


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a criterion: how much it is worth and what it looks like."""

    marks: Fraction
    text: LocalText


@dataclass(frozen=True, slots=True)
class PracticalCriterion:
    """What an assessor observes in the practical task, against one PC."""

    id: str
    pc: str
    text: LocalText
    levels: tuple[Level, ...]

    @property
    def maximum(self) -> Fraction:
        """The marks of the best level."""
        return max(level.marks for level in self.levels)


@dataclass(frozen=True, slots=True)
class PracticalTask:
    """The task that is set and the criteria it is watched with."""

    task: LocalText
    criteria: tuple[PracticalCriterion, ...]


@dataclass(frozen=True, slots=True)
class VivaQuestion:
    """A question asked aloud, what a good answer holds, and its levels."""

    id: str
    pc: str
    text: LocalText
    expected: LocalText
    levels: tuple[Level, ...]

    @property
    def maximum(self) -> Fraction:
        """The marks of the best level."""
        return max(level.marks for level in self.levels)


@dataclass(frozen=True, slots=True)
class CredentialDocument:
    """A micro-credential or a qualification pack as its awarding body defines it.

    PC ids are unique in the document. Times are minutes, hours are notional learning hours, marks are exact.
    """

    code: str
    version: str
    languages: tuple[str, ...]
    title: LocalText
    awarding_body: str
    hours: Hours
    level: Decimal
    assessment_minutes: int
    components: tuple[Component, ...]
    nos: tuple[Nos, ...]
    rule: Rule
    practical: PracticalTask | None
    viva: tuple[VivaQuestion, ...]
    kind: CredentialKind = CredentialKind.MICRO_CREDENTIAL
    dossier: Dossier = field(default_factory=Dossier)
    adoption: Adoption | None = None

    @property
    def pcs(self) -> tuple[PerformanceCriterion, ...]:
        """Every PC, in the order of the document."""
        return tuple(pc for nos in self.nos for pc in nos.pcs)

    @property
    def credits(self) -> Fraction:
        """NCrF credits: 30 hours are one; also the NOS fraction (NCVET 4.1.3.2)."""
        return Fraction(self.hours.total) / 30

    @property
    def maximum(self) -> Fraction:
        """Marks over all NOS and components."""
        return sum((nos.maximum for nos in self.nos), Fraction(0))

    def maximum_in(self, component: str) -> Fraction:
        """Marks over all NOS in one component."""
        return sum((nos.marks_in(component) for nos in self.nos), Fraction(0))

    @property
    def items(self) -> tuple[MarkedItem, ...]:
        """The criteria of the practical task and the questions of the viva, each with what it can earn."""
        return marked_items(self.practical, self.viva)

    @property
    def marks(self) -> CredentialMarks:
        """The maxima of every PC or element and component, with the weights of the NOS, for deciding results.

        Where the rule looks at single items, their marks take the place of those that they make up.
        """
        return mark_maxima(self.nos, items=self.items if looks_at_items(self.rule) else ())

    @property
    def marks_by_item(self) -> CredentialMarks:
        """As ``marks``, with the marks of single items wherever they are known."""
        return mark_maxima(self.nos, items=self.items)

    def pcs_of(self, cell: Cell) -> tuple[str, ...]:
        """The PCs whose work earns the marks of a cell: one, or all of the element where the marks sit on that."""
        if cell.pc is not None:
            return (cell.pc,)
        standard = next(nos for nos in self.nos if nos.code == cell.nos)
        return next(element.pcs for element in standard.elements if element.id == cell.element)

    def nos_of(self, pc_id: str) -> Nos | None:
        """The NOS that holds a PC."""
        return next((nos for nos in self.nos if any(pc.id == pc_id for pc in nos.pcs)), None)

    def pc(self, pc_id: str) -> PerformanceCriterion | None:
        """One PC by id."""
        return next((pc for pc in self.pcs if pc.id == pc_id), None)

    def component(self, component_id: str) -> Component | None:
        """One component by id."""
        return next((component for component in self.components if component.id == component_id), None)


@dataclass(frozen=True, slots=True)
class MarkedItem:
    """An observed criterion or a question of the viva: which PC it is about, in which component, and its best marks."""

    id: str
    pc: str
    component: str
    maximum: Fraction


def marked_items(practical: PracticalTask | None, viva: Sequence[VivaQuestion]) -> tuple[MarkedItem, ...]:
    """What is marked item by item, in the order of the document."""
    observed = practical.criteria if practical else ()
    return (
        *(MarkedItem(one.id, one.pc, "practical", one.maximum) for one in observed),
        *(MarkedItem(one.id, one.pc, "viva", one.maximum) for one in viva),
    )


def looks_at_items(rule: Rule) -> bool:
    """Whether a rule has a bar on a single item."""
    return any(leaf.scope.level is ScopeLevel.ITEM for _, leaf in leaves(rule.root))


def mark_maxima(nos: Sequence[Nos], *, items: Sequence[MarkedItem] = ()) -> CredentialMarks:
    """The marks of a set of NOS in the form that scoring decides over; MarkError where they make no sense.

    Marks that ``items`` make up exactly are those of the items; where they do not add up, the items' marks are scaled, and
    what each of them is worth in the credential is not said.
    """
    return credential_marks(
        [part for standard in nos for cell in _cells(standard) for part in _split(standard, *cell, items)],
        weights={standard.code: standard.weight for standard in nos},
        pcs=[
            Place(nos=standard.code, element=_marked_element(standard, pc), pc=pc.id)
            for standard in nos
            for pc in standard.pcs
        ],
    )


def _cells(standard: Nos) -> Iterator[tuple[Cell, Fraction]]:
    for element in standard.elements:
        for component, marks in element.marks:
            yield Cell(nos=standard.code, element=element.id, component=component), marks
    for pc in standard.pcs:
        for component, marks in pc.marks:
            yield Cell(nos=standard.code, element=pc.element, pc=pc.id, component=component), marks


def _split(
    standard: Nos, cell: Cell, marks: Fraction, items: Sequence[MarkedItem]
) -> Iterator[tuple[Cell, Fraction]]:
    pcs = next(
        (one.pcs for one in standard.elements if cell.pc is None and one.id == cell.element), (cell.pc,)
    )
    own = [item for item in items if item.component == cell.component and item.pc in pcs]
    if sum((item.maximum for item in own), Fraction(0)) == marks and own:
        for item in own:
            yield replace(cell, pc=item.pc, item=item.id), item.maximum
    else:
        yield cell, marks


def _marked_element(standard: Nos, pc: PerformanceCriterion) -> str | None:
    """The element of a PC, if there are any marks in it: to scoring an element without marks does not exist."""
    element = standard.element_of(pc)
    if element is None:
        return None
    marked = element.marks or any(other.marks for other in standard.pcs if other.element == element.id)
    return element.id if marked else None


@dataclass(frozen=True, slots=True)
class CredentialVersion:
    """A stored version of a credential document."""

    id: str
    owner_id: str
    state: CredentialState
    sha256: str
    document: CredentialDocument
    created_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Engagement:
    """The contract by which an agency may work with an awarding body's credential.

    It runs from ``valid_from`` to just before ``valid_until``, which is the agreed end, or the earlier one from which the
    awarding body ended it (``ended_from``).
    """

    id: str
    awarding_body_id: str
    agency_id: str
    credential_version_id: str
    territory: str
    valid_from: datetime
    valid_until: datetime
    note: str = ""
    ended_from: datetime | None = None
    ended_reason: str = ""

    def covers(self, at: datetime) -> bool:
        """Whether the contract runs at ``at``."""
        return self.valid_from <= at < self.valid_until
