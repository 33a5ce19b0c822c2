# SPDX-License-Identifier: Apache-2.0
"""Commands on credentials and engagements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from core.canonical import digest
from core.errors import Conflict, Invalid, NotFound
from core.identity.model import OrganisationKind
from core.identity.queries import organisation
from core.ids import new_id
from core.uow import UnitOfWork
from item_bank.standards import events
from item_bank.standards.adoption import adoption_facts, measure_adoption
from item_bank.standards.checks_of_facts import takes_in
from item_bank.standards.loading import load_document
from item_bank.standards.model import (
    CredentialCommand,
    CredentialDocument,
    CredentialState,
    CredentialVersion,
    Engagement,
    decide,
)
from item_bank.standards.parsing import parse_credential
from item_bank.standards.queries import engagement_of, version_of
from item_bank.standards.regions import share_ground
from item_bank.standards.rulebook import Moment, Severity, current_rulebook, findings, recorded_data
from item_bank.standards.tables import CredentialPublicationRow, CredentialVersionRow, EngagementRow
from item_bank.tenancy import require_owner
from item_bank.text import plain

MAXIMUM_TERRITORY = 400
MAXIMUM_NOTE = 500


def add_credential_version(
    uow: UnitOfWork, *, owner_id: str, document: Mapping[str, object]
) -> CredentialVersion:
    """Store a draft. The same document again returns what is there.

    Invalid(``credential_malformed``), Conflict(``credential_exists``) when this code and version hold another document.
    """
    require_owner(uow, owner_id, code="organisation_unknown")
    owner = organisation(uow, owner_id)
    if owner is None or owner.kind is not OrganisationKind.AWARDING_BODY:
        raise NotFound("organisation_unknown")
    parsed = parse_credential(document)
    sha256 = digest(document)
    present = _of_this_name(uow, owner_id, parsed)
    if present is not None:
        if present.sha256 != sha256:
            raise Conflict("credential_exists", credential=parsed.code, version=parsed.version)
        return version_of(present)
    row = CredentialVersionRow(
        id=new_id(),
        owner_id=owner_id,
        code=parsed.code,
        version=parsed.version,
        state=CredentialState.DRAFT,
        document=dict(document),
        sha256=sha256,
        warning_reasons={},
        created_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    measure_adoption(uow, row, parsed)
    uow.emit(
        events.CredentialVersionAdded(
            organisation_id=owner_id,
            subject_id=row.id,
            code=parsed.code,
            credential_version=parsed.version,
            sha256=sha256,
        )
    )
    return version_of(row)


def save_credential_draft(
    uow: UnitOfWork, version_id: str, *, document: Mapping[str, object], replaces: str
) -> CredentialVersion:
    """Write a draft anew; ``replaces`` is the hash of what its editor began with.

    Invalid(``credential_malformed``), Conflict(``credential_state`` when it is no draft any more | ``credential_changed`` when
    somebody else saved in between | ``credential_exists``).
    """
    row = _owned(uow, version_id)
    if row.state is not CredentialState.DRAFT:
        raise Conflict("credential_state", state=row.state.value, command="edit")
    parsed = parse_credential(document)
    sha256 = digest(document)
    if row.sha256 not in (replaces, sha256):
        raise Conflict("credential_changed")
    other = _of_this_name(uow, row.owner_id, parsed)
    if other is not None and other.id != row.id:
        raise Conflict("credential_exists", credential=parsed.code, version=parsed.version)
    measure_adoption(uow, row, parsed)
    if row.sha256 != sha256:
        row.code, row.version = parsed.code, parsed.version
        row.document, row.sha256 = dict(document), sha256
        uow.db.flush()
        uow.emit(
            events.CredentialDraftChanged(organisation_id=row.owner_id, subject_id=row.id, sha256=sha256)
        )
    return version_of(row)


def publish_credential(
    uow: UnitOfWork,
    version_id: str,
    *,
    warning_reasons: Mapping[str, str] | None = None,
    pages: int | None = None,
) -> CredentialVersion:
    """Make a draft live and immutable, if the rulebook lets it.

    ``warning_reasons`` has a recorded reason for each rule that warns, by rule id; ``pages`` are those of the printed document,
    where it was printed. Conflict: ``credential_blocked`` (findings=[…] of severity H), ``credential_warned`` (findings=[…] of
    severity W without a reason), ``credential_state``.
    """
    row = _owned(uow, version_id)
    after = decide(row.state, CredentialCommand.PUBLISH)
    reasons = {rule: plain(reason) for rule, reason in (warning_reasons or {}).items() if plain(reason)}
    document = load_document(row.document, sha256=row.sha256)
    facts = replace(adoption_facts(uow, row), pages=pages)
    found = [one for one in findings(document, facts) if one.moment is Moment.PUBLISHING]
    if blocking := [one.as_fact() for one in found if one.severity is Severity.BLOCK]:
        raise Conflict("credential_blocked", findings=blocking)
    if unexplained := [one.as_fact() for one in found if one.rule not in reasons]:
        raise Conflict("credential_warned", findings=unexplained)
    warned = list(dict.fromkeys(one.rule for one in found))
    row.state = after
    row.published_at = uow.now
    row.warning_reasons = {rule: reasons[rule] for rule in warned}
    book = current_rulebook()
    uow.db.add(
        CredentialPublicationRow(
            credential_version_id=row.id,
            rulebook=f"{book.id}/{book.version}",
            pages=pages,
            recorded={one.rule: one.text for one in recorded_data(document, facts)},
            created_at=uow.now,
        )
    )
    uow.db.flush()
    uow.emit(
        events.CredentialPublished(
            organisation_id=row.owner_id,
            subject_id=row.id,
            sha256=row.sha256,
            rulebook=f"{book.id}/{book.version}",
            warned=warned,
        )
    )
    return version_of(row)


def withdraw_credential(uow: UnitOfWork, version_id: str) -> CredentialVersion:
    """Take a version out of use; what was assessed under it stays. Conflict(``credential_state``)."""
    row = _owned(uow, version_id)
    row.state = decide(row.state, CredentialCommand.WITHDRAW)
    row.withdrawn_at = uow.now
    uow.db.flush()
    uow.emit(events.CredentialWithdrawn(organisation_id=row.owner_id, subject_id=row.id))
    return version_of(row)


def add_engagement(
    uow: UnitOfWork,
    *,
    credential_version_id: str,
    agency_id: str,
    territory: str,
    valid_from: datetime,
    valid_until: datetime,
    note: str = "",
) -> Engagement:
    """Let an agency work with a live credential from ``valid_from`` to just before ``valid_until``.

    NotFound(``credential_unknown`` | ``organisation_unknown``), Conflict(``credential_state`` | ``engagement_exists``),
    Invalid(``engagement_dates`` | ``territory`` | ``territory_outside``, NCVET 3.1.2 | ``engagement_note``).
    """
    credential = _owned(uow, credential_version_id)
    agency = organisation(uow, agency_id)
    if agency is None or agency.kind is not OrganisationKind.ASSESSMENT_AGENCY:
        raise NotFound("organisation_unknown")
    if credential.state is not CredentialState.LIVE:
        raise Conflict("credential_state", state=credential.state.value, command="engage")
    territory = plain(territory)
    if not 1 <= len(territory) <= MAXIMUM_TERRITORY:
        raise Invalid("territory", maximum=MAXIMUM_TERRITORY)
    if valid_from >= valid_until:
        raise Invalid("engagement_dates")
    note = plain(note)
    if len(note) > MAXIMUM_NOTE:
        raise Invalid("engagement_note", maximum=MAXIMUM_NOTE)
    recognised = load_document(credential.document, sha256=credential.sha256).dossier.territory
    if recognised and not takes_in(recognised, territory):
        raise Invalid("territory_outside", territory=territory, recognised=list(recognised))
    beside = select(EngagementRow).where(
        EngagementRow.agency_id == agency_id,
        EngagementRow.credential_version_id == credential.id,
        EngagementRow.valid_from < valid_until,
        EngagementRow.valid_until > valid_from,
    )
    for other in map(engagement_of, uow.db.scalars(beside)):
        runs = other.valid_from < other.valid_until and other.valid_until > valid_from
        if runs and share_ground(other.territory, territory):
            raise Conflict(
                "engagement_exists", territory=other.territory, until_at=other.valid_until.isoformat()
            )
    row = EngagementRow(
        id=new_id(),
        awarding_body_id=credential.owner_id,
        agency_id=agency_id,
        credential_version_id=credential.id,
        territory=territory,
        valid_from=valid_from,
        valid_until=valid_until,
        created_at=uow.now,
        note=note,
        ended_reason="",
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        events.EngagementAdded(
            organisation_id=credential.owner_id,
            subject_id=row.id,
            agency_id=agency_id,
            credential_version_id=credential.id,
            valid_from=valid_from.isoformat(),
            valid_until=valid_until.isoformat(),
        )
    )
    return engagement_of(row)


def end_engagement(uow: UnitOfWork, engagement_id: str, *, ends_from: datetime, reason: str) -> Engagement:
    """End an engagement earlier than agreed: from then on nothing new begins under it; what was begun goes on.

    One that has not begun by then never does. NotFound(``engagement_unknown``), Invalid(``engagement_reason`` |
    ``engagement_end_past``), Conflict(``engagement_over`` | ``engagement_end_late``, each with until_at).
    """
    row = uow.db.get(EngagementRow, engagement_id)
    if row is None:
        raise NotFound("engagement_unknown")
    require_owner(uow, row.awarding_body_id, code="engagement_unknown")
    reason = plain(reason)
    if not 1 <= len(reason) <= MAXIMUM_NOTE:
        raise Invalid("engagement_reason", maximum=MAXIMUM_NOTE)
    before = engagement_of(row).valid_until
    if before <= max(uow.now, row.valid_from):
        raise Conflict("engagement_over", until_at=before.isoformat())
    if ends_from < uow.now:
        raise Invalid("engagement_end_past")
    if ends_from >= before:
        raise Conflict("engagement_end_late", until_at=before.isoformat())
    row.ended_from, row.ended_reason = max(ends_from, row.valid_from), reason
    uow.db.flush()
    uow.emit(
        events.EngagementEnded(
            organisation_id=row.awarding_body_id,
            subject_id=row.id,
            agency_id=row.agency_id,
            credential_version_id=row.credential_version_id,
            ended_from=row.ended_from.isoformat(),
            before=before.isoformat(),
        )
    )
    return engagement_of(row)


def _of_this_name(uow: UnitOfWork, owner_id: str, parsed: CredentialDocument) -> CredentialVersionRow | None:
    return uow.db.scalar(
        select(CredentialVersionRow).where(
            CredentialVersionRow.owner_id == owner_id,
            CredentialVersionRow.code == parsed.code,
            CredentialVersionRow.version == parsed.version,
        )
    )


def _owned(uow: UnitOfWork, version_id: str) -> CredentialVersionRow:
    row = uow.db.get(CredentialVersionRow, version_id)
    if row is None:
        raise NotFound("credential_unknown")
    require_owner(uow, row.owner_id, code="credential_unknown")
    return row
