# SPDX-License-Identifier: Apache-2.0
"""Pages of managers: batches and their tabs, declaring results. Sittings and candidates have blueprints of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request

from assessor import api as assessor
from core.errors import Conflict, Invalid
from core.identity.model import Role
from core.uow import UnitOfWork
from item_bank import api as bank
from web.access import actor, organisation_id, recent_proof, services, staff
from web.answers import go
from web.batch_pages import batch_answer
from web.enrolling import Codes, credential_of, enrol_lines, watch_anew
from web.forms.batches import NewBatch, read_new_batch
from web.forms.particulars import particulars_values, read_particulars, read_region
from web.forms.reading import sentence
from web.presenters.allocations import accepted_options
from web.presenters.common import bilingual, csv_response
from web.presenters.manager import batch_rows, entry_rows, holds_part
from web.presenters.scheduling import (
    choice_options,
    finding_rows,
    particular_labels,
    refused_words,
    region_options,
)
from web.result_pages import staff_result
from web.words import _, ngettext

blueprint = Blueprint("manager", __name__, url_prefix="/manager")
CANDIDATES = ("name", "language", "sitting_place", "attempt_state", "answered", "practical", "viva")
_FIELDS = {
    "batch_exists": "name",
    "name_malformed": "name",
    "enrolment_blocked": "candidates",
    "enrolment_warned": "candidates",
    "blueprint_deficit": "forms",
    "blueprint_time": "forms",
    "blueprint_unfillable": "blueprint_id",
    "blueprint_unsound": "blueprint_id",
    "blueprint_other_credential": "blueprint_id",
    "allocation_not_accepted": "allocation_id",
    "allocation_used": "allocation_id",
}


@blueprint.get("/batches")
@staff(Role.MANAGER)
def batches() -> Response | str:
    """The batches of the agency, newest first."""
    with services().store.read(actor()) as uow:
        found = assessor.batch_overviews(uow, organisation_id=organisation_id())
        credentials = {one: credential_of(uow, one) for one in {each.batch.assessment_id for each in found}}
        rows = batch_rows(found, credentials, now=uow.now)
        wishes = len(assessor.open_place_requests(uow, organisation_id=organisation_id()))
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
    return render_template("manager/batches.html", batches=rows, may_create=True, wishes=wishes)


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
        return _new_batch_page(request.form, asked.errors), 422
    try:
        with services().store.write(actor()) as uow:
            batch_id, codes = _make(uow, asked, asked.plan)
    except (Conflict, Invalid) as refusal:
        if isinstance(found := refusal.facts.get("findings"), list) and refusal.code.startswith("batch_"):
            return _new_batch_page(request.form, {}, found), 409
        field = _FIELDS.get(refusal.code, "credential_version_id")
        status = 422 if isinstance(refusal, Invalid) else 409
        return _new_batch_page(request.form, {field: refused_words(refusal)}), status
    return batch_answer(batch_id, "candidates", codes=codes)


@blueprint.get("/batches/<batch_id>")
@staff(Role.MANAGER)
def batch(batch_id: str) -> Response | str:
    """One batch: what blocks a result and what to do next, and its candidates."""
    if request.args.get("format") != "csv":
        return batch_answer(batch_id, "candidates")
    with services().store.read(actor()) as uow:
        page = assessor.batch_page(uow, batch_id, organisation_id=organisation_id())
        rows = entry_rows(page.lines, now=uow.now)
    return csv_response("candidates.csv", CANDIDATES, [[row[name] for name in CANDIDATES] for row in rows])


@blueprint.get("/batches/<batch_id>/sittings")
@staff(Role.MANAGER)
def batch_sittings(batch_id: str) -> str:
    """The sittings of a batch with their staff."""
    return batch_answer(batch_id, "sittings")


@blueprint.get("/batches/<batch_id>/papers")
@staff(Role.MANAGER)
def batch_papers(batch_id: str) -> str:
    """The sealed papers of a batch."""
    return batch_answer(batch_id, "papers")


@blueprint.get("/batches/<batch_id>/about")
@staff(Role.MANAGER)
def batch_about(batch_id: str) -> str:
    """What the returns say of a batch, and what they still ask for."""
    return batch_answer(batch_id, "about")


@blueprint.get("/batches/<batch_id>/edit")
@staff(Role.MANAGER)
def edit_batch(batch_id: str) -> str:
    """The form for what the returns ask of a batch."""
    with services().store.read(actor()) as uow:
        found = assessor.batch(uow, batch_id, organisation_id=organisation_id())
    values = {"name": found.name, **particulars_values(found.particulars, region=found.region)}
    return _edit_page(batch_id, values, {})


@blueprint.post("/batches/<batch_id>/edit")
@staff(Role.MANAGER)
def save_batch(batch_id: str) -> Response | tuple[str, int]:
    """Change what the returns say of a batch."""
    errors: dict[str, str] = {}
    name, region = request.form.get("name", "").strip(), read_region(request.form, errors)
    particulars = read_particulars(request.form, errors)
    if not 1 <= len(name) <= 200:
        errors["name"] = _("This is needed, in at most 200 characters.")
    if errors:
        return _edit_page(batch_id, request.form, errors), 422
    try:
        with services().store.write(actor()) as uow:
            assessor.edit_batch(
                uow,
                batch_id,
                organisation_id=organisation_id(),
                name=name,
                region=region,
                particulars=particulars,
            )
    except Conflict as refusal:
        field = "region" if refusal.code == "region_allocated" else "name"
        return _edit_page(batch_id, request.form, {field: sentence(refusal)}), 409
    return go("manager.batch_about", message=_("The batch is saved."), batch_id=batch_id)


@blueprint.get("/results/<result_id>")
@staff(Role.MANAGER)
def result(result_id: str) -> str:
    """One result of the agency with the reason for its verdict."""
    with services().store.read(actor()) as uow:
        found = assessor.result(uow, result_id, organisation_id=organisation_id())
        entry = assessor.entry(uow, found.summary.entry_id, organisation_id=organisation_id())
        holds = holds_part(assessor.entry_line(uow, entry.id, organisation_id=organisation_id()))
        parts = staff_result(uow, found, entry)
    return render_template("manager/result.html", **parts, holds=holds, batch_id=entry.sitting.batch_id)


@blueprint.post("/results/<result_id>/declare")
@staff(Role.MANAGER)
@recent_proof
def declare(result_id: str) -> Response:
    """Declare one result: locked, and in the awarding body's feed."""
    with services().store.write(actor()) as uow:
        found = assessor.result(uow, result_id, organisation_id=organisation_id())
        entry = assessor.entry(uow, found.summary.entry_id, organisation_id=organisation_id())
        assessor.declare_result(uow, result_id, organisation_id=organisation_id())
    return _back(entry.sitting.batch_id, _("The result is declared."))


