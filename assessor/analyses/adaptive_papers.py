# SPDX-License-Identifier: Apache-2.0
"""Which items of a paper with adaptive sections do not count for a person, because nobody had to ask them. Pure.

What settles a PC is in `assessor.attempts.settling`; it goes by the key of the form, whatever was corrected since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from assessor.analyses.logs import Moved
from assessor.attempts.sections import Move, fold
from assessor.attempts.settling import passed_of, settle
from assessor.attempts.timing import Allowance
from assessor.forms.model import FormContent
from scoring.api import Scoring, score_item

_ANY_TIME: Final = Allowance(limit_seconds=1)
"""What is settled does not depend on the time that anybody has."""


@dataclass(frozen=True, slots=True)
class AdaptivePaper:
    """A form with adaptive sections; `scoring` has the keys that it was sealed with, by item version."""

    content: FormContent
    scoring: Mapping[str, Scoring]

    def left_out(self, moves: Iterable[Moved], values: Mapping[str, object]) -> frozenset[str]:
        """The items that count neither for nor against somebody whose attempt has ended; `values` are the answers that count.

        They were not asked because their PC was settled, or were answered after it was (without a line nobody can say so).
        """
        runs = fold(self.content.sections, (_move(one) for one in moves), allowance=_ANY_TIME)
        pcs = {item.version_id: item.pc for item in self.content.items}
        found: set[str] = set()
        for run in runs:
            if run.section.adaptive:
                right = {
                    item: self._right(item, values[item]) for item in run.section.items if item in values
                }
                settled = settle(run.section, pcs, right, passed=passed_of(run), ended=True)
                found |= {item for one in settled for item in (*one.spared, *one.missed, *one.extra)}
        return frozenset(found)

    def _right(self, item: str, value: object) -> bool:
        return score_item(self.scoring[item], value).matched


def _move(one: Moved) -> Move:
    return Move(device="", epoch=one.epoch, seq=one.seq, kind=one.kind, target=one.target, received_at=one.at)
