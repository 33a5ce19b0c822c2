# SPDX-License-Identifier: Apache-2.0
"""Pages of review: what waits, what changed between two versions, and what people say about one."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from core.identity import queries as identity
from core.identity.model import Role
from item_bank import api as bank
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.presenters.reviewing import difference_page, queue_rows
from web.words import _

blueprint = Blueprint("reviewing", __name__, url_prefix="/author")


@blueprint.get("/review")
@staff(Role.AUTHOR, Role.REVIEWER)
def queue() -> str:
    """What waits for a second pair of eyes, longest first."""
    with services().store.read(actor()) as uow:
        waiting = bank.review_queue(uow, owner_id=organisation_id())
        names = identity.names(uow, {one.version.author_id for one in waiting})
    return render_template(
        "author/review.html",
        waiting=queue_rows(waiting, names=names, actor=actor()),
        may_review=Role.REVIEWER in actor().roles,
    )


@blueprint.get("/items/<item_id>/difference")
@staff(Role.AUTHOR, Role.REVIEWER)
def difference(item_id: str) -> str:
    """A version beside another one of the same item: the one named in the address, or the one before it."""
    with services().store.read(actor()) as uow:
        version = bank.item_version(uow, item_id)
        versions = bank.versions_of_item(uow, version.item_id)
        other = request.args.get("with", "")[:40]
        document = bank.item_document(uow, item_id)
        earlier = bank.earlier_version(versions, version, wanted=other)
        before = bank.item_document(uow, earlier.id) if earlier else None
    return render_template(
        "author/difference.html",
        **difference_page(version, document, versions, earlier=earlier, before=before),
    )


@blueprint.post("/items/<item_id>/comment")
@staff(Role.AUTHOR, Role.REVIEWER)
def comment(item_id: str) -> Response:
    """Say something about a version without moving it."""
    with services().store.write(actor()) as uow:
        bank.comment_item(uow, item_id, comment=request.form.get("comment", ""))
    return go("author.item", message=_("Your comment stands with this version."), item_id=item_id)
