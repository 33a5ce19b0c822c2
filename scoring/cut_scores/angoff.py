# SPDX-License-Identifier: Apache-2.0
"""Angoff: judges say how likely somebody just good enough is to get each item right; the sum is the cut.

Also with yes and no for each item, with expected marks, and in rounds. Other methods live beside this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.cut_scores.agreement import Agreement, agreement
from scoring.errors import StatisticsError

APART: Final = 0.2
"""Judges whose shares for an item spread more than this (standard deviation) are asked to talk about it."""
SEVERE: Final = 2.0
"""A judge whose sum lies this many standard deviations of the others' sums from their mean stands out."""
FEWEST_JUDGES: Final = 5
"""Fewer judges give a cut, but with a warning; 10 to 15 are usual (Raymond & Reid 2001, in Cizek (ed.), Setting Performance
Standards)."""


@dataclass(frozen=True, slots=True, eq=False)
class AngoffItem:
    """One item: the judges' mean and standard deviation in marks, their lowest and highest, whether to talk about it.

    `difficulty` is the mean mark of real people where known; `gap` the judges' mean less it.
    """

    name: str
    maximum: float
    mean: float
    sd: float | None
    lowest: float
    highest: float
    discuss: bool
    difficulty: float | None
    gap: float | None


@dataclass(frozen=True, slots=True, eq=False)
class AngoffJudge:
    """One judge: the cut by this judge alone, how far from the others' mean, and how well the judge knows the items.

    `consistency` is the correlation of the judge's marks with real difficulties, None where unknown or without variance;
    `stands_out` says more than two standard deviations of the others from their mean.
    """

    name: str
    cut: float
    from_others: float | None
    stands_out: bool
    consistency: float | None


@dataclass(frozen=True, slots=True, eq=False)
class AngoffRound:
    """One round of judgements.

    `cut` is the mean over judges of their sums, in marks, `median` their median; `sd` the standard deviation of the sums over
    judges (n - 1), `standard_error` sd / sqrt(judges); `share` the cut over the maximum. `agreement` is of items x judges, None
    where judgements are missing or too few (`reason`). `changed` is how many judgements differ from the round before.
    """

    cut: float
    median: float
    share: float
    maximum: float
    sd: float | None
    standard_error: float | None
    judges: tuple[AngoffJudge, ...]
    items: tuple[AngoffItem, ...]
    agreement: Agreement | None
    reason: str | None
    changed: int | None

    @property
    def few_judges(self) -> bool:
        """Whether there are fewer than five judges."""
        return len(self.judges) < FEWEST_JUDGES

    def to_document(self) -> dict[str, object]:
        """As JSON."""
        return {
            "cut": self.cut,
            "median": self.median,
            "share": self.share,
            "maximum": self.maximum,
            "sd": self.sd,
            "standard_error": self.standard_error,
            "judges": [
                {
                    "name": judge.name,
                    "cut": judge.cut,
                    "from_others": judge.from_others,
                    "stands_out": judge.stands_out,
                    "consistency": judge.consistency,
                }
                for judge in self.judges
            ],
            "items": [
                {
                    "name": item.name,
                    "maximum": item.maximum,
                    "mean": item.mean,
                    "sd": item.sd,
                    "lowest": item.lowest,
                    "highest": item.highest,
                    "discuss": item.discuss,
                    "difficulty": item.difficulty,
                    "gap": item.gap,
                }
                for item in self.items
            ],
            "agreement": None if self.agreement is None else self.agreement.to_document(),
            "reason": self.reason,
            "changed": self.changed,
            "few_judges": self.few_judges,
        }


