# SPDX-License-Identifier: Apache-2.0
"""The marginal likelihood of right-or-wrong items that can be guessed (3PL), with exact first and second derivatives.

P(right) = c + (1 - c) / (1 + exp(-(a theta + d))); c is estimated as its logit, with or without a prior on it.
Refusals, starting values and results do not live here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.irt.coding import Coded, Matrix, Vector
from scoring.irt.expectation import expect
from scoring.irt.information import missing_information
from scoring.irt.newton import Evaluation
from scoring.irt.quadrature import Quadrature

_FARTHEST = 30.0  # logits of c; nothing can be told apart beyond


@dataclass(frozen=True, slots=True)
class NormalPrior:
    """A normal prior on logit(c), as R's mirt takes for its parameter g: `mean` and `sd` in logits."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.mean) and 0 < self.sd < np.inf):
            raise StatisticsError("prior_unusable", mean=self.mean, sd=self.sd)

    @property
    def centre(self) -> float:
        """The guessing share at the prior's mode."""
        return float(1 / (1 + np.exp(-self.mean)))

    def value(self, logits: Vector, shares: Vector) -> Vector:
        return -0.5 * ((logits - self.mean) / self.sd) ** 2

    def slope(self, logits: Vector, shares: Vector) -> Vector:
        return (self.mean - logits) / self.sd**2

    def information(self, logits: Vector, shares: Vector) -> Vector:
        return np.full_like(logits, self.sd**-2)


@dataclass(frozen=True, slots=True)
class BetaPrior:
    """A beta density on c itself, as BILOG takes (Mislevy & Bock, 1990): alpha = m p + 1, beta = m (1 - p) + 1; its mode is p.

    `alpha`, `beta` >= 1 and not both 1. The usual one for five options is alpha 5, beta 17 (p = 0.2, m = 20).
    """

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        if not (1 <= self.alpha < np.inf and 1 <= self.beta < np.inf and self.alpha + self.beta > 2):
            raise StatisticsError("prior_unusable", alpha=self.alpha, beta=self.beta)

    @property
    def centre(self) -> float:
        """The guessing share at the prior's mode, kept away from 0 and 1."""
        return float(np.clip((self.alpha - 1) / (self.alpha + self.beta - 2), 0.02, 0.9))

    def value(self, logits: Vector, shares: Vector) -> Vector:
        return (self.alpha - 1) * -np.logaddexp(0.0, -logits) + (self.beta - 1) * -np.logaddexp(0.0, logits)

    def slope(self, logits: Vector, shares: Vector) -> Vector:
        return (self.alpha - 1) * (1 - shares) - (self.beta - 1) * shares

    def information(self, logits: Vector, shares: Vector) -> Vector:
        return (self.alpha + self.beta - 2) * shares * (1 - shares)


Prior = NormalPrior | BetaPrior


