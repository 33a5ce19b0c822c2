# SPDX-License-Identifier: Apache-2.0
"""Which declarations each interaction may answer into, and which kind of the bank the two make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from item_bank.qti.names import INTERACTIONS
from scoring.api import Interaction

_WANTED: Final[Mapping[Interaction, tuple[frozenset[str], frozenset[str]]]] = {
    Interaction.CHOICE_SINGLE: (frozenset({"single"}), frozenset({"identifier"})),
    Interaction.CHOICE_MULTIPLE: (frozenset({"multiple"}), frozenset({"identifier"})),
    Interaction.ORDER: (frozenset({"ordered"}), frozenset({"identifier"})),
    Interaction.ASSOCIATE: (frozenset({"multiple", "single"}), frozenset({"pair"})),
    Interaction.MATCH: (frozenset({"multiple", "single"}), frozenset({"directedPair"})),
    Interaction.GAP_MATCH: (frozenset({"multiple", "single"}), frozenset({"directedPair"})),
    Interaction.INLINE_CHOICE: (frozenset({"single"}), frozenset({"identifier"})),
    Interaction.TEXT_ENTRY: (frozenset({"single"}), frozenset({"string"})),
    Interaction.NUMERIC: (frozenset({"single"}), frozenset({"float", "integer"})),
    Interaction.EXTENDED_TEXT: (frozenset({"single"}), frozenset({"string"})),
    Interaction.HOTTEXT: (frozenset({"single", "multiple"}), frozenset({"identifier"})),
    Interaction.HOTSPOT: (frozenset({"single", "multiple"}), frozenset({"identifier"})),
    Interaction.SELECT_POINT: (frozenset({"single", "multiple"}), frozenset({"point"})),
    Interaction.GRAPHIC_ORDER: (frozenset({"ordered"}), frozenset({"identifier"})),
    Interaction.GRAPHIC_ASSOCIATE: (frozenset({"multiple", "single"}), frozenset({"pair"})),
    Interaction.GRAPHIC_GAP_MATCH: (frozenset({"multiple", "single"}), frozenset({"directedPair"})),
    Interaction.POSITION_OBJECT: (frozenset({"single", "multiple"}), frozenset({"point"})),
    Interaction.SLIDER: (frozenset({"single"}), frozenset({"float", "integer"})),
    Interaction.UPLOAD: (frozenset({"single"}), frozenset({"file"})),
}
"""Cardinalities and base types that each kind may declare here."""


def kind_of(name: str, cardinality: str, base: str) -> Interaction | None:
    """The kind of an element whose response is declared so; None where the bank has no such kind."""
    kind = INTERACTIONS[name]
    if kind is Interaction.CHOICE_SINGLE and cardinality == "multiple":
        kind = Interaction.CHOICE_MULTIPLE
    if kind is Interaction.TEXT_ENTRY and base in ("float", "integer"):
        kind = Interaction.NUMERIC
    cardinalities, bases = _WANTED[kind]
    return kind if base in bases and cardinality in cardinalities else None
