# SPDX-License-Identifier: Apache-2.0
"""Questions, keys and files that were changed in the database behind the platform's back, their hashes left alone."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from assessor import api
from assessor.forms.tables import FormRow
from core.errors import Conflict
from core.uow import Actor
from item_bank import api as bank
from item_bank.items.tables import ItemKeyRow, ItemMediaRow, ItemVersionRow
from tests.fresh_process import forget_what_is_kept
from tests.unit.assessor.world import World, refused


def pinned(world: World, enrolled: api.Enrolled) -> list[str]:
    """The versions of the paper, in order."""
    with world.store.read(Actor.system()) as uow:
        form = uow.db.get(FormRow, enrolled.entry.form_id)
        assert form is not None
        return [item["version_id"] for item in form.document["items"]]


def put(world: World, statement: Any) -> None:
    with world.store.write(Actor.system()) as uow:
        uow.db.execute(statement)


def tampered(bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**body, "stem": "TAMPERED STEM"} for body in bodies]


def change_stem(world: World, version_id: str) -> None:
    with world.store.read(Actor.system()) as uow:
        bodies = uow.db.scalar(select(ItemVersionRow.bodies).where(ItemVersionRow.id == version_id))
    assert bodies is not None
    put(world, update(ItemVersionRow).where(ItemVersionRow.id == version_id).values(bodies=tampered(bodies)))


def change_key(world: World, version_id: str) -> None:
    put(world, update(ItemKeyRow).where(ItemKeyRow.version_id == version_id).values(correct=["ANOTHER KEY"]))


def lose_key(world: World, version_id: str) -> None:
    put(world, delete(ItemKeyRow).where(ItemKeyRow.version_id == version_id))


def break_body(world: World, version_id: str) -> None:
    put(
        world,
        update(ItemVersionRow).where(ItemVersionRow.id == version_id).values(bodies=[{"language": "en"}]),
    )


CHANGES = [change_stem, change_key, lose_key, break_body]


@pytest.mark.parametrize("change", CHANGES)
def test_a_paper_with_a_changed_question_or_key_is_not_started(world: World, change: Any) -> None:
    enrolled = world.enrol()
    first = pinned(world, enrolled)[0]
    change(world, first)
    forget_what_is_kept()
    with world.store.read(Actor.system()) as uow:
        assert api.form_changes(uow, enrolled.entry.form_id) == (first,)
    with refused(Conflict, "form_altered"):
        world.start(enrolled)


@pytest.mark.parametrize("change", CHANGES)
def test_a_running_test_never_shows_and_never_scores_what_was_not_sealed(world: World, change: Any) -> None:
    enrolled = world.sat()
    shown = world.paper(other := world.running("Other"))
    for version_id in {pinned(world, enrolled)[0], pinned(world, other)[0]}:  # two papers of one blueprint
        change(world, version_id)
    assert world.paper(other).items == shown.items  # this process has seen what was sealed, and shows that
    forget_what_is_kept()
    with refused(Conflict, "form_altered"):
        world.paper(other)
    for task_id in world.tasks(enrolled).values():
        world.mark(task_id)
    with world.store.read(world.manager) as uow:
        line = api.entry_line(uow, enrolled.entry.id, organisation_id=world.ids.agency)
    assert line.result is None


def test_answers_are_saved_and_handed_in_whatever_became_of_the_questions(world: World) -> None:
    enrolled = world.running()
    item = world.paper(enrolled).items[0]
    change_stem(world, pinned(world, enrolled)[0])
    forget_what_is_kept()
    assert isinstance(world.save(enrolled, item.ref, None, seq=1), api.Receipt)
    assert world.submit(enrolled).state is api.AttemptState.SUBMITTED


def test_a_file_whose_bytes_were_changed_is_not_shown(world: World) -> None:
    sha256 = hashlib.sha256(b"a drawing").hexdigest()
    file = bank.MediaFile("image/png", sha256, b"a drawing")
    with world.store.write(world.manager) as uow:
        bank.store_media(uow, [file], owner_id=world.ids.agency)
        assert bank.media_file(uow, sha256, owner_id=world.ids.agency) == file
    put(world, update(ItemMediaRow).where(ItemMediaRow.sha256 == sha256).values(data=b"another"))
    with world.store.read(world.manager) as uow, refused(Conflict, "media_altered"):
        bank.media_file(uow, sha256, owner_id=world.ids.agency)


def test_no_refusal_quotes_what_was_changed(world: World) -> None:
    enrolled = world.enrol()
    change_key(world, pinned(world, enrolled)[0])
    forget_what_is_kept()
    with refused(Conflict, "form_altered") as info:
        world.start(enrolled)
    assert "ANOTHER KEY" not in json.dumps(info.value.facts)
