# SPDX-License-Identifier: Apache-2.0
"""Writing an item: the form of every kind of interaction, its live preview and findings, its files."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from core.errors import Conflict, Invalid
from core.identity.model import Role
from item_bank import api as bank
from scoring.api import Interaction
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.error_texts import text_of
from web.forms.item_checks import CheckedForm, FieldProblem, check_form, field_problem
from web.forms.item_files import take_file
from web.forms.item_loading import form_of, use_stimulus
from web.forms.item_steps import new_part, take_step
from web.forms.items import KINDS, ItemForm, read_item_form
from web.presenters.editor import Page, editor_page, kinds_page, live_findings
from web.words import _

blueprint = Blueprint("editor", __name__, url_prefix="/author")
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@blueprint.get("/items/new")
@staff(Role.AUTHOR)
def new() -> str | tuple[str, int]:
    """Choose a kind of interaction, or begin with the one in the address."""
    kind = request.args.get("type", "")
    with services().store.read(actor()) as uow:
        credentials = bank.credential_versions(uow, state=bank.CredentialState.LIVE)
    chosen = _chosen(credentials, request.args.get("credential", ""))
    if kind not in KINDS or chosen is None:
        return render_template("author/edit/new.html", **kinds_page(credentials, chosen))
    form = ItemForm(
        credential_version_id=chosen.id,
        languages=list(chosen.document.languages),
        pc=request.args.get("pc", "")[:32],
        parts=[new_part(Interaction(kind), [])],
    )
    return _page(Page(form, None))


@blueprint.post("/items/new")
@staff(Role.AUTHOR)
def create() -> Response | str | tuple[str, int]:
    """Keep a new item, or take one step in its form."""
    return _act(read_item_form(request.form.to_dict()), None)


@blueprint.get("/items/<item_id>/edit")
@staff(Role.AUTHOR)
def edit(item_id: str) -> Response | str | tuple[str, int]:
    """The form of an item as its newest version is stored."""
    saved = _saved(item_id)
    with services().store.read(actor()) as uow:
        newest = bank.versions_of_item(uow, saved.version.item_id)[0]
    if newest.id != item_id:
        return go("editor.edit", item_id=newest.id)
    form = form_of(
        saved.document,
        credential_version_id=saved.version.credential_version_id,
        revision=saved.revision,
    )
    return _page(Page(form, saved))


@blueprint.post("/items/<item_id>/edit")
@staff(Role.AUTHOR)
def save(item_id: str) -> Response | str | tuple[str, int]:
    """Keep a draft, or take one step in its form."""
    form = read_item_form(request.form.to_dict())
    saved = _saved(item_id)
    form.credential_version_id = saved.version.credential_version_id
    form.external_id = saved.version.external_id
    return _act(form, saved)


@blueprint.post("/items/<item_id>/copy")
@staff(Role.AUTHOR)
def copy(item_id: str) -> Response:
    """The same item under another name, to go on from there."""
    name = request.form.get("external_id", "").strip()
    if not name or len(name) > 64:
        raise Invalid("item_name")
    with services().store.write(actor()) as uow:
        made = bank.copy_item(uow, item_id, external_id=name)
    return go("editor.edit", message=_("This is the copy. Change it and save it."), item_id=made.id)


@blueprint.post("/preview")
@staff(Role.AUTHOR)
def preview() -> Response:
    """What a learner would see of the form as it stands, and what is to be said about it."""
    form = read_item_form(request.form.to_dict())
    item_id = request.form.get("version_id", "")
    saved = _saved(item_id) if item_id else None
    page = Page(form, saved)
    return jsonify(live_findings(page, _check(page)))


@blueprint.get("/media/<sha256>")
@staff(Role.AUTHOR, Role.REVIEWER)
def media(sha256: str) -> Response:
    """One file of the bank, for its own staff."""
    with services().store.read(actor()) as uow:
        file = bank.media_file(uow, sha256, owner_id=organisation_id())
    response = Response(file.data, mimetype=file.media_type)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "private, max-age=3600, immutable"
    return response


def _act(form: ItemForm, saved: bank.Draft | None) -> Response | str | tuple[str, int]:
    do = request.form.get("do", "save")
    if do in ("save", "submit"):
        return _keep(Page(form, saved, judged=True), submit=do == "submit")
    page = Page(form, saved, judged=request.form.get("judged") == "yes")
    if do == "upload":
        page.focus, problem = _upload(form)
        page.more += [problem] if problem else []
    elif do == "stimulus":
        page.focus = _fetch_stimulus(form)
    elif do == "language":
        page.focus = take_step(form, f"language {request.form.get('language', '')}")
    elif do != "look":
        page.focus = take_step(form, do)
    return _page(page)


def _keep(page: Page, *, submit: bool) -> Response | str | tuple[str, int]:
    checked = _check(page, submit=submit)
    if checked.item is None:
        return _page(page, checked, status=422)
    try:
        version = _store(page, checked.item, submit=submit)
    except (Conflict, Invalid) as refusal:
        return _refused(page, checked, refusal)
    if version.state is bank.ItemState.DRAFT:
        return go("editor.edit", message=_("The draft is saved."), item_id=version.id)
    waits = version.state is bank.ItemState.IN_REVIEW
    told = _("The item waits for a reviewer.") if waits else _("Nothing was changed, so nothing was written.")
    return go("author.item", message=told, item_id=version.id)


def _store(page: Page, item: bank.ItemDocument, *, submit: bool) -> bank.ItemVersion:
    form, saved = page.form, page.saved
    with services().store.write(actor()) as uow:
        if saved is None:
            version = bank.create_item(
                uow, item, owner_id=organisation_id(), credential_version_id=form.credential_version_id
            )
        else:
            version = bank.save_draft(
                uow,
                saved.version.id,
                item,
                expected_revision=int(form.revision) if form.revision.isdecimal() else 0,
                confirmed=form.confirmed,
            )
        if submit and version.state is bank.ItemState.DRAFT:
            version = bank.submit_for_review(uow, version.id)
    return version


def _refused(page: Page, checked: CheckedForm, refusal: Conflict | Invalid) -> tuple[str, int]:
    """The form again with everything that was typed, and beside it what stands in the way."""
    if refusal.code == "draft_stale":
        page.theirs = _saved(str(refusal.facts["newest"]))
        page.form.revision = str(page.theirs.revision)
        return _page(page, checked, status=409)
    if refusal.code == "item_malformed":
        problems: Any = refusal.facts["problems"]
        page.more += [
            field_problem(page.form, bank.Problem((one["where"].split(".")[-1],), one["code"], one["reason"]))
            for one in problems
        ]
        return _page(page, checked, status=422)
    text = text_of(refusal.code, refusal.facts)
    where = "external_id" if refusal.code == "item_exists" else ""
    page.more.append(FieldProblem(where, refusal.code, f"{text.title} {text.advice}"))
    return _page(page, checked, status=409 if isinstance(refusal, Conflict) else 422)


def _page(page: Page, checked: CheckedForm | None = None, *, status: int = 200) -> tuple[str, int]:
    with services().store.read(actor()) as uow:
        credentials = bank.credential_versions(uow, state=bank.CredentialState.LIVE)
        known = page.form.credential_version_id
        shared = (
            bank.stimuli(uow, owner_id=organisation_id(), credential_version_id=known)
            if any(one.id == known for one in credentials)
            else []
        )
    context = editor_page(page, checked or _check(page), credentials=credentials, stimuli=shared)
    address = (
        url_for("editor.save", item_id=(page.theirs or page.saved).version.id)
        if page.saved
        else url_for("editor.create")
    )
    return render_template("author/edit/form.html", **context, action=address), status


def _check(page: Page, *, submit: bool = False) -> CheckedForm:
    with services().store.read(actor()) as uow:
        found = [one for one in bank.credential_versions(uow) if one.id == page.form.credential_version_id]
    program = page.saved.document.key.program if page.saved else None
    return check_form(
        page.form, credential=found[0].document if found else None, program=program, whole=submit
    )


def _saved(item_id: str) -> bank.Draft:
    with services().store.read(actor()) as uow:
        return bank.draft(uow, item_id)


def _upload(form: ItemForm) -> tuple[str, FieldProblem | None]:
    file = request.files.get("file")
    if file is None or not file.filename:
        return "file", FieldProblem("file", "file_missing", _("Choose a file first."))
    with file.stream as stream:
        data = stream.read()
    try:
        known = bank.check_media(data, name=file.filename[-100:])
    except Invalid as refusal:
        text = text_of(refusal.code, refusal.facts)
        return "file", FieldProblem("file", refusal.code, f"{text.title} {text.advice}")
    with services().store.write(actor()) as uow:
        bank.store_media(uow, [known.file], owner_id=organisation_id())
    return take_file(form, known, filename=file.filename), None


def _fetch_stimulus(form: ItemForm) -> str:
    with services().store.read(actor()) as uow:
        shared = bank.stimuli(
            uow, owner_id=organisation_id(), credential_version_id=form.credential_version_id
        )
    return use_stimulus(form, shared)


def _chosen(credentials: list[bank.CredentialVersion], wanted: str) -> bank.CredentialVersion | None:
    found = [one for one in credentials if one.id == wanted]
    return found[0] if found else credentials[0] if len(credentials) == 1 else None
