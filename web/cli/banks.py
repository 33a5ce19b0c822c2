# SPDX-License-Identifier: Apache-2.0
"""Which bank a command means: an agency and a credential by id, name or code, or the only one there is."""

from __future__ import annotations

from core.errors import NotFound
from core.identity import queries as identity
from core.identity.model import OrganisationKind
from core.uow import UnitOfWork
from item_bank import api as bank


def agency_id(uow: UnitOfWork, wanted: str | None) -> str:
    """The agency of that id or name, or the only one; else NotFound(``organisation_unknown``, known)."""
    agencies = identity.organisations(uow, kind=OrganisationKind.ASSESSMENT_AGENCY)
    found = [agency for agency in agencies if wanted in (None, agency.id, agency.name)]
    if len(found) != 1:
        raise NotFound("organisation_unknown", known=[f"{agency.id} {agency.name}" for agency in agencies])
    return found[0].id


def live_credential_id(uow: UnitOfWork, wanted: str | None) -> str:
    """The live credential version of that id or code, or the only one; else NotFound(``credential_unknown``, known)."""
    live = bank.credential_versions(uow, state=bank.CredentialState.LIVE)
    found = [version for version in live if wanted in (None, version.id, version.document.code)]
    if len(found) != 1:
        raise NotFound("credential_unknown", known=[version.document.code for version in live])
    return found[0].id
