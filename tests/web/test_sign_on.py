# SPDX-License-Identifier: Apache-2.0
"""Sign-in at an organisation's own provider: a real one on loopback, honest first and then hostile."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select

from core.errors import Invalid, Unavailable
from core.identity.model import Role
from core.identity.tables import SignOnLinkRow, SignOnProviderRow
from core.uow import Actor
from tests.web import provider as providers
from tests.web.provider import CLIENT_ID, SECRET, Provider
from tests.web.site import Site, Visitor
from web import demo
from web.outgoing import ask_json, require_address

WAY_BACK = "http://127.0.0.1:8000/sign-in/callback"
Claims = dict[str, Any]


@pytest.fixture
def provider(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # loopback has no certificate
    with providers.running_provider(site.clock, redirect_uri=WAY_BACK) as running:
        yield running


def configure(site: Site, provider: Provider, **changed: str) -> str:
    """Set the sample agency's sign-in up as its administrator does; the path where staff begin."""
    administrator = site.staff(Role.ADMINISTRATOR)
    administrator.get("/people/sign-on")
    form = {"issuer": provider.url, "client_id": CLIENT_ID, "secret": SECRET, "domains": "parakh.example"}
    answer = administrator.post("/people/sign-on", {**form, **changed})
    assert answer.status_code == 302, answer.text
    found = re.search(r"/sign-in/with/[\w-]+", administrator.get("/people/sign-on").text)
    assert found is not None
    return found.group()


def come_back(visitor: Visitor, provider: Provider, start: str) -> Any:
    return visitor.get(provider.send_back(visitor.get(start).location))


def link(site: Site, provider: Provider, start: str) -> None:
    """The first sign-in: the address is known, the password confirms."""
    visitor = site.visitor()
    asked = come_back(visitor, provider, start)
    assert asked.status_code == 200, asked.text
    assert visitor.post("/sign-in/link", {"password": demo.PASSWORD}).status_code == 302


def links(site: Site) -> list[tuple[str, str]]:
    with site.parts.store.read(Actor.system()) as uow:
        rows = uow.db.execute(select(SignOnLinkRow.issuer, SignOnLinkRow.subject))
        return [(row.issuer, row.subject) for row in rows]


def reason(answer: Any) -> str:
    """The operator's word for why a way back was refused."""
    assert answer.status_code == 403, answer.text
    found = re.search(r"this reason: (\w+)", answer.text)
    return found.group(1) if found else ""


def test_the_first_time_a_password_links_and_from_then_on_the_provider_alone_lets_in(
    site: Site, provider: Provider
) -> None:
    start = configure(site, provider)
    visitor = site.visitor()
    assert "manager@parakh.example" in come_back(visitor, provider, start).text
    assert visitor.get("/manager/batches").status_code == 302  # not in yet
    assert visitor.post("/sign-in/link", {"password": "wrong and wrong"}).status_code == 401
    assert links(site) == []
    assert visitor.post("/sign-in/link", {"password": demo.PASSWORD}).status_code == 302
    assert links(site) == [(provider.url, "subject-1")]
    again = site.visitor()
    assert come_back(again, provider, start).status_code == 302
    assert again.get("/manager/batches").status_code == 200


def test_the_link_is_by_subject_and_another_subject_with_the_same_address_is_a_stranger(
    site: Site, provider: Provider
) -> None:
    start = configure(site, provider)
    link(site, provider, start)
    provider.user = providers.User(sub="subject-2")
    visitor = site.visitor()
    assert come_back(visitor, provider, start).status_code == 200
    assert visitor.post("/sign-in/link", {"password": demo.PASSWORD}).status_code == 409
    provider.user = providers.User(sub="subject-1", email="somebody@else.example")
    moved = site.visitor()
    assert come_back(moved, provider, start).status_code == 302
    assert "Meera Deshpande" in moved.get("/manager/batches").text


