# SPDX-License-Identifier: Apache-2.0
"""The watching of one learner begins: in the unit of work of the start, and in the pipeline after its commit."""

from __future__ import annotations

from dataclasses import dataclass

from assessor import api as assessor
from core.blobs import BlobStore
from core.uow import UnitOfWork
from proctor import api as proctor
from web.wiring import Services


@dataclass(frozen=True, slots=True)
class WatchStart:
    """A session that is active, what the pipeline is told of its learner, and what happened at the check-in."""

    session: proctor.SessionSummary
    watching: proctor.Watching
    happened: tuple[proctor.LivenessChecked, ...]


def start_watching(uow: UnitOfWork, session: proctor.SessionSummary, *, blobs: BlobStore) -> WatchStart:
    """Activate the session; movements that were not seen become notes for people, once. Raises as `activate_session`."""
    first = session.state is not proctor.SessionState.ACTIVE
    session = proctor.activate_session(uow, session.id)
    done = proctor.check_in(uow, session) if first and session.plan.checks_in else None
    happened = tuple(
        proctor.LivenessChecked(at=uow.now, passed=False, challenge=one.challenge, tries=one.tries)
        for one in (done.failed if done is not None else ())
    )
    return WatchStart(session, proctor.watching_of(uow, session.id, blobs=blobs), happened)


def tell_pipeline(pipeline: proctor.FramePipeline, start: WatchStart) -> None:
    """After the commit: watch from now on."""
    pipeline.begin(start.session, start.watching)
    for event in start.happened:
        pipeline.tell(start.session.id, event)


def plan_rechecks(
    uow: UnitOfWork, parts: Services, session: proctor.SessionSummary, *, entry_id: str | None
) -> None:
    """Draw the moments of this test at which a small movement is asked for; once for each process and test."""
    found = assessor.overviews(uow, [entry_id or ""]).get(entry_id or "")
    if found is None or found.started_at is None or found.ends_at is None:
        return
    baseline = proctor.watching_of(uow, session.id, blobs=parts.blobs).baseline
    parts.rechecks.begin(
        session.id,
        yaw=None if baseline is None or baseline.pose is None else baseline.pose.yaw,
        exemptions=session.exemptions,
        starts_at=max(found.started_at, uow.now - proctor.RECHECK_QUIET),
        ends_at=found.ends_at,
    )
