# SPDX-License-Identifier: Apache-2.0
"""Commands on proctoring sessions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select, update

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
    TakeBackConsent,
    TakePhoto,
    decide,
)
from proctor.monitoring.photos import CheckedPhoto
from proctor.monitoring.queries import SessionSummary, summary_of
from proctor.monitoring.tables import SessionRow
from proctor.plans.model import DEFAULT, WatchPlan


def open_session(
    uow: UnitOfWork, attempt_id: str, *, organisation_id: str, sitting_id: str
) -> SessionSummary:
    """Open the proctoring session of an attempt; opening it again changes nothing.

    One that was opened for another sitting of the organisation moves here while the test has not begun, and waits for a
    new consent. Raises Conflict(`session_exists`) when the attempt already has one elsewhere.
    """
    row = uow.db.scalar(select(SessionRow).where(SessionRow.attempt_id == attempt_id))
    if row is not None:
        if row.organisation_id != organisation_id:
            raise Conflict("session_exists")
        if row.sitting_id != sitting_id:
            _move(uow, row, sitting_id)
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


def record_consent_reference(
    uow: UnitOfWork,
    session_id: str,
    *,
    consent_id: str,
    plan: WatchPlan = DEFAULT,
    agreed: Collection[str] = (),
    exemptions: Collection[str] = (),
) -> SessionSummary:
    """Refer to the consent that the learner gave; the same again changes nothing.

    The plan, the items that were agreed to and the exemptions are kept as they stand now. Raises
    NotFound(`session_unknown`), Conflict(`session_active` | `session_ended`).
    """
    row = _load(uow, session_id)
    if row.consent_id == consent_id:
        return summary_of(row)
    row.apply(decide(row.to_model(), GiveConsent(consent_id=consent_id), now=uow.now))
    row.plan, row.agreed, row.exemptions = plan.to_json(), sorted(agreed), sorted(exemptions)
    uow.emit(
        events.SessionConsented(
            organisation_id=row.organisation_id,
            subject_id=row.id,
            attempt_id=row.attempt_id,
            consent_id=consent_id,
        )
    )
    return summary_of(row)


def take_back_consent(uow: UnitOfWork, session_id: str) -> SessionSummary:
    """The learner no longer agrees: before the start the session waits anew, in the test the watching ends at once.

    Repeating it changes nothing. Tell the pipeline (`finish`) after the commit. Raises NotFound(`session_unknown`).
    """
    row = _load(uow, session_id)
    before = row.to_model()
    after = decide(before, TakeBackConsent(), now=uow.now)
    if after != before:
        row.apply(after)
        if after.state is SessionState.CREATED:
            row.agreed = []
        uow.emit(
            events.SessionConsentWithdrawn(
                organisation_id=row.organisation_id,
                subject_id=row.id,
                attempt_id=row.attempt_id,
                running=before.state is SessionState.ACTIVE,
            )
        )
    return summary_of(row)


def keep_agreed(
    uow: UnitOfWork, session_id: str, *, agreed: Collection[str], consent_id: str | None = None
) -> SessionSummary:
    """Fewer items are agreed to from now on, none of them one that the watching rests on. NotFound(`session_unknown`).

    `consent_id`: the consent that stands now; a session that is over keeps the one under which it was watched.
    """
    row = _load(uow, session_id)
    gone = set(row.agreed) - set(agreed)
    row.agreed = sorted(set(row.agreed) & set(agreed))
    if consent_id is not None and row.consent_id is not None and row.state is not SessionState.ENDED:
        row.consent_id = consent_id
    if gone:
        uow.emit(
            events.SessionConsentNarrowed(
                organisation_id=row.organisation_id,
                subject_id=row.id,
                attempt_id=row.attempt_id,
                items=sorted(gone),
            )
        )
    return summary_of(row)


def keep_exemptions(
    uow: UnitOfWork, attempt_id: str, *, organisation_id: str, exemptions: Collection[str]
) -> None:
    """Exemptions were granted or taken back: an open session keeps them, none yet is no matter.

    Raises Conflict(`session_active` | `session_ended`): what is watched by does not change in the middle.
    """
    row = uow.db.scalar(select(SessionRow).where(SessionRow.attempt_id == attempt_id))
    if row is None or row.organisation_id != organisation_id:
        return
    if row.state in (SessionState.ACTIVE, SessionState.ENDED):
        raise Conflict("session_active" if row.state is SessionState.ACTIVE else "session_ended")
    row.exemptions = sorted(exemptions)


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
        KeptFrame(EvidenceKind.IDENTITY_PHOTO, photo.frame, (photo.face.box,)),
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


def keep_watched(uow: UnitOfWork, session_id: str, watched: Mapping[str, Any]) -> None:
    """Keep how well the learner was watched so far, in place of what was kept before; no state changes by it."""
    uow.db.execute(update(SessionRow).where(SessionRow.id == session_id).values(watched=dict(watched)))


def _move(uow: UnitOfWork, row: SessionRow, sitting_id: str) -> None:
    """Another sitting has another plan, so that the learner is asked anew there."""
    if row.state not in (SessionState.CREATED, SessionState.READY):
        raise Conflict("session_exists")
    row.apply(decide(row.to_model(), TakeBackConsent(), now=uow.now))
    row.sitting_id, row.agreed = sitting_id, []
    uow.emit(
        events.SessionMoved(
            organisation_id=row.organisation_id,
            subject_id=row.id,
            attempt_id=row.attempt_id,
            sitting_id=sitting_id,
        )
    )


def _load(uow: UnitOfWork, session_id: str) -> SessionRow:
    row = uow.db.get(SessionRow, session_id)
    if row is None:
        raise NotFound("session_unknown")
    return row
