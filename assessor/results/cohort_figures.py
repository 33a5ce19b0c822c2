# SPDX-License-Identifier: Apache-2.0
"""What many results of one credential say together: who reaches what, by part, batch and group. Pure; no names, no SQL.

Everything is read off result documents. Groups of fewer than five people are hidden, and with them what would give them away.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from math import sqrt
from statistics import NormalDist
from typing import Any, Final

from item_bank.api import CredentialDocument

SMALLEST: Final = 5
"""Of fewer people than this no figure is shown."""
NARROW: Final = Fraction(1, 20)
"""A result within five percentage points of the bar that decided it was a near one."""
_Z: Final = NormalDist().inv_cdf(0.975)


class PartLevel(StrEnum):
    """What a row of figures is about."""

    CREDENTIAL = "credential"
    NOS = "nos"
    ELEMENT = "element"
    PC = "pc"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a credential that results have marks of."""

    level: PartLevel
    nos: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortResult:
    """One standing result: its batch, the values of its person for each of the groups, and its document."""

    result_id: str
    batch_id: str
    groups: Mapping[str, str]
    passed: bool
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortBatch:
    """A batch among those that are looked at, in their order; `people` with a standing result."""

    id: str
    name: str
    agency_id: str
    held_at: datetime
    people: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of some people reached something. `hidden`: too few to be shown."""

    people: int
    reached: int
    hidden: bool = False

    @property
    def rate(self) -> float | None:
        """The share that reached it, 0 to 1; None where hidden or nobody was counted."""
        return None if self.hidden or not self.people else self.reached / self.people

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the rate of many such people lies with 95 %: Wilson (1927), J. Am. Stat. Assoc. 22, 209-212."""
        return None if self.rate is None else wilson(self.reached, self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFigures:
    """A part of the credential: who reached its bar (None where nothing is asked there) and the mean share of its marks.

    `batches` has the same by batch, in the order of the cohort's batches.
    """

    part: Part
    tally: Tally | None
    mean_share: float | None
    batches: tuple[Tally | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """What some results of one credential say together.

    `near_above` and `near_below` are within `NARROW` of the bar that decided them, on either side; None where too few
    people are looked at. `groups` has for each kind of group its values with their tally, the largest first.
    """

    whole: Tally
    near_above: int | None
    near_below: int | None
    batches: tuple[Tally, ...]
    parts: tuple[PartFigures, ...]
    groups: Mapping[str, tuple[tuple[str, Tally], ...]]


def wilson(reached: int, people: int) -> tuple[float, float]:
    """The Wilson score interval for 95 % of a share of `people` >= 1, within 0 to 1."""
    share, square = reached / people, _Z**2
    middle = (share + square / (2 * people)) / (1 + square / people)
    reach = _Z / (1 + square / people) * sqrt(share * (1 - share) / people + square / (4 * people**2))
    # Nobody and everybody are the ends themselves; rounding must not move them.
    return (0.0 if reached == 0 else middle - reach, 1.0 if reached == people else middle + reach)


@dataclass(frozen=True, slots=True)
class Hidden:
    """The batches of which no figure is shown alone; those `together` may be counted, but only all of them."""

    names: frozenset[str] = frozenset()
    together: frozenset[str] = frozenset()

    def gives_away(self, batches: Iterable[str]) -> bool:
        """Whether a sum over these batches, less what is shown elsewhere, would be that of some hidden ones alone."""
        covered = self.names.intersection(batches)
        return bool(covered) and covered != self.together


def hidden_batches(newest: Sequence[CohortBatch], older: Sequence[CohortBatch]) -> Hidden:
    """Of the newest batches, which are shown together, as `hidden_of`; of the older ones each that is too small."""
    together = hidden_of({batch.id: batch.people for batch in newest})
    small = {batch.id for batch in older if batch.people < SMALLEST}
    return Hidden(together | small, together)


def hidden_of(sizes: Mapping[str, int], *, known: frozenset[str] = frozenset()) -> frozenset[str]:
    """The groups whose figures are hidden: those below `SMALLEST`, and as many more, the smallest first, as it takes.

    `known` are hidden for another reason.

    The whole is shown beside its groups, so that what is hidden must not be found by taking away the rest: together the
    hidden groups are at least two, and at least `SMALLEST` people. Empty groups say nothing of anybody.
    """
    order = sorted((size, name) for name, size in sizes.items() if size)
    hidden = [name for size, name in order if size < SMALLEST or name in known]
    if not hidden:
        return frozenset()
    for _, name in [one for one in order if one[1] not in hidden]:
        if len(hidden) > 1 and sum(sizes[one] for one in hidden) >= SMALLEST:
            break
        hidden.append(name)
    return frozenset(hidden)


@dataclass(slots=True)
class _Sums:
    """What is counted of one part, in all and by batch."""

    people: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    reached: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    share: float = 0.0


def cohort_of(
    results: Iterable[CohortResult],
    *,
    credential: CredentialDocument,
    batches: Sequence[CohortBatch],
    groups: Sequence[str],
    hidden: Hidden,
) -> Cohort:
    """The figures of some results of one credential; every result is of one of the `batches`."""
    known = list(results)
    small = len(known) < SMALLEST or hidden.gives_away(batch.id for batch in batches)
    sums: dict[Part, _Sums] = defaultdict(_Sums)
    declared = _declared(credential)
    for one in known:
        for part, reached, share in parts_of(one.document, credential, declared):
            into = sums[part]
            into.people[one.batch_id] += 1
            into.share += share
            if reached is not None:
                into.asked[one.batch_id] += 1
                into.reached[one.batch_id] += reached
    tallies = {
        name: Tally(tally.people, tally.reached, hidden=name in hidden.names)
        for name, tally in _tallies((one.batch_id, one.passed) for one in known).items()
    }
    near = [Fraction(one.document["decision"]["margin_share"]) for one in known]
    return Cohort(
        whole=Tally(len(known), sum(one.passed for one in known), hidden=small),
        near_above=None if small else sum(0 <= margin <= NARROW for margin in near),
        near_below=None if small else sum(-NARROW <= margin < 0 for margin in near),
        batches=tuple(tallies.get(batch.id, Tally(0, 0)) for batch in batches),
        parts=tuple(
            _figures(part, sums[part], batches, tallies, small=small)
            for part in _order(credential)
            if part in sums
        ),
        groups={
            name: _sorted(
                _tallies(
                    ((one.groups.get(name, ""), one.passed) for one in known),
                    known=_given_away(known, name, hidden.together),
                )
            )
            for name in groups
        },
    )


def parts_of(
    document: Mapping[str, Any],
    credential: CredentialDocument,
    declared: Mapping[Part, Fraction],
) -> list[tuple[Part, bool | None, float]]:
    """What one person reached in each part, with the share of its marks.

    A part is reached when every bar that the rule has on it is met, made up for elsewhere or not; without a bar by its declared
    threshold, a NOS by its PCs and elements; None where nothing is asked.
    """
    decision = document["decision"]
    found: list[tuple[Part, bool | None, float]] = []
    below: dict[str, list[bool]] = defaultdict(list)
    for level, name in ((PartLevel.ELEMENT, "elements"), (PartLevel.PC, "pcs")):
        for summary in decision[name]:
            part = Part(level, _nos_of(summary, credential), summary["label"])
            share = Fraction(summary["share"])
            reached = _reached(summary, share, declared.get(part))
            if reached is not None:
                below[part.nos].append(reached)
            found.append((part, reached, float(share)))
    for summary in decision["nos"]:
        part = Part(PartLevel.NOS, summary["label"], summary["label"])
        share = Fraction(summary["share"])
        reached = _reached(summary, share, None)
        if reached is None and below[part.nos]:
            reached = all(below[part.nos])
        found.append((part, reached, float(share)))
    whole = decision["credential"]
    share = Fraction(whole["share"])
    found.append((Part(PartLevel.CREDENTIAL, "", ""), _reached(whole, share, None), float(share)))
    return found


def _reached(summary: Mapping[str, Any], share: Fraction, threshold: Fraction | None) -> bool | None:
    if summary["verdict"] is not None:
        return bool(summary["verdict"] == "pass")
    return None if threshold is None else share >= threshold


def _nos_of(summary: Mapping[str, Any], credential: CredentialDocument) -> str:
    """The NOS of a PC or element; the scope leaves it out where the name is found once."""
    named = summary["scope"].get("nos")
    if named is not None:
        return str(named)
    label = summary["label"]
    return next(
        nos.code
        for nos in credential.nos
        if any(pc.id == label for pc in nos.pcs) or any(element.id == label for element in nos.elements)
    )


def _declared(credential: CredentialDocument) -> dict[Part, Fraction]:
    found: dict[Part, Fraction] = {}
    for nos in credential.nos:
        for element in nos.elements:
            if element.threshold:
                found[Part(PartLevel.ELEMENT, nos.code, element.id)] = element.threshold
        for pc in nos.pcs:
            if pc.threshold:
                found[Part(PartLevel.PC, nos.code, pc.id)] = pc.threshold
    return found


def _order(credential: CredentialDocument) -> list[Part]:
    """The parts as the credential has them: all of it, then each NOS with its elements and PCs."""
    found = [Part(PartLevel.CREDENTIAL, "", "")]
    for nos in credential.nos:
        found.append(Part(PartLevel.NOS, nos.code, nos.code))
        for element in nos.elements:
            found.append(Part(PartLevel.ELEMENT, nos.code, element.id))
            found += [Part(PartLevel.PC, nos.code, pc) for pc in element.pcs]
        inside = {pc for element in nos.elements for pc in element.pcs}
        found += [Part(PartLevel.PC, nos.code, pc.id) for pc in nos.pcs if pc.id not in inside]
    return found


def _given_away(results: Sequence[CohortResult], group: str, together: frozenset[str]) -> frozenset[str]:
    """The values of a group that, less whole batches which are shown, would leave a few people of the hidden ones.

    A place may be some shown batches and one hidden batch.
    """
    batches, people, apart = Counter[str](), Counter[tuple[str, str]](), Counter[str]()
    for one in results:
        value = one.groups.get(group, "")
        if one.batch_id in together:
            apart[value] += 1
        else:
            batches[one.batch_id] += 1
            people[value, one.batch_id] += 1
    in_part = {value for (value, batch), count in people.items() if count < batches[batch]}
    rest = sum(apart.values())
    return frozenset(
        value
        for value, count in apart.items()
        if value not in in_part and (count < SMALLEST or 0 < rest - count < SMALLEST)
    )


def _tallies(pairs: Iterable[tuple[str, bool]], *, known: frozenset[str] = frozenset()) -> dict[str, Tally]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name, reached in pairs:
        counts[name][0] += 1
        counts[name][1] += reached
    hidden = hidden_of({name: people for name, (people, _) in counts.items()}, known=known)
    return {name: Tally(people, reached, hidden=name in hidden) for name, (people, reached) in counts.items()}


def _sorted(tallies: Mapping[str, Tally]) -> tuple[tuple[str, Tally], ...]:
    return tuple(sorted(tallies.items(), key=lambda one: (one[0] == "", -one[1].people, one[0])))


def _figures(
    part: Part, sums: _Sums, batches: Sequence[CohortBatch], whole: Mapping[str, Tally], *, small: bool
) -> PartFigures:
    people, asked = sum(sums.people.values()), sum(sums.asked.values())
    return PartFigures(
        part=part,
        tally=Tally(asked, sum(sums.reached.values()), hidden=small) if asked else None,
        mean_share=None if small else sums.share / people,
        batches=tuple(
            Tally(sums.asked[batch.id], sums.reached[batch.id], hidden=whole[batch.id].hidden)
            if sums.asked[batch.id]
            else None
            for batch in batches
        ),
    )
