# SPDX-License-Identifier: Apache-2.0
"""A candidate as an agency hands it in, with the rules for each field. Pure: no storage, no rule of a guideline.

``candidate_problems`` names every wrong field at once (an import shows them all); ``normal_candidate`` raises the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from assessor.scheduling.names import require_name
from core.errors import Conflict, Invalid
from core.notices.model import Address

MAXIMUM_AGE: Final = 110
ADULT_AGE: Final = 18
MAXIMUM_TRAINING_MINUTES: Final = 2_000 * 60
MAXIMUM_EXPERIENCE_YEARS: Final = 60
MAXIMUM_CLASS: Final = 12
MAXIMUM_NUMBER: Final = 40
MAXIMUM_EMAIL: Final = 200
NSQF_LEVELS: Final = ("1", "2", "2.5", "3", "3.5", "4", "4.5", "5", "5.5", "6", "6.5", "7", "8")
_APAAR = re.compile(r"\d{12}")
_FILLERS = re.compile(r"[\s().-]")


class Language(StrEnum):
    """The languages in which a learner is spoken to."""

    ENGLISH = "en"
    HINDI = "hi"


class Gender(StrEnum):
    """As the returns to the regulator count it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    NOT_SAID = "not_said"


class Disability(StrEnum):
    """The kinds that the schedule of the Rights of Persons with Disabilities Act 2016 names, shortened, and another."""

    ACID_ATTACK = "acid_attack"
    AUTISM = "autism"
    BLINDNESS = "blindness"
    BLOOD_DISORDER = "blood_disorder"
    CEREBRAL_PALSY = "cerebral_palsy"
    CHRONIC_NEUROLOGICAL = "chronic_neurological"
    DEAF = "deaf"
    DWARFISM = "dwarfism"
    HARD_OF_HEARING = "hard_of_hearing"
    INTELLECTUAL = "intellectual"
    LEARNING = "learning"
    LEPROSY_CURED = "leprosy_cured"
    LOCOMOTOR = "locomotor"
    LOW_VISION = "low_vision"
    MENTAL_ILLNESS = "mental_illness"
    MULTIPLE = "multiple"
    MUSCULAR_DYSTROPHY = "muscular_dystrophy"
    SPEECH_AND_LANGUAGE = "speech_and_language"
    OTHER = "other"


class Pathway(StrEnum):
    """How a candidate came to the assessment; recognised prior learning skips the training, never the assessment."""

    TRAINED = "trained"
    RPL = "rpl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """What a candidate brings: an NSQF level, the school class passed (1 to 12), whole years of experience."""

    level: str = ""
    school_class: int | None = None
    experience_years: int | None = None

    def to_document(self) -> dict[str, str | int | None]:
        """As it is stored."""
        return {
            "level": self.level,
            "school_class": self.school_class,
            "experience_years": self.experience_years,
        }

    @property
    def empty(self) -> bool:
        """Whether nothing is said."""
        return self == Qualification()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardian:
    """Who answers for a minor; the contact is an e-mail address or a phone number."""

    name: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatePlan:
    """A candidate as the agency hands in; shown to staff and to the awarding body only, never in an event or a log.

    ``phone`` is E.164 or an Indian number of ten digits; ``apaar`` is the APAAR or ABC id, 12 digits; ``agency_number`` is the
    agency's own, once in a batch; ``training_minutes`` is the training done; ``disabled`` None: not said.
    """

    name: str
    language: Language
    date_of_birth: date | None = None
    gender: Gender | None = None
    disabled: bool | None = None
    disabilities: tuple[Disability, ...] = ()
    email: str = ""
    phone: str = ""
    apaar: str = field(default="", repr=False)
    agency_number: str = ""
    qualification: Qualification = Qualification()
    pathway: Pathway = Pathway.TRAINED
    training_minutes: int | None = None
    guardian: Guardian | None = None


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One wrong field of a candidate, by the name of the field in ``CandidatePlan``."""

    field: str
    error: Invalid


def normal_candidate(plan: CandidatePlan, *, today: date) -> CandidatePlan:
    """The plan with every field in its stored form; raises the first Invalid that ``candidate_problems`` finds."""
    for problem in candidate_problems(plan, today=today):
        raise problem.error
    guardian = plan.guardian
    return replace(
        plan,
        name=require_name(plan.name),
        disabilities=tuple(sorted(set(plan.disabilities))),
        email=require_email(plan.email) if plan.email.strip() else "",
        phone=require_phone(plan.phone) if plan.phone.strip() else "",
        apaar=require_apaar(plan.apaar) if plan.apaar.strip() else "",
        agency_number=plan.agency_number.strip(),
        guardian=guardian
        and Guardian(name=require_name(guardian.name), contact=require_contact(guardian.contact)),
    )


