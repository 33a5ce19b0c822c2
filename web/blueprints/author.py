# SPDX-License-Identifier: Apache-2.0
"""Pages of authors and reviewers: the bank as a list, an item with its preview, review."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from core.identity import queries as identity
from core.identity.model import Role
from core.uow import UnitOfWork
from item_bank import api as bank
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.presenters.author import (
    Filters,
    allowed_steps,
    bank_overview,
    item_page,
    item_rows,
    pager,
)
from web.presenters.common import csv_response
from web.presenters.editor_previews import previews
from web.words import _

blueprint = Blueprint("author", __name__, url_prefix="/author")


@blueprint.get("/items")
@staff(Role.AUTHOR, Role.REVIEWER)
def items() -> Response | str:
    """The bank, narrowed by the filters in the address, a page at a time."""
    filters = Filters(**{name: request.args.get(name, "")[:200] for name in Filters.__dataclass_fields__})
    wants_csv = request.args.get("format") == "csv"
    owner = organisation_id()
    with services().store.read(actor()) as uow:
        credentials = bank.credential_versions(uow)
        counts = bank.bank_counts(uow, owner_id=owner)
        page = _page(uow, filters.bank_filter(credentials), filters.number, everything=wants_csv)
        spoken = bank.bank_languages(uow, owner_id=owner)
        items = [version.item_id for version in page.versions]
        practised = bank.practice_standing(uow, items, owner_id=owner)
    rows = item_rows(page.versions, actor=actor(), practised=practised)
    if wants_csv:
        columns = ("external_id", "pc", "type", "difficulty", "state", "version", "seconds")
        return csv_response("items.csv", columns, [[row[name] for name in columns] for row in rows])
    return render_template(
        "author/items.html",
        items=rows,
        filters=filters,
        pager=pager(page.total, number=filters.number),
        spoken=spoken,
        can_import=Role.AUTHOR in actor().roles,
        **bank_overview(credentials, counts),
    )


def _page(uow: UnitOfWork, wanted: bank.BankFilter | None, number: int, *, everything: bool) -> bank.BankPage:
    if wanted is None:
        return bank.BankPage((), 0)
    owner = organisation_id()
    if everything:
        return bank.find_items(uow, wanted, owner_id=owner, limit=None)
    page = bank.find_items(uow, wanted, owner_id=owner, offset=(number - 1) * bank.PAGE)
    if page.versions or not page.total:
        return page
    return bank.find_items(uow, wanted, owner_id=owner, offset=(page.total - 1) // bank.PAGE * bank.PAGE)


@blueprint.get("/items/<item_id>")
@staff(Role.AUTHOR, Role.REVIEWER)
def item(item_id: str) -> str:
    """One version: both languages as a learner sees them, and the scoring view."""
    with services().store.read(actor()) as uow:
        version = bank.item_version(uow, item_id)
        history = bank.review_history(uow, item_id)
        versions = bank.versions_of_item(uow, version.item_id)
        credential = bank.credential_version(uow, version.credential_version_id).document
        people = {version.author_id, *(entry.actor_id for entry in history)}
        names = identity.names(uow, people)
        document = bank.item_document(uow, item_id)
    return render_template(
        "author/item.html",
        item=item_page(document, version, credential=credential, history=history, names=names),
        versions=[
            {"id": other.id, "version": other.number, "state": other.state.value, "at": other.created_at}
            for other in versions
        ],
        may=allowed_steps(version, actor=actor()),
        previews=previews(version.content, version.content.languages) if version.content.is_rich else [],
    )


@blueprint.post("/items/<item_id>/submit")
@staff(Role.AUTHOR)
def submit_item(item_id: str) -> Response:
    """Ask for a second pair of eyes."""
    with services().store.write(actor()) as uow:
        bank.submit_for_review(uow, item_id)
    return _back(item_id, _("The item waits for a reviewer."))


@blueprint.post("/items/<item_id>/approve")
@staff(Role.REVIEWER)
def approve_item(item_id: str) -> Response:
    """Make a version live; never one's own."""
    with services().store.write(actor()) as uow:
        bank.approve_item(uow, item_id, comment=request.form.get("comment", ""))
    return _back(item_id, _("The item is live. Its content can no longer change."))


@blueprint.post("/items/<item_id>/reject")
@staff(Role.REVIEWER)
def reject_item(item_id: str) -> Response:
    """Send a version back with a comment."""
    with services().store.write(actor()) as uow:
        bank.reject_item(uow, item_id, comment=request.form.get("comment", ""))
    return _back(item_id, _("The item went back to its author."))


@blueprint.post("/items/<item_id>/withdraw")
@staff(Role.AUTHOR, Role.REVIEWER)
def withdraw_item(item_id: str) -> Response:
    """Take a version out of use."""
    with services().store.write(actor()) as uow:
        bank.withdraw_item(uow, item_id)
    return _back(item_id, _("The item was withdrawn. Papers that hold it keep it."))


def _back(item_id: str, message: str) -> Response:
    return go("author.item", message=message, item_id=item_id)
