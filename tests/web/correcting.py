# SPDX-License-Identifier: Apache-2.0
"""Corrections for the stage: one that waits for a second person, and one that was refused."""

from __future__ import annotations

from assessor import api as assessor
from core.identity.model import Role
from core.uow import UnitOfWork
from scoring.rescoring.api import Policy

REASON = "Two answers are right in this question."


def add_corrections(uow: UnitOfWork, ids: dict[str, str]) -> None:
    """Asked for by the author of a question that is in a paper; ids of both, and of a question nobody has asked about."""
    from tests.web.world import acting_as, person  # which calls this

    platform = uow.actor
    author, reviewer = person(uow, Role.AUTHOR), person(uow, Role.REVIEWER)
    form = assessor.forms_of_batch(uow, ids["batch_id"], organisation_id=author.organisation_id)[0]
    first, ids["paper_item_id"] = (item.version_id for item in form.content.items[:2])

    def ask() -> str:
        return assessor.ask_correction(
            acting_as(uow, author),
            first,
            organisation_id=author.organisation_id,
            new_key=assessor.NewKey(kind=assessor.NewKeyKind.EVERYBODY),
            policy=Policy.HARM_FREE,
            reason=REASON,
        ).id

    ids["decided_correction_id"] = ask()
    assessor.refuse_correction(
        acting_as(uow, reviewer),
        ids["decided_correction_id"],
        organisation_id=author.organisation_id,
        answer="The key is right.",
    )
    ids["correction_id"] = ask()
    uow.actor = platform
