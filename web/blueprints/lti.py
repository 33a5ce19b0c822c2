# SPDX-License-Identifier: Apache-2.0
"""Doors for learning platforms (LTI 1.3): begin, launch, choose a sitting, our keys; and registering a platform."""

from __future__ import annotations

import hmac
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request, url_for

from core.errors import Forbidden, Invalid
from core.identity.model import Role
from core.ids import secret_token
from core.uow import Actor
from web import flows, login
from web.access import actor, organisation_id, public, recent_proof, services, staff
from web.answers import go, go_to
from web.id_tokens import Expected, KeyCache, read_id_token, refused
from web.lti import keys, launches, linking
from web.lti.launches import Launch
from web.lti.platforms import Platform, PlatformPlan, platform, platforms, register_platform, remove_platform
from web.outgoing import require_address
from web.presenters.people import browser_of
from web.tables import LoginKind
from web.words import _

blueprint = Blueprint("lti", __name__)
FLOW, CHOICE = "launch", "link"
_LONGEST_HINT = 2000


def install(app: Flask) -> None:
    """Give the application its one memory of platforms' keys."""
    app.extensions["kasauti-lti-keys"] = KeyCache(app.extensions["kasauti"])


@blueprint.get("/lti/<platform_id>/login")
@public
def begin(platform_id: str) -> Response:
    """A platform begins a launch (OpenID Connect third-party login)."""
    return _begin(platform_id, request.args.to_dict())


@blueprint.post("/lti/<platform_id>/login")
@public
def begin_by_form(platform_id: str) -> Response:
    """The same, by a form of the platform's page."""
    return _begin(platform_id, request.form.to_dict())


@blueprint.post("/lti/<platform_id>/launch")
@public
def launch(platform_id: str) -> Response:
    """The learner comes back with an ID token: into the test, once for each nonce and only in the browser that began."""
    parts = services()
    kept = flows.brought(parts, FLOW)
    state = request.form.get("state", "")
    if kept is None or kept["platform"] != platform_id:
        raise refused("cookie")
    if not hmac.compare_digest(str(kept["state"]).encode(), state.encode()):
        raise refused("state")
    found = _platform(platform_id)
    claims = _checked(found, str(kept["nonce"]))
    asked = launches.read_launch(claims, found)
    with parts.store.write(Actor.system()) as uow:
        launches.use_nonce(uow, str(kept["nonce"]))
    response = _enter(found, asked)
    flows.forget(response, parts, FLOW)
    return response


@blueprint.post("/lti/<platform_id>/choice")
@public
def choose(platform_id: str) -> Response:
    """The chosen sitting as a signed link, on a page whose one button hands it to the platform."""
    parts = services()
    kept = flows.brought(parts, CHOICE)
    if kept is None or kept["platform"] != platform_id:
        raise refused("cookie")
    found = _platform(platform_id)
    choice = linking.Choice(kept["deployment_id"], kept["return_url"], kept["data"])
    with parts.store.read(Actor.system()) as uow:
        chosen = linking.require_open(
            uow, request.form.get("sitting", "")[:26], organisation_id=found.organisation_id
        )
    launch_url = parts.config.base_url + _launch_path(platform_id)
    token = linking.answer(parts, found, choice, chosen, launch_url=launch_url)
    page = render_template(
        "people/link_answer.html", token=token, choice=choice, sitting=chosen, platform=found
    )
    response = Response(page, headers={"Content-Security-Policy": linking.policy_for(choice.return_url)})
    flows.forget(response, parts, CHOICE)
    return response


@blueprint.get("/lti/keys.json")
@public
def our_keys() -> Response:
    """The public keys by which platforms know us."""
    return jsonify(keys.published_keys(services()))


@blueprint.get("/people/platforms")
@staff(Role.ADMINISTRATOR)
def settings() -> str:
    """The learning platforms of this organisation."""
    with services().store.read(actor()) as uow:
        found = platforms(uow, organisation_id())
    base = services().config.base_url
    return render_template(
        "people/platforms.html",
        platforms=[(one, base + _login_path(one.id), base + _launch_path(one.id)) for one in found],
        keys_url=base + url_for("lti.our_keys"),
    )


