# SPDX-License-Identifier: Apache-2.0
"""The sheet that managers start from: headings, lists to choose from, filled examples, and what each column takes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final

from assessor.scheduling.candidate_columns import HEADINGS, Column
from assessor.scheduling.candidate_lists import MAXIMUM_LIST_ROWS

_LISTS: Final[Mapping[Column, Mapping[str, tuple[str, ...]]]] = {
    Column.LANGUAGE: {"en": ("English", "Hindi"), "hi": ("हिन्दी", "अंग्रेज़ी")},
    Column.GENDER: {
        "en": ("Female", "Male", "Transgender", "Not said"),
        "hi": ("महिला", "पुरुष", "ट्रांसजेंडर", "नहीं बताया"),
    },
    Column.DISABLED: {"en": ("Yes", "No"), "hi": ("हाँ", "नहीं")},
    Column.DISABILITIES: {
        "en": (
            "Low vision", "Blindness", "Hard of hearing", "Deaf", "Locomotor disability", "Cerebral palsy",
            "Specific learning disability", "Intellectual disability", "Autism", "Multiple disabilities", "Other",
        ),
        "hi": (
            "अल्प दृष्टि", "अंधता", "कम सुनना", "बधिर", "चलने में अक्षम", "प्रमस्तिष्क घात", "अधिगम अक्षमता",
            "बौद्धिक दिव्यांगता", "स्वलीनता", "बहु दिव्यांगता", "अन्य",
        ),
    },
    Column.PATHWAY: {"en": ("Trained", "RPL"), "hi": ("प्रशिक्षित", "आरपीएल")},
}  # fmt: skip
_NOTES: Final[Mapping[Column, Mapping[str, str]]] = {
    Column.NAME: {
        "en": "Needed. As it shall stand on the certificate.",
        "hi": "ज़रूरी। जैसा प्रमाण पत्र पर छपना है।",
    },
    Column.AGENCY_NUMBER: {
        "en": "Your own number for the candidate, once in a batch.",
        "hi": "आपकी अपनी संख्या, एक बैच में एक बार।",
    },
    Column.DATE_OF_BIRTH: {
        "en": "Day, month, year: 05-03-2001. Needed to know who is under 18.",
        "hi": "दिन, महीना, वर्ष: 05-03-2001। इससे पता चलता है कि कौन 18 वर्ष से कम है।",
    },
    Column.GENDER: {"en": "Choose from the list, or leave it empty.", "hi": "सूची से चुनें, या खाली छोड़ें।"},
    Column.LANGUAGE: {
        "en": "The language of messages and of the access slip. Empty: as chosen on the page.",
        "hi": "संदेशों और प्रवेश पर्ची की भाषा। खाली: जो पृष्ठ पर चुनी गई।",
    },
    Column.EMAIL: {"en": "For the access code and news.", "hi": "प्रवेश कोड और सूचनाओं के लिए।"},
    Column.PHONE: {
        "en": "Ten digits, or + and the country. Used where there is no e-mail.",
        "hi": "दस अंक, या + और देश का कोड। ईमेल न होने पर।",
    },
    Column.APAAR: {
        "en": "12 digits (APAAR or ABC id). Stored encrypted.",
        "hi": "12 अंक (APAAR या ABC आईडी)। कूटबद्ध रखी जाती है।",
    },
    Column.DISABLED: {"en": "Yes or No.", "hi": "हाँ या नहीं।"},
    Column.DISABILITIES: {
        "en": "One or several with commas, only where the answer before is Yes.",
        "hi": "एक या कई, अल्पविराम से, केवल जब पिछला उत्तर हाँ हो।",
    },
    Column.EXTRA_MINUTES: {"en": "0 to 1440.", "hi": "0 से 1440।"},
    Column.LEVEL: {"en": "For example 3 or 3.5.", "hi": "जैसे 3 या 3.5।"},
    Column.SCHOOL_CLASS: {"en": "1 to 12.", "hi": "1 से 12।"},
    Column.EXPERIENCE_YEARS: {"en": "Whole years.", "hi": "पूरे वर्ष।"},
    Column.PATHWAY: {
        "en": "Trained, or RPL (recognition of prior learning).",
        "hi": "प्रशिक्षित, या आरपीएल (पूर्व शिक्षा की मान्यता)।",
    },
    Column.TRAINING_HOURS: {"en": "Hours done, for example 7.5.", "hi": "पूरे किए घंटे, जैसे 7.5।"},
    Column.GUARDIAN_NAME: {
        "en": "Needed where the candidate is under 18 on the day of the test.",
        "hi": "ज़रूरी यदि परीक्षा के दिन अभ्यर्थी 18 वर्ष से कम है।",
    },
    Column.GUARDIAN_CONTACT: {"en": "Phone number or e-mail.", "hi": "फ़ोन नंबर या ईमेल।"},
}
_EXAMPLES: Final[Mapping[str, tuple[Mapping[Column, str], ...]]] = {
    "en": (
        {
            Column.NAME: "Sunita Devi", Column.AGENCY_NUMBER: "KA-0001", Column.DATE_OF_BIRTH: "05-03-2001",
            Column.GENDER: "Female", Column.LANGUAGE: "Hindi", Column.EMAIL: "sunita@example.in",
            Column.PHONE: "9876543210", Column.DISABLED: "No", Column.LEVEL: "3", Column.SCHOOL_CLASS: "10",
            Column.PATHWAY: "Trained", Column.TRAINING_HOURS: "7.5",
        },
        {
            Column.NAME: "Arun Kumar", Column.AGENCY_NUMBER: "KA-0002", Column.DATE_OF_BIRTH: "21-08-2009",
            Column.GENDER: "Male", Column.LANGUAGE: "English", Column.PHONE: "+91 98765 43211",
            Column.DISABLED: "Yes", Column.DISABILITIES: "Low vision", Column.EXTRA_MINUTES: "10",
            Column.PATHWAY: "RPL", Column.GUARDIAN_NAME: "Meena Kumar", Column.GUARDIAN_CONTACT: "9876543212",
        },
    ),
    "hi": (
        {
            Column.NAME: "सुनीता देवी", Column.AGENCY_NUMBER: "KA-0001", Column.DATE_OF_BIRTH: "05-03-2001",
            Column.GENDER: "महिला", Column.LANGUAGE: "हिन्दी", Column.EMAIL: "sunita@example.in",
            Column.PHONE: "9876543210", Column.DISABLED: "नहीं", Column.LEVEL: "3", Column.SCHOOL_CLASS: "10",
            Column.PATHWAY: "प्रशिक्षित", Column.TRAINING_HOURS: "7.5",
        },
        {
            Column.NAME: "अरुण कुमार", Column.AGENCY_NUMBER: "KA-0002", Column.DATE_OF_BIRTH: "21-08-2009",
            Column.GENDER: "पुरुष", Column.LANGUAGE: "अंग्रेज़ी", Column.PHONE: "+91 98765 43211",
            Column.DISABLED: "हाँ", Column.DISABILITIES: "अल्प दृष्टि", Column.EXTRA_MINUTES: "10",
            Column.PATHWAY: "आरपीएल", Column.GUARDIAN_NAME: "मीना कुमार", Column.GUARDIAN_CONTACT: "9876543212",
        },
    ),
}  # fmt: skip
_SHEETS: Final = {"en": ("Candidates", "Examples", "Columns"), "hi": ("अभ्यर्थी", "उदाहरण", "स्तंभ")}


def candidate_template_xlsx(language: str = "en") -> bytes:
    """The template as the bytes of an xlsx file; only its first sheet is read when it comes back."""
    import xlsxwriter

    language = language if language in _SHEETS else "en"
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        head = book.add_format(
            {
                "bold": True,
                "bg_color": "#14161a",
                "font_color": "#fbfaf7",
                "num_format": "@",
                "text_wrap": True,
            }
        )
        text = book.add_format({"num_format": "@"})
        note = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        names = _SHEETS[language]
        for sheet, rows in ((names[0], ()), (names[1], _EXAMPLES[language])):
            page = book.add_worksheet(sheet)
            page.freeze_panes(1, 1)
            page.set_column(0, len(Column) - 1, 18, text)
            for place, column in enumerate(Column):
                page.write_string(0, place, HEADINGS[column][language], head)
                for number, row in enumerate(rows, start=1):
                    page.write_string(number, place, row.get(column, ""), text)
                if column in _LISTS:
                    # Other words are understood too, so that a list only helps and never stops anybody.
                    choice = {
                        "validate": "list",
                        "source": list(_LISTS[column][language]),
                        "error_type": "warning",
                    }
                    page.data_validation(1, place, MAXIMUM_LIST_ROWS, place, choice)
        page = book.add_worksheet(names[2])
        page.set_column(0, 0, 26, note)
        page.set_column(1, 1, 80, note)
        for number, column in enumerate(Column):
            page.write_string(number, 0, HEADINGS[column][language], head)
            page.write_string(number, 1, _NOTES[column][language], note)
    return target.getvalue()
