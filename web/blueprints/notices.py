# SPDX-License-Identifier: Apache-2.0
"""The list of notices of an agency: what was sent to whom, when, and whether it arrived at its channel."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from assessor import api as assessor
from core.errors import Invalid
from core.identity import queries as identity
from core.identity.model import Role
from core.notices.model import NoticeState
from core.notices.operations import send_again
from core.notices.queries import notice_counts, notices
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.presenters.candidates import notice_row
from web.presenters.common import csv_response
from web.words import _

blueprint = Blueprint("notices", __name__, url_prefix="/manager/notices")
PAGE = 100
_COLUMNS = ("kind", "name", "to", "channel", "state", "advice", "queued_at", "ended_at", "tries")


@blueprint.get("/")
@staff(Role.MANAGER)
def index() -> str | Response:
    """The notices, newest first; ``state`` narrows, ``before`` pages."""
    wanted = request.args.get("state", "")
    if wanted not in ("", *NoticeState):
        raise Invalid("request_malformed")
    states = [NoticeState(wanted)] if wanted else list(NoticeState)
    as_csv = request.args.get("format") == "csv"
    with services().store.read(actor()) as uow:
        found = notices(
            uow,
            organisation_id=organisation_id(),
            states=states,
            before=request.args.get("before", "")[:40] or None,
            limit=None if as_csv else PAGE + 1,
        )
        counts = notice_counts(uow, organisation_id=organisation_id())
        subjects = {one.subject_id for one in found}
        names = identity.names(uow, subjects)
        contacts = assessor.contacts(uow, list(subjects), organisation_id=organisation_id())
    names |= {one.entry_id: one.name for one in contacts}
    rows = [{**notice_row(one), "name": names.get(one.subject_id, "")} for one in found]
    if as_csv:
        return csv_response("notices.csv", _COLUMNS, [[row[name] for name in _COLUMNS] for row in rows])
    more = rows[PAGE - 1]["id"] if len(rows) > PAGE else ""
    return render_template(
        "manager/notices.html",
        rows=rows[:PAGE],
        more=more,
        wanted=wanted,
        counts={state.value: number for state, number in counts.items()},
        total=sum(counts.values()),
        can_send=bool(services().channels.open),
    )


@blueprint.post("/<notice_id>/again")
@staff(Role.MANAGER)
def again(notice_id: str) -> Response:
    """Try a notice anew that was not sent."""
    with services().store.write(actor()) as uow:
        send_again(uow, notice_id, organisation_id=organisation_id())
    return go("notices.index", message=_("It is sent again."))
