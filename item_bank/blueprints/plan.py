# SPDX-License-Identifier: Apache-2.0
"""A blueprint of version 2 as a value: counts, quotas, languages, time, enemies, caps. No parsing, no drawing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Final

from item_bank.blueprints.plan_sections import PlanSection, named_pcs
from item_bank.items.model import BankItem, Difficulty
from scoring.api import Interaction, LintLimits, format_mark, format_share

PLAN_VERSION: Final = 2
USUAL_LIMITS: Final = LintLimits()
ENEMY_TAG: Final = "enemy:"
"""Items with the same tag of this kind must not stand in one paper."""
COMPONENT_TAG: Final = "component:"
"""An item with a tag of this kind is for that component only; one without is for every component."""


class OverlapScope(StrEnum):
    """Among which papers the overlap cap holds."""

    DRAW = "draw"
    ASSESSMENT = "assessment"


@dataclass(frozen=True, slots=True)
class PcLine:
    """How many items a paper has for one PC, and how many marks they make together (None: not fixed)."""

    pc: str
    least: int
    most: int
    marks: Fraction | None = None

    def to_document(self) -> dict[str, object]:
        """The JSON form."""
        document: dict[str, object] = {"pc": self.pc, "least": self.least, "most": self.most}
        if self.marks is not None:
            document["marks"] = format_mark(self.marks)
        return document


@dataclass(frozen=True, slots=True)
class Quota:
    """A bound on the items of a paper that fit a description, and the marks they make together; None is not asked for.

    An element is named together with its NOS.
    """

    least: int
    most: int
    pc: str | None = None
    nos: str | None = None
    element: str | None = None
    difficulty: Difficulty | None = None
    interaction: Interaction | None = None
    tag: str | None = None
    marks: Fraction | None = None

    def describes(self, item: BankItem) -> bool:
        """Whether an item of the right PC is what the quota asks for."""
        return (
            self.difficulty in (None, item.difficulty)
            and self.interaction in (None, item.interaction)
            and (self.tag is None or self.tag in item.tags)
        )

    def to_document(self) -> dict[str, object]:
        """The JSON form."""
        asked = {
            "pc": self.pc,
            "nos": self.nos,
            "element": self.element,
            "difficulty": self.difficulty.value if self.difficulty else None,
            "type": self.interaction.value if self.interaction else None,
            "tag": self.tag,
        }
        return {
            **{name: value for name, value in asked.items() if value is not None},
            "least": self.least,
            "most": self.most,
            **({} if self.marks is None else {"marks": format_mark(self.marks)}),
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """The constraints of a paper.

    ``seconds`` is the time of the paper, and the planned time of its items fits into it. ``enemies`` are groups of item ids of
    which a paper has at most one. ``exposure_cap`` is in how many sealed papers of the credential an item may stand,
    ``overlap_cap`` how many items two papers may share; None is no cap. ``standards`` are the PCs of each NOS, and of each
    element by the names of its NOS and its own. ``sections`` are the ordered parts of the paper; none: one with everything.
    """

    component: str
    seconds: int
    languages: tuple[str, ...]
    lines: tuple[PcLine, ...]
    quotas: tuple[Quota, ...] = ()
    enemies: tuple[tuple[str, ...], ...] = ()
    exposure_cap: int | None = None
    overlap_cap: int | None = 0
    overlap_scope: OverlapScope = OverlapScope.DRAW
    limits: LintLimits = USUAL_LIMITS
    standards: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sections: tuple[PlanSection, ...] = ()

    @property
    def items(self) -> int:
        """The least number of items of a paper."""
        return sum(line.least for line in self.lines)

    @property
    def items_per_pc(self) -> tuple[tuple[str, int], ...]:
        """The least number of items of each PC."""
        return tuple((line.pc, line.least) for line in self.lines)

    def line(self, pc: str) -> PcLine | None:
        """The line of a PC."""
        return next((line for line in self.lines if line.pc == pc), None)

    def pcs_of(self, quota: Quota) -> frozenset[str]:
        """The PCs that a quota speaks of."""
        if quota.pc is not None:
            return frozenset({quota.pc})
        if quota.nos is not None:
            name = standard_name(quota.nos, quota.element)
            return frozenset(pc for code, pcs in self.standards if code == name for pc in pcs)
        return frozenset(line.pc for line in self.lines)

    def pcs_of_section(self, section: PlanSection) -> tuple[str, ...]:
        """The PCs of a section, in the order of the plan's lines."""
        planned = [line.pc for line in self.lines]
        named = set(named_pcs(section, standards=dict(self.standards), planned=planned))
        return tuple(pc for pc in planned if pc in named)

    def counts(self, quota: Quota, item: BankItem) -> bool:
        """Whether an item falls under a quota."""
        return item.pc in self.pcs_of(quota) and quota.describes(item)

    def without_quota(self, position: int) -> Plan:
        """The same plan with one quota less."""
        return replace(self, quotas=self.quotas[:position] + self.quotas[position + 1 :])

    def to_document(self) -> dict[str, object]:
        """The JSON form; reading it again with the same credential gives an equal value."""
        document: dict[str, object] = {
            "version": PLAN_VERSION,
            "component": self.component,
            "seconds": self.seconds,
            "languages": list(self.languages),
            "pcs": [line.to_document() for line in self.lines],
            "quotas": [quota.to_document() for quota in self.quotas],
            "enemies": [list(group) for group in self.enemies],
            "exposure_cap": self.exposure_cap,
            "overlap": {"most": self.overlap_cap, "among": self.overlap_scope.value},
            "limits": {
                "master_fails": format_share(self.limits.master_fails),
                "guesser_passes": format_share(self.limits.guesser_passes),
            },
        }
        if self.sections:
            document["sections"] = [section.to_document() for section in self.sections]
        return document


def standard_name(nos: str, element: str | None = None) -> str:
    """The name of a NOS, or of an element of it."""
    return nos if element is None else f"{nos} {element}"


def speaks(item: BankItem, languages: tuple[str, ...]) -> bool:
    """Whether an item is there in all of the languages."""
    return set(languages) <= set(item.languages)


def fits_component(item: BankItem, component: str) -> bool:
    """Whether an item may stand in a component's paper."""
    named = [tag.removeprefix(COMPONENT_TAG) for tag in item.tags if tag.startswith(COMPONENT_TAG)]
    return not named or component in named


def same_item(item: BankItem) -> str:
    """What two versions of one item have in common; the version itself where the bank does not say."""
    return item.item_id or item.version_id
