# SPDX-License-Identifier: Apache-2.0
"""Right answers on some items that a person's other answers do not lead one to expect.

Two uses: items that may be known beforehand, and answers that were changed (late). Why an answer is right is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.fairness.multiple import Control, adjusted
from scoring.forensics.tails import upper_tails
from scoring.irt.binary import OnePL, Rasch, ThreePL, TwoPL
from scoring.tables import ResponseTable

MODELS = {"rasch": Rasch, "1pl": OnePL, "2pl": TwoPL, "3pl": ThreePL}
_FEWEST_REFERENCE = 5  # answers that tell a person's ability


@dataclass(frozen=True, slots=True, eq=False)
class RightChances:
    """The chance of a right answer to each item (rows, NaN rows: unknown) at each of some abilities, and their shares."""

    chances: NDArray[np.float64]
    shares: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Surprise:
    """One entry a person; NaN where nothing was tested or fewer than five answers tell the ability.

    `tested` answers that are tested, `right` of them; `expected` and `sd` of that number, given the other answers and
    what they leave unknown of the ability; `index` (right - 1/2 - expected) / sd at the mean ability alone, which is the
    erasure detection index; `p` the exact upper tail of `right`, averaged over the ability; `p_adjusted`, `flagged`.
    """

    tested: NDArray[np.int64]
    right: NDArray[np.int64]
    expected: NDArray[np.float64]
    sd: NDArray[np.float64]
    index: NDArray[np.float64]
    p: NDArray[np.float64]
    p_adjusted: NDArray[np.float64]
    flagged: NDArray[np.bool_]


def right_chances(table: ResponseTable, model: str = "2pl") -> RightChances:
    """Chances from a model fitted to the whole table.

    Raises StatisticsError: `score_model_unknown`, those of the models' `fit`.
    """
    if model not in MODELS:
        raise StatisticsError("score_model_unknown", model=model, models=sorted(MODELS))
    fitted = MODELS[model]().fit(table.scores, sample_weight=table.weights)
    grid = fitted.quadrature_
    chances = np.full((len(table.items), grid.nodes.size), np.nan)
    logits = fitted.curves_.logits(grid.nodes)
    guessing = fitted.curves_.guessing[:, None]
    chances[fitted.used_] = guessing + (1 - guessing) * 0.5 * (1 + np.tanh(0.5 * logits))
    return RightChances(chances, grid.weights)


def surprising_rights(
    table: ResponseTable,
    tested: NDArray[np.bool_],
    known: RightChances,
    *,
    rate: float = 0.05,
    control: Control = Control.BH,
) -> Surprise:
    """Test each person's right answers where `tested` (persons x items) is True against all his other answers.

    The ability's posterior comes from the answers that are not tested; given an ability the number of right ones among
    the tested has the Poisson-binomial law (the generalised binomial test of Sinharay & Johnson, 2017, Educ. Psychol. Meas.
    77, p. 61, averaged over the posterior, so that a vague ability makes no alarm). Index: Wollack, Cohen & Eckerly (2015),
    Educ. Psychol. Meas. 75, eq. 3, with their correction of one half. Raises StatisticsError: `not_binary`, `tested_shape`.
    """
    table.require_binary()
    if tested.shape != table.scores.shape or known.chances.shape[0] != len(table.items):
        raise StatisticsError("tested_shape", persons=len(table.persons), items=len(table.items))
    usable = table.seen & np.isfinite(known.chances).all(axis=1)
    asked, told = usable & tested, usable & ~tested
    score = table.scores == 1
    chances = np.clip(np.where(np.isfinite(known.chances), known.chances, 0.5), 1e-12, 1 - 1e-12)
    logs = (score & told) @ np.log(chances) + (~score & told) @ np.log1p(-chances)
    logs += np.log(np.maximum(known.shares, 1e-300))
    posterior = np.exp(logs - logs.max(axis=1, keepdims=True))
    posterior /= posterior.sum(axis=1, keepdims=True)
    count, right = asked.sum(axis=1), (score & asked).sum(axis=1)
    known_rows = (count > 0) & (told.sum(axis=1) >= _FEWEST_REFERENCE)
    expected, sd, index, p = (np.full(count.shape, np.nan) for _ in range(4))
    for row in np.flatnonzero(known_rows):
        mine = chances[asked[row]].T  # abilities x tested items
        weight = posterior[row]
        mean, variance = mine.sum(axis=1), (mine * (1 - mine)).sum(axis=1)
        expected[row] = weight @ mean
        sd[row] = np.sqrt(weight @ (variance + (mean - expected[row]) ** 2))
        index[row] = (right[row] - 0.5 - expected[row]) / np.sqrt(weight @ variance)
        p[row] = weight @ upper_tails(mine, np.full(weight.size, right[row]))
    p_adjusted = adjusted(np.minimum(p, 1.0), control)
    flagged = np.nan_to_num(p_adjusted, nan=1.0) <= rate
    return Surprise(count, right, expected, sd, index, np.minimum(p, 1.0), p_adjusted, flagged)


@dataclass(frozen=True, slots=True, eq=False)
class LateChanges:
    """Answers that were changed after an instant, counted per person, and whether the changes were surprisingly right."""

    changed: NDArray[np.int64]
    wrong_to_right: NDArray[np.int64]
    right_to_wrong: NDArray[np.int64]
    wrong_to_wrong: NDArray[np.int64]
    new: NDArray[np.int64]
    surprise: Surprise


def late_changes(
    before: ResponseTable,
    after: ResponseTable,
    known: RightChances,
    *,
    changed: NDArray[np.bool_] | None = None,
    rate: float = 0.05,
    control: Control = Control.BH,
) -> LateChanges:
    """Compare the scores that stood at the bell with those that stood in the end.

    `changed` says which answers were touched in between (an answer may change from one wrong option to another);
    without it only changed scores are seen. `new` were given for the first time after the bell. A right answer to a
    touched item is surprising by `surprising_rights`, where the untouched answers tell the ability. Raises
    StatisticsError: `changes_shape`, and those of `surprising_rights`.
    """
    if before.items != after.items or before.persons != after.persons:
        raise StatisticsError("changes_shape", persons=len(after.persons), items=len(after.items))
    before.require_binary()
    early, late = before.scores, after.scores
    differs = after.seen & ((early != late) | ~before.seen)
    touched = differs if changed is None else differs | (changed & after.seen)
    surprise = surprising_rights(after, touched, known, rate=rate, control=control)

    def count(was: float, became: float) -> NDArray[np.int64]:
        return np.asarray((touched & (early == was) & (late == became)).sum(axis=1), dtype=np.int64)

    return LateChanges(
        changed=touched.sum(axis=1),
        wrong_to_right=count(0, 1),
        right_to_wrong=count(1, 0),
        wrong_to_wrong=count(0, 0),
        new=(touched & ~before.seen).sum(axis=1),
        surprise=surprise,
    )
