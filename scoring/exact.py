# SPDX-License-Identifier: Apache-2.0
"""Exact numbers as text: `"4.5"` and `"7/10"` to `Fraction` and back. What they count lives elsewhere."""

import re
from collections.abc import Iterable
from fractions import Fraction

from scoring.errors import MarkError

#: What may stand for a mark: `"4.5"`, `"7/10"`, `4`, `Fraction(9, 2)`. Never a float.
MarkInput = str | int | Fraction

_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_RATIO = re.compile(r"[0-9]{1,12}/[0-9]{1,12}")


def parse_mark(value: object) -> Fraction:
    """Read a mark exactly.

    `value` is a decimal ("7", "4.5") or a ratio ("7/10") in ASCII digits with at most 12 digits in each part,
    a whole number, or a Fraction. The result is >= 0. Raises MarkError: `float_mark` for a float (it has
    already lost the exact value), `bad_mark` for anything else that is not a mark.
    """
    if isinstance(value, float):
        raise MarkError("float_mark", value=repr(value))
    if isinstance(value, str):
        if _DECIMAL.fullmatch(value):
            return Fraction(value)
        # A denominator of zeros only would divide by zero.
        if _RATIO.fullmatch(value) and value.partition("/")[2].strip("0"):
            return Fraction(value)
    elif isinstance(value, int | Fraction) and not isinstance(value, bool) and value >= 0:
        return Fraction(value)
    raise MarkError("bad_mark", value=str(value)[:40])


def exact_sum(values: Iterable[Fraction]) -> Fraction:
    """The exact sum; 0 of nothing. Marks have few denominators, so most of the adding is in whole numbers."""
    parts: dict[int, int] = {}
    for value in values:
        numerator, denominator = value.as_integer_ratio()
        parts[denominator] = parts.get(denominator, 0) + numerator
    return sum((Fraction(number, parts_of) for parts_of, number in parts.items()), Fraction(0))


def format_mark(value: Fraction) -> str:
    """Write marks exactly: a decimal where one exists ("4.5", "-0.25"), else a ratio ("1/3")."""
    rest, digits = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        digits = max(digits, power)
    if rest != 1:
        return str(value)
    if digits == 0:
        return str(value.numerator)
    scaled = str(abs(value.numerator) * 10**digits // value.denominator).rjust(digits + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{scaled[:-digits]}.{scaled[-digits:]}"


def format_share(value: Fraction) -> str:
    """Write a share exactly, as a ratio in lowest terms: "7/10", "1", "-1/20"."""
    return str(value)
