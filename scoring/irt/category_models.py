# SPDX-License-Identifier: Apache-2.0
"""Response functions of items with two or more categories, with their derivatives. No estimation and no person lives here.

Every family is held in slope-intercept form on a standard normal ability; `IRT form` names (difficulties b) are computed
from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np

from scoring.errors import StatisticsError
from scoring.irt.coding import Indices, Matrix, Vector


class Family(StrEnum):
    """How the categories of an item depend on ability theta; the parameters in the order in which `Item` holds them.

    `LOGISTIC` (two categories; 1PL, 2PL, 3PL; Birnbaum 1968): a, d, c with P = c + (1 - c) / (1 + exp(-(a theta + d))).
    `GRADED` (Samejima 1969): a, d1 > d2 > … with P(category >= k) = 1 / (1 + exp(-(a theta + dk))). `PARTIAL_CREDIT`
    (Muraki 1992; Masters 1982 with one slope for all): a, d1, d2, … with P(k) proportional to exp(k a theta + dk), d0 = 0.
    `NOMINAL` (Bock 1972): s1, s2, …, d1, d2, … with P(k) proportional to exp(sk theta + dk), s0 = d0 = 0.
    """

    LOGISTIC = "logistic"
    GRADED = "graded"
    PARTIAL_CREDIT = "partial_credit"
    NOMINAL = "nominal"


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One item: `parameters` in the order of its `family`; categories are 0, 1, ….

    Errors: `item_parameters` (item) for a wrong number of parameters, a value that is no number, graded intercepts that do not
    fall, or a guessing parameter outside 0 <= c < 1.
    """

    name: str
    family: Family
    parameters: Vector

    def __post_init__(self) -> None:
        values = self.parameters
        right = False
        match self.family:
            case Family.LOGISTIC:
                right = len(values) == 3 and bool(0 <= values[2] < 1)
            case Family.GRADED:
                right = len(values) >= 2 and bool((np.diff(values[1:]) < 0).all())
            case Family.PARTIAL_CREDIT:
                right = len(values) >= 2
            case Family.NOMINAL:
                right = len(values) >= 2 and len(values) % 2 == 0
            case _:
                assert_never(self.family)
        if not right or not np.isfinite(values).all():
            raise StatisticsError("item_parameters", item=self.name, family=self.family.value)

    @property
    def categories(self) -> int:
        """How many categories the item has."""
        match self.family:
            case Family.LOGISTIC:
                return 2
            case Family.GRADED | Family.PARTIAL_CREDIT:
                return len(self.parameters)
            case Family.NOMINAL:
                return len(self.parameters) // 2 + 1
            case _:
                assert_never(self.family)

    @property
    def slope_count(self) -> int:
        """How many of the parameters, the first ones, are slopes."""
        return self.categories - 1 if self.family is Family.NOMINAL else 1


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """An item's categories at Q abilities: probability K x Q with its first and second derivative by ability."""

    probability: Matrix
    first: Matrix
    second: Matrix

    @property
    def information(self) -> Vector:
        """Q: Fisher's information about ability, the sum over categories of P'^2 / P (Samejima 1969, eq. 6-6)."""
        return np.asarray((self.first**2 / self.probability).sum(axis=0), dtype=np.float64)

    @property
    def expected(self) -> Vector:
        """Q: the expected category number (0, 1, …), the item's characteristic curve."""
        return np.asarray(np.arange(len(self.probability)) @ self.probability, dtype=np.float64)


def logistic(x: Matrix) -> Matrix:
    """1 / (1 + exp(-x)) without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)), dtype=np.float64)


def log_logistic(x: Matrix) -> Matrix:
    """The logarithm of 1 / (1 + exp(-x)) without overflow and without loss in the tails."""
    return -np.logaddexp(0.0, -x)


def log_probabilities(item: Item, theta: Vector) -> Matrix:
    """K x Q: the logarithm of each category's probability at the abilities `theta` (Q)."""
    values = item.parameters
    match item.family:
        case Family.LOGISTIC:
            line = values[0] * theta + values[1]
            wrong = np.log1p(-values[2]) + log_logistic(-line)
            if values[2] == 0:
                return np.stack([wrong, log_logistic(line)])
            return np.stack([wrong, np.log(values[2] + (1 - values[2]) * logistic(line))])
        case Family.GRADED:
            return _graded_log(values, theta)
        case Family.PARTIAL_CREDIT | Family.NOMINAL:
            slopes, intercepts = category_lines(item)
            lines = slopes[:, None] * theta + intercepts[:, None]
            return np.asarray(lines - np.logaddexp.reduce(lines, axis=0), dtype=np.float64)
        case _:
            assert_never(item.family)


