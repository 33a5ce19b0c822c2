# SPDX-License-Identifier: Apache-2.0
"""Which column of a list of candidates is which field: what agencies write above their columns, in English and Hindi. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from core.errors import Invalid


class Column(StrEnum):
    """What a column of a list may hold; a heading in this spelling is always understood."""

    NAME = "name"
    AGENCY_NUMBER = "agency_number"
    DATE_OF_BIRTH = "date_of_birth"
    GENDER = "gender"
    LANGUAGE = "language"
    EMAIL = "email"
    PHONE = "phone"
    APAAR = "apaar"
    DISABLED = "disabled"
    DISABILITIES = "disabilities"
    EXTRA_MINUTES = "extra_minutes"
    LEVEL = "level"
    SCHOOL_CLASS = "school_class"
    EXPERIENCE_YEARS = "experience_years"
    PATHWAY = "pathway"
    TRAINING_HOURS = "training_hours"
    GUARDIAN_NAME = "guardian_name"
    GUARDIAN_CONTACT = "guardian_contact"


HEADINGS: Final[Mapping[Column, Mapping[str, str]]] = {
    column: {"en": english, "hi": hindi}
    for column, (english, hindi) in {
        Column.NAME: ("Name", "नाम"),
        Column.AGENCY_NUMBER: ("Candidate number", "अभ्यर्थी संख्या"),
        Column.DATE_OF_BIRTH: ("Date of birth", "जन्म तिथि"),
        Column.GENDER: ("Gender", "लिंग"),
        Column.LANGUAGE: ("Language", "भाषा"),
        Column.EMAIL: ("E-mail", "ईमेल"),
        Column.PHONE: ("Mobile number", "मोबाइल नंबर"),
        Column.APAAR: ("APAAR ID", "अपार आईडी"),
        Column.DISABLED: ("Person with disability", "दिव्यांग"),
        Column.DISABILITIES: ("Type of disability", "दिव्यांगता का प्रकार"),
        Column.EXTRA_MINUTES: ("Extra minutes", "अतिरिक्त मिनट"),
        Column.LEVEL: ("NSQF level", "एनएसक्यूएफ स्तर"),
        Column.SCHOOL_CLASS: ("Class passed", "उत्तीर्ण कक्षा"),
        Column.EXPERIENCE_YEARS: ("Years of experience", "अनुभव वर्ष"),
        Column.PATHWAY: ("Trained or RPL", "प्रशिक्षण का प्रकार"),
        Column.TRAINING_HOURS: ("Training hours", "प्रशिक्षण घंटे"),
        Column.GUARDIAN_NAME: ("Name of guardian", "अभिभावक का नाम"),
        Column.GUARDIAN_CONTACT: ("Guardian contact", "अभिभावक का संपर्क"),
    }.items()
}
"""What the template writes above each column; every one of them is understood when it comes back."""
_SYNONYMS: Final[Mapping[Column, str]] = {
    Column.NAME: "name of candidate|candidate name|candidate's name|name of the candidate|candidate|learner name|learner|"
    "student name|name of student|trainee name|name of trainee|beneficiary name|full name|participant name|"
    "नाम|पूरा नाम|अभ्यर्थी का नाम|शिक्षार्थी का नाम|प्रशिक्षणार्थी का नाम|उम्मीदवार का नाम|विद्यार्थी का नाम|छात्र का नाम",
    Column.AGENCY_NUMBER: "number|candidate number|candidate no|candidate id|roll no|roll number|registration no|"
    "registration number|enrolment no|enrolment number|enrollment no|enrollment number|learner id|trainee id|student id|"
    "sidh id|sip id|रोल नंबर|रोल नम्बर|अनुक्रमांक|पंजीकरण संख्या|नामांकन संख्या|अभ्यर्थी संख्या",
    Column.DATE_OF_BIRTH: "dob|d o b|birth date|birthdate|date of birth dd mm yyyy|dob dd mm yyyy|born|"
    "जन्म तिथि|जन्म की तारीख|जन्म दिनांक|जन्म तारीख",
    Column.GENDER: "sex|male female|gender m f|लिंग",
    Column.LANGUAGE: "test language|language of test|preferred language|assessment language|medium|medium of assessment|"
    "भाषा|माध्यम|परीक्षा की भाषा|परीक्षा का माध्यम",
    Column.EMAIL: "e mail|e mail id|e mail address|mail|email id|email address|mail id|ईमेल|ई मेल|ईमेल पता",
    Column.PHONE: "mobile|mobile no|mobile number|phone no|phone number|contact no|contact number|telephone|cell|"
    "whatsapp number|whatsapp no|मोबाइल|मोबाइल नंबर|मोबाइल नम्बर|मोबाइल संख्या|फोन|फोन नंबर|फ़ोन|फ़ोन नंबर|संपर्क नंबर",
    Column.APAAR: "apaar id|apaar no|apaar number|abc|abc id|apaar abc id|apaar or abc id|academic bank of credits id|"
    "अपार|अपार आईडी|एबीसी आईडी",
    Column.DISABLED: "pwd|person with disability|persons with disability|divyang|divyangjan|disability yes no|pwd yes no|"
    "whether disabled|दिव्यांग|दिव्यांगजन|क्या दिव्यांग",
    Column.DISABILITIES: "disability|type of disability|kind of disability|disability type|दिव्यांगता|दिव्यांगता का प्रकार",
    Column.EXTRA_MINUTES: "extra time|extra time minutes|extra minutes|compensatory time|additional time|"
    "अतिरिक्त समय|अतिरिक्त मिनट",
    Column.LEVEL: "nsqf level|nsqf|level of nsqf|एनएसक्यूएफ स्तर|स्तर",
    Column.SCHOOL_CLASS: "class|class passed|school class|education|qualification|educational qualification|"
    "highest qualification|standard passed|कक्षा|उत्तीर्ण कक्षा|शिक्षा|शैक्षिक योग्यता|शैक्षणिक योग्यता",
    Column.EXPERIENCE_YEARS: "experience|years of experience|work experience|experience in years|अनुभव|अनुभव वर्ष|कार्य अनुभव",
    Column.PATHWAY: "training type|type of training|mode of training|rpl|trained or rpl|मार्ग|प्रशिक्षण का प्रकार",
    Column.TRAINING_HOURS: "hours|hours of training|hours attended|training hours attended|hours done|प्रशिक्षण घंटे|प्रशिक्षण के घंटे",
    Column.GUARDIAN_NAME: "guardian|name of guardian|guardian's name|parent|parent name|parent or guardian|"
    "अभिभावक|अभिभावक का नाम",
    Column.GUARDIAN_CONTACT: "guardian phone|guardian mobile|guardian email|guardian contact number|parent contact|"
    "contact of guardian|अभिभावक का फोन|अभिभावक का फ़ोन|अभिभावक का मोबाइल|अभिभावक का संपर्क",
}


def guess_columns(headings: Sequence[str]) -> dict[str, Column]:
    """The field of each heading that is understood; of two that mean the same, the first."""
    found: dict[str, Column] = {}
    for heading in headings:
        column = _KNOWN.get(folded(heading))
        if column is not None and column not in found.values():
            found[heading] = column
    return found


def is_known(heading: str) -> bool:
    """Whether a heading is one of those that are understood."""
    return folded(heading) in _KNOWN


def check_columns(columns: Mapping[str, Column]) -> None:
    """Raises Invalid `candidate_columns_missing` without a column of names, `candidate_column_twice` (fact column)."""
    chosen = list(columns.values())
    if Column.NAME not in chosen:
        raise Invalid("candidate_columns_missing")
    for column in chosen:
        if chosen.count(column) > 1:
            raise Invalid("candidate_column_twice", column=column.value)


def folded(text: str) -> str:
    """A heading in the form in which headings are compared: letters, marks and digits, one space between words."""
    plain = unicodedata.normalize("NFC", text).casefold().replace("'", "")
    kept = "".join(
        letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in plain.replace("\u200d", "")
    )
    return " ".join(kept.split())


def _known(synonyms: Iterable[tuple[Column, str]]) -> dict[str, Column]:
    found = {folded(column.value): column for column in Column}
    found.update({folded(text): column for column, texts in HEADINGS.items() for text in texts.values()})
    for column, texts in synonyms:
        found.update({folded(text): column for text in texts.split("|")})
    return found


_KNOWN: Final = _known(_SYNONYMS.items())
