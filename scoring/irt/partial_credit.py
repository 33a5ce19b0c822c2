# SPDX-License-Identifier: Apache-2.0
"""The partial credit model (Masters 1982) and its generalisation (Muraki 1992). Estimation itself is in `polytomous`."""

from __future__ import annotations

import numpy as np

from scoring.irt.categories import Categories
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


def _starting_items(categories: Categories) -> list[Item]:
    items = []
    for place, name in enumerate(categories.names):
        share = category_shares(categories, place)
        slope = 2.0 / len(share)
        items.append(
            Item(name, Family.PARTIAL_CREDIT, np.concatenate(([slope], np.log(share[1:] / share[0]))))
        )
    return items


def step_matrix(steps: int) -> Matrix:
    """S x S: takes d1, d2, … to d1, d2 - d1, d3 - d2, …."""
    return np.eye(steps) - np.eye(steps, k=-1)


class GeneralizedPartialCredit(PolytomousModel):
    """P(k) proportional to exp(sum over j <= k of a (theta - bj)) = exp(k a theta + dk), d0 = 0.

    `slopes_` a, `difficulties_` b1, b2, … (where neighbouring categories are equally likely; they need not rise) and
    `intercepts_` d1, d2, … are those of R's mirt (`itemtype = "gpcm"`) and, for a and b, of R's ltm (`gpcm`: Dscrmn and
    Catgr).
    """

    def _start(self, categories: Categories) -> Calibration:
        return own_parameters(_starting_items(categories))

    def _report(self, item: Item, labels: tuple[str, ...], covariance: Matrix | None) -> ItemReport:
        slope, intercepts = item.parameters[0], item.parameters[1:]
        own = np.eye(len(item.parameters))
        steps = step_matrix(len(intercepts))
        rises = steps @ intercepts
        back = np.column_stack((rises / slope**2, -steps / slope)) if slope != 0 else own[1:]
        return ItemReport(
            item.name,
            labels,
            derived(item.parameters[:1], own[:1], covariance),
            derived(-rises / slope, back, covariance) if slope != 0 else Estimates(rises * np.nan, None),
            derived(intercepts, own[1:], covariance),
            reason=endless(item.parameters[:1]),
        )


class PartialCredit(PolytomousModel):
    """The Rasch model for marks: slope 1 in every item, ability normal with mean 0 and variance `variance_` (estimated).

    `difficulties_` b1, b2, … and `intercepts_` d1, d2, … are those of R's mirt (`itemtype = "Rasch"`, with COV_11 =
    `variance_`); `variance_error_` is its standard error. `calibration_` holds the same model with ability standardised:
    slopes sqrt(variance).
    """

    def _start(self, categories: Categories) -> Calibration:
        items = _starting_items(categories)
        slope = float(np.mean([item.parameters[0] for item in items]))
        return shared_slope(
            [Item(item.name, item.family, np.concatenate(([slope], item.parameters[1:]))) for item in items]
        )

    def _scale(self) -> None:
        slope = float(self.fit_.parameters[0])
        covariance = self.fit_.covariance
        self.variance_ = slope * slope
        self.variance_error_ = (
            None if covariance is None else 2.0 * abs(slope) * float(np.sqrt(covariance[0, 0]))
        )

    def _report(self, item: Item, labels: tuple[str, ...], covariance: Matrix | None) -> ItemReport:
        intercepts = item.parameters[1:]
        own = np.eye(len(item.parameters))
        steps = step_matrix(len(intercepts))
        return ItemReport(
            item.name,
            labels,
            Estimates(np.ones(1), None),
            derived(-steps @ intercepts, -steps @ own[1:], covariance),
            derived(intercepts, own[1:], covariance),
            reason=endless(item.parameters[:1]),
        )
