# SPDX-License-Identifier: Apache-2.0
"""Commands on blueprints."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from core.canonical import digest
from core.errors import Conflict, Invalid
from core.ids import new_id
from core.uow import ActorKind, UnitOfWork
from item_bank.blueprints.deficits import contradictions
from item_bank.blueprints.events import BlueprintAdded, BlueprintWaived
from item_bank.blueprints.model import StoredBlueprint, Waiver, parse_blueprint
from item_bank.blueprints.plan import Plan
from item_bank.blueprints.queries import blueprint, blueprint_of, lint_of, waiver_of, waivers
from item_bank.blueprints.tables import BlueprintRow, WaiverRow
from item_bank.items.queries import live_bank
from item_bank.standards.model import CredentialState
from item_bank.standards.queries import credential_version, engagement_between
from item_bank.tenancy import require_owner
from item_bank.text import is_blank, plain, text_problem

_SHORTEST_REASON = 10
_LONGEST_REASON = 1000


def add_blueprint(
    uow: UnitOfWork, *, owner_id: str, credential_version_id: str, name: str, document: Mapping[str, object]
) -> StoredBlueprint:
    """Store a blueprint under a name; the same one again returns what is there.

    NotFound(``organisation_unknown`` | ``credential_unknown``), Conflict(``credential_state`` | ``no_engagement`` |
    ``blueprint_exists``), Invalid(``blueprint_name`` | ``blueprint_malformed``).
    """
    require_owner(uow, owner_id, code="organisation_unknown")
    credential = credential_version(uow, credential_version_id)
    if credential.state is not CredentialState.LIVE:
        raise Conflict("credential_state", state=credential.state.value, command="plan")
    if engagement_between(uow, agency_id=owner_id, credential_version_id=credential_version_id) is None:
        raise Conflict("no_engagement")
    name = plain(name)
    if not 1 <= len(name) <= 100:
        raise Invalid("blueprint_name", maximum=100)
    parsed = parse_blueprint(document, credential=credential.document)
    if isinstance(parsed, Plan):
        _require_possible(parsed)
    sha256 = digest(parsed.to_document())
    present = uow.db.scalar(
        select(BlueprintRow).where(
            BlueprintRow.owner_id == owner_id,
            BlueprintRow.credential_version_id == credential_version_id,
            BlueprintRow.name == name,
        )
    )
    if present is not None:
        if present.sha256 != sha256:
            raise Conflict("blueprint_exists")
        return blueprint_of(present, credential.document)
    row = BlueprintRow(
        id=new_id(),
        owner_id=owner_id,
        credential_version_id=credential_version_id,
        name=name,
        document=parsed.to_document(),
        sha256=sha256,
        created_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        BlueprintAdded(
            organisation_id=owner_id,
            subject_id=row.id,
            credential_version_id=credential_version_id,
            sha256=sha256,
        )
    )
    return blueprint_of(row, credential.document)


def waive_lint(uow: UnitOfWork, blueprint_id: str, *, reason: str) -> Waiver:
    """Record why a blueprint is used although its lint blocks it; holds for the PCs that block now.

    NotFound(``blueprint_unknown``), Conflict(``waiver_person`` | ``waiver_needless``), Invalid(``waiver_reason``).
    """
    stored = blueprint(uow, blueprint_id)
    require_owner(uow, stored.owner_id, code="blueprint_unknown")
    if uow.actor.kind is not ActorKind.PERSON:
        raise Conflict("waiver_person")
    reason = plain(reason)
    if is_blank(reason) or not _SHORTEST_REASON <= len(reason) <= _LONGEST_REASON or text_problem(reason):
        raise Invalid("waiver_reason", minimum=_SHORTEST_REASON, maximum=_LONGEST_REASON)
    bank = live_bank(uow, owner_id=stored.owner_id, credential_version_id=stored.credential_version_id)
    waived = {pc for waiver in waivers(uow, blueprint_id) for pc in waiver.pcs}
    pcs = [pc for pc in lint_of(uow, stored, bank=bank).blocking if pc not in waived]
    if not pcs:
        raise Conflict("waiver_needless")
    row = WaiverRow(
        id=new_id(),
        blueprint_id=blueprint_id,
        person_id=uow.actor.id,
        pcs=pcs,
        reason=reason,
        created_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        BlueprintWaived(organisation_id=stored.owner_id, subject_id=blueprint_id, waiver_id=row.id, pcs=pcs)
    )
    return waiver_of(row)


def _require_possible(plan: Plan) -> None:
    """Refuse quotas that no bank can keep together."""
    places = contradictions(plan)
    if places is None:
        return
    reason = "no bank can keep this together with the counts, the marks and the time of the blueprint"
    problems = [
        {"where": f"$.quotas[{place}]", "code": "contradiction", "reason": reason} for place in places
    ]
    whole = [{"where": "$", "code": "contradiction", "reason": reason}]
    raise Invalid("blueprint_malformed", problems=problems or whole)
