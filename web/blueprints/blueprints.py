# SPDX-License-Identifier: Apache-2.0
"""Pages of blueprints: the builder with its proof for managers, and the same and the coverage matrix to read for others."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.datastructures import MultiDict

from assessor import api as assessor
from core.errors import Conflict, Invalid
from core.identity import queries as identity
from core.identity.model import Role
from core.ids import seed
from core.uow import UnitOfWork
from item_bank import api as bank
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.error_texts import text_of
from web.forms.blueprint_sections import edited
from web.forms.blueprints import MOST_PAPERS, PAPERS, Asked, read_blueprint, values_of
from web.presenters.blueprint_pages import (
    builder_view,
    credential_options,
    draw_rows,
    plan_view,
    problem_lines,
    waiver_rows,
)
from web.presenters.blueprints import blueprint_rows, matrix_rows, proof_view
from web.presenters.common import csv_response
from web.words import _, ngettext

blueprint = Blueprint("blueprints", __name__, url_prefix="/blueprints")
READERS = (Role.MANAGER, Role.AWARDING_BODY)


@blueprint.get("")
@staff(*READERS)
def index() -> Response | str:
    """The blueprints for one credential: one's own, or those of the agencies that one engaged."""
    with services().store.read(actor()) as uow:
        credential, credentials = _chosen(uow)
        stored = _stored(uow, credential) if credential else []
        rows = blueprint_rows(stored, organisations=_names(uow, [one.owner_id for one in stored]))
    if request.args.get("format") == "csv":
        columns = ("name", "agency", "component", "items", "minutes", "created_at")
        return csv_response("blueprints.csv", columns, [[row[name] for name in columns] for row in rows])
    return render_template(
        "blueprints/index.html",
        blueprints=rows,
        credential=credential_options([credential])[0] if credential else None,
        credentials=credential_options(credentials),
        may_build=Role.MANAGER in actor().roles,
    )


@blueprint.get("/new")
@staff(Role.MANAGER)
def new() -> str:
    """The builder, filled in as the credential says, or as another blueprint is."""
    with services().store.read(actor()) as uow:
        credential, _all = _chosen(uow)
        if credential is None:
            return render_template("blueprints/index.html", credential=None, blueprints=[], credentials=[])
        names = bank.item_names(uow, owner_id=organisation_id(), credential_version_id=credential.id)
        plan = bank.natural_plan(credential.document, component=request.args.get("component", "theory")[:40])
        if like := request.args.get("like", "")[:40]:
            found = bank.blueprint(uow, like).blueprint
            plan = found if isinstance(found, bank.Plan) else plan
        values = values_of(plan, names={item: name for name, item in names.items()})
        return _builder(uow, credential, values, read_blueprint(values, credential.document, names=names))


@blueprint.post("/new")
@staff(Role.MANAGER)
def create() -> Response | str | tuple[str, int]:
    """Store the blueprint, or show it again with its proof."""
    credential_id = request.form.get("credential", "")[:40]
    with services().store.read(actor()) as uow:
        credential = bank.credential_version(uow, credential_id)
        asked = _asked(uow, credential)
        values = _edited(credential)
        if request.form.get("action") != "save" or asked.errors:
            # A new section has nothing in it yet, and nobody needs to be told so.
            calm = values is not request.form
            page = _builder(uow, credential, values, asked, calm=calm)
            return (page, 422) if asked.errors and not calm else page
    try:
        with services().store.write(actor()) as uow:
            made = bank.add_blueprint(
                uow,
                owner_id=organisation_id(),
                credential_version_id=credential_id,
                name=asked.name,
                document=asked.document,
            )
    except (Invalid, Conflict) as refusal:
        text = text_of(refusal.code, refusal.facts)
        problems = refusal.facts.get("problems")
        lines = problem_lines(problems, asked.document) if isinstance(problems, list) else []
        field = {"blueprint_name": "name", "blueprint_exists": "name"}.get(refusal.code, "whole")
        asked.errors[field] = " ".join([text.title, *(lines or [text.advice])])
        with services().store.read(actor()) as uow:
            return _builder(uow, credential, request.form, asked), 422
    return go("blueprints.show", message=_("The blueprint is saved."), blueprint_id=made.id)


@blueprint.post("/proof")
@staff(Role.MANAGER)
def proof() -> str:
    """The proof of what the builder holds just now, as a fragment of the page."""
    with services().store.read(actor()) as uow:
        credential = bank.credential_version(uow, request.form.get("credential", "")[:40])
        return render_template(
            "blueprints/proof.html", **_proof_context(uow, credential, _asked(uow, credential))
        )


@blueprint.get("/<blueprint_id>")
@staff(*READERS)
def show(blueprint_id: str) -> str:
    """A stored blueprint with the proof over today's bank, the reasons recorded, and its draws."""
    with services().store.read(actor()) as uow:
        stored = bank.readable_blueprint(uow, blueprint_id)
        return render_template("blueprints/blueprint.html", **_show_context(uow, stored))


