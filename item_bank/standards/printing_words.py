# SPDX-License-Identifier: Apache-2.0
"""The fixed words of the printed credential document in English and Hindi. Nothing is laid out here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = ("en", "hi")

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "micro_credential": ("Micro-credential", "माइक्रो-क्रेडेंशियल"),
    "qualification": ("Qualification pack", "क्वालिफ़िकेशन पैक"),
    "version": ("version", "संस्करण"),
    "criteria": ("Performance criteria", "प्रदर्शन मानदंड"),
    "pc": ("PC", "PC"),
    "standard": ("Standard, and the knowledge behind it", "मानक, और उसके पीछे का ज्ञान"),
    "needed": ("Needed", "ज़रूरी"),
    "total": ("Total", "योग"),
    "rule": ("Who passes", "कौन उत्तीर्ण होता है"),
    "tasks": ("Practical task", "प्रायोगिक कार्य"),
    "watched": ("What is watched", "क्या देखा जाता है"),
    "levels": ("Marks", "अंक"),
    "dossier": ("Conditions and proof", "शर्तें और प्रमाण"),
    "level": ("NSQF level", "NSQF स्तर"),
    "hours": ("Learning hours", "सीखने के घंटे"),
    "credits": ("NCrF credits", "NCrF क्रेडिट"),
    "parts": ("Theory / practical / OJT", "सिद्धांत / प्रायोगिक / कार्यस्थल"),
    "assessment": ("Assessment", "मूल्यांकन"),
    "minutes": ("{minutes} min", "{minutes} मिनट"),
    "components": ("Parts of the assessment", "मूल्यांकन के भाग"),
    "marks": ("Marks", "अंक"),
    "sector": ("Sector", "क्षेत्र"),
    "nqr_code": ("NQR code", "NQR कोड"),
    "visibility": ("Use", "उपयोग"),
    "public": ("public", "सार्वजनिक"),
    "private": ("private: by permission", "निजी: अनुमति से"),
    "future_skill": ("Future skill", "भविष्य का कौशल"),
    "review_date": ("Next review", "अगली समीक्षा"),
    "yes": ("yes", "हाँ"),
    "no": ("no", "नहीं"),
    "purpose": ("Purpose", "उद्देश्य"),
    "entry_requirement": ("Entry requirement", "प्रवेश की शर्त"),
    "assessment_strategy": ("Assessment strategy", "मूल्यांकन की रणनीति"),
    "formative_assessment": ("Formative assessment", "रचनात्मक मूल्यांकन"),
    "accreditation": ("Accreditation", "मान्यता"),
    "assessment_tools": ("Assessment tools", "मूल्यांकन के साधन"),
    "training_equipment": ("Training equipment", "प्रशिक्षण के उपकरण"),
    "statutory_needs": ("Statutory and licensing needs", "क़ानूनी और लाइसेंस की ज़रूरतें"),
    "none": ("None", "कोई नहीं"),
    "horizontal": ("Horizontal progression", "समस्तर प्रगति"),
    "vertical": ("Vertical progression", "ऊर्ध्व प्रगति"),
    "industry_validations": ("Industry validations", "उद्योग की पुष्टियाँ"),
    "evidence_of_need": ("Evidence of need", "ज़रूरत का प्रमाण"),
    "evidence_of_progression": ("Evidence of career progression", "आगे बढ़ने का प्रमाण"),
    "entry_routes": ("Ways of entry", "प्रवेश के रास्ते"),
    "territory": ("Territory", "क्षेत्र"),
    "usage": ("Used", "कैसे उपयोग होता है"),
    "alone": ("alone", "अकेले"),
    "with_qualification": ("with a qualification", "क्वालिफ़िकेशन के साथ"),
    "multi_skill": ("inside a multi-skill one", "बहु-कौशल के भीतर"),
    "responsible_bodies": ("Responsible bodies", "ज़िम्मेदार संस्थाएँ"),
    "not_online": ("Not online, because", "ऑनलाइन नहीं, क्योंकि"),
    "sources": ("Sources", "स्रोत"),
    "adopted": ("Adopted from", "किससे अपनाया गया"),
    "mandatory": ("mandatory", "अनिवार्य"),
    "optional": ("optional", "वैकल्पिक"),
    "weight": ("weight {weight} %", "भार {weight} %"),
    "nos_credits": ("{credits} credits", "{credits} क्रेडिट"),
    "theory": ("Theory", "सिद्धांत"),
    "practical": ("Practical", "प्रायोगिक"),
    "viva": ("Viva", "मौखिक"),
    "project": ("Project", "परियोजना"),
    "ojt": ("OJT", "कार्यस्थल"),
}


def word(name: str, language: str, **facts: object) -> str:
    """A fixed word; English where a language has none, the name itself where there is no such word."""
    pair = WORDS.get(name)
    if pair is None:
        return name.replace("_", " ").capitalize()
    return pair[1 if language == "hi" else 0].format(**facts)
