# SPDX-License-Identifier: Apache-2.0
"""Pages of an agency's manager about the batches that awarding bodies allocate."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from assessor import api as assessor
from core.identity.model import Role
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.presenters.allocations import COLUMNS, allocation_list, one_allocation
from web.presenters.common import csv_response
from web.words import _

blueprint = Blueprint("allocations", __name__, url_prefix="/manager/allocations")


@blueprint.get("")
@staff(Role.MANAGER)
def index() -> Response | str:
    """What the agency was given, newest first; those without an answer stand out."""
    with services().store.read(actor()) as uow:
        rows = allocation_list(uow, organisation_id())
    if request.args.get("format") == "csv":
        return csv_response("allocations.csv", COLUMNS, [[row[name] for name in COLUMNS] for row in rows])
    return render_template("manager/allocations.html", allocations=rows)


@blueprint.get("/<allocation_id>")
@staff(Role.MANAGER)
def one(allocation_id: str) -> str:
    """One allocation: what is asked for, and the answer."""
    with services().store.read(actor()) as uow:
        row = one_allocation(uow, organisation_id(), allocation_id)
    return render_template("manager/allocation.html", allocation=row)


@blueprint.post("/<allocation_id>/accept")
@staff(Role.MANAGER)
def accept(allocation_id: str) -> Response:
    """Take the batch on."""
    with services().store.write(actor()) as uow:
        assessor.accept_allocation(uow, allocation_id, organisation_id=organisation_id())
    message = _("The allocation is accepted. Make the batch from it next.")
    return go("allocations.one", message=message, allocation_id=allocation_id)


@blueprint.post("/<allocation_id>/refuse")
@staff(Role.MANAGER)
def refuse(allocation_id: str) -> Response:
    """Give the batch back, with a reason."""
    reason = request.form.get("reason", "")
    with services().store.write(actor()) as uow:
        assessor.refuse_allocation(uow, allocation_id, organisation_id=organisation_id(), reason=reason)
    return go(
        "allocations.index", message=_("The allocation is refused; the awarding body sees your reason.")
    )
