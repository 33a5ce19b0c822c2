# SPDX-License-Identifier: Apache-2.0
"""Candidates on a real database: who is the same person, what is sealed, what the rules of enrolling find."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from assessor import api
from assessor.scheduling.tables import CandidateRow, EntryRow
from core.audit import AuditRow
from core.errors import Conflict, Invalid, NotFound, Unavailable
from core.uow import Actor
from item_bank import api as bank
from tests.db.attempts import count
from tests.db.scheduling import NEWS, PERSON_KEY, candidate, enrol, new_sitting, rules_of
from tests.unit.assessor.world import World, refused


def record(world: World, entry_id: str, *, key: bytes = PERSON_KEY) -> api.CandidateRecord:
    with world.store.read(world.manager) as uow:
        return api.candidate_record(uow, entry_id, organisation_id=world.ids.agency, person_key=key)


def edit(world: World, entry_id: str, **fields: Any) -> None:
    with world.store.write(world.manager) as uow:
        api.edit_candidate(
            uow,
            entry_id,
            organisation_id=world.ids.agency,
            candidate=candidate(**fields),
            person_key=PERSON_KEY,
        )


def test_every_field_is_kept_and_shown_to_the_agency(world: World) -> None:
    fields: dict[str, Any] = {
        "gender": api.Gender.FEMALE,
        "disabled": True,
        "disabilities": (api.Disability.LOW_VISION,),
        "phone": "+919876543210",
        "qualification": api.Qualification(level="3", school_class=10, experience_years=2),
        "pathway": api.Pathway.RPL,
        "training_minutes": 90,
        "guardian": api.Guardian(name="Sita", contact="sita@example.org"),
    }
    made = enrol(world, **fields)
    found = record(world, made.entry.id)
    assert found.plan == candidate(**fields, apaar="")
    assert found.apaar_end == "9012"
    assert found.entry_requirement_met
    assert [one.id for one in found.tries] == [made.entry.id]
    with refused(NotFound, "entry_unknown"), world.store.read(Actor.system()) as uow:
        api.candidate_record(
            uow, made.entry.id, organisation_id=world.ids.other_agency, person_key=PERSON_KEY
        )


def test_an_apaar_id_is_stored_sealed_and_opens_with_its_key_only(world: World) -> None:
    made = enrol(world)
    with world.store.read(Actor.system()) as uow:
        row = uow.db.scalars(select(CandidateRow)).one()
        assert row.apaar_sealed is not None
        assert b"123456789012" not in row.apaar_sealed
        assert "123456789012" not in str(row.apaar_key)
    with refused(Unavailable, "secret_key_changed"):
        record(world, made.entry.id, key=b"x" * 32)


def test_nothing_personal_stands_in_an_event(world: World) -> None:
    made = enrol(world)
    edit(world, made.entry.id, name="Asha Patil", phone="9876543210")
    with world.store.read(Actor.system()) as uow:
        rows = uow.db.execute(select(AuditRow.__table__)).all()
    written = json.dumps([list(row) for row in rows], default=str)
    for secret in ("Asha", "Patil", "9876543210", "asha@example.org", "123456789012", "2000-01-01", "PA-1"):
        assert secret not in written, secret


def test_one_apaar_id_is_one_person_in_all_batches_of_an_agency(world: World) -> None:
    first = enrol(world)
    elsewhere = enrol(
        world,
        sitting_id=world.ids.watched_sitting,
        agency_number="PA-2",
        reasons={"twice_in_batch": "Once more."},
    )
    assert first.entry.candidate_id == elsewhere.entry.candidate_id
    assert count(world, CandidateRow) == 1
    with refused(Conflict, "candidate_enrolled"):
        enrol(world, agency_number="PA-3", reasons={"twice_in_batch": "Again."})


@pytest.mark.parametrize("fields", [{"name": "Mohan Lal"}, {"date_of_birth": date(2000, 1, 2)}])
def test_an_apaar_id_of_somebody_else_is_refused(world: World, fields: dict[str, Any]) -> None:
    enrol(world)
    with refused(Conflict, "apaar_of_another"):
        enrol(world, agency_number="PA-2", reasons={"twice_in_batch": "x"}, **fields)
    assert count(world, EntryRow) == 1


def test_the_same_person_twice_in_a_batch_asks_for_a_reason_that_is_stored(world: World) -> None:
    enrol(world, apaar="")
    with refused(Conflict, "enrolment_warned") as info:
        enrol(world, apaar="", name="ASHA  rao", agency_number="PA-2")
    assert rules_of(info) == ["twice_in_batch"]
    made = enrol(
        world, apaar="", name="ASHA rao", agency_number="PA-2", reasons={"twice_in_batch": "Two sisters."}
    )
    assert record(world, made.entry.id).reasons == {"twice_in_batch": "Two sisters."}
    enrol(world, apaar="", name="Another Name", agency_number="PA-3")


def test_an_agency_number_is_given_once_in_a_batch(world: World) -> None:
    enrol(world)
    with refused(Conflict, "agency_number_taken"):
        enrol(world, apaar="", name="Mohan Lal")


def test_without_a_confirmed_entry_requirement_nobody_is_enrolled(world: World) -> None:
    with refused(Conflict, "enrolment_blocked") as info:
        enrol(world, met=False)
    assert rules_of(info) == ["entry_requirement_met"]
    assert count(world, CandidateRow) == 0


def test_a_withdrawn_credential_takes_no_candidate(world: World) -> None:
    with world.store.write(Actor.system()) as uow:
        bank.withdraw_credential(uow, world.ids.credential)
    with refused(Conflict, "enrolment_blocked") as info:
        enrol(world)
    assert rules_of(info) == ["rights_withdrawn"]


def test_a_sitting_after_the_engagement_takes_no_candidate(world: World) -> None:
    late = new_sitting(world, days=400)
    with refused(Conflict, "enrolment_blocked") as info:
        enrol(world, sitting_id=late.id)
    assert rules_of(info) == ["engagement_on_the_day"]


def test_the_findings_are_known_before_anything_is_written(world: World) -> None:
    with world.store.read(world.manager) as uow:
        found = api.enrolment_findings(
            uow,
            world.ids.sitting,
            organisation_id=world.ids.agency,
            candidate=candidate(date_of_birth=date(2012, 1, 1)),
            person_key=PERSON_KEY,
        )
    assert [one.rule for one in found] == ["entry_requirement_met", "guardian_of_minor"]


def test_a_candidate_is_changed_and_an_empty_apaar_id_keeps_the_stored_one(world: World) -> None:
    made, other = enrol(world), enrol(world, name="Mohan Lal", apaar="210987654321", agency_number="PA-2")
    edit(world, made.entry.id, name="Asha Patil", apaar="", agency_number="")
    found = record(world, made.entry.id)
    assert (found.plan.name, found.apaar_end, found.plan.agency_number) == ("Asha Patil", "9012", "")
    with refused(Conflict, "apaar_of_another"):
        edit(world, made.entry.id, apaar="210987654321")
    with refused(Conflict, "agency_number_taken"):
        edit(world, made.entry.id, agency_number="PA-2")
    with refused(Conflict, "guardian_missing"):
        edit(world, made.entry.id, date_of_birth=date(2012, 1, 1))
    with refused(Invalid, "email_malformed"):
        edit(world, made.entry.id, email="nobody")
    edit(world, other.entry.id, name="Mohan Lal", apaar="333333333333", agency_number="PA-2")
    assert record(world, other.entry.id).apaar_end == "3333"


def test_a_cancelled_sitting_takes_no_candidate(world: World) -> None:
    sitting = new_sitting(world)
    with world.store.write(world.manager) as uow:
        api.cancel_sitting(uow, sitting.id, organisation_id=world.ids.agency, reason="Flooded.", news=NEWS)
    with refused(Conflict, "sitting_cancelled"):
        enrol(world, sitting_id=sitting.id)
