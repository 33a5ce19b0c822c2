# SPDX-License-Identifier: Apache-2.0
"""Sending a code to a learner's guardian and taking it back. Who counts as of age and what is agreed to is not decided here."""

from __future__ import annotations

from assessor import api as assessor
from core.errors import Conflict, Invalid, Unavailable
from core.identity import guardians
from core.identity.guardian_model import CODE_LASTS, require_relation
from core.notices.model import Address
from core.uow import UnitOfWork
from web.consent_notices import shown_in
from web.consenting import Standing, standing_of
from web.notices.queueing import send_guardian_code
from web.wiring import Services


def send_code(
    uow: UnitOfWork,
    parts: Services,
    entry: assessor.Entry,
    *,
    attempt_id: str,
    name: str,
    relation: str,
    contact: str,
) -> None:
    """Send a code to the guardian: to `contact`, or where that is empty to the address that was given at the enrolment.

    Raises Invalid `guardian_name_malformed`, `guardian_relation_unknown`, `guardian_contact_missing`,
    `guardian_contact_own`, `email_malformed`, `phone_malformed`; Conflict `guardian_not_needed`, `guardian_already_agreed`;
    Unavailable `guardian_no_channel`, `guardian_code_just_sent`, `guardian_codes_used_up`.
    """
    standing = _needing(uow, entry, attempt_id)
    address = _address(uow, parts, entry, contact)
    if address.channel not in parts.channels.open:
        raise Unavailable("guardian_no_channel")
    code = guardians.ask_guardian(
        uow,
        entry.id,
        organisation_id=entry.agency_id,
        notice_version=standing.notice.version,
        name=name,
        relation=require_relation(relation),
        address=address,
        pepper=parts.code_pepper,
    )
    words = shown_in(standing.notice, entry.language.value)
    send_guardian_code(
        uow,
        parts,
        entry,
        guardian=" ".join(name.split()),
        address=address,
        items=", ".join(one["title"] for one in words["items"]),
        code=code,
        expires_at=uow.now + CODE_LASTS,
    )


def answer_code(
    uow: UnitOfWork, parts: Services, entry: assessor.Entry, *, attempt_id: str, code: str
) -> bool:
    """Whether the code is right; then the guardian has agreed to the notice as the learner did.

    Raises Conflict `guardian_not_needed` and as `core.identity.guardians.answer_guardian_code`.
    """
    standing = _needing(uow, entry, attempt_id)
    return guardians.answer_guardian_code(
        uow, entry.id, notice_version=standing.notice.version, code=code, pepper=parts.code_pepper
    )


def _needing(uow: UnitOfWork, entry: assessor.Entry, attempt_id: str) -> Standing:
    standing = standing_of(uow, entry, attempt_id=attempt_id)
    if standing.consent is None:
        raise Conflict("consent_missing")
    if not standing.needs_guardian:
        raise Conflict("guardian_not_needed")
    return standing


def _address(uow: UnitOfWork, parts: Services, entry: assessor.Entry, contact: str) -> Address:
    """Where the guardian is reached; never at the learner's own address."""
    plan = assessor.candidate_record(
        uow, entry.id, organisation_id=entry.agency_id, person_key=parts.person_key
    ).plan
    text = contact.strip() or (plan.guardian.contact if plan.guardian else "")
    if not text:
        raise Invalid("guardian_contact_missing")
    address = Address.email(text) if "@" in text else Address.phone(text)
    own = {plan.email.casefold(), plan.phone} - {""}
    if address.value.casefold() in own:
        raise Invalid("guardian_contact_own")
    return address
