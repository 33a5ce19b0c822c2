# SPDX-License-Identifier: Apache-2.0
"""Whatever the bank and the plan: papers are sound, and a deficit is exactly what has to be written."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from item_bank.blueprints.compiler import compile_forms
from item_bank.blueprints.deficits import Deficits, contradictions
from item_bank.blueprints.plan import PcLine, Plan, Quota
from item_bank.items.model import BankItem, Difficulty
from scoring.api import Interaction, check_overlap
from tests.unit.item_bank.blueprints.plans import a_bank, a_plan, faults_of, written

banks = st.builds(a_bank, st.integers(0, 30), pcs=st.just(2), seed=st.integers(0, 10_000))
bounds = st.tuples(st.integers(0, 2), st.integers(0, 4)).map(lambda pair: (min(pair), max(pair)))
quotas = st.builds(
    lambda bound, pc, difficulty, kind, tag: Quota(
        bound[0], bound[1], pc=pc, difficulty=difficulty, interaction=kind, tag=tag
    ),
    bounds,
    st.sampled_from([None, "PC1", "PC2"]),
    st.sampled_from([None, *Difficulty]),
    st.sampled_from([None, Interaction.TEXT_ENTRY]),
    st.sampled_from([None, "case"]),
)
plans = st.builds(
    lambda first, second, seconds, asked, cap: a_plan(
        lines=(PcLine("PC1", *first), PcLine("PC2", *second)),
        seconds=seconds,
        quotas=tuple(asked),
        enemies=(("i00000", "i00002"), ("i00001", "i00003", "i00005")),
        exposure_cap=cap,
    ),
    bounds,
    bounds,
    st.integers(60, 400),
    st.lists(quotas, max_size=3),
    st.sampled_from([None, 1, 3]),
)
USED = {f"i{number:05}": number % 4 for number in range(30)}


@settings(max_examples=80, deadline=None)
@given(bank=banks, plan=plans, count=st.integers(1, 3), seed=st.integers(0, 99))
def test_papers_are_sound_and_deficits_are_exact(
    bank: list[BankItem], plan: Plan, count: int, seed: int
) -> None:
    found = compile_forms(bank, plan, seed=seed, count=count, used=USED)
    if not isinstance(found, Deficits):
        assert [faults_of(bank, plan, form.version_ids) for form in found] == [()] * count
        names = [[version.replace("v", "i") for version in form.version_ids] for form in found]
        assert check_overlap(names, cap=plan.overlap_cap) == ()
        assert compile_forms(bank[::-1], plan, seed=seed, count=count, used=USED) == found
        return
    if not found.missing:
        assert contradictions(plan) is not None
        return
    # With the missing items it works, and with any of them left out it does not.
    new = written(found)
    assert not isinstance(compile_forms([*bank, *new], plan, seed=seed, count=count, used=USED), Deficits)
    fewer = compile_forms([*bank, *new[1:]], plan, seed=seed, count=count, used=USED)
    assert isinstance(fewer, Deficits)


@settings(max_examples=40, deadline=None)
@given(bank=banks, plan=plans)
def test_each_obstacle_that_is_named_is_one(bank: list[BankItem], plan: Plan) -> None:
    found = compile_forms(bank, plan, seed=1, count=1, used=USED)
    if not isinstance(found, Deficits):
        return
    for cause in found.causes:
        match cause.obstacle.value:
            case "time":
                excess = cause.facts["excess_seconds"]
                assert isinstance(excess, int)
                longer = replace(plan, seconds=plan.seconds + excess)
                assert not isinstance(compile_forms(bank, longer, seed=1, count=1, used=USED), Deficits)
                barely = replace(plan, seconds=plan.seconds + excess - 1)
                assert isinstance(compile_forms(bank, barely, seed=1, count=1, used=USED), Deficits)
            case "exposure":
                free = replace(plan, exposure_cap=None)
                assert not isinstance(compile_forms(bank, free, seed=1, count=1, used=USED), Deficits)
            case "enemies":
                assert cause.facts["groups"]
