# SPDX-License-Identifier: Apache-2.0
"""Conditional standard errors of measurement: how far a score may lie from the true one, at that score.

For a test as a whole and for a composite of parts (NOS) with weights. Reliability coefficients live in `scoring.classical`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError

FEWEST_ITEMS: Final = 2


@dataclass(frozen=True, slots=True)
class Part:
    """One NOS (or stratum) of one person: `right` of `items` right-or-wrong items, each worth `mark` in the composite.

    `items` >= 1; one item alone says nothing about its own error.
    """

    name: str
    right: float
    items: int
    mark: float = 1.0

    def __post_init__(self) -> None:
        if self.items < 1 or not 0 <= self.right <= self.items or not self.mark >= 0:
            raise StatisticsError(
                "part_shape", name=self.name, right=self.right, items=self.items, mark=self.mark
            )


@dataclass(frozen=True, slots=True)
class PartError:
    """A part's score and its standard error in marks of the composite; None with a `reason` (`one_item`) if unknown."""

    name: str
    score: float
    maximum: float
    standard_error: float | None
    reason: str | None = None

    def interval(self, confidence: float = 0.95) -> tuple[float, float] | None:
        """Score plus and minus the normal multiple of its error, cut off at 0 and the maximum."""
        return around(self.score, self.standard_error, maximum=self.maximum, confidence=confidence)

    def to_document(self) -> dict[str, object]:
        """As JSON, with the interval that holds the true score with 95 %."""
        interval = self.interval()
        return {
            "name": self.name,
            "score": self.score,
            "maximum": self.maximum,
            "standard_error": self.standard_error,
            "interval": None if interval is None else list(interval),
            "reason": self.reason,
        }


def lord(right: NDArray[np.float64], *, items: int) -> NDArray[np.float64]:
    """The standard error at each number right (n,) of `items` >= 2: sqrt(x (n - x) / (n - 1)).

    Lord (1955), Educ. Psychol. Meas. 15, 325-336; right-or-wrong items drawn at random. Raises StatisticsError
    (`few_items`, `totals_outside`).
    """
    _check(right, items)
    return np.asarray(np.sqrt(right * (items - right) / (items - 1)), dtype=np.float64)


def keats(right: NDArray[np.float64], *, items: int, reliability: float, kr21: float) -> NDArray[np.float64]:
    """Lord's standard errors, shrunk so that their mean square is that of the stated reliability.

    sqrt((1 - r) / (1 - KR21)) times Lord's: Keats (1957), Educ. Psychol. Meas. 17, as in Feldt, Steffen & Gupta (1985), Appl.
    Psychol. Meas. 9. Raises StatisticsError (`reliability_range` unless both are below 1, `few_items`,
    `totals_outside`).
    """
    if not (reliability < 1 and kr21 < 1):
        raise StatisticsError("reliability_range", reliability=reliability)
    return np.asarray(lord(right, items=items) * np.sqrt((1 - reliability) / (1 - kr21)), dtype=np.float64)


