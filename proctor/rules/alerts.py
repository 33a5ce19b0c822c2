# SPDX-License-Identifier: Apache-2.0
"""What a rule says: an alert with its numbers. It is a reason to look, not a finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RuleName(StrEnum):
    """The rules there are."""

    FACE_GONE = "face_gone"
    SEVERAL_FACES = "several_faces"
    CAMERA_COVERED = "camera_covered"
    CAMERA_STOPPED = "camera_stopped"
    SOMEONE_ELSE = "someone_else"
    LOOKING_AWAY = "looking_away"
    PHONE_POSSIBLE = "phone_possible"
    BOOK_POSSIBLE = "book_possible"
    CAMERA_DARK = "camera_dark"
    CAMERA_BLURRED = "camera_blurred"
    CAMERA_FROZEN = "camera_frozen"
    CAMERA_LOOPED = "camera_looped"
    VIRTUAL_CAMERA = "virtual_camera"
    SPEECH = "speech"
    FOCUS_LOST = "focus_lost"
    PASTED = "pasted"
    HAND_RAISED = "hand_raised"
    PICTURES_MISSING = "pictures_missing"
    PICTURES_ALTERED = "pictures_altered"
    PREFILTER_DISAGREES = "prefilter_disagrees"
    LIVENESS_FAILED = "liveness_failed"


class Weight(StrEnum):
    """What an alert leads to.

    An incident opens a case for people, with an interim hold. A note is shown to proctor and reviewer and reaches no
    result unless a person raises it to an incident with a reason.
    """

    INCIDENT = "incident"
    NOTE = "note"


class AlertEnd(StrEnum):
    """Why an alert ended.

    The signal cleared, another alert took its place, the watching ended, or the server restarted.
    """

    CLEARED = "cleared"
    SUPPRESSED = "suppressed"
    WATCH_ENDED = "watch_ended"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One episode. It opens once (`ended_at` None) and closes once.

    `number` counts the alerts of this rule in this session from 1. `onset_at` is the first frame (or
    instant) that showed it, `raised_at` when it was believed. `numbers` holds `seconds` (from onset to now
    or to the end) and what the rule measured; `late` is 1 where the pictures came later, in proven order. `cause` says
    what of several things it was. `thresholds`, `rule_version` and `model_sha256` tell how it was judged. `validated`
    is False for a rule that no available picture can exercise: wherever it is shown, so is "not validated on people".
    `weight` has no default: what an alert leads to is never a matter of forgetting.
    """

    rule: RuleName
    number: int
    onset_at: datetime
    raised_at: datetime
    numbers: Mapping[str, float]
    thresholds: Mapping[str, float]
    rule_version: str
    model_sha256: str
    weight: Weight
    cause: str | None = None
    ended_at: datetime | None = None
    ended_because: AlertEnd | None = None
    validated: bool = True