@blueprint.post("/<blueprint_id>/reason")
@staff(Role.MANAGER)
def waive(blueprint_id: str) -> Response:
    """Record, under one's own name, why a blueprint is used although its lint blocks it."""
    with services().store.write(actor()) as uow:
        bank.waive_lint(uow, blueprint_id, reason=request.form.get("reason", "")[:5000])
    return go("blueprints.show", message=_("Your reason is recorded."), blueprint_id=blueprint_id)


@blueprint.post("/<blueprint_id>/draw")
@staff(Role.MANAGER)
def draw(blueprint_id: str) -> Response:
    """Draw and seal papers ahead of a sitting: all of them or none."""
    papers = request.form.get("papers", default=0, type=int)
    with services().store.write(actor()) as uow:
        definition = assessor.define_assessment(
            uow, organisation_id=organisation_id(), blueprint_id=blueprint_id
        )
        forms = assessor.assemble_forms(
            uow, definition.id, organisation_id=organisation_id(), count=papers, seed=seed()
        )
        for form in forms:
            assessor.seal_form(uow, form.id, organisation_id=organisation_id())
    message = ngettext(
        "%(num)s paper is drawn and sealed.", "%(num)s papers are drawn and sealed.", len(forms)
    )
    return go("blueprints.show", message=message, blueprint_id=blueprint_id)


@blueprint.post("/draws/<draw_id>/replay")
@staff(Role.MANAGER)
def replay(draw_id: str) -> Response:
    """Draw once more from the recorded bank and seed, and compare byte by byte."""
    with services().store.read(actor()) as uow:
        same = assessor.replays(uow, draw_id, organisation_id=organisation_id())
        blueprint_id = assessor.blueprint_of_draw(uow, draw_id, organisation_id=organisation_id())
    message = (
        _("Drawn again from the recorded bank and seed: every paper is the same, byte by byte.")
        if same
        else _(
            "Drawn again, the papers are NOT the same. Keep this page and tell the person who runs this platform."
        )
    )
    return go("blueprints.show", message=message, blueprint_id=blueprint_id)


@blueprint.get("/coverage")
@staff(Role.MANAGER, Role.AWARDING_BODY, Role.AUTHOR, Role.REVIEWER)
def coverage() -> Response | str:
    """The coverage matrix: PCs by components, as numbers on a heat map."""
    with services().store.read(actor()) as uow:
        context = _coverage_context(uow)
    if request.args.get("format") == "csv":
        columns = ("nos", "pc", "component", "counted", "there", "needed", "wanted")
        parts = ("component", "of", "there", "needed", "wanted")
        cells = [
            (row["nos"], row["pc"], *(cell[name] for name in parts))
            for row in context["rows"]
            for cell in row["cells"]
        ]
        return csv_response("coverage.csv", columns, cells)
    return render_template("blueprints/coverage.html", **context)


def _show_context(uow: UnitOfWork, stored: bank.StoredBlueprint) -> dict[str, Any]:
    """A stored blueprint, proved over today's bank, with its reasons; its draws and items for its agency only."""
    own = stored.owner_id == organisation_id()
    credential = bank.credential_version(uow, stored.credential_version_id)
    names = {item: name for name, item in _named(uow, credential).items()} if own else {}
    waivers = bank.waivers(uow, stored.id)
    waived = [pc for waiver in waivers for pc in waiver.pcs]
    papers = min(max(request.args.get("papers", default=PAPERS, type=int), 1), MOST_PAPERS)
    found = _prove(uow, credential, stored.blueprint, owner_id=stored.owner_id, papers=papers)
    people = {person.id: person.name for person in identity.people(uow, stored.owner_id)}
    return {
        "blueprint": blueprint_rows([stored], organisations=_names(uow, [stored.owner_id]))[0],
        "plan": plan_view(stored.blueprint, names=names),
        "digest": stored.sha256,
        "credential": credential_options([credential])[0],
        "proof": proof_view(found, stored.blueprint, credential.document, names=names, waived=waived),
        "waivers": waiver_rows(waivers, people=people),
        "draws": draw_rows(_draws(uow, stored)) if own else [],
        "may_manage": own and Role.MANAGER in actor().roles,
    }


