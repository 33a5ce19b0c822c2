# SPDX-License-Identifier: Apache-2.0
"""Signing staff in, in steps: password or the organisation's own sign-in, then the second factor where there is one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from flask import Response, request, session, url_for

from core.identity import operations as identity
from core.identity import queries, second_factors, staff, throttling
from core.identity.events import PasswordForgotten
from core.identity.model import Person
from core.ids import new_id
from core.notices.model import Address, NoticeKind
from core.notices.operations import queue_notice
from core.outbox import Handler, OutboxMessage
from core.sealing import Sealer
from core.uow import Actor, UnitOfWork
from web import login
from web.answers import go_to
from web.navigation import home_of
from web.presenters.people import browser_of
from web.tables import LoginKind, PasswordRequestRow
from web.wiring import Services

TIME_ZONE = "Asia/Kolkata"
_LONGEST_PATH = 2000
_FORGOTTEN_SCOPE = "forgotten password"


def factor_keys(parts: Services) -> second_factors.FactorKeys:
    """The platform's keys for second factors."""
    return second_factors.FactorKeys(parts.config.key("second-factor"), parts.config.key("recovery-code"))


def check_credentials(parts: Services, *, email: str, password: str) -> Person | None:
    """The person, or None in the same time whichever was wrong. Unavailable(``too_many_tries`` | ``sign_in_busy``)."""
    key = throttling.sign_in_key(email)
    with parts.store.write(Actor.system()) as uow:
        throttling.take_try(uow, key)
    with parts.store.read(
        Actor.system()
    ) as uow:  # hashing takes tens of milliseconds: outside the write lock
        person = identity.check_password(uow, email=email, password=password)
    if person is not None:
        with parts.store.write(Actor.system()) as uow:
            throttling.forget_tries(uow, key)
    return person


def first_step(parts: Services, person: Person, *, method: str, target: str) -> Response:
    """After the password or the organisation's own sign-in: ask for the second factor where one is enrolled, else go in."""
    with parts.store.write(Actor.system()) as uow:
        if not second_factors.is_enrolled(uow, person.id):
            return _go_in(uow, parts, person, method=method, target=target)
        login.end_login(uow, request.cookies.get(login.cookie_name(parts.config)))
        token = login.begin_login(uow, LoginKind.PERSON, person.id, hours=1, awaits_second_factor=True)
    response = go_to(url_for("second_factor.ask", next=own_path(target) or None))
    login.set_login_cookie(response, parts.config, token)
    return response


def second_step(parts: Services, *, code: str, target: str) -> Response | None:
    """Go in when the code fits, else None; back to the start when it took too long. Unavailable(``too_many_tries``)."""
    token = request.cookies.get(login.cookie_name(parts.config))
    with parts.store.write(Actor.system()) as uow:
        person_id = login.waiting_person(uow, token)
        if person_id is not None:
            throttling.take_try(uow, throttling.factor_key(person_id))
    if person_id is None:
        return go_to(url_for("public.sign_in", next=own_path(target) or None))
    with parts.store.write(Actor.system()) as uow:
        fits = second_factors.check_second_factor(uow, person_id, code=code, keys=factor_keys(parts))
        person = queries.person(uow, person_id)
        if not fits or person is None:
            return None
        throttling.forget_tries(uow, throttling.factor_key(person_id))
        return _go_in(uow, parts, person, method="second_factor", target=target)


def _go_in(uow: UnitOfWork, parts: Services, person: Person, *, method: str, target: str) -> Response:
    """A new login in place of whatever this browser had, and a new form token with it."""
    login.end_login(uow, request.cookies.get(login.cookie_name(parts.config)))
    token = login.begin_login(
        uow,
        LoginKind.PERSON,
        person.id,
        hours=parts.config.login_hours,
        idle_minutes=parts.config.idle_minutes,
        browser=browser_of(request.user_agent.string),
    )
    staff.note_sign_in(uow, person.id, method=method)
    session.pop("csrf_token", None)
    response = go_to(own_path(target) or url_for(home_of(person.roles)))
    login.set_login_cookie(response, parts.config, token)
    return response


