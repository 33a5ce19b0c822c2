# SPDX-License-Identifier: Apache-2.0
"""What a learner's own check of device and line found, in one word for each part. It decides nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from assessor.scheduling.queries import learner_entry
from assessor.scheduling.tables import SystemCheckRow
from core.errors import Invalid
from core.uow import UnitOfWork


class CheckPart(StrEnum):
    """What is looked at, in the order of the page."""

    BROWSER = "browser"
    STORAGE = "storage"
    LINE = "line"
    CAMERA = "camera"
    SCREEN = "screen"
    CLOCK = "clock"
    BATTERY = "battery"


class CheckVerdict(StrEnum):
    """What was found."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemCheck:
    """The last check of an entry; `found` has the parts that were looked at, in the order of the page."""

    checked_at: datetime
    found: Mapping[CheckPart, CheckVerdict]


def record_system_check(uow: UnitOfWork, entry_id: str, *, found: Mapping[str, object]) -> SystemCheck:
    """Remember a check for an entry, in place of an earlier one. Raises NotFound `entry_unknown`; Invalid `check_malformed`."""
    entry, words = learner_entry(uow, entry_id), parse_found(found)
    row = uow.db.get(SystemCheckRow, entry.id)
    if row is None:
        row = SystemCheckRow(entry_id=entry.id, checked_at=uow.now, found={})
        uow.db.add(row)
    row.checked_at = uow.now
    row.found = {part.value: verdict.value for part, verdict in words.items()}
    uow.db.flush()
    return _check(row)


def system_check(uow: UnitOfWork, entry_id: str) -> SystemCheck | None:
    """The last check of an entry, or None. Callers have established whose the entry is."""
    row = uow.db.get(SystemCheckRow, entry_id)
    return None if row is None else _check(row)


def system_checks(uow: UnitOfWork, entry_ids: Collection[str]) -> dict[str, SystemCheck]:
    """The last checks by entry; entries without one are left out. Callers have established whose the entries are."""
    wanted = sorted(set(entry_ids))
    found = {}
    for start in range(0, len(wanted), 500):
        query = select(SystemCheckRow).where(SystemCheckRow.entry_id.in_(wanted[start : start + 500]))
        found.update({row.entry_id: _check(row) for row in uow.db.scalars(query)})
    return found


def parse_found(found: Mapping[str, object]) -> dict[CheckPart, CheckVerdict]:
    """What a browser says it found; Invalid `check_malformed` for anything but known parts and verdicts, at least one."""
    try:
        parsed = {CheckPart(part): CheckVerdict(str(verdict)) for part, verdict in found.items()}
    except ValueError as error:
        raise Invalid("check_malformed") from error
    if not parsed:
        raise Invalid("check_malformed")
    return {part: parsed[part] for part in CheckPart if part in parsed}


def _check(row: SystemCheckRow) -> SystemCheck:
    return SystemCheck(checked_at=row.checked_at, found=parse_found(row.found))