@blueprint.post("/people/platforms")
@staff(Role.ADMINISTRATOR)
@recent_proof
def register() -> Response:
    """Let a platform send learners."""
    form = request.form
    if form.get("confirmed") != "yes":
        raise Invalid("entry_not_confirmed")
    addresses = {
        name: require_address(services(), form.get(name, "").strip())
        for name in ("authorization_url", "token_url", "keys_url")
    }
    plan = PlatformPlan(
        name=form.get("name", ""),
        issuer=form.get("issuer", ""),
        client_id=form.get("client_id", ""),
        deployments=form.get("deployments", "").replace(",", " ").split(),
        **addresses,
    )
    with services().store.write(actor()) as uow:
        register_platform(uow, organisation_id(), plan)
    return go("lti.settings", message=_("The platform is registered. Enter the addresses below there."))


@blueprint.post("/people/platforms/<platform_id>/remove")
@staff(Role.ADMINISTRATOR)
@recent_proof
def remove(platform_id: str) -> Response:
    """End its launches."""
    with services().store.write(actor()) as uow:
        remove_platform(uow, organisation_id(), platform_id)
    return go("lti.settings", message=_("The platform sends nobody any more."))


def _begin(platform_id: str, asked: dict[str, str]) -> Response:
    found = _platform(platform_id)
    if asked.get("iss") != found.issuer or asked.get("client_id", found.client_id) != found.client_id:
        raise refused("issuer")
    if asked.get("lti_deployment_id", found.deployments[0]) not in found.deployments:
        raise refused("deployment")
    state, nonce = secret_token(), secret_token()
    query = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": found.client_id,
        "redirect_uri": services().config.base_url + _launch_path(platform_id),
        "login_hint": asked.get("login_hint", "")[:_LONGEST_HINT],
        "state": state,
        "nonce": nonce,
    }
    if "lti_message_hint" in asked:
        query["lti_message_hint"] = asked["lti_message_hint"][:_LONGEST_HINT]
    joint = "&" if "?" in found.authorization_url else "?"
    response = go_to(found.authorization_url + joint + urlencode(query))
    content = {"platform": platform_id, "state": state, "nonce": nonce}
    flows.keep(response, services(), FLOW, content, embedded=True)
    return response


def _checked(found: Platform, nonce: str) -> dict[str, Any]:
    cache: KeyCache = current_app.extensions["kasauti-lti-keys"]
    return read_id_token(
        request.form.get("id_token", ""),
        Expected(found.issuer, found.client_id, nonce),
        keys_url=found.keys_url,
        cache=cache,
        now=services().clock.now(),
    )


def _enter(found: Platform, asked: Launch) -> Response:
    """Into the linked sitting, with a login of the entry that this subject has there; or to the choice of one."""
    parts = services()
    if asked.kind == launches.DEEP_LINKING:
        return _offer(found, asked)
    with parts.store.write(Actor.system()) as uow:
        entry_id = launches.entry_of_launch(uow, parts, found, asked)
        login.end_login(uow, request.cookies.get(login.cookie_name(parts.config)))
        token = login.begin_login(
            uow,
            LoginKind.CANDIDATE,
            entry_id,
            hours=parts.config.login_hours,
            browser=browser_of(request.user_agent.string),
        )
    response = go("learner.gate")
    login.set_login_cookie(response, parts.config, token)
    return response


def _offer(found: Platform, asked: Launch) -> Response:
    """The sittings that a teacher may link."""
    if not asked.teacher:
        raise Forbidden("linking_not_teacher")
    parts = services()
    choice = linking.begin_choice(parts, asked)
    with parts.store.read(Actor.system()) as uow:
        sittings = linking.open_sittings(uow, found.organisation_id)
    page = render_template("people/link_choice.html", sittings=sittings, platform=found)
    response = Response(page)
    flows.keep(response, parts, CHOICE, {"platform": found.id, **asdict(choice)})
    return response


def _platform(platform_id: str) -> Platform:
    with services().store.read(Actor.system()) as uow:
        return platform(uow, platform_id)


def _login_path(platform_id: str) -> str:
    return url_for("lti.begin", platform_id=platform_id)


def _launch_path(platform_id: str) -> str:
    return url_for("lti.launch", platform_id=platform_id)
