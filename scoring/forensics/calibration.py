# SPDX-License-Identifier: Apache-2.0
"""How often a rule names a pair of honest persons: whole sittings drawn anew from the model, compared in the same way.

The numbers at random come from the caller. Nothing here knows a real pair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scoring.errors import StatisticsError
from scoring.forensics.options import Answers, OptionChances
from scoring.forensics.pairs import AlarmRule, PairMethod, similar_pairs

MOST_SITTINGS = 10_000


@dataclass(frozen=True, slots=True)
class Calibration:
    """False alarms in `sittings` drawn under honesty: `with_alarm` of them had one or more, `alarms` is their number in all.

    `upper` is the exact upper 95 % bound of the chance that an honest sitting has an alarm (Clopper & Pearson, 1934).
    """

    sittings: int
    with_alarm: int
    alarms: int
    upper: float


def honest_answers(answers: Answers, model: OptionChances, draw: np.random.Generator) -> Answers:
    """The same persons on the same items, each choosing alone by the model; what was not answered stays so."""
    steps = model.chances.cumsum(axis=2)
    reached = draw.random((*answers.codes.shape, 1)) > steps[:, :, :-1]
    codes = np.where(answers.codes >= 0, reached.sum(axis=2), -1)
    return replace(answers, codes=codes)


def calibrate(
    answers: Answers,
    method: PairMethod,
    *,
    model: OptionChances,
    fit: Callable[[Answers], OptionChances],
    draw: np.random.Generator,
    sittings: int,
    groups: Sequence[object] | None = None,
    rule: AlarmRule | None = None,
) -> Calibration:
    """Count the alarms of `sittings` honest sittings; `fit` gives the chances of options again from their answers.

    Raises StatisticsError(`bad_sittings`) unless 1 <= sittings <= 10,000, and what `similar_pairs` raises.
    """
    if not 1 <= sittings <= MOST_SITTINGS:
        raise StatisticsError("bad_sittings", sittings=sittings, most=MOST_SITTINGS)
    with_alarm = alarms = 0
    for _ in range(sittings):
        honest = honest_answers(answers, model, draw)
        again = fit(honest) if method.needs_model else None
        report = similar_pairs(honest, method, model=again, groups=groups, rule=rule)
        alarms += len(report.pairs)
        with_alarm += bool(report.pairs)
    return Calibration(sittings, with_alarm, alarms, _upper_bound(with_alarm, sittings))


def _upper_bound(count: int, tries: int) -> float:
    from scipy.special import betaincinv

    return 1.0 if count == tries else float(betaincinv(count + 1, tries - count, 0.975))
