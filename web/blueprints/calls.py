# SPDX-License-Identifier: Apache-2.0
"""What a learner says to the proctors during a test: a message, a raised hand. Answers have a way of their own."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from core.errors import Invalid
from web import talking
from web.access import actor, attempt_id, learner, organisation_id, services
from web.input_texts import require_object

blueprint = Blueprint("calls", __name__, url_prefix="/room")


@blueprint.post("/message")
@learner
def write() -> Response:
    """Write to the proctors; the same words under the same number again change nothing."""
    body = require_object()
    if set(body) != {"number", "text"} or not isinstance(body["text"], str):
        raise Invalid("request_malformed", members=["number", "text"])
    with services().store.write(actor()) as uow:
        talking.write_to_proctor(uow, attempt_id(), organisation_id=organisation_id(), **body)
    return jsonify(ok=True)


@blueprint.post("/hand")
@learner
def hand() -> Response:
    """Raise the hand, or take it down; doing it again changes nothing."""
    body = require_object()
    if set(body) != {"raised"} or not isinstance(body["raised"], bool):
        raise Invalid("request_malformed", members=["raised"])
    with services().store.write(actor()) as uow:
        moved = talking.move_hand(uow, attempt_id(), organisation_id=organisation_id(), raised=body["raised"])
    if moved:
        talking.tell_of_hand(services(), attempt_id(), raised=body["raised"])
    return jsonify(ok=True)
