# SPDX-License-Identifier: Apache-2.0
"""Sign-in at an organisation's own OpenID provider: authorization code with PKCE, state and nonce.

Links are in ``core.identity``; accounts are found by (issuer, subject) only. Sign-out is ours alone and leaves the
provider's login as it is.
"""

from __future__ import annotations

import hmac
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from core.errors import Invalid, Unavailable
from core.identity import sign_on
from core.identity.model import SignOnProvider
from core.ids import secret_token
from core.uow import Actor
from web.id_tokens import Expected, KeyCache, read_id_token, refused
from web.outgoing import ask_json, guard, require_address
from web.wiring import Services

_DOCUMENT_LASTS = 3600.0
_MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider does what (OpenID Connect Discovery 1.0)."""

    authorization: str
    token: str
    keys: str
    names_itself: bool


@dataclass(frozen=True, slots=True)
class Beginning:
    """One way to a provider: where the browser goes, and what it must bring back."""

    url: str
    kept: dict[str, str]


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider vouches for; the address only when it says that it has checked it."""

    subject: str
    verified_email: str | None


class SignOn:
    """The client of all organisations' providers, with what they published."""

    def __init__(self, parts: Services) -> None:
        self._parts = parts
        self._documents: dict[str, tuple[float, Endpoints]] = {}
        self._lock = threading.Lock()
        self.keys = KeyCache(parts)

    def endpoints(self, issuer: str, *, fresh: bool = False) -> Endpoints:
        """What the issuer published.

        Invalid(``sign_on_issuer`` | ``address_refused``), Unavailable(``provider_unreachable``).
        """
        now = self._parts.clock.monotonic()
        kept = self._documents.get(issuer)
        if kept is not None and not fresh and now - kept[0] < _DOCUMENT_LASTS:
            return kept[1]
        document = ask_json(self._parts, "GET", issuer.rstrip("/") + "/.well-known/openid-configuration")
        found = self._read(document, issuer)
        with self._lock:
            if len(self._documents) >= _MOST_KEPT:
                self._documents.clear()
            self._documents[issuer] = (now, found)
        return found

    def begin(self, provider: SignOnProvider, *, redirect_uri: str, purpose: str, target: str) -> Beginning:
        """A fresh way to the provider."""
        from authlib.integrations.requests_client import OAuth2Session

        endpoints = self.endpoints(provider.issuer)
        state, nonce, verifier = secret_token(), secret_token(), secret_token(48)
        client = OAuth2Session(
            provider.client_id,
            scope="openid email",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )
        url, _ = client.create_authorization_url(
            endpoints.authorization, state=state, code_verifier=verifier, nonce=nonce
        )
        kept = {"state": state, "nonce": nonce, "verifier": verifier, "purpose": purpose}
        kept |= {"slug": provider.slug, "issuer": provider.issuer, "target": target[:2000]}
        return Beginning(url, kept)

    def finish(
        self, provider: SignOnProvider, kept: dict[str, Any], came: dict[str, str], *, redirect_uri: str
    ) -> Identity:
        """Who came back, from the parameters of the way back.

        Forbidden(``sign_on_refused``), Unavailable(``provider_unreachable``).
        """
        if not hmac.compare_digest(str(kept["state"]).encode(), came.get("state", "").encode()):
            raise refused("state")
        if kept["issuer"] != provider.issuer:
            raise refused("changed")
        endpoints = self.endpoints(provider.issuer)
        # RFC 9207: a way back that names another issuer was mixed up with another provider's.
        if came.get("iss", provider.issuer if not endpoints.names_itself else "") != provider.issuer:
            raise refused("mix_up")
        if "code" not in came:
            raise refused("declined")
        token = self._exchange(provider, endpoints, kept, came["code"], redirect_uri)
        claims = read_id_token(
            token,
            Expected(provider.issuer, provider.client_id, str(kept["nonce"])),
            keys_url=endpoints.keys,
            cache=self.keys,
            now=self._parts.clock.now(),
        )
        email = claims.get("email")
        vouched = claims.get("email_verified") is True and isinstance(email, str) and len(email) <= 254
        return Identity(claims["sub"], email.strip().lower() if vouched and isinstance(email, str) else None)

    def _exchange(
        self,
        provider: SignOnProvider,
        endpoints: Endpoints,
        kept: dict[str, Any],
        code: str,
        redirect_uri: str,
    ) -> str:
        from authlib.common.errors import AuthlibBaseError
        from authlib.integrations.requests_client import OAuth2Session
        from requests import RequestException

        with self._parts.store.read(Actor.system()) as uow:
            secret = sign_on.client_secret(
                uow, provider.organisation_id, key=self._parts.config.key("sign-on")
            )
        client = OAuth2Session(
            provider.client_id,
            secret,
            redirect_uri=redirect_uri,
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - the name of a method
        )
        guard(self._parts, client)
        try:
            answer = client.fetch_token(
                endpoints.token, grant_type="authorization_code", code=code, code_verifier=kept["verifier"]
            )
        except AuthlibBaseError as error:
            raise refused("code") from error
        except (RequestException, ValueError, TypeError) as error:
            raise Unavailable("provider_unreachable") from error
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise refused("token")
        return token

    def _read(self, document: dict[str, Any], issuer: str) -> Endpoints:
        if document.get("issuer") != issuer:
            raise Invalid("sign_on_issuer")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        found = [document.get(name) for name in names]
        for address in found:
            if not isinstance(address, str):
                raise Invalid("sign_on_issuer")
            require_address(self._parts, address)
        names_itself = document.get("authorization_response_iss_parameter_supported") is True
        return Endpoints(str(found[0]), str(found[1]), str(found[2]), names_itself)


def check_issuer(parts: Services, client: SignOn, issuer: str) -> str:
    """The issuer when it can be used, its document read anew.

    Invalid(``address_refused`` | ``sign_on_issuer``), Unavailable(``provider_unreachable``).
    """
    issuer = issuer.strip()
    require_address(parts, issuer)
    if urlsplit(issuer).query:
        raise Invalid("address_refused")
    client.endpoints(issuer, fresh=True)
    return issuer
