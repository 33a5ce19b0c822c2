# SPDX-License-Identifier: Apache-2.0
"""The credential document as values, and the states of its versions. No parsing, no storage, no rule of a guideline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from core.errors import Conflict
from item_bank.document import LocalText
from scoring.api import Cell, CredentialMarks, Place, Rule, credential_marks


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
    """A part of the blended assessment with its share of the time."""

    id: str
    minutes: int


@dataclass(frozen=True, slots=True)
class PerformanceCriterion:
    """One PC: its standard, the knowledge behind it, its marks per component, and its threshold as a share of them."""

    id: str
    title: LocalText
    knowledge: tuple[LocalText, ...]
    mandatory: bool | None
    threshold: Fraction | None
    marks: tuple[tuple[str, Fraction], ...]

    @property
    def maximum(self) -> Fraction:
        """Marks over all components."""
        return sum((marks for _, marks in self.marks), Fraction(0))

    def marks_in(self, component: str) -> Fraction:
        """Marks in one component, 0 where it has none."""
        return dict(self.marks).get(component, Fraction(0))


@dataclass(frozen=True, slots=True)
class Nos:
    """A national occupational standard: a set of PCs with a weight in per cent of the credential."""

    code: str
    title: LocalText
    weight: Fraction
    pcs: tuple[PerformanceCriterion, ...]


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
    """A micro-credential as its awarding body defines it.

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
        """Marks over all PCs and components."""
        return sum((pc.maximum for pc in self.pcs), Fraction(0))

    @property
    def marks(self) -> CredentialMarks:
        """The maxima of every PC and component, with the weights of the NOS, for deciding results."""
        return mark_maxima(self.nos)

    def nos_of(self, pc_id: str) -> Nos | None:
        """The NOS that holds a PC."""
        return next((nos for nos in self.nos if any(pc.id == pc_id for pc in nos.pcs)), None)

    def pc(self, pc_id: str) -> PerformanceCriterion | None:
        """One PC by id."""
        return next((pc for pc in self.pcs if pc.id == pc_id), None)

    def component(self, component_id: str) -> Component | None:
        """One component by id."""
        return next((component for component in self.components if component.id == component_id), None)


def mark_maxima(nos: Sequence[Nos]) -> CredentialMarks:
    """The marks of a set of NOS in the form that scoring decides over; MarkError where they make no sense."""
    return credential_marks(
        [
            (Cell(nos=standard.code, pc=pc.id, component=component), marks)
            for standard in nos
            for pc in standard.pcs
            for component, marks in pc.marks
        ],
        weights={standard.code: standard.weight for standard in nos},
        pcs=[Place(nos=standard.code, pc=pc.id) for standard in nos for pc in standard.pcs],
    )


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

    It runs from ``valid_from`` to just before ``valid_until``.
    """

    id: str
    awarding_body_id: str
    agency_id: str
    credential_version_id: str
    territory: str
    valid_from: datetime
    valid_until: datetime

    def covers(self, at: datetime) -> bool:
        """Whether the contract runs at ``at``."""
        return self.valid_from <= at < self.valid_until
