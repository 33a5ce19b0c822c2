# SPDX-License-Identifier: Apache-2.0
"""Hindi typed in a font instead of in Unicode: Kruti Dev 010 is found and converted, other such fonts are refused by name.

A font of this kind draws Devanagari for Latin characters, so that its text is Latin letters to a computer. The table of Kruti
Dev 010 below is what its glyphs show; the two marks that stand before or after the syllable they belong to are moved.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_I, _REPH, _I_DOT, _REPH_I, _REPH_I_DOT, _REPH_DOT = (
    "\ue000",
    "\ue001",
    "\ue002",
    "\ue003",
    "\ue004",
    "\ue005",
)
"""Marks that move: the short i is typed before its syllable, the r above after it; some keys type two at once."""

# Keys that draw a consonant without its bar: with ``k``, which draws the bar, it is a whole one.
_HALF: Final[Mapping[str, str]] = {
    "D": "क्", "[": "ख्", "X": "ग्", "?": "घ्", "P": "च्", "T": "ज्", "÷": "झ्", "Ö": "झ्", ".": "ण्", "R": "त्", "F": "थ्",
    "/": "ध्", "è": "ध्", "Ë": "ध्", "U": "न्", "I": "प्", "¶": "फ्", "C": "ब्", "H": "भ्", "E": "म्", "¸": "य्", "Y": "ल्",
    "O": "व्", "'": "श्", "Ü": "श्", '"': "ष्", "L": "स्", "{": "क्ष्", "Ù": "त्त्", "«": "त्र्", "™": "न्न्", "º": "ह्",
}  # fmt: skip
_WHOLE: Final[Mapping[str, str]] = {
    "d": "क", "x": "ग", "³": "ङ", "p": "च", "N": "छ", "t": "ज", ">": "झ", "¥": "ञ", "V": "ट", "B": "ठ", "M": "ड", "<": "ढ",
    "r": "त", "n": "द", "u": "न", "i": "प", "Q": "फ", "c": "ब", "Ò": "भ", "e": "म", ";": "य", "j": "र", "y": "ल", "G": "ळ",
    "o": "व", "l": "स", "g": "ह", "ô": "क्क", "ä": "क्त", "Ñ": "कृ", "—": "कृ", "Ø": "क्र", "=": "त्र", "–": "दृ", "í": "द्द",
    "Ì": "द्द", ")": "द्ध", "|": "द्य", "æ": "द्र", "}": "द्व", "é": "न्न", "ç": "प्र", "Á": "प्र", "Ý": "फ्र", "#": "रु",
    ":": "रू", "J": "श्र", "K": "ज्ञ", "ê": "ट्ट", "Í": "ट्ट", "ë": "ट्ठ", "Î": "ट्ठ", "ì": "ड्ड", "Ï": "ड्ड", "ï": "ड्ढ",
    "Ô": "ड्ढ", "à": "ह्न", "á": "ह्य", "â": "हृ", "ã": "ह्म", "=kk": "त्रा", "Ä": "घ", "È": "ीं",
}  # fmt: skip
_VOWELS: Final[Mapping[str, str]] = {
    "v": "अ", "vk": "आ", "b": "इ", "bZ": "ई", "Ã": "ई", "b±": "ईं", "m": "उ", "Å": "ऊ", "_": "ऋ", ",": "ए", ",s": "ऐ",
    "vks": "ओ", "vkS": "औ", "v‚": "ऑ", "vkW": "ऑ",
}  # fmt: skip
_SIGNS: Final[Mapping[str, str]] = {
    "k": "ा", "h": "ी", "q": "ु", "w": "ू", "`": "ृ", "s": "े", "S": "ै", "ks": "ो", "kS": "ौ", "‚": "ॉ", "kW": "ॉ", "W": "ॅ",
    "a": "ं", "aa": "ं", "¡": "ँ", "%": "ः", "~": "्", "+": "़", "z": "्र", "ª": "्र", "î": "्य", "Ó": "्य", "sa": "ें", "sas": "ें",
    "f": _I, "Z": _REPH, "ZZ": _REPH, "±": _REPH_DOT, "Ç": _I_DOT, "Æ": _REPH_I, "É": _REPH_I_DOT, "Ê": "ी" + _REPH,
    "·": "ऽ", "•": "ऽ",
}  # fmt: skip
_PUNCTUATION: Final[Mapping[str, str]] = {
    "A": "।", "AA": "॥", "-": ".", "&": "-", "]": ",", "(": ";", "\\": "?", "@": "/", "¼": "(", "½": ")", "¿": "{", "À": "}",
    "¾": "=", "^": "‘", "*": "’", "Þ": "“", "ß": "”", "‘": '"', "’": '"', "“": "'", "”": "'", "Œ": "॰", "ñ": "॰", "$": "+",
    "å": "०", "ƒ": "१", "„": "२", "…": "३", "†": "४", "‡": "५", "ˆ": "६", "‰": "७", "Š": "८", "‹": "९",
}  # fmt: skip
_TABLE: Final[dict[str, str]] = {**_HALF, **_WHOLE, **_VOWELS, **_SIGNS, **_PUNCTUATION}
_TOKEN = re.compile("|".join(re.escape(key) for key in sorted(_TABLE, key=len, reverse=True)))
_CLUSTER = "(?:[\u0915-\u0939\u0958-\u095f]\u093c?\u094d){0,4}[\u0915-\u0939\u0958-\u095f]\u093c?"
_TAIL = "[\u093e-\u094c]{0,2}[\u0901-\u0903]?"
_BEFORE = re.compile(f"([{_I}{_I_DOT}{_REPH_I}{_REPH_I_DOT}])({_CLUSTER})")
_ABOVE = re.compile(f"((?:{_CLUSTER}|[\u0905-\u0914]){_TAIL})([{_REPH}{_REPH_DOT}])")
_KEPT = re.compile(r"(?<![A-Za-z])[A-Z][A-Z0-9]+(?![a-z;'\[{/?])")
_END_MARK = re.compile(r"[?.'\x22](?=[\s)\]?.'\x22]|$)")
_DOT_LATE = re.compile("([\u093e-\u094c]+)(\u093c)")
_UNSPOKEN = re.compile(
    "^[\u093e-\u094d\u0901-\u0903\u093c]|\u094d$|[\u093e-\u094c][\u093e-\u094d]|\u094d[\u093e-\u094d\u0901-\u0903]"
    "|[\u0901-\u0903][\u093e-\u094d\u0901-\u0903]|[\u0905-\u0914][\u093e-\u094d]"
)
"""What no syllable has: a sign without a letter, two vowel signs, a half letter at the end."""

# Words that are frequent in Hindi and are no English: what Kruti Dev has for है में की के का से को और नहीं क्या …
_MARKERS: Final = frozenset({
    "gS", "gSa", "esa", "dh", "ds", "dk", "dks", "vkSj", "ugha", "D;k", "ij", "fd", ";g", "og", "dkSu", "lh", "lk", "fuEu",
    "fuEufyf[kr", "buesa", "tks", "Hkh", "rks", "gks", "Fkk", "Fkh", "jgk", "jgh", "djus", "djuk", "fd;k", "fdlh", "fdl",
    "fy,", "fy;s", "lkFk", "viuk", "viuh", "vius", "vki", "gksrk", "gksrh", "gksrs", "tkrk", "tkrh", "gqvk", "gqbZ", ",d",
    "nks", "rhu", "bl", "ml", "bls", "mls", ";fn", "D;ksa", "dc", "dgk¡", "dSls", "dkSu&lk", "dkSu&lh", "lHkh", "}kjk",
    "rFkk", ";k", "Hkkjr", "ç'u", "iz'u", "mRrj", "mÙkj", "lgh", "xyr", "fgUnh",
})  # fmt: skip
_ENGLISH: Final = frozenset({
    "the", "of", "and", "to", "in", "is", "are", "was", "were", "be", "been", "a", "an", "or", "not", "no", "yes", "all",
    "none", "any", "with", "for", "from", "at", "by", "on", "as", "it", "its", "this", "that", "these", "those", "which",
    "what", "who", "whom", "whose", "when", "where", "why", "how", "do", "does", "did", "can", "may", "must", "shall",
    "should", "will", "would", "have", "has", "had", "you", "your", "he", "she", "they", "them", "we", "our", "us", "one",
    "two", "three", "four", "five", "above", "below", "both", "only", "never", "always", "true", "false", "bank", "card",
    "phone", "app", "mobile", "message", "number", "money", "account", "payment", "pay", "code", "link", "email", "name",
    "person", "police", "office", "computer", "internet", "online",
})  # fmt: skip
_INNER = re.compile(r"[A-Za-z][;\[\]{}'\"^+|~`<>¡&%/=][A-Za-z]")
_LATIN_WORD = re.compile(r"[^\s]+")
REFUSED_FONTS: Final = re.compile(
    r"walkman[\s_-]*chanakya|chanakya|devlys|shusha|shivaji|shree[\s_-]*dev|krishna|agra|kundli|amar\s*ujala|aps-?dv|dv-?ttyogesh|"
    r"susha|naidunia|webdunia|jagran|yogesh|mithi|akruti|4cgandhi|bhaskar",
    re.IGNORECASE,
)
"""Fonts for Hindi that are not Unicode and whose tables are not known here."""
_FONT_FACE = re.compile(r"""(?:face\s*=\s*["']?|font-family\s*:\s*["']?)([^"';>]{2,60})""", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*>|&[#\w]{1,32};")
_HIGH = re.compile(
    "[\u00a1-\u00ff\u0152\u0153\u0160\u0178\u0192\u02c6\u02dc\u2013-\u2026\u2030\u2039\u203a\u2122]"
)


class Legacy(StrEnum):
    """What the characters of a text are."""

    UNICODE = "unicode"
    KRUTI_DEV = "kruti_dev"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LegacyText:
    """A text in Unicode, with what it was before; ``reason`` says why one that cannot be read is refused."""

    kind: Legacy
    text: str
    reason: str = ""


def read_legacy(text: str, *, is_html: bool = False, beside: bool = False) -> LegacyText:
    """The text in Unicode.

    ``beside`` says that it stands beside text that is certainly in Kruti Dev (the same row, the same language), so that a short
    one needs no proof of its own.
    """
    font = _font_of(text) if is_html and ("face" in text or "font-family" in text) else ""
    if font and REFUSED_FONTS.search(font):
        return LegacyText(
            Legacy.REFUSED,
            text,
            f"the text is set in the font {font.strip()[:40]!r}; save it in Unicode first",
        )
    named = "kruti" in font.lower()
    bare = _TAGS.sub(" ", text) if is_html else text
    if named or looks_like_kruti_dev(bare, beside=beside):
        return LegacyText(Legacy.KRUTI_DEV, _convert_html(text) if is_html else to_unicode(text))
    if looks_like_other_font(bare):
        return LegacyText(
            Legacy.REFUSED,
            text,
            "the text is typed in a Hindi font that is not Unicode (such as Chanakya); save it in Unicode first",
        )
    return LegacyText(Legacy.UNICODE, text)


def to_unicode(text: str) -> str:
    """Text in Kruti Dev 010 as Devanagari in NFC; words in capitals (UPI, BS30) and digits stay as they are."""
    made: list[str] = []
    place = 0
    for found in _KEPT.finditer(text):
        if _is_abbreviation(found[0]):
            made += [_glyphs(text[place : found.start()]), found[0]]
            place = found.end()
    made.append(_glyphs(text[place:]))
    return unicodedata.normalize("NFC", "".join(made))


def looks_like_kruti_dev(text: str, *, beside: bool = False) -> bool:
    """Whether Latin text is Hindi in Kruti Dev: frequent Hindi words, marks inside words, and syllables that can be spoken."""
    if not text or _has_devanagari(text):
        return False
    words = [word for word in _LATIN_WORD.findall(text) if not word.isdigit()]
    letters = [word for word in words if any(character.isalpha() for character in word)]
    if not letters:
        return False
    if beside:
        return _fits_beside(letters)
    hits = sum(word.strip("A-]\\") in _MARKERS for word in letters)
    inner = sum(_INNER.search(word) is not None for word in letters)
    if hits + inner < 2:  # true of nearly every text that is not Kruti Dev
        return False
    english = sum(word.strip(".,;:?!()'\"").lower() in _ENGLISH for word in letters)
    bars = text.count("k") / sum(map(len, letters))
    if english > hits or (hits == 0 and (len(letters) < 3 or bars < 0.06)) or hits + inner < len(letters) / 6:
        return False
    return sum(is_spoken(word) for word in letters) >= 0.8 * len(letters)


def _fits_beside(words: list[str]) -> bool:
    """Whether words next to certain Kruti Dev are too: they can be spoken, and are no English and no abbreviation."""
    if all(word.strip(".,()").isupper() for word in words):
        return False
    if any(word.strip(".,;:?!()'\"").lower() in _ENGLISH for word in words):
        return False
    joined = "".join(filter(str.isalpha, "".join(words)))
    vowels = sum(character in "aeiou" for character in joined) / len(joined)
    odd = any(character.isupper() for word in words for character in word[1:])
    return (odd or vowels < 1 / 3) and all(is_spoken(word) for word in words)


def looks_like_other_font(text: str) -> bool:
    """Whether Latin text is full of the symbols and accents that other Hindi fonts draw letters with."""
    if text.isascii() or _has_devanagari(text):
        return False
    letters = sum(not character.isspace() for character in text)
    high = len(_HIGH.findall(text))
    accents = len(re.findall("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]", text))
    symbols = high - accents
    return letters >= 8 and high >= 0.3 * letters and (symbols >= 2 or accents >= 0.5 * letters)


def is_spoken(word: str) -> bool:
    """Whether a word, read as Kruti Dev, is made of whole syllables."""
    made = re.sub(r"[^\u0900-\u097f]", "", to_unicode(word))
    if not made:
        return True
    if _has_latin(to_unicode(word)):
        return word.isupper()
    return _UNSPOKEN.search(made) is None


def _glyphs(text: str) -> str:
    # A half letter ends no word: there these four are what they are on other keyboards.
    text = _END_MARK.sub(lambda found: chr(0xE0A0 + "?.'\"".index(found[0])), text)
    made: list[str] = []
    place = 0
    for found in _TOKEN.finditer(text):
        made.append(text[place : found.start()])
        _add(made, found[0])
        place = found.end()
    made.append(text[place:])
    return _moved("".join(made))


def _add(made: list[str], key: str) -> None:
    """One key; the bar makes a half consonant whole, the dot goes below the consonant, not behind its halant."""
    before = made[-1] or (made[-2] if len(made) > 1 else "")
    place = -1 if made[-1] else -2
    half = before.endswith("्") and len(before) > 1
    if half and key in ("k", "ks", "kS", "kW"):
        made[place] = before[:-1]
        made.append({"k": "", "ks": "े", "kS": "ै", "kW": "ॅ"}[key])
    elif half and key == "+":
        made[place] = before[:-1] + "़्"
    else:
        made.append(_TABLE[key])


def _moved(text: str) -> str:
    text = _DOT_LATE.sub(r"\2\1", text)
    text = _BEFORE.sub(_behind, text)
    while (moved := _ABOVE.sub(_in_front, text)) != text:
        text = moved
    # Marks of a spelling that the table does not know stay visible as what they show.
    marks = {0xE0A0 + place: mark for place, mark in enumerate("?.'\"")}
    return text.translate({ord(_I): "ि", ord(_REPH): "र्", ord(_REPH_DOT): "र्ं", ord(_I_DOT): "िं", **marks})


def _behind(found: re.Match[str]) -> str:
    reph = "र्" if found[1] in (_REPH_I, _REPH_I_DOT) else ""
    dot = "ं" if found[1] in (_I_DOT, _REPH_I_DOT) else ""
    return f"{reph}{found[2]}ि{dot}"


def _in_front(found: re.Match[str]) -> str:
    return f"र्{found[1]}{'ं' if found[2] == _REPH_DOT else ''}"


def _is_abbreviation(word: str) -> bool:
    return len(word) >= 2 and sum(character.isalpha() for character in word) >= 2


def _convert_html(text: str) -> str:
    """Convert what stands between tags; entities are characters of the font too."""
    import html

    parts = re.split(r"(<[^<>]*>)", text)
    return "".join(
        part if number % 2 else html.escape(to_unicode(html.unescape(part)), quote=False)
        for number, part in enumerate(parts)
    )


def _font_of(text: str) -> str:
    found = _FONT_FACE.findall(text)
    return next((name for name in found if "kruti" in name.lower() or REFUSED_FONTS.search(name)), "")


def _has_devanagari(text: str) -> bool:
    return not text.isascii() and re.search("[\u0900-\u097f]", text) is not None


def _has_latin(text: str) -> bool:
    return re.search("[A-Za-z]", text) is not None
