# SPDX-License-Identifier: Apache-2.0
"""Which of very many tests need their exact p-value so that no alarm is missed; the rest keep the normal approximation.

The exact value itself does not live here (`scoring.forensics.tails`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.forensics.tails import normal_upper

# An exact p-value is at least a `SLACK`-th of its approximation wherever it is above `FLOOR` and the standard deviation at
# least `LEAST_SD`; a test holds that against the recursion.
SLACK: Final = 2.0
FLOOR: Final = 1e-4
LEAST_SD: Final = 2.0


def approximate(
    matches: NDArray[np.int64], expected: NDArray[np.float64], variance: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Upper tails of sums of trials, rather too small than too large; 0 ("look") where the spread is below `LEAST_SD`.

    The normal law with half a match of continuity and the skewness of Edgeworth's first term (Feller, 1971, vol. II,
    XVI.4); the third moment, which would cost more than the rest, is taken at its lower bound (sum p^2)^2 / sum p.
    """
    spread = np.sqrt(np.maximum(variance, 0.0))
    usual = spread >= LEAST_SD
    x = np.divide(matches - 0.5 - expected, spread, out=np.full(spread.shape, 40.0), where=usual)
    squares = expected - variance
    third = (
        expected - 3 * squares + 2 * np.divide(squares**2, expected, out=np.zeros_like(squares), where=usual)
    )
    skew = np.divide(third, spread**3, out=np.zeros_like(spread), where=usual)
    near = np.clip(x, -8.0, 40.0)
    density = np.exp(-0.5 * near**2) / np.sqrt(2 * np.pi)
    tail = normal_upper(x) + skew * (near**2 - 1) / 6 * density
    return np.where(usual, np.clip(tail, 0.0, 1.0), 0.0)


@dataclass(slots=True)
class Screen:
    """Counts approximate p-values as they come, and says afterwards up to which the exact ones are needed.

    An alarm of Benjamini and Hochberg's control with p in (t/2, t] needs at least (t/2) tests / rate p-values <= t.
    Where there are fewer approximations <= `SLACK` t, there is none in that interval. The other controls raise no
    more alarms, `none` apart.
    """

    rate: float
    tests: int = 0
    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(64, dtype=np.int64))

    @property
    def widest(self) -> float:
        """The largest approximation that could be an alarm."""
        return min(1.0, SLACK * self.rate)

    def add(self, approximations: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Count them; True where one is small enough to be kept for now."""
        self.tests += approximations.size
        small = approximations <= self.widest
        halvings = np.floor(np.log2(self.widest / np.maximum(approximations[small], 1e-18)))
        self.counts += np.bincount(np.clip(halvings, 0, 63).astype(np.int64), minlength=64)
        return np.asarray(small, dtype=np.bool_)

    def limit(self) -> float:
        """The approximation above which no test can be an alarm, after all were added."""
        limit, exact, halving = self.widest, self.rate, 0
        at_most = np.cumsum(self.counts[::-1])[::-1]  # approximations <= widest / 2^n
        while exact / 2 >= FLOOR and at_most[halving] < exact / 2 * self.tests / self.rate:
            exact, halving = exact / 2, halving + 1  # nothing in (exact / 2, exact]
            limit = SLACK * exact
        return limit
