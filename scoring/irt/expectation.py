# SPDX-License-Identifier: Apache-2.0
"""The E-step: what each response pattern says about ability, and how many answers of each kind to expect at each ability.

Bock & Aitkin (1981), equations 13 to 15. No parameter is estimated here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scoring.irt.coding import Coded, Matrix, Vector
from scoring.irt.quadrature import Quadrature

CHUNK = 4096  # patterns at a time: their posteriors stay in the cache, and memory stays small for a million persons
_DEEPEST = -600.0  # exp() of less is next to nothing in double precision


@dataclass(frozen=True, slots=True, eq=False)
class Expectation:
    """What to expect of all persons. `loglik`: natural logarithm. `counts`: C x Q (all-category layout), answers at each node.

    `at_node`: Q, expected persons at each node.
    """

    loglik: float
    counts: Matrix
    at_node: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Of the patterns `rows`: `share` R x Q adding to 1 in each row, `loglik` R the log of each pattern's probability."""

    rows: slice
    share: Matrix
    loglik: Vector


def posteriors(data: Coded, log_prob: Matrix, quadrature: Quadrature) -> Iterator[Posterior]:
    """The posterior of ability of every pattern, some thousands of patterns at a time.

    `log_prob`: C x Q log-probabilities in the all-category layout, finite.
    """
    step = log_prob[data.others] - log_prob[data.references]
    reference = log_prob[data.starts]
    base = (
        quadrature.log_weights
        if data.presented is not None
        else quadrature.log_weights + reference.sum(axis=0)
    )
    shallow = _floor(data, log_prob, quadrature) > _DEEPEST
    for begin in range(0, len(data.steps), CHUNK):
        rows = slice(begin, begin + CHUNK)
        joint = data.steps[rows] @ step
        if data.presented is not None:
            joint += data.presented[rows] @ reference
        joint += base
        if shallow:
            np.exp(joint, out=joint)
            total = joint @ np.ones(joint.shape[1])
            loglik = np.log(total)
        else:
            top = joint.max(axis=1)
            joint -= top[:, None]
            np.exp(joint, out=joint)
            total = joint.sum(axis=1)
            loglik = np.log(total) + top
        joint *= (1.0 / total)[:, None]
        yield Posterior(rows, joint, loglik)


def expect(data: Coded, log_prob: Matrix, quadrature: Quadrature) -> Expectation:
    """The log-likelihood and the expected counts under these category log-probabilities (C x Q)."""
    loglik = 0.0
    points = len(quadrature.nodes)
    chosen = np.zeros((data.steps.shape[1], points))
    presented = None if data.presented is None else np.zeros((data.items, points))
    at_node = np.zeros(points)
    for one in posteriors(data, log_prob, quadrature):
        weights = data.weights[one.rows]
        loglik += float(weights @ one.loglik)
        share = one.share
        share *= weights[:, None]
        chosen += data.steps[one.rows].T @ share
        at_node += np.ones(len(share)) @ share
        if presented is not None and data.presented is not None:
            presented += data.presented[one.rows].T @ share
    return Expectation(loglik, _counts(data, chosen, at_node if presented is None else presented), at_node)


def _counts(data: Coded, chosen: Matrix, presented: Matrix) -> Matrix:
    counts = np.empty((sum(data.categories), chosen.shape[1]))
    counts[data.others] = chosen
    item_of = np.repeat(np.arange(data.items), np.subtract(data.categories, 1))
    others = np.zeros((data.items, chosen.shape[1]))
    np.add.at(others, item_of, chosen)
    counts[data.starts] = np.maximum(presented - others, 0.0)
    return counts


def _floor(data: Coded, log_prob: Matrix, quadrature: Quadrature) -> float:
    """No pattern's best node lies below this: at each node every item in its least probable category, the best node."""
    least = np.minimum.reduceat(log_prob, data.starts, axis=0).sum(axis=0)
    return float((least + quadrature.log_weights).max())
