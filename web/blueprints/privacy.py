# SPDX-License-Identifier: Apache-2.0
"""A learner's own data: what is kept until when, who looked, all of it as a file, and asking for its deletion."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from assessor import api as assessor
from core.errors import Forbidden, NotFound
from core.ids import normalise_code
from core.privacy import operations as privacy
from web import login
from web.access import PROOF_LASTS, actor, attempt_id, entry_id, learner, organisation_id, services, user
from web.answers import go
from web.presenters.privacy import data_page
from web.privacy import erasing
from web.privacy.exporting import Export, build_export, note_export
from web.words import _

blueprint = Blueprint("privacy", __name__, url_prefix="/learner/data")


@blueprint.get("")
@learner
def mine() -> str:
    """Everything about this learner's data on one page."""
    with services().store.read(actor()) as uow:
        entry = assessor.entry(uow, entry_id(), organisation_id=organisation_id())
        page = data_page(uow, entry, attempt_id=attempt_id(), to_learner=True)
    return render_template("learner/data.html", data=page, code_needed=not is_fresh())


@blueprint.post("/export")
@learner
def export_mine() -> Response:
    """All of it as one file, to whoever has just shown the access code."""
    require_code()
    return send_export(entry_id())


@blueprint.post("/erasure")
@learner
def ask_erasure() -> Response:
    """Ask for the deletion; a person confirms it, and 48 hours are left to think again."""
    require_code()
    with services().store.write(actor()) as uow:
        erasing.ask(uow, entry_id(), organisation_id=organisation_id())
    return go("privacy.mine", message=_("Your request is with your assessment agency."))


@blueprint.post("/erasure/back")
@learner
def take_back() -> Response:
    """The learner does not want it any more."""
    with services().store.write(actor()) as uow:
        candidate = assessor.candidate_of(uow, entry_id(), organisation_id=organisation_id())
        privacy.take_back_erasure(uow, candidate, organisation_id=organisation_id())
    return go("privacy.mine", message=_("Your data is not deleted."))


def is_fresh() -> bool:
    """Whether this learner came in, or showed the code again, within the last minutes."""
    proved_at = user().proved_at
    return proved_at is not None and services().clock.now() - proved_at < PROOF_LASTS


def require_code() -> None:
    """Ask for the access code again, unless it was shown just now. Forbidden ``code_needed``."""
    if is_fresh():
        return
    parts, typed = services(), normalise_code(request.form.get("code", "")[:64])
    with parts.store.write(actor()) as uow:
        try:
            fits = assessor.entry_by_code(uow, typed, pepper=parts.code_pepper).entry_id == entry_id()
        except NotFound:
            fits = False
        if fits:
            login.note_proof(uow, request.cookies.get(login.cookie_name(parts.config), ""))
    if not fits:
        raise Forbidden("code_needed")


def send_export(of_entry: str) -> Response:
    """Build the file without holding up anybody, write down who took it, and send it."""
    parts = services()
    with parts.store.read(actor()) as uow:
        export = build_export(uow, parts, of_entry, organisation_id=organisation_id())
    with parts.store.write(actor()) as uow:
        note_export(uow, export, of_entry, organisation_id=organisation_id())
    return _download(export)


def _download(export: Export) -> Response:
    response = Response(export.data, mimetype="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response
