# SPDX-License-Identifier: Apache-2.0
"""What a page says of its chain of pictures, read into values or refused. Nothing is judged here."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from core.errors import Invalid
from proctor import api as proctor
from web.sockets.guard import require_mapping

_PLAIN = {"seq", "at_ms"}
_DIGEST_BYTES = 32
_LONGEST_SEGMENT = 40


def read_frame(meta: Any, jpeg: Any) -> tuple[int, bytes, proctor.ChainBatch | None]:
    """A picture's number, its bytes, and its place in the chain, None where the page keeps none."""
    if not isinstance(jpeg, bytes):
        raise Invalid("event_malformed")
    if isinstance(meta, dict) and set(meta) == _PLAIN:
        require_integer(meta["at_ms"], 0, proctor.MAXIMUM_MS)
        return read_number(meta["seq"]), jpeg, None
    fields = require_mapping(meta, *_PLAIN, "segment", "link", "since")
    return _placed(fields, proctor.digest_of(jpeg), jpeg)


def read_claim(claim: Any) -> tuple[int, int, proctor.ChainBatch]:
    """The number of a picture that is not sent, how many faces the page sees on it, and its place in the chain."""
    fields = require_mapping(claim, *_PLAIN, "segment", "link", "since", "digest", "faces")
    number, _none, batch = _placed(fields, _digest(fields["digest"]), b"")
    return number, require_integer(fields["faces"], 0, 50), batch


def read_commit(commit: Any) -> proctor.ChainBatch:
    """Pictures that were taken and not sent."""
    fields = require_mapping(commit, "segment", "first", "link", "since")
    entries = _entries(fields["since"])
    first = read_number(fields["first"])
    if not entries or first + len(entries) - 1 > proctor.MAXIMUM_NUMBER:
        raise Invalid("event_malformed")
    return proctor.ChainBatch(_segment(fields), first, entries, _digest(fields["link"]))


def read_number(value: Any) -> int:
    """A picture's number."""
    return require_integer(value, 1, proctor.MAXIMUM_NUMBER)


def require_integer(value: Any, lowest: int, highest: int) -> int:
    """The value when it is a whole number in these bounds. Invalid(``event_malformed``)."""
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise Invalid("event_malformed")
    return value


def _placed(fields: dict[str, Any], digest: bytes, jpeg: bytes) -> tuple[int, bytes, proctor.ChainBatch]:
    number = read_number(fields["seq"])
    entries = (*_entries(fields["since"]), (require_integer(fields["at_ms"], 0, proctor.MAXIMUM_MS), digest))
    first = number - len(entries) + 1
    if first < 1:
        raise Invalid("event_malformed")
    return number, jpeg, proctor.ChainBatch(_segment(fields), first, entries, _digest(fields["link"]))


def _entries(value: Any) -> tuple[tuple[int, bytes], ...]:
    if not isinstance(value, list) or len(value) > proctor.MAXIMUM_ENTRIES:
        raise Invalid("event_malformed")
    if not all(isinstance(one, list) and len(one) == 2 for one in value):
        raise Invalid("event_malformed")
    return tuple((require_integer(at_ms, 0, proctor.MAXIMUM_MS), _digest(digest)) for at_ms, digest in value)


def _segment(fields: dict[str, Any]) -> str:
    segment = fields["segment"]
    if not isinstance(segment, str) or not 8 <= len(segment) <= _LONGEST_SEGMENT or not segment.isascii():
        raise Invalid("event_malformed")
    return segment


def _digest(value: Any) -> bytes:
    try:
        digest = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError) as error:
        raise Invalid("event_malformed") from error
    if len(digest) != _DIGEST_BYTES:
        raise Invalid("event_malformed")
    return digest
