# SPDX-License-Identifier: Apache-2.0
"""What a Q-matrix and a rule say before any data: attribute profiles, groups of them per item, and which of them look alike.

No response, no estimate and no judgement about identification lives here (`fitting`, `identifiability`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import compress
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]

MOST_ATTRIBUTES: Final = 15
MOST_REQUIRED: Final = 10


class Rule(StrEnum):
    """How the attributes of an item work together.

    ``dina``: all of them are needed (Junker & Sijtsma 2001). ``dino``: one is enough (Templin & Henson 2006). ``gdina``: each
    combination has a probability of its own, the saturated model (de la Torre 2011, equation 1).
    """

    DINA = "dina"
    DINO = "dino"
    GDINA = "gdina"


@dataclass(frozen=True, slots=True, eq=False)
class QMatrix:
    """Which attributes an item needs: `required` is J items x K attributes.

    Raises StatisticsError: `q_shape`, `q_names_twice`, `q_attributes_many` (more than 15), `q_item_attributes_many` (more
    than 10).
    """

    items: tuple[str, ...]
    attributes: tuple[str, ...]
    required: Bools

    def __post_init__(self) -> None:
        if self.required.shape != (len(self.items), len(self.attributes)) or self.required.size == 0:
            raise StatisticsError(
                "q_shape",
                items=len(self.items),
                attributes=len(self.attributes),
                shape=list(self.required.shape),
            )
        for names in (self.items, self.attributes):
            if len(set(names)) < len(names):
                twice = next(name for place, name in enumerate(names) if name in names[:place])
                raise StatisticsError("q_names_twice", name=twice)
        if len(self.attributes) > MOST_ATTRIBUTES:
            raise StatisticsError("q_attributes_many", attributes=len(self.attributes), most=MOST_ATTRIBUTES)
        needed = self.required.sum(axis=1)
        if needed.max() > MOST_REQUIRED:
            item = self.items[int(needed.argmax())]
            raise StatisticsError(
                "q_item_attributes_many", item=item, attributes=int(needed.max()), most=MOST_REQUIRED
            )

    @classmethod
    def of(
        cls,
        required: NDArray[np.generic] | Sequence[Sequence[int]],
        *,
        items: Sequence[str] | None = None,
        attributes: Sequence[str] | None = None,
    ) -> QMatrix:
        """A Q-matrix from zeros and ones; names not given are 1, 2, 3, … and A1, A2, A3, …; StatisticsError(`q_values`)."""
        matrix = np.atleast_2d(np.asarray(required))
        if not np.isin(matrix, (0, 1)).all():
            raise StatisticsError("q_values")
        rows, columns = matrix.shape
        return cls(
            tuple(items) if items is not None else tuple(str(j + 1) for j in range(rows)),
            tuple(attributes) if attributes is not None else tuple(f"A{k + 1}" for k in range(columns)),
            matrix.astype(np.bool_),
        )

    def needs(self, item: int) -> tuple[str, ...]:
        """The attributes that an item (by its place, from 0) needs."""
        return tuple(compress(self.attributes, self.required[item]))

    def with_row(self, item: int, required: Bools) -> QMatrix:
        """The same matrix with another row for one item."""
        changed = self.required.copy()
        changed[item] = required
        return QMatrix(self.items, self.attributes, changed)


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """The profiles of mastery under a Q-matrix and a rule.

    `profiles`: 2^K x K, each profile, the first attribute changing slowest. `class_of`: 2^K, the class of each profile;
    profiles of one class give the same probability on every item, whatever the parameters are, so that no data tell them
    apart (Zhang, DeCarlo & Ying 2013). `cells`: J x C, the parameter of each item and class. `starts`: J, an item's first
    parameter; `sizes`: J, how many it has. `mastered`: G, the share of the item's attributes that each parameter stands for
    (DINA, DINO: 0 or 1).
    """

    q: QMatrix
    rule: Rule
    profiles: Bools
    class_of: Indices
    cells: Indices
    starts: Indices
    sizes: Indices
    mastered: Vector

    @property
    def classes(self) -> int:
        """C: how many kinds of profile data could tell apart."""
        return int(self.cells.shape[1])

    @property
    def parameters(self) -> int:
        """G: how many probabilities all items have together."""
        return int(self.sizes.sum())

    @property
    def spread(self) -> Vector:
        """C: how many profiles each class holds."""
        return np.bincount(self.class_of, minlength=self.classes).astype(np.float64)

    def of_item(self, item: int) -> slice:
        """Where the parameters of an item stand."""
        return slice(int(self.starts[item]), int(self.starts[item] + self.sizes[item]))


def all_profiles(attributes: int) -> Bools:
    """2^K x K: every profile, the first attribute changing slowest."""
    numbers = np.arange(2**attributes)[:, None]
    found: Bools = (numbers >> np.arange(attributes - 1, -1, -1)) & 1 == 1
    return found


def design_of(q: QMatrix, rule: Rule) -> Design:
    """The design of a Q-matrix under a rule.

    An item that needs nothing has one parameter. Under DINA and DINO an item has two: not enough, enough. Under G-DINA it has
    2^(its attributes), the first of them changing slowest.
    """
    profiles = all_profiles(len(q.attributes))
    rows: list[Indices] = []
    sizes: list[int] = []
    mastered: list[Vector] = []
    for needed in q.required:
        count = int(needed.sum())
        held = profiles[:, needed]
        if count == 0:
            rows.append(np.zeros(len(profiles), dtype=np.intp))
            mastered.append(np.ones(1, dtype=np.float64))
        elif rule is Rule.GDINA:
            places = (1 << np.arange(count - 1, -1, -1)).astype(np.intp)
            row: Indices = np.dot(held.astype(np.intp), places).astype(np.intp)
            rows.append(row)
            mastered.append(all_profiles(count).mean(axis=1).astype(np.float64))
        else:
            enough: Bools = np.atleast_1d(held.all(axis=1) if rule is Rule.DINA else held.any(axis=1))
            rows.append(enough.astype(np.intp))
            mastered.append(np.array([0.0, 1.0]))
        sizes.append(mastered[-1].size)
    cells, class_of = np.unique(np.stack(rows), axis=1, return_inverse=True)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.intp)
    return Design(
        q,
        rule,
        profiles,
        class_of.ravel().astype(np.intp),
        (cells + starts[:, None]).astype(np.intp),
        starts,
        np.array(sizes, dtype=np.intp),
        np.concatenate(mastered),
    )


def profile_name(profile: Bools) -> str:
    """A profile as R prints it: ``"0110"``."""
    return "".join("1" if has else "0" for has in profile)
