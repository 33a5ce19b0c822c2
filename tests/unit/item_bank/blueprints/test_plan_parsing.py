# SPDX-License-Identifier: Apache-2.0
"""Blueprints of version 2: read back as written, and refused by name."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from core.errors import Invalid
from item_bank.blueprints.compiler import compile_form
from item_bank.blueprints.deficits import Deficits
from item_bank.blueprints.linting import lint_blueprint
from item_bank.blueprints.matrix import coverage_matrix
from item_bank.blueprints.model import parse_blueprint
from item_bank.blueprints.plan import Plan
from item_bank.blueprints.plan_parsing import assessment_budget_seconds, natural_plan, parse_plan
from item_bank.samples import load_sample
from item_bank.standards.parsing import parse_credential
from tests.unit.item_bank.blueprints.plans import an_item, faults_of
from tests.unit.item_bank.builders import changed, credential

CREDENTIAL = parse_credential(credential())
DOCUMENT: dict[str, Any] = {
    "version": 2,
    "component": "theory",
    "seconds": 900,
    "languages": ["en", "hi"],
    "pcs": [
        {"pc": "PC1", "least": 4, "most": 4, "marks": "4"},
        {"pc": "PC2", "least": 3, "most": 4, "marks": "4"},
    ],
    "quotas": [
        {"pc": "PC1", "difficulty": "medium", "least": 1, "most": 2},
        {"nos": "SDP/N0701", "type": "text_entry", "least": 0, "most": 3},
        {"tag": "case", "least": 1, "most": 8},
    ],
    "enemies": [["a", "b"]],
    "exposure_cap": 5,
    "overlap": {"most": None, "among": "assessment"},
    "limits": {"master_fails": "1/10", "guesser_passes": "3/50"},
}


def problems_of(document: object) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        parse_blueprint(document, credential=CREDENTIAL)
    assert refusal.value.code == "blueprint_malformed"
    found = refusal.value.facts["problems"]
    assert isinstance(found, list)
    return {(problem["where"], problem["code"]) for problem in found}


def test_a_plan_reads_back_as_it_was_written() -> None:
    read = parse_blueprint(DOCUMENT, credential=CREDENTIAL)
    assert isinstance(read, Plan)
    assert read.to_document() == DOCUMENT
    assert parse_plan(read.to_document(), credential=CREDENTIAL) == read
    assert (read.items, read.items_per_pc) == (7, (("PC1", 4), ("PC2", 3)))
    assert (read.line("PC2"), read.line("PC9")) == (read.lines[1], None)


def test_the_natural_plan_is_what_the_credential_says() -> None:
    natural = natural_plan(CREDENTIAL, component="theory")
    assert [(line.pc, line.least, line.most, line.marks) for line in natural.lines] == [
        ("PC1", 4, 4, Fraction(4)),
        ("PC2", 4, 4, Fraction(4)),
    ]
    assert (natural.seconds, natural.languages, natural.overlap_cap) == (900, ("en", "hi"), 0)
    assert parse_plan(natural.to_document(), credential=CREDENTIAL) == natural
    assert natural_plan(CREDENTIAL, component="project").lines == ()


def test_the_hours_bound_the_time_of_the_whole_assessment() -> None:
    assert assessment_budget_seconds(CREDENTIAL) == 30 * 60


BROKEN: list[tuple[tuple[str | int, ...], Any, str, str]] = [
    (("component",), "project", "$.component", "unknown_component"),
    (("seconds",), 901, "$.seconds", "over_budget"),
    (("languages",), [], "$.languages", "count"),
    (("languages",), ["en", "ta"], "$.languages[1]", "unknown_language"),
    (("pcs", 0, "pc"), "PC9", "$.pcs[0].pc", "unknown_pc"),
    (("pcs", 0, "pc"), "PC2", "$.pcs", "duplicate"),
    (("pcs", 0, "marks"), "3", "$.pcs[0].marks", "marks_differ"),
    (("pcs", 0, "least"), 5, "$.pcs[0]", "bounds"),
    (("pcs", 1), {"pc": "PC2", "least": 3, "most": 4}, "$.pcs[1].marks", "marks_differ"),
    (("pcs",), [{"pc": "PC1", "least": 4, "most": 4, "marks": "4"}], "$.pcs", "pc_missing"),
    (("quotas", 0, "pc"), "PC7", "$.quotas[0].pc", "unknown_pc"),
    (("quotas", 1, "nos"), "SDP/N9", "$.quotas[1].nos", "unknown_nos"),
    (("quotas", 2), {"least": 1, "most": 2}, "$.quotas[2]", "empty"),
    (("quotas", 2), {"element": "E1", "least": 1, "most": 2}, "$.quotas[2]", "nos_missing"),
    (("quotas", 0, "difficulty"), "severe", "$.quotas[0].difficulty", "not_one_of"),
    (("enemies", 0), ["a"], "$.enemies[0]", "count"),
    (("exposure_cap",), 0, "$.exposure_cap", "out_of_range"),
    (("overlap", "among"), "all", "$.overlap.among", "not_one_of"),
    (("limits", "master_fails"), "3/2", "$.limits.master_fails", "out_of_range"),
    (("name",), "x", "$.name", "unknown_key"),
]


@pytest.mark.parametrize(("path", "value", "where", "code"), BROKEN, ids=lambda value: str(value)[:30])
def test_a_plan_that_does_not_fit_is_refused_by_name(
    path: tuple[str | int, ...], value: Any, where: str, code: str
) -> None:
    assert (where, code) in problems_of(changed(DOCUMENT, *path, to=value))


def test_an_exact_number_of_items_of_one_mark_needs_no_marks() -> None:
    document = changed(DOCUMENT, "pcs", 0, to={"pc": "PC1", "least": 4, "most": 4})
    assert isinstance(parse_blueprint(document, credential=CREDENTIAL), Plan)


def test_half_marks_round_up_to_items() -> None:
    document = changed(credential(), "nos", 0, "pcs", 0, "marks", "theory", to="4.5")
    line = natural_plan(parse_credential(document), component="theory").lines[0]
    assert (line.least, line.most, line.marks) == (4, 5, Fraction(9, 2))


@pytest.mark.parametrize(("name", "marks"), [("con_q0602", 230), ("con_q0103", 190), ("amh_q0301", 106)])
def test_a_qualification_whose_marks_sit_on_elements_has_a_plan_that_a_bank_can_fill(
    name: str, marks: int
) -> None:
    document = parse_credential(load_sample(name).credential)
    natural = natural_plan(document, component="theory")
    assert (
        sum((quota.marks or 0 for quota in natural.quotas), sum(line.marks or 0 for line in natural.lines))
        == marks
    )
    assert parse_plan(natural.to_document(), credential=document) == natural
    assert lint_blueprint(natural, document).blocking == ()
    bank = [
        an_item(
            1000 * place + number,
            line.pc,
            seconds=10,
            languages=document.languages,
            marks=Fraction(1, 2) if number == 0 else Fraction(1),
        )
        for place, line in enumerate(natural.lines)
        for number in range(min(line.most, 110) + 1)
    ]
    form = compile_form(bank, natural, seed=1)
    assert not isinstance(form, Deficits)
    assert faults_of(bank, natural, form.version_ids) == ()
    needed = sum(row.cells[0].needed for row in coverage_matrix(bank, document))
    assert needed >= marks


def test_an_element_whose_marks_no_quota_names_is_refused() -> None:
    document = parse_credential(load_sample("con_q0602").credential)
    natural = natural_plan(document, component="theory").to_document()
    with pytest.raises(Invalid) as refusal:
        parse_plan({**natural, "quotas": []}, credential=document)
    problems = refusal.value.facts["problems"]
    assert isinstance(problems, list)
    assert {(problem["where"], problem["code"]) for problem in problems} == {("$.quotas", "marks_differ")}
