# SPDX-License-Identifier: Apache-2.0
"""The data of a batch as the reports read them: who counts, which items are right or wrong, totals, forms, bars of the rule.

No statistic that `scoring` has lives here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assessor.analyses.data import BatchData
from assessor.analyses.reports.document import Document, coded, mark
from scoring.api import Bands, Critical, Level, Share, headline, leaves
from scoring.tables import ResponseTable

_EDGE: Final = 1e-9


@dataclass(frozen=True)
class Study:
    """A batch without the persons who have no mark on any item and the items that nobody was given.

    `left_out` and `items_left_out` are how many these were. Persons and items keep their order.
    """

    data: BatchData
    left_out: int
    items_left_out: int

    @property
    def persons(self) -> int:
        """How many persons count."""
        return len(self.data.persons)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to look at."""
        return not self.data.persons or not self.data.items

    @cached_property
    def table(self) -> ResponseTable:
        """The marks; not to be asked for where the study is empty."""
        return self.data.responses()

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """Persons x items: the mark as a share of what the item can earn, NaN where there is no mark."""
        return np.asarray(self.data.marks / self.data.maxima, dtype=np.float64)

    @cached_property
    def right_or_wrong(self) -> NDArray[np.bool_]:
        """Items: whether everybody earned nothing or everything."""
        shares = self.shares
        sound = np.isnan(shares) | (np.abs(shares) < _EDGE) | (np.abs(shares - 1) < _EDGE)
        return np.asarray(sound.all(axis=0))

    @cached_property
    def right(self) -> ResponseTable:
        """The items that are right or wrong, as 1 and 0; not to be asked for where there is none."""
        kept = self.right_or_wrong
        names = tuple(name for name, used in zip(self.data.item_labels, kept.tolist(), strict=True) if used)
        return ResponseTable(
            self.data.labels, names, np.round(self.shares[:, kept]), np.ones(self.persons, dtype=np.float64)
        )

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The labels of the items that earn parts of their marks."""
        return tuple(
            name
            for name, used in zip(self.data.item_labels, self.right_or_wrong.tolist(), strict=True)
            if not used
        )

    @cached_property
    def totals(self) -> NDArray[np.float64]:
        """Each person's marks as a share of those of the own paper, 0 to 1."""
        seen = self.data.presented
        return np.asarray(
            np.nansum(self.data.marks, axis=1) / (seen * self.data.maxima).sum(axis=1), dtype=np.float64
        )

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """The number of each person's form as a text, "1" for the form of the first person."""
        numbers = {form: str(place + 1) for place, form in enumerate(self.data.forms)}
        return tuple(numbers[person.form_id] for person in self.data.persons)

    @cached_property
    def form_ids(self) -> dict[str, str]:
        """The id of a form by its number."""
        return {str(place + 1): form for place, form in enumerate(self.data.forms)}

    @cached_property
    def same_paper(self) -> bool:
        """Whether everybody has a mark on every item."""
        return bool(self.data.presented.all())

    def of_form(self, number: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """The persons of a form and the items that they were given, as masks."""
        rows = np.array([form == number for form in self.forms], dtype=np.bool_)
        return rows, np.asarray(self.data.presented[rows].any(axis=0))


def study_of(data: BatchData) -> Study:
    """The part of a batch that has marks."""
    seen = data.presented
    persons = seen.any(axis=1) if data.items else np.zeros(len(data.persons), dtype=np.bool_)
    # an item that is worth nothing says nothing
    items = (
        seen.any(axis=0) & (data.maxima > 0) if data.persons else np.zeros(len(data.items), dtype=np.bool_)
    )
    persons = np.asarray(persons & seen[:, items].any(axis=1))
    kept = data.rows(persons)
    return Study(
        _with_items(kept, items),
        left_out=len(data.persons) - int(persons.sum()),
        items_left_out=len(data.items) - int(items.sum()),
    )


def _with_items(data: BatchData, chosen: NDArray[np.bool_]) -> BatchData:
    if chosen.all():
        return data
    from dataclasses import replace

    moved = {int(before): after for after, before in enumerate(np.flatnonzero(chosen))}
    return replace(
        data,
        items=tuple(item for item, used in zip(data.items, chosen.tolist(), strict=True) if used),
        marks=data.marks[:, chosen],
        answered=data.answered[:, chosen],
        choices=data.choices[:, chosen],
        seconds=data.seconds[:, chosen],
        changes=tuple(
            replace(change, item=moved[change.item]) for change in data.changes if change.item in moved
        ),
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """The share of the marks that a part of the credential asks for; `whole` if by marks of other components too."""

    share: Fraction
    whole: bool


class Source(StrEnum):
    """Where a share comes from that stands in for a bar on the whole: one of all NOS or PCs, or the mean where they differ."""

    NOS = "nos"
    CRITERIA = "criteria"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class StandIn:
    """The share that stands in where the rule has no bar for the whole."""

    share: Fraction
    source: Source


@dataclass(frozen=True, slots=True)
class Bars:
    """What the pass rule asks of the PCs, of the NOS and of the whole.

    `pcs` and `nos` have those with a bar of their own. Where several bars stand on one part the highest counts. A PC without
    one has the threshold that the document states for it, or for its element. `total` is that of the credential, None where
    the rule has none; then `implied` stands in for it, None where some NOS and some PC of the papers have no bar either.
    """

    pcs: dict[str, Bar]
    nos: dict[str, Bar]
    total: Bar | None
    implied: StandIn | None

    @property
    def cut(self) -> Fraction | None:
        """The share of all marks by which a total is looked at: the rule's, else what stands in for it."""
        if self.total is not None:
            return self.total.share
        return None if self.implied is None else self.implied.share

    @property
    def notes(self) -> list[Document]:
        """The sentence on what stands in for a bar on the whole, where something does."""
        if self.total is not None or self.implied is None:
            return []
        share = float(self.implied.share)
        match self.implied.source:
            case Source.NOS:
                return [coded("cut_from_nos", share=share)]
            case Source.CRITERIA:
                return [coded("cut_from_criteria", share=share)]
            case Source.MEAN:
                return [coded("cut_from_mean", share=share)]

    @property
    def marks(self) -> list[Document]:
        """The line of the bar across the axis x of a plot of totals, where there is one."""
        if self.cut is None:
            return []
        return [mark("x", float(self.cut), "bar_of_rule" if self.total else "bar_of_parts")]


def bars_of(data: BatchData) -> Bars:
    """The bars of a credential's rule."""
    credential = data.credential
    found: dict[tuple[Level, str], Bar] = {}
    for _, leaf in leaves(credential.rule.root):
        _keep(found, (leaf.scope.level, leaf.scope.name), leaf)
    pcs: dict[str, Bar] = {}
    for nos in credential.nos:
        for pc in nos.pcs:
            element = nos.element_of(pc)
            bar = found.get((Level.PC, pc.id)) or (
                found.get((Level.ELEMENT, element.id)) if element is not None else None
            )
            stated = pc.threshold if pc.threshold is not None else element.threshold if element else None
            if bar is not None:
                pcs[pc.id] = bar
            elif stated is not None:
                pcs[pc.id] = Bar(stated, whole=True)
    pcs = {pc: bar for pc, bar in pcs.items() if 0 < bar.share <= 1}
    of_nos = {name: bar for (level, name), bar in found.items() if level is Level.NOS and bar.share > 0}
    return Bars(pcs, of_nos, found.get((Level.CREDENTIAL, "")), _implied(data, pcs, of_nos))


def _implied(data: BatchData, pcs: dict[str, Bar], of_nos: dict[str, Bar]) -> StandIn | None:
    """What all NOS ask for, else what all PCs do; where they differ, their mean by the marks that people could earn in them."""
    worth = _worth(data)
    nos_of = {pc.id: nos.code for nos in data.credential.nos for pc in nos.pcs}
    if all(nos.code in of_nos for nos in data.credential.nos):
        source, known = Source.NOS, headline(data.credential.rule)
        shares = {pc: known.share if known else of_nos[nos_of[pc]].share for pc in worth}
    elif all(pc in pcs for pc in worth):
        source, shares = Source.CRITERIA, {pc: pcs[pc].share for pc in worth}
    else:
        return None
    if not shares:
        return None
    if len(set(shares.values())) == 1:
        return StandIn(next(iter(shares.values())), source)
    total = sum((share * worth[pc] for pc, share in shares.items()), Fraction(0))
    return StandIn(total / sum(worth.values()), Source.MEAN)


def _worth(data: BatchData) -> dict[str, Fraction]:
    """The marks that all people together could earn in each PC of the papers."""
    worth: dict[str, Fraction] = {}
    for item, given in zip(data.items, data.presented.sum(axis=0).tolist(), strict=True):
        if given and item.maximum:
            worth[item.pc] = worth.get(item.pc, Fraction(0)) + item.maximum * given
    return worth


def _keep(
    found: dict[tuple[Level, str], Bar], place: tuple[Level, str], leaf: Share | Critical | Bands
) -> None:
    before = found.get(place)
    if before is None or before.share < leaf.at_least:
        found[place] = Bar(leaf.at_least, whole=leaf.components is None or len(leaf.components) > 1)
