# SPDX-License-Identifier: Apache-2.0
"""Results on a real database: worked out, refreshed, declared once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from assessor import api
from assessor.forms.tables import FormRow
from assessor.results.tables import ResultRow
from core.canonical import digest
from core.errors import Conflict, NotFound
from core.uow import Actor
from tests.db.results import PRACTICAL, VIVA, line, mark_all, pull
from tests.db.tampering import alter
from tests.unit.assessor.world import World, refused


def document(world: World, result: api.ResultSummary) -> dict[str, Any]:
    with world.store.read(world.manager) as uow:
        return api.result(uow, result.id, organisation_id=world.ids.agency).document


def marks_of(found: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The awarded marks, by PC and component."""
    table: dict[str, dict[str, str]] = {}
    for cell in found["marks"]:
        table.setdefault(cell["pc"], {})[cell["component"]] = cell["awarded"]
    return table


# ----------------------------------------------------------------------------------------------- the result


def test_full_marks_pass(world: World) -> None:
    result = world.finished()
    found = document(world, result)
    assert (result.state, result.passed) == (api.ResultState.PROVISIONAL, True)
    expected = {f"PC{n}": {"theory": "4", "practical": "4", "viva": "2"} for n in range(1, 7)}
    assert marks_of(found) == expected
    assert found["items"] == {"count": 24, "answered": 24, "matched": 24}
    assert found["decision"]["credential"]["earned"] == "60"


def test_the_marks_of_each_pc_are_those_worked_out_by_hand(world: World) -> None:
    # PC1: theory 1 of 4 (three wrong), practical 1 + 2 of 4, viva 2 of 2 -> 6 of 10, below 70 %: fail.
    # PC3: theory 4, practical 2 + 2, viva 0 -> 8 of 10, exactly 80 %: pass. All others 10 of 10. Total 54 of 60.
    enrolled = world.sat(wrong=3)
    tasks = world.tasks(enrolled)
    world.mark(tasks[PRACTICAL], {"PC1-P1": "1"})
    world.mark(tasks[VIVA], {"PC3-V1": "0"})
    result = world.result(enrolled)
    found = document(world, result)
    assert marks_of(found)["PC1"] == {"theory": "1", "practical": "3", "viva": "2"}
    assert marks_of(found)["PC3"] == {"theory": "4", "practical": "4", "viva": "0"}
    verdicts = {one["label"]: one["verdict"] for one in found["decision"]["pcs"]}
    assert verdicts == {
        "PC1": "fail",
        "PC2": "pass",
        "PC3": "pass",
        "PC4": "pass",
        "PC5": "pass",
        "PC6": "pass",
    }
    assert found["decision"]["credential"]["earned"] == "54"
    assert result.passed is False


def test_exactly_seventy_per_cent_passes(world: World) -> None:
    # Every PC: theory 4, practical 4, viva 0 -> 8 of 10; PC1: theory 4, practical 1 + 2, viva 0 -> exactly 7 of 10.
    enrolled = world.sat()
    tasks = world.tasks(enrolled)
    world.mark(tasks[PRACTICAL], {"PC1-P1": "1"})
    world.mark(tasks[VIVA], default="0")
    assert world.result(enrolled).passed is True


def test_a_result_document_holds_what_it_rests_on_and_makes_its_hash(world: World) -> None:
    result = world.finished()
    found = document(world, result)
    assert digest(found) == result.sha256
    with world.store.read(world.manager) as uow:
        entry = api.entry(uow, result.entry_id, organisation_id=world.ids.agency)
        form = uow.db.get(FormRow, entry.form_id)
        assert form is not None
        assert found["form"] == {"id": form.id, "sha256": form.sha256}
    assert found["credential"]["code"] == "SDP/MC/0701"
    assert found["rule"]["version"] == 1
    assert found["code_version"].startswith("kasauti")
    assert "Asha" not in str(found)


def test_there_is_no_result_until_every_component_is_complete(world: World) -> None:
    enrolled = world.running()
    with world.store.write(Actor.system()) as uow:
        waiting = api.refresh_result(uow, enrolled.entry.id)
        assert (waiting.result, waiting.missing) == (None, ("theory", "practical", "viva"))
    world.submit(enrolled)
    world.mark(world.tasks(enrolled)[PRACTICAL])
    with world.store.write(Actor.system()) as uow:
        assert api.refresh_result(uow, enrolled.entry.id).missing == ("viva",)
    assert line(world, enrolled).result is None
    world.mark(world.tasks(enrolled)[VIVA])
    assert world.result(enrolled).state is api.ResultState.PROVISIONAL


