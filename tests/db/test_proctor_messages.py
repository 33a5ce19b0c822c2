# SPDX-License-Identifier: Apache-2.0
"""Messages of proctors on a real database."""

from __future__ import annotations

from sqlalchemy import select

from core.audit import AuditRow
from core.errors import Forbidden, Invalid
from core.uow import Actor
from proctor import api as proctor
from tests.unit.assessor.world import World, refused


def test_a_message_is_kept_with_its_writer_and_its_words_stand_in_no_event(world: World) -> None:
    enrolled = world.enrol()
    with world.store.write(world.proctor) as uow:
        proctor.send_message(
            uow, enrolled.attempt_id, organisation_id=world.ids.agency, text="  Please look \n up  "
        )
    with world.store.read(world.proctor) as uow:
        (one,) = proctor.messages_of_attempt(uow, enrolled.attempt_id)
        payload = uow.db.scalars(
            select(AuditRow.payload).where(AuditRow.name == "proctor_message_sent")
        ).one()
    assert (one.text, one.sent_by, one.to_everybody) == ("Please look\nup", world.ids.proctor, False)
    assert payload == {"attempt_id": enrolled.attempt_id, "broadcast_id": None}


def test_a_broadcast_is_one_message_for_each_under_one_number(world: World) -> None:
    attempts = [world.enrol(name).attempt_id for name in ("First", "Second")]
    with world.store.write(world.proctor) as uow:
        reached = proctor.broadcast_message(
            uow, attempts, organisation_id=world.ids.agency, text="Ten minutes left"
        )
        rows = uow.db.scalars(select(AuditRow.payload).where(AuditRow.name == "proctor_message_sent")).all()
        held = [proctor.messages_of_attempt(uow, attempt_id) for attempt_id in attempts]
    assert reached == 2
    assert [[one.to_everybody for one in messages] for messages in held] == [[True], [True]]
    assert len({row["broadcast_id"] for row in rows}) == 1


def test_the_newest_messages_come_oldest_first(world: World) -> None:
    enrolled = world.enrol()
    with world.store.write(world.proctor) as uow:
        for number in range(5):
            proctor.send_message(
                uow, enrolled.attempt_id, organisation_id=world.ids.agency, text=f"Number {number}"
            )
        shown = proctor.messages_of_attempt(uow, enrolled.attempt_id, limit=3)
    assert [one.text for one in shown] == ["Number 2", "Number 3", "Number 4"]


def test_nothing_is_sent_without_words_or_without_a_name(world: World) -> None:
    enrolled = world.enrol()
    for text in ("", " \n ", "x" * 501, "a\x07b"):
        with refused(Invalid, "message_malformed"), world.store.write(world.proctor) as uow:
            proctor.send_message(uow, enrolled.attempt_id, organisation_id=world.ids.agency, text=text)
    with refused(Forbidden, "person_needed"), world.store.write(Actor.system()) as uow:
        proctor.send_message(uow, enrolled.attempt_id, organisation_id=world.ids.agency, text="Hello")
