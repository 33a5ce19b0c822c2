# SPDX-License-Identifier: Apache-2.0
"""Pages of awarding bodies: declared results, credentials, API keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import Blueprint, Response, flash, render_template, request, url_for

from assessor import api as assessor
from core.errors import Invalid
from core.identity import operations as identity
from core.identity import queries as identity_queries
from core.identity.model import OrganisationKind, Role
from item_bank import api as bank
from web.access import actor, organisation_id, recent_proof, services, staff
from web.answers import go
from web.presenters.author import page_asked, pager
from web.presenters.awarding import credential_page, credential_rows, result_rows
from web.presenters.common import csv_response
from web.presenters.credentials import (
    coverage_rows,
    credential_view,
    next_version,
    permission_rows,
    version_rows,
)
from web.presenters.panels import adoption_rows
from web.result_pages import staff_result
from web.words import _

blueprint = Blueprint("awarding", __name__, url_prefix="/awarding")
RESULTS: Final = 100
"""So many results stand on a page."""
_COLUMNS: Final = (
    "sequence",
    "candidate_name",
    "credential_code",
    "batch_name",
    "verdict",
    "declared_at",
    "delivery",
)


@blueprint.get("/results")
@staff(Role.AWARDING_BODY)
def results() -> Response | str:
    """The declared results of this body, newest first, a page at a time; looking at them delivers nothing."""
    wants_csv = request.args.get("format") == "csv"
    with services().store.read(actor()) as uow:
        counts = assessor.feed_counts(uow, organisation_id())
        at = pager(counts.results, number=page_asked(request.args.get("page", "")), size=RESULTS)
        part = {} if wants_csv else {"offset": max(at.first - 1, 0), "limit": RESULTS}
        rows = result_rows(assessor.results_of_body(uow, organisation_id(), **part))
    if wants_csv:
        return csv_response("results.csv", _COLUMNS, [[row[name] for name in _COLUMNS] for row in rows])
    return render_template("awarding/results.html", results=rows, waiting=counts.waiting, pager=at)


@blueprint.get("/results/<result_id>")
@staff(Role.AWARDING_BODY)
def result(result_id: str) -> str:
    """One result with the reason for its verdict."""
    with services().store.read(actor()) as uow:
        found = assessor.result_of_body(uow, organisation_id(), result_id)
        parts = staff_result(uow, found.result, found.entry)
    delivered = found.delivery is not None and found.delivery.state is assessor.DeliveryState.DELIVERED
    return render_template(
        "awarding/result.html",
        **parts,
        may_answer=found.delivery is None or delivered,
        delivery=found.delivery.state.value if found.delivery else "not_pulled",
        reason=found.delivery.reason if found.delivery else None,
    )


@blueprint.post("/results/<result_id>")
@staff(Role.AWARDING_BODY)
def answer(result_id: str) -> Response:
    """Accept a result, or return it for correction with a reason."""
    answers = {"accept": assessor.DeliveryAnswer.ACKNOWLEDGE, "return": assessor.DeliveryAnswer.RETURN}
    decision = answers.get(request.form.get("decision", ""))
    if decision is None:
        raise Invalid("request_malformed")
    with services().store.write(actor()) as uow:
        assessor.deliver_result(uow, organisation_id(), result_id)
        assessor.acknowledge(
            uow, organisation_id(), result_id, decision=decision, reason=request.form.get("reason", "")
        )
    flash(
        _("The result is accepted.") if decision is answers["accept"] else _("The result was returned."),
        "success",
    )
    return go("awarding.results")


@blueprint.get("/credentials")
@staff(Role.AWARDING_BODY)
def credentials() -> Response | str:
    """The credentials of this body."""
    with services().store.read(actor()) as uow:
        rows = credential_rows(bank.credential_versions(uow))
    if request.args.get("format") == "csv":
        columns = ("code", "version", "state", "level", "hours", "pcs", "digest")
        return csv_response("credentials.csv", columns, [[row[name] for name in columns] for row in rows])
    return render_template("awarding/credentials.html", credentials=rows)


@blueprint.get("/credentials/<credential_id>")
@staff(Role.AWARDING_BODY)
def credential(credential_id: str) -> str:
    """One credential document with what the rulebook says of it, its versions, and what may be done with it."""
    with services().store.read(actor()) as uow:
        version = bank.credential_version(uow, credential_id)
        versions = bank.credential_versions(uow)
        counted = bank.bank_facts(uow, credential_id)
        adopted = bank.credential_facts(uow, credential_id)
        permissions = bank.adoption_permissions(uow, credential_id)
        rested = bank.credential_adoptions(uow, credential_id)
        people = identity_queries.names(uow, {one.adopted_by for one in rested})
        bodies = identity_queries.organisations(uow, kind=OrganisationKind.AWARDING_BODY)
    pages = bank.credential_pdf(version.document, "en", sha256=version.sha256).pages
    facts = replace(adopted, pages=pages, items_per_pc=counted.items_per_pc)
    live = version.state is bank.CredentialState.LIVE
    return render_template(
        "awarding/credential.html",
        credential=credential_page(version),
        document=version.document,
        view=credential_view(version, bank.findings(version.document, facts), facts),
        versions=version_rows(versions, of=version),
        coverage=coverage_rows(version.document, counted) if live else [],
        permissions=permission_rows(permissions, bodies),
        thresholds=adoption_rows(rested, version.document, people),
        others=[(body.id, body.name) for body in bodies if body.id != version.owner_id],
        next_version=next_version(version.document.version),
    )


@blueprint.get("/keys")
@staff(Role.AWARDING_BODY)
def keys() -> Response | str:
    """The API keys of this body."""
    if request.args.get("format") == "csv":
        with services().store.read(actor()) as uow:
            found = identity_queries.api_keys(uow, organisation_id())
        columns = ("label", "prefix", "created_at", "last_used_at", "revoked_at")
        return csv_response("keys.csv", columns, [[getattr(key, name) for name in columns] for key in found])
    return _keys_page(None)


@blueprint.post("/keys")
@staff(Role.AWARDING_BODY)
@recent_proof
def issue_key() -> str:
    """Make a key; its secret is shown on this one answer and never again."""
    with services().store.write(actor()) as uow:
        issued = identity.issue_api_key(uow, organisation_id(), label=request.form.get("label", ""))
    return _keys_page(issued.secret)


@blueprint.post("/keys/<key_id>/revoke")
@staff(Role.AWARDING_BODY)
@recent_proof
def revoke_key(key_id: str) -> Response:
    """End a key at once."""
    with services().store.write(actor()) as uow:
        identity.revoke_api_key(uow, organisation_id(), key_id)
    flash(_("The key is revoked."), "success")
    return go("awarding.keys")


def _keys_page(new_secret: str | None) -> str:
    with services().store.read(actor()) as uow:
        found = identity_queries.api_keys(uow, organisation_id())
    example = f'curl -H "Authorization: Bearer kst_…" {url_for("api.results", _external=True)}'
    return render_template("awarding/keys.html", keys=found, new_secret=new_secret, example=example)
