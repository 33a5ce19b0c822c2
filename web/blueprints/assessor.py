# SPDX-License-Identifier: Apache-2.0
"""Pages of assessors: the list of what is to be marked, and the rubric of one task."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, request

from assessor import api as assessor
from core.errors import Conflict, KasautiError
from core.identity.model import Role
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.error_texts import text_of
from web.file_answers import saved_file
from web.presenters.common import csv_response
from web.presenters.marking import task_page, task_rows
from web.words import _

blueprint = Blueprint("assessor", __name__, url_prefix="/assessor")


@blueprint.get("/tasks")
@staff(Role.ASSESSOR)
def tasks() -> Response | str:
    """The tasks of the sittings to which this assessor is assigned."""
    with services().store.read(actor()) as uow:
        found = assessor.tasks_of_assessor(uow, actor().id, organisation_id=organisation_id())
    rows = task_rows(found)
    if request.args.get("format") == "csv":
        columns = ("candidate_name", "component", "state", "marked", "criteria", "sitting_place", "opens_at")
        return csv_response("marking.csv", columns, [[row[name] for name in columns] for row in rows])
    return render_template("assessor/tasks.html", tasks=rows)


@blueprint.get("/tasks/<task_id>")
@staff(Role.ASSESSOR)
def task(task_id: str) -> str:
    """One task with its rubric and the marks so far."""
    return _task_page(task_id)


@blueprint.get("/tasks/<task_id>/files/<file_id>")
@staff(Role.ASSESSOR)
def answer_file(task_id: str, file_id: str) -> Response:
    """A file that a learner handed in, to be saved; each look is logged, so this is a writing unit of work."""
    parts = services()
    with parts.store.write(actor()) as uow:
        file, data = assessor.answer_file(
            uow,
            task_id,
            file_id,
            person_id=actor().id,
            organisation_id=organisation_id(),
            blobs=parts.blobs,
        )
    return saved_file(data, name=file.name)


@blueprint.post("/tasks/<task_id>")
@staff(Role.ASSESSOR)
def save(task_id: str) -> Response | tuple[str, int]:
    """Record the chosen levels; with ``complete`` close the task. What was chosen is kept even if it cannot be closed."""
    note, completing = request.form.get("note", ""), request.form.get("action") == "complete"
    try:
        with services().store.write(actor()) as uow:
            assessor.record_marks(uow, task_id, organisation_id=organisation_id(), marks=_chosen(), note=note)
        if completing:
            with services().store.write(actor()) as uow:
                assessor.complete_task(uow, task_id, organisation_id=organisation_id())
    except Conflict as refusal:
        return _task_page(task_id, refusal), 409
    flash(_("The marks are complete.") if completing else _("The marks are saved."), "success")
    if completing:
        return go("assessor.tasks")
    return go("assessor.task", task_id=task_id)


def _chosen() -> dict[str, str]:
    known = {"csrf_token", "note", "action"}
    return {name: value[:20] for name, value in request.form.items() if name not in known and value}


def _task_page(task_id: str, refusal: KasautiError | None = None) -> str:
    with services().store.read(actor()) as uow:
        found = assessor.task(uow, task_id, person_id=actor().id, organisation_id=organisation_id())
        credential = assessor.credential_of_entry(uow, found.entry.id).document
    error = None
    if refusal is not None:
        text = text_of(refusal.code, refusal.facts)
        error = f"{text.title} {text.advice}"
    return render_template("assessor/task.html", error=error, **task_page(found, credential))
