# SPDX-License-Identifier: Apache-2.0
"""The commands of scheduling that must know how far attempts and results are; `api` shows them, and no slice imports them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from assessor.attempts.model import AttemptState
from assessor.attempts.queries import overviews
from assessor.attempts.timetable import Timetable, timetable
from assessor.commands import Enrolled, equip
from assessor.forms import queries as forms
from assessor.results.model import ResultState
from assessor.results.queries import newest_results
from assessor.scheduling import changes, entries, moving
from assessor.scheduling import queries as schedule
from assessor.scheduling.changes import News
from assessor.scheduling.enrolment import Judgement
from assessor.scheduling.model import EntryState, SittingPlan
from assessor.scheduling.policies import assessment_policy
from assessor.scheduling.queries import Entry, Sitting
from core.errors import Conflict, Invalid, NotFound
from core.uow import UnitOfWork

MAXIMUM_MOVE: Final = 100
"""Entries that one move takes along: it is one transaction, and answers of running tests wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """An entry that may go to another sitting: the times that it would have there, and what speaks against it."""

    entry: Entry
    times: Timetable
    refusal: Conflict | None = None


def reschedule_sitting(
    uow: UnitOfWork, sitting_id: str, *, organisation_id: str, plan: SittingPlan, news: News
) -> Sitting:
    """Write a sitting anew and tell its candidates; once somebody has begun only its end may be moved, to later.

    Running attempts are untouched: their deadline comes from their own start. Raises as
    `assessor.scheduling.changes.reschedule_sitting`.
    """
    begun = _begun(uow, sitting_id)
    return changes.reschedule_sitting(
        uow, sitting_id, organisation_id=organisation_id, plan=plan, begun=begun, news=news
    )


def cancel_sitting(
    uow: UnitOfWork, sitting_id: str, *, organisation_id: str, reason: str, news: News
) -> None:
    """Call a sitting off before anybody has begun. Raises as `assessor.scheduling.changes.cancel_sitting`."""
    begun = _begun(uow, sitting_id)
    changes.cancel_sitting(
        uow, sitting_id, organisation_id=organisation_id, reason=reason, begun=begun, news=news
    )


def entry_times(uow: UnitOfWork, entry: Entry, *, extra_minutes: int | None = None) -> Timetable:
    """The times of an entry that has not begun, with its extra minutes or with others that are only thought of."""
    return timetable(
        opens_at=entry.sitting.opens_at,
        closes_at=entry.sitting.closes_at,
        limit_seconds=forms.form(uow, entry.form_id).content.limit_seconds,
        extra_minutes=entry.extra_minutes if extra_minutes is None else extra_minutes,
    )


def may_be_absent(entry: Entry, *, begun: bool, now: datetime) -> bool:
    """Whether an entry's own window is over and nobody has begun: the batch's page proposes to mark these."""
    return entry.state is EntryState.ENROLLED and not begun and now >= _closed_at(entry)


def mark_absent(uow: UnitOfWork, entry_id: str, *, organisation_id: str) -> None:
    """Note that a learner never came. Raises as `assessor.scheduling.changes.mark_absent`."""
    entry = schedule.entry(uow, entry_id, organisation_id=organisation_id)
    changes.mark_absent(
        uow,
        entry_id,
        organisation_id=organisation_id,
        closed_at=_closed_at(entry),
        begun=overviews(uow, [entry_id])[entry_id].state is not AttemptState.CREATED,
    )


def mark_all_absent(uow: UnitOfWork, batch_id: str, *, organisation_id: str) -> int:
    """Mark every candidate of a batch who never came; how many there were. Raises NotFound `batch_unknown`."""
    found = schedule.entries_of_batch(uow, batch_id, organisation_id=organisation_id)
    attempts = overviews(uow, [entry.id for entry in found])
    absent = [
        entry
        for entry in found
        if may_be_absent(entry, begun=attempts[entry.id].state is not AttemptState.CREATED, now=uow.now)
    ]
    for entry in absent:
        mark_absent(uow, entry.id, organisation_id=organisation_id)
    return len(absent)


def reassess(
    uow: UnitOfWork,
    entry_id: str,
    *,
    organisation_id: str,
    sitting_id: str,
    asked_on: date,
    pepper: bytes,
    reasons: Mapping[str, str] | None = None,
) -> Enrolled:
    """Give a candidate who failed, or never came, one more try in another sitting, with another form.

    Raises NotFound `entry_unknown`, `sitting_unknown`; Conflict `reassessment_without_result`, `reassessment_passed`, and as
    `assessor.scheduling.entries.add_reassessment`.
    """
    entry = schedule.entry(uow, entry_id, organisation_id=organisation_id)
    result_on = _over_at(uow, entry).astimezone(ZoneInfo(entry.sitting.time_zone)).date()
    made, code = entries.add_reassessment(
        uow,
        entry_id,
        organisation_id=organisation_id,
        sitting_id=sitting_id,
        result_on=result_on,
        asked_on=asked_on,
        policy=assessment_policy(uow, entry.awarding_body_id),
        pepper=pepper,
        reasons=reasons,
    )
    return equip(uow, made, code=code)


