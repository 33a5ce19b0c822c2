# SPDX-License-Identifier: Apache-2.0
"""The compiler: a plan, a bank and a seed give papers, or the exact deficits. Pure; storing and sealing live elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.metadata import version
from random import Random
from typing import Any, Final

from core.canonical import digest
from core.ids import seeded
from item_bank.blueprints.deficits import Deficits, find_deficits
from item_bank.blueprints.plan import Plan, same_item
from item_bank.blueprints.programme import Others, all_rows, eligible, joint_rows
from item_bank.items.model import BankItem, Difficulty
from scoring.api import Interaction, SearchEnd, format_mark, select_least

_COMPILER: Final = "kasauti-compiler/1"
"""Whatever changes what is drawn from the same bank and seed changes this."""
_SPREAD: Final = 1000
_RESTARTS: Final = 4
_LARGEST_JOINT: Final = 30_000


@dataclass(frozen=True, slots=True)
class CompiledForm:
    """A paper: item version ids PC by PC, with everything that its replay needs besides the bank.

    ``proved`` says whether the draw was proved the cheapest under its random costs; it keeps every constraint either way.
    """

    version_ids: tuple[str, ...]
    seed: int
    number: int
    plan_sha256: str
    bank_sha256: str
    seconds: int
    proved: bool
    compiler: str


@cache
def compiler_name() -> str:
    """What is recorded with every draw: this compiler, and the library that brings the solver."""
    return f"{_COMPILER} scipy/{version('scipy')}"


def bank_document(
    bank: Sequence[BankItem], *, used: Mapping[str, int], others: Others = ()
) -> dict[str, object]:
    """The snapshot that a draw is made from, in a fixed order: its hash is recorded with the draw."""
    return {
        "items": [
            {
                "version": item.version_id,
                "item": same_item(item),
                "pc": item.pc,
                "seconds": item.seconds,
                "difficulty": item.difficulty.value,
                "marks": format_mark(item.marks),
                "languages": sorted(item.languages),
                "type": item.interaction.value,
                "tags": sorted(set(item.tags)),
                "used": used.get(same_item(item), 0),
            }
            for item in sorted(bank, key=lambda item: item.version_id)
        ],
        "others": [sorted(other) for other in others],
    }


def compile_form(
    bank: Sequence[BankItem],
    plan: Plan,
    *,
    seed: int,
    used: Mapping[str, int] | None = None,
    others: Others = (),
) -> CompiledForm | Deficits:
    """Draw one paper. ``used`` counts sealed papers by item id, ``others`` are papers that the overlap cap looks at.

    The least used items go first, by chance among equals. The same bank, in any order, and the same seed give the same paper.
    """
    drawn = compile_forms(bank, plan, seed=seed, count=1, used=used, others=others)
    return drawn if isinstance(drawn, Deficits) else drawn[0]


def compile_forms(
    bank: Sequence[BankItem],
    plan: Plan,
    *,
    seed: int,
    count: int,
    used: Mapping[str, int] | None = None,
    others: Others = (),
) -> tuple[CompiledForm, ...] | Deficits:
    """Draw ``count`` papers for people who sit together: all of them, or the deficits of all of them.

    One after the other, then all at once where that fails, so that a first paper never takes what the last one needs.
    """
    before = dict(used or {})
    stamp = _Stamp(seed, digest(plan.to_document()), digest(bank_document(bank, used=before, others=others)))
    drawing = _Drawing(bank, plan, seeded(seed), before, tuple(others))
    start = reached = (before, list(others))
    for _ in range(_RESTARTS if count > 1 else 1):
        drawn, reached = drawing.in_turn(count, *start)
        if len(drawn) == count:
            return tuple(stamp.form(one, number=number) for number, one in enumerate(drawn, 1))
    if count > 1 and plan.overlap_cap in (0, None) and len(bank) * count <= _LARGEST_JOINT:
        together = drawing.at_once(count)
        if together is not None:
            return tuple(stamp.form(one, number=number) for number, one in enumerate(together, 1))
        return find_deficits(bank, plan, count=count, used=before, others=others)
    return find_deficits(bank, plan, count=1, used=reached[0], others=reached[1])


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The items of one paper in their order, and whether they were proved the cheapest."""

    items: tuple[BankItem, ...]
    proved: bool


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What every paper of a draw records."""

    seed: int
    plan_sha256: str
    bank_sha256: str

    def form(self, drawn: _Drawn, *, number: int) -> CompiledForm:
        return CompiledForm(
            version_ids=tuple(item.version_id for item in drawn.items),
            seed=self.seed,
            number=number,
            plan_sha256=self.plan_sha256,
            bank_sha256=self.bank_sha256,
            seconds=sum(item.seconds for item in drawn.items),
            proved=drawn.proved,
            compiler=compiler_name(),
        )


_Use = tuple[dict[str, int], list[AbstractSet[str]]]
"""What is used so far, and the papers that the overlap cap looks at."""


@dataclass(frozen=True, slots=True)
class _Drawing:
    """One run of the compiler."""

    bank: Sequence[BankItem]
    plan: Plan
    generator: Random
    used: Mapping[str, int]
    others: Others

    def in_turn(self, count: int, used: Mapping[str, int], others: Others) -> tuple[list[_Drawn], _Use]:
        """Papers one after the other until one cannot be had, and what was used when it could not."""
        spent, seen = Counter(used), list(others)
        made: list[_Drawn] = []
        while len(made) < count:
            items = eligible(self.bank, self.plan, used=spent)
            found = select_least(self._costs(items, spent), all_rows(items, self.plan, seen))
            if not found.found:
                break
            chosen = [item for item, value in zip(items, found.values, strict=True) if value]
            made.append(self._ordered(chosen, proved=found.outcome is SearchEnd.OPTIMAL))
            names = {same_item(item) for item in chosen}
            spent.update(names)
            seen.append(names)
        return made, (dict(spent), seen)

    def at_once(self, count: int) -> list[_Drawn] | None:
        """All papers in one programme: the exact way, None when there is none."""
        items = eligible(self.bank, self.plan, used=self.used)
        rows = joint_rows(items, self.plan, self.others, count=count, used=self.used)
        costs = [cost for _ in range(count) for cost in self._costs(items, self.used)]
        found = select_least(costs, rows)
        if not found.found:
            return None
        parts = [found.values[paper * len(items) : (paper + 1) * len(items)] for paper in range(count)]
        return [
            self._ordered([item for item, value in zip(items, part, strict=True) if value], proved=False)
            for part in parts
        ]

    def _costs(self, items: Sequence[BankItem], used: Mapping[str, int]) -> list[int]:
        """One more use costs more than any luck, so the least used items go first."""
        return [
            self.generator.randrange(1, _SPREAD) + 2 * _SPREAD * used.get(same_item(item), 0)
            for item in items
        ]

    def _ordered(self, items: Sequence[BankItem], *, proved: bool) -> _Drawn:
        """PC by PC as in the plan, by chance within each."""
        mixed = list(items)
        self.generator.shuffle(mixed)
        places = {line.pc: place for place, line in enumerate(self.plan.lines)}
        return _Drawn(tuple(sorted(mixed, key=lambda item: places[item.pc])), proved)


def bank_of_document(document: Mapping[str, Any]) -> tuple[list[BankItem], dict[str, int], list[set[str]]]:
    """A snapshot's bank, uses and other papers, for a replay."""
    items = [
        BankItem(
            version_id=entry["version"],
            pc=entry["pc"],
            seconds=entry["seconds"],
            difficulty=Difficulty(entry["difficulty"]),
            marks=Fraction(entry["marks"]),
            languages=tuple(entry["languages"]),
            interaction=Interaction(entry["type"]),
            tags=tuple(entry["tags"]),
            item_id=entry["item"],
        )
        for entry in document["items"]
    ]
    used = {entry["item"]: entry["used"] for entry in document["items"]}
    return items, used, [set(other) for other in document["others"]]
