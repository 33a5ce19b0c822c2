# SPDX-License-Identifier: Apache-2.0
"""What each object of a panel is worth in each part of a credential. Pure; judgements live in ``outcome``.

A sample of a bank is not a paper: ten easy items of one PC must not outweigh the two of another that carries the same
marks. So the marks of the credential are spread over the objects that stand for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from item_bank.panels.model import PanelObject
from item_bank.standards.model import CredentialDocument, mark_maxima
from scoring.api import CREDENTIAL, Basis, Cell, CredentialMarks, Level, Scope, Share, leaves


@dataclass(frozen=True, slots=True)
class ScopeWeights:
    """A part of the credential and what each object (by its place) is worth in it.

    ``weights`` are marks, above 0, of the objects at ``places``; ``covered`` is the share of the part's marks with an object.
    """

    scope: Scope
    places: tuple[int, ...]
    weights: tuple[Fraction, ...]
    covered: Fraction


def scope_weights(document: CredentialDocument, objects: Sequence[PanelObject]) -> tuple[ScopeWeights, ...]:
    """The parts of the credential that any object speaks of: all of it, each NOS, each element and PC with marks of its own.

    The marks of a cell (a PC or element in one component) are shared by its objects in proportion to their maxima. Over several
    NOS they count raw or by the weight of the NOS, as the credential's own rule counts them.
    """
    marks = mark_maxima(document.nos)
    spread = _spread(document, marks, objects)
    found = []
    for scope in (CREDENTIAL, *_parts(document, marks)):
        cells = marks.index[scope]
        unit = _units(document, marks) if scope == CREDENTIAL else dict.fromkeys(cells, Fraction(1))
        whole = sum((marks.maxima[cell] * unit[cell] for cell in cells), Fraction(0))
        own: dict[int, Fraction] = {}
        for cell in cells:
            for place, worth in spread.get(cell, {}).items():
                own[place] = worth * unit[cell]
        if own and whole:
            places = tuple(sorted(own))
            weights = tuple(own[place] for place in places)
            found.append(ScopeWeights(scope, places, weights, sum(weights, Fraction(0)) / whole))
    return tuple(found)


def _parts(document: CredentialDocument, marks: CredentialMarks) -> tuple[Scope, ...]:
    several = len(document.nos) > 1
    return (
        *(marks.scopes(Level.NOS) if several else ()),
        *marks.scopes(Level.ELEMENT),
        *(scope for scope in marks.scopes(Level.PC) if marks.components_of(scope)),
    )


def _spread(
    document: CredentialDocument, marks: CredentialMarks, objects: Sequence[PanelObject]
) -> dict[Cell, Mapping[int, Fraction]]:
    spread: dict[Cell, Mapping[int, Fraction]] = {}
    for cell, maximum in marks.maxima.items():
        pcs = document.pcs_of(cell)
        own = {
            place: one.maximum
            for place, one in enumerate(objects)
            if one.pc in pcs and one.component == cell.component
        }
        whole = sum(own.values(), Fraction(0))
        if whole and maximum:
            spread[cell] = {place: maximum * part / whole for place, part in own.items()}
    return spread


def _units(document: CredentialDocument, marks: CredentialMarks) -> dict[Cell, Fraction]:
    """What one mark of a cell counts over the whole credential."""
    weighted = any(
        isinstance(leaf, Share) and leaf.scope.level is Level.CREDENTIAL and leaf.basis is Basis.WEIGHTED
        for _path, leaf in leaves(document.rule.root)
    )
    return {
        cell: marks.weight_of_mark(cell.nos) if weighted and marks.weights else Fraction(1)
        for cell in marks.maxima
    }
