# SPDX-License-Identifier: Apache-2.0
"""The second factor of a member of staff: set up, asked for at sign-in, removed. Resets by administrators are in ``people``."""

from __future__ import annotations

import io

from flask import Blueprint, Response, flash, render_template, request, url_for

from core.errors import Conflict, Invalid, NotFound, Unavailable
from core.identity import second_factors, totp
from core.identity import staff as staff_operations
from core.uow import Actor, UnitOfWork
from web import login, sign_in
from web.access import actor, organisation_id, public, recent_proof, services, staff, user
from web.answers import go, go_to
from web.errors import status_of
from web.wiring import Services
from web.words import _

blueprint = Blueprint("second_factor", __name__)
ISSUER = "Kasauti"


@blueprint.get("/sign-in/second-factor")
@public
def ask() -> Response | str:
    """The question between the password and the way in."""
    parts = services()
    with parts.store.read(Actor.system()) as uow:
        waiting = login.waiting_person(uow, request.cookies.get(login.cookie_name(parts.config)))
    if waiting is None:
        return go("public.sign_in")
    return render_template("people/second_step.html", next=request.args.get("next", ""), trouble="")


@blueprint.post("/sign-in/second-factor")
@public
def check() -> Response:
    """Go in when the code fits."""
    code, target = request.form.get("code", "")[:100], request.form.get("next", "")
    try:
        answer = sign_in.second_step(services(), code=code, target=target)
    except Unavailable as error:
        page = render_template("people/second_step.html", next=target, trouble=error.code)
        return Response(page, status_of(error))
    if answer is None:
        return Response(render_template("people/second_step.html", next=target, trouble="wrong"), 401)
    return answer


@blueprint.get("/account/second-factor")
@staff()
def setup() -> str:
    """How it is set up, step by step, or how it stands."""
    parts = services()
    with parts.store.read(actor()) as uow:
        enrolled = second_factors.is_enrolled(uow, actor().id)
        secret = "" if enrolled else _waiting_secret(uow, parts)
        left = second_factors.codes_left(uow, actor().id)
        required = staff_operations.second_factor_required(uow, organisation_id())
    return render_template(
        "people/second_factor.html",
        enrolled=enrolled,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        left=left,
        required=required,
        must=user().must_enrol,
        codes=[],
        wrong=request.args.get("wrong") == "1",
    )


@blueprint.post("/account/second-factor")
@staff()
@recent_proof
def begin() -> Response:
    """Make a secret to be scanned."""
    parts = services()
    with parts.store.write(actor()) as uow:
        second_factors.begin_enrolment(uow, actor().id, keys=sign_in.factor_keys(parts))
    return go("second_factor.setup")


@blueprint.get("/account/second-factor.svg")
@staff()
def picture() -> Response:
    """The secret as a QR code, until it is confirmed."""
    import segno

    parts = services()
    with parts.store.read(actor()) as uow:
        secret = second_factors.secret_to_confirm(uow, actor().id, keys=sign_in.factor_keys(parts))
        member = staff_operations.member(uow, organisation_id(), actor().id)
    address = totp.address_of(secret, account=member.email, issuer=ISSUER)
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=4, scale=4, dark="#14161a", light="#ffffff", xmldecl=False
    )
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


@blueprint.post("/account/second-factor/confirm")
@staff()
def confirm() -> Response | str:
    """Put it in force; the recovery codes are shown on this one answer and never again."""
    parts, code = services(), request.form.get("code", "")[:100]
    try:
        with parts.store.write(actor()) as uow:
            keys = sign_in.factor_keys(parts)
            codes = second_factors.confirm_enrolment(uow, actor().id, code=code, keys=keys)
            login.end_logins(uow, actor().id, organisation_id=organisation_id(), but=user().login_id)
    except Invalid:
        return go_to(url_for("second_factor.setup", wrong=1))
    return _codes_page(codes)


@blueprint.post("/account/second-factor/codes")
@staff()
@recent_proof
def new_codes() -> str:
    """Ten new recovery codes in place of the old ones."""
    parts = services()
    with parts.store.write(actor()) as uow:
        codes = second_factors.issue_recovery_codes(uow, actor().id, keys=sign_in.factor_keys(parts))
    return _codes_page(codes)


@blueprint.post("/account/second-factor/remove")
@staff()
@recent_proof
def remove() -> Response:
    """Take it away, where the organisation does not demand it."""
    with services().store.write(actor()) as uow:
        if staff_operations.second_factor_required(uow, organisation_id()):
            raise Conflict("second_factor_demanded")
        second_factors.remove_second_factor(uow, actor().id)
    flash(_("The second factor is removed."), "success")
    return go("account.show")


def _waiting_secret(uow: UnitOfWork, parts: Services) -> str:
    try:
        return second_factors.secret_to_confirm(uow, actor().id, keys=sign_in.factor_keys(parts))
    except NotFound:
        return ""


def _codes_page(codes: list[str]) -> str:
    return render_template(
        "people/second_factor.html",
        enrolled=True,
        secret="",
        left=len(codes),
        required=False,
        must=False,
        codes=codes,
        wrong=False,
    )
