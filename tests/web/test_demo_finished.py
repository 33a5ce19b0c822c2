# SPDX-License-Identifier: Apache-2.0
"""The sample's finished batch: everybody sat and was marked through the real operations, and reports can be made of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from assessor import api as assessor
from assessor.attempts.tables import ResponseEventRow
from assessor.results.tables import ResultRow
from assessor.scheduling.tables import BatchRow
from core.clock import FixedClock
from core.config import Config
from core.identity.model import Role
from core.uow import Actor
from tests.conftest import NOON
from tests.web.site import SECRET, Site, open_site
from web import demo, wiring
from web.analysis_jobs import AnalysisJobs
from web.demo_finished import FINISHED
from web.migrate import migrate

LEARNERS = 12


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A new database with the sample and a finished batch."""
    folder: Path = tmp_path_factory.mktemp("finished")
    parts = wiring.build(Config(var=folder, secret_key=SECRET), clock=FixedClock(NOON))
    migrate(parts.engine)
    demo.fill(parts, finished=LEARNERS)
    parts.engine.dispose()
    with open_site(folder, at=NOON) as opened:
        yield opened


def batch_page(site: Site) -> str:
    """The address of the finished batch, as its manager finds it."""
    with site.parts.store.read(Actor.system()) as uow:
        return (
            "/manager/batches/" + uow.db.scalars(select(BatchRow.id).where(BatchRow.name == FINISHED)).one()
        )


def test_everybody_of_the_finished_batch_has_a_result_and_the_manager_sees_the_figures(filled: Site) -> None:
    with filled.parts.store.read(Actor.system()) as uow:
        passed = list(uow.db.scalars(select(ResultRow.passed)))
        answers = list(uow.db.scalars(select(ResponseEventRow.value)))
    assert len(passed) == LEARNERS
    assert {True, False} == set(passed)
    assert len(answers) > 15 * LEARNERS
    manager = filled.staff(Role.MANAGER)
    assert FINISHED in manager.get("/manager/batches").text
    assert FINISHED in manager.get("/manager/figures").text


def test_each_report_is_made_of_what_the_learners_really_answered(filled: Site) -> None:
    manager, address = filled.staff(Role.MANAGER), batch_page(filled)
    assert manager.post(f"{address}/quality", {}).status_code == 302
    assert AnalysisJobs(filled.parts).run_waiting() == len(assessor.ReportKind)
    page = manager.get(f"{address}/quality").text
    assert "Failed" not in page
    assert "The batch is still open" not in page
