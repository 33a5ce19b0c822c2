# SPDX-License-Identifier: Apache-2.0
"""From a stored document to its value: verified against its hash at every load, parsed once.

A page shows the same few credentials again and again, and parsing a large pack takes many times longer than comparing its text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from core.canonical import digest
from core.errors import Conflict
from item_bank.standards.model import CredentialDocument
from item_bank.standards.parsing import parse_credential

_KEPT = 128


def load_document(document: Mapping[str, object], *, sha256: str) -> CredentialDocument:
    """The value of a stored document.

    Conflict(``credential_altered``, sha256) when it is not what was hashed; values are immutable, so that they may be shared.
    """
    return _load(json.dumps(document, ensure_ascii=False), sha256)


@lru_cache(maxsize=_KEPT)
def _load(text: str, sha256: str) -> CredentialDocument:
    document = json.loads(text)
    if digest(document) != sha256:
        raise Conflict("credential_altered", sha256=sha256)
    return parse_credential(document)
