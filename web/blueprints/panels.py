# SPDX-License-Identifier: Apache-2.0
"""Pages of who chairs a panel: set-up, rounds, the recommendation with its minutes, and its adoption into a draft."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Blueprint, Response, render_template, request

from assessor import api as assessor
from core.canonical import canonical_json
from core.errors import Conflict, Invalid
from core.identity import queries as identity
from core.identity.model import Role
from core.notices.model import PanelNews
from core.uow import UnitOfWork
from item_bank import api as bank
from web.access import actor, organisation_id, recent_proof, services, staff
from web.answers import go
from web.errors import status_of
from web.forms.panels import read_facts, read_method, read_objects, read_recommendation, read_scope
from web.forms.reading import sentence, whole
from web.notices.panel_news import tell_judges
from web.panel_data import known_of_items, learners_with_scores
from web.presenters.common import csv_response
from web.presenters.judging import seat_rows
from web.presenters.panel_words import methods
from web.presenters.panels import (
    invitable,
    object_groups,
    panel_page,
    panel_rows,
    recommended_rows,
)
from web.words import _

blueprint = Blueprint("panels", __name__, url_prefix="/panels")
CHAIRS = (Role.MANAGER, Role.AWARDING_BODY)
_FIELD_OF = {"panel_name": "name", "panel_portrait": "portrait", "panel_chair": "chair"}
SEATED = (Role.MANAGER, Role.AWARDING_BODY, Role.AUTHOR, Role.REVIEWER, Role.ASSESSOR)


@blueprint.get("")
@staff(*SEATED)
def index() -> Response | str:
    """Panels that wait for oneself as a judge, those of the organisation, and what others recommend to it."""
    chairs = bool(bank.CHAIRS & actor().roles)
    with services().store.read(actor()) as uow:
        own = bank.panels(uow, owner_id=organisation_id()) if chairs else []
        told = bank.panel_recommendations(uow) if chairs else []
        credentials = {one.id: one for one in bank.credential_versions(uow)}
        seats = seat_rows(bank.panel_seats(uow), actor().id)
    rows = panel_rows(own, credentials)
    if request.args.get("format") == "csv":
        columns = ("name", "credential", "method", "state", "round", "judges", "created_at")
        return csv_response("panels.csv", columns, [[row[name] for name in columns] for row in rows])
    return render_template(
        "panels/index.html",
        panels=rows,
        seats=seats,
        recommendations=panel_rows(told, credentials),
        chairs=chairs,
    )


@blueprint.get("/new")
@staff(*CHAIRS)
def new() -> str:
    """The form of a new panel."""
    return _new({}, None)


@blueprint.post("")
@staff(*CHAIRS)
def create() -> Response | tuple[str, int]:
    """Set a panel up; what is wrong is said beside its field, and nothing typed is lost."""
    form, method = request.form, read_method(request.form.get("method", ""))
    try:
        with services().store.write(actor()) as uow:
            made = bank.create_panel(
                uow,
                owner_id=organisation_id(),
                credential_version_id=form.get("credential", ""),
                name=form.get("name", ""),
                method=method,
                portrait=form.get("portrait", ""),
                chair_id=form.get("chair") or actor().id,
            )
    except Invalid as refusal:
        return _new(form, refusal), status_of(refusal)
    return go(
        "panels.show", panel_id=made.id, message=_("The panel is set up. Now choose what it judges, and who.")
    )


def _new(typed: Mapping[str, str], refusal: Invalid | None) -> str:
    with services().store.read(actor()) as uow:
        credentials = bank.credential_versions(uow)
        people = identity.people(uow, organisation_id())
    return render_template(
        "panels/new.html",
        credentials=[
            (one.id, f"{one.document.code}, {one.document.version}")
            for one in credentials
            if one.state is not bank.CredentialState.WITHDRAWN
        ],
        methods=methods(),
        chairs=[(one.id, one.name) for one in people if bank.CHAIRS & one.roles],
        me=actor().id,
        typed=typed,
        errors={} if refusal is None else {_FIELD_OF.get(refusal.code, "name"): sentence(refusal)},
    )


@blueprint.get("/<panel_id>")
@staff(*CHAIRS)
def show(panel_id: str) -> str:
    """A panel for its chair: what is set up, who has handed in, what each round came to."""
    return _page(panel_id)


def _page(panel_id: str, *, where: str = "", refusal: Conflict | Invalid | None = None) -> str:
    """The chair's page; with a ``refusal`` what was typed in the form ``where`` stands there again."""
    with services().store.read(actor()) as uow:
        found = bank.panel(uow, panel_id)
        credential = bank.credential_version(uow, found.credential_version_id)
        page = panel_page(
            found,
            credential,
            outcomes=bank.panel_outcomes(uow, found, credential.document),
            names=_names(uow, found),
            handed_in=bank.handed_in_judges(uow, found),
            said=bank.judgements_said(uow, found),
            actor_id=actor().id,
        )
        people = invitable(identity.people(uow, organisation_id()), found)
        batches = _batches(uow)
    return render_template(
        "panels/panel.html",
        panel=page,
        people=people,
        batches=batches,
        typed=request.form if refusal is not None else {},
        ticked=request.form.getlist("scope"),
        trouble={} if refusal is None else {where: sentence(refusal)},
    )


