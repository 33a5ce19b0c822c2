# SPDX-License-Identifier: Apache-2.0
"""Whether a person took the time to answer: rapid answers, the effort index, and a score from the other answers.

A lack of effort says nothing about honesty. Limits of time do not live here (`scoring.forensics.time_limits`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.fairness.multiple import Control, adjusted
from scoring.forensics.tails import upper_tails
from scoring.forensics.time_limits import TimeLimits, checked_times
from scoring.tables import ResponseTable

LEAST_EFFORT: Final = 0.90  # Wise & Kong (2005), p. 174: below it a score is usually set aside


@dataclass(frozen=True, slots=True, eq=False)
class Effort:
    """Persons' rapid answers, each array one entry a person unless said otherwise.

    `rapid` persons x items. `timed` items with a time and a limit, `count` rapid answers among them, `effort` 1 -
    count / timed (RTE; NaN where nothing was timed), `low` effort below the least. `expected` and `p`: rapid answers
    that the cohort's own rates lead to, and the exact chance of so many or more; `p_adjusted` and `flagged` under the
    control. `rapid_right` of the rapid answers are right, where guessing gives `rapid_right_expected` or fewer;
    `p_right` is the exact chance of so many by guessing and `p_right_adjusted`, `right_flagged` the same under the
    control: quick AND right is a sign that answers were known beforehand. `share_all` and `share_effortful` are
    shares of right answers, of all answers and of those that were not rapid (NaN where there are none).
    """

    rapid: NDArray[np.bool_]
    timed: NDArray[np.int64]
    count: NDArray[np.int64]
    effort: NDArray[np.float64]
    low: NDArray[np.bool_]
    expected: NDArray[np.float64]
    p: NDArray[np.float64]
    p_adjusted: NDArray[np.float64]
    flagged: NDArray[np.bool_]
    rapid_right: NDArray[np.int64]
    rapid_right_expected: NDArray[np.float64]
    p_right: NDArray[np.float64]
    p_right_adjusted: NDArray[np.float64]
    right_flagged: NDArray[np.bool_]
    share_all: NDArray[np.float64]
    share_effortful: NDArray[np.float64]


def effort_of(
    table: ResponseTable,
    times: NDArray[np.float64],
    limits: TimeLimits,
    *,
    guessing: NDArray[np.float64] | float = 0.25,
    least: float = LEAST_EFFORT,
    rate: float = 0.05,
    control: Control = Control.BH,
) -> Effort:
    """Rapid answers of everybody; `times` persons x items in seconds, `guessing` the chance to be right by a blind choice.

    Response time effort: Wise & Kong (2005), Appl. Meas. Educ. 18, eq. 1-2. An item's rate of rapid answers for a
    person is taken from the others, (their rapid answers + 1/2) / (their timed answers + 1). Raises StatisticsError:
    `times_shape`, `times_negative`, `not_binary`, `bad_guessing`.
    """
    table.require_binary()
    if times.shape != table.scores.shape:
        raise StatisticsError(
            "times_shape", persons=len(table.persons), items=len(table.items), shape=list(times.shape)
        )
    guess = np.broadcast_to(np.asarray(guessing, dtype=np.float64), (len(table.items),))
    if not ((guess > 0) & (guess < 1)).all():
        raise StatisticsError("bad_guessing")
    usable = np.isfinite(checked_times(times)) & np.isfinite(limits.seconds) & table.seen
    rapid = usable & (times < limits.seconds)
    timed, count = usable.sum(axis=1), rapid.sum(axis=1)
    chance = np.where(usable, (rapid.sum(axis=0) - rapid + 0.5) / (usable.sum(axis=0) - usable + 1), 0.0)
    p = np.where(timed > 0, upper_tails(chance, count), np.nan)
    right = rapid & (table.scores == 1)
    by_luck = np.where(rapid, guess, 0.0)
    p_right = np.where(count > 0, upper_tails(by_luck, right.sum(axis=1)), np.nan)
    p_adjusted, p_right_adjusted = adjusted(p, control), adjusted(p_right, control)
    effort = _share(timed - count, timed)
    thoughtful = table.seen & ~rapid
    return Effort(
        rapid=rapid,
        timed=timed,
        count=count,
        effort=effort,
        low=np.nan_to_num(effort, nan=1.0) < least,
        expected=chance.sum(axis=1),
        p=p,
        p_adjusted=p_adjusted,
        flagged=np.nan_to_num(p_adjusted, nan=1.0) <= rate,
        rapid_right=right.sum(axis=1),
        rapid_right_expected=by_luck.sum(axis=1),
        p_right=p_right,
        p_right_adjusted=p_right_adjusted,
        right_flagged=np.nan_to_num(p_right_adjusted, nan=1.0) <= rate,
        share_all=_share((table.scores == 1).sum(axis=1), table.seen.sum(axis=1)),
        share_effortful=_share(((table.scores == 1) & thoughtful).sum(axis=1), thoughtful.sum(axis=1)),
    )


def effort_moderated(table: ResponseTable, rapid: NDArray[np.bool_]) -> ResponseTable:
    """The table without its rapid answers, for a model of ability: a rapid answer tells nothing about it.

    Source: the effort-moderated model of Wise & DeMars (2006), J. Educ. Meas. 43, eq. 3, whose likelihood is constant
    on rapid answers. Raises StatisticsError(`times_shape`).
    """
    if rapid.shape != table.scores.shape:
        raise StatisticsError(
            "times_shape", persons=len(table.persons), items=len(table.items), shape=list(rapid.shape)
        )
    return ResponseTable(table.persons, table.items, np.where(rapid, np.nan, table.scores), table.weights)


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    share: NDArray[np.float64] = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=share, where=whole > 0)
    return share
