# SPDX-License-Identifier: Apache-2.0
"""What stands in the cells of a list of candidates, as values. What is allowed is decided in ``candidates``. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import Final

from assessor.scheduling.candidate_columns import folded
from assessor.scheduling.candidates import Disability, Gender, Language, Pathway
from core.errors import Invalid

_DIGITS: Final = {ord("०") + digit: str(digit) for digit in range(10)}
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ]00:00(?::00)?)?")
_WORDED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/. ]+([^\W\d_]+)[-/., ]+(\d{4})")
_SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE][+-]?\d+")
_CLASS = re.compile(
    r"(?:class|std|standard|कक्षा)?\s*(\d{1,2})(?:\s*(?:st|nd|rd|th|वीं|वी|class|passed|pass|उत्तीर्ण))*"
)
_SERIAL_ZERO: Final = date(1899, 12, 30)
_SERIALS: Final = range(3_654, 73_051)
"""Days of spreadsheets from 1910 to 2099; smaller and larger numbers are not birth dates."""
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january जन जनवरी", "feb february फ़र फर फ़रवरी फरवरी", "mar march मार्च", "apr april अप्रैल", "may मई",
            "jun june जून", "jul july जुल जुलाई", "aug august अग अगस्त", "sep sept september सित सितंबर सितम्बर",
            "oct october अक्टू अक्टूबर अक्तूबर", "nov november नव नवंबर नवम्बर", "dec december दिस दिसंबर दिसम्बर",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_ROMAN: Final = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


def _table(**texts: str) -> dict[str, str]:
    return {folded(text): value for value, known in texts.items() for text in known.split("|")}


_LANGUAGES: Final = _table(en="en|eng|english|अंग्रेज़ी|अंग्रेजी|इंग्लिश", hi="hi|hin|hindi|हिन्दी|हिंदी")
_GENDERS: Final = _table(
    female="female|f|woman|girl|महिला|स्त्री|म|लड़की",
    male="male|m|man|boy|पुरुष|पु|लड़का",
    other="other|o|others|transgender|trans|third gender|t|अन्य|ट्रांसजेंडर|किन्नर",
    not_said="not said|not stated|prefer not to say|not disclosed|नहीं बताया|बताना नहीं चाहते",
)
_ANSWERS: Final = _table(
    yes="yes|y|true|1|हाँ|हां|जी हाँ", no="no|n|false|0|none|nil|na|n a|not applicable|नहीं|ना"
)
_PATHWAYS: Final = _table(
    trained="trained|training|fresh|stt|short term training|fresh skilling|regular|प्रशिक्षित|प्रशिक्षण",
    rpl="rpl|recognition of prior learning|recognised prior learning|prior learning|पूर्व शिक्षा की मान्यता|आरपीएल",
)
_DISABILITIES: Final = _table(
    acid_attack="acid attack|acid attack victim|acid attack survivor|एसिड हमला|तेज़ाब हमला",
    autism="autism|autism spectrum disorder|asd|स्वलीनता|ऑटिज़्म|ऑटिज्म",
    blindness="blindness|blind|visually impaired|visual impairment|vi|अंधता|दृष्टिहीन|दृष्टिबाधित",
    blood_disorder="blood disorder|haemophilia|hemophilia|thalassemia|thalassaemia|sickle cell|sickle cell disease|रक्त विकार",
    cerebral_palsy="cerebral palsy|cp|प्रमस्तिष्क घात|सेरेब्रल पाल्सी",
    chronic_neurological="chronic neurological|chronic neurological condition|multiple sclerosis|parkinsons|parkinsons disease",
    deaf="deaf|deafness|बधिर|श्रवण बाधित",
    dwarfism="dwarfism|बौनापन",
    hard_of_hearing="hard of hearing|hearing impaired|hearing impairment|hi|ऊँचा सुनना|कम सुनना",
    intellectual="intellectual|intellectual disability|id|बौद्धिक|बौद्धिक दिव्यांगता",
    learning="learning|specific learning disability|specific learning disabilities|learning disability|sld|dyslexia|"
    "अधिगम अक्षमता",
    leprosy_cured="leprosy cured|leprosy|leprosy cured person|कुष्ठ रोग मुक्त|कुष्ठ",
    locomotor="locomotor|locomotor disability|orthopaedic|orthopedic|oh|ph|physically handicapped|"
    "चलन|लोकोमोटर|अस्थि बाधित|चलने में अक्षम",
    low_vision="low vision|lv|अल्प दृष्टि|कम दृष्टि",
    mental_illness="mental illness|mental behaviour|mi|मानसिक रोग",
    multiple="multiple|multiple disabilities|multiple disability|बहु दिव्यांगता",
    muscular_dystrophy="muscular dystrophy|md|मांसपेशी दुर्विकास|पेशीय दुर्विकास",
    speech_and_language="speech and language|speech and language disability|speech|dumb|वाक् एवं भाषा|मूक|वाणी",
    other="other|others|any other|अन्य",
)


def plain(text: str) -> str:
    """A cell's text without the traces of its spreadsheet: composed, single spaces, western digits, no leading apostrophe."""
    joined = " ".join(unicodedata.normalize("NFC", text).translate(_DIGITS).split())
    return joined.removeprefix("'").strip("\u200b\ufeff\u2060 ")


