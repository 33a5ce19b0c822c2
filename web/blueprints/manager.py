# SPDX-License-Identifier: Apache-2.0
"""Pages of managers: batches, sittings, candidates and their codes, staff, declaring results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request

from assessor import api as assessor
from core.errors import Conflict, Invalid
from core.identity import queries as identity
from core.identity.model import Role
from core.uow import UnitOfWork
from item_bank import api as bank
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.error_texts import text_of
from web.forms.batches import CandidateLine, read_candidates, read_new_batch
from web.presenters.common import bilingual, csv_response
from web.presenters.manager import (
    batch_head,
    batch_rows,
    entry_rows,
    form_rows,
    people_options,
    sitting_rows,
)
from web.presenters.results import result_page
from web.words import _, ngettext

blueprint = Blueprint("manager", __name__, url_prefix="/manager")
Codes = list[dict[str, Any]]
_FIELDS = {
    "batch_exists": "name",
    "blueprint_deficit": "forms",
    "blueprint_time": "forms",
    "blueprint_unfillable": "blueprint_id",
    "blueprint_unsound": "blueprint_id",
    "blueprint_other_credential": "blueprint_id",
}


@blueprint.get("/batches")
@staff(Role.MANAGER)
def batches() -> Response | str:
    """The batches of the agency, newest first."""
    with services().store.read(actor()) as uow:
        found = assessor.batch_overviews(uow, organisation_id=organisation_id())
        credentials = {one.batch.assessment_id: _credential(uow, one.batch.assessment_id) for one in found}
        rows = batch_rows(found, credentials, now=uow.now)
    if request.args.get("format") == "csv":
        columns = (
            "name",
            "awarding_body",
            "candidates",
            "handed_in",
            "marked",
            "declared",
            "held",
            "created_at",
        )
        return csv_response("batches.csv", columns, [[row[name] for name in columns] for row in rows])
    return render_template("manager/batches.html", batches=rows, may_create=True)


@blueprint.get("/batches/new")
@staff(Role.MANAGER)
def new_batch() -> str:
    """The form for a batch with its first sitting."""
    return _new_batch_page({}, {})


@blueprint.post("/batches/new")
@staff(Role.MANAGER)
def create_batch() -> str | tuple[str, int]:
    """Assemble and seal the papers, schedule the sitting, enrol the candidates: all or nothing."""
    asked = read_new_batch(request.form)
    if asked.errors or asked.plan is None:
        return _new_batch_page(dict(request.form), dict(asked.errors)), 422
    try:
        with services().store.write(actor()) as uow:
            definition = _definition(
                uow, asked.credential_version_id, request.form.get("blueprint_id", "")[:40]
            )
            batch = assessor.create_batch(
                uow,
                organisation_id=organisation_id(),
                assessment_id=definition.id,
                name=asked.name,
                form_count=asked.forms,
            )
            sitting = assessor.schedule_sitting(
                uow, batch.id, organisation_id=organisation_id(), plan=asked.plan
            )
            codes = _enrol(uow, sitting.id, asked.candidates)
    except Conflict as refusal:
        text = text_of(refusal.code, refusal.facts)
        field = _FIELDS.get(refusal.code, "credential_version_id")
        return _new_batch_page(dict(request.form), {field: f"{text.title} {text.advice}"}), 409
    return _batch_page(batch.id, codes)


@blueprint.get("/batches/<batch_id>")
@staff(Role.MANAGER)
def batch(batch_id: str) -> Response | str:
    """One batch: what blocks a result and what to do next."""
    if request.args.get("format") == "csv":
        with services().store.read(actor()) as uow:
            page = assessor.batch_page(uow, batch_id, organisation_id=organisation_id())
        columns = ("name", "language", "sitting_place", "attempt_state", "answered", "practical", "viva")
        rows = entry_rows(page.lines)
        return csv_response("candidates.csv", columns, [[row[name] for name in columns] for row in rows])
    return _batch_page(batch_id, [])


@blueprint.post("/sittings/<sitting_id>/candidates")
@staff(Role.MANAGER)
def add_candidates(sitting_id: str) -> str | tuple[str, int]:
    """Enrol more candidates; their codes are shown on this one answer. A wrong line is named, and nothing typed is lost."""
    typed = request.form.get("candidates", "")[:100_000]
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
    try:
        lines = read_candidates(typed)
    except Invalid as refusal:
        advice = text_of(refusal.code, refusal.facts).advice
        wrong = {"sitting_id": sitting_id, "typed": typed, "problem": f"{refusal.facts['problem']} {advice}"}
        return _batch_page(sitting.batch_id, [], wrong), 422
    with services().store.write(actor()) as uow:
        codes = _enrol(uow, sitting_id, lines)
    return _batch_page(sitting.batch_id, codes)


@blueprint.post("/sittings/<sitting_id>/staff")
@staff(Role.MANAGER)
def assign(sitting_id: str) -> Response:
    """Give a person a duty; trainers, kin and employers of a learner are refused."""
    try:
        duty = assessor.Duty(request.form.get("duty", ""))
    except ValueError as error:
        raise Invalid("request_malformed") from error
    with services().store.write(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        assessor.assign_staff(
            uow,
            sitting_id,
            organisation_id=organisation_id(),
            person_id=request.form.get("person_id", "")[:40],
            duty=duty,
            conflict_declared=request.form.get("conflict_declared") == "yes",
        )
    return _back(sitting.batch_id, _("The person is assigned."))


@blueprint.post("/entries/<entry_id>/code")
@staff(Role.MANAGER)
def reissue_code(entry_id: str) -> str:
    """A new access code; the old one opens nothing from now on."""
    parts = services()
    with parts.store.write(actor()) as uow:
        entry = assessor.entry(uow, entry_id, organisation_id=organisation_id())
        code = assessor.reissue_code(
            uow, entry_id, organisation_id=organisation_id(), pepper=parts.code_pepper
        )
    return _batch_page(entry.sitting.batch_id, [_slip(entry, code)])


@blueprint.post("/entries/<entry_id>/withdraw")
@staff(Role.MANAGER)
def withdraw(entry_id: str) -> Response:
    """Take an entry back for good."""
    with services().store.write(actor()) as uow:
        entry = assessor.entry(uow, entry_id, organisation_id=organisation_id())
        assessor.withdraw_entry(uow, entry_id, organisation_id=organisation_id())
    return _back(entry.sitting.batch_id, _("The entry is withdrawn."))


@blueprint.get("/results/<result_id>")
@staff(Role.MANAGER)
def result(result_id: str) -> str:
    """One result of the agency with the reason for its verdict."""
    with services().store.read(actor()) as uow:
        found = assessor.result(uow, result_id, organisation_id=organisation_id())
        entry = assessor.entry(uow, found.summary.entry_id, organisation_id=organisation_id())
        credential = assessor.credential_of_entry(uow, entry.id).document
        agency = identity.organisation(uow, organisation_id())
    page = result_page(
        found,
        credential,
        candidate_name=entry.candidate_name,
        agency=agency.name if agency else "",
        awarding_body=credential.awarding_body,
    )
    return render_template("manager/result.html", result=page, batch_id=entry.sitting.batch_id)


@blueprint.post("/results/<result_id>/declare")
@staff(Role.MANAGER)
def declare(result_id: str) -> Response:
    """Declare one result: locked, and in the awarding body's feed."""
    with services().store.write(actor()) as uow:
        found = assessor.result(uow, result_id, organisation_id=organisation_id())
        entry = assessor.entry(uow, found.summary.entry_id, organisation_id=organisation_id())
        assessor.declare_result(uow, result_id, organisation_id=organisation_id())
    return _back(entry.sitting.batch_id, _("The result is declared."))


