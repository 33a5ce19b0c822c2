# SPDX-License-Identifier: Apache-2.0
"""Climbing a marginal log-likelihood with gradients alone, for models whose exact curvature is dear.

An EM-gradient step is Newton's step with the information that complete data would carry; what past steps showed of the true
curvature corrects it (Lange 1995, A quasi-Newton acceleration of the EM algorithm), kept as pairs in limited memory
(Nocedal 1980). No model lives here.
"""

from __future__ import annotations

import numpy as np

from scoring.irt.coding import Matrix, Vector
from scoring.irt.newton import Evaluation, Optimum, Problem

MEMORY = 12  # pairs of steps and changes of the gradient
_ENOUGH = 1e-4  # of the rise that the gradient promises
_LONGEST = 2.0  # no parameter moves further in one step


def climb(problem: Problem, start: Vector, *, limit: int = 500, close: float = 1e-10) -> Optimum:
    """Climb from `start` (P) until the decrement is below `close`, or `limit` steps were taken.

    The decrement is about twice the rise that is still to be had. The value never falls. The optimum's `information` is
    empty (0 x 0): it was never computed.
    """
    point, here = start, problem.evaluate(start, curvature=False)
    pairs: list[tuple[Vector, Vector]] = []
    decrement = np.inf
    for step in range(limit):
        move = _direction(here, pairs)
        decrement = float(here.gradient @ move)
        if decrement < close:
            return _ended(point, here, decrement, step, converged=True)
        found = _search(problem, point, here, move, decrement)
        if found is None:
            return _ended(point, here, decrement, step, converged=decrement < 1e-6)
        there, new = found
        change, bend = there - point, here.gradient - new.gradient
        if float(change @ bend) > 1e-12:
            pairs = [*pairs[-(MEMORY - 1) :], (change, bend)]
        point, here = there, new
    return _ended(point, here, decrement, limit, converged=False)


def _direction(here: Evaluation, pairs: list[tuple[Vector, Vector]]) -> Vector:
    """The two-loop recursion around the inverse of the complete-data information, which is positive definite."""
    rest = here.gradient.copy()
    shares = []
    for change, bend in reversed(pairs):
        share = float(change @ rest) / float(change @ bend)
        rest = rest - share * bend
        shares.append(share)
    move = _solve(here.complete, rest)
    for (change, bend), share in zip(pairs, reversed(shares), strict=True):
        move = move + (share - float(bend @ move) / float(change @ bend)) * change
    return move


def _solve(complete: Matrix, gradient: Vector) -> Vector:
    ridge = 1e-9 * max(float(np.trace(complete)) / len(complete), 1e-9)
    return np.asarray(np.linalg.solve(complete + ridge * np.eye(len(complete)), gradient), dtype=np.float64)


def _search(
    problem: Problem, point: Vector, here: Evaluation, move: Vector, promised: float
) -> tuple[Vector, Evaluation] | None:
    longest = float(np.abs(move).max())
    share = min(1.0, _LONGEST / longest)
    slack = 1e-12 * abs(here.value)
    for _ in range(20):
        there = point + share * move
        new = problem.evaluate(there, curvature=False)
        if new.value >= here.value + _ENOUGH * share * promised - slack:
            return there, new
        share *= 0.5
    return None


def _ended(point: Vector, here: Evaluation, decrement: float, steps: int, *, converged: bool) -> Optimum:
    return Optimum(point, here.value, here.gradient, np.zeros((0, 0)), decrement, steps, converged)
