# SPDX-License-Identifier: Apache-2.0
"""Commands on attempts, except the saving of answers. Results are refreshed by `assessor.api`, not here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from assessor.attempts import events
from assessor.attempts.inputs import require_credit, require_device
from assessor.attempts.loading import raise_version
from assessor.attempts.model import (
    Allow,
    Attempt,
    AttemptState,
    Command,
    EndedBy,
    Pause,
    Resume,
    Start,
    Submit,
    closed,
    decide,
    require_window,
    time_left_ms,
)
from assessor.attempts.moves import refresh_section
from assessor.attempts.outages import still_to_give_back
from assessor.attempts.queries import (
    AttemptSummary,
    load_attempt,
    load_attempt_of_entry,
    overdue_before,
    summary_of,
)
from assessor.attempts.tables import AttemptRow, CreditRow, LeaseRow, PauseRow
from assessor.attempts.timing import Window, entry_window
from assessor.forms.model import require_sealed
from assessor.forms.queries import Form, unaltered_form
from assessor.scheduling.model import require_enrolled, require_planned
from assessor.scheduling.names import require_full_reason
from assessor.scheduling.queries import Entry
from core import ids
from core.errors import Conflict, Forbidden
from core.uow import ActorKind, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What a device needs to open the room: the time that is left, and whether it holds the lease, of which epoch."""

    remaining_ms: int
    epoch: int
    holder: bool


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
    row = _start(uow, entry, proctoring_ready=proctoring_ready, grace_seconds=grace_seconds)
    return summary_of(uow, row)


def start_on_device(
    uow: UnitOfWork, entry: Entry, *, device: str, proctoring_ready: bool, grace_seconds: int
) -> Started:
    """`start_attempt`, and a first start gives the lease to `device`: nobody can have it yet. "" takes none.

    Raises as `start_attempt`; Invalid `device_malformed`.
    """
    row = _start(uow, entry, proctoring_ready=proctoring_ready, grace_seconds=grace_seconds)
    if row.lease_epoch == 0 and device:
        _give_lease(uow, row, require_device(device))
    return Started(
        remaining_ms=time_left_ms(row.to_model(), now=uow.now),
        epoch=row.lease_epoch,
        holder=row.lease_device is not None and row.lease_device == device,
    )


def _start(uow: UnitOfWork, entry: Entry, *, proctoring_ready: bool, grace_seconds: int) -> AttemptRow:
    require_enrolled(entry.state)
    require_planned(entry.sitting.state)
    row = load_attempt_of_entry(uow, entry.id)
    before = row.to_model()
    if before.state is AttemptState.CREATED:
        require_window(before, now=uow.now, window=window_of(entry), grace_seconds=grace_seconds)
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
    return row


def window_of(entry: Entry) -> Window:
    """When an entry may start: the sitting's window, its end moved by the entry's own extra time."""
    return entry_window(
        Window(opens_at=entry.sitting.opens_at, closes_at=entry.sitting.closes_at),
        accommodation_seconds=entry.extra_minutes * 60,
    )


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
    if row.lease_device != device:
        _give_lease(uow, row, device)
    return row.lease_epoch


def _give_lease(uow: UnitOfWork, row: AttemptRow, device: str) -> None:
    row.lease_epoch += 1
    row.lease_device = device
    uow.db.add(LeaseRow(attempt_id=row.id, epoch=row.lease_epoch, device=device, taken_at=uow.now))
    uow.db.flush()
    uow.emit(events.LeaseTaken(organisation_id=row.agency_id, subject_id=row.id, epoch=row.lease_epoch))


def submit_attempt(
    uow: UnitOfWork, attempt_id: str, *, ended_by: EndedBy, grace_seconds: int, reason: str = ""
) -> AttemptSummary:
    """Close an attempt; later answers are refused. Closing it again returns what is held.

    `reason` is the checked text of the person who ended it.

    Raises NotFound `attempt_unknown`; Conflict `attempt_not_started`, `time_not_over`.
    """
    row = load_attempt(uow, attempt_id)
    return _submit(uow, row, ended_by=ended_by, grace_seconds=grace_seconds, reason=reason)


def submit_on_device(uow: UnitOfWork, attempt_id: str, *, device: str, grace_seconds: int) -> AttemptSummary:
    """The learner hands in; while the attempt runs, only the device that has the lease may.

    Raises NotFound `attempt_unknown`; Conflict `lease_lost` (facts epoch), `attempt_not_started`.
    """
    row = load_attempt(uow, attempt_id)
    if row.state is AttemptState.RUNNING and row.lease_device not in (None, device):
        raise Conflict("lease_lost", epoch=row.lease_epoch)
    return _submit(uow, row, ended_by=EndedBy.LEARNER, grace_seconds=grace_seconds)


