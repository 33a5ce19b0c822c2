# SPDX-License-Identifier: Apache-2.0
"""Do two items share more than the ability? Q3 (Yen 1984) and X2 of pairs (Chen & Thissen 1997).

A pair that depends counts one piece of knowledge twice. The whole model is tested in `overall_fit`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from scoring.irt.category_models import Calibration
from scoring.irt.coding import Matrix, Vector
from scoring.irt.item_fit import drawn_in, residuals
from scoring.irt.quadrature import Quadrature, normal_grid
from scoring.irt.sum_scores import category_chances


@dataclass(frozen=True, slots=True)
class PairDependence:
    """A pair of items. `x2` with `df` and `p`: Pearson's chi-squared of the pair's table.

    `v`: Cramer's V with the sign of the dependence (R's mirt, `residuals(type = "LD")`); `q3`: the correlation of the two
    items' residuals, `q3_adjusted`: that less the mean of all pairs.

    None with a `reason` (`no_common_persons`, `residuals_constant`) where they cannot be had.
    """

    first: str
    second: str
    n: float
    x2: float | None = None
    df: int | None = None
    p: float | None = None
    v: float | None = None
    q3: float | None = None
    q3_adjusted: float | None = None
    reason: str | None = None


def local_dependence(
    calibration: Calibration,
    codes: Matrix,
    weights: Vector,
    theta: Vector,
    *,
    quadrature: Quadrature | None = None,
) -> tuple[PairDependence, ...]:
    """Every pair of items, over the persons who have both.

    `codes`: N x I category numbers, NaN = missing; `weights`: N; `theta`: N abilities for Q3 (Yen took ML; EAP is the
    default of R's mirt). Christensen, Makransky & Horton (2017): there is no one critical value of Q3; compare it with the
    mean (`q3_adjusted` above 0.2).
    """
    grid = normal_grid() if quadrature is None else quadrature
    chances = category_chances(calibration, grid.nodes)
    residual = residuals(calibration, codes, drawn_in(theta)).residual
    pairs = list(combinations(range(len(chances)), 2))
    q3 = np.array([_correlation(residual[:, i], residual[:, j], weights) for i, j in pairs])
    mean = float(np.mean(q3[np.isfinite(q3)])) if np.isfinite(q3).any() else np.nan
    names = calibration.names
    rows = []
    for (i, j), correlation in zip(pairs, q3, strict=True):
        both = ~np.isnan(codes[:, i]) & ~np.isnan(codes[:, j]) & (weights > 0)
        n = float(weights[both].sum())
        if n == 0:
            rows.append(PairDependence(names[i], names[j], n, reason="no_common_persons"))
            continue
        observed = np.zeros((len(chances[i]), len(chances[j])))
        np.add.at(observed, (codes[both, i].astype(np.intp), codes[both, j].astype(np.intp)), weights[both])
        expected = n * (chances[i] * grid.weights) @ chances[j].T
        x2, df, p, v = _chi_squared(observed, expected, n)
        known = bool(np.isfinite(correlation))
        rows.append(
            PairDependence(
                names[i],
                names[j],
                n,
                x2,
                df,
                p,
                v,
                float(correlation) if known else None,
                float(correlation) - mean if known else None,
                None if known else "residuals_constant",
            )
        )
    return tuple(rows)


def _chi_squared(observed: Matrix, expected: Matrix, n: float) -> tuple[float, int, float, float]:
    from scipy.stats import chi2

    x2 = float(((observed - expected) ** 2 / expected).sum())
    df = (observed.shape[0] - 1) * (observed.shape[1] - 1)
    sign = np.sign(_gamma(observed) - _gamma(expected))
    v = float(sign * np.sqrt(x2 / (n * (min(observed.shape) - 1))))
    return x2, df, float(chi2.sf(x2, df)), v


def _gamma(table: Matrix) -> float:
    """Goodman & Kruskal's gamma of a table: concordant less discordant pairs of persons, over their sum.

    0 where there are none.
    """
    concordant = discordant = 0.0
    for row in range(table.shape[0] - 1):
        below = table[row + 1 :].sum(axis=0)
        after = np.cumsum(below[::-1])[::-1]
        before = np.cumsum(below)
        concordant += float(table[row, :-1] @ after[1:])
        discordant += float(table[row, 1:] @ before[:-1])
    total = concordant + discordant
    return (concordant - discordant) / total if total > 0 else 0.0


def _correlation(left: Vector, right: Vector, weights: Vector) -> float:
    both = ~np.isnan(left) & ~np.isnan(right) & (weights > 0)
    if not both.any():
        return np.nan
    share = weights[both] / weights[both].sum()
    x, y = left[both] - share @ left[both], right[both] - share @ right[both]
    spread = float(share @ x**2) * float(share @ y**2)
    return float(share @ (x * y)) / np.sqrt(spread) if spread > 1e-24 else np.nan
