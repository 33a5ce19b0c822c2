# SPDX-License-Identifier: Apache-2.0
"""Mark tables of many people as whole numbers, and everybody's decision with its trace from these. It equals `decide_node`.

What other readings make of it is in `cohort_readings`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import Any, Final, assert_never

import numpy as np
from numpy.typing import NDArray

from scoring.cohort import Bar, CohortRule, Column, compile_rule
from scoring.decide import decide_node
from scoring.marks import CredentialMarks, MarkTable
from scoring.rules import (
    ROOT_PATH,
    AllOf,
    AnyOf,
    AtLeast,
    Bands,
    Compensate,
    Critical,
    Leaf,
    Node,
    Rule,
    Share,
    Unit,
    children,
)
from scoring.verdicts import (
    BarResult,
    CompensateResult,
    GroupResult,
    NodeResult,
    Verdict,
    combine,
    compensation_margins,
)

_MOST: Final = 2**62


@dataclass(frozen=True, slots=True, eq=False)
class CohortMarks:
    """Mark tables of one credential as persons x cells: `steps` counts parts of a mark, `missing` is what is not marked."""

    tables: tuple[MarkTable, ...]
    columns: tuple[Column, ...]
    steps: NDArray[np.int64]
    missing: NDArray[np.bool_]

    @property
    def credential(self) -> CredentialMarks:
        """The credential of all of them."""
        return self.tables[0].credential

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Who has every mark."""
        return ~np.asarray(self.missing.any(axis=1), dtype=np.bool_)

    def compiled(self, rule: Rule) -> CohortRule:
        """A rule for these columns. Raises RuleError as `check_rule`."""
        return compile_rule(rule, self.credential, self.columns)


def cohort_marks(tables: Sequence[MarkTable]) -> CohortMarks | None:
    """The tables as whole numbers, exactly; None of nobody, and where a cell's marks need numbers beyond 64 bits."""
    if not tables:
        return None
    maxima = tables[0].credential.maxima
    columns, rows = [], []
    for cell, most in maxima.items():
        marks = [table.awarded.get(cell) for table in tables]
        parts = lcm(most.denominator, *{mark.denominator for mark in marks if mark is not None})
        if most * parts >= _MOST:
            return None
        columns.append(Column(cell=cell, step=Fraction(1, parts), steps=int(most * parts)))
        rows.append([-1 if mark is None else _counted(mark, parts) for mark in marks])
    steps = np.array(rows, dtype=np.int64).reshape(len(maxima), len(tables)).T
    missing = steps < 0
    return CohortMarks(tuple(tables), tuple(columns), np.where(missing, 0, steps), missing)


def _counted(mark: Fraction, parts: int) -> int:
    return mark.numerator * (parts // mark.denominator)


def decide_tables(rule: Rule, tables: Sequence[MarkTable]) -> list[NodeResult]:
    """What `decide_node` says of each table, for all at once; equal bars of different people are one object.

    All tables are of one credential, which the rule fits (`check_rule`).
    """
    marks = cohort_marks(tables)
    return [decide_node(rule.root, table) for table in tables] if marks is None else decide_marks(rule, marks)


def decide_marks(rule: Rule, marks: CohortMarks) -> list[NodeResult]:
    """As `decide_tables`, of tables that are whole numbers already."""
    compiled = marks.compiled(rule)
    found = compiled.decide(marks.steps, missing=marks.missing)
    bars = {
        bar.path: (bar, found.earned[bar.path].tolist(), found.best[bar.path].tolist())
        for bar in compiled.bars
    }
    return _results(rule.root, ROOT_PATH, bars, marks.credential, len(marks.tables))


def _results(
    node: Node,
    path: str,
    bars: Mapping[str, tuple[Bar, list[Any], list[Any]]],
    credential: CredentialMarks,
    persons: int,
) -> list[NodeResult]:
    match node:
        case Share() | Critical() | Bands():
            return list(_bars(node, *bars[path], credential))
        case AllOf() | AnyOf() | AtLeast():
            below = [
                _results(child, where, bars, credential, persons)
                for where, child in children(node, path=path)
            ]
            return [
                GroupResult(
                    path=path,
                    kind=node.kind,
                    label=node.kind.value,
                    verdict=combine((one.verdict for one in own), needed=node.needed),
                    needed=node.needed,
                    children=own,
                )
                for own in zip(*below, strict=True)
            ]
        case Compensate():
            known = [
                _bars(bar, *bars[where], credential)
                for (where, _), bar in zip(children(node, path=path), node.of, strict=True)
            ]
            return [_compensated(node, path, own) for own in zip(*known, strict=True)]
        case _:
            assert_never(node)


def _bars(
    leaf: Leaf, bar: Bar, earned: list[Any], best: list[Any], credential: CredentialMarks
) -> list[BarResult]:
    empty = BarResult(
        path=bar.path,
        kind=leaf.kind,
        label=leaf.scope.label,
        verdict=Verdict.FAIL,
        scope=credential.resolve(leaf.scope),
        components=leaf.components,
        basis=leaf.basis,
        earned=Fraction(0),
        maximum=bar.maximum,
        open=Fraction(0),
        threshold=leaf.at_least,
        ladder=leaf.of if isinstance(leaf, Bands) else (),
    )
    known: dict[tuple[Any, Any], BarResult] = {}
    found = []
    for sums in zip(earned, best, strict=True):
        result = known.get(sums)
        if result is None:
            worst, most = (int(number) for number in sums)
            verdict = (
                Verdict.PASS
                if worst >= bar.bound
                else Verdict.INCOMPLETE
                if most >= bar.bound
                else Verdict.FAIL
            )
            result = known[sums] = replace(
                empty,
                verdict=verdict,
                earned=Fraction(worst, bar.scale),
                open=Fraction(most - worst, bar.scale),
            )
        found.append(result)
    return found


def _compensated(node: Compensate, path: str, own: tuple[BarResult, ...]) -> CompensateResult:
    after = CompensateResult(
        path=path,
        label=node.kind.value,
        verdict=Verdict.PASS,
        most=node.k,
        limit=node.limit,
        unit=node.unit,
        children=own,
    )
    if after.margin >= 0:
        return after
    best = [
        bar.margin + bar.open if node.unit is Unit.MARKS else bar.margin_share + bar.open / bar.maximum
        for bar in own
    ]
    could = min(compensation_margins(best, most=node.k, limit=node.limit)) >= 0
    return replace(after, verdict=Verdict.INCOMPLETE if could else Verdict.FAIL)


def whole_marks(marks: CohortMarks) -> NDArray[np.int64]:
    """The steps of marks that are rounded to whole ones, halves up, and never above the maximum of their cell."""
    parts = np.array([column.step.denominator for column in marks.columns], dtype=np.int64)
    most = np.array([column.steps for column in marks.columns], dtype=np.int64)
    # As whole and rest, so that nothing grows beyond 64 bits.
    whole, rest = np.divmod(marks.steps, parts)
    up = rest >= parts - rest
    return np.asarray(np.minimum((whole + up) * parts, most), dtype=np.int64)
