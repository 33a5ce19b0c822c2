# SPDX-License-Identifier: Apache-2.0
"""A guardian's consent: asking for it, the code that comes back, paper that was seen. Sending the code is the caller's work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from hmac import compare_digest

from sqlalchemy import select

from core.errors import Conflict, Forbidden, Invalid
from core.identity import events
from core.identity.guardian_model import (
    CODE_DIGITS,
    GuardianConsent,
    Means,
    Relation,
    require_guardian_name,
    sent,
    tried,
)
from core.identity.secrets import hash_code
from core.identity.tables import GuardianConsentRow
from core.ids import digit_code, new_id
from core.notices.model import Address
from core.uow import ActorKind, UnitOfWork

_NEXT = timedelta(microseconds=1)


def ask_guardian(
    uow: UnitOfWork,
    subject_id: str,
    *,
    organisation_id: str,
    notice_version: str,
    name: str,
    relation: Relation,
    address: Address,
    pepper: bytes,
) -> str:
    """Begin to ask, or ask again; the code to send, which stands nowhere else. A new code takes the place of the old.

    Raises Invalid `guardian_name_malformed`; Conflict `guardian_already_agreed`; Unavailable `guardian_code_just_sent`,
    `guardian_codes_used_up`.
    """
    row = _row(uow, subject_id, notice_version)
    if row is None or row.means is not Means.CODE:
        row = GuardianConsentRow(
            id=new_id(),
            organisation_id=organisation_id,
            subject_id=subject_id,
            notice_version=notice_version,
            means=Means.CODE,
            codes_sent=0,
            tries=0,
            asked_at=uow.now,
            reason="",
        )
        uow.db.add(row)
    after = sent(row.to_model(), now=uow.now)
    row.guardian_name, row.relation, row.masked = require_guardian_name(name), relation, address.masked
    code = digit_code(CODE_DIGITS)
    row.code_key = hash_code(f"{row.id}:{code}", pepper=pepper)
    row.apply(after)
    uow.db.flush()
    uow.emit(
        events.GuardianAsked(
            organisation_id=organisation_id,
            subject_id=subject_id,
            notice_version=notice_version,
            relation=relation.value,
            codes=after.codes_sent,
        )
    )
    return code


def answer_guardian_code(
    uow: UnitOfWork, subject_id: str, *, notice_version: str, code: str, pepper: bytes
) -> bool:
    """Whether the code that the guardian read out is right; then the consent is given. A wrong one is counted.

    Raises Conflict `guardian_code_not_sent`, `guardian_code_expired`, `guardian_code_tries`, `guardian_already_agreed`.
    """
    row = _row(uow, subject_id, notice_version)
    if row is None or row.code_key is None:
        raise Conflict("guardian_code_not_sent")
    typed = "".join(one for one in code if one.isdigit())[:CODE_DIGITS]
    plain = "".join(str(int(one)) for one in typed if one.isdecimal())
    right = compare_digest(hash_code(f"{row.id}:{plain}", pepper=pepper), row.code_key)
    row.apply(tried(row.to_model(), right=right, now=uow.now))
    uow.db.flush()
    if right:
        _emit_given(uow, row)
    return right


def record_guardian_paper(
    uow: UnitOfWork,
    subject_id: str,
    *,
    organisation_id: str,
    notice_version: str,
    name: str,
    relation: Relation,
    reason: str,
) -> None:
    """A named member of staff has seen the signed form. `reason`: why on paper, 3 to 500 characters.

    Raises Forbidden `person_needed`; Invalid `guardian_name_malformed`, `reason_malformed`; Conflict `guardian_already_agreed`.
    """
    why = _noted(uow, reason)
    if (known := guardian_of(uow, subject_id, notice_version=notice_version)) is not None and known.stands:
        raise Conflict("guardian_already_agreed")
    row = GuardianConsentRow(
        id=new_id(),
        organisation_id=organisation_id,
        subject_id=subject_id,
        notice_version=notice_version,
        guardian_name=require_guardian_name(name),
        relation=relation,
        means=Means.PAPER,
        masked="",
        codes_sent=0,
        tries=0,
        asked_at=uow.now,
        given_at=uow.now,
        recorded_by=uow.actor.id,
        reason=why,
    )
    uow.db.add(row)
    uow.db.flush()
    _emit_given(uow, row)


def guardian_of(uow: UnitOfWork, subject_id: str, *, notice_version: str) -> GuardianConsent | None:
    """The guardian who was asked last for this learner and these words, or None."""
    row = _row(uow, subject_id, notice_version)
    return None if row is None else row.to_model()


def guardians_of(uow: UnitOfWork, subject_id: str) -> list[GuardianConsent]:
    """Everybody who was ever asked for this learner, the newest first."""
    query = select(GuardianConsentRow).where(GuardianConsentRow.subject_id == subject_id)
    return [row.to_model() for row in uow.db.scalars(query.order_by(GuardianConsentRow.id.desc()))]


def withdraw_guardians(uow: UnitOfWork, subject_id: str, *, organisation_id: str) -> None:
    """What a guardian agreed to ends with the learner's own consent."""
    _withdraw(uow, subject_id, organisation_id=organisation_id)


