# SPDX-License-Identifier: Apache-2.0
"""Figures of assembling papers, for ``kasauti bench items``: one exact paper, and ten thousand that are each re-checked."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from core.ids import seeded
from item_bank.api import BankItem, Deficits, Difficulty, PcLine, Plan, Quota, compile_form, draw_many
from scoring.api import Interaction, check_form, check_overlap, check_use, format_mark
from web.cli.bench import Figure, figure

PCS = 20
PAIRS = 50
EXPOSURE, OVERLAP = 150, 12


def form_figures(*, papers: int = 10_000, bank: int = 5_000) -> list[Figure]:
    """One 60-item paper from 1,000 items, and ``papers`` different ones from ``bank`` items, checked by independent code."""
    small, large = sample_bank(1_000), sample_bank(bank)
    one = sample_plan(small, seconds=45 * 60)
    spent = []
    for seed in range(5):
        began = time.perf_counter()
        form = compile_form(small, one, seed=seed)
        spent.append(time.perf_counter() - began)
        if isinstance(form, Deficits) or not form.proved or _faults(small, one, [form.version_ids]):
            raise RuntimeError("the paper is not the one that was asked for")
    many = sample_plan(large, seconds=50 * 60, exposure_cap=EXPOSURE, overlap_cap=OVERLAP)
    began = time.perf_counter()
    made = draw_many(large, many, seed=1, count=papers).papers
    drawing = time.perf_counter() - began
    began = time.perf_counter()
    faults = _faults(large, many, made)
    checking = time.perf_counter() - began
    different = len({frozenset(paper) for paper in made})
    return [
        figure(
            "form_60_of_1000",
            statistics.median(spent[1:]),
            "s",
            goal=0.5,
            note=f"{PCS} PCs, {PAIRS} enemy pairs, time cap, proved optimal; median of 4",
        ),
        figure(
            "forms_10000_of_5000",
            drawing,
            "s",
            goal=60,
            note=f"{different} different papers; exposure <= {EXPOSURE}, overlap <= {OVERLAP}",
        ),
        figure(
            "forms_10000_missing",
            papers - different,
            "papers",
            goal=0,
            note="asked for but not made, or twice",
        ),
        figure(
            "forms_10000_faults",
            faults,
            "faults",
            goal=0,
            note=f"by the independent checker, {checking:.1f} s",
        ),
    ]


def sample_bank(size: int) -> list[BankItem]:
    """A bank of made-up figures, the same each time."""
    chance = seeded(size)
    kinds = (Interaction.CHOICE_SINGLE,) * 3 + (Interaction.TEXT_ENTRY,)
    return [
        BankItem(
            version_id=f"v{number:05}",
            pc=f"PC{number % PCS + 1}",
            seconds=chance.choice((30, 35, 40, 45, 50, 60, 75, 90)),
            difficulty=chance.choice(list(Difficulty)),
            languages=("en", "hi"),
            interaction=chance.choice(kinds),
            item_id=f"i{number:05}",
        )
        for number in range(size)
    ]


def sample_plan(bank: Sequence[BankItem], *, seconds: int, **caps: int) -> Plan:
    """Sixty items, three of each PC, with quotas of difficulty and type and fifty pairs of enemies."""
    chance = seeded(5)
    names = [item.item_id for item in bank]
    return Plan(
        component="theory",
        seconds=seconds,
        languages=("en", "hi"),
        lines=tuple(PcLine(f"PC{number}", 3, 3, Fraction(3)) for number in range(1, PCS + 1)),
        quotas=(
            Quota(15, 25, difficulty=Difficulty.EASY),
            Quota(15, 25, difficulty=Difficulty.HARD),
            Quota(5, 60, interaction=Interaction.TEXT_ENTRY),
        ),
        enemies=tuple((first, second) for first, second in (chance.sample(names, 2) for _ in range(PAIRS))),
        exposure_cap=caps.get("exposure_cap"),
        overlap_cap=caps.get("overlap_cap", 0),
    )


def _faults(bank: Sequence[BankItem], plan: Plan, papers: Sequence[Sequence[str]]) -> int:
    facts = {item.version_id: _facts(item) for item in bank}
    document: dict[str, Any] = plan.to_document()
    found = sum(
        len(check_form(document, [facts[version] for version in paper], standards={})) for paper in papers
    )
    names = [[str(facts[version]["item"]) for version in paper] for paper in papers]
    found += len(check_use(names, cap=plan.exposure_cap, used={}))
    return found + len(check_overlap(names, cap=plan.overlap_cap))


def _facts(item: BankItem) -> dict[str, Any]:
    return {
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