def _graded_log(values: Vector, theta: Vector) -> Matrix:
    """log(F(y_k) - F(y_k+1)) = log F(y_k) + log(1 - F(y_k+1)) + log(1 - exp(d_k+1 - d_k)): nothing cancels."""
    lines = values[0] * theta + values[1:, None]
    result = np.zeros((len(values), len(theta)))
    result[1:] += log_logistic(lines)
    result[:-1] += log_logistic(-lines)
    result[1:-1] += np.log(-np.expm1(np.diff(values[1:])))[:, None]
    return result


def category_lines(item: Item) -> tuple[Vector, Vector]:
    """Slope and intercept of each category's line in a partial credit or nominal item, the first category being 0, 0."""
    steps = item.categories - 1
    if item.family is Family.PARTIAL_CREDIT:
        slopes = item.parameters[0] * np.arange(steps + 1, dtype=np.float64)
        return slopes, np.concatenate(([0.0], item.parameters[1:]))
    return (
        np.concatenate(([0.0], item.parameters[:steps])),
        np.concatenate(([0.0], item.parameters[steps:])),
    )


def curves(item: Item, theta: Vector) -> Curves:
    """The item's categories at the abilities `theta` (Q) with their derivatives by ability."""
    probability = np.exp(log_probabilities(item, theta))
    match item.family:
        case Family.LOGISTIC | Family.GRADED:
            slope = item.parameters[0]
            if item.family is Family.LOGISTIC:
                intercepts, span = item.parameters[1:2], 1 - item.parameters[2]
            else:
                intercepts, span = item.parameters[1:], 1.0
            above = logistic(slope * theta + intercepts[:, None])
            density = above * (1 - above)
            first = -np.diff(span * slope * density, axis=0, prepend=0.0, append=0.0)
            second = -np.diff(span * slope**2 * density * (1 - 2 * above), axis=0, prepend=0.0, append=0.0)
            return Curves(probability, first, second)
        case Family.PARTIAL_CREDIT | Family.NOMINAL:
            slopes, _ = category_lines(item)
            away = slopes[:, None] - slopes @ probability
            return Curves(
                probability, probability * away, probability * (away**2 - (probability * away**2).sum(axis=0))
            )
        case _:
            assert_never(item.family)


def parameter_scores(item: Item, theta: Vector) -> Matrix:
    """M x K x Q: the derivative of each category's log-probability by each of the item's M parameters.

    A logistic item's third parameter is c itself (not its logit).
    """
    values = item.parameters
    kinds = item.categories
    result = np.zeros((len(values), kinds, len(theta)))
    match item.family:
        case Family.LOGISTIC:
            above = logistic(values[0] * theta + values[1])
            right = np.maximum(values[2] + (1 - values[2]) * above, np.finfo(np.float64).tiny)
            result[1] = np.stack([-above, (1 - values[2]) * above * (1 - above) / right])
            result[0] = theta * result[1]
            result[2] = np.stack([np.full(len(theta), -1 / (1 - values[2])), (1 - above) / right])
        case Family.GRADED:
            above = logistic(values[0] * theta + values[1:, None])
            for step in range(1, kinds):
                result[step, step] += 1 - above[step - 1]
                result[step, step - 1] -= above[step - 1]
            for step in range(1, kinds - 1):
                gap = 1 / np.expm1(values[step] - values[step + 1])
                result[step, step] += gap
                result[step + 1, step] -= gap
            result[0] = theta * result[1:].sum(axis=0)
        case Family.PARTIAL_CREDIT:
            probability = np.exp(log_probabilities(item, theta))
            for step in range(1, kinds):
                result[step] = -probability[step]
                result[step, step] += 1
            numbers = np.arange(kinds, dtype=np.float64)
            result[0] = theta * (numbers[:, None] - numbers @ probability)
        case Family.NOMINAL:
            probability = np.exp(log_probabilities(item, theta))
            for step in range(1, kinds):
                result[kinds - 2 + step] = -probability[step]
                result[kinds - 2 + step, step] += 1
            result[: kinds - 1] = theta * result[kinds - 1 :]
        case _:
            assert_never(item.family)
    return result


