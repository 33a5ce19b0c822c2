# SPDX-License-Identifier: Apache-2.0
"""The standardised difference of right answers between two groups. Tests live in `mantel_haenszel`."""

from dataclasses import dataclass
from enum import StrEnum
from math import log
from typing import Final

import numpy as np

from scoring.fairness.mantel_haenszel import DELTA, Ets
from scoring.fairness.matching import Matched

MODERATE: Final = 0.05
LARGE: Final = 0.10


class Standard(StrEnum):
    """Whose numbers weigh the strata."""

    FOCAL = "focal"
    REFERENCE = "reference"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Standardised:
    """The standardised difference of one item; None where it does not exist, with the `reason`.

    `p_dif` is the proportion right of the focal group less that of the reference group (-1 to 1): below 0 where the item is
    harder for the focal group. `delta_std` says it on ETS's delta scale. `size` classes |p_dif| by .05 and .10.
    """

    p_dif: float | None = None
    delta_std: float | None = None
    size: Ets | None = None
    reason: str | None = None


def standardised(item: Matched, *, standard: Standard = Standard.FOCAL) -> Standardised:
    """The standardised p-difference of an item scored 0/1 (Dorans & Kulick 1986, J. Educ. Meas. 23, eq. 1).

    Strata that one of the two groups does not reach are left out. `delta_std` (Dorans & Holland 1993, p. 50) weighs by
    the focal group whatever the standard; it does not exist where a standardised proportion is 0 or 1.
    """
    refusal = item.refusal()
    if refusal is not None:
        return Standardised(reason=refusal)
    persons, right = item.counts(), item.counts(item.scores)
    both = (persons > 0).all(axis=0)
    if not both.any():
        return Standardised(reason="no_comparable_strata")
    persons, share = persons[:, both], right[:, both] / persons[:, both]
    weights = {
        Standard.FOCAL: persons[1],
        Standard.REFERENCE: persons[0],
        Standard.TOTAL: persons.sum(axis=0),
    }[standard]
    p_dif = float(np.average(share[1] - share[0], weights=weights))
    reference = float(np.average(share[0], weights=persons[1]))
    focal = float(np.average(share[1], weights=persons[1]))
    inside = 0 < reference < 1 and 0 < focal < 1
    delta = -DELTA * log((reference / (1 - reference)) / (focal / (1 - focal))) if inside else None
    return Standardised(p_dif, delta, _size(abs(p_dif)))


def _size(size: float) -> Ets:
    if size <= MODERATE:
        return Ets.A
    return Ets.B if size <= LARGE else Ets.C
