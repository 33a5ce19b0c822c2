# SPDX-License-Identifier: Apache-2.0
"""What a learner's browser notes during a test: taken in, and shown to the learner. Staff see it on their own pages."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, jsonify, render_template

from assessor import api as assessor
from core.errors import Conflict
from proctor import api as proctor
from web.access import actor, attempt_id, entry_id, learner, organisation_id, services
from web.input_texts import require_object
from web.presenters.telemetry import noted_of

blueprint = Blueprint("telemetry", __name__)


@blueprint.post("/room/telemetry")
@learner
def take() -> Response:
    """Keep what the browser noted; the same numbers again change nothing. After a withdrawal nothing is kept."""
    device, notes = proctor.read_batch(require_object())
    with services().store.write(actor()) as uow:
        if assessor.heartbeat(uow, attempt_id(), device=device).state is assessor.AttemptState.CREATED:
            raise Conflict("attempt_not_started")
        session, now = proctor.session_of_attempt(uow, attempt_id()), uow.now
        if session is not None and session.withdrawn:  # what was agreed to with the camera ended with it
            return jsonify(highest=max((note.number for note in notes), default=0))
        kept = proctor.keep_telemetry(
            uow, attempt_id(), organisation_id=organisation_id(), device=device, notes=notes
        )
    if session is not None and session.state is proctor.SessionState.ACTIVE:
        _tell(session.id, kept.fresh, now)
    return jsonify(highest=kept.highest)


def _tell(session_id: str, notes: tuple[proctor.Note, ...], now: datetime) -> None:
    """The rules hear of what is new, after the commit; an alert of them is a note for people and reaches no result."""
    for note in notes:
        told = proctor.BrowserNoted(at=note.occurred_at(now), kind=note.kind.value, cause=note.cause.value)
        services().pipeline.tell(session_id, told)


@blueprint.get("/learner/noted")
@learner
def noted() -> str:
    """The learner's own copy of what was noted."""
    with services().store.read(actor()) as uow:
        entry = assessor.entry(uow, entry_id(), organisation_id=organisation_id())
        shown = noted_of(uow, attempt_id(), entry)
    return render_template("learner/noted.html", noted=shown, zone=entry.sitting.time_zone)
