# SPDX-License-Identifier: Apache-2.0
"""The graded response model (Samejima 1969) for marks whose order is known. Estimation itself is in `polytomous`."""

from __future__ import annotations

from typing import Final

import numpy as np

from scoring.irt.categories import FEWEST_PERSONS, Categories
from scoring.irt.category_models import Calibration, Family, Item, own_parameters, shared_slope
from scoring.irt.coding import Matrix
from scoring.irt.polytomous_estimator import (
    Estimates,
    ItemReport,
    PolytomousModel,
    category_shares,
    derived,
    endless,
)
from scoring.irt.quadrature import POINTS, REACH

_FLATTENED: Final = 1.2  # the logit at mean ability over the marginal logit for a slope of 1: sqrt(1 + 0.346)


class GradedResponse(PolytomousModel):
    """P(mark >= k) = 1 / (1 + exp(-a (theta - bk))) = 1 / (1 + exp(-(a theta + dk))), dk = -a bk.

    `slopes_` a, `difficulties_` b1 < b2 < … and `intercepts_` d1 > d2 > … are those of R's mirt (`itemtype = "graded"`)
    and, for a and b, of R's ltm (`grm`: Dscrmn and Extrmt). `common_slope`: one a for all items (ltm's `constrained =
    TRUE`).
    """

    def __init__(
        self,
        *,
        common_slope: bool = False,
        points: int = POINTS,
        reach: float = REACH,
        max_iter: int = 500,
        fewest_persons: int = FEWEST_PERSONS,
    ) -> None:
        super().__init__(points=points, reach=reach, max_iter=max_iter, fewest_persons=fewest_persons)
        self.common_slope = common_slope

    def _start(self, categories: Categories) -> Calibration:
        items = []
        for place, name in enumerate(categories.names):
            at_least = category_shares(categories, place)[::-1].cumsum()[::-1][1:]
            intercepts = _FLATTENED * np.log(at_least / (1 - at_least))
            items.append(Item(name, Family.GRADED, np.concatenate(([1.0], intercepts))))
        return shared_slope(items) if self.common_slope else own_parameters(items)

    def _report(self, item: Item, labels: tuple[str, ...], covariance: Matrix | None) -> ItemReport:
        slope, intercepts = item.parameters[0], item.parameters[1:]
        own = np.eye(len(item.parameters))
        back = np.column_stack((intercepts / slope**2, -np.eye(len(intercepts)) / slope))
        return ItemReport(
            item.name,
            labels,
            derived(item.parameters[:1], own[:1], covariance),
            derived(-intercepts / slope, back, covariance)
            if slope != 0
            else Estimates(intercepts * np.nan, None),
            derived(intercepts, own[1:], covariance),
            reason=endless(item.parameters[:1]),
        )
