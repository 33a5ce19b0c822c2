# SPDX-License-Identifier: Apache-2.0
"""The jobs that make reports: from an order to a document, stopping, putting back, and what becomes of failures."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, update

from assessor import api
from assessor.forms.tables import FormRow
from core.clock import FixedClock
from core.config import Config
from core.errors import Conflict
from core.uow import Actor
from tests.analysed import Analysed, analysed_batch, sample_of
from tests.conftest import NOON
from tests.db.analyses import manager, order, standing
from tests.unit.assessor.world import World, refused
from web import wiring
from web.analysis_jobs import GATHERING, AnalysisJobs, Pulse
from web.device_classes import device_class, devices_of_entries

WAIT_SECONDS = 60.0


@pytest.fixture
def dialect() -> str:
    """What reaches the database is in `test_analyses`, on both of them."""
    return "sqlite"


@pytest.fixture
def sat(world: World) -> Analysed:
    return analysed_batch(world.store, sample_of(world.ids), persons=12, forms=2)


@pytest.fixture
def clock_of_parts() -> FixedClock:
    """The clock of the server."""
    return FixedClock(NOON)


@pytest.fixture
def parts(world: World, tmp_path: Path, clock_of_parts: FixedClock) -> Iterator[wiring.Services]:
    """The services of a server over the world's database."""
    address = world.store.engine.url.render_as_string(hide_password=False)
    config = Config(var=tmp_path / "var", secret_key="a secret for tests only, long enough", database=address)
    built = wiring.build(config, clock=clock_of_parts)
    yield built
    built.engine.dispose()


def newest(world: World, sat: Analysed) -> api.Report:
    found = standing(world, sat.batch_id).newest
    assert found is not None
    return found


def test_an_order_becomes_a_document(world: World, sat: Analysed, parts: wiring.Services) -> None:
    made = order(world, sat.batch_id)
    assert AnalysisJobs(parts).run_waiting() == 1
    report = newest(world, sat)
    assert (report.id, report.state, report.code) == (made.id, api.ReportState.DONE, "")
    assert report.certified
    with world.store.read(world.manager) as uow:
        _, document = api.report_document(uow, made.id, organisation_id=world.ids.agency)
    assert document["kind"] == "items"
    assert document["made_from"] == report.made_from
    assert "Learner" not in str(document)
    assert AnalysisJobs(parts).run_waiting() == 0


def test_an_altered_paper_gives_no_report_but_a_reason(
    world: World, sat: Analysed, parts: wiring.Services
) -> None:
    order(world, sat.batch_id)
    with world.store.write(Actor.system()) as uow:
        uow.db.execute(
            update(FormRow).where(FormRow.id == sat.form_ids[0]).values(sha256="sha256:" + "0" * 64)
        )
    AnalysisJobs(parts).run_waiting()
    assert (newest(world, sat).state, newest(world, sat).code) == (api.ReportState.FAILED, "form_altered")


def test_who_asks_to_stop_is_heard_at_the_next_step(
    world: World, sat: Analysed, parts: wiring.Services
) -> None:
    made = order(world, sat.batch_id)
    with world.store.write(Actor.system()) as uow:
        taken = api.take_report(uow)
    assert taken is not None
    pulse = Pulse(parts, taken, threading.Event())
    pulse.tell(0.5, "models")
    pulse.look()
    assert (newest(world, sat).share, newest(world, sat).stage) == (0.5, "models")
    with world.store.write(manager(world)) as uow:
        api.cancel_report(uow, made.id, organisation_id=world.ids.agency)
    pulse.look()
    with pytest.raises(api.Cancelled):
        pulse.tell(0.6, "models")


def test_a_server_that_ends_puts_its_report_back(world: World, sat: Analysed, parts: wiring.Services) -> None:
    made = order(world, sat.batch_id)
    with world.store.write(Actor.system()) as uow:
        taken = api.take_report(uow)
    assert taken is not None
    stopping = threading.Event()
    stopping.set()
    with pytest.raises(api.Cancelled):
        Pulse(parts, taken, stopping).tell(0.1, "models")
    with world.store.write(Actor.system()) as uow:
        api.put_back_report(uow, made.id)
    assert newest(world, sat).state is api.ReportState.QUEUED
    jobs = AnalysisJobs(parts)
    jobs.stop()
    assert jobs.run_waiting() == 0
    assert newest(world, sat).state is api.ReportState.QUEUED


