# SPDX-License-Identifier: Apache-2.0
"""Every rule of the guideline, just broken and just kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from item_bank.standards.overlay import FrozenDifference, OverlayReport
from item_bank.standards.parsing import parse_credential
from item_bank.standards.rulebook import CHECKS, Facts, Severity, current_rulebook, findings, recorded_data
from item_bank.standards.rules import NO_FACTS
from tests.unit.item_bank.builders import (
    attachment,
    both,
    changed,
    credential,
    dossier,
    levels,
    pc,
    share,
    without,
)

PCS = ("nos", 0, "pcs")
Path = tuple[str | int, ...]
SAME = OverlayReport(
    modified=Fraction(0),
    added=Fraction(0),
    changed_pcs=(),
    removed_pcs=(),
    added_pcs=(),
    duplicates=(),
    lost=(),
    without_hours=(),
    frozen=(),
)
ADOPTED = {
    "parent": {
        "awarding_body": "Other Council",
        "code": "SDP/MC/0701",
        "version": "1.0",
        "sha256": "sha256:" + "0" * 64,
    }
}


@dataclass
class Case:
    """What breaks a rule, and what only just keeps it."""

    rule: str
    broken: dict[Path, Any] | Facts
    kept: dict[Path, Any] | Facts
    beside: dict[Path, Any] | None = None
    """Changes to the document in both cases."""


def hours(total: str, ojt: str = "0.5") -> dict[str, str]:
    return {"total": total, "theory": "3", "practical": "4", "ojt": ojt}


def validations(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{**one, **more} for one in (dossier()["industry_validations"] * 2)[:count]]


VALIDATIONS: Path = ("industry_validations",)
PRIVATE: dict[Path, Any] = {("visibility",): "private"}
FUTURE: dict[Path, Any] = {("future_skill",): True}
DROP = object()

CASES = [
    Case("hours_on_grid", {("hours",): hours("7.4")}, {("hours",): hours("7.5")}),
    Case("hours_on_grid", {("hours",): hours("22")}, {("hours",): hours("22.5")}),
    Case("hours_above_usual", {("hours",): hours("37.5")}, {("hours",): hours("30")}),
    Case("hours_add_up", {("hours",): hours("7.5", ojt="0.4")}, {("hours",): hours("7.5", ojt="0.5")}),
    Case("assessment_within_budget", {("assessment_minutes",): 31}, {("assessment_minutes",): 30}),
    Case(
        "assessment_within_budget",
        {("assessment_minutes",): 121},
        {("assessment_minutes",): 120},
        {("hours",): hours("30")},
    ),
    Case(
        "components_within_assessment",
        {("components", 0, "minutes"): 16},
        {("components", 0, "minutes"): 15},
    ),
    Case("form_fits_budget", Facts(form_minutes=31), Facts(form_minutes=30)),
    Case(
        "credits_match_hours",
        {("nos", 0, "credits"): "0.5"},
        {("nos", 0, "credits"): "0.25"},
    ),
    Case(
        "credits_after_certification",
        Facts(credits_posted=True, assessed=True, certified=False),
        Facts(credits_posted=True, assessed=True, certified=True),
    ),
    Case("level_exists", {("level",): "8.5"}, {("level",): "8"}),
    Case("short_and_low", {("level",): "5.5"}, {("level",): "6"}),
    Case("short_and_low", {("hours",): hours("7.5")}, {("hours",): hours("15")}, {("level",): "4"}),
    Case("entry_requirement_stated", {("entry_requirement",): None}, {("entry_requirement",): both("None")}),
    Case("entry_requirement_met", Facts(entry_requirement_met=False), Facts(entry_requirement_met=True)),
    Case("validation_count", {VALIDATIONS: validations(4)}, {VALIDATIONS: validations(5)}),
    Case("validation_count", {VALIDATIONS: validations(1)}, {VALIDATIONS: validations(2)}, FUTURE),
    Case("validation_count", {VALIDATIONS: None}, {VALIDATIONS: validations(1)}, PRIVATE),
    Case("validation_count", {VALIDATIONS: validations(1)}, {VALIDATIONS: validations(2)}, {**PRIVATE, **FUTURE}),
    Case("validations_undefined", PRIVATE, {("visibility",): "public"}, FUTURE),
    Case(
        "validations_have_files",
        {VALIDATIONS: validations(5, file=None)},
        {VALIDATIONS: validations(5, file=attachment())},
    ),
    Case("need_evidenced", {("evidence", "need"): None}, {("evidence", "need"): [attachment()]}),
    Case("career_evidenced", {("evidence", "progression"): None}, {("evidence", "progression"): [attachment()]}),
    Case("visibility_stated", {("visibility",): None}, PRIVATE),
    Case(
        "private_needs_permission",
        Facts(adoption_permitted=False),
        Facts(adoption_permitted=True),
        {("adoption",): ADOPTED},
    ),
    Case("territory_stated", {("territory",): None}, {("territory",): ["Goa"]}),
    Case(
        "territory_covers_batch",
        Facts(place="Panaji, Goa East"),
        Facts(place="Panaji, GOA"),
        {("territory",): ["Kerala", "Goa"]},
    ),
    Case("active_at_certification", Facts(active=False), Facts(active=True)),
    Case(
        "overlay_frozen",
        Facts(overlay=replace(SAME, frozen=(FrozenDifference("level", "6", "5"),))),
        Facts(overlay=SAME),
    ),
    Case(
        "overlay_modified",
        Facts(overlay=replace(SAME, modified=Fraction(2001, 10_000))),
        Facts(overlay=replace(SAME, modified=Fraction(1, 5))),
    ),
    Case(
        "overlay_added",
        Facts(overlay=replace(SAME, added=Fraction(1001, 10_000))),
        Facts(overlay=replace(SAME, added=Fraction(1, 10))),
    ),
    Case(
        "overlay_keeps_mandatory",
        Facts(overlay=replace(SAME, removed_pcs=("PC1",), lost=("PC1",))),
        Facts(overlay=replace(SAME, removed_pcs=("PC1",), duplicates=("PC1",))),
    ),
    Case(
        "additions_have_hours",
        Facts(overlay=replace(SAME, added_pcs=("PC9",), without_hours=("PC9",))),
        Facts(overlay=replace(SAME, added_pcs=("PC9",))),
    ),
    Case("mandatory_is_decided", {(*PCS, 1, "mandatory"): None}, {(*PCS, 1, "mandatory"): False}),
    Case(
        "capacity_shown",
        {(*PCS, 0, "capacity", "equipment"): False},
        {(*PCS, 0, "capacity", "equipment"): True},
    ),
    Case("capacity_shown", {(*PCS, 0, "capacity"): None}, {}),
    Case("responsible_body_stated", {("responsible_bodies",): None}, {("responsible_bodies",): ["Two", "Bodies"]}),
    Case("knowledge_for_every_pc", {(*PCS, 0, "knowledge"): []}, {(*PCS, 0, "knowledge"): [both("why")]}),
    Case("equipment_listed", {("training_equipment",): None}, {("training_equipment",): [both("Phone")]}),
    Case("strategy_stated", {("assessment_strategy",): None}, {("assessment_strategy",): both("Online")}),
    Case("tools_listed", {("assessment_tools",): None}, {("assessment_tools",): [both("Bank")]}),
    Case(
        "threshold_for_every_mandatory_pc",
        {(*PCS, 1, "mandatory"): True},
        {(*PCS, 1, "mandatory"): False},
        {(*PCS, 1, "threshold"): None},
    ),
    Case(
        "marks_for_every_mandatory_pc",
        {(*PCS, 1, "marks"): {"theory": "0"}},
        {(*PCS, 1, "marks"): {"theory": "0.5"}},
        {("rule", "rule"): share({"pc": "PC1"})},
    ),
    Case("rule_holds_every_threshold", {(*PCS, 1, "threshold"): "71/100"}, {(*PCS, 1, "threshold"): "70/100"}),
    Case(
        "criteria_make_the_marks",
        {("practical", "criteria", 0, "levels"): levels("0", "1.5")},
        {("practical", "criteria", 0, "levels"): levels("0", "2")},
    ),
    Case("items_for_every_pc", Facts(items_per_pc={}), Facts(items_per_pc={"PC1": 1, "PC2": 1})),
    Case(
        "online_or_why_not",
        {("components", 1, "reason"): None},
        {("components", 1, "reason"): both("At a desk")},
        {("components", 1, "online"): False},
    ),
    Case("online_or_why_not", {("components", 1, "online"): None}, {("components", 1, "online"): True}),
    Case(
        "varied_items",
        Facts(item_types={"choice_single"}),
        Facts(item_types={"choice_single", "text_entry"}),
    ),
    Case("statutory_needs_stated", {("statutory_needs",): None}, {("statutory_needs",): {"none": True}}),
    Case(
        "statutory_needs_stated",
        {("statutory_needs",): None},
        {("statutory_needs",): {"none": False, "text": both("A licence")}},
    ),
    Case("progression_linked", {("progression", "vertical"): None}, {}),
    Case("progression_linked", {("level",): "7"}, {("level",): "8"}, {("progression", "vertical"): None}),
    Case("concise", Facts(pages=7), Facts(pages=6)),
    Case("training_partner", Facts(training_partner=False), Facts(training_partner=True)),
    Case(
        "portfolio_of_evidence",
        Facts(pcs_with_evidence={"PC1"}),
        Facts(pcs_with_evidence={"PC1", "PC2"}),
    ),
    Case(
        "prior_learning_assessed",
        Facts(recognised_prior_learning=True, assessed=False),
        Facts(recognised_prior_learning=True, assessed=True),
    ),
    Case("signed_by_awarding_body", Facts(signed_by_awarding_body=False), Facts(signed_by_awarding_body=True)),
    Case("review_overdue", Facts(today=date(2027, 8, 1)), Facts(today=date(2027, 7, 31)), {("review_date",): "2027-07-31"}),
    Case("nearly_idle", Facts(idle_days=270), Facts(idle_days=269)),
    Case("nearly_idle", Facts(idle_days=364), Facts(idle_days=365)),
    Case("idle", Facts(idle_days=365), Facts(idle_days=364)),
    Case("rights_withdrawn", Facts(rights_withdrawn=True), Facts(rights_withdrawn=False)),
]  # fmt: skip


def found(case: Case, what: dict[Path, Any] | Facts) -> set[str]:
    document = credential()
    if case.rule == "items_for_every_pc":  # what is watched needs no item
        theory = [pc(name, marks={"theory": "4"}) for name in ("PC1", "PC2")]
        document = without(without(changed(document, *PCS, to=theory), "practical"), "viva")
    for path, value in (case.beside or {}).items():
        document = changed(document, *path, to=value)
    if isinstance(what, Facts):
        return {one.rule for one in findings(parse_credential(document), what)}
    for path, value in what.items():
        document = changed(document, *path, to=value)
    return {one.rule for one in findings(parse_credential(document))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_rule_fires_when_it_is_just_broken_and_not_when_it_is_just_kept(case: Case) -> None:
    assert case.rule in found(case, case.broken)
    assert case.rule not in found(case, case.kept)


def test_every_rule_that_can_be_broken_has_its_edges_here() -> None:
    book = current_rulebook()
    assert {rule.id for rule in book.rules} == set(CHECKS)
    breakable = {rule.id for rule in book.rules if rule.severity is not Severity.DATUM}
    assert {case.rule for case in CASES} == breakable


def test_every_rule_has_its_clause_and_its_words_in_both_languages() -> None:
    for rule in current_rulebook().rules:
        assert rule.clause, rule.id
        assert all((rule.text, rule.what_to_do, *rule.hindi)), rule.id


def test_a_finding_is_told_in_the_reader_s_language() -> None:
    (one,) = findings(parse_credential(credential()), Facts(pages=7))
    assert one.in_language("en")[0] == "The printed document has 7 pages; usually it has no more than 6."
    assert "7 पृष्ठ" in one.in_language("hi")[0]
    assert one.in_language("mr") == one.in_language("en")
    assert (one.clause, one.severity) == ("4.1.3.11", Severity.WARN)


def test_without_facts_only_the_document_is_judged() -> None:
    assert findings(parse_credential(credential()), NO_FACTS) == ()


def test_data_are_recorded_and_block_nothing() -> None:
    document = credential(
        usage=["alone", "multi_skill"],
        formative_assessment=both("Practice items"),
        adoption=ADOPTED,
        visibility="private",
        industry_validations=dossier()["industry_validations"],
    )
    told = {
        one.rule: one.text
        for one in recorded_data(
            parse_credential(document), Facts(overlay=replace(SAME, modified=Fraction(1, 8)))
        )
    }
    assert told["usage"] == "Used: alone, multi skill."
    assert "12.5 % modified, 0 % added" in told["adopted_from"]
    assert "0.25 credits" in told["nos_fraction"]
    assert told.keys() == {"usage", "adopted_from", "nos_fraction", "formative_apart", "private_items"}
    assert findings(parse_credential(document)) == ()
    plain = {one.rule for one in recorded_data(parse_credential(credential()))}
    assert plain == {"nos_fraction"}
    unknown = recorded_data(parse_credential(credential(adoption=ADOPTED)))
    assert any("? % modified" in one.text for one in unknown)


def test_a_qualification_pack_is_not_held_to_the_hours_of_a_micro_credential() -> None:
    document = changed(credential(kind="qualification"), "hours", to=hours("390", ojt="383"))
    assert "hours_on_grid" not in {one.rule for one in findings(parse_credential(document))}
    broken = changed(document, "hours", "ojt", to="1")
    assert {one.rule for one in findings(parse_credential(broken))} == {"hours_add_up"}


def test_many_pcs_are_counted_and_not_all_named() -> None:
    many = [
        pc(f"PC{number}", knowledge=[], threshold=None, mandatory=False, marks={"theory": "1"})
        for number in range(1, 21)
    ]
    document = without(without(changed(credential(), *PCS, to=many), "practical"), "viva")
    document = changed(document, "rule", "rule", to=share({"credential": True}))
    (one,) = [one for one in findings(parse_credential(document)) if one.rule == "knowledge_for_every_pc"]
    assert one.text.endswith("PC11, PC12 … (20).")
