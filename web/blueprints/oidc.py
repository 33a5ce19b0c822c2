# SPDX-License-Identifier: Apache-2.0
"""Signing in at the organisation's own provider, linking an account to it, setting it up. The protocol: ``web.oidc``."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, g, render_template, request, url_for

from core.errors import Forbidden, Invalid, Unavailable
from core.identity import sign_on
from core.identity import staff as staff_operations
from core.identity.model import Person, Role, SignOnProvider
from core.uow import Actor, UnitOfWork
from web import flows, sign_in
from web.access import actor, organisation_id, public, recent_proof, services, staff
from web.answers import go, go_to
from web.errors import status_of
from web.id_tokens import refused
from web.oidc import Identity, SignOn, check_issuer
from web.words import _

blueprint = Blueprint("oidc", __name__)
FLOW, PENDING = "sign-on", "sign-on-link"


def install(app: Flask) -> None:
    """Give the application its one client."""
    app.extensions["kasauti-sign-on"] = SignOn(app.extensions["kasauti"])


@blueprint.get("/sign-in/with/<slug>")
@public
def begin(slug: str) -> Response:
    """Send the browser to the organisation's provider."""
    with services().store.read(Actor.system()) as uow:
        provider = sign_on.provider_by_slug(uow, slug)
    return _leave(provider, purpose="sign-in", target=request.args.get("next", ""))


@blueprint.post("/account/sign-on")
@staff()
@recent_proof
def begin_link() -> Response:
    """Send a signed-in person there to link the account."""
    with services().store.read(actor()) as uow:
        provider = sign_on.provider(uow, organisation_id())
    if provider is None:
        raise Invalid("sign_on_missing")
    return _leave(provider, purpose=f"link {actor().id}", target=url_for("account.show"))


@blueprint.get("/sign-in/callback")
@public
def callback() -> Response:
    """The way back, good once and only for the browser that left."""
    parts = services()
    kept = flows.brought(parts, FLOW)
    if kept is None:
        raise refused("cookie")
    with parts.store.read(Actor.system()) as uow:
        provider = sign_on.provider_by_slug(uow, kept["slug"])
    identity = _client().finish(provider, kept, request.args.to_dict(), redirect_uri=_way_back())
    purpose, _space, person_id = kept["purpose"].partition(" ")
    response = (
        _link(provider, identity, person_id)
        if purpose == "link"
        else _enter(provider, identity, kept["target"])
    )
    flows.forget(response, parts, FLOW)
    return response


@blueprint.post("/sign-in/link")
@public
def confirm() -> Response:
    """Link after the password of the account was given: the address alone links nothing."""
    parts = services()
    pending = flows.brought(parts, PENDING)
    if pending is None:
        raise refused("cookie")
    with parts.store.read(Actor.system()) as uow:
        provider = sign_on.provider_by_slug(uow, pending["slug"])
        member = staff_operations.member(uow, provider.organisation_id, pending["person_id"])
    password = request.form.get("password", "")[:1000]
    try:
        person = sign_in.check_credentials(parts, email=member.email, password=password)
    except Unavailable as error:
        return Response(_confirm_page(member.email, error.code), status_of(error))
    if person is None or provider.issuer != pending["issuer"]:
        return Response(_confirm_page(member.email, "wrong"), 401)
    with parts.store.write(Actor.system()) as uow:
        sign_on.link(uow, provider, pending["subject"], person_id=person.id)
    response = sign_in.first_step(parts, person, method="sign_on", target=pending["target"])
    flows.forget(response, parts, PENDING)
    return response


@blueprint.get("/people/sign-on")
@staff(Role.ADMINISTRATOR)
def settings() -> str:
    """The organisation's provider."""
    with services().store.read(actor()) as uow:
        provider = sign_on.provider(uow, organisation_id())
    base = services().config.base_url
    start = base + url_for("oidc.begin", slug=provider.slug) if provider else ""
    return render_template("people/sign_on.html", provider=provider, start=start, way_back=_way_back())


@blueprint.post("/people/sign-on")
@staff(Role.ADMINISTRATOR)
@recent_proof
def save() -> Response:
    """Set it up, after a look at what the issuer publishes."""
    parts, form = services(), request.form
    issuer = check_issuer(parts, _client(), form.get("issuer", ""))
    with parts.store.write(actor()) as uow:
        sign_on.configure(
            uow,
            organisation_id(),
            issuer=issuer,
            client_id=form.get("client_id", ""),
            secret=form.get("secret", "").strip(),
            domains=form.get("domains", "").replace(",", " ").split(),
            key=parts.config.key("sign-on"),
        )
    return go("oidc.settings", message=_("Saved. Try the sign-in address below in another browser."))


@blueprint.post("/people/sign-on/remove")
@staff(Role.ADMINISTRATOR)
@recent_proof
def remove() -> Response:
    """Take it away; everybody signs in by password."""
    with services().store.write(actor()) as uow:
        sign_on.remove(uow, organisation_id())
    return go("people.index", message=_("The organisation's own sign-in is removed."))


def _client() -> SignOn:
    client: SignOn = current_app.extensions["kasauti-sign-on"]
    return client


def _way_back() -> str:
    return services().config.base_url + url_for("oidc.callback")


def _leave(provider: SignOnProvider, *, purpose: str, target: str) -> Response:
    way = _client().begin(provider, redirect_uri=_way_back(), purpose=purpose, target=target)
    response = go_to(way.url)
    flows.keep(response, services(), FLOW, way.kept)
    return response


def _link(provider: SignOnProvider, identity: Identity, person_id: str) -> Response:
    """The link of somebody who was signed in when leaving, and still is in the same browser."""
    user = g.get("user")
    if user is None or user.actor.id != person_id or user.actor.organisation_id != provider.organisation_id:
        raise refused("other_person")
    if identity.verified_email is not None and not provider.admits_address(identity.verified_email):
        raise Forbidden("sign_on_domain")
    with services().store.write(user.actor) as uow:
        sign_on.link(uow, provider, identity.subject, person_id=person_id)
    return go("account.show", message=_("Your account is linked."))


def _enter(provider: SignOnProvider, identity: Identity, target: str) -> Response:
    parts = services()
    with parts.store.read(Actor.system()) as uow:
        person = sign_on.linked_person(uow, provider, identity.subject)
        unlinked = None if person else _same_address(uow, provider, identity)
    if person is not None:
        return sign_in.first_step(parts, person, method="sign_on", target=target)
    if unlinked is None:
        raise Forbidden("sign_on_unlinked")
    response = Response(_confirm_page(unlinked.email, ""))
    content = {"slug": provider.slug, "issuer": provider.issuer, "subject": identity.subject}
    flows.keep(response, parts, PENDING, {**content, "person_id": unlinked.id, "target": target})
    return response


def _same_address(uow: UnitOfWork, provider: SignOnProvider, identity: Identity) -> Person | None:
    """The colleague with the checked address, who may confirm the link with the account's own password."""
    email = identity.verified_email
    if email is None or not provider.admits_address(email):
        return None
    person = staff_operations.person_by_email(uow, email)
    return person if person is not None and person.organisation_id == provider.organisation_id else None


def _confirm_page(email: str, trouble: str) -> str:
    return render_template("people/sign_on_confirm.html", email=email, trouble=trouble)