def complete_information(item: Item, theta: Vector, counts: Matrix) -> Matrix:
    """M x M: minus the second derivative of sum(counts * log-probability) by the parameters, at fixed counts (K x Q).

    For graded items the exact second derivative (the log-probabilities are concave in all parameters), for partial credit and
    nominal items exact too (an exponential family), for logistic items Fisher's information.
    """
    scores = parameter_scores(item, theta)
    if item.family is not Family.GRADED:
        expected = np.exp(log_probabilities(item, theta)) * counts.sum(axis=0)
        return np.asarray(
            np.einsum("akq,bkq,kq->ab", scores, scores, expected, optimize=True), dtype=np.float64
        )
    values = item.parameters
    above = logistic(values[0] * theta + values[1:, None])
    bend = (counts[:-1] + counts[1:]) * above * (1 - above)
    result = np.zeros((len(values), len(values)))
    result[0, 0] = (bend * theta**2).sum()
    result[0, 1:] = result[1:, 0] = (bend * theta).sum(axis=1)
    inner = np.diag(bend.sum(axis=1))
    for step in range(len(values) - 2):
        gap = 1 / np.expm1(values[step + 1] - values[step + 2])
        hold = counts[step + 1].sum() * gap * (1 + gap)
        inner[step, step] += hold
        inner[step + 1, step + 1] += hold
        inner[step, step + 1] -= hold
        inner[step + 1, step] -= hold
    result[1:, 1:] = inner
    return result


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Items on one standard normal scale with what was estimated of them.

    `places`: for each item the place of each of its parameters among the `free` estimated ones, -1 for a fixed one; the
    same place twice is one parameter that items share (the common slope of 1PL, Rasch and partial credit).
    """

    items: tuple[Item, ...]
    places: tuple[Indices, ...]
    free: int

    @property
    def categories(self) -> tuple[int, ...]:
        """How many categories each item has."""
        return tuple(item.categories for item in self.items)

    @property
    def names(self) -> tuple[str, ...]:
        """The items' names."""
        return tuple(item.name for item in self.items)

    def log_prob(self, theta: Vector) -> Matrix:
        """C x Q: every category's log-probability in the all-category layout of `irt.coding`."""
        return np.concatenate([log_probabilities(item, theta) for item in self.items])


def own_parameters(items: Sequence[Item]) -> Calibration:
    """A calibration in which every parameter of every item was estimated on its own."""
    places = []
    free = 0
    for item in items:
        places.append(np.arange(free, free + len(item.parameters), dtype=np.intp))
        free += len(item.parameters)
    return Calibration(tuple(items), tuple(places), free)


def shared_slope(items: Sequence[Item]) -> Calibration:
    """A calibration in which the first parameter of all items was estimated as one (1PL, Rasch, partial credit)."""
    places = []
    free = 1
    for item in items:
        rest = np.arange(free, free + len(item.parameters) - 1, dtype=np.intp)
        places.append(np.concatenate((np.zeros(1, dtype=np.intp), rest)))
        free += len(rest)
    return Calibration(tuple(items), tuple(places), free)


def given_parameters(items: Sequence[Item]) -> Calibration:
    """A calibration whose parameters were given, not estimated from the data at hand."""
    return Calibration(
        tuple(items), tuple(np.full(len(item.parameters), -1, dtype=np.intp) for item in items), 0
    )


def logistic_calibration(
    names: Sequence[str],
    slopes: Vector,
    intercepts: Vector,
    guessing: Vector | None = None,
    *,
    common_slope: bool = False,
) -> Calibration:
    """The calibration of a 1PL, 2PL or 3PL (`guessing` given and estimated) fit in slope-intercept form on a N(0, 1) ability.

    A Rasch fit with variance v is passed with slopes sqrt(v) and `common_slope`: the same model on the standard scale.
    """
    low = np.zeros(len(names)) if guessing is None else guessing
    items = [
        Item(name, Family.LOGISTIC, np.array([a, d, c], dtype=np.float64))
        for name, a, d, c in zip(names, slopes, intercepts, low, strict=True)
    ]
    whole = shared_slope(items) if common_slope else own_parameters(items)
    if guessing is not None:
        return whole
    kept = sorted({int(place) for one in whole.places for place in one[:2]})
    number = {place: new for new, place in enumerate(kept)}
    places = tuple(
        np.array([number[int(one[0])], number[int(one[1])], -1], dtype=np.intp) for one in whole.places
    )
    return Calibration(whole.items, places, len(kept))
