# SPDX-License-Identifier: Apache-2.0
"""Pages of awarding bodies on their credentials: the editor, files in and out, versions, publishing, adoption."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, flash, render_template, request

from core.errors import Conflict, Invalid, NotFound
from core.identity import queries as identity
from core.identity.model import Role
from core.uow import UnitOfWork
from item_bank import api as bank
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.error_texts import text_of
from web.forms.credential_fields import SectionForm
from web.forms.credential_sections import SECTIONS, section_form
from web.forms.credentials import (
    EditorForm,
    blank_rows,
    groups_of,
    open_form,
    posted_rule,
    read_form,
    standard_rule,
)
from web.forms.new_credential import new_credential
from web.presenters.common import component_label, exact, percent
from web.presenters.credentials import (
    adoptable_rows,
    differences,
    finding_row,
    overlay_page,
    rule_lines_with_depth,
    section_links,
)
from web.words import _

blueprint = Blueprint("credentials", __name__, url_prefix="/awarding/credentials")
blueprint.add_app_template_filter(component_label, "component_label")
blueprint.add_app_template_filter(exact, "mark_text")
blueprint.add_app_template_filter(percent, "share_text")
blueprint.add_app_template_filter(rule_lines_with_depth, "rule_lines")
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


# -------------------------------------------------------------------------------------------- new ones


@blueprint.get("/new")
@staff(Role.AWARDING_BODY)
def new() -> str:
    """Where a credential begins."""
    return _new_page({}, {})


@blueprint.post("/new")
@staff(Role.AWARDING_BODY)
def create() -> Response | tuple[str, int]:
    """Make a draft of the few things that every credential has."""
    with services().store.read(actor()) as uow:
        owner = identity.organisation(uow, organisation_id())
    document, errors = new_credential(request.form, awarding_body=owner.name if owner else "")
    if errors:
        return _new_page(request.form, errors), 422
    try:
        with services().store.write(actor()) as uow:
            draft = bank.add_credential_version(uow, owner_id=organisation_id(), document=document)
    except Conflict as refusal:
        return _new_page(request.form, {"code": _explain(refusal)}), 422
    return go(
        "credentials.edit", credential_id=draft.id, section="structure", message=_("The draft is made.")
    )


@blueprint.get("/import")
@staff(Role.AWARDING_BODY)
def import_form() -> str:
    """Where a workbook or a JSON file is brought in."""
    return render_template("credentials/import.html", problems=[], error="")


@blueprint.post("/import")
@staff(Role.AWARDING_BODY)
def import_file() -> Response | tuple[str, int]:
    """Store the document of a file as a draft; every mistake is named by its cell."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid("file_missing")
        document = bank.read_credential_file(file.read(), filename=file.filename)
        with services().store.write(actor()) as uow:
            draft = bank.add_credential_version(uow, owner_id=organisation_id(), document=document)
    except (Invalid, Conflict, NotFound) as refusal:
        problems = refusal.facts.get("problems", [])
        return render_template("credentials/import.html", problems=problems, error=_explain(refusal)), 422
    return go("awarding.credential", credential_id=draft.id, message=_("The document is stored as a draft."))


@blueprint.get("/template.xlsx")
@staff(Role.AWARDING_BODY)
def template() -> Response:
    """The empty workbook."""
    return _file(bank.credential_template_xlsx(), "kasauti-credential.xlsx", _TYPES["xlsx"])


# -------------------------------------------------------------------------------------------- editor


@blueprint.get("/<credential_id>/edit/<section>")
@staff(Role.AWARDING_BODY)
def edit(credential_id: str, section: str) -> str:
    """One section of a draft."""
    with services().store.read(actor()) as uow:
        version, document = _draft(uow, credential_id)
        facts = _facts(uow, credential_id)
    form = _open(section, version, document, blank=10 if request.args.get("more") else 0)
    return _edit_page(version, facts, form, section)


@blueprint.post("/<credential_id>/edit/<section>")
@staff(Role.AWARDING_BODY)
def save(credential_id: str, section: str) -> Response | tuple[str, int]:
    """Save a section; what cannot be saved comes back as it was typed."""
    with services().store.read(actor()) as uow:
        version, stored = _draft(uow, credential_id)
        facts = _facts(uow, credential_id)
    wanted = _section(section, version)
    standard = section == "rule" and request.form.get("action") == "standard"
    typed = posted_rule(standard_rule(version.document, request.form)) if standard else request.form
    document, form = read_form(
        wanted,
        typed,
        bank.sheets_of(stored),
        languages=stored["language"],
        components=_components(stored),
    )
    if not form.problems and not _has_errors(form):
        try:
            with services().store.write(actor()) as uow:
                saved = bank.save_credential_draft(
                    uow, credential_id, document=document, replaces=request.form.get("replaces", "")
                )
            return _saved(saved, section, document)
        except (Invalid, Conflict, NotFound) as refusal:
            form.problems.append(_explain(refusal))
    return _edit_page(version, facts, form, section, refused=True), 422


