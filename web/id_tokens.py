# SPDX-License-Identifier: Apache-2.0
"""ID tokens of other parties (OpenID Connect Core 1.0, section 3.1.3.7): signature by published keys, then each claim.

Used by the organisations' own sign-in and by launches from learning platforms. No table and no route here.
"""

from __future__ import annotations

import hmac
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from core.errors import Forbidden
from web.outgoing import ask_json
from web.wiring import Services

ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "RS384", "RS512"]
"""Only signatures by a private key: ``none``, and the HS family where a public key could sign, are no option."""
SKEW_SECONDS = 60
OLDEST_SECONDS = 3600
_KEYS_LAST = 3600.0
_ASK_AGAIN = 30.0
_MOST_KEYS = 50
_MOST_ISSUERS = 200
LONGEST_TOKEN = 16_000


class KeyCache:
    """The published keys of issuers, by address: kept for an hour, asked again when a token names an unknown key."""

    def __init__(self, parts: Services) -> None:
        self._parts = parts
        self._kept: dict[str, tuple[float, KeySet]] = {}
        self._lock = threading.Lock()

    def keys(self, url: str, *, key_id: str | None) -> KeySet:
        """The keys at ``url``; a stranger's ``key_id`` makes us ask again, but at most every 30 seconds."""
        now = self._parts.clock.monotonic()
        kept = self._kept.get(url)
        if kept is not None:
            age, known = now - kept[0], key_id is None or _has(kept[1], key_id)
            if age < _ASK_AGAIN or (known and age < _KEYS_LAST):
                return kept[1]
        fresh = _key_set(ask_json(self._parts, "GET", url))
        with self._lock:
            if len(self._kept) >= _MOST_ISSUERS:
                self._kept.clear()
            self._kept[url] = (now, fresh)
        return fresh


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say: who made it, for whom, and for which beginning of ours."""

    issuer: str
    client_id: str
    nonce: str


def refused(reason: str) -> Forbidden:
    """The refusal of a token or a way back; the reason is a code for operators, the text is the same for all."""
    return Forbidden("sign_on_refused", reason=reason)


def read_id_token(
    token: str, expected: Expected, *, keys_url: str, cache: KeyCache, now: datetime
) -> dict[str, Any]:
    """The checked claims. Forbidden(``sign_on_refused``) with its reason, Unavailable(``provider_unreachable``)."""
    claims = _signed_claims(token, keys_url, cache)
    at = now.timestamp()
    if claims.get("iss") != expected.issuer:
        raise refused("issuer")
    _check_audience(claims, expected.client_id)
    if not _is_number(claims.get("exp")) or claims["exp"] <= at - SKEW_SECONDS:
        raise refused("expired")
    if not _is_number(claims.get("iat")) or not at - OLDEST_SECONDS <= claims["iat"] <= at + SKEW_SECONDS:
        raise refused("issued_at")
    if _is_number(claims.get("nbf")) and claims["nbf"] > at + SKEW_SECONDS:
        raise refused("not_yet")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise refused("nonce")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= 255:
        raise refused("subject")
    return claims


def _signed_claims(token: str, keys_url: str, cache: KeyCache) -> dict[str, Any]:
    if not token or len(token) > LONGEST_TOKEN or token.count(".") != 2:
        raise refused("token")
    try:
        header = extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise refused("token") from error
    if header.get("alg") not in ALGORITHMS:
        raise refused("algorithm")
    key_id = header.get("kid")
    if key_id is not None and not isinstance(key_id, str):
        raise refused("token")
    keys = cache.keys(keys_url, key_id=key_id)
    try:
        return dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise refused("signature") from error


def _check_audience(claims: dict[str, Any], client_id: str) -> None:
    audience = claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(named, list) or client_id not in named:
        raise refused("audience")
    party = claims.get("azp")
    if (len(named) > 1 or party is not None) and party != client_id:
        raise refused("audience")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12


def _has(keys: KeySet, key_id: str) -> bool:
    return any(key.kid == key_id for key in keys.keys)


def _key_set(document: dict[str, Any]) -> KeySet:
    """The public signing keys of a document; a shared secret among them is dropped, whatever it is called."""
    listed = document.get("keys")
    usable = [
        key
        for key in (listed if isinstance(listed, list) else [])[:_MOST_KEYS]
        if isinstance(key, dict) and key.get("kty") in ("RSA", "EC") and key.get("use", "sig") == "sig"
    ]
    try:
        return KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise refused("keys") from error