def record_guardian_withdrawal(
    uow: UnitOfWork, subject_id: str, *, organisation_id: str, reason: str
) -> None:
    """A named member of staff heard that the guardian takes it back. `reason`: how and why, 3 to 500 characters.

    Raises Forbidden `person_needed`; Invalid `reason_malformed`; Conflict `guardian_nothing_stands`.
    """
    why = _noted(uow, reason)
    ended = _withdraw(uow, subject_id, organisation_id=organisation_id)
    if not ended:
        raise Conflict("guardian_nothing_stands")
    last = max(ended, key=lambda row: row.id)
    note = GuardianConsentRow(
        id=new_id(),
        organisation_id=organisation_id,
        subject_id=subject_id,
        notice_version=last.notice_version,
        guardian_name=last.guardian_name,
        relation=last.relation,
        means=Means.PAPER,
        masked="",
        codes_sent=0,
        tries=0,
        asked_at=uow.now,
        given_at=uow.now,
        withdrawn_at=uow.now,
        recorded_by=uow.actor.id,
        reason=why,
    )
    uow.db.add(note)
    uow.db.flush()


def _noted(uow: UnitOfWork, reason: str) -> str:
    """The words of a person with a name, as they are kept. Forbidden `person_needed`; Invalid `reason_malformed`."""
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("person_needed")
    why = " ".join(reason.split())
    if not 3 <= len(why) <= 500 or not why.isprintable():
        raise Invalid("reason_malformed", lowest=3, highest=500)
    return why


def _withdraw(uow: UnitOfWork, subject_id: str, *, organisation_id: str) -> Sequence[GuardianConsentRow]:
    """End whatever stands, later than it was given, whatever the clock says; what that was."""
    query = select(GuardianConsentRow).where(
        GuardianConsentRow.subject_id == subject_id,
        GuardianConsentRow.given_at.is_not(None),
        GuardianConsentRow.withdrawn_at.is_(None),
    )
    standing = uow.db.scalars(query).all()
    for row in standing:
        row.withdrawn_at = max(uow.now, (row.given_at or uow.now) + _NEXT)
        uow.emit(
            events.GuardianWithdrew(
                organisation_id=organisation_id, subject_id=subject_id, notice_version=row.notice_version
            )
        )
    uow.db.flush()
    return standing


def _row(uow: UnitOfWork, subject_id: str, notice_version: str) -> GuardianConsentRow | None:
    query = select(GuardianConsentRow).where(
        GuardianConsentRow.subject_id == subject_id,
        GuardianConsentRow.notice_version == notice_version,
        GuardianConsentRow.withdrawn_at.is_(None),
    )
    return uow.db.scalar(query.order_by(GuardianConsentRow.id.desc()).limit(1))


def _emit_given(uow: UnitOfWork, row: GuardianConsentRow) -> None:
    uow.emit(
        events.GuardianConsented(
            organisation_id=row.organisation_id,
            subject_id=row.subject_id,
            notice_version=row.notice_version,
            relation=row.relation.value,
            means=row.means.value,
        )
    )
