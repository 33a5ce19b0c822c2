# SPDX-License-Identifier: Apache-2.0
"""The sample's batches: an allocation that was accepted and became a batch with eight learners, and one that waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from assessor import api as assessor
from core.identity.model import Person, Role
from core.uow import UnitOfWork
from item_bank import api as bank
from web.wiring import Services

BATCH = "Nashik, sample batch"
LEARNERS = {
    True: (
        ("Fatima Sheikh", "hi", 0),
        ("Ravi Kumar", "en", 0),
        ("Savitri Bai", "hi", 10),
        ("Tenzin Dolma", "en", 0),
    ),
    False: (
        ("Gurpreet Kaur", "en", 0),
        ("Mohan Lal", "hi", 0),
        ("Ananya Das", "en", 15),
        ("Abdul Karim", "hi", 0),
    ),
}
PLACES = {True: "At home, watched by camera", False: "Nashik centre, room 2 (no camera)"}
DETAILS: Mapping[str, tuple[str, date, assessor.Gender]] = {
    "Fatima Sheikh": ("PA-001", date(2001, 4, 12), assessor.Gender.FEMALE),
    "Ravi Kumar": ("PA-002", date(1999, 11, 3), assessor.Gender.MALE),
    "Savitri Bai": ("PA-003", date(1988, 1, 30), assessor.Gender.FEMALE),
    "Tenzin Dolma": ("PA-004", date(2003, 7, 21), assessor.Gender.FEMALE),
    "Gurpreet Kaur": ("PA-005", date(2000, 9, 9), assessor.Gender.FEMALE),
    "Mohan Lal": ("PA-006", date(1992, 2, 17), assessor.Gender.MALE),
    "Ananya Das": ("PA-007", date(2002, 12, 5), assessor.Gender.FEMALE),
    "Abdul Karim": ("PA-008", date(1996, 6, 26), assessor.Gender.MALE),
}
_HELPED = {"Savitri Bai": assessor.Disability.LOW_VISION, "Ananya Das": assessor.Disability.LEARNING}
_PARTICULARS = assessor.Particulars(
    district="Nashik",
    centre_address="Nashik Skills Centre, College Road, Nashik 422005",
    training_partner="Godavari Learning Trust",
    empanelled=True,
    sidh=False,
    scheme="Digital payments for small shops",
    funding=assessor.Funding.CSR,
    training=assessor.Training.SHORT_TERM,
    qualification=assessor.QualificationKind.MICRO_CREDENTIAL,
    mode=assessor.AssessmentMode.BLENDED,
    proctoring=assessor.ProctoringMode.REMOTE_LIVE,
    primary_language="hi",
)


def open_batch(
    body: UnitOfWork,
    acting: UnitOfWork,
    parts: Services,
    people: Mapping[Role, Person],
    credential: bank.CredentialVersion,
    *,
    code_of: Callable[[str], str],
) -> None:
    """Allocate two batches as the awarding body, accept one as the manager, and fill it."""
    agency_id = people[Role.MANAGER].organisation_id
    accepted = _allocate(body, "NSC-2026-117", candidates=8, place="Nashik")
    _allocate(body, "NSC-2026-121", candidates=30, place="Pune")
    assessor.accept_allocation(acting, accepted.id, organisation_id=agency_id)
    definition = assessor.natural_assessment(
        acting, organisation_id=agency_id, credential_version_id=credential.id
    )
    plan = assessor.BatchPlan(name=BATCH, particulars=_PARTICULARS, allocation_id=accepted.id)
    batch = assessor.create_batch(
        acting, organisation_id=agency_id, assessment_id=definition.id, plan=plan, seed=_PAPERS
    )
    for proctored in LEARNERS:
        _fill_sitting(acting, parts, batch.id, people, proctored=proctored, code_of=code_of)


_PAPERS: Final = 1
"""The same papers at every start, with every kind of question in each: whoever shows the sample knows what will be asked."""


def _allocate(uow: UnitOfWork, name: str, *, candidates: int, place: str) -> assessor.Allocation:
    today = uow.now.date()
    plan = assessor.AllocationPlan(
        name=name,
        candidates=candidates,
        place=place,
        region="IN-MH",
        wanted_from=today,
        wanted_until=today + timedelta(days=30),
        particulars=_PARTICULARS,
    )
    (contract,) = bank.engagements(uow)
    return assessor.allocate_batch(
        uow, organisation_id=contract.awarding_body_id, engagement_id=contract.id, plan=plan
    )


def _fill_sitting(
    uow: UnitOfWork,
    parts: Services,
    batch_id: str,
    people: Mapping[Role, Person],
    *,
    proctored: bool,
    code_of: Callable[[str], str],
) -> None:
    agency_id = people[Role.MANAGER].organisation_id
    plan = assessor.SittingPlan(
        opens_at=uow.now,
        closes_at=uow.now + timedelta(days=365),
        time_zone="Asia/Kolkata",
        place=PLACES[proctored],
        proctored=proctored,
        training_partner=_PARTICULARS.training_partner,
    )
    sitting = assessor.schedule_sitting(uow, batch_id, organisation_id=agency_id, plan=plan)
    for role, duty in ((Role.ASSESSOR, assessor.Duty.ASSESSOR), (Role.PROCTOR, assessor.Duty.PROCTOR)):
        assessor.assign_staff(
            uow, sitting.id, organisation_id=agency_id, person_id=people[role].id, duty=duty
        )
    for name, language, extra in LEARNERS[proctored]:
        assessor.enrol(
            uow,
            sitting.id,
            organisation_id=agency_id,
            candidate=_candidate(name, language),
            approval=assessor.Approval(entry_requirement_met=True),
            pepper=parts.code_pepper,
            person_key=parts.person_key,
            extra_minutes=extra,
            code=code_of(name),
        )


def _candidate(name: str, language: str) -> assessor.CandidatePlan:
    number, born, gender = DETAILS[name]
    kind = _HELPED.get(name)
    return assessor.CandidatePlan(
        name=name,
        language=assessor.Language(language),
        date_of_birth=born,
        gender=gender,
        disabled=kind is not None,
        disabilities=(kind,) if kind else (),
        agency_number=number,
        apaar=f"{int(number[-3:]):012}",
        qualification=assessor.Qualification(school_class=10),
    )