def angoff(
    judgements: NDArray[np.float64],
    *,
    judges: Sequence[str],
    items: Sequence[str],
    maxima: NDArray[np.float64] | None = None,
    difficulties: NDArray[np.float64] | None = None,
    before: NDArray[np.float64] | None = None,
) -> AngoffRound:
    """One round: judges x items of expected marks, 0 to the item's maximum (1 if none are given); NaN = not judged.

    An item's value for the cut is the mean of who judged it; a judge's own sum fills unjudged items with those means. Yes and
    no are 1 and 0 (Impara & Plake 1997, J. Educ. Meas. 34, 353-366). `difficulties` are the mean marks of real people on the
    items; `before` is the round before, of the same shape. Angoff (1971), in Thorndike (ed.), Educational Measurement, p. 515;
    standard error as in Cizek & Bunch (2007), Standard Setting. Raises StatisticsError (`judgements_shape`,
    `judgements_outside` naming judge and item, `item_unjudged`).
    """
    limits = np.ones(len(items)) if maxima is None else maxima
    _check(judgements, judges, items, limits, before)
    seen = ~np.isnan(judgements)
    means = np.where(seen, judgements, 0).sum(axis=0) / seen.sum(axis=0)
    sums = np.where(seen, judgements, means).sum(axis=1)
    sd = _sd(sums)
    found: Agreement | None = None
    reason: str | None = "judgements_missing"
    if seen.all():
        reason = "judgements_few" if min(judgements.shape) < 2 else None
        found = agreement(judgements.T) if reason is None else None
    changed = None if before is None else int((~_same(judgements, before)).sum())
    return AngoffRound(
        cut=float(sums.mean()),
        median=float(np.median(sums)),
        share=float(sums.mean() / limits.sum()),
        maximum=float(limits.sum()),
        sd=sd,
        standard_error=None if sd is None else sd / len(sums) ** 0.5,
        judges=_judges(judges, sums, judgements, difficulties),
        items=_items(items, judgements, limits, means, difficulties),
        agreement=found,
        reason=reason,
        changed=changed,
    )


def rounds(
    tables: Sequence[NDArray[np.float64]],
    *,
    judges: Sequence[str],
    items: Sequence[str],
    maxima: NDArray[np.float64] | None = None,
    difficulties: NDArray[np.float64] | None = None,
) -> tuple[AngoffRound, ...]:
    """Several rounds of the same judges and items, each compared with the one before; the last one counts."""
    return tuple(
        angoff(
            table,
            judges=judges,
            items=items,
            maxima=maxima,
            difficulties=difficulties,
            before=tables[place - 1] if place else None,
        )
        for place, table in enumerate(tables)
    )


def _judges(
    names: Sequence[str],
    sums: NDArray[np.float64],
    judgements: NDArray[np.float64],
    difficulties: NDArray[np.float64] | None,
) -> tuple[AngoffJudge, ...]:
    found = []
    for place, name in enumerate(names):
        others = np.delete(sums, place)
        distance = float(sums[place] - others.mean()) if others.size else None
        spread = _sd(others)
        out = distance is not None and spread is not None and abs(distance) > SEVERE * spread + 1e-12
        known = None if difficulties is None else _correlation(judgements[place], difficulties)
        found.append(AngoffJudge(name, float(sums[place]), distance, out, known))
    return tuple(found)


def _items(
    names: Sequence[str],
    judgements: NDArray[np.float64],
    limits: NDArray[np.float64],
    means: NDArray[np.float64],
    difficulties: NDArray[np.float64] | None,
) -> tuple[AngoffItem, ...]:
    found = []
    for place, name in enumerate(names):
        values = judgements[:, place]
        values = values[~np.isnan(values)]
        sd = _sd(values)
        real = None if difficulties is None or np.isnan(difficulties[place]) else float(difficulties[place])
        found.append(
            AngoffItem(
                name,
                float(limits[place]),
                float(means[place]),
                sd,
                float(values.min()),
                float(values.max()),
                sd is not None and sd / limits[place] > APART,
                real,
                None if real is None else float(means[place]) - real,
            )
        )
    return tuple(found)


def _check(
    judgements: NDArray[np.float64],
    judges: Sequence[str],
    items: Sequence[str],
    limits: NDArray[np.float64],
    before: NDArray[np.float64] | None,
) -> None:
    shape = (len(judges), len(items))
    same = before is None or before.shape == shape
    if (
        judgements.shape != shape
        or limits.shape != shape[1:]
        or not same
        or 0 in shape
        or not (limits > 0).all()
    ):
        raise StatisticsError("judgements_shape", judges=shape[0], items=shape[1])
    wrong = np.argwhere((judgements < 0) | (judgements > limits))
    if wrong.size:
        judge, item = wrong[0]
        raise StatisticsError(
            "judgements_outside", judge=judges[judge], item=items[item], maximum=float(limits[item])
        )
    unjudged = np.isnan(judgements).all(axis=0)
    if unjudged.any():
        raise StatisticsError("item_unjudged", item=items[int(np.argmax(unjudged))])


def _same(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray((first == second) | (np.isnan(first) & np.isnan(second)), dtype=np.bool_)


def _sd(values: NDArray[np.float64]) -> float | None:
    return float(values.std(ddof=1)) if values.size > 1 else None


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float | None:
    both = ~(np.isnan(first) | np.isnan(second))
    if both.sum() < 3:
        return None
    x, y = first[both] - first[both].mean(), second[both] - second[both].mean()
    bottom = float((x**2).sum() * (y**2).sum()) ** 0.5
    return float((x * y).sum()) / bottom if bottom > 1e-12 else None
