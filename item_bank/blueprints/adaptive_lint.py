# SPDX-License-Identifier: Apache-2.0
"""What the tests of adaptive sections do, exactly: how many questions they ask, and how often they decide wrongly. Pure.

The figures are `scoring.adaptive`'s; which of them keep a paper from being drawn is said here, and who may overrule that in
`operations`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from item_bank.blueprints.plan import Plan
from item_bank.blueprints.plan_adaptive import AdaptiveRules, StopMethod
from scoring.api import BORDERLINE, MASTER, Reading

if TYPE_CHECKING:
    from scoring.adaptive.operating import Operation

LONGEST_LOOK: Final = 40
"""Up to so many questions a test is sought that would keep the wanted errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptiveLine:
    """One PC that can end early: at most `items` questions, nobody fewer than `least`.

    `lacking` and `master` are what becomes of somebody who lacks the PC and of a master, exact. `false_pass` and
    `false_fail` are the errors that the blueprint wants at most, None where its method names none. `smallest` is the number
    of questions with which both would be kept, None where they are or where no number up to `LONGEST_LOOK` does.
    """

    pc: str
    items: int
    least: int
    lacking: Operation
    master: Operation
    false_pass: Fraction | None = None
    false_fail: Fraction | None = None
    smallest: int | None = None

    @property
    def passes_wrongly(self) -> Fraction:
        """The chance that somebody who lacks the PC is passed."""
        return self.lacking.met

    @property
    def fails_wrongly(self) -> Fraction:
        """The chance that a master is failed."""
        return 1 - self.master.met

    @property
    def breaks(self) -> tuple[str, ...]:
        """Which of the wanted errors are not kept: ``false_pass``, ``false_fail``."""
        held = (
            ("false_pass", self.passes_wrongly, self.false_pass),
            ("false_fail", self.fails_wrongly, self.false_fail),
        )
        return tuple(name for name, found, most in held if most is not None and found > most)


def adaptive_lines(plan: object) -> tuple[AdaptiveLine, ...]:
    """The PCs of a blueprint that can end early, in the order of its sections; none of one without such sections."""
    if not isinstance(plan, Plan):
        return ()
    return tuple(
        _line(rules, pc, line.most, share)
        for rules in (section.adaptive for section in plan.sections)
        if rules is not None
        for pc, share in rules.shares
        if (line := plan.line(pc)) is not None
    )


def early_reading(plan: object, pc: str, reading: Reading, *, guess: Fraction) -> Reading:
    """How a threshold works over a PC's questions where they can end early: the reading with the chances of its test.

    `guess` is a guesser's chance with the question that is easiest to guess.

    The reading itself for a PC that is asked whole, or that ends only where no answer can turn it.
    """
    found = _rules_of(plan, pc)
    if found is None or found[0].method is StopMethod.CURTAILED:
        return reading
    from scoring.adaptive.operating import operate

    rules, share = found
    table = rules.table(reading.judgements, share)
    return replace(
        reading,
        master=operate(table, chance=MASTER).met,
        borderline=operate(table, chance=BORDERLINE).met,
        guesser=operate(table, chance=guess).met,
    )


def _rules_of(plan: object, pc: str) -> tuple[AdaptiveRules, Fraction] | None:
    for section in plan.sections if isinstance(plan, Plan) else ():
        share = section.adaptive.share(pc) if section.adaptive is not None else None
        if section.adaptive is not None and share is not None:
            return section.adaptive, share
    return None


@lru_cache(maxsize=512)
def _line(rules: AdaptiveRules, pc: str, items: int, share: Fraction) -> AdaptiveLine:
    from scoring.adaptive.operating import operate

    table = rules.table(items, share)
    ratio = rules.method is StopMethod.RATIO
    lacking, master = rules.numbers[:2] if ratio else (BORDERLINE, MASTER)
    line = AdaptiveLine(
        pc=pc,
        items=items,
        least=table.least,
        lacking=operate(table, chance=lacking),
        master=operate(table, chance=master),
        false_pass=rules.numbers[2] if ratio else None,
        false_fail=rules.numbers[3] if ratio else None,
    )
    return replace(line, smallest=_smallest(rules, items, share)) if line.breaks else line


@lru_cache(maxsize=512)
def _smallest(rules: AdaptiveRules, items: int, share: Fraction) -> int | None:
    from scoring.adaptive.operating import operate

    lacking, master, false_pass, false_fail = rules.numbers
    for more in range(items + 1, LONGEST_LOOK + 1):
        table = rules.table(more, share)
        passes, fails = operate(table, chance=lacking).met, 1 - operate(table, chance=master).met
        if passes <= false_pass and fails <= false_fail:
            return more
    return None