def own_path(target: str) -> str | None:
    """The target when it is a path of ours; another site's address is dropped (no open redirect)."""
    # Browsers drop white space and read a backslash as a slash, so neither may stand in it at all.
    if len(target) > _LONGEST_PATH or not re.fullmatch(r"/(?![/\\])[^\s\\\x00-\x1f\x7f]*", target):
        return None
    return target


# ------------------------------------------------------------------------------------------- links by notice


def send_invitation(uow: UnitOfWork, parts: Services, invitation_id: str, token: str) -> str:
    """Queue the invitation's notice; the link, for the one moment when the administrator may copy it."""
    found = staff.open_invitation(uow, token)
    link = f"{parts.config.base_url}/invitation/{token}"
    queue_notice(
        uow,
        organisation_id=found.organisation_id,
        subject_id=invitation_id,
        kind=NoticeKind.STAFF_INVITATION,
        language=found.language,
        address=Address.email(found.email),
        words={
            "name": found.name,
            "organisation": found.organisation_name,
            "link": link,
            "expires_at": found.expires_at.isoformat(),
            "time_zone": TIME_ZONE,
        },
        key=parts.config.key("notices"),
    )
    return link


def send_reset(uow: UnitOfWork, parts: Services, person: Person, *, lasting: timedelta) -> str:
    """Queue a link for a new password; the link itself."""
    token = staff.issue_reset(uow, person.id, lasting=lasting)
    link = f"{parts.config.base_url}/new-password/{token}"
    queue_notice(
        uow,
        organisation_id=person.organisation_id,
        subject_id=person.id,
        kind=NoticeKind.PASSWORD_RESET,
        language=person.language,
        address=Address.email(person.email),
        words={
            "name": person.name,
            "link": link,
            "expires_at": (uow.now + lasting).isoformat(),
            "time_zone": TIME_ZONE,
        },
        key=parts.config.key("notices"),
    )
    return link


def send_factor_reset(uow: UnitOfWork, parts: Services, person: Person) -> None:
    """Tell somebody that the second factor of their account was taken away."""
    queue_notice(
        uow,
        organisation_id=person.organisation_id,
        subject_id=person.id,
        kind=NoticeKind.SECOND_FACTOR_RESET,
        language=person.language,
        address=Address.email(person.email),
        words={"name": person.name, "organisation": person.organisation_name},
        key=parts.config.key("notices"),
    )


def note_forgotten(parts: Services, email: str) -> None:
    """Keep the wish for a new password; who it is, and whether anybody, is looked up after the answer has left.

    Unavailable(``too_many_tries``) after three wishes for one address, known or not.
    """
    with parts.store.write(Actor.system()) as uow:
        throttling.take_try(uow, throttling.reset_key(email), allowed=3)
        sealed = Sealer(parts.config.key("forgotten")).seal(email.encode(), scope=_FORGOTTEN_SCOPE)
        row = PasswordRequestRow(id=new_id(), sealed_email=sealed, created_at=uow.now)
        uow.db.add(row)
        uow.emit(PasswordForgotten(organisation_id=None, subject_id=row.id))


def handlers(parts: Services) -> Mapping[str, Handler]:
    """Effects of signing in: the link for whoever forgot a password."""

    def send(message: OutboxMessage) -> None:
        with parts.store.write(Actor.system()) as uow:
            row = uow.db.get(PasswordRequestRow, message.subject_id)
            if row is None:
                return  # carried out before
            uow.db.delete(row)
            email = Sealer(parts.config.key("forgotten")).open(row.sealed_email, scope=_FORGOTTEN_SCOPE)
            person = staff.person_by_email(uow, email.decode())
            if person is not None:
                send_reset(uow, parts, person, lasting=timedelta(minutes=staff.FORGOTTEN_MINUTES))

    return {"password_forgotten": send}
