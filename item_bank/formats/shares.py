# SPDX-License-Identifier: Apache-2.0
"""Numbers of other systems made exact: percentages, decimals, marks in QTI's form. What they count for is in ``shapes``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from scoring.api import Normalisation, normalise

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]*)?|\.[0-9]{1,15})(?:[eE][+-]?[0-9]{1,2})?")


def share_of(percent: str) -> Fraction | None:
    """A percentage as an exact fraction; a repeating decimal that was cut off is the fraction that it began."""
    try:
        value = Decimal(percent.strip())
        if not value.is_finite() or abs(value) > 1000:
            return None
        exact = Fraction(value) / 100
    except (InvalidOperation, ValueError):
        return None
    near = exact.limit_denominator(60)
    return near if abs(near - exact) < Fraction(1, 100_000) else exact


def number_of(text: str) -> Decimal | None:
    """A decimal number, also with an exponent or Devanagari digits; None where there is none."""
    plain = normalise(text.strip(), (Normalisation.DEVANAGARI_DIGITS, Normalisation.INDIAN_GROUPING))
    if _NUMBER.fullmatch(plain) is None:
        return None
    return Decimal(plain)


def fixed(value: Decimal) -> str:
    """A number as a key is written: no exponent, no trailing zeros."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def in_decimals(values: Sequence[Fraction]) -> list[Fraction]:
    """Marks as QTI can write them: thirds become six decimals, and the last of them makes up what the positive ones lack."""
    made = [value if _terminates(value) else Fraction(round(value * 10**6), 10**6) for value in values]
    cut = [place for place, value in enumerate(values) if value > 0 and not _terminates(value)]
    lacking = sum((value for value in values if value > 0), Fraction(0)) - sum(
        (value for value in made if value > 0), Fraction(0)
    )
    if cut and _terminates(lacking):
        made[cut[-1]] += lacking
    return made


def _terminates(value: Fraction) -> bool:
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def letter(place: int) -> str:
    """The name of an option: A to Z, then O27 and on."""
    return chr(ord("A") + place) if place < 26 else f"O{place + 1}"
