# SPDX-License-Identifier: Apache-2.0
"""Looks at pictures from before they had a list of their own: they stand in the audit log, and are shown once."""

from __future__ import annotations

from sqlalchemy import delete

from core.uow import Actor
from proctor import api as proctor
from proctor.evidence.tables import LookRow
from tests.db.test_proctor_alerts import Desk, desk, frame, reviewers, session  # noqa: F401 - fixtures


def test_a_look_that_only_the_audit_log_knows_is_shown_and_no_look_twice(desk: Desk) -> None:  # noqa: F811
    attempt_id = desk.session.attempt_id
    with desk.store.write(Actor.system()) as uow:
        kept = proctor.keep_frame(
            uow,
            frame(desk.clock, proctor.EvidenceKind.SAMPLE),
            session_id=desk.session.id,
            attempt_id=attempt_id,
            organisation_id=desk.agency,
            incident_id=None,
            blobs=desk.blobs,
        )
    first, second = desk.reviewers
    for reviewer in (first, second):
        desk.clock.advance(60)
        with desk.store.write(reviewer) as uow:
            proctor.view_evidence(uow, kept.id, organisation_id=desk.agency, blobs=desk.blobs)
    with desk.store.write(Actor.system()) as uow:
        whole = proctor.looks_of_attempts(uow, [attempt_id])
        assert [one.actor_id for one in whole] == [second.id, first.id]
        uow.db.execute(delete(LookRow).where(LookRow.actor_id == first.id))
        assert proctor.looks_of_attempts(uow, [attempt_id]) == whole
        assert proctor.looks_of_attempts(uow, [attempt_id], limit=1) == whole[:1]
        assert proctor.looks_of_attempts(uow, ["another"]) == ()
