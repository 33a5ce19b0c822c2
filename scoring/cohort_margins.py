# SPDX-License-Identifier: Apache-2.0
"""The margins of many people under a compiled rule, exactly: shares as whole numbers of one scale. Verdicts are in `cohort`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, Final, assert_never

import numpy as np

from scoring.cohort import CohortRule, Flags, Whole, as_whole
from scoring.rules import (
    ROOT_PATH,
    AllOf,
    AnyOf,
    AtLeast,
    Bands,
    Compensate,
    Critical,
    Node,
    Share,
    Unit,
    children,
    nodes,
)

_INT64: Final = 2**62


@dataclass(frozen=True, slots=True, eq=False)
class CohortMargins:
    """The margin of each bar as a share of its maximum: `scale` times it. `maxima` are the marks of the bars.

    `finer` divides every number: it leaves room for the shares in which bars of a compensation count together.
    """

    scale: int
    finer: int
    by_path: Mapping[str, Whole]
    maxima: Mapping[str, Fraction]

    def of(self, node: Node, path: str = ROOT_PATH) -> Whole:
        """The margins of a node, `scale` times what `NodeResult.margin_share` has."""
        match node:
            case Share() | Critical() | Bands():
                return self.by_path[path]
            case AllOf() | AnyOf() | AtLeast():
                return _nth_best(
                    [self.of(child, where) for where, child in children(node, path=path)], node.needed
                )
            case Compensate():
                balance, within = self._compensated(node, path)
                bars = self._bars(node, path)
                return np.asarray(
                    np.minimum(np.minimum(balance, within), _nth_best(bars, len(bars) - node.k))
                )
            case _:
                assert_never(node)

    def exceeds(self, node: Node, path: str = ROOT_PATH) -> Flags:
        """Who is above every bar that is needed, and not just at it."""
        match node:
            case Share() | Critical() | Bands():
                # A ladder that only names bands asks for nothing that could be exceeded.
                return np.asarray((self.by_path[path] > 0) | (not node.at_least), dtype=np.bool_)
            case AllOf() | AnyOf() | AtLeast():
                below = [self.exceeds(child, where) for where, child in children(node, path=path)]
                return np.asarray(np.sum(below, axis=0) >= node.needed, dtype=np.bool_)
            case Compensate():
                balance, within = self._compensated(node, path)
                missed = np.sum([margin <= 0 for margin in self._bars(node, path)], axis=0)
                return np.asarray((missed <= node.k) & (balance >= 0) & (within >= 0), dtype=np.bool_)
            case _:
                assert_never(node)

    def _bars(self, node: Compensate, path: str) -> list[Whole]:
        return [self.by_path[where] for where, _ in children(node, path=path)]

    def _compensated(self, node: Compensate, path: str) -> tuple[Whole, Whole]:
        """What all bars have together, and the least of what is left of the limit."""
        maxima = [self.maxima[where] for where, _ in children(node, path=path)]
        bars = self._bars(node, path)
        balance = sum(
            (
                (bar // self.finer) * int(part * self.finer)
                for bar, part in zip(bars, _parts(node, maxima), strict=True)
            ),
            start=bars[0] * 0,
        )
        left = [bar + int(limit * self.scale) for bar, limit in zip(bars, _limits(node, maxima), strict=True)]
        return np.asarray(balance), np.asarray(np.minimum.reduce(left))


def margins(compiled: CohortRule, earned: Mapping[str, Whole]) -> CohortMargins:
    """The margins of what is earned (`CohortDecision.earned`)."""
    units = {bar.path: Fraction(1, bar.scale) / bar.maximum for bar in compiled.bars}

    def counted(scale: int, kind: Any) -> dict[str, Whole]:
        return {
            bar.path: (as_whole(earned[bar.path], kind) - bar.bound) * int(units[bar.path] * scale)
            for bar in compiled.bars
        }

    return _scaled(compiled, [unit.denominator for unit in units.values()], counted)


def margins_in_whole_per_cent(compiled: CohortRule, earned: Mapping[str, Whole]) -> CohortMargins:
    """The margins when each bar's share is rounded to whole per cent, halves up."""
    asked = {bar.path: Fraction(bar.bound, bar.scale) / bar.maximum for bar in compiled.bars}

    def counted(scale: int, kind: Any) -> dict[str, Whole]:
        found = {}
        for bar in compiled.bars:
            full = bar.maximum * bar.scale
            above, below = 200 * full.denominator, 2 * full.numerator
            large = above * bar.most + below >= _INT64
            sums = as_whole(earned[bar.path], object if large else np.int64)
            cents = as_whole((sums * above + full.numerator) // below, kind)
            found[bar.path] = cents * (scale // 100) - int(asked[bar.path] * scale)
        return found

    return _scaled(compiled, [100, *(share.denominator for share in asked.values())], counted)


def _scaled(
    compiled: CohortRule, denominators: Iterable[int], counted: Callable[[int, Any], dict[str, Whole]]
) -> CohortMargins:
    """Margins on the least scale on which every number that is asked for is whole, in 64 bits where they hold it."""
    maxima = {bar.path: bar.maximum for bar in compiled.bars}
    limits, parts, most = [1], [1], Fraction(1)
    for path, node in nodes(compiled.rule.root):
        if isinstance(node, Compensate):
            own = [maxima[where] for where, _ in children(node, path=path)]
            most = max(most, *_limits(node, own))
            limits += [limit.denominator for limit in _limits(node, own)]
            parts += [part.denominator for part in _parts(node, own)]
    finer = lcm(*parts)
    scale = lcm(*denominators, *limits) * finer
    kind: Any = np.int64 if scale * (most + 4) < _INT64 else object
    return CohortMargins(scale, finer, counted(scale, kind), maxima)


def _parts(node: Compensate, maxima: Sequence[Fraction]) -> list[Fraction]:
    """How much each bar's share counts in the balance; 1 in all."""
    if node.unit is Unit.SHARE:
        return [Fraction(1, len(maxima))] * len(maxima)
    worth = sum(maxima, Fraction(0))
    return [most / worth for most in maxima]


def _limits(node: Compensate, maxima: Sequence[Fraction]) -> list[Fraction]:
    return [node.limit if node.unit is Unit.SHARE else node.limit / most for most in maxima]


def _nth_best(known: Sequence[Whole], number: int) -> Whole:
    return np.asarray(np.sort(np.stack(list(known)), axis=0)[len(known) - number])
