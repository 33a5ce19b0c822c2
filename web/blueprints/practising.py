# SPDX-License-Identifier: Apache-2.0
"""An agency's side of practice: which items are practised, how much, and links to invite with. No learner is named here."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for

from assessor import api as assessor
from core.errors import Invalid
from core.identity.model import Role
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.presenters.formative import use_page
from web.words import _, ngettext

blueprint = Blueprint("practising", __name__)


@blueprint.get("/manager/practice")
@staff(Role.MANAGER)
def use() -> str:
    """How much the practice pools are used, criterion by criterion, and the open links."""
    return _page()


@blueprint.post("/manager/practice/links")
@staff(Role.MANAGER)
def open_link() -> str:
    """Open a link to practise for a credential; its address is shown this once."""
    with services().store.write(actor()) as uow:
        token = assessor.open_practice_link(
            uow,
            organisation_id=organisation_id(),
            credential_version_id=request.form.get("credential_version_id", "")[:26],
        )
    return _page(link=url_for("formative.link", token=token, _external=True))


@blueprint.post("/manager/practice/links/<link_id>/close")
@staff(Role.MANAGER)
def close_link(link_id: str) -> Response:
    """End a link at once."""
    with services().store.write(actor()) as uow:
        assessor.close_practice_link(uow, link_id, organisation_id=organisation_id())
    return go("practising.use", message=_("The link works no more."))


@blueprint.post("/author/practice")
@staff(Role.AUTHOR)
def change_pool() -> Response:
    """Give the ticked items to practice, or take them from it."""
    versions, give = request.form.getlist("item")[:500], request.form.get("action") == "give"
    if not give and request.form.get("action") != "take":
        raise Invalid("request_malformed", members=["action"])
    with services().store.write(actor()) as uow:
        change = assessor.give_items if give else assessor.take_items
        count = change(uow, versions, organisation_id=organisation_id())
    if give:
        message = ngettext(
            "%(num)s item is in the practice pool now.", "%(num)s items are in the practice pool now.", count
        )
    else:
        message = ngettext(
            "%(num)s item was taken from practice.", "%(num)s items were taken from practice.", count
        )
    return go("author.items", message=message, practice="yes")


def _page(link: str = "") -> str:
    with services().store.read(actor()) as uow:
        page = use_page(uow, organisation_id=organisation_id())
    return render_template("manager/practice.html", page=page, link=link)
