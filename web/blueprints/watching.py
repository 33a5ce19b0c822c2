# SPDX-License-Identifier: Apache-2.0
"""Pages of managers: how a sitting is watched, who asked for an invigilator, one candidate's consent and exemptions."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from assessor import api as assessor
from core.errors import Conflict
from core.identity import consents, guardians
from core.identity.guardian_model import require_relation
from core.identity.model import Role
from core.uow import UnitOfWork
from proctor import api as proctor
from web import i18n
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.consenting import open_watching, standing_of, withdraw_guardian
from web.forms.reading import sentence
from web.forms.watching import read_plan
from web.presenters.watched_entries import candidate_consent, notice_page, wishes_page
from web.presenters.watching import mode_choices, plan_rows
from web.words import _

blueprint = Blueprint("watching", __name__, url_prefix="/manager")


@blueprint.get("/sittings/<sitting_id>/watching")
@staff(Role.MANAGER)
def plan(sitting_id: str) -> str:
    """How this sitting is watched."""
    return _plan_page(sitting_id)


@blueprint.post("/sittings/<sitting_id>/watching")
@staff(Role.MANAGER)
def save_plan(sitting_id: str) -> Response | tuple[str, int]:
    """Change it, until the first learner has agreed to it."""
    asked = read_plan(request.form)
    try:
        with services().store.write(actor()) as uow:
            sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
            if not sitting.proctored:
                raise Conflict("plan_not_watched")
            proctor.set_plan(uow, sitting_id, organisation_id=organisation_id(), plan=asked)
    except Conflict as refusal:
        return _plan_page(sitting_id, asked=asked, problem=sentence(refusal)), 409
    return go("watching.plan", sitting_id=sitting_id, message=_("How it is watched is saved."))


@blueprint.get("/invigilation")
@staff(Role.MANAGER)
def wishes() -> str:
    """Learners who would rather have a person in the room than a camera, and what to do for each."""
    with services().store.read(actor()) as uow:
        page = wishes_page(uow, organisation_id=organisation_id())
    return render_template("manager/invigilation.html", page=page)


@blueprint.post("/entries/<entry_id>/invigilator")
@staff(Role.MANAGER)
def settle(entry_id: str) -> Response:
    """A person with a name watches in the room: no camera is asked for at this sitting."""
    with services().store.write(actor()) as uow:
        assessor.settle_by_invigilator(
            uow,
            entry_id,
            organisation_id=organisation_id(),
            invigilator=request.form.get("invigilator", ""),
            reason=request.form.get("reason", ""),
        )
    return go("watching.wishes", message=_("It is noted. The learner goes on without a camera."))


@blueprint.get("/entries/<entry_id>/watching")
@staff(Role.MANAGER)
def candidate(entry_id: str) -> str:
    """One candidate's consent, guardian and exemptions."""
    with services().store.read(actor()) as uow:
        entry, attempt_id = _entry(uow, entry_id)
        page = candidate_consent(uow, entry, standing_of(uow, entry, attempt_id=attempt_id), attempt_id)
    return render_template("manager/watched_entry.html", page=page)


@blueprint.post("/entries/<entry_id>/exemptions")
@staff(Role.MANAGER)
def grant(entry_id: str) -> Response:
    """Grant an exemption, with the sort of proof that was seen."""
    with services().store.write(actor()) as uow:
        _found, attempt_id = _entry(uow, entry_id)
        proctor.grant_exemption(
            uow,
            attempt_id,
            organisation_id=organisation_id(),
            profile=request.form.get("profile", "")[:40],
            proof=proctor.require_proof(request.form.get("proof", "")),
            reason=request.form.get("reason", ""),
        )
    return go("watching.candidate", entry_id=entry_id, message=_("The exemption is granted."))


@blueprint.post("/entries/<entry_id>/exemptions/<exemption_id>/end")
@staff(Role.MANAGER)
def end_exemption(entry_id: str, exemption_id: str) -> Response:
    """Take an exemption back before the test."""
    with services().store.write(actor()) as uow:
        _found, attempt_id = _entry(uow, entry_id)
        proctor.end_exemption(uow, exemption_id, attempt_id=attempt_id, organisation_id=organisation_id())
    return go("watching.candidate", entry_id=entry_id, message=_("The exemption is taken back."))


@blueprint.post("/entries/<entry_id>/guardian")
@staff(Role.MANAGER)
def guardian_paper(entry_id: str) -> Response:
    """Note that a guardian's signed form was seen."""
    with services().store.write(actor()) as uow:
        entry, attempt_id = _entry(uow, entry_id)
        standing = standing_of(uow, entry, attempt_id=attempt_id)
        if not standing.needs_guardian:
            raise Conflict("guardian_not_needed")
        consents.keep_notice(uow, standing.notice)
        guardians.record_guardian_paper(
            uow,
            entry_id,
            organisation_id=organisation_id(),
            notice_version=standing.notice.version,
            name=request.form.get("name", "")[:400],
            relation=require_relation(request.form.get("relation", "")),
            reason=request.form.get("reason", ""),
        )
        open_watching(uow, entry, attempt_id=attempt_id)
    return go("watching.candidate", entry_id=entry_id, message=_("The guardian's paper is noted."))


@blueprint.post("/entries/<entry_id>/guardian/withdraw")
@staff(Role.MANAGER)
def guardian_withdraws(entry_id: str) -> Response:
    """Note that a guardian takes the consent back; the watching of a running test ends at once."""
    with services().store.write(actor()) as uow:
        entry, attempt_id = _entry(uow, entry_id)
        reason = request.form.get("reason", "")
        over = withdraw_guardian(uow, entry, attempt_id=attempt_id, reason=reason)
    if over is not None:
        services().pipeline.finish(over, drop=True)
    return go("watching.candidate", entry_id=entry_id, message=_("It is taken back."))


@blueprint.get("/entries/<entry_id>/notices/<notice_version>")
@staff(Role.MANAGER)
def notice(entry_id: str, notice_version: str) -> str:
    """The words that this candidate agreed to, in both languages."""
    with services().store.read(actor()) as uow:
        entry, _attempt = _entry(uow, entry_id)
        page = notice_page(uow, entry, notice_version, language=i18n.language())
    return render_template("manager/notice_words.html", page=page)


def _entry(uow: UnitOfWork, entry_id: str) -> tuple[assessor.Entry, str]:
    entry = assessor.entry(uow, entry_id, organisation_id=organisation_id())
    return entry, assessor.overviews(uow, [entry_id])[entry_id].id


def _plan_page(sitting_id: str, *, asked: proctor.WatchPlan | None = None, problem: str = "") -> str:
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        kept = proctor.plan_of(uow, sitting_id)
        settled = proctor.plan_is_settled(uow, sitting_id)
    shown = asked or kept
    return render_template(
        "manager/watch_plan.html",
        sitting=sitting,
        rows=plan_rows(shown),
        modes=mode_choices(),
        mode=shown.mode.value,
        settled=settled,
        problem=problem,
    )
