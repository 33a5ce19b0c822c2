# SPDX-License-Identifier: Apache-2.0
"""What the two parties of an allocation see; the reads that their pages share."""

from __future__ import annotations

from typing import Any

from assessor import api as assessor
from core.identity import queries as identity
from core.uow import UnitOfWork
from item_bank import api as bank
from web.presenters.scheduling import allocation_rows, territory_words

COLUMNS = (
    "name",
    "awarding_body",
    "agency",
    "credential_code",
    "candidates",
    "place",
    "region",
    "wanted_from",
    "wanted_until",
    "state",
    "reason",
    "allocated_at",
    "answered_at",
)


def allocation_list(uow: UnitOfWork, organisation_id: str) -> list[dict[str, Any]]:
    """The allocations that an organisation gave or was given, newest first."""
    return _rows(uow, assessor.allocations(uow, organisation_id=organisation_id))


def one_allocation(uow: UnitOfWork, organisation_id: str, allocation_id: str) -> dict[str, Any]:
    """One allocation for one of its parties; NotFound(``allocation_unknown``)."""
    return _rows(uow, [assessor.allocation(uow, allocation_id, organisation_id=organisation_id)])[0]


def accepted_options(uow: UnitOfWork, organisation_id: str) -> list[tuple[str, str]]:
    """The accepted allocations of an agency that no batch was made from yet, for a select."""
    return [
        (one.id, f"{one.name} ({one.candidates}, {one.place})")
        for one in assessor.allocations(uow, organisation_id=organisation_id)
        if one.agency_id == organisation_id
        and one.state is assessor.AllocationState.ACCEPTED
        and one.batch_id is None
    ]


def engagement_options(uow: UnitOfWork, organisation_id: str) -> list[tuple[str, str]]:
    """The engagements of an awarding body that run now, for a select."""
    names = {one.id: one.name for one in identity.organisations(uow)}
    return [
        (
            one.id,
            (
                f"{names[one.agency_id]}: {bank.credential_version(uow, one.credential_version_id).document.code}, "
                f"{territory_words(one.territory)}"
            ),
        )
        for one in bank.engagements(uow)
        if one.awarding_body_id == organisation_id and one.covers(uow.now)
    ]


def _rows(uow: UnitOfWork, found: list[assessor.Allocation]) -> list[dict[str, Any]]:
    credentials = {
        version_id: bank.credential_version(uow, version_id).document
        for version_id in {one.credential_version_id for one in found}
    }
    names = {one.id: one.name for one in identity.organisations(uow)} if found else {}
    return allocation_rows(found, credentials, names)