@pytest.mark.parametrize(
    "user",
    [
        providers.User(email_verified=False),
        providers.User(email_verified="true"),
        providers.User(email="manager@evil.example"),
        providers.User(email="results@nirantar.example"),
        providers.User(email="nobody@parakh.example"),
    ],
)
def test_an_address_that_is_not_checked_not_ours_or_not_known_links_nothing(
    site: Site, provider: Provider, user: providers.User
) -> None:
    start = configure(site, provider)
    provider.user = user
    visitor = site.visitor()
    assert come_back(visitor, provider, start).status_code == 403
    assert visitor.post("/sign-in/link", {"password": demo.PASSWORD}).status_code == 403
    assert links(site) == []


def test_somebody_signed_in_links_the_own_account(site: Site, provider: Provider) -> None:
    configure(site, provider)
    provider.user = providers.User(sub="author-at-provider", email="author@parakh.example")
    author = site.staff(Role.AUTHOR)
    author.get("/account")
    away = author.post("/account/sign-on")
    assert author.get(provider.send_back(away.location)).status_code == 302
    assert links(site) == [(provider.url, "author-at-provider")]


def test_a_way_back_is_good_once_and_only_in_the_browser_that_left(site: Site, provider: Provider) -> None:
    start = configure(site, provider)
    link(site, provider, start)
    victim, attacker = site.visitor(), site.visitor()
    path = provider.send_back(attacker.get(start).location)
    assert reason(victim.get(path)) == "cookie"
    victim.get(start)
    assert reason(victim.get(path)) == "state"
    assert attacker.get(path).status_code == 302
    assert reason(attacker.get(path)) == "cookie"


def test_a_code_that_was_used_before_is_refused_by_the_provider(site: Site, provider: Provider) -> None:
    start = configure(site, provider)
    visitor = site.visitor()
    path = provider.send_back(visitor.get(start).location)
    kept = visitor.client.get_cookie("kasauti-sign-on")
    assert kept is not None
    visitor.get(path)
    visitor.client.set_cookie("kasauti-sign-on", kept.value)
    assert reason(visitor.get(path)) == "code"


def test_a_code_of_another_browser_fails_for_want_of_its_verifier(site: Site, provider: Provider) -> None:
    start = configure(site, provider)
    victim, attacker = site.visitor(), site.visitor()
    stolen = re.search(r"code=([^&]+)", provider.send_back(victim.get(start).location))
    own = provider.send_back(attacker.get(start).location)
    assert stolen is not None
    assert reason(attacker.get(re.sub(r"code=[^&]+", f"code={stolen.group(1)}", own))) == "code"


def test_a_way_back_is_good_for_ten_minutes(site: Site, provider: Provider) -> None:
    start = configure(site, provider)
    visitor = site.visitor()
    path = provider.send_back(visitor.get(start).location)
    site.clock.advance(600)
    assert reason(visitor.get(path)) == "cookie"


CHANGES: list[tuple[str, Callable[[Claims], Claims]]] = [
    ("nonce", lambda claims: {**claims, "nonce": "another"}),
    ("nonce", lambda claims: {name: claims[name] for name in claims if name != "nonce"}),
    ("issuer", lambda claims: {**claims, "iss": claims["iss"] + "/"}),
    ("audience", lambda claims: {**claims, "aud": "another-client"}),
    ("audience", lambda claims: {**claims, "aud": [CLIENT_ID, "another-client"]}),
    ("audience", lambda claims: {**claims, "azp": "another-client"}),
    ("expired", lambda claims: {**claims, "exp": claims["iat"] - 61}),
    ("expired", lambda claims: {**claims, "exp": "tomorrow"}),
    ("expired", lambda claims: {**claims, "exp": True}),
    ("issued_at", lambda claims: {**claims, "iat": claims["iat"] + 120}),
    ("issued_at", lambda claims: {**claims, "iat": claims["iat"] - 7200}),
    ("not_yet", lambda claims: {**claims, "nbf": claims["iat"] + 120}),
    ("subject", lambda claims: {**claims, "sub": ""}),
    ("subject", lambda claims: {**claims, "sub": 17}),
]


@pytest.mark.parametrize(("why", "change"), CHANGES)
def test_a_token_with_a_wrong_claim_is_refused(
    site: Site, provider: Provider, why: str, change: Callable[[Claims], Claims]
) -> None:
    start = configure(site, provider)
    link(site, provider, start)
    provider.change = change
    visitor = site.visitor()
    assert reason(come_back(visitor, provider, start)) == why
    assert visitor.get("/manager/batches").status_code == 302


