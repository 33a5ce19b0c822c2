# SPDX-License-Identifier: Apache-2.0
"""Where a standard normal ability is summed instead of integrated. No responses and no items live here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError

POINTS = 61
REACH = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Quadrature:
    """Abilities with the share of the population at each.

    `nodes`: Q abilities in standard deviations of the population, rising. `log_weights`: the logarithm of each node's share;
    the shares add to 1.
    """

    nodes: NDArray[np.float64]
    log_weights: NDArray[np.float64]

    @property
    def weights(self) -> NDArray[np.float64]:
        """The shares, adding to 1."""
        return np.exp(self.log_weights)

    @property
    def spacing(self) -> float:
        """The widest gap between neighbouring nodes, in standard deviations."""
        return float(np.diff(self.nodes).max())


def normal_grid(points: int = POINTS, reach: float = REACH) -> Quadrature:
    """Evenly spaced nodes from -reach to reach, weighted by the normal density and normalised.

    61 nodes over +-6 are what R's mirt takes for one dimension. For smooth integrands the sum converges faster than
    any power of the spacing (trapezoidal rule on the line: Trefethen & Weideman, 2014, theorem 5.1), so that it is
    exact to the printed digits as long as the spacing is below the narrowest posterior's standard deviation
    (`irt.marginal` refines it until it is).

    Errors: `quadrature_too_coarse` for fewer than 5 nodes or a reach below 2.
    """
    if points < 5 or not 2 <= reach < np.inf:
        raise StatisticsError("quadrature_too_coarse", points=points, reach=reach)
    nodes = np.linspace(-reach, reach, points)
    log_density = -0.5 * nodes * nodes
    return Quadrature(nodes, log_density - np.log(np.exp(log_density).sum()))


def gauss_hermite(points: int = 21) -> Quadrature:
    """Gauss-Hermite nodes for the standard normal, as R's ltm takes (21); exact for polynomials up to degree 2 points - 1.

    Errors: `quadrature_too_coarse` for fewer than 5 nodes, `quadrature_too_fine` above 180, where the weights underflow.
    """
    if points < 5:
        raise StatisticsError("quadrature_too_coarse", points=points, reach=np.inf)
    if points > 180:
        raise StatisticsError("quadrature_too_fine", points=points)
    nodes, weights = np.polynomial.hermite_e.hermegauss(points)
    return Quadrature(nodes, np.log(weights) - np.log(weights.sum()))