class GuessingProblem:
    """The log-likelihood (plus log-prior) of slopes (I), intercepts (I) and logits of c (for the items in `guessed`)."""

    def __init__(
        self, data: Coded, quadrature: Quadrature, *, guessed: NDArray[np.bool_], prior: Prior | None
    ) -> None:
        self.data = data
        self.quadrature = quadrature
        self.guessed = np.flatnonzero(guessed)
        self.prior = prior

    def split(self, point: Vector) -> tuple[Vector, Vector, Vector]:
        """Slopes, intercepts and guessing shares c (0 for items that are not guessed), I each."""
        items = self.data.items
        shares = np.zeros(items)
        shares[self.guessed] = 1 / (1 + np.exp(-point[2 * items :]))
        return point[:items], point[items : 2 * items], shares

    def evaluate(self, point: Vector, *, curvature: bool) -> Evaluation:
        """Louis (1982), equation 3.2, with the second derivatives of log P worked out."""
        items = self.data.items
        if np.abs(point[2 * items :]).max(initial=0.0) > _FARTHEST:
            return Evaluation(-np.inf, np.zeros_like(point), np.eye(len(point)))
        slopes, intercepts, shares = self.split(point)
        eta = np.outer(slopes, self.quadrature.nodes) + intercepts[:, None]
        log_prob = log_probabilities(eta, shares)
        found = expect(self.data, log_prob, self.quadrature)
        wrong, right = found.counts[0::2], found.counts[1::2]
        first_wrong, first_right = self._first(eta, shares, log_prob)
        gradient = (right * first_right + wrong * first_wrong).sum(axis=2)
        expected = (wrong + right) * np.exp(log_prob[1::2])
        unexpected = (wrong + right) * np.exp(log_prob[0::2])
        complete = np.einsum("kiq,liq->ikl", first_right * expected, first_right)
        complete += np.einsum("kiq,liq->ikl", first_wrong * unexpected, first_wrong)
        value, slope, added = self._prior(point[2 * items :], shares[self.guessed])
        flat = np.concatenate((gradient[0], gradient[1], gradient[2, self.guessed] + slope))
        missing = exact = None
        if curvature:
            exact = self._placed(self._second(eta, shares, log_prob, wrong, right), added)
            tables = self._tables(first_wrong, first_right)
            missing = missing_information(self.data, log_prob, tables, self.quadrature)
        return Evaluation(found.loglik + value, flat, self._placed(complete, added), missing, exact)

    def _first(self, eta: Matrix, shares: Vector, log_prob: Matrix) -> tuple[Matrix, Matrix]:
        """3 x I x Q each: derivatives of log P(wrong) and log P(right) by a, d and logit c."""
        nodes = self.quadrature.nodes
        plain = np.exp(-np.logaddexp(0.0, -eta))
        guess = np.broadcast_to(shares[:, None], eta.shape)
        by_d, by_g = shares_of_right(eta, shares, log_prob[1::2])
        return np.stack((-plain * nodes, -plain, -guess)), np.stack((by_d * nodes, by_d, by_g))

    def _second(self, eta: Matrix, shares: Vector, log_prob: Matrix, wrong: Matrix, right: Matrix) -> Matrix:
        """I x 3 x 3: minus the second derivatives of the expected complete-data log-likelihood."""
        nodes = self.quadrature.nodes
        plain = np.exp(-np.logaddexp(0.0, -eta))
        rest = np.exp(-np.logaddexp(0.0, eta))
        guess = shares[:, None]
        by_d, by_g = shares_of_right(eta, shares, log_prob[1::2])
        dd = right * by_d * (by_d - 1 + 2 * plain) + wrong * plain * rest
        dg = right * by_d * (by_g + guess)
        gg = right * by_g * (by_g - 1 + 2 * guess) + wrong * guess * (1 - guess)
        minus = np.empty((len(eta), 3, 3))
        minus[:, 0, 0] = dd @ nodes**2
        minus[:, 0, 1] = minus[:, 1, 0] = dd @ nodes
        minus[:, 1, 1] = dd.sum(axis=1)
        minus[:, 0, 2] = minus[:, 2, 0] = dg @ nodes
        minus[:, 1, 2] = minus[:, 2, 1] = dg.sum(axis=1)
        minus[:, 2, 2] = gg.sum(axis=1)
        return minus

    def _prior(self, logits: Vector, shares: Vector) -> tuple[float, Vector, Vector]:
        if self.prior is None:
            return 0.0, np.zeros_like(logits), np.zeros_like(logits)
        return (
            float(self.prior.value(logits, shares).sum()),
            self.prior.slope(logits, shares),
            self.prior.information(logits, shares),
        )

    def log_prior(self, point: Vector) -> float:
        """The logarithm of the prior at `point`, without its constant; 0 without a prior."""
        logits = point[2 * self.data.items :]
        return self._prior(logits, 1 / (1 + np.exp(-logits)))[0]

    def _slots(self) -> NDArray[np.intp]:
        """3 x I: which free parameter an item's a, d and logit c are; -1 for a c that is fixed at 0."""
        items = self.data.items
        slots = np.full((3, items), -1, dtype=np.intp)
        slots[0] = np.arange(items)
        slots[1] = items + np.arange(items)
        slots[2, self.guessed] = 2 * items + np.arange(len(self.guessed))
        return slots

    def _placed(self, blocks: Matrix, added: Vector) -> Matrix:
        slots = self._slots()
        size = 2 * self.data.items + len(self.guessed)
        placed = np.zeros((size + 1, size + 1))  # what is fixed goes to the last row and column
        for one in range(3):
            for other in range(3):
                placed[slots[one], slots[other]] = blocks[:, one, other]
        placed[-1, :] = placed[:, -1] = 0.0
        placed = placed[:size, :size]
        fitted = slots[2, self.guessed]
        placed[fitted, fitted] += added
        return placed

    def _tables(self, first_wrong: Matrix, first_right: Matrix) -> Matrix:
        items, points = self.data.items, len(self.quadrature.nodes)
        slots = self._slots()
        size = 2 * items + len(self.guessed)
        tables = np.zeros((points, 2 * items, size + 1))
        for one in range(3):
            tables[:, 2 * np.arange(items), slots[one]] = first_wrong[one].T
            tables[:, 2 * np.arange(items) + 1, slots[one]] = first_right[one].T
        return tables[:, :, :size]


def log_probabilities(eta: Matrix, shares: Vector) -> Matrix:
    """2I x Q in the all-category layout, for I x Q logits and I guessing shares."""
    guess = shares[:, None]
    both = np.empty((2 * len(eta), eta.shape[1]))
    both[0::2] = np.log1p(-guess) - np.logaddexp(0.0, eta)
    right = -np.logaddexp(0.0, -eta)
    if shares.any():
        with np.errstate(divide="ignore"):
            right = np.logaddexp(np.log(guess), np.log1p(-guess) + right)
    both[1::2] = right
    return both


def shares_of_right(eta: Matrix, shares: Vector, right: Matrix) -> tuple[Matrix, Matrix]:
    """I x Q each: the derivatives of log P(right) by the logit `eta` and by logit c; `right` is log P(right).

    In logarithms, since P(right) itself may be too small for a number.
    """
    with np.errstate(divide="ignore"):
        guess, other = np.log(shares)[:, None], np.log1p(-shares)[:, None]
    unknown = other - np.logaddexp(0.0, eta) - right
    return np.exp(unknown - np.logaddexp(0.0, -eta)), np.exp(unknown + guess)
