# SPDX-License-Identifier: Apache-2.0
"""Pages of bringing items in and taking them out: upload, columns of a sheet, check, progress, refused rows, export."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from core.errors import Invalid, NotFound
from core.identity.model import Role
from item_bank import api as bank
from web import import_jobs
from web.access import actor, organisation_id, services, staff
from web.answers import go, go_to
from web.error_texts import text_of
from web.import_jobs import Settings
from web.presenters.imports import (
    columns_page,
    credential_choices,
    field_groups,
    pc_choices,
    progress_page,
    report_page,
)
from web.uploads import keep_upload, take_upload
from web.words import _

blueprint = Blueprint("imports", __name__, url_prefix="/author")
MAXIMUM_UPLOAD = 10_000_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MODES = {
    "check": bank.ImportMode.DRY_RUN,
    "all": bank.ImportMode.ALL_OR_NOTHING,
    "good": bank.ImportMode.SKIP_REFUSED,
}


@blueprint.get("/import")
@staff(Role.AUTHOR)
def form() -> str:
    """Where a file is brought in."""
    return _form_page()


@blueprint.post("/import")
@staff(Role.AUTHOR)
def check() -> str | Response | tuple[str, int]:
    """Check a file, or bring in what was checked: the page offers both with the same report."""
    mode = _MODES.get(request.form.get("mode", "check"))
    if mode is None:
        raise Invalid("request_malformed")
    try:
        filename, data, token = _upload()
        if _needs_columns(filename, data, token):
            return go_to(url_for("imports.columns", token=token))
        return _run(token, filename, len(data), mode)
    except Invalid as refusal:  # the file as a whole cannot be read: say so beside the field
        if refusal.code in ("file_missing", "upload_gone", "request_malformed"):
            raise
        text = text_of(refusal.code, refusal.facts)
        return _form_page(error=f"{text.title} {text.advice}"), 422


@blueprint.get("/import/columns/<token>")
@staff(Role.AUTHOR)
def columns(token: str) -> str:
    """What the columns of somebody's own sheet mean."""
    return _columns_page(token)


@blueprint.post("/import/columns/<token>")
@staff(Role.AUTHOR)
def save_columns(token: str) -> str | Response | tuple[str, int]:
    """Take the columns as they were assigned, keep them under a name where one is given, and check the file."""
    store = services()
    filename, data = _own_upload(token)
    chosen = {
        heading: field
        for heading, field in zip(
            request.form.getlist("heading"), request.form.getlist("field"), strict=False
        )
        if field
    }
    name = " ".join(request.form.get("name", "").split())
    try:
        mapping = bank.parse_mapping({"columns": chosen, **({"name": name} if name else {})})
        settings = import_jobs.settings_of(store, token)
        import_jobs.keep_settings(store, token, _with_columns(settings, dict(mapping.columns)))
        answer = _run(token, filename, len(data), bank.ImportMode.DRY_RUN)
    except Invalid as refusal:
        if refusal.code == "upload_gone":
            raise
        return _columns_page(token, chosen=chosen, error=_said(refusal)), 422
    if name:
        with store.store.write(actor()) as uow:
            bank.save_mapping(uow, mapping, owner_id=organisation_id())
    return answer


@blueprint.post("/import/mappings/<mapping_id>/forget")
@staff(Role.AUTHOR)
def forget(mapping_id: str) -> Response:
    """Delete a saved mapping."""
    with services().store.write(actor()) as uow:
        bank.forget_mapping(uow, mapping_id, owner_id=organisation_id())
    return go("imports.form", message=_("The saved columns were deleted. Imported items keep everything."))


@blueprint.get("/import/progress/<token>")
@staff(Role.AUTHOR)
def progress(token: str) -> str | tuple[str, int]:
    """How far a long run is; at its end, its report."""
    filename, _data = _own_upload(token)
    state = import_jobs.state_of(services(), actor(), token)
    if state["stage"] == "failed":
        text = text_of(state["code"], state["facts"])
        return _form_page(error=f"{text.title} {text.advice}"), 422
    if state["stage"] == "done":
        return _report_page(state["report"], filename=filename, token=token)
    return render_template("author/import_progress.html", run=progress_page(state), token=token)


@blueprint.get("/import/progress/<token>/state")
@staff(Role.AUTHOR)
def state(token: str) -> Response:
    """The same for a script."""
    _own_upload(token)
    return jsonify(progress_page(import_jobs.state_of(services(), actor(), token)))


@blueprint.get("/import/template.xlsx")
@staff(Role.AUTHOR)
def template() -> Response:
    """The sheet to fill in, with an example of every kind."""
    return _download(bank.template_xlsx(), "kasauti-items.xlsx", _XLSX)


@blueprint.get("/import/<token>/refused.xlsx")
@staff(Role.AUTHOR)
def refused(token: str) -> Response:
    """What was refused of a checked file: its rows with a column of reasons."""
    _own_upload(token)
    found = import_jobs.run(services(), actor(), token, mode=bank.ImportMode.DRY_RUN)
    data = bank.refused_xlsx(found.report.rejects, columns=found.parsed.columns)
    return _download(data, "refused.xlsx", _XLSX)


@blueprint.get("/export")
@staff(Role.AUTHOR)
def export() -> Response:
    """The bank as a file, narrowed as its page is."""
    try:
        chosen = bank.ExportFormat(request.args.get("format", "xlsx"))
        wanted = request.args.get("state", "")
        in_state = bank.ItemState(wanted) if wanted else None
    except ValueError as error:
        raise Invalid("request_malformed") from error
    with services().store.read(actor()) as uow:
        exported = bank.export_items(
            uow,
            owner_id=organisation_id(),
            format=chosen,
            pc=request.args.get("pc", "")[:40] or None,
            state=in_state,
        )
    return _download(exported.data, f"items-{chosen.value}.{chosen.ending}", chosen.media_type)


