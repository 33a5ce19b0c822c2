# SPDX-License-Identifier: Apache-2.0
"""Reports on a batch: who may order and read them, and the steps of the job that makes one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from assessor import api
from assessor.analyses.tables import ReportRow
from assessor.attempts.tables import AttemptRow
from core.audit import AuditRow
from core.errors import Conflict, Forbidden, NotFound
from core.identity.model import Role
from core.uow import Actor
from tests.analysed import Analysed, analysed_batch, sample_of
from tests.db.analyses import ITEMS, finish, gather, manager, order, standing, take
from tests.unit.assessor.world import World, refused


@pytest.fixture
def sat(world: World) -> Analysed:
    """A dozen learners who have handed in."""
    return analysed_batch(world.store, sample_of(world.ids), persons=12, forms=2)


def test_ordering_again_returns_the_report_that_is_under_way(world: World) -> None:
    first = order(world, world.ids.batch)
    assert order(world, world.ids.batch).id == first.id
    assert order(world, world.ids.batch, api.ReportKind.PAPER).id != first.id
    assert first.state is api.ReportState.QUEUED


@pytest.mark.parametrize("role", [Role.MANAGER, Role.INTEGRITY_REVIEWER])
def test_managers_and_integrity_reviewers_order_reports(world: World, role: Role) -> None:
    with world.store.write(replace(world.manager, roles=frozenset({role}))) as uow:
        made = api.order_report(uow, world.ids.batch, kind=ITEMS, organisation_id=world.ids.agency)
    assert made.ordered_by == world.ids.manager


def test_nobody_else_orders_or_stops_one(world: World) -> None:
    made = order(world, world.ids.batch)
    for role in set(Role) - {Role.MANAGER, Role.INTEGRITY_REVIEWER}:
        other = replace(world.assessor, roles=frozenset({role}))
        for kind in api.ReportKind:
            with world.store.write(other) as uow, refused(Forbidden, "manager_or_reviewer_needed"):
                api.order_report(uow, world.ids.batch, kind=kind, organisation_id=world.ids.agency)
        with world.store.write(other) as uow, refused(Forbidden, "manager_or_reviewer_needed"):
            api.cancel_report(uow, made.id, organisation_id=world.ids.agency)
    with world.store.write(Actor.system()) as uow, refused(Forbidden, "person_needed"):
        api.cancel_report(uow, made.id, organisation_id=world.ids.agency)
    with world.store.write(manager(world)) as uow, refused(NotFound, "report_unknown"):
        api.cancel_report(uow, made.id, organisation_id=world.ids.other_agency)


def test_a_report_goes_from_the_order_to_its_document(world: World, sat: Analysed) -> None:
    made = order(world, sat.batch_id)
    taken = take(world)
    assert taken == api.Taken(
        report_id=made.id, batch_id=sat.batch_id, agency_id=world.ids.agency, kind=ITEMS
    )
    assert take(world) is None
    with world.store.write(Actor.system()) as uow:
        assert api.note_progress(uow, made.id, share=0.4, stage="models")
    newest = standing(world, sat.batch_id).newest
    assert newest is not None
    assert (newest.share, newest.stage, newest.state) == (0.4, "models", api.ReportState.RUNNING)
    data = gather(world, sat.batch_id)
    finish(world, made.id, data)
    with world.store.read(world.manager) as uow:
        report, document = api.report_document(uow, made.id, organisation_id=world.ids.agency)
    assert document == {"kind": "items", "number": 0.25, "pair": [1, 2]}
    assert report.certified
    assert (report.made_from, report.persons, report.share) == (data.sha256, 12, 1.0)
    found = standing(world, sat.batch_id)
    assert found.readable == found.newest == report
    assert not found.outdated


def test_what_happens_later_makes_a_report_outdated(world: World, sat: Analysed) -> None:
    made = order(world, sat.batch_id)
    take(world)
    finish(world, made.id, gather(world, sat.batch_id))
    world.clock.advance(300)
    with world.store.write(Actor.system()) as uow:
        uow.db.execute(update(AttemptRow).where(AttemptRow.id == sat.attempt_ids[0]).values(ended_at=uow.now))
    assert standing(world, sat.batch_id).outdated


def test_a_report_of_an_open_batch_is_never_certified(world: World) -> None:
    world.sat()
    made = order(world, world.ids.batch)
    take(world)
    finish(world, made.id, gather(world, world.ids.batch))
    newest = standing(world, world.ids.batch).newest
    assert newest is not None
    assert (newest.state, newest.batch_closed, newest.certified) == (api.ReportState.DONE, False, False)


def test_a_waiting_report_is_cancelled_at_once_and_a_running_one_at_its_next_step(world: World) -> None:
    waiting, running = order(world, world.ids.batch, api.ReportKind.PAPER), None
    with world.store.write(manager(world)) as uow:
        assert api.cancel_report(uow, waiting.id, organisation_id=world.ids.agency).state is (
            api.ReportState.CANCELLED
        )
    running = order(world, world.ids.batch)
    take(world)
    for _ in range(2):  # asking again changes nothing
        with world.store.write(manager(world)) as uow:
            assert api.cancel_report(uow, running.id, organisation_id=world.ids.agency).stopping
    with world.store.write(Actor.system()) as uow:
        assert not api.note_progress(uow, running.id, share=0.5, stage="models")
        api.stop_report(uow, running.id)
    newest = standing(world, world.ids.batch).newest
    assert newest is not None
    assert (newest.state, newest.stopping) == (api.ReportState.CANCELLED, False)
    with world.store.write(Actor.system()) as uow:  # a job that comes too late changes nothing
        api.finish_report(uow, running.id, data=gather(world, world.ids.batch), document={})
        assert not api.note_progress(uow, running.id, share=0.6, stage="models")
    with world.store.read(world.manager) as uow, pytest.raises(Conflict) as not_done:
        api.report_document(uow, running.id, organisation_id=world.ids.agency)
    assert (not_done.value.code, not_done.value.facts) == ("report_not_done", {"state": "cancelled"})
    names = _events(world, running.id)
    assert names == ["report_ordered", "report_cancel_asked", "report_cancelled"]


def test_a_done_report_cannot_be_cancelled(world: World) -> None:
    made = order(world, world.ids.batch)
    take(world)
    finish(world, made.id, gather(world, world.ids.batch))
    with world.store.write(manager(world)) as uow, refused(Conflict, "report_settled"):
        api.cancel_report(uow, made.id, organisation_id=world.ids.agency)


def test_a_job_that_was_cut_off_is_taken_up_again(world: World) -> None:
    made = order(world, world.ids.batch)
    assert take(world) is not None
    world.clock.advance(59)
    assert take(world) is None
    world.clock.advance(1)
    with world.store.read(Actor.system()) as uow:
        assert api.has_waiting_report(uow)
    again = take(world)
    assert again is not None
    assert again.report_id == made.id


def test_a_cut_off_job_that_was_to_stop_is_not_taken_up(world: World) -> None:
    made = order(world, world.ids.batch)
    take(world)
    with world.store.write(manager(world)) as uow:
        api.cancel_report(uow, made.id, organisation_id=world.ids.agency)
    world.clock.advance(120)
    assert take(world) is None
    newest = standing(world, world.ids.batch).newest
    assert newest is not None
    assert newest.state is api.ReportState.CANCELLED


def test_a_report_that_is_put_back_waits_again(world: World) -> None:
    made = order(world, world.ids.batch)
    take(world)
    with world.store.write(Actor.system()) as uow:
        api.put_back_report(uow, made.id)
    again = take(world)
    assert again is not None
    assert again.report_id == made.id


def test_a_failed_report_says_why_and_another_may_be_ordered(world: World) -> None:
    made = order(world, world.ids.batch)
    take(world)
    with world.store.write(Actor.system()) as uow:
        api.fail_report(uow, made.id, code="form_altered")
    newest = standing(world, world.ids.batch).newest
    assert newest is not None
    assert (newest.state, newest.code) == (api.ReportState.FAILED, "form_altered")
    assert order(world, world.ids.batch).id != made.id


def test_an_altered_document_is_refused(world: World) -> None:
    made = order(world, world.ids.batch)
    take(world)
    finish(world, made.id, gather(world, world.ids.batch))
    with world.store.write(Actor.system()) as uow:
        uow.db.execute(update(ReportRow).values(document={"kind": "items", "number": 0.75}))
    with world.store.read(world.manager) as uow, refused(Conflict, "report_altered"):
        api.report_document(uow, made.id, organisation_id=world.ids.agency)


def test_an_awarding_body_reads_done_reports_but_none_about_conduct(world: World) -> None:
    data = gather(world, world.ids.batch)
    made = {}
    waiting, conduct = api.ReportKind.PAPER, api.ReportKind.FORENSICS
    for kind in [kind for kind in api.ReportKind if kind is not waiting]:
        made[kind] = order(world, world.ids.batch, kind).id
        take(world)
        finish(world, made[kind], data)
    made[waiting] = order(world, world.ids.batch, waiting).id
    readable = [kind for kind in api.ReportKind if kind not in {waiting, conduct}]
    with world.store.read(world.body) as uow:
        listed = [one.kind for one in api.reports_of_body(uow, world.ids.body)]
        assert sorted(listed) == sorted(readable)
        assert api.reports_of_body(uow, world.ids.other_body) == []
        for kind in readable:
            found, _ = api.report_of_body(uow, made[kind], awarding_body_id=world.ids.body)
            assert found.kind is kind
            with refused(NotFound, "report_unknown"):
                api.report_of_body(uow, made[kind], awarding_body_id=world.ids.other_body)
        for kind in (waiting, conduct):
            with refused(NotFound, "report_unknown"):
                api.report_of_body(uow, made[kind], awarding_body_id=world.ids.body)


def test_a_document_with_a_number_that_is_none_is_refused(world: World) -> None:
    made = order(world, world.ids.batch)
    take(world)
    data = gather(world, world.ids.batch)
    with world.store.write(Actor.system()) as uow, pytest.raises(ValueError, match="not JSON compliant"):
        api.finish_report(uow, made.id, data=data, document={"number": float("nan")})


def _events(world: World, report_id: str) -> list[str]:
    with world.store.read(Actor.system()) as uow:
        query = select(AuditRow.name).where(AuditRow.subject_id == report_id).order_by(AuditRow.id)
        return list(uow.db.scalars(query))