@blueprint.post("/batches/<batch_id>/declare")
@staff(Role.MANAGER)
def declare_all(batch_id: str) -> Response:
    """Declare every result of a batch that nothing blocks."""
    with services().store.write(actor()) as uow:
        page = assessor.batch_page(uow, batch_id, organisation_id=organisation_id())
        ready = [line.result.id for line in page.lines if line.can_be_declared and line.result]
        for result_id in ready:
            assessor.declare_result(uow, result_id, organisation_id=organisation_id())
    declared = ngettext("%(num)s result is declared.", "%(num)s results are declared.", len(ready))
    return _back(batch_id, declared)


def _batch_page(batch_id: str, codes: Codes, wrong: Mapping[str, object] | None = None) -> str:
    with services().store.read(actor()) as uow:
        page = assessor.batch_page(uow, batch_id, organisation_id=organisation_id())
        members = {
            sitting.id: assessor.staff_of_sitting(uow, sitting.id, organisation_id=organisation_id())
            for sitting in page.sittings
        }
        forms = assessor.forms_of_batch(uow, batch_id, organisation_id=organisation_id())
        assessors = identity.people(uow, organisation_id(), role=Role.ASSESSOR)
        proctors = identity.people(uow, organisation_id(), role=Role.PROCTOR)
        return render_template(
            "manager/batch.html",
            batch=batch_head(page.batch, _credential(uow, page.batch.assessment_id)),
            sittings=sitting_rows(page, members, now=uow.now),
            forms=form_rows(forms),
            entries=entry_rows(page.lines),
            assessors=people_options(assessors),
            proctors=people_options(proctors),
            shown_codes=codes,
            wrong=wrong,
        )


