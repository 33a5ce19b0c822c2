# SPDX-License-Identifier: Apache-2.0
"""Compromises between what judges ask for and how many people would fail: Hofstee (1983) and Beuk (1984)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError

_HALVINGS: Final = 80


@dataclass(frozen=True, slots=True)
class CompromiseCut:
    """A cut where a line of the judges meets the curve of the people.

    `cut` in marks, `fail_rate` the share (0 to 1) of people below it on the curve. `reason` says why no line met the curve
    and the nearest end was taken: `fails_too_many` (even the lowest cut fails more than tolerated), `fails_too_few`; else None.
    """

    cut: float
    fail_rate: float
    reason: str | None = None

    def to_document(self) -> dict[str, object]:
        """As JSON."""
        return {"cut": self.cut, "fail_rate": self.fail_rate, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class HofsteeJudge:
    """What one judge tolerates: the lowest and highest cut in marks, the lowest and highest share of fails (0 to 1)."""

    lowest_cut: float
    highest_cut: float
    lowest_fails: float
    highest_fails: float


@dataclass(frozen=True, slots=True)
class BeukJudge:
    """One judge's cut in marks and the share of people (0 to 1) whom the judge expects to pass."""

    cut: float
    passes: float


def fail_curve(
    scores: NDArray[np.float64], cuts: NDArray[np.float64], *, step: float = 1.0
) -> NDArray[np.float64]:
    """The share of people below each cut: exact at multiples of `step`, straight lines between them.

    Raises StatisticsError (`group_few`, `group_scores`, `step_range`).
    """
    if scores.size == 0:
        raise StatisticsError("group_few", group="people", people=0)
    if not np.isfinite(scores).all():
        raise StatisticsError("group_scores", group="people")
    if not 0 < step < np.inf:
        raise StatisticsError("step_range", step=step)
    low = np.floor(cuts / step) * step
    share = (cuts - low) / step
    ordered = np.sort(scores)
    below, above = (np.searchsorted(ordered, place - step * 1e-9, side="left") for place in (low, low + step))
    return np.asarray(((1 - share) * below + share * above) / len(scores), dtype=np.float64)


def hofstee(
    scores: NDArray[np.float64], judges: Sequence[HofsteeJudge], *, step: float = 1.0
) -> CompromiseCut:
    """Where the line from (lowest cut, most fails) to (highest cut, fewest fails) meets the fail curve.

    The four numbers are the judges' means. Hofstee (1983), in Anderson & Helmick (eds.), On Educational Testing; as in Cizek &
    Bunch (2007), Standard Setting. Raises StatisticsError (`judgements_few`, `hofstee_box`, and those of `fail_curve`).
    """
    if not judges:
        raise StatisticsError("judgements_few", items=0, judges=0)
    low, high, fewest, most = (
        float(np.mean([getattr(judge, name) for judge in judges]))
        for name in ("lowest_cut", "highest_cut", "lowest_fails", "highest_fails")
    )
    if not (low < high and 0 <= fewest < most <= 1):
        raise StatisticsError(
            "hofstee_box", lowest_cut=low, highest_cut=high, lowest_fails=fewest, highest_fails=most
        )
    ends = fail_curve(scores, np.array([low, high]), step=step)
    if ends[0] > most:
        return CompromiseCut(low, float(ends[0]), "fails_too_many")
    if ends[1] < fewest:
        return CompromiseCut(high, float(ends[1]), "fails_too_few")
    slope = (fewest - most) / (high - low)
    return _meet(scores, low, high, lambda cut: most + slope * (cut - low), step)


def beuk(
    scores: NDArray[np.float64],
    judges: Sequence[BeukJudge],
    *,
    minimum: float,
    maximum: float,
    step: float = 1.0,
) -> CompromiseCut:
    """Where the line through the judges' mean cut and mean passes, of slope sd(passes) / sd(cut), meets the pass curve.

    The more the judges agree on one of the two, the more it counts; if they agree wholly on the cut, that is the cut. `minimum`
    and `maximum` are the possible scores. Beuk (1984), J. Educ. Meas. 21, 147-152. Raises StatisticsError (`judgements_few` for
    fewer than two judges, `beuk_judgement` naming the place, and those of `fail_curve`).
    """
    if len(judges) < 2:
        raise StatisticsError("judgements_few", items=2, judges=len(judges))
    for place, judge in enumerate(judges, 1):
        if not (minimum <= judge.cut <= maximum and 0 <= judge.passes <= 1):
            raise StatisticsError("beuk_judgement", judge=place)
    cuts = np.array([judge.cut for judge in judges])
    passes = np.array([judge.passes for judge in judges])
    mean, wanted = float(cuts.mean()), float(passes.mean())
    spread, sd = float(cuts.std(ddof=1)), float(passes.std(ddof=1))
    if spread < 1e-12 * max(1.0, abs(mean)):
        return CompromiseCut(mean, float(fail_curve(scores, np.array([mean]), step=step)[0]))
    slope = sd / spread
    # one step above the maximum everybody fails
    return _meet(scores, minimum, maximum + step, lambda cut: 1 - (wanted + slope * (cut - mean)), step)


def _meet(
    scores: NDArray[np.float64], low: float, high: float, line: Callable[[float], float], step: float
) -> CompromiseCut:
    """Where the rising fail curve first reaches the falling line of fails, between low and high."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if fail_curve(scores, np.array([middle]), step=step)[0] < line(middle):
            low = middle
        else:
            high = middle
    return CompromiseCut(high, float(fail_curve(scores, np.array([high]), step=step)[0]))
