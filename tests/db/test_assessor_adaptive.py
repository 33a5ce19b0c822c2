# SPDX-License-Identifier: Apache-2.0
"""An adaptive section: the server ends a criterion when it is settled, without a line nothing is lost, and replay agrees."""

from __future__ import annotations

from typing import Any

import pytest

from assessor import api
from core.errors import Invalid
from item_bank import api as bank
from tests.adaptive import CURTAILED, RATIO, Walk, walk
from tests.db.results import mark_all
from tests.sectioned import LINEAR, sectioned_document, stopped
from tests.unit.assessor.world import World, refused


def document(on: Walk) -> dict[str, Any]:
    """Hand in, mark everything else, and read the result's document."""
    on.world.submit(on.enrolled)
    mark_all(on.world, on.enrolled)
    summary = on.world.result(on.enrolled)
    with on.world.store.read(on.world.manager) as uow:
        return dict(api.result(uow, summary.id, organisation_id=on.world.ids.agency).document)


def theory(found: dict[str, Any], pc: str) -> str:
    """The marks of a criterion's theory, out of 4."""
    return next(one["awarded"] for one in found["marks"] if (one["pc"], one["component"]) == (pc, "theory"))


def settled(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["pc"]: one for one in found["adaptive"]}


def test_a_criterion_ends_when_no_answer_can_turn_it_and_its_marks_are_the_share_of_what_was_asked(
    world: World,
) -> None:
    on = walk(world)
    # PC3 needs all four of four: one wrong answer settles it. PC4 needs three: three right ones settle it.
    asked = on.follow({"PC3": [False], "PC4": [True, True, True]})
    assert sorted(on.pcs[ref] for ref in asked) == ["PC3", "PC4", "PC4", "PC4"]
    found = document(on)
    assert (theory(found, "PC3"), theory(found, "PC4")) == ("0", "4")
    told = settled(found)
    assert (told["PC3"]["ruling"], told["PC3"]["right"], len(told["PC3"]["counted"])) == ("not_met", 0, 1)
    assert (told["PC4"]["ruling"], told["PC4"]["right"], len(told["PC4"]["counted"])) == ("met", 3, 3)
    assert [len(one["not_asked"]) for one in told.values()] == [3, 1]
    # 16 items of the other sections, and the four that were asked here.
    assert (found["items"]["count"], found["items"]["matched"]) == (20, 3)


def test_without_a_line_the_learner_goes_on_in_the_fixed_order_and_nothing_is_lost(world: World) -> None:
    on = walk(world)
    for place, ref in enumerate(on.refs):
        if place:
            on.visit(ref)  # whatever the receipts say, the device did not hear it
        on.answer(ref, right=on.pcs[ref] == "PC4")
    on.leave()
    assert len(on.world.state(on.enrolled).answers) == 8
    told = settled(document(on))
    assert [(one["ruling"], len(one["counted"]), len(one["after_the_end"])) for one in told.values()] == [
        ("not_met", 1, 3),
        ("met", 3, 1),
    ]


def test_whoever_hears_the_server_and_whoever_does_not_get_the_same_marks(world: World) -> None:
    answers = {"PC3": [True, False, True, True], "PC4": [False, True, False, True]}
    near, far = walk(world), walk(world, batch_name="Far away")
    near.follow({pc: list(one) for pc, one in answers.items()})
    left = {pc: iter(one) for pc, one in answers.items()}
    for place, ref in enumerate(far.refs):
        if place:
            far.visit(ref)
        far.answer(ref, right=next(left[far.pcs[ref]]))
    far.leave()
    one, other = document(near), document(far)
    assert len(near.answered) < len(far.answered) == 8
    for pc in ("PC3", "PC4"):
        assert theory(one, pc) == theory(other, pc)
        assert settled(one)[pc]["ruling"] == settled(other)[pc]["ruling"]


def test_a_question_that_is_still_needed_cannot_be_passed_and_the_section_not_finished_before_it_is_settled(
    world: World,
) -> None:
    on = walk(world)
    assert stopped(world, on.enrolled, "visit", on.refs[1], seq=on.next()) == "skipping_not_allowed"
    assert stopped(world, on.enrolled, "leave_section", LINEAR, seq=on.next()) == "skipping_not_allowed"
    on.answer(on.refs[0], right=True)
    on.visit(on.refs[1])
    assert stopped(world, on.enrolled, "leave_section", LINEAR, seq=on.next()) == "skipping_not_allowed"


