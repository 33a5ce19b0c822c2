# SPDX-License-Identifier: Apache-2.0
"""Address and words of a notice, sealed together and bound to the notice's id. Nothing here knows of tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from core.notices.model import Address, Channel
from core.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Letter:
    """What is needed to send a notice: where to, and the words of its text."""

    address: Address
    words: Mapping[str, str]


def seal(letter: Letter, notice_id: str, *, key: bytes) -> bytes:
    """The letter as it is stored; ``key`` has 32 bytes."""
    plain = {"to": [letter.address.channel.value, letter.address.value], "words": dict(letter.words)}
    return Sealer(key).seal(json.dumps(plain, ensure_ascii=False).encode(), scope=notice_id)


def unseal(sealed: bytes, notice_id: str, *, key: bytes) -> Letter:
    """The letter; Unavailable ``secret_unreadable`` when it was sealed under another key or altered."""
    plain = json.loads(Sealer(key).open(sealed, scope=notice_id))
    channel, value = plain["to"]
    return Letter(Address(Channel(channel), value), plain["words"])
