# SPDX-License-Identifier: Apache-2.0
"""What a panel learns from a batch: learners with their share of the marks, what is known of items. No panel changes here."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from assessor import api as assessor
from item_bank import api as bank
from scoring.api import parse_mark
from scoring.errors import StatisticsError

FEWEST_FOR_A_MODEL = 100
"""With fewer a Rasch difficulty errs by more than a fifth of a standard deviation, and a booklet in its order misleads."""


def learners_with_scores(data: assessor.BatchData) -> list[tuple[str, str, Fraction]]:
    """Entry, label and exact share of the credential's marks of everybody with a complete result, in the order of the batch."""
    maximum, cells = data.credential.maximum, len(data.credential.marks.maxima)
    return [
        (person.entry_id, person.label, sum(map(parse_mark, person.cells.values()), Fraction(0)) / maximum)
        for person in data.persons
        if len(person.cells) == cells
    ]


def known_of_items(data: assessor.BatchData, panel: bank.Panel) -> Mapping[str, bank.ObjectFacts]:
    """By the label of the object: the mean share of the marks of who had the item, and a Rasch difficulty where it can be had.

    An item that no learner of the batch had is left out.
    """
    places = {item.version_id: place for place, item in enumerate(data.items)}
    difficulties = _difficulties(data)
    found: dict[str, bank.ObjectFacts] = {}
    for one in panel.objects:
        place = places.get(one.reference)
        if place is None:
            continue
        marks = data.marks[:, place]
        people = int((~np.isnan(marks)).sum())
        if people:
            share = float(np.nanmean(marks)) / float(data.items[place].maximum)
            difficulty = difficulties.get(place, "")
            found[one.label] = bank.ObjectFacts(
                facility=f"{min(max(share, 0.0), 1.0):.4f}",
                people=people,
                slope="1" if difficulty else "",
                difficulties=(difficulty,) if difficulty else (),
            )
    return found


def _difficulties(data: assessor.BatchData) -> dict[int, str]:
    """Rasch difficulties of the items that are right or wrong, by their place; none where there are too few learners."""
    from scoring.irt.api import Rasch

    shares = data.marks / data.maxima
    binary = [
        place for place, item in enumerate(data.items)
        if item.maximum == 1 and np.isin(shares[~np.isnan(shares[:, place]), place], (0.0, 1.0)).all()
    ]  # fmt: skip
    if len(data.persons) < FEWEST_FOR_A_MODEL or len(binary) < 3:
        return {}
    try:
        fitted = Rasch().fit(shares[:, binary])
    except StatisticsError:
        return {}
    return {
        place: f"{value:.4f}"
        for place, value in zip(binary, fitted.difficulties_, strict=True)
        if np.isfinite(value) and abs(value) < 10
    }
