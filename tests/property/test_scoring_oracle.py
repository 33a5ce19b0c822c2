# SPDX-License-Identifier: Apache-2.0
"""Random tables under random rules with every node: each verdict, margin and band against an independent oracle."""

from __future__ import annotations

import json
import random
from fractions import Fraction

import pytest

from scoring.api import (
    BarResult,
    Cell,
    CompensateResult,
    CredentialMarks,
    GroupResult,
    NodeResult,
    Place,
    RuleKind,
    credential_marks,
    decide,
    decide_node,
    dump_rule,
    mark_table,
    parse_rule,
    parse_rule_json,
    version_of,
)
from tests.property.rule_oracle import (
    Document,
    Table,
    needed_share,
    random_rule,
    random_table,
    reached,
    sums,
    verdict,
)


def loaded(table: Table) -> tuple[CredentialMarks, dict[Cell, Fraction]]:
    cells = [
        Cell(nos=row.nos, element=row.element, pc=row.pc, item=row.item, component=row.component)
        for row in table.rows
    ]
    credential = credential_marks(
        [(cell, row.maximum) for cell, row in zip(cells, table.rows, strict=True)],
        weights=table.weights,
        pcs=[Place(nos=row.nos, element=row.element, pc="PC99") for row in table.rows[:1]],
    )
    marked = zip(cells, table.rows, strict=True)
    return credential, {cell: row.mark for cell, row in marked if row.mark is not None}


def agree(table: Table, document: Document, result: NodeResult, seen: dict[str, int]) -> None:
    [(kind, body)] = document.items()
    seen[kind] = seen.get(kind, 0) + 1
    assert result.kind.value == kind
    assert result.verdict.value == verdict(table, document)
    assert (result.margin_share >= 0) is (result.verdict.value == "pass")
    if isinstance(result, BarResult):
        (earned, maximum), (best, _) = sums(table, body, "worst"), sums(table, body, "best")
        assert [result.earned, result.maximum, result.open] == [earned, maximum, best - earned]
        assert result.margin == earned - needed_share(body) * maximum
        if kind == "bands":
            standing = result.standing
            assert (standing.so_far and standing.so_far.name) == reached(table, body, "worst")
            assert (standing.possible and standing.possible.name) == reached(table, body, "best")
        return
    of = body["of"] if isinstance(body, dict) else body
    if isinstance(result, CompensateResult):
        assert (result.margin >= 0) is (result.margin_share >= 0)
    else:
        assert isinstance(result, GroupResult)
    for child, below in zip(of, result.children, strict=True):
        agree(table, child, below, seen)


def decide_many(seed: int, number: int) -> dict[str, int]:
    """Decide random tables; how many nodes of each kind were compared."""
    draw, seen = random.Random(seed), dict.fromkeys(map(str, RuleKind), 0)
    for _ in range(number):
        table = random_table(draw)
        document = random_rule(draw, table)
        credential, awarded = loaded(table)
        rule = parse_rule({"version": 2, "rule": document}, credential=credential)
        agree(table, document, decide_node(rule.root, mark_table(credential, awarded)), seen)
    return seen


@pytest.mark.parametrize("seed", range(16))
def test_ten_thousand_random_tables_agree_with_the_oracle(seed: int) -> None:
    number = 625
    seen = decide_many(seed, number)
    print(f"{number} tables, nodes compared: {seen}")
    assert min(seen.values()) > 10, seen


def test_random_rules_survive_their_dump_and_are_decided_alike_in_both_ways() -> None:
    draw = random.Random(99)
    for _ in range(200):
        table = random_table(draw)
        credential, awarded = loaded(table)
        document = random_rule(draw, table)
        rule = parse_rule({"version": 2, "rule": document}, credential=credential)
        dumped = dump_rule(rule)
        assert parse_rule_json(json.dumps(dumped)) == rule
        assert dumped["version"] == version_of(rule)
        decision = decide(credential, awarded, rule)
        assert decision.root == decide_node(rule.root, mark_table(credential, awarded))
        assert json.loads(json.dumps(decision.to_document())) == decision.to_document()


@pytest.mark.battery
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(1_000, 1_400))
def test_a_million_random_tables_agree_with_the_oracle(seed: int) -> None:
    number = 2_500
    seen = decide_many(seed, number)
    print(f"{number} tables, nodes compared: {seen}")
    assert min(seen.values()) > 100, seen
