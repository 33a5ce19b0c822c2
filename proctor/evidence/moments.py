# SPDX-License-Identifier: Apache-2.0
"""The pictures of a case that a person raised: what the camera showed just now, and the samples around the moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from core.blobs import BlobStore
from core.errors import NotFound
from core.ids import new_id
from core.uow import UnitOfWork
from proctor.evidence.model import EvidenceKind, KeptFrame, class_of, scope_of
from proctor.evidence.operations import keep_frame
from proctor.evidence.tables import EvidenceRow

AROUND: Final = timedelta(minutes=3)
"""Samples further from the moment do not show it."""
BEFORE, AFTER = 2, 1
"""So many samples are kept from before the one that is nearest, and from after it."""


def keep_moment(
    uow: UnitOfWork,
    *,
    session_id: str,
    attempt_id: str,
    organisation_id: str,
    incident_id: str,
    at: datetime,
    frames: Sequence[KeptFrame],
    blobs: BlobStore,
) -> int:
    """Keep pictures of what a person saw at `at` under the key of its case; how many there are.

    `frames` are those that the server still has in memory. Samples are copied, not moved: the contact sheet and a
    blind look go on without the case, and end with the period of samples. Raises what the blob store raises, but not
    for a sample that is gone.
    """
    for kept in frames:
        keep_frame(
            uow,
            kept,
            session_id=session_id,
            attempt_id=attempt_id,
            organisation_id=organisation_id,
            incident_id=incident_id,
            blobs=blobs,
        )
    samples = uow.db.scalars(
        select(EvidenceRow)
        .where(
            EvidenceRow.attempt_id == attempt_id,
            EvidenceRow.kind == EvidenceKind.SAMPLE,
            EvidenceRow.captured_at.between(at - AROUND, at + AROUND),
        )
        .order_by(EvidenceRow.captured_at, EvidenceRow.id)
    ).all()
    copied = [
        _copy(uow, row, kind, incident_id=incident_id, blobs=blobs)
        for row, kind in _around(samples, at, seen=bool(frames))
    ]
    uow.db.flush()
    return len(frames) + sum(copied)


def _around(
    samples: Sequence[EvidenceRow], at: datetime, *, seen: bool
) -> list[tuple[EvidenceRow, EvidenceKind]]:
    """The samples that show a moment, and what each is; where pictures of the moment itself are there, none stands for it."""
    before = [row for row in samples if row.captured_at < at]
    since = [row for row in samples if row.captured_at >= at]
    chosen = [(row, EvidenceKind.BEFORE) for row in before[-BEFORE:]]
    if since and not seen:
        chosen.append((since.pop(0), EvidenceKind.RAISED))
    return chosen + [(row, EvidenceKind.AFTER) for row in since[:AFTER]]


def _copy(
    uow: UnitOfWork, row: EvidenceRow, kind: EvidenceKind, *, incident_id: str, blobs: BlobStore
) -> bool:
    """The stored copy of a sample once more, under the key of the case; False when it is gone."""
    try:
        data = blobs.get(row.scope or row.attempt_id, row.address, uow)
    except NotFound:
        return False
    scope = scope_of(row.attempt_id, class_of(kind, incident_id=incident_id))
    ref = blobs.put(scope, data, uow)
    uow.db.add(
        EvidenceRow(
            id=new_id(),
            organisation_id=row.organisation_id,
            session_id=row.session_id,
            attempt_id=row.attempt_id,
            incident_id=incident_id,
            kind=kind,
            seq=row.seq,
            captured_at=row.captured_at,
            stored_at=uow.now,
            address=ref.address,
            sha256=row.sha256,
            size=row.size,
            stored_sha256=ref.sha256,
            redaction=row.redaction,
            scope=scope,
        )
    )
    return True
