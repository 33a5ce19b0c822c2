# SPDX-License-Identifier: Apache-2.0
"""Holds what learners of the bench were told against what the database has. Receipts are reckoned here, not by the server."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from core.canonical import canonical_json
from item_bank.api import item_ref, opaque_ids

_ROWS = text(
    "SELECT attempts.id, attempts.secret, device, seq, item_version_id, value, revision, received_at "
    "FROM response_events JOIN attempts ON attempts.id = response_events.attempt_id"
)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One save that the server says it holds: what was sent, and every member of the receipt."""

    attempt: str
    device: str
    seq: int
    item: str
    value: object
    revision: int
    received_at: str
    receipt: str


def lost(db: Connection, acknowledged: Sequence[Acknowledged], *, receipt_key: bytes) -> int:
    """How many acknowledged answers the database does not hold exactly as they were sent and acknowledged."""
    is_text = db.dialect.name == "sqlite"  # JSON comes as text there
    held = _held(db.execute(_ROWS), receipt_key, read=json.loads if is_text else lambda value: value)
    return sum(held.get((one.attempt, one.device, one.seq)) != _told(one) for one in acknowledged)


def _held(
    rows: Iterable[Any], receipt_key: bytes, *, read: Callable[[Any], Any]
) -> Mapping[tuple[str, str, int], tuple[object, ...]]:
    found: dict[tuple[str, str, int], tuple[object, ...]] = {}
    for attempt, secret, device, seq, version_id, stored, revision, at in rows:
        value, names = read(stored), opaque_ids(secret.encode())
        shown = sorted(names(version_id, letter) for letter in value) if isinstance(value, list) else value
        item = item_ref(version_id, opaque=names)
        moment = _moment(at)
        proof = canonical_json([attempt, device, seq, item, value, revision, moment])
        receipt = hmac.new(receipt_key, proof, hashlib.sha256).hexdigest()
        found[attempt, device, seq] = (item, shown, revision, moment, receipt)
    return found


def _told(one: Acknowledged) -> tuple[object, ...]:
    value = sorted(one.value) if isinstance(one.value, list) else one.value
    return (one.item, value, one.revision, one.received_at, one.receipt)


def _moment(stored: Any) -> str:
    """An instant of a row as a receipt has it: ISO 8601, in UTC."""
    at = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return (at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)).isoformat()
