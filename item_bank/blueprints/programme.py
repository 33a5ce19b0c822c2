# SPDX-License-Identifier: Apache-2.0
"""A plan over a set of items as the rows of an integer programme. Pure; what is done with an answer lives elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from item_bank.blueprints.plan import ENEMY_TAG, Plan, fits_component, same_item, speaks
from item_bank.items.model import BankItem
from scoring.api import LinearRow

Others = Sequence[AbstractSet[str]]
"""Earlier papers as sets of item ids."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Items of which any number may be had: what is still to be written. It has the facts of an item and no name."""

    like: BankItem
    most: int


def eligible(bank: Sequence[BankItem], plan: Plan, *, used: Mapping[str, int]) -> list[BankItem]:
    """The items that a paper may take, in the order of their ids: of its PCs, languages and component, below the exposure cap.

    ``used`` counts sealed papers by item id.
    """
    return [item for item in suitable(bank, plan) if not is_spent(item, plan, used=used)]


def suitable(bank: Sequence[BankItem], plan: Plan) -> list[BankItem]:
    """As ``eligible``, whatever the items have been used for."""
    pcs = {line.pc for line in plan.lines}
    found = (
        item
        for item in bank
        if item.pc in pcs and fits_component(item, plan.component) and speaks(item, plan.languages)
    )
    return sorted(found, key=lambda item: item.version_id)


def is_spent(item: BankItem, plan: Plan, *, used: Mapping[str, int]) -> bool:
    """Whether an item has reached the exposure cap."""
    return plan.exposure_cap is not None and used.get(same_item(item), 0) >= plan.exposure_cap


def enemy_groups(items: Sequence[BankItem], plan: Plan) -> list[tuple[str, tuple[int, ...]]]:
    """Groups of places in ``items`` of which a paper takes at most one: versions of one item, tags, the plan's own groups.

    Each with a name: the tag, or the place of the group in the plan. Groups of a single member are left out.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    by_item: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        by_item[same_item(item)].append(place)
        for tag in set(item.tags):
            if tag.startswith(ENEMY_TAG):
                groups[tag].append(place)
    for number, group in enumerate(plan.enemies):
        groups[f"enemies[{number}]"] = [place for name in group for place in by_item.get(name, ())]
    for name, places in by_item.items():
        if len(places) > 1:
            groups[f"item:{name}"] = places
    return [(name, tuple(sorted(places))) for name, places in sorted(groups.items()) if len(places) > 1]


def count_rows(
    items: Sequence[BankItem], plan: Plan, *, kinds: Sequence[Kind] = (), start: int = 0
) -> Iterator[LinearRow]:
    """The rows of counts and marks over ``items`` and then ``kinds``, whose variables begin at ``start``."""
    facts = [*items, *(kind.like for kind in kinds)]
    wished = [*(line.marks for line in plan.lines), *(quota.marks for quota in plan.quotas)]
    fixed = [marks for marks in wished if marks is not None]
    scale = lcm(*(item.marks.denominator for item in facts), *(marks.denominator for marks in fixed))

    def rows(places: Sequence[int], least: int, most: int, marks: Fraction | None) -> Iterator[LinearRow]:
        yield LinearRow({start + place: 1 for place in places}, least, most)
        if marks is not None:
            wanted = int(marks * scale)
            yield LinearRow(
                {start + place: int(facts[place].marks * scale) for place in places}, wanted, wanted
            )

    by_pc: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(facts):
        by_pc[item.pc].append(place)
    for line in plan.lines:
        yield from rows(by_pc[line.pc], line.least, line.most, line.marks)
    for quota in plan.quotas:
        spoken = plan.pcs_of(quota)
        places = [place for pc in spoken for place in by_pc[pc] if quota.describes(facts[place])]
        yield from rows(sorted(places), quota.least, quota.most, quota.marks)


def time_row(
    items: Sequence[BankItem], plan: Plan, *, kinds: Sequence[Kind] = (), start: int = 0
) -> LinearRow:
    """The row of the time."""
    facts = [*items, *(kind.like for kind in kinds)]
    return LinearRow({start + place: item.seconds for place, item in enumerate(facts)}, None, plan.seconds)


def section_time_rows(
    items: Sequence[BankItem], plan: Plan, *, kinds: Sequence[Kind] = (), start: int = 0
) -> list[LinearRow]:
    """One row for the time of each section that has its own."""
    facts = [*items, *(kind.like for kind in kinds)]
    rows = []
    for section in plan.sections:
        if section.seconds is not None:
            pcs = set(plan.pcs_of_section(section))
            own = {start + place: item.seconds for place, item in enumerate(facts) if item.pc in pcs}
            rows.append(LinearRow(own, None, section.seconds))
    return rows


def enemy_rows(items: Sequence[BankItem], plan: Plan, *, start: int = 0) -> list[LinearRow]:
    """At most one of each group of enemies."""
    return [
        LinearRow({start + place: 1 for place in places}, None, 1) for _, places in enemy_groups(items, plan)
    ]


def overlap_rows(items: Sequence[BankItem], plan: Plan, others: Others, *, start: int = 0) -> list[LinearRow]:
    """At most the overlap cap in common with each earlier paper."""
    if plan.overlap_cap is None:
        return []
    rows = []
    for other in others:
        shared = {start + place: 1 for place, item in enumerate(items) if same_item(item) in other}
        if len(shared) > plan.overlap_cap:
            rows.append(LinearRow(shared, None, plan.overlap_cap))
    return rows


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows are asked for; leaving some out shows what a paper fails on."""

    time: bool = True
    sections: bool = True
    enemies: bool = True
    overlap: bool = True


EVERYTHING = Asked()


def all_rows(
    items: Sequence[BankItem],
    plan: Plan,
    others: Others,
    *,
    kinds: Sequence[Kind] = (),
    start: int = 0,
    asked: Asked = EVERYTHING,
) -> list[LinearRow]:
    """Every row of one paper."""
    rows = list(count_rows(items, plan, kinds=kinds, start=start))
    if asked.time:
        rows.append(time_row(items, plan, kinds=kinds, start=start))
    if asked.sections:
        rows += section_time_rows(items, plan, kinds=kinds, start=start)
    if asked.enemies:
        rows += enemy_rows(items, plan, start=start)
    if asked.overlap:
        rows += overlap_rows(items, plan, others, start=start)
    return rows


def joint_rows(
    items: Sequence[BankItem],
    plan: Plan,
    others: Others,
    *,
    count: int,
    used: Mapping[str, int],
    kinds: Sequence[Kind] = (),
    asked: Asked = EVERYTHING,
) -> list[LinearRow]:
    """Every row of ``count`` papers, each with variables for ``items`` and then ``kinds``, and the rows between them.

    Between papers an overlap cap of 0 and the exposure cap are linear; a larger overlap cap is not, and is left out.
    """
    width = len(items) + len(kinds)
    rows = [
        row
        for paper in range(count)
        for row in all_rows(items, plan, others, kinds=kinds, start=paper * width, asked=asked)
    ]
    if count == 1:
        return rows
    by_item: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        by_item[same_item(item)].append(place)
    for name, places in by_item.items():
        most = count
        if asked.overlap and plan.overlap_cap == 0:
            most = 1
        if plan.exposure_cap is not None:
            most = min(most, plan.exposure_cap - used.get(name, 0))
        if most < count:
            members = {paper * width + place: 1 for paper in range(count) for place in places}
            rows.append(LinearRow(members, None, max(0, most)))
    return rows
