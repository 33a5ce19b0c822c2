# SPDX-License-Identifier: Apache-2.0
"""Sections of a blueprint: read back as written, refused by name, kept by the compiler and by the independent check."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.canonical import digest
from core.errors import Invalid
from item_bank.blueprints.bulk import draw_many
from item_bank.blueprints.compiler import compile_form
from item_bank.blueprints.deficits import Deficits, Obstacle, contradictions
from item_bank.blueprints.model import parse_blueprint
from item_bank.blueprints.plan import Plan
from item_bank.blueprints.plan_parsing import parse_plan
from item_bank.blueprints.plan_sections import Navigation, PlanSection, SessionControl
from item_bank.document import LocalText
from item_bank.standards.parsing import parse_credential
from scoring.api import FormFault, check_sections
from tests.unit.item_bank.blueprints.plans import a_plan, an_item, written
from tests.unit.item_bank.blueprints.test_plan_parsing import DOCUMENT as PLAIN
from tests.unit.item_bank.builders import changed, credential

CREDENTIAL = parse_credential(credential())
CONTROL = {"allow_skipping": False, "allow_review": False, "max_attempts": 2, "validate_responses": True}
FREELY = {"allow_skipping": True, "allow_review": True, "max_attempts": 0, "validate_responses": False}
DOCUMENT: dict[str, Any] = {
    **PLAIN,
    "sections": [
        {
            "id": "s1",
            "title": {"en": "Safety", "hi": "सुरक्षा"},
            "pcs": ["PC1"],
            "seconds": 300,
            "navigation": "linear",
            "item_session_control": CONTROL,
        },
        {
            "id": "s2",
            "title": {"en": "Tools", "hi": "औज़ार"},
            "pcs": ["PC2"],
            "seconds": None,
            "navigation": "free",
            "item_session_control": FREELY,
        },
    ],
}


def read(document: object) -> Plan:
    plan = parse_blueprint(document, credential=CREDENTIAL)
    assert isinstance(plan, Plan)
    return plan


def test_sections_read_back_as_they_were_written() -> None:
    plan = read(DOCUMENT)
    assert plan.to_document() == DOCUMENT
    assert parse_plan(plan.to_document(), credential=CREDENTIAL) == plan
    first, second = plan.sections
    assert (first.navigation, first.control.max_attempts, first.seconds) == (Navigation.LINEAR, 2, 300)
    assert (second.control, second.seconds) == (SessionControl(), None)
    assert [plan.pcs_of_section(one) for one in plan.sections] == [("PC1",), ("PC2",)]


def test_a_plan_without_sections_keeps_its_document_and_hash() -> None:
    plan = read(PLAIN)
    assert plan.sections == ()
    assert "sections" not in plan.to_document()
    assert digest(plan.to_document()) == digest(PLAIN)


def test_a_section_may_name_a_whole_standard() -> None:
    one = {key: value for key, value in DOCUMENT["sections"][0].items() if key != "pcs"}
    plan = read({**PLAIN, "sections": [{**one, "nos": ["SDP/N0701"]}]})
    assert plan.pcs_of_section(plan.sections[0]) == ("PC1", "PC2")
    assert plan.to_document()["sections"] == [{**one, "nos": ["SDP/N0701"]}]


S1, S2 = ("sections", 0), ("sections", 1)
BROKEN: list[tuple[tuple[str | int, ...], Any, str, str]] = [
    (("sections",), [], "$.sections", "count"),
    (("sections",), {}, "$.sections", "wrong_type"),
    ((*S1, "id"), "S 1", "$.sections[0].id", "malformed"),
    ((*S2, "id"), "s1", "$.sections", "duplicate"),
    ((*S1, "title"), {"en": "Safety"}, "$.sections[0].title.hi", "missing"),
    ((*S1, "title", "hi"), " ", "$.sections[0].title.hi", "empty"),
    ((*S1, "title", "en"), "x" * 81, "$.sections[0].title.en", "too_long"),
    ((*S1, "pcs"), ["PC1", "PC1"], "$.sections[0].pcs", "duplicate"),
    ((*S1, "pcs"), ["PC1", "PC9"], "$.sections[0].pcs[1]", "unknown_pc"),
    ((*S1, "pcs"), ["PC1", "PC2"], "$.sections", "section_repeats_pc"),
    ((*S1, "pcs"), None, "$.sections[0]", "section_empty"),
    ((*S1, "pcs"), None, "$.sections", "section_misses_pc"),
    ((*S1, "nos"), ["SDP/N9"], "$.sections[0].nos[0]", "unknown_nos"),
    ((*S1, "seconds"), 0, "$.sections[0].seconds", "out_of_range"),
    ((*S1, "seconds"), 901, "$.sections", "section_time"),
    ((*S1, "navigation"), "maze", "$.sections[0].navigation", "not_one_of"),
    (
        (*S1, "item_session_control", "allow_skipping"),
        1,
        "$.sections[0].item_session_control.allow_skipping",
        "wrong_type",
    ),
    (
        (*S1, "item_session_control", "max_attempts"),
        11,
        "$.sections[0].item_session_control.max_attempts",
        "out_of_range",
    ),
    (
        (*S1, "item_session_control", "show_solution"),
        True,
        "$.sections[0].item_session_control.show_solution",
        "unknown_key",
    ),
    ((*S1, "marks"), "4", "$.sections[0].marks", "unknown_key"),
]


@pytest.mark.parametrize(("path", "value", "where", "code"), BROKEN, ids=lambda value: str(value)[:30])
def test_a_wrong_section_is_refused_by_name(
    path: tuple[str | int, ...], value: Any, where: str, code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        read(changed(DOCUMENT, *path, to=value))
    assert refusal.value.code == "blueprint_malformed"
    problems: Any = refusal.value.facts["problems"]
    assert (where, code) in {(problem["where"], problem["code"]) for problem in problems}


def test_wrong_languages_do_not_stand_in_the_way_of_the_sections() -> None:
    with pytest.raises(Invalid) as refusal:
        read({**DOCUMENT, "languages": ["EN", "EN"]})
    problems: Any = refusal.value.facts["problems"]
    assert "$.languages[0]" in {problem["where"] for problem in problems}


# ---------------------------------------------------------------------------------------- papers by sections


def part(name: str, *pcs: str, seconds: int | None = None) -> PlanSection:
    return PlanSection(
        id=name,
        title=LocalText((("en", name),)),
        nos=(),
        pcs=pcs,
        seconds=seconds,
        navigation=Navigation.FREE,
        control=SessionControl(),
    )


def in_two(first: int | None, second: int | None = None) -> Plan:
    """Two items of each of two PCs, one section for each."""
    return a_plan(2, 2, sections=(part("s1", "PC1", seconds=first), part("s2", "PC2", seconds=second)))


SLOW = [an_item(number, "PC1", seconds=100) for number in range(3)]
QUICK = [an_item(number, "PC1", seconds=30) for number in range(10, 12)]
OTHER = [an_item(number, "PC2") for number in range(20, 22)]


def test_the_items_of_a_section_fit_into_its_time() -> None:
    for seed in range(5):
        form = compile_form([*SLOW, *QUICK, *OTHER], in_two(60), seed=seed)
        assert not isinstance(form, Deficits)
        assert set(form.version_ids[:2]) == {item.version_id for item in QUICK}
    papers = draw_many([*SLOW, *QUICK, *OTHER], replace(in_two(60), overlap_cap=None), seed=1, count=1).papers
    assert all(set(paper[:2]) == {item.version_id for item in QUICK} for paper in papers)


def test_a_section_that_is_too_short_is_named_with_what_would_help() -> None:
    found = compile_form([*SLOW, *OTHER], in_two(150), seed=1)
    assert isinstance(found, Deficits)
    assert [cause.obstacle for cause in found.causes] == [Obstacle.SECTION_TIME]
    assert found.causes[0].facts == {"sections": [{"title": {"en": "s1"}, "excess_seconds": 50}]}
    again = compile_form([*SLOW, *OTHER, *written(found)], in_two(150), seed=1)
    assert not isinstance(again, Deficits)


def test_a_short_section_contradicts_nothing_as_long_as_items_can_be_quick() -> None:
    assert contradictions(in_two(8, 10)) is None
    assert contradictions(in_two(1)) is not None


def test_the_check_before_sealing_holds_a_form_against_the_sections() -> None:
    held: list[dict[str, Any]] = [
        {
            **section,
            **section["item_session_control"],
            "validate": section["item_session_control"]["validate_responses"],
        }
        for section in DOCUMENT["sections"]
    ]
    assert check_sections(DOCUMENT, held, standards={}) == ()
    assert check_sections(PLAIN, [], standards={}) == ()
    assert check_sections(DOCUMENT, [], standards={}) == (FormFault("section", "$.sections"),)
    second = FormFault("section", "$.sections[1]")
    for name, value in {"pcs": ["PC1"], "seconds": 60, "navigation": "linear", "validate": True}.items():
        assert check_sections(DOCUMENT, [held[0], {**held[1], name: value}], standards={}) == (second,)
    whole = changed(DOCUMENT, "sections", 1, "nos", to=["N1"])
    assert check_sections(whole, [held[0], {**held[1], "pcs": ["PC7"]}], standards={"N1": ["PC7"]}) == ()
