# SPDX-License-Identifier: Apache-2.0
"""Numbers and their units in English and Hindi text, as exact values that can be compared across languages.

Digits may be Devanagari, grouping Indian or international; lakh and crore count. A number that one language writes as a word
(three, तीन) is known too. Nothing here decides whether a difference matters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

_DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?|(?<=[^\W\d_])\d[\d,]*(?:\.\d+)?|\.\d+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{2,3})+")
_SCALES: Final[dict[str, int]] = {
    "hundred": 100, "सौ": 100, "thousand": 1000, "हज़ार": 1000, "हजार": 1000,
    "lakh": 100_000, "lakhs": 100_000, "lac": 100_000, "लाख": 100_000,
    "crore": 10_000_000, "crores": 10_000_000, "करोड़": 10_000_000,
    "million": 1_000_000, "billion": 1_000_000_000,
}  # fmt: skip
_WORDS: Final[dict[str, int]] = {
    "zero": 0, "शून्य": 0, "one": 1, "एक": 1, "two": 2, "दो": 2, "दोनों": 2, "both": 2, "three": 3, "तीन": 3, "तीनों": 3,
    "four": 4, "चार": 4, "five": 5, "पाँच": 5, "पांच": 5, "six": 6, "छह": 6, "छः": 6, "छ": 6, "seven": 7, "सात": 7,
    "eight": 8, "आठ": 8, "nine": 9, "नौ": 9, "ten": 10, "दस": 10, "eleven": 11, "ग्यारह": 11, "twelve": 12, "बारह": 12,
    "fifteen": 15, "पंद्रह": 15, "पन्द्रह": 15, "twenty": 20, "बीस": 20, "thirty": 30, "तीस": 30, "forty": 40, "चालीस": 40,
    "fifty": 50, "पचास": 50, "sixty": 60, "साठ": 60, "hundred": 100, "सौ": 100, "thousand": 1000, "हज़ार": 1000, "हजार": 1000,
    "first": 1, "पहला": 1, "पहली": 1, "पहले": 1, "second": 2, "दूसरा": 2, "दूसरी": 2, "दूसरे": 2,
    "third": 3, "तीसरा": 3, "तीसरी": 3, "तीसरे": 3, "once": 1, "twice": 2, "half": 0, "आधा": 0, "आधे": 0, "आधी": 0,
}  # fmt: skip
_UNITS: Final[dict[str, tuple[str, ...]]] = {
    "%": ("%", "percent", "per cent", "प्रतिशत", "फ़ीसदी", "फीसदी"),
    "V": ("V", "volt", "volts", "वोल्ट"),
    "kV": ("kV", "kilovolt", "kilovolts", "किलोवोल्ट"),
    "mV": ("mV", "millivolt", "millivolts", "मिलीवोल्ट"),
    "A": ("A", "amp", "amps", "ampere", "amperes", "ऐम्पियर", "एम्पियर", "एंपियर", "ऐंपियर"),
    "mA": ("mA", "milliampere", "milliamperes", "मिलीऐम्पियर", "मिलीएम्पियर"),
    "W": ("W", "watt", "watts", "वाट", "वॉट"),
    "kW": ("kW", "kilowatt", "kilowatts", "किलोवाट", "किलोवॉट"),
    "kWh": ("kWh", "किलोवाट-घंटा"),
    "ohm": ("ohm", "ohms", "Ω", "ओम", "ओह्म"),
    "Hz": ("Hz", "hertz", "हर्ट्ज़", "हर्ट्ज", "हर्ट्स"),
    "mm": ("mm", "millimetre", "millimetres", "millimeter", "millimeters", "मिमी", "मि.मी.", "मिलीमीटर"),
    "cm": ("cm", "centimetre", "centimetres", "centimeter", "centimeters", "सेमी", "से.मी.", "सेंटीमीटर"),
    "m": ("m", "metre", "metres", "meter", "meters", "मी", "मी.", "मीटर"),
    "km": ("km", "kilometre", "kilometres", "kilometer", "kilometers", "किमी", "कि.मी.", "किलोमीटर"),
    "ft": ("ft", "foot", "feet", "फुट", "फ़ुट", "फीट"),
    "inch": ("inch", "inches", "इंच"),
    "g": ("g", "gm", "gram", "grams", "ग्राम"),
    "mg": ("mg", "milligram", "milligrams", "मिग्रा", "मिलीग्राम"),
    "kg": ("kg", "kilogram", "kilograms", "किग्रा", "कि.ग्रा.", "किलोग्राम", "किलो"),
    "t": ("tonne", "tonnes", "ton", "tons", "टन"),
    "l": ("l", "L", "litre", "litres", "liter", "liters", "लीटर"),
    "ml": ("ml", "mL", "millilitre", "millilitres", "मिली", "मिलीलीटर"),
    "°C": ("°C", "℃", "degrees celsius", "degree celsius", "डिग्री सेल्सियस", "°से", "°से."),
    "°": ("°", "degree", "degrees", "डिग्री", "अंश"),
    "s": ("s", "sec", "second", "seconds", "सेकंड", "सेकेंड", "सेकण्ड"),
    "min": ("min", "mins", "minute", "minutes", "मिनट", "मिनटों"),
    "h": ("h", "hr", "hrs", "hour", "hours", "घंटा", "घंटे", "घंटों", "घण्टे"),
    "day": ("day", "days", "दिन", "दिनों"),
    "week": ("week", "weeks", "सप्ताह", "हफ़्ते", "हफ्ते", "हफ़्ता"),
    "month": ("month", "months", "महीना", "महीने", "महीनों", "माह"),
    "year": ("year", "years", "साल", "सालों", "वर्ष", "वर्षों"),
    "rupee": ("₹", "rs", "rs.", "inr", "rupee", "rupees", "रुपये", "रुपए", "रुपया", "रु", "रु.", "रुपयों"),
    "paisa": ("paisa", "paise", "पैसा", "पैसे"),
}  # fmt: skip
_UNIT_OF: Final = {word: unit for unit, words in _UNITS.items() for word in words}
_UNIT_OF_FOLDED: Final = {
    word.casefold(): unit for word, unit in _UNIT_OF.items() if len(word) > 2 or not word.isascii()
}
_LONGEST = re.compile(
    "|".join(
        re.escape(word)
        for word in sorted({*_UNIT_OF, *(word.casefold() for word in _UNIT_OF)}, key=len, reverse=True)
    )
)
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0963\u0970-\u097f\u200c\u200d])*")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text, the unit that stands with it or ``""``, and whether any word follows it."""

    value: Fraction
    unit: str
    followed: bool


