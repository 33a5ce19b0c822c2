# SPDX-License-Identifier: Apache-2.0
"""An agency's desk for personal data: periods, requests to delete, receipts, and the data of one learner."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from assessor import api as assessor
from core.errors import Invalid
from core.identity.model import Role
from core.privacy import operations as privacy
from core.privacy.model import PERIODS, ErasureState, Mode, Settings
from core.privacy.queries import erasures, receipts, settings_of
from web.access import actor, organisation_id, recent_proof, services, staff
from web.answers import go
from web.blueprints.privacy import send_export
from web.forms.reading import sentence, whole
from web.presenters.common import csv_response
from web.presenters.privacy import (
    RECEIPT_COLUMNS,
    data_page,
    erasure_row,
    mode_choices,
    people_of,
    period_rows,
    receipt_line,
    receipt_row,
)
from web.privacy import erasing
from web.words import _

blueprint = Blueprint("privacy_desk", __name__, url_prefix="/manager")
_SHOWN = 100


@blueprint.get("/privacy")
@staff(Role.MANAGER)
def index() -> str:
    """Requests, periods and receipts."""
    return _page()


@blueprint.post("/privacy")
@staff(Role.MANAGER)
@recent_proof
def save_periods() -> Response | tuple[str, int]:
    """Choose the periods; they count for what is already kept too."""
    try:
        settings = _read_settings()
        with services().store.write(actor()) as uow:
            privacy.set_retention(uow, organisation_id(), settings)
    except Invalid as refusal:
        return _page(problem=sentence(refusal)), 422
    return go("privacy_desk.index", message=_("The periods are saved."))


@blueprint.get("/privacy/receipts.csv")
@staff(Role.MANAGER)
def receipts_file() -> Response:
    """Every receipt of the agency."""
    with services().store.read(actor()) as uow:
        rows = receipts(uow, organisation_id=organisation_id(), limit=100_000)
    return csv_response("deletion-receipts.csv", RECEIPT_COLUMNS, [receipt_line(one) for one in rows])


@blueprint.get("/entries/<entry_id>/data")
@staff(Role.MANAGER)
def entry(entry_id: str) -> str:
    """What is kept about one learner."""
    with services().store.read(actor()) as uow:
        found = assessor.entry(uow, entry_id, organisation_id=organisation_id())
        attempt = assessor.attempt_of_entry(uow, entry_id)
        page = data_page(uow, found, attempt_id=attempt, to_learner=False)
    return render_template("manager/data.html", data=page)


@blueprint.post("/entries/<entry_id>/data/export")
@staff(Role.MANAGER)
@recent_proof
def export_entry(entry_id: str) -> Response:
    """The learner's file, for a learner who asked for it on paper."""
    with services().store.read(actor()) as uow:
        assessor.entry(uow, entry_id, organisation_id=organisation_id())
    return send_export(entry_id)


@blueprint.post("/entries/<entry_id>/data/erasure")
@staff(Role.MANAGER)
def ask_for_entry(entry_id: str) -> Response:
    """Ask for the deletion on the learner's behalf, with how they asked."""
    with services().store.write(actor()) as uow:
        erasing.ask(
            uow, entry_id, organisation_id=organisation_id(), reason=request.form.get("reason", "")[:1000]
        )
    return go(
        "privacy_desk.entry", entry_id=entry_id, message=_("The request is recorded. Confirm it below.")
    )


@blueprint.post("/erasures/<erasure_id>/confirm")
@staff(Role.MANAGER)
@recent_proof
def confirm(erasure_id: str) -> Response:
    """Confirm with one's name; the learner is told, and 48 hours later it is done."""
    with services().store.write(actor()) as uow:
        done = erasing.confirm(uow, services(), erasure_id, organisation_id=organisation_id())
    told = _("The learner is told now. The data is deleted when the time has come.")
    return go("privacy_desk.entry", entry_id=done.entry_id, message=told)


@blueprint.post("/erasures/<erasure_id>/refuse")
@staff(Role.MANAGER)
@recent_proof
def refuse(erasure_id: str) -> Response:
    """Refuse, with a reason that the learner reads."""
    with services().store.write(actor()) as uow:
        done = privacy.refuse_erasure(
            uow,
            erasure_id,
            organisation_id=organisation_id(),
            reason=request.form.get("reason", "")[:1000],
        )
    return go("privacy_desk.entry", entry_id=done.entry_id, message=_("Your decision was recorded."))


def _page(*, problem: str = "") -> str:
    with services().store.read(actor()) as uow:
        settings = settings_of(uow, organisation_id())
        waiting = erasures(
            uow, organisation_id=organisation_id(), states=[state for state in ErasureState if state.open]
        )
        names = people_of(uow, waiting, organisation_id=organisation_id())
        requests = [
            {
                **erasure_row(
                    uow, one, erasing.outlook(uow, one.subject_id, organisation_id=organisation_id()).holds
                ),
                "name": names.get(one.entry_id, ""),
            }
            for one in waiting
        ]
        rows = [receipt_row(one) for one in receipts(uow, organisation_id=organisation_id(), limit=_SHOWN)]
    return render_template(
        "manager/privacy.html",
        requests=requests,
        receipts=rows,
        periods=period_rows(settings, request.form if problem else None),
        modes=mode_choices(),
        mode=request.form.get("mode", settings.mode.value),
        appeal_days=request.form.get("appeal_days", settings.appeal_days),
        problem=problem,
    )


def _read_settings() -> Settings:
    form = request.form
    if form.get("mode", "") not in set(Mode):
        raise Invalid("request_malformed", members=["mode"])
    days = {}
    for data_class, period in PERIODS.items():
        number = whole(form.get(f"days-{data_class.value}", ""), low=period.lowest, high=period.highest)
        if number is None:
            raise Invalid(
                "retention_days_out_of_range",
                data_class=data_class.value,
                lowest=period.lowest,
                highest=period.highest,
            )
        days[data_class] = number
    appeal = whole(form.get("appeal_days", ""), low=0, high=90)
    if appeal is None:
        raise Invalid("retention_days_out_of_range", data_class="appeal", lowest=0, highest=90)
    return Settings(mode=Mode(form["mode"]), appeal_days=appeal, days=days)
