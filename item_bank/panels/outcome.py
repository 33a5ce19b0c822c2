# SPDX-License-Identifier: Apache-2.0
"""What a round of judgements comes to: the cut of each part of the credential with its error, the judges, the objects. Pure.

The methods themselves are in ``scoring.cut_scores``; who sees what of it is in ``feedback``.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import pi, sqrt
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from item_bank.panels.compromise import of_numbers
from item_bank.panels.cuts import (
    Judgements,
    PanelOutcome,
    ScopeCut,
    agreement_of,
    object_outcome,
    object_outcomes,
    outlying,
    share_below,
    share_table,
)
from item_bank.panels.model import BOOKMARK, Panel, PanelMethod, PanelObject
from item_bank.panels.people import of_people
from item_bank.panels.weights import ScopeWeights, scope_weights
from item_bank.standards.model import CredentialDocument
from scoring.certainty.curves import ItemCurve
from scoring.cut_scores.api import Page, angoff, booklet


def outcome(
    panel: Panel,
    document: CredentialDocument,
    judgements: Judgements,
    *,
    before: Judgements | None = None,
) -> PanelOutcome:
    """What the judgements of the judges who handed in (one or more) come to. ``before`` is the round before."""
    judges = tuple(judgements)
    changed = None if before is None else _changed(judgements, before)
    match panel.method:
        case PanelMethod.ANGOFF | PanelMethod.YES_NO:
            return _of_items(panel, document, judges, judgements, changed)
        case PanelMethod.BOOKMARK:
            return _of_bookmarks(panel, document, judges, judgements, changed)
        case PanelMethod.CONTRASTING_GROUPS | PanelMethod.BORDERLINE_GROUP:
            return of_people(panel, judges, judgements, changed)
        case PanelMethod.HOFSTEE | PanelMethod.BEUK:
            return of_numbers(panel, document, judges, judgements, changed)
        case _:
            assert_never(panel.method)


def curves_of(objects: Sequence[PanelObject]) -> tuple[ItemCurve, ...]:
    """The curves of objects whose parameters are known, named by number. Raises StatisticsError(``curve_parameters``)."""
    return tuple(
        ItemCurve(
            str(one.number),
            float(one.facts.slope),
            tuple(float(step) for step in one.facts.difficulties),
            guess=float(one.facts.guess or 0),
        )
        for one in objects
    )


def booklet_pages(panel: Panel) -> tuple[Page, ...]:
    """The ordered booklet at RP 2/3, empty for other methods; a page's item is the number of its object."""
    if panel.method is not PanelMethod.BOOKMARK or not panel.objects:
        return ()
    return booklet(curves_of(panel.objects))


def _changed(now: Judgements, before: Judgements) -> int:
    """How many judgements of judges of both rounds differ."""
    return sum(
        now[judge].get(number) != before[judge].get(number)
        for judge in now
        if judge in before
        for number in now[judge].keys() | before[judge].keys()
    )


def _of_items(
    panel: Panel,
    document: CredentialDocument,
    judges: tuple[str, ...],
    judgements: Judgements,
    changed: int | None,
) -> PanelOutcome:
    table = share_table(panel, judges, judgements)
    cuts = [
        _angoff_cut(panel, weights, table[:, weights.places], judges)
        for weights in scope_weights(document, panel.objects)
    ]
    found, reason = agreement_of(table)
    return PanelOutcome(
        method=panel.method,
        judges=judges,
        cuts=tuple(cuts),
        objects=object_outcomes(panel, table),
        agreement=found,
        reason=reason,
        outliers=outlying(judges, cuts[0].by_judge if cuts else ()),
        changed=changed,
    )


def _angoff_cut(
    panel: Panel, weights: ScopeWeights, shares: NDArray[np.float64], judges: Sequence[str]
) -> ScopeCut:
    maxima = np.array([float(weight) for weight in weights.weights])
    found = angoff(
        shares * maxima, judges=judges, items=[str(place) for place in weights.places], maxima=maxima
    )
    whole = found.maximum
    return ScopeCut(
        scope=weights.scope,
        share=found.share,
        median=found.median / whole,
        standard_error=None if found.standard_error is None else found.standard_error / whole,
        by_judge=tuple(judge.cut / whole for judge in found.judges),
        objects=len(weights.places),
        covered=weights.covered,
        below=share_below(panel, weights.scope, found.share),
        reason=None if found.standard_error is not None else "judgements_few",
    )


def _of_bookmarks(
    panel: Panel,
    document: CredentialDocument,
    judges: tuple[str, ...],
    judgements: Judgements,
    changed: int | None,
) -> PanelOutcome:
    pages, curves = booklet_pages(panel), curves_of(panel.objects)
    marks = tuple(int(judgements[judge][BOOKMARK]) for judge in judges)
    thetas = np.array([pages[mark - 1].theta for mark in marks])
    at = np.append(thetas, np.median(thetas))
    # objects x (judges and the panel): the share of its marks that is expected there
    expected = np.stack(
        [curve.chances(at) @ np.arange(curve.maximum + 1) / curve.maximum for curve in curves]
    )
    cuts = tuple(
        _bookmark_cut(panel, weights, expected[list(weights.places)])
        for weights in scope_weights(document, panel.objects)
    )
    return PanelOutcome(
        method=panel.method,
        judges=judges,
        cuts=cuts,
        objects=tuple(object_outcome(one, ()) for one in panel.objects),
        agreement=None,
        reason="one_judgement_each",
        outliers=outlying(judges, cuts[0].by_judge if cuts else ()),
        changed=changed,
        pages=pages,
        marks=marks,
    )


def _bookmark_cut(panel: Panel, weights: ScopeWeights, expected: NDArray[np.float64]) -> ScopeCut:
    worth = np.array([float(weight) for weight in weights.weights])
    shares = worth @ expected / worth.sum()
    by_judge, share = shares[:-1], float(shares[-1])
    # of a median: sqrt(pi / 2) as large as of a mean (Mitzel et al. 2001)
    error = float(by_judge.std(ddof=1)) * sqrt(pi / 2) / sqrt(len(by_judge)) if len(by_judge) > 1 else None
    return ScopeCut(
        scope=weights.scope,
        share=share,
        median=float(np.median(by_judge)),
        standard_error=error,
        by_judge=tuple(by_judge.tolist()),
        objects=len(weights.places),
        covered=weights.covered,
        below=share_below(panel, weights.scope, share),
        reason=None if error is not None else "judgements_few",
    )
