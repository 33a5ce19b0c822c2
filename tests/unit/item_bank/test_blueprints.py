# SPDX-License-Identifier: Apache-2.0
"""Blueprints: what a credential allows, what a bank lacks, and the draw."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import Conflict, Invalid
from core.ids import seeded
from item_bank.blueprints.model import (
    Blueprint,
    assemble,
    coverage,
    implied_blueprint,
    natural_blueprint,
    parse_blueprint,
)
from item_bank.blueprints.plan import Plan
from item_bank.items.model import BankItem, Difficulty
from item_bank.samples import load_sample
from item_bank.standards.parsing import parse_credential
from tests.unit.item_bank.builders import changed, credential, pc

CREDENTIAL = parse_credential(credential())
DOCUMENT: dict[str, Any] = {
    "version": 1,
    "component": "theory",
    "seconds": 900,
    "pcs": [{"pc": "PC1", "items": 4}, {"pc": "PC2", "items": 4}],
}


def bank(*sizes: int, seconds: int = 30) -> list[BankItem]:
    return [
        BankItem(f"PC{place}-{number:02}", f"PC{place}", seconds, Difficulty.EASY)
        for place, size in enumerate(sizes, start=1)
        for number in range(size)
    ]


def blueprint(*needed: int, seconds: int = 900) -> Blueprint:
    return Blueprint(
        "theory", seconds, tuple((f"PC{place}", count) for place, count in enumerate(needed, start=1))
    )


def problems_of(document: object) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        parse_blueprint(document, credential=CREDENTIAL)
    assert refusal.value.code == "blueprint_malformed"
    found = refusal.value.facts["problems"]
    assert isinstance(found, list)
    return {(problem["where"], problem["code"]) for problem in found}


def test_a_blueprint_reads_back_as_it_was_written() -> None:
    read = parse_blueprint(DOCUMENT, credential=CREDENTIAL)
    assert read.to_document() == DOCUMENT
    assert read.items == 8
    assert natural_blueprint(CREDENTIAL, component="theory") == read


BROKEN: list[tuple[tuple[str | int, ...], Any, str, str]] = [
    (("version",), 3, "$.version", "out_of_range"),
    (("component",), "Theory", "$.component", "malformed"),
    (("component",), "project", "$.component", "unknown_component"),
    (("seconds",), 901, "$.seconds", "over_budget"),
    (("pcs",), [], "$.pcs", "count"),
    (("pcs", 0, "items"), 3, "$.pcs[0].items", "marks_differ"),
    (("pcs", 0, "items"), 0, "$.pcs[0].items", "out_of_range"),
    (("pcs", 0, "pc"), "PC9", "$.pcs[0].pc", "unknown_pc"),
    (("pcs", 0, "pc"), "PC2", "$.pcs", "duplicate"),
    (("pcs",), [{"pc": "PC1", "items": 4}], "$.pcs", "pc_missing"),
    (("name",), "x", "$.name", "unknown_key"),
]


@pytest.mark.parametrize(("path", "value", "where", "code"), BROKEN, ids=lambda value: str(value)[:30])
def test_a_blueprint_that_does_not_fit_is_refused_by_name(
    path: tuple[str | int, ...], value: Any, where: str, code: str
) -> None:
    assert (where, code) in problems_of(changed(DOCUMENT, *path, to=value))


def test_a_pc_without_marks_in_the_component_needs_no_items() -> None:
    document = credential(practical=None, viva=None)
    document = changed(document, "nos", 0, "pcs", 1, to=pc("PC2", marks={"practical": "4"}))
    natural = natural_blueprint(parse_credential(document), component="theory")
    assert natural.items_per_pc == (("PC1", 4),)


def test_a_component_that_is_not_there_has_no_natural_blueprint() -> None:
    with pytest.raises(Invalid):
        natural_blueprint(CREDENTIAL, component="project")


def test_a_credential_whose_marks_are_no_whole_items_of_its_pcs_implies_a_plan() -> None:
    assert implied_blueprint(CREDENTIAL, component="theory") == natural_blueprint(
        CREDENTIAL, component="theory"
    )
    half = changed(credential(), "nos", 0, "pcs", 0, "marks", "theory", to="4.5")
    assert isinstance(implied_blueprint(parse_credential(half), component="theory"), Plan)
    elements = parse_credential(load_sample("con_q0602").credential)
    assert isinstance(implied_blueprint(elements, component="theory"), Plan)
    with pytest.raises(Invalid):
        implied_blueprint(CREDENTIAL, component="project")


def test_coverage_counts_papers_and_what_is_missing() -> None:
    first, second = coverage(bank(12, 3), blueprint(4, 4))
    assert (first.papers, first.missing) == (3, 0)
    assert (second.papers, second.missing) == (0, 1)


def test_the_deficit_is_exact_for_every_pc() -> None:
    with pytest.raises(Conflict) as refusal:
        assemble(bank(4, 2, 0), blueprint(4, 4, 1), generator=seeded(1))
    assert refusal.value.code == "blueprint_deficit"
    assert refusal.value.facts == {"PC2": {"needed": 4, "live": 2}, "PC3": {"needed": 1, "live": 0}}


def test_excluded_items_count_as_missing() -> None:
    with pytest.raises(Conflict) as refusal:
        assemble(bank(4), blueprint(4), generator=seeded(1), exclude={"PC1-00"})
    assert refusal.value.facts == {"PC1": {"needed": 4, "live": 3}}


def test_a_paper_that_cannot_fit_the_time_says_how_long_it_would_take() -> None:
    with pytest.raises(Conflict) as refusal:
        assemble(bank(6, seconds=40), blueprint(4, seconds=150), generator=seeded(1))
    assert (refusal.value.code, refusal.value.facts) == (
        "blueprint_time",
        {"needed_seconds": 160, "seconds": 150},
    )


def test_the_same_seed_draws_the_same_paper_from_a_bank_in_any_order() -> None:
    items = bank(12, 12)
    paper = assemble(items, blueprint(4, 4), generator=seeded(7))
    assert assemble(items[::-1], blueprint(4, 4), generator=seeded(7)) == paper
    assert assemble(items, blueprint(4, 4), generator=seeded(8)) != paper
    assert [version_id[:3] for version_id in paper] == ["PC1"] * 4 + ["PC2"] * 4


def test_a_draw_of_version_1_stays_what_it_was_when_the_first_papers_were_sealed() -> None:
    # Sealed papers record their seed; a changed draw could not be replayed.
    assert assemble(bank(12, 12), blueprint(4, 4), generator=seeded(7)) == (
        *("PC1-07", "PC1-11", "PC1-03", "PC1-10"),
        *("PC2-07", "PC2-04", "PC2-02", "PC2-05"),
    )


def test_the_least_used_items_go_first() -> None:
    used = {item.version_id: 1 for item in bank(6)[:3]}
    paper = assemble(bank(6), blueprint(4), generator=seeded(3), used=used)
    assert {"PC1-03", "PC1-04", "PC1-05"} < set(paper)


def one_pc(*seconds: int) -> list[BankItem]:
    return [BankItem(f"v{place:02}", "PC1", each, Difficulty.EASY) for place, each in enumerate(seconds)]


def test_a_paper_that_chance_would_never_find_is_found_exactly() -> None:
    # Only the five quickest of 40 fit: chance meets them once in 658,008 draws.
    items = one_pc(*[20] * 5, *[60] * 35)
    paper = assemble(items, blueprint(5, seconds=100), generator=seeded(1))
    assert sorted(paper) == ["v00", "v01", "v02", "v03", "v04"]


def test_used_items_come_back_only_as_far_as_the_time_needs_them() -> None:
    # Fresh: 60, 60 and 20 s; used once: 20 and 20 s. Two fresh items fit together with one used one, three do not.
    items = one_pc(60, 60, 20, 20, 20)
    paper = assemble(items, blueprint(3, seconds=100), generator=seeded(5), used={"v03": 1, "v04": 1})
    assert "v02" in paper
    assert len({"v00", "v01"} & set(paper)) == 1


def test_the_quick_items_are_shared_out_over_the_papers_to_come() -> None:
    # Two papers of two from 10, 10, 50, 50: one of 10 + 10 would leave 100 s, which does not fit.
    items = one_pc(10, 10, 50, 50)
    for seed in range(40):
        first = assemble(items, blueprint(2, seconds=70), generator=seeded(seed))
        second = assemble(
            items, blueprint(2, seconds=70), generator=seeded(seed), used=dict.fromkeys(first, 1)
        )
        assert len({*first, *second}) == 4


def test_the_exact_search_shares_out_the_quick_items_too() -> None:
    # Two papers of five: five 10 s and five 50 s items; 2 + 3 of each fit 180 s, and a bank of one-use items is used up.
    items = one_pc(*[10] * 5, *[50] * 5, *[100] * 60)
    first = assemble(items, blueprint(5, seconds=170), generator=seeded(1))
    second = assemble(items, blueprint(5, seconds=170), generator=seeded(2), used=dict.fromkeys(first, 1))
    assert len({*first, *second}) == 10
