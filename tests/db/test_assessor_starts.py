# SPDX-License-Identifier: Apache-2.0
"""The start of an attempt on a real database: the gate before it and the paper behind it."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from assessor import api
from assessor.forms.tables import FormRow
from core.errors import Conflict
from core.uow import Actor
from item_bank.items.tables import ItemVersionRow
from tests.db.attempts import choice, pick, receipt
from tests.db.tampering import alter
from tests.sectioned import FIRST, moved, running_in_sections
from tests.unit.assessor.world import CLOSES, OPENS, TEST_SECONDS, World, refused

# ------------------------------------------------------------------------------------------- the start gate


def test_a_start_begins_the_time_and_a_second_start_resumes_it(world: World) -> None:
    enrolled = world.enrol()
    first = world.start(enrolled)
    assert first.state is api.AttemptState.RUNNING
    assert first.ends_at == world.clock.now() + timedelta(seconds=TEST_SECONDS)
    world.clock.advance(60)
    assert world.start(enrolled) == first
    assert world.state(enrolled).remaining_ms == (TEST_SECONDS - 60) * 1000


def test_nobody_starts_outside_the_window(world: World) -> None:
    early, late = world.enrol("Early"), world.enrol("Late")
    world.clock.advance((OPENS - world.clock.now()).total_seconds() - 1)
    with refused(Conflict, "window_not_open") as info:
        world.start(early)
    assert info.value.facts == {"opens_at": OPENS.isoformat()}
    world.clock.advance((CLOSES - world.clock.now()).total_seconds())
    with refused(Conflict, "window_closed") as info:
        world.start(late)
    assert info.value.facts == {"closes_at": CLOSES.isoformat()}


def test_a_running_attempt_outlives_the_window(world: World) -> None:
    enrolled = world.enrol()
    world.clock.advance((CLOSES - world.clock.now()).total_seconds() - 1)
    world.start(enrolled)
    world.lease(enrolled)
    world.clock.advance(TEST_SECONDS - 1)
    item = choice(world, enrolled)
    assert receipt(world.save(enrolled, item.ref, pick(item), seq=1)).remaining_ms == 1000


def test_a_watched_sitting_starts_only_when_the_camera_is_ready(world: World) -> None:
    enrolled = world.enrol(sitting_id=world.ids.watched_sitting)
    with refused(Conflict, "proctoring_not_ready"):
        world.start(enrolled)
    assert world.start(enrolled, proctoring_ready=True).state is api.AttemptState.RUNNING
    assert world.start(enrolled).state is api.AttemptState.RUNNING


def test_a_withdrawn_entry_does_not_start(world: World) -> None:
    enrolled = world.enrol()
    with world.store.write(world.manager) as uow:
        api.withdraw_entry(uow, enrolled.entry.id, organisation_id=world.ids.agency)
        api.withdraw_entry(uow, enrolled.entry.id, organisation_id=world.ids.agency)
    with refused(Conflict, "entry_withdrawn"):
        world.start(enrolled)
    assert world.state(enrolled).ended_by is api.EndedBy.WITHDRAWN


def test_a_form_that_was_changed_after_sealing_is_not_started(world: World) -> None:
    enrolled = world.enrol()
    alter(world, FormRow, enrolled.entry.form_id, limit_seconds=9_000)
    with refused(Conflict, "form_altered"):
        world.start(enrolled)


def test_a_form_whose_item_was_changed_is_not_started(world: World) -> None:
    enrolled = world.enrol()
    with world.store.write(Actor.system()) as uow:
        form = uow.db.get(FormRow, enrolled.entry.form_id)
        assert form is not None
        pinned = form.document["items"][0]["version_id"]
        uow.db.execute(
            update(ItemVersionRow).where(ItemVersionRow.id == pinned).values(content_hash="sha256:other")
        )
        assert api.form_changes(uow, form.id) == (pinned,)
    with refused(Conflict, "form_altered"):
        world.start(enrolled)


def test_a_withdrawn_form_is_not_started_and_not_drawn_but_a_running_attempt_goes_on(world: World) -> None:
    running, waiting = world.running(), world.enrol("Waiting")
    with world.store.write(world.manager) as uow:
        for form in api.forms(uow, world.ids.assessment, organisation_id=world.ids.agency):
            api.withdraw_form(uow, form.id, organisation_id=world.ids.agency)
    with refused(Conflict, "form_state"):
        world.start(waiting)
    with refused(Conflict, "batch_without_forms"):
        world.enrol("Too late")
    assert world.paper(running).items


# ------------------------------------------------------------------------------------------------ the paper


def test_the_paper_has_every_item_in_both_languages_under_names_of_its_own(world: World) -> None:
    one, other = world.running("One"), world.running("Other")
    paper = world.paper(one)
    assert len(paper.items) == 24
    assert {body.language for item in paper.items for body in item.bodies} == {"en", "hi"}
    assert not {item.ref for item in paper.items} & {item.ref for item in world.paper(other).items}


def test_no_true_identifier_is_on_the_paper_or_in_the_state(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.save(enrolled, item.ref, pick(item), seq=1)
    paper, state = dataclasses.asdict(world.paper(enrolled)), dataclasses.asdict(world.state(enrolled))
    assert true_ids_in(world, enrolled, [paper, state]) == []
    assert set(paper) == {"attempt_id", "remaining_ms", "items", "sections"}
    rich = ("parts", "flows", "blocks")  # a simple item has none
    assert {name for item in paper["items"] for name in item} == {"ref", "interaction", "bodies", *rich}
    assert not [item for item in paper["items"] for name in rich if item[name]]
    bodies = [body for item in paper["items"] for body in item["bodies"]]
    assert {name for body in bodies for name in body} == {"language", "stem", "options"}
    assert {name for body in bodies for option in body["options"] for name in option} == {"id", "text"}


def test_no_true_identifier_is_in_the_sections_of_a_paper(world: World) -> None:
    enrolled = running_in_sections(world)
    moved(world, enrolled, "enter_section", FIRST, seq=1)
    paper, state = dataclasses.asdict(world.paper(enrolled)), dataclasses.asdict(world.state(enrolled))
    assert true_ids_in(world, enrolled, [paper, state]) == []
    assert [ref for section in paper["sections"] for ref in section["items"]] == [
        item["ref"] for item in paper["items"]
    ]
    rules = {"navigation", "allow_skipping", "allow_review", "max_attempts", "validate"}
    assert {name for section in paper["sections"] for name in section} == {
        *("id", "title", "items", "seconds", "adaptive"),
        *rules,
    }
    assert set(state["course"]) == {"sections", "current", "position", "confirmed", "withheld"}


def true_ids_in(world: World, enrolled: api.Enrolled, shown: list[dict[str, Any]]) -> list[str]:
    """The versions of the form's items that stand in what a learner is shown."""
    with world.store.read(Actor.system()) as uow:
        form = uow.db.get(FormRow, enrolled.entry.form_id)
        assert form is not None
        true_ids = [pinned["version_id"] for pinned in form.document["items"]]
    assert len(true_ids) == 24
    text = json.dumps(shown, default=str)
    return [found for found in true_ids if found in text]


def test_there_is_no_paper_before_the_start_or_after_the_end(world: World) -> None:
    enrolled = world.enrol()
    with refused(Conflict, "attempt_not_started"):
        world.paper(enrolled)
    world.start(enrolled)
    world.submit(enrolled)
    with refused(Conflict, "attempt_closed"):
        world.paper(enrolled)


def test_the_length_of_the_paper_is_known_before_the_start(world: World) -> None:
    enrolled = world.enrol()
    with world.store.read(world.learner(enrolled)) as uow:
        facts = api.paper_facts(uow, enrolled.attempt_id)
        assert api.attempt_summary(uow, enrolled.attempt_id).slip == ()
        assert api.credential_of_entry(uow, enrolled.entry.id).id == world.ids.credential
    assert (facts.questions, facts.limit_seconds) == (24, TEST_SECONDS)
    world.start(enrolled)
    assert facts.refs == tuple(item.ref for item in world.paper(enrolled).items)
