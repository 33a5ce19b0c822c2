# SPDX-License-Identifier: Apache-2.0
"""Pages of a judge of a panel: the invitation, the judgements of the open round, and the own place among the others."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from assessor import api as assessor
from core.errors import Conflict, Invalid
from core.identity.model import Role
from core.uow import UnitOfWork
from item_bank import api as bank
from web.access import actor, services, staff
from web.answers import go
from web.errors import status_of, wants_json
from web.file_answers import shown_file
from web.forms.panels import read_judgements, read_seen
from web.forms.reading import sentence
from web.i18n import language
from web.presenters.editor_previews import previews
from web.presenters.judging import right_answers, seat_page
from web.words import _

blueprint = Blueprint("judging", __name__, url_prefix="/panels")
SEATED = (Role.MANAGER, Role.AWARDING_BODY, Role.AUTHOR, Role.REVIEWER, Role.ASSESSOR)


@blueprint.get("/<panel_id>/seat")
@staff(*SEATED)
def show(panel_id: str) -> str:
    """What the judge is asked, and what the last round came to."""
    return _page(panel_id)


@blueprint.get("/<panel_id>/media/<sha256>")
@staff(*SEATED)
def media(panel_id: str, sha256: str) -> Response:
    """A picture, sound or film of an item that the judge judges now."""
    with services().store.read(actor()) as uow:
        file = bank.judged_media(uow, panel_id, sha256)
    return shown_file(file.data, media_type=file.media_type, sha256=file.sha256)


@blueprint.post("/<panel_id>/seat")
@staff(*SEATED)
def answer(panel_id: str) -> Response | tuple[str, int]:
    """Accept the invitation, with what one knows of the work, or decline it."""
    form = request.form
    try:
        with services().store.write(actor()) as uow:
            if form.get("answer") == "decline":
                bank.decline_seat(uow, panel_id)
                return go("panels.index", message=_("You do not take part. Thank you for the answer."))
            bank.accept_seat(
                uow, panel_id, expertise=form.get("expertise", ""), interest=form.get("interest", "")
            )
    except Invalid as refusal:
        return _page(panel_id, words=form, trouble=refusal), status_of(refusal)
    return go("judging.show", panel_id=panel_id, message=_("Thank you. You are a judge of this panel."))


@blueprint.post("/<panel_id>/judgements")
@staff(*SEATED)
def judge(panel_id: str) -> Response | tuple[str, int]:
    """Keep what is filled in; hand the round in where that was asked for. What cannot be kept comes back as it was typed."""
    values = read_judgements(request.form)
    try:
        with services().store.write(actor()) as uow:
            bank.save_judgements(uow, panel_id, values=values, seen=read_seen(request.form))
        if request.form.get("act") != "hand_in":
            return _saved(panel_id)
        with services().store.write(actor()) as uow:
            bank.hand_in(uow, panel_id)
    except (Invalid, Conflict) as refusal:
        if wants_json():
            raise
        return _page(panel_id, typed=values, trouble=refusal), status_of(refusal)
    return go("judging.show", panel_id=panel_id, message=_("Handed in. The chair closes the round."))


def _saved(panel_id: str) -> Response:
    """The page again; a script that saves while one judges is told how many judgements there are now."""
    if not wants_json():
        return go("judging.show", panel_id=panel_id, message=_("Saved. Hand in when all is judged."))
    with services().store.read(actor()) as uow:
        found, judge = bank.panel_seat(uow, panel_id)
        return jsonify({"seen": len(bank.judgement_log(uow, found, judge))})


def _page(
    panel_id: str,
    *,
    typed: Mapping[int, str] | None = None,
    words: Mapping[str, str] | None = None,
    trouble: Invalid | Conflict | None = None,
) -> str:
    with services().store.read(actor()) as uow:
        found, judge = bank.panel_seat(uow, panel_id)
        credential = bank.credential_version(uow, found.credential_version_id)
        contents = bank.judged_items(uow, found, judge)
        keys = bank.judged_keys(uow, found, judge)
        page = seat_page(
            found,
            judge,
            credential,
            own=bank.own_judgements(uow, found, judge),
            handed_in=judge.id in bank.handed_in_judges(uow, found),
            outcomes=bank.panel_outcomes(uow, found, credential.document),
            names=_learners(uow, found, judge),
            seen=len(bank.judgement_log(uow, found, judge)),
            typed=typed,
        )
    items = {
        number: {
            **_shown(panel_id, number, content),
            "right": right_answers(keys[number]) if number in keys else [],
        }
        for number, content in contents.items()
    }
    return render_template(
        "panels/seat.html",
        seat=page,
        items=items,
        words=words or {},
        trouble=None if trouble is None else sentence(trouble),
    )


def _learners(uow: UnitOfWork, found: bank.Panel, judge: bank.Judge) -> dict[str, str]:
    """The names of the learners, for judges who know them and take part; no score stands beside."""
    seated = judge.state is bank.JudgeState.ACCEPTED and bool(found.rounds) and not found.state.over
    if not found.method.of_people or not seated:
        return {}
    entries = assessor.entries_by_id(uow, [one.reference for one in found.objects])
    return {
        entry_id: entry.candidate_name
        for entry_id, entry in entries.items()
        if entry.agency_id == found.owner_id
    }


def _shown(panel_id: str, number: int, content: bank.ItemContent) -> dict[str, object]:
    """An item as a learner sees it: in the reader's language first, the others behind it."""
    spoken = sorted(content.languages, key=lambda one: one != language())
    made = previews(
        content,
        spoken,
        name=f"item-{number}",
        media_url=lambda sha256: url_for("judging.media", panel_id=panel_id, sha256=sha256),
    )
    return {"previews": made[:1], "others": made[1:]}
