# SPDX-License-Identifier: Apache-2.0
"""What items do at given abilities: probabilities, expected scores, information; for plots too. Nothing is estimated here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from scoring.irt.category_models import Calibration
from scoring.irt.category_models import curves as category_curves
from scoring.irt.coding import Indices, Matrix, Vector
from scoring.irt.guessing import log_probabilities, shares_of_right


@dataclass(frozen=True, slots=True, eq=False)
class CurveValues:
    """C x T (all-category layout), at T abilities: log P of each category, its first and its second derivative by ability."""

    log_prob: Matrix
    first: Matrix
    second: Matrix


class Curves(Protocol):
    """Items whose parameters are known."""

    @property
    def categories(self) -> tuple[int, ...]:
        """How many categories each item has."""

    def log_prob(self, theta: Vector) -> Matrix:
        """C x T."""

    def at(self, theta: Vector) -> CurveValues:
        """The log-probabilities with their derivatives."""


@dataclass(frozen=True, slots=True, eq=False)
class BinaryCurves:
    """Right-or-wrong items: P = c + (1 - c) / (1 + exp(-(a theta + d))).

    `slopes` a, `intercepts` d, `guessing` c: I each, finite, 0 <= c < 1.
    """

    slopes: Vector
    intercepts: Vector
    guessing: Vector

    @property
    def categories(self) -> tuple[int, ...]:
        return (2,) * len(self.slopes)

    def logits(self, theta: Vector) -> Matrix:
        """I x T: a theta + d."""
        return np.outer(self.slopes, theta) + self.intercepts[:, None]

    def log_prob(self, theta: Vector) -> Matrix:
        return log_probabilities(self.logits(theta), self.guessing)

    def at(self, theta: Vector) -> CurveValues:
        eta = self.logits(theta)
        log_prob = log_probabilities(eta, self.guessing)
        plain = np.exp(-np.logaddexp(0.0, -eta))
        spread = plain * np.exp(-np.logaddexp(0.0, eta))
        slope = self.slopes[:, None]
        ratio, _ = shares_of_right(eta, self.guessing, log_prob[1::2])
        first, second = np.empty_like(log_prob), np.empty_like(log_prob)
        first[0::2] = -slope * plain
        first[1::2] = slope * ratio
        second[0::2] = -(slope**2) * spread
        second[1::2] = slope**2 * (ratio * (1 - 2 * plain) - ratio**2)
        return CurveValues(log_prob, first, second)


@dataclass(frozen=True, slots=True, eq=False)
class CalibratedCurves:
    """Items of any family, one by one."""

    calibration: Calibration

    @property
    def categories(self) -> tuple[int, ...]:
        return self.calibration.categories

    def log_prob(self, theta: Vector) -> Matrix:
        return self.calibration.log_prob(theta)

    def at(self, theta: Vector) -> CurveValues:
        items = [category_curves(item, theta) for item in self.calibration.items]
        inverse = np.exp(-np.maximum(self.log_prob(theta), -700.0))
        first = np.concatenate([one.first for one in items]) * inverse
        second = np.concatenate([one.second for one in items]) * inverse - first**2
        return CurveValues(self.log_prob(theta), first, second)


def starts(curves: Curves) -> Indices:
    """I: the row of each item's first category in the all-category layout."""
    return np.concatenate(([0], np.cumsum(curves.categories)[:-1])).astype(np.intp)


def probabilities(curves: Curves, theta: Vector) -> Matrix:
    """C x T: category characteristic curves."""
    return np.exp(curves.log_prob(theta))


def expected_scores(curves: Curves, theta: Vector) -> Matrix:
    """I x T: item characteristic curves, each item's mean score 0 … categories - 1; their sum is the test's curve."""
    step = np.concatenate([np.arange(count, dtype=np.float64) for count in curves.categories])
    return np.add.reduceat(probabilities(curves, theta) * step[:, None], starts(curves), axis=0)


def item_information(curves: Curves, theta: Vector) -> Matrix:
    """I x T: Fisher information, the sum over categories of P (d log P / d theta)^2 (Samejima, 1969, chapter 6)."""
    values = curves.at(theta)
    return np.add.reduceat(np.exp(values.log_prob) * values.first**2, starts(curves), axis=0)


def test_information(curves: Curves, theta: Vector) -> Vector:
    """T: the items' information added up; 1 / sqrt of it is the standard error of a maximum likelihood ability."""
    return np.asarray(item_information(curves, theta).sum(axis=0))
