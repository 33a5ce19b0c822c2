# SPDX-License-Identifier: Apache-2.0
"""A blueprint against the thresholds of its credential, and the coverage matrix."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from item_bank.blueprints.linting import guess_chance, lint_blueprint, lint_form
from item_bank.blueprints.matrix import CRITERIA, ITEMS, QUESTIONS, CoverageCell, coverage_matrix
from item_bank.blueprints.model import natural_blueprint
from item_bank.blueprints.plan import PcLine, Plan, Quota
from item_bank.blueprints.plan_parsing import natural_plan
from item_bank.blueprints.proof import prove
from item_bank.items.model import BankItem, Difficulty
from item_bank.samples import load_sample
from item_bank.standards.parsing import parse_credential
from scoring.api import Interaction, LintLimits, item_judgement
from tests.unit.item_bank.blueprints.plans import an_item
from tests.unit.item_bank.builders import changed, credential, pc, share

SAMPLE = parse_credential(load_sample().credential)


def theory_only(items: int, *, threshold: str = "7/10") -> Any:
    """A credential whose PC1 is decided by so many theory marks alone."""
    document = credential(practical=None, viva=None)
    document = changed(
        document, "nos", 0, "pcs", to=[pc("PC1", threshold=threshold, marks={"theory": str(items)})]
    )
    rule = {"version": 1, "rule": {"all_of": [share({"pc": "PC1"}, threshold)]}}
    return parse_credential(changed(document, "rule", to=rule))


def lint_of(items: int, **changes: Any) -> Any:
    found = theory_only(items, **changes)
    return lint_blueprint(natural_plan(found, component="theory"), found).lines[0]


def test_the_sample_form_passes_and_shows_the_printed_chances() -> None:
    for blueprint in (
        natural_blueprint(SAMPLE, component="theory"),
        natural_plan(SAMPLE, component="theory"),
    ):
        lint = lint_blueprint(blueprint, SAMPLE)
        assert lint.blocking == ()
        first = lint.lines[0]
        assert first.paper is not None
        assert first.items == 4
        assert first.paper.needed == 3
        assert (round(float(first.paper.master), 3), round(float(first.paper.guesser), 3)) == (0.948, 0.051)
        assert (first.smallest, first.better_lengths, first.warns) == (4, (), False)


def test_the_decision_counts_every_mark_of_the_rule() -> None:
    third = lint_blueprint(natural_plan(SAMPLE, component="theory"), SAMPLE).lines[2]
    assert third.paper is not None
    assert third.decision is not None
    # 80 %: all four items, were the paper alone; eight of ten marks with practical and viva.
    assert third.paper.needed == 4
    assert third.decision.needed == 8
    assert third.other_marks == 6
    assert third.paper_breaks == ("master_fails",)
    assert round(float(1 - third.decision.master), 3) == 0.070
    assert third.decision.guesser == 0
    assert (third.blocks, third.warns, third.smallest) == (False, True, 5)


@pytest.mark.parametrize(
    ("items", "breaks"),
    [
        (2, ("master_fails", "guesser_passes")),
        (3, ("master_fails",)),
        (4, ()),
        (5, ()),
        (7, ()),
        (10, ()),
    ],
)
def test_a_criterion_that_the_paper_decides_alone_blocks_by_the_limits(
    items: int, breaks: tuple[str, ...]
) -> None:
    line = lint_of(items)
    assert line.breaks == breaks
    assert line.decision == line.paper
    assert line.blocks == bool(breaks)


def test_the_saw_tooth_is_a_warning_that_blocks_nothing() -> None:
    assert (lint_of(5).better_lengths, lint_of(5).warns, lint_of(5).blocks) == ((4,), True, False)


def test_the_limits_are_the_blueprints_own() -> None:
    found = theory_only(3)
    natural = natural_plan(found, component="theory")
    lenient = Plan(
        component="theory",
        seconds=natural.seconds,
        languages=natural.languages,
        lines=natural.lines,
        limits=LintLimits(master_fails=Fraction(3, 10)),
    )
    assert lint_blueprint(natural, found).blocking == ("PC1",)
    assert lint_blueprint(lenient, found).blocking == ()


def test_the_guesser_gets_the_items_that_are_easiest_to_guess() -> None:
    found = theory_only(4)
    plan = natural_plan(found, component="theory")
    typed = [an_item(number, interaction=Interaction.TEXT_ENTRY) for number in range(5)]
    (line,) = lint_blueprint(plan, found, bank=typed).lines
    assert line.paper is not None
    assert line.guess == 0
    assert line.paper.guesser == 0
    assert line.smallest == 1
    (mixed,) = lint_blueprint(plan, found, bank=[*typed, an_item(9)]).lines
    assert mixed.guess == Fraction(1, 4)


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        (Interaction.CHOICE_SINGLE, 4, Fraction(1, 4)),
        (Interaction.CHOICE_SINGLE, 2, Fraction(1, 2)),
        (Interaction.CHOICE_SINGLE, 0, Fraction(1, 4)),
        (Interaction.CHOICE_MULTIPLE, 4, Fraction(1, 15)),
        (Interaction.CHOICE_MULTIPLE, 0, Fraction(1, 4)),
        (Interaction.TEXT_ENTRY, 0, Fraction(0)),
    ],
)
def test_a_guesser_has_the_chance_that_the_item_gives(
    kind: Interaction, options: int, expected: Fraction
) -> None:
    assert guess_chance(kind, options=options) == expected


def test_a_drawn_paper_of_two_options_each_is_caught() -> None:
    found = theory_only(4)
    plan = natural_plan(found, component="theory")
    coins = {"PC1": [item_judgement(Fraction(1), guess=Fraction(1, 2))] * 4}
    lint = lint_form(plan, found, items=coins)
    assert lint.lines[0].breaks == ("guesser_passes",)
    assert lint.blocking == ("PC1",)


def test_a_criterion_without_a_threshold_of_its_own_is_no_lint() -> None:
    document = credential()
    document = changed(document, "nos", 0, "pcs", 0, to=pc("PC1", threshold=None))
    rule = {"version": 1, "rule": {"all_of": [share({"credential": True})]}}
    found = parse_credential(changed(document, "rule", to=rule))
    first, second = lint_blueprint(natural_plan(found, component="theory"), found).lines
    assert (first.share, first.paper, first.blocks, first.warns) == (None, None, False, False)
    assert second.share == Fraction(7, 10)


def test_a_rule_that_counts_theory_alone_is_read_so() -> None:
    leaf = {"share": {"scope": {"pc": "PC1"}, "component": "theory", "basis": "raw", "at_least": "4/5"}}
    other = {"share": {"scope": {"pc": "PC2"}, "component": "practical", "basis": "raw", "at_least": "1/2"}}
    found = parse_credential(credential(rule={"version": 1, "rule": {"all_of": [leaf, other]}}))
    first, second = lint_blueprint(natural_plan(found, component="theory"), found).lines
    assert first.breaks == ("master_fails",)
    assert first.other_marks == 0
    assert second.share is None


def test_marks_without_criteria_are_read_as_a_step_a_mark() -> None:
    found = parse_credential(credential(practical=None, viva=None))
    line = lint_blueprint(natural_plan(found, component="theory"), found).lines[0]
    assert line.decision is not None
    assert line.decision.maximum == 10
    assert line.other_marks == 6
    assert line.decision.judgements == 10


def test_of_a_range_the_worst_length_is_read() -> None:
    found = theory_only(4)
    plan = Plan(component="theory", seconds=900, languages=("en",), lines=(PcLine("PC1", 2, 4, Fraction(4)),))
    assert lint_blueprint(plan, found).lines[0].items == 3


def bank(
    count: int, *, levels: tuple[Difficulty, ...] = (Difficulty.MEDIUM,), pcs: int = 2
) -> list[BankItem]:
    return [
        an_item(number, f"PC{number % pcs + 1}", difficulty=levels[number // pcs % len(levels)])
        for number in range(count)
    ]


def test_the_matrix_counts_items_criteria_and_questions() -> None:
    rows = coverage_matrix(bank(10), parse_credential(credential()))
    assert [(row.nos, row.pc) for row in rows] == [("SDP/N0701", "PC1"), ("SDP/N0701", "PC2")]
    assert [(cell.component, cell.of, cell.there, cell.needed, cell.wanted) for cell in rows[0].cells] == [
        ("theory", ITEMS, 5, 4, 12),
        ("practical", CRITERIA, 2, 1, 1),
        ("viva", QUESTIONS, 1, 1, 1),
    ]


def test_the_matrix_can_be_narrowed_to_a_difficulty_and_a_language() -> None:
    items = [*bank(8, levels=(Difficulty.EASY, Difficulty.HARD)), an_item(99, languages=("en",))]
    found = parse_credential(credential())
    assert coverage_matrix(items, found, difficulty=Difficulty.HARD)[0].cells[0].there == 2
    assert coverage_matrix(items, found, language="hi")[0].cells[0].there == 4
    assert coverage_matrix(items, found)[0].cells[0].there == 5


@pytest.mark.parametrize(("there", "step"), [(0, 0), (3, 1), (4, 2), (7, 2), (8, 3), (11, 3), (12, 4)])
def test_a_cell_goes_from_nothing_to_three_papers(there: int, step: int) -> None:
    assert CoverageCell("theory", ITEMS, there, 4).step == step


def test_a_proof_says_how_many_papers_and_what_each_criterion_has() -> None:
    found = parse_credential(credential())
    plan = natural_plan(found, component="theory")
    proof = prove(bank(24), plan, found, papers=3, used={})
    assert (proof.holds, proof.made, proof.deficits) == (True, 3, None)
    assert (proof.lines[0].papers, proof.lines[0].free, proof.lines[0].missing) == (3, 12, 0)
    short = prove(bank(22), plan, found, papers=3, used={})
    assert short.deficits is not None
    assert Counter({one.pc: one.count for one in short.deficits.missing}) == Counter({"PC1": 1, "PC2": 1})


def test_a_proof_counts_the_papers_that_a_criterions_own_quota_allows() -> None:
    found = parse_credential(credential())
    plan = replace(
        natural_plan(found, component="theory"), quotas=(Quota(2, 4, pc="PC1", difficulty=Difficulty.HARD),)
    )
    items = bank(24, levels=(Difficulty.HARD, Difficulty.EASY, Difficulty.EASY))
    proof = prove(items, plan, found, papers=3, used={})
    assert [line.papers for line in proof.lines] == [2, 3]
    assert not proof.holds


def test_a_proof_of_version_1_counts_its_papers_too() -> None:
    found = parse_credential(credential())
    blueprint = natural_blueprint(found, component="theory")
    assert prove(bank(24), blueprint, found, papers=3, used={}).holds
    short = prove(bank(16), blueprint, found, papers=3, used={})
    assert (short.made, short.holds, short.too_slow) == (2, False, 0)
    slow = [an_item(number, f"PC{number % 2 + 1}", seconds=120) for number in range(8)]
    assert prove(slow, blueprint, found, papers=1, used={}).too_slow == 60
