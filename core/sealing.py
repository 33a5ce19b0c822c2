# SPDX-License-Identifier: Apache-2.0
"""Small secrets that must be read again, under AES-256-GCM. Files of evidence have keys of their own: see ``blobs``."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import Unavailable
from core.ids import random_bytes

_NONCE = 12


class Sealer:
    """``key`` has 32 bytes, ``scope`` says whose secret it is."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, *, scope: str) -> bytes:
        """Nonce and ciphertext; only ``open`` with the same scope reads it."""
        nonce = random_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, scope.encode())

    def open(self, sealed: bytes, *, scope: str) -> bytes:
        """What was sealed. Unavailable(``secret_unreadable``) when it was altered, or sealed under another key or scope."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], scope.encode())
        except (InvalidTag, ValueError) as error:
            raise Unavailable("secret_unreadable") from error
