# SPDX-License-Identifier: Apache-2.0
"""Link two forms by their items: calibrate each, bring the scales together by the anchor, equate true or observed scores.

The scales are brought together in `irt_linking`, scores equated in `irt_equating`; links without a model live in `link`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.irt.binary import BinaryModel, Rasch, ThreePL, TwoPL
from scoring.irt.category_models import Family, Item
from scoring.irt.quadrature import Quadrature
from scoring.linking.irt_equating import equate_observed_scores, equate_true_scores
from scoring.linking.irt_linking import ScaleLink, ScaleMethod, link_scales, on_old_scale
from scoring.tables import ResponseTable


class ItemModel(StrEnum):
    """The models that forms of right-or-wrong items can be calibrated with."""

    RASCH = "rasch"
    TWO_PL = "2pl"
    THREE_PL = "3pl"


_MODELS: Final[dict[ItemModel, type[BinaryModel]]] = {
    ItemModel.RASCH: Rasch,
    ItemModel.TWO_PL: TwoPL,
    ItemModel.THREE_PL: ThreePL,
}


@dataclass(frozen=True, slots=True, eq=False)
class ItemLink:
    """A link by items.

    `scale`: how abilities of form X's calibration become those of form Y's. `scores` 0, 1, … of X, the `abilities` whose true
    scores they are (on Y's scale, NaN where none is; all NaN for observed scores) and the `equivalents` on Y. `cautions` are
    those of both calibrations.
    """

    scale: ScaleLink
    scores: NDArray[np.float64]
    abilities: NDArray[np.float64]
    equivalents: NDArray[np.float64]
    cautions: tuple[str, ...]


def link_by_items(
    x: ResponseTable,
    y: ResponseTable,
    *,
    anchor: Sequence[str],
    model: ItemModel = ItemModel.TWO_PL,
    method: ScaleMethod | None = None,
    observed: bool = False,
    weight: float | None = None,
) -> ItemLink:
    """Link form X to form Y; the columns of a table are all items of its form, 0, 1 or NaN.

    `anchor` names the items in common (at least one). `method` brings the scales together: Stocking & Lord's if None, and for
    the Rasch model mean-mean, which only shifts them. True scores are equated, or with `observed` the distributions that the
    items imply, in a synthetic population with the share `weight` of X's people (None: as the tables have them). Source:
    Kolen & Brennan (2014), sec. 6.3, 6.5, 6.6. StatisticsError: `items_not_in_table`, `anchor_needed`,
    `link_item_unestimated` (item, why: it has no difficulty), and the refusals of the fits and of the scales.
    """
    if not anchor:
        raise StatisticsError("anchor_needed", method="observed scores" if observed else "true scores")
    fits, forms = [], []
    for table in (x, y):
        table.columns(anchor)
        fit = _MODELS[model]().fit(table.scores, sample_weight=table.weights)
        fits.append(fit)
        forms.append(_items(table, fit))
    if method is None:
        method = ScaleMethod.MEAN_MEAN if model is ItemModel.RASCH else ScaleMethod.STOCKING_LORD
    common = [[item for item in form if item.name in set(anchor)] for form in forms]
    scale = link_scales(common[0], common[1], method=method)
    moved = [on_old_scale(item, scale) for item in forms[0]]
    cautions = tuple(dict.fromkeys((*fits[0].cautions_, *fits[1].cautions_)))
    if not all(fit.converged_ for fit in fits):
        cautions = (*cautions, "not_converged")
    scores = np.arange(len(moved) + 1, dtype=np.float64)
    if observed:
        share = x.n / (x.n + y.n) if weight is None else weight
        equivalents = equate_observed_scores(
            moved,
            forms[1],
            new_population=_population(fits[0], scale.slope, scale.intercept),
            old_population=_population(fits[1], 1.0, 0.0),
            new_weight=share,
        )
        return ItemLink(scale, scores, np.full(scores.size, np.nan), equivalents, cautions)
    true = equate_true_scores(moved, forms[1])
    if np.isnan(true.equated).any():
        cautions = (*cautions, "scores_out_of_reach")
    return ItemLink(scale, scores, true.ability, true.equated, cautions)


def _items(table: ResponseTable, fit: BinaryModel) -> list[Item]:
    for name, reason in zip(table.items, fit.reasons_, strict=True):
        if reason is not None:
            raise StatisticsError("link_item_unestimated", item=name, why=reason)
    columns = np.column_stack([fit.slopes_, fit.intercepts_, np.nan_to_num(fit.guessing_)])
    return [Item(name, Family.LOGISTIC, row) for name, row in zip(table.items, columns, strict=True)]


def _population(fit: BinaryModel, slope: float, intercept: float) -> Quadrature:
    """The people of a calibration on form Y's scale."""
    sd = float(np.sqrt(fit.variance_))
    return Quadrature(slope * sd * fit.quadrature_.nodes + intercept, fit.quadrature_.log_weights)