def _coverage_context(uow: UnitOfWork) -> dict[str, Any]:
    """The matrix of the chosen credential over the chosen agency's bank, as far as the reader may see one."""
    credential, credentials = _chosen(uow)
    level = next((one for one in bank.Difficulty if one.value == request.args.get("difficulty")), None)
    told = request.args.get("language", "")
    language = told if credential is not None and told in credential.document.languages else None
    agencies = _agencies(uow, credential) if credential else {}
    agency = request.args.get("agency", "")[:40]
    agency = agency if agency in agencies else next(iter(agencies), "")
    rows: list[dict[str, Any]] = []
    if credential is not None:
        found = (
            bank.bank_for_proof(uow, owner_id=agency, credential_version_id=credential.id) if agency else []
        )
        matrix = bank.coverage_matrix(found, credential.document, difficulty=level, language=language)
        rows = matrix_rows(matrix, credential.document)
    return {
        "rows": rows,
        "components": [part.id for part in credential.document.components] if credential else [],
        "credential": credential_options([credential])[0] if credential else None,
        "credentials": credential_options(credentials),
        "agencies": agencies,
        "chosen": {"agency": agency, "difficulty": level.value if level else "", "language": language or ""},
    }


def _prove(
    uow: UnitOfWork,
    credential: bank.CredentialVersion,
    blueprint: bank.AnyBlueprint,
    *,
    owner_id: str,
    papers: int,
) -> bank.Proof:
    items = bank.bank_for_proof(uow, owner_id=owner_id, credential_version_id=credential.id)
    used = assessor.sealed_use(uow, organisation_id=owner_id, credential_version_id=credential.id, bank=items)
    return bank.prove(items, blueprint, credential.document, papers=papers, used=used)


def _builder(
    uow: UnitOfWork,
    credential: bank.CredentialVersion,
    values: MultiDict[str, str],
    asked: Asked,
    *,
    calm: bool = False,
) -> str:
    errors = {} if calm else asked.errors
    return render_template(
        "blueprints/builder.html",
        **builder_view(credential, values, errors=errors),
        **_proof_context(uow, credential, asked),
    )


def _proof_context(uow: UnitOfWork, credential: bank.CredentialVersion, asked: Asked) -> dict[str, Any]:
    """The proof of a document that may still be wrong: then what is wrong instead."""
    try:
        plan = bank.parse_plan(asked.document, credential=credential.document)
    except Invalid as refusal:
        problems = refusal.facts["problems"]
        lines = problem_lines(problems, asked.document) if isinstance(problems, list) else []
        return {"proof": None, "problems": [*asked.errors.values(), *lines]}
    if asked.errors:
        return {"proof": None, "problems": list(asked.errors.values())}
    names = {item: name for name, item in _named(uow, credential).items()}
    found = _prove(uow, credential, plan, owner_id=organisation_id(), papers=asked.papers)
    return {"proof": proof_view(found, plan, credential.document, names=names), "problems": []}


def _asked(uow: UnitOfWork, credential: bank.CredentialVersion) -> Asked:
    return read_blueprint(_edited(credential), credential.document, names=_named(uow, credential))


def _edited(credential: bank.CredentialVersion) -> MultiDict[str, str]:
    """The form with a section more or less, where that was asked for."""
    return edited(request.form, credential.document.languages)


def _named(uow: UnitOfWork, credential: bank.CredentialVersion) -> dict[str, str]:
    return bank.item_names(uow, owner_id=organisation_id(), credential_version_id=credential.id)


def _chosen(uow: UnitOfWork) -> tuple[bank.CredentialVersion | None, list[bank.CredentialVersion]]:
    """The credential that the address names, else the first; and all there are to choose from."""
    found = bank.credential_versions(uow, state=bank.CredentialState.LIVE)
    wanted = request.args.get("credential", "")[:40]
    if wanted:
        return bank.credential_version(uow, wanted), found
    return next(iter(found), None), found


def _stored(uow: UnitOfWork, credential: bank.CredentialVersion) -> list[bank.StoredBlueprint]:
    if credential.owner_id == organisation_id():
        return bank.blueprints_of_credential(uow, credential.id)
    return bank.blueprints(uow, owner_id=organisation_id(), credential_version_id=credential.id)


def _agencies(uow: UnitOfWork, credential: bank.CredentialVersion) -> dict[str, str]:
    """Whose banks one may look at: one's own, or those of the agencies engaged for one's credential."""
    if credential.owner_id != organisation_id():
        return _names(uow, [organisation_id()])
    engaged = [one.agency_id for one in bank.engagements(uow) if one.credential_version_id == credential.id]
    return _names(uow, list(dict.fromkeys(engaged)))


def _names(uow: UnitOfWork, organisations: list[str]) -> dict[str, str]:
    found = {one: identity.organisation(uow, one) for one in organisations}
    return {one: organisation.name if organisation else "" for one, organisation in found.items()}


def _draws(uow: UnitOfWork, stored: bank.StoredBlueprint) -> list[assessor.DrawRecord]:
    """The draws of the blueprint's assessment, if it has one."""
    return [
        record
        for definition in assessor.assessments(uow, organisation_id=stored.owner_id)
        if definition.blueprint_id == stored.id
        for record in assessor.draws(uow, definition.id, organisation_id=stored.owner_id)
    ]
