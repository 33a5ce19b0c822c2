# SPDX-License-Identifier: Apache-2.0
"""How far judges agree: variance components, intraclass correlations and the standard error of a panel's mean.

What the judgements are about lives with the methods.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError

_NOTHING = 1e-15  # relative: a sum of squares that is only rounding


@dataclass(frozen=True, slots=True)
class Agreement:
    """A complete table of n objects (items) by k judges, taken apart.

    `objects`, `judges`, `residual` are variance components (negative estimates stay negative); the correlations are those of
    Shrout & Fleiss (1979), Psychol. Bull. 86, 420-428: (1, 1) and (1, k) for judges that differ from object to object, (2, ·)
    for judges drawn from many, (3, ·) for these judges alone; the second sign is whether one judgement or the mean of k counts.
    A correlation is None where its variances are all 0 (`reason` = `no_variance`). `generalizability` and `dependability` are
    Brennan's E rho^2 and Phi for the mean of k judges, that is ICC(3, k) and ICC(2, k).
    """

    count: int
    judge_count: int
    objects: float
    judges: float
    residual: float
    icc_1_1: float | None
    icc_1_k: float | None
    icc_2_1: float | None
    icc_2_k: float | None
    icc_3_1: float | None
    icc_3_k: float | None
    reason: str | None

    @property
    def generalizability(self) -> float | None:
        """How well the panel's mean orders the objects: ICC(3, k)."""
        return self.icc_3_k

    @property
    def dependability(self) -> float | None:
        """How well the panel's mean gives their level: ICC(2, k)."""
        return self.icc_2_k

    def to_document(self) -> dict[str, object]:
        """As JSON."""
        return {
            "variance_items": self.objects,
            "variance_judges": self.judges,
            "variance_residual": self.residual,
            "icc_1_1": self.icc_1_1,
            "icc_1_k": self.icc_1_k,
            "icc_2_1": self.icc_2_1,
            "icc_2_k": self.icc_2_k,
            "icc_3_1": self.icc_3_1,
            "icc_3_k": self.icc_3_k,
            "reason": self.reason,
        }


def agreement(table: NDArray[np.float64]) -> Agreement:
    """Take a table of objects (n >= 2) x judges (k >= 2) apart; no value may be missing.

    Two-way analysis of variance, one value a cell: Shrout & Fleiss (1979); components as in Brennan (2001),
    Generalizability Theory. Raises StatisticsError (`judgements_few`, `judgements_missing`).
    """
    n, k = table.shape
    if n < 2 or k < 2:
        raise StatisticsError("judgements_few", items=n, judges=k)
    if np.isnan(table).any():
        raise StatisticsError("judgements_missing", missing=int(np.isnan(table).sum()))
    mean = table.mean()
    rows, columns = table.mean(axis=1), table.mean(axis=0)
    between = k * float(((rows - mean) ** 2).sum()) / (n - 1)
    judges = n * float(((columns - mean) ** 2).sum()) / (k - 1)
    rest = float(((table - rows[:, None] - columns + mean) ** 2).sum()) / ((n - 1) * (k - 1))
    within = float(((table - rows[:, None]) ** 2).sum()) / (n * (k - 1))
    small = _NOTHING * max(1.0, float((table**2).mean()))
    between, judges, rest, within = (
        0.0 if value < small else value for value in (between, judges, rest, within)
    )
    iccs = (
        _ratio(between - within, between + (k - 1) * within),
        _ratio(between - within, between),
        _ratio(between - rest, between + (k - 1) * rest + k * (judges - rest) / n),
        _ratio(between - rest, between + (judges - rest) / n),
        _ratio(between - rest, between + (k - 1) * rest),
        _ratio(between - rest, between),
    )
    return Agreement(
        n,
        k,
        (between - rest) / k,
        (judges - rest) / n,
        rest,
        *iccs,
        "no_variance" if None in iccs else None,
    )


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole != 0 else None
