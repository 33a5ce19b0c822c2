# SPDX-License-Identifier: Apache-2.0
"""Many small regressions at once on one predictor, columns with gaps (NaN). What is regressed does not matter here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STEPS = 60


def polynomial_fit(
    x: NDArray[np.float64], columns: NDArray[np.float64], *, degree: int
) -> NDArray[np.float64]:
    """Least-squares values at every x, of each column (len(x) x columns) over its rows that are not NaN.

    A column with fewer than `degree` + 1 rows is all NaN: its curve is not determined.
    """
    design = np.vander(x, degree + 1, increasing=True)
    known = np.isfinite(columns)
    enough = known.sum(axis=0) > degree
    answer = np.full(columns.shape, np.nan)
    if enough.any():
        mask = known[:, enough].astype(np.float64)
        values = np.where(known, columns, 0.0)[:, enough]
        normal = np.einsum("xi,xc,xj->cij", design, mask, design)
        right = np.einsum("xi,xc->ci", design, values)
        answer[:, enough] = design @ np.linalg.solve(normal, right[:, :, None])[:, :, 0].T
    return answer


def loglinear_fit(
    x: NDArray[np.float64], columns: NDArray[np.float64], *, steps: int = _STEPS
) -> NDArray[np.float64]:
    """Poisson-likelihood values exp(b0 + b1 x) at every x, of each column of numbers >= 0 over its rows that are not NaN.

    Newton's method (iteratively reweighted least squares; McCullagh & Nelder, 1989, section 2.5), until nothing moves or
    `steps` are done. A column with fewer than two rows, or with nothing but zeros in all but one of them, is all NaN.
    """
    known = np.isfinite(columns)
    enough = (known.sum(axis=0) > 1) & ((np.where(known, columns, 0.0) > 0).sum(axis=0) > 1)
    answer = np.full(columns.shape, np.nan)
    if not enough.any():
        return answer
    mask = known[:, enough].astype(np.float64)
    y = np.where(known, columns, 0.0)[:, enough]
    centre = (mask * x[:, None]).sum(axis=0) / mask.sum(axis=0)
    away = x[:, None] - centre
    mean = (y + 0.1) * mask
    line = np.where(mask > 0, np.log(y + 0.1), 0.0)
    fitted = np.zeros_like(line)
    for _ in range(steps):
        working = line + np.divide(y - mean, mean, out=np.zeros_like(mean), where=mean > 0)
        s0, s1, s2 = mean.sum(axis=0), (mean * away).sum(axis=0), (mean * away**2).sum(axis=0)
        t0, t1 = (mean * working).sum(axis=0), (mean * working * away).sum(axis=0)
        det = np.maximum(s0 * s2 - s1**2, np.finfo(np.float64).tiny)
        fitted = np.clip((s2 * t0 - s1 * t1) / det + (s0 * t1 - s1 * t0) / det * away, -50.0, 50.0)
        moved = np.abs(fitted - line)[mask > 0].max()
        line = fitted
        mean = np.exp(line) * mask
        if moved < 1e-11:
            break
    answer[:, enough] = np.exp(fitted)
    return answer
