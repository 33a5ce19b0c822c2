# SPDX-License-Identifier: Apache-2.0
"""Pages of administrators: the staff of the own organisation, invitations, roles, resets. No content and no result is here."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, flash, render_template, request

from assessor import api as assessor
from core.errors import Invalid
from core.identity import queries, second_factors, sign_on, staff, throttling
from core.identity.model import Role
from web import login, sign_in
from web.access import actor, organisation_id, recent_proof, services
from web.access import staff as for_staff
from web.answers import go
from web.forms.assessors import language_options, language_rows, proficiency_options, read_assessor_record
from web.presenters.common import csv_response
from web.presenters.people import role_choices, roles_text, staff_rows
from web.words import _, ngettext

blueprint = Blueprint("people", __name__, url_prefix="/people")


@blueprint.get("")
@for_staff(Role.ADMINISTRATOR)
def index() -> Response | str:
    """The staff of this organisation, open invitations, and what holds for all."""
    if request.args.get("format") == "csv":
        with services().store.read(actor()) as uow:
            rows = staff_rows(staff.members(uow, organisation_id()))
        columns = ("name", "email", "roles", "active", "second_factor", "last_sign_in_at")
        return csv_response("people.csv", columns, [[row[name] for name in columns] for row in rows])
    return _index_page({})


@blueprint.post("/invitations")
@for_staff(Role.ADMINISTRATOR)
def invite() -> str:
    """Invite somebody; the link is sent, and shown on this one answer and never again."""
    parts, form = services(), request.form
    with parts.store.write(actor()) as uow:
        made = staff.invite(
            uow,
            organisation_id(),
            name=form.get("name", ""),
            email=form.get("email", ""),
            roles=_roles(),
            language=form.get("language", ""),
        )
        link = sign_in.send_invitation(uow, parts, made.invitation.id, made.token)
    return _index_page({"link": link, "name": made.invitation.name, "what": "invitation"})


@blueprint.post("/invitations/<invitation_id>/withdraw")
@for_staff(Role.ADMINISTRATOR)
def withdraw_invitation(invitation_id: str) -> Response:
    """Make the link of an invitation worthless."""
    with services().store.write(actor()) as uow:
        staff.withdraw_invitation(uow, organisation_id(), invitation_id)
    return go("people.index", message=_("The invitation is withdrawn; its link opens nothing any more."))


@blueprint.post("/settings")
@for_staff(Role.ADMINISTRATOR)
@recent_proof
def settings() -> Response:
    """Whether everybody here needs a second factor."""
    required = request.form.get("second_factor") == "yes"
    with services().store.write(actor()) as uow:
        staff.require_second_factor(uow, organisation_id(), required=required)
    return go("people.index", message=_("Saved."))


@blueprint.get("/<person_id>")
@for_staff(Role.ADMINISTRATOR)
def person(person_id: str) -> str:
    """One member of staff."""
    return _person_page(person_id, {})


@blueprint.post("/<person_id>/roles")
@for_staff(Role.ADMINISTRATOR)
@recent_proof
def set_roles(person_id: str) -> Response:
    """Give exactly the ticked roles; they hold from the person's next click."""
    with services().store.write(actor()) as uow:
        staff.set_roles(uow, organisation_id(), person_id, _roles())
    if person_id == actor().id and Role.ADMINISTRATOR not in _roles():
        return go("public.home", message=_("You are not an administrator any more."))
    return go("people.person", person_id=person_id, message=_("The roles are changed."))


@blueprint.post("/<person_id>/password")
@for_staff(Role.ADMINISTRATOR)
@recent_proof
def reset_password(person_id: str) -> str:
    """Send a link for a new password, and show it this once."""
    parts = services()
    with parts.store.write(actor()) as uow:
        staff.member(uow, organisation_id(), person_id)
        found = queries.person(uow, person_id)
        if found is None:
            raise Invalid("person_disabled")
        link = sign_in.send_reset(uow, parts, found, lasting=timedelta(hours=staff.RESET_HOURS))
    return _person_page(person_id, {"link": link, "name": found.name, "what": "password"})


