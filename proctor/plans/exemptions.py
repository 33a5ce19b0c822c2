# SPDX-License-Identifier: Apache-2.0
"""Granting exemptions to one learner's try, and taking them back. Whose the attempt is, callers have established."""

from __future__ import annotations

from sqlalchemy import select

from core.errors import Forbidden, NotFound
from core.ids import new_id
from core.uow import ActorKind, UnitOfWork
from proctor.monitoring.operations import keep_exemptions
from proctor.plans.events import ExemptionEnded, ExemptionGranted
from proctor.plans.exemption_model import Exemption, ProofSeen, require_grant
from proctor.plans.tables import WatchExemptionRow
from proctor.rules.exemptions import profile as known_profile


def exemptions_of(uow: UnitOfWork, attempt_id: str) -> tuple[Exemption, ...]:
    """What stands for an attempt, oldest first."""
    query = select(WatchExemptionRow).where(
        WatchExemptionRow.attempt_id == attempt_id, WatchExemptionRow.ended_at.is_(None)
    )
    return tuple(row.to_model() for row in uow.db.scalars(query.order_by(WatchExemptionRow.id)))


def exempted_profiles(uow: UnitOfWork, attempt_id: str) -> frozenset[str]:
    """The names of the profiles that stand."""
    return frozenset(one.profile for one in exemptions_of(uow, attempt_id))


def grant_exemption(
    uow: UnitOfWork, attempt_id: str, *, organisation_id: str, profile: str, proof: ProofSeen, reason: str
) -> Exemption:
    """Grant a profile before the test begins.

    Raises Forbidden `person_needed`; Invalid `exemption_unknown`, `reason_malformed`; Conflict `exemption_stands`,
    `session_active`, `session_ended`.
    """
    _require_person(uow)
    name = known_profile(profile).name
    standing = exempted_profiles(uow, attempt_id)
    why = require_grant(standing, name, reason=reason)
    keep_exemptions(uow, attempt_id, organisation_id=organisation_id, exemptions=standing | {name})
    row = WatchExemptionRow(
        id=new_id(),
        organisation_id=organisation_id,
        attempt_id=attempt_id,
        profile=name,
        proof=proof,
        reason=why,
        granted_by=uow.actor.id,
        granted_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        ExemptionGranted(
            organisation_id=organisation_id, subject_id=row.id, attempt_id=attempt_id, profile=name
        )
    )
    return row.to_model()


def end_exemption(uow: UnitOfWork, exemption_id: str, *, attempt_id: str, organisation_id: str) -> None:
    """Take an exemption of this attempt back before the test begins; again changes nothing.

    Raises NotFound `exemption_not_found`, for another attempt's too; Forbidden `person_needed`; Conflict `session_active`,
    `session_ended`.
    """
    _require_person(uow)
    row = uow.db.get(WatchExemptionRow, exemption_id)
    if row is None or row.organisation_id != organisation_id or row.attempt_id != attempt_id:
        raise NotFound("exemption_not_found")
    if row.ended_at is not None:
        return
    left = exempted_profiles(uow, row.attempt_id) - {row.profile}
    keep_exemptions(uow, row.attempt_id, organisation_id=organisation_id, exemptions=left)
    row.ended_at, row.ended_by = uow.now, uow.actor.id
    uow.db.flush()
    uow.emit(
        ExemptionEnded(
            organisation_id=organisation_id,
            subject_id=row.id,
            attempt_id=row.attempt_id,
            profile=row.profile,
        )
    )


def _require_person(uow: UnitOfWork) -> None:
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("person_needed")
