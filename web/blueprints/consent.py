# SPDX-License-Identifier: Apache-2.0
"""The learner's own consent: reading it again, taking it back, a guardian's code, a place without a camera."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from assessor import api as assessor
from core.errors import Invalid
from core.uow import UnitOfWork
from proctor import api as proctor
from web import i18n
from web.access import actor, attempt_id, entry_id, learner, organisation_id, services
from web.answers import go
from web.consenting import (
    open_watching,
    standing_of,
    withdraw_everything,
    withdraw_optional,
)
from web.guardian_codes import answer_code, send_code
from web.presenters.consent import consent_page
from web.words import _

blueprint = Blueprint("consent", __name__, url_prefix="/learner")


@blueprint.get("/consent")
@learner
def mine() -> str:
    """What was agreed to, in the words of that time, with the way to take it back."""
    with services().store.read(actor()) as uow:
        entry = _entry(uow)
        page = consent_page(uow, entry, standing_of(uow, entry, attempt_id=attempt_id()))
    return render_template("learner/consent.html", page=page)


@blueprint.post("/consent/withdraw")
@learner
def withdraw() -> Response:
    """Take everything back, or one optional item; the watching of a running test ends at once."""
    item, parts, over, session = request.form.get("item", ""), services(), None, None
    with parts.store.write(actor()) as uow:
        entry = _entry(uow)
        if item:
            withdraw_optional(uow, entry, attempt_id=attempt_id(), item=item, language=i18n.language())
            session = proctor.session_of_attempt(uow, attempt_id())
        else:
            over = withdraw_everything(uow, entry, attempt_id=attempt_id())
    if over is not None:
        parts.pipeline.finish(over, drop=True)
    elif session is not None and parts.pipeline.view(session.id) is not None:
        parts.pipeline.device(session.id, item, proctor.Device(able=False, why="refused"))
    return go("consent.mine", message=_("It is taken back."))


@blueprint.post("/guardian")
@learner
def ask_guardian() -> Response:
    """Send a code to the guardian; a second one takes the place of the first."""
    with services().store.write(actor()) as uow:
        send_code(
            uow,
            services(),
            _entry(uow),
            attempt_id=attempt_id(),
            name=request.form.get("name", "")[:400],
            relation=request.form.get("relation", ""),
            contact=request.form.get("contact", "")[:400],
        )
    return go("learner.gate", message=_("The code is on its way."))


@blueprint.post("/guardian/code")
@learner
def guardian_code() -> Response:
    """The code that the guardian read out: with it the guardian has agreed."""
    typed = request.form.get("code", "")[:40]
    with services().store.write(actor()) as uow:
        entry = _entry(uow)
        right = answer_code(uow, services(), entry, attempt_id=attempt_id(), code=typed)
        if right:
            open_watching(uow, entry, attempt_id=attempt_id())
    if not right:  # only now: the try has to be counted
        raise Invalid("guardian_code_wrong")
    return go("learner.gate", message=_("Your guardian has agreed."))


@blueprint.post("/invigilator")
@learner
def ask_invigilator() -> Response:
    """The learner says no to the camera and asks for a place where a person watches."""
    with services().store.write(actor()) as uow:
        entry = _entry(uow)
        if assessor.is_watched(uow, entry):
            running = assessor.state_of_entry(uow, entry.id) is assessor.AttemptState.RUNNING
            assessor.ask_for_invigilator(uow, entry, because=assessor.AskedBecause.REFUSED, running=running)
    return go("learner.gate")


@blueprint.post("/invigilator/back")
@learner
def use_camera() -> Response:
    """The learner would rather use the camera after all."""
    with services().store.write(actor()) as uow:
        assessor.take_back_wish(uow, _entry(uow))
    return go("learner.gate")


def _entry(uow: UnitOfWork) -> assessor.Entry:
    return assessor.entry(uow, entry_id(), organisation_id=organisation_id())
