# SPDX-License-Identifier: Apache-2.0
"""What is read of a watched attempt for its review: the same for reviewers and for the learner. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assessor import api as assessor
from core.errors import NotFound
from core.uow import UnitOfWork
from proctor import api as proctor
from web.presenters.check_in_found import check_in_found
from web.presenters.how_watched import how_watched
from web.presenters.lanes import axis_of, lanes_of
from web.presenters.review import Attempt, PictureUrl, events_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """An attempt with its events and its time axis; `declared_at`: the result was declared then, and no hold takes it back."""

    found: Attempt
    record: assessor.AttemptRecord
    events: list[dict[str, Any]]
    lanes: list[dict[str, Any]]
    ticks: list[dict[str, Any]]
    check_in: dict[str, Any]
    how: dict[str, Any]
    declared_at: datetime | None


def read_review(uow: UnitOfWork, attempt_id: str, *, organisation_id: str, picture_url: PictureUrl) -> Review:
    """Everything about one watched attempt. NotFound ``attempt_unknown`` | ``session_unknown``, for another tenant's too."""
    record = assessor.attempt_record(uow, attempt_id, organisation_id=organisation_id)
    session = proctor.session_of_attempt(uow, attempt_id)
    if session is None or session.organisation_id != organisation_id:
        raise NotFound("session_unknown")
    found = Attempt(
        session=session,
        incidents=proctor.details_of_attempt(uow, attempt_id),
        alerts=proctor.alerts_of_attempt(uow, attempt_id),
        pictures=proctor.evidence_of_attempt(uow, attempt_id),
        explanations=proctor.explanations_of_attempt(uow, attempt_id),
        appeals=proctor.appeals_of_attempt(uow, attempt_id),
    )
    events = events_of(found, picture_url=picture_url)
    axis = axis_of(session, record, events)
    lanes = lanes_of(
        axis,
        events,
        record,
        telemetry=proctor.telemetry_of_attempt(uow, attempt_id),
        messages=proctor.messages_of_attempt(uow, attempt_id),
        pictures=found.pictures,
    )
    declared = assessor.result_for_entry(uow, record.line.entry.id).result
    return Review(
        found=found,
        record=record,
        events=events,
        lanes=lanes,
        ticks=axis.ticks(),
        check_in=check_in_found(uow, session, found.pictures, picture_url=picture_url),
        how=how_watched(session),
        declared_at=None if declared is None else declared.summary.declared_at,
    )
