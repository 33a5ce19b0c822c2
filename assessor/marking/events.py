# SPDX-License-Identifier: Apache-2.0
"""What happens in marking. Marks and notes stay in their tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRecorded(Event):
    """The subject is the marking task."""

    name: ClassVar[str] = "mark_recorded"
    criterion_id: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkingCompleted(Event):
    """The subject is the marking task."""

    name: ClassVar[str] = "marking_completed"
    entry_id: str
    component: str
