# SPDX-License-Identifier: Apache-2.0
"""The likelihood of a diagnosis model: expected counts, the observed information, and responses coded for both.

How a maximum is looked for does not live here (`fitting`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.diagnosis.design import Design, Indices, Matrix, Vector
from scoring.errors import StatisticsError

EDGE: Final = 1e-13  # probabilities are kept this far from 0 and 1
MOST_CELLS: Final = 20_000_000  # different patterns x classes: 160 MB of doubles


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """Different response patterns to J items.

    `right`: R x J, 1 where right, 0 where wrong or missing. `seen`: R x J, 1 where there is a response; None where there is one
    everywhere. `weights`: R, how many persons each pattern stands for. `row_of`: N, the pattern of each person.
    """

    right: Matrix
    seen: Matrix | None
    weights: Vector
    row_of: Indices

    @property
    def n(self) -> float:
        """The total weight."""
        return float(self.weights.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """`probability`: G, to be right per item and group. `mass`: C, the share of persons per class, in all 1."""

    probability: Vector
    mass: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Expectation:
    """What the data and some parameters say.

    `loglik`: log-likelihood. `posterior`: R x C, weighted: each row adds up to the weight of its pattern. `in_class`: C
    expected persons. `tried`, `right`: G expected answers and right answers per item and group.
    """

    loglik: float
    posterior: Matrix
    in_class: Vector
    tried: Vector
    right: Vector


def responses_of(scores: Matrix, weights: Vector) -> Responses:
    """Code N x J scores of 0, 1 and NaN (= missing); equal patterns are joined. Weights of 0 stay and count nothing."""
    coded = np.where(np.isnan(scores), -1.0, scores)
    patterns, row_of = np.unique(coded, axis=0, return_inverse=True)
    missing = patterns < 0
    row_of = row_of.ravel().astype(np.intp)
    return Responses(
        np.maximum(patterns, 0.0),
        (~missing).astype(np.float64) if missing.any() else None,
        np.bincount(row_of, weights=weights, minlength=len(patterns)).astype(np.float64),
        row_of,
    )


def require_room(data: Responses, design: Design) -> None:
    """StatisticsError(`diagnosis_too_large`) where patterns x classes would not fit the memory."""
    if data.right.shape[0] * design.classes > MOST_CELLS:
        raise StatisticsError(
            "diagnosis_too_large", patterns=data.right.shape[0], classes=design.classes, most=MOST_CELLS
        )


def log_likelihoods(data: Responses, design: Design, probability: Vector) -> Matrix:
    """R x C: the log-likelihood of each pattern in each class."""
    inner = np.clip(probability, EDGE, 1.0 - EDGE)
    wrong = np.log1p(-inner)
    odds = (np.log(inner) - wrong)[design.cells]
    found: Matrix = data.right @ odds
    found += wrong[design.cells].sum(axis=0) if data.seen is None else data.seen @ wrong[design.cells]
    return found


def expect(data: Responses, design: Design, at: Parameters) -> Expectation:
    """The expectation step (de la Torre 2009, p. 121; de la Torre 2011, appendix)."""
    joint = log_likelihoods(data, design, at.probability)
    joint += np.log(np.maximum(at.mass, 1e-300))
    top = joint.max(axis=1, keepdims=True)
    joint -= top
    np.exp(joint, out=joint)
    whole = joint.sum(axis=1)
    loglik = float(data.weights @ (top[:, 0] + np.log(whole)))
    joint *= (data.weights / whole)[:, None]
    in_class = joint.sum(axis=0)
    right = _by_cell(design, data.right.T @ joint)
    tried = (
        _by_cell(design, np.broadcast_to(in_class, design.cells.shape))
        if data.seen is None
        else _by_cell(design, data.seen.T @ joint)
    )
    return Expectation(loglik, joint, in_class, tried, right)


def _by_cell(design: Design, per_class: Matrix) -> Vector:
    sums = np.bincount(design.cells.ravel(), weights=per_class.ravel(), minlength=design.parameters)
    return sums.astype(np.float64)


def observed_information(
    data: Responses, design: Design, at: Parameters, found: Expectation, classes: Indices | None = None
) -> Matrix:
    """(G + A) x (G + A): minus the second derivatives of the log-likelihood, for the A given classes (all if None).

    They are taken in the logits of the probabilities and the logs of the masses (those up to a constant). The complete
    information less the covariance of the complete score given the data (Louis 1982, equation 3.1). Classes that are not
    given must be (nearly) empty.
    """
    chosen = np.arange(design.classes) if classes is None else classes
    cells, posterior, mass = design.cells[:, chosen], found.posterior[:, chosen], at.mass[chosen]
    in_class = found.in_class[chosen]
    size, n = design.parameters, data.n
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(data.weights > 0, 1.0 / data.weights, 0.0)[:, None]
    items, masses = slice(0, size), slice(size, size + len(chosen))
    score = expected_scores(data, design, at, posterior, cells)
    squares, residual = _score_squares(data, size, at.probability[cells], posterior, cells)
    information = np.zeros((size + len(chosen), size + len(chosen)))
    information[items, items] = score.T @ (score * each) - squares
    information[np.arange(size), np.arange(size)] += found.tried * at.probability * (1.0 - at.probability)
    shares = posterior * each
    across = score.T @ shares
    for item, row in enumerate(cells):
        across[row, np.arange(len(chosen))] -= residual[item]
    information[items, masses] = across
    information[masses, items] = across.T
    information[masses, masses] = (
        posterior.T @ shares - n * np.outer(mass, mass) + np.diag(n * mass - in_class)
    )
    return information


def expected_scores(
    data: Responses, design: Design, at: Parameters, posterior: Matrix, cells: NDArray[np.intp]
) -> Matrix:
    """R x G: the expected complete score in each logit, per pattern and times its weight.

    `posterior` R x A and `cells` J x A are those of the classes that count.
    """
    membership = np.zeros((cells.shape[1], design.parameters))
    membership[np.arange(cells.shape[1])[None, :], cells] = 1.0
    item_of = np.repeat(np.arange(len(design.sizes)), design.sizes)
    scores: Matrix = data.right[:, item_of] - at.probability
    if data.seen is not None:
        scores *= data.seen[:, item_of]
    scores *= posterior @ membership
    return scores


def _score_squares(
    data: Responses, size: int, chance: Matrix, posterior: Matrix, cells: NDArray[np.intp]
) -> tuple[Matrix, Matrix]:
    """G x G: the expected products of the complete scores, added up over persons; J x A: the expected scores."""
    items = len(chance)
    in_class = posterior.sum(axis=0)
    right = data.right.T @ posterior
    tried = np.broadcast_to(in_class, right.shape) if data.seen is None else data.seen.T @ posterior
    squares = np.zeros((size, size))
    for j in range(items):
        both = (
            data.right * data.right[:, j : j + 1]
        ).T @ posterior  # expected persons of a class right on j and k
        if data.seen is None:
            asked, here, there = in_class, right[j], right
        else:
            asked = (data.seen * data.seen[:, j : j + 1]).T @ posterior
            here = (data.seen * data.right[:, j : j + 1]).T @ posterior  # right on j, and asked k
            there = (data.right * data.seen[:, j : j + 1]).T @ posterior
        products = both - here * chance - there * chance[j] + asked * (chance[j] * chance)
        where = cells[j] * size + cells
        squares += np.bincount(where.ravel(), weights=products.ravel(), minlength=size * size).reshape(
            size, size
        )
    return squares, right - tried * chance
