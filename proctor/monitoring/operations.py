# SPDX-License-Identifier: Apache-2.0
"""Commands on proctoring sessions."""

from __future__ import annotations

from sqlalchemy import select

from core.blobs import BlobStore
from core.errors import Conflict, NotFound
from core.ids import new_id
from core.uow import UnitOfWork
from proctor.evidence.model import EvidenceKind, KeptFrame
from proctor.evidence.operations import keep_frame
from proctor.monitoring import events
from proctor.monitoring.model import (
    Activate,
    End,
    GiveConsent,
    SessionEnd,
    SessionState,
    TakePhoto,
    decide,
)
from proctor.monitoring.photos import CheckedPhoto
from proctor.monitoring.queries import SessionSummary, summary_of
from proctor.monitoring.tables import SessionRow


def open_session(
    uow: UnitOfWork, attempt_id: str, *, organisation_id: str, sitting_id: str
) -> SessionSummary:
    """Open the proctoring session of an attempt; opening it again changes nothing.

    Raises Conflict(`session_exists`) when the attempt already has one elsewhere.
    """
    row = uow.db.scalar(select(SessionRow).where(SessionRow.attempt_id == attempt_id))
    if row is not None:
        if (row.organisation_id, row.sitting_id) != (organisation_id, sitting_id):
            raise Conflict("session_exists")
        return summary_of(row)
    row = SessionRow(
        id=new_id(),
        organisation_id=organisation_id,
        attempt_id=attempt_id,
        sitting_id=sitting_id,
        state=SessionState.CREATED,
        created_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        events.SessionOpened(
            organisation_id=organisation_id, subject_id=row.id, attempt_id=attempt_id, sitting_id=sitting_id
        )
    )
    return summary_of(row)


def record_consent_reference(uow: UnitOfWork, session_id: str, *, consent_id: str) -> SessionSummary:
    """Refer to the consent that the learner gave; the same again changes nothing.

    Raises NotFound(`session_unknown`), Conflict(`session_active` | `session_ended`).
    """
    row = _load(uow, session_id)
    if row.consent_id == consent_id:
        return summary_of(row)
    row.apply(decide(row.to_model(), GiveConsent(consent_id=consent_id), now=uow.now))
    uow.emit(
        events.SessionConsented(
            organisation_id=row.organisation_id,
            subject_id=row.id,
            attempt_id=row.attempt_id,
            consent_id=consent_id,
        )
    )
    return summary_of(row)


def store_identity_photo(
    uow: UnitOfWork, session_id: str, *, photo: CheckedPhoto, blobs: BlobStore
) -> SessionSummary:
    """Keep a checked photo; with consent and photo the session is ready. A later photo takes the place of the first.

    Raises NotFound(`session_unknown`), Conflict(`consent_missing` | `session_active` | `session_ended`),
    and what the blob store raises.
    """
    row = _load(uow, session_id)
    before = row.to_model()
    decide(before, TakePhoto(photo_id=""), now=uow.now)  # refuse before anything is written
    kept = keep_frame(
        uow,
        KeptFrame(EvidenceKind.IDENTITY_PHOTO, photo.frame),
        session_id=row.id,
        attempt_id=row.attempt_id,
        organisation_id=row.organisation_id,
        incident_id=None,
        blobs=blobs,
    )
    row.apply(decide(before, TakePhoto(photo_id=kept.id), now=uow.now))
    uow.emit(
        events.IdentityPhotoStored(
            organisation_id=row.organisation_id,
            subject_id=row.id,
            attempt_id=row.attempt_id,
            evidence_id=kept.id,
            model_sha256=photo.model_sha256,
        )
    )
    return summary_of(row)


def activate_session(uow: UnitOfWork, session_id: str) -> SessionSummary:
    """Begin the watching; repeating it changes nothing. Tell the pipeline (`begin`) after the commit.

    Raises NotFound(`session_unknown`), Conflict(`session_not_ready` | `session_ended`).
    """
    row = _load(uow, session_id)
    if row.state is not SessionState.ACTIVE:
        row.apply(decide(row.to_model(), Activate(), now=uow.now))
        uow.emit(
            events.SessionActivated(
                organisation_id=row.organisation_id, subject_id=row.id, attempt_id=row.attempt_id
            )
        )
    return summary_of(row)


def end_session(uow: UnitOfWork, session_id: str, *, ended_by: SessionEnd) -> SessionSummary:
    """End the watching; repeating it changes nothing. Tell the pipeline (`finish`) after the commit.

    Raises NotFound(`session_unknown`).
    """
    row = _load(uow, session_id)
    if row.state is not SessionState.ENDED:
        row.apply(decide(row.to_model(), End(ended_by=ended_by), now=uow.now))
        uow.emit(
            events.SessionEnded(
                organisation_id=row.organisation_id,
                subject_id=row.id,
                attempt_id=row.attempt_id,
                ended_by=ended_by.value,
            )
        )
    return summary_of(row)


def _load(uow: UnitOfWork, session_id: str) -> SessionRow:
    row = uow.db.get(SessionRow, session_id)
    if row is None:
        raise NotFound("session_unknown")
    return row