def _submit(
    uow: UnitOfWork, row: AttemptRow, *, ended_by: EndedBy, grace_seconds: int, reason: str = ""
) -> AttemptSummary:
    before = row.to_model()
    after = _decide(uow, row, Submit(ended_by=ended_by, reason=reason), grace_seconds=grace_seconds)
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
    refresh_section(uow, row)


def grant_credit(
    uow: UnitOfWork, attempt_id: str, *, organisation_id: str, seconds: int, reason: str, beyond: str = ""
) -> None:
    """Give an attempt time back that was lost; a named person does, and says why.

    More than outages took and nobody gave back yet needs its own explanation, `beyond`. Raises NotFound
    `attempt_unknown`; Forbidden `person_needed`; Invalid `credit_out_of_range`, `reason_malformed`; Conflict
    `credit_after_close`, `credit_beyond_outages` (facts suggested_seconds).
    """
    require_person(uow)
    row = load_attempt(uow, attempt_id, organisation_id=organisation_id)
    if row.state is AttemptState.SUBMITTED:
        raise Conflict("credit_after_close")
    reason = require_full_reason(reason)
    held = row.to_model().allowance
    credit = require_credit(seconds, held=held.credit_seconds)
    suggested = still_to_give_back(uow, row)
    if seconds > suggested and not beyond.strip():
        raise Conflict("credit_beyond_outages", suggested_seconds=suggested)
    kept = CreditRow(
        id=ids.new_id(),
        attempt_id=row.id,
        seconds=seconds,
        suggested_seconds=suggested,
        reason=reason,
        beyond=require_full_reason(beyond) if seconds > suggested else "",
        granted_by=uow.actor.id,
        granted_at=uow.now,
    )
    uow.db.add(kept)
    _allow(uow, row, Allow(allowance=replace(held, credit_seconds=credit)))
    uow.emit(
        events.CreditGranted(
            organisation_id=row.agency_id,
            subject_id=row.id,
            credit_id=kept.id,
            seconds=seconds,
            suggested_seconds=suggested,
        )
    )


def pause(uow: UnitOfWork, attempt_id: str) -> None:
    """Let the time of a running attempt stand still; doing it again changes nothing. Callers know who may.

    Raises NotFound `attempt_unknown`; Conflict `attempt_not_started`, `attempt_closed`, `time_is_up`.
    """
    row = load_attempt(uow, attempt_id)
    if not row.to_model().paused:
        _decide(uow, row, Pause(), grace_seconds=0)
        uow.emit(events.AttemptPaused(organisation_id=row.agency_id, subject_id=row.id))


def resume(uow: UnitOfWork, attempt_id: str) -> None:
    """Let the time run on, with as much of it left as there was; doing it again changes nothing. Callers know who may.

    Raises NotFound `attempt_unknown`; Conflict `attempt_not_started`, `attempt_closed`.
    """
    row = load_attempt(uow, attempt_id)
    before = row.to_model()
    after = _decide(uow, row, Resume(), grace_seconds=0)
    if after != before:
        uow.emit(
            events.AttemptResumed(
                organisation_id=row.agency_id,
                subject_id=row.id,
                paused_seconds=after.allowance.paused_seconds,
            )
        )


def touch(uow: UnitOfWork, row: AttemptRow) -> None:
    """Count the version up: something that the learner's page shows changed beside the attempt itself."""
    flag_modified(row, "lease_epoch")
    uow.db.flush()


def touch_attempts(uow: UnitOfWork, attempt_ids: Collection[str], *, organisation_id: str) -> None:
    """`touch` for attempts of an agency; raises NotFound `attempt_unknown`."""
    for attempt_id in sorted(attempt_ids):  # in one order, so that no two units wait for each other
        touch(uow, load_attempt(uow, attempt_id, organisation_id=organisation_id))


def require_person(uow: UnitOfWork) -> None:
    """Refuse what only a person with a name may do; raises Forbidden `person_needed`."""
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("person_needed")


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
    before = row.to_model()
    after = decide(before, command, now=uow.now, grace_seconds=grace_seconds)
    row.apply(after)
    if before.paused is not after.paused:
        _note_pause(uow, row.id, begins=after.paused)
    uow.db.flush()
    return after


def _note_pause(uow: UnitOfWork, attempt_id: str, *, begins: bool) -> None:
    if begins:
        uow.db.add(
            PauseRow(id=ids.new_id(), attempt_id=attempt_id, paused_at=uow.now, paused_by=uow.actor.id)
        )
        return
    query = select(PauseRow).where(PauseRow.attempt_id == attempt_id, PauseRow.resumed_at.is_(None))
    for held in uow.db.scalars(query):
        held.resumed_at, held.resumed_by = uow.now, uow.actor.id


def tell_holder(uow: UnitOfWork, attempt_id: str) -> None:
    """Another device has sent all that it had: the page that holds the attempt takes its warning away."""
    raise_version(uow.db.connection(), attempt_id)
