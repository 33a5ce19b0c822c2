# SPDX-License-Identifier: Apache-2.0
"""Pages of awarding bodies: declared results, credentials, API keys."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, flash, render_template, request, url_for

from assessor import api as assessor
from core.errors import Invalid
from core.identity import operations as identity
from core.identity import queries as identity_queries
from core.identity.model import OrganisationKind, Role
from item_bank import api as bank
from web.access import actor, organisation_id, recent_proof, services, staff
from web.answers import go
from web.presenters.awarding import credential_page, credential_rows, result_rows
from web.presenters.common import csv_response
from web.presenters.credentials import (
    coverage_rows,
    credential_view,
    next_version,
    permission_rows,
    version_rows,
)
from web.presenters.results import result_page
from web.words import _

blueprint = Blueprint("awarding", __name__, url_prefix="/awarding")


@blueprint.get("/results")
@staff(Role.AWARDING_BODY)
def results() -> Response | str:
    """The declared results of this body, newest first; looking at them delivers nothing."""
    with services().store.read(actor()) as uow:
        rows = result_rows(assessor.results_of_body(uow, organisation_id()))
    if request.args.get("format") == "csv":
        columns = (
            "sequence",
            "candidate_name",
            "credential_code",
            "batch_name",
            "verdict",
            "declared_at",
            "delivery",
        )
        return csv_response("results.csv", columns, [[row[name] for name in columns] for row in rows])
    return render_template("awarding/results.html", results=rows)


@blueprint.get("/results/<result_id>")
@staff(Role.AWARDING_BODY)
def result(result_id: str) -> str:
    """One result with the reason for its verdict."""
    with services().store.read(actor()) as uow:
        found = assessor.result_of_body(uow, organisation_id(), result_id)
        credential = assessor.credential_of_entry(uow, found.entry.id).document
        agency = identity_queries.organisation(uow, found.entry.agency_id)
    delivered = found.delivery is not None and found.delivery.state is assessor.DeliveryState.DELIVERED
    page = result_page(
        found.result,
        credential,
        candidate_name=found.entry.candidate_name,
        agency=agency.name if agency else "",
        awarding_body=credential.awarding_body,
    )
    return render_template(
        "awarding/result.html",
        result=page,
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