def test_an_order_wakes_the_thread(world: World, sat: Analysed, parts: wiring.Services) -> None:
    jobs, done = AnalysisJobs(parts), ends(parts, "report_done")
    jobs.start()
    with parts.store.write(manager(world)) as uow:
        api.order_report(uow, sat.batch_id, kind=api.ReportKind.ITEMS, organisation_id=world.ids.agency)
    assert done.wait(WAIT_SECONDS)
    jobs.stop()
    assert newest(world, sat).state is api.ReportState.DONE


class Held:
    """A job that stands still while it reads the answers, until `go_on` is set; `looks` of its pulse are counted."""

    def __init__(self, parts: wiring.Services) -> None:
        self.reached, self.go_on, self.looked = threading.Event(), threading.Event(), threading.Semaphore(0)
        self.jobs = AnalysisJobs(parts)
        event.listen(parts.engine, "before_cursor_execute", self._note)
        self.jobs.start()
        assert self.reached.wait(WAIT_SECONDS)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if threading.current_thread().name == "kasauti-analysis-pulse":
            self.looked.release()
        elif "FROM response_events" in statement:
            self.reached.set()
            assert self.go_on.wait(WAIT_SECONDS)

    def wait_for_looks(self, count: int) -> None:
        """Let the pulse look so often; the look before the last one is over then."""
        while self.looked.acquire(blocking=False):
            pass
        for _ in range(count):
            assert self.looked.acquire(timeout=WAIT_SECONDS)


def test_a_job_shows_how_far_it_is_and_stops_when_its_manager_asks(
    world: World, sat: Analysed, parts: wiring.Services
) -> None:
    ended = ends(parts, "report_cancelled")
    made = order(world, sat.batch_id)
    held = Held(parts)
    held.wait_for_looks(4)
    running = newest(world, sat)
    assert (running.state, running.stage) == (api.ReportState.RUNNING, "gathering")
    assert 0 < running.share < GATHERING
    with world.store.write(manager(world)) as uow:
        assert api.cancel_report(uow, made.id, organisation_id=world.ids.agency).stopping
    held.wait_for_looks(4)
    held.go_on.set()
    assert ended.wait(WAIT_SECONDS)
    held.jobs.stop()
    assert newest(world, sat).state is api.ReportState.CANCELLED
    with world.store.read(world.manager) as uow, refused(Conflict, "report_not_done"):
        api.report_document(uow, made.id, organisation_id=world.ids.agency)


def test_a_server_that_is_stopped_leaves_its_report_to_the_next_one(
    world: World, sat: Analysed, parts: wiring.Services
) -> None:
    made = order(world, sat.batch_id)
    held = Held(parts)
    release = threading.Timer(0.5, held.go_on.set)
    release.start()
    held.jobs.stop()
    release.join()
    assert newest(world, sat).state is api.ReportState.QUEUED
    assert AnalysisJobs(parts).run_waiting() == 1
    assert (newest(world, sat).id, newest(world, sat).state) == (made.id, api.ReportState.DONE)


def test_the_report_of_a_server_that_died_is_made_by_another_after_a_minute(
    world: World, sat: Analysed, parts: wiring.Services, clock_of_parts: FixedClock
) -> None:
    made = order(world, sat.batch_id)
    with parts.store.write(Actor.system()) as uow:
        assert api.take_report(uow) is not None  # and was never heard of again
    assert AnalysisJobs(parts).run_waiting() == 0
    clock_of_parts.advance(60)
    assert AnalysisJobs(parts).run_waiting() == 1
    assert (newest(world, sat).id, newest(world, sat).state) == (made.id, api.ReportState.DONE)


def ends(parts: wiring.Services, name: str) -> threading.Event:
    """Set when an event of this name is committed."""
    found = threading.Event()
    parts.store.on_commit.append(
        lambda events: found.set() if any(one.name == name for one in events) else None
    )
    return found


@pytest.mark.parametrize(
    ("browser", "kind"),
    [("Chrome, Android", "phone"), ("Safari, iPad", "tablet"), ("Firefox, Windows", "computer"), ("", None)],
)
def test_a_browser_says_on_what_device_it_runs(browser: str, kind: str | None) -> None:
    assert device_class(browser) == kind


def test_the_last_sign_in_says_which_device_was_used(world: World, sat: Analysed) -> None:
    with world.store.read(Actor.system()) as uow:
        found = devices_of_entries(uow, sat.entry_ids)
    expected = {"Chrome, Android": "phone", "Firefox, Windows": "computer"}
    assert found == {
        entry_id: expected[sitter.browser]
        for entry_id, sitter in zip(sat.entry_ids, sat.sitters, strict=True)
        if sitter.browser
    }
