# SPDX-License-Identifier: Apache-2.0
"""Keeping pictures and showing them."""

from __future__ import annotations

import hashlib

from core.blobs import BlobStore
from core.errors import NotFound, Unavailable
from core.ids import new_id
from core.uow import UnitOfWork
from proctor.evidence.events import EvidenceViewed
from proctor.evidence.model import EvidenceFile, EvidenceSummary, KeptFrame
from proctor.evidence.queries import summary_of
from proctor.evidence.tables import EvidenceRow


def keep_frame(
    uow: UnitOfWork,
    kept: KeptFrame,
    *,
    session_id: str,
    attempt_id: str,
    organisation_id: str,
    incident_id: str | None,
    blobs: BlobStore,
) -> EvidenceSummary:
    """Store one picture, encrypted under the attempt's key; raises what the blob store raises."""
    ref = blobs.put(attempt_id, kept.frame.jpeg, uow)
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
        sha256=ref.sha256,
        size=ref.size,
    )
    uow.db.add(row)
    uow.db.flush()
    return summary_of(row)


def view_evidence(
    uow: UnitOfWork, evidence_id: str, *, organisation_id: str, blobs: BlobStore
) -> EvidenceFile:
    """The picture, with the view logged; so it needs a writing unit of work.

    Raises NotFound(`evidence_unknown`) for another tenant's too, Unavailable(`evidence_damaged`), and what
    the blob store raises (NotFound `blob_forgotten` after erasure).
    """
    row = uow.db.get(EvidenceRow, evidence_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("evidence_unknown")
    data = blobs.get(row.attempt_id, row.address, uow)
    if hashlib.sha256(data).hexdigest() != row.sha256:
        raise Unavailable("evidence_damaged", evidence=row.id)
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
