# SPDX-License-Identifier: Apache-2.0
"""Who may call what. Deny by default: a route without a policy answers 404, and absent and forbidden look alike.

Views reach data only through operations and queries that take the actor's organisation (staff) or entry (learner); this
module hands those out. ``POLICY`` on a view is read by the access-matrix test, so the table of the tests is the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from core.errors import Forbidden, NotFound
from core.identity.model import Role
from core.uow import Actor
from web import login
from web.login import CurrentUser
from web.wiring import Services

SEEN_RESOLUTION = timedelta(minutes=1)
PROOF_LASTS = timedelta(minutes=15)
View = TypeVar("View", bound=Callable[..., Any])


class Audience(StrEnum):
    """The four kinds of caller."""

    PUBLIC = "public"
    LEARNER = "learner"
    STAFF = "staff"
    API_KEY = "api_key"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may call a view: an audience and, for staff, at least one of the roles (empty = any member of staff)."""

    audience: Audience
    roles: frozenset[Role] = frozenset()

    def admits(self, user: CurrentUser | None) -> bool:
        """Whether this user may call the view. API keys are checked by the API itself."""
        match self.audience:
            case Audience.PUBLIC | Audience.API_KEY:
                return True
            case Audience.LEARNER:
                return user is not None and user.entry_id is not None
            case Audience.STAFF:
                if user is None or user.entry_id is not None:
                    return False
                return not self.roles or bool(self.roles & user.actor.roles)


def public(view: View) -> View:
    """Anybody, signed in or not."""
    return _mark(view, Policy(Audience.PUBLIC))


def learner(view: View) -> View:
    """A learner who came in by access code."""
    return _mark(view, Policy(Audience.LEARNER))


def api_client(view: View) -> View:
    """A program with an API key; the view itself checks the key."""
    return _mark(view, Policy(Audience.API_KEY))


def staff(*roles: Role) -> Callable[[View], View]:
    """A member of staff with one of the roles, or any when none is named."""
    return lambda view: _mark(view, Policy(Audience.STAFF, frozenset(roles)))


def recent_proof(view: View) -> View:
    """Below ``staff``: the act needs a sign-in or a proof of the last 15 minutes, else it is asked for and the form kept.

    The view runs at once with the same form when the proof is right. JSON gets Forbidden(``recent_proof_needed``).
    """

    @wraps(view)
    def proved(*args: Any, **kwargs: Any) -> Any:
        from web import proof  # it needs this module

        asked = proof.ask(within=PROOF_LASTS)
        return view(*args, **kwargs) if asked is None else asked

    return cast(View, proved)


def policy_of(app: Flask, endpoint: str) -> Policy | None:
    """The policy of an endpoint, or None when its author forgot one (then nobody gets in)."""
    return getattr(app.view_functions[endpoint], "POLICY", None)


def install(app: Flask) -> None:
    """Load the user before, and refuse before the view runs."""

    @app.before_request
    def check() -> Response | None:
        if request.endpoint is None:
            return None  # no such route: the 404 handler answers
        policy = policy_of(app, request.endpoint)
        if policy is None:
            raise NotFound("page_unknown")
        if policy.audience is Audience.API_KEY or request.endpoint in _WITHOUT_USER:
            return None
        parts = services()
        token = request.cookies.get(login.cookie_name(parts.config))
        g.user = None
        if token:
            with parts.store.read(Actor.system()) as uow:
                g.user = login.find_user(uow, token)
                due = g.user is not None and g.user.seen_at and uow.now - g.user.seen_at >= SEEN_RESOLUTION
            if due:
                with parts.store.write(Actor.system()) as uow:
                    login.note_request(uow, token, idle_minutes=parts.config.idle_minutes)
        if policy.admits(g.user):
            return None
        if g.user is None:
            return _ask_to_sign_in(policy)
        if g.user.must_enrol and policy.audience is Audience.STAFF:
            return _ask_to_enrol()
        raise NotFound("page_unknown")


# Answered without a look at the database: health must not need it to be quick, files are the same for all.
_WITHOUT_USER = frozenset({"static", "vendor", "device_file", "public.healthz", "offline.worker"})


def services() -> Services:
    """The wired parts of this application."""
    return cast(Services, current_app.extensions["kasauti"])


def user() -> CurrentUser:
    """The signed-in user; the policy guarantees one."""
    found = cast("CurrentUser | None", g.get("user"))
    if found is None:
        raise Forbidden("sign_in_needed")
    return found


def actor() -> Actor:
    """The signed-in actor."""
    return user().actor


def organisation_id() -> str:
    """The tenant of the signed-in member of staff."""
    found = actor().organisation_id
    if found is None:
        raise NotFound("page_unknown")
    return found


def entry_id() -> str:
    """The entry of the signed-in learner."""
    found = user().entry_id
    if found is None:
        raise NotFound("page_unknown")
    return found


def attempt_id() -> str:
    """The attempt of the signed-in learner."""
    found = user().attempt_id
    if found is None:
        raise NotFound("page_unknown")
    return found


def _mark(view: View, policy: Policy) -> View:
    @wraps(view)
    def marked(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    marked.POLICY = policy  # type: ignore[attr-defined]
    return cast(View, marked)


def _ask_to_sign_in(policy: Policy) -> Response:
    if request.method != "GET" or request.accept_mimetypes.best == "application/json":
        raise Forbidden("sign_in_needed")
    if policy.audience is Audience.LEARNER:
        return redirect(url_for("public.home"))
    return redirect(url_for("public.sign_in", next=request.full_path.rstrip("?")))


def _ask_to_enrol() -> Response:
    if request.method != "GET" or request.accept_mimetypes.best == "application/json":
        raise Forbidden("second_factor_needed")
    return redirect(url_for("second_factor.setup"))