def test_nothing_is_said_of_an_answer_that_can_still_be_changed(world: World) -> None:
    on = walk(world)
    first = next(ref for ref in on.refs if on.pcs[ref] == "PC3")
    for place, ref in enumerate(on.refs[: on.refs.index(first) + 1]):
        if place:
            assert on.visit(ref).withheld == ()
        on.answer(ref, right=ref != first)
    # The wrong answer stands, and neither its receipt nor the state tells; only leaving it for good does.
    assert on.world.state(on.enrolled).course.withheld == ()
    said = on.visit(on.refs[on.refs.index(first) + 1]).withheld
    assert said
    assert {on.pcs[ref] for ref in said} == {"PC3"}
    assert on.world.state(on.enrolled).course.withheld == said
    kept = on.world.save(on.enrolled, first, on.key[first], seq=on.next())
    assert isinstance(kept, api.Refusal)
    assert kept.verdict.value == "item_closed"


def test_what_was_not_reached_when_the_test_ends_counts_as_wrong_as_in_any_paper(world: World) -> None:
    on = walk(world)
    on.answer(on.refs[0], right=True)
    told = settled(document(on))
    assert {one["ruling"] for one in told.values()} == {"not_met"}
    assert sum(one["right"] for one in told.values()) == 1
    assert not any(one["not_asked"] and not one["counted"] for one in told.values())


def test_a_ratio_test_stops_only_where_it_agrees_with_the_threshold_of_what_was_asked(world: World) -> None:
    on = walk(world, adaptive=RATIO)
    on.follow({"PC3": [True] * 4, "PC4": [True, False, False, False]})
    found = document(on)
    for pc, share in (("PC3", 4 / 5), ("PC4", 7 / 10)):
        one = settled(found)[pc]
        assert (one["ruling"] == "met") == (one["right"] >= share * len(one["counted"]))
    assert len(on.answered) < 8


def test_the_result_computed_again_is_the_same_and_its_chain_drops_what_was_not_asked(world: World) -> None:
    on = walk(world)
    on.follow({"PC3": [False], "PC4": [True, True, True]})
    before = document(on)
    with world.store.write(world.manager) as uow:
        line = api.entry_line(uow, on.enrolled.entry.id, organisation_id=world.ids.agency)
        again = api.entry_outcomes(uow, line.entry)
    assert len(again) == 24
    assert document_of(on) == before


def document_of(on: Walk) -> dict[str, Any]:
    summary = on.world.result(on.enrolled)
    with on.world.store.read(on.world.manager) as uow:
        return dict(api.result(uow, summary.id, organisation_id=on.world.ids.agency).document)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"allow_skipping": True}, "adaptive_way"),
        ({"allow_review": True}, "adaptive_way"),
        ({"max_attempts": 1}, "adaptive_way"),
        ({"adaptive": {**CURTAILED, "marks": "threshold"}}, "adaptive_rule_adds"),
        ({"adaptive": {**CURTAILED, "lacking": "1/2"}}, "adaptive_number"),
        ({"adaptive": {**RATIO, "lacking": "19/20"}}, "adaptive_numbers"),
        ({"adaptive": {**RATIO, "lacking": "1/10", "master": "1/2"}}, "adaptive_against_threshold"),
        ({"adaptive": {"method": "curtailed", "marks": "share"}}, "missing"),
    ],
)
def test_a_section_that_could_turn_a_verdict_or_cannot_be_decided_is_refused_by_name(
    world: World, change: dict[str, Any], code: str
) -> None:
    rules = {"allow_skipping": False, "allow_review": False, "adaptive": CURTAILED, **change}
    with world.store.write(world.manager) as uow:
        credential = bank.credential_version(uow, world.ids.credential).document
        with refused(Invalid, "blueprint_malformed") as refusal:
            bank.parse_plan(sectioned_document(credential, **rules), credential=credential)
    assert code in {one["code"] for one in refusal.value.facts["problems"]}
