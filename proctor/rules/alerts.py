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
    or to the end) and, by rule, `max_faces`; `cause` says how a camera stopped. `thresholds`,
    `rule_version` and `model_sha256` tell how it was judged.
    """

    rule: RuleName
    number: int
    onset_at: datetime
    raised_at: datetime
    numbers: Mapping[str, float]
    thresholds: Mapping[str, float]
    rule_version: str
    model_sha256: str
    cause: str | None = None
    ended_at: datetime | None = None
    ended_because: AlertEnd | None = None
