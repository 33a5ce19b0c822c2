# SPDX-License-Identifier: Apache-2.0
"""Declared normalisations of a text response. Nothing is normalised that the item did not declare."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from scoring.errors import ItemError


class Normalisation(StrEnum):
    """What may be evened out before a text response is compared, in the order in which it is applied."""

    NFC = "nfc"  # one code for what looks the same, such as क + ़ and क़
    TRIM = "trim"  # white space at both ends
    COLLAPSE_SPACES = "collapse_spaces"  # any run of white space becomes one space
    CASEFOLD = "casefold"  # upper and lower case are the same
    DEVANAGARI_DIGITS = "devanagari_digits"  # १९३० is 1930
    INDIAN_GROUPING = "indian_grouping"  # 1,00,000 is 100000


@dataclass(frozen=True, slots=True)
class NormalisationStep:
    """One normalisation as applied."""

    normalisation: Normalisation
    before: str
    after: str


_DEVANAGARI_TO_ASCII = str.maketrans("०१२३४५६७८९", "0123456789")
# A number grouped the Indian way: one or two digits, then pairs, then three. It must not be a part of a
# longer number (so 123,456 and 1,23,4567 stay as they are); decimals may follow.
_INDIAN_NUMBER = re.compile(r"(?<![\d.])(?<!\d,)\d{1,2}(?:,\d{2})*,\d{3}(?!\d)(?!,\d)")


def parse_normalisations(names: Iterable[str]) -> tuple[Normalisation, ...]:
    """Read declared names. Raises ItemError `unknown_normalisation` or `duplicate_normalisation`."""
    read: list[Normalisation] = []
    for name in names:
        if name not in [known.value for known in Normalisation]:
            raise ItemError(
                "unknown_normalisation", name=name, known=[known.value for known in Normalisation]
            )
        if name in read:
            raise ItemError("duplicate_normalisation", name=name)
        read.append(Normalisation(name))
    return tuple(read)


def normalise(text: str, declared: Iterable[Normalisation]) -> str:
    """The text after every declared normalisation; doing it again changes nothing."""
    for step in normalisation_steps(text, declared):
        text = step.after
    return text


def normalisation_steps(text: str, declared: Iterable[Normalisation]) -> Iterator[NormalisationStep]:
    """Every declared normalisation in the order of `Normalisation`, with the text before and after it."""
    chosen = frozenset(declared)
    for normalisation in Normalisation:
        if normalisation in chosen:
            before, text = text, _apply(normalisation, text)
            # Folding case can take composed characters apart.
            if normalisation is Normalisation.CASEFOLD and Normalisation.NFC in chosen:
                text = _apply(Normalisation.NFC, text)
            yield NormalisationStep(normalisation, before, text)


def _apply(normalisation: Normalisation, text: str) -> str:
    match normalisation:
        case Normalisation.NFC:
            return unicodedata.normalize("NFC", text)
        case Normalisation.TRIM:
            return text.strip()
        case Normalisation.COLLAPSE_SPACES:
            return re.sub(r"\s+", " ", text)
        case Normalisation.CASEFOLD:
            return text.casefold()
        case Normalisation.DEVANAGARI_DIGITS:
            return text.translate(_DEVANAGARI_TO_ASCII)
        case Normalisation.INDIAN_GROUPING:
            return _INDIAN_NUMBER.sub(lambda number: number[0].replace(",", ""), text)
        case _:
            assert_never(normalisation)
