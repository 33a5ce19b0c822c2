# SPDX-License-Identifier: Apache-2.0
"""The methods of ``kasauti stats link`` that go by the items: ``irt-true`` and ``irt-observed``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from scoring.linking.irt_linking import ScaleMethod
from scoring.linking.item_link import ItemLink, ItemModel, link_by_items
from scoring.tables import ResponseTable
from web.cli.stats.files import read_scores
from web.cli.stats.forms import FormFile

METHODS: Final = ("irt-true", "irt-observed")


@dataclass(frozen=True, slots=True)
class ItemOptions:
    """What was asked: one of `METHODS`, the model, how the scales are brought together, and X's share of the population."""

    method: str
    model: ItemModel
    scale: ScaleMethod | None
    weight: float | None


def link_items(x: FormFile, y: FormFile, options: ItemOptions) -> dict[str, object]:
    """The document of a link by items; raises what the readers and `link_by_items` raise."""
    found = link_by_items(
        _table(x),
        _table(y),
        anchor=x.anchor,
        model=options.model,
        method=options.scale,
        observed=options.method == "irt-observed",
        weight=options.weight,
    )
    return {
        "method": options.method,
        "design": "anchor",
        "anchor": list(x.anchor),
        "model": options.model.value,
        "cautions": list(found.cautions),
        "slope": None,
        "intercept": None,
        "scale": {
            "method": found.scale.method.value,
            "slope": found.scale.slope,
            "intercept": found.scale.intercept,
            "items": found.scale.items,
        },
        "table": _rows(found),
    }


def _table(file: FormFile) -> ResponseTable:
    table, _ = read_scores(file.path, ids=file.ids, weights=file.weights, others=file.others, key=file.key)
    if not file.missing_zero:
        return table
    return ResponseTable(table.persons, table.items, np.nan_to_num(table.scores), table.weights)


def _rows(found: ItemLink) -> list[dict[str, object]]:
    return [
        {"score": score, "ability": ability, "equivalent": equivalent}
        for score, ability, equivalent in zip(
            found.scores.tolist(), found.abilities.tolist(), found.equivalents.tolist(), strict=True
        )
    ]