def check_moves(
    uow: UnitOfWork,
    entry_ids: Collection[str],
    *,
    organisation_id: str,
    sitting_id: str,
    reasons: Mapping[str, str],
) -> list[MoveLine]:
    """What moving entries to another sitting of their batch would mean for each of them; nothing is written.

    Raises NotFound `entry_unknown`, `sitting_unknown`; Invalid `nobody_chosen`.
    """
    return [
        line
        for line, _judgement in _judged_moves(
            uow, entry_ids, organisation_id=organisation_id, sitting_id=sitting_id, reasons=reasons
        )
    ]


def move_entries(
    uow: UnitOfWork,
    entry_ids: Collection[str],
    *,
    organisation_id: str,
    sitting_id: str,
    reasons: Mapping[str, str],
    pepper: bytes | None,
    news: News,
) -> dict[str, str | None]:
    """Move all of the entries and tell them; their new codes by id, None for who keeps theirs (no `pepper`).

    Forms, extra time and other aids stay; the window is that of the new sitting. Raises as `check_moves`; and the first refusal
    of `assessor.scheduling.moving.check_move`, and then nobody is moved.
    """
    codes: dict[str, str | None] = {}
    for line, judgement in _judged_moves(
        uow, entry_ids, organisation_id=organisation_id, sitting_id=sitting_id, reasons=reasons
    ):
        if judgement is None:
            raise line.refusal or Conflict("entry_has_begun")
        codes[line.entry.id] = moving.move_entry(
            uow,
            line.entry.id,
            sitting_id,
            organisation_id=organisation_id,
            judgement=judgement,
            pepper=pepper,
        )
    moving.tell_of_move(uow, sitting_id, list(codes), organisation_id=organisation_id, news=news)
    return codes


def _judged_moves(
    uow: UnitOfWork,
    entry_ids: Collection[str],
    *,
    organisation_id: str,
    sitting_id: str,
    reasons: Mapping[str, str],
) -> list[tuple[MoveLine, Judgement | None]]:
    wanted = list(dict.fromkeys(entry_ids))
    if not 1 <= len(wanted) <= MAXIMUM_MOVE:
        raise Invalid("nobody_chosen", maximum=MAXIMUM_MOVE)
    sitting = schedule.sitting(uow, sitting_id, organisation_id=organisation_id)
    found = schedule.entries_by_id(uow, wanted)
    if any(one not in found or found[one].agency_id != organisation_id for one in wanted):
        raise NotFound("entry_unknown")
    attempts = overviews(uow, wanted)
    judged: list[tuple[MoveLine, Judgement | None]] = []
    for entry_id in wanted:
        entry = found[entry_id]
        times = entry_times(uow, replace(entry, sitting=sitting))
        try:
            judgement = moving.check_move(
                uow,
                entry_id,
                sitting_id,
                organisation_id=organisation_id,
                begun=attempts[entry_id].state is not AttemptState.CREATED,
                over=uow.now >= times.closes_at,
                reasons=reasons,
            )
        except Conflict as refusal:
            judged.append((MoveLine(entry=entry, times=times, refusal=refusal), None))
        else:
            judged.append((MoveLine(entry=entry, times=times), judgement))
    return judged


def _over_at(uow: UnitOfWork, entry: Entry) -> datetime:
    """When the try before was over: the declaration of its result, or the end of the window that it missed."""
    if entry.state is EntryState.ABSENT:
        return _closed_at(entry)
    result = newest_results(uow, [entry.id]).get(entry.id)
    if result is None or result.state is not ResultState.DECLARED or result.declared_at is None:
        raise Conflict("reassessment_without_result")
    if result.passed:
        raise Conflict("reassessment_passed")
    return result.declared_at


def _closed_at(entry: Entry) -> datetime:
    return timetable(
        opens_at=entry.sitting.opens_at,
        closes_at=entry.sitting.closes_at,
        limit_seconds=1,
        extra_minutes=entry.extra_minutes,
    ).closes_at


def _begun(uow: UnitOfWork, sitting_id: str) -> int:
    ids = [entry.id for entry in schedule.entries_of_sittings(uow, [sitting_id])]
    return sum(one.state is not AttemptState.CREATED for one in overviews(uow, ids).values())
