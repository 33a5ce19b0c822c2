# SPDX-License-Identifier: Apache-2.0
"""The page on which an agency's manager sees its engagements; only the awarding body makes and ends them."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from core.identity.model import Role
from web.access import actor, services, staff
from web.presenters.common import csv_response
from web.presenters.engagements import COLUMNS, engagement_list

blueprint = Blueprint("engagements", __name__, url_prefix="/manager/engagements")


@blueprint.get("")
@staff(Role.MANAGER)
def index() -> Response | str:
    """Every engagement of the agency, newest first."""
    with services().store.read(actor()) as uow:
        rows = engagement_list(uow)
    if request.args.get("format") == "csv":
        return csv_response("engagements.csv", COLUMNS, [[row[name] for name in COLUMNS] for row in rows])
    return render_template("manager/engagements.html", engagements=rows)
