# SPDX-License-Identifier: Apache-2.0
"""Forms, batches, sittings, entries, access codes and staff on a real database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from assessor import api
from assessor.attempts.tables import AttemptRow
from assessor.scheduling.model import draw_form
from assessor.scheduling.tables import EntryRow
from core.audit import AuditRow
from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor
from item_bank import api as bank
from tests.unit.assessor.world import CLOSES, PEPPER, World, fresh_world, plan, refused


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[World]:
    yield from fresh_world(tmp_path_factory.getbasetemp(), tmp_path)


def batch_forms(world: World) -> list[api.Form]:
    with world.store.read(world.manager) as uow:
        return api.forms(uow, world.ids.assessment, organisation_id=world.ids.agency)


# ------------------------------------------------------------------------------------------ forms


def test_a_batch_gets_three_sealed_forms_that_share_no_item(world: World) -> None:
    forms = batch_forms(world)
    assert [form.state for form in forms] == [api.FormState.SEALED] * 3
    items = [item.version_id for form in forms for item in form.content.items]
    assert len(items) == len(set(items)) == 72
    for form in forms:
        assert Counter(item.pc for item in form.content.items) == {f"PC{number}": 4 for number in range(1, 7)}
        assert form.content.sha256 == form.sha256
        assert form.content.limit_seconds == 900


def test_the_same_seed_draws_the_same_forms(world: World) -> None:
    drawn = []
    with world.store.write(world.manager) as uow:
        for _ in range(2):
            undone = uow.db.begin_nested()
            made = api.assemble_forms(
                uow, world.ids.assessment, organisation_id=world.ids.agency, count=2, seed=11
            )
            drawn.append([form.content for form in made])
            undone.rollback()
    assert drawn[0] == drawn[1]


def test_a_bank_that_is_too_small_for_disjoint_forms_is_named(world: World) -> None:
    with refused(Conflict, "blueprint_deficit") as info, world.store.write(world.manager) as uow:
        api.create_batch(
            uow,
            organisation_id=world.ids.agency,
            assessment_id=world.ids.assessment,
            name="Four forms",
            form_count=4,
        )
    assert info.value.facts["PC1"] == {"needed": 4, "live": 2}


@pytest.mark.parametrize("count", [0, -1, 21])
def test_the_number_of_forms_is_bounded(world: World, count: int) -> None:
    with refused(Invalid, "form_count_out_of_range"), world.store.write(world.manager) as uow:
        api.assemble_forms(uow, world.ids.assessment, organisation_id=world.ids.agency, count=count, seed=1)


def test_a_form_is_sealed_once_and_withdrawn_once(world: World) -> None:
    agency = world.ids.agency
    with world.store.write(world.manager) as uow:
        draft = api.assemble_forms(uow, world.ids.assessment, organisation_id=agency, count=1, seed=3)[0]
        assert (draft.state, draft.sha256) == (api.FormState.DRAFT, None)
        with refused(Conflict, "form_state"):
            api.form_changes(uow, draft.id)
        sealed = api.seal_form(uow, draft.id, organisation_id=agency)
        assert sealed.sealed_at == world.clock.now()
        assert api.form_changes(uow, draft.id) == ()
        with refused(Conflict, "form_state"):
            api.seal_form(uow, draft.id, organisation_id=agency)
        assert api.withdraw_form(uow, draft.id, organisation_id=agency).state is api.FormState.WITHDRAWN
        with refused(Conflict, "form_state"):
            api.withdraw_form(uow, draft.id, organisation_id=agency)


def test_a_definition_is_made_once_and_only_over_ones_own_blueprint(world: World) -> None:
    with world.store.write(world.manager) as uow:
        again = api.define_assessment(uow, organisation_id=world.ids.agency, blueprint_id=world.ids.blueprint)
        assert again.id == world.ids.assessment
        assert api.assessments(uow, organisation_id=world.ids.agency) == [again]
    with world.store.write(Actor.system()) as uow:
        with refused(NotFound, "blueprint_unknown"):
            api.define_assessment(
                uow, organisation_id=world.ids.other_agency, blueprint_id=world.ids.blueprint
            )
        with refused(NotFound, "assessment_unknown"):
            api.assessment(uow, world.ids.assessment, organisation_id=world.ids.other_agency)


def test_without_a_running_engagement_there_is_no_batch(world: World) -> None:
    world.clock.advance(timedelta(days=400).total_seconds())
    with refused(Conflict, "no_engagement"), world.store.write(world.manager) as uow:
        api.create_batch(
            uow, organisation_id=world.ids.agency, assessment_id=world.ids.assessment, name="Too late"
        )


def test_a_withdrawn_credential_has_no_new_batch(world: World) -> None:
    with world.store.write(Actor.system()) as uow:
        bank.withdraw_credential(uow, world.ids.credential)
    with refused(Conflict, "credential_state"), world.store.write(world.manager) as uow:
        api.create_batch(
            uow, organisation_id=world.ids.agency, assessment_id=world.ids.assessment, name="Too late"
        )


def test_the_assessment_that_a_credential_implies_is_made_once(world: World) -> None:
    with world.store.write(world.manager) as uow:
        made = [
            api.natural_assessment(
                uow, organisation_id=world.ids.agency, credential_version_id=world.ids.credential
            )
            for _ in range(2)
        ]
        assert made[0] == made[1]
        assert made[0].id != world.ids.assessment
        assert len(api.assessments(uow, organisation_id=world.ids.agency)) == 2


def test_a_batch_shows_its_forms_to_its_agency(world: World) -> None:
    with world.store.read(world.manager) as uow:
        forms = api.forms_of_batch(uow, world.ids.batch, organisation_id=world.ids.agency)
        with refused(NotFound, "batch_unknown"):
            api.forms_of_batch(uow, world.ids.batch, organisation_id=world.ids.other_agency)
    assert forms == batch_forms(world)


# ------------------------------------------------------------------------------------------ batches, sittings


def test_a_batch_name_is_used_once(world: World) -> None:
    with refused(Conflict, "batch_exists"), world.store.write(world.manager) as uow:
        api.create_batch(
            uow, organisation_id=world.ids.agency, assessment_id=world.ids.assessment, name=" November "
        )


def test_a_batch_knows_its_awarding_body(world: World) -> None:
    with world.store.read(world.manager) as uow:
        batch = api.batch(uow, world.ids.batch, organisation_id=world.ids.agency)
    assert (batch.awarding_body_id, batch.name) == (world.ids.body, "November")


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


# ------------------------------------------------------------------------------------------ entries, forms drawn


def test_forms_are_drawn_evenly_and_every_draw_can_be_replayed(world: World) -> None:
    enrolled = [world.enrol(f"Candidate {number}") for number in range(9)]
    assert set(Counter(one.entry.form_id for one in enrolled).values()) == {3}
    with world.store.read(world.manager) as uow:
        for row in uow.db.scalars(select(EntryRow)):
            replayed = draw_form(row.draw["counts"], seed=int(row.draw["seed"]))
            assert replayed.form_id == row.form_id


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


# ------------------------------------------------------------------------------------------ access codes


def opened(world: World, code: str) -> api.EntryIdentity:
    with world.store.read(Actor.system()) as uow:
        return api.entry_by_code(uow, code, pepper=PEPPER)


def test_a_code_opens_its_entry_however_it_is_typed(world: World) -> None:
    enrolled = world.enrol()
    for typed in (
        enrolled.code,
        enrolled.code.lower(),
        enrolled.code.replace("-", " "),
        f"  {enrolled.code}\n",
    ):
        assert opened(world, typed).entry_id == enrolled.entry.id
    found = opened(world, enrolled.code)
    assert (found.attempt_id, found.organisation_id) == (enrolled.attempt_id, world.ids.agency)
    assert (found.name, found.language) == ("Asha Rao", "hi")


@pytest.mark.parametrize("code", ["", "-", "AAAA-AAAA-AA", "x" * 10_000, "कख", "\ud800"])
def test_another_code_opens_nothing(world: World, code: str) -> None:
    world.enrol()
    with refused(NotFound, "code_unknown"):
        opened(world, code)


def test_a_code_is_nowhere_in_the_database(world: World, tmp_path: Path) -> None:
    enrolled = world.enrol()
    held = b"".join(file.read_bytes() for file in tmp_path.glob("own.db*"))
    assert b"Asha Rao" in held
    assert enrolled.code.encode() not in held
    assert enrolled.code.replace("-", "").encode() not in held


def test_a_new_code_ends_the_one_before(world: World) -> None:
    enrolled = world.enrol()
    with world.store.write(world.manager) as uow:
        fresh = api.reissue_code(uow, enrolled.entry.id, organisation_id=world.ids.agency, pepper=PEPPER)
    assert opened(world, fresh).entry_id == enrolled.entry.id
    with refused(NotFound, "code_unknown"):
        opened(world, enrolled.code)


def test_a_code_may_be_fixed_for_samples_and_is_given_once(world: World) -> None:
    def enrol(code: str) -> api.Enrolled:
        with world.store.write(world.manager) as uow:
            return api.enrol(
                uow,
                world.ids.sitting,
                organisation_id=world.ids.agency,
                candidate=api.CandidatePlan(name="Sample", language=api.Language.ENGLISH),
                pepper=PEPPER,
                code=code,
            )

    assert enrol("K7QD-M2XP-9F").code == "K7QD-M2XP-9F"
    with refused(Conflict, "code_taken"):
        enrol("k7qdm2xp9f")


def test_a_code_whose_entry_has_no_attempt_opens_nothing(world: World) -> None:
    enrolled = world.enrol()
    with world.store.write(Actor.system()) as uow:
        uow.db.execute(delete(AttemptRow).where(AttemptRow.id == enrolled.attempt_id))
    with refused(NotFound, "code_unknown"):
        opened(world, enrolled.code)


def test_a_code_of_a_withdrawn_entry_is_named_so(world: World) -> None:
    enrolled = world.enrol()
    with world.store.write(world.manager) as uow:
        api.withdraw_entry(uow, enrolled.entry.id, organisation_id=world.ids.agency)
        with refused(Conflict, "entry_withdrawn"):
            api.reissue_code(uow, enrolled.entry.id, organisation_id=world.ids.agency, pepper=PEPPER)
        with refused(Conflict, "entry_withdrawn"):
            api.set_accommodation(uow, enrolled.entry.id, organisation_id=world.ids.agency, extra_minutes=5)
    with refused(Conflict, "entry_withdrawn"):
        opened(world, enrolled.code)
    with world.store.read(Actor.system()) as uow:
        assert api.entry_identity(uow, enrolled.entry.id) is None


def test_a_code_lasts_until_the_results_retention_ends(world: World) -> None:
    enrolled = world.sat()
    last = CLOSES + timedelta(days=180)
    world.clock.advance((last - world.clock.now()).total_seconds() - 1)
    assert opened(world, enrolled.code).entry_id == enrolled.entry.id
    world.clock.advance(1)
    with refused(Conflict, "code_expired") as info:
        opened(world, enrolled.code)
    assert info.value.facts == {"expired_at": last.isoformat()}
    with world.store.read(Actor.system()) as uow:
        assert api.entry_identity(uow, enrolled.entry.id) is None


def test_no_name_and_no_code_stands_in_the_audit(world: World) -> None:
    enrolled = world.enrol("Unmistakable Name")
    with world.store.read(Actor.system()) as uow:
        rows = list(uow.db.scalars(select(AuditRow)))
        written = " ".join(f"{row.name} {row.subject_id} {row.payload}" for row in rows)
    assert f"entry_added {enrolled.entry.id}" in written
    assert "Unmistakable" not in written
    assert enrolled.code not in written


# ------------------------------------------------------------------------------------------ staff


def test_an_assessor_in_conflict_is_not_assigned_and_an_assigned_one_is_shut_out(world: World) -> None:
    agency, second = world.ids.agency, world.ids.second_assessor
    with world.store.write(world.manager) as uow:
        with refused(Conflict, "assessor_conflict"):
            api.assign_assessor(
                uow, world.ids.sitting, organisation_id=agency, person_id=second, conflict_declared=True
            )
        api.assign_assessor(uow, world.ids.sitting, organisation_id=agency, person_id=second)
        api.assign_assessor(uow, world.ids.sitting, organisation_id=agency, person_id=second)
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
            api.assign_assessor(uow, world.ids.sitting, organisation_id=agency, person_id=second)
        assert api.tasks_of_assessor(uow, second, organisation_id=agency) == []


def test_only_people_of_the_agency_with_the_role_are_assigned(world: World) -> None:
    with world.store.write(world.manager) as uow:
        for person in (world.ids.stranger, world.ids.proctor, world.ids.manager, "nobody"):
            with refused(NotFound, "person_unknown"):
                api.assign_assessor(
                    uow, world.ids.sitting, organisation_id=world.ids.agency, person_id=person
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


# ------------------------------------------------------------------------------------------ other tenants


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
                    pepper=PEPPER,
                ),
            ),
            (
                "sitting_unknown",
                lambda: api.assign_assessor(uow, ids.sitting, organisation_id=other, person_id=ids.stranger),
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
                lambda: api.end_attempt(uow, enrolled.attempt_id, organisation_id=other),
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


def test_a_sittings_plan_is_kept(world: World) -> None:
    wanted = replace(plan(proctored=True), place="Nashik", retention_days=30)
    with world.store.write(world.manager) as uow:
        made = api.schedule_sitting(uow, world.ids.batch, organisation_id=world.ids.agency, plan=wanted)
        assert api.sitting(uow, made.id, organisation_id=world.ids.agency) == made
    assert (made.place, made.proctored, made.time_zone) == ("Nashik", True, "Asia/Kolkata")
    assert made.codes_expire_at == CLOSES + timedelta(days=30)
