# SPDX-License-Identifier: Apache-2.0
"""What a batch's theory items say about each PC of each person: right answers of how many, and how sure that makes mastery.

The method lives in `scoring.certainty`; sections of reports do not live here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assessor.analyses.reports.study import Bar, Study, bars_of
from scoring.certainty.api import Borderline, borderline

_EDGE: Final = 1e-9
_MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Criterion:
    """A PC with items: its threshold, and of each person how many of how many answers were right (whole numbers).

    An item that earns parts of its marks counts as so many answers as it has marks, if these are whole. `reason` says why
    nothing can be said: `no_threshold`, `marks_not_in_steps`, `items_too_many`. `unequal` says that the marks of the items
    differ although each counts the same here.
    """

    pc: str
    printed: str
    bar: Bar | None
    right: NDArray[np.int64]
    items: NDArray[np.int64]
    unequal: bool
    reason: str | None

    def told(self, person: int) -> Borderline | None:
        """What the person's answers say; None without items or with a reason."""
        if self.reason is not None or self.bar is None or not self.items[person]:
            return None
        return borderline(int(self.right[person]), int(self.items[person]), share=self.bar.share)


def criteria_of(study: Study) -> tuple[Criterion, ...]:
    """Every PC that has items, in the order of the credential."""
    return tuple(_criteria(study))


def _criteria(study: Study) -> Iterator[Criterion]:
    loads, pcs = study.data.q_matrix()
    bars = bars_of(study.data).pcs
    printed = {pc.id: pc.printed for pc in study.data.credential.pcs}
    steps, sound = _steps(study)
    earned = np.where(study.data.presented, np.rint(study.shares * steps), 0)
    asked = np.where(study.data.presented, steps, 0)
    for place, pc in enumerate(pcs):
        mine = loads[:, place]
        right = np.asarray(earned[:, mine].sum(axis=1), dtype=np.int64)
        items = np.asarray(asked[:, mine].sum(axis=1), dtype=np.int64)
        reason = None
        if pc not in bars:
            reason = "no_threshold"
        elif not sound[mine].all():
            reason = "marks_not_in_steps"
        elif items.max() > _MOST:
            reason = "items_too_many"
        plain = study.right_or_wrong[mine]
        unequal = bool(plain.any() and np.unique(study.data.maxima[mine][plain]).size > 1)
        yield Criterion(pc, printed.get(pc, pc), bars.get(pc), right, items, unequal, reason)


def _steps(study: Study) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """How many answers each item counts as, and whether that can be said."""
    marks, maxima = study.data.marks, study.data.maxima
    whole = np.isnan(marks) | (np.abs(marks - np.rint(np.nan_to_num(marks))) < _EDGE)
    in_steps = whole.all(axis=0) & (np.abs(maxima - np.rint(maxima)) < _EDGE)
    plain = study.right_or_wrong
    return np.where(plain, 1.0, np.where(in_steps, np.rint(maxima), 1.0)), np.asarray(plain | in_steps)
