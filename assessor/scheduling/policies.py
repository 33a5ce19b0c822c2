# SPDX-License-Identifier: Apache-2.0
"""What an awarding body rules for its assessments; the defaults stand in ``reassessment``."""

from __future__ import annotations

from assessor.scheduling import events
from assessor.scheduling.reassessment import AssessmentPolicy, check_policy
from assessor.scheduling.tables import AssessmentPolicyRow
from core.uow import UnitOfWork


def assessment_policy(uow: UnitOfWork, awarding_body_id: str) -> AssessmentPolicy:
    """The rules of an awarding body, the defaults where it set none."""
    row = uow.db.get(AssessmentPolicyRow, awarding_body_id)
    if row is None:
        return AssessmentPolicy()
    return AssessmentPolicy(ask_within_days=row.ask_within_days, hold_within_months=row.hold_within_months)


def set_assessment_policy(uow: UnitOfWork, *, organisation_id: str, policy: AssessmentPolicy) -> None:
    """Set the rules of the acting awarding body; raises Invalid `policy_out_of_range`."""
    check_policy(policy)
    row = uow.db.get(AssessmentPolicyRow, organisation_id)
    if row is None:
        row = AssessmentPolicyRow(awarding_body_id=organisation_id)
        uow.db.add(row)
    row.ask_within_days, row.hold_within_months = policy.ask_within_days, policy.hold_within_months
    row.updated_at = uow.now
    uow.db.flush()
    uow.emit(
        events.AssessmentPolicySet(
            organisation_id=organisation_id,
            subject_id=organisation_id,
            ask_within_days=policy.ask_within_days,
            hold_within_months=policy.hold_within_months,
        )
    )
