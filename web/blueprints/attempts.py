# SPDX-License-Identifier: Apache-2.0
"""A manager's page of one attempt: time explained and given back, devices, late answers, the log. No answer is shown."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request

from assessor import api as assessor
from core.errors import Invalid
from core.identity import queries as identity
from core.identity.model import Role
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.input_texts import require_minutes
from web.presenters.attempts import LOG_COLUMNS, attempt_page, log_rows
from web.presenters.browser import browser_part
from web.presenters.common import csv_response
from web.presenters.whereabouts import section_part
from web.words import _

blueprint = Blueprint("attempts", __name__, url_prefix="/manager/attempts")
_DECISIONS = {"admit": assessor.admit_late, "refuse": assessor.refuse_late}


@blueprint.get("/<attempt_id>")
@staff(Role.MANAGER)
def attempt(attempt_id: str) -> str:
    """One attempt."""
    with services().store.read(actor()) as uow:
        record = assessor.attempt_record(uow, attempt_id, organisation_id=organisation_id())
        page = attempt_page(record, identity.names(uow, _people(record)))
        page |= browser_part(uow, record.line) | section_part(uow, attempt_id)
    return render_template("manager/attempt.html", attempt=page)


@blueprint.get("/<attempt_id>/log.<any(csv, json):kind>")
@staff(Role.MANAGER)
def log(attempt_id: str, kind: str) -> Response:
    """What happened to an attempt, line by line, without what was answered."""
    with services().store.read(actor()) as uow:
        rows = log_rows(assessor.attempt_log(uow, attempt_id, organisation_id=organisation_id()))
    if kind == "csv":
        name = f"attempt-{attempt_id}.csv"
        return csv_response(name, LOG_COLUMNS, [[row[column] for column in LOG_COLUMNS] for row in rows])
    response = jsonify(attempt=attempt_id, log=rows)
    response.headers["Content-Disposition"] = f'attachment; filename="attempt-{attempt_id}.json"'
    return response


@blueprint.post("/<attempt_id>/credit")
@staff(Role.MANAGER)
def credit(attempt_id: str) -> Response:
    """Give time back: what was measured, or minutes that a reason explains."""
    form = request.form
    with services().store.write(actor()) as uow:
        if form.get("give") == "measured":
            record = assessor.attempt_record(uow, attempt_id, organisation_id=organisation_id())
            seconds = record.suggested_seconds
        else:
            seconds = require_minutes(form.get("minutes", "")) * 60
        assessor.grant_credit(
            uow,
            attempt_id,
            organisation_id=organisation_id(),
            seconds=seconds,
            reason=form.get("reason", ""),
            beyond=form.get("beyond", ""),
        )
    return go("attempts.attempt", attempt_id=attempt_id, message=_("The time was given back."))


@blueprint.post("/<attempt_id>/late")
@staff(Role.MANAGER)
def late(attempt_id: str) -> Response:
    """Let a late answer count, or not."""
    form = request.form
    decide, seq = _DECISIONS.get(form.get("decision", "")), form.get("seq", "")
    if decide is None or not (seq.isascii() and seq.isdigit() and len(seq) <= 10):
        raise Invalid("request_malformed", members=["decision", "device", "item", "reason", "seq"])
    with services().store.write(actor()) as uow:
        decide(
            uow,
            attempt_id,
            device=form.get("device", ""),
            seq=int(seq),
            item=form.get("item", ""),
            organisation_id=organisation_id(),
            reason=form.get("reason", ""),
        )
    return go("attempts.attempt", attempt_id=attempt_id, message=_("Your decision was recorded."))


def _people(record: assessor.AttemptRecord) -> set[str]:
    """Everybody who is named on the page."""
    found = {one.granted_by for one in record.credits} | {one.decided_by for one in record.late}
    found |= {one.paused_by for one in record.pauses} | {one.resumed_by for one in record.pauses}
    return {person for person in found if person is not None}
