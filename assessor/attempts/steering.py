# SPDX-License-Identifier: Apache-2.0
"""What the acting proctor does to attempts of the own sittings. Ending one is in `assessor.commands`: a result follows."""

from __future__ import annotations

from assessor.attempts.model import AttemptState
from assessor.attempts.operations import grant_credit, pause, resume
from assessor.attempts.rosters import proctor_attempt, proctor_roster
from core.uow import UnitOfWork


def pause_attempt(uow: UnitOfWork, attempt_id: str, *, organisation_id: str) -> None:
    """Let the time of a running attempt stand still; doing it again changes nothing.

    Raises NotFound `attempt_unknown`; Conflict `attempt_not_started`, `attempt_closed`, `time_is_up`.
    """
    proctor_attempt(uow, attempt_id, person_id=uow.actor.id, organisation_id=organisation_id)
    pause(uow, attempt_id)


def resume_attempt(uow: UnitOfWork, attempt_id: str, *, organisation_id: str) -> None:
    """Let the time of a paused attempt run on; doing it again changes nothing.

    Raises NotFound `attempt_unknown`; Conflict `attempt_not_started`, `attempt_closed`.
    """
    proctor_attempt(uow, attempt_id, person_id=uow.actor.id, organisation_id=organisation_id)
    resume(uow, attempt_id)


def pause_sitting(uow: UnitOfWork, sitting_id: str, *, organisation_id: str) -> int:
    """Pause everybody who is working, and return how many that were; raises NotFound `sitting_unknown`."""
    roster = proctor_roster(uow, sitting_id, person_id=uow.actor.id, organisation_id=organisation_id)
    working = [
        line.attempt.id
        for line in roster.lines
        if line.attempt.state is AttemptState.RUNNING
        and not line.attempt.paused
        and line.attempt.remaining_ms > 0
    ]
    for attempt_id in sorted(working):
        pause(uow, attempt_id)
    return len(working)


def resume_sitting(uow: UnitOfWork, sitting_id: str, *, organisation_id: str) -> int:
    """Let everybody go on who is paused, and return how many that were; raises NotFound `sitting_unknown`."""
    roster = proctor_roster(uow, sitting_id, person_id=uow.actor.id, organisation_id=organisation_id)
    paused = [line.attempt.id for line in roster.lines if line.attempt.paused]
    for attempt_id in sorted(paused):
        resume(uow, attempt_id)
    return len(paused)


def extend_attempt(
    uow: UnitOfWork, attempt_id: str, *, organisation_id: str, minutes: int, reason: str
) -> None:
    """Give an attempt minutes back; the reason also explains what no outage shows, such as a fire alarm.

    Raises NotFound `attempt_unknown`; Invalid `credit_out_of_range`, `reason_malformed`; Conflict `credit_after_close`.
    """
    proctor_attempt(uow, attempt_id, person_id=uow.actor.id, organisation_id=organisation_id)
    grant_credit(
        uow, attempt_id, organisation_id=organisation_id, seconds=minutes * 60, reason=reason, beyond=reason
    )
