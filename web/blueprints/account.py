# SPDX-License-Identifier: Apache-2.0
"""The own account of a member of staff: password, open logins, and where the second factor stands."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from core.errors import Invalid, NotFound
from core.identity import second_factors, sign_on
from core.identity import staff as staff_operations
from core.identity.passwords import new_password
from web import login, proof
from web.access import actor, organisation_id, services, staff, user
from web.answers import go
from web.error_texts import text_of
from web.presenters.people import roles_text
from web.words import _

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@staff()
def show() -> str:
    """What belongs to one's own account."""
    return _page(None)


@blueprint.post("/password")
@staff()
def change_password() -> Response | tuple[str, int]:
    """A new password for the old one; every other login ends."""
    parts, form = services(), request.form
    with parts.store.read(actor()) as uow:
        found = staff_operations.member(uow, organisation_id(), actor().id)
    personal = [found.name, found.email, user().organisation_name or ""]
    try:
        if form.get("password", "") != form.get("again", ""):
            raise Invalid("passwords_differ")
        if not proof.prove_password(parts, form.get("old", "")[:1000]):
            raise Invalid("password_wrong")
        password = new_password(form.get("password", "")[:2000], personal=personal)
    except Invalid as error:
        return _page(error), 422
    with parts.store.write(actor()) as uow:
        staff_operations.replace_password(uow, actor().id, password=password)
        login.end_logins(uow, actor().id, organisation_id=organisation_id(), but=user().login_id)
    return go("account.show", message=_("Your password is changed. Other browsers are signed out."))


@blueprint.post("/logins")
@staff()
def end_others() -> Response:
    """Sign out everywhere but here."""
    with services().store.write(actor()) as uow:
        login.end_logins(uow, actor().id, organisation_id=organisation_id(), but=user().login_id)
    return go("account.show", message=_("Other browsers are signed out."))


@blueprint.post("/logins/<login_id>")
@staff()
def end_login(login_id: str) -> Response:
    """Sign out in one browser."""
    with services().store.write(actor()) as uow:
        if not login.end_logins(uow, actor().id, organisation_id=organisation_id(), only=login_id):
            raise NotFound("login_unknown")
    return go("account.show", message=_("That browser is signed out."))


def _page(error: Invalid | None) -> str:
    with services().store.read(actor()) as uow:
        return render_template(
            "people/account.html",
            person=staff_operations.member(uow, organisation_id(), actor().id),
            roles=roles_text(actor().roles),
            enrolled=second_factors.is_enrolled(uow, actor().id),
            codes_left=second_factors.codes_left(uow, actor().id),
            required=staff_operations.second_factor_required(uow, organisation_id()),
            logins=login.open_logins(uow, actor().id),
            here=user().login_id,
            provider=sign_on.provider(uow, organisation_id()),
            error=text_of(error.code, error.facts) if error else None,
        )
