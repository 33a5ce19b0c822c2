# SPDX-License-Identifier: Apache-2.0
"""Reads of check-ins. What was learned of a face leaves this package only as the numbers that a comparison needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.blobs import BlobStore
from core.errors import NotFound
from core.uow import UnitOfWork
from proctor.checkin.enrolling import Learned, from_bytes
from proctor.checkin.model import Step, due_step
from proctor.checkin.tables import CheckInRow
from proctor.monitoring.queries import SessionSummary


@dataclass(frozen=True, slots=True)
class ChallengeResult:
    """A challenge (`turn_left`, `turn_right`, `blink`, `digits`), how often it was tried, and whether it was seen."""

    challenge: str
    tries: int
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInSummary:
    """What people may see of a check-in. `card_similarity` (cosine) is a hint for whoever compares the two faces.

    It is None where no face was found on the card or nothing was enrolled; `face_on_card` tells the two apart.
    """

    session_id: str
    card_evidence_id: str | None
    face_on_card: bool
    card_similarity: float | None
    completed_at: datetime | None
    calibrated: bool
    enrolled_looks: int
    wall_faces: int
    challenges: tuple[ChallengeResult, ...]
    measures: dict[str, float | int | None]

    @property
    def failed(self) -> tuple[ChallengeResult, ...]:
        """The challenges that were not seen."""
        return tuple(one for one in self.challenges if not one.passed)


def check_in(uow: UnitOfWork, session: SessionSummary) -> CheckInSummary | None:
    """The check-in of a session under the consent that stands, or None where none has begun."""
    row = _row_of(uow, session)
    return None if row is None else summary_of(row)


def step_of(uow: UnitOfWork, session: SessionSummary) -> Step:
    """What the learner is asked to do next; one query only where the plan asks for more than the photo."""
    if not session.plan.checks_in:
        return Step.PHOTO if session.photo_id is None else Step.DONE
    row = _row_of(uow, session)
    return due_step(
        session.plan,
        card=row is not None and row.card_evidence_id is not None,
        photo=session.photo_id is not None,
        learned=row is not None and row.completed_at is not None,
    )


def learned_of(uow: UnitOfWork, session: SessionSummary, *, blobs: BlobStore) -> Learned:
    """What was learned of a session's learner; nothing where no check-in was made or its key is destroyed.

    Raises Unavailable `check_in_damaged`, and what the blob store raises for altered bytes.
    """
    row = _row_of(uow, session)
    if row is None or row.learned_address is None:
        return Learned()
    try:
        return from_bytes(blobs.get(learned_scope(row.attempt_id), row.learned_address, uow))
    except NotFound:
        return Learned()


def learned_scope(attempt_id: str) -> str:
    """The key under which it lies: one of its own, since it ends before the pictures do."""
    return f"{attempt_id}:learned"


def _row_of(uow: UnitOfWork, session: SessionSummary) -> CheckInRow | None:
    row = uow.db.get(CheckInRow, session.id)
    return row if row is not None and row.consent_id == session.consent_id else None


def summary_of(row: CheckInRow) -> CheckInSummary:
    """The row as a value."""
    return CheckInSummary(
        session_id=row.session_id,
        card_evidence_id=row.card_evidence_id,
        face_on_card=row.card_address is not None,
        card_similarity=row.card_similarity,
        completed_at=row.completed_at,
        calibrated=row.calibrated,
        enrolled_looks=row.enrolled_looks,
        wall_faces=row.wall_faces,
        challenges=tuple(
            ChallengeResult(one["challenge"], one["tries"], one["passed"]) for one in row.challenges
        ),
        measures=dict(row.measures),
    )
