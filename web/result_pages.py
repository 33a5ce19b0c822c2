# SPDX-License-Identifier: Apache-2.0
"""What the staff of the agency and of the awarding body read of one result. The words stand in the presenters."""

from __future__ import annotations

from typing import Any

from assessor import api as assessor
from core.identity import queries as identity
from core.uow import UnitOfWork
from web.access import organisation_id
from web.presenters.certainty import staff_certainty
from web.presenters.results import result_page


def staff_result(uow: UnitOfWork, found: assessor.Result, entry: assessor.Entry) -> dict[str, Any]:
    """The result of an entry, what stands beside it, and why it was computed again; callers established whose it is."""
    credential = assessor.credential_of_entry(uow, entry.id).document
    page = result_page(
        found,
        credential,
        candidate_name=entry.candidate_name,
        agency=identity.organisation_name(uow, entry.agency_id),
        awarding_body=credential.awarding_body,
    )
    beside = assessor.beside_result(uow, found, entry, credential=credential)
    batch = assessor.batch_reliability(uow, entry.sitting.batch_id, organisation_id=organisation_id())
    return {
        "result": page,
        "beside": staff_certainty(beside, page, batch),
        "notes": assessor.correction_notes(uow, found.summary.id),
    }
