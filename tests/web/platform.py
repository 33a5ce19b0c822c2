# SPDX-License-Identifier: Apache-2.0
"""A small learning platform on loopback, for tests only: it signs launches, gives tokens for assertions, takes scores."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

from core.clock import FixedClock

ISSUER, CLIENT_ID, DEPLOYMENT = "https://study.example", "tool-7", "deployment-1"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/"
MEMBER = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
SCORE_SCOPE = AGS + "scope/score"


@dataclass
class LearningPlatform:
    """The running platform; ``tool_keys`` reads the tool's published keys."""

    url: str
    clock: FixedClock
    key: RSAKey = field(
        default_factory=lambda: RSAKey.generate_key(2048, {"kid": "platform-1", "use": "sig"})
    )
    tool_keys: Callable[[], dict[str, Any]] = dict
    scores: list[dict[str, Any]] = field(default_factory=list)
    assertions: list[dict[str, Any]] = field(default_factory=list)
    working: bool = True

    def form(self) -> dict[str, str]:
        """What the tool's administrator types."""
        return {
            "name": "Study platform",
            "issuer": ISSUER,
            "client_id": CLIENT_ID,
            "deployments": DEPLOYMENT,
            "authorization_url": self.url + "/authorize",
            "token_url": self.url + "/token",
            "keys_url": self.url + "/keys",
            "confirmed": "yes",
        }

    def launch(self, location: str, sitting_id: str, **changed: Any) -> dict[str, str]:
        """The form that the platform's page sends back; ``changed``: claims with other values, None leaves one out."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        now = int(self.clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": CLIENT_ID,
            "sub": "learner-1",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "name": "Zoya Ansari",
            "locale": "hi-IN",
            CLAIM + "version": "1.3.0",
            CLAIM + "message_type": "LtiResourceLinkRequest",
            CLAIM + "deployment_id": DEPLOYMENT,
            CLAIM + "target_link_uri": asked["redirect_uri"],
            CLAIM + "resource_link": {"id": "link-1"},
            CLAIM + "roles": [MEMBER + "Learner"],
            CLAIM + "custom": {"sitting": sitting_id},
            AGS + "claim/endpoint": {"scope": [SCORE_SCOPE], "lineitem": self.url + "/items/1?course=2"},
        }
        claims |= {CLAIM + name if CLAIM + name in claims else name: value for name, value in changed.items()}
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)
        return {"id_token": token, "state": asked["state"]}


@contextmanager
def running_platform(clock: FixedClock) -> Iterator[LearningPlatform]:
    """The platform in a thread, on a port of its own."""
    app = Flask("platform")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    platform = LearningPlatform(f"http://127.0.0.1:{server.server_port}", clock)
    _mount(app, platform)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


def _mount(app: Flask, platform: LearningPlatform) -> None:
    @app.get("/keys")
    def keys() -> Response:
        return jsonify({"keys": [platform.key.as_dict(private=False)]})

    @app.post("/token")
    def token() -> Any:
        if not platform.working:
            return "down for the night", 503
        known = KeySet.import_key_set(platform.tool_keys())  # type: ignore[arg-type]
        claims = dict(jwt.decode(request.form["client_assertion"], known, algorithms=["RS256"]).claims)
        now = platform.clock.now().timestamp()
        good = claims["iss"] == claims["sub"] == CLIENT_ID and claims["aud"] == platform.url + "/token"
        good = good and claims["exp"] > now and request.form["grant_type"] == "client_credentials"
        fresh = claims["jti"] not in {one["jti"] for one in platform.assertions}
        if not good or not fresh or request.form["scope"] != SCORE_SCOPE:
            return jsonify(error="invalid_client"), 401
        platform.assertions.append(claims)
        return jsonify(access_token="token-for-scores", token_type="Bearer", expires_in=3600)

    @app.post("/items/1/scores")
    def scores() -> Any:
        fits = (
            request.content_type == "application/vnd.ims.lis.v1.score+json" and request.args["course"] == "2"
        )
        if request.headers.get("Authorization") != "Bearer token-for-scores" or not fits:
            return "who are you", 401
        platform.scores.append(request.get_json(force=True))
        return "", 204
