# SPDX-License-Identifier: Apache-2.0
"""Choosing periods, writing receipts, and the course of an erasure. What is deleted, the packages delete themselves."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.canonical import digest
from core.errors import Conflict, Forbidden, NotFound
from core.ids import new_id, secret_token
from core.privacy import events
from core.privacy.model import (
    POLICY_VERSION,
    DataClass,
    ErasureState,
    ErasureStep,
    Settings,
    check_settings,
    decide,
    require_reason,
)
from core.privacy.queries import Erasure, erasure_of, load_erasure
from core.privacy.tables import DeletedBecause, DeletionReceiptRow, ErasureRow, RetentionSettingsRow
from core.uow import ActorKind, UnitOfWork


@dataclass(frozen=True, slots=True)
class Deleted:
    """What was deleted: hashes of the things, names of destroyed keys, addresses of ciphertexts to remove after the commit."""

    hashes: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    def __add__(self, other: Deleted) -> Deleted:
        return Deleted(self.hashes + other.hashes, self.keys + other.keys, self.addresses + other.addresses)


def set_retention(uow: UnitOfWork, organisation_id: str, settings: Settings) -> None:
    """Choose the periods of an organisation; they count for what is already kept too. Raises what `check_settings` does."""
    check_settings(settings)
    row = uow.db.get(RetentionSettingsRow, organisation_id)
    if row is None:
        row = RetentionSettingsRow(organisation_id=organisation_id)
        uow.db.add(row)
    row.mode, row.appeal_days = settings.mode, settings.appeal_days
    row.days = {data_class.value: days for data_class, days in settings.days.items()}
    row.set_by, row.set_at = uow.actor.id, uow.now
    uow.db.flush()
    uow.emit(
        events.RetentionChanged(
            organisation_id=organisation_id,
            subject_id=organisation_id,
            mode=row.mode.value,
            appeal_days=row.appeal_days,
            days=row.days,
        )
    )


def write_receipt(
    uow: UnitOfWork,
    deleted: Deleted,
    *,
    organisation_id: str,
    subject_id: str,
    attempt_id: str | None,
    data_class: DataClass,
    due_at: datetime,
    settings: Settings,
    erasure_id: str | None = None,
) -> str:
    """Write down that a class of somebody's data is gone; the receipt's id. `subject_id` is the entry or the candidate."""
    row = DeletionReceiptRow(
        id=new_id(),
        organisation_id=organisation_id,
        subject_id=subject_id,
        attempt_id=attempt_id,
        data_class=data_class,
        because=DeletedBecause.PERIOD_OVER if erasure_id is None else DeletedBecause.ERASURE,
        count=len(deleted.hashes),
        digest=digest(sorted(deleted.hashes)),
        keys=sorted(deleted.keys),
        policy_version=POLICY_VERSION,
        mode=settings.mode,
        due_at=due_at,
        deleted_at=uow.now,
        erasure_id=erasure_id,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        events.PersonalDataDeleted(
            organisation_id=organisation_id,
            subject_id=row.id,
            data_class=data_class.value,
            because=row.because.value,
            count=row.count,
            digest=row.digest,
            policy_version=POLICY_VERSION,
        )
    )
    return row.id


def ask_erasure(
    uow: UnitOfWork, subject_id: str, *, entry_id: str, organisation_id: str, reason: str
) -> Erasure:
    """Ask that a person's data be erased; a member of staff says why. An open request is only returned.

    Raises Invalid `reason_required`, `reason_too_long`.
    """
    kept = require_reason(reason) if uow.actor.kind is not ActorKind.CANDIDATE else ""
    row = uow.db.scalar(
        select(ErasureRow).where(
            ErasureRow.subject_id == subject_id,
            ErasureRow.state.in_([state for state in ErasureState if state.open]),
        )
    )
    if row is not None:
        return erasure_of(row)
    row = ErasureRow(
        id=new_id(),
        organisation_id=organisation_id,
        subject_id=subject_id,
        entry_id=entry_id,
        state=ErasureState.ASKED,
        asked_at=uow.now,
        asked_by=uow.actor.id,
        reason=kept,
        answer="",
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(events.ErasureAsked(organisation_id=organisation_id, subject_id=row.id, entry_id=row.entry_id))
    return erasure_of(row)


def confirm_erasure(uow: UnitOfWork, erasure_id: str, *, organisation_id: str, erase_at: datetime) -> Erasure:
    """A named person confirms; the notice goes out in the same unit of work.

    Raises NotFound `erasure_unknown`, Conflict `erasure_over`, Forbidden `erasure_needs_a_person`.
    """
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("erasure_needs_a_person")
    row = load_erasure(uow, erasure_id, organisation_id=organisation_id)
    row.erase_at = erase_at
    return _step(uow, row, ErasureStep.CONFIRM)


def refuse_erasure(uow: UnitOfWork, erasure_id: str, *, organisation_id: str, reason: str) -> Erasure:
    """A named person refuses, and says why. Raises as `confirm_erasure`, and Invalid `reason_required`, `reason_too_long`."""
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("erasure_needs_a_person")
    row = load_erasure(uow, erasure_id, organisation_id=organisation_id)
    row.answer = require_reason(reason)
    return _step(uow, row, ErasureStep.REFUSE)


def take_back_erasure(uow: UnitOfWork, subject_id: str, *, organisation_id: str) -> Erasure:
    """The person does not want it any more, at any time before it is done. Conflict `erasure_over`."""
    row = uow.db.scalar(
        select(ErasureRow).where(
            ErasureRow.subject_id == subject_id,
            ErasureRow.organisation_id == organisation_id,
            ErasureRow.state.in_([state for state in ErasureState if state.open]),
        )
    )
    if row is None:
        raise Conflict("erasure_over", state="none")
    return _step(uow, row, ErasureStep.TAKE_BACK)


def finish_erasure(
    uow: UnitOfWork, erasure_id: str, *, particulars: Sequence[str], receipts: int, key: bytes
) -> Erasure:
    """Write down that it is done, with a keyed, salted hash of what identified the person.

    `key` has 32 bytes. Raises NotFound `erasure_unknown`, Conflict `erasure_too_early`, `erasure_over`.
    """
    row = uow.db.get(ErasureRow, erasure_id)
    if row is None:
        raise NotFound("erasure_unknown")
    row.salt = secret_token(24)
    proof = prove(particulars, salt=row.salt, key=key)
    row.proof, row.done_at, row.reason = proof, uow.now, ""
    after = _step(uow, row, ErasureStep.CARRY_OUT)
    uow.emit(
        events.PersonErased(
            organisation_id=row.organisation_id,
            subject_id=row.id,
            entry_id=row.entry_id,
            receipts=receipts,
            proof=proof,
        )
    )
    return after


def prove(particulars: Sequence[str], *, salt: str, key: bytes) -> str:
    """The hex hash that shows, to whoever presents the same particulars again, that these were erased."""
    message = "\n".join([salt, *particulars]).encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def _step(uow: UnitOfWork, row: ErasureRow, step: ErasureStep) -> Erasure:
    row.state = decide(row.state, step, erase_at=row.erase_at, now=uow.now)
    if step is not ErasureStep.CARRY_OUT:
        row.decided_at, row.decided_by = uow.now, uow.actor.id
    uow.db.flush()
    if step is not ErasureStep.CARRY_OUT:
        uow.emit(
            events.ErasureDecided(
                organisation_id=row.organisation_id,
                subject_id=row.id,
                entry_id=row.entry_id,
                state=row.state.value,
                erase_at=row.erase_at.isoformat() if row.erase_at else None,
            )
        )
    return erasure_of(row)
