# SPDX-License-Identifier: Apache-2.0
"""From coded right-or-wrong responses to the maximum of a marginal likelihood: starting values, fine grids, guessing at zero.

The likelihoods are in `logistic` and `guessing`, the climb in `newton`; how estimates are named and told is in `binary`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scoring.irt.coding import Coded, Indices, Matrix, Vector
from scoring.irt.curves import BinaryCurves
from scoring.irt.expectation import expect, posteriors
from scoring.irt.guessing import GuessingProblem, NormalPrior, Prior
from scoring.irt.logistic import LogisticProblem
from scoring.irt.newton import Optimum, covariance_of, maximise
from scoring.irt.quadrature import Quadrature, normal_grid
from scoring.irt.quasi_newton import climb

STEEPEST = 15.0  # a slope beyond this is no estimate: the likelihood rises as the curve becomes a step
_NARROW = 0.7  # a posterior narrower than this many spacings asks for a finer grid
_FINEST = 400
_LOW = -4.5  # logit of a c (0.011) that is tried at 0
_TINY = -9.0  # logit of a c (0.0001) that is 0
_ROUGH = 1e-3  # decrement at which a climb is near enough to look around
_GUESS = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A maximum: I items on a standard normal ability.

    `slope_at`, `intercept_at`, `guess_at`: which of the P free parameters an item's a, d and logit c are (-1: c is fixed at 0).
    `covariance`: P x P, None where the information is not positive definite. `loglik`: without any prior.
    `parameters`: how many the model has; a c at its bound 0 counts, as in R's mirt.
    """

    curves: BinaryCurves
    slope_at: Indices
    intercept_at: Indices
    guess_at: Indices
    covariance: Matrix | None
    loglik: float
    parameters: int
    top: Optimum
    grid: Quadrature


Solver = Callable[[Coded, Quadrature, Solution | None], Solution]


def refined(solver: Solver, data: Coded, grid: Quadrature) -> Solution:
    """The maximum on `grid`, and from there on finer grids while somebody's posterior falls between the nodes.

    Of the two mirror images with the same likelihood, the one whose slopes add up to more than nothing.
    """
    found = solver(data, grid, None)
    while (
        len(found.grid.nodes) < _FINEST
        and np.abs(found.curves.slopes).max() <= STEEPEST
        and _narrowest(data, found) < _NARROW * found.grid.spacing
    ):
        finer = normal_grid(2 * len(found.grid.nodes) - 1, float(found.grid.nodes[-1]))
        found = solver(data, finer, found)
    return _mirrored(found) if found.curves.slopes.sum() < 0 else found


def solve_logistic(
    data: Coded, grid: Quadrature, start: Solution | None, *, common: bool, limit: int
) -> Solution:
    """1PL (`common`) or 2PL; `start` is a maximum on a coarser grid."""
    if start is not None:
        point = start.top.point
    else:
        slopes, intercepts = _first_guess(data)
        point = np.concatenate(([1.0] if common else slopes, intercepts))
    problem = LogisticProblem(data, grid, common=common)
    top = maximise(problem, point, limit=limit)
    slopes, intercepts = problem.split(top.point)
    items = np.arange(data.items)
    return Solution(
        BinaryCurves(slopes, intercepts, np.zeros(data.items)),
        np.zeros_like(items) if common else items,
        items + (1 if common else data.items),
        np.full(data.items, -1),
        covariance_of(top.information),
        top.value,
        len(top.point),
        top,
        grid,
    )


def solve_guessing(
    data: Coded, grid: Quadrature, start: Solution | None, *, prior: Prior | None, limit: int
) -> Solution:
    """3PL. Without a prior, a c that falls to nothing is set to 0 if the likelihood falls from there on (Kuhn & Tucker)."""
    point = _guessing_start(data, grid, prior, limit) if start is None else start.top.point
    guessed = np.ones(data.items, dtype=bool) if start is None else start.guess_at >= 0
    if prior is None:
        guessed, point, steps = _zeroed(data, grid, guessed, point, limit)
    else:
        steps = 0
    problem = GuessingProblem(data, grid, guessed=guessed, prior=prior)
    top = maximise(problem, point, limit=limit)
    tiny = top.point[2 * data.items :] < _TINY
    if prior is None and tiny.any():
        steps += top.steps
        guessed[np.flatnonzero(guessed)[tiny]] = False
        problem = GuessingProblem(data, grid, guessed=guessed, prior=prior)
        top = maximise(problem, np.delete(top.point, 2 * data.items + np.flatnonzero(tiny)), limit=limit)
    return _guessing_solution(problem, replace(top, steps=top.steps + steps), grid)


def _zeroed(
    data: Coded, grid: Quadrature, guessed: NDArray[np.bool_], point: Vector, limit: int
) -> tuple[NDArray[np.bool_], Vector, int]:
    """Which items are guessed, a place near the top, and the steps to it.

    An item that was freed again stays free, so that this ends.
    """
    freed = np.zeros(data.items, dtype=bool)
    steps = 0
    while True:
        problem = GuessingProblem(data, grid, guessed=guessed, prior=None)
        top = maximise(problem, point, limit=limit, close=_ROUGH)
        steps += top.steps
        logits = np.full(data.items, -np.inf)
        logits[guessed] = top.point[2 * data.items :]
        gain = _gain_at_zero(problem, top.point, np.where(logits < _LOW, -np.inf, logits))
        fall = guessed & (logits < _LOW) & (gain < 0) & ~freed
        rise = ~guessed & (gain > 1e-6)
        freed |= rise
        guessed = (guessed & ~fall) | rise
        logits[rise] = _LOW
        point = np.concatenate((top.point[: 2 * data.items], logits[guessed]))
        if not (fall | rise).any():
            return guessed, point, steps


