# SPDX-License-Identifier: Apache-2.0
"""Bookmark: items in the order of their difficulty; each judge marks where a person just good enough stops mastering them.

Item parameters come from a fitted model; nothing is estimated here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import Final, assert_never

import numpy as np
from numpy.typing import NDArray

from scoring.certainty.curves import ItemCurve, true_scores
from scoring.errors import StatisticsError

RP67: Final = Fraction(2, 3)
"""Mastered means right in two of three tries (Mitzel et al. 2001, in Cizek (ed.), Setting Performance Standards)."""
_FAR: Final = 50.0
_HALVINGS: Final = 80
_WHOLE: Final = 1e-9


class Placement(StrEnum):
    """Which ability a bookmark stands for: of the marked page, of the page before it, or midway between the two."""

    AT = "at"
    BEFORE = "before"
    MIDWAY = "midway"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the booklet: the score of an item that is reached there (1 for right-or-wrong ones), and where it lies."""

    number: int
    item: str
    score: int
    theta: float


@dataclass(frozen=True, slots=True)
class BookmarkCut:
    """The panel's cut.

    `theta` is the median of the judges' abilities `thetas` (in their order), `mean` their mean, `sd` their standard deviation;
    `standard_error` is that of the median: sqrt(pi / 2) sd / sqrt(judges), or over the medians of groups that talked together.
    `expected` is the expected total at `theta`, `score` the least whole total that reaches it.
    """

    theta: float
    mean: float
    sd: float | None
    standard_error: float | None
    thetas: tuple[float, ...]
    expected: float
    score: int
    maximum: int

    def to_document(self) -> dict[str, object]:
        """As JSON."""
        return {
            "theta": self.theta,
            "mean": self.mean,
            "sd": self.sd,
            "standard_error": self.standard_error,
            "judges": list(self.thetas),
            "expected_score": self.expected,
            "cut": self.score,
            "maximum": self.maximum,
        }


def booklet(
    curves: Sequence[ItemCurve], *, mastered: Fraction = RP67, without_guessing: bool = False
) -> tuple[Page, ...]:
    """The ordered item booklet: each reachable score of each item at the ability where it is reached with `mastered`.

    For a right-or-wrong item that is b + ln((RP - c) / (upper - RP)) / a; with `without_guessing` the chance is that of knowing
    instead of the chance to be right (Huynh 2006, Educ. Meas. Issues Pract. 25(2)). Equal places keep the order of the items.
    Raises StatisticsError (`curves_missing`, `mastered_range`, `curve_falls` and `mastered_unreachable` naming the item).
    """
    if not curves:
        raise StatisticsError("curves_missing")
    if not 0 < mastered < 1:
        raise StatisticsError("mastered_range", mastered=str(mastered))
    falling = [curve.name for curve in curves if curve.slope < 0]
    if falling:
        raise StatisticsError("curve_falls", item=falling[0])
    places = [
        (_place(curve, score, float(mastered), without_guessing=without_guessing), curve.name, score)
        for curve in curves
        for score in range(1, curve.maximum + 1)
    ]
    places.sort(key=lambda place: place[0])
    return tuple(Page(number, name, score, theta) for number, (theta, name, score) in enumerate(places, 1))


def bookmark(
    pages: Sequence[Page],
    curves: Sequence[ItemCurve],
    *,
    marks: Sequence[int],
    placement: Placement = Placement.AT,
    groups: Sequence[str] | None = None,
) -> BookmarkCut:
    """The cut from each judge's page `marks`: the first page that a person just good enough would not master.

    Pages count from 1. With `placement` before, a mark may be one page beyond the last (everything is mastered); with before
    and midway the first page cannot be marked, as there is none before it. `groups` are the judges' tables, at least two, each
    with a median of its own: the standard error is then the standard deviation of these over the root of their number (as in
    Mitzel et al. 2001). Raises StatisticsError (`bookmarks_missing`, `bookmark_page`, `groups_few`).
    """
    if not marks:
        raise StatisticsError("bookmarks_missing")
    thetas = np.array([_theta(pages, mark, placement) for mark in marks])
    theta = float(np.median(thetas))
    sd = float(thetas.std(ddof=1)) if len(thetas) > 1 else None
    error = None if sd is None else float(np.sqrt(np.pi / 2)) * sd / len(thetas) ** 0.5
    if groups is not None:
        error = _group_error(thetas, groups)
    expected = float(true_scores(curves, np.array([theta]))[0])
    return BookmarkCut(
        theta,
        float(thetas.mean()),
        sd,
        error,
        tuple(thetas.tolist()),
        expected,
        ceil(expected - _WHOLE),
        sum(curve.maximum for curve in curves),
    )


def _place(curve: ItemCurve, score: int, mastered: float, *, without_guessing: bool) -> float:
    floor, ceiling = curve.guess, curve.upper
    wanted = mastered
    if without_guessing:
        wanted = floor + (ceiling - floor) * mastered
    if not floor < wanted < ceiling:
        raise StatisticsError("mastered_unreachable", item=curve.name)
    low, high = min(curve.difficulties) - _FAR, max(curve.difficulties) + _FAR
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if curve.chances(np.array([middle]))[0, score:].sum() < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _theta(pages: Sequence[Page], mark: int, placement: Placement) -> float:
    last = len(pages)
    first = 1 if placement is Placement.AT else 2
    if not first <= mark <= last + (placement is Placement.BEFORE):
        raise StatisticsError("bookmark_page", page=mark, first=first, last=last)
    match placement:
        case Placement.AT:
            return pages[mark - 1].theta
        case Placement.BEFORE:
            return pages[mark - 2].theta
        case Placement.MIDWAY:
            return (pages[mark - 2].theta + pages[mark - 1].theta) / 2
        case _:
            assert_never(placement)


def _group_error(thetas: NDArray[np.float64], groups: Sequence[str]) -> float:
    names = sorted(set(groups))
    if len(groups) != len(thetas) or len(names) < 2:
        raise StatisticsError("groups_few", groups=len(names), judges=len(thetas))
    whose = np.array(groups)
    medians = np.array([float(np.median(thetas[whose == name])) for name in names])
    return float(medians.std(ddof=1) / np.sqrt(len(names)))
