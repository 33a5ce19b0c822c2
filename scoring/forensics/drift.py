# SPDX-License-Identifier: Apache-2.0
"""Items that became easier (or harder) in the course of time for people of the same ability, as leaked items do.

Why an item drifts is not known here: teaching, a corrected text or another cohort can do the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.fairness.multiple import Control, adjusted
from scoring.forensics.tails import normal_upper
from scoring.tables import ResponseTable

FEWEST_ANSWERS: Final = 100
STRATA: Final = 10
_FEWEST_IN_STRATUM: Final = 5


@dataclass(frozen=True, slots=True)
class ItemDrift:
    """One item. `reason` instead of numbers: `too_few_answers`, `no_variation`, `one_instant`.

    `easier` is how far the sum of residuals fell before it rose again, in units of its standard deviation, `harder`
    the same in the other direction; `p_easier` and `p_harder` the chance of so large a one without drift. `turn` is
    the place (0, 1, …, in the order of the instants) of the last instant before it became easier. `early`, `late` are
    shares of right answers up to the turn and after it, `z` and `p_after` a test of late against early at an instant
    that was given beforehand.
    """

    item: str
    answers: int
    easier: float | None = None
    harder: float | None = None
    p_easier: float | None = None
    p_harder: float | None = None
    p_adjusted: float | None = None
    flagged: bool = False
    turn: int | None = None
    early: float | None = None
    late: float | None = None
    z: float | None = None
    p_after: float | None = None
    reason: str | None = None


def item_drift(
    table: ResponseTable,
    instants: Sequence[float],
    *,
    known_leak: float | None = None,
    rate: float = 0.05,
    control: Control = Control.BH,
) -> tuple[ItemDrift, ...]:
    """Test every item of a table of 0/1 scores whose rows were taken at `instants` (any numbers that rise with time).

    Residual: the score less the mean of persons with a like share of right answers on their other items (up to ten
    strata of equal size; those of fewer than five persons join their neighbour). In the order of time, summed and
    divided by its standard deviation, it is a Brownian bridge without drift; its largest fall d has p = exp(-2 d^2)
    (Page, 1954, Biometrika 41; Doob, 1949, Ann. Math. Stat. 20, eq. 4.2). Sums are looked at after whole instants
    only. `p_adjusted` and `flagged` are about `p_easier` over all items. With `known_leak` the late answers (later
    than it) are tested against the early ones in the same strata: Mantel & Haenszel (1959), without the correction,
    one-sided. Raises StatisticsError: `not_binary`, `instants_shape`.
    """
    table.require_binary()
    when = np.asarray(instants, dtype=np.float64)
    if when.shape != (len(table.persons),) or not np.isfinite(when).all():
        raise StatisticsError("instants_shape", persons=len(table.persons), instants=when.size)
    order = np.argsort(when, kind="stable")
    scores, when = table.scores[order], when[order]
    seen = ~np.isnan(scores)
    right = np.where(seen, scores, 0.0)
    found = [
        _one_item(
            name,
            right=right[:, place],
            seen=seen[:, place],
            rest=_rest(right, seen, place),
            when=when,
            known_leak=known_leak,
        )
        for place, name in enumerate(table.items)
    ]
    p = adjusted([np.nan if one.p_easier is None else one.p_easier for one in found], control)
    return tuple(_controlled(one, float(value), rate) for one, value in zip(found, p, strict=True))


def _controlled(one: ItemDrift, p_adjusted: float, rate: float) -> ItemDrift:
    return one if one.reason else replace(one, p_adjusted=p_adjusted, flagged=p_adjusted <= rate)


def _rest(right: NDArray[np.float64], seen: NDArray[np.bool_], place: int) -> NDArray[np.float64]:
    """Each person's share of right answers on the other items; one half where there is none."""
    count = seen.sum(axis=1) - seen[:, place]
    total = right.sum(axis=1) - right[:, place]
    share: NDArray[np.float64] = np.full(count.shape, 0.5)
    np.divide(total, count, out=share, where=count > 0)
    return share


def _one_item(
    name: str,
    *,
    right: NDArray[np.float64],
    seen: NDArray[np.bool_],
    rest: NDArray[np.float64],
    when: NDArray[np.float64],
    known_leak: float | None,
) -> ItemDrift:
    score, ability, instant = right[seen], rest[seen], when[seen]
    count = int(seen.sum())
    if count < FEWEST_ANSWERS:
        return ItemDrift(name, count, reason="too_few_answers")
    if instant[0] == instant[-1]:
        return ItemDrift(name, count, reason="one_instant")
    stratum = _strata(ability)
    size = np.bincount(stratum)
    mean = np.bincount(stratum, weights=score) / size
    spread = (mean * (1 - mean) * size / (size - 1))[stratum]
    if not spread.sum() > 0:
        return ItemDrift(name, count, reason="no_variation")
    path = np.cumsum(score - mean[stratum]) / np.sqrt(spread.sum())
    ends = np.append(np.flatnonzero(np.diff(instant)), count - 1)
    at_ends = path[ends]
    easier, harder = max(0.0, -float(at_ends.min())), max(0.0, float(at_ends.max()))
    turn = int(at_ends.argmin())
    split = int(ends[turn]) + 1
    z, p_after = (None, None) if known_leak is None else _late(score, stratum, instant > known_leak)
    return ItemDrift(
        item=name,
        answers=count,
        easier=easier,
        harder=harder,
        p_easier=float(np.exp(-2 * easier**2)),
        p_harder=float(np.exp(-2 * harder**2)),
        turn=turn,
        early=float(score[:split].mean()),
        late=float(score[split:].mean()) if split < count else None,
        z=z,
        p_after=p_after,
    )


def _strata(ability: NDArray[np.float64]) -> NDArray[np.int64]:
    """Numbers 0, 1, … of at most ten groups of like ability; equal abilities stay together."""
    edges = np.unique(np.quantile(ability, np.arange(1, STRATA) / STRATA))
    stratum = np.searchsorted(edges, ability, side="left")
    size = np.bincount(stratum, minlength=edges.size + 1)
    renamed, number, held = np.zeros(size.size, dtype=np.int64), 0, 0
    for place, persons in enumerate(size):
        renamed[place] = number
        held += int(persons)
        if held >= _FEWEST_IN_STRATUM:
            number, held = number + 1, 0
    if held and number:
        renamed[renamed == number] = number - 1  # the last few join those before them
    return np.asarray(renamed[stratum], dtype=np.int64)


def _late(
    score: NDArray[np.float64], stratum: NDArray[np.int64], late: NDArray[np.bool_]
) -> tuple[float | None, float | None]:
    """Right answers of the late ones against what their strata lead to, and the upper tail."""
    size, right = np.bincount(stratum), np.bincount(stratum, weights=score)
    after = np.bincount(stratum, weights=late)
    usable = size > 1
    expected = (after * right / size)[usable].sum()
    variance = (after * (size - after) * right * (size - right))[usable] / (size**2 * (size - 1))[usable]
    if not variance.sum() > 0:
        return None, None
    z = float((score[late & usable[stratum]].sum() - expected) / np.sqrt(variance.sum()))
    return z, float(normal_upper(z))
