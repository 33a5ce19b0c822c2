# SPDX-License-Identifier: Apache-2.0
"""The compiler: papers that keep every constraint, or the exact deficit."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from core.canonical import canonical_json
from item_bank.blueprints.bulk import draw_many
from item_bank.blueprints.compiler import (
    CompiledForm,
    bank_document,
    bank_of_document,
    compile_form,
    compile_forms,
    compiler_name,
)
from item_bank.blueprints.deficits import Deficits, Obstacle, contradictions
from item_bank.blueprints.plan import PcLine, Quota
from item_bank.items.model import BankItem, Difficulty
from scoring.api import Interaction, check_overlap, check_use
from tests.unit.item_bank.blueprints.plans import a_bank, a_plan, an_item, faults_of, written


def drawn(*arguments: Any, **more: Any) -> tuple[CompiledForm, ...]:
    found = compile_forms(*arguments, **{"seed": 1, "count": 1, **more})
    assert not isinstance(found, Deficits), found
    return found


def short(*arguments: Any, **more: Any) -> Deficits:
    found = compile_forms(*arguments, **{"seed": 1, "count": 1, **more})
    assert isinstance(found, Deficits)
    return found


FULL = a_plan(
    3,
    3,
    3,
    seconds=400,
    quotas=(
        Quota(2, 4, difficulty=Difficulty.EASY),
        Quota(1, 1, pc="PC2", interaction=Interaction.TEXT_ENTRY),
        Quota(1, 9, tag="case"),
        Quota(9, 9, nos="N1"),
    ),
    enemies=(("i00001", "i00004"), ("i00002", "i00005", "i00008")),
    standards=(("N1", ("PC1", "PC2", "PC3")),),
)


def test_a_paper_keeps_every_constraint_and_says_what_it_was_drawn_from() -> None:
    bank = a_bank(120)
    for seed in range(20):
        (form,) = drawn(bank, FULL, seed=seed)
        assert faults_of(bank, FULL, form.version_ids) == ()
        assert form.seed == seed
        assert (form.number, form.compiler, form.proved) == (1, compiler_name(), True)
        assert form.seconds <= 400


def test_the_same_bank_in_any_order_and_the_same_seed_give_the_same_bytes() -> None:
    bank = a_bank(120)
    first, again = drawn(bank, FULL, seed=7, count=3), drawn(bank[::-1], FULL, seed=7, count=3)
    assert first == again
    assert canonical_json([form.version_ids for form in first]) == canonical_json(
        [form.version_ids for form in again]
    )
    assert drawn(bank, FULL, seed=8, count=3) != first


def test_a_recorded_bank_replays_the_draw() -> None:
    bank, used, others = a_bank(120), {"i00003": 2}, [frozenset({"i00001", "i00006"})]
    plan = replace(FULL, exposure_cap=2)
    document = bank_document(bank, used=used, others=others)
    again, counted, before = bank_of_document(document)
    assert drawn(again, plan, seed=3, count=2, used=counted, others=before) == drawn(
        bank, plan, seed=3, count=2, used=used, others=others
    )


def test_different_seeds_draw_different_papers_and_the_least_used_items_first() -> None:
    bank = [an_item(number) for number in range(12)]
    papers = {compile_form(bank, a_plan(4), seed=seed).version_ids for seed in range(12)}  # type: ignore[union-attr]
    assert len(papers) > 6
    used = {f"i{number:05}": 1 for number in range(8)}
    (form,) = drawn(bank, a_plan(4), used=used)
    assert set(form.version_ids) == {"v00008", "v00009", "v00010", "v00011"}


def test_papers_of_one_draw_share_no_more_than_the_cap() -> None:
    bank = [an_item(number) for number in range(12)]
    three = drawn(bank, a_plan(4), count=3)
    assert len({one for form in three for one in form.version_ids}) == 12
    six = drawn(bank, a_plan(4, overlap_cap=2), count=6)
    assert check_overlap([form.version_ids for form in six], cap=2) == ()
    assert isinstance(compile_forms(bank, a_plan(4), seed=1, count=4), Deficits)


def test_a_first_paper_never_takes_what_the_last_one_needs() -> None:
    # Three papers of two within 60 s: only 10 + 50 each works out; two quick ones together would strand the slow ones.
    bank = [an_item(number, seconds=10 if number < 3 else 50) for number in range(6)]
    for seed in range(10):
        papers = drawn(bank, a_plan(2, seconds=60), count=3, seed=seed)
        assert all(form.seconds == 60 for form in papers)


def test_two_versions_of_one_item_never_stand_together() -> None:
    bank = [an_item(1), an_item(2, item_id="i00001"), an_item(3)]
    (form,) = drawn(bank, a_plan(2))
    assert "v00003" in form.version_ids
    assert short(bank, a_plan(3)).causes[0].obstacle is Obstacle.ENEMIES


def test_marks_of_a_criterion_are_met_exactly() -> None:
    bank = [an_item(1, marks=Fraction(2)), an_item(2, marks=Fraction(3, 2)), an_item(3), an_item(4)]
    plan = a_plan(lines=(PcLine("PC1", 2, 3, Fraction(7, 2)),))
    (form,) = drawn(bank, plan)
    assert set(form.version_ids) == {"v00001", "v00002"}


def test_the_deficit_names_pc_difficulty_language_and_what_is_there() -> None:
    bank = [an_item(1), an_item(2), an_item(3, languages=("en",)), an_item(4, difficulty=Difficulty.EASY)]
    plan = a_plan(4, quotas=(Quota(4, 4, pc="PC1", difficulty=Difficulty.MEDIUM),))
    (missing,) = short(bank, plan).missing
    assert (missing.pc, missing.count, missing.difficulty) == ("PC1", 2, Difficulty.MEDIUM)
    assert (missing.live, missing.capped, missing.untranslated) == (2, 0, (("hi", 1),))
    assert (missing.interaction, missing.tags, missing.quick) == (None, (), False)


def test_a_paper_that_takes_too_long_says_by_how_much_and_what_would_help() -> None:
    bank = [an_item(number, seconds=40) for number in range(6)]
    found = short(bank, a_plan(4, seconds=150))
    (cause,) = found.causes
    assert (cause.obstacle, cause.facts["excess_seconds"]) == (Obstacle.TIME, 10)
    (missing,) = found.missing
    assert (missing.count, missing.quick, missing.seconds) == (1, True, 30)


def test_enemies_that_leave_too_few_items_are_named() -> None:
    bank = [an_item(1, tags=("enemy:x",)), an_item(2, tags=("enemy:x",)), an_item(3)]
    found = short(bank, a_plan(3))
    assert found.causes[0].facts == {"groups": [{"name": "enemy:x", "items": ["i00001", "i00002"]}]}
    assert found.missing[0].count == 1


def test_items_at_the_exposure_cap_are_left_out_and_counted() -> None:
    bank = [an_item(number) for number in range(4)]
    plan = a_plan(3, exposure_cap=2)
    found = short(bank, plan, used={"i00000": 2, "i00001": 2})
    assert found.causes[0].facts == {"cap": 2, "items": {"PC1": 2}}
    assert (found.missing[0].count, found.missing[0].live, found.missing[0].capped) == (1, 4, 2)


def test_an_earlier_paper_can_stand_in_the_way() -> None:
    bank = [an_item(number) for number in range(4)]
    found = short(bank, a_plan(3), others=[frozenset({"i00000", "i00001"})])
    assert found.causes[0].obstacle is Obstacle.OVERLAP
    assert found.missing[0].count == 1


def test_quotas_that_no_bank_can_keep_are_named_and_no_others() -> None:
    plan = a_plan(
        4,
        quotas=(
            Quota(0, 4, difficulty=Difficulty.HARD),
            Quota(3, 4, difficulty=Difficulty.EASY),
            Quota(2, 4, difficulty=Difficulty.MEDIUM),
        ),
    )
    assert contradictions(plan) == (1, 2)
    assert contradictions(a_plan(4)) is None
    assert contradictions(a_plan(4, seconds=3)) == ()
    found = short([an_item(1)], plan)
    assert (found.missing, found.causes[0].obstacle) == ((), Obstacle.CONTRADICTION)
    assert [quota["difficulty"] for quota in found.causes[0].facts["quotas"]] == ["easy", "medium"]  # type: ignore[attr-defined]


def test_several_tags_may_be_asked_of_one_item() -> None:
    quotas = tuple(Quota(1, 1, tag=f"t{number}") for number in range(6))
    found = short([], a_plan(1, quotas=quotas))
    assert [missing.tags for missing in found.missing] == [("t0", "t1", "t2", "t3", "t4", "t5")]
    drawn(written(found), a_plan(1, quotas=quotas))


def test_a_quota_of_marks_on_an_element_is_kept() -> None:
    lines = (PcLine("PC1", 1, 3), PcLine("PC2", 1, 3))
    plan = a_plan(
        lines=lines,
        quotas=(Quota(2, 4, nos="N1", element="E1", marks=Fraction(5, 2)),),
        standards=(("N1 E1", ("PC1", "PC2")),),
    )
    bank = [an_item(1), an_item(2, "PC2"), an_item(3, "PC2", marks=Fraction(1, 2))]
    (form,) = drawn(bank, plan)
    assert len(form.version_ids) == 3
    found = short(bank[:2], plan)
    assert sum(missing.count for missing in found.missing) == 1
    drawn([*bank[:2], *written(found)], plan)


def test_a_great_draw_is_different_papers_within_the_caps() -> None:
    bank = a_bank(400)
    plan = replace(FULL, exposure_cap=60, overlap_cap=6, seconds=420)
    papers = draw_many(bank, plan, seed=4, count=300).papers
    assert len({frozenset(paper) for paper in papers}) == 300
    assert all(faults_of(bank, plan, paper) == () for paper in papers)
    names = [[version.replace("v", "i") for version in paper] for paper in papers]
    assert check_overlap(names, cap=6) == ()
    assert check_use(names, cap=60, used={}) == ()
    assert draw_many(bank[::-1], plan, seed=4, count=300).papers == papers


def test_a_great_draw_says_why_it_ends() -> None:
    bank = [an_item(number) for number in range(8)]
    found = draw_many(bank, a_plan(4, exposure_cap=3, overlap_cap=None), seed=1, count=50)
    counted = Counter(one for paper in found.papers for one in paper)
    assert max(counted.values()) <= 3
    assert found.deficits is not None
    assert 1 <= len(found.papers) <= 6


def test_a_bank_that_holds_nothing_makes_no_great_draw() -> None:
    found = draw_many([], a_plan(2), seed=1, count=5)
    assert found.papers == ()
    assert found.deficits is not None
    assert found.deficits.missing[0].count == 2


@pytest.mark.parametrize("component", ["theory", "viva"])
def test_an_item_tagged_for_a_component_is_only_for_that_one(component: str) -> None:
    bank: list[BankItem] = [an_item(1, tags=("component:viva",)), an_item(2)]
    (form,) = drawn(bank, a_plan(1, component=component), used={"i00002": 0 if component == "theory" else 1})
    assert form.version_ids == (("v00002",) if component == "theory" else ("v00001",))