def _saved(saved: bank.CredentialVersion, section: str, document: dict[str, Any]) -> Response:
    if section.startswith("nos-"):
        place = int(section.removeprefix("nos-"))
        section = section if place < len(document["nos"]) else "structure"
    more = {"more": "yes"} if blank_rows(request.form) else {}
    return go("credentials.edit", credential_id=saved.id, section=section, message=_("Saved."), **more)


def _edit_page(
    version: bank.CredentialVersion,
    facts: bank.Facts,
    form: EditorForm,
    section: str,
    *,
    refused: bool = False,
) -> str:
    found = bank.findings(version.document, facts)
    page = section.partition("-")[0]
    page = "structure" if page == "nos" else page
    mine = "assessment" if page == "tasks" else page
    return render_template(
        "credentials/edit.html",
        credential=version,
        section=section,
        page=page,
        form=form,
        groups=groups_of(form),
        links=section_links(version.document, found, current=page),
        findings=[finding_row(one) for one in found if one.section.value == mine],
        overlay=overlay_page(facts.overlay) if page == "adoption" else None,
        standards=[(f"nos-{place}", nos.code, nos) for place, nos in enumerate(version.document.nos)],
        replaces=request.form.get("replaces", version.sha256),
        refused=refused,
    )


# -------------------------------------------------------------------------------------------- files out


@blueprint.get("/<credential_id>/file/<kind>")
@staff(Role.AWARDING_BODY)
def export(credential_id: str, kind: str) -> Response:
    """The document as xlsx or JSON."""
    if kind not in _TYPES:
        raise NotFound("page_unknown")
    with services().store.read(actor()) as uow:
        document = bank.credential_json(uow, credential_id)
    name = f"{_slug(document['code'])}-{document['version']}.{kind}"
    return _file(bank.write_credential_file(document, filename=name), name, _TYPES[kind])


@blueprint.get("/<credential_id>/print/<language>")
@staff(Role.AWARDING_BODY)
def print_pdf(credential_id: str, language: str) -> Response:
    """The printed document in English or Hindi."""
    with services().store.read(actor()) as uow:
        version = bank.credential_version(uow, credential_id)
    if language not in ("en", "hi"):
        raise NotFound("page_unknown")
    printed = bank.credential_pdf(version.document, language, sha256=version.sha256)
    name = f"{_slug(version.document.code)}-{version.document.version}-{language}.pdf"
    return _file(printed.data, name, "application/pdf")


@blueprint.get("/<credential_id>/difference/<other_id>")
@staff(Role.AWARDING_BODY)
def difference(credential_id: str, other_id: str) -> str:
    """What changed from another version to this one."""
    with services().store.read(actor()) as uow:
        after, before = bank.credential_version(uow, credential_id), bank.credential_version(uow, other_id)
        sheets = [bank.sheets_of(bank.credential_json(uow, one.id)) for one in (before, after)]
    return render_template(
        "credentials/difference.html", before=before, after=after, rows=differences(*sheets)
    )


# -------------------------------------------------------------------------------------------- states


@blueprint.post("/<credential_id>/publish")
@staff(Role.AWARDING_BODY)
def publish(credential_id: str) -> Response:
    """Make a draft live, with a reason for each warning."""
    reasons = {
        name.removeprefix("reason-"): text
        for name, text in request.form.items()
        if name.startswith("reason-")
    }
    with services().store.read(actor()) as uow:
        version = bank.credential_version(uow, credential_id)
    pages = bank.credential_pdf(version.document, "en", sha256=version.sha256).pages
    try:
        with services().store.write(actor()) as uow:
            bank.publish_credential(uow, credential_id, warning_reasons=reasons, pages=pages)
    except Conflict as refusal:
        flash(_explain(refusal), "danger")
        return go("awarding.credential", credential_id=credential_id)
    message = _("The version is live. Its content can no longer change.")
    return go("awarding.credential", credential_id=credential_id, message=message)


@blueprint.post("/<credential_id>/withdraw")
@staff(Role.AWARDING_BODY)
def withdraw(credential_id: str) -> Response:
    """Take a version out of use."""
    with services().store.write(actor()) as uow:
        bank.withdraw_credential(uow, credential_id)
    return go("awarding.credential", credential_id=credential_id, message=_("The version is withdrawn."))


