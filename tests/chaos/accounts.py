# SPDX-License-Identifier: Apache-2.0
"""Holds a database against the journal of its learners. Plain SQL and HMAC: the platform's own reading is not trusted here."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pysqlite3

from item_bank.api import item_ref, opaque_ids
from tests.chaos.journal import Journal, Key, Value


@dataclass(frozen=True, slots=True)
class Stored:
    """A row of the log."""

    attempt: str
    device: str
    seq: int
    epoch: int
    version: str
    value: Value
    revision: int
    received_at: str

    @property
    def key(self) -> Key:
        return self.attempt, self.device, self.seq


@dataclass(frozen=True, slots=True)
class Times:
    """The stored instants of an attempt, as text, to the microsecond."""

    started_at: str
    ends_at: str


def open_database(file: Path) -> pysqlite3.Connection:
    """The database as it lies there, read-only."""
    return pysqlite3.connect(f"file:{file}?mode=ro", uri=True)


def times(file: Path) -> dict[str, Times]:
    """Start and deadline of every started attempt."""
    db = open_database(file)
    try:
        rows = db.execute(
            "SELECT id, started_at, ends_at FROM attempts WHERE started_at IS NOT NULL"
        ).fetchall()
    finally:
        db.close()
    return {attempt: Times(*both) for attempt, *both in rows}


def complaints(file: Path, journal: Journal, *, before: dict[str, Times], receipt_key: bytes) -> list[str]:
    """Everything in which the database and the learners' account differ; empty when all is well."""
    db = open_database(file)
    try:
        broken = [row[0] for row in db.execute("PRAGMA integrity_check").fetchall() if row[0] != "ok"]
        if broken:
            return [f"integrity: {line}" for line in broken]
        found = list(journal.contradictions)
        found += _against_times(db, journal, before)
        found += _against_journal(db, journal, receipt_key)
        found += [f"foreign key: {row}" for row in db.execute("PRAGMA foreign_key_check").fetchall()]
    except pysqlite3.DatabaseError as error:
        return [f"integrity: {error}"]
    finally:
        db.close()
    return found


def _against_times(db: pysqlite3.Connection, journal: Journal, before: dict[str, Times]) -> Iterator[str]:
    rows = db.execute(
        "SELECT id, started_at, ends_at, limit_seconds + accommodation_seconds + credit_seconds FROM attempts"
    ).fetchall()
    now = {attempt: (Times(started_at, ends_at), seconds) for attempt, started_at, ends_at, seconds in rows}
    for attempt, held in before.items():
        kept, seconds = now[attempt]
        if kept != held:
            yield f"{attempt}: started and ends {held}, now {kept}"
        if _at(kept.ends_at) != _at(kept.started_at) + timedelta(seconds=seconds):
            yield f"{attempt}: the deadline is not the start and {seconds} s"
    for (attempt, _, seq), told in journal.acknowledged.items():
        # The time left that went out with a receipt, and the deadline, tell the same instant.
        left = _at(now[attempt][0].ends_at) - datetime.fromisoformat(told.received_at)
        exact = left // timedelta(milliseconds=1)
        if told.remaining_ms > exact or (told.tries == 1 and told.remaining_ms != exact):
            yield f"{attempt} {seq}: {told.remaining_ms} ms left were shown where {exact} ms were left"


def _against_journal(db: pysqlite3.Connection, journal: Journal, receipt_key: bytes) -> Iterator[str]:
    secrets = dict(db.execute("SELECT id, secret FROM attempts").fetchall())
    stored: dict[Key, list[Stored]] = defaultdict(list)
    for row in db.execute(
        "SELECT attempt_id, device, seq, epoch, item_version_id, value, revision, received_at FROM response_events"
    ):
        attempt, device, seq, epoch, version, value, revision, received_at = row
        one = Stored(attempt, device, seq, epoch, version, json.loads(value), revision, received_at)
        stored[one.key].append(one)
    for key in journal.acknowledged:
        if key not in stored:
            yield f"{key}: acknowledged and not in the database"
    for key, rows in stored.items():
        if len(rows) != 1:
            yield f"{key}: stored {len(rows)} times"
        if key not in journal.sent:
            yield f"{key}: stored, but nobody sent it"
            continue
        for one in rows:
            yield from _against_save(one, journal, secrets[one.attempt], receipt_key)
    yield from _against_revisions(stored)
    yield from _against_slips(stored, journal, secrets)
    for attempt, seq, reason in db.execute("SELECT attempt_id, seq, reason FROM response_copies"):
        yield f"{attempt} {seq}: refused as {reason}, although nobody did anything wrong"


def _against_save(one: Stored, journal: Journal, secret: str, receipt_key: bytes) -> Iterator[str]:
    save, told = journal.sent[one.key], journal.acknowledged.get(one.key)
    opaque = opaque_ids(secret.encode())
    shown = [opaque(one.version, part) for part in one.value] if isinstance(one.value, list) else one.value
    ref = item_ref(one.version, opaque=opaque)
    same = sorted(shown) == sorted(save.value or []) if isinstance(shown, list) else shown == save.value
    if (ref, one.epoch) != (save.item, save.epoch) or not same:
        yield f"{one.key}: stored {ref} {shown}, sent {save.item} {save.value}"
    if told is None:
        return  # stored, and the learner was never told: allowed
    received_at = _at(one.received_at).isoformat()
    if (one.revision, received_at) != (told.revision, told.received_at):
        yield f"{one.key}: acknowledged as revision {told.revision} of {told.received_at}, stored as {one.revision}"
    proof = [one.attempt, one.device, one.seq, ref, one.value, one.revision, received_at]
    canonical = json.dumps(proof, ensure_ascii=False, separators=(",", ":")).encode()
    if hmac.new(receipt_key, canonical, hashlib.sha256).hexdigest() != told.receipt:
        yield f"{one.key}: the receipt does not fit what is stored"


def _against_revisions(stored: dict[Key, list[Stored]]) -> Iterator[str]:
    by_item: dict[tuple[str, str], list[int]] = defaultdict(list)
    for one in (one for rows in stored.values() for one in rows):
        by_item[one.attempt, one.version].append(one.revision)
    for place, revisions in by_item.items():
        if sorted(revisions) != list(range(1, len(revisions) + 1)):
            repeated = [revision for revision, times in Counter(revisions).items() if times > 1]
            yield f"{place}: the revisions are not 1 to {len(revisions)} (repeated: {repeated})"


def _against_slips(
    stored: dict[Key, list[Stored]], journal: Journal, secrets: dict[str, str]
) -> Iterator[str]:
    newest: dict[tuple[str, str], Stored] = {}
    for one in (one for rows in stored.values() for one in rows):
        place = one.attempt, item_ref(one.version, opaque=opaque_ids(secrets[one.attempt].encode()))
        if place not in newest or (newest[place].epoch, newest[place].seq) < (one.epoch, one.seq):
            newest[place] = one
    for attempt, slip in journal.slips.items():
        held = {
            item: (one.revision, _at(one.received_at).isoformat())
            for (owner, item), one in newest.items()
            if owner == attempt
        }
        if slip != held:
            yield f"{attempt}: the slip lists {slip}, the log holds {held}"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
