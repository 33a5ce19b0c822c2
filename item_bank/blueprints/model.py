# SPDX-License-Identifier: Apache-2.0
"""What a paper must contain, and the draw that fills it. Pure: the bank, the exposure and the generator are handed in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

from core.errors import Conflict, Invalid
from item_bank.blueprints.plan import PLAN_VERSION, Plan
from item_bank.blueprints.plan_parsing import natural_plan, parse_plan
from item_bank.document import Part, duplicates
from item_bank.items.model import MAXIMUM_MARKS, BankItem
from item_bank.standards.model import CredentialDocument

BLUEPRINT_VERSION: Final = 1
_TRIES: Final = 60
_COMPONENT = re.compile(r"[a-z][a-z_]{1,19}")
_PC = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True)
class Blueprint:
    """The constraints of a paper: how many live items of each PC, for one component, within a planned time."""

    component: str
    seconds: int
    items_per_pc: tuple[tuple[str, int], ...]

    @property
    def items(self) -> int:
        """How many items a paper has."""
        return sum(count for _, count in self.items_per_pc)

    def to_document(self) -> dict[str, object]:
        """The JSON form; reading it again gives an equal value."""
        return {
            "version": BLUEPRINT_VERSION,
            "component": self.component,
            "seconds": self.seconds,
            "pcs": [{"pc": pc, "items": count} for pc, count in self.items_per_pc],
        }


AnyBlueprint = Blueprint | Plan


@dataclass(frozen=True, slots=True)
class StoredBlueprint:
    """A blueprint of an agency for one credential version; it never changes."""

    id: str
    owner_id: str
    credential_version_id: str
    name: str
    sha256: str
    blueprint: AnyBlueprint
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Waiver:
    """A named person's reason for using a blueprint although the lint of these PCs blocks it."""

    id: str
    blueprint_id: str
    person_id: str
    pcs: tuple[str, ...]
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a bank fills one line of a blueprint: ``papers`` is how many disjoint papers its items make."""

    pc: str
    needed: int
    live: int

    @property
    def missing(self) -> int:
        """How many items one paper still lacks."""
        return max(0, self.needed - self.live)

    @property
    def papers(self) -> int:
        """Disjoint papers; practice asks for three."""
        return self.live // self.needed


def parse_blueprint(document: object, *, credential: CredentialDocument) -> AnyBlueprint:
    """Read a blueprint of any version and hold it against its credential.

    Invalid(``blueprint_malformed``, problems=[{where, code, reason}, …]).
    """
    if isinstance(document, dict) and document.get("version") == PLAN_VERSION:
        return parse_plan(document, credential=credential)
    root = Part(document)
    blueprint = _read(root)
    if not root.problems:
        _check(root, blueprint, credential)
    if root.problems:
        raise Invalid("blueprint_malformed", problems=[problem.as_fact() for problem in root.problems])
    return blueprint


def natural_blueprint(credential: CredentialDocument, *, component: str) -> Blueprint:
    """The blueprint that a credential itself implies: as many items as marks, in the component's minutes.

    Invalid(``blueprint_malformed``) when the credential has no such component or the marks are not whole items.
    """
    marks = [(pc.id, pc.marks_in(component) / MAXIMUM_MARKS) for pc in credential.pcs]
    part = credential.component(component)
    blueprint = Blueprint(
        component=component,
        seconds=part.minutes * 60 if part else 0,
        items_per_pc=tuple((pc, int(count)) for pc, count in marks if count),
    )
    document = blueprint.to_document()
    parse_blueprint(document, credential=credential)
    return blueprint


def implied_blueprint(credential: CredentialDocument, *, component: str) -> AnyBlueprint:
    """The blueprint that any credential implies: of version 1 where each mark is an item of one PC, else of version 2.

    Invalid(``blueprint_malformed``) when the credential has no such component, or no marks in it.
    """
    plan = natural_plan(credential, component=component)
    if plan.quotas or any(line.least != line.most for line in plan.lines):
        return parse_plan(plan.to_document(), credential=credential)
    return natural_blueprint(credential, component=component)


def coverage(bank: Sequence[BankItem], blueprint: Blueprint) -> tuple[Coverage, ...]:
    """What the bank has for each line of the blueprint."""
    return tuple(
        Coverage(pc, needed, sum(item.pc == pc for item in bank)) for pc, needed in blueprint.items_per_pc
    )


def assemble(
    bank: Sequence[BankItem],
    blueprint: Blueprint,
    *,
    generator: Random,
    used: Mapping[str, int] | None = None,
    exclude: AbstractSet[str] = frozenset(),
) -> tuple[str, ...]:
    """Draw a paper: item version ids, PC by PC in the order of the blueprint.

    The least used items go first (``used`` counts earlier papers by version id), so that a bank of three papers gives three
    disjoint ones. The same bank, counts and seed give the same paper, whatever the order of ``bank``. Raises
    Conflict(``blueprint_deficit``) whose facts are {pc: {needed, live}} for each PC that falls short, and
    Conflict(``blueprint_time``, needed_seconds, seconds) when even the quickest items take too long.
    """
    counts = used or {}
    eligible = sorted(
        (item for item in bank if item.version_id not in exclude), key=lambda item: item.version_id
    )
    short = {
        line.pc: {"needed": line.needed, "live": line.live}
        for line in coverage(eligible, blueprint)
        if line.missing
    }
    if short:
        raise Conflict("blueprint_deficit", **short)
    pools = [
        _Pool([item for item in eligible if item.pc == pc], needed, counts)
        for pc, needed in blueprint.items_per_pc
    ]
    quickest = sum(sum(sorted(item.seconds for item in pool.items)[: pool.needed]) for pool in pools)
    if quickest > blueprint.seconds:
        raise Conflict("blueprint_time", needed_seconds=quickest, seconds=blueprint.seconds)
    later = _later_papers(pools, blueprint.seconds)
    for _ in range(_TRIES):
        drawn = [pool.draw(generator) for pool in pools]
        if _fits(pools, drawn, seconds=blueprint.seconds, later=later):
            break
    else:
        drawn = _search(pools, seconds=blueprint.seconds, later=later)
    return tuple(item.version_id for part in drawn for item in part)


class _Pool:
    """The eligible items of one PC, in an order that each draw shuffles, and what they have been used for."""

    def __init__(self, items: list[BankItem], needed: int, used: Mapping[str, int]) -> None:
        self.items = items
        self.needed = needed
        self._used = used

    def exposure(self, item: BankItem) -> int:
        """In how many papers an item has been."""
        return self._used.get(item.version_id, 0)

    @property
    def fresh(self) -> list[BankItem]:
        """The items that were used least."""
        least = min(self.exposure(item) for item in self.items)
        return [item for item in self.items if self.exposure(item) == least]

    def draw(self, generator: Random) -> list[BankItem]:
        """The least used items, by chance among equals."""
        generator.shuffle(self.items)
        return sorted(self.items, key=self.exposure)[: self.needed]

    def quickest_fresh(self, papers: int, *, without: Sequence[BankItem] = ()) -> int:
        """The seconds of the quickest fresh items for so many papers, once ``without`` are gone."""
        left = sorted(item.seconds for item in self.fresh if item not in without)
        return sum(left[: papers * self.needed])


def _later_papers(pools: Sequence[_Pool], seconds: int) -> int:
    """How many more papers of fresh items can follow this one, within the time of each."""
    papers = min(len(pool.fresh) // pool.needed for pool in pools)
    while papers and sum(pool.quickest_fresh(papers) for pool in pools) > papers * seconds:
        papers -= 1
    return max(0, papers - 1)


def _fits(pools: Sequence[_Pool], drawn: Sequence[list[BankItem]], *, seconds: int, later: int) -> bool:
    """Within the time itself, and not so full of quick items that the papers after it could not be."""
    if sum(item.seconds for part in drawn for item in part) > seconds:
        return False
    left = sum(pool.quickest_fresh(later, without=part) for pool, part in zip(pools, drawn, strict=True))
    return left <= later * seconds


_Choice = tuple[int, tuple[BankItem, ...]]
"""Total exposure, and the items."""


def _search(pools: Sequence[_Pool], *, seconds: int, later: int) -> list[list[BankItem]]:
    """The exact way, for when chance found nothing: dynamic programming over the seconds.

    Among the papers within the time: least exposure first, then the one that leaves enough quick items for ``later`` papers.
    """
    papers: dict[int, _Choice] = {0: (0, ())}
    for pool in pools:
        parts = _subsets(pool, seconds)
        grown: dict[int, _Choice] = {}
        for spent, (exposure, items) in papers.items():
            for more, (extra, chosen) in parts.items():
                _keep_best(grown, spent + more, (exposure + extra, (*items, *chosen)), seconds)
        papers = grown
    fresh = sum(pool.quickest_fresh(later + 1) for pool in pools)
    wanted = fresh - later * seconds
    best = min(papers, key=lambda spent: (papers[spent][0], max(0, wanted - spent), spent))
    chosen_items = iter(papers[best][1])
    return [[next(chosen_items) for _ in range(pool.needed)] for pool in pools]


def _subsets(pool: _Pool, seconds: int) -> dict[int, _Choice]:
    """For each total of seconds, the least used ``needed`` items of a pool that make it."""
    by_count: list[dict[int, _Choice]] = [{0: (0, ())}, *({} for _ in range(pool.needed))]
    for item in pool.items:
        for count in range(pool.needed, 0, -1):
            for spent, (exposure, items) in by_count[count - 1].items():
                choice = (exposure + pool.exposure(item), (*items, item))
                _keep_best(by_count[count], spent + item.seconds, choice, seconds)
    return by_count[pool.needed]


def _keep_best(table: dict[int, _Choice], spent: int, choice: _Choice, seconds: int) -> None:
    if spent <= seconds and (spent not in table or choice[0] < table[spent][0]):
        table[spent] = choice


def _read(root: Part) -> Blueprint:
    members = root.members("version", "component", "seconds", "pcs")
    members["version"].whole(minimum=BLUEPRINT_VERSION, maximum=BLUEPRINT_VERSION)
    lines = []
    for entry in members["pcs"].elements(minimum=1, maximum=500):
        parts = entry.members("pc", "items")
        lines.append((parts["pc"].name(_PC, example="PC1"), parts["items"].whole(minimum=1, maximum=200)))
    for pc in duplicates([pc for pc, _ in lines]):
        members["pcs"].refuse("duplicate", f"the PC {pc!r} occurs twice")
    return Blueprint(
        component=members["component"].name(_COMPONENT, example="theory"),
        seconds=members["seconds"].whole(minimum=1, maximum=360_000),
        items_per_pc=tuple(lines),
    )


def _check(root: Part, blueprint: Blueprint, credential: CredentialDocument) -> None:
    component = credential.component(blueprint.component)
    if component is None:
        root.problem_at(
            "component",
            code="unknown_component",
            reason=f"the credential has no component {blueprint.component!r}",
        )
        return
    if blueprint.seconds > component.minutes * 60:
        reason = f"{blueprint.seconds} s are more than the {component.minutes} min of {component.id}"
        root.problem_at("seconds", code="over_budget", reason=reason)
    for place, (pc_id, count) in enumerate(blueprint.items_per_pc):
        pc = credential.pc(pc_id)
        if pc is None:
            root.problem_at(
                "pcs", place, "pc", code="unknown_pc", reason=f"the credential has no PC {pc_id!r}"
            )
        elif pc.marks_in(component.id) != count * MAXIMUM_MARKS:
            reason = f"{count} items of 1 mark, but {pc_id} has {pc.marks_in(component.id)} marks in {component.id}"
            root.problem_at("pcs", place, "items", code="marks_differ", reason=reason)
    named = {pc for pc, _ in blueprint.items_per_pc}
    for pc in credential.pcs:
        if pc.marks_in(component.id) and pc.id not in named:
            root.problem_at(
                "pcs", code="pc_missing", reason=f"{pc.id} has marks in {component.id} but no items here"
            )
