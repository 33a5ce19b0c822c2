# SPDX-License-Identifier: Apache-2.0
r"""Classes of characters in patterns of XML Schema: `[a-z-[aeiou]]`, `\d`, `\p{Lu}`. Repetition is in `patterns`."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from scoring.errors import QtiError

#: The blocks of Unicode that can be named as `\\p{Is…}`; others are refused by name.
BLOCKS = {
    "BasicLatin": ("\x00", "\x7f"),
    "Latin-1Supplement": ("\x80", "\xff"),
    "LatinExtended-A": ("\u0100", "\u017f"),
    "LatinExtended-B": ("\u0180", "\u024f"),
    "Greek": ("\u0370", "\u03ff"),
    "GreekandCoptic": ("\u0370", "\u03ff"),
    "Cyrillic": ("\u0400", "\u04ff"),
    "Hebrew": ("\u0590", "\u05ff"),
    "Arabic": ("\u0600", "\u06ff"),
    "Devanagari": ("\u0900", "\u097f"),
    "Bengali": ("\u0980", "\u09ff"),
    "Gurmukhi": ("\u0a00", "\u0a7f"),
    "Gujarati": ("\u0a80", "\u0aff"),
    "Oriya": ("\u0b00", "\u0b7f"),
    "Tamil": ("\u0b80", "\u0bff"),
    "Telugu": ("\u0c00", "\u0c7f"),
    "Kannada": ("\u0c80", "\u0cff"),
    "Malayalam": ("\u0d00", "\u0d7f"),
    "GeneralPunctuation": ("\u2000", "\u206f"),
    "CurrencySymbols": ("\u20a0", "\u20cf"),
    "MathematicalOperators": ("\u2200", "\u22ff"),
    "Hiragana": ("\u3040", "\u309f"),
    "Katakana": ("\u30a0", "\u30ff"),
    "CJKUnifiedIdeographs": ("\u4e00", "\u9fff"),
    "HangulSyllables": ("\uac00", "\ud7a3"),
}
_CATEGORIES = frozenset(
    group + kind
    for group, kinds in {
        "L": "ultmo",
        "M": "nce",
        "N": "dlo",
        "P": "cdseifo",
        "Z": "slp",
        "S": "mcko",
        "C": "cfon",
    }.items()
    for kind in ("", *kinds)
)
_SINGLE = {"n": "\n", "r": "\r", "t": "\t"} | {sign: sign for sign in "\\|.?*+(){}-[]^$/,:;=!@#%&<>~'\"_ "}


@dataclass(frozen=True, slots=True)
class CharacterClass:
    """A set of characters: ranges, categories and other classes together, perhaps negated, less another class."""

    ranges: tuple[tuple[str, str], ...] = ()
    categories: tuple[str, ...] = ()
    others: tuple[CharacterClass, ...] = ()
    negated: bool = False
    less: CharacterClass | None = None

    def holds(self, character: str) -> bool:
        """Whether the character belongs to the class."""
        found = (
            any(low <= character <= high for low, high in self.ranges)
            or (bool(self.categories) and unicodedata.category(character).startswith(self.categories))
            or any(other.holds(character) for other in self.others)
        )
        return found is not self.negated and not (self.less is not None and self.less.holds(character))


_SPACE = CharacterClass(ranges=((" ", " "), ("\t", "\t"), ("\n", "\n"), ("\r", "\r")))
_DIGIT = CharacterClass(categories=("Nd",))
_WORD = CharacterClass(negated=True, categories=("P", "Z", "C"))
_INITIAL = CharacterClass(categories=("L", "Nl"), ranges=(("_", "_"), (":", ":")))
_NAME = CharacterClass(
    categories=("M", "Nd"), ranges=(("-", "-"), (".", "."), ("·", "·")), others=(_INITIAL,)
)
_MULTIPLE = {"s": _SPACE, "d": _DIGIT, "w": _WORD, "i": _INITIAL, "c": _NAME}


def _malformed(problem: str) -> QtiError:
    return QtiError("pattern_malformed", reason=f"The pattern cannot be read: {problem}.", where="")


def parse_escape(pattern: str, at: int) -> tuple[CharacterClass, int]:
    """Read what follows a backslash at `at`, and say where it ends. Raises QtiError `pattern_malformed`."""
    sign = pattern[at : at + 1]
    if sign in _SINGLE:
        return CharacterClass(ranges=((_SINGLE[sign], _SINGLE[sign]),)), at + 1
    if sign.lower() in _MULTIPLE:
        found = _MULTIPLE[sign.lower()]
        return (CharacterClass(others=(found,), negated=True) if sign.isupper() else found), at + 1
    end = pattern.find("}", at)
    if sign not in {"p", "P"} or pattern[at + 1 : at + 2] != "{" or end < 0:
        raise _malformed(f"there is no \\{sign}")
    return _property(pattern[at + 2 : end], negated=sign == "P"), end + 1


def _property(name: str, *, negated: bool) -> CharacterClass:
    if name in _CATEGORIES:
        return CharacterClass(categories=(name,), negated=negated)
    if name.startswith("Is") and name[2:] in BLOCKS:
        return CharacterClass(ranges=(BLOCKS[name[2:]],), negated=negated)
    raise _malformed(f"there is no property “{name[:40]}”")


def parse_class(pattern: str, at: int, depth: int = 0) -> tuple[CharacterClass, int]:
    """Read a class from behind its `[`, and say where it ends. Raises QtiError `pattern_malformed`."""
    if depth > 20:
        raise _malformed("classes nest too deep")
    negated = pattern[at : at + 1] == "^"
    at += negated
    ranges: list[tuple[str, str]] = []
    others: list[CharacterClass] = []
    less: CharacterClass | None = None
    first = at
    while pattern[at : at + 1] != "]" or at == first:
        if at >= len(pattern):
            raise _malformed("[ is not closed")
        if pattern.startswith("-[", at) and at > first:
            less, at = parse_class(pattern, at + 2, depth + 1)
            if pattern[at : at + 1] != "]":
                raise _malformed("a class goes on after what is taken away from it")
            break
        low, at = _member(pattern, at)
        if isinstance(low, CharacterClass):
            others.append(low)
        elif pattern[at : at + 1] == "-" and pattern[at + 1 : at + 2] not in {"]", "[", ""}:
            high, at = _member(pattern, at + 1)
            if isinstance(high, CharacterClass) or high < low:
                raise _malformed("a range ends before it begins")
            ranges.append((low, high))
        else:
            ranges.append((low, low))
    return CharacterClass(tuple(ranges), others=tuple(others), negated=negated, less=less), at + 1


def _member(pattern: str, at: int) -> tuple[str | CharacterClass, int]:
    """One character, or one escaped class, within brackets."""
    sign = pattern[at]
    if sign == "[":
        raise _malformed("[ needs a backslash before it")
    if sign != "\\":
        return sign, at + 1
    escaped = pattern[at + 1 : at + 2]
    if escaped in _SINGLE:
        return _SINGLE[escaped], at + 2
    return parse_escape(pattern, at + 1)
