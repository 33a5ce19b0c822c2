# SPDX-License-Identifier: Apache-2.0
"""Areas on a picture: rect, circle, poly, ellipse, default. What a point in one is worth lives in `declarations`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import assert_never

from scoring.errors import QtiError
from scoring.qti.values import Scalar, parse_float

MAX_COORDINATES = 2000


class Shape(StrEnum):
    """The shapes of areas."""

    DEFAULT = "default"
    RECT = "rect"
    CIRCLE = "circle"
    POLY = "poly"
    ELLIPSE = "ellipse"


_LENGTHS = {Shape.RECT: 4, Shape.CIRCLE: 3, Shape.ELLIPSE: 4}


@dataclass(frozen=True, slots=True)
class Area:
    """A shape with its coordinates as in HTML: in pixels, y downwards; the border belongs to it."""

    shape: Shape
    coords: tuple[Fraction, ...]

    def contains(self, point: Scalar) -> bool:
        """Whether the area, border included, holds a point; nothing holds what is infinite or no point."""
        exact = [part for part in point if isinstance(part, Fraction)] if isinstance(point, tuple) else []
        return len(exact) == 2 and self._holds(*exact)

    def _holds(self, x: Fraction, y: Fraction) -> bool:
        match self.shape:
            case Shape.DEFAULT:
                return True
            case Shape.RECT:
                x1, y1, x2, y2 = self.coords
                return min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)
            case Shape.CIRCLE:
                cx, cy, radius = self.coords
                return (x - cx) ** 2 + (y - cy) ** 2 <= radius**2
            case Shape.ELLIPSE:
                cx, cy, across, down = self.coords
                if across == 0 or down == 0:
                    return False
                return ((x - cx) / across) ** 2 + ((y - cy) / down) ** 2 <= 1
            case Shape.POLY:
                return self._in_polygon(x, y)
            case _:
                assert_never(self.shape)

    def _in_polygon(self, x: Fraction, y: Fraction) -> bool:
        corners = list(zip(self.coords[::2], self.coords[1::2], strict=True))
        inside = False
        for (x1, y1), (x2, y2) in pairwise([*corners, corners[0]]):
            cross = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
            if cross == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
                return True
            # Does the ray to the right of the point meet this edge?
            if (y1 > y) != (y2 > y) and (cross > 0) == (y2 > y1):
                inside = not inside
        return inside


def parse_area(shape: str, coords: str, *, where: str) -> Area:
    """Read the attributes `shape` and `coords` (numbers between commas). Raises QtiError `area_malformed`."""
    if shape not in list(Shape):
        raise QtiError("area_malformed", reason=f"There is no shape “{shape[:40]}”.", where=where)
    kind = Shape(shape)
    if kind is Shape.DEFAULT:
        return Area(kind, ())
    numbers = [parse_float(part) for part in re.split(r"[,\s]+", coords.strip(" ,\t\r\n"))]
    exact = tuple(number for number in numbers if isinstance(number, Fraction))
    expected = _LENGTHS.get(kind)
    whole = len(exact) == expected if expected else len(exact) >= 6 and len(exact) % 2 == 0
    if len(exact) != len(numbers) or not whole or len(exact) > MAX_COORDINATES:
        raise QtiError("area_malformed", reason=f"The coordinates do not make a {kind}.", where=where)
    return Area(kind, exact)
