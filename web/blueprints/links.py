# SPDX-License-Identifier: Apache-2.0
"""One-time links: accepting an invitation, a forgotten password, a new password. Nobody is signed in here."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from core.errors import Invalid
from core.identity import staff
from core.identity.passwords import NewPassword, new_password
from core.uow import Actor
from web import login, sign_in
from web.access import public, services
from web.answers import go
from web.error_texts import text_of
from web.presenters.people import roles_text
from web.words import _

blueprint = Blueprint("links", __name__)


@blueprint.get("/invitation/<token>")
@public
def invitation(token: str) -> str:
    """What somebody is invited to."""
    return _invitation_page(token)


@blueprint.post("/invitation/<token>")
@public
def accept(token: str) -> Response | tuple[str, int]:
    """Make the account with the chosen password, and go in."""
    parts = services()
    with parts.store.read(Actor.system()) as uow:
        found = staff.open_invitation(uow, token)
    try:
        password = _chosen([found.name, found.email, found.organisation_name])
    except Invalid as error:
        return _invitation_page(token, error), 422
    with parts.store.write(Actor.system()) as uow:
        person = staff.accept_invitation(uow, token, password=password)
    return sign_in.first_step(parts, person, method="invitation", target="")


@blueprint.get("/forgotten-password")
@public
def forgotten() -> str:
    """Where somebody asks for a new password."""
    return render_template("people/forgotten.html", asked=False)


@blueprint.post("/forgotten-password")
@public
def ask_new_password() -> str:
    """The same answer in the same time, whether the address is known or not."""
    sign_in.note_forgotten(services(), request.form.get("email", "")[:254])
    return render_template("people/forgotten.html", asked=True)


@blueprint.get("/new-password/<token>")
@public
def reset(token: str) -> str:
    """The page behind the link."""
    return _reset_page(token)


@blueprint.post("/new-password/<token>")
@public
def set_new_password(token: str) -> Response | tuple[str, int]:
    """Replace the password and end every login; the person signs in with the new one."""
    parts = services()
    with parts.store.read(Actor.system()) as uow:
        found = staff.person_of_reset(uow, token)
    try:
        password = _chosen([found.name, found.email, found.organisation_name])
    except Invalid as error:
        return _reset_page(token, error), 422
    with parts.store.write(Actor.system()) as uow:
        person = staff.set_password_by_link(uow, token, password=password)
        login.end_logins(uow, person.id, organisation_id=person.organisation_id)
    return go("public.sign_in", message=_("Your new password is set. Sign in with it."))


def _chosen(personal: list[str]) -> NewPassword:
    typed = request.form.get("password", "")[:2000]
    if typed != request.form.get("again", "")[:2000]:
        raise Invalid("passwords_differ")
    return new_password(typed, personal=personal)


def _invitation_page(token: str, error: Invalid | None = None) -> str:
    with services().store.read(Actor.system()) as uow:
        found = staff.open_invitation(uow, token)
    return render_template(
        "people/invitation.html",
        invitation=found,
        roles=roles_text(found.roles),
        error=text_of(error.code, error.facts) if error else None,
    )


def _reset_page(token: str, error: Invalid | None = None) -> str:
    with services().store.read(Actor.system()) as uow:
        found = staff.person_of_reset(uow, token)
    return render_template(
        "people/new_password.html",
        person=found,
        error=text_of(error.code, error.facts) if error else None,
    )
