# SPDX-License-Identifier: Apache-2.0
"""What a Q-matrix lets any data tell, before a single answer is looked at.

Three questions. Which profiles can be told apart at all (`Design.class_of`)? Do known theorems promise that all parameters
are determined? And where they do not: is the share of learners who master an attribute determined around almost every set
of parameters? The last is answered by the rank of a Jacobian over a prime field, which is exact arithmetic. No response is
read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.diagnosis.design import Bools, Design, Indices, Rule

PRIME: Final = 2**31 - 1
MOST_COLUMNS: Final = 1200  # of the Jacobian; above, only the theorems are asked
Integers = NDArray[np.int64]


class Determined(StrEnum):
    """How far the share of masters of an attribute is determined by the distribution of answers.

    ``everywhere``: for all parameters that the theorem admits. ``almost_everywhere``: locally, for almost all parameters.
    ``no``. ``unknown``: no theorem applies and the model is too large to look.
    """

    EVERYWHERE = "everywhere"
    ALMOST_EVERYWHERE = "almost_everywhere"
    NO = "no"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """Why an attribute is not determined.

    ``no_item``: no item needs it. ``profiles_alike``: profiles with and without it answer alike on every item.
    ``too_few_items``: other parameters give the same answers, and fewer than three items need it. ``parameters_alike``:
    other parameters give the same answers. ``too_large``: not looked at.
    """

    NO_ITEM = "no_item"
    PROFILES_ALIKE = "profiles_alike"
    TOO_FEW_ITEMS = "too_few_items"
    PARAMETERS_ALIKE = "parameters_alike"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class AttributeIdentity:
    """What is known about one attribute; `items` need it, `alone` need nothing else."""

    attribute: str
    items: int
    alone: int
    determined: Determined
    why: Why | None

    @property
    def identified(self) -> bool:
        """Whether data could show how many learners master it."""
        return self.determined in {Determined.EVERYWHERE, Determined.ALMOST_EVERYWHERE}


@dataclass(frozen=True, slots=True)
class Identification:
    """What a Q-matrix lets data tell under a rule.

    `profiles` = 2^K; `classes` of them can be told apart. `complete`: every attribute has an item of its own (Chiu, Douglas
    & Li 2009). `three_items`: each attribute is needed by at least three items. `distinct_columns`: without one item of its
    own for each attribute no two attributes are needed by the same items; None unless complete. `theorem`: the named
    theorem promises that all parameters are determined.
    """

    profiles: int
    classes: int
    complete: bool
    three_items: bool
    distinct_columns: bool | None
    theorem: bool
    attributes: tuple[AttributeIdentity, ...]

    @property
    def identified(self) -> bool:
        """Whether every attribute is."""
        return all(attribute.identified for attribute in self.attributes)


def identify(design: Design) -> Identification:
    """What the Q-matrix of a design lets data tell.

    DINA and DINO: the three conditions above are necessary and sufficient for all parameters to be determined, provided
    that every profile occurs and guess + slip < 1 (Gu & Xu 2019, theorem 1). G-DINA: three items of its own for each
    attribute suffice (Xu 2017, theorem 1). Where that fails, attributes whose profiles are alike are not determined, and
    for the others the rank of the Jacobian of the answers' joint moments decides (as Allman, Matias & Rhodes 2009 for
    latent classes: the rank at a random point is the rank almost everywhere).
    """
    required = design.q.required
    alone = np.array([int((required[required.sum(axis=1) == 1, k]).sum()) for k in range(required.shape[1])])
    items = required.sum(axis=0)
    complete, three = bool((alone >= 1).all()), bool((items >= 3).all())
    distinct = _distinct_columns(required) if complete else None
    theorem = bool((alone >= 3).all()) if design.rule is Rule.GDINA else bool(complete and three and distinct)
    separated = _separated(design)
    rank = None if theorem else _determined_by_rank(design, separated)
    return Identification(
        len(design.profiles),
        design.classes,
        complete,
        three,
        distinct,
        theorem,
        tuple(
            _attribute(
                name,
                items=int(items[k]),
                alone=int(alone[k]),
                separated=bool(separated[k]),
                theorem=theorem,
                rank=None if rank is None else bool(rank[k]),
            )
            for k, name in enumerate(design.q.attributes)
        ),
    )


def _attribute(
    name: str, *, items: int, alone: int, separated: bool, theorem: bool, rank: bool | None
) -> AttributeIdentity:
    if items == 0:
        return AttributeIdentity(name, items, alone, Determined.NO, Why.NO_ITEM)
    if not separated:
        return AttributeIdentity(name, items, alone, Determined.NO, Why.PROFILES_ALIKE)
    if theorem:
        return AttributeIdentity(name, items, alone, Determined.EVERYWHERE, None)
    if rank is None:
        return AttributeIdentity(name, items, alone, Determined.UNKNOWN, Why.TOO_LARGE)
    if rank:
        return AttributeIdentity(name, items, alone, Determined.ALMOST_EVERYWHERE, None)
    why = Why.TOO_FEW_ITEMS if items < 3 else Why.PARAMETERS_ALIKE
    return AttributeIdentity(name, items, alone, Determined.NO, why)


def _distinct_columns(required: Bools) -> bool:
    """Whether the columns differ once one item of its own is taken away for each attribute."""
    rest = required.copy()
    for k in range(required.shape[1]):
        own = np.flatnonzero(required[:, k] & (required.sum(axis=1) == 1))[0]
        rest[own] = False
    return int(np.unique(rest, axis=1).shape[1]) == int(required.shape[1])


def _separated(design: Design) -> Bools:
    """K: whether all profiles of a class agree on the attribute."""
    spread = design.spread
    held = np.stack(
        [
            np.bincount(design.class_of, weights=column, minlength=design.classes)
            for column in design.profiles.T.astype(np.float64)
        ],
        axis=1,
    )
    agreed: Bools = ((held == 0) | (held == spread[:, None])).all(axis=0)
    return agreed


def _determined_by_rank(design: Design, separated: Bools) -> Bools | None:
    """K: whether the share of masters is a function of the moments around a random point; None if the model is too large."""
    columns = design.parameters + design.classes
    if columns > MOST_COLUMNS:
        return None
    draw = np.random.default_rng(20_190_601)
    jacobian = _jacobian(design, draw)
    if len(jacobian) > columns + 12:
        jacobian = _compressed(jacobian, columns + 12, draw)
    echelon, pivots = _echelon(jacobian)
    first = np.zeros(design.classes, dtype=np.intp)
    first[design.class_of] = np.arange(len(design.class_of))
    found = separated.copy()
    for k in np.flatnonzero(separated):
        row = np.zeros(columns, dtype=np.int64)
        row[design.parameters :] = design.profiles[first, k]
        for pivot, known in zip(pivots, echelon, strict=True):
            row = (row - row[pivot] * known) % PRIME
        found[k] = not row.any()
    return found


def _jacobian(design: Design, draw: np.random.Generator) -> Integers:
    """Moments x (G + C), modulo a prime: derivatives of the chance that all items of a set are right.

    The sets are all of up to three items, or a random choice of these, and random larger ones of every size.
    """
    items, columns = len(design.cells), design.parameters + design.classes
    chance = draw.integers(1, PRIME, design.parameters)[design.cells]
    mass = draw.integers(1, PRIME, design.classes)
    blocks = [_moments(design, chance, mass, np.zeros((1, 0), dtype=np.intp))]
    for size in range(1, items + 1):
        if size <= 3:
            sets = np.array(list(combinations(range(items), size)), dtype=np.intp)
            if len(sets) > 2 * columns:
                sets = sets[np.sort(draw.choice(len(sets), 2 * columns, replace=False))]
        else:
            count = columns // items + 8
            sets = draw.permuted(np.tile(np.arange(items), (count, 1)), axis=1)[:, :size]
        blocks.append(_moments(design, chance, mass, sets))
    return np.concatenate(blocks)


def _moments(design: Design, chance: Integers, mass: Integers, sets: Indices) -> Integers:
    """The rows of sets (one a row, all of one size)."""
    count, size = sets.shape
    rows = np.zeros((count, design.parameters + design.classes), dtype=np.int64)
    before = [np.ones((count, design.classes), dtype=np.int64)]
    for place in range(size):
        before.append(before[-1] * chance[sets[:, place]] % PRIME)
    rows[:, design.parameters :] = before[-1]
    after = np.broadcast_to(mass, (count, design.classes))
    for place in range(size - 1, -1, -1):
        np.add.at(
            rows, (np.arange(count)[:, None], design.cells[sets[:, place]]), before[place] * after % PRIME
        )
        after = after * chance[sets[:, place]] % PRIME
    return rows % PRIME


def _compressed(rows: Integers, count: int, draw: np.random.Generator) -> Integers:
    """Random combinations of rows, which span the same space unless chance is against it (about 1 in 2^15).

    The products are formed in halves of 16 bits as doubles, all of them whole numbers below 2^53.
    """
    mixed = draw.integers(0, 2**15, (count, len(rows))).astype(np.float64)
    low = (mixed @ (rows & 0xFFFF).astype(np.float64)).astype(np.int64)
    high = (mixed @ (rows >> 16).astype(np.float64)).astype(np.int64)
    return (low + ((high % PRIME) << 16)) % PRIME


def _echelon(rows: Integers) -> tuple[list[Integers], list[int]]:
    """A basis of the row space modulo the prime, each row with a 1 at its pivot, and the pivots."""
    left = rows.copy()
    basis: list[Integers] = []
    pivots: list[int] = []
    for column in range(left.shape[1]):
        candidates = np.flatnonzero(left[:, column])
        if not candidates.size:
            continue
        pivot_row = left[candidates[0]] * pow(int(left[candidates[0], column]), -1, PRIME) % PRIME
        left = np.delete(left, candidates[0], axis=0)
        factors = left[:, column].copy()
        active = np.flatnonzero(factors)
        left[active, column:] = (
            left[active, column:] - factors[active, None] * pivot_row[None, column:]
        ) % PRIME
        basis.append(pivot_row)
        pivots.append(column)
    return basis, pivots
