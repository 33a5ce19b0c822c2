# SPDX-License-Identifier: Apache-2.0
"""One byte form of a document (RFC 8785), so that a hash means the same everywhere."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785


def canonical_json(document: Any) -> bytes:
    """The RFC 8785 form of a JSON-able document; floats are refused because marks must be exact strings."""
    _refuse_floats(document)
    return rfc8785.dumps(document)


def digest(document: Any) -> str:
    """``sha256:`` and the hex digest of the canonical form."""
    return "sha256:" + hashlib.sha256(canonical_json(document)).hexdigest()


def _refuse_floats(value: Any) -> None:
    match value:
        case float():
            raise TypeError("a float in a hashed document: write marks and numbers as exact strings")
        case dict():
            for part in value.values():
                _refuse_floats(part)
        case list() | tuple():
            for part in value:
                _refuse_floats(part)
        case _:
            pass
