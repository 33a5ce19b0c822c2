# SPDX-License-Identifier: Apache-2.0
"""What makes a section of a form adaptive: the order of its items, its tables of stops, and items that can settle anything.

What a running attempt does with them is in `assessor.attempts.settling`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from assessor.forms.sections import FormSection
from core.errors import Conflict
from core.ids import seeded
from item_bank.api import AdaptiveRules, Balance, ItemVersion, PlanSection
from scoring.adaptive.model import StopTable
from scoring.api import Interaction

_RIGHT_OR_WRONG = frozenset({Interaction.CHOICE_SINGLE, Interaction.CHOICE_MULTIPLE, Interaction.TEXT_ENTRY})


@dataclass(slots=True)
class FirstUse:
    """What everybody was asked on the papers of a draw so far: in how many `papers` each item stood there, by item id."""

    papers: int = 0
    asked: Counter[str] = field(default_factory=Counter)

    def add(self, rules: AdaptiveRules, items: Sequence[str]) -> None:
        """Count the items that everybody is asked on the next paper; at its end `papers` has to grow.

        Raises Conflict `adaptive_exposure_over` (facts most, papers) where one is over the section's limit.
        """
        self.asked.update(items)
        most = rules.exposure
        if most is not None and any(self.asked[item] > most * self.papers + 1 for item in items):
            raise Conflict("adaptive_exposure_over", most=str(most), papers=self.papers + 1)


def section_order(
    section: PlanSection, own: Sequence[ItemVersion], *, seed: int, before: FirstUse
) -> tuple[str, ...]:
    """The drawn versions of a section in the order in which they are asked.

    As drawn; in an adaptive one the PCs take turns and within a PC the order is drawn from the paper's seed, so that no item is
    always the first, which everybody sees. What the section mixes by is in balance at every place, and an item that stood too
    often among the first ones waits.
    """
    rules = section.adaptive
    if rules is None:
        return tuple(one.id for one in own)
    from scoring.adaptive.order import ExposureLimit, OrderItem, order_items

    limit = None if rules.exposure is None else ExposureLimit(rules.exposure, before.papers)
    items = [OrderItem(one.id, one.content.pc, _group(rules, one), before.asked[one.item_id]) for one in own]
    return order_items(items, draw=seeded(seed), limit=limit)


def _group(rules: AdaptiveRules, version: ItemVersion) -> str:
    match rules.balance:
        case Balance.DIFFICULTY:
            return version.content.difficulty.value
        case Balance.TYPE:
            return version.content.interaction.value
        case None:
            return ""


def section_stops(section: PlanSection, own: Sequence[ItemVersion]) -> tuple[tuple[str, StopTable], ...]:
    """The tables of an adaptive section by PC; none of another one. Raises Conflict `adaptive_pc_unsettled` (facts pc)."""
    if section.adaptive is None:
        return ()
    tables = []
    counted = Counter(one.content.pc for one in own)
    for pc, number in sorted(counted.items()):
        share: Fraction | None = section.adaptive.share(pc)
        if share is None:
            raise Conflict("adaptive_pc_unsettled", pc=pc)
        tables.append((pc, section.adaptive.table(number, share)))
    return tuple(tables)


def asked_of_all(section: FormSection, versions: Mapping[str, ItemVersion]) -> list[str]:
    """The item ids of an adaptive section that everybody is asked: of each PC as many as its table asks at least."""
    found: list[str] = []
    for pc, table in section.stops:
        row = [versions[one].item_id for one in section.items if versions[one].content.pc == pc]
        found += row[: table.least]
    return found


def require_settling(sections: Sequence[FormSection], versions: Mapping[str, ItemVersion]) -> None:
    """Refuse items in an adaptive section that are not simply right or wrong, or weigh differently within their PC.

    Raises Conflict `adaptive_item` (facts section, pc).
    """
    for section in sections:
        if not section.adaptive:
            continue
        marks: dict[str, Fraction] = {}
        for version_id in section.items:
            content = versions[version_id].content
            same = marks.setdefault(content.pc, content.marks) == content.marks
            if not same or content.interaction not in _RIGHT_OR_WRONG:
                raise Conflict("adaptive_item", section=section.id, pc=content.pc)
