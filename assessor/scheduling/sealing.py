# SPDX-License-Identifier: Apache-2.0
"""How an APAAR id is kept: encrypted for the one who may see it, and as a keyed hash for telling two people apart."""

from __future__ import annotations

import hashlib
import hmac

from core.errors import Unavailable
from core.sealing import Sealer


def seal(text: str, *, key: bytes, label: str) -> bytes:
    """`text` as it is stored, bound to `label` (the candidate's id)."""
    return Sealer(_derived(key, b"seal")).seal(text.encode(), scope=label)


def unseal(sealed: bytes, *, key: bytes, label: str) -> str:
    """What `seal` kept; raises Unavailable `secret_key_changed` where the platform's secret is another one by now."""
    try:
        return Sealer(_derived(key, b"seal")).open(sealed, scope=label).decode()
    except Unavailable as error:
        raise Unavailable("secret_key_changed") from error


def index_key(text: str, *, key: bytes) -> str:
    """The keyed hash by which equal ids are found: nobody without the key can try out all 10^12 of them."""
    return hmac.new(_derived(key, b"index"), text.encode(), hashlib.sha256).hexdigest()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.new(key, purpose, hashlib.sha256).digest()
