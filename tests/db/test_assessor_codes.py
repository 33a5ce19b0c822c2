# SPDX-License-Identifier: Apache-2.0
"""Access codes on a real database: what they open, for how long, and where they are not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text

from assessor import api
from assessor.attempts.tables import AttemptRow
from core.audit import AuditRow
from core.db import Base
from core.errors import Conflict, NotFound
from core.uow import Actor
from tests.unit.assessor.world import CLOSES, PEPPER, World, refused


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


def test_a_code_is_nowhere_in_the_database(world: World) -> None:
    enrolled = world.enrol()
    with world.store.read(Actor.system()) as uow:
        held = "".join(
            str(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in uow.db.execute(text(f"SELECT * FROM {table.name}"))
        )
    assert "Asha Rao" in held
    assert enrolled.code not in held
    assert enrolled.code.replace("-", "") not in held


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
                approval=api.Approval(entry_requirement_met=True),
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
