# SPDX-License-Identifier: Apache-2.0
"""Two server processes on one database, played by two stores: whatever happens at the same time ends as if one came first."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, text

from assessor import api
from assessor.attempts.tables import AttemptRow, LeaseRow
from core.config import Config, Mode
from core.db import make_engine
from core.errors import Conflict, Invalid, KasautiError, Unavailable
from core.identity.model import OrganisationKind
from core.identity.operations import add_organisation
from core.identity.tables import OrganisationRow
from core.ids import new_id
from core.postgres import weaknesses
from core.uow import Actor, Store, UnitOfWork
from core.writer import GroupWriter
from tests.unit.assessor.world import GRACE, KEY, World, refused
from web import wiring

SYSTEM = Actor.system()
ROUNDS = 8


@pytest.fixture
def other(world: World) -> Iterator[World]:
    """The same world as another process has it: with connections and locks of its own."""
    engine = make_engine(world.store.engine.url.render_as_string(hide_password=False))
    yield replace(world, store=Store(engine, world.clock))
    engine.dispose()


@pytest.fixture
def writers(world: World, other: World) -> Iterator[tuple[GroupWriter, GroupWriter]]:
    both = GroupWriter(world.store), GroupWriter(other.store)
    for writer in both:
        writer.start()
    yield both
    for writer in both:
        writer.stop()


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do them at the same instant; what each returned, or the refusal that it met."""
    gate = threading.Barrier(len(works))

    def do(work: Callable[[], Any]) -> Any:
        gate.wait(timeout=20)
        try:
            return work()
        except KasautiError as refusal:
            return refusal

    with ThreadPoolExecutor(len(works)) as crowd:
        return [one.result(timeout=60) for one in [crowd.submit(do, work) for work in works]]


def take_lease(writer: GroupWriter, world: World, enrolled: api.Enrolled, device: str) -> int:
    return writer.submit(
        world.learner(enrolled), lambda uow: api.take_lease(uow, enrolled.attempt_id, device=device)
    )


def test_two_devices_that_take_over_at_once_get_two_epochs_and_one_of_them_holds(
    world: World, writers: tuple[GroupWriter, GroupWriter]
) -> None:
    for turn in range(ROUNDS):
        enrolled = world.enrol(f"Learner {turn}")
        world.start(enrolled)
        epochs = at_once(
            lambda enrolled=enrolled: take_lease(writers[0], world, enrolled, "phone"),
            lambda enrolled=enrolled: take_lease(writers[1], world, enrolled, "laptop"),
        )
        assert sorted(epochs) == [1, 2]
        with world.store.read(SYSTEM) as uow:
            row = uow.db.get_one(AttemptRow, enrolled.attempt_id)
            assert (row.lease_epoch, row.lease_device) == (2, ("phone", "laptop")[epochs.index(2)])
            granted = select(func.count()).where(LeaseRow.attempt_id == row.id)
            assert uow.db.scalar(granted) == 2


def test_a_save_and_a_hand_in_at_once_leave_a_slip_that_lists_exactly_what_was_acknowledged(
    world: World, writers: tuple[GroupWriter, GroupWriter]
) -> None:
    for turn in range(ROUNDS):
        enrolled = world.running(f"Learner {turn}")
        item = world.paper(enrolled).items[0].ref
        save = api.SaveResponse(
            attempt_id=enrolled.attempt_id,
            device="phone",
            epoch=1,
            seq=1,
            item=item,
            value=world.key(enrolled)[item],
        )
        kept, handed_in = at_once(
            lambda enrolled=enrolled, save=save: writers[0].submit(
                world.learner(enrolled),
                lambda uow: api.save_response(uow, save, key=KEY, grace_seconds=GRACE),
            ),
            lambda enrolled=enrolled: writers[1].submit(
                world.learner(enrolled),
                lambda uow: api.submit_attempt(
                    uow, enrolled.attempt_id, ended_by=api.EndedBy.LEARNER, grace_seconds=GRACE
                ),
            ),
        )
        listed = {line.item for line in handed_in.slip}
        assert listed == ({item} if isinstance(kept, api.Receipt) else set()), kept


