# SPDX-License-Identifier: Apache-2.0
"""A whole cohort under one rule at once: exact, in whole numbers. One person with a trace is `decide`, which it equals.

Every bar of a rule becomes one weighted sum of scored columns against one bound, all scaled to whole numbers. The sums run
as matrix products. Floating point carries them only where a bound on every partial sum proves that it is a whole number
which the format holds exactly (below 2^24 in single, 2^53 in double precision), so that no order of adding can round; beyond
that they run in Python's whole numbers, which have no bound.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any, Final, TypeAlias, assert_never

import numpy as np
from numpy.typing import NDArray

from scoring.errors import MarkError, StatisticsError
from scoring.exact import format_mark
from scoring.marks import Basis, Cell, CredentialMarks
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
    check_rule,
    children,
    leaves,
)
from scoring.verdicts import Verdict

#: The codes in `CohortDecision.verdicts`.
FAIL, PASS, INCOMPLETE = 0, 1, 2
VERDICTS: Final = (Verdict.FAIL, Verdict.PASS, Verdict.INCOMPLETE)

_SINGLE, _DOUBLE, _INT64 = 2**24, 2**53, 2**62
#: Multiplications in one matrix product: so few that a library does not wake threads for them, which wait for each other.
_BLOCK = 200_000

Flags: TypeAlias = NDArray[np.bool_]
Whole: TypeAlias = NDArray[Any]
"""Whole numbers: as float32, float64, int64 or Python's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One scored thing of a paper: each of its `steps` (1 for right or wrong) earns `step` marks of `cell`."""

    cell: Cell
    step: Fraction
    steps: int = 1


def form_columns(credential: CredentialMarks, items: Sequence[tuple[Cell, Fraction]]) -> tuple[Column, ...]:
    """The columns of a paper whose items are right or wrong: each item with its cell and its marks on the paper.

    The marks of a cell are shared out over its items in proportion to these, exactly, as a result does it. Raises MarkError:
    `unknown_cell`; `no_marks_in_scope` where the items of a cell are worth nothing.
    """
    possible: dict[Cell, Fraction] = {}
    for cell, marks in items:
        if cell not in credential.maxima:
            raise MarkError("unknown_cell", **cell.facts())
        possible[cell] = possible.get(cell, Fraction(0)) + marks
    for cell, marks in possible.items():
        if not marks:
            raise MarkError("no_marks_in_scope", **cell.facts())
    return tuple(
        Column(cell=cell, step=credential.maxima[cell] * marks / possible[cell]) for cell, marks in items
    )


