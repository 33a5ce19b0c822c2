# SPDX-License-Identifier: Apache-2.0
"""The marginal likelihood of right-or-wrong items without guessing, with exact first and second derivatives.

P(right) = 1 / (1 + exp(-(a theta + d))), theta standard normal; one slope for all items or one for each. The
derivatives are polynomials of degree 2 in theta, so that the information that is missing takes only the first two
posterior moments of every pattern and products of matrices. Refusals, starting values and results do not live here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.irt.coding import Coded, Indices, Matrix, Vector
from scoring.irt.expectation import posteriors
from scoring.irt.newton import Evaluation
from scoring.irt.quadrature import Quadrature


def log_probabilities(eta: Matrix) -> Matrix:
    """2I x Q in the all-category layout: log P(wrong), log P(right) of each item, for the I x Q logits `eta`."""
    right = -np.logaddexp(0.0, -eta)
    both = np.empty((2 * len(eta), eta.shape[1]))
    both[1::2] = right
    both[0::2] = right - eta
    return both


class LogisticProblem:
    """The log-likelihood of slopes and intercepts: P = [slopes (I, or 1 if `common`), intercepts (I)]."""

    def __init__(self, data: Coded, quadrature: Quadrature, *, common: bool) -> None:
        self.data = data
        self.quadrature = quadrature
        self.common = common
        self._powers = np.stack([quadrature.nodes**power for power in range(3)])
        self._forms = _forms(data, most=len(quadrature.nodes))

    def split(self, point: Vector) -> tuple[Vector, Vector]:
        """Slopes and intercepts, I each."""
        items = self.data.items
        slopes = np.broadcast_to(point[0], items) if self.common else point[:items]
        return slopes, point[-items:]

    def evaluate(self, point: Vector, *, curvature: bool) -> Evaluation:
        """Louis (1982), equation 3.2, in closed form."""
        slopes, intercepts = self.split(point)
        log_prob = log_probabilities(np.outer(slopes, self.quadrature.nodes) + intercepts[:, None])
        right = np.exp(log_prob[1::2])
        missing = None
        loglik, chosen, presented, missing = self._pass(log_prob, right, curvature=curvature)
        residual = chosen - presented * right
        gradient = np.concatenate((residual @ self.quadrature.nodes, residual.sum(axis=1)))
        spread = (presented * right * (1.0 - right)) @ self._powers.T
        complete = _blocks(np.diag(spread[:, 2]), np.diag(spread[:, 1]), np.diag(spread[:, 0]))
        return Evaluation(
            loglik,
            self._gathered(gradient),
            self._folded(complete),
            None if missing is None else self._folded(missing),
        )

    def _pass(
        self, log_prob: Matrix, right: Matrix, *, curvature: bool
    ) -> tuple[float, Matrix, Matrix, Matrix | None]:
        """One walk over the patterns: log-likelihood, expected right answers and presentations, missing information."""
        data = self.data
        loglik = 0.0
        chosen = np.zeros_like(right)
        presented = np.zeros_like(right)
        sums = _Sums(data, right, self._powers, self._forms) if curvature else None
        for one in posteriors(data, log_prob, self.quadrature):
            weights = data.weights[one.rows]
            loglik += float(weights @ one.loglik)
            if sums is not None:
                sums.add(one.rows, one.share)
            share = one.share
            share *= weights[:, None]
            chosen += data.steps[one.rows].T @ share
            presented += share.sum(axis=0) if data.presented is None else data.presented[one.rows].T @ share
            if sums is not None:
                sums.add_pairs(one.rows, share)
        return loglik, chosen, presented, None if sums is None else sums.missing(chosen, presented)

    def _gathered(self, full: Vector) -> Vector:
        if not self.common:
            return full
        items = self.data.items
        return np.concatenate(([full[:items].sum()], full[items:]))

    def _folded(self, full: Matrix) -> Matrix:
        if not self.common:
            return full
        items = self.data.items
        folded = np.empty((items + 1, items + 1))
        folded[0, 0] = full[:items, :items].sum()
        folded[0, 1:] = folded[1:, 0] = full[:items, items:].sum(axis=0)
        folded[1:, 1:] = full[items:, items:]
        return folded


class _Sums:
    """What has to be added up over the patterns for the posterior variance of the score (x - P) theta^k, k = 0, 1."""

    def __init__(self, data: Coded, right: Matrix, powers: Matrix, forms: _Forms | None) -> None:
        self._data = data
        self._right = right
        self._powers = powers
        self._forms = forms
        items, points = right.shape
        self._squares = np.zeros((3, items, items))  # sum of x_j x_k E[theta^p]
        self._mixed = np.zeros(
            (3, items, items)
        )  # sum of x_j z_k E[theta^p P_k]; only where responses are missing
        self._means = np.zeros((2 * items, 2 * items))
        self._at_form = None if forms is None else np.zeros((len(forms.held), points))
        self._pairs = np.zeros(
            (points, items, items) if forms is None and data.presented is not None else (0, 0, 0)
        )

    def add(self, rows: slice, share: Matrix) -> None:
        steps, weights = self._data.steps[rows], self._data.weights[rows]
        presented = None if self._data.presented is None else self._data.presented[rows]
        moments = share @ self._powers.T
        expected = []
        for power in range(3):
            self._squares[power] += steps.T @ (steps * (weights * moments[:, power])[:, None])
            if presented is not None or power < 2:
                mean = share @ (self._right * self._powers[power]).T
                expected.append(mean if presented is None else mean * presented)
            if presented is not None:
                self._mixed[power] += (steps * weights[:, None]).T @ expected[power]
        score = np.hstack((steps * moments[:, 1, None] - expected[1], steps - expected[0]))
        score *= np.sqrt(weights)[:, None]
        self._means += score.T @ score

    def add_pairs(self, rows: slice, share: Matrix) -> None:
        """Which items were presented together at each node; `share` is weighted by persons."""
        if self._data.presented is None:
            return
        if self._forms is not None and self._at_form is not None:
            np.add.at(self._at_form, self._forms.of_pattern[rows], share)
            return
        presented = self._data.presented[rows]
        for node, root in enumerate(np.sqrt(share.T)):
            held = presented * root[:, None]
            self._pairs[node] += held.T @ held

    def missing(self, chosen: Matrix, presented: Matrix) -> Matrix:
        """2I x 2I, slopes first. `chosen` and `presented`: I x Q expected right answers and presentations."""
        blocks = []
        for power, weight in enumerate(self._powers):
            weighted = self._right * weight
            mixed = chosen @ weighted.T if self._data.presented is None else self._mixed[power]
            both = self._both(weighted, presented[0])
            blocks.append(self._squares[power] - mixed - mixed.T + both)
        return _blocks(blocks[2], blocks[1], blocks[0]) - self._means

    def _both(self, weighted: Matrix, at_node: Vector) -> Matrix:
        """I x I: the sum over persons and nodes of P_j x weighted P_k, for the items that a person was presented with."""
        if self._data.presented is None:
            return (self._right * at_node) @ weighted.T
        if self._forms is None or self._at_form is None:
            return np.asarray(np.einsum("jq,qjk,kq->jk", self._right, self._pairs, weighted, optimize=True))
        total = np.zeros((len(weighted), len(weighted)))
        for held, persons in zip(self._forms.held, self._at_form, strict=True):
            total[np.ix_(held, held)] += (self._right[held] * persons) @ weighted[held].T
        return total


def _blocks(slopes: Matrix, mixed: Matrix, intercepts: Matrix) -> Matrix:
    return np.block([[slopes, mixed], [mixed.T, intercepts]])


@dataclass(frozen=True, slots=True, eq=False)
class _Forms:
    """The few different sets of items that were presented. `held`: F x I; `of_pattern`: R, which of them a pattern answers."""

    held: NDArray[np.bool_]
    of_pattern: Indices


def _forms(data: Coded, most: int) -> _Forms | None:
    """None where everybody answered everything, or where there are more than `most` sets, so that nodes are walked instead."""
    if data.presented is None:
        return None
    held, of_pattern = np.unique(np.packbits(data.presented > 0, axis=1), axis=0, return_inverse=True)
    if len(held) > most:
        return None
    return _Forms(np.unpackbits(held, axis=1, count=data.items).astype(bool), of_pattern.reshape(-1))
