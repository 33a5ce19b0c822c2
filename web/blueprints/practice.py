# SPDX-License-Identifier: Apache-2.0
"""The practice test: the real room over a sample paper, for everybody. Nothing is stored here and nothing counts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_wtf.csrf import generate_csrf

from assessor import api as assessor
from core import ids
from core.errors import Invalid
from web import i18n, practice_tests
from web.access import public, services
from web.answers import go
from web.input_texts import require_object
from web.practice_tests import PracticeTest, current, keep, receipt_key, require_current
from web.presenters.practice import done_page, ended_document, practice_room
from web.presenters.room import move_receipt, receipt_document, state_document

blueprint = Blueprint("practice", __name__, url_prefix="/practice")
_SAVE_MEMBERS = {"device", "epoch", "item", "value", "client_time"}
_MOVE_MEMBERS = {"device", "epoch", "kind", "target", "client_time"}


@blueprint.get("")
@public
def intro() -> str:
    """What the practice test is, and the way into it."""
    content = assessor.sample_content()
    return render_template(
        "public/practice.html",
        questions=len(content.items),
        minutes=content.limit_seconds // 60,
        test=current(),
        language=i18n.language(),
    )


@blueprint.post("/start")
@public
def start() -> Response:
    """Begin a new one; one that was there before is gone."""
    show = request.form.get("show", "en")
    if show not in practice_tests.LANGUAGES:
        raise Invalid("request_malformed", members=["show"])
    trial = assessor.begin_trial(ids.new_id(), now=services().clock.now())
    test = PracticeTest(trial=trial, show=show, camera=request.form.get("camera") == "yes")
    return keep(go("practice.room"), test)


@blueprint.get("/room")
@public
def room() -> Response | str:
    """The test room over the sample paper."""
    test = current()
    if test is None or test.trial.ended_at is not None:
        return go("practice.intro" if test is None else "practice.done")
    return render_template("learner/room.html", room=practice_room(test, now=services().clock.now()))


@blueprint.get("/room/state")
@public
def state() -> Response:
    """Where the practice test stands; one that this browser does not have is over."""
    test = current()
    if test is None:
        return jsonify(ended_document())
    return _state(test, device=request.args.get("device", "")[:64])


@blueprint.put("/room/responses/<int:seq>")
@public
def save_response(seq: int) -> Response:
    """Acknowledge one answer with a receipt; the browser keeps it."""
    test = require_current()
    save = assessor.SaveResponse(attempt_id=test.trial.id, seq=seq, **_body(_SAVE_MEMBERS))
    trial, receipt = assessor.save_in_trial(test.trial, save, **_rules())
    kept = practice_tests.change(test, lambda _: trial)
    return keep(jsonify(receipt_document(receipt)), kept)


@blueprint.put("/room/moves/<int:seq>")
@public
def save_move(seq: int) -> Response:
    """Acknowledge one move through the sections."""
    test = require_current()
    move = assessor.RecordMove(attempt_id=test.trial.id, seq=seq, **_body(_MOVE_MEMBERS))
    trial, receipt = assessor.move_in_trial(test.trial, move, **_rules())
    return keep(jsonify(move_receipt(receipt)), practice_tests.change(test, lambda _: trial))


@blueprint.post("/room/lease")
@public
def take_lease() -> Response:
    """Make this device the one that may answer."""
    device = _body({"device"})["device"]
    test = practice_tests.change(
        require_current(), lambda trial: assessor.take_trial_lease(trial, device=device)
    )
    return keep(_state(test, device=str(device)), test)


@blueprint.post("/room/submit")
@public
def submit() -> Response:
    """Hand in; the slip lists what was held."""
    device, parts = _body({"device", "epoch"})["device"], services()
    now, grace = parts.clock.now(), parts.config.grace_seconds
    test = practice_tests.change(
        require_current(),
        lambda trial: assessor.hand_in_trial(trial, device=device, now=now, grace_seconds=grace),
    )
    slip = [
        {"item": line.item, "revision": line.revision, "received_at": line.received_at.isoformat()}
        for line in assessor.trial_slip(test.trial)
    ]
    return keep(jsonify(slip=slip, next=url_for("practice.done")), test)


@blueprint.get("/done")
@public
def done() -> Response | str:
    """The slip, what was practised, and what was right, with the explanations."""
    test = current()
    if test is None or test.trial.ended_at is None:
        return go("practice.intro" if test is None else "practice.room")
    return render_template("public/practice_done.html", done=done_page(test))


def _state(test: PracticeTest, *, device: str) -> Response:
    now = services().clock.now()
    found = assessor.trial_state(test.trial, device=device, now=now)
    document = state_document(found, proctored=False, messages=[], late=[], now=now)
    return jsonify({**document, "csrf": generate_csrf()})


def _rules() -> dict[str, Any]:
    parts = services()
    return {
        "now": parts.clock.now(),
        "key": receipt_key(parts.config),
        "grace_seconds": parts.config.grace_seconds,
    }


def _body(members: set[str]) -> dict[str, Any]:
    """The JSON object of this request, with exactly these members. Invalid(``request_malformed``)."""
    body = require_object()
    if set(body) != members or not isinstance(body.get("client_time", ""), str):
        raise Invalid("request_malformed", members=sorted(members))
    return body