@blueprint.post("/batches/<batch_id>/declare")
@staff(Role.MANAGER)
@recent_proof
def declare_all(batch_id: str) -> Response:
    """Declare every result of a batch that nothing blocks."""
    with services().store.write(actor()) as uow:
        page = assessor.batch_page(uow, batch_id, organisation_id=organisation_id())
        ready = [line.result.id for line in page.lines if line.can_be_declared and line.result]
        for result_id in ready:
            assessor.declare_result(uow, result_id, organisation_id=organisation_id())
    declared = ngettext("%(num)s result is declared.", "%(num)s results are declared.", len(ready))
    return _back(batch_id, declared)


def _make(uow: UnitOfWork, asked: NewBatch, plan: assessor.SittingPlan) -> tuple[str, Codes]:
    definition = _definition(uow, asked.credential_version_id, request.form.get("blueprint_id", "")[:40])
    batch = assessor.create_batch(
        uow,
        organisation_id=organisation_id(),
        assessment_id=definition.id,
        plan=asked.batch,
        form_count=asked.forms,
    )
    sitting = assessor.schedule_sitting(uow, batch.id, organisation_id=organisation_id(), plan=plan)
    watch_anew(uow, sitting)
    return batch.id, enrol_lines(uow, sitting.id, asked.candidates)


def _definition(uow: UnitOfWork, credential_version_id: str, blueprint_id: str) -> assessor.Assessment:
    """The assessment by the chosen blueprint of this credential, or the one that the credential itself implies."""
    if not blueprint_id:
        return assessor.natural_assessment(
            uow, organisation_id=organisation_id(), credential_version_id=credential_version_id
        )
    if bank.blueprint(uow, blueprint_id).credential_version_id != credential_version_id:
        raise Conflict("blueprint_other_credential")
    return assessor.define_assessment(uow, organisation_id=organisation_id(), blueprint_id=blueprint_id)


def _edit_page(batch_id: str, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    with services().store.read(actor()) as uow:
        found = assessor.batch(uow, batch_id, organisation_id=organisation_id())
    return render_template(
        "manager/edit_batch.html",
        batch=found,
        values=values,
        errors=errors,
        labels=particular_labels(),
        choices={**choice_options(), "region": region_options()},
    )


def _new_batch_page(
    values: Mapping[str, str], errors: Mapping[str, str], found: Sequence[Mapping[str, str]] = ()
) -> str:
    with services().store.read(actor()) as uow:
        live = bank.credential_versions(uow, state=bank.CredentialState.LIVE)
        own = [
            (stored.id, f"{one.document.code}: {stored.name}")
            for one in live
            for stored in bank.blueprints(uow, owner_id=organisation_id(), credential_version_id=one.id)
        ]
        accepted = accepted_options(uow, organisation_id())
        chosen = _prefilled(uow, request.args.get("allocation", "")) if not values else {}
    return render_template(
        "manager/new_batch.html",
        credentials=[_credential_option(one) for one in live],
        blueprints=own,
        allocations=accepted,
        values={"blueprint_id": request.args.get("blueprint", ""), **chosen, **values},
        errors=errors,
        findings=finding_rows(found),
        labels=particular_labels(),
        choices={**choice_options(), "region": region_options()},
    )


def _prefilled(uow: UnitOfWork, allocation_id: str) -> dict[str, str]:
    """What an accepted allocation already says about the batch."""
    if allocation_id not in dict(accepted_options(uow, organisation_id())):
        return {}
    given = assessor.allocation(uow, allocation_id, organisation_id=organisation_id())
    return {
        **particulars_values(given.particulars, region=given.region),
        "allocation_id": given.id,
        "name": given.name,
        "place": given.place,
        "credential_version_id": given.credential_version_id,
    }


def _credential_option(one: bank.CredentialVersion) -> dict[str, Any]:
    requirement = one.document.dossier.entry_requirement
    return {
        "id": one.id,
        "code": one.document.code,
        "title": bilingual(one.document.title),
        "awarding_body": one.document.awarding_body,
        "entry_requirement": bilingual(requirement),
    }


def _back(batch_id: str, message: str) -> Response:
    return go("manager.batch", message=message, batch_id=batch_id)
