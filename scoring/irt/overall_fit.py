# SPDX-License-Identifier: Apache-2.0
"""Does the whole model fit? M2 (Maydeu-Olivares & Joe 2006), M2* (Cai & Hansen 2013) and C2 (Cai & Monro 2014).

They compare the means of the items and of the products of pairs with what the model implies. Items one by one are tested in
`item_fit`, pairs in `local_dependence`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from scoring.irt.category_models import Calibration, Family, Item
from scoring.irt.coding import Indices, Matrix, Vector
from scoring.irt.implied_moments import Implied, Moments, correlation, implied_moments, observed_moments
from scoring.irt.quadrature import Quadrature, normal_grid

MOST_ITEMS: Final = 80
"""The covariance of the pairs' products has I^4 / 4 entries: 80 items need 80 MB."""


@dataclass(frozen=True, slots=True)
class OverallFit:
    """The statistic with its test and descriptive indices; all None with a `reason` where it cannot be had.

    `rmsea` is sqrt(max(statistic / df - 1, 0) / (n - 1)) with a 90 % interval; `srmsr` the root mean square of the residual
    correlations; `tli` and `cfi` compare with independent items.
    """

    moments: Moments
    n: float
    statistic: float | None = None
    df: int | None = None
    p: float | None = None
    rmsea: float | None = None
    rmsea_low: float | None = None
    rmsea_high: float | None = None
    srmsr: float | None = None
    tli: float | None = None
    cfi: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """The persons with every item: N x I `scores`, their `shares` (N, adding to 1), how many they are, and their moments."""

    scores: Matrix
    shares: Vector
    n: float
    moments: Vector


def overall_fit(
    calibration: Calibration,
    codes: Matrix,
    weights: Vector,
    *,
    moments: Moments = Moments.PRODUCTS,
    quadrature: Quadrature | None = None,
) -> OverallFit:
    """Test the model with persons who have every item (the others are left out; `n` says how much weight remained).

    `codes`: N x I category numbers, NaN = missing; `weights`: N. As `M2` of R's mirt: `PRODUCTS` is type "M2*", `HYBRID` is
    "C2". Reasons: `no_complete_rows`, `too_few_items`, `too_many_items`, `too_few_degrees_of_freedom`, `moments_dependent`.
    """
    whole = ~np.isnan(codes).any(axis=1) & (weights > 0)
    n = float(weights[whole].sum())
    if n < 2:
        return OverallFit(moments, n, reason="no_complete_rows")
    if not 2 <= len(calibration.items) <= MOST_ITEMS:
        return OverallFit(
            moments, n, reason="too_few_items" if len(calibration.items) < 2 else "too_many_items"
        )
    shares = weights[whole] / n
    seen = _Seen(
        codes[whole], shares, n, observed_moments(codes[whole], shares, calibration.categories, moments)
    )
    df = len(seen.moments) - calibration.free
    if df < 1:
        return OverallFit(moments, n, reason="too_few_degrees_of_freedom")
    implied = implied_moments(calibration, normal_grid() if quadrature is None else quadrature, moments)
    found = _distance(seen, implied)
    if found is None or found[1] < calibration.free:
        return OverallFit(moments, n, reason="moments_dependent")
    statistic = found[0]
    low, high = _rmsea_interval(statistic, df, n)
    tli, cfi = _against_independence(calibration, seen, moments, statistic, df)
    from scipy.stats import chi2

    return OverallFit(
        moments=moments,
        n=n,
        statistic=statistic,
        df=df,
        p=float(chi2.sf(statistic, df)),
        rmsea=rmsea(statistic, df, n),
        rmsea_low=low,
        rmsea_high=high,
        srmsr=_srmsr(seen, implied.correlation),
        tli=tli,
        cfi=cfi,
    )


def rmsea(statistic: float, df: int, n: float) -> float:
    """Root mean square error of approximation, sqrt(max(statistic / df - 1, 0) / (n - 1)) (Steiger & Lind 1980.

    N - 1 as R's mirt).
    """
    return float(np.sqrt(max(statistic / df - 1.0, 0.0) / (n - 1.0)))


def _distance(seen: _Seen, implied: Implied) -> tuple[float, int] | None:
    """The statistic n gap' C gap, and how many parameters the moments can tell apart; None for dependent moments.

    C = V - V D (D' V D)^-1 D' V; V inverts the moments' covariance, D are their slopes by the parameters.
    """
    try:
        lower = np.linalg.cholesky(implied.covariance)
    except np.linalg.LinAlgError:
        return None
    rest = np.linalg.solve(lower, seen.moments - implied.mean)
    rank = 0
    if implied.slopes.shape[1]:
        basis, sizes, _ = np.linalg.svd(np.linalg.solve(lower, implied.slopes), full_matrices=False)
        rank = int((sizes > 1e-9 * sizes[0]).sum())
        rest = rest - basis[:, :rank] @ (basis[:, :rank].T @ rest)
    return seen.n * float(rest @ rest), rank


def _rmsea_interval(statistic: float, df: int, n: float) -> tuple[float, float]:
    """The 90 % interval: the non-centralities under which the statistic is the 95th and the 5th percentile."""
    from scipy.optimize import brentq
    from scipy.stats import chi2, ncx2

    ends = []
    for level in (0.95, 0.05):
        if chi2.cdf(statistic, df) < level:
            ends.append(0.0)
            continue
        top = max(statistic, 1.0)
        while ncx2.cdf(statistic, df, top) > level:
            top *= 2.0
        found = brentq(lambda size, level=level: ncx2.cdf(statistic, df, size) - level, 1e-9, top)
        ends.append(float(np.sqrt(found / (df * (n - 1.0)))))
    return ends[0], ends[1]


def _srmsr(seen: _Seen, implied: Matrix) -> float | None:
    """None where an item does not vary among the persons with complete rows."""
    mean = seen.shares @ seen.scores
    if (seen.shares @ (seen.scores - mean) ** 2 <= 0).any():
        return None
    observed = correlation(seen.scores.T @ (seen.scores * seen.shares[:, None]), mean)
    pairs = np.triu_indices(len(observed), 1)
    return float(np.sqrt(np.mean((observed[pairs] - implied[pairs]) ** 2)))


def _against_independence(
    calibration: Calibration, seen: _Seen, moments: Moments, statistic: float, df: int
) -> tuple[float | None, float | None]:
    """Tucker-Lewis and comparative fit index; None where a category does not occur or independence fits as well."""
    items: list[Item] = []
    places: list[Indices] = []
    free = 0
    for item, kinds in enumerate(calibration.categories):
        at_least = np.array([seen.shares @ (seen.scores[:, item] >= step) for step in range(kinds + 1)])
        if (np.diff(at_least) >= 0).any():
            return None, None
        line = np.log(at_least[1:-1] / (1 - at_least[1:-1]))
        items.append(Item(calibration.names[item], Family.GRADED, np.concatenate(([0.0], line))))
        places.append(np.concatenate(([-1], np.arange(free, free + kinds - 1))).astype(np.intp))
        free += kinds - 1
    alone = implied_moments(Calibration(tuple(items), tuple(places), free), normal_grid(5), moments)
    found = _distance(seen, alone)
    base, alone_df = (0.0, 1) if found is None else (found[0], len(seen.moments) - found[1])
    if base <= alone_df:
        return None, None
    tli = (base / alone_df - statistic / df) / (base / alone_df - 1.0)
    cfi = 1.0 - (statistic - df) / (base - alone_df)
    return float(tli), float(min(max(cfi, 0.0), 1.0))
