# SPDX-License-Identifier: Apache-2.0
"""Changes of what is scheduled: another window, a cancelled sitting, absence, more about a batch.

Whether somebody has begun is known to the attempts; ``assessor.schedule_commands`` looks there first.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select

from assessor.scheduling import events
from assessor.scheduling.allocation_model import require_reason
from assessor.scheduling.allocations import require_region
from assessor.scheduling.candidates import Language
from assessor.scheduling.model import (
    EntryState,
    SittingPlan,
    SittingState,
    check_sitting,
    require_enrolled,
    require_planned,
)
from assessor.scheduling.names import require_name
from assessor.scheduling.particulars import Particulars, check_particulars, particulars_of
from assessor.scheduling.queries import Sitting, load_batch, load_entry, load_sitting, sitting_of
from assessor.scheduling.tables import BatchRow, CandidateRow, EntryRow
from core.errors import Conflict
from core.notices.model import Address, NoticeKind
from core.notices.operations import queue_notice, withdraw_notices
from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What every candidate of a sitting is told: the credential's title in each language, and the key of notices."""

    titles: dict[str, str]
    key: bytes


def reschedule_sitting(
    uow: UnitOfWork, sitting_id: str, *, organisation_id: str, plan: SittingPlan, begun: int, news: News
) -> Sitting:
    """Write a sitting anew and tell its candidates; nothing is told where neither the time nor the place changes.

    The retention stays. `begun` is how many have started: then only a later end is possible. Raises NotFound
    `sitting_unknown`; Invalid as `check_sitting`; Conflict `sitting_cancelled`, `sitting_has_begun` (facts begun).
    """
    row, batch = load_sitting(uow, sitting_id, organisation_id=organisation_id)
    require_planned(row.state)
    check_sitting(plan)
    before = (row.opens_at, row.closes_at, row.time_zone, row.place)
    after = (plan.opens_at, plan.closes_at, plan.time_zone, require_name(plan.place))
    same_room = row.opens_at == plan.opens_at and row.proctored == plan.proctored
    if begun and not (same_room and plan.closes_at >= row.closes_at):
        raise Conflict("sitting_has_begun", begun=begun)
    row.opens_at, row.closes_at, row.time_zone, row.place = after
    row.proctored, row.training_partner = plan.proctored, plan.training_partner.strip()
    uow.db.flush()
    sitting = sitting_of(row, batch)
    told = 0 if before == after else tell(uow, sitting, NoticeKind.SITTING_CHANGED, news)
    uow.emit(
        events.SittingRescheduled(
            organisation_id=organisation_id,
            subject_id=row.id,
            opens_at=row.opens_at.isoformat(),
            closes_at=row.closes_at.isoformat(),
            told=told,
        )
    )
    return sitting


def cancel_sitting(
    uow: UnitOfWork, sitting_id: str, *, organisation_id: str, reason: str, begun: int, news: News
) -> None:
    """Call a sitting off before anybody has begun, and tell its candidates.

    Raises NotFound `sitting_unknown`; Invalid `reason_needed`; Conflict `sitting_cancelled`, `sitting_has_begun`.
    """
    row, batch = load_sitting(uow, sitting_id, organisation_id=organisation_id)
    require_planned(row.state)
    if begun:
        raise Conflict("sitting_has_begun", begun=begun)
    row.state, row.cancelled_reason = SittingState.CANCELLED, require_reason(reason)
    uow.db.flush()
    told = tell(uow, sitting_of(row, batch), NoticeKind.SITTING_CANCELLED, news)
    uow.emit(events.SittingCancelled(organisation_id=organisation_id, subject_id=row.id, told=told))


def mark_absent(
    uow: UnitOfWork, entry_id: str, *, organisation_id: str, closed_at: datetime, begun: bool
) -> None:
    """Note that a learner never came; `closed_at` is the end of the entry's own window. Repeating it changes nothing.

    Raises NotFound `entry_unknown`; Conflict `entry_withdrawn`, `absent_too_early` (facts closes_at), `entry_has_begun`.
    """
    row = load_entry(uow, entry_id, organisation_id=organisation_id)
    if row.state is EntryState.ABSENT:
        return
    require_enrolled(row.state)
    if begun:
        raise Conflict("entry_has_begun")
    if uow.now < closed_at:
        raise Conflict("absent_too_early", closes_at=closed_at.isoformat())
    row.state = EntryState.ABSENT
    uow.db.flush()
    uow.emit(events.AbsenceMarked(organisation_id=organisation_id, subject_id=row.id))