def _definition(uow: UnitOfWork, credential_version_id: str, blueprint_id: str) -> assessor.Assessment:
    """The assessment by the chosen blueprint of this credential, or the one that the credential itself implies."""
    if not blueprint_id:
        return assessor.natural_assessment(
            uow, organisation_id=organisation_id(), credential_version_id=credential_version_id
        )
    if bank.blueprint(uow, blueprint_id).credential_version_id != credential_version_id:
        raise Conflict("blueprint_other_credential")
    return assessor.define_assessment(uow, organisation_id=organisation_id(), blueprint_id=blueprint_id)


def _new_batch_page(values: dict[str, str], errors: dict[str, str]) -> str:
    with services().store.read(actor()) as uow:
        live = bank.credential_versions(uow, state=bank.CredentialState.LIVE)
        own = [
            (stored.id, f"{one.document.code}: {stored.name}")
            for one in live
            for stored in bank.blueprints(uow, owner_id=organisation_id(), credential_version_id=one.id)
        ]
    credentials = [
        {
            "id": one.id,
            "code": one.document.code,
            "title": bilingual(one.document.title),
            "awarding_body": one.document.awarding_body,
        }
        for one in live
    ]
    return render_template(
        "manager/new_batch.html",
        credentials=credentials,
        blueprints=own,
        values={"blueprint_id": request.args.get("blueprint", ""), **values},
        errors=errors,
    )


def _enrol(uow: UnitOfWork, sitting_id: str, lines: Iterable[CandidateLine]) -> Codes:
    made = [
        assessor.enrol(
            uow,
            sitting_id,
            organisation_id=organisation_id(),
            candidate=line.plan,
            pepper=services().code_pepper,
            extra_minutes=line.extra_minutes,
        )
        for line in lines
    ]
    return [_slip(one.entry, one.code) for one in made]


def _slip(entry: assessor.Entry, code: str) -> dict[str, Any]:
    sitting = entry.sitting
    return {"name": entry.candidate_name, "code": code, "place": sitting.place, "opens_at": sitting.opens_at}


def _credential(uow: UnitOfWork, assessment_id: str) -> bank.CredentialDocument:
    definition = assessor.assessment(uow, assessment_id, organisation_id=organisation_id())
    return bank.credential_version(uow, definition.credential_version_id).document


def _back(batch_id: str, message: str) -> Response:
    return go("manager.batch", message=message, batch_id=batch_id)