def candidate_problems(plan: CandidatePlan, *, today: date) -> tuple[FieldProblem, ...]:
    """Every wrong field, with its error.

    `name_malformed`, `birth_date_malformed`, `disability_malformed`, `email_malformed`, `phone_malformed`, `apaar_malformed`,
    `agency_number_malformed`, `qualification_malformed`, `training_malformed`,
    `guardian_malformed`.
    """
    return tuple(_problems(plan, today))


def _problems(plan: CandidatePlan, today: date) -> Iterator[FieldProblem]:
    checks: Mapping[str, Callable[[], object]] = {
        "name": lambda: require_name(plan.name),
        "date_of_birth": lambda: _require_birth(plan.date_of_birth, today),
        "disabilities": lambda: _require_disabilities(plan),
        "email": lambda: plan.email.strip() and require_email(plan.email),
        "phone": lambda: plan.phone.strip() and require_phone(plan.phone),
        "apaar": lambda: plan.apaar.strip() and require_apaar(plan.apaar),
        "agency_number": lambda: _require_number(plan.agency_number),
        "qualification": lambda: _require_qualification(plan.qualification),
        "training_minutes": lambda: _require_training(plan.training_minutes),
        "guardian": lambda: _require_guardian(plan.guardian),
    }
    for name, check in checks.items():
        try:
            check()
        except Invalid as error:
            yield FieldProblem(name, error)


def require_email(text: str) -> str:
    """An address of e-mail, at most 200 characters; raises Invalid `email_malformed`."""
    value = Address.email(text).value
    if len(value) > MAXIMUM_EMAIL:
        raise Invalid("email_malformed")
    return value


def require_phone(text: str) -> str:
    """A number in E.164; ten digits are Indian. Raises Invalid `phone_malformed`."""
    return Address.phone(text).value


def require_apaar(text: str) -> str:
    """The 12 digits of an APAAR or ABC id, without spaces and dashes; raises Invalid `apaar_malformed`."""
    number = _FILLERS.sub("", text)
    if not number.isascii() or not _APAAR.fullmatch(number):
        raise Invalid("apaar_malformed")
    return number


def require_contact(text: str) -> str:
    """An e-mail address or a phone number; raises Invalid `email_malformed`, `phone_malformed`."""
    return require_email(text) if "@" in text else require_phone(text)


def age_on(born: date, day: date) -> int:
    """Completed years of life on a day; who is born on 29 February grows older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def is_minor(born: date | None, day: date) -> bool:
    """Whether somebody is under 18 on a day (DPDP Act 2023, section 9); False where no birth date is known."""
    return born is not None and age_on(born, day) < ADULT_AGE


def require_guardian(plan: CandidatePlan, *, day: date) -> None:
    """A minor on that day has a guardian; raises Conflict `guardian_missing`."""
    if is_minor(plan.date_of_birth, day) and plan.guardian is None:
        raise Conflict("guardian_missing")


def _require_birth(born: date | None, today: date) -> None:
    if born is not None and not (born <= today and age_on(born, today) <= MAXIMUM_AGE):
        raise Invalid("birth_date_malformed", most=MAXIMUM_AGE)


def _require_disabilities(plan: CandidatePlan) -> None:
    if plan.disabilities and plan.disabled is not True:
        raise Invalid("disability_malformed")


def _require_number(text: str) -> None:
    number = text.strip()
    if len(number) > MAXIMUM_NUMBER or not number.isprintable():
        raise Invalid("agency_number_malformed", longest=MAXIMUM_NUMBER)


def _require_qualification(given: Qualification) -> None:
    known = given.level in ("", *NSQF_LEVELS)
    classes = given.school_class is None or 1 <= given.school_class <= MAXIMUM_CLASS
    years = given.experience_years is None or 0 <= given.experience_years <= MAXIMUM_EXPERIENCE_YEARS
    if not (known and classes and years):
        raise Invalid("qualification_malformed", levels=", ".join(NSQF_LEVELS))


def _require_training(minutes: int | None) -> None:
    if minutes is not None and not 0 <= minutes <= MAXIMUM_TRAINING_MINUTES:
        raise Invalid("training_malformed", most=MAXIMUM_TRAINING_MINUTES // 60)


def _require_guardian(guardian: Guardian | None) -> None:
    if guardian is None:
        return
    try:
        require_name(guardian.name)
        require_contact(guardian.contact)
    except Invalid as error:
        raise Invalid("guardian_malformed") from error


def training_minutes(hours: str) -> int:
    """Hours as people write them ("7.5") in whole minutes; raises Invalid `training_malformed`."""
    text = hours.strip()
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2})?", text):
        raise Invalid("training_malformed", most=MAXIMUM_TRAINING_MINUTES // 60)
    return int(Decimal(text) * 60)
