# SPDX-License-Identifier: Apache-2.0
"""What happens to results, holds and deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPrepared(Event):
    """The subject is the result."""

    name: ClassVar[str] = "result_prepared"
    entry_id: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSuperseded(Event):
    """The subject is the result; another one took its place."""

    name: ClassVar[str] = "result_superseded"
    entry_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDeclared(Event):
    """The subject is the result."""

    name: ClassVar[str] = "result_declared"
    entry_id: str
    awarding_body_id: str
    feed_number: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCorrectionAsked(Event):
    """The subject is the correction."""

    name: ClassVar[str] = "key_correction_asked"
    item_version_id: str
    kind: str
    policy: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCorrectionApproved(Event):
    """The subject is the correction; the effect applies it."""

    name: ClassVar[str] = "key_correction_approved"
    entries: int
    sha256: str
    difference_sha256: str
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCorrectionRefused(Event):
    """The subject is the correction."""

    name: ClassVar[str] = "key_correction_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCorrectionWithdrawn(Event):
    """The subject is the correction; who asked for it took it back."""

    name: ClassVar[str] = "key_correction_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCorrectionAdvanced(Event):
    """The subject is the correction; the effect goes on with it."""

    name: ClassVar[str] = "key_correction_advanced"
    done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCorrectionApplied(Event):
    """The subject is the correction; every entry that it changes has been looked at."""

    name: ClassVar[str] = "key_correction_applied"
    corrected: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultCorrected(Event):
    """The subject is the new result; `declared` says whether the learner could see the one before."""

    name: ClassVar[str] = "result_corrected"
    entry_id: str
    correction_id: str
    before_id: str
    declared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRecordsExported(Event):
    """The subject is the batch; `head` is the hash of the last record."""

    name: ClassVar[str] = "score_records_exported"
    records: int
    head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced(Event):
    """The subject is the attempt."""

    name: ClassVar[str] = "hold_placed"
    cause_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReleased(Event):
    """The subject is the attempt."""

    name: ClassVar[str] = "hold_released"
    cause_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldConfirmed(Event):
    """The subject is the attempt."""

    name: ClassVar[str] = "hold_confirmed"
    cause_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDelivered(Event):
    """The subject is the result; the organisation is the awarding body."""

    name: ClassVar[str] = "result_delivered"
    feed_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultAnswered(Event):
    """The subject is the result; the organisation is the awarding body."""

    name: ClassVar[str] = "result_answered"
    decision: str
