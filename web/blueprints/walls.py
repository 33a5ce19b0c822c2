# SPDX-License-Identifier: Apache-2.0
"""What a proctor answers at the wall: hints, hands, messages, notes, and an incident by hand. Nothing is decided here."""

from __future__ import annotations

from flask import Blueprint, Response, request

from core.errors import Conflict, NotFound
from core.identity.model import Role
from core.uow import UnitOfWork
from proctor import api as proctor
from web import talking
from web.access import actor, organisation_id, services, staff
from web.blueprints.proctor import back_to, line_of, require_running
from web.presenters.hints import hint_text
from web.wiring import frames_now, raise_by_hand, raise_note
from web.words import _

blueprint = Blueprint("walls", __name__, url_prefix="/proctor/sittings/<sitting_id>/attempts/<attempt_id>")


@blueprint.post("/hint")
@staff(Role.PROCTOR)
def hint(sitting_id: str, attempt_id: str) -> Response:
    """Give one learner a ready-made hint, in the learner's own language."""
    wanted = proctor.require_hint(request.form.get("hint", ""))
    with services().store.write(actor()) as uow:
        line = line_of(uow, sitting_id, attempt_id)
        require_running(line)
        text = hint_text(wanted, language=line.entry.language.value, by_machine=False)
        talking.give_hint(uow, attempt_id, organisation_id=organisation_id(), hint=wanted, text=text)
    return back_to(sitting_id, attempt_id, _("The hint was sent to this learner alone."))


@blueprint.post("/hand")
@staff(Role.PROCTOR)
def lower_hand(sitting_id: str, attempt_id: str) -> Response:
    """Take a learner's hand down."""
    with services().store.write(actor()) as uow:
        line_of(uow, sitting_id, attempt_id)
        moved = talking.move_hand(uow, attempt_id, organisation_id=organisation_id(), raised=False)
    if moved:
        talking.tell_of_hand(services(), attempt_id, raised=False)
    return back_to(sitting_id, attempt_id, _("The hand is down again."))


@blueprint.post("/settled")
@staff(Role.PROCTOR)
def settle(sitting_id: str, attempt_id: str) -> Response:
    """What the learner wrote needs no answer."""
    with services().store.write(actor()) as uow:
        line_of(uow, sitting_id, attempt_id)
        proctor.settle_call(uow, attempt_id)
    return back_to(sitting_id, attempt_id, _("Marked as read. It needs no answer."))


@blueprint.post("/notes/<alert_id>/seen")
@staff(Role.PROCTOR)
def note_seen(sitting_id: str, attempt_id: str, alert_id: str) -> Response:
    """A note of the machine was looked at, and stays a note."""
    with services().store.write(actor()) as uow:
        _note(uow, sitting_id, attempt_id, alert_id)
        proctor.mark_note_seen(uow, alert_id, attempt_id=attempt_id, organisation_id=organisation_id())
    return back_to(sitting_id, attempt_id, _("Marked as seen."))


@blueprint.post("/incident")
@staff(Role.PROCTOR)
def raise_incident(sitting_id: str, attempt_id: str) -> Response:
    """Open an incident by hand with a reason, out of a note or of what the proctor saw; others decide about it."""
    alert_id, reason = request.form.get("alert_id", ""), request.form.get("reason", "")
    parts, owner = services(), organisation_id()
    seen = () if alert_id else frames_now(parts, attempt_id)
    with parts.store.write(actor()) as uow:
        line_of(uow, sitting_id, attempt_id)
        if alert_id:
            raise_note(uow, attempt_id, alert_id, organisation_id=owner, reason=reason, blobs=parts.blobs)
        elif proctor.session_of_attempt(uow, attempt_id) is None:
            raise Conflict("attempt_not_watched")
        else:
            raise_by_hand(
                uow, attempt_id, organisation_id=owner, reason=reason, blobs=parts.blobs, frames=seen
            )
    return back_to(
        sitting_id, attempt_id, _("The incident was raised. Other people will look at it and decide.")
    )


def _note(uow: UnitOfWork, sitting_id: str, attempt_id: str, alert_id: str) -> proctor.AlertRecord:
    """A noted alert of this learner, for the proctor of the sitting. NotFound(``alert_unknown``)."""
    line_of(uow, sitting_id, attempt_id)
    note = proctor.alert(uow, alert_id, organisation_id=organisation_id())
    if note.attempt_id != attempt_id:
        raise NotFound("alert_unknown")
    return note
