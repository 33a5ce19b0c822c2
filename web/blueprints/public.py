# SPDX-License-Identifier: Apache-2.0
"""Pages for everybody: the door for learners, the door for staff, language, health."""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify, render_template, request, url_for
from flask_wtf.csrf import generate_csrf

from assessor import api as assessor
from core.errors import NotFound, Unavailable
from core.ids import normalise_code
from core.uow import Actor
from web import i18n, login
from web import sign_in as sign_in_steps
from web.access import public, services, staff, user
from web.answers import go, go_to
from web.drawing import drawn
from web.errors import status_of
from web.navigation import home_of
from web.presenters.people import browser_of
from web.tables import LoginKind
from web.words import _

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
@public
def home() -> Response | str:
    """The landing page: an access code for learners, a link for staff."""
    if g.user is not None and g.user.entry_id is not None:
        return go("learner.gate")
    if g.user is not None:
        return go(home_of(g.user.actor.roles))
    return drawn("public/home.html", "", dict, (), token=generate_csrf())


@blueprint.post("/enter")
@public
def enter() -> Response:
    """Let a learner in by access code."""
    code = normalise_code(request.form.get("code", ""))
    parts = services()
    try:
        with parts.store.write(Actor.system()) as uow:
            entry = assessor.entry_by_code(uow, code, pepper=parts.code_pepper)
            login.end_login(uow, request.cookies.get(login.cookie_name(parts.config)))
            token = login.begin_login(
                uow,
                LoginKind.CANDIDATE,
                entry.entry_id,
                hours=parts.config.login_hours,
                browser=browser_of(request.user_agent.string),
            )
    except NotFound:
        page = render_template("public/home.html", code=request.form.get("code", "")[:40], code_unknown=True)
        return Response(page, 404)
    response = go("learner.gate")
    login.set_login_cookie(response, parts.config, token)
    return response


@blueprint.get("/sign-in")
@public
def sign_in() -> str:
    """The staff door."""
    return render_template("public/sign_in.html", next=request.args.get("next", ""), email="")


@blueprint.post("/sign-in")
@public
def sign_in_check() -> Response:
    """Check e-mail and password; the same answer and the same time whichever was wrong."""
    email, password = request.form.get("email", "")[:254], request.form.get("password", "")[:1000]
    target = request.form.get("next", "")
    try:
        person = sign_in_steps.check_credentials(services(), email=email, password=password)
    except Unavailable as error:
        page = render_template("public/sign_in.html", next=target, email=email, trouble=error.code)
        return Response(page, status_of(error))
    if person is None:
        page = render_template("public/sign_in.html", next=target, email=email, failed=True)
        return Response(page, 401)
    return sign_in_steps.first_step(services(), person, method="password", target=target)


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    """End the login on the server and in the browser."""
    parts = services()
    token = request.cookies.get(login.cookie_name(parts.config))
    if token:
        with parts.store.write(Actor.system()) as uow:
            login.end_login(uow, token)
    response = go("public.home", message=_("You are signed out."))
    login.clear_login_cookie(response, parts.config)
    return response


@blueprint.get("/welcome")
@staff()
def welcome() -> Response | str:
    """Where staff without a section of their own land."""
    if user().must_enrol:
        return go("second_factor.setup")
    return render_template("public/welcome.html", user=user())


@blueprint.post("/language")
@public
def set_language() -> Response:
    """Remember the language of the interface in this browser."""
    response = go_to(sign_in_steps.own_path(request.form.get("next", "")) or url_for("public.home"))
    wanted = request.form.get("language", "")
    if wanted in i18n.LANGUAGES:
        config = services().config
        response.set_cookie(
            i18n.COOKIE, wanted, max_age=31536000, secure=config.secure, httponly=True, samesite="Lax"
        )
    return response


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """Answers when the server can serve; says so when the machine's clock was set while tests run."""
    return jsonify(status="ok", **services().clock_watch.trouble())
