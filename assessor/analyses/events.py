# SPDX-License-Identifier: Apache-2.0
"""What happens to reports on batches. The subject is the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOrdered(Event):
    """Somebody asked for a report; it waits for its turn."""

    name: ClassVar[str] = "report_ordered"
    batch_id: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCancelAsked(Event):
    """Somebody asked a report that is being made to stop."""

    name: ClassVar[str] = "report_cancel_asked"
    batch_id: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCancelled(Event):
    """A report will not be made, because somebody asked for that."""

    name: ClassVar[str] = "report_cancelled"
    batch_id: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDone(Event):
    """A report can be read. `made_from` and `sha256` are the hashes of its data and of its document."""

    name: ClassVar[str] = "report_done"
    batch_id: str
    kind: str
    made_from: str
    sha256: str
    batch_closed: bool
    persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFailed(Event):
    """A report could not be made; `code` says why."""

    name: ClassVar[str] = "report_failed"
    batch_id: str
    kind: str
    code: str
