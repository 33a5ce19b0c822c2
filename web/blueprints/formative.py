# SPDX-License-Identifier: Apache-2.0
"""Practice by criterion, for a learner with an entry and for whoever came by an agency's link. It is never part of a result."""

from __future__ import annotations

import json
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, render_template, request, url_for

from assessor import api as assessor
from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor, UnitOfWork
from item_bank import api as bank
from web.access import public, services
from web.answers import go
from web.file_answers import shown_file
from web.presenters.common import bilingual
from web.presenters.formative import overview_page, question_view, reply_page
from web.words import _

if TYPE_CHECKING:
    from collections.abc import Callable

blueprint = Blueprint("formative", __name__)
COOKIE = "kasauti-practiser"
_HOME = "/learner/practice"
_DAYS = 90


def practising(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view gets who practises: the learner who is signed in, else whoever has a link's cookie.

    Others go to the door; who sits a test goes to the page that says so.
    """

    @wraps(view)
    def found(*args: Any, **kwargs: Any) -> Any:
        with services().store.read(Actor.system()) as uow:
            who = _practiser(uow)
        if who is None:
            return go("public.home")
        try:
            return view(who, *args, **kwargs)
        except Conflict as refusal:
            if refusal.code != "practice_during_test":
                raise
            return go("formative.overview")  # it says why

    return public(found)


@blueprint.get(_HOME)
@practising
def overview(who: assessor.Practiser) -> str:
    """What can be practised, in plain names, and how far one is."""
    with services().store.read(Actor.system()) as uow:
        page = overview_page(uow, who)
    return render_template("learner/practice.html", page=page)


@blueprint.post(f"{_HOME}/choose")
@practising
def choose(who: assessor.Practiser) -> Response:
    """Practise these criteria, or all where none is chosen."""
    with services().store.write(Actor.system()) as uow:
        assessor.begin_practice(uow, who, pcs=request.form.getlist("pc")[:200])
    return go("formative.question")


@blueprint.get(f"{_HOME}/question")
@practising
def question(who: assessor.Practiser) -> Response | str:
    """The question at hand."""
    with services().store.read(Actor.system()) as uow:
        assessor.require_no_test(uow, who)
        asked = assessor.practice_question(uow, who, media_base=_media_base())
        if asked is None:
            return go("formative.overview")
        page = question_view(uow, who, asked)
    return render_template("learner/practice_question.html", page=page, reply=None)


@blueprint.post(f"{_HOME}/next")
@practising
def following(who: assessor.Practiser) -> Response:
    """Put the next question."""
    with services().store.write(Actor.system()) as uow:
        assessor.next_question(uow, who)
    return go("formative.question")


@blueprint.post(f"{_HOME}/answer")
@practising
def answer(who: assessor.Practiser) -> str:
    """Say at once how good an answer is, and why."""
    number, raw = _answer()
    with services().store.write(Actor.system()) as uow:
        reply = assessor.answer_practice(uow, who, number=number, raw=raw, media_base=_media_base())
        page = question_view(uow, who, reply.question)
    return render_template("learner/practice_question.html", page=page, reply=reply_page(reply))


@blueprint.get(f"{_HOME}/media/<ref>")
@practising
def media(who: assessor.Practiser, ref: str) -> Response:
    """A picture, sound or film of the question at hand."""
    with services().store.read(Actor.system()) as uow:
        assessor.require_no_test(uow, who)
        file = assessor.practice_media(uow, who, ref)
    return shown_file(file.data, media_type=file.media_type, sha256=file.sha256)


@blueprint.post(f"{_HOME}/delete")
@practising
def forget(who: assessor.Practiser) -> Response:
    """Delete all of one's own practice."""
    with services().store.write(Actor.system()) as uow:
        assessor.delete_practice(uow, who)
    if who.visitor is None:
        return go("formative.overview", message=_("Your practice is deleted."))
    response = go("public.home", message=_("Your practice is deleted."))
    response.delete_cookie(COOKIE, path=_HOME)
    return response


@blueprint.get("/practise/<token>")
@public
def link(token: str) -> str:
    """Where an agency's link leads."""
    with services().store.read(Actor.system()) as uow:
        credential = bank.credential_version(uow, assessor.credential_of_link(uow, token[:100])).document
    return render_template("learner/practice_link.html", title=bilingual(credential.title), token=token)


@blueprint.post("/practise/<token>")
@public
def enter(token: str) -> Response:
    """Begin to practise in this browser, without a name."""
    with services().store.write(Actor.system()) as uow:
        visitor = assessor.enter_by_link(uow, token[:100])
    response = go("formative.overview")
    response.set_cookie(
        COOKIE,
        visitor,
        max_age=_DAYS * 86400,
        path=_HOME,
        secure=services().config.secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _practiser(uow: UnitOfWork) -> assessor.Practiser | None:
    if g.user is not None and g.user.entry_id is not None:
        return assessor.practiser_of_entry(uow, g.user.entry_id)
    try:
        return assessor.practiser_of_visitor(uow, request.cookies.get(COOKIE, ""))
    except NotFound:
        return None


def _answer() -> tuple[int, object]:
    """The number of the question and the answer as the page's script wrote it. Invalid(``request_malformed``)."""
    number, text = request.form.get("number", ""), request.form.get("value", "")
    if not (number.isascii() and number.isdigit() and len(number) < 8) or len(text) > 60_000:
        raise Invalid("request_malformed", members=["number", "value"])
    try:
        return int(number), json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid("request_malformed", members=["value"]) from error


def _media_base() -> str:
    return url_for("formative.media", ref="-")[:-1]
