# SPDX-License-Identifier: Apache-2.0
"""What the pipeline is told of a learner: the plan and exemptions of the session, and what the check-in learned."""

from __future__ import annotations

import structlog

from core.blobs import BlobStore
from core.errors import NotFound, Unavailable
from core.uow import UnitOfWork
from proctor.checkin.enrolling import Learned
from proctor.checkin.model import challenges_for
from proctor.checkin.queries import learned_of
from proctor.checkin.rechecks import TURNS
from proctor.monitoring.queries import SessionSummary, summary_of
from proctor.monitoring.tables import SessionRow
from proctor.monitoring.watching import Watching

log = structlog.get_logger(__name__)


def watching_of(uow: UnitOfWork, session_id: str, *, blobs: BlobStore) -> Watching:
    """Everything that is known before the watching begins, or goes on after a restart. Raises NotFound(`session_unknown`).

    What cannot be read holds nobody up: it is logged, and its rules say "not available". A session with the photo alone has no
    baseline and no enrolled face, because one picture is too little to compare with.
    """
    row = uow.db.get(SessionRow, session_id)
    if row is None:
        raise NotFound("session_unknown")
    session = summary_of(row)
    learned = _learned(uow, session, blobs)
    plan, baseline = session.plan, learned.baseline
    return Watching(
        baseline=baseline,
        enrolled=learned.enrolled,
        enrolled_by=learned.network,
        exemptions=session.exemptions,
        mode=plan.mode,
        voice=plan.voice and "voice" in session.agreed,
        objects=plan.objects,
        movements=plan.rechecks
        and baseline is not None
        and baseline.pose is not None
        and any(turn in challenges_for(session.exemptions) for turn in TURNS),
    )


def _learned(uow: UnitOfWork, session: SessionSummary, blobs: BlobStore) -> Learned:
    if not session.plan.checks_in:
        return Learned()
    try:
        return learned_of(uow, session, blobs=blobs)
    except Unavailable as error:
        log.error("check_in_unreadable", session=session.id, code=error.code)
        return Learned()