@blueprint.post("/<credential_id>/version")
@staff(Role.AWARDING_BODY)
def new_version(credential_id: str) -> Response:
    """A draft that begins with the content of a version."""
    try:
        with services().store.write(actor()) as uow:
            bank.require_own_credential(uow, credential_id)
            document = bank.credential_json(uow, credential_id) | {
                "version": request.form.get("version", "").strip()
            }
            draft = bank.add_credential_version(uow, owner_id=organisation_id(), document=document)
    except (Invalid, Conflict) as refusal:
        flash(_explain(refusal), "danger")
        return go("awarding.credential", credential_id=credential_id)
    return go("credentials.edit", credential_id=draft.id, section="basics", message=_("The draft is made."))


@blueprint.post("/<credential_id>/permit")
@staff(Role.AWARDING_BODY)
def permit(credential_id: str) -> Response:
    """Let another awarding body adopt a private credential."""
    form = request.form
    try:
        with services().store.write(actor()) as uow:
            bank.require_own_credential(uow, credential_id)
            bank.permit_adoption(
                uow, credential_id, body=form.get("body", ""), reference=form.get("reference", "")
            )
    except (Invalid, Conflict, NotFound) as refusal:
        if refusal.code == "credential_unknown":
            raise
        flash(_explain(refusal), "danger")
        return go("awarding.credential", credential_id=credential_id)
    return go("awarding.credential", credential_id=credential_id, message=_("The permission is recorded."))


# -------------------------------------------------------------------------------------------- adoption


@blueprint.get("/adopt")
@staff(Role.AWARDING_BODY)
def adopt_form() -> str:
    """What other awarding bodies published for adoption."""
    return _adopt_page({}, "")


@blueprint.post("/adopt")
@staff(Role.AWARDING_BODY)
def adopt() -> Response | tuple[str, int]:
    """Make a draft that begins as its parent."""
    form = request.form
    try:
        with services().store.write(actor()) as uow:
            document = bank.adopted_document(
                uow,
                form.get("parent", ""),
                code=form.get("code", "").strip(),
                version=form.get("version", "").strip(),
            )
            draft = bank.add_credential_version(uow, owner_id=organisation_id(), document=document)
    except (Invalid, Conflict, NotFound) as refusal:
        return _adopt_page(form, _explain(refusal)), 422
    return go("credentials.edit", credential_id=draft.id, section="adoption", message=_("The draft is made."))


def _adopt_page(values: Any, error: str) -> str:
    with services().store.read(actor()) as uow:
        rows = adoptable_rows(bank.adoptable_credentials(uow))
    return render_template("credentials/adopt.html", credentials=rows, values=values, error=error)


# -------------------------------------------------------------------------------------------- helpers


def _new_page(values: Any, errors: dict[str, str]) -> str:
    return render_template("credentials/new.html", values=values, errors=errors)


def _draft(uow: UnitOfWork, credential_id: str) -> tuple[bank.CredentialVersion, dict[str, Any]]:
    """A draft of this body. Conflict(``credential_state``) for a version that may not change any more."""
    bank.require_own_credential(uow, credential_id)
    version = bank.credential_version(uow, credential_id)
    if version.state is not bank.CredentialState.DRAFT:
        raise Conflict("credential_state", state=version.state.value, command="edit")
    return version, bank.credential_json(uow, credential_id)


def _facts(uow: UnitOfWork, credential_id: str) -> bank.Facts:
    return bank.credential_facts(uow, credential_id)


def _section(section: str, version: bank.CredentialVersion) -> SectionForm:
    found = re.fullmatch(r"nos-([0-9]{1,2})", section)
    if found and int(found[1]) < len(version.document.nos):
        return section_form("nos", nos=version.document.nos[int(found[1])].code)
    if section not in SECTIONS or (section == "adoption" and version.document.adoption is None):
        raise NotFound("page_unknown")
    return section_form(section)


def _open(
    section: str, version: bank.CredentialVersion, document: dict[str, Any], *, blank: int
) -> EditorForm:
    return open_form(
        _section(section, version),
        bank.sheets_of(document),
        languages=document["language"],
        components=_components(document),
        blank=blank,
    )


def _components(document: dict[str, Any]) -> list[str]:
    return [str(component["id"]) for component in document["components"]]


def _has_errors(form: EditorForm) -> bool:
    rows = [*form.fields.values(), *(row for rows in form.tables.values() for row in rows)]
    return any(row.errors or any(one.errors for inner in row.inner.values() for one in inner) for row in rows)


def _explain(refusal: Invalid | Conflict | NotFound) -> str:
    text = text_of(refusal.code, refusal.facts)
    return f"{text.title} {text.advice}".strip()


def _slug(code: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", code).strip("-")


def _file(data: bytes, name: str, kind: str) -> Response:
    response = Response(data, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
