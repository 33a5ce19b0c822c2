# SPDX-License-Identifier: Apache-2.0
"""Rates out of counts, with how much such counts can say. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` out of `of`, with the exact 95 % interval (Clopper and Pearson, 1934); all None when there was nothing."""

    hits: int
    of: int

    @property
    def rate(self) -> float | None:
        """The share, or None."""
        return self.hits / self.of if self.of else None

    def interval(self) -> tuple[float, float] | None:
        """The lower and upper end, each missed with a probability of at most 2.5 %."""
        if not self.of:
            return None
        from scipy.stats import beta  # importing it costs a second

        low = 0.0 if self.hits == 0 else float(beta.ppf(0.025, self.hits, self.of - self.hits + 1))
        high = 1.0 if self.hits == self.of else float(beta.ppf(0.975, self.hits + 1, self.of - self.hits))
        return low, high

    def described(self) -> dict[str, Any]:
        """As plain data; shares with five decimals."""
        ends = self.interval()
        return {
            "hits": self.hits,
            "of": self.of,
            "rate": None if self.rate is None else round(self.rate, 5),
            "low": None if ends is None else round(ends[0], 5),
            "high": None if ends is None else round(ends[1], 5),
        }


def rate_of(hits: list[bool]) -> Rate:
    """The rate of True."""
    return Rate(sum(hits), len(hits))


def lowest_rate(events: int, hours: float) -> float | None:
    """The 95 % lower bound of events an hour after so many in so many hours (Garwood, 1936); None without any time."""
    if hours <= 0:
        return None
    from scipy.stats import chi2

    return float(chi2.ppf(0.05, 2 * events) / 2 / hours) if events else 0.0


def highest_rate(events: int, hours: float) -> float | None:
    """The 95 % upper bound of events an hour after so many in so many hours (Garwood, 1936); None without any time.

    With none it is 3 / hours, the rule of three.
    """
    if hours <= 0:
        return None
    from scipy.stats import chi2

    return float(chi2.ppf(0.95, 2 * (events + 1)) / 2 / hours)
