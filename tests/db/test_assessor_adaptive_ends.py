# SPDX-License-Identifier: Apache-2.0
"""How an adaptive section ends: by time, on another device, by hand-in; what is told then; and what the exported file says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assessor import api
from tests.adaptive import Walk, walk
from tests.db.corrected import ask, correct, dropped, everybody, look, records, rederive
from tests.db.results import mark_all
from tests.sectioned import LAST, LINEAR, SECONDS, moved
from tests.unit.assessor.world import GRACE, World

NEVER = {"PC3": [False], "PC4": [True, True, True]}
"""PC3 (all four of four) is settled by one wrong answer, PC4 (three of four) by three right ones."""


def handed_in(on: Walk) -> api.HandedIn:
    with on.world.store.read(on.world.learner(on.enrolled)) as uow:
        return api.handed_in(uow, api.learner_entry(uow, on.enrolled.entry.id))


def told(on: Walk) -> dict[str, dict[str, Any]]:
    """Hand in, mark everything else, and read what the result says of the section, by PC."""
    on.world.submit(on.enrolled)
    mark_all(on.world, on.enrolled)
    with on.world.store.read(on.world.manager) as uow:
        found = api.result(uow, on.world.result(on.enrolled).id, organisation_id=on.world.ids.agency)
    return {one["pc"]: one for one in found.document["adaptive"]}


def batch_of(on: Walk) -> str:
    with on.world.store.read(on.world.manager) as uow:
        line = api.entry_line(uow, on.enrolled.entry.id, organisation_id=on.world.ids.agency)
    return line.entry.sitting.batch_id


def first_of(on: Walk, pc: str) -> str:
    """The item version that a PC asks first."""
    with on.world.store.read(on.world.manager) as uow:
        line = api.entry_line(uow, on.enrolled.entry.id, organisation_id=on.world.ids.agency)
        forms = api.forms(uow, line.entry.assessment_id, organisation_id=on.world.ids.agency)
    content = next(one for one in forms if one.id == line.entry.form_id).content
    section = next(one for one in content.sections if one.id == LINEAR)
    return next(item for item in section.items if on.pcs[on.refs[section.items.index(item)]] == pc)


def test_what_was_not_asked_is_named_after_the_section_and_after_the_end_and_is_no_missing_answer(
    world: World,
) -> None:
    on = walk(world)
    on.follow(NEVER)
    withheld = world.state(on.enrolled).course.withheld
    assert sorted(on.pcs[ref] for ref in withheld) == ["PC3", "PC3", "PC3", "PC4"]
    assert moved(world, on.enrolled, "enter_section", LAST, seq=on.next()).withheld == withheld
    world.submit(on.enrolled)
    assert world.state(on.enrolled).course.withheld == withheld
    assert (len(handed_in(on).questions), handed_in(on).not_asked) == (24, 4)


def test_when_the_time_of_the_section_is_over_what_was_still_needed_counts_as_wrong(world: World) -> None:
    on = walk(world)
    last = on.refs.index(next(ref for ref in on.refs if on.pcs[ref] == "PC3")) + 1
    for place, ref in enumerate(on.refs[: last + 1]):
        if place:
            on.visit(ref)
        if ref not in world.state(on.enrolled).course.withheld:
            on.answer(ref, right=on.pcs[ref] == "PC4")
    world.clock.advance(SECONDS + GRACE)
    state = world.state(on.enrolled).course
    assert state.current is None
    assert {on.pcs[ref] for ref in state.withheld} == {"PC3"}
    found = told(on)
    # PC3 was settled; PC4 was not, so its missing answers are wrong, up to where no answer could turn it.
    assert (found["PC3"]["ruling"], found["PC3"]["right"], len(found["PC3"]["counted"])) == ("not_met", 0, 1)
    assert found["PC4"]["ruling"] == "not_met"
    assert len(found["PC4"]["counted"]) == found["PC4"]["right"] + 2
    assert handed_in(on).not_asked == len(state.withheld)


def test_another_device_goes_on_at_the_same_question_and_is_told_the_same(world: World) -> None:
    on = walk(world)
    first = next(ref for ref in on.refs if on.pcs[ref] == "PC3")
    for place, ref in enumerate(on.refs[: on.refs.index(first) + 2]):
        if place:
            on.visit(ref)
        if ref not in world.state(on.enrolled).course.withheld:
            on.answer(ref, right=ref != first)
    before = world.state(on.enrolled).course
    epoch = world.lease(on.enrolled, "laptop")
    after = world.state(on.enrolled, "laptop").course
    assert (after.withheld, after.position, after.current) == (before.withheld, before.position, LINEAR)
    # What the older device still sends is no answer to a question that the section has left behind.
    kept = world.save(on.enrolled, first, on.key[first], seq=on.next())
    assert isinstance(kept, api.Refusal)
    rest = [ref for ref in on.refs[on.refs.index(str(after.position)) + 1 :] if ref not in after.withheld]
    for number, ref in enumerate(rest, 1):
        if ref in world.state(on.enrolled, "laptop").course.withheld:
            continue
        moved(world, on.enrolled, "visit", ref, seq=2 * number, device="laptop", epoch=epoch)
        world.save(on.enrolled, ref, on.key[ref], seq=2 * number + 1, device="laptop", epoch=epoch)
    moved(world, on.enrolled, "leave_section", LINEAR, seq=100, device="laptop", epoch=epoch)
    found = told(on)
    assert (found["PC3"]["ruling"], found["PC4"]["ruling"]) == ("not_met", "met")


def test_the_exported_file_derives_a_result_that_not_everything_was_asked_for(
    world: World, tmp_path: Path
) -> None:
    near = walk(world)
    near.follow(NEVER)
    told(near)
    file = records(world, batch_of(near))
    code, said = rederive(file.document, tmp_path)
    assert (code, file.records) == (0, 1), said
    [key] = file.document["keys"].values()
    assert sum(one["treatment"] == "dropped" for one in key["items"].values()) == 4
    # A mark more than was earned is found out.
    forged = {**file.document, "records": [{**file.document["records"][0], "verdict": "fail"}]}
    if file.document["records"][0]["verdict"] == "fail":
        forged["records"][0]["verdict"] = "pass"
    assert rederive(forged, tmp_path)[0] != 0


def test_a_corrected_key_changes_marks_and_never_what_was_asked(world: World, tmp_path: Path) -> None:
    on = walk(world)
    on.follow(NEVER)
    before = told(on)["PC3"]
    correct(world, first_of(on, "PC3"), everybody())
    with world.store.read(world.manager) as uow:
        found = api.result(uow, world.result(on.enrolled).id, organisation_id=world.ids.agency).document
    assert next(one for one in found["adaptive"] if one["pc"] == "PC3") == before
    marks = {one["pc"]: one["awarded"] for one in found["marks"] if one["component"] == "theory"}
    assert marks["PC3"] == "4"
    assert rederive(records(world, batch_of(on)).document, tmp_path)[0] == 0


def test_where_the_only_question_that_counted_is_dropped_the_difference_names_who_has_no_result_then(
    world: World,
) -> None:
    on = walk(world)
    on.follow(NEVER)
    told(on)
    [failed] = look(world, ask(world, first_of(on, "PC3"), dropped()).id).document["failed"]
    assert failed["entry"] == on.enrolled.entry.id
