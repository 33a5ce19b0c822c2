# SPDX-License-Identifier: Apache-2.0
"""What ``kasauti stats accuracy --method binomial`` says of each criterion and each person."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from scoring.blueprint_lint import BORDERLINE, MASTER, USUAL_GUESS, needed_of
from scoring.certainty import api as certainty
from scoring.tables import ResponseTable


def parts_document(
    table: ResponseTable,
    loads: NDArray[np.bool_],
    names: Sequence[str],
    *,
    share: Fraction,
    prior: certainty.Prior,
    sure: Fraction,
) -> dict[str, object]:
    """Each criterion: the quality of its threshold, exact, and each person's right answers, chance of mastery and advice.

    `loads` is items x criteria; a missing answer is not counted among a person's items.
    """
    right = np.nan_to_num(table.scores) @ loads
    given = table.seen.astype(np.float64) @ loads
    criteria = [
        _criterion(name, int(loads[:, place].sum()), share, prior) for place, name in enumerate(names)
    ]
    persons = [
        {
            "person": person,
            "criteria": [
                {"name": name}
                | certainty.borderline(
                    int(right[row, place]), int(given[row, place]), share=share, prior=prior, sure=sure
                ).to_document()
                for place, name in enumerate(names)
            ],
        }
        for row, person in enumerate(table.persons)
    ]
    return {
        "threshold": str(share),
        "prior": [str(prior.right), str(prior.wrong)],
        "sure": str(sure),
        "criteria": criteria,
        "persons": persons,
    }


def _criterion(name: str, items: int, share: Fraction, prior: certainty.Prior) -> dict[str, object]:
    if items == 0:
        return {"name": name, "items": 0, "accuracy": None, "reason": "no_items"}
    stated = {
        label: certainty.decision_at(items, share=share, chance=chance)
        for label, chance in (("master", MASTER), ("half", BORDERLINE), ("guesser", USUAL_GUESS))
    }
    return (
        {"name": name, "items": items, "needed": needed_of(items, share=share)}
        | {f"{label}_passes": float(found.passes) for label, found in stated.items()}
        | {f"{label}_consistency": float(found.consistent) for label, found in stated.items()}
        | certainty.threshold_quality(items, share=share, prior=prior).to_document()
    )
