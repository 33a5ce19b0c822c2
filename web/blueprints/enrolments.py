# SPDX-License-Identifier: Apache-2.0
"""Pages of a long list that is being enrolled: how far it is, ending it, going on, and its access codes once."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, url_for

from assessor import api as assessor
from core.identity.model import Role
from web import enrolment_jobs as jobs
from web.access import actor, organisation_id, services, staff
from web.answers import go_to
from web.candidate_files import forget_list, kept_list
from web.code_pages import codes_page
from web.error_texts import text_of
from web.presenters.enrolments import enrolment_page
from web.words import ngettext

blueprint = Blueprint(
    "enrolments", __name__, url_prefix="/manager/sittings/<sitting_id>/candidates/import/<token>"
)


@blueprint.get("/progress")
@staff(Role.MANAGER)
def progress(sitting_id: str, token: str) -> str:
    """How far a list is; at its end what was enrolled and what was not."""
    state = jobs.state_of(services(), actor(), token, sitting_id=sitting_id)
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
    return render_template(
        "manager/candidates_progress.html",
        sitting=sitting,
        token=token,
        run=enrolment_page(state),
        problem=text_of(state["code"], state["facts"]) if state["code"] else None,
    )


@blueprint.get("/state")
@staff(Role.MANAGER)
def state(sitting_id: str, token: str) -> Response:
    """The same for a script."""
    return jsonify(enrolment_page(jobs.state_of(services(), actor(), token, sitting_id=sitting_id)))


@blueprint.post("/stop")
@staff(Role.MANAGER)
def stop(sitting_id: str, token: str) -> Response:
    """End a run after the rows that it is at; who is enrolled stays enrolled."""
    jobs.state_of(services(), actor(), token, sitting_id=sitting_id)
    jobs.stop(services(), actor(), token)
    return _back(sitting_id, token)


@blueprint.post("/go-on")
@staff(Role.MANAGER)
def go_on(sitting_id: str, token: str) -> Response:
    """Enrol the rest of a list that was stopped."""
    jobs.state_of(services(), actor(), token, sitting_id=sitting_id)
    jobs.go_on(services(), actor(), token)
    return _back(sitting_id, token)


@blueprint.post("/codes")
@staff(Role.MANAGER)
def codes(sitting_id: str, token: str) -> str | Response:
    """Show the access codes of those who are enrolled, and forget the list: this answer is the only one that has them."""
    parts = services()
    state = jobs.state_of(parts, actor(), token, sitting_id=sitting_id)
    if state["stage"] not in ("done", "stopped"):
        return _back(sitting_id, token)
    made = jobs.codes_of(parts, actor(), token)
    forget_list(parts, kept_list(parts, actor(), token, sitting_id=sitting_id))
    jobs.forget(parts, token)
    said = ngettext("%(num)s candidate is enrolled.", "%(num)s candidates are enrolled.", len(made))
    sent = bool(state["order"]["send"])
    return codes_page(sitting_id, made, said=said, sent=sent, refused=len(state["refused"]))


def _back(sitting_id: str, token: str) -> Response:
    return go_to(url_for("enrolments.progress", sitting_id=sitting_id, token=token))
