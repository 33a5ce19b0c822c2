# SPDX-License-Identifier: Apache-2.0
"""The attempts of a batch as arrays: persons, items, marks, choices, times, changes. Pure.

No name of a person is held here: a person is a candidate number of the batch. Statistics live in `scoring`; reading the
attempts lives in `gathering`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from item_bank.api import CredentialDocument
from scoring.api import Cell, parse_mark
from scoring.tables import ChoiceTable, ResponseTable

GROUPS: Final = ("language", "gender", "centre", "device")
"""What persons are compared by; a value that nobody knows is the empty text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One entry of the batch that was handed in and not erased since.

    `label` is "Candidate 012", by the place in the batch and never a name. `groups` has a value for each of GROUPS, "" where
    nobody knows. `cells` has the awarded marks of the newest result as exact strings by cell (`cell_name`), and is empty
    without a result; `passed` is None then. `started_at` is the start of the attempt (UTC), None where nobody knows.
    """

    entry_id: str
    candidate_id: str
    label: str
    form_id: str
    sitting_id: str
    passed: bool | None
    groups: Mapping[str, str]
    cells: Mapping[str, str]
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """An item version of the forms: its PC, its maximum (marks, exact), and of a choice item the key and the options.

    `label` is its name in the bank, unique in the batch. `kind` is the kind of its interaction, "composite" for several parts.
    `options` are the ids of the options of an item with one choice, the same for everybody whatever their order on screen, and
    `key` those of them that are right; both are empty for other items.
    """

    version_id: str
    label: str
    pc: str
    kind: str
    maximum: Fraction
    key: tuple[str, ...]
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An answer that replaced another: by whom, on which item (places in BatchData, from 0), when (UTC).

    `late` says that it came after the end of the attempt or of its section, whether it counts or not; there `right_before` is
    false also where the item had no answer. Right is who has all marks of the item.
    """

    person: int
    item: int
    at: datetime
    right_before: bool
    right_after: bool
    late: bool


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BatchData:
    """The attempts of a batch as arrays; rows are `persons`, columns are `items`.

    `marks` is what was earned (marks; NaN = not in that person's paper, not asked by an adaptive section that had settled the
    PC, or not marked yet; in the paper and not answered = 0). `answered` is in the paper and answered. `choices` is the
    chosen option id of an item with one choice, else "". `seconds` is the time that was spent on an item as far as the log
    of answers tells, NaN where it does not. `sha256` is of everything this was read from. `closed` says that nobody of the
    batch can answer any more.
    """

    batch_id: str
    name: str
    closed: bool
    credential: CredentialDocument
    persons: tuple[Person, ...]
    items: tuple[ItemFacts, ...]
    marks: NDArray[np.float64]
    answered: NDArray[np.bool_]
    choices: NDArray[np.str_]
    seconds: NDArray[np.float64]
    changes: tuple[Change, ...]
    sha256: str

    @property
    def labels(self) -> tuple[str, ...]:
        """The label of each person, in order."""
        return tuple(person.label for person in self.persons)

    @property
    def item_labels(self) -> tuple[str, ...]:
        """The label of each item, in order."""
        return tuple(item.label for item in self.items)

    @property
    def presented(self) -> NDArray[np.bool_]:
        """Persons x items: which items were in whose paper."""
        return ~np.isnan(self.marks)

    @property
    def maxima(self) -> NDArray[np.float64]:
        """What each item can earn, in marks."""
        return np.array([float(item.maximum) for item in self.items], dtype=np.float64)

    @property
    def pcs(self) -> tuple[str, ...]:
        """The PCs that the items are on, in the order of the credential; PCs that it does not have come last."""
        order = {pc.id: place for place, pc in enumerate(self.credential.pcs)}
        found = dict.fromkeys(item.pc for item in self.items)
        return tuple(sorted(found, key=lambda pc: order.get(pc, len(order))))

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms that persons drew, by their first person."""
        return tuple(dict.fromkeys(person.form_id for person in self.persons))

    def group(self, name: str) -> tuple[str, ...]:
        """The value of one of GROUPS for each person, in order; "" where nobody knows."""
        return tuple(person.groups.get(name, "") for person in self.persons)

    def responses(self) -> ResponseTable:
        """The marks as a table by label. Raises StatisticsError `table_empty` for no persons or no items."""
        return ResponseTable(
            self.labels, self.item_labels, self.marks, np.ones(len(self.persons), dtype=np.float64)
        )

    def choice_table(self) -> ChoiceTable:
        """What was chosen on the items with one choice, by label. Raises StatisticsError `table_empty` where none is."""
        chosen = self.choice_items
        return ChoiceTable(
            self.labels,
            tuple(self.items[place].label for place in chosen),
            self.choices[:, list(chosen)],
            np.ones(len(self.persons), dtype=np.float64),
        )

    @property
    def choice_items(self) -> tuple[int, ...]:
        """The places of the items with one choice."""
        return tuple(place for place, item in enumerate(self.items) if item.options)

    def awarded(self, person: Person) -> dict[Cell, Fraction]:
        """What a person was awarded in each cell of the credential's marks; empty without a result."""
        return {cell_of(name): parse_mark(mark) for name, mark in person.cells.items()}

    def q_matrix(self) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
        """Items x PCs, true where the item is on the PC; and the PCs, as in `pcs`."""
        pcs = self.pcs
        return (
            np.array([[item.pc == pc for pc in pcs] for item in self.items], dtype=np.bool_).reshape(
                len(self.items), len(pcs)
            ),
            pcs,
        )

    def rows(self, chosen: NDArray[np.bool_]) -> BatchData:
        """Only the chosen persons (a mask), with every item; changes of the others go away."""
        places = np.flatnonzero(chosen)
        moved = {int(before): after for after, before in enumerate(places)}
        return replace(
            self,
            persons=tuple(self.persons[place] for place in places),
            marks=self.marks[places],
            answered=self.answered[places],
            choices=self.choices[places],
            seconds=self.seconds[places],
            changes=tuple(
                replace(change, person=moved[change.person])
                for change in self.changes
                if change.person in moved
            ),
        )


def cell_name(cell: Cell) -> str:
    """The name of a cell of the credential's marks in `Person.cells`; parts that it has not are empty."""
    return "|".join((cell.nos, cell.element or "", cell.pc or "", cell.component, cell.item or ""))


def cell_of(name: str) -> Cell:
    """The cell of a name that `cell_name` made."""
    nos, element, pc, component, item = name.rsplit("|", 4)
    return Cell(nos=nos, element=element or None, pc=pc or None, component=component, item=item or None)
