# SPDX-License-Identifier: Apache-2.0
"""Keeping pictures and showing them."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from sqlalchemy import select

from core.blobs import BlobStore
from core.errors import Invalid, NotFound, Unavailable
from core.ids import new_id
from core.uow import UnitOfWork
from proctor.evidence.events import EvidenceViewed, ReviewRead
from proctor.evidence.model import (
    EvidenceFile,
    EvidenceSummary,
    KeptFrame,
    PictureClass,
    Redaction,
    class_of,
    scope_of,
)
from proctor.evidence.queries import summary_of, was_read_lately
from proctor.evidence.tables import EvidenceRow, LookRow
from proctor.vision.redaction import redact_jpeg, strip_metadata


def keep_frame(
    uow: UnitOfWork,
    kept: KeptFrame,
    *,
    session_id: str,
    attempt_id: str,
    organisation_id: str,
    incident_id: str | None,
    blobs: BlobStore,
    alert_id: str | None = None,
) -> EvidenceSummary:
    """Store one picture, hidden but for what counts, under the key of its class; raises what the blob store raises."""
    scope = scope_of(attempt_id, class_of(kept.kind, incident_id=incident_id))
    copy, redaction = kept.copy or stored_copy(kept)
    ref = blobs.put(scope, copy, uow)
    row = EvidenceRow(
        id=new_id(),
        organisation_id=organisation_id,
        session_id=session_id,
        attempt_id=attempt_id,
        incident_id=incident_id,
        kind=kept.kind,
        seq=kept.frame.seq,
        captured_at=kept.frame.at,
        stored_at=uow.now,
        address=ref.address,
        sha256=hashlib.sha256(kept.frame.jpeg).hexdigest(),
        size=len(kept.frame.jpeg),
        alert_id=alert_id,
        stored_sha256=ref.sha256,
        redaction=redaction,
        scope=scope,
    )
    uow.db.add(row)
    uow.db.flush()
    return summary_of(row)


def follow_incident(uow: UnitOfWork, alert_id: str, *, incident_id: str, blobs: BlobStore) -> int:
    """Bring the pictures of a noted alert under the key of incidents, with which they are kept from now on; how many.

    When no other note has a picture, the key of notes is destroyed at once; else it goes with them. A picture whose bytes are
    gone stays as it is. Raises what the blob store raises for altered bytes.
    """
    rows = uow.db.scalars(
        select(EvidenceRow).where(EvidenceRow.alert_id == alert_id, EvidenceRow.incident_id.is_(None))
    ).all()
    for row in rows:
        scope = scope_of(row.attempt_id, class_of(row.kind, incident_id=incident_id))
        row.incident_id = incident_id
        try:
            data = blobs.get(row.scope or row.attempt_id, row.address, uow)
        except NotFound:
            continue
        row.address, row.scope = blobs.put(scope, data, uow).address, scope
    uow.db.flush()
    for attempt_id in {row.attempt_id for row in rows}:
        notes = scope_of(attempt_id, PictureClass.NOTE)
        if uow.db.scalar(select(EvidenceRow.id).where(EvidenceRow.scope == notes).limit(1)) is None:
            blobs.forget(notes, uow)
    return len(rows)


def prepared(kept: KeptFrame) -> KeptFrame:
    """The frame with the copy that is to be stored, worked out before any unit of work is opened."""
    return replace(kept, copy=stored_copy(kept))


def stored_copy(kept: KeptFrame) -> tuple[bytes, Redaction]:
    """What is stored of a frame, and what was hidden in it; never metadata.

    A file that cannot be read is kept as it came: evidence is not destroyed because it is broken.
    """
    jpeg = kept.frame.jpeg
    try:
        if kept.areas is None or kept.kind.kept_whole:
            return strip_metadata(jpeg), Redaction.NONE
        return redact_jpeg(jpeg, kept.areas), Redaction.BACKGROUND if kept.areas else Redaction.SCENE
    except Invalid:
        return jpeg, Redaction.NONE


def view_evidence(
    uow: UnitOfWork, evidence_id: str, *, organisation_id: str, blobs: BlobStore
) -> EvidenceFile:
    """The picture, with the view logged; so it needs a writing unit of work.

    Raises NotFound(`evidence_unknown`) for another tenant's too, Unavailable(`evidence_damaged`), and what
    the blob store raises (NotFound `blob_forgotten` after erasure).
    """
    row, data = _read(uow, evidence_id, organisation_id, blobs)
    uow.db.add(
        LookRow(
            id=new_id(),
            organisation_id=row.organisation_id,
            attempt_id=row.attempt_id,
            evidence_id=row.id,
            kind=row.kind,
            captured_at=row.captured_at,
            actor_kind=uow.actor.kind.value,
            actor_id=uow.actor.id,
            at=uow.now,
        )
    )
    uow.emit(
        EvidenceViewed(
            organisation_id=row.organisation_id,
            subject_id=row.id,
            kind=row.kind.value,
            session_id=row.session_id,
            attempt_id=row.attempt_id,
            incident_id=row.incident_id,
        )
    )
    return EvidenceFile(summary_of(row), data)


def note_review_read(uow: UnitOfWork, attempt_id: str, *, organisation_id: str) -> None:
    """Write down that whoever acts opened the review of an attempt, unless that stands written since an hour.

    Callers have established whose the attempt is.
    """
    if not was_read_lately(uow, attempt_id):
        uow.emit(ReviewRead(organisation_id=organisation_id, subject_id=attempt_id))


def read_evidence(
    uow: UnitOfWork, evidence_id: str, *, organisation_id: str, blobs: BlobStore
) -> EvidenceFile:
    """The picture, its view not logged: for an export alone, which is logged as a whole. Raises as `view_evidence`."""
    row, data = _read(uow, evidence_id, organisation_id, blobs)
    return EvidenceFile(summary_of(row), data)


def _read(
    uow: UnitOfWork, evidence_id: str, organisation_id: str, blobs: BlobStore
) -> tuple[EvidenceRow, bytes]:
    row = uow.db.get(EvidenceRow, evidence_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("evidence_unknown")
    data = blobs.get(row.scope or row.attempt_id, row.address, uow)
    if hashlib.sha256(data).hexdigest() != (row.stored_sha256 or row.sha256):
        raise Unavailable("evidence_damaged", evidence=row.id)
    return row, data