def test_the_same_save_from_two_connections_at_once_is_stored_once_with_one_receipt(
    world: World, writers: tuple[GroupWriter, GroupWriter]
) -> None:
    enrolled = world.running()
    items = world.paper(enrolled).items
    for number, item in enumerate(items[:ROUNDS], start=1):
        save = api.SaveResponse(
            attempt_id=enrolled.attempt_id, device="phone", epoch=1, seq=number, item=item.ref, value=None
        )
        work = [
            lambda save=save, writer=writer: writer.submit(
                world.learner(enrolled),
                lambda uow: api.save_response(uow, save, key=KEY, grace_seconds=GRACE),
            )
            for writer in writers
        ]
        first, second = at_once(*work)
        assert first == second
        assert isinstance(first, api.Receipt)
        assert first.revision == 1


def test_candidates_who_are_enrolled_at_once_get_codes_of_their_own_and_forms_in_equal_numbers(
    world: World, other: World
) -> None:
    places = [world, other] * 6
    enrolled = at_once(*[lambda w=place, n=n: w.enrol(f"Learner {n}") for n, place in enumerate(places)])
    assert len({one.code for one in enrolled}) == len(places)
    drawn = Counter(one.entry.form_id for one in enrolled)
    assert max(drawn.values()) - min(drawn.values()) <= 1


def test_an_organisation_that_two_processes_add_at_once_is_there_once(world: World, other: World) -> None:
    def add(place: World, name: str) -> str:
        with place.store.write(SYSTEM) as uow:
            return add_organisation(uow, name=name, kind=OrganisationKind.ASSESSMENT_AGENCY).id

    for turn in range(ROUNDS):
        name = f"Agency {turn}"
        made = at_once(lambda name=name: add(world, name), lambda name=name: add(other, name))
        refusals = [one for one in made if isinstance(one, KasautiError)]
        assert [type(one) for one in refusals] == [Conflict]
        with world.store.read(SYSTEM) as uow:
            assert uow.db.scalar(select(func.count()).where(OrganisationRow.name == name)) == 1


def test_a_result_is_never_declared_past_a_hold_that_was_placed_first(world: World, other: World) -> None:
    for turn in range(4):
        enrolled = world.sat(f"Learner {turn}")
        for task_id in world.tasks(enrolled).values():
            world.mark(task_id)
        result = world.result(enrolled)

        def hold(attempt_id: str = enrolled.attempt_id, turn: int = turn) -> None:
            with other.store.write(other.manager) as uow:
                api.place_hold(uow, attempt_id, cause_id=f"cause-{turn}")

        declared, held = at_once(lambda result=result: world.declare(result.id), hold)
        if isinstance(declared, Conflict):
            assert declared.code == "hold_open"
            assert held is None
        else:
            assert declared.state is api.ResultState.DECLARED


def test_a_reading_unit_sees_one_instant_whatever_is_written_meanwhile(world: World, other: World) -> None:
    count = select(func.count()).select_from(OrganisationRow)
    with world.store.read(SYSTEM) as uow:
        before = uow.db.scalar(count)
        with other.store.write(SYSTEM) as write:
            add_organisation(write, name="Meanwhile", kind=OrganisationKind.ASSESSMENT_AGENCY)
        assert uow.db.scalar(count) == before


# ------------------------------------------------------------------------------ what only PostgreSQL can do


def lock_both(meet: threading.Barrier, first: str, second: str) -> list[Callable[[UnitOfWork], str]]:
    """Two commands of one group that lock two attempts one after the other, the first waiting once for the other group."""
    met = threading.Event()

    def lock(uow: UnitOfWork, attempt_id: str) -> str:
        return uow.db.scalars(
            select(AttemptRow.id).where(AttemptRow.id == attempt_id).with_for_update()
        ).one()

    def begin(uow: UnitOfWork) -> str:
        locked = lock(uow, first)
        if not met.is_set():
            met.set()
            meet.wait(timeout=20)
        return locked

    return [begin, lambda uow: lock(uow, second)]


@pytest.mark.parametrize("dialect", ["postgres"])
def test_two_groups_that_wait_for_each_other_are_both_carried_out(world: World, other: World) -> None:
    ids = [world.enrol(name).attempt_id for name in ("Asha", "Bina")]
    meet = threading.Barrier(2)
    groups = [lock_both(meet, *ids), lock_both(meet, *reversed(ids))]
    both = GroupWriter(world.store), GroupWriter(other.store)
    with ThreadPoolExecutor(4) as crowd:
        told = []
        for writer, group in zip(both, groups, strict=True):
            for place, command in enumerate(group, start=1):
                told.append(crowd.submit(writer.submit, SYSTEM, command))
                until(lambda writer=writer, place=place: writer._queue.qsize() == place)
        for writer in both:
            writer.start()
        assert [one.result(timeout=60) for one in told] == [*ids, *reversed(ids)]
    for writer in both:
        writer.stop()


