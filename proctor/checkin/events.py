# SPDX-License-Identifier: Apache-2.0
"""What happens in a check-in. No event carries a picture, a vector of a face, or the digits that were read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class IdCardStored(Event):
    """A picture of the learner's card was kept; `face_found` says whether a program saw a face on it."""

    name: ClassVar[str] = "id_card_stored"
    attempt_id: str
    evidence_id: str
    face_found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInCompleted(Event):
    """The calm seconds and the challenges are over; the subject is the proctoring session.

    `challenges_failed` are for people to judge and close nothing.
    """

    name: ClassVar[str] = "check_in_completed"
    attempt_id: str
    calibrated: bool
    enrolled_looks: int
    wall_faces: int
    challenges_passed: Sequence[str]
    challenges_failed: Sequence[str]
