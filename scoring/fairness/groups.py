# SPDX-License-Identifier: Apache-2.0
"""Who belongs to which group: a reference group and one or more focal groups. No statistic lives here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.tables import ResponseTable

FEWEST: Final = 10
"""Persons of a group below which nothing is computed: each stratum would hold one person at most."""
ENOUGH_FOCAL: Final = 200
ENOUGH_TOTAL: Final = 500
"""Sizes below which a result carries a caution: the smaller group and all persons (Zwick 2012, ETS RR-12-08, on ETS's own
rules for the assembly of tests)."""


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Rows of a table by group.

    `names` are the groups, the reference first; `codes` has one entry a row of the table: the place of its group in
    `names`, or -1 for a row without a group or of a group that is not compared.
    """

    names: tuple[str, ...]
    codes: NDArray[np.intp]

    @property
    def compared(self) -> NDArray[np.bool_]:
        """Which rows are compared."""
        return self.codes >= 0

    def sizes(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """The persons of each group, by frequency."""
        kept = self.compared
        counts = np.bincount(self.codes[kept], weights=weights[kept], minlength=len(self.names))
        return counts.astype(np.float64)


def grouping(
    labels: Sequence[str],
    weights: NDArray[np.float64],
    *,
    focal: Sequence[str] = (),
    reference: str | None = None,
) -> Grouping:
    """Rows by their label; an empty label means that the group is not known, and leaves the row out.

    Focal groups that are named are compared with the reference group that is named, else with everybody else together.
    Where none is named, every group is focal but the reference: the one that is named, else the largest (of equal ones
    the first by name). Weights are frequencies, one a row.

    Raises `StatisticsError`: `group_unknown`, `group_single`, `group_twice`.
    """
    present = _present(labels, weights)
    unknown = [
        name for name in (*focal, *((reference,) if reference is not None else ())) if name not in present
    ]
    if unknown:
        raise StatisticsError("group_unknown", groups=unknown)
    if len(set(focal)) < len(focal) or reference in focal:
        raise StatisticsError("group_twice", groups=list(focal))
    if len(present) - len(focal if reference is None else ()) < 1 or len(present) < 2:
        raise StatisticsError("group_single", groups=sorted(present))
    if focal and reference is None:
        others = [name for name in sorted(present) if name not in focal]
        names = (others[0] if len(others) == 1 else " + ".join(others), *focal)
        places = dict.fromkeys(others, 0) | {name: place for place, name in enumerate(focal, start=1)}
    else:
        first = reference if reference is not None else min(present, key=lambda name: (-present[name], name))
        rest = tuple(focal) or tuple(name for name in sorted(present) if name != first)
        names = (first, *rest)
        places = {name: place for place, name in enumerate(names)}
    return Grouping(names, np.array([places.get(label, -1) for label in labels], dtype=np.intp))


def _present(labels: Sequence[str], weights: NDArray[np.float64]) -> dict[str, float]:
    sizes: dict[str, float] = {}
    for label, weight in zip(labels, weights.tolist(), strict=True):
        if label and weight > 0:
            sizes[label] = sizes.get(label, 0.0) + weight
    return sizes


def cautions(groups: Grouping, table: ResponseTable) -> tuple[str, ...]:
    """What makes the comparison weak, as codes: `few_focal`, `few_persons`. Nothing is hidden because of them."""
    sizes = groups.sizes(table.weights)
    found = []
    if sizes.min() < ENOUGH_FOCAL:
        found.append("few_focal")
    if sizes.sum() < ENOUGH_TOTAL:
        found.append("few_persons")
    return tuple(found)
