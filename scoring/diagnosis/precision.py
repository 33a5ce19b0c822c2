# SPDX-License-Identifier: Apache-2.0
"""Standard errors of a diagnosis model, from the curvature of the log-likelihood at its maximum.

A quantity that the data leave open gets no standard error, rather than a large one. No estimate is made here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from scoring.diagnosis.design import Bools, Design, Matrix, Vector
from scoring.diagnosis.fitting import MOST_NEWTON, Maximum, Prior
from scoring.diagnosis.likelihood import Responses, expected_scores, observed_information

EDGE: Final = 1e-5  # nearer to 0 or 1 a probability stands at its edge
FEWEST: Final = 1e-4  # expected persons below which a group or a class is empty
_NOTHING: Final = 1e-7  # of the complete information: a direction in which the data say nothing


@dataclass(frozen=True, slots=True, eq=False)
class Precision:
    """Inverse information about logits of probabilities (G) and logs of masses (C); only `free` ones take part.

    `root`: free x known directions, so that root @ root.T is the covariance. `open_`: free x directions in which the data
    say nothing.
    """

    free: Bools
    root: Matrix
    open_: Matrix

    def error(self, gradient: Vector) -> float | None:
        """The standard error of a quantity with this gradient (G + C); None where the data leave it open."""
        inner = gradient[self.free]
        if np.abs(inner @ self.open_).max(initial=0.0) > 1e-6 * max(
            float(np.abs(inner).max(initial=0.0)), 1e-300
        ):
            return None
        variance = float(((inner @ self.root) ** 2).sum())
        return float(np.sqrt(variance)) if variance > 0 else None


def precision_of(data: Responses, design: Design, maximum: Maximum, prior: Prior) -> Precision | None:
    """The precision at a maximum, from the observed information (Louis 1982), with the curvature of a prior.

    None where there are more than 1500 parameters. Probabilities within 1e-5 of 0 or 1, and empty groups and classes, are
    taken as known (their likelihood has no interior maximum).
    """
    size = design.parameters
    if size + design.classes > MOST_NEWTON:
        return None
    at = maximum.at
    classes = np.flatnonzero(at.mass * data.n >= FEWEST)
    information = observed_information(data, design, at, maximum.found, classes)
    persons, mass = float(prior.persons.sum()), at.mass[classes]
    place = np.arange(size)
    information[place, place] += (prior.right + prior.wrong) * at.probability * (1.0 - at.probability)
    information[size:, size:] += persons * (np.diag(mass) - np.outer(mass, mass))
    return _precision(information, data, design, maximum, prior)


def crossed_precision_of(data: Responses, design: Design, maximum: Maximum, prior: Prior) -> Precision | None:
    """The same from the sum of products of the persons' scores (Philipp, Strobl, de la Torre & Zeileis 2018, equation 9).

    None as above, and where there is a prior.
    """
    if design.parameters + design.classes > MOST_NEWTON or prior.persons.any():
        return None
    return _precision(cross_products(data, design, maximum), data, design, maximum, prior)


def _precision(
    information: Matrix, data: Responses, design: Design, maximum: Maximum, prior: Prior
) -> Precision:
    """`information` is about the probabilities and the classes that are not empty."""
    size, at, found = design.parameters, maximum.at, maximum.found
    imagined, persons = prior.right + prior.wrong, float(prior.persons.sum())
    filled = at.mass * data.n >= FEWEST
    edge = (at.probability < EDGE) | (at.probability > 1.0 - EDGE) | (found.tried + imagined < FEWEST)
    free = np.concatenate([~edge, filled])
    complete = np.concatenate(
        [(found.tried + imagined) * at.probability * (1.0 - at.probability), (data.n + persons) * at.mass]
    )
    scale = np.sqrt(complete[free])
    inside = np.concatenate([~edge, np.ones(int(filled.sum()), dtype=np.bool_)])
    values, vectors = np.linalg.eigh(information[np.ix_(inside, inside)] / np.outer(scale, scale))
    known = values > _NOTHING
    constant = np.concatenate([np.zeros(size), np.ones(design.classes)])[free] * scale
    constant /= max(float(np.linalg.norm(constant)), 1e-300)
    empty = vectors[:, ~known] - np.outer(
        constant, constant @ vectors[:, ~known]
    )  # the sum of the masses is no question
    return Precision(
        free, vectors[:, known] / np.sqrt(values[known]) / scale[:, None], empty / scale[:, None]
    )


def cross_products(data: Responses, design: Design, maximum: Maximum) -> Matrix:
    """(G + A) x (G + A): the sum over persons of products of their scores, in logits and log-masses of classes not empty."""
    at = maximum.at
    classes = np.flatnonzero(at.mass * data.n >= FEWEST)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(data.weights > 0, 1.0 / data.weights, 0.0)[:, None]
    posterior = maximum.found.posterior[:, classes] * each
    of_items = expected_scores(data, design, at, posterior, design.cells[:, classes])
    scores = np.concatenate([of_items, posterior - at.mass[classes]], axis=1)
    products: Matrix = scores.T @ (scores * data.weights[:, None])
    return products
