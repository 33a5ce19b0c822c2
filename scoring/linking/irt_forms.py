# SPDX-License-Identifier: Apache-2.0
"""Two fitted forms linked by their common items: the scale with its standard errors, items that drifted, and scores in scores.

The methods themselves are in `irt_linking` and `irt_equating`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.irt.category_models import Calibration, Family, Item
from scoring.irt.coding import Matrix, Vector
from scoring.irt.quadrature import Quadrature, normal_grid
from scoring.linking.irt_equating import TrueScores, equate_observed_scores, equate_true_scores
from scoring.linking.irt_linking import ScaleLink, ScaleMethod, difficulties, link_scales, on_old_scale

_STEP = 1e-4  # of a parameter: central differences of A and B
DRIFT = 2.7
"""A robust z beyond this is far from the other anchors (Huynh & Meyer 2010, for a 1 % chance)."""


@dataclass(frozen=True, slots=True, eq=False)
class FittedForm:
    """A form's items on the standard normal scale of its own group.

    `covariance`: P x P of the free parameters, None where there is none; `n`: its persons.
    """

    calibration: Calibration
    covariance: Matrix | None
    n: float


@dataclass(frozen=True, slots=True)
class Anchor:
    """A common item.

    `shift`: its mean difficulty on the new form brought to the old scale, less that on the old form. `robust_z`: the shift less
    the median shift, over 0.74 interquartile ranges; None with fewer than 4 anchors, or where all shift alike.
    """

    item: str
    shift: float | None
    robust_z: float | None

    @property
    def drifted(self) -> bool:
        """Whether this anchor is far from the others: it may have leaked, or changed."""
        return self.robust_z is not None and abs(self.robust_z) > DRIFT


@dataclass(frozen=True, slots=True, eq=False)
class LinkedForms:
    """The scale, the standard errors of A and B (None where a covariance is missing), the anchors, and the equated scores.

    `true`: by true scores, None where an item does not rise; `observed`: by the distributions that the items imply, over both
    groups in proportion to their size.
    """

    link: ScaleLink
    errors: tuple[float, float] | None
    anchors: tuple[Anchor, ...]
    true: TrueScores | None
    observed: Vector


def link_forms(
    new: FittedForm,
    old: FittedForm,
    *,
    method: ScaleMethod,
    only: Collection[str] | None = None,
    both_ways: bool = False,
) -> LinkedForms:
    """Bring the new form onto the old form's scale; settings and errors are those of `irt_linking.link_scales`."""
    mine, theirs = new.calibration.items, old.calibration.items
    link = link_scales(mine, theirs, method=method, only=only, both_ways=both_ways)
    moved = [on_old_scale(item, link) for item in mine]
    rising = all(item.family is not Family.NOMINAL and item.parameters[0] > 0 for item in (*moved, *theirs))
    grid = normal_grid()
    return LinkedForms(
        link,
        link_errors(new, old, method=method, only=only, both_ways=both_ways),
        _anchors(moved, theirs, only),
        equate_true_scores(moved, theirs) if rising else None,
        equate_observed_scores(
            moved,
            theirs,
            new_population=Quadrature(link.intercept + link.slope * grid.nodes, grid.log_weights),
            old_population=grid,
            new_weight=new.n / (new.n + old.n),
        ),
    )


def link_errors(
    new: FittedForm,
    old: FittedForm,
    *,
    method: ScaleMethod,
    only: Collection[str] | None = None,
    both_ways: bool = False,
) -> tuple[float, float] | None:
    """The standard errors of A and B by the delta method (Ogasawara 2000; Battauz 2013), the slopes by central differences.

    The two groups are independent samples. None where a form has no covariance.
    """
    if new.covariance is None or old.covariance is None:
        return None
    variance = np.zeros(2)
    for form, first in ((new, True), (old, False)):
        slopes = np.zeros((2, form.calibration.free))
        shared = {item.name for item in (old if first else new).calibration.items}
        for place in _places_of(form.calibration, shared):
            ends = []
            for step in (_STEP, -_STEP):
                items = _stepped(form.calibration, place, step)
                pair = (items, old.calibration.items) if first else (new.calibration.items, items)
                found = link_scales(*pair, method=method, only=only, both_ways=both_ways)
                ends.append((found.slope, found.intercept))
            slopes[:, place] = (np.array(ends[0]) - np.array(ends[1])) / (2 * _STEP)
        covariance = new.covariance if first else old.covariance
        variance += np.einsum("ap,pq,aq->a", slopes, covariance, slopes)
    return float(np.sqrt(max(variance[0], 0.0))), float(np.sqrt(max(variance[1], 0.0)))


def _places_of(calibration: Calibration, names: set[str]) -> list[int]:
    """The free parameters of the named items, each once."""
    found = {
        int(place)
        for item, places in zip(calibration.items, calibration.places, strict=True)
        if item.name in names
        for place in places
        if place >= 0
    }
    return sorted(found)


def _stepped(calibration: Calibration, place: int, step: float) -> list[Item]:
    return [
        Item(item.name, item.family, item.parameters + step * (places == place))
        if (places == place).any()
        else item
        for item, places in zip(calibration.items, calibration.places, strict=True)
    ]


def _anchors(
    moved: Sequence[Item], theirs: Sequence[Item], only: Collection[str] | None
) -> tuple[Anchor, ...]:
    known = {item.name: item for item in theirs if only is None or item.name in only}
    pairs = [(item, known[item.name]) for item in moved if item.name in known]
    shifts = [_shift(mine, other) for mine, other in pairs]
    told = np.array([shift for shift in shifts if shift is not None])
    median, spread = 0.0, 0.0
    if len(told) >= 4:
        low, median, high = (float(value) for value in np.percentile(told, [25, 50, 75]))
        spread = 0.74 * (high - low)
    return tuple(
        Anchor(mine.name, shift, (shift - median) / spread if shift is not None and spread > 1e-9 else None)
        for (mine, _), shift in zip(pairs, shifts, strict=True)
    )


def _shift(mine: Item, theirs: Item) -> float | None:
    if Family.NOMINAL in {mine.family, theirs.family} or 0 in {mine.parameters[0], theirs.parameters[0]}:
        return None
    return float(difficulties(mine).mean() - difficulties(theirs).mean())
