# SPDX-License-Identifier: Apache-2.0
"""What proctors and learners say to each other, with the version of the learner's page that makes it fetch the news.

No text of a hint is written here, and no right is checked but that somebody is there to listen.
"""

from __future__ import annotations

from assessor import api as assessor
from core.errors import Conflict
from core.uow import Actor, UnitOfWork
from proctor import api as proctor
from web.wiring import Services, broadcast_message, send_message


def somebody_listens(uow: UnitOfWork, sitting_id: str, *, organisation_id: str) -> bool:
    """Whether a proctor without a conflict is assigned to a sitting."""
    return bool(crew_of(uow, sitting_id, organisation_id=organisation_id))


def crew_of(uow: UnitOfWork, sitting_id: str, *, organisation_id: str) -> dict[str, str]:
    """The names of the proctors of a sitting by id, those without a declared conflict, by name."""
    staff = assessor.staff_of_sitting(uow, sitting_id, organisation_id=organisation_id)
    return {
        one.person_id: one.name
        for one in staff
        if one.duty is assessor.Duty.PROCTOR and not one.conflict_declared
    }


def write_to_proctor(
    uow: UnitOfWork, attempt_id: str, *, organisation_id: str, number: object, text: str
) -> None:
    """A learner's message while the test runs.

    Raises Conflict `attempt_not_running`, `nobody_listens`, and as `proctor.write_to_proctor`.
    """
    _require_ear(uow, attempt_id, organisation_id=organisation_id)
    proctor.write_to_proctor(uow, attempt_id, organisation_id=organisation_id, number=number, text=text)
    assessor.touch_attempts(uow, [attempt_id], organisation_id=organisation_id)


def move_hand(uow: UnitOfWork, attempt_id: str, *, organisation_id: str, raised: bool) -> bool:
    """A hand goes up or down, by the learner or a proctor; return whether that is new. Raises as `write_to_proctor`."""
    if raised:
        _require_ear(uow, attempt_id, organisation_id=organisation_id)
    moved = proctor.move_hand(uow, attempt_id, organisation_id=organisation_id, raised=raised)
    if moved:
        assessor.touch_attempts(uow, [attempt_id], organisation_id=organisation_id)
    return moved


def tell_of_hand(parts: Services, attempt_id: str, *, raised: bool) -> None:
    """After the commit: the timeline of a watched test shows from when to when the hand was up. It accuses nobody."""
    with parts.store.read(Actor.system()) as uow:
        session, now = proctor.session_of_attempt(uow, attempt_id), uow.now
    if session is not None and session.state is proctor.SessionState.ACTIVE:
        parts.pipeline.tell(session.id, proctor.HandRaised(at=now, raised=raised))


def give_hint(
    uow: UnitOfWork, attempt_id: str, *, organisation_id: str, hint: proctor.Hint, text: str
) -> bool:
    """A ready-made hint to one learner; return whether it was given."""
    given = proctor.give_hint(uow, attempt_id, organisation_id=organisation_id, hint=hint, text=text)
    if given is not None:
        assessor.touch_attempts(uow, [attempt_id], organisation_id=organisation_id)
    return given is not None


def pause_everybody(uow: UnitOfWork, sitting_id: str, *, organisation_id: str, reason: str) -> int:
    """Pause who works, and tell everybody whose test runs why; return how many were paused.

    Raises Invalid `message_malformed`.
    """
    broadcast_message(uow, sitting_id, organisation_id=organisation_id, text=reason)
    return assessor.pause_sitting(uow, sitting_id, organisation_id=organisation_id)


def resume_everybody(uow: UnitOfWork, sitting_id: str, *, organisation_id: str, words: str) -> int:
    """Let everybody go on, with words to them where there are any; return how many go on."""
    if words.strip():
        broadcast_message(uow, sitting_id, organisation_id=organisation_id, text=words)
    return assessor.resume_sitting(uow, sitting_id, organisation_id=organisation_id)


def pause_one(uow: UnitOfWork, attempt_id: str, *, organisation_id: str, words: str) -> None:
    """Pause one learner, with words where there are any."""
    assessor.pause_attempt(uow, attempt_id, organisation_id=organisation_id)
    if words.strip():
        send_message(uow, attempt_id, organisation_id=organisation_id, text=words)


def _require_ear(uow: UnitOfWork, attempt_id: str, *, organisation_id: str) -> None:
    line = assessor.attempt_lines(uow, [attempt_id], organisation_id=organisation_id)[attempt_id]
    if line.attempt.state is not assessor.AttemptState.RUNNING:
        raise Conflict("attempt_not_running")
    if not somebody_listens(uow, line.entry.sitting.id, organisation_id=organisation_id):
        raise Conflict("nobody_listens")