def _guessing_solution(problem: GuessingProblem, top: Optimum, grid: Quadrature) -> Solution:
    slopes, intercepts, shares = problem.split(top.point)
    items = np.arange(len(slopes))
    guess_at = np.full(len(items), -1)
    guess_at[problem.guessed] = 2 * len(items) + np.arange(len(problem.guessed))
    return Solution(
        BinaryCurves(slopes, intercepts, shares),
        items,
        len(items) + items,
        guess_at,
        covariance_of(top.information),
        top.value - problem.log_prior(top.point),
        3 * len(items),
        top,
        grid,
    )


def _guessing_start(data: Coded, grid: Quadrature, prior: Prior | None, limit: int) -> Vector:
    """A place near the top, found with gradients alone and a prior that keeps every c in the usual range."""
    share = _GUESS if prior is None else prior.centre
    slopes, _ = _first_guess(data)
    right, answered = _right(data)
    above = np.clip((right / answered - share) / (1 - share), 0.02, 0.98)
    logit = float(np.log(share / (1 - share)))
    point = np.concatenate((slopes, 1.2 * np.log(above / (1 - above)), np.full(data.items, logit)))
    every = np.ones(data.items, dtype=bool)
    held = GuessingProblem(
        data, grid, guessed=every, prior=NormalPrior(logit, 1.0) if prior is None else prior
    )
    return climb(held, point, limit=limit, close=_ROUGH).point


def _gain_at_zero(problem: GuessingProblem, point: Vector, logits: Vector) -> Vector:
    """I: the derivative of the log-likelihood by c itself, meaningful where `logits` are minus infinity, that is c = 0."""
    slopes, intercepts, _ = problem.split(point)
    with np.errstate(over="ignore"):
        shares = 1 / (1 + np.exp(-logits))
    log_prob = BinaryCurves(slopes, intercepts, shares).log_prob(problem.quadrature.nodes)
    counts = expect(problem.data, log_prob, problem.quadrature).counts
    ratio = np.exp(np.minimum(log_prob[0::2] - log_prob[1::2], 300.0))
    gain: Vector = (counts[1::2] * ratio - counts[0::2]).sum(axis=1)
    return gain


def _right(data: Coded) -> tuple[Vector, Vector]:
    """Persons who were right, and who answered, by item."""
    right = data.weights @ data.steps
    answered = np.full(data.items, data.n) if data.presented is None else data.weights @ data.presented
    return right, answered


def _first_guess(data: Coded) -> tuple[Vector, Vector]:
    """Slopes with the sign of the item-rest correlation, and intercepts from the shares right."""
    right, answered = _right(data)
    share = np.clip(right / answered, 0.5 / data.n, 1 - 0.5 / data.n)
    presented = np.ones_like(data.steps) if data.presented is None else data.presented
    residual = data.steps - presented * share
    total = residual.sum(axis=1)
    with_rest = (data.weights * total) @ residual - data.weights @ residual**2
    return np.where(with_rest < 0, -1.0, 1.0), 1.2 * np.log(share / (1 - share))


def _narrowest(data: Coded, found: Solution) -> float:
    """The smallest standard deviation of a posterior, in standard deviations of the population."""
    nodes = found.grid.nodes
    powers = np.stack((nodes, nodes**2), axis=1)
    least = np.inf
    for one in posteriors(data, found.curves.log_prob(nodes), found.grid):
        moments = one.share @ powers
        least = min(least, float((moments[:, 1] - moments[:, 0] ** 2).min()))
    return float(np.sqrt(max(least, 0.0)))


def _mirrored(found: Solution) -> Solution:
    flip = np.ones(len(found.top.point))
    flip[found.slope_at] = -1.0
    covariance = None if found.covariance is None else found.covariance * np.outer(flip, flip)
    curves = BinaryCurves(-found.curves.slopes, found.curves.intercepts, found.curves.guessing)
    top = replace(
        found.top,
        point=found.top.point * flip,
        gradient=found.top.gradient * flip,
        information=found.top.information * np.outer(flip, flip),
    )
    return replace(found, curves=curves, covariance=covariance, top=top)


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """Standard errors of a, d, b = -d / a and c (I each; NaN where there is none), b's and c's by the delta method."""

    slopes: Vector
    intercepts: Vector
    difficulties: Vector
    guessing: Vector


def difficulties(curves: BinaryCurves) -> Vector:
    """I: b = -d / a, NaN where the slope is 0."""
    a, d = curves.slopes, curves.intercepts
    b: Vector = np.divide(-d, a, out=np.full(len(a), np.nan), where=_tilted(a))
    return b


def _tilted(slopes: Vector) -> NDArray[np.bool_]:
    return np.asarray(np.abs(slopes) > 1e-8)


def errors_of(found: Solution) -> Errors:
    """The standard errors of a solution, from the inverse of its observed information."""
    a, c = found.curves.slopes, found.curves.guessing
    nothing = np.full(len(a), np.nan)
    if found.covariance is None:
        return Errors(nothing, nothing, nothing, nothing)
    spread = found.covariance
    aa = spread[found.slope_at, found.slope_at]
    dd = spread[found.intercept_at, found.intercept_at]
    ad = spread[found.slope_at, found.intercept_at]
    b = difficulties(found.curves)
    bb = np.divide(b * b * aa + dd + 2 * b * ad, a * a, out=nothing.copy(), where=_tilted(a))
    free = found.guess_at >= 0
    guessing = np.where(free, np.sqrt(spread[found.guess_at, found.guess_at]) * c * (1 - c), np.nan)
    return Errors(np.sqrt(aa), np.sqrt(dd), np.sqrt(np.maximum(bb, 0.0)), guessing)
