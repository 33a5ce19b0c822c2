# SPDX-License-Identifier: Apache-2.0
"""What is kept to show why an alert arose. Pure values; no storage here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MEDIA_TYPE = "image/jpeg"


class EvidenceKind(StrEnum):
    """Why a picture was kept.

    Who sat down, or how it looked before, at the onset, when raised, and after an alert.
    """

    IDENTITY_PHOTO = "identity_photo"
    BEFORE = "before"
    ONSET = "onset"
    RAISED = "raised"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class CapturedFrame:
    """A JPEG as received: its number in the stream (0 for a photo) and when the server got it."""

    seq: int
    at: datetime
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class KeptFrame:
    """A frame and why it is to be kept."""

    kind: EvidenceKind
    frame: CapturedFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSummary:
    """A stored picture without its bytes; `sha256` is of the bytes as received, `size` their number."""

    id: str
    organisation_id: str
    session_id: str
    attempt_id: str
    incident_id: str | None
    kind: EvidenceKind
    seq: int
    captured_at: datetime
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A stored picture with its bytes."""

    summary: EvidenceSummary
    data: bytes
    media_type: str = MEDIA_TYPE
