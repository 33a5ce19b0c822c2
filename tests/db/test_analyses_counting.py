# SPDX-License-Identifier: Apache-2.0
"""What counts in reports is what counts in results: corrected and dropped keys, and what an adaptive section did not ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from assessor import api
from assessor.attempts.tables import AttemptRow
from core.uow import Actor
from scoring.api import Interaction
from scoring.rescoring.api import Policy
from tests.adaptive import Walk, walk
from tests.db import private_lives
from tests.db.analyses import gather
from tests.db.corrected import correct, dropped, everybody, first_items, keyed, scoring_of
from tests.db.results import line, mark_all
from tests.unit.assessor.world import World


def finished(world: World, name: str, *, wrong: int = 0) -> api.Enrolled:
    enrolled = world.sat(name, wrong=wrong)
    mark_all(world, enrolled)
    return enrolled


def document(world: World, enrolled: api.Enrolled) -> dict[str, Any]:
    with world.store.read(world.manager) as uow:
        summary = world.result(enrolled)
        return dict(api.result(uow, summary.id, organisation_id=world.ids.agency).document)


def outcomes(world: World, enrolled: api.Enrolled) -> dict[str, float]:
    """What each item earned, as results count it, by version."""
    with world.store.read(world.manager) as uow:
        found = api.entry_outcomes(uow, line(world, enrolled).entry)
    return {version_id: float(outcome.score) for version_id, outcome in found.items()}


def earned(data: api.BatchData, row: int) -> dict[str, float]:
    return {
        item.version_id: float(data.marks[row, column])
        for column, item in enumerate(data.items)
        if data.presented[row, column]
    }


def column(data: api.BatchData, version_id: str) -> int:
    return [item.version_id for item in data.items].index(version_id)


def test_an_attempt_is_known_from_the_instant_in_which_it_began(world: World) -> None:
    enrolled = finished(world, "Asha Rao")
    with world.store.read(Actor.system()) as uow:
        began = uow.db.get_one(AttemptRow, enrolled.attempt_id).started_at
    (person,) = gather(world, world.ids.batch).persons
    assert person.started_at == began == world.clock.now()


def test_an_item_that_a_correction_drops_is_no_column_and_the_data_have_another_hash(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=3)
    item = first_items(world, enrolled)[0]
    before = gather(world, world.ids.batch)
    assert before.marks[0, column(before, item)] == 0
    correct(world, item, dropped(), Policy.DROP)
    after = gather(world, world.ids.batch)
    assert item in {one.version_id for one in before.items}
    assert [one for one in before.items if one.version_id != item] == list(after.items)
    assert after.sha256 != before.sha256
    assert np.nansum(after.marks) == np.nansum(before.marks)


def test_an_item_that_everybody_gets_is_right_for_everybody_by_whatever_option(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=3)
    item = first_items(world, enrolled)[0]
    correct(world, item, everybody())
    data = gather(world, world.ids.batch)
    place = column(data, item)
    assert data.marks[0, place] == 1
    assert not data.answered[0, place]
    assert data.items[place].key == data.items[place].options
    assert earned(data, 0)[item] == outcomes(world, enrolled)[item] == 1


def test_a_corrected_key_counts_as_in_the_results_that_superseded(world: World) -> None:
    enrolled = finished(world, "Asha Rao")
    versions = first_items(world, enrolled)
    single = Interaction.CHOICE_SINGLE
    item = next(one for one in versions if scoring_of(world, enrolled, one).interaction is single)
    other = next(
        option
        for option in scoring_of(world, enrolled, item).options
        if option not in scoring_of(world, enrolled, item).correct
    )
    correct(world, item, keyed([other]))
    data = gather(world, world.ids.batch)
    assert earned(data, 0)[item] == 0
    assert data.items[column(data, item)].key == (other,)
    assert outcomes(world, enrolled) == earned(data, 0)


def test_whoever_was_erased_is_in_no_report_and_everybody_else_keeps_the_number(
    world: World, tmp_path: Path
) -> None:
    gone, stays = finished(world, "Asha Rao"), finished(world, "Binod Das", wrong=2)
    before = gather(world, world.ids.batch)
    parts = private_lives.services(world, tmp_path)
    with world.store.write(Actor.system()) as uow:
        candidate_id = api.learner_entry(uow, gone.entry.id).candidate_id
        api.erase_candidate(uow, candidate_id, blobs=parts.blobs)
    parts.engine.dispose()
    after = gather(world, world.ids.batch)
    assert [one.entry_id for one in before.persons] == [gone.entry.id, stays.entry.id]
    assert after.persons == before.persons[1:]
    assert np.nansum(after.marks) == np.nansum(before.marks[1])
    assert after.sha256 != before.sha256


def finish(on: Walk) -> api.BatchData:
    """Hand in, mark the rest, and read the batch."""
    on.world.submit(on.enrolled)
    mark_all(on.world, on.enrolled)
    return gather(on.world, line(on.world, on.enrolled).entry.sitting.batch_id)


def test_what_an_adaptive_section_did_not_ask_is_not_in_the_paper_and_not_wrong(world: World) -> None:
    on = walk(world)
    on.follow({"PC3": [False], "PC4": [True, True, True]})
    data = finish(on)
    told = {one["pc"]: one for one in document(world, on.enrolled)["adaptive"]}
    for pc, marks in (("PC3", [0.0]), ("PC4", [1.0, 1.0, 1.0])):
        own = {
            version_id: mark
            for version_id, mark in earned(data, 0).items()
            if data.items[column(data, version_id)].pc == pc
        }
        assert sorted(own) == sorted(told[pc]["counted"])
        assert list(own.values()) == marks
        for version_id in told[pc]["not_asked"]:
            place = column(data, version_id)
            assert np.isnan(data.marks[0, place])
            assert not data.answered[0, place]
    assert data.presented.sum() == 20  # 16 items of the other sections, four of this one


def test_what_was_answered_after_a_criterion_was_settled_changes_no_number(world: World) -> None:
    on = walk(world)
    for place, ref in enumerate(on.refs):
        if place:
            on.visit(ref)
        on.answer(ref, right=on.pcs[ref] == "PC4")
    on.leave()
    data = finish(on)
    told = {one["pc"]: one for one in document(world, on.enrolled)["adaptive"]}
    for pc in ("PC3", "PC4"):
        for version_id in told[pc]["after_the_end"]:
            place = column(data, version_id)
            assert np.isnan(data.marks[0, place])
            assert np.isnan(data.seconds[0, place])
    assert np.nansum(data.marks) == 3
    assert data.answered.sum() == 4


def test_a_section_that_was_never_reached_counts_as_wrong_as_in_the_result(world: World) -> None:
    on = walk(world)
    on.answer(on.refs[0], right=True)
    data = finish(on)
    told = document(world, on.enrolled)["adaptive"]
    assert sum(len(one["counted"]) for one in told) == data.presented.sum() - 16
    assert np.nansum(data.marks) == 1
