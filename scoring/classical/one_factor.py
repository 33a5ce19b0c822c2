# SPDX-License-Identifier: Apache-2.0
"""One common factor behind the items, and coefficient omega from it. Alpha does not live here (`reliability`).

Omega hierarchical is left out on purpose: it needs a model of group factors that a short paper over many criteria cannot
support, and its value depends on how many of them are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.classical.moments import Moments

SMALLEST_UNIQUENESS: Final = 0.005  # of a variance of 1; an estimate on this bound is a Heywood case
MOST_ITEMS: Final = 400  # an eigenproblem in each step; more items take minutes


@dataclass(frozen=True, slots=True)
class OneFactor:
    """One factor by maximum likelihood on the correlations, and omega.

    `loadings` and `uniquenesses` are standardised, in the order of the items. `omega` is McDonald's (1999): the squared sum
    of the loadings, in the scale of the marks, over itself and the unique variances; `omega_observed` divides by the observed
    variance of the sum instead. `omega_minres` takes least-squares (minres) loadings of the correlations over the sum of
    the correlations. `chi2` has `df` degrees of freedom and Bartlett's (1951) factor; None without degrees of freedom.
    `reasons` says under the name of a member why it is None, or under `heywood` that an item has no variance of its own.
    """

    omega: float | None
    omega_observed: float | None
    omega_minres: float | None
    loadings: tuple[float, ...] | None
    uniquenesses: tuple[float, ...] | None
    chi2: float | None
    df: int | None
    p: float | None
    rmsea: float | None
    reasons: dict[str, str]


def one_factor(moments: Moments) -> OneFactor:
    """Fit one factor, for at least three items that vary, with covariances that a sample can have."""
    reason = _why_not(moments)
    if reason is not None:
        members = ("omega", "omega_observed", "omega_minres", "loadings", "uniquenesses", "chi2")
        return OneFactor(*(None,) * 3, None, None, None, None, None, None, dict.fromkeys(members, reason))
    deviations = np.sqrt(moments.variances)
    correlations = moments.covariances / np.outer(deviations, deviations)
    loadings, uniquenesses, misfit = maximum_likelihood(correlations)
    common = float((loadings * deviations).sum()) ** 2
    unique = float((uniquenesses * moments.variances).sum())
    least = minres(correlations)
    n, k = moments.smallest_n, moments.k
    df = ((k - 1) ** 2 - (k + 1)) // 2
    chi2 = max(0.0, (n - 1 - (2 * k + 5) / 6 - 2 / 3) * misfit) if df > 0 and n > k + 2 else None
    reasons = {} if chi2 is not None else dict.fromkeys(("chi2", "p", "rmsea"), "no_degrees_of_freedom")
    if (uniquenesses <= SMALLEST_UNIQUENESS * 1.001).any():
        reasons["heywood"] = "item_without_variance_of_its_own"
    return OneFactor(
        omega=common / (common + unique),
        omega_observed=common / moments.total_variance,
        omega_minres=float(least.sum()) ** 2 / float(correlations.sum()),
        loadings=tuple(loadings.tolist()),
        uniquenesses=tuple(uniquenesses.tolist()),
        chi2=chi2,
        df=df if chi2 is not None else None,
        p=None if chi2 is None else _upper_tail(chi2, df),
        rmsea=None if chi2 is None else float(np.sqrt(max(0.0, misfit / df - 1 / (n - 1)))),
        reasons=reasons,
    )


def maximum_likelihood(
    correlations: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Loadings, uniquenesses and the minimum of the discrepancy; Lawley & Maxwell (1971), Joreskog (1967).

    The discrepancy is minimised over the uniquenesses alone, within [0.005, 1]; the factor points where the sum of its
    loadings is positive. `correlations` is positive definite.
    """
    from scipy.linalg import eigh
    from scipy.optimize import minimize

    start = np.clip(0.75 / np.linalg.inv(correlations).diagonal(), 0.05, 0.95)
    k = correlations.shape[0]
    log_determinant = float(np.linalg.slogdet(correlations)[1])

    def parts(unique: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scaled = correlations / np.sqrt(np.outer(unique, unique))
        values, vectors = eigh(scaled, subset_by_index=(k - 1, k - 1))
        greatest = float(values[0])
        return greatest, np.sqrt(unique) * vectors[:, 0] * np.sqrt(max(0.0, greatest - 1))

    def discrepancy(unique: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        # the sum over all eigenvalues but the greatest of (value - log value - 1), from the trace and the determinant
        greatest, loadings = parts(unique)
        traces = float((1 / unique).sum()) - greatest
        logs = log_determinant - float(np.log(unique).sum()) - np.log(greatest)
        return traces - logs - k + 1, (loadings**2 + unique - 1) / unique**2

    found = minimize(
        discrepancy,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(SMALLEST_UNIQUENESS, 1.0)] * k,
        options={"maxiter": 2_000, "ftol": 1e-14, "gtol": 1e-8},
    )
    _, loadings = parts(found.x)
    sign = -1.0 if loadings.sum() < 0 else 1.0
    return loadings * sign, np.asarray(found.x, dtype=np.float64), float(found.fun)


def minres(correlations: NDArray[np.float64]) -> NDArray[np.float64]:
    """Loadings of one factor with the least squared residuals off the diagonal; Harman & Jones (1966)."""
    from scipy.optimize import minimize

    off = ~np.eye(correlations.shape[0], dtype=np.bool_)
    values, vectors = np.linalg.eigh(correlations)
    start = vectors[:, -1] * np.sqrt(values[-1]) * 0.8

    def squares(loadings: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        residuals = np.where(off, correlations - np.outer(loadings, loadings), 0.0)
        return float((residuals**2).sum() / 2), -2 * residuals @ loadings

    limits = {"maxiter": 2_000, "ftol": 1e-15, "gtol": 1e-9}
    found = minimize(squares, start, jac=True, method="L-BFGS-B", options=limits)
    loadings = np.asarray(found.x, dtype=np.float64)
    return -loadings if loadings.sum() < 0 else loadings


def _why_not(moments: Moments) -> str | None:
    if moments.k < 3:
        return "fewer_than_three_items"
    if moments.k > MOST_ITEMS:
        return "more_than_400_items"
    if np.isnan(moments.total_variance):
        return "pair_never_seen_together"
    if not (moments.variances > 0).all():
        return "item_does_not_vary"
    deviations = np.sqrt(moments.variances)
    smallest = np.linalg.eigvalsh(moments.covariances / np.outer(deviations, deviations))[0]
    return "covariances_singular" if smallest < 1e-8 else None


def _upper_tail(chi2: float, df: int) -> float:
    from scipy.stats import chi2 as distribution

    return float(distribution.sf(chi2, df))
