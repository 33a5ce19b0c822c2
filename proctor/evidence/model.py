# SPDX-License-Identifier: Apache-2.0
"""What is kept to show why an alert arose. Pure values; no storage here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from proctor.vision.observation import Box

MEDIA_TYPE = "image/jpeg"


class EvidenceKind(StrEnum):
    """Why a picture was kept.

    Who sat down, the card that was shown, a failed challenge; how it looked before, at the onset, when raised, and after an
    alert; one a minute for people who look through an attempt.
    """

    IDENTITY_PHOTO = "identity_photo"
    BEFORE = "before"
    ONSET = "onset"
    RAISED = "raised"
    AFTER = "after"
    ID_CARD = "id_card"
    CHECK_IN = "check_in"
    SAMPLE = "sample"

    @property
    def of_an_alert(self) -> bool:
        """Whether an incident or an alert must be named with it."""
        return self in (EvidenceKind.BEFORE, EvidenceKind.ONSET, EvidenceKind.RAISED, EvidenceKind.AFTER)

    @property
    def kept_whole(self) -> bool:
        """Whether nothing in it is hidden: a card is itself what must be read."""
        return self is EvidenceKind.ID_CARD


class PictureClass(StrEnum):
    """Pictures that are kept equally long, and so share a key: destroying it ends them all."""

    IDENTITY = "identity"
    INCIDENT = "incident"
    NOTE = "note"
    SAMPLE = "sample"


class Redaction(StrEnum):
    """What was hidden in the stored copy.

    Nothing, because what the picture shows was not known or all of it is needed; all but the areas that count; or all,
    coarsely, because nobody was to be seen.
    """

    NONE = "none"
    BACKGROUND = "background"
    SCENE = "scene"


def class_of(kind: EvidenceKind, *, incident_id: str | None) -> PictureClass:
    """Which pictures it is kept and destroyed with."""
    if kind is EvidenceKind.SAMPLE:
        return PictureClass.SAMPLE
    if kind.of_an_alert:
        return PictureClass.NOTE if incident_id is None else PictureClass.INCIDENT
    return PictureClass.IDENTITY


def scope_of(attempt_id: str, picture_class: PictureClass) -> str:
    """The name of the key under which pictures of an attempt lie."""
    return f"{attempt_id}:{picture_class}"


@dataclass(frozen=True, slots=True)
class CapturedFrame:
    """A JPEG as received: its number in the stream (0 for a photo) and when the server got it."""

    seq: int
    at: datetime
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class KeptFrame:
    """A frame and why it is to be kept; `areas` (pixels) stay sharp, all else is hidden.

    None: nobody has looked, so nothing is hidden and the stored row says so. Empty: looked, and nobody was there.
    `copy` is what is to be stored and what was hidden in it, where that was worked out beforehand: it takes
    milliseconds, in which a unit of work would keep others waiting.
    """

    kind: EvidenceKind
    frame: CapturedFrame
    areas: tuple[Box, ...] | None = None
    copy: tuple[bytes, Redaction] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSummary:
    """A stored picture without its bytes; `sha256` is of the bytes as received, `size` their number.

    `stored_sha256` is of the copy that is kept.
    """

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
    stored_sha256: str
    redaction: Redaction = Redaction.NONE
    alert_id: str | None = None

    @property
    def redacted(self) -> bool:
        """Whether anything was hidden before it was stored."""
        return self.redaction is not Redaction.NONE


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A stored picture with its bytes."""

    summary: EvidenceSummary
    data: bytes
    media_type: str = MEDIA_TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLook:
    """Somebody saw a picture: who, when, and which."""

    at: datetime
    actor_kind: str
    actor_id: str
    kind: EvidenceKind
    captured_at: datetime
    evidence_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLook:
    """Somebody opened the review of an attempt: who and when."""

    at: datetime
    actor_kind: str
    actor_id: str
