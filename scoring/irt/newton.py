# SPDX-License-Identifier: Apache-2.0
"""Climbing a marginal log-likelihood to its top: EM-gradient steps that never go down, then Newton's. No model lives here.

An EM-gradient step (Lange, 1995) takes the information that complete data would carry; subtracting what is missing of
it (Louis, 1982) gives Newton's step, which converges quadratically and ends with the observed information, so the
standard errors cost nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from scoring.irt.coding import Matrix, Vector

LIMIT = 500  # steps
LONGEST = 2.0  # no parameter moves further in one step
CLOSE = 1e-10  # Newton decrement, twice the gain in log-likelihood that is still to be had
_FLATTEST = (
    1e-3  # of the information of complete data: no direction counts as flatter when a step is bent uphill
)
WARM_UP = 2  # EM-gradient steps before Newton's are tried


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What is known at one point of the P free parameters.

    `value`: log-likelihood plus log-prior. `gradient`: P. `complete`: P x P, information of the complete data (plus
    that of the prior), positive definite. `missing`: P x P, the part of it that is missing because ability is not
    seen, or None if not asked for. `exact`: P x P, what has to replace `complete` in the observed information where
    `complete` is an expected one; None if it is the same.
    """

    value: float
    gradient: Vector
    complete: Matrix
    missing: Matrix | None = None
    exact: Matrix | None = None

    @property
    def information(self) -> Matrix:
        """P x P: the observed information, minus the second derivatives of the value."""
        if self.missing is None:
            raise ValueError("missing information was not asked for")
        return (self.complete if self.exact is None else self.exact) - self.missing


class Problem(Protocol):
    """A function of P free parameters to be made as large as possible."""

    def evaluate(self, point: Vector, *, curvature: bool) -> Evaluation:
        """The value and its derivatives; `missing` only with `curvature`."""


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Where the climb ended.

    `decrement`: gradient' information^-1 gradient, about twice the log-likelihood that is still missing; `converged`
    when it is below `CLOSE` and the information is positive definite. `steps`: how many were taken.
    """

    point: Vector
    value: float
    gradient: Vector
    information: Matrix
    decrement: float
    steps: int
    converged: bool


def maximise(problem: Problem, start: Vector, *, limit: int = LIMIT, close: float = CLOSE) -> Optimum:
    """Climb from `start` (P) until the decrement is below `close`, or `limit` steps were taken; the value never falls."""
    point = start
    here = problem.evaluate(point, curvature=False)
    for step in range(limit):
        if step >= WARM_UP and here.missing is None:
            here = problem.evaluate(point, curvature=True)
        move, newton = _move(here)
        decrement = float(here.gradient @ move)
        if newton and decrement < close:
            return _optimum(point, here, decrement, step, converged=True)
        found = _uphill(problem, point, here, move, curvature=step + 1 >= WARM_UP)
        if found is None:  # no step gains anything in double precision
            return _ended(problem, point, here, step)
        point, here = found
    return _ended(problem, point, here, limit)


def _move(here: Evaluation) -> tuple[Vector, bool]:
    """The step, and whether it is Newton's own."""
    if here.missing is None:
        move = _solved(here.complete, here.gradient)
        return (_bent(here.complete, here) if move is None else move), False
    move = _solved(here.information, here.gradient)
    return (_bent(here.information, here), False) if move is None else (move, True)


def _bent(information: Matrix, here: Evaluation) -> Vector:
    """A step uphill where the surface is not a hill: what bends upwards is taken as bending downwards as much.

    Saddle-free Newton (Dauphin et al., 2014) in the metric of the complete data's information, where what an
    observation could tell is 1 in every direction.
    """
    size = len(information)
    ridge = 1e-9 * max(float(np.trace(here.complete)) / size, 1e-9)
    lower = np.linalg.cholesky(here.complete + ridge * np.eye(size))
    inverse = np.linalg.inv(lower)
    bends, ways = np.linalg.eigh(inverse @ information @ inverse.T)
    return np.asarray(
        inverse.T @ (ways @ ((ways.T @ (inverse @ here.gradient)) / np.maximum(np.abs(bends), _FLATTEST)))
    )


def _solved(information: Matrix, gradient: Vector) -> Vector | None:
    """information^-1 gradient, or None where the information is not positive definite."""
    try:
        lower = np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        return None
    half = np.linalg.solve(lower, gradient)
    return np.linalg.solve(lower.T, half)


def _uphill(
    problem: Problem, point: Vector, here: Evaluation, move: Vector, *, curvature: bool
) -> tuple[Vector, Evaluation] | None:
    longest = float(np.abs(move).max())
    move = move if longest <= LONGEST else move * (LONGEST / longest)
    slack = 1e-12 * abs(here.value)  # rounding of a sum over all persons
    for halvings in range(14):
        there = point + move * 0.5**halvings
        found = problem.evaluate(there, curvature=curvature and halvings == 0)  # the first one mostly holds
        if found.value >= here.value - slack:
            return there, found
    return None


def _ended(problem: Problem, point: Vector, here: Evaluation, steps: int) -> Optimum:
    if here.missing is None:
        here = problem.evaluate(point, curvature=True)
    move = _solved(here.information, here.gradient)
    decrement = np.inf if move is None else float(here.gradient @ move)
    return _optimum(point, here, decrement, steps, converged=decrement < 1e-6)


def _optimum(point: Vector, here: Evaluation, decrement: float, steps: int, *, converged: bool) -> Optimum:
    return Optimum(point, here.value, here.gradient, here.information, decrement, steps, converged)


def standard_errors(information: Matrix) -> Vector | None:
    """Square roots of the diagonal of information^-1 (P), or None where it is not positive definite."""
    covariance = covariance_of(information)
    return None if covariance is None else np.sqrt(np.diag(covariance))


def covariance_of(information: Matrix) -> Matrix | None:
    """information^-1, or None where it is not positive definite or so near it that nothing can be said."""
    try:
        lower = np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        return None
    inverse = np.linalg.solve(lower, np.eye(len(information)))
    return inverse.T @ inverse
