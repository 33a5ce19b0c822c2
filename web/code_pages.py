# SPDX-License-Identifier: Apache-2.0
"""The page that shows access codes once, right after they were made, and sending them. Nothing is stored here."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import render_template, request

from assessor import api as assessor
from core.uow import UnitOfWork
from web.access import actor, organisation_id, services
from web.notices.queueing import send_codes

Codes = Mapping[str, str]


def codes_page(sitting_id: str, codes: Codes, *, said: str, sent: bool, refused: int = 0) -> str:
    """The codes by entry id with how to print them; `said` is what was done, `refused` how many rows were not."""
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        contacts = assessor.contacts(uow, list(codes), organisation_id=organisation_id())
    shown = [
        {"name": one.name, "code": codes[one.entry_id], "reach": bool(one.email or one.phone)}
        for one in contacts
    ]
    return render_template(
        "manager/candidates_codes.html",
        sitting=sitting,
        codes=shown,
        posted=json.dumps(dict(codes)),
        said=said,
        sent=sent,
        refused=refused,
        link=services().config.base_url,
    )


def send_where_asked(uow: UnitOfWork, codes: Codes) -> bool:
    """Queue the codes where the form asks for it."""
    if request.form.get("send") != "yes":
        return False
    send_codes(uow, services(), codes, organisation_id=organisation_id())
    return True
