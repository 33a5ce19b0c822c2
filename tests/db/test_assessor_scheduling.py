# SPDX-License-Identifier: Apache-2.0
"""Batches, sittings, entries and staff on a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from assessor import api
from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor
from item_bank import api as bank
from tests.unit.assessor.world import CLOSES, PEPPER, World, plan, refused

# -------------------------------------------------------------------------------------------------- batches


def create_batch(world: World, name: str, **more: Any) -> api.Batch:
    with world.store.write(world.manager) as uow:
        return api.create_batch(
            uow,
            organisation_id=world.ids.agency,
            assessment_id=world.ids.assessment,
            plan=api.BatchPlan(name=name),
            **more,
        )


def test_a_bank_that_is_too_small_for_disjoint_forms_is_named(world: World) -> None:
    with refused(Conflict, "blueprint_deficit") as info:
        create_batch(world, "Four forms", form_count=4)
    assert info.value.facts["PC1"] == {"needed": 4, "live": 2}


def test_without_a_running_engagement_there_is_no_batch(world: World) -> None:
    world.clock.advance(timedelta(days=400).total_seconds())
    with refused(Conflict, "no_engagement"):
        create_batch(world, "Too late")


def test_a_withdrawn_credential_has_no_new_batch(world: World) -> None:
    with world.store.write(Actor.system()) as uow:
        bank.withdraw_credential(uow, world.ids.credential)
    with refused(Conflict, "credential_state"):
        create_batch(world, "Too late")


def test_a_batch_name_is_used_once(world: World) -> None:
    with refused(Conflict, "batch_exists"):
        create_batch(world, " November ")


def test_a_batch_knows_its_awarding_body(world: World) -> None:
    with world.store.read(world.manager) as uow:
        batch = api.batch(uow, world.ids.batch, organisation_id=world.ids.agency)
    assert (batch.awarding_body_id, batch.name) == (world.ids.body, "November")


# ------------------------------------------------------------------------------------------------- sittings


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"closes_at": plan().opens_at}, "window_empty"),
        ({"time_zone": "Asia/Atlantis"}, "time_zone_unknown"),
        ({"time_zone": "../etc/passwd"}, "time_zone_unknown"),
        ({"retention_days": 0}, "retention_out_of_range"),
        ({"place": "  "}, "name_malformed"),
        ({"place": "x" * 201}, "name_malformed"),
    ],
)
def test_a_sitting_that_makes_no_sense_is_refused(world: World, change: dict[str, Any], code: str) -> None:
    with refused(Invalid, code), world.store.write(world.manager) as uow:
        api.schedule_sitting(uow, world.ids.batch, organisation_id=world.ids.agency, plan=plan(**change))


def test_a_sittings_plan_is_kept(world: World) -> None:
    wanted = replace(plan(proctored=True), place="Nashik", retention_days=30)
    with world.store.write(world.manager) as uow:
        made = api.schedule_sitting(uow, world.ids.batch, organisation_id=world.ids.agency, plan=wanted)
        assert api.sitting(uow, made.id, organisation_id=world.ids.agency) == made
    assert (made.place, made.proctored, made.time_zone) == ("Nashik", True, "Asia/Kolkata")
    assert made.codes_expire_at == CLOSES + timedelta(days=30)


# -------------------------------------------------------------------------------------------------- entries


def test_an_entry_comes_with_its_attempt_and_its_marking_tasks(world: World) -> None:
    enrolled = world.enrol(" Asha   Rao ")
    assert enrolled.entry.candidate_name == "Asha   Rao"
    assert world.state(enrolled).state is api.AttemptState.CREATED
    assert set(world.tasks(enrolled)) == {api.TaskComponent.PRACTICAL, api.TaskComponent.VIVA}


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "tab\there", "nul\0", "lone\ud800"])
def test_a_name_that_cannot_be_shown_is_refused(world: World, name: str) -> None:
    with refused(Invalid, "name_malformed"):
        world.enrol(name)


def test_devanagari_joiners_belong_to_a_name(world: World) -> None:
    assert world.enrol("श्री\u200d कृष्ण").entry.candidate_name == "श्री\u200d कृष्ण"


@pytest.mark.parametrize("minutes", [-1, 1441])
def test_extra_time_stays_within_a_day(world: World, minutes: int) -> None:
    with refused(Invalid, "extra_minutes_out_of_range"):
        world.enrol(extra_minutes=minutes)


# ---------------------------------------------------------------------------------------------------- staff


def test_an_assessor_in_conflict_is_not_assigned_and_an_assigned_one_is_shut_out(world: World) -> None:
    agency, second = world.ids.agency, world.ids.second_assessor
    with world.store.write(world.manager) as uow:
        with refused(Conflict, "assessor_conflict"):
            api.assign_staff(
                uow,
                world.ids.sitting,
                duty=api.Duty.ASSESSOR,
                organisation_id=agency,
                person_id=second,
                conflict_declared=True,
            )
        api.assign_staff(
            uow, world.ids.sitting, duty=api.Duty.ASSESSOR, organisation_id=agency, person_id=second
        )
        api.assign_staff(
            uow, world.ids.sitting, duty=api.Duty.ASSESSOR, organisation_id=agency, person_id=second
        )
        staff = api.staff_of_sitting(uow, world.ids.sitting, organisation_id=agency)
        assert [(member.name, member.conflict_declared) for member in staff] == [
            ("Anil", False),
            ("Bina", False),
        ]
        for _ in range(2):
            api.declare_conflict(
                uow, world.ids.sitting, organisation_id=agency, person_id=second, duty=api.Duty.ASSESSOR
            )
        with refused(Conflict, "assessor_conflict"):
            api.assign_staff(
                uow, world.ids.sitting, duty=api.Duty.ASSESSOR, organisation_id=agency, person_id=second
            )
        assert api.tasks_of_assessor(uow, second, organisation_id=agency) == []


def test_only_people_of_the_agency_with_the_role_are_assigned(world: World) -> None:
    with world.store.write(world.manager) as uow:
        for person in (world.ids.stranger, world.ids.proctor, world.ids.manager, "nobody"):
            with refused(NotFound, "person_unknown"):
                api.assign_staff(
                    uow,
                    world.ids.sitting,
                    duty=api.Duty.ASSESSOR,
                    organisation_id=world.ids.agency,
                    person_id=person,
                )
        with refused(NotFound, "assignment_unknown"):
            api.declare_conflict(
                uow,
                world.ids.sitting,
                organisation_id=world.ids.agency,
                person_id=world.ids.second_assessor,
                duty=api.Duty.ASSESSOR,
            )


def test_a_proctor_sees_assigned_sittings_only(world: World) -> None:
    watched = world.enrol(sitting_id=world.ids.watched_sitting)
    world.enrol("Elsewhere")
    agency, proctor = world.ids.agency, world.ids.proctor
    with world.store.read(world.proctor) as uow:
        sittings = api.proctor_sittings(uow, proctor, organisation_id=agency)
        assert [sitting.id for sitting in sittings] == [world.ids.watched_sitting]
        roster = api.proctor_roster(uow, world.ids.watched_sitting, person_id=proctor, organisation_id=agency)
        assert [line.attempt.id for line in roster.lines] == [watched.attempt_id]
        line = api.proctor_attempt(uow, watched.attempt_id, person_id=proctor, organisation_id=agency)
        assert line.entry.candidate_name == "Asha Rao"
        with refused(NotFound, "sitting_unknown"):
            api.sitting_of_proctor(uow, world.ids.sitting, person_id=proctor, organisation_id=agency)


# -------------------------------------------------------------------------------------------- other tenants


def test_nothing_is_seen_or_done_across_agencies(world: World) -> None:
    enrolled = world.enrol()
    other = world.ids.other_agency
    stranger = world.staff(world.ids.stranger, organisation_id=other)
    ids = world.ids
    with world.store.write(stranger) as uow:
        calls: list[tuple[str, Any]] = [
            ("batch_unknown", lambda: api.batch_page(uow, ids.batch, organisation_id=other)),
            ("batch_unknown", lambda: api.batch(uow, ids.batch, organisation_id=other)),
            (
                "batch_unknown",
                lambda: api.schedule_sitting(uow, ids.batch, organisation_id=other, plan=plan()),
            ),
            ("sitting_unknown", lambda: api.sitting(uow, ids.sitting, organisation_id=other)),
            ("sitting_unknown", lambda: api.staff_of_sitting(uow, ids.sitting, organisation_id=other)),
            (
                "sitting_unknown",
                lambda: api.enrol(
                    uow,
                    ids.sitting,
                    organisation_id=other,
                    candidate=api.CandidatePlan(name="X", language=api.Language.ENGLISH),
                    approval=api.Approval(entry_requirement_met=True),
                    pepper=PEPPER,
                ),
            ),
            (
                "sitting_unknown",
                lambda: api.assign_staff(
                    uow, ids.sitting, duty=api.Duty.ASSESSOR, organisation_id=other, person_id=ids.stranger
                ),
            ),
            (
                "sitting_unknown",
                lambda: api.sitting_of_proctor(
                    uow, ids.watched_sitting, person_id=ids.proctor, organisation_id=other
                ),
            ),
            ("entry_unknown", lambda: api.entry(uow, enrolled.entry.id, organisation_id=other)),
            ("entry_unknown", lambda: api.entry_line(uow, enrolled.entry.id, organisation_id=other)),
            ("entry_unknown", lambda: api.withdraw_entry(uow, enrolled.entry.id, organisation_id=other)),
            (
                "entry_unknown",
                lambda: api.reissue_code(uow, enrolled.entry.id, organisation_id=other, pepper=PEPPER),
            ),
            ("form_unknown", lambda: api.withdraw_form(uow, enrolled.entry.form_id, organisation_id=other)),
            ("assessment_unknown", lambda: api.forms(uow, ids.assessment, organisation_id=other)),
            (
                "attempt_unknown",
                lambda: api.proctor_attempt(
                    uow, enrolled.attempt_id, person_id=ids.proctor, organisation_id=other
                ),
            ),
            (
                "attempt_unknown",
                lambda: api.end_attempt(
                    uow, enrolled.attempt_id, organisation_id=other, reason="Left the room"
                ),
            ),
        ]
        for code, call in calls:
            with refused(NotFound, code):
                call()
        assert api.attempt_lines(uow, [enrolled.attempt_id], organisation_id=other) == {}
        assert api.batch_overviews(uow, organisation_id=other) == []
    assert world.state(enrolled).state is api.AttemptState.CREATED


def test_an_identity_of_nobody_is_none(world: World) -> None:
    with world.store.read(Actor.system()) as uow:
        assert api.entry_identity(uow, "0" * 26) is None
        with refused(NotFound, "entry_unknown"):
            api.result_for_entry(uow, "0" * 26)
        with refused(NotFound, "form_unknown"):
            api.form_changes(uow, "0" * 26)
