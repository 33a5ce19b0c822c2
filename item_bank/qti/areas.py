# SPDX-License-Identifier: Apache-2.0
"""The areas of pictures as QTI writes them. What they are worth is in ``keys``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from item_bank.qti.gathering import Gathering

if TYPE_CHECKING:
    from lxml.etree import _Element


def read_area(attributes: Mapping[str, str], gathering: Gathering, node: _Element) -> dict[str, Any]:
    """An area of a picture as JSON; per cent and fractions are not taken."""
    shape = attributes.get("shape", "default")
    shape = {"rectangle": "rect", "polygon": "poly", "oval": "ellipse"}.get(shape, shape)
    coords = []
    for one in (attributes.get("coords") or "").replace(";", ",").split(","):
        if not one.strip():
            continue
        if re.fullmatch(r"-?[0-9]{1,5}(\.0*)?", one.strip()) is None:
            gathering.refuse(
                node, "coords", f"the coordinate {one.strip()[:20]!r} is not a whole number of pixels"
            )
            return {"shape": "default", "coords": []}
        coords.append(int(one.strip().partition(".")[0]))
    if shape == "poly" and len(coords) > 7 and coords[:2] == coords[-2:] and not gathering.exact:
        coords = coords[:-2]
    return {"shape": shape, "coords": [] if shape == "default" else coords}
