# SPDX-License-Identifier: Apache-2.0
"""An adaptive section of a plan: by which test each of its PCs is settled, and what its rule makes of an early end. No parsing.

The tables of stops are made in `scoring.adaptive`; what is done with them in a test is in `assessor.attempts.settling`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final, assert_never

from item_bank.standards.model import CredentialDocument, PerformanceCriterion
from scoring.adaptive.model import StopTable
from scoring.api import Level, RuleKind, format_share, leaves, nodes


class StopMethod(StrEnum):
    """When a PC is settled: no answer can turn it, by a ratio test, or by the posterior chance of its threshold."""

    CURTAILED = "curtailed"
    RATIO = "ratio"
    POSTERIOR = "posterior"


class MarksUse(StrEnum):
    """What the pass rule may read of such a PC: only whether its threshold is met, or the share of marks as well."""

    THRESHOLD = "threshold"
    SHARE = "share"


class Balance(StrEnum):
    """What the questions of a PC are mixed by, so that whoever stops early has had its share of each."""

    DIFFICULTY = "difficulty"
    TYPE = "type"


METHOD_NUMBERS: Final = {
    StopMethod.CURTAILED: (),
    StopMethod.RATIO: ("lacking", "master", "false_pass", "false_fail"),
    StopMethod.POSTERIOR: ("sure_met", "sure_not_met"),
}
"""The members of the document that each method has, all of them shares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptiveRules:
    """How the PCs of a section are settled; `numbers` are those of its method, in its order.

    `exposure` is in which part of the papers of a draw an item may be one that everybody is asked, above 0 and at most 1; None
    is no limit. `shares` are the thresholds of the PCs by the credential, and no part of the document.
    """

    method: StopMethod
    marks: MarksUse
    least: int
    numbers: tuple[Fraction, ...] = ()
    balance: Balance | None = None
    exposure: Fraction | None = None
    shares: tuple[tuple[str, Fraction], ...] = ()

    def to_document(self) -> dict[str, object]:
        """The JSON form."""
        named = zip(METHOD_NUMBERS[self.method], map(format_share, self.numbers), strict=True)
        return {
            "method": self.method.value,
            "marks": self.marks.value,
            "least": self.least,
            **dict(named),
            **({} if self.balance is None else {"balance": self.balance.value}),
            **({} if self.exposure is None else {"exposure": format_share(self.exposure)}),
        }

    def share(self, pc: str) -> Fraction | None:
        """The threshold of a PC, None without one."""
        return dict(self.shares).get(pc)

    def lowest_exposure(self, table: StopTable) -> Fraction | None:
        """The lowest limit that the papers of a PC can always keep, where the own one is below it; else None.

        Of N items everybody is asked the first L. Before any paper fewer than L / limit items stand above the limit, so with
        limit >= L / (N - L + 1) there are L others left.
        """
        lowest = Fraction(table.least, table.items - table.least + 1)
        return lowest if self.exposure is not None and self.exposure < min(lowest, Fraction(1)) else None

    def table(self, items: int, share: Fraction) -> StopTable:
        """When a PC of so many items is settled; no further answers could have turned it. Raises StatisticsError."""
        from scoring.adaptive.ratios import Rates, ratio_table, wald
        from scoring.adaptive.stops import curtailed, fixed_table, posterior_table

        least = min(self.least, items)
        match self.method:
            case StopMethod.RATIO:
                lacking, master, false_pass, false_fail = self.numbers
                rule = wald(false_pass=false_pass, false_fail=false_fail, least=least)
                table = ratio_table(items, Rates(lacking, master), rule, share=share)
            case StopMethod.POSTERIOR:
                met, not_met = self.numbers
                table = posterior_table(items, share=share, sure_met=met, sure_not_met=not_met, least=least)
            case StopMethod.CURTAILED:
                table = fixed_table(items, share=share)
            case _:
                assert_never(self.method)
        return curtailed(table, least=least)


def thresholds(
    credential: CredentialDocument, pcs: Iterable[str], *, component: str, marks: MarksUse
) -> tuple[tuple[tuple[str, Fraction], ...], tuple[tuple[str, str], ...]]:
    """The thresholds that a component's marks of some PCs are held against, and what stands in the way: (PC, code).

    Codes: `unknown_pc`; `adaptive_no_marks`, the PC has no marks of its own in the component; `adaptive_no_threshold`;
    `adaptive_thresholds`, the rule has two different ones; `adaptive_rule_adds`, with `MarksUse.THRESHOLD`: the rule reads
    these marks also together with others, so that an early end could turn more than this PC.
    """
    found, problems = [], []
    for name in pcs:
        pc = credential.pc(name)
        if pc is None:
            problems.append((name, "unknown_pc"))
            continue
        shares, adds = _read(credential, pc, component=component)
        if not pc.marks_in(component) or not dict(pc.marks):
            problems.append((name, "adaptive_no_marks"))
        elif not shares:
            problems.append((name, "adaptive_no_threshold"))
        elif len(shares) > 1:
            problems.append((name, "adaptive_thresholds"))
        elif adds and marks is MarksUse.THRESHOLD:
            problems.append((name, "adaptive_rule_adds"))
        else:
            found.append((name, shares.pop()))
    return tuple(found), tuple(problems)


def _read(
    credential: CredentialDocument, pc: PerformanceCriterion, *, component: str
) -> tuple[set[Fraction], bool]:
    """The shares that the rule asks of a PC, and whether it reads the component's marks of it with others."""
    nos = credential.nos_of(pc.id)
    own = {name for name, marks in pc.marks if marks}
    root = credential.rule.root
    adds = any(node.kind is RuleKind.COMPENSATE for _, node in nodes(root))
    shares: set[Fraction] = set()
    for _, leaf in leaves(root):
        scope = leaf.scope
        reads = leaf.components is None or component in leaf.components
        elsewhere = nos is not None and scope.nos not in (None, nos.code)
        if not reads or elsewhere or scope.level is Level.ITEM:
            continue
        if scope.level is Level.PC:
            if scope.name == pc.id:
                shares.add(leaf.at_least)
                counted = own if leaf.components is None else own & set(leaf.components)
                adds = adds or counted != {component} or leaf.kind is RuleKind.BANDS
        elif scope.level is not Level.NOS or nos is None or scope.name == nos.code:
            adds = True
    if not shares and pc.threshold is not None:
        return {pc.threshold}, adds or own != {component}
    return shares, adds