def score_choices(choices: NDArray[Any], key: Sequence[Any]) -> Flags:
    """Which choices are right: persons x items against one right option an item, by exact equality.

    Texts or numbers; a missing choice is what equals no key. Raises StatisticsError `key_shape` where the lengths differ.
    """
    right = np.asarray(key, dtype=choices.dtype if choices.dtype.kind != "U" else None)
    if choices.ndim != 2 or right.shape != choices.shape[1:]:
        raise StatisticsError("key_shape", items=choices.shape[-1], keys=len(key))
    if choices.dtype == right.dtype and choices.dtype.itemsize == 4 and choices.dtype.kind == "U":
        # One character is one code point: numbers compare many times faster than texts.
        return np.asarray(
            np.ascontiguousarray(choices).view(np.uint32) == right.view(np.uint32), dtype=np.bool_
        )
    return np.asarray(choices == right, dtype=np.bool_)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar as whole numbers: `scale` times marks. `most` bounds every sum; `unmarked` is what no column can earn."""

    path: str
    scale: int
    weights: tuple[int, ...]
    bound: int
    most: int
    unmarked: int
    maximum: Fraction
    ladder: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortDecision:
    """The verdicts of a cohort (FAIL, PASS or INCOMPLETE per person) and what each bar counted.

    `met` says for each bar's path who reaches it already, `can` who still may; `earned` has scaled whole numbers per
    person, `best` the same with full marks in all that is open; `bands`
    the reached step of each ladder (0 the highest, -1 none) by what is earned so far.
    """

    verdicts: NDArray[np.int8]
    bars: tuple[Bar, ...]
    met: Mapping[str, Flags]
    can: Mapping[str, Flags]
    earned: Mapping[str, Whole]
    bands: Mapping[str, NDArray[np.int8]]
    best: Mapping[str, Whole]

    def margin(self, path: str, person: int) -> Fraction:
        """The exact marks of one person above a bar; below it, negative."""
        bar = next(bar for bar in self.bars if bar.path == path)
        return Fraction(int(self.earned[path][person]) - bar.bound, bar.scale)

    def traces(self) -> list[dict[str, object]]:
        """Everybody's verdict with every bar: `{"verdict", "bars": {path: [verdict, earned, margin]}}`, exact strings.

        The members of these are those of `BarResult`. The few different sums of a cohort are written once.
        """
        columns = [self._trace_column(bar) for bar in self.bars]
        paths = [bar.path for bar in self.bars]
        words = [verdict.value for verdict in VERDICTS]
        rows = zip(*columns, strict=True)
        return [
            {"verdict": words[code], "bars": dict(zip(paths, row, strict=True))}
            for code, row in zip(self.verdicts.tolist(), rows, strict=True)
        ]

    def _trace_column(self, bar: Bar) -> list[list[str]]:
        codes = np.where(self.met[bar.path], PASS, np.where(self.can[bar.path], INCOMPLETE, FAIL))
        known: dict[tuple[int, int], list[str]] = {}
        column = []
        for place in zip(codes.tolist(), self.earned[bar.path].tolist(), strict=True):
            if place not in known:
                earned = Fraction(int(place[1]), bar.scale)
                margin = earned - Fraction(bar.bound, bar.scale)
                known[place] = [VERDICTS[place[0]].value, format_mark(earned), format_mark(margin)]
            column.append(known[place])
        return column


@dataclass(frozen=True, slots=True)
class CohortRule:
    """A rule compiled for one set of columns. Build it with `compile_rule`."""

    rule: Rule
    columns: tuple[Column, ...]
    bars: tuple[Bar, ...]
    matrix: Whole = field(repr=False)

    def decide(self, steps: NDArray[Any], *, missing: Flags | None = None) -> CohortDecision:
        """Decide everybody: `steps` is persons x columns, whole numbers from 0 to the column's `steps`.

        `missing` marks what is not marked yet, and may become anything. Cells without a column are not marked for anybody.
        Raises StatisticsError: `cohort_shape`, `cohort_steps` (a number that the column does not have).
        """
        if steps.ndim != 2 or steps.shape[1] != len(self.columns):
            raise StatisticsError("cohort_shape", columns=len(self.columns), shape=list(steps.shape))
        if steps.dtype != np.bool_ or any(column.steps < 1 for column in self.columns):
            self._check_steps(steps)
        if missing is None:
            worst = best = self._earned(steps)
        else:
            most = np.array([column.steps for column in self.columns])
            worst = self._earned(np.where(missing, 0, steps))
            best = self._earned(np.where(missing, most, steps))
        root = self.rule.root
        met = {bar.path: worst[place] >= bar.bound for place, bar in enumerate(self.bars)}
        passed = self._met(root, ROOT_PATH, worst, met)
        verdicts = np.where(passed, PASS, FAIL).astype(np.int8)
        can, open_sums = met, worst
        if missing is not None or any(bar.unmarked for bar in self.bars):
            open_sums = best + np.array([[bar.unmarked] for bar in self.bars], dtype=best.dtype)
            can = {bar.path: open_sums[place] >= bar.bound for place, bar in enumerate(self.bars)}
            verdicts[~passed & self._met(root, ROOT_PATH, open_sums, can)] = INCOMPLETE
        return CohortDecision(
            verdicts=verdicts,
            bars=self.bars,
            met=met,
            can=can,
            earned={bar.path: worst[place] for place, bar in enumerate(self.bars)},
            bands={bar.path: _band(worst[place], bar) for place, bar in enumerate(self.bars) if bar.ladder},
            best={bar.path: open_sums[place] for place, bar in enumerate(self.bars)},
        )

    def _check_steps(self, steps: NDArray[Any]) -> None:
        if steps.dtype.kind not in "bui":
            raise StatisticsError("cohort_steps", dtype=str(steps.dtype))
        most = np.array([column.steps for column in self.columns])
        wrong = (steps < 0) | (steps > most)
        if wrong.any():
            person, column = (int(place) for place in np.argwhere(wrong)[0])
            raise StatisticsError("cohort_steps", person=person, column=column)

    def _earned(self, steps: NDArray[Any]) -> Whole:
        """What each bar counts, bars x persons."""
        kind = self.matrix.dtype
        if kind.kind == "O":
            return np.asarray((steps.astype(object) @ self.matrix).T)
        found = np.empty((len(self.bars), len(steps)), dtype=kind)
        block = max(64, _BLOCK // max(1, self.matrix.size))
        for start in range(0, len(steps), block):
            part = steps[start : start + block].astype(kind)
            np.matmul(part, self.matrix, out=found[:, start : start + block].T)
        return found

    def _met(self, node: Node, path: str, sums: Whole, met: Mapping[str, Flags]) -> Flags:
        match node:
            case Share() | Critical() | Bands():
                return met[path]
            case AllOf() | AnyOf() | AtLeast():
                below = [self._met(child, where, sums, met) for where, child in children(node, path=path)]
                if node.needed == len(below):
                    return np.asarray(np.logical_and.reduce(below), dtype=np.bool_)
                if node.needed == 1:
                    return np.asarray(np.logical_or.reduce(below), dtype=np.bool_)
                return np.asarray(np.sum(below, axis=0) >= node.needed, dtype=np.bool_)
            case Compensate():
                return self._compensated(node, path, sums)
            case _:
                assert_never(node)

    def _compensated(self, node: Compensate, path: str, sums: Whole) -> Flags:
        """The three conditions of `compensation_margins`, with all margins on one scale."""
        wanted = {where for where, _ in children(node, path=path)}
        own = [(place, bar) for place, bar in enumerate(self.bars) if bar.path in wanted]
        units = [Fraction(1, bar.scale) / (1 if node.unit is Unit.MARKS else bar.maximum) for _, bar in own]
        scale = lcm(node.limit.denominator, *(unit.denominator for unit in units))
        factors = [int(unit * scale) for unit in units]
        most = sum(factor * (bar.most + bar.bound) for factor, (_, bar) in zip(factors, own, strict=True))
        kind: Any = np.int64 if most + int(node.limit * scale) < _INT64 else object
        margins = [
            (as_whole(sums[place], kind) - bar.bound) * factor
            for factor, (place, bar) in zip(factors, own, strict=True)
        ]
        short = np.sum([margin < 0 for margin in margins], axis=0)
        within = np.logical_and.reduce([margin >= -int(node.limit * scale) for margin in margins])
        balance = margins[0].copy()
        for margin in margins[1:]:
            balance = balance + margin
        return np.asarray((short <= node.k) & within & (balance >= 0), dtype=np.bool_)


def compile_rule(rule: Rule, credential: CredentialMarks, columns: Sequence[Column]) -> CohortRule:
    """Compile a rule of a credential for the columns of a paper (and of whatever else is marked).

    Raises RuleError as `check_rule`; MarkError `unknown_cell`, and `mark_above_maximum` where the columns of a cell could
    earn more than its maximum.
    """
    check_rule(rule, credential)
    worth: dict[Cell, Fraction] = {}
    for column in columns:
        if column.cell not in credential.maxima:
            raise MarkError("unknown_cell", **column.cell.facts())
        worth[column.cell] = worth.get(column.cell, Fraction(0)) + column.step * column.steps
    for cell, marks in worth.items():
        if marks > credential.maxima[cell]:
            raise MarkError("mark_above_maximum", **cell.facts())
    bars = tuple(_bar(path, leaf, credential, columns, worth) for path, leaf in leaves(rule.root))
    return CohortRule(rule, tuple(columns), bars, _matrix(bars, len(columns)))


def _bar(
    path: str,
    leaf: Leaf,
    credential: CredentialMarks,
    columns: Sequence[Column],
    worth: Mapping[Cell, Fraction],
) -> Bar:
    cells = set(credential.cells_of(leaf.scope, components=leaf.components))
    unit = {cell.nos: Fraction(1) for cell in cells}
    if leaf.basis is Basis.WEIGHTED:
        unit = {nos: credential.weight_of_mark(nos, components=leaf.components) for nos in unit}
    maximum = sum((credential.maxima[cell] * unit[cell.nos] for cell in cells), Fraction(0))
    # A cell that has columns may leave a rest that they cannot earn; it counts as earned by nobody, and is not open.
    unmarked = sum(
        (credential.maxima[cell] * unit[cell.nos] for cell in cells if cell not in worth), Fraction(0)
    )
    exact = [
        column.step * unit[column.cell.nos] if column.cell in cells else Fraction(0) for column in columns
    ]
    steps = leaf.of if isinstance(leaf, Bands) else ()
    bounds = [leaf.at_least * maximum, *(band.at_least * maximum for band in steps)]
    scale = lcm(*(number.denominator for number in (*exact, *bounds, unmarked)))
    weights = tuple(int(number * scale) for number in exact)
    most = sum(weight * column.steps for weight, column in zip(weights, columns, strict=True))
    return Bar(
        path=path,
        scale=scale,
        weights=weights,
        bound=int(bounds[0] * scale),
        most=most + int(unmarked * scale),
        unmarked=int(unmarked * scale),
        maximum=maximum,
        ladder=tuple(int(bound * scale) for bound in bounds[1:]),
    )


def _matrix(bars: Sequence[Bar], columns: int) -> Whole:
    largest = max(max(bar.most, bar.bound, *bar.ladder, 0) for bar in bars)
    kind: Any = np.float32 if largest < _SINGLE else np.float64 if largest < _DOUBLE else object
    return np.array([bar.weights for bar in bars], dtype=kind).reshape(len(bars), columns).T


def as_whole(sums: Whole, kind: Any) -> Whole:
    """Whole numbers, whatever carried them, as numpy's or (`kind` object) as Python's, which have no bound."""
    if kind is object and sums.dtype != object:
        return sums.astype(np.int64).astype(object)
    return sums.astype(kind)


def _band(sums: Whole, bar: Bar) -> NDArray[np.int8]:
    """The place of the first step of the ladder that is reached; -1 below the lowest."""
    below = np.sum([sums < step for step in bar.ladder], axis=0).astype(np.int8)
    return np.where(below == len(bar.ladder), np.int8(-1), below).astype(np.int8)
