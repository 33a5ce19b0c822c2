# SPDX-License-Identifier: Apache-2.0
"""Commands on check-ins. Whose the session is, and that the learner's consent stands, callers have established."""

from __future__ import annotations

import numpy as np

from core.blobs import BlobStore
from core.errors import Conflict
from core.uow import UnitOfWork
from proctor.checkin import events
from proctor.checkin.desk import Outcome
from proctor.checkin.enrolling import to_bytes
from proctor.checkin.looking import CardFace
from proctor.checkin.queries import CheckInSummary, learned_scope, summary_of
from proctor.checkin.tables import CheckInRow
from proctor.evidence.model import CapturedFrame, EvidenceKind, KeptFrame
from proctor.evidence.operations import keep_frame
from proctor.monitoring.model import SessionState
from proctor.monitoring.queries import SessionSummary
from proctor.vision.identity import similarity
from proctor.vision.litert import Floats


def store_id_card(
    uow: UnitOfWork,
    session: SessionSummary,
    *,
    picture: CapturedFrame,
    face: CardFace | None,
    blobs: BlobStore,
) -> CheckInSummary:
    """Keep the picture of a card, whole; a later one takes the place of the first, which stays as evidence.

    Numbers of the face on it are kept only where the plan compares faces: only then somebody agreed to it.
    Raises Conflict `consent_missing`, `session_active`, `session_ended`, and what the blob store raises.
    """
    require_open(session)
    row = _row(uow, session)
    kept = keep_frame(
        uow,
        KeptFrame(EvidenceKind.ID_CARD, picture),
        session_id=session.id,
        attempt_id=session.attempt_id,
        organisation_id=session.organisation_id,
        incident_id=None,
        blobs=blobs,
    )
    row.card_evidence_id, row.card_address, row.card_similarity = kept.id, None, None
    if face is not None and face.vector is not None and session.plan.compares_faces:
        ref = blobs.put(learned_scope(session.attempt_id), face.vector.astype("<f4").tobytes(), uow)
        row.card_address = ref.address
    uow.db.flush()
    uow.emit(
        events.IdCardStored(
            organisation_id=session.organisation_id,
            subject_id=session.id,
            attempt_id=session.attempt_id,
            evidence_id=kept.id,
            face_found=face is not None,
        )
    )
    return summary_of(row)


def complete_check_in(
    uow: UnitOfWork, session: SessionSummary, *, outcome: Outcome, blobs: BlobStore
) -> CheckInSummary:
    """Keep what a run left: what was learned, encrypted, and pictures of challenges that were not seen.

    Raises Conflict `consent_missing`, `session_active`, `session_ended`, `check_in_done`, and what the blob store raises.
    """
    require_open(session)
    row = _row(uow, session)
    if row.completed_at is not None:
        raise Conflict("check_in_done")
    learned = outcome.learned
    row.began_at, row.completed_at = outcome.began_at, uow.now
    row.calibrated, row.enrolled_looks = outcome.calibrated, len(learned.vectors)
    row.wall_faces = 0 if learned.baseline is None else len(learned.baseline.posters)
    row.challenges, row.measures = list(outcome.challenges), outcome.measures
    row.model_sha256 = outcome.model_sha256
    if learned.baseline is not None or learned.vectors:
        row.learned_address = blobs.put(learned_scope(session.attempt_id), to_bytes(learned), uow).address
    row.card_similarity = _card_similarity(uow, row, learned.enrolled, blobs)
    for kept in outcome.pictures:
        keep_frame(
            uow,
            kept,
            session_id=session.id,
            attempt_id=session.attempt_id,
            organisation_id=session.organisation_id,
            incident_id=None,
            blobs=blobs,
        )
    uow.db.flush()
    uow.emit(
        events.CheckInCompleted(
            organisation_id=session.organisation_id,
            subject_id=session.id,
            attempt_id=session.attempt_id,
            calibrated=row.calibrated,
            enrolled_looks=row.enrolled_looks,
            wall_faces=row.wall_faces,
            challenges_passed=[one["challenge"] for one in row.challenges if one["passed"]],
            challenges_failed=[one["challenge"] for one in row.challenges if not one["passed"]],
        )
    )
    return summary_of(row)


def require_open(session: SessionSummary) -> None:
    """Raises Conflict `consent_missing`, `session_active`, `session_ended`: pictures are taken between consent and start."""
    if session.state is SessionState.ACTIVE:
        raise Conflict("session_active")
    if session.state is SessionState.ENDED:
        raise Conflict("session_ended")
    if session.consent_id is None:
        raise Conflict("consent_missing")


def keep_check_in(uow: UnitOfWork, session: SessionSummary) -> None:
    """What was made under a consent of which only an item was taken back goes on under the one that stands now."""
    row = uow.db.get(CheckInRow, session.id)
    if row is not None and session.consent_id is not None:
        row.consent_id = session.consent_id


def forget_check_in(uow: UnitOfWork, session_id: str) -> None:
    """Drop what refers to a check-in, as when a consent is taken back; the bytes end with their key."""
    row = uow.db.get(CheckInRow, session_id)
    if row is not None:
        uow.db.delete(row)
        uow.db.flush()


def _row(uow: UnitOfWork, session: SessionSummary) -> CheckInRow:
    """The row of a session; what was made under another consent does not count."""
    row = uow.db.get(CheckInRow, session.id)
    if row is not None and row.consent_id != session.consent_id:
        forget_check_in(uow, session.id)
        row = None
    if row is None:
        row = CheckInRow(
            session_id=session.id,
            organisation_id=session.organisation_id,
            attempt_id=session.attempt_id,
            consent_id=session.consent_id,
            began_at=uow.now,
            calibrated=False,
            enrolled_looks=0,
            wall_faces=0,
            challenges=[],
            measures={},
        )
        uow.db.add(row)
    return row


def _card_similarity(
    uow: UnitOfWork, row: CheckInRow, enrolled: Floats | None, blobs: BlobStore
) -> float | None:
    """How alike the card's face and the learner's are: a hint for people, on which nothing is decided."""
    if row.card_address is None or enrolled is None:
        return None
    stored = blobs.get(learned_scope(row.attempt_id), row.card_address, uow)
    return round(similarity(np.frombuffer(stored, "<f4"), enrolled), 4)
