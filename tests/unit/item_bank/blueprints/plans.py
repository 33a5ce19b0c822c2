# SPDX-License-Identifier: Apache-2.0
"""Banks and plans for the tests of the compiler."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

from item_bank.blueprints.deficits import Deficits, Missing
from item_bank.blueprints.plan import PcLine, Plan
from item_bank.items.model import BankItem, Difficulty
from scoring.api import FormFault, Interaction, check_form, format_mark


def an_item(number: int, pc: str = "PC1", **changes: Any) -> BankItem:
    facts: dict[str, Any] = {
        "version_id": f"v{number:05}",
        "pc": pc,
        "seconds": 40,
        "difficulty": Difficulty.MEDIUM,
        "languages": ("en", "hi"),
        "item_id": f"i{number:05}",
    }
    return BankItem(**{**facts, **changes})


def a_bank(size: int, *, pcs: int = 3, seed: int = 1) -> list[BankItem]:
    chance = Random(seed)
    return [
        an_item(
            number,
            f"PC{number % pcs + 1}",
            seconds=chance.choice((30, 40, 50, 60)),
            difficulty=chance.choice(list(Difficulty)),
            interaction=chance.choice((Interaction.CHOICE_SINGLE, Interaction.TEXT_ENTRY)),
            languages=chance.choice((("en", "hi"), ("en", "hi"), ("en",))),
            tags=chance.choice(((), (), (), ("enemy:a",), ("case",))),
        )
        for number in range(size)
    ]


def a_plan(*needed: int, **changes: Any) -> Plan:
    facts: dict[str, Any] = {
        "component": "theory",
        "seconds": 900,
        "languages": ("en", "hi"),
        "lines": tuple(
            PcLine(f"PC{place}", count, count, Fraction(count)) for place, count in enumerate(needed, start=1)
        ),
    }
    return Plan(**{**facts, **changes})


def written(deficits: Deficits) -> list[BankItem]:
    """The missing items, as if somebody had written exactly them."""
    return [
        _written(missing, 90_000 + 100 * place + number)
        for place, missing in enumerate(deficits.missing)
        for number in range(missing.count)
    ]


def _written(missing: Missing, number: int) -> BankItem:
    return an_item(
        number,
        missing.pc,
        seconds=missing.seconds,
        difficulty=missing.difficulty or Difficulty.HARD,
        interaction=missing.interaction or Interaction.CHOICE_SINGLE,
        marks=missing.marks,
        tags=missing.tags,
    )


def faults_of(bank: Sequence[BankItem], plan: Plan, version_ids: Sequence[str]) -> tuple[FormFault, ...]:
    """What the independent checker finds."""
    by_version = {item.version_id: item for item in bank}
    facts = [
        {
            "version": item.version_id,
            "item": item.item_id,
            "pc": item.pc,
            "seconds": item.seconds,
            "difficulty": item.difficulty.value,
            "marks": format_mark(item.marks),
            "languages": item.languages,
            "type": item.interaction.value,
            "tags": item.tags,
        }
        for item in (by_version[version_id] for version_id in version_ids)
    ]
    return check_form(plan.to_document(), facts, standards=dict(plan.standards))