@pytest.mark.parametrize("dialect", ["postgres"])
def test_a_group_whose_connection_was_cut_is_carried_out_on_another(world: World, other: World) -> None:
    writer = GroupWriter(world.store)
    writer.start()
    cut: list[int] = []

    def act(uow: UnitOfWork) -> str:
        add_organisation(uow, name="Survivor", kind=OrganisationKind.ASSESSMENT_AGENCY)
        if not cut:
            cut.append(uow.db.scalar(text("SELECT pg_backend_pid()")) or 0)
            with other.store.engine.connect() as connection:
                connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": cut[0]})
        return uow.db.scalars(select(OrganisationRow.name).where(OrganisationRow.name == "Survivor")).one()

    assert writer.submit(SYSTEM, act) == "Survivor"
    writer.stop()
    assert len(cut) == 1


@pytest.mark.parametrize("dialect", ["postgres"])
def test_a_pool_of_dead_connections_costs_one_clear_refusal(world: World, other: World) -> None:
    with world.store.read(SYSTEM) as uow:
        uow.db.scalar(text("SELECT 1"))
    with other.store.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    with pytest.raises(Unavailable, match="database_away"), world.store.read(SYSTEM) as uow:
        uow.db.scalar(text("SELECT 1"))
    with world.store.read(SYSTEM) as uow:
        assert uow.db.scalar(text("SELECT 1")) == 1


@pytest.mark.parametrize("dialect", ["postgres"])
def test_a_server_that_may_lose_what_it_confirmed_is_named_and_refused_in_production(
    engine: Engine, tmp_path: Path
) -> None:
    name, alone = engine.url.database, engine.execution_options(isolation_level="AUTOCOMMIT")
    with alone.connect() as connection:
        flushes = connection.exec_driver_sql("SHOW fsync").scalar() == "on"
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    engine.dispose()
    found = weaknesses(engine)
    address = engine.url.render_as_string(hide_password=False)
    for mode in Mode:
        parts = wiring.build(Config(mode=mode, var=tmp_path, secret_key="s" * 40, database=address))
        if mode is Mode.PRODUCTION:
            with refused(Unavailable, "database_not_durable") as refusal:
                wiring.require_durable(parts)
            assert "synchronous_commit=off" in str(refusal.value.facts["settings"])
        else:
            assert "synchronous_commit=off" in wiring.require_durable(parts)
        parts.engine.dispose()
    with alone.connect() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" RESET synchronous_commit')
    engine.dispose()
    assert found["synchronous_commit"] == "off"
    assert ("fsync" in found) is not flushes
    assert "synchronous_commit" not in weaknesses(engine)


@pytest.mark.parametrize("dialect", ["postgres"])
@pytest.mark.parametrize("name", ["nul \x00", "x" * 201])
def test_a_value_that_the_server_cannot_hold_is_refused_and_its_neighbours_are_kept(
    world: World, name: str
) -> None:
    def add(uow: UnitOfWork, name: str) -> None:
        uow.db.execute(
            insert(OrganisationRow).values(
                id=new_id(), name=name, kind=OrganisationKind.OPERATOR, created_at=uow.now
            )
        )

    with refused(Invalid, "value_unstorable"), world.store.write(SYSTEM) as uow:
        add(uow, name)
    writer = GroupWriter(world.store)
    with ThreadPoolExecutor(2) as crowd:
        told = [
            crowd.submit(writer.submit, SYSTEM, lambda uow, n=n: add(uow, n)) for n in (name, "Neighbour")
        ]
        until(lambda: writer._queue.qsize() == 2)
        writer.start()
        with refused(Invalid, "value_unstorable"):
            told[0].result(timeout=30)
        told[1].result(timeout=30)
    writer.stop()
    with world.store.read(SYSTEM) as uow:
        assert uow.db.scalar(select(func.count()).where(OrganisationRow.name == "Neighbour")) == 1


def until(true: Callable[[], bool]) -> None:
    """Wait, for at most ten seconds."""
    pause = threading.Event()
    for _ in range(1000):
        if true():
            return
        pause.wait(0.01)
    raise AssertionError("it did not come about")
