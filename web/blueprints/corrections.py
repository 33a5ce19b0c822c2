# SPDX-License-Identifier: Apache-2.0
"""Pages of corrected keys: ask, look at what would change, approve as a second person, and the records of a batch."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, render_template, request

from assessor import api as assessor
from core.errors import Conflict, Invalid, KasautiError
from core.identity import queries as identity
from core.identity.model import Role
from core.uow import UnitOfWork
from item_bank import api as bank
from web.access import actor, organisation_id, recent_proof, services, staff
from web.answers import go
from web.errors import status_of
from web.forms.corrections import read_correction
from web.forms.reading import sentence
from web.presenters.common import csv_response
from web.presenters.corrections import (
    correction_page,
    correction_rows,
    difference_page,
    question,
    successors,
)
from web.words import _

blueprint = Blueprint("corrections", __name__, url_prefix="/corrections")
_FOUND = 30


@blueprint.get("")
@staff(Role.AUTHOR, Role.REVIEWER, Role.MANAGER)
def index() -> Response | str:
    """Every correction of the agency, newest first."""
    with services().store.read(actor()) as uow:
        found = assessor.corrections(uow, organisation_id=organisation_id())
        versions = bank.item_versions(uow, {one.item_version_id for one in found})
        people = {one.asked_by for one in found} | {one.decided_by for one in found if one.decided_by}
        progress = assessor.correction_progress(uow, [one.id for one in found])
        rows = correction_rows(found, versions, identity.names(uow, people), progress)
    if request.args.get("format") == "csv":
        columns = (
            "item",
            "kind",
            "policy",
            "state",
            "asked_by",
            "asked_at",
            "decided_by",
            "decided_at",
            "changed",
        )
        return csv_response("corrections.csv", columns, [[row[name] for name in columns] for row in rows])
    may_ask = bool({Role.AUTHOR, Role.MANAGER} & actor().roles)
    return render_template("corrections/index.html", corrections=rows, may_ask=may_ask)


@blueprint.get("/new")
@staff(Role.AUTHOR, Role.MANAGER)
def new() -> str:
    """Find the question, then say what is right."""
    version_id = request.args.get("item", "")[:40]
    return _form_page(version_id) if version_id else _search_page(request.args.get("q", "")[:200])


@blueprint.post("/new")
@staff(Role.AUTHOR, Role.MANAGER)
def ask() -> Response | tuple[str, int]:
    """Ask for a corrected key; nothing changes until somebody else approves."""
    version_id = request.form.get("item", "")[:40]
    try:
        with services().store.write(actor()) as uow:
            asked = read_correction(request.form, bank.item_version(uow, version_id).content)
            made = assessor.ask_correction(
                uow,
                version_id,
                organisation_id=organisation_id(),
                new_key=asked.new_key,
                policy=asked.policy,
                reason=asked.reason,
            )
    except (Conflict, Invalid) as refusal:
        return _form_page(version_id, refusal), status_of(refusal)
    return go(
        "corrections.one",
        correction_id=made.id,
        message=_("Nothing is changed yet: another person has to approve it."),
    )


@blueprint.get("/<correction_id>")
@staff(Role.AUTHOR, Role.REVIEWER, Role.MANAGER)
def one(correction_id: str) -> Response | str:
    """One correction: the question, what changes for whom and why, and who decided."""
    with services().store.read(actor()) as uow:
        found = assessor.correction(uow, correction_id, organisation_id=organisation_id())
        page = _correction(uow, found)
        run = assessor.correction_difference(uow, correction_id, organisation_id=organisation_id())
        done = assessor.corrected_entries(uow, correction_id, organisation_id=organisation_id())
        difference = difference_page(run, _names(uow, run), done)
        may = _may(uow, found)
    if request.args.get("format") == "csv":
        columns = (
            "number",
            "name",
            "before",
            "after",
            "verdict_before",
            "verdict_after",
            "state",
            "held",
            "delivered",
        )
        rows = [[row[name] for name in columns] for row in difference["persons"]]
        return csv_response("difference.csv", columns, rows)
    return render_template("corrections/one.html", correction=page, difference=difference, may=may)


@blueprint.post("/<correction_id>/approve")
@staff(Role.REVIEWER, Role.MANAGER)
@recent_proof
def approve(correction_id: str) -> Response:
    """Approve exactly the difference that was shown; from now on the corrected key counts."""
    parts = services()
    with parts.store.read(actor()) as uow:  # it takes a while for many: outside the write lock
        shown = assessor.correction_difference(uow, correction_id, organisation_id=organisation_id())
    if shown.sha256 != request.form.get("shown", ""):
        raise Conflict("correction_changed")
    with parts.store.write(actor()) as uow:
        assessor.approve_correction(
            uow,
            correction_id,
            organisation_id=organisation_id(),
            shown=shown,
            answer=request.form.get("answer", ""),
            key=parts.config.key("key-corrections"),
        )
    return _back(correction_id, _("The correction is approved. The results are computed again now."))


@blueprint.post("/<correction_id>/refuse")
@staff(Role.REVIEWER, Role.MANAGER)
def refuse(correction_id: str) -> Response:
    """Say no, and why; every result stays as it is."""
    with services().store.write(actor()) as uow:
        assessor.refuse_correction(
            uow, correction_id, organisation_id=organisation_id(), answer=request.form.get("answer", "")
        )
    return _back(correction_id, _("The correction is refused. Every result stays as it is."))


@blueprint.post("/<correction_id>/take-back")
@staff(Role.AUTHOR, Role.MANAGER)
def take_back(correction_id: str) -> Response:
    """Take back what oneself asked for."""
    with services().store.write(actor()) as uow:
        assessor.withdraw_correction(uow, correction_id, organisation_id=organisation_id())
    return _back(correction_id, _("You took the correction back."))


@blueprint.post("/records/<batch_id>")
@staff(Role.MANAGER)
@recent_proof
def records(batch_id: str) -> Response:
    """The score records of a batch as a file from which anybody can derive every verdict again."""
    with services().store.write(actor()) as uow:
        found = assessor.export_records(uow, batch_id, organisation_id=organisation_id())
    text = json.dumps(found.document, ensure_ascii=False, indent=1) + "\n"
    answer = Response(text, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="records-{batch_id}.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _correction(uow: UnitOfWork, found: assessor.KeyCorrection) -> dict[str, Any]:
    version = bank.item_version(uow, found.item_version_id)
    asked_about = question(bank.item_document(uow, version.id), version)
    other = found.new_key.as_version_id
    names = identity.names(uow, {found.asked_by, found.decided_by or found.asked_by})
    return correction_page(
        found,
        asked_about,
        names,
        genuine=assessor.signature_holds(found, key=services().config.key("key-corrections")),
        other=None if other is None else bank.item_version(uow, other),
    )


def _names(uow: UnitOfWork, run: assessor.DryRun) -> dict[str, str]:
    """Who sits a test is known to managers alone; authors and reviewers see numbers."""
    if Role.MANAGER not in actor().roles:
        return {}
    ids = [one["person"] for one in run.document["persons"]] + [
        one["entry"] for one in run.document["failed"]
    ]
    return {entry_id: entry.candidate_name for entry_id, entry in assessor.entries_by_id(uow, ids).items()}


def _may(uow: UnitOfWork, found: assessor.KeyCorrection) -> dict[str, bool]:
    waits = found.state is assessor.CorrectionState.ASKED
    author = bank.item_version(uow, found.item_version_id).author_id
    decides = bool({Role.REVIEWER, Role.MANAGER} & actor().roles)
    return {
        "decide": waits and decides and actor().id not in (found.asked_by, author),
        "take_back": waits and actor().id == found.asked_by,
        "waits": waits,
    }


def _search_page(words: str) -> str:
    with services().store.read(actor()) as uow:
        wanted = bank.BankFilter(words=words)
        page = (
            bank.find_items(uow, wanted, owner_id=organisation_id(), limit=_FOUND) if words.strip() else None
        )
    versions = () if page is None else page.versions
    rows = [
        {
            "id": one.id,
            "external_id": one.external_id,
            "pc": one.content.pc,
            "version": one.number,
            "stem": one.content.bodies[0].stem if not one.content.is_rich else "",
        }
        for one in versions
    ]
    return render_template("corrections/find.html", words=words, found=rows, asked=bool(words.strip()))


def _form_page(version_id: str, refusal: KasautiError | None = None) -> str:
    with services().store.read(actor()) as uow:
        version = bank.item_version(uow, version_id)
        shown = question(bank.item_document(uow, version_id), version)
        known = bank.versions_of_item(uow, version.item_id)
        before = assessor.corrections(uow, organisation_id=organisation_id(), version_id=version_id)
    return render_template(
        "corrections/new.html",
        question=shown,
        versions=[{"id": one.id, "version": one.number, "state": one.state.value} for one in known],
        successors=successors(version, known),
        values=request.form if refusal is not None else {},
        ticked=request.form.getlist("accepted") if refusal is not None else shown["key"],
        trouble=sentence(refusal) if refusal is not None else "",
        counted=[one for one in before if one.state.counts],
    )


def _back(correction_id: str, message: str) -> Response:
    return go("corrections.one", message=message, correction_id=correction_id)
