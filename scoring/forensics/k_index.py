# SPDX-License-Identifier: Apache-2.0
"""The K-index and its relatives: the same wrong answers of a possible copier and a source, without a model of ability.

How many wrong answers persons of the same number-wrong score share with the source is taken from the data. Choosing pairs
and controlling false alarms do not live here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

import numpy as np
from numpy.typing import NDArray

from scoring.forensics.options import Answers
from scoring.forensics.regression import loglinear_fit, polynomial_fit
from scoring.forensics.tails import binomial_upper

_LOWEST, _HIGHEST = 0.001, 0.999  # bounds of a predicted chance, as CopyDetect has them
_SCORED_GUESS: Final = (
    0.2  # the guessing chance of S2 where data are only right and wrong, as CopyDetect has it
)


class KVariant(StrEnum):
    """K: Holland (1996). K1, K2: Sotaridona & Meijer (2002). S1, S2: Sotaridona & Meijer (2003)."""

    K = "k"
    K1 = "k1"
    K2 = "k2"
    S1 = "s1"
    S2 = "s2"


@dataclass(frozen=True, slots=True, eq=False)
class KBlock:
    """Every person as copier (rows) against some sources (columns), persons x sources.

    `same_wrong` wrong answers shared with the source, of the `source_wrong` that he has (one a column); `share` (K), `linear`
    (K1) and `quadratic` (K2) the expected share of them; `rate` (S1) the expected number; `weighted` the shared wrong
    answers and weighted right answers, and `weighted_rate` (S2) their expected number. NaN: not to be had.
    """

    same_wrong: NDArray[np.int64]
    source_wrong: NDArray[np.int64]
    share: NDArray[np.float64]
    linear: NDArray[np.float64]
    quadratic: NDArray[np.float64]
    rate: NDArray[np.float64]
    weighted: NDArray[np.float64]
    weighted_rate: NDArray[np.float64]
    items: int

    def p_values(self, variant: KVariant) -> NDArray[np.float64]:
        """The chance of so much agreement or more, persons x sources; NaN where it cannot be had."""
        wrong = np.broadcast_to(self.source_wrong, self.same_wrong.shape)
        match variant:
            case KVariant.K:
                return _binomial(self.same_wrong, wrong, self.share)
            case KVariant.K1:
                return _binomial(self.same_wrong, wrong, np.clip(self.linear, _LOWEST, _HIGHEST))
            case KVariant.K2:
                return _binomial(self.same_wrong, wrong, np.clip(self.quadratic, _LOWEST, _HIGHEST))
            case KVariant.S1:
                return _poisson(self.same_wrong, wrong, np.minimum(self.rate, wrong))
            case KVariant.S2:
                highest = np.full(wrong.shape, self.items)
                return _poisson(self.weighted, highest, np.minimum(self.weighted_rate, self.items))
            case _:
                assert_never(variant)


def _binomial(
    least: NDArray[np.int64], trials: NDArray[np.int64], chance: NDArray[np.float64]
) -> NDArray[np.float64]:
    known = np.isfinite(chance) & (trials > 0)
    return np.where(known, binomial_upper(least, trials, np.where(known, chance, 0.5)), np.nan)


def _poisson(
    least: NDArray[np.int64] | NDArray[np.float64], most: NDArray[np.int64], rate: NDArray[np.float64]
) -> NDArray[np.float64]:
    """P(least <= X <= most), X Poisson."""
    from scipy.special import pdtrc

    known = np.isfinite(rate)
    mean = np.where(known, rate, 1.0)
    upper = np.where(least <= 0, 1.0, pdtrc(np.maximum(least - 1, 0), mean))
    return np.where(known, np.maximum(upper - pdtrc(most, mean), 0.0), np.nan)


class WrongAnswers:
    """What the K-indices need to know of all persons; `block` gives the numbers of some sources.

    Items without an answer count as neither right nor wrong. Groups of persons with the same number of wrong answers
    are taken from all of them; K's group holds the copier and, where he has as many wrong answers, the source (as
    CopyDetect does, which makes K cautious), the others leave the source out. Raises StatisticsError(`key_needed`).

    Sources: Sotaridona & Meijer (2002), J. Educ. Meas. 39, eq. 1-6; (2003) 40, eq. 5-14; CopyDetect 1.3 for what they leave
    open: unweighted regressions over the scores that occur, and predicted chances kept in [.001, .999].
    """

    def __init__(self, answers: Answers, *, guessing: float | None = None) -> None:
        scored = answers.scored()
        self.items = len(answers.items)
        self.right = (scored == 1).astype(np.float64)
        wrong = (scored == 0).astype(np.float64)
        self.wrong_count = wrong.sum(axis=1).astype(np.int64)
        indicators = answers.indicators().reshape(*wrong.shape, -1)
        self._wrong_choices = (indicators * wrong[:, :, None]).reshape(wrong.shape[0], -1)
        self.sizes = np.bincount(self.wrong_count, minlength=self.items + 1)
        self._member = (np.arange(self.items + 1)[:, None] == self.wrong_count).astype(np.float64)
        by_default = _SCORED_GUESS if answers.most_options <= 2 else 1 / answers.most_options
        self._guessing = by_default if guessing is None else guessing

    def block(self, sources: NDArray[np.intp]) -> KBlock:
        """The numbers of every person as copier against each of the `sources` (rows of persons)."""
        same = self._wrong_choices @ self._wrong_choices[sources].T
        source_wrong = self.wrong_count[sources]
        total = self._member @ same  # number-wrong groups x sources
        own = np.arange(self.items + 1)[:, None] == source_wrong
        others = self.sizes[:, None] - own
        mean = np.full(total.shape, np.nan)
        np.divide(total - own * source_wrong, others, out=mean, where=others > 0)
        share_of = np.where(source_wrong > 0, 1 / np.maximum(source_wrong, 1), np.nan)
        with_all = total / np.maximum(self.sizes, 1)[:, None] * share_of
        agreed, agreed_mean = self._right_agreement(sources)
        weighted_mean = np.where(others > 0, mean + np.ceil(agreed_mean), np.nan)
        scores = np.arange(self.items + 1) / self.items
        copier = self.wrong_count
        return KBlock(
            same_wrong=np.rint(same).astype(np.int64),
            source_wrong=source_wrong,
            share=with_all[copier],
            linear=polynomial_fit(scores, mean * share_of, degree=1)[copier],
            quadratic=polynomial_fit(scores, mean * share_of, degree=2)[copier],
            rate=loglinear_fit(scores, np.where(source_wrong > 0, mean, np.nan))[copier],
            weighted=np.ceil(agreed) + np.rint(same),
            weighted_rate=loglinear_fit(scores, np.where(source_wrong > 0, weighted_mean, np.nan))[copier],
            items=self.items,
        )

    def _right_agreement(self, sources: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Weighted right answers shared with each source: by person (persons x sources) and as means of the groups.

        A right answer shared weighs less, the more of the copier's group (without the source) have it right as well.
        """
        sizes = np.maximum(self.sizes, 1)[:, None]
        easy = self._member @ self.right / sizes  # groups x items
        weight = self._weight(easy)
        of_sources = self.right[sources]
        by_person = (self.right * weight[self.wrong_count]) @ of_sources.T
        means = (easy * weight) @ of_sources.T
        for column, (source, known) in enumerate(zip(sources, of_sources, strict=True)):
            group = self.wrong_count[source]
            size = self.sizes[group] - 1
            if size > 0:
                without = (easy[group] * (size + 1) - known) / size
                corrected = self._weight(without) * known
                members = np.flatnonzero(self.wrong_count == group)
                by_person[members, column] = self.right[members] @ corrected
                means[group, column] = without @ corrected
        return by_person, means

    def _weight(self, easy: NDArray[np.float64]) -> NDArray[np.float64]:
        guess = self._guessing
        exponent = -(1 + guess) / guess * easy
        return np.asarray(np.exp(exponent * (1 + np.log((1 + guess) / (1 - guess)))), dtype=np.float64)