def feldt_qualls(parts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each person's standard error of the total, from persons x parts (at least 2, about equally long and hard).

    sqrt(k / (k - 1) * sum over parts of (deviation from the part's mean, less the person's mean deviation)^2): Feldt &
    Qualls (1996), J. Educ. Meas. 33, 141-156; for two parts Thorndike's difference (1951). Means over people of equal
    totals are smoother (`by_score`). Raises StatisticsError (`few_parts`, `totals_missing`).
    """
    persons, count = parts.shape
    if count < FEWEST_ITEMS:
        raise StatisticsError("few_parts", parts=count)
    if persons < FEWEST_ITEMS or np.isnan(parts).any():
        raise StatisticsError("totals_missing", persons=persons)
    deviations = parts - parts.mean(axis=0)
    deviations = deviations - deviations.mean(axis=1, keepdims=True)
    return np.asarray(np.sqrt(count / (count - 1) * (deviations**2).sum(axis=1)), dtype=np.float64)


def by_score(
    totals: NDArray[np.float64], errors: NDArray[np.float64], weights: NDArray[np.float64] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The different totals, the root of the mean squared error at each, and how many people have it."""
    counted = np.ones_like(totals) if weights is None else weights
    scores, place = np.unique(totals, return_inverse=True)
    people = np.asarray(np.bincount(place, weights=counted), dtype=np.float64)
    squares = np.asarray(np.bincount(place, weights=counted * errors**2), dtype=np.float64)
    mean = np.divide(squares, people, out=np.full_like(squares, np.nan), where=people > 0)
    return scores, np.sqrt(mean), people


def within_person(shares: NDArray[np.float64], marks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each person's standard error of a total of unequal marks: persons x items of shares 0 to 1, NaN where not given.

    sqrt(sum of marks^2 * s^2), s^2 the variance of the person's shares over items (n - 1): Brennan (1998), Appl. Psychol.
    Meas. 22, 307-331, in total scores; for equal right-or-wrong items it is Lord's. NaN for a person with fewer than two
    items. Raises StatisticsError (`few_items`).
    """
    if shares.shape[1] < FEWEST_ITEMS:
        raise StatisticsError("few_items", items=shares.shape[1])
    seen = ~np.isnan(shares)
    count = seen.sum(axis=1)
    enough = count >= FEWEST_ITEMS
    values = np.where(seen, shares, 0.0)
    safe = np.where(enough, count, FEWEST_ITEMS)
    mean = values.sum(axis=1) / safe
    spread = (np.where(seen, values - mean[:, None], 0.0) ** 2).sum(axis=1) / (safe - 1)
    error = np.sqrt((seen * marks**2).sum(axis=1) * spread)
    return np.where(enough, error, np.nan)


def composite(parts: Sequence[Part]) -> tuple[tuple[PartError, ...], PartError]:
    """The standard error of each part and of their sum, in marks.

    The compound binomial: errors of parts are independent, so that variances add (Feldt 1984, Educ. Psychol. Meas. 44,
    883-891). The sum has no error where one part that counts has none (`reason` = `one_item`). Raises StatisticsError
    (`few_parts`) without any part.
    """
    if not parts:
        raise StatisticsError("few_parts", parts=0)
    found = []
    for part in parts:
        error, reason = None, None
        if part.items >= FEWEST_ITEMS:
            error = part.mark * float(lord(np.array([part.right], dtype=np.float64), items=part.items)[0])
        elif part.mark == 0:
            error = 0.0
        else:
            reason = "one_item"
        found.append(PartError(part.name, part.mark * part.right, part.mark * part.items, error, reason))
    known = [part.standard_error for part in found if part.standard_error is not None]
    whole = len(known) == len(found)
    total = PartError(
        "total",
        sum(part.score for part in found),
        sum(part.maximum for part in found),
        sum(error**2 for error in known) ** 0.5 if whole else None,
        None if whole else "one_item",
    )
    return tuple(found), total


def around(
    score: float, error: float | None, *, maximum: float, confidence: float = 0.95
) -> tuple[float, float] | None:
    """The interval score -+ z error, within 0 and the maximum; None without an error.

    Raises StatisticsError(`confidence_range`) unless 0 < confidence < 1.
    """
    if not 0 < confidence < 1:
        raise StatisticsError("confidence_range", confidence=confidence)
    if error is None:
        return None
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * error
    return max(0.0, score - reach), min(maximum, score + reach)


def _check(right: NDArray[np.float64], items: int) -> None:
    if items < FEWEST_ITEMS:
        raise StatisticsError("few_items", items=items)
    if right.size and not (right.min() >= 0 and right.max() <= items):
        raise StatisticsError(
            "totals_outside", lowest=float(right.min()), highest=float(right.max()), minimum=0, maximum=items
        )
