# SPDX-License-Identifier: Apache-2.0
"""How much information the unseen abilities take away: Louis (1982), equation 3.2, for any model with categories.

Per person, the variance over the posterior of the complete-data score. No model lives here.
"""

from __future__ import annotations

import numpy as np

from scoring.irt.coding import Coded, Matrix
from scoring.irt.expectation import posteriors
from scoring.irt.quadrature import Quadrature

_NOBODY = 1e-14  # a node with less than this share of a person carries nothing


def missing_information(data: Coded, log_prob: Matrix, first: Matrix, quadrature: Quadrature) -> Matrix:
    """P x P: the sum over persons of the posterior variance of the score.

    `log_prob`: C x Q. `first`: Q x C x P, the derivative of each category's log-probability by each free parameter, at
    each node (all-category layout).
    """
    reduced = _reduced(data, first)
    entries = np.nonzero((reduced != 0).any(axis=0))
    loading = reduced[:, entries[0], entries[1]]
    parameters = first.shape[2]
    total = np.zeros((parameters, parameters))
    crossed = np.zeros((len(quadrature.nodes), reduced.shape[1], reduced.shape[1]))
    collect = np.zeros((len(entries[1]), parameters))
    collect[np.arange(len(entries[1])), entries[1]] = 1.0
    for one in posteriors(data, log_prob, quadrature):
        basis = _basis(data, one.rows)
        weights = data.weights[one.rows]
        mean = ((one.share @ loading) * basis[:, entries[0]]) @ collect
        mean *= np.sqrt(weights)[:, None]
        total -= mean.T @ mean
        root = np.sqrt(one.share * weights[:, None])
        for node in np.flatnonzero(root.max(axis=0) > _NOBODY):
            scaled = basis * root[:, node, None]
            crossed[node] += scaled.T @ scaled
    for table, inner in zip(reduced, crossed, strict=True):
        total += table.T @ inner @ table
    return (total + total.T) / 2


def _basis(data: Coded, rows: slice) -> Matrix:
    """The columns of which every score is a sum: the steps, and the items presented (or a single one)."""
    steps = data.steps[rows]
    presented = np.ones((len(steps), 1)) if data.presented is None else data.presented[rows]
    return np.hstack((steps, presented))


def _reduced(data: Coded, first: Matrix) -> Matrix:
    """Q x B x P: the derivatives by the columns of `_basis` instead of by category."""
    step = first[:, data.others] - first[:, data.references]
    reference = first[:, data.starts]
    if data.presented is None:
        reference = reference.sum(axis=1, keepdims=True)
    return np.concatenate((step, reference), axis=1)
