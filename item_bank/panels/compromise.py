# SPDX-License-Identifier: Apache-2.0
"""What judgements on the test as a whole come to, beside what real learners reached: Hofstee and Beuk. Pure.

Judges say per cent; the curve of the learners is that of whole marks, as in ``scoring.cut_scores``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from item_bank.panels.cuts import (
    Judgements,
    PanelOutcome,
    ScopeCut,
    object_outcomes,
    outlying,
    share_below,
    share_table,
)
from item_bank.panels.model import Panel, PanelMethod
from item_bank.standards.model import CredentialDocument
from scoring.api import CREDENTIAL
from scoring.cut_scores.api import BeukJudge, CompromiseCut, HofsteeJudge, beuk, fail_curve, hofstee

Rows = NDArray[np.float64]


def of_numbers(
    panel: Panel,
    document: CredentialDocument,
    judges: tuple[str, ...],
    judgements: Judgements,
    changed: int | None,
) -> PanelOutcome:
    """A round on the test as a whole. Without what real learners reached there is no cut yet, and the reason says so."""
    table = share_table(panel, judges, judgements)
    made = PanelOutcome(
        method=panel.method,
        judges=judges,
        cuts=(),
        objects=object_outcomes(panel, table),
        agreement=None,
        reason="numbers_of_the_whole",
        outliers=(),
        changed=changed,
    )
    whole = float(document.maximum)
    if panel.impact is None:
        return replace(made, cuts=(_cut(panel, None, (), None, "impact_missing"),))
    marks = np.array([float(Fraction(share)) * whole for share in panel.impact.shares])
    meet = _hofstee if panel.method is PanelMethod.HOFSTEE else _beuk
    if panel.method is PanelMethod.BEUK and len(judges) < 2:
        return replace(made, cuts=(_cut(panel, None, (), None, "judgements_few"),))
    found = meet(marks, table, whole)
    own = tuple(_own(panel, marks, row, whole) for row in table)
    error = _jackknife(lambda rows: meet(marks, rows, whole).cut / whole, table)
    return replace(
        made,
        cuts=(_cut(panel, found.cut / whole, own, error, found.reason),),
        outliers=outlying(judges, own),
    )


def curve_of_fails(panel: Panel, document: CredentialDocument) -> tuple[tuple[float, float], ...]:
    """For each whole mark, as a share of all marks, the share of real learners below it; empty where none are known."""
    if panel.impact is None:
        return ()
    whole = float(document.maximum)
    marks = np.array([float(Fraction(share)) * whole for share in panel.impact.shares])
    cuts = np.arange(0.0, np.floor(whole) + 1)
    return tuple(zip((cuts / whole).tolist(), fail_curve(marks, cuts).tolist(), strict=True))


def _hofstee(marks: Rows, table: Rows, whole: float) -> CompromiseCut:
    judges = [HofsteeJudge(low * whole, high * whole, fewest, most) for low, high, fewest, most in table]
    return hofstee(marks, judges)


def _beuk(marks: Rows, table: Rows, whole: float) -> CompromiseCut:
    judges = [BeukJudge(cut * whole, passes) for cut, passes in table]
    return beuk(marks, judges, minimum=0, maximum=whole)


def _own(panel: Panel, marks: Rows, row: Rows, whole: float) -> float:
    """A judge's own cut: of Hofstee's method where this judge's own line meets the curve, else what the judge said."""
    if panel.method is PanelMethod.HOFSTEE:
        return _hofstee(marks, row[np.newaxis], whole).cut / whole
    return float(row[0])


def _jackknife(cut: Callable[[Rows], float], table: Rows) -> float | None:
    """The standard error of a cut over judges by leaving out each (Efron 1982, eq. 3.3); None for fewer than three."""
    judges = len(table)
    if judges < 3:
        return None
    without = np.array([cut(np.delete(table, place, axis=0)) for place in range(judges)])
    return float(np.sqrt((judges - 1) / judges * ((without - without.mean()) ** 2).sum()))


def _cut(
    panel: Panel, share: float | None, own: Sequence[float], error: float | None, reason: str | None
) -> ScopeCut:
    return ScopeCut(
        scope=CREDENTIAL,
        share=share,
        median=float(np.median(own)) if own else None,
        standard_error=error,
        by_judge=tuple(own),
        objects=len(panel.objects),
        covered=Fraction(1),
        below=share_below(panel, CREDENTIAL, share),
        reason=reason or (None if error is not None else "judgements_few"),
    )
