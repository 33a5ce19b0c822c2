# SPDX-License-Identifier: Apache-2.0
"""Loglinear smoothing of frequencies of scores, and the choice of its degree. Equating lives elsewhere."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.linking.scores import Distribution, Joint

MOST_DEGREES: Final = 10
_TOLERANCE: Final = 1e-12


class Choice(StrEnum):
    """How a degree is chosen: the least AIC or BIC, or the last step up whose likelihood ratio is significant at .05."""

    AIC = "aic"
    BIC = "bic"
    LR = "lr"


@dataclass(frozen=True, slots=True, eq=False)
class Smoothed:
    """A fitted model: expected counts, in the shape of the counts, which keep as many moments as the model has terms.

    `deviance` is the likelihood ratio chi-square against the counts themselves, with `df` degrees of freedom; `aic` and
    `bic` are those of the Poisson model (R's glm); `degree` the highest power; `terms` their number, the constant too; `basis`
    the terms as orthonormal columns over the cells.
    `step_p` is the p of the gain over one degree less, None for the first.
    """

    counts: NDArray[np.float64]
    degree: int
    terms: int
    deviance: float
    df: int
    aic: float
    bic: float
    basis: NDArray[np.float64]
    step_p: float | None = None

    def influence(self) -> NDArray[np.float64]:
        """How far each expected count moves with each count (cells x cells), to first order (Holland & Thayer 1987, p. 30)."""
        expected = self.counts.ravel()
        weighted = self.basis * expected[:, None]
        return np.asarray(weighted @ np.linalg.solve(self.basis.T @ weighted, self.basis.T))


def smooth(scores: Distribution, *, degree: int) -> Smoothed:
    """The loglinear model with the powers 1 to `degree` of the score (Holland & Thayer 1987, 2000).

    It keeps the number of persons and the first `degree` moments. StatisticsError: `degree_too_high`.
    """
    _check_degree(degree, scores.scale.count)
    return _fit(scores.counts, _powers(scores.scale.points, degree), degree)


def smooth_joint(joint: Joint, *, degree: int, cross: int = 1) -> Smoothed:
    """The loglinear model with the powers 1 to `degree` of total and anchor, and 1 to `cross` of their product.

    It keeps the first `degree` moments of both and, with `cross` = 1, their covariance (Holland & Thayer 2000, eq. 24).
    Cells are all pairs of the two scales, as in the R package equate. Errors as `smooth`.
    """
    _check_degree(degree, min(joint.totals.count, joint.anchors.count))
    totals, anchors = np.meshgrid(joint.totals.points, joint.anchors.points, indexing="ij")
    x, v = _standard(totals.ravel()), _standard(anchors.ravel())
    columns = [*(x**power for power in range(1, degree + 1)), *(v**power for power in range(1, degree + 1))]
    columns += [(x * v) ** power for power in range(1, cross + 1)]
    fit = _fit(joint.counts.ravel(), np.column_stack([np.ones_like(x), *columns]), degree)
    return replace(fit, counts=fit.counts.reshape(joint.counts.shape))


def compare(scores: Distribution, *, highest: int = MOST_DEGREES) -> tuple[Smoothed, ...]:
    """The fits of degree 1, 2, … `highest` (at most three less than there are scores), each with the p of its step up."""
    found: list[Smoothed] = []
    for degree in range(1, min(highest, scores.scale.count - 3) + 1):
        fit = smooth(scores, degree=degree)
        found.append(_stepped(fit, found[-1] if found else None))
    if not found:
        raise StatisticsError("degree_too_high", degree=1, points=scores.scale.count)
    return tuple(found)


def compare_joint(joint: Joint, *, highest: int = 6, cross: int = 1) -> tuple[Smoothed, ...]:
    """As `compare`, for total and anchor together."""
    found: list[Smoothed] = []
    for degree in range(1, min(highest, joint.totals.count - 3, joint.anchors.count - 3) + 1):
        fit = smooth_joint(joint, degree=degree, cross=cross)
        found.append(_stepped(fit, found[-1] if found else None))
    if not found:
        raise StatisticsError("degree_too_high", degree=1, points=joint.anchors.count)
    return tuple(found)


def chosen(fits: tuple[Smoothed, ...], by: Choice) -> Smoothed:
    """The fit that the rule takes. LR goes up from below while some higher step is significant at .05."""
    if by is Choice.AIC:
        return min(fits, key=lambda fit: fit.aic)
    if by is Choice.BIC:
        return min(fits, key=lambda fit: fit.bic)
    significant = [fit for fit in fits if fit.step_p is not None and fit.step_p <= 0.05]
    return significant[-1] if significant else fits[0]


def _stepped(fit: Smoothed, before: Smoothed | None) -> Smoothed:
    from scipy.special import chdtrc

    if before is None:
        return fit
    gain = max(before.deviance - fit.deviance, 0.0)
    p = float(chdtrc(fit.terms - before.terms, gain))
    return replace(fit, step_p=p)


def _check_degree(degree: int, points: int) -> None:
    if not 1 <= degree <= points - 2:
        raise StatisticsError("degree_too_high", degree=degree, points=points)


def _standard(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points between -1 and 1: the same model, in numbers that powers leave in reach."""
    found: NDArray[np.float64] = (2 * points - points.max() - points.min()) / (points.max() - points.min())
    return found


def _powers(points: NDArray[np.float64], degree: int) -> NDArray[np.float64]:
    return np.vander(_standard(points), degree + 1, increasing=True)


def _fit(counts: NDArray[np.float64], design: NDArray[np.float64], degree: int) -> Smoothed:
    """Poisson maximum likelihood by Newton's method with halved steps, on an orthonormal basis; the loss falls to its rest."""
    from scipy.special import gammaln, xlogy

    basis = np.linalg.qr(design)[0]
    beta = basis.T @ np.log(0.8 * counts + 0.2 * counts.mean())
    loss = _loss(counts, basis @ beta)
    rested = False
    while not rested:
        expected = np.exp(basis @ beta)
        step = np.linalg.lstsq((basis.T * expected) @ basis, basis.T @ (counts - expected), rcond=1e-15)[0]
        after = _loss(counts, basis @ (beta + step))
        while after > loss + 1e-12 * abs(loss) and np.abs(step).max() > 1e-12:
            step = step / 2
            after = _loss(counts, basis @ (beta + step))
        beta, rested = beta + step, not loss - after > _TOLERANCE * (abs(after) + 1)
        loss = after
    expected = np.exp(basis @ beta)
    terms = design.shape[1]
    # where nobody is, the expected number may be 0 to the last digit
    ratio = np.divide(counts, expected, out=np.ones_like(expected), where=counts > 0)
    deviance = 2 * float(np.sum(xlogy(counts, ratio) - counts + expected))
    loglik = float(np.sum(xlogy(counts, expected) - expected - gammaln(counts + 1)))
    return Smoothed(
        counts=expected,
        degree=degree,
        terms=terms,
        deviance=deviance,
        df=counts.size - terms,
        aic=-2 * loglik + 2 * terms,
        bic=-2 * loglik + float(np.log(counts.size)) * terms,
        basis=basis,
    )


def _loss(counts: NDArray[np.float64], predictor: NDArray[np.float64]) -> float:
    return float(np.sum(np.exp(np.clip(predictor, -700.0, 700.0)) - counts * predictor))