@blueprint.post("/<panel_id>/words")
@staff(*CHAIRS)
def save_words(panel_id: str) -> Response | tuple[str, int]:
    """Change the name, the portrait, and whether judges see what real learners reached."""
    form = request.form
    try:
        with services().store.write(actor()) as uow:
            bank.describe_panel(
                uow,
                panel_id,
                name=form.get("name", ""),
                portrait=form.get("portrait", ""),
                show_facts=form.get("show_facts") == "yes",
            )
    except Invalid as refusal:
        return _page(panel_id, where="words", refusal=refusal), status_of(refusal)
    return go("panels.show", panel_id=panel_id, message=_("Saved."))


@blueprint.get("/<panel_id>/objects")
@staff(*CHAIRS)
def objects(panel_id: str) -> str:
    """What could be judged in one component, by PC."""
    with services().store.read(actor()) as uow:
        found = bank.panel(uow, panel_id)
        document = bank.credential_version(uow, found.credential_version_id).document
        names = [one.id for one in document.components]
        component = request.args.get("component", "")
        component = component if component in names else names[0]
        groups = object_groups(bank.possible_objects(uow, found, component=component), found, document)
    return render_template(
        "panels/objects.html",
        panel={"id": found.id, "name": found.name},
        groups=groups,
        component=component,
        components=names,
    )


@blueprint.post("/<panel_id>/objects")
@staff(*CHAIRS)
def choose(panel_id: str) -> Response:
    """Judge what is ticked, or a draw of so many items for each PC."""
    form = request.form
    with services().store.write(actor()) as uow:
        if form.get("draw"):
            per_pc = whole(form.get("per_pc", ""), low=1, high=20) or 0
            bank.draw_items(uow, panel_id, component=form.get("component", ""), per_pc=per_pc)
        else:
            bank.choose_objects(uow, panel_id, component=form.get("component", ""), chosen=read_objects(form))
    return go("panels.show", panel_id=panel_id, message=_("The choice is saved."))


@blueprint.post("/<panel_id>/facts")
@staff(*CHAIRS)
def facts(panel_id: str) -> Response:
    """Take what is known of items from a file."""
    with services().store.read(actor()) as uow:
        bank.panel(uow, panel_id)  # whose file is read only if the panel is theirs
    known = read_facts(request.files.get("file"))
    with services().store.write(actor()) as uow:
        bank.put_facts(uow, panel_id, facts=known)
    return go("panels.show", panel_id=panel_id, message=_("What is known of the items is saved."))


@blueprint.post("/<panel_id>/batch")
@staff(Role.MANAGER)
def batch(panel_id: str) -> Response:
    """Take learners, or what is known of items and what learners reached, from a batch."""
    with services().store.read(actor()) as uow:
        data = assessor.gather_batch(uow, request.form.get("batch", ""), organisation_id=organisation_id())
    learners = learners_with_scores(data)
    with services().store.write(actor()) as uow:
        found = bank.panel(uow, panel_id)
        if bank.credential_version(uow, found.credential_version_id).document.code != data.credential.code:
            raise Invalid("panel_batch_other")
        if found.method.of_people:
            bank.put_people(uow, panel_id, people=learners, source=data.name)
        else:
            if found.state is bank.PanelState.SETUP and found.method.of_items:
                bank.put_facts(uow, panel_id, facts=known_of_items(data, found))
            bank.put_impact(uow, panel_id, shares=[share for _e, _l, share in learners], source=data.name)
    return go("panels.show", panel_id=panel_id, message=_("Taken from the batch %(name)s.", name=data.name))


@blueprint.post("/<panel_id>/judges")
@staff(*CHAIRS)
def invite(panel_id: str) -> Response:
    """Ask colleagues to judge."""
    people = request.form.getlist("person")
    with services().store.write(actor()) as uow:
        waiting = {
            one.id for one in bank.panel(uow, panel_id).judges if one.state is not bank.JudgeState.RELEASED
        }
        found = bank.invite_judges(uow, panel_id, people=people)
        asked = [one for one in found.judges if one.person_id in people and one.id not in waiting]
        tell_judges(uow, services(), found, PanelNews.INVITED, judges=asked)
    return go(
        "panels.show",
        panel_id=panel_id,
        message=_("They get a message, and find the panel under “Panels” at their next sign-in."),
    )


