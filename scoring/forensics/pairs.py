# SPDX-License-Identifier: Apache-2.0
"""Pairs of persons whose answers agree more than those of two persons who work alone, with a stated rate of false alarms.

What comes out is evidence for a human. Nothing here decides about anybody, and no wording for a screen lives here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.fairness.multiple import Control, adjusted, rejected
from scoring.forensics import matching
from scoring.forensics.k_index import KVariant, WrongAnswers
from scoring.forensics.options import Answers, OptionChances
from scoring.forensics.screening import Screen, approximate
from scoring.forensics.tails import normal_upper, upper_tails

_ALL_EXACT: Final = 20_000  # so many tests are done exactly without any screening
_CHUNK: Final = 4_000
_SOURCES: Final = 256


class PairMethod(StrEnum):
    """How agreement is judged; every method but `gbt` asks in both directions who may have copied from whom."""

    GBT = "gbt"
    OMEGA = "omega"
    K = "k"
    K1 = "k1"
    K2 = "k2"
    S1 = "s1"
    S2 = "s2"

    @property
    def directed(self) -> bool:
        """Whether a test is about a copier and a source, so that each pair is tested twice."""
        return self is not PairMethod.GBT

    @property
    def needs_model(self) -> bool:
        """Whether the chances of options are needed."""
        return self in {PairMethod.GBT, PairMethod.OMEGA}


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """What counts as an alarm: `control` says what `rate` (between 0 and 1) bounds over all the tests of the report."""

    rate: float = 0.05
    control: Control = Control.BH

    def __post_init__(self) -> None:
        if not 0 < self.rate < 1:
            raise StatisticsError("bad_rate", level=self.rate)
        if self.control is Control.HOCHBERG:  # it needs every p-value exactly
            raise StatisticsError("control_not_for_pairs", control=self.control.value)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two persons and their agreement. Where a method is directed, `first` may have copied from `second`.

    `p` is the method's published p-value; `p_exact` the one that alarms are judged by (the same but for omega, whose normal
    tail is too light far out); `p_adjusted` that one under the rule's control: at most the rate where `flagged`.
    `expected`, `sd` of the matches are None for the K family, as is `statistic` but for omega. `same_right`, `same_wrong` and
    the items of `same_wrong_items` are None without a key. `longest_run` is the longest row of items with equal answers.
    """

    first: int
    second: int
    matches: int
    compared: int
    expected: float | None
    sd: float | None
    statistic: float | None
    p: float
    p_exact: float
    p_adjusted: float
    flagged: bool
    longest_run: int
    same_right: int | None
    same_wrong: int | None
    same_wrong_items: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class PairsReport:
    """The pairs of a file that agree too well. `first` and `second` of a pair are rows of the answers.

    `tests` is how many tests were controlled together, `exact` how many were done exactly (the others could not be alarms),
    `skipped` how many pairs have no item in common or, for the K family, no p-value. `clusters` are the persons joined by
    alarms, largest first. `asked` are pairs that somebody asked for, alarm or not.
    """

    method: PairMethod
    rule: AlarmRule
    tests: int
    exact: int
    skipped: int
    pairs: tuple[Pair, ...]
    clusters: tuple[tuple[int, ...], ...]
    asked: tuple[Pair, ...] = ()


