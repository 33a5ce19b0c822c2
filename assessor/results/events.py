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
