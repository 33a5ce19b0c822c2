# SPDX-License-Identifier: Apache-2.0
"""What other readings of a rule make of one person's marks. Which readings there are is in `readings`.

A reading that leaves a verdict open says nothing, and so is no flip.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from typing import assert_never

from scoring.decide import decide_node
from scoring.errors import MarkError
from scoring.exact import format_share
from scoring.marks import Cell, MarkTable
from scoring.reading_words import ReadingKind, reading_names
from scoring.readings import RuleReading
from scoring.rules import Rule
from scoring.verdicts import (
    BarResult,
    CompensateResult,
    GroupResult,
    NodeResult,
    Verdict,
    compensation_margins,
)

_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A reading under which the verdict would be another one.

    `margin_share` is the margin under that reading, None where the reading has no margin of its own
    (`strictly_above`).
    """

    kind: ReadingKind
    verdict: Verdict
    margin_share: Fraction | None

    def to_document(self) -> dict[str, object]:
        """The flip as JSON, the margin as an exact string."""
        return {
            "reading": self.kind.value,
            "name": dict(reading_names(self.kind)),
            "verdict": self.verdict.value,
            "margin_share": None if self.margin_share is None else format_share(self.margin_share),
        }


def flips(root: NodeResult, table: MarkTable, rule: Rule, others: Iterable[RuleReading]) -> tuple[Flip, ...]:
    """The readings under which the person passes who fails, or fails who passes, or is decided at all.

    `root` is what `rule` decided for `table`; `others` are `readings` of that rule and credential.
    """
    complete = all(cell in table.awarded for cell in table.credential.maxima)
    found = []
    for reading in others:
        if reading.kind.needs_complete and not complete:
            continue
        if reading.kind.needs_missing and complete:
            continue
        flip = _under(reading, root, table, rule)
        if flip is not None and flip.verdict.is_certain and flip.verdict is not root.verdict:
            found.append(flip)
    return tuple(found)


def _under(reading: RuleReading, root: NodeResult, table: MarkTable, rule: Rule) -> Flip | None:
    if reading.rule is not None:
        return _flip(reading.kind, decide_node(reading.rule.root, table))
    if reading.kind is ReadingKind.STRICTLY_ABOVE:
        verdict = Verdict.PASS if _exceeds(root) else Verdict.FAIL
        return Flip(kind=reading.kind, verdict=verdict, margin_share=None)
    if reading.kind is ReadingKind.WHOLE_PER_CENT:
        return _flip(reading.kind, _in_whole_per_cent(root))
    if reading.kind is ReadingKind.WHOLE_MARKS:
        return _flip(reading.kind, decide_node(rule.root, _in_whole_marks(table)))
    if reading.kind is ReadingKind.MISSING_AS_ZERO:
        return _flip(reading.kind, decide_node(rule.root, without_gaps(table)))
    try:
        return _flip(reading.kind, decide_node(rule.root, _without_missing(table)))
    except MarkError:
        return None  # nothing at all is marked where a bar looks


def _flip(kind: ReadingKind, result: NodeResult) -> Flip:
    return Flip(kind=kind, verdict=result.verdict, margin_share=result.margin_share)


def without_gaps(table: MarkTable) -> MarkTable:
    """The table with 0 where a mark is missing."""
    return replace(table, awarded=dict.fromkeys(table.credential.maxima, Fraction(0)) | dict(table.awarded))


def _without_missing(table: MarkTable) -> MarkTable:
    """The table of what is marked, as if the rest did not exist."""
    known = table.credential
    kept: Mapping[Cell, Fraction] = {
        cell: most for cell, most in known.maxima.items() if cell in table.awarded
    }
    index = {scope: tuple(cell for cell in cells if cell in kept) for scope, cells in known.index.items()}
    return replace(table, credential=replace(known, maxima=kept, index=index))


def _in_whole_marks(table: MarkTable) -> MarkTable:
    most = table.credential.maxima
    return replace(
        table,
        awarded={cell: min(Fraction(rounded(mark)), most[cell]) for cell, mark in table.awarded.items()},
    )


def rounded(value: Fraction) -> int:
    """The nearest whole number, halves up."""
    return floor(value + _HALF)


def _in_whole_per_cent(node: NodeResult) -> NodeResult:
    match node:
        case BarResult():
            earned = Fraction(rounded(node.share * 100), 100) * node.maximum
            verdict = Verdict.PASS if earned >= node.bar else Verdict.FAIL
            return replace(node, earned=earned, open=Fraction(0), verdict=verdict)
        case GroupResult():
            below = tuple(_in_whole_per_cent(child) for child in node.children)
            passed = sum(child.verdict is Verdict.PASS for child in below)
            verdict = Verdict.PASS if passed >= node.needed else Verdict.FAIL
            return replace(node, children=below, verdict=verdict)
        case CompensateResult():
            rounded_bars = (_in_whole_per_cent(child) for child in node.children)
            bars = tuple(bar for bar in rounded_bars if isinstance(bar, BarResult))
            after = replace(node, children=bars)
            return replace(after, verdict=Verdict.PASS if after.margin >= 0 else Verdict.FAIL)
        case _:
            assert_never(node)


def _exceeds(node: NodeResult) -> bool:
    match node:
        case BarResult():
            # A ladder that only names bands asks for nothing that could be exceeded.
            return node.margin > 0 or not node.threshold
        case GroupResult():
            return sum(_exceeds(child) for child in node.children) >= node.needed
        case CompensateResult():
            missed = sum(child.margin <= 0 for child in node.children)
            balance, within, _ = compensation_margins(node.margins, most=node.most, limit=node.limit)
            return missed <= node.most and balance >= 0 and within >= 0
        case _:
            assert_never(node)
