# SPDX-License-Identifier: Apache-2.0
"""Pages of candidates: bringing in a list (file or pasted), access codes on paper and by message, the attendance list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request, url_for

from assessor import api as assessor
from core.errors import Conflict, Invalid, KasautiError
from core.identity import queries as identity
from core.identity.model import Role
from core.notices.model import NoticeKind
from core.notices.queries import notices_of
from core.uow import UnitOfWork
from item_bank import api as bank
from web import enrolment_jobs
from web.access import actor, organisation_id, services, staff
from web.answers import go_to
from web.candidate_files import KeptList, ListSettings, forget_list, keep_list, kept_list, say_columns
from web.code_pages import codes_page, send_where_asked
from web.error_texts import text_of
from web.forms.reading import reasons
from web.i18n import language
from web.presenters.candidates import (
    attendance_lines,
    candidate_rows,
    columns_page,
    problem_rows,
    report_page,
    slip_of,
)
from web.presenters.common import csv_response
from web.slips import attendance_pdf, slips_pdf, window_text
from web.words import _, ngettext

blueprint = Blueprint("candidates", __name__, url_prefix="/manager")
MAXIMUM_PASTED = 500_000
_PDF = "application/pdf"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PASS_ON = ("upload_gone", "request_malformed", "sitting_unknown", "entry_unknown")


@blueprint.get("/sittings/<sitting_id>/candidates")
@staff(Role.MANAGER)
def index(sitting_id: str) -> str:
    """The candidates of a sitting: how to reach them, and their access codes."""
    return _index_page(sitting_id)


@blueprint.get("/candidates.xlsx")
@staff(Role.MANAGER)
def template() -> Response:
    """The sheet to fill in, in the reader's language."""
    return _download(assessor.candidate_template_xlsx(language()), "candidates.xlsx", _XLSX)


@blueprint.get("/sittings/<sitting_id>/candidates/import")
@staff(Role.MANAGER)
def form(sitting_id: str) -> str:
    """Where a list is brought in."""
    return _form_page(sitting_id)


@blueprint.post("/sittings/<sitting_id>/candidates/import")
@staff(Role.MANAGER)
def check(sitting_id: str) -> Response | tuple[str, int]:
    """Keep a list; its dry run is on the next page. A file that cannot be read is said so beside its field."""
    with services().store.read(actor()) as uow:
        assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
    try:
        kept = _taken(sitting_id)
    except Invalid as refusal:
        if refusal.code in _PASS_ON:
            raise
        return _form_page(sitting_id, refusal=refusal), 422
    return go_to(url_for("candidates.report", sitting_id=sitting_id, token=kept.token))


@blueprint.get("/sittings/<sitting_id>/candidates/import/<token>")
@staff(Role.MANAGER)
def report(sitting_id: str, token: str) -> str | Response | tuple[str, int]:
    """The dry run: what would be enrolled, and what is wrong in which row; nothing is written."""
    kept = kept_list(services(), actor(), token, sitting_id=sitting_id)
    if enrolment_jobs.is_ordered(services(), actor(), token):
        return go_to(url_for("enrolments.progress", sitting_id=sitting_id, token=token))
    if assessor.Column.NAME not in kept.columns.values():
        return go_to(url_for("candidates.columns", sitting_id=sitting_id, token=token))
    try:
        return _report_page(sitting_id, kept)
    except Invalid as refusal:
        return _form_page(sitting_id, refusal=refusal), 422


@blueprint.get("/sittings/<sitting_id>/candidates/import/<token>/columns")
@staff(Role.MANAGER)
def columns(sitting_id: str, token: str) -> str:
    """What the columns of somebody's own list mean."""
    return _columns_page(sitting_id, kept_list(services(), actor(), token, sitting_id=sitting_id))


@blueprint.post("/sittings/<sitting_id>/candidates/import/<token>/columns")
@staff(Role.MANAGER)
def save_columns(sitting_id: str, token: str) -> str | Response | tuple[str, int]:
    """Take the columns as they were assigned, then go on to the dry run."""
    kept = kept_list(services(), actor(), token, sitting_id=sitting_id)
    said = dict(zip(request.form.getlist("heading"), request.form.getlist("field"), strict=False))
    kept = say_columns(services(), kept, said)
    try:
        _listed(sitting_id, kept)
    except Invalid as refusal:
        return _columns_page(sitting_id, kept, refusal=refusal), 422
    return go_to(url_for("candidates.report", sitting_id=sitting_id, token=token))


@blueprint.get("/sittings/<sitting_id>/candidates/import/<token>/problems.csv")
@staff(Role.MANAGER)
def problems(sitting_id: str, token: str) -> Response:
    """Every problem of a list as a table, to correct the file by."""
    kept = kept_list(services(), actor(), token, sitting_id=sitting_id)
    listed, checked = _checked(sitting_id, kept)
    columns = ("row", "name", "column", "code", "text", "advice")
    rows = [[one[name] for name in columns] for one in problem_rows(listed, checked)]
    headings = (_("Row"), _("Name"), _("Column"), _("Code"), _("What is wrong"), _("What to do"))
    return csv_response("problems.csv", headings, rows)


