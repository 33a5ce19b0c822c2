# SPDX-License-Identifier: Apache-2.0
"""The rulebook: each clause fires on what breaks it and on nothing else."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from item_bank.standards.parsing import parse_credential
from item_bank.standards.rulebook import (
    CHECKS,
    GuidelineRule,
    Severity,
    current_rulebook,
    findings,
    read_rulebook,
)
from tests.unit.item_bank.builders import changed, credential, levels, pc, share, without

PCS = ("nos", 0, "pcs")
ALL_OF = ("rule", "rule", "all_of")


def broken_rules(document: dict[str, Any]) -> set[str]:
    return {found.rule for found in findings(parse_credential(document))}


def test_the_sound_document_breaks_no_rule() -> None:
    assert findings(parse_credential(credential())) == ()


def test_every_check_belongs_to_a_rule_and_every_rule_has_words() -> None:
    book = current_rulebook()
    assert {rule.id for rule in book.rules} == set(CHECKS)
    assert all(rule.clause and rule.text and rule.what_to_do for rule in book.rules)


HOURS_30 = {"total": "30", "theory": "12", "practical": "16", "ojt": "2"}

CASES: list[tuple[str, Severity, list[tuple[tuple[str | int, ...], Any]]]] = [
    ("hours_on_grid", Severity.BLOCK, [(("hours", "total"), "8"), (("hours", "ojt"), "1")]),
    ("hours_above_usual", Severity.WARN, [(("hours",), {**HOURS_30, "total": "37.5", "ojt": "9.5"})]),
    ("hours_add_up", Severity.BLOCK, [(("hours", "ojt"), "1")]),
    ("assessment_within_budget", Severity.BLOCK, [(("assessment_minutes",), 31)]),
    ("components_within_assessment", Severity.BLOCK, [(("components", 0, "minutes"), 16)]),
    ("level_exists", Severity.BLOCK, [(("level",), "6.2")]),
    ("short_and_low", Severity.WARN, [(("level",), "5.5")]),
    ("knowledge_for_every_pc", Severity.BLOCK, [((*PCS, 0, "knowledge"), [])]),
    ("mandatory_is_decided", Severity.BLOCK, [((*PCS, 1, "mandatory"), None)]),
    (
        "threshold_for_every_mandatory_pc",
        Severity.BLOCK,
        [((*PCS, 1, "threshold"), None), (ALL_OF, [share({"pc": "PC1"})])],
    ),
    ("rule_holds_every_threshold", Severity.BLOCK, [((*PCS, 1, "threshold"), "8/10")]),
    (
        "criteria_make_the_marks",
        Severity.BLOCK,
        [(("practical", "criteria", 0, "levels"), levels("0", "1"))],
    ),
    ("criteria_make_the_marks", Severity.BLOCK, [(("viva", "questions", 0, "levels"), levels("0", "3"))]),
]


@pytest.mark.parametrize(("rule", "severity", "changes"), CASES)
def test_a_rule_fires_on_what_breaks_it_alone(rule: str, severity: Severity, changes: list[Any]) -> None:
    document = credential()
    for path, value in changes:
        document = changed(document, *path, to=value)
    found = findings(parse_credential(document))
    assert {one.rule for one in found} == {rule}
    assert {one.severity for one in found} == {severity}
    assert "{" not in found[0].text
    assert found[0].as_fact()["clause"] == found[0].clause


def test_a_mandatory_pc_without_marks_is_found() -> None:
    document = changed(credential(), *PCS, 1, to=pc("PC2", marks={}, threshold=None))
    document = changed(document, *ALL_OF, to=[share({"pc": "PC1"})])
    document = without(without(document, "practical"), "viva")
    assert "marks_for_every_mandatory_pc" in broken_rules(document)


def test_thirty_hours_are_no_reason_to_warn_and_allow_two_hours_of_assessment() -> None:
    document = changed(changed(credential(), "hours", to=HOURS_30), "assessment_minutes", to=120)
    assert broken_rules(document) == set()
    assert broken_rules(changed(document, "assessment_minutes", to=121)) == {"assessment_within_budget"}


def test_fifteen_hours_are_long_enough_for_a_low_level() -> None:
    hours = {"total": "15", "theory": "7", "practical": "7", "ojt": "1"}
    assert broken_rules(changed(changed(credential(), "hours", to=hours), "level", to="4")) == set()


def test_a_threshold_counts_as_held_only_where_the_rule_cannot_be_met_without_it() -> None:
    one, two = share({"pc": "PC1"}), share({"pc": "PC2"})
    for rule in ({"any_of": [one, two]}, {"at_least": {"k": 1, "of": [one, two]}}):
        assert broken_rules(changed(credential(), "rule", "rule", to=rule)) == {"rule_holds_every_threshold"}
    critical = {"critical": {"pc": "PC2", "at_least": "7/10"}}
    assert (
        broken_rules(changed(credential(), "rule", "rule", to={"all_of": [one, {"all_of": [critical, two]}]}))
        == set()
    )
    weighted = {"share": {**two["share"], "basis": "weighted"}}
    theory = {"share": {**two["share"], "component": "theory"}}
    for other in (weighted, theory, {"critical": {"pc": "PC2", "at_least": "7/10", "component": "theory"}}):
        document = changed(credential(), "rule", "rule", to={"all_of": [one, other]})
        assert broken_rules(document) == {"rule_holds_every_threshold"}


def test_a_credential_without_practical_and_viva_needs_no_criteria() -> None:
    theory_only = [pc(name, marks={"theory": "4"}) for name in ("PC1", "PC2")]
    document = without(without(changed(credential(), *PCS, to=theory_only), "practical"), "viva")
    assert broken_rules(document) == set()


def test_another_version_of_the_rulebook_decides_by_its_own_numbers() -> None:
    text = files("item_bank.standards").joinpath("rulebook.json").read_text("utf-8")
    data = json.loads(text)
    data["rules"] = [rule for rule in data["rules"] if rule["id"] == "short_and_low"]
    data["rules"][0]["parameters"]["level"] = "7"
    assert [
        found.rule
        for found in findings(parse_credential(credential()), rulebook=read_rulebook(json.dumps(data)))
    ] == ["short_and_low"]


def test_a_rule_that_nothing_checks_is_an_error_in_the_rulebook() -> None:
    data = {"id": "x", "version": "1", "rules": [{**_a_rule(), "id": "nobody_checks_this"}]}
    with pytest.raises(ValueError, match="nobody_checks_this"):
        read_rulebook(json.dumps(data))


def test_a_parameter_that_is_a_list_is_not_a_number() -> None:
    rule = GuidelineRule("x", "1", Severity.WARN, {"levels": ["1"]}, "", "")
    with pytest.raises(TypeError, match="levels"):
        rule.number("levels")


def _a_rule() -> dict[str, Any]:
    return {"clause": "1", "severity": "H", "parameters": {}, "text": "x", "what_to_do": "y"}
