# SPDX-License-Identifier: Apache-2.0
"""Address and words of a notice under AES-256-GCM, bound to the notice's id. Nothing here knows of tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import Unavailable
from core.ids import random_bytes
from core.notices.model import Address, Channel

_NONCE = 12


@dataclass(frozen=True, slots=True)
class Letter:
    """What is needed to send a notice: where to, and the words of its text."""

    address: Address
    words: Mapping[str, str]


def seal(letter: Letter, notice_id: str, *, key: bytes) -> bytes:
    """Nonce and ciphertext; ``key`` has 32 bytes."""
    plain = {"to": [letter.address.channel.value, letter.address.value], "words": dict(letter.words)}
    nonce = random_bytes(_NONCE)
    data = json.dumps(plain, ensure_ascii=False).encode()
    return nonce + AESGCM(key).encrypt(nonce, data, notice_id.encode())


def unseal(sealed: bytes, notice_id: str, *, key: bytes) -> Letter:
    """The letter; Unavailable ``notice_key_wrong`` when it was sealed under another key or altered."""
    try:
        data = AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], notice_id.encode())
    except (InvalidTag, ValueError) as error:
        raise Unavailable("notice_key_wrong") from error
    plain = json.loads(data)
    channel, value = plain["to"]
    return Letter(Address(Channel(channel), value), plain["words"])