@blueprint.post("/<panel_id>/judges/<judge_id>")
@staff(*CHAIRS)
def seat_judge(panel_id: str, judge_id: str) -> Response:
    """Take a seat back, or give a judge's round back for changes."""
    with services().store.write(actor()) as uow:
        if request.form.get("act") == "give_back":
            found = bank.give_back(uow, panel_id, judge_id=judge_id)
            own = [one for one in found.judges if one.id == judge_id]
            tell_judges(uow, services(), found, PanelNews.GIVEN_BACK, judges=own)
        else:
            bank.release_judge(uow, panel_id, judge_id=judge_id)
    return go("panels.show", panel_id=panel_id, message=_("Done."))


_ACTS = {
    "open": (bank.open_round, PanelNews.ROUND_OPENED),
    "close": (bank.close_round, None),
    "cancel": (bank.cancel_panel, PanelNews.CANCELLED),
}


@blueprint.post("/<panel_id>/round")
@staff(*CHAIRS)
def change_round(panel_id: str) -> Response:
    """Open a round, close it, or end the panel without a recommendation."""
    asked = request.form.get("act", "")
    if asked not in _ACTS:
        raise Invalid("request_malformed")
    act, news = _ACTS[asked]
    with services().store.write(actor()) as uow:
        found = act(uow, panel_id)
        if news is not None:
            tell_judges(uow, services(), found, news, judges=found.sitting)
    return go("panels.show", panel_id=panel_id, message=_("Done."))


@blueprint.post("/<panel_id>/notes")
@staff(*CHAIRS)
def notes(panel_id: str) -> Response | tuple[str, int]:
    """Write down what was said between two rounds."""
    try:
        with services().store.write(actor()) as uow:
            bank.note_discussion(uow, panel_id, notes=request.form.get("notes", ""))
    except Invalid as refusal:
        return _page(panel_id, where="notes", refusal=refusal), status_of(refusal)
    return go("panels.show", panel_id=panel_id, message=_("Saved."))


@blueprint.post("/<panel_id>/conclude")
@staff(*CHAIRS)
@recent_proof
def conclude(panel_id: str) -> Response | tuple[str, int]:
    """End with a recommendation; the minutes are made."""
    shares, reasons = read_recommendation(request.form)
    try:
        with services().store.write(actor()) as uow:
            found = bank.conclude_panel(uow, panel_id, shares=shares, reasons=reasons)
            tell_judges(uow, services(), found, PanelNews.CONCLUDED, judges=found.sitting)
    except Invalid as refusal:
        return _page(panel_id, where="conclude", refusal=refusal), status_of(refusal)
    return go(
        "panels.minutes",
        panel_id=panel_id,
        message=_("The panel is concluded. No threshold has changed by it."),
    )


@blueprint.get("/<panel_id>/minutes")
@staff(*CHAIRS)
def minutes(panel_id: str) -> Response | str:
    """The minutes of a concluded panel, to read, print or keep as JSON, and the drafts that could take them over."""
    with services().store.read(actor()) as uow:
        document = bank.panel_minutes(uow, panel_id)
        found = bank.concluded_panel(uow, panel_id)
        credential = bank.credential_version(uow, found.credential_version_id)
        drafts = bank.adoptable_drafts(uow, found)
        adopted = bank.panel_adoptions(uow, panel_id) if credential.owner_id == organisation_id() else []
        names = identity.names(uow, {one.adopted_by for one in adopted})
    if request.args.get("format") == "json":
        answer = Response(canonical_json(document), mimetype="application/json")
        answer.headers["Content-Disposition"] = f'attachment; filename="panel-{found.id}.json"'
        return answer
    return render_template(
        "panels/minutes.html",
        minutes=json.loads(json.dumps(document)),
        panel={"id": found.id, "sha256": found.sha256, "own": found.owner_id == organisation_id()},
        recommended=recommended_rows(found, credential.document),
        drafts=[(one.id, f"{one.document.code}, {one.document.version}") for one in drafts],
        adopted=[
            {"by": names.get(one.adopted_by, "–"), "at": one.at, "id": one.credential_version_id}
            for one in adopted
        ],
    )


@blueprint.post("/<panel_id>/adopt")
@staff(Role.AWARDING_BODY)
@recent_proof
def adopt(panel_id: str) -> Response:
    """Write ticked thresholds into a draft; what is live never changes."""
    scopes = [read_scope(word) for word in request.form.getlist("scope")]
    with services().store.write(actor()) as uow:
        after = bank.adopt_recommendation(
            uow, panel_id, draft_id=request.form.get("draft", ""), scopes=scopes
        )
    return go("awarding.credential", credential_id=after.id, message=_("The thresholds stand in the draft."))


def _names(uow: UnitOfWork, found: bank.Panel) -> dict[str, str]:
    return identity.names(uow, {found.chair_id, *(one.person_id for one in found.judges)})


def _batches(uow: UnitOfWork) -> list[tuple[str, str]]:
    """The agency's batches, newest first; an awarding body has none."""
    if Role.MANAGER not in actor().roles:
        return []
    found = assessor.batch_overviews(uow, organisation_id=organisation_id())
    return [(one.batch.id, one.batch.name) for one in found]
