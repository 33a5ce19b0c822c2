# SPDX-License-Identifier: Apache-2.0
"""Integer programmes for assembling tests: select_least the cheapest selection that keeps every linear row.

The method is that of W. J. van der Linden, Linear Models for Optimal Test Design (2005), ch. 3-4; the solver is HiGHS. What the
rows mean lives in the item bank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

NODES: Final = 20_000
"""Where a search gives up: a count, not a time, so that the same problem always ends the same way."""


@dataclass(frozen=True, slots=True)
class LinearRow:
    """``least <= sum(weight * value) <= most`` over the named variables; None is no bound."""

    weights: Mapping[int, int]
    least: int | None = None
    most: int | None = None


class SearchEnd(StrEnum):
    """How a search ended; ``LIMIT`` with a choice is a choice that was not proved the cheapest."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Selection:
    """The value of every variable, empty when there is none."""

    outcome: SearchEnd
    values: tuple[int, ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is a choice; over no variables at all there is one too."""
        return self.outcome is SearchEnd.OPTIMAL or bool(self.values)


def select_least(
    costs: Sequence[int], rows: Sequence[LinearRow], *, upper: Sequence[int] | None = None, gap: float = 0.0
) -> Selection:
    """The whole numbers between 0 and ``upper`` (1 each by default) of least total cost that keep every row.

    ``gap`` is the share by which the cost may lie above the least one; 0 asks for the least.

    The same arguments give the same choice: HiGHS runs serially with its default random seed and no limit in seconds.
    """
    if any(_impossible(row) for row in rows):
        return Selection(SearchEnd.INFEASIBLE)
    if not costs:
        return Selection(SearchEnd.OPTIMAL)
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    kept = [row for row in rows if row.weights]
    places = [
        (number, name, weight) for number, row in enumerate(kept) for name, weight in row.weights.items()
    ]
    constraints = []
    if kept:
        matrix = csr_array(
            (
                np.array([weight for _, _, weight in places], dtype=float),
                ([number for number, _, _ in places], [name for _, name, _ in places]),
            ),
            shape=(len(kept), len(costs)),
        )
        least = np.array([-np.inf if row.least is None else row.least for row in kept], dtype=float)
        most = np.array([np.inf if row.most is None else row.most for row in kept], dtype=float)
        constraints = [LinearConstraint(matrix, least, most)]
    found = milp(
        np.array(costs, dtype=float),
        integrality=np.ones(len(costs)),
        bounds=Bounds(np.zeros(len(costs)), np.ones(len(costs)) if upper is None else np.array(upper, float)),
        constraints=constraints,
        options={"node_limit": NODES, "mip_rel_gap": gap},
    )
    outcome = {0: SearchEnd.OPTIMAL, 1: SearchEnd.LIMIT}.get(found.status, SearchEnd.INFEASIBLE)
    if found.x is None:
        return Selection(outcome)
    return Selection(outcome, tuple(round(value) for value in found.x.tolist()))


def _impossible(row: LinearRow) -> bool:
    """A row without variables that its bounds do not allow; the solver takes no empty rows."""
    if row.weights:
        return False
    return (row.least is not None and row.least > 0) or (row.most is not None and row.most < 0)
