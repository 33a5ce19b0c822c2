# SPDX-License-Identifier: Apache-2.0
"""Identifiers and randomness; no other module draws either."""

from __future__ import annotations

import hashlib
import os
import random
import secrets
import threading
import time

# Crockford's base 32 in lower case: no i, l, o, u, so an id survives being read aloud.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

ID_LENGTH = 26
CODE_LENGTH = 10

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A 26-character identifier: 48 bits of milliseconds, then 80 random bits, so that keys sort by age (the ULID layout).

    Within this process ids strictly increase, also inside one millisecond and when the clock steps back.
    """
    global _last  # noqa: PLW0603 - one counter for the process
    number = (int(time.time() * 1000) & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10))
    with _lock:
        _last = number = max(number, _last + 1)
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def secret_token(nbytes: int = 32) -> str:
    """A URL-safe secret of ``nbytes`` random bytes."""
    return secrets.token_urlsafe(nbytes)


def random_bytes(count: int) -> bytes:
    """Random bytes for nonces and salts."""
    return os.urandom(count)


def access_code() -> str:
    """A code that a learner types: 10 characters (49 bits) in groups, e.g. ``K7QD-M2XP-9F``."""
    return group_code("".join(secrets.choice(_CODE_ALPHABET) for _ in range(CODE_LENGTH)))


def digit_code(digits: int) -> str:
    """A code of so many digits for somebody who reads it out of a message; it must not live long."""
    return "".join(secrets.choice("0123456789") for _ in range(digits))


def derived_code(secret: bytes, label: str) -> str:
    """A code fixed by ``secret`` and ``label``, for sample data whose codes must be printable at every start."""
    number = int.from_bytes(hashlib.blake2b(label.encode(), key=secret[:64], digest_size=16).digest())
    letters = []
    for _ in range(CODE_LENGTH):
        number, index = divmod(number, len(_CODE_ALPHABET))
        letters.append(_CODE_ALPHABET[index])
    return group_code("".join(letters))


def group_code(code: str) -> str:
    """Put dashes into a bare code: ``K7QDM2XP9F`` becomes ``K7QD-M2XP-9F``."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def normalise_code(typed: str) -> str:
    """What a person typed, as the bare code: upper case, without spaces and dashes."""
    return "".join(character for character in typed.upper() if character.isalnum())


def seed() -> int:
    """A fresh 63-bit seed to record beside a draw."""
    return secrets.randbits(63)


def seeded(value: int | str) -> random.Random:
    """A generator that replays: the same seed gives the same draws. Never for secrets."""
    return random.Random(value)  # noqa: S311 - draws must be reproducible, they protect nothing
