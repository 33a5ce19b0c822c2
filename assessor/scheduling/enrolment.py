# SPDX-License-Identifier: Apache-2.0
"""Holding a candidate or a batch against the rules: gathers the facts, asks ``rules`` and the item bank's rulebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from assessor.forms import queries as forms
from assessor.scheduling.candidates import CandidatePlan
from assessor.scheduling.model import EntryState
from assessor.scheduling.names import comparable
from assessor.scheduling.particulars import Particulars
from assessor.scheduling.queries import load_sitting
from assessor.scheduling.rules import (
    OF_THE_DAY,
    RULEBOOK,
    Approval,
    EnrolFacts,
    PlanFacts,
    enrol_findings,
    plan_findings,
    weigh,
)
from assessor.scheduling.sealing import index_key
from assessor.scheduling.tables import BatchRow, CandidateRow, EntryRow, SittingRow
from core.errors import Conflict
from core.uow import UnitOfWork
from item_bank.api import (
    CredentialDocument,
    CredentialState,
    CredentialVersion,
    Engagement,
    Facts,
    Finding,
    Moment,
    credential_version,
    engagement,
    find_region,
    findings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a batch or a candidate was held against: the reasons for each warning, and the data to report."""

    reasons: Mapping[str, str]
    recorded: tuple[str, ...]

    def to_document(self, *, by: str, entry_requirement_met: bool) -> dict[str, Any]:
        """As an entry stores it; `by` is the id of who enrolled."""
        return {
            "rules": RULEBOOK,
            "by": by,
            "entry_requirement_met": entry_requirement_met,
            "reasons": dict(self.reasons),
            "recorded": list(self.recorded),
        }

    def added_to(self, enrolment: Mapping[str, Any], *, by: str) -> dict[str, Any]:
        """What an entry stored before, with the reasons that another sitting asked for."""
        return {
            **enrolment,
            "rules": RULEBOOK,
            "by": by,
            "reasons": {**enrolment.get("reasons", {}), **self.reasons},
        }


def enrolment_findings(
    uow: UnitOfWork,
    sitting_id: str,
    *,
    organisation_id: str,
    candidate: CandidatePlan,
    person_key: bytes | None = None,
    entry_requirement_met: bool = False,
) -> list[Finding]:
    """What the rules say of enrolling this candidate (already in stored form) here: H blocks, W asks for a reason, D is stored.

    Raises NotFound `sitting_unknown`.
    """
    sitting, batch = load_sitting(uow, sitting_id, organisation_id=organisation_id)
    approval = Approval(entry_requirement_met=entry_requirement_met)
    return _enrolment_findings(
        uow, sitting, batch, candidate=candidate, person_key=person_key, approval=approval
    )


def judge_enrolment(
    uow: UnitOfWork,
    sitting: SittingRow,
    batch: BatchRow,
    *,
    candidate: CandidatePlan,
    person_key: bytes | None,
    approval: Approval,
) -> Judgement:
    """Raises Conflict `enrolment_blocked`, `enrolment_warned` (findings=[…])."""
    found = _enrolment_findings(
        uow, sitting, batch, candidate=candidate, person_key=person_key, approval=approval
    )
    return _judge(found, approval.reasons)


def judge_again(
    uow: UnitOfWork,
    sitting: SittingRow,
    batch: BatchRow,
    *,
    candidate: CandidatePlan,
    reasons: Mapping[str, str],
) -> Judgement:
    """Hold a candidate who is enrolled already against the rules that depend on the day and the place of another sitting.

    These are the engagement, the guardian of a minor, the territory, and the rights to the credential. What was recorded for
    the batch counts. Raises Conflict `enrolment_blocked`, `enrolment_warned` (findings=[…]).
    """
    credential, contract = _credential(uow, batch), engagement(uow, batch.engagement_id)
    facts = _enrol_facts(uow, credential.document, contract, sitting, candidate=candidate)
    rights = Facts(rights_withdrawn=credential.state is CredentialState.WITHDRAWN)
    found = [
        *_of_moments(credential.document, rights, Moment.ASSESSING),
        *(one for one in enrol_findings(facts) if one.rule in OF_THE_DAY),
        *_territory(batch.region, contract),
    ]
    return _judge(found, {**batch.warning_reasons, **reasons})


def batch_findings(
    document: CredentialDocument,
    contract: Engagement,
    *,
    state: CredentialState,
    region: str,
    place: str,
    particulars: Particulars | None,
) -> list[Finding]:
    """What the rules say of holding a batch there; `particulars` None: nobody has said anything about the partner yet."""
    facts = Facts(
        place=f"{place}, {_region_name(region)}" if region else None,
        rights_withdrawn=state is CredentialState.WITHDRAWN,
        training_partner=None if particulars is None else bool(particulars.empanelled),
    )
    return [*_of_moments(document, facts, Moment.ASSESSING), *_territory(region, contract)]