@blueprint.post("/<person_id>/second-factor")
@for_staff(Role.ADMINISTRATOR)
@recent_proof
def reset_second_factor(person_id: str) -> Response:
    """Take a lost second factor away; the person is told, and signed out everywhere."""
    parts = services()
    with parts.store.write(actor()) as uow:
        staff.member(uow, organisation_id(), person_id)
        second_factors.remove_second_factor(uow, person_id)
        throttling.forget_tries(uow, throttling.factor_key(person_id))
        login.end_logins(uow, person_id, organisation_id=organisation_id())
        found = queries.person(uow, person_id)
        if found is not None:
            sign_in.send_factor_reset(uow, parts, found)
    return go("people.person", person_id=person_id, message=_("The second factor is removed."))


@blueprint.post("/<person_id>/active")
@for_staff(Role.ADMINISTRATOR)
@recent_proof
def set_active(person_id: str) -> Response:
    """Close an account, which ends its logins at once, or open it again."""
    opening = request.form.get("active") == "yes"
    with services().store.write(actor()) as uow:
        if opening:
            staff.enable(uow, organisation_id(), person_id)
        else:
            staff.disable(uow, organisation_id(), person_id)
            login.end_logins(uow, person_id, organisation_id=organisation_id())
    message = _("The account is open again.") if opening else _("The account is closed.")
    return go("people.person", person_id=person_id, message=message)


@blueprint.post("/<person_id>/logins")
@for_staff(Role.ADMINISTRATOR)
def end_logins(person_id: str) -> Response:
    """Sign somebody out in every browser."""
    with services().store.write(actor()) as uow:
        staff.member(uow, organisation_id(), person_id)
        count = login.end_logins(uow, person_id, organisation_id=organisation_id())
    flash(ngettext("%(num)s login is ended.", "%(num)s logins are ended.", count), "success")
    return go("people.index") if person_id != actor().id else go("public.sign_in")


@blueprint.post("/<person_id>/assessor")
@for_staff(Role.ADMINISTRATOR)
def keep_assessor_record(person_id: str) -> Response:
    """Keep the certificate and the languages of an assessor, which the monthly return asks for."""
    record = read_assessor_record(request.form)
    with services().store.write(actor()) as uow:
        assessor.keep_assessor_record(uow, person_id, organisation_id=organisation_id(), record=record)
    return go("people.person", person_id=person_id, message=_("Saved."))


def _roles() -> set[Role]:
    try:
        return {Role(value) for value in request.form.getlist("role")}
    except ValueError as error:
        raise Invalid("request_malformed") from error


def _index_page(made: dict[str, str]) -> str:
    with services().store.read(actor()) as uow:
        organisation = queries.organisation(uow, organisation_id())
        members = staff.members(uow, organisation_id())
        invitations = staff.invitations(uow, organisation_id())
        required = staff.second_factor_required(uow, organisation_id())
        provider = sign_on.provider(uow, organisation_id())
    assert organisation is not None  # noqa: S101 - the actor belongs to it
    return render_template(
        "people/index.html",
        people=staff_rows(members),
        invitations=[(one, roles_text(one.roles)) for one in invitations],
        choices=role_choices(organisation.kind),
        made=made,
        required=required,
        provider=provider,
    )


def _person_page(person_id: str, made: dict[str, str]) -> str:
    with services().store.read(actor()) as uow:
        found = staff.member(uow, organisation_id(), person_id)
        organisation = queries.organisation(uow, organisation_id())
        logins = login.open_logins(uow, person_id)
        record = assessor.assessor_records(uow, [person_id])[person_id]
    assert organisation is not None  # noqa: S101 - the actor belongs to it
    return render_template(
        "people/person.html",
        person=found,
        choices=role_choices(organisation.kind, found.roles),
        logins=logins,
        made=made,
        myself=found.id == actor().id,
        record=record if Role.ASSESSOR in found.roles and found.active else None,
        spoken=language_rows(record),
        languages=language_options(),
        proficiencies=proficiency_options(),
    )
