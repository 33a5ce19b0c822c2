# SPDX-License-Identifier: Apache-2.0
"""The sheet that authors start from: headings, one filled row per type, and notes."""

from __future__ import annotations

import io
from typing import Final

from item_bank.formats.rows import REQUIRED_COLUMNS
from item_bank.items.model import Difficulty
from item_bank.items.parsing import LETTERS
from scoring.api import Interaction, Normalisation

LANGUAGES: Final = ("en", "hi")
COLUMNS: Final = (
    *REQUIRED_COLUMNS[:5],
    "shuffle",
    "key",
    "normalise",
    *(
        column
        for language in LANGUAGES
        for column in (
            f"stem_{language}",
            *(f"option_{letter.lower()}_{language}" for letter in LETTERS),
            f"rationale_{language}",
        )
    ),
)

_EXAMPLES: Final[tuple[dict[str, str], ...]] = (
    {
        "id": "EXAMPLE-1", "pc": "PC1", "type": "choice_single", "difficulty": "easy", "seconds": "30",
        "shuffle": "yes", "key": "B",
        "stem_en": "Which of these must you never share with anyone?",
        "option_a_en": "Your UPI ID", "option_b_en": "Your UPI PIN", "option_c_en": "Your bank's name",
        "rationale_en": "A UPI PIN authorises payments. A UPI ID only says where to pay.",
        "stem_hi": "इनमें से क्या किसी को कभी नहीं बताना चाहिए?",
        "option_a_hi": "अपनी UPI ID", "option_b_hi": "अपना UPI PIN", "option_c_hi": "अपने बैंक का नाम",
        "rationale_hi": "UPI PIN से भुगतान अधिकृत होता है। UPI ID केवल यह बताती है कि भुगतान कहाँ करना है।",
    },
    {
        "id": "EXAMPLE-2", "pc": "PC1", "type": "choice_multiple", "difficulty": "medium", "seconds": "45",
        "shuffle": "yes", "key": "A, C",
        "stem_en": "Which two details do you check before you authorise a payment?",
        "option_a_en": "The payee's name", "option_b_en": "The colour of the app", "option_c_en": "The amount",
        "option_d_en": "The phone's model",
        "rationale_en": "A payment goes to this name and for this amount; the rest changes nothing.",
        "stem_hi": "भुगतान अधिकृत करने से पहले आप कौन-से दो विवरण जाँचते हैं?",
        "option_a_hi": "पाने वाले का नाम", "option_b_hi": "ऐप का रंग", "option_c_hi": "राशि",
        "option_d_hi": "फ़ोन का मॉडल",
        "rationale_hi": "भुगतान इसी नाम को और इसी राशि का होता है; बाकी से कुछ नहीं बदलता।",
    },
    {
        "id": "EXAMPLE-3", "pc": "PC1", "type": "text_entry", "difficulty": "easy", "seconds": "25",
        "key": "1930 | १९३०", "normalise": "nfc, trim, devanagari_digits",
        "stem_en": "Which helpline number do you call to report a cyber fraud?",
        "rationale_en": "1930 is the national cyber crime helpline.",
        "stem_hi": "साइबर धोखाधड़ी की सूचना देने के लिए आप किस हेल्पलाइन नंबर पर फ़ोन करते हैं?",
        "rationale_hi": "1930 राष्ट्रीय साइबर अपराध हेल्पलाइन है।",
    },
)  # fmt: skip

_NOTES: Final = (
    (
        "id",
        "Your own name for the item, unique in the bank. Importing the same id again makes a new version.",
    ),
    ("pc", "The id of the Performance Criterion in the credential, for example PC1."),
    ("type", ", ".join(kind.value for kind in Interaction)),
    ("difficulty", ", ".join(level.value for level in Difficulty)),
    ("seconds", "Planned time, 5 to 1800."),
    (
        "shuffle",
        "yes or no: may the options stand in another order for each learner? Empty means yes for choices.",
    ),
    (
        "key",
        "Choices: the correct letters, with commas (A, C). Text entry: every accepted answer, with | between them.",
    ),
    ("normalise", "Text entry only: " + ", ".join(step.value for step in Normalisation)),
    ("stem_en, stem_hi", "The question in English and in Hindi. Plain text: no HTML."),
    (
        "option_a_en …",
        "Up to six options, A to F without gaps, the same letters in every language. Text entry has none.",
    ),
    ("rationale_en …", "Why the key is right. Never shown to a learner before release."),
    ("Other languages", "Add columns that end in the language's code, for example stem_mr and option_a_mr."),
    ("Numbers and dates", "All cells are formatted as text, so that 1/2 stays 1/2 and 0930 keeps its zero."),
    ("The three examples", "Delete them before you import, or import them to try."),
)


def template_xlsx() -> bytes:
    """The template as the bytes of an xlsx file; importing it as it is works."""
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        head = book.add_format(
            {"bold": True, "bg_color": "#14161a", "font_color": "#fbfaf7", "num_format": "@"}
        )
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        items = book.add_worksheet("items")
        items.freeze_panes(1, 1)
        items.set_column(0, len(COLUMNS) - 1, 18, text)
        for place, column in enumerate(COLUMNS):
            items.write_string(0, place, column, head)
            for row, example in enumerate(_EXAMPLES, start=1):
                if column in example:
                    items.write_string(row, place, example[column], text)
        notes = book.add_worksheet("notes")
        notes.set_column(0, 0, 22, text)
        notes.set_column(1, 1, 100, text)
        for row, (name, note) in enumerate((("Column", "What to write"), *_NOTES)):
            notes.write_string(row, 0, name, head if row == 0 else text)
            notes.write_string(row, 1, note, head if row == 0 else text)
    return target.getvalue()