def _judge(found: list[Finding], reasons: Mapping[str, str]) -> Judgement:
    weighed = weigh(found, reasons)
    if weighed.blocking:
        raise Conflict("enrolment_blocked", findings=list(weighed.blocking))
    if weighed.unexplained:
        raise Conflict("enrolment_warned", findings=list(weighed.unexplained))
    return Judgement(reasons=weighed.reasons, recorded=weighed.recorded)


def judge_batch(found: list[Finding], reasons: Mapping[str, str]) -> Judgement:
    """Raises Conflict `batch_blocked`, `batch_warned` (findings=[…])."""
    weighed = weigh(found, reasons)
    if weighed.blocking:
        raise Conflict("batch_blocked", findings=list(weighed.blocking))
    if weighed.unexplained:
        raise Conflict("batch_warned", findings=list(weighed.unexplained))
    return Judgement(reasons=weighed.reasons, recorded=weighed.recorded)


def _enrolment_findings(
    uow: UnitOfWork,
    sitting: SittingRow,
    batch: BatchRow,
    *,
    candidate: CandidatePlan,
    person_key: bytes | None,
    approval: Approval,
) -> list[Finding]:
    credential = _credential(uow, batch)
    document = credential.document
    required = document.dossier.entry_requirement is not None
    facts = Facts(
        rights_withdrawn=credential.state is CredentialState.WITHDRAWN,
        entry_requirement_met=approval.entry_requirement_met if required else None,
    )
    contract = engagement(uow, batch.engagement_id)
    own = replace(
        _enrol_facts(uow, document, contract, sitting, candidate=candidate),
        already_in_batch=_already_in_batch(uow, batch.id, candidate, person_key),
    )
    return [
        *_of_moments(document, facts, Moment.ENROLLING, Moment.ASSESSING),
        *(one for one in _territory(batch.region, contract) if one.rule not in batch.warning_reasons),
        *enrol_findings(own),
    ]


def _territory(region: str, contract: Engagement) -> list[Finding]:
    """Where the batch is held against where the engagement lets it be held; nothing where no region was named."""
    return plan_findings(PlanFacts(engagement=contract, region=region, region_name=_region_name(region)))


def _region_name(region: str) -> str:
    known = find_region(region) if region else None
    return known.english if known else ""


def _enrol_facts(
    uow: UnitOfWork,
    document: CredentialDocument,
    contract: Engagement,
    sitting: SittingRow,
    *,
    candidate: CandidatePlan,
) -> EnrolFacts:
    return EnrolFacts(
        candidate=candidate,
        engagement=contract,
        opens_at=sitting.opens_at,
        closes_at=sitting.closes_at,
        time_zone=sitting.time_zone,
        training_minutes=int(document.hours.total * 60),
        already_in_batch=False,
        now=uow.now,
        entry_routes=document.dossier.entry_routes,
    )


def _of_moments(document: CredentialDocument, facts: Facts, *moments: Moment) -> list[Finding]:
    """Only what the given facts decide: a rule without its fact says nothing, the rules of publishing are left out."""
    return [one for one in findings(document, facts) if one.moment in moments]


def _credential(uow: UnitOfWork, batch: BatchRow) -> CredentialVersion:
    definition = forms.assessment(uow, batch.assessment_id, organisation_id=batch.agency_id)
    return credential_version(uow, definition.credential_version_id)


def _already_in_batch(
    uow: UnitOfWork, batch_id: str, candidate: CandidatePlan, person_key: bytes | None
) -> bool:
    """Whether the batch has a standing entry of a person with this APAAR id, or with this name and birth date."""
    query = (
        select(CandidateRow.name, CandidateRow.date_of_birth, CandidateRow.apaar_key)
        .join(EntryRow, EntryRow.candidate_id == CandidateRow.id)
        .join(SittingRow, SittingRow.id == EntryRow.sitting_id)
        .where(SittingRow.batch_id == batch_id, EntryRow.state != EntryState.WITHDRAWN)
    )
    alike = CandidateRow.date_of_birth == candidate.date_of_birth
    if candidate.apaar and person_key is not None:
        wanted = index_key(candidate.apaar, key=person_key)
        query = query.where(alike | (CandidateRow.apaar_key == wanted))
    elif candidate.date_of_birth is None:
        return False
    else:
        wanted = ""
        query = query.where(alike)
    name = comparable(candidate.name)
    return any(
        (wanted and key == wanted)
        or (born is not None and born == candidate.date_of_birth and comparable(known) == name)
        for known, born, key in uow.db.execute(query)
    )
