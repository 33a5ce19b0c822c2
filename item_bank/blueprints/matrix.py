# SPDX-License-Identifier: Apache-2.0
"""The coverage matrix: what there is to assess each PC with, in each component. Pure; colours and words live in the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from item_bank.blueprints.plan import fits_component
from item_bank.items.model import BankItem, Difficulty
from item_bank.standards.model import CredentialDocument

ITEMS: Final = "items"
CRITERIA: Final = "criteria"
QUESTIONS: Final = "questions"
PAPERS: Final = 3
"""The bank should hold three times what a paper takes (the sector's practice)."""


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """One PC in one component: how many there are, how many one assessment takes (0: the PC is not assessed here).

    ``of`` says what is counted. Items are live ones; a bank should hold ``wanted`` of them.
    """

    component: str
    of: str
    there: int
    needed: int

    @property
    def wanted(self) -> int:
        """What there should be: three times the need where papers are drawn, else what is needed."""
        return self.needed * PAPERS if self.of == ITEMS else self.needed

    @property
    def step(self) -> int:
        """From 0 (nothing there) over 1 (less than needed), 2 (one paper), 3 (two papers) to 4 (what should be there)."""
        if not self.there:
            return 0
        if self.there < self.needed:
            return 1
        if self.there >= self.wanted:
            return 4
        return 2 if self.there < 2 * self.needed else 3


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One PC with its NOS and its cells, component by component."""

    nos: str
    pc: str
    cells: tuple[CoverageCell, ...]


def coverage_matrix(
    bank: Sequence[BankItem],
    credential: CredentialDocument,
    *,
    difficulty: Difficulty | None = None,
    language: str | None = None,
) -> tuple[CoverageRow, ...]:
    """The matrix of a credential over a live bank; only items of ``difficulty`` and in ``language`` are counted where given."""
    counted = [
        item
        for item in bank
        if difficulty in (None, item.difficulty) and (language is None or language in item.languages)
    ]
    return tuple(
        CoverageRow(
            nos.code,
            pc.id,
            tuple(_cell(counted, credential, pc.id, part.id) for part in credential.components),
        )
        for nos in credential.nos
        for pc in nos.pcs
    )


def _cell(
    bank: Sequence[BankItem], credential: CredentialDocument, pc_id: str, component: str
) -> CoverageCell:
    criteria = credential.practical.criteria if credential.practical else ()
    if component == "practical":
        there = sum(criterion.pc == pc_id for criterion in criteria)
        return CoverageCell(component, CRITERIA, there, int(_marks(credential, pc_id, component) > 0))
    if component == "viva":
        there = sum(question.pc == pc_id for question in credential.viva)
        return CoverageCell(component, QUESTIONS, there, int(_marks(credential, pc_id, component) > 0))
    there = sum(item.pc == pc_id and fits_component(item, component) for item in bank)
    return CoverageCell(component, ITEMS, there, -int(-_marks(credential, pc_id, component) // 1))


def _marks(credential: CredentialDocument, pc_id: str, component: str) -> Fraction:
    """The marks of a PC in a component; where they sit on its element, an equal part of those."""
    nos, pc = credential.nos_of(pc_id), credential.pc(pc_id)
    if nos is None or pc is None:
        return Fraction(0)
    element = nos.element_of(pc)
    shared = dict(element.marks).get(component, Fraction(0)) / len(element.pcs) if element else Fraction(0)
    return pc.marks_in(component) + shared
