# SPDX-License-Identifier: Apache-2.0
"""What several pages of a manager do when they enrol: lines into entries, slips for codes, words for notices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assessor import api as assessor
from core.uow import UnitOfWork
from item_bank import api as bank
from proctor import api as proctor
from web.access import organisation_id, services
from web.forms.batches import CandidateLine
from web.presenters.common import bilingual

Codes = list[dict[str, Any]]


def enrol_lines(uow: UnitOfWork, sitting_id: str, lines: Iterable[CandidateLine]) -> Codes:
    """Enrol candidates whose entry requirement was confirmed; their slips, shown once."""
    made = [
        assessor.enrol(
            uow,
            sitting_id,
            organisation_id=organisation_id(),
            candidate=line.plan,
            pepper=services().code_pepper,
            person_key=services().person_key,
            approval=assessor.Approval(entry_requirement_met=True),
            extra_minutes=line.extra_minutes,
        )
        for line in lines
    ]
    return [slip(one.entry, one.code) for one in made]


def watch_anew(uow: UnitOfWork, sitting: assessor.Sitting) -> None:
    """A new sitting with a camera begins with the checks that are usual; a manager may change them until somebody agreed."""
    if sitting.proctored:
        proctor.set_plan(uow, sitting.id, organisation_id=sitting.agency_id, plan=proctor.OF_NEW_SITTINGS)


def slip(entry: assessor.Entry, code: str) -> dict[str, Any]:
    """One access code for the sheet that is printed."""
    sitting = entry.sitting
    return {"name": entry.candidate_name, "code": code, "place": sitting.place, "opens_at": sitting.opens_at}


def news_of(uow: UnitOfWork, batch: assessor.Batch) -> assessor.News:
    """What candidates are told when their sitting changes."""
    titles = bilingual(credential_of(uow, batch.assessment_id).title)
    return assessor.News(titles=titles, key=services().config.key("notices"))


def credential_of(uow: UnitOfWork, assessment_id: str) -> bank.CredentialDocument:
    """The credential that an assessment of this agency is for."""
    definition = assessor.assessment(uow, assessment_id, organisation_id=organisation_id())
    return bank.credential_version(uow, definition.credential_version_id).document
