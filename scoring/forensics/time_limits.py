# SPDX-License-Identifier: Apache-2.0
"""From how many seconds on an answer can have been thought about: a threshold per item, from the times of many persons.

What a person did with the time does not live here (`scoring.forensics.effort`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError

FEWEST_TIMES: Final = 10  # a mean of fewer is no norm
FEWEST_FOR_MIXTURE: Final = 100
_FEWEST_IN_GROUP: Final = 5
_STEPS: Final = 2000
_APART: Final = 2.0  # Ashman's D: two groups that can be told apart
_SMALLEST, _LARGEST = 0.002, 0.5  # share of the quick group: above one half it is not the exception
_NARROWEST: Final = 0.05  # standard deviation of a logarithm: times are not measured finer


@dataclass(frozen=True, slots=True, eq=False)
class TimeLimits:
    """Seconds below which an answer is called rapid, one an item, NaN where there is none; `reasons` says why not.

    Reasons: `too_few_times`, `no_rapid_group` (the times are one group: nobody, or nobody in particular, was rapid).
    """

    seconds: NDArray[np.float64]
    reasons: tuple[str | None, ...]


def checked_times(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Seconds persons x items, NaN where missing. StatisticsError(`times_negative`) names the first below 0 by row and item."""
    wrong = np.argwhere(times < 0)
    if wrong.size:
        raise StatisticsError("times_negative", row=int(wrong[0][0]) + 1, item=int(wrong[0][1]) + 1)
    return times


def normative_limits(times: NDArray[np.float64], *, share: float = 0.10, most: float = 10.0) -> TimeLimits:
    """NT10: a tenth of the item's mean time, but at most ten seconds.

    Source: Wise & Ma (2012), paper at NCME, Vancouver; Wise & Kuhfeld (2020), J. Educ. Meas. 58, p. 132. Raises
    StatisticsError: `times_negative`, `bad_time_share` unless 0 < share < 1, `bad_time_limit` unless most > 0.
    """
    if not 0 < share < 1:
        raise StatisticsError("bad_time_share", share=share)
    if not most > 0:
        raise StatisticsError("bad_time_limit", seconds=most)
    known = np.isfinite(checked_times(times))
    counts = known.sum(axis=0)
    mean = np.where(known, times, 0.0).sum(axis=0) / np.maximum(counts, 1)
    enough = counts >= FEWEST_TIMES
    reasons = tuple(None if good else "too_few_times" for good in enough.tolist())
    return TimeLimits(np.where(enough, np.minimum(share * mean, most), np.nan), reasons)


def mixture_limits(times: NDArray[np.float64]) -> TimeLimits:
    """Where a quick and a slow group of an item's times meet: each answer below belongs sooner to the quick one.

    Two normal laws are fitted to the logarithms of the seconds by expectation-maximisation (Schnipke & Scrams, 1997,
    J. Educ. Meas. 34, p. 216; lognormal form of Rios & Guo, 2020, Appl. Meas. Educ. 33). No limit where they are not
    two groups: Ashman's D below 2, a quick share outside [.002, .5] or of fewer than five answers, or a BIC that is
    no better than that of one law. Raises as above.
    """
    known = np.isfinite(checked_times(times)) & (times > 0)
    limits = [_mixture_limit(np.log(column[mask])) for column, mask in zip(times.T, known.T, strict=True)]
    seconds = np.array([np.nan if isinstance(limit, str) else limit for limit in limits])
    return TimeLimits(seconds, tuple(limit if isinstance(limit, str) else None for limit in limits))


def _mixture_limit(logs: NDArray[np.float64]) -> float | str:
    if logs.size < FEWEST_FOR_MIXTURE:
        return "too_few_times"
    found = _two_groups(logs)
    if found is None:
        return "no_rapid_group"
    share, means, spreads = found
    # log of (quick density / slow density) is quadratic: its root between the two means
    a = 0.5 / spreads[1] ** 2 - 0.5 / spreads[0] ** 2
    b = means[0] / spreads[0] ** 2 - means[1] / spreads[1] ** 2
    c = (
        np.log(share / (1 - share) * spreads[1] / spreads[0])
        + 0.5 * (means[1] / spreads[1]) ** 2
        - 0.5 * (means[0] / spreads[0]) ** 2
    )
    roots = np.roots([a, b, c])
    between = [root.real for root in roots if abs(root.imag) < 1e-9 and means[0] < root.real < means[1]]
    return float(np.exp(between[0])) if between else "no_rapid_group"


def _two_groups(
    logs: NDArray[np.float64],
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]] | None:
    """Share of the quick group, means and standard deviations (quick, slow); None where they are not two groups."""
    low, high = np.quantile(logs, [0.05, 0.6])
    means = np.array([low, high])
    spreads = np.full(2, max(logs.std() / 2, _NARROWEST))
    share, before = 0.1, -np.inf
    loglik = before
    for _ in range(_STEPS):
        parts = _log_densities(logs, means, spreads) + np.log([share, 1 - share])[:, None]
        total = np.logaddexp(parts[0], parts[1])
        loglik = float(total.sum())
        if loglik - before < 1e-9 * abs(loglik):
            break
        before = loglik
        belongs = np.exp(parts - total)
        sizes = belongs.sum(axis=1)
        if sizes.min() < _FEWEST_IN_GROUP:
            return None
        means = belongs @ logs / sizes
        spreads = np.sqrt((belongs * (logs - means[:, None]) ** 2).sum(axis=1) / sizes)
        spreads = np.maximum(spreads, _NARROWEST)
        share = float(np.clip(sizes[0] / logs.size, 1e-6, 1 - 1e-6))
    one = _log_densities(logs, logs.mean(keepdims=True), np.maximum(logs.std(keepdims=True), _NARROWEST))
    apart = np.sqrt(2) * (means[1] - means[0]) / np.hypot(*spreads)
    better = 2 * (loglik - one.sum()) > 3 * np.log(logs.size)
    return (share, means, spreads) if apart > _APART and better and _SMALLEST <= share <= _LARGEST else None


def _log_densities(
    logs: NDArray[np.float64], means: NDArray[np.float64], spreads: NDArray[np.float64]
) -> NDArray[np.float64]:
    z = (logs - means[:, None]) / spreads[:, None]
    return np.asarray(-0.5 * z**2 - np.log(spreads * np.sqrt(2 * np.pi))[:, None], dtype=np.float64)