@pytest.mark.parametrize("skew", [-59, 59])
def test_a_clock_that_is_a_minute_off_does_not_matter(site: Site, provider: Provider, skew: int) -> None:
    start = configure(site, provider)
    link(site, provider, start)
    provider.change = lambda claims: {**claims, "iat": claims["iat"] + skew, "exp": claims["iat"] - 59}
    assert come_back(site.visitor(), provider, start).status_code == 302


def unsigned(claims: Claims) -> str:
    def part(value: Claims) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'kid': 'first'})}.{part(claims)}."


def test_a_token_without_a_signature_is_refused(site: Site, provider: Provider) -> None:
    start = configure(site, provider)
    provider.sign = unsigned
    assert reason(come_back(site.visitor(), provider, start)) == "algorithm"


def test_a_token_signed_with_the_public_key_or_our_secret_as_a_secret_is_refused(
    site: Site, provider: Provider
) -> None:
    start = configure(site, provider)
    public = provider.key.as_pem(private=False)
    for secret in (SECRET.encode(), b"x" * 32):
        provider.sign = providers.by_shared_secret(secret)
        assert reason(come_back(site.visitor(), provider, start)) == "algorithm"
    shared = OctKey.import_key(public.replace(b"-", b"_"))
    provider.published.append({**shared.as_dict(), "kid": "shared", "alg": "HS256"})
    provider.sign = lambda claims: jwt.encode({"alg": "HS256", "kid": "shared"}, claims, shared)
    assert reason(come_back(site.visitor(), provider, start)) == "algorithm"


def test_a_token_signed_with_a_key_that_is_not_published_is_refused(site: Site, provider: Provider) -> None:
    start = configure(site, provider)
    stranger = RSAKey.generate_key(2048, {"kid": "first"})
    provider.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "first"}, claims, stranger)
    assert reason(come_back(site.visitor(), provider, start)) == "signature"
    provider.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "none-such"}, claims, stranger)
    assert reason(come_back(site.visitor(), provider, start)) == "signature"
    provider.sign = lambda _claims: "no token at all"
    assert reason(come_back(site.visitor(), provider, start)) == "token"


def test_new_keys_of_the_provider_are_found_and_strange_names_do_not_make_us_ask_without_end(
    site: Site, provider: Provider
) -> None:
    start = configure(site, provider)
    link(site, provider, start)
    provider.rotate()
    site.clock.advance(31)
    assert come_back(site.visitor(), provider, start).status_code == 302
    asked = provider.asked.count("/keys")
    stranger = RSAKey.generate_key(2048, {"kid": "x"})
    for number in range(5):
        name = f"strange-{number}"
        provider.sign = lambda claims, name=name: jwt.encode({"alg": "RS256", "kid": name}, claims, stranger)
        assert reason(come_back(site.visitor(), provider, start)) == "signature"
    assert provider.asked.count("/keys") == asked


def test_an_answer_of_another_issuer_is_refused_as_mixed_up(site: Site, provider: Provider) -> None:
    provider.document = {"authorization_response_iss_parameter_supported": True}
    start = configure(site, provider)
    visitor = site.visitor()
    path = provider.send_back(visitor.get(start).location)
    assert reason(visitor.get(path)) == "mix_up"
    for named, why in (("https%3A%2F%2Fevil.example", "mix_up"), ("", "mix_up")):
        path = provider.send_back(visitor.get(start).location)
        assert reason(visitor.get(f"{path}&iss={named}")) == why
    path = provider.send_back(visitor.get(start).location)
    assert visitor.get(f"{path}&iss={provider.url}").status_code == 200


def test_a_way_back_does_not_serve_when_the_provider_was_changed_meanwhile(
    site: Site, provider: Provider
) -> None:
    start = configure(site, provider)
    visitor = site.visitor()
    path = provider.send_back(visitor.get(start).location)
    with site.parts.store.write(Actor.system()) as uow:
        uow.db.scalars(select(SignOnProviderRow)).one().issuer = "https://other.example"
    assert reason(visitor.get(path)) == "changed"


