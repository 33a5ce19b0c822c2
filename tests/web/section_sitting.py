# SPDX-License-Identifier: Apache-2.0
"""A sitting in sections, added to the sample: to be sat by tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from assessor import api as assessor
from core.identity.model import Role
from core.uow import Actor
from item_bank import api as bank
from tests.sectioned import add_sectioned
from tests.web.world import acting_as, person
from web.wiring import Services

LEARNER = "Farida Sheikh"
CODE = "SECT7MK3PN"


def add_section_sitting(parts: Services, *, code: str = CODE, **rules: Any) -> assessor.Enrolled:
    """A sealed paper in three sections (`tests.sectioned`), a sitting without a camera that is open now, and a learner."""
    with parts.store.write(Actor.system()) as platform:
        uow = acting_as(platform, person(platform, Role.MANAGER))
        owner = str(uow.actor.organisation_id)
        _, batch_id = add_sectioned(
            uow,
            agency=owner,
            credential_version_id=bank.credential_versions(uow)[0].id,
            batch_name=f"In sections {code}",
            **rules,
        )
        sitting = assessor.schedule_sitting(
            uow,
            batch_id,
            organisation_id=owner,
            plan=assessor.SittingPlan(
                opens_at=uow.now,
                closes_at=uow.now + timedelta(days=30),
                time_zone="Asia/Kolkata",
                place="Pune centre",
                proctored=False,
            ),
        )
        assessor.assign_staff(
            uow,
            sitting.id,
            organisation_id=owner,
            person_id=person(uow, Role.ASSESSOR).id,
            duty=assessor.Duty.ASSESSOR,
        )
        return assessor.enrol(
            uow,
            sitting.id,
            organisation_id=owner,
            candidate=assessor.CandidatePlan(name=LEARNER, language=assessor.Language.ENGLISH),
            approval=assessor.Approval(entry_requirement_met=True),
            pepper=parts.code_pepper,
            code=code,
        )
