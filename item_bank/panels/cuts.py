# SPDX-License-Identifier: Apache-2.0
"""What a round comes to, as values, and what every method needs to make them. Pure; the methods are in their own modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from item_bank.panels.model import UNKNOWN, Panel, PanelMethod, PanelObject
from scoring.api import CREDENTIAL, Scope
from scoring.cut_scores.api import Agreement, BorderlineGroup, ContrastingGroups, Page, agreement
from scoring.errors import StatisticsError

Judgements = Mapping[str, Mapping[int, str]]
"""By judge (id), by the number of the object (0: the bookmark), the value as it is stored."""
APART = 0.2
"""Shares of one object that spread by more than this standard deviation are worth a talk (as in `scoring.cut_scores`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeCut:
    """The cut of a part of the credential, as a share of its marks (0 to 1).

    ``share`` is the panel's, ``median`` and ``by_judge`` those of the judges (by_judge empty where learners were judged, or
    where there is no cut yet), ``standard_error`` that of ``share``; ``below`` the share of real learners who would fail at
    it, for the whole credential. ``covered`` says how much of the part's marks had an object. What is None could not be had;
    ``reason`` says why.
    """

    scope: Scope
    share: float | None
    median: float | None
    standard_error: float | None
    by_judge: tuple[float, ...]
    objects: int
    covered: Fraction
    below: float | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectOutcome:
    """One object: the judges' values as shares (None: not judged), their mean, spread and ends, and whether to talk about it.

    ``gap`` is the mean less what real learners reached, where that is known.
    """

    number: int
    values: tuple[float | None, ...]
    mean: float | None
    sd: float | None
    lowest: float | None
    highest: float | None
    discuss: bool
    gap: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelOutcome:
    """A whole round. ``judges`` are ids in the order of every ``by_judge`` and ``values``; ``outliers`` those far off.

    ``agreement`` is of objects by judges, None with ``reason`` where there is none. ``pages`` and ``marks`` are the booklet and
    each judge's page; ``groups`` the contrast, ``borderline`` the group at the border, and ``masters``, ``others``, ``border``
    how many learners the panel put where.
    """

    method: PanelMethod
    judges: tuple[str, ...]
    cuts: tuple[ScopeCut, ...]
    objects: tuple[ObjectOutcome, ...]
    agreement: Agreement | None
    reason: str | None
    outliers: tuple[str, ...]
    changed: int | None
    pages: tuple[Page, ...] = ()
    marks: tuple[int, ...] = ()
    groups: ContrastingGroups | None = None
    borderline: BorderlineGroup | None = None
    masters: int = 0
    others: int = 0
    border: int = 0

    def cut(self, scope: Scope) -> ScopeCut | None:
        """The cut of one part."""
        return next((cut for cut in self.cuts if cut.scope == scope), None)


def share_table(panel: Panel, judges: Sequence[str], judgements: Judgements) -> NDArray[np.float64]:
    """Judges x objects as shares of the marks, NaN where nothing was said."""
    per = 100.0 if panel.method is PanelMethod.ANGOFF or panel.method.numbers else 1.0
    table = np.full((len(judges), len(panel.objects)), np.nan)
    for row, judge in enumerate(judges):
        for column, one in enumerate(panel.objects):
            value = judgements[judge].get(one.number, UNKNOWN)
            if value != UNKNOWN:
                table[row, column] = float(Fraction(value)) / per
    return table


def share_below(panel: Panel, scope: Scope, share: float | None) -> float | None:
    """The share of real people who would fail at a cut of the whole credential; None for its parts, or where none is known."""
    if panel.impact is None or scope != CREDENTIAL or share is None:
        return None
    return panel.impact.below(share)


def agreement_of(table: NDArray[np.float64]) -> tuple[Agreement | None, str | None]:
    """How far judges (rows) agree over objects, or why that cannot be said."""
    try:
        found = agreement(table.T)
    except StatisticsError as error:
        return None, error.code
    return found, found.reason


def outlying(judges: Sequence[str], cuts: Sequence[float]) -> tuple[str, ...]:
    """Judges whose cut lies more than two standard deviations of the others' cuts from their mean, of four judges or more."""
    found = []
    for place, judge in enumerate(judges):
        others = np.delete(np.array(cuts), place)
        if len(others) >= 3 and abs(cuts[place] - others.mean()) > 2 * others.std(ddof=1) + 1e-9:
            found.append(judge)
    return tuple(found)


def object_outcomes(panel: Panel, table: NDArray[np.float64]) -> tuple[ObjectOutcome, ...]:
    """Every object with what the judges (rows of shares) said of it."""
    return tuple(
        object_outcome(one, [None if np.isnan(value) else float(value) for value in table[:, place]])
        for place, one in enumerate(panel.objects)
    )


def object_outcome(one: PanelObject, values: Sequence[float | None]) -> ObjectOutcome:
    """One object with the judges' shares in their order."""
    said = np.array([value for value in values if value is not None])
    mean = float(said.mean()) if said.size else None
    sd = float(said.std(ddof=1)) if said.size > 1 else None
    facility = float(Fraction(one.facts.facility)) if one.facts.facility else None
    return ObjectOutcome(
        number=one.number,
        values=tuple(values),
        mean=mean,
        sd=sd,
        lowest=float(said.min()) if said.size else None,
        highest=float(said.max()) if said.size else None,
        discuss=sd is not None and sd > APART,
        gap=None if mean is None or facility is None else mean - facility,
    )