def test_another_provider_forgets_every_link_and_needs_its_own_secret(site: Site, provider: Provider) -> None:
    start = configure(site, provider)
    link(site, provider, start)
    administrator = site.staff(Role.ADMINISTRATOR)
    administrator.get("/people/sign-on")
    form = {"issuer": provider.url, "client_id": "another", "secret": "", "domains": "parakh.example"}
    assert administrator.post("/people/sign-on", form).status_code == 422
    assert administrator.post("/people/sign-on", {**form, "client_id": CLIENT_ID}).status_code == 302
    assert links(site) == [(provider.url, "subject-1")]
    assert administrator.post("/people/sign-on", {**form, "secret": "its own"}).status_code == 302
    assert links(site) == []


def test_the_client_secret_is_stored_sealed_and_shown_to_nobody(site: Site, provider: Provider) -> None:
    configure(site, provider)
    with site.parts.store.read(Actor.system()) as uow:
        row = uow.db.scalars(select(SignOnProviderRow)).one()
        assert SECRET.encode() not in row.sealed_secret
    assert SECRET not in site.staff(Role.ADMINISTRATOR).get("/people/sign-on").text


def test_a_closed_account_does_not_come_in_through_the_provider_either(
    site: Site, provider: Provider
) -> None:
    start = configure(site, provider)
    link(site, provider, start)
    administrator = site.staff(Role.ADMINISTRATOR)
    found = re.search(r'/people/(\w+)">Meera', administrator.get("/people").text)
    assert found is not None
    administrator.get(f"/people/{found.group(1)}")
    assert administrator.post(f"/people/{found.group(1)}/active", {"active": "no"}).status_code == 302
    assert come_back(site.visitor(), provider, start).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "http://198.51.100.7/",
        "http://example.org/",
        "file:///etc/passwd",
        "https://user:word@127.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.7/",
        "https://[::ffff:10.0.0.7]/",
        "https://0.0.0.0/",
        "https://127.0.0.1:99999/",
        "https://127.0.0.1/#part",
        "gopher://127.0.0.1/",
        "",
        "https:///nowhere",
        "https://" + "a" * 600,
    ],
)
def test_no_address_inside_the_house_or_without_https_is_asked(site: Site, address: str) -> None:
    with pytest.raises((Invalid, Unavailable), match=r"address_refused|provider_unreachable"):
        require_address(site.parts, address)


def test_an_issuer_must_be_what_it_says_and_no_redirect_or_flood_is_followed(
    site: Site, provider: Provider
) -> None:
    administrator = site.staff(Role.ADMINISTRATOR)
    form = {"client_id": CLIENT_ID, "secret": SECRET, "domains": "parakh.example"}
    administrator.get("/people/sign-on")
    for issuer in ("http://example.org", provider.url + "/", "https://127.0.0.1:1"):
        answer = administrator.post("/people/sign-on", {**form, "issuer": issuer})
        assert answer.status_code in (422, 503), issuer
    for document in (
        {"issuer": "https://evil.example"},
        {"token_endpoint": "https://10.0.0.1/token"},
        {"jwks_uri": 7},
    ):
        provider.document = document
        assert administrator.post("/people/sign-on", {**form, "issuer": provider.url}).status_code == 422
    for path in ("/elsewhere", "/endless", "/nothing"):
        with pytest.raises(Unavailable, match="provider_unreachable"):
            ask_json(site.parts, "GET", provider.url + path)


@pytest.mark.parametrize(
    "domains", ["", "no-dot", "*.example", "a b@c", "parakh.example, bad_domain.example"]
)
def test_a_domain_that_is_none_is_named(site: Site, provider: Provider, domains: str) -> None:
    administrator = site.staff(Role.ADMINISTRATOR)
    administrator.get("/people/sign-on")
    form = {"issuer": provider.url, "client_id": CLIENT_ID, "secret": SECRET, "domains": domains}
    assert administrator.post("/people/sign-on", form).status_code == 422


def test_after_it_was_removed_the_address_opens_nothing(site: Site, provider: Provider) -> None:
    start = configure(site, provider)
    link(site, provider, start)
    administrator = site.staff(Role.ADMINISTRATOR)
    administrator.get("/people/sign-on")
    assert administrator.post("/people/sign-on/remove").status_code == 302
    assert site.visitor().get(start).status_code == 404
    assert links(site) == []