def _run(token: str, filename: str, size: int, mode: bank.ImportMode) -> str | Response:
    """The report on a small file at once, of a large one through a page that shows how far it is."""
    if size >= import_jobs.LARGE:
        import_jobs.start(services(), actor(), token, mode=mode)
        return go_to(url_for("imports.progress", token=token))
    found = import_jobs.run(services(), actor(), token, mode=mode)
    return _report_page(import_jobs.shown_report(found), filename=filename, token=token)


def _needs_columns(filename: str, data: bytes, token: str) -> bool:
    """Whether somebody has to say what the columns of a sheet mean; a saved mapping that fits is taken."""
    store = services()
    settings = import_jobs.settings_of(store, token)
    if settings.columns or bank.detect(data, filename=filename) not in (bank.Format.XLSX, bank.Format.CSV):
        return False
    if len(data) >= import_jobs.LARGE and request.form.get("token"):
        return False
    sheet = _sheet(filename, data)
    if {"type", "key"} <= set(sheet.columns) and any(name.startswith("stem_") for name in sheet.columns):
        return False
    with store.store.read(actor()) as uow:
        fitting = bank.fitting_mapping(uow, sheet.headings, owner_id=organisation_id())
    if fitting is None:
        return True
    import_jobs.keep_settings(store, token, _with_columns(settings, dict(fitting[1].columns)))
    return False


def _sheet(filename: str, data: bytes) -> bank.Sheet:
    found = bank.detect(data, filename=filename)
    return bank.read_sheet(data, filename=f"x.{found.value}")


def _with_columns(settings: Settings, chosen: dict[str, str]) -> Settings:
    return replace(settings, columns=chosen)


def _upload() -> tuple[str, bytes, str]:
    """The file of this request with what was said about it, or the one that was checked before. Invalid(``file_missing``)."""
    folder = import_jobs.folder_of(services())
    file = request.files.get("file")
    if file is not None and file.filename:
        data = file.read()
        if len(data) > MAXIMUM_UPLOAD:
            raise Invalid(
                "file_too_large",
                bytes=len(data),
                maximum=MAXIMUM_UPLOAD,
                limit_mb=MAXIMUM_UPLOAD // 1_000_000,
            )
        token = keep_upload(folder, actor().id, file.filename, data)
        import_jobs.keep_settings(services(), token, _settings())
        return file.filename[-200:], data, token
    token = request.form.get("token", "")
    if not token:
        raise Invalid("file_missing")
    filename, data = take_upload(folder, actor().id, token)
    return filename, data, token


def _own_upload(token: str) -> tuple[str, bytes]:
    """The uploaded file that an address names; NotFound(``upload_gone``) for an unknown, old or foreign one."""
    try:
        return take_upload(import_jobs.folder_of(services()), actor().id, token)
    except Invalid as refusal:
        raise NotFound("upload_gone") from refusal


def _settings() -> Settings:
    said = request.form
    seconds = said.get("seconds", "").strip()
    if seconds and not (seconds.isascii() and seconds.isdigit() and 5 <= int(seconds[:6]) <= 7200):
        raise Invalid("seconds_malformed")
    return Settings(
        credential_version_id=said.get("credential_version_id", "")[:40],
        pc=said.get("pc", "")[:32],
        difficulty=said.get("difficulty", "")[:10],
        seconds=int(seconds) if seconds else None,
        language=said.get("language", "")[:3],
    )


def _form_page(*, report: dict[str, Any] | None = None, error: str = "") -> str:
    with services().store.read(actor()) as uow:
        credentials = bank.credential_versions(uow, state=bank.CredentialState.LIVE)
        mappings = bank.saved_mappings(uow, owner_id=organisation_id())
    return render_template(
        "author/import.html",
        report=report,
        error=error,
        credentials=credential_choices(credentials),
        pcs=pc_choices(credentials),
        mappings=[{"id": key, "name": one.name, "columns": len(one.columns)} for key, one in mappings],
        said=request.form,
    )


def _report_page(report: dict[str, Any], *, filename: str, token: str) -> str:
    credential = import_jobs.settings_of(services(), token).credential_version_id
    return _form_page(report=report_page(report, filename=filename, token=token, credential_id=credential))


def _columns_page(token: str, *, chosen: dict[str, str] | None = None, error: str = "") -> str:
    filename, data = _own_upload(token)
    sheet = _sheet(filename, data)
    settings = import_jobs.settings_of(services(), token)
    with services().store.read(actor()) as uow:
        credential = bank.credential_version(uow, settings.credential_version_id)
    return render_template(
        "author/import_columns.html",
        **columns_page(sheet, chosen if chosen is not None else bank.guess_fields(sheet.headings)),
        groups=field_groups(credential.document.languages),
        filename=filename,
        token=token,
        error=error,
        name=request.form.get("name", ""),
    )


def _said(refusal: Invalid) -> str:
    text = text_of(refusal.code, refusal.facts)
    problems = refusal.facts.get("problems", [])
    more = "; ".join(str(one["reason"]) for one in problems) if isinstance(problems, list) else ""
    return " ".join(part for part in (text.title, more, text.advice) if part)


def _download(data: bytes, name: str, media_type: str) -> Response:
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
