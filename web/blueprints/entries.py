# SPDX-License-Identifier: Apache-2.0
"""Pages of managers about one candidate of a batch: fields, accommodations, codes, absence, one more try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request

from assessor import api as assessor
from core.errors import Conflict, Invalid, KasautiError
from core.identity.model import Role
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.batch_pages import batch_answer
from web.enrolling import credential_of, slip
from web.forms.candidates import read_aids, read_candidate
from web.forms.reading import day, reasons, sentence, whole
from web.presenters.common import bilingual
from web.presenters.entries import aid_values, candidate_choices, candidate_values, entry_page, time_rows
from web.presenters.scheduling import finding_rows
from web.words import _, ngettext

blueprint = Blueprint("entries", __name__, url_prefix="/manager")
_FIELD_OF = {
    "agency_number_taken": "agency_number",
    "apaar_of_another": "apaar",
    "guardian_missing": "guardian_name",
    "extra_minutes_out_of_range": "extra_minutes",
}


@blueprint.get("/sittings/<sitting_id>/candidates/new")
@staff(Role.MANAGER)
def new(sitting_id: str) -> str:
    """The form for one candidate with every field."""
    return _new_page(sitting_id, {"language": "en", "pathway": "trained"}, {})


@blueprint.post("/sittings/<sitting_id>/candidates/new")
@staff(Role.MANAGER)
def create(sitting_id: str) -> str | tuple[str, int]:
    """Enrol one candidate; what the rules find is shown beside the form, with a field for each reason."""
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        today = uow.now.astimezone(ZoneInfo(sitting.time_zone)).date()
    asked = read_candidate(request.form, today=today)
    if asked.plan is None:
        return _new_page(sitting_id, request.form, asked.errors), 422
    try:
        code = _enrol(sitting_id, asked.plan)
    except (Conflict, Invalid) as refusal:
        found = refusal.facts.get("findings")
        if isinstance(found, list):
            return _new_page(sitting_id, request.form, {}, found), 409
        return _new_page(
            sitting_id, request.form, {_FIELD_OF.get(refusal.code, "name"): sentence(refusal)}
        ), 409
    return batch_answer(sitting.batch_id, "candidates", codes=[code])


@blueprint.get("/entries/<entry_id>")
@staff(Role.MANAGER)
def one(entry_id: str) -> str:
    """One candidate with everything that may be done for them."""
    return _page(entry_id)


@blueprint.post("/entries/<entry_id>")
@staff(Role.MANAGER)
def save(entry_id: str) -> Response | tuple[str, int]:
    """Change the fields of a candidate."""
    with services().store.read(actor()) as uow:
        entry = assessor.entry(uow, entry_id, organisation_id=organisation_id())
        today = uow.now.astimezone(ZoneInfo(entry.sitting.time_zone)).date()
    asked = read_candidate(request.form, today=today)
    if asked.plan is None:
        return _page(entry_id, values=request.form, errors=asked.errors), 422
    try:
        with services().store.write(actor()) as uow:
            assessor.edit_candidate(
                uow,
                entry_id,
                organisation_id=organisation_id(),
                candidate=asked.plan,
                person_key=services().person_key,
            )
    except Conflict as refusal:
        errors = {_FIELD_OF.get(refusal.code, "name"): sentence(refusal)}
        return _page(entry_id, values=request.form, errors=errors), 409
    return go("entries.one", message=_("The candidate is saved."), entry_id=entry_id)


@blueprint.get("/entries/<entry_id>/times")
@staff(Role.MANAGER)
def times(entry_id: str) -> str:
    """The times that so many extra minutes lead to, before they are granted."""
    with services().store.read(actor()) as uow:
        entry = assessor.entry(uow, entry_id, organisation_id=organisation_id())
        minutes = whole(request.args.get("extra_minutes", ""), low=0, high=1440)
        if minutes is None:
            raise Invalid("extra_minutes_out_of_range", lowest=0, highest=1440)
        rows = time_rows(uow, entry, extra_minutes=minutes)
    return render_template("manager/times.html", times=rows, entry=entry, minutes=minutes)


@blueprint.post("/entries/<entry_id>/accommodations")
@staff(Role.MANAGER)
def accommodate(entry_id: str) -> Response | tuple[str, int]:
    """Grant extra time and other aids, each with its reason; `preview` only shows the times."""
    asked = read_aids(request.form)
    if asked.errors or request.form.get("action") == "preview":
        status = 422 if asked.errors else 200
        return _page(
            entry_id, aids=request.form, aid_errors=asked.errors, minutes=asked.extra_minutes
        ), status
    try:
        with services().store.write(actor()) as uow:
            assessor.set_accommodation(
                uow,
                entry_id,
                organisation_id=organisation_id(),
                extra_minutes=asked.extra_minutes,
                accommodations=asked.aids,
            )
    except Conflict as refusal:
        return _page(entry_id, aids=request.form, aid_errors={"extra_minutes": sentence(refusal)}), 409
    return go("entries.one", message=_("The accommodations are saved."), entry_id=entry_id)


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
    return batch_answer(entry.sitting.batch_id, "candidates", codes=[slip(entry, code)])


@blueprint.post("/entries/<entry_id>/withdraw")
@staff(Role.MANAGER)
def withdraw(entry_id: str) -> Response:
    """Take an entry back for good."""
    with services().store.write(actor()) as uow:
        entry = assessor.entry(uow, entry_id, organisation_id=organisation_id())
        assessor.withdraw_entry(uow, entry_id, organisation_id=organisation_id())
    return go("manager.batch", message=_("The entry is withdrawn."), batch_id=entry.sitting.batch_id)


@blueprint.post("/entries/<entry_id>/absent")
@staff(Role.MANAGER)
def absent(entry_id: str) -> Response:
    """Note that a learner never came."""
    with services().store.write(actor()) as uow:
        assessor.mark_absent(uow, entry_id, organisation_id=organisation_id())
    return go("entries.one", message=_("The candidate is marked absent."), entry_id=entry_id)


@blueprint.post("/entries/<entry_id>/present")
@staff(Role.MANAGER)
def undo_absence(entry_id: str) -> Response:
    """Take the mark back, while no re-assessment rests on it."""
    with services().store.write(actor()) as uow:
        assessor.undo_absence(uow, entry_id, organisation_id=organisation_id())
    return go("entries.one", message=_("The candidate is no longer marked absent."), entry_id=entry_id)


@blueprint.post("/batches/<batch_id>/absent")
@staff(Role.MANAGER)
def all_absent(batch_id: str) -> Response:
    """Mark everybody who never came."""
    with services().store.write(actor()) as uow:
        number = assessor.mark_all_absent(uow, batch_id, organisation_id=organisation_id())
    marked = ngettext("%(num)s candidate is marked absent.", "%(num)s candidates are marked absent.", number)
    return go("manager.batch", message=marked, batch_id=batch_id)


@blueprint.post("/entries/<entry_id>/again")
@staff(Role.MANAGER)
def reassess(entry_id: str) -> str | tuple[str, int]:
    """Give one more try in another sitting; its code is shown on this one answer."""
    asked_on = day(request.form.get("asked_on", ""))
    if asked_on is None:
        return _page(entry_id, again_error=_("Enter a date.")), 422
    parts = services()
    try:
        with parts.store.write(actor()) as uow:
            made = assessor.reassess(
                uow,
                entry_id,
                organisation_id=organisation_id(),
                sitting_id=request.form.get("sitting_id", "")[:40],
                asked_on=asked_on,
                pepper=parts.code_pepper,
                reasons=reasons(request.form),
            )
    except (Conflict, Invalid) as refusal:
        return _page(entry_id, again_refusal=refusal), 409
    return batch_answer(made.entry.sitting.batch_id, "candidates", codes=[slip(made.entry, made.code)])


def _enrol(sitting_id: str, plan: assessor.CandidatePlan) -> dict[str, Any]:
    parts = services()
    approval = assessor.Approval(
        entry_requirement_met=request.form.get("confirmed") == "yes", reasons=reasons(request.form)
    )
    with parts.store.write(actor()) as uow:
        made = assessor.enrol(
            uow,
            sitting_id,
            organisation_id=organisation_id(),
            candidate=plan,
            pepper=parts.code_pepper,
            person_key=parts.person_key,
            approval=approval,
        )
    return slip(made.entry, made.code)


def _new_page(
    sitting_id: str,
    values: Mapping[str, Any],
    errors: Mapping[str, str],
    found: Sequence[Mapping[str, str]] = (),
) -> str:
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        batch = assessor.batch(uow, sitting.batch_id, organisation_id=organisation_id())
        credential = credential_of(uow, batch.assessment_id)
    return render_template(
        "manager/new_entry.html",
        sitting=sitting,
        requirement=bilingual(credential.dossier.entry_requirement),
        values=values,
        errors=errors,
        findings=finding_rows(found),
        choices=candidate_choices(),
    )


def _page(
    entry_id: str,
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    aids: Mapping[str, str] | None = None,
    aid_errors: Mapping[str, str] | None = None,
    minutes: int | None = None,
    again_error: str = "",
    again_refusal: KasautiError | None = None,
) -> str:
    found = again_refusal.facts.get("findings") if again_refusal else None
    with services().store.read(actor()) as uow:
        line = assessor.entry_line(uow, entry_id, organisation_id=organisation_id())
        record = assessor.candidate_record(
            uow, entry_id, organisation_id=organisation_id(), person_key=services().person_key
        )
        page = entry_page(uow, line, record)
        preview = time_rows(
            uow, line.entry, extra_minutes=line.entry.extra_minutes if minutes is None else minutes
        )
    return render_template(
        "manager/entry.html",
        page=page,
        choices=candidate_choices(),
        values=values if values is not None else candidate_values(record),
        errors=errors or {},
        aids=aids if aids is not None else aid_values(line.entry),
        aid_errors=aid_errors or {},
        times=preview,
        previewed=minutes is not None and not aid_errors,
        again_error=sentence(again_refusal) if again_refusal else again_error,
        again_findings=finding_rows(found) if isinstance(found, list) else [],
        again=request.form if again_refusal else {},
    )
