# SPDX-License-Identifier: Apache-2.0
"""Abilities of persons from items whose parameters are known. No parameter of an item is estimated here.

EAP: posterior mean, its standard error the posterior standard deviation (Bock & Mislevy, 1982). MAP: posterior mode,
standard error from the observed information plus that of the population. ML: maximum likelihood, standard error from
the observed information. WLE: Warm's (1989, equation 11) weighted likelihood, standard error from the test
information. All four are those of R's mirt (`fscores`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from scoring.irt.coding import Coded, Indices, Matrix, Vector, coded, indicators
from scoring.irt.curves import BinaryCurves, Curves, CurveValues
from scoring.irt.expectation import posteriors
from scoring.irt.quadrature import Quadrature, normal_grid
from scoring.irt.sufficient import means_by_sum

FAR = 30.0  # population standard deviations: a maximum is looked for no further out
_CHUNK = 2048
_EXACT = 1e-11  # population standard deviations between the two ends of a bracket
_FLAT = 1e-12  # a slope of the log-likelihood that is none


class Method(StrEnum):
    """How an ability is estimated."""

    EAP = "eap"
    MAP = "map"
    ML = "ml"
    WLE = "wle"


@dataclass(frozen=True, slots=True, eq=False)
class Abilities:
    """One estimate a person: `theta` and its standard error `se` (N each, NaN where there is none) and `reasons` (N).

    A reason is `no_responses` (EAP and MAP then say what is known of anybody: the population) or `no_finite_maximum`
    (the likelihood rises without end, as for all right or all wrong), None where there is nothing to say.
    """

    method: Method
    theta: Vector
    se: Vector
    reasons: tuple[str | None, ...]

    def reliability(self, weights: Vector | None = None) -> float | None:
        """Empirical reliability: var(theta) / (var(theta) + mean(se^2)), as mirt's `empirical_rxx`.

        None if fewer than two persons have an estimate.
        """
        known = np.isfinite(self.theta)
        if known.sum() < 2:
            return None
        share = np.ones(int(known.sum())) if weights is None else weights[known]
        share = share / share.sum()
        mean = float(share @ self.theta[known])
        signal = float(share @ (self.theta[known] - mean) ** 2)
        noise = float(share @ self.se[known] ** 2)
        return signal / (signal + noise)


def abilities(
    curves: Curves,
    scores: Matrix,
    *,
    method: Method = Method.EAP,
    mean: float = 0.0,
    sd: float = 1.0,
    quadrature: Quadrature | None = None,
) -> Abilities:
    """The ability of every person.

    `scores`: N x I of 0 … categories - 1, NaN = missing. `mean`, `sd`: of the population, on the scale of the curves;
    ML and WLE take them only for where to look (within 30 sd). `quadrature`: of a standard normal, 61 nodes if None.

    Errors: those of `coding.coded`.
    """
    grid = normal_grid() if quadrature is None else quadrature
    grid = Quadrature(mean + sd * grid.nodes, grid.log_weights)
    if method is Method.EAP and isinstance(curves, BinaryCurves):
        quick = means_by_sum(curves, scores, grid)
        if quick is not None:
            return Abilities(method, *quick, (None,) * len(scores))
    data = coded(scores, curves.categories)
    if method is Method.EAP:
        theta, se = _means(data, curves, grid)
    else:
        theta, se = _modes(data, curves, method, mean, sd)
    unseen = (
        np.zeros(len(theta), dtype=bool)
        if data.presented is None
        else np.asarray(~data.presented.any(axis=1))
    )
    reasons = _reasons(theta, unseen)
    return Abilities(method, theta[data.row_of], se[data.row_of], tuple(reasons[row] for row in data.row_of))


def _reasons(theta: Vector, unseen: NDArray[np.bool_]) -> list[str | None]:
    reasons: list[str | None] = [None] * len(theta)
    for row in np.flatnonzero(~np.isfinite(theta)):
        reasons[row] = "no_finite_maximum"
    for row in np.flatnonzero(unseen):
        reasons[row] = "no_responses"
    return reasons


def _means(data: Coded, curves: Curves, grid: Quadrature) -> tuple[Vector, Vector]:
    theta, variance = np.empty(len(data.steps)), np.empty(len(data.steps))
    powers = np.stack((grid.nodes, grid.nodes**2), axis=1)
    for one in posteriors(data, curves.log_prob(grid.nodes), grid):
        moments = one.share @ powers
        theta[one.rows] = moments[:, 0]
        variance[one.rows] = moments[:, 1] - moments[:, 0] ** 2
    return theta, np.sqrt(np.maximum(variance, 0.0))


def _modes(data: Coded, curves: Curves, method: Method, mean: float, sd: float) -> tuple[Vector, Vector]:
    near, far = np.linspace(-6, 6, 121), np.linspace(6, FAR, 25)[1:]
    grid = mean + sd * np.concatenate((-far[::-1], near, far))
    places = curves.at(grid)
    theta, se = np.full(len(data.steps), np.nan), np.full(len(data.steps), np.nan)
    for begin in range(0, len(data.steps), _CHUNK):
        part = _Part(data, slice(begin, begin + _CHUNK), curves, method=method, mean=mean, sd=sd)
        theta[part.rows], se[part.rows] = part.solve(grid, places)
    return theta, se


class _Part:
    """Some patterns, and the equation whose root is their ability: the derivative of what is to be largest."""

    def __init__(
        self, data: Coded, rows: slice, curves: Curves, *, method: Method, mean: float, sd: float
    ) -> None:
        count = len(data.steps[rows])
        self.rows = rows
        self._curves = curves
        self._method = method
        self._mean = mean
        self._precision = sd**-2
        self._scale = sd
        part = Coded(
            data.steps[rows],
            None if data.presented is None else data.presented[rows],
            data.weights[rows],
            np.arange(count, dtype=np.intp),
            data.categories,
        )
        self._chosen = indicators(part)
        self._presented = np.ones((count, data.items)) if part.presented is None else part.presented
        self._starts = data.starts

    def solve(self, grid: Vector, places: CurveValues) -> tuple[Vector, Vector]:
        height, rise = self._on(grid, places)
        best = height.argmax(axis=1)
        falls = (rise[:, :-1] > 0) & (rise[:, 1:] <= 0)
        distance = np.where(falls, np.abs(np.arange(len(grid) - 1) + 0.5 - best[:, None]), np.inf)
        left = distance.argmin(axis=1)
        found = np.isfinite(distance.min(axis=1)) & (
            self._presented.any(axis=1) | (self._method is Method.MAP)
        )
        if self._method is Method.ML:
            edge = np.maximum(height[:, 0], height[:, -1])
            found &= edge < height.max(axis=1) - 1e-9
        every = np.arange(len(left))
        theta = self._root(
            grid[left], grid[left + 1], rise[every, left], rise[every, left + 1], np.flatnonzero(found)
        )
        return theta, self._errors(theta)

    def _on(self, grid: Vector, places: CurveValues) -> tuple[Matrix, Matrix]:
        """R x T: what is to be largest, and its derivative, everywhere on the grid."""
        height = self._chosen @ places.log_prob
        rise = self._chosen @ places.first
        if self._method is Method.MAP:
            height -= 0.5 * self._precision * (grid - self._mean) ** 2
            rise -= self._precision * (grid - self._mean)
        elif self._method is Method.WLE:
            information, bend = (self._presented @ table for table in self._by_item(places))
            with np.errstate(divide="ignore"):
                height += 0.5 * np.log(information)
            rise += _ratio(bend, information)
        return height, rise

    def _by_item(self, values: CurveValues) -> tuple[Matrix, Matrix]:
        """I x T: information, and Warm's J = sum P' P'' / P, of each item."""
        prob = np.exp(values.log_prob)
        information = np.add.reduceat(prob * values.first**2, self._starts, axis=0)
        bend = np.add.reduceat(prob * values.first * (values.second + values.first**2), self._starts, axis=0)
        return information, bend

    def _slope(self, theta: Vector, rows: Indices) -> Vector:
        values = self._curves.at(theta)
        rise: Vector = np.einsum("rc,cr->r", self._chosen[rows], values.first)
        if self._method is Method.MAP:
            rise -= self._precision * (theta - self._mean)
        elif self._method is Method.WLE:
            information, bend = (
                np.einsum("ri,ir->r", self._presented[rows], table) for table in self._by_item(values)
            )
            rise += _ratio(bend, information)
        return rise

    def _root(self, left: Vector, right: Vector, above: Vector, below: Vector, rows: Indices) -> Vector:
        """Regula falsi in Illinois form (Dowell & Jarratt, 1971), for all patterns at once."""
        theta = np.full(len(left), np.nan)
        low, high, up, down = left[rows], right[rows], above[rows], below[rows]
        side = np.zeros(len(rows))  # which end moved last: 1 the lower, -1 the upper
        while rows.size:  # the bracket shrinks at every turn
            middle = (low * down - high * up) / (down - up)
            value = self._slope(middle, rows)
            theta[rows] = middle
            rising = value > 0
            up = np.where(rising, value, np.where(side < 0, up / 2, up))
            down = np.where(rising, np.where(side > 0, down / 2, down), value)
            low, high = np.where(rising, middle, low), np.where(rising, high, middle)
            side = np.where(rising, 1.0, -1.0)
            going = (np.abs(value) > _FLAT) & (high - low > _EXACT * self._scale)
            rows, low, high = rows[going], low[going], high[going]
            up, down, side = up[going], down[going], side[going]
        return theta

    def _errors(self, theta: Vector) -> Vector:
        se = np.full(len(theta), np.nan)
        rows = np.flatnonzero(np.isfinite(theta))
        if not rows.size:
            return se
        values = self._curves.at(theta[rows])
        if self._method is Method.WLE:
            information = np.einsum("ri,ir->r", self._presented[rows], self._by_item(values)[0])
        else:
            information = -np.einsum("rc,cr->r", self._chosen[rows], values.second)
            information += self._precision if self._method is Method.MAP else 0.0
        sure = information > 0
        se[rows[sure]] = 1 / np.sqrt(information[sure])
        return se


def _ratio(bend: Matrix, information: Matrix) -> Matrix:
    """J / (2 I), 0 where there is no information."""
    return np.divide(bend, 2 * information, out=np.zeros_like(bend), where=information > 0)
