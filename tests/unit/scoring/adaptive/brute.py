# SPDX-License-Identifier: Apache-2.0
"""Every row of answers one by one: slow, and too simple to be wrong in the same way as what it checks."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import ceil, factorial


def everybody(items: int) -> Iterator[tuple[bool, ...]]:
    """Every row of right and wrong answers."""
    return product((False, True), repeat=items)


def chance_of(answers: tuple[bool, ...], chances: tuple[Fraction, ...]) -> Fraction:
    """How likely a row is."""
    total = Fraction(1)
    for answer, chance in zip(answers, chances, strict=True):
        total *= chance if answer else 1 - chance
    return total


def passed_by(answers: tuple[bool, ...]) -> Fraction:
    """How likely a row is for people of whom every p is as likely as every other: r! (n - r)! / (n + 1)!."""
    right, items = sum(answers), len(answers)
    return Fraction(factorial(right) * factorial(items - right), factorial(items + 1))


def stop_of(items: int, share: Fraction) -> int:
    """The fewest answers that settle a curtailed paper: all needed right, or one too many wrong."""
    needed = ceil(share * items)
    return min(needed, items - needed + 1)
