# SPDX-License-Identifier: Apache-2.0
"""Learning platforms of an agency: registering, listing, removing. Launches are in ``launches``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from core.errors import Invalid, NotFound
from core.ids import new_id
from core.uow import UnitOfWork
from web.lti import events
from web.lti.tables import LtiPlatformRow

_LONGEST = 300
_MOST_DEPLOYMENTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformPlan:
    """What the platform's administrator hands over; the three addresses have been checked."""

    name: str
    issuer: str
    client_id: str
    deployments: Collection[str]
    authorization_url: str
    token_url: str
    keys_url: str


@dataclass(frozen=True, slots=True)
class Platform:
    """A registered platform."""

    id: str
    organisation_id: str
    name: str
    issuer: str
    client_id: str
    deployments: tuple[str, ...]
    authorization_url: str
    token_url: str
    keys_url: str


def register_platform(uow: UnitOfWork, organisation_id: str, plan: PlatformPlan) -> Platform:
    """Let a platform send learners. Invalid(``platform_fields``)."""
    texts = [plan.name.strip(), plan.issuer.strip(), plan.client_id.strip()]
    deployments = sorted({one.strip() for one in plan.deployments if one.strip()})
    fits = all(1 <= len(text) <= _LONGEST for text in texts) and len(texts[0]) <= 100
    if (
        not fits
        or not 1 <= len(deployments) <= _MOST_DEPLOYMENTS
        or any(len(one) > 255 for one in deployments)
    ):
        raise Invalid("platform_fields")
    row = LtiPlatformRow(
        id=new_id(),
        organisation_id=organisation_id,
        name=texts[0],
        issuer=texts[1],
        client_id=texts[2],
        deployments=deployments,
        authorization_url=plan.authorization_url,
        token_url=plan.token_url,
        keys_url=plan.keys_url,
        created_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(events.PlatformRegistered(organisation_id=organisation_id, subject_id=row.id))
    return _platform(row)


def platforms(uow: UnitOfWork, organisation_id: str) -> list[Platform]:
    """The agency's platforms, newest first."""
    query = select(LtiPlatformRow).where(
        LtiPlatformRow.organisation_id == organisation_id, LtiPlatformRow.removed_at.is_(None)
    )
    return [_platform(row) for row in uow.db.scalars(query.order_by(LtiPlatformRow.id.desc()))]


def platform(uow: UnitOfWork, platform_id: str) -> Platform:
    """The platform behind an address of launches. NotFound(``platform_unknown``)."""
    row = uow.db.get(LtiPlatformRow, platform_id)
    if row is None or row.removed_at is not None:
        raise NotFound("platform_unknown")
    return _platform(row)


def remove_platform(uow: UnitOfWork, organisation_id: str, platform_id: str) -> None:
    """End its launches; entries and results of its learners stay. NotFound(``platform_unknown``)."""
    found = platform(uow, platform_id)
    if found.organisation_id != organisation_id:
        raise NotFound("platform_unknown")
    row = uow.db.get_one(LtiPlatformRow, platform_id)
    row.removed_at = uow.now
    uow.emit(events.PlatformRemoved(organisation_id=organisation_id, subject_id=platform_id))


def _platform(row: LtiPlatformRow) -> Platform:
    return Platform(
        row.id,
        row.organisation_id,
        row.name,
        row.issuer,
        row.client_id,
        tuple(row.deployments),
        row.authorization_url,
        row.token_url,
        row.keys_url,
    )