def undo_absence(uow: UnitOfWork, entry_id: str, *, organisation_id: str) -> None:
    """Let an absent entry stand again, while no re-assessment rests on it.

    Raises NotFound `entry_unknown`; Conflict `entry_not_absent`, `reassessment_exists`.
    """
    row = load_entry(uow, entry_id, organisation_id=organisation_id)
    if row.state is not EntryState.ABSENT:
        raise Conflict("entry_not_absent")
    if uow.db.scalar(select(EntryRow.id).where(EntryRow.previous_entry_id == row.id)) is not None:
        raise Conflict("reassessment_exists")
    row.state = EntryState.ENROLLED
    uow.db.flush()
    uow.emit(events.AbsenceUndone(organisation_id=organisation_id, subject_id=row.id))


def edit_batch(
    uow: UnitOfWork, batch_id: str, *, organisation_id: str, name: str, region: str, particulars: Particulars
) -> None:
    """Write a batch's name, region and particulars anew. The region of an allocated batch stays.

    Raises NotFound `batch_unknown`; Invalid as `check_particulars`, `name_malformed`, `region_unknown`; Conflict
    `batch_exists`, `region_allocated`.
    """
    row = load_batch(uow, batch_id, organisation_id=organisation_id)
    check_particulars(particulars)
    name, region = require_name(name), require_region(region)
    taken = select(BatchRow.id).where(
        BatchRow.agency_id == organisation_id, BatchRow.name == name, BatchRow.id != row.id
    )
    if uow.db.scalar(taken) is not None:
        raise Conflict("batch_exists")
    if row.allocation_id is not None and row.region != region:
        raise Conflict("region_allocated")
    before = particulars_of(row.particulars)
    changed = [
        one.name for one in fields(Particulars) if getattr(before, one.name) != getattr(particulars, one.name)
    ]
    changed += ["name"] * (row.name != name) + ["region"] * (row.region != region)
    row.name, row.region, row.particulars = name, region, particulars.to_document()
    uow.db.flush()
    if changed:
        uow.emit(events.BatchEdited(organisation_id=organisation_id, subject_id=row.id, changed=changed))


def candidate_address(person: CandidateRow) -> Address | None:
    """Where notices to a candidate go: the e-mail address before the phone; None: print it."""
    if person.email:
        return Address.email(person.email)
    return Address.phone(person.phone) if person.phone else None


def tell(
    uow: UnitOfWork,
    sitting: Sitting,
    kind: NoticeKind,
    news: News,
    *,
    entry_ids: Collection[str] | None = None,
) -> int:
    """Queue a notice to every standing candidate, or to those of some entries; how many there are.

    Who has no address is listed as one to print for.
    """
    query = (
        select(EntryRow.id, CandidateRow)
        .join(CandidateRow, CandidateRow.id == EntryRow.candidate_id)
        .where(EntryRow.sitting_id == sitting.id, EntryRow.state == EntryState.ENROLLED)
    )
    if entry_ids is not None:
        query = query.where(EntryRow.id.in_(entry_ids))
    rows = uow.db.execute(query).all()
    times = {"opens_at": sitting.opens_at.isoformat(), "time_zone": sitting.time_zone, "place": sitting.place}
    overtaken = [NoticeKind.SITTING_CHANGED, NoticeKind.SITTING_CANCELLED]
    if kind is NoticeKind.SITTING_CANCELLED:
        overtaken.append(NoticeKind.ACCESS_CODE)
    withdraw_notices(uow, [entry_id for entry_id, _person in rows], kinds=overtaken)
    if kind is NoticeKind.SITTING_CHANGED:
        times["closes_at"] = sitting.closes_at.isoformat()
    for entry_id, person in rows:
        queue_notice(
            uow,
            organisation_id=sitting.agency_id,
            subject_id=entry_id,
            kind=kind,
            language=person.language.value,
            address=candidate_address(person),
            words={"name": person.name, "title": _title(news, person.language), **times},
            key=news.key,
        )
    return len(rows)


def _title(news: News, language: Language) -> str:
    return news.titles.get(language.value) or news.titles["en"]