def test_marking_before_the_hand_in_prepares_the_result_at_the_hand_in(world: World) -> None:
    enrolled = world.running()
    mark_all(world, enrolled)
    assert line(world, enrolled).result is None
    world.submit(enrolled)
    assert world.result(enrolled).passed is False


def test_the_sweep_prepares_the_result_too(world: World) -> None:
    enrolled = world.running()
    mark_all(world, enrolled)
    world.clock.advance(1000)
    with world.store.write(Actor.system()) as uow:
        assert api.close_overdue(uow) == 1
    assert world.result(enrolled).state is api.ResultState.PROVISIONAL


def test_refreshing_what_did_not_change_changes_nothing(world: World) -> None:
    result = world.finished()
    for _ in range(2):
        with world.store.write(Actor.system()) as uow:
            assert api.refresh_result(uow, result.entry_id).result == result


def test_a_changed_outcome_supersedes_the_provisional_result(world: World) -> None:
    result = world.finished()
    alter(world, ResultRow, result.id, items={"count": 0, "answered": 0, "matched": 0})
    with world.store.write(Actor.system()) as uow:
        newer = api.refresh_result(uow, result.entry_id).result
        assert newer is not None
        assert newer.id != result.id
        before = api.result(uow, result.id, organisation_id=world.ids.agency)
        assert before.summary.state is api.ResultState.SUPERSEDED
    with refused(Conflict, "result_superseded"):
        world.declare(result.id)


def test_a_hand_in_is_never_undone_by_a_result_that_cannot_be_computed(world: World) -> None:
    enrolled = world.running()
    mark_all(world, enrolled)
    alter(world, FormRow, enrolled.entry.form_id, limit_seconds=901)
    assert world.submit(enrolled).state is api.AttemptState.SUBMITTED
    with world.store.write(Actor.system()) as uow:
        assert api.refresh_result(uow, enrolled.entry.id).missing == ("form_altered",)


def test_a_withdrawn_entry_has_no_result(world: World) -> None:
    result = world.finished()
    with world.store.write(world.manager) as uow:
        api.withdraw_entry(uow, result.entry_id, organisation_id=world.ids.agency)
        assert api.refresh_result(uow, result.entry_id).missing == ("entry_withdrawn",)
    with refused(Conflict, "entry_withdrawn"):
        world.declare(result.id)


# ------------------------------------------------------------------------------------------------ declaring


def test_declaring_puts_a_result_into_the_feed_once(world: World) -> None:
    result = world.finished()
    declared = world.declare(result.id)
    assert (declared.state, declared.feed_number) == (api.ResultState.DECLARED, 1)
    assert declared.declared_at == world.clock.now()
    world.clock.advance(60)
    assert world.declare(result.id) == declared


def test_a_result_whose_document_was_changed_is_not_declared(world: World) -> None:
    result = world.finished()
    alter(world, ResultRow, result.id, entry="somebody else")
    with refused(Conflict, "result_altered"):
        world.declare(result.id)


def test_another_agency_declares_nothing(world: World) -> None:
    result = world.finished()
    with refused(NotFound, "result_unknown"), world.store.write(world.manager) as uow:
        api.declare_result(uow, result.id, organisation_id=world.ids.other_agency)
    with refused(NotFound, "result_unknown"), world.store.read(world.manager) as uow:
        api.result(uow, result.id, organisation_id=world.ids.other_agency)


def test_a_corrected_result_replaces_the_declared_one_when_it_is_declared(world: World) -> None:
    first = world.declare(world.finished().id)
    alter(world, ResultRow, first.id, items={"count": 0, "answered": 0, "matched": 0})
    with world.store.write(Actor.system()) as uow:
        second = api.refresh_result(uow, first.entry_id).result
        assert second is not None
    with world.store.read(Actor.system()) as uow:
        shown = api.result_for_entry(uow, first.entry_id).result
        assert shown is not None
        assert shown.summary.id == first.id
    assert world.declare(second.id).feed_number == 2
    states = [one.result.summary.state for one in pull(world).results]
    assert states == [api.ResultState.SUPERSEDED, api.ResultState.DECLARED]


def test_the_database_holds_one_provisional_result_per_entry(world: World) -> None:
    result = world.finished()
    with world.store.write(Actor.system()) as uow:
        row = uow.db.get(ResultRow, result.id)
        assert row is not None
        second = insert(ResultRow).values(
            id="0" * 26,
            entry_id=row.entry_id,
            agency_id=row.agency_id,
            awarding_body_id=row.awarding_body_id,
            state=api.ResultState.PROVISIONAL,
            passed=True,
            document={},
            sha256="sha256:x",
            created_at=row.created_at,
            version=1,
        )
        with pytest.raises(IntegrityError):
            uow.db.execute(second)
