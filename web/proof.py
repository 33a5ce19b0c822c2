# SPDX-License-Identifier: Apache-2.0
"""Proving again who one is, for acts that need it: the asked-for form waits inside the question and goes on from there."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, render_template, request

from core.errors import Forbidden, KasautiError
from core.identity import events, second_factors, throttling
from core.identity import operations as identity
from web import login
from web.access import actor, organisation_id, services, user
from web.errors import status_of, wants_json
from web.sign_in import factor_keys
from web.wiring import Services

FIELD = "proof-of-person"
_LONGEST = 1000


def ask(*, within: timedelta) -> Response | None:
    """None when the person proved within this time, or proves with this very form; else the page that asks."""
    parts = services()
    proved_at = user().proved_at
    if proved_at is not None and parts.clock.now() - proved_at < within:
        return None
    typed = request.form.get(FIELD, "")[:_LONGEST]
    if wants_json():
        raise Forbidden("recent_proof_needed")
    try:
        if typed and prove(parts, typed):
            return None
    except KasautiError as error:
        return _page(parts, status=status_of(error), trouble=error.code)
    return _page(parts, status=403, trouble="wrong" if typed else "")


def prove(parts: Services, typed: str) -> bool:
    """Whether ``typed`` is the signed-in person's second factor, or the password where none is enrolled. Each try counts.

    Unavailable(``too_many_tries`` | ``sign_in_busy``).
    """
    person_id = actor().id
    key = throttling.factor_key(person_id)
    with parts.store.write(actor()) as uow:
        throttling.take_try(uow, key)
        enrolled = second_factors.is_enrolled(uow, person_id)
        fits = enrolled and second_factors.check_second_factor(
            uow, person_id, code=typed, keys=factor_keys(parts)
        )
    if not enrolled:
        with parts.store.read(actor()) as uow:  # hashing is slow on purpose: outside the write lock
            fits = identity.password_fits(uow, person_id, typed)
    if fits:
        _note(parts, key, "second_factor" if enrolled else "password")
    return fits


def prove_password(parts: Services, typed: str) -> bool:
    """Whether ``typed`` is the signed-in person's password, whatever second factor there is. Each try counts."""
    key = throttling.factor_key(actor().id)
    with parts.store.write(actor()) as uow:
        throttling.take_try(uow, key)
    with parts.store.read(actor()) as uow:
        fits = identity.password_fits(uow, actor().id, typed)
    if fits:
        with parts.store.write(actor()) as uow:
            throttling.forget_tries(uow, key)
    return fits


def _note(parts: Services, key: str, method: str) -> None:
    token = request.cookies.get(login.cookie_name(parts.config), "")
    with parts.store.write(actor()) as uow:
        throttling.forget_tries(uow, key)
        login.note_proof(uow, token)
        uow.emit(
            events.IdentityProved(
                organisation_id=organisation_id(),
                subject_id=actor().id,
                method=method,
                act=request.endpoint or "",
            )
        )


def _page(parts: Services, *, status: int, trouble: str) -> Response:
    with parts.store.read(actor()) as uow:
        enrolled = second_factors.is_enrolled(uow, actor().id)
    kept = [
        (name, text) for name, text in request.form.items(multi=True) if name not in (FIELD, "csrf_token")
    ]
    page = render_template(
        "people/proof.html", path=request.path, kept=kept, enrolled=enrolled, trouble=trouble, name=FIELD
    )
    return Response(page, status)
