# SPDX-License-Identifier: Apache-2.0
"""Each parity rule finds what it is for, and keeps still where a translator did nothing wrong."""

from __future__ import annotations

from fractions import Fraction

import pytest

from item_bank.lint.model import LintRule
from item_bank.lint.parity import parity_findings, script_of, words
from item_bank.lint.quantities import number_words, quantities


def found(source: str, translation: str, languages: tuple[str, str] = ("en", "hi")) -> list[LintRule]:
    return [rule for rule, _ in parity_findings(source, translation, languages=languages)]


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("What does the earth wire do?", "What does the earth wire do?"),
        ("Red wire", "Red wire"),
        ("Voltage", "voltage"),
        ("Press the 2 A fuse", "Press  the 2 A fuse"),
        ("Use (safe) tools.", "Use (safe) tools."),
    ],
)
def test_a_text_left_in_the_source_language_is_untranslated(source: str, translation: str) -> None:
    assert found(source, translation) == [LintRule.UNTRANSLATED]


@pytest.mark.parametrize(
    "text",
    [
        "230 V", "5 A", "UPI", "MCB", "PhonePe", "*99#", "1930", "3.5 mm", "50 %", "A", "QR", "kWh", "https://www.npci.org.in/what",
        "help@example.in", "CON/N0602", "IS 732", "10 kg", "₹500", "2 + 2 = 4", "BHIM-UPI", "", "rbi.org.in",
    ],
)  # fmt: skip
def test_what_nobody_translates_may_be_the_same(text: str) -> None:
    assert found(text, text) == []


def test_a_short_text_may_be_the_same_in_a_language_of_the_same_script() -> None:
    assert found("विद्युत धारा", "विद्युत धारा", ("hi", "mr")) == []
    assert found("यह तार किस काम का है", "यह तार किस काम का है", ("hi", "mr")) == [LintRule.UNTRANSLATED]


def test_words_in_another_script_are_found_and_loan_words_are_not() -> None:
    assert found("Which tool is safe to use?", "Kaun sa auzaar surakshit hai?") == [LintRule.WRONG_SCRIPT]
    assert found("Which app is safe?", "कौन सा app सुरक्षित है?") == []
    assert found("Google Pay", "Google  pay now") == [LintRule.WRONG_SCRIPT]
    assert found("A tool", "Tool") == []  # one word alone may be a name


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("The limit is 5000 rupees.", "सीमा 500 रुपये है।"),
        ("Call 1930.", "कॉल करें।"),
        ("Wait.", "30 मिनट रुकें।"),
        ("It costs ₹1,00,000.", "दाम ₹10,000 है।"),
        ("1.5 mm wire", "15 मिमी तार"),
        ("Within 3 days or 24 hours", "3 दिन में"),
    ],
)
def test_a_number_that_the_other_language_does_not_have_is_found(source: str, translation: str) -> None:
    assert found(source, translation) == [LintRule.NUMBERS_DIFFER]


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("Call 1930.", "१९३० पर कॉल करें।"),
        ("It costs ₹1,00,000.", "दाम ₹1 लाख है।"),
        ("It costs 1 lakh rupees.", "दाम १,००,००० रुपये है।"),
        ("2 crore people", "2,00,00,000 लोग"),
        ("100,000 people", "1,00,000 लोग"),
        ("After 3 tries", "तीन कोशिशों के बाद"),
        ("After three tries", "3 कोशिशों के बाद"),
        ("Grade 10 pass", "10वीं पास"),
        ("5 of 5", "पूरे 5"),
        ("0.5 h", "0.50 घंटे"),
        (".5 litre", "0.5 लीटर"),
        ("2 thousand", "2000"),
        ("The 2nd wire", "दूसरा तार"),
        ("on 15/08/2026", "15-08-2026 को"),
    ],
)
def test_the_same_number_may_be_written_otherwise(source: str, translation: str) -> None:
    assert found(source, translation) == []


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("A 5 mm bolt", "5 सेमी का बोल्ट"),
        ("230 V supply", "230 ऐम्पियर की आपूर्ति"),
        ("Wait 30 minutes.", "30 घंटे रुकें।"),
        ("Pay ₹50.", "50 पैसे दें।"),
        ("a rod of 20 kg", "20 की छड़: 20."),
        ("heat to 40 °C", "40 % तक"),
    ],
)
def test_another_unit_is_found(source: str, translation: str) -> None:
    expected = [] if "छड़" in translation else [LintRule.UNITS_DIFFER]
    assert found(source, translation) == expected


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("A 5 mm bolt", "5 मिमी का बोल्ट"),
        ("5 metres away", "5 मीटर दूर"),
        ("Pay Rs. 50 now", "अभी ₹50 दें"),
        ("Pay 50 rupees", "रु. 50 दें"),
        ("Mohan, 68 years old,", "मोहन, 68,"),
        ("Mohan, 68, of Haridwar", "68 साल के मोहन"),
        ("20 bags", "20 बोरे"),
        ("at 5 m/s", "5 मी/से पर"),
        ("70 per cent", "70 प्रतिशत"),
        ("5 amperes", "5 एम्पियर"),
    ],
)
def test_the_same_unit_may_be_written_otherwise(source: str, translation: str) -> None:
    assert found(source, translation) == []


def test_a_unit_that_was_left_out_is_found() -> None:
    assert found("Use a 5 mm drill.", "ड्रिल: 5.") == [LintRule.UNITS_DIFFER]


def test_numbers_are_read_with_their_units() -> None:
    read = [(one.value, one.unit) for one in quantities("₹1,50,000, 2.5 kW, 40°C, 3 लाख, A4 and x2")]
    assert read == [
        (Fraction(150000), "rupee"),
        (Fraction(5, 2), "kW"),
        (Fraction(40), "°C"),
        (Fraction(300000), ""),
        (Fraction(4), ""),
        (Fraction(2), ""),
    ]
    assert quantities("no number") == []
    assert [one.value for one in quantities("1,2")] == [Fraction(1)]


def test_numbers_as_words_are_known_in_both_languages() -> None:
    assert number_words("three of पाँच") == {Fraction(3), Fraction(5)}


def test_only_what_a_translator_would_translate_is_a_word() -> None:
    assert words("The UPI PIN of PhonePe is 4-digit, not 5 mm (see www.npci.org.in)") == [
        "The",
        "of",
        "is",
        "digit",
        "not",
        "see",
    ]
    assert words("ईमेल/फ़ोन") == ["ईमेल", "फ़ोन"]


def test_each_language_has_its_script() -> None:
    assert [script_of(language) for language in ("en", "hi", "ta", "ur", "fr")] == [
        "LATIN",
        "DEVANAGARI",
        "TAMIL",
        "ARABIC",
        "LATIN",
    ]
