# SPDX-License-Identifier: Apache-2.0
"""What the two parties of an engagement see of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from assessor import api as assessor
from core.identity import queries as identity
from core.identity.model import OrganisationKind
from core.uow import UnitOfWork
from item_bank import api as bank
from web.i18n import DEFAULT_ZONE
from web.presenters.common import bilingual
from web.presenters.scheduling import territory_words

Row = dict[str, Any]
COLUMNS = (
    "agency",
    "awarding_body",
    "credential_code",
    "credential_version",
    "territory",
    "first_day",
    "last_day",
    "state",
    "note",
    "ended_reason",
)


def engagement_list(uow: UnitOfWork) -> list[Row]:
    """The engagements of the actor's organisation, newest first."""
    found = bank.engagements(uow)
    names = {one.id: one.name for one in identity.organisations(uow)} if found else {}
    titles = {one.id: one for one in bank.credential_versions(uow)} if found else {}
    return [_row(one, names, titles, now=uow.now) for one in found]


def one_engagement(uow: UnitOfWork, engagement_id: str) -> Row:
    """One engagement with what rests on it, for the awarding body; NotFound(``engagement_unknown``)."""
    found = bank.engagement(uow, engagement_id)
    names = {one.id: one.name for one in identity.organisations(uow)}
    titles = {one.id: one for one in bank.credential_versions(uow)}
    under = [
        one
        for one in assessor.allocations(uow, organisation_id=found.awarding_body_id)
        if one.engagement_id == found.id
    ]
    waiting = sum(one.state is assessor.AllocationState.OFFERED for one in under)
    return {**_row(found, names, titles, now=uow.now), "allocations": len(under), "waiting": waiting}


def engagement_choices(uow: UnitOfWork) -> dict[str, list[tuple[str, str]]]:
    """The live credentials of the actor's body and every agency, for two selects."""
    return {
        "credential_version_id": [
            (one.id, f"{one.document.code} ({one.document.version})")
            for one in bank.credential_versions(uow, state=bank.CredentialState.LIVE)
            if one.owner_id == uow.actor.organisation_id
        ],
        "agency_id": [
            (one.id, one.name) for one in identity.organisations(uow, kind=OrganisationKind.ASSESSMENT_AGENCY)
        ],
    }


def _row(
    one: bank.Engagement,
    names: dict[str, str],
    titles: dict[str, bank.CredentialVersion],
    *,
    now: datetime,
) -> Row:
    zone = ZoneInfo(DEFAULT_ZONE)
    credential = titles.get(one.credential_version_id)
    never = one.valid_until <= one.valid_from
    last = (one.valid_until - timedelta(microseconds=1)).astimezone(zone).date()
    return {
        "id": one.id,
        "agency": names.get(one.agency_id, ""),
        "awarding_body": names.get(one.awarding_body_id, ""),
        "credential_id": one.credential_version_id,
        "credential_code": credential.document.code if credential else "–",
        "credential_title": bilingual(credential.document.title) if credential else {},
        "credential_version": credential.document.version if credential else "",
        "credential_withdrawn": bool(credential and credential.state is bank.CredentialState.WITHDRAWN),
        "territory": territory_words(one.territory),
        "first_day": one.valid_from.astimezone(zone).date(),
        "last_day": None if never else last,
        "state": _state(one, now=now, never=never),
        "note": one.note,
        "ended_from": one.ended_from,
        "ended_reason": one.ended_reason,
        "may_end": not never and now < one.valid_until,
    }


def _state(one: bank.Engagement, *, now: datetime, never: bool) -> str:
    if never:
        return "called_off"
    if now >= one.valid_until:
        return "ended" if one.ended_from else "over"
    if now < one.valid_from:
        return "to_come"
    return "ending" if one.ended_from else "in_force"