@blueprint.post("/sittings/<sitting_id>/candidates/import/<token>/enrol")
@staff(Role.MANAGER)
def enrol(sitting_id: str, token: str) -> str | Response | tuple[str, int]:
    """Enrol all rows or the good ones; the codes are shown on this one answer. A long list is given to a run of its own."""
    parts = services()
    kept = kept_list(parts, actor(), token, sitting_id=sitting_id)
    if len(kept.sheet.rows) > enrolment_jobs.LARGE:
        enrolment_jobs.start(parts, actor(), kept, _order())
        return go_to(url_for("enrolments.progress", sitting_id=sitting_id, token=token))
    try:
        listed = _listed(sitting_id, kept)
        with parts.store.write(actor()) as uow:
            made = assessor.enrol_candidates(
                uow,
                sitting_id,
                listed.rows,
                organisation_id=organisation_id(),
                pepper=parts.code_pepper,
                person_key=parts.person_key,
                approval=_approval(),
                only_good=request.form.get("mode") == "good",
            )
            codes = {one.entry.id: one.code for one in made.enrolled}
            sent = send_where_asked(uow, codes)
    except (Conflict, Invalid) as refusal:
        return _report_page(sitting_id, kept, refusal=refusal), 409
    forget_list(parts, kept)
    said = ngettext("%(num)s candidate is enrolled.", "%(num)s candidates are enrolled.", len(codes))
    return codes_page(sitting_id, codes, said=said, sent=sent, refused=len(made.refused))


@blueprint.post("/sittings/<sitting_id>/codes")
@staff(Role.MANAGER)
def new_codes(sitting_id: str) -> str:
    """New access codes for the chosen candidates; the codes before open nothing any more."""
    parts = services()
    chosen = dict.fromkeys(request.form.getlist("entry"))
    with parts.store.write(actor()) as uow:
        assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        if not 1 <= len(chosen) <= assessor.MAXIMUM_LIST_ROWS:
            raise Invalid("nobody_chosen", maximum=assessor.MAXIMUM_LIST_ROWS)
        codes = assessor.reissue_codes(
            uow, sitting_id, list(chosen), organisation_id=organisation_id(), pepper=parts.code_pepper
        )
        sent = send_where_asked(uow, codes)
    said = ngettext("%(num)s new code is made.", "%(num)s new codes are made.", len(codes))
    return codes_page(sitting_id, codes, said=said, sent=sent)


@blueprint.post("/sittings/<sitting_id>/slips.pdf")
@staff(Role.MANAGER)
def slips(sitting_id: str) -> Response:
    """The slips of codes that a page of ours has just shown; each is checked, and none is stored."""
    parts = services()
    with parts.store.read(actor()) as uow:
        assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        codes = _posted_codes()
        entries = assessor.entries_with_codes(
            uow, sitting_id, codes, organisation_id=organisation_id(), pepper=parts.code_pepper
        )
        contacts = assessor.contacts(uow, [entry.id for entry in entries], organisation_id=organisation_id())
        document = assessor.credential_of_entry(uow, entries[0].id).document
        agency = _agency(uow)
    numbers = {entry.id: entry.agency_number for entry in entries}
    made = [
        slip_of(one, codes[one.entry_id], number=numbers[one.entry_id], agency=agency, title=document.title)
        for one in contacts
    ]
    return _download(slips_pdf(made, home=parts.config.base_url), "access-slips.pdf", _PDF)


@blueprint.get("/sittings/<sitting_id>/attendance.pdf")
@staff(Role.MANAGER)
def attendance(sitting_id: str) -> Response:
    """The list to sign on the day."""
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        lines, document = _lines(uow, sitting), _document(uow, sitting)
        agency = _agency(uow)
    facts = [
        (_("Test"), f"{document.code}, {_in_language(document.title)}"),
        (_("Place"), sitting.place),
        (_("Time"), window_text(sitting.opens_at, sitting.closes_at, sitting.time_zone)),
    ]
    return _download(
        attendance_pdf(attendance_lines(lines), agency=agency, facts=facts), "attendance.pdf", _PDF
    )


def _taken(sitting_id: str) -> KeptList:
    """The list of this request: a file or pasted text. Invalid ``file_missing``, and as ``keep_list``."""
    said = request.form.get("language", "en")
    tongue = assessor.Language(said) if said in list(assessor.Language) else assessor.Language.ENGLISH
    file, text = request.files.get("file"), request.form.get("candidates", "")
    if file is not None and file.filename:
        settings = ListSettings(sitting_id, tongue.value)
        with file.stream as stream:
            data, name = stream.read(assessor.MAXIMUM_LIST_BYTES + 1), file.filename[-200:]
        return keep_list(services(), actor(), data, filename=name, settings=settings)
    if not text.strip():
        raise Invalid("file_missing")
    if len(text) > MAXIMUM_PASTED:
        raise Invalid("candidates_too_many", maximum=assessor.MAXIMUM_LIST_ROWS)
    settings = ListSettings(sitting_id, tongue.value, pasted=True)
    return keep_list(services(), actor(), text.encode(), filename=_("pasted list"), settings=settings)


