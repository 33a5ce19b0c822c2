# SPDX-License-Identifier: Apache-2.0
"""Why a plan cannot be filled: the fewest items that would make it possible, and what stands in the way. Facts, no words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from statistics import median_low

from item_bank.blueprints.plan import PcLine, Plan, Quota, fits_component, same_item
from item_bank.blueprints.programme import (
    EVERYTHING,
    Asked,
    Kind,
    Others,
    eligible,
    enemy_groups,
    is_spent,
    joint_rows,
    suitable,
)
from item_bank.items.model import MAXIMUM_MARKS, BankItem, Difficulty
from scoring.api import Interaction, SearchEnd, Selection, select_least

_ONE_ITEM = 10_000
"""What a missing item costs; the preferences among kinds of items stay far below it."""
_USUAL_SECONDS = 45
_ALL_SUBSETS = 4


@dataclass(frozen=True, slots=True)
class Missing:
    """Items to be written: how many, and what they must be. None means that it does not matter.

    ``live`` counts the live items that are so already, ``capped`` those of them that have reached the exposure cap,
    ``untranslated`` the items that would do if they were there in a language too. ``quick`` says that ``seconds`` is less
    than these items usually take.
    """

    pc: str
    count: int
    difficulty: Difficulty | None
    interaction: Interaction | None
    tags: tuple[str, ...]
    marks: Fraction
    seconds: int
    quick: bool
    live: int
    capped: int
    untranslated: tuple[tuple[str, int], ...]


class Obstacle(StrEnum):
    """What keeps a paper from being made although there are items."""

    TIME = "time"
    SECTION_TIME = "section_time"
    ENEMIES = "enemies"
    EXPOSURE = "exposure"
    OVERLAP = "overlap"
    CONTRADICTION = "contradiction"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Cause:
    """An obstacle whose removal alone would do, with its numbers: JSON-able facts."""

    obstacle: Obstacle
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Deficits:
    """Why ``papers`` papers cannot be made.

    With the ``missing`` items, and no fewer, they can; each of the ``causes`` says what else would do. ``minimal`` is False
    when the search for the fewest gave up: then these suffice, but fewer might.
    """

    papers: int
    missing: tuple[Missing, ...]
    causes: tuple[Cause, ...]
    minimal: bool = True


def find_deficits(
    bank: Sequence[BankItem], plan: Plan, *, count: int, used: Mapping[str, int], others: Others
) -> Deficits:
    """The deficits of ``count`` papers that cannot be made from ``bank``."""
    view = _View(bank, plan, count, used, others)
    items, kinds = view.items, view.kinds()
    found = view.solve(items, kinds=kinds)
    if not found.found:
        return Deficits(count, (), (_contradiction(plan),))
    width = len(items) + len(kinds)
    written = [
        sum(found.values[paper * width + len(items) + place] for paper in range(count))
        for place in range(len(kinds))
    ]
    if not any(written):
        return Deficits(count, (), (Cause(Obstacle.SEARCH, {}),))
    missing = [view.missing(kind, number) for kind, number in zip(kinds, written, strict=True) if number]
    if count == 1:
        facts = [*items, *(kind.like for kind in kinds)]
        spent = sum(item.seconds * value for item, value in zip(facts, found.values, strict=True))
        limited = any(section.seconds is not None for section in plan.sections)
        missing = view.relaxed(missing, spare=0 if limited else plan.seconds - spent)
    return Deficits(count, tuple(missing), tuple(view.causes()), minimal=found.outcome is SearchEnd.OPTIMAL)


def contradictions(plan: Plan) -> tuple[int, ...] | None:
    """The places of quotas that no bank in the world can keep together with the rest; None when the plan is possible."""
    if _possible(plan):
        return None
    kept = list(range(len(plan.quotas)))
    for place in range(len(plan.quotas)):
        fewer = [one for one in kept if one != place]
        if not _possible(replace(plan, quotas=tuple(plan.quotas[one] for one in fewer))):
            kept = fewer
    return tuple(kept)


def _possible(plan: Plan) -> bool:
    view = _View((), plan, 1, {}, ())
    return view.solve((), kinds=view.kinds()).found


def _contradiction(plan: Plan) -> Cause:
    places = contradictions(plan) or ()
    return Cause(Obstacle.CONTRADICTION, {"quotas": [plan.quotas[place].to_document() for place in places]})


@dataclass(frozen=True, slots=True)
class _View:
    """A plan over a bank, asked in several ways."""

    bank: Sequence[BankItem]
    plan: Plan
    count: int
    used: Mapping[str, int]
    others: Others

    @property
    def items(self) -> list[BankItem]:
        return eligible(self.bank, self.plan, used=self.used)

    def solve(
        self,
        items: Sequence[BankItem],
        *,
        kinds: Sequence[Kind] = (),
        asked: Asked = EVERYTHING,
        costs: Sequence[int] = (),
    ) -> Selection:
        """The cheapest papers of ``items``, with as few of ``kinds`` as will do."""
        rows = joint_rows(
            items, self.plan, self.others, count=self.count, used=self.used, kinds=kinds, asked=asked
        )
        own = list(costs) or [0] * len(items)
        written = [_ONE_ITEM + self._dislike(kind) for kind in kinds]
        upper = [1] * len(items) + [kind.most for kind in kinds]
        return select_least((own + written) * self.count, rows, upper=upper * self.count)

    def _dislike(self, kind: Kind) -> int:
        """Among kinds that would do as well: the usual time before a shorter one, no tags before tags."""
        return int(kind.like.seconds < self._usual_seconds(kind.like.pc)) + int(bool(kind.like.tags))

    def kinds(self) -> list[Kind]:
        """Every kind of item that might be written, as far as the plan makes a difference between them."""
        return [
            Kind(
                BankItem(
                    f"{line.pc}/{number}",
                    line.pc,
                    seconds,
                    difficulty,
                    marks,
                    self.plan.languages,
                    kind,
                    tags,
                ),
                line.most,
            )
            for line in self.plan.lines
            for number, (difficulty, kind, tags, marks, seconds) in enumerate(self._facets(line))
        ]

    def _facets(
        self, line: PcLine
    ) -> Iterator[tuple[Difficulty, Interaction, tuple[str, ...], Fraction, int]]:
        quotas = self._quotas_of(line.pc)
        named = [quota.difficulty for quota in quotas if quota.difficulty]
        difficulties = list(Difficulty) if named else [Difficulty.MEDIUM]
        for difficulty in difficulties:
            for interaction in _interactions(quotas):
                for tags in _tag_sets(quotas):
                    for marks in self._marks(line):
                        for seconds in self._seconds(line.pc):
                            yield difficulty, interaction, tags, marks, seconds

    def _quotas_of(self, pc: str) -> list[Quota]:
        return [quota for quota in self.plan.quotas if pc in self.plan.pcs_of(quota)]

    def _marks(self, line: PcLine) -> list[Fraction]:
        fixed = [quota.marks for quota in self._quotas_of(line.pc) if quota.marks is not None]
        if line.marks is None and not fixed:
            return [MAXIMUM_MARKS]
        own = Counter(item.marks for item in self.bank if item.pc == line.pc)
        usual = [marks for marks, _ in own.most_common(4)]
        parts = [Fraction(1, marks.denominator) for marks in fixed]
        numbers = range(max(1, line.least), min(line.most, line.least + 4) + 1)
        shares = [] if line.marks is None else [line.marks / number for number in numbers]
        return sorted({MAXIMUM_MARKS, *usual, *parts, *shares})

    def _usual_seconds(self, pc: str) -> int:
        known = [item.seconds for item in self.bank if item.pc == pc] or [item.seconds for item in self.bank]
        return median_low(known) if known else _USUAL_SECONDS

    def _seconds(self, pc: str) -> list[int]:
        """The usual time of the PC's items, and less where the paper has not so much for each of its items."""
        shares = {self.plan.seconds // number for number in (self.plan.items, self._most_items()) if number}
        shares |= self._section_shares(pc)
        usual = self._usual_seconds(pc)
        return [usual, *sorted({share for share in (*shares, usual // 2) if 0 < share < usual}, reverse=True)]

    def _section_shares(self, pc: str) -> set[int]:
        """What the section of a PC has for each of its items, where it has a time of its own."""
        shares = set()
        for section in self.plan.sections:
            own = self.plan.pcs_of_section(section)
            if section.seconds is not None and pc in own:
                lines = [line for line in self.plan.lines if line.pc in own]
                numbers = (sum(line.least for line in lines), sum(line.most for line in lines))
                shares |= {section.seconds // number for number in numbers if number}
        return shares

    def _most_items(self) -> int:
        """How many items a paper may have: what its lines allow, and less where an element bounds its PCs together."""
        bound = [quota for quota in self.plan.quotas if quota.element is not None]
        covered = {pc for quota in bound for pc in self.plan.pcs_of(quota)}
        rest = sum(line.most for line in self.plan.lines if line.pc not in covered)
        return min(sum(line.most for line in self.plan.lines), rest + sum(quota.most for quota in bound))

    def missing(self, kind: Kind, number: int) -> Missing:
        """A kind to be written, with what the bank has of it."""
        like, quotas = kind.like, self._quotas_of(kind.like.pc)
        difficulty = like.difficulty if any(quota.difficulty for quota in quotas) else None
        interaction = like.interaction if any(quota.interaction for quota in quotas) else None
        alike = [
            item
            for item in self.bank
            if item.pc == like.pc
            and difficulty in (None, item.difficulty)
            and interaction in (None, item.interaction)
            and set(like.tags) <= set(item.tags)
            and fits_component(item, self.plan.component)
        ]
        ready = suitable(alike, self.plan)
        lacking = Counter(
            language for item in alike for language in self.plan.languages if language not in item.languages
        )
        return Missing(
            pc=like.pc,
            count=number,
            difficulty=difficulty,
            interaction=interaction,
            tags=like.tags,
            marks=like.marks,
            seconds=like.seconds,
            quick=like.seconds < self._usual_seconds(like.pc),
            live=len(ready),
            capped=sum(is_spent(item, self.plan, used=self.used) for item in ready),
            untranslated=tuple((name, lacking[name]) for name in self.plan.languages if lacking[name]),
        )

    def relaxed(self, missing: Sequence[Missing], *, spare: int) -> list[Missing]:
        """The same items with as much time as the paper has to spare, in equal parts for those that must be quick."""
        quick = sum(one.count for one in missing if one.quick)
        found = []
        for one in missing:
            usual = self._usual_seconds(one.pc)
            seconds = min(usual, one.seconds + spare // quick) if one.quick else one.seconds
            found.append(replace(one, seconds=seconds, quick=seconds < usual))
        return found

    def causes(self) -> Iterator[Cause]:
        """The obstacles each of which, taken away alone, would let the papers be made."""
        items = self.items
        times = [item.seconds for item in items]
        if (quickest := self.solve(items, asked=Asked(time=False), costs=times)).found:
            needed = sum(
                seconds * value for seconds, value in zip(times * self.count, quickest.values, strict=True)
            )
            budget = self.plan.seconds * self.count
            yield Cause(
                Obstacle.TIME,
                {"needed_seconds": needed, "seconds": budget, "excess_seconds": needed - budget},
            )
        if (quickest := self.solve(items, asked=Asked(sections=False), costs=times)).found:
            yield from self._full_sections(items, quickest)
        if (mixed := self.solve(items, asked=Asked(enemies=False))).found:
            yield Cause(Obstacle.ENEMIES, {"groups": self._broken(items, mixed)})
        if self.plan.exposure_cap is not None:
            spent = [
                item for item in suitable(self.bank, self.plan) if is_spent(item, self.plan, used=self.used)
            ]
            free = replace(self, plan=replace(self.plan, exposure_cap=None))
            if spent and free.solve(free.items).found:
                capped = Counter(item.pc for item in spent)
                yield Cause(
                    Obstacle.EXPOSURE, {"cap": self.plan.exposure_cap, "items": dict(sorted(capped.items()))}
                )
        shared = self.plan.overlap_cap is not None and (self.others or self.count > 1)
        if shared and self.solve(items, asked=Asked(overlap=False)).found:
            papers = self.count + len(self.others)
            yield Cause(Obstacle.OVERLAP, {"cap": self.plan.overlap_cap, "papers": papers})

    def _full_sections(self, items: Sequence[BankItem], quickest: Selection) -> Iterator[Cause]:
        """The sections in which even the quickest papers take more than the time; none where no section has its own."""
        full = []
        for section in self.plan.sections:
            own = set(self.plan.pcs_of_section(section))
            times = [item.seconds if item.pc in own else 0 for item in items] * self.count
            needed = sum(seconds * value for seconds, value in zip(times, quickest.values, strict=True))
            if section.seconds is not None and needed > section.seconds * self.count:
                excess = needed - section.seconds * self.count
                full.append({"title": dict(section.title.by_language), "excess_seconds": excess})
        if full:
            yield Cause(Obstacle.SECTION_TIME, {"sections": full})

    def _broken(self, items: Sequence[BankItem], mixed: Selection) -> list[dict[str, object]]:
        """The groups of enemies that a selection without regard to them puts together."""
        found: list[dict[str, object]] = []
        for name, places in enemy_groups(items, self.plan):
            papers = range(self.count)
            if any(sum(mixed.values[paper * len(items) + place] for place in places) > 1 for paper in papers):
                found.append({"name": name, "items": sorted({same_item(items[place]) for place in places})})
        return found


def _interactions(quotas: Sequence[Quota]) -> list[Interaction]:
    """The types that quotas name, and one that none of them names."""
    named = list(dict.fromkeys(quota.interaction for quota in quotas if quota.interaction))
    return [*[kind for kind in Interaction if kind not in named][:1], *named]


def _tag_sets(quotas: Sequence[Quota]) -> list[tuple[str, ...]]:
    """The sets of tags that make a difference: all of them while they are few, else up to two and all together."""
    tags = sorted({quota.tag for quota in quotas if quota.tag})
    sizes = range(len(tags) + 1) if len(tags) <= _ALL_SUBSETS else (0, 1, 2, len(tags))
    return [chosen for size in sizes for chosen in combinations(tags, size)]
