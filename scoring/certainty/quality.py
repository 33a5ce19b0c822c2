# SPDX-License-Identifier: Apache-2.0
"""How good decisions are: accuracy against the truth and consistency over two tests, from joint proportions.

How the proportions come about lives with the methods (`totals`, `lee`, `rudner`, `mastery`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError

_EDGE: Final = 1e-12  # proportions closer to 0 or 1 than this are taken to be there


@dataclass(frozen=True, slots=True, eq=False)
class DecisionQuality:
    """Joint proportions of decisions in k ordered categories (fail, pass, or bands), each matrix k x k with sum 1.

    `against_truth` has what was observed in its rows and what is true in its columns; `over_two_tests` has one test in its rows
    and an independent parallel one in its columns.
    """

    against_truth: NDArray[np.float64]
    over_two_tests: NDArray[np.float64]

    @classmethod
    def of(cls, against_truth: NDArray[np.float64], over_two_tests: NDArray[np.float64]) -> DecisionQuality:
        """From matrices that sum to 1 but for rounding; tiny negative cells (Lord's two terms) stay as they are."""
        return cls(against_truth / against_truth.sum(), over_two_tests / over_two_tests.sum())

    @property
    def accuracy(self) -> float:
        """The proportion of decisions that agree with the truth, 0 to 1."""
        return float(np.trace(self.against_truth))

    @property
    def false_pass(self) -> float:
        """The proportion of all people who are put higher than they truly are (for one cut: pass although below it)."""
        return float(np.tril(self.against_truth, -1).sum())

    @property
    def false_fail(self) -> float:
        """The proportion of all people who are put lower than they truly are."""
        return float(np.triu(self.against_truth, 1).sum())

    @property
    def consistency(self) -> float:
        """The proportion who get the same decision on two parallel tests, 0 to 1."""
        return float(np.trace(self.over_two_tests))

    @property
    def chance_consistency(self) -> float:
        """The consistency of two tests that have nothing to do with each other: the sum of products of the margins."""
        return float((self.over_two_tests.sum(axis=1) * self.over_two_tests.sum(axis=0)).sum())

    @property
    def kappa(self) -> float | None:
        """Consistency beyond chance (Cohen 1960, Educ. Psychol. Meas. 20, eq. 1); None where everybody gets one decision."""
        chance = self.chance_consistency
        return None if chance > 1 - _EDGE else (self.consistency - chance) / (1 - chance)

    @property
    def observed(self) -> NDArray[np.float64]:
        """The proportion of people in each observed category, lowest first."""
        return np.asarray(self.against_truth.sum(axis=1), dtype=np.float64)

    @property
    def true(self) -> NDArray[np.float64]:
        """The proportion of people who truly belong to each category, lowest first."""
        return np.asarray(self.against_truth.sum(axis=0), dtype=np.float64)

    def at(self, cut: int) -> DecisionQuality:
        """The same decisions seen as fail or pass at one cut (its place, from 0)."""
        return DecisionQuality(_folded(self.against_truth, cut + 1), _folded(self.over_two_tests, cut + 1))

    def shares(self) -> dict[str, float | None]:
        """Of two categories: of those who truly pass, the share that passes (sensitivity); and its like.

        Raises StatisticsError(`quality_two_categories`) where there are more.
        """
        if self.against_truth.shape != (2, 2):
            raise StatisticsError("quality_two_categories", categories=len(self.against_truth))
        (true_fail, false_fail), (false_pass, true_pass) = self.against_truth.tolist()
        return {
            "sensitivity": _ratio(true_pass, true_pass + false_fail),
            "specificity": _ratio(true_fail, true_fail + false_pass),
            "pass_is_right": _ratio(true_pass, true_pass + false_pass),
            "fail_is_right": _ratio(true_fail, true_fail + false_fail),
        }

    def to_document(self) -> dict[str, object]:
        """As JSON: figures 0 to 1; `kappa` is null with a reason where everybody gets one decision."""
        kappa = self.kappa
        document: dict[str, object] = {
            "accuracy": self.accuracy,
            "consistency": self.consistency,
            "kappa": kappa,
            "false_pass": self.false_pass,
            "false_fail": self.false_fail,
            "chance_consistency": self.chance_consistency,
            "observed": self.observed.tolist(),
            "true": self.true.tolist(),
            "accuracy_matrix": self.against_truth.tolist(),
            "consistency_matrix": self.over_two_tests.tolist(),
        }
        if kappa is None:
            document["reason"] = "one_decision_for_all"
        if self.against_truth.shape == (2, 2):
            document |= self.shares()
        return document


def from_conditional(
    weights: NDArray[np.float64], chances: NDArray[np.float64], truths: NDArray[np.int64], *, categories: int
) -> DecisionQuality:
    """From groups of equal people: their `weights` (t), their chances of each decision (t x k), their true category (t).

    Lee (2010), J. Educ. Meas. 47, 1-17: decisions are independent given the true level, so that two tests agree with
    the chance `sum(p * p)`. Raises StatisticsError(`quality_no_people`) where nothing weighs anything.
    """
    total = weights.sum()
    if not total > 0:
        raise StatisticsError("quality_no_people")
    share = weights / total
    truth = np.zeros((categories, categories))
    np.add.at(truth.T, truths, share[:, None] * chances)
    return DecisionQuality(truth, (share[:, None] * chances).T @ chances)


def category_of(values: NDArray[np.float64], cuts: Sequence[float]) -> NDArray[np.int64]:
    """The category of each value, from 0: how many cuts it reaches (a value on a cut reaches it)."""
    return np.searchsorted(np.asarray(cuts, dtype=np.float64), values, side="right").astype(np.int64)


def check_cuts(cuts: Sequence[float], *, minimum: float, maximum: float) -> tuple[float, ...]:
    """The cuts, if they rise strictly inside (minimum, maximum]. Raises StatisticsError(`cut_order`, `cut_outside`)."""
    found = tuple(float(cut) for cut in cuts)
    if not found:
        raise StatisticsError("cut_missing")
    for cut in found:
        if not minimum < cut <= maximum:
            raise StatisticsError("cut_outside", cut=cut, minimum=minimum, maximum=maximum)
    if any(later <= earlier for earlier, later in pairwise(found)):
        raise StatisticsError("cut_order", cuts=list(found))
    return found


def _folded(matrix: NDArray[np.float64], place: int) -> NDArray[np.float64]:
    rows = np.add.reduceat(matrix, [0, place], axis=0)
    return np.add.reduceat(rows, [0, place], axis=1)


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > _EDGE else None