def _listed(sitting_id: str, kept: KeptList) -> assessor.CandidateList:
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        return kept.parse(today=uow.now.astimezone(ZoneInfo(sitting.time_zone)).date())


def _checked(
    sitting_id: str, kept: KeptList
) -> tuple[assessor.CandidateList, Sequence[assessor.CheckedCandidate]]:
    listed = _listed(sitting_id, kept)
    with services().store.read(actor()) as uow:
        return listed, assessor.check_candidates(
            uow,
            sitting_id,
            listed.rows,
            organisation_id=organisation_id(),
            person_key=services().person_key,
            entry_requirement_met=True,  # the person who enrols confirms it, below the report
        )


def _approval() -> assessor.Approval:
    met = request.form.get("requirement_met") == "yes"
    return assessor.Approval(entry_requirement_met=met, reasons=reasons(request.form))


def _order() -> enrolment_jobs.Order:
    said = _approval()
    return enrolment_jobs.Order(
        reasons=dict(said.reasons),
        entry_requirement_met=said.entry_requirement_met,
        only_good=request.form.get("mode") == "good",
        send=request.form.get("send") == "yes",
    )


def _posted_codes() -> dict[str, str]:
    try:
        found = json.loads(request.form.get("codes", "")[:400_000])
        codes = {str(entry)[:40]: str(code)[:40] for entry, code in found.items()}
    except (ValueError, AttributeError) as error:
        raise Invalid("request_malformed") from error
    if not 1 <= len(codes) <= assessor.MAXIMUM_LIST_ROWS:
        raise Invalid("request_malformed")
    return codes


def _index_page(sitting_id: str) -> str:
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        lines = _lines(uow, sitting)
        ids = [line.entry.id for line in lines]
        contacts = {
            one.entry_id: one for one in assessor.contacts(uow, ids, organisation_id=organisation_id())
        }
        sent = notices_of(uow, ids, organisation_id=organisation_id())
    last = {one.subject_id: one for one in reversed(sent) if one.kind is NoticeKind.ACCESS_CODE}
    return render_template(
        "manager/candidates.html",
        sitting=sitting,
        rows=candidate_rows(lines, contacts, last),
        can_send=bool(services().channels.open),
    )


def _form_page(sitting_id: str, *, refusal: KasautiError | None = None) -> str:
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
    said = text_of(refusal.code, refusal.facts) if refusal else None
    error = f"{said.title} {said.advice}" if said else ""
    return render_template("manager/candidates_import.html", sitting=sitting, error=error, said=request.form)


def _columns_page(sitting_id: str, kept: KeptList, *, refusal: KasautiError | None = None) -> str:
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
    said = text_of(refusal.code, refusal.facts) if refusal else None
    return render_template(
        "manager/candidates_columns.html",
        sitting=sitting,
        kept=kept,
        error=f"{said.title} {said.advice}" if said else "",
        **columns_page(kept, kept.columns),
    )


def _report_page(sitting_id: str, kept: KeptList, *, refusal: KasautiError | None = None) -> str:
    listed, checked = _checked(sitting_id, kept)
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        requirement = _document(uow, sitting).dossier.entry_requirement
    said = text_of(refusal.code, refusal.facts) if refusal else None
    return render_template(
        "manager/candidates_report.html",
        sitting=sitting,
        report=report_page(kept, listed, checked, requirement=_in_language(requirement)),
        refusal=said,
        said=request.form,
        can_send=bool(services().channels.open),
    )


def _lines(uow: UnitOfWork, sitting: assessor.Sitting) -> list[assessor.BatchLine]:
    page = assessor.batch_page(uow, sitting.batch_id, organisation_id=organisation_id())
    return [line for line in page.lines if line.entry.sitting.id == sitting.id]


def _document(uow: UnitOfWork, sitting: assessor.Sitting) -> bank.CredentialDocument:
    batch = assessor.batch(uow, sitting.batch_id, organisation_id=organisation_id())
    definition = assessor.assessment(uow, batch.assessment_id, organisation_id=organisation_id())
    return bank.credential_version(uow, definition.credential_version_id).document


def _agency(uow: UnitOfWork) -> str:
    found = identity.organisation(uow, organisation_id())
    return found.name if found else ""


def _in_language(text: bank.LocalText | None) -> str:
    texts: dict[str, Any] = dict(text.by_language) if text else {}
    return str(texts.get(language()) or next(iter(texts.values()), ""))


def _download(data: bytes, name: str, media_type: str) -> Response:
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
