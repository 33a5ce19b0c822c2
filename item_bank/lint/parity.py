# SPDX-License-Identifier: Apache-2.0
"""The rules that hold a translation against its source. They look at one pair of texts; pairing is in ``rules``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from item_bank.lint.model import LintRule
from item_bank.lint.quantities import Quantity, number_words, quantities, unit_words
from item_bank.text import comparable

_SCRIPTS: Final = {
    "DEVANAGARI": {"hi", "mr", "ne", "sa", "kok", "mai", "doi", "brx"},
    "BENGALI": {"bn", "as", "mni"},
    "GURMUKHI": {"pa"},
    "GUJARATI": {"gu"},
    "ORIYA": {"or"},
    "TAMIL": {"ta"},
    "TELUGU": {"te"},
    "KANNADA": {"kn"},
    "MALAYALAM": {"ml"},
    "ARABIC": {"ur", "ks", "sd"},
    "OL": {"sat"},
}
"""The script of each scheduled language by the first word of its letters' Unicode names; any other language: Latin."""

_TOKEN = re.compile(r"\S+")
_EDGES = "\"'`.,;:!?()[]{}<>“”‘’«»|/…–—-"
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+|\S+\.(?:com|in|org|gov|net|nic|co)\b\S*", re.IGNORECASE
)
_SAME_SCRIPT_WORDS: Final = 3
_OFTEN_LEFT_OUT: Final = frozenset({"year", "month", "day", "h", "min", "s"})


def script_of(language: str) -> str:
    """The script that a language is written in."""
    return next((script for script, languages in _SCRIPTS.items() if language in languages), "LATIN")


def parity_findings(
    source: str, translation: str, *, languages: tuple[str, str]
) -> Iterator[tuple[LintRule, str]]:
    """What differs between a text and its translation that should not, as (rule, sentence). ``languages``: source, other."""
    if _is_untranslated(source, translation, languages):
        yield LintRule.UNTRANSLATED, f"the same text as in {languages[0]!r}: {translation[:60]!r}"
        return
    if _is_in_wrong_script(translation, languages):
        yield (
            LintRule.WRONG_SCRIPT,
            f"no word of it is written in the script of {languages[1]!r}: {translation[:60]!r}",
        )
    here, there = quantities(source), quantities(translation)
    if (sentence := _numbers(here, there, source, translation)) is not None:
        yield LintRule.NUMBERS_DIFFER, sentence
    elif (sentence := _units(here, there)) is not None:
        yield LintRule.UNITS_DIFFER, sentence


def words(text: str) -> list[str]:
    """The words of a text that a translator would translate.

    Numbers, units, abbreviations in capitals, codes with digits or signs, names with a capital inside, and addresses are not.
    """
    found = []
    for match in _TOKEN.finditer(_ADDRESS.sub(" ", text)):
        for piece in re.split(r"[-/]", match[0].strip(_EDGES)):
            word = piece.strip(_EDGES)
            if _is_word(word):
                found.append(word)
    return found


def _is_word(word: str) -> bool:
    if len(word) < 2 or not all(
        character.isalpha() or unicodedata.category(character) in ("Mn", "Mc", "Cf") for character in word
    ):
        return False
    if word.casefold() in unit_words():
        return False
    cased = any(character.lower() != character.upper() for character in word)
    # After its first letter a translatable word has no capital: not UPI, PhonePe, kWh.
    return not cased or word[1:] == word[1:].lower()


def _is_untranslated(source: str, translation: str, languages: tuple[str, str]) -> bool:
    if comparable(source) != comparable(translation):
        return False
    found = words(translation)
    if script_of(languages[0]) == script_of(languages[1]):
        return len(found) >= _SAME_SCRIPT_WORDS  # a short text may well be the same in a sister language
    return any(_script(word) == script_of(languages[0]) for word in found)


def _is_in_wrong_script(translation: str, languages: tuple[str, str]) -> bool:
    wanted = script_of(languages[1])
    if wanted == script_of(languages[0]):
        return False
    scripts = [_script(word) for word in words(translation)]
    return len(scripts) >= 2 and wanted not in scripts


def _script(word: str) -> str:
    letter = next((character for character in word if character.isalpha()), "")
    return unicodedata.name(letter, "LATIN").split(" ")[0] if letter else "LATIN"


def _numbers(here: list[Quantity], there: list[Quantity], source: str, translation: str) -> str | None:
    first, second = {one.value for one in here}, {one.value for one in there}
    only_here = first - second - number_words(translation)
    only_there = second - first - number_words(source)
    if not only_here and not only_there:
        return None
    parts = [f"only the source has {_listed(only_here)}"] if only_here else []
    parts += [f"only the translation has {_listed(only_there)}"] if only_there else []
    return "; ".join(parts)


def _units(here: list[Quantity], there: list[Quantity]) -> str | None:
    for one in here:
        twins = [other for other in there if other.value == one.value]
        if twins and not any(_same_unit(one, other) for other in twins):
            other = twins[0]
            return f"{float(one.value):g} is in {one.unit or 'no unit'!r} here and in {other.unit or 'no unit'!r} there"
    return None


def _same_unit(one: Quantity, other: Quantity) -> bool:
    if one.unit == other.unit:
        return True
    if one.unit and other.unit:
        return False
    # One side has a unit that we know. An age or a span is often said without one ("Mohan, 68"); and the other side may
    # have a unit that we do not know, if a word follows.
    bare, known = (one, other) if not one.unit else (other, one)
    return bare.followed or known.unit in _OFTEN_LEFT_OUT


def _listed(values: set) -> str:  # type: ignore[type-arg]
    return ", ".join(f"{float(value):g}" for value in sorted(values))
