# SPDX-License-Identifier: Apache-2.0
"""Pages of authors and reviewers: the bank as a list, an item with its preview, review, import of a sheet."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from core.errors import Invalid
from core.identity import queries as identity
from core.identity.model import Role
from core.uow import UnitOfWork
from item_bank import api as bank
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.error_texts import text_of
from web.presenters.author import (
    Filters,
    allowed_steps,
    counts_by_pc,
    item_page,
    item_rows,
    needed_per_pc,
    pc_titles,
)
from web.presenters.common import bilingual, csv_response
from web.uploads import keep_upload, take_upload
from web.words import _

blueprint = Blueprint("author", __name__, url_prefix="/author")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MODES = {
    "check": bank.ImportMode.DRY_RUN,
    "all": bank.ImportMode.ALL_OR_NOTHING,
    "good": bank.ImportMode.SKIP_REFUSED,
}


@blueprint.get("/items")
@staff(Role.AUTHOR, Role.REVIEWER)
def items() -> Response | str:
    """The bank, narrowed by the filters in the address."""
    filters = Filters(**{name: request.args.get(name, "")[:200] for name in Filters.__dataclass_fields__})
    with services().store.read(actor()) as uow:
        everything = bank.newest_versions(uow, owner_id=organisation_id())
        credentials = bank.credential_versions(uow)
    rows = item_rows([version for version in everything if filters.admits(version)], actor=actor())
    if request.args.get("format") == "csv":
        columns = ("external_id", "pc", "type", "difficulty", "state", "version", "seconds")
        return csv_response("items.csv", columns, [[row[name] for name in columns] for row in rows])
    pcs = sorted({pc.id for credential in credentials for pc in credential.document.pcs})
    return render_template(
        "author/items.html",
        items=rows,
        filters=filters,
        pcs=pcs,
        counts=counts_by_pc(everything, pcs),
        can_import=Role.AUTHOR in actor().roles,
        pc_titles=pc_titles(credentials),
        needed=needed_per_pc(credentials),
        credential_title=bilingual(credentials[0].document.title) if len(credentials) == 1 else None,
    )


@blueprint.get("/items/<item_id>")
@staff(Role.AUTHOR, Role.REVIEWER)
def item(item_id: str) -> str:
    """One version: both languages as a learner sees them, and the scoring view."""
    with services().store.read(actor()) as uow:
        version = bank.item_version(uow, item_id)
        history = bank.review_history(uow, item_id)
        versions = bank.versions_of_item(uow, version.item_id)
        credential = bank.credential_version(uow, version.credential_version_id).document
        people = {version.author_id, *(entry.actor_id for entry in history)}
        names = identity.names(uow, people)
        document = bank.item_document(uow, item_id)
    return render_template(
        "author/item.html",
        item=item_page(document, version, credential=credential, history=history, names=names),
        versions=[
            {"id": other.id, "version": other.number, "state": other.state.value, "at": other.created_at}
            for other in versions
        ],
        may=allowed_steps(version, actor=actor()),
    )


@blueprint.post("/items/<item_id>/submit")
@staff(Role.AUTHOR)
def submit_item(item_id: str) -> Response:
    """Ask for a second pair of eyes."""
    with services().store.write(actor()) as uow:
        bank.submit_for_review(uow, item_id)
    return _back(item_id, _("The item waits for a reviewer."))


@blueprint.post("/items/<item_id>/approve")
@staff(Role.REVIEWER)
def approve_item(item_id: str) -> Response:
    """Make a version live; never one's own."""
    with services().store.write(actor()) as uow:
        bank.approve_item(uow, item_id, comment=request.form.get("comment", ""))
    return _back(item_id, _("The item is live. Its content can no longer change."))


@blueprint.post("/items/<item_id>/reject")
@staff(Role.REVIEWER)
def reject_item(item_id: str) -> Response:
    """Send a version back with a comment."""
    with services().store.write(actor()) as uow:
        bank.reject_item(uow, item_id, comment=request.form.get("comment", ""))
    return _back(item_id, _("The item went back to its author."))


@blueprint.post("/items/<item_id>/withdraw")
@staff(Role.AUTHOR, Role.REVIEWER)
def withdraw_item(item_id: str) -> Response:
    """Take a version out of use."""
    with services().store.write(actor()) as uow:
        bank.withdraw_item(uow, item_id)
    return _back(item_id, _("The item was withdrawn. Papers that hold it keep it."))


@blueprint.get("/import")
@staff(Role.AUTHOR)
def import_form() -> str:
    """Where a sheet is brought in."""
    return _import_page(None)


@blueprint.post("/import")
@staff(Role.AUTHOR)
def import_check() -> str | tuple[str, int]:
    """Check a file, or bring in what was checked: the page offers both with the same report."""
    mode = _MODES.get(request.form.get("mode", "check"))
    if mode is None:
        raise Invalid("request_malformed")
    filename, data, token = _upload()
    try:
        parsed = bank.parse_items(data, filename=filename)
    except Invalid as refusal:  # the file as a whole cannot be read: say so beside the field
        text = text_of(refusal.code, refusal.facts)
        return _import_page(None, error=f"{text.title} {text.advice}"), 422
    credential = request.form.get("credential_version_id", "")[:40]

    def act(uow: UnitOfWork) -> bank.ImportReport:
        return bank.import_items(
            uow, owner_id=organisation_id(), credential_version_id=credential, parsed=parsed, mode=mode
        )

    store = services().store
    with store.read(actor()) if mode is bank.ImportMode.DRY_RUN else store.write(actor()) as uow:
        report = act(uow)
    shown = {
        **report.to_document(),
        "filename": filename,
        "token": token,
        "credential_version_id": credential,
    }
    return _import_page({**shown, "dry_run": mode is bank.ImportMode.DRY_RUN})


@blueprint.get("/import/template.xlsx")
@staff(Role.AUTHOR)
def import_template() -> Response:
    """The sheet to fill in, with an example of every type."""
    response = Response(bank.template_xlsx(), mimetype=_XLSX)
    response.headers["Content-Disposition"] = 'attachment; filename="kasauti-items.xlsx"'
    return response


def _import_page(report: dict[str, Any] | None, *, error: str = "") -> str:
    with services().store.read(actor()) as uow:
        credentials = bank.credential_versions(uow, state=bank.CredentialState.LIVE)
    return render_template(
        "author/import.html",
        report=report,
        error=error,
        credentials=[
            {"id": one.id, "code": one.document.code, "title": bilingual(one.document.title)}
            for one in credentials
        ],
    )


def _upload() -> tuple[str, bytes, str]:
    """The file of this request, or the one that was checked before. Invalid(``file_missing``)."""
    folder = services().config.var / "uploads"
    file = request.files.get("file")
    if file is not None and file.filename:
        data = file.read()
        return file.filename[-200:], data, keep_upload(folder, actor().id, file.filename, data)
    token = request.form.get("token", "")
    if not token:
        raise Invalid("file_missing")
    filename, data = take_upload(folder, actor().id, token)
    return filename, data, token


def _back(item_id: str, message: str) -> Response:
    return go("author.item", message=message, item_id=item_id)
