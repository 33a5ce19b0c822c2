# SPDX-License-Identifier: Apache-2.0
"""What a manager sees of one attempt: the time as a sum in words, lost contact, devices, copies, late answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from assessor import api as assessor
from web.words import _, ngettext

LOG_COLUMNS = (
    "at",
    "event",
    "device",
    "epoch",
    "seq",
    "question",
    "revision",
    "detail",
    "value_sha256",
    "client_time",
)


def attempt_page(record: assessor.AttemptRecord, names: Mapping[str, str]) -> dict[str, Any]:
    """The whole page; ``names`` of people by id."""
    line, attempt = record.line, record.line.attempt
    return {
        "id": attempt.id,
        "name": line.entry.candidate_name,
        "place": line.entry.sitting.place,
        "zone": line.entry.sitting.time_zone,
        "batch_id": line.entry.sitting.batch_id,
        "batch_name": line.entry.sitting.batch_name,
        "state": "paused" if attempt.paused else attempt.state.value,
        "ended_by": attempt.ended_by.value if attempt.ended_by else None,
        "ended_reason": attempt.ended_reason,
        "ended_at": attempt.ended_at,
        "started_at": record.started_at,
        "ends_at": record.ends_at,
        "paused_at": record.paused_at,
        "answered": attempt.answered,
        "items": attempt.items,
        "parts": time_parts(record),
        "total": duration(sum(seconds for _name, seconds in _sums(record))),
        "pauses": _pauses(record, names),
        "credits": _credits(record, names),
        "outages": _outages(record),
        "silent_since": record.silent_since,
        "suggested_seconds": record.suggested_seconds,
        "suggested": duration(record.suggested_seconds),
        "may_credit": attempt.state is not assessor.AttemptState.SUBMITTED,
        "devices": _devices(record),
        "late": [_late(one, names, attempt) for one in record.late],
        "copies": _copies(record),
    }


def time_parts(record: assessor.AttemptRecord) -> list[dict[str, Any]]:
    """The sum that makes the end of the test, part by part; a part of nothing is left out, but never the first."""
    return [
        {"name": name, "time": duration(seconds)}
        for place, (name, seconds) in enumerate(_sums(record))
        if seconds or place == 0
    ]


def duration(seconds: int) -> str:
    """Seconds in words: hours, minutes and seconds, without empty parts."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [
        ngettext("%(num)s hour", "%(num)s hours", hours) if hours else "",
        ngettext("%(num)s minute", "%(num)s minutes", minutes) if minutes else "",
        ngettext("%(num)s second", "%(num)s seconds", left) if left or not seconds else "",
    ]
    return " ".join(part for part in parts if part)


def device_label(device: str) -> str:
    """A device by the end of its name: enough to tell two apart."""
    return _("Device %(name)s", name=device[-6:])


def cause_label(cause: assessor.Verdict) -> str:
    """Why an answer was kept as a copy, in words."""
    return {
        "sequence_conflict": _("Another answer has this number"),
        "attempt_closed": _("After the test was closed"),
        "late_answer": _("After the time was up"),
        "section_closed": _("After its section was closed"),
        "item_closed": _("After its question was closed"),
        "lease_lost": _("From a device that no longer held the test"),
        "attempts_used_up": _("After the last allowed try"),
        "section_order": _("Before its section was open"),
    }.get(cause.value, cause.value)


def log_rows(lines: list[assessor.LogLine]) -> list[dict[str, Any]]:
    """The log, one object a line; instants in ISO 8601, UTC."""
    return [
        {name: getattr(line, name) if name != "at" else line.at.isoformat() for name in LOG_COLUMNS}
        for line in lines
    ]


def _pauses(record: assessor.AttemptRecord, names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "from": one.paused_at,
            "to": one.resumed_at,
            "by": names.get(one.paused_by, "–"),
            "resumed_by": names.get(one.resumed_by or "", "–"),
        }
        for one in record.pauses
    ]


def _credits(record: assessor.AttemptRecord, names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "at": one.granted_at,
            "by": names.get(one.granted_by, "–"),
            "time": duration(one.seconds),
            "measured": duration(one.suggested_seconds),
            "reason": one.reason,
            "beyond": one.beyond,
        }
        for one in record.credits
    ]


def _outages(record: assessor.AttemptRecord) -> list[dict[str, Any]]:
    return [
        {
            "from": one.lost_at,
            "to": one.back_at,
            "device": device_label(one.device),
            "time": duration(-((one.lost_at - one.back_at) // timedelta(seconds=1))),
        }
        for one in record.outages
    ]


def _devices(record: assessor.AttemptRecord) -> list[dict[str, Any]]:
    return [
        {
            "label": device_label(one.device),
            "from": one.taken_at,
            "seen": one.seen_at,
            "pending": one.pending,
            "now": one is record.devices[-1],
        }
        for one in record.devices
    ]


def _copies(record: assessor.AttemptRecord) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number,
            "at": one.received_at,
            "device": device_label(one.device),
            "seq": one.seq,
            "why": cause_label(one.cause),
        }
        for one in record.copies
    ]


def _sums(record: assessor.AttemptRecord) -> list[tuple[str, int]]:
    allowance = record.allowance
    return [
        (_("Time of the paper"), allowance.limit_seconds),
        (_("Extra time of this candidate"), allowance.accommodation_seconds),
        (_("Given back for lost time"), allowance.credit_seconds),
        (_("Pauses"), allowance.paused_seconds),
    ]


def _late(
    one: assessor.LateAnswer, names: Mapping[str, str], attempt: assessor.AttemptOverview
) -> dict[str, Any]:
    over = attempt.state is assessor.AttemptState.SUBMITTED
    return {
        "number": one.number,
        "at": one.received_at,
        "device": one.device,
        "label": device_label(one.device),
        "seq": one.seq,
        "item": one.item_version_id,
        "why": cause_label(one.cause),
        "state": one.state.value,
        "reason": one.reason,
        "by": names.get(one.decided_by or "", "–"),
        "decided_at": one.decided_at,
        "may_decide": over and one.state is assessor.LateState.WAITING,
    }
