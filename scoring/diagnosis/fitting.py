# SPDX-License-Identifier: Apache-2.0
"""The maximum of a diagnosis model's likelihood: expectation-maximisation, extrapolated, then Newton steps.

Starting values and the choice among several maxima live here too; what the estimates mean does not (`model`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from scoring.diagnosis.design import Bools, Design, Matrix, Vector
from scoring.diagnosis.likelihood import (
    EDGE,
    Expectation,
    Parameters,
    Responses,
    expect,
    observed_information,
)

LOW, HIGH = 0.2, 0.8  # the standard start: guess .2, slip .2, all profiles alike (as R's CDM::din)
SMALLEST_MASS: Final = 1e-300
MOST_NEWTON: Final = 1500  # above so many parameters no second derivatives are formed
_EDGE_LOGIT: Final = 24.0
_WARM_UP: Final = 60
_GAIN: Final = 1e-8  # of the log-likelihood, that a next step would bring
_PROMISE: Final = 1e-6
_KEPT: Final = 1e-9  # masses below take no part in Newton steps while nothing draws them up


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """Imagined answers and persons that are added to the data; nothing of them for maximum likelihood.

    `right`, `wrong`: G, per parameter. `persons`: C, per class.
    """

    right: Vector
    wrong: Vector
    persons: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """Where a search ended.

    `objective`: the log-likelihood and the logarithm of the prior (up to a constant). `found`: the expectation there.
    `steps`: how often the data were gone through. `converged`: a further step would bring less than 1e-8.
    """

    at: Parameters
    found: Expectation
    objective: float
    steps: int
    converged: bool


def no_prior(design: Design) -> Prior:
    """Maximum likelihood."""
    return Prior(np.zeros(design.parameters), np.zeros(design.parameters), np.zeros(design.classes))


def standard_start(design: Design) -> Parameters:
    """.2 for those who lack all that an item needs, .8 for those who have it, in between by the share that they have."""
    return Parameters(LOW + (HIGH - LOW) * design.mastered, design.spread / design.spread.sum())


def random_start(design: Design, draw: np.random.Generator) -> Parameters:
    """Probabilities that rise with the share mastered, from U(.05, .35) to U(.65, .95), and Dirichlet masses."""
    item_of = np.repeat(np.arange(len(design.sizes)), design.sizes)
    low = draw.uniform(0.05, 0.35, len(design.sizes))[item_of]
    high = draw.uniform(0.65, 0.95, len(design.sizes))[item_of]
    bend = draw.uniform(0.5, 2.0, design.parameters)
    mass = draw.dirichlet(design.spread)
    return Parameters(
        low + (high - low) * design.mastered**bend, np.maximum(mass, 1e-6) / np.maximum(mass, 1e-6).sum()
    )


def maximise(
    data: Responses, design: Design, start: Parameters, prior: Prior, *, most_steps: int = 4000
) -> Maximum:
    """The maximum that a start leads to."""
    search = _Search(data, design, prior, start)
    newton = design.parameters + design.classes <= MOST_NEWTON
    while search.steps < most_steps and not search.done:
        search.extrapolate()
        if newton and search.steps >= _WARM_UP:
            search.newton()
    return Maximum(search.at, search.found, search.objective, search.steps, search.done)


class _Search:
    """One climb: the place, what the data say there, and how far the last step went."""

    def __init__(self, data: Responses, design: Design, prior: Prior, start: Parameters) -> None:
        self.data, self.design, self.prior = data, design, prior
        self.steps, self.done, self.damping, self.longest = 0, False, 1e-3, 4.0
        self.at = start
        self.found, self.objective = self._look(start)

    def _look(self, at: Parameters) -> tuple[Expectation, float]:
        self.steps += 1
        found = expect(self.data, self.design, at)
        inner = np.clip(at.probability, EDGE, 1.0 - EDGE)
        objective = found.loglik + float(
            self.prior.right @ np.log(inner)
            + self.prior.wrong @ np.log1p(-inner)
            + self.prior.persons @ np.log(np.maximum(at.mass, SMALLEST_MASS))
        )
        return found, objective

    def _maximised(self, at: Parameters, found: Expectation) -> Parameters:
        """The maximisation step; where nobody is expected in a group, its probability stays."""
        tried = found.tried + self.prior.right + self.prior.wrong
        some = tried > 1e-200
        probability = np.where(
            some, (found.right + self.prior.right) / np.where(some, tried, 1.0), at.probability
        )
        mass = found.in_class + self.prior.persons
        return Parameters(np.clip(probability, 0.0, 1.0), mass / mass.sum())

    def extrapolate(self) -> None:
        """Two steps of the EM algorithm and a squared extrapolation of them (Varadhan & Roland 2008, scheme S3)."""
        first = self._maximised(self.at, self.found)
        found, objective = self._look(first)
        second = self._maximised(first, found)
        zero, one, two = _coordinates(self.at), _coordinates(first), _coordinates(second)
        step, bend = one - zero, two - one - (one - zero)
        length = float(np.sqrt((step @ step) / max(float(bend @ bend), 1e-300)))
        before = self.objective
        if length <= 1.0:
            self.at = second
            self.found, self.objective = self._look(second)
        else:
            length = min(length, self.longest)
            tried = _parameters(zero + 2.0 * length * step + length * length * bend, self.design)
            tried_found, tried_objective = self._look(tried)
            if tried_objective >= objective:
                self.at, self.found, self.objective = tried, tried_found, tried_objective
                self.longest = self.longest * 4.0 if length == self.longest else self.longest
            else:
                self.at = second
                self.found, self.objective = self._look(second)
                self.longest = max(self.longest / 2.0, 1.0 + 1e-9)
        if self.design.parameters + self.design.classes > MOST_NEWTON:
            self.done = 0.0 <= self.objective - before < _GAIN

    def newton(self) -> None:
        """A damped Newton step in logits and log-masses; an end where it promises less than 1e-8."""
        slope, curvature, free = self._slope()
        scale = np.maximum(np.diag(curvature), 1e-12)
        for _ in range(12):
            move = np.linalg.solve(curvature + np.diag(self.damping * scale + 1e-10 * scale.max()), slope)
            gain = float(slope @ move)
            if 0.0 <= gain < _GAIN and self.damping <= 1.0:
                self.done = not self._revived()
                return
            moved = np.zeros(free.size)
            moved[free] = np.clip(move, -4.0, 4.0)
            tried = _parameters(_coordinates(self.at) + moved, self.design)
            found, objective = self._look(tried)
            if gain > 0 and objective > self.objective:
                self.at, self.found, self.objective = tried, found, objective
                self.damping = max(self.damping / 5.0, 1e-9)
                return
            self.damping *= 10.0
        self.damping = 1.0

    def _revived(self) -> bool:
        """Whether classes that were (almost) given up were drawn back in.

        At a maximum no class may promise more than it has: its expected persons divided by its mass and by all persons is
        at most 1 (the directional derivative; Lindsay 1983, theorem 4.1). EM alone leaves such a place very slowly.
        """
        persons = self.data.n + float(self.prior.persons.sum())
        mass = np.maximum(self.at.mass, 1e-30)
        promise = (self.found.in_class + self.prior.persons) / (mass * persons) - 1.0
        promise[self.at.mass <= 1e-30] = -1.0
        calling = np.where(promise > _PROMISE, promise, 0.0)
        if not calling.any():
            return False
        share = 0.02
        while share > 1e-9:
            tried = Parameters(
                self.at.probability, (1.0 - share) * self.at.mass + share * calling / calling.sum()
            )
            found, objective = self._look(tried)
            if objective > self.objective + _GAIN:
                self.at, self.found, self.objective = tried, found, objective
                return True
            share /= 4.0
        return False

    def _slope(self) -> tuple[Vector, Matrix, Bools]:
        """First derivatives, minus the second ones, and which coordinates take part: those that are not at their edge."""
        size, prior, at, found = self.design.parameters, self.prior, self.at, self.found
        persons = float(prior.persons.sum())
        tried = prior.right + prior.wrong
        first = np.concatenate(
            [
                found.right + prior.right - (found.tried + tried) * at.probability,
                found.in_class + prior.persons - (self.data.n + persons) * at.mass,
            ]
        )
        logits = _coordinates(at)
        edge = np.abs(logits[:size]) >= _EDGE_LOGIT - 1e-9
        outward = np.sign(logits[:size]) * first[:size] >= 0
        empty = found.tried + tried < 1e-9
        rising = first[size:] > 0
        free = np.concatenate([~(edge & outward) & ~empty, (at.mass > _KEPT) | (rising & (at.mass > 1e-12))])
        classes = np.flatnonzero(free[size:])
        second = observed_information(self.data, self.design, at, found, classes)
        place = np.arange(size)
        second[place, place] += tried * at.probability * (1.0 - at.probability)
        second[size:, size:] += persons * (
            np.diag(at.mass[classes]) - np.outer(at.mass[classes], at.mass[classes])
        )
        inside = np.concatenate([free[:size], np.ones(len(classes), dtype=np.bool_)])
        return first[free], second[np.ix_(inside, inside)], free


def _coordinates(at: Parameters) -> Vector:
    """G + C: logits, at most 24 from 0, and logs of the masses."""
    inner = np.clip(at.probability, EDGE, 1.0 - EDGE)
    logits = np.clip(np.log(inner) - np.log1p(-inner), -_EDGE_LOGIT, _EDGE_LOGIT)
    return np.concatenate([logits, np.log(np.maximum(at.mass, 1e-30))])


def _parameters(coordinates: Vector, design: Design) -> Parameters:
    """The other way."""
    logits = np.clip(coordinates[: design.parameters], -_EDGE_LOGIT, _EDGE_LOGIT)
    logs = coordinates[design.parameters :]
    mass = np.exp(logs - logs.max())
    return Parameters(1.0 / (1.0 + np.exp(-logits)), mass / mass.sum())
