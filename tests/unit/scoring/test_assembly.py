# SPDX-License-Identifier: Apache-2.0
"""The integer programmes, and the checker that shares nothing with them."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pytest

from scoring import assembly_check
from scoring.assembly import LinearRow, SearchEnd, select_least
from scoring.assembly_check import FormFault, check_form, check_overlap, check_use


def test_the_cheapest_selection_that_keeps_the_rows_is_found() -> None:
    rows = [LinearRow({0: 1, 1: 1, 2: 1}, 2, 2), LinearRow({0: 30, 1: 50, 2: 40}, None, 80)]
    found = select_least([1, 1, 5], rows)
    assert (found.outcome, found.values) == (SearchEnd.OPTIMAL, (1, 1, 0))


def test_bounds_above_one_and_empty_problems_are_taken() -> None:
    assert select_least([1], [LinearRow({0: 1}, 3)], upper=[4]).values == (3,)
    assert select_least([3, 2], []).values == (0, 0)
    assert select_least([], []).found
    assert select_least([], [LinearRow({}, 1)]).outcome is SearchEnd.INFEASIBLE
    assert select_least([1], [LinearRow({}, None, -1)]).outcome is SearchEnd.INFEASIBLE
    assert select_least([1], [LinearRow({}, 0, 0)]).values == (0,)


def test_what_cannot_be_is_said() -> None:
    found = select_least([1, 1], [LinearRow({0: 1, 1: 1}, 3)])
    assert (found.outcome, found.values, found.found) == (SearchEnd.INFEASIBLE, (), False)


PLAN: dict[str, Any] = {
    "version": 2,
    "component": "theory",
    "seconds": 100,
    "languages": ["en", "hi"],
    "pcs": [{"pc": "PC1", "least": 2, "most": 2, "marks": "2"}],
    "quotas": [
        {"difficulty": "easy", "least": 1, "most": 1},
        {"nos": "N1", "element": "E1", "least": 2, "most": 2, "marks": "2"},
    ],
    "enemies": [["a", "z"]],
}
STANDARDS = {"N1": ["PC1"], "N1 E1": ["PC1"]}


def item(name: str, **changes: Any) -> dict[str, Any]:
    facts = {
        "version": f"v-{name}",
        "item": name,
        "pc": "PC1",
        "seconds": 50,
        "difficulty": "hard",
        "marks": "1",
        "languages": ("en", "hi"),
        "type": "choice_single",
        "tags": (),
    }
    return {**facts, **changes}


SOUND = [item("a", difficulty="easy"), item("b")]


def faults(*items: dict[str, Any], blueprint: dict[str, Any] = PLAN) -> set[tuple[str, str]]:
    return {(fault.code, fault.where) for fault in check_form(blueprint, items, standards=STANDARDS)}


def test_a_sound_form_has_no_fault() -> None:
    assert faults(*SOUND) == set()


@pytest.mark.parametrize(
    ("second", "code", "where"),
    [
        (item("a"), "repeated", "$"),
        (item("b", seconds=51), "time", "$.seconds"),
        (item("b", pc="PC2"), "pc_items", "$.pcs[0]"),
        (item("b", pc="PC2"), "foreign_pc", "$.pcs"),
        (item("b", marks="2"), "pc_marks", "$.pcs[0].marks"),
        (item("b", difficulty="easy"), "quota", "$.quotas[0]"),
        (item("b", marks="1/2"), "quota", "$.quotas[1]"),
        (item("b", languages=("en",)), "language", "$.languages"),
        (item("b", tags=("component:viva",)), "component", "$.component"),
        (item("z"), "enemies", "$.enemies[0]"),
    ],
)
def test_every_broken_constraint_is_named(second: dict[str, Any], code: str, where: str) -> None:
    assert (code, where) in faults(SOUND[0], second)


def test_enemies_by_tag_and_quotas_by_type_and_tag_are_seen() -> None:
    hostile = [item("a", tags=("enemy:x",), difficulty="easy"), item("b", tags=("enemy:x",))]
    assert faults(*hostile) == {("enemies", "$")}
    asked = {**PLAN, "quotas": [{"type": "text_entry", "tag": "t", "pc": "PC1", "least": 1, "most": 1}]}
    assert faults(*SOUND, blueprint=asked) == {("quota", "$.quotas[0]")}
    told = [item("a", type="text_entry", tags=("t", "component:theory")), item("b")]
    assert faults(*told, blueprint=asked) == set()


def test_a_blueprint_of_version_1_is_held_to_counts_and_time() -> None:
    first = {"version": 1, "component": "theory", "seconds": 100, "pcs": [{"pc": "PC1", "items": 2}]}
    assert faults(*SOUND, blueprint=first) == set()
    assert faults(SOUND[0], blueprint=first) == {("pc_items", "$.pcs[0]")}


def test_use_and_overlap_are_counted_over_all_forms() -> None:
    forms = [["a", "b"], ["b", "c"], ["c", "d"]]
    assert check_use(forms, cap=2, used={}) == ()
    assert check_use(forms, cap=2, used={"b": 1}) == (FormFault("exposure", "$.exposure_cap"),)
    assert check_use(forms, cap=None, used={"b": 99}) == ()
    assert check_overlap(forms, cap=1) == ()
    assert check_overlap(forms, cap=0) == (FormFault("overlap", "$.overlap"),)
    assert check_overlap(forms[:1], cap=0) == ()
    assert check_overlap(forms, cap=None) == ()


def test_forms_that_share_nothing_have_no_pairs_to_count() -> None:
    assert check_overlap([["a"], ["b"]], cap=0) == ()


def test_the_checker_imports_nothing_of_what_assembles() -> None:
    tree = ast.parse(inspect.getsource(assembly_check))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    named = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    allowed = {"__future__", "collections", "collections.abc", "dataclasses", "fractions", "typing"}
    assert imported | named <= allowed | {"scipy.sparse", "numpy"}
