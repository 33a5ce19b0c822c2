# SPDX-License-Identifier: Apache-2.0
"""The sample data serves at any hour of the day, also just after midnight where the learners live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from assessor import api as assessor
from assessor.scheduling.tables import SittingRow
from core.clock import FixedClock
from core.config import Config
from core.uow import Actor
from tests.web.site import SECRET
from tests.web.windows import move_windows
from tests.web.world import enrol_one
from web import demo, wiring
from web.migrate import migrate

JUST_AFTER_MIDNIGHT = datetime(2026, 11, 22, 18, 31, tzinfo=UTC)  # 00:01 in India


def test_a_learner_can_be_enrolled_for_a_sample_sitting_that_was_opened_yesterday(tmp_path: Path) -> None:
    parts = wiring.build(Config(var=tmp_path, secret_key=SECRET), clock=FixedClock(JUST_AFTER_MIDNIGHT))
    migrate(parts.engine)
    demo.fill(parts)
    move_windows(parts, opens_at=JUST_AFTER_MIDNIGHT - timedelta(hours=1))
    for proctored in (False, True):
        enrol_one(parts, name="Kamala Nair", proctored=proctored)
    with parts.store.read(Actor.system()) as uow:
        entries = assessor.entries_of_sittings(uow, uow.db.scalars(select(SittingRow.id)).all())
    assert [one.candidate_name for one in entries].count("Kamala Nair") == 2
    parts.engine.dispose()
