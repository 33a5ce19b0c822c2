# SPDX-License-Identifier: Apache-2.0
"""How far an adopted document departs from its parent, weighted by hours."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from item_bank.standards.overlay import OverlayReport, compare_overlay
from item_bank.standards.parsing import parse_credential
from item_bank.standards.pc_hours import pc_hours
from tests.unit.item_bank.builders import both, changed, credential, pc, share, without

PCS = ("nos", 0, "pcs")
POINTER = {"awarding_body": "A", "code": "SDP/MC/0701", "version": "1.0", "sha256": "sha256:" + "0" * 64}


def parent(count: int = 10) -> dict[str, Any]:
    """Ten PCs of 0.75 h each, in theory alone."""
    many = [pc(f"PC{number}", marks={"theory": "1"}) for number in range(1, count + 1)]
    document = without(without(changed(credential(), *PCS, to=many), "practical"), "viva")
    rule = {"all_of": [share({"pc": f"PC{number}"}) for number in range(1, count + 1)]}
    return changed(document, "rule", "rule", to=rule)


def compared(child: dict[str, Any], of: dict[str, Any] | None = None) -> OverlayReport:
    return compare_overlay(parse_credential(of or parent()), parse_credential(child))


def test_the_same_document_has_no_difference() -> None:
    report = compared({**parent(), "code": "OSC/MC/0701", "version": "3.1", "awarding_body": "Other"})
    assert (report.modified, report.added, report.frozen, report.lost) == (0, 0, (), ())


def test_hours_fall_to_pcs_in_equal_parts_of_what_is_not_said() -> None:
    document = changed(parent(4), *PCS, 0, "hours", to="3")
    assert pc_hours(parse_credential(document)) == {
        "PC1": 3, "PC2": Fraction(3, 2), "PC3": Fraction(3, 2), "PC4": Fraction(3, 2),
    }  # fmt: skip
    stated = changed(document, "nos", 0, "hours", to="6")
    assert pc_hours(parse_credential(stated))["PC2"] == 1


def test_two_of_ten_equal_pcs_are_a_fifth_of_the_hours() -> None:
    child = changed(parent(), *PCS, 0, "title", "en", to="Do it otherwise")
    assert compared(child).modified == Fraction(1, 10)
    child = changed(child, *PCS, 1, "knowledge", to=[both("more")])
    report = compared(child)
    assert report.modified == Fraction(1, 5)
    assert report.changed_pcs == ("PC1", "PC2")
    assert report.added == 0


def test_a_mandatory_addition_counts_in_both_shares_and_an_optional_one_in_the_first() -> None:
    child = parent()
    child["nos"][0]["pcs"].append(pc("PC11", marks={"theory": "1"}, hours="0.75"))
    report = compared(child)
    assert (report.added, report.modified) == (Fraction(1, 10), Fraction(1, 10))
    assert report.added_pcs == ("PC11",)
    assert report.added_hours_known
    child["nos"][0]["pcs"][-1]["mandatory"] = False
    assert (compared(child).added, compared(child).modified) == (0, Fraction(1, 10))
    del child["nos"][0]["pcs"][-1]["hours"]
    report = compared(child)
    assert report.without_hours == ("PC11",)
    assert not report.added_hours_known


def test_a_mandatory_pc_is_lost_unless_it_is_a_duplicate_with_a_reason() -> None:
    child = without(parent(), *PCS, 9)
    child = without(child, "rule", "rule", "all_of", 9)
    report = compared(child)
    assert (report.lost, report.removed_pcs, report.modified) == (("PC10",), ("PC10",), Fraction(1, 10))
    assert report.frozen == ()
    duplicate = {"pc": "PC10", "same_as": "PC9", "reason": "The same in both skills"}
    report = compared({**child, "adoption": {"parent": POINTER, "duplicates": [duplicate]}})
    assert (report.lost, report.duplicates) == ((), ("PC10",))


def test_an_optional_pc_may_go_and_a_mandatory_one_may_not_become_optional() -> None:
    before = changed(parent(), *PCS, 9, "mandatory", to=False)
    child = without(without(before, *PCS, 9), "rule", "rule", "all_of", 9)
    assert compared(child, before).lost == ()
    assert compared(changed(parent(), *PCS, 0, "mandatory", to=False)).lost == ("PC1",)


def test_a_further_language_is_no_change_and_a_dropped_one_is() -> None:
    english = parent()
    child = {**english, "language": ["en", "hi", "mr"]}
    translated = _with_marathi(child)
    assert compared(translated).modified == 0
    assert compared(translated).frozen == ()
    dropped = _only_english({**english, "language": ["en"]})
    assert compared(dropped).modified == 1


def test_every_frozen_field_is_shown_with_both_values() -> None:
    document = {**parent(), "accreditation": both("ISO"), "review_date": "2027-07-31"}
    cases: list[tuple[tuple[str | int, ...], Any, str]] = [
        (("entry_requirement",), both("Grade 8"), "eligibility"),
        (("entry_routes",), ["class 8"], "entry_routes"),
        (("level",), "5", "level"),
        (("hours", "ojt"), "1", "hours"),
        (("nos", 0, "title", "en"), "Pay quickly", "outcome SDP/N0701"),
        (("nos", 0, "code"), "SDP/N0702", "outcome SDP/N0701"),
        (("accreditation",), both("None"), "accreditation"),
        (("assessment_minutes",), 29, "assessment_minutes"),
        (("components", 0, "minutes"), 14, "components"),
        (("assessment_strategy",), both("Offline"), "assessment_strategy"),
        (("review_date",), None, "review_date"),
        (("assessment_tools",), [both("Other")], "assessment_tools"),
        (("training_equipment",), [both("Laptop")], "training_equipment"),
        ((*PCS, 0, "marks", "theory"), "2", "marks PC1"),
        ((*PCS, 0, "threshold"), "6/10", "marks PC1"),
        (("rule", "rule", "all_of", 0), share({"credential": True}), "rule"),
    ]
    for path, value, field in cases:
        report = compared(changed(document, *path, to=value), document)
        assert field in [one.field for one in report.frozen], field
        one = next(one for one in report.frozen if one.field == field)
        assert one.parent != one.child


def test_a_stricter_rule_keeps_every_condition() -> None:
    child = parent()
    child["rule"]["rule"]["all_of"].append(share({"credential": True}))
    assert compared(child).frozen == ()


def test_the_marks_of_an_element_are_frozen_too() -> None:
    element = {
        "id": "E1",
        "title": both("Group"),
        "marks": {"theory": "4"},
        "pcs": [without(without(pc(name), "marks"), "threshold") for name in ("PC1", "PC2")],
    }
    nos = {"code": "SDP/N0701", "title": both("Pay"), "weight": "100", "elements": [element]}
    document = without(without(credential(nos=[nos]), "practical"), "viva")
    document = changed(document, "rule", "rule", to=share({"nos": "SDP/N0701"}))
    assert compared(document, document).frozen == ()
    child = changed(document, "nos", 0, "elements", 0, "marks", "theory", to="5")
    assert [one.field for one in compared(child, document).frozen] == ["marks SDP/N0701 E1"]
    renamed = changed(document, "nos", 0, "elements", 0, "id", to="E2")
    assert compared(renamed, document).frozen[0].child == "–"


def test_the_report_is_told_in_exact_numbers() -> None:
    child = changed(changed(parent(3), *PCS, 0, "title", "en", to="New"), "level", to="5")
    told = compared(child, parent(3)).to_document()
    assert (told["modified"], told["added"], told["changed_pcs"]) == ("1/3", "0", ["PC1"])
    assert told["frozen"] == [{"field": "level", "parent": "6", "child": "5"}]


def test_a_parent_without_anything_mandatory_is_all_addition() -> None:
    before = parent(1)
    before["nos"][0]["pcs"][0]["mandatory"] = False
    child = changed(before, "level", to="6")
    child["nos"][0]["pcs"].append(pc("PC2", marks={"theory": "1"}, hours="1"))
    assert compared(child, before).added == 1


def _with_marathi(part: Any) -> Any:
    return _each_text(part, lambda text: {**text, "mr": text["en"]})


def _only_english(part: Any) -> Any:
    return _each_text(part, lambda text: {"en": text["en"]})


def _each_text(part: Any, change: Any) -> Any:
    if isinstance(part, dict):
        if "en" in part:
            return change(part)
        return {key: _each_text(value, change) for key, value in part.items()}
    return [_each_text(one, change) for one in part] if isinstance(part, list) else part
