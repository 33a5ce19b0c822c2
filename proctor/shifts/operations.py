# SPDX-License-Identifier: Apache-2.0
"""Commands on shifts. Whose the sitting is, and who its proctors and learners are, callers have established."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from core.errors import NotFound
from core.ids import new_id
from core.uow import UnitOfWork
from proctor.incidents.operations import record_watch
from proctor.shifts.events import HandOverAnswered, HandOverOffered, LearnersShared, NoteSeen
from proctor.shifts.model import (
    Answer,
    HandOver,
    HandOverState,
    answer,
    goes_on,
    require_colleague,
    require_learners,
    require_note,
)
from proctor.shifts.queries import hand_over_of
from proctor.shifts.tables import HandOverRow, NoteSeenRow, ShareRow, WatchSpellRow


def share_learners(
    uow: UnitOfWork, sitting_id: str, *, organisation_id: str, shares: Mapping[str, str | None]
) -> int:
    """Say who looks after whom (attempt -> proctor, None for nobody in particular); return how many changed."""
    held = {
        row.attempt_id: row
        for row in uow.db.scalars(select(ShareRow).where(ShareRow.sitting_id == sitting_id))
    }
    changed = 0
    for attempt_id, proctor_id in sorted(shares.items()):
        row = held.get(attempt_id)
        if (None if row is None else row.proctor_id) == proctor_id:
            continue
        changed += 1
        if proctor_id is None:
            uow.db.delete(row)
        elif row is not None:
            row.proctor_id, row.since_at = proctor_id, uow.now
        else:
            uow.db.add(
                ShareRow(
                    attempt_id=attempt_id,
                    organisation_id=organisation_id,
                    sitting_id=sitting_id,
                    proctor_id=proctor_id,
                    since_at=uow.now,
                )
            )
    if changed:
        uow.db.flush()
        uow.emit(LearnersShared(organisation_id=organisation_id, subject_id=sitting_id, learners=changed))
    return changed


def offer_hand_over(
    uow: UnitOfWork,
    sitting_id: str,
    *,
    organisation_id: str,
    to_id: str,
    note: str,
    chosen: Sequence[str],
    crew: Collection[str],
    roster: Collection[str],
) -> HandOver:
    """Offer learners to another proctor of the sitting, as the person who acts in this unit of work.

    Raises Invalid `hand_over_to_nobody`, `hand_over_note_malformed`, `hand_over_learners`.
    """
    row = HandOverRow(
        id=new_id(),
        organisation_id=organisation_id,
        sitting_id=sitting_id,
        from_id=uow.actor.id,
        to_id=require_colleague(to_id, by=uow.actor.id, crew=crew),
        note=require_note(note),
        attempt_ids=list(require_learners(chosen, roster=roster)),
        state=HandOverState.OFFERED,
        offered_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        HandOverOffered(
            organisation_id=organisation_id,
            subject_id=row.id,
            sitting_id=sitting_id,
            to_id=row.to_id,
            attempt_ids=row.attempt_ids,
        )
    )
    return hand_over_of(row)


def answer_hand_over(
    uow: UnitOfWork, hand_over_id: str, *, sitting_id: str, organisation_id: str, said: Answer
) -> HandOver:
    """Accept, decline or withdraw, as the person who acts; who accepts looks after those learners from now on.

    Raises NotFound `hand_over_unknown`; Conflict `hand_over_answered`.
    """
    row = uow.db.get(HandOverRow, hand_over_id)
    if row is None or row.sitting_id != sitting_id or row.organisation_id != organisation_id:
        raise NotFound("hand_over_unknown")
    after = answer(hand_over_of(row), said, by=uow.actor.id, now=uow.now)
    row.state, row.answered_at = after.state, after.answered_at
    uow.db.flush()
    uow.emit(
        HandOverAnswered(
            organisation_id=organisation_id,
            subject_id=row.id,
            sitting_id=sitting_id,
            state=after.state.value,
        )
    )
    if after.state is HandOverState.ACCEPTED:
        taken = dict.fromkeys(after.attempt_ids, after.to_id)
        share_learners(uow, sitting_id, organisation_id=organisation_id, shares=taken)
    return after


def note_watching(uow: UnitOfWork, sitting_id: str, *, organisation_id: str, proctor_id: str) -> None:
    """A proctor sees what runs now: the spell goes on, or a new one begins after a break.

    Whoever watches live does not decide about incidents, so that is recorded too.
    """
    record_watch(uow, sitting_id, organisation_id=organisation_id, proctor_id=proctor_id)
    query = select(WatchSpellRow).where(
        WatchSpellRow.sitting_id == sitting_id, WatchSpellRow.proctor_id == proctor_id
    )
    last = uow.db.scalars(query.order_by(WatchSpellRow.id.desc()).limit(1)).first()
    if last is not None and goes_on(last.last_at, now=uow.now):
        last.last_at = max(last.last_at, uow.now)
        return
    uow.db.add(
        WatchSpellRow(
            id=new_id(),
            organisation_id=organisation_id,
            sitting_id=sitting_id,
            proctor_id=proctor_id,
            started_at=uow.now,
            last_at=uow.now,
        )
    )
    uow.db.flush()


def mark_note_seen(uow: UnitOfWork, alert_id: str, *, attempt_id: str, organisation_id: str) -> bool:
    """Remember that the person who acts has seen this noted alert; return whether that is new."""
    if uow.db.get(NoteSeenRow, alert_id) is not None:
        return False
    uow.db.add(
        NoteSeenRow(
            alert_id=alert_id,
            organisation_id=organisation_id,
            attempt_id=attempt_id,
            seen_by=uow.actor.id,
            seen_at=uow.now,
        )
    )
    uow.db.flush()
    uow.emit(NoteSeen(organisation_id=organisation_id, subject_id=alert_id, attempt_id=attempt_id))
    return True
