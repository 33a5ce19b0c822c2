# SPDX-License-Identifier: Apache-2.0
"""Reads of corrected keys; rows stay inside. What they change is found in `dry_runs`."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select

from assessor.results.correction_model import AppliedCorrection, CorrectionState, NewKey, correction_hash
from assessor.results.correction_tables import CorrectedEntryRow, KeyCorrectionRow
from assessor.results.dry_runs import DryRun, dry_run
from assessor.results.tables import ResultRow
from core.canonical import canonical_json, digest
from core.errors import NotFound
from core.uow import UnitOfWork
from scoring.rescoring.api import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCorrection:
    """A correction with its whole story; `new_key` is key material. `difference` is what was approved."""

    id: str
    agency_id: str
    item_version_id: str
    new_key: NewKey
    policy: Policy
    reason: str
    sha256: str
    state: CorrectionState
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    answer: str
    difference: dict[str, Any] | None
    difference_sha256: str | None
    signature: str | None
    applied_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedEntry:
    """An entry that a correction changes: its results before and after; `cause` is why there is none after."""

    entry_id: str
    before_id: str
    after_id: str | None
    done_at: datetime | None
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionNote:
    """What an awarding body and a learner may know of a correction: no key material."""

    correction_id: str
    item_version_id: str
    policy: Policy
    reason: str
    approved_at: datetime


def corrections(
    uow: UnitOfWork, *, organisation_id: str, version_id: str | None = None
) -> list[KeyCorrection]:
    """An agency's corrections, newest first; of one item version where it is named."""
    query = select(KeyCorrectionRow).where(KeyCorrectionRow.agency_id == organisation_id)
    if version_id is not None:
        query = query.where(KeyCorrectionRow.item_version_id == version_id)
    return [correction_of(row) for row in uow.db.scalars(query.order_by(KeyCorrectionRow.id.desc()))]


def correction(uow: UnitOfWork, correction_id: str, *, organisation_id: str) -> KeyCorrection:
    """One correction of an agency; raises NotFound `correction_unknown`."""
    return correction_of(load_correction(uow, correction_id, organisation_id=organisation_id))


def correction_difference(uow: UnitOfWork, correction_id: str, *, organisation_id: str) -> DryRun:
    """What a correction that was asked for would change now, or what was approved. Raises NotFound `correction_unknown`."""
    row = load_correction(uow, correction_id, organisation_id=organisation_id)
    if row.difference is not None:
        return DryRun(document=row.difference, sha256=row.difference_sha256 or "")
    return dry_run(uow, row.to_applied(), agency_id=organisation_id)


def corrected_entries(uow: UnitOfWork, correction_id: str, *, organisation_id: str) -> list[CorrectedEntry]:
    """The entries that an approved correction changes; raises NotFound `correction_unknown`."""
    load_correction(uow, correction_id, organisation_id=organisation_id)
    query = select(CorrectedEntryRow).where(CorrectedEntryRow.correction_id == correction_id)
    return [
        CorrectedEntry(
            entry_id=row.entry_id,
            before_id=row.before_id,
            after_id=row.after_id,
            done_at=row.done_at,
            cause=row.cause,
        )
        for row in uow.db.scalars(query.order_by(CorrectedEntryRow.entry_id))
    ]


def correction_progress(uow: UnitOfWork, correction_ids: Collection[str]) -> dict[str, tuple[int, int]]:
    """How many entries of each correction are done, and how many there are."""
    query = (
        select(CorrectedEntryRow.correction_id, func.count(CorrectedEntryRow.done_at), func.count())
        .where(CorrectedEntryRow.correction_id.in_(list(correction_ids)))
        .group_by(CorrectedEntryRow.correction_id)
    )
    return {correction_id: (done, all_of_them) for correction_id, done, all_of_them in uow.db.execute(query)}


def correction_notes(uow: UnitOfWork, result_id: str) -> list[CorrectionNote]:
    """The corrections that a result was computed with, and the one that replaced it. Callers established whose it is."""
    row = uow.db.get(ResultRow, result_id)
    if row is None:
        return []
    named = [str(one["id"]) for one in row.document.get("corrections", ())]
    query = select(KeyCorrectionRow).where(KeyCorrectionRow.id.in_([*named, row.corrected_by_id or ""]))
    return [
        CorrectionNote(
            correction_id=one.id,
            item_version_id=one.item_version_id,
            policy=one.policy,
            reason=one.reason,
            approved_at=one.decided_at,
        )
        for one in uow.db.scalars(query.order_by(KeyCorrectionRow.decided_at, KeyCorrectionRow.id))
        if one.decided_at is not None
    ]


def load_correction(uow: UnitOfWork, correction_id: str, *, organisation_id: str) -> KeyCorrectionRow:
    """The row of an agency's correction, for this slice; raises NotFound `correction_unknown`."""
    row = uow.db.get(KeyCorrectionRow, correction_id)
    if row is None or row.agency_id != organisation_id:
        raise NotFound("correction_unknown")
    return row


def signature_of(found: KeyCorrection, *, key: bytes) -> str:
    """HMAC-SHA256 of what was approved, by whom and when, under the platform's key; 64 hexadecimal digits."""
    approved = {
        "correction": content_hash(found),
        "difference": found.difference_sha256,
        "by": found.decided_by,
        "at": None if found.decided_at is None else found.decided_at.isoformat(),
        "answer": found.answer,
    }
    return hmac.new(key, canonical_json(approved), sha256).hexdigest()


def signature_holds(found: KeyCorrection, *, key: bytes) -> bool:
    """Whether the correction and the difference are still exactly what was approved."""
    if found.signature is None or found.difference is None:
        return False
    genuine = hmac.compare_digest(signature_of(found, key=key), found.signature)
    return genuine and digest(found.difference) == found.difference_sha256


def content_hash(found: KeyCorrection) -> str:
    """The hash of what a correction says, as its row should hold it."""
    return correction_hash(
        applied_of(found),
        agency_id=found.agency_id,
        reason=found.reason,
        asked_by=found.asked_by,
        asked_at=found.asked_at,
    )


def correction_of(row: KeyCorrectionRow) -> KeyCorrection:
    """The correction that a row holds."""
    return KeyCorrection(
        id=row.id,
        agency_id=row.agency_id,
        item_version_id=row.item_version_id,
        new_key=row.new_key,
        policy=row.policy,
        reason=row.reason,
        sha256=row.sha256,
        state=row.state,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        answer=row.answer,
        difference=row.difference,
        difference_sha256=row.difference_sha256,
        signature=row.signature,
        applied_at=row.applied_at,
    )


def applied_of(found: KeyCorrection) -> AppliedCorrection:
    """The correction as scoring needs it."""
    return AppliedCorrection(
        id=found.id,
        version_id=found.item_version_id,
        new_key=found.new_key,
        policy=found.policy,
        sha256=found.sha256,
    )
