# SPDX-License-Identifier: Apache-2.0
"""Notices to candidates, queued in the unit of work of what they tell of. News of sittings is queued by ``assessor`` itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from assessor import api as assessor
from core.notices.model import Address, Channel, DecisionAbout, NoticeKind
from core.notices.operations import queue_notice
from core.uow import UnitOfWork
from item_bank import api as bank
from web.wiring import Services


def send_codes(
    uow: UnitOfWork, parts: Services, codes: Mapping[str, str], *, organisation_id: str
) -> dict[str, str]:
    """Queue access codes that were just made, by entry id; notice ids by entry id."""
    return _queue(
        uow, parts, codes, NoticeKind.ACCESS_CODE, organisation_id=organisation_id, more={"code": codes}
    )


def tell_result_declared(
    uow: UnitOfWork, parts: Services, entry_id: str, *, organisation_id: str, cause_id: str | None = None
) -> dict[str, str]:
    """Queue where the result can be seen; it says no mark and no verdict."""
    return _queue(
        uow, parts, [entry_id], NoticeKind.RESULT_DECLARED, organisation_id=organisation_id, cause_id=cause_id
    )


def tell_decision(
    uow: UnitOfWork,
    parts: Services,
    entry_id: str,
    *,
    organisation_id: str,
    about: DecisionAbout,
    cause_id: str | None = None,
) -> dict[str, str]:
    """Queue that something was decided; what, the person reads after signing in."""
    more = {"about": {entry_id: about.value}}
    return _queue(
        uow,
        parts,
        [entry_id],
        NoticeKind.DECISION_MADE,
        organisation_id=organisation_id,
        more=more,
        cause_id=cause_id,
    )


def tell_erasure(
    uow: UnitOfWork, parts: Services, entry_ids: Collection[str], *, organisation_id: str, erase_at: datetime
) -> dict[str, str]:
    """Queue that personal data will be erased at ``erase_at``, at least 48 hours ahead (DPDP Rules 2025, rule 8)."""
    more = {"erase_at": dict.fromkeys(entry_ids, erase_at.isoformat())}
    return _queue(
        uow, parts, entry_ids, NoticeKind.ERASURE_NOTICE, organisation_id=organisation_id, more=more
    )


def send_guardian_code(
    uow: UnitOfWork,
    parts: Services,
    entry: assessor.Entry,
    *,
    guardian: str,
    address: Address,
    items: str,
    code: str,
    expires_at: datetime,
) -> str:
    """Queue the code that a learner's guardian reads out if they agree; the notice's id."""
    titles = _titles(uow, {entry.assessment_id}, entry.agency_id)
    return queue_notice(
        uow,
        organisation_id=entry.agency_id,
        subject_id=entry.id,
        kind=NoticeKind.GUARDIAN_CODE,
        language=entry.language.value,
        address=address,
        words={
            "name": guardian,
            "learner": entry.candidate_name,
            "title": _title(titles[entry.assessment_id], entry.language.value),
            "items": items,
            "code": code,
            "expires_at": expires_at.isoformat(),
            "time_zone": entry.sitting.time_zone,
        },
        key=parts.config.key("notices"),
    )


def tell_erased(
    uow: UnitOfWork, parts: Services, entry_id: str, *, organisation_id: str, reference: str
) -> dict[str, str]:
    """Queue the receipt of an erasure, before the address is gone; it is sealed, and wiped once it has left."""
    more = {"erased_at": {entry_id: uow.now.isoformat()}, "reference": {entry_id: reference}}
    return _queue(uow, parts, [entry_id], NoticeKind.ERASURE_DONE, organisation_id=organisation_id, more=more)


def choose_address(contact: assessor.Contact, channels: Collection[Channel]) -> Address | None:
    """Where a candidate is written to: by e-mail where both sides have it, else by phone, else None (for paper)."""
    known = {Channel.EMAIL: contact.email, Channel.PHONE: contact.phone}
    for open_only in (True, False):
        for channel, value in known.items():
            if value and (channel in channels or not open_only):
                return Address(channel, value)
    return None


def _queue(
    uow: UnitOfWork,
    parts: Services,
    entry_ids: Collection[str],
    kind: NoticeKind,
    *,
    organisation_id: str,
    more: Mapping[str, Mapping[str, str]] | None = None,
    cause_id: str | None = None,
) -> dict[str, str]:
    found = assessor.contacts(uow, list(entry_ids), organisation_id=organisation_id)
    titles = _titles(uow, {contact.assessment_id for contact in found}, organisation_id)
    key, channels = parts.config.key("notices"), parts.channels.open
    return {
        contact.entry_id: queue_notice(
            uow,
            organisation_id=organisation_id,
            subject_id=contact.entry_id,
            kind=kind,
            language=contact.language.value,
            address=choose_address(contact, channels),
            words={
                "name": contact.name,
                "title": _title(titles[contact.assessment_id], contact.language.value),
                "place": contact.place,
                "opens_at": contact.opens_at.isoformat(),
                "closes_at": contact.closes_at.isoformat(),
                "time_zone": contact.time_zone,
                **{name: by_entry[contact.entry_id] for name, by_entry in (more or {}).items()},
            },
            key=key,
            cause_id=cause_id,
        )
        for contact in found
    }


def _titles(uow: UnitOfWork, assessment_ids: set[str], organisation_id: str) -> dict[str, bank.LocalText]:
    found = {}
    for assessment_id in assessment_ids:
        definition = assessor.assessment(uow, assessment_id, organisation_id=organisation_id)
        document = bank.credential_version(uow, definition.credential_version_id).document
        found[assessment_id] = document.title
    return found


def _title(text: bank.LocalText, language: str) -> str:
    by_language = dict(text.by_language)
    return by_language.get(language) or next(iter(by_language.values()), "")
