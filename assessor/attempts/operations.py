# SPDX-License-Identifier: Apache-2.0
"""Commands on attempts, except the saving of answers. Results are refreshed by `assessor.api`, not here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from assessor.attempts import events
from assessor.attempts.model import (
    Allow,
    Attempt,
    AttemptState,
    Command,
    EndedBy,
    Start,
    Submit,
    closed,
    decide,
    require_credit,
    require_device,
    require_window,
)
from assessor.attempts.queries import (
    AttemptSummary,
    load_attempt,
    load_attempt_of_entry,
    overdue_before,
    summary_of,
)
from assessor.attempts.tables import AttemptRow, LeaseRow
from assessor.attempts.timing import Window
from assessor.forms.model import require_sealed
from assessor.forms.queries import Form, unaltered_form
from assessor.scheduling.model import require_enrolled
from assessor.scheduling.queries import Entry
from core import ids
from core.errors import Conflict
from core.uow import UnitOfWork


def create_attempt(uow: UnitOfWork, entry: Entry, *, form: Form) -> str:
    """Make the attempt of a new entry, ready to be started; return its id."""
    row = AttemptRow(
        id=ids.new_id(),
        entry_id=entry.id,
        agency_id=entry.agency_id,
        form_id=form.id,
        secret=ids.secret_token(),
        state=AttemptState.CREATED,
        limit_seconds=form.content.limit_seconds,
        accommodation_seconds=entry.extra_minutes * 60,
        credit_seconds=0,
        lease_epoch=0,
    )
    uow.db.add(row)
    uow.db.flush()
    return row.id


def start_attempt(
    uow: UnitOfWork, entry: Entry, *, proctoring_ready: bool, grace_seconds: int
) -> AttemptSummary:
    """Start an entry's attempt, or resume it where it runs.

    Raises Conflict: `entry_withdrawn`, `window_not_open`, `window_closed`, `proctoring_not_ready`, `form_altered`,
    `form_state`, `attempt_closed`.
    """
    require_enrolled(entry.state)
    row = load_attempt_of_entry(uow, entry.id)
    before = row.to_model()
    if before.state is AttemptState.CREATED:
        window = Window(opens_at=entry.sitting.opens_at, closes_at=entry.sitting.closes_at)
        require_window(before, now=uow.now, window=window, grace_seconds=grace_seconds)
        if entry.sitting.proctored and not proctoring_ready:
            raise Conflict("proctoring_not_ready")
        require_sealed(unaltered_form(uow, row.form_id).state)
    after = _decide(uow, row, Start(), grace_seconds=grace_seconds)
    if after != before:
        uow.emit(
            events.AttemptStarted(
                organisation_id=row.agency_id,
                subject_id=row.id,
                entry_id=row.entry_id,
                ends_at=_text(after.ends_at),
            )
        )
    return summary_of(uow, row)


def take_lease(uow: UnitOfWork, attempt_id: str, *, device: str) -> int:
    """Make `device` the one that may answer, and return its epoch; the holder gets the epoch that it has.

    Raises NotFound `attempt_unknown`; Invalid `device_malformed`; Conflict `attempt_not_started`, `attempt_closed`.
    """
    device = require_device(device)
    row = load_attempt(uow, attempt_id)
    attempt = row.to_model()
    if attempt.state is AttemptState.CREATED:
        raise Conflict("attempt_not_started")
    if attempt.state is AttemptState.SUBMITTED:
        raise closed(attempt)
    if row.lease_device == device:
        return row.lease_epoch
    row.lease_epoch += 1
    row.lease_device = device
    uow.db.add(LeaseRow(attempt_id=row.id, epoch=row.lease_epoch, device=device, taken_at=uow.now))
    uow.db.flush()
    uow.emit(events.LeaseTaken(organisation_id=row.agency_id, subject_id=row.id, epoch=row.lease_epoch))
    return row.lease_epoch


def submit_attempt(
    uow: UnitOfWork, attempt_id: str, *, ended_by: EndedBy, grace_seconds: int
) -> AttemptSummary:
    """Close an attempt; later answers are refused. Closing it again returns what is held.

    Raises NotFound `attempt_unknown`; Conflict `attempt_not_started`, `time_not_over`.
    """
    row = load_attempt(uow, attempt_id)
    before = row.to_model()
    after = _decide(uow, row, Submit(ended_by=ended_by), grace_seconds=grace_seconds)
    summary = summary_of(uow, row)
    if after != before:
        uow.emit(
            events.AttemptSubmitted(
                organisation_id=row.agency_id,
                subject_id=row.id,
                entry_id=row.entry_id,
                ended_at=_text(after.ended_at),
                ended_by=after.ended_by,
                answers=len(summary.slip),
            )
        )
    return summary


def close_overdue(uow: UnitOfWork, *, grace_seconds: int, limit: int) -> list[AttemptSummary]:
    """Close up to `limit` attempts whose time and grace are over, the longest overdue first."""
    query = (
        select(AttemptRow.id)
        .where(*overdue_before(uow.now - timedelta(seconds=grace_seconds)))
        .order_by(AttemptRow.ends_at, AttemptRow.id)
        .limit(limit)
    )
    return [
        submit_attempt(uow, attempt_id, ended_by=EndedBy.DEADLINE, grace_seconds=grace_seconds)
        for attempt_id in uow.db.scalars(query).all()
    ]


def set_accommodation(uow: UnitOfWork, entry_id: str, *, extra_minutes: int) -> None:
    """Give an entry's attempt its accommodation; one that runs never loses time.

    Raises Conflict `attempt_closed`, `time_only_grows`.
    """
    row = load_attempt_of_entry(uow, entry_id)
    allowance = replace(row.to_model().allowance, accommodation_seconds=extra_minutes * 60)
    _allow(uow, row, Allow(allowance=allowance))


def grant_credit(uow: UnitOfWork, attempt_id: str, *, organisation_id: str, seconds: int) -> None:
    """Give an attempt time back that was lost; the audit names who granted it.

    Raises NotFound `attempt_unknown`; Invalid `credit_out_of_range`; Conflict `attempt_closed`.
    """
    row = load_attempt(uow, attempt_id, organisation_id=organisation_id)
    held = row.to_model().allowance
    credit = require_credit(seconds, held=held.credit_seconds)
    _allow(uow, row, Allow(allowance=replace(held, credit_seconds=credit)))


def _allow(uow: UnitOfWork, row: AttemptRow, command: Allow) -> None:
    _decide(uow, row, command, grace_seconds=0)
    uow.emit(
        events.TimeGranted(
            organisation_id=row.agency_id,
            subject_id=row.id,
            accommodation_seconds=row.accommodation_seconds,
            credit_seconds=row.credit_seconds,
        )
    )


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _decide(uow: UnitOfWork, row: AttemptRow, command: Command, *, grace_seconds: int) -> Attempt:
    after = decide(row.to_model(), command, now=uow.now, grace_seconds=grace_seconds)
    row.apply(after)
    uow.db.flush()
    return after
