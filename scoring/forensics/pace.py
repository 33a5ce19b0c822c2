# SPDX-License-Identifier: Apache-2.0
"""Times that do not fit a person's own pace, under the lognormal model. Limits for rapid answers do not live here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.fairness.multiple import Control, adjusted

FEWEST_PERSONS: Final = 50
_STEPS: Final = 500


@dataclass(frozen=True, slots=True, eq=False)
class Pace:
    """The lognormal model of times and the persons whom it does not fit.

    Of the items: `intensity` (mean of the log seconds at a pace of 0) and `precision` (1 / sd). Of the persons:
    `pace` (higher is faster, mean 0), `residuals` persons x items (standard normal where the model holds; below 0:
    quicker than his pace), `misfit` (sum of their squares), `df` (times - 1), `p` (upper chi-square tail),
    `p_adjusted`, `flagged`.
    """

    intensity: NDArray[np.float64]
    precision: NDArray[np.float64]
    pace: NDArray[np.float64]
    residuals: NDArray[np.float64]
    misfit: NDArray[np.float64]
    df: NDArray[np.int64]
    p: NDArray[np.float64]
    p_adjusted: NDArray[np.float64]
    flagged: NDArray[np.bool_]


def pace_of(times: NDArray[np.float64], *, rate: float = 0.05, control: Control = Control.BH) -> Pace:
    """Fit log t = intensity - pace + error / precision to seconds, persons x items (NaN missing), and test each person.

    Model: van der Linden (2006), J. Educ. Behav. Stat. 31, eq. 3; the test of a person: Sinharay (2018), Br. J. Math. Stat.
    Psychol. 71, eq. 5: with the person's own pace estimated the squared residuals follow chi-square with one degree less
    than times. Item parameters and paces by alternating least squares to the end, variances corrected for the estimated
    paces. Raises StatisticsError: `times_not_positive`, `persons_too_few_to_compare`, `times_too_few_items`.
    """
    known = np.isfinite(times)
    if (times[known] <= 0).any():
        row, item = np.argwhere(known & ~(times > 0))[0]
        raise StatisticsError("times_not_positive", row=int(row) + 1, item=int(item) + 1)
    persons, items = int(known.any(axis=1).sum()), int((known.sum(axis=0) > 1).sum())
    if persons < FEWEST_PERSONS:
        raise StatisticsError("persons_too_few_to_compare", persons=persons, fewest=FEWEST_PERSONS)
    if items < 3 or (known.sum(axis=0) <= 1).any():
        raise StatisticsError("times_too_few_items", items=items, fewest=3)
    logs = np.zeros(times.shape)
    np.log(times, out=logs, where=known)
    intensity, spread, pace = _fitted(logs, known.astype(np.float64))
    residuals = np.where(known, (logs - intensity + pace[:, None]) / spread, np.nan)
    misfit, df = np.nansum(residuals**2, axis=1), known.sum(axis=1) - 1
    p = np.where(df > 0, _chi_square_upper(misfit, np.maximum(df, 1)), np.nan)
    p_adjusted = adjusted(p, control)
    flagged = np.nan_to_num(p_adjusted, nan=1.0) <= rate
    return Pace(intensity, 1 / spread, pace, residuals, misfit, df, p, p_adjusted, flagged)


def _fitted(
    logs: NDArray[np.float64], known: NDArray[np.float64], *, steps: int = _STEPS
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Intensities, standard deviations and paces; a pace is the weighted mean of what a person's times are below the items'."""
    counts = known.sum(axis=0)
    spread, pace = np.ones(logs.shape[1]), np.zeros(logs.shape[0])
    intensity = (known * logs).sum(axis=0) / counts
    for _ in range(steps):
        weight = known / spread**2
        total = weight.sum(axis=1)
        timed = total > 0
        pace = np.divide(
            (weight * (intensity - logs)).sum(axis=1), total, out=np.zeros(pace.shape), where=timed
        )
        pace = np.where(timed, pace - pace[timed].mean(), 0.0)
        intensity = (known * (logs + pace[:, None])).sum(axis=0) / counts
        away = known * (logs - intensity + pace[:, None])
        # E[away^2] = sd^2 (1 - own weight / all weights): the pace was fitted to this time too
        kept = (
            known * (1 - np.divide(weight, total[:, None], out=np.zeros_like(weight), where=timed[:, None]))
        ).sum(axis=0)
        fresh = np.sqrt(np.maximum((away**2).sum(axis=0) / np.maximum(kept, 1e-9), 1e-12))
        moved = np.abs(fresh / spread - 1).max()
        spread = fresh
        if moved < 1e-10:
            break
    return intensity, spread, pace


def _chi_square_upper(value: NDArray[np.float64], df: NDArray[np.int64]) -> NDArray[np.float64]:
    from scipy.special import gammaincc

    return np.asarray(gammaincc(df / 2, value / 2), dtype=np.float64)