def quantities(text: str) -> list[Quantity]:
    """Every number that stands in digits, in order."""
    text = unicodedata.normalize("NFC", text).translate(_DIGITS)
    found = []
    for match in _NUMBER.finditer(text):
        digits = match[0].rstrip(",")
        after = text[match.start() + len(digits) :]
        value, after = _scaled(_value(digits), after)
        unit = _unit(after) or _currency(text[: match.start()])
        found.append(Quantity(value, unit, followed=bool(_WORD.match(after.lstrip(" -")))))
    return found


def number_words(text: str) -> frozenset[Fraction]:
    """The numbers that stand as words."""
    words = _WORD.findall(unicodedata.normalize("NFC", text).casefold())
    return frozenset(Fraction(_WORDS[word]) for word in words if word in _WORDS)


def unit_words() -> frozenset[str]:
    """Every unit as it may be written, folded."""
    return frozenset(word.casefold() for word in _UNIT_OF)


def _value(digits: str) -> Fraction:
    whole, _, decimals = digits.partition(".")
    if "," in whole and not _GROUPED.fullmatch(whole):
        whole = whole.split(",")[0]  # a list such as "1,2": its numbers are found one by one elsewhere
    return Fraction(f"{whole.replace(',', '') or 0}.{decimals or 0}")


def _scaled(value: Fraction, after: str) -> tuple[Fraction, str]:
    """The number with a following lakh or crore counted in, and what comes after that."""
    match = _WORD.match(after.lstrip())
    if match and (scale := _SCALES.get(match[0].casefold())) is not None:
        return value * scale, after.lstrip()[match.end() :]
    return value, after


def _unit(after: str) -> str:
    """The unit at the beginning of what follows a number."""
    rest = after.lstrip(" -\u00a0\u202f")
    match = _LONGEST.match(rest) or _LONGEST.match(rest.casefold())
    if match is None:
        return ""
    word, following = match[0], rest[match.end() : match.end() + 1]
    if (
        word[-1].isalpha()
        and following
        and (following.isalnum() or unicodedata.category(following) in ("Mn", "Mc"))
    ):
        return ""
    return _UNIT_OF.get(word) or _UNIT_OF_FOLDED.get(word.casefold(), "")


def _currency(before: str) -> str:
    """A currency that stands before its number."""
    word = before.rstrip(" \u00a0").rpartition(" ")[2].casefold().lstrip("(")
    if word.endswith("₹") or word in {"rs", "rs.", "inr", "रु", "रु."}:
        return "rupee"
    return ""