def language_in(text: str) -> Language:
    """Raises Invalid `candidate_language_unknown`."""
    if (found := _LANGUAGES.get(folded(text))) is None:
        raise Invalid("candidate_language_unknown")
    return Language(found)


def gender_in(text: str) -> Gender:
    """Raises Invalid `candidate_gender_unknown`."""
    if (found := _GENDERS.get(folded(text))) is None:
        raise Invalid("candidate_gender_unknown")
    return Gender(found)


def pathway_in(text: str) -> Pathway:
    """Raises Invalid `candidate_pathway_unknown`."""
    if (found := _PATHWAYS.get(folded(text))) is None:
        raise Invalid("candidate_pathway_unknown")
    return Pathway(found)


def answer_in(text: str) -> bool:
    """Yes or no; raises Invalid `candidate_yes_or_no`."""
    if (found := _ANSWERS.get(folded(text))) is None:
        raise Invalid("candidate_yes_or_no")
    return found == "yes"


def is_answer(text: str) -> bool:
    """Whether a cell says yes or no."""
    return folded(text) in _ANSWERS


def disabilities_in(text: str) -> tuple[Disability, ...]:
    """Kinds with commas between them; raises Invalid `candidate_disability_unknown`."""
    parts = [part for part in re.split(r"[,;/+&|]| and ", text) if part.strip()]
    found = [_DISABILITIES.get(folded(part)) for part in parts]
    if None in found:
        raise Invalid("candidate_disability_unknown")
    return tuple(Disability(kind) for kind in found if kind is not None)


def date_in(text: str) -> date:
    """Day, month and year in this order, year first, with the month's name, or a spreadsheet's day number.

    Raises Invalid `candidate_date_unreadable`; a year of two digits is not guessed.
    """
    found = plain(text).casefold()
    if found.isascii() and found.isdigit() and int(found) in _SERIALS:
        return _SERIAL_ZERO + timedelta(days=int(found))
    try:
        if match := _DAY_FIRST.fullmatch(found):
            return date(int(match[3]), int(match[2]), int(match[1]))
        if match := _YEAR_FIRST.fullmatch(found):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _WORDED.fullmatch(_letters(found)):
            return date(int(match[3]), _MONTHS[match[2]], int(match[1]))
    except (ValueError, KeyError) as error:
        raise Invalid("candidate_date_unreadable") from error
    raise Invalid("candidate_date_unreadable")


def digits_in(text: str) -> str:
    """A long number as it was typed; raises Invalid `candidate_digits_lost` where a spreadsheet has rounded it (9.87E+11)."""
    found = plain(text)
    if _SCIENTIFIC.fullmatch(found):
        raise Invalid("candidate_digits_lost")
    return found.removesuffix(".0")


def whole_in(text: str) -> int:
    """A whole number; raises Invalid `candidate_number_unreadable`."""
    found = plain(text).removesuffix(".0")
    if not re.fullmatch(r"[0-9]{1,4}", found):
        raise Invalid("candidate_number_unreadable")
    return int(found)


def class_in(text: str) -> int:
    """A school class: 10, 10th, X, Class 10; raises Invalid `candidate_class_unreadable`."""
    found = plain(text).casefold().replace(".0", "").rstrip(".")
    bare = found.removeprefix("class").strip()
    if bare in _ROMAN[1:]:
        return _ROMAN.index(bare)
    if match := _CLASS.fullmatch(found):
        return int(match[1])
    raise Invalid("candidate_class_unreadable")


def level_in(text: str) -> str:
    """An NSQF level as ``4`` or ``4.5``; whether there is such a level is not asked here."""
    found = plain(text).casefold().removeprefix("nsqf").strip(" -.").removeprefix("level")
    return found.strip(" -.").removesuffix(".0")


def _letters(text: str) -> str:
    """A word without the marks of its vowels, which a pattern does not count as letters."""
    return "".join(letter for letter in text if unicodedata.category(letter)[0] != "M")


_MONTHS.update({_letters(name): number for name, number in list(_MONTHS.items())})
