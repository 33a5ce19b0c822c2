# SPDX-License-Identifier: Apache-2.0
"""How an APAAR id is kept: encrypted for the one who may see it, and as a keyed hash for telling two people apart."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core import ids
from core.errors import Unavailable

_NONCE = 12


def seal(text: str, *, key: bytes, label: str) -> bytes:
    """`text` under AES-256-GCM, bound to `label` (the candidate's id); a nonce of 12 bytes goes before it."""
    nonce = ids.random_bytes(_NONCE)
    return nonce + AESGCM(_derived(key, b"seal")).encrypt(nonce, text.encode(), label.encode())


def unseal(sealed: bytes, *, key: bytes, label: str) -> str:
    """What `seal` kept; raises Unavailable `secret_key_changed` where the platform's secret is another one by now."""
    try:
        plain = AESGCM(_derived(key, b"seal")).decrypt(sealed[:_NONCE], sealed[_NONCE:], label.encode())
    except InvalidTag as error:
        raise Unavailable("secret_key_changed") from error
    return plain.decode()


def index_key(text: str, *, key: bytes) -> str:
    """The keyed hash by which equal ids are found: nobody without the key can try out all 10^12 of them."""
    return hmac.new(_derived(key, b"index"), text.encode(), hashlib.sha256).hexdigest()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.new(key, purpose, hashlib.sha256).digest()
