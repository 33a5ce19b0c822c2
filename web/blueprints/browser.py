# SPDX-License-Identifier: Apache-2.0
"""What a sitting asks of browsers: the door of Safe Exam Browser, its settings, and releases from it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, render_template, request, url_for

from assessor import api as assessor
from core.errors import Forbidden, Invalid
from core.identity import queries as identity
from core.identity.model import Role
from core.uow import Actor
from web import safe_browser
from web.access import actor, learner, organisation_id, public, services, staff
from web.answers import go, go_to
from web.forms.browser import read_rules, rules_values
from web.forms.reading import sentence
from web.input_texts import require_object
from web.presenters.browser import rules_page
from web.words import _

blueprint = Blueprint("browser", __name__)


@blueprint.get("/safe-browser/<sitting_id>")
@public
def door(sitting_id: str) -> Response:
    """Where Safe Exam Browser begins: the learners' own door."""
    with services().store.read(Actor.system()) as uow:
        assessor.open_browser_rules(uow, sitting_id)
    return go("public.home")


@blueprint.get("/safe-browser/<sitting_id>/kasauti.seb")
@public
def settings_file(sitting_id: str) -> Response:
    """The settings. Safe Exam Browser fetches them itself, before anybody has signed in; they hold no secret."""
    with services().store.read(Actor.system()) as uow:
        asked = assessor.open_browser_rules(uow, sitting_id)
    document = assessor.safe_browser_file(safe_browser.settings_of(sitting_id, camera=asked.camera))
    response = Response(document, mimetype=safe_browser.MEDIA_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="kasauti.seb"'
    return response


@blueprint.get("/safe-browser/<sitting_id>/quit")
@public
def leave(sitting_id: str) -> str:
    """Safe Exam Browser closes as soon as it is sent here; another browser says that it may be closed."""
    with services().store.read(Actor.system()) as uow:
        assessor.open_browser_rules(uow, sitting_id)
    return render_template("learner/safe_browser_quit.html")


@blueprint.post("/learner/safe-browser")
@learner
def prove() -> Response:
    """What the page's script read from Safe Exam Browser, where it sends no headers: hashes over the address of the gate."""
    body = require_object()
    if set(body) != {"config", "exam"} or not all(isinstance(one, str) for one in body.values()):
        raise Invalid("request_malformed", members=["config", "exam"])
    proof = assessor.Proof(config_hash=body["config"][:128], exam_hash=body["exam"][:128])
    page = safe_browser.base() + url_for("learner.gate")
    with services().store.write(actor()) as uow:
        answer, means = safe_browser.admission(uow, proof=proof, url=page)
        safe_browser.note(uow, means)
    if answer is not safe_browser.Admission.OPEN:
        raise Forbidden("safe_browser_wrong_key")
    return jsonify(ok=True)


@blueprint.get("/manager/sittings/<sitting_id>/browser")
@staff(Role.MANAGER)
def rules(sitting_id: str) -> str:
    """What this sitting asks of browsers."""
    return _rules_page(sitting_id)


@blueprint.post("/manager/sittings/<sitting_id>/browser")
@staff(Role.MANAGER)
def save_rules(sitting_id: str) -> Response | tuple[str, int]:
    """Change it; it holds from the next time that a learner comes to a door."""
    try:
        asked = read_rules(request.form)
    except Invalid as refusal:
        return _rules_page(sitting_id, problem=sentence(refusal)), 422
    with services().store.write(actor()) as uow:
        assessor.set_browser_rules(uow, sitting_id, organisation_id=organisation_id(), rules=asked)
    return go("browser.rules", sitting_id=sitting_id, message=_("The rules for browsers are saved."))


@blueprint.post("/manager/sittings/<sitting_id>/browser/release")
@staff(Role.MANAGER)
def release(sitting_id: str) -> Response:
    """Let one learner, or everybody, in without Safe Exam Browser."""
    with services().store.write(actor()) as uow:
        assessor.release_browser(
            uow,
            sitting_id,
            organisation_id=organisation_id(),
            entry_id=request.form.get("entry_id") or None,
            reason=request.form.get("reason", ""),
        )
    return go("browser.rules", sitting_id=sitting_id, message=_("Released. It holds at once."))


@blueprint.post("/proctor/sittings/<sitting_id>/release")
@staff(Role.PROCTOR)
def release_by_proctor(sitting_id: str) -> Response:
    """The same, by the proctor of the sitting; with an attempt it is for that learner alone."""
    attempt_id = request.form.get("attempt_id", "")
    who = {"person_id": actor().id, "organisation_id": organisation_id()}
    with services().store.write(actor()) as uow:
        assessor.sitting_of_proctor(uow, sitting_id, **who)
        line = assessor.proctor_attempt(uow, attempt_id, **who) if attempt_id else None
        assessor.release_browser(
            uow,
            sitting_id,
            organisation_id=organisation_id(),
            entry_id=line.entry.id if line else None,
            reason=request.form.get("reason", ""),
        )
    flash(_("Released. It holds at once."), "success")
    anchor = f"#tile-{attempt_id}" if line else ""
    return go_to(url_for("proctor.wall", sitting_id=sitting_id) + anchor)


def _rules_page(sitting_id: str, *, problem: str = "") -> str:
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        kept = assessor.browser_rules(uow, sitting_id)
        releases = assessor.browser_releases(uow, sitting_id)
        entries = assessor.entries_of_sittings(uow, [sitting_id])
        names = identity.names(uow, {one.released_by for one in releases})
    page = rules_page(
        sitting,
        releases,
        entries,
        names,
        password=safe_browser.password_of(sitting_id),
        config_key=assessor.config_key(safe_browser.settings_of(sitting_id, camera=sitting.proctored)),
        links=safe_browser.links_of(sitting_id),
    )
    values = rules_values(kept) if not problem else request.form
    return render_template("manager/browser.html", page=page, values=values, problem=problem, kept=kept)