@dataclass(slots=True)
class _Found:
    """Columns of candidate tests: rows of persons, published and exact p, statistic, expected, sd."""

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    p: NDArray[np.float64]
    exact: NDArray[np.float64]
    statistic: NDArray[np.float64]
    expected: NDArray[np.float64]
    sd: NDArray[np.float64]

    def rows(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> _Found:
        columns = (self.first, self.second, self.p, self.exact, self.statistic, self.expected, self.sd)
        return _Found(*(column[chosen] for column in columns))  # type: ignore[arg-type]

    @classmethod
    def joined(cls, parts: Sequence[_Found]) -> _Found:
        names = ("first", "second", "p", "exact", "statistic", "expected", "sd")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def similar_pairs(
    answers: Answers,
    method: PairMethod,
    *,
    model: OptionChances | None = None,
    groups: Sequence[object] | None = None,
    rule: AlarmRule | None = None,
    ask: Iterable[tuple[int, int]] = (),
) -> PairsReport:
    """Compare all pairs of persons of the same group (all of them without `groups`) and report the alarms, smallest p first.

    gbt: the exact chance of so many equal answers of two persons who both choose by the `model` (van der Linden &
    Sotaridona, 2006, eq. 5-9). omega: (matches - expected) / sd given the source's answers, against the upper normal tail
    (Wollack, 1997, eq. 6); `p_exact` is the same chance by the exact law. k and its relatives: `scoring.forensics.k_index`.
    `ask` names pairs (rows) to be reported in any case, in this direction; they need not share a group.
    Raises StatisticsError: `model_needed`, `key_needed`, `pair_unknown`.
    """
    law = rule if rule is not None else AlarmRule()
    wanted = tuple(ask)
    for one, other in wanted:
        if one == other or not (0 <= one < len(answers.persons) and 0 <= other < len(answers.persons)):
            raise StatisticsError("pair_unknown", first=one, second=other)
    places = _groups(groups, len(answers.persons))
    asked = _pairs(wanted)
    if method.needs_model:
        if model is None:
            raise StatisticsError("model_needed", method=method.value)
        found, tests, exact, skipped = _by_model(answers, model, method, places, law)
        extra = _exactly(answers, model, method, *asked)
    else:
        wrong, variant = WrongAnswers(answers), KVariant(method.value)
        found, tests, skipped = _by_wrong(wrong, variant, places)
        exact = tests
        extra = _asked_by_wrong(wrong, variant, asked)
    corrected = adjusted(found.exact, law.control, tests=tests)
    chosen = np.flatnonzero(rejected(found.exact, law.rate, law.control, tests=tests))
    chosen = chosen[np.lexsort((found.second[chosen], found.first[chosen], found.exact[chosen]))]
    alarms = found.rows(chosen)
    known = {(int(a), int(b)) for a, b in zip(alarms.first, alarms.second, strict=True)}
    single = np.minimum(extra.exact * tests, 1.0) if tests else extra.exact
    flagged = [_key(a, b, method) in known for a, b in wanted]
    return PairsReport(
        method,
        law,
        tests,
        exact,
        skipped,
        tuple(_describe(answers, alarms, corrected[chosen], [True] * chosen.size)),
        clusters_of(known),
        tuple(_describe(answers, extra, _of_known(extra, found, corrected, single), flagged)),
    )


def _key(first: int, second: int, method: PairMethod) -> tuple[int, int]:
    return (first, second) if method.directed else (min(first, second), max(first, second))


def _of_known(
    extra: _Found, found: _Found, corrected: NDArray[np.float64], single: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The adjusted p of pairs that were asked for: that of the family where they were in it, Bonferroni's elsewhere."""
    values = {}
    for a, b, value in zip(found.first.tolist(), found.second.tolist(), corrected.tolist(), strict=True):
        values[a, b] = value
    pairs = zip(extra.first.tolist(), extra.second.tolist(), strict=True)
    return np.array([values.get(pair, other) for pair, other in zip(pairs, single.tolist(), strict=True)])


def _groups(groups: Sequence[object] | None, persons: int) -> list[NDArray[np.intp]]:
    """The rows of each group of at least two persons, in the order of their first rows."""
    if groups is None:
        return [np.arange(persons)] if persons > 1 else []
    rows: dict[object, list[int]] = {}
    for row, group in enumerate(groups):
        rows.setdefault(group, []).append(row)
    return [np.array(found) for found in rows.values() if len(found) > 1]


def _pairs(pairs: Sequence[tuple[int, int]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    table = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _by_model(
    answers: Answers,
    model: OptionChances,
    method: PairMethod,
    places: Sequence[NDArray[np.intp]],
    rule: AlarmRule,
) -> tuple[_Found, int, int, int]:
    """Candidates with exact p-values; how many tests there are, how many were done exactly, how many were skipped."""
    per_pair = 2 if method.directed else 1
    screening = sum(rows.size * (rows.size - 1) for rows in places) * per_pair // 2 > _ALL_EXACT
    screen = Screen(rule.rate)
    parts: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]] = []
    skipped = 0
    for block in _blocks(answers, model, method, places):
        open_pairs = block.compared > 0
        skipped += int((~open_pairs).sum())
        guess = approximate(block.matches[open_pairs], block.expected[open_pairs], block.variance[open_pairs])
        keep = screen.add(guess) if screening else screen.add(np.zeros_like(guess))
        parts.append((block.first[open_pairs][keep], block.second[open_pairs][keep], guess[keep]))
    bounded = screening and rule.control is not Control.NONE
    limit = screen.limit() if bounded else np.inf
    first = np.concatenate([part[0][part[2] <= limit] for part in parts] or [np.zeros(0, dtype=np.intp)])
    second = np.concatenate([part[1][part[2] <= limit] for part in parts] or [np.zeros(0, dtype=np.intp)])
    return _exactly(answers, model, method, first, second), screen.tests, first.size, skipped


def _blocks(
    answers: Answers, model: OptionChances, method: PairMethod, places: Sequence[NDArray[np.intp]]
) -> Iterator[matching.Block]:
    blocks = matching.ordered_blocks if method.directed else matching.unordered_blocks
    for rows in places:
        yield from blocks(answers, model, rows)


def _exactly(
    answers: Answers,
    model: OptionChances,
    method: PairMethod,
    first: NDArray[np.intp],
    second: NDArray[np.intp],
) -> _Found:
    chance = matching.first_chooses if method.directed else matching.both_choose
    parts = []
    for start in range(0, max(first.size, 1), _CHUNK):
        one, other = first[start : start + _CHUNK], second[start : start + _CHUNK]
        chances = chance(answers, model, one, other)
        same = (answers.codes[one] == answers.codes[other]) & (answers.codes[one] >= 0)
        matches, expected = same.sum(axis=1), chances.sum(axis=1)
        sd = np.sqrt((chances * (1 - chances)).sum(axis=1))
        statistic = np.divide(matches - expected, sd, out=np.zeros_like(sd), where=sd > 0)
        exact = upper_tails(chances, matches)
        published = normal_upper(statistic) if method is PairMethod.OMEGA else exact
        parts.append(_Found(one, other, published, exact, statistic, expected, sd))
    return _Found.joined(parts)


def _by_wrong(
    wrong: WrongAnswers, variant: KVariant, places: Sequence[NDArray[np.intp]]
) -> tuple[_Found, int, int]:
    """Every ordered pair with a p-value, how many there are, and how many have none."""
    parts, skipped = [], 0
    for rows in places:
        for start in range(0, rows.size, _SOURCES):
            sources = rows[start : start + _SOURCES]
            p = wrong.block(sources).p_values(variant)[rows]
            apart = rows[:, None] != sources[None, :]
            known = np.isfinite(p) & apart
            skipped += int((apart & ~known).sum())
            copier, source = np.nonzero(known)
            parts.append(_wrong_found(rows[copier], sources[source], p[known]))
    if not parts:
        return _wrong_found(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp), np.zeros(0)), 0, skipped
    found = _Found.joined(parts)
    return found, found.p.size, skipped


def _wrong_found(first: NDArray[np.intp], second: NDArray[np.intp], p: NDArray[np.float64]) -> _Found:
    nothing = np.full(p.shape, np.nan)
    return _Found(first, second, p, p, nothing, nothing, nothing)


def _asked_by_wrong(
    wrong: WrongAnswers, variant: KVariant, asked: tuple[NDArray[np.intp], NDArray[np.intp]]
) -> _Found:
    p = np.array(
        [wrong.block(asked[1][n : n + 1]).p_values(variant)[asked[0][n], 0] for n in range(asked[0].size)]
    )
    return _wrong_found(*asked, p)


def _describe(
    answers: Answers, found: _Found, corrected: NDArray[np.float64], flagged: Sequence[bool]
) -> Iterator[Pair]:
    mine, theirs = answers.codes[found.first], answers.codes[found.second]
    together = (mine >= 0) & (theirs >= 0)
    same = together & (mine == theirs)
    wrong = None if answers.right is None else matching.same_wrong(answers, found.first, found.second)
    for n, flag in enumerate(flagged):
        shared = None if wrong is None else np.flatnonzero(wrong[n])
        yield Pair(
            first=int(found.first[n]),
            second=int(found.second[n]),
            matches=int(same[n].sum()),
            compared=int(together[n].sum()),
            expected=_number(found.expected[n]),
            sd=_number(found.sd[n]),
            statistic=_number(found.statistic[n]),
            p=float(found.p[n]),
            p_exact=float(found.exact[n]),
            p_adjusted=float(corrected[n]),
            flagged=flag,
            longest_run=_longest_run(same[n]),
            same_right=None if shared is None else int(same[n].sum() - shared.size),
            same_wrong=None if shared is None else int(shared.size),
            same_wrong_items=None if shared is None else tuple(shared.tolist()),
        )


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _longest_run(same: NDArray[np.bool_]) -> int:
    ends = np.flatnonzero(~np.concatenate(([False], same, [False])))
    return int(np.diff(ends).max() - 1)


def clusters_of(pairs: Iterable[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """The sets of persons that pairs join, each ascending, the largest first."""
    leader: dict[int, int] = {}

    def lead(person: int) -> int:
        while leader.setdefault(person, person) != person:
            leader[person] = leader[leader[person]]
            person = leader[person]
        return person

    for one, other in pairs:
        low, high = sorted((lead(one), lead(other)))
        leader[high] = low
    sets: dict[int, list[int]] = {}
    for person in sorted(leader):
        sets.setdefault(lead(person), []).append(person)
    return tuple(sorted((tuple(found) for found in sets.values()), key=lambda found: (-len(found), found)))
