# SPDX-License-Identifier: Apache-2.0
"""A real OpenID provider on loopback, for tests only: Authlib's server parts over HTTP, and ways to misbehave."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from flask import Flask, Response, jsonify, redirect
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from werkzeug.serving import make_server

from core.clock import FixedClock

CLIENT_ID, SECRET = "kasauti-client", "a client secret for tests"


@dataclass
class User:
    """Who is signed in at the provider."""

    sub: str = "subject-1"
    email: str = "manager@parakh.example"
    email_verified: Any = True


class Client(ClientMixin):  # type: ignore[misc]
    """The one registered client."""

    def __init__(self, redirect_uri: str) -> None:
        self.client_id = CLIENT_ID
        self._redirect_uri = redirect_uri

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self._redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self._redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code:
    """An authorization code that waits."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@dataclass
class Provider:
    """The running provider. ``change`` alters the claims, ``sign`` makes the token in another way."""

    url: str
    clock: FixedClock
    user: User = field(default_factory=User)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first", "use": "sig"}))
    published: list[dict[str, Any]] = field(default_factory=list)
    change: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    sign: Callable[[dict[str, Any]], str] | None = None
    document: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.published = [self.key.as_dict(private=False)]

    def rotate(self, *, kid: str = "second") -> None:
        """Sign with a new key and publish only that one."""
        self.key = RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})
        self.published = [self.key.as_dict(private=False)]

    def token(self, nonce: str) -> str:
        """The ID token of the present user."""
        now = int(self.clock.now().timestamp())
        claims = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce}
        claims |= {"sub": self.user.sub, "email": self.user.email, "email_verified": self.user.email_verified}
        claims = self.change(claims)
        if self.sign is not None:
            return self.sign(claims)
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def send_back(self, location: str) -> str:
        """What a browser does there: sign in, and come back to a path of ours with a code."""
        answer = requests.get(location, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        split = urlsplit(answer.headers["Location"])
        return f"{split.path}?{split.query}"


def by_shared_secret(secret: bytes, algorithm: str = "HS256") -> Callable[[dict[str, Any]], str]:
    """A signer that uses a secret where a private key belongs."""
    return lambda claims: jwt.encode(
        {"alg": algorithm, "kid": "first"}, claims, OctKey.import_key(secret), algorithms=[algorithm]
    )


@contextmanager
def running_provider(clock: FixedClock, *, redirect_uri: str) -> Iterator[Provider]:
    """The provider in a thread, on a port of its own."""
    app = Flask("provider")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    provider = Provider(f"http://127.0.0.1:{server.server_port}", clock)
    _mount(app, provider, Client(redirect_uri))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


def _mount(app: Flask, provider: Provider, client: Client) -> None:
    oauth = AuthorizationServer(
        app,
        query_client=lambda client_id: client if client_id == client.client_id else None,
        save_token=lambda _token, _request: None,
    )
    oauth.register_grant(_code_grant(provider), [_id_tokens(provider), CodeChallenge(required=True)])

    @app.before_request
    def note() -> None:
        from flask import request

        provider.asked.append(request.path)

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        return jsonify(
            {
                "issuer": provider.url,
                "authorization_endpoint": provider.url + "/authorize",
                "token_endpoint": provider.url + "/token",
                "jwks_uri": provider.url + "/keys",
                "authorization_response_iss_parameter_supported": False,
                **provider.document,
            }
        )

    @app.get("/keys")
    def keys() -> Response:
        return jsonify({"keys": provider.published})

    @app.get("/authorize")
    def authorize() -> Response:
        grant = oauth.get_consent_grant(end_user=provider.user)
        answer: Response = oauth.create_authorization_response(grant_user=provider.user, grant=grant)
        return answer

    @app.post("/token")
    def token() -> Response:
        answer: Response = oauth.create_token_response()
        return answer

    @app.get("/elsewhere")
    def elsewhere() -> Any:
        return redirect(provider.url + "/keys")

    @app.get("/endless")
    def endless() -> Response:
        return Response(b"[" + b" " * 10_000_000, mimetype="application/json")


def _code_grant(provider: Provider) -> type:
    class Grant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: Any) -> None:
            data = request.payload.data
            provider.codes[code] = Code(
                code,
                request.payload.redirect_uri,
                request.payload.scope,
                data.get("nonce", ""),
                data["code_challenge"],
                data["code_challenge_method"],
            )

        def query_authorization_code(self, code: str, _client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del provider.codes[authorization_code.code]

        def authenticate_user(self, _authorization_code: Code) -> User:
            return provider.user

    return Grant


def _id_tokens(provider: Provider) -> OpenIDCode:
    class Tokens(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, _nonce: str, _request: Any) -> bool:
            return False

        def encode_id_token(self, _token: Any, request: Any) -> str:
            return provider.token(request.authorization_code.nonce)

    return Tokens(require_nonce=True)


__all__ = ["CLIENT_ID", "SECRET", "KeySet", "Provider", "User", "by_shared_secret", "running_provider"]
