# SPDX-License-Identifier: Apache-2.0
"""Exact arithmetic on QTI's numbers: rounding, powers, the range of a float. What asks for it lives elsewhere."""

from __future__ import annotations

import math
from enum import StrEnum
from fractions import Fraction

from scoring.qti.values import BaseType, Cardinality, Number, Value

#: Figures that a rounding may keep.
MAX_FIGURES = 300
_EXACT_BITS = 2048
#: From here on the nearest double would be INF.
_LARGEST = Fraction(2) ** 1024 - Fraction(2) ** 970


class RoundingMode(StrEnum):
    """What is counted when a number is rounded."""

    SIGNIFICANT_FIGURES = "significantFigures"
    DECIMAL_PLACES = "decimalPlaces"


def rounded(number: Fraction, *, mode: RoundingMode, figures: int) -> Fraction:
    """The number rounded half away from zero to significant figures (>= 1) or decimal places (>= 0)."""
    if number == 0:
        return number
    places = figures
    if mode is RoundingMode.SIGNIFICANT_FIGURES:
        places = figures - 1 - magnitude(number)
    scale = Fraction(10) ** places
    cut = math.floor(abs(number) * scale + Fraction(1, 2)) / scale
    return cut if number > 0 else -cut


def magnitude(number: Fraction) -> int:
    """The power of ten of the first digit: 2 for 123, 0 for 1, -2 for 0.05; the number is not 0."""
    size = abs(number)
    power = len(str(size.numerator)) - len(str(size.denominator))
    return power if size >= Fraction(10) ** power else power - 1


def in_range(number: Number) -> Number | None:
    """The number if a double can hold it, else NULL; one of very many digits becomes the nearest double."""
    if isinstance(number, float):
        return None if math.isnan(number) else number
    if abs(number) >= _LARGEST:
        return None
    if number.numerator.bit_length() + number.denominator.bit_length() > _EXACT_BITS:
        return Fraction(float(number))
    return number


def float_value(number: Number | int | None) -> Value | None:
    """A single float, NULL if a double cannot hold it."""
    fitting = None if number is None else in_range(Fraction(number) if isinstance(number, int) else number)
    return None if fitting is None else Value(Cardinality.SINGLE, BaseType.FLOAT, (fitting,))


def power(base: Number, exponent: Number) -> Number | None:
    """The base to the exponent: exact where both are small whole numbers, else as doubles; NULL outside of them.

    Infinity is outside, too (QTI 2.1, power).
    """
    if (
        isinstance(base, Fraction)
        and isinstance(exponent, Fraction)
        and exponent.denominator == 1
        and abs(exponent) <= 1024
        and (base or exponent >= 0)
        and (base.numerator.bit_length() + base.denominator.bit_length()) * abs(exponent) <= _EXACT_BITS
    ):
        return in_range(Fraction(base) ** int(exponent))
    try:
        found = math.pow(float(base), float(exponent))
    except (OverflowError, ValueError):
        return None
    return None if math.isinf(found) else from_float(found)


def from_float(number: float) -> Number | None:
    """A double as an exact number; INF and -INF stay, NaN is NULL."""
    if math.isnan(number):
        return None
    return number if math.isinf(number) else Fraction(number)
