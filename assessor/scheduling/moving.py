# SPDX-License-Identifier: Apache-2.0
"""Moving entries to another sitting of their batch before they begin. Who has begun is known to ``schedule_commands``."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from assessor.scheduling import events
from assessor.scheduling.alternatives import settle_by_move
from assessor.scheduling.changes import News, tell
from assessor.scheduling.enrolment import Judgement, judge_again
from assessor.scheduling.entries import new_code
from assessor.scheduling.model import require_enrolled, require_planned
from assessor.scheduling.queries import load_entry, load_sitting, sitting_of
from assessor.scheduling.records import plan_of
from assessor.scheduling.tables import BatchRow, CandidateRow, EntryRow, SittingRow
from core.errors import Conflict
from core.notices.model import NoticeKind
from core.notices.operations import withdraw_notices
from core.uow import UnitOfWork


def check_move(
    uow: UnitOfWork,
    entry_id: str,
    sitting_id: str,
    *,
    organisation_id: str,
    begun: bool,
    over: bool,
    reasons: Mapping[str, str],
) -> Judgement:
    """What moving an entry is held against; nothing is written. `over`: its window there is closed already.

    Raises NotFound `entry_unknown`, `sitting_unknown`; Conflict `entry_withdrawn`, `entry_absent`, `entry_has_begun`,
    `sitting_same`, `sitting_of_another_batch`, `sitting_cancelled`, `sitting_has_ended`, `candidate_enrolled`; as
    `judge_again`.
    """
    row, (sitting, batch) = _loaded(uow, entry_id, sitting_id, organisation_id=organisation_id)
    require_enrolled(row.state)
    if begun:
        raise Conflict("entry_has_begun")
    if row.sitting_id == sitting.id:
        raise Conflict("sitting_same")
    now_in, _ = load_sitting(uow, row.sitting_id, organisation_id=organisation_id)
    if now_in.batch_id != batch.id:
        raise Conflict("sitting_of_another_batch")
    require_planned(sitting.state)
    if over:
        raise Conflict("sitting_has_ended")
    there = select(EntryRow.id).where(
        EntryRow.sitting_id == sitting.id, EntryRow.candidate_id == row.candidate_id
    )
    if uow.db.scalar(there) is not None:
        raise Conflict("candidate_enrolled")
    person = uow.db.get_one(CandidateRow, row.candidate_id)
    return judge_again(uow, sitting, batch, candidate=plan_of(row, person), reasons=reasons)


def move_entry(
    uow: UnitOfWork,
    entry_id: str,
    sitting_id: str,
    *,
    organisation_id: str,
    judgement: Judgement,
    pepper: bytes | None,
) -> str | None:
    """Put an entry that `check_move` let pass into another sitting; the form stays. A new code where there is a `pepper`."""
    row, (sitting, _batch) = _loaded(uow, entry_id, sitting_id, organisation_id=organisation_id)
    before, code = row.sitting_id, None
    row.sitting_id = sitting.id
    row.enrolment = judgement.added_to(row.enrolment, by=str(row.enrolment.get("by", uow.actor.id)))
    if pepper is not None:
        code, row.code_key = new_code(uow, None, pepper=pepper)
        row.code_issued_at = uow.now
        withdraw_notices(uow, [row.id], kinds=[NoticeKind.ACCESS_CODE])
    uow.db.flush()
    settle_by_move(uow, row.id)
    uow.emit(
        events.EntryMoved(
            organisation_id=organisation_id,
            subject_id=row.id,
            from_sitting_id=before,
            to_sitting_id=sitting.id,
            new_code=code is not None,
        )
    )
    return code


def tell_of_move(
    uow: UnitOfWork, sitting_id: str, entry_ids: Collection[str], *, organisation_id: str, news: News
) -> int:
    """Tell those who were moved when and where they are expected; how many there are."""
    sitting = sitting_of(*load_sitting(uow, sitting_id, organisation_id=organisation_id))
    return tell(uow, sitting, NoticeKind.SITTING_CHANGED, news, entry_ids=entry_ids)


def _loaded(
    uow: UnitOfWork, entry_id: str, sitting_id: str, *, organisation_id: str
) -> tuple[EntryRow, tuple[SittingRow, BatchRow]]:
    row = load_entry(uow, entry_id, organisation_id=organisation_id)
    return row, load_sitting(uow, sitting_id, organisation_id=organisation_id)
