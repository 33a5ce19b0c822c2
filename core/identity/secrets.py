# SPDX-License-Identifier: Apache-2.0
"""Hashing of secrets: argon2id for passwords, SHA-256 for long random keys, HMAC for short codes. No table here."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from core.errors import Unavailable

# 19 MiB, two passes: the OWASP minimum; the library's default costs eight times as much CPU at a sign-in storm.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Verified against when the account does not exist, so that a wrong e-mail takes as long as a wrong password.
_NOBODY = _HASHER.hash("no such account")

MINIMUM_PASSWORD = 12
# Each hashing holds 19 MiB and a core: a flood of sign-ins waits here instead of taking both from the learners.
_AT_ONCE = threading.BoundedSemaphore(2)
_PATIENCE_SECONDS = 10.0


def hash_password(password: str) -> str:
    """The argon2id hash of a password. Unavailable(``sign_in_busy``) when too many wait."""
    with _turn():
        return _HASHER.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; takes the same time when there is no hash at all. Unavailable(``sign_in_busy``)."""
    with _turn():
        try:
            _HASHER.verify(password_hash or _NOBODY, password)
        except (VerifyMismatchError, InvalidHashError):
            return False
    return bool(password_hash)


@contextmanager
def _turn() -> Iterator[None]:
    if not _AT_ONCE.acquire(timeout=_PATIENCE_SECONDS):
        raise Unavailable("sign_in_busy")
    try:
        yield
    finally:
        _AT_ONCE.release()


def hash_key(secret: str) -> str:
    """The hex SHA-256 of a long random secret; enough because the secret cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_code(code: str, *, pepper: bytes) -> str:
    """The keyed hash of a short code: without the pepper, a stolen table of 49-bit codes could be tried out."""
    return hmac.new(pepper, code.encode(), hashlib.sha256).hexdigest()
