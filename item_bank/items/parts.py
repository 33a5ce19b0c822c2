# SPDX-License-Identifier: Apache-2.0
"""The interactions of an item as values: what they offer, and what of their key an author declares. No text, no storage.

Texts belong to the bodies, one set a language, under the names that ``text_names`` gives: ``PART.prompt``, ``PART.CHOICE``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from scoring.api import BaseType, Cardinality, Interaction, Normalisation

ONLY_PART: Final = "RESPONSE"
"""The name of the one interaction of a simple item, as QTI's standard templates have it."""


class Shape(StrEnum):
    """The outline of an area of a picture, with QTI's coordinates in its pixels."""

    RECT = "rect"  # left, top, right, bottom
    CIRCLE = "circle"  # centre x, centre y, radius
    POLY = "poly"  # x, y of each corner
    ELLIPSE = "ellipse"  # centre x, centre y, horizontal and vertical radius
    DEFAULT = "default"  # the whole picture


@dataclass(frozen=True, slots=True)
class Area:
    """An area of a picture; a rectangle has 4 coordinates, a circle 3, an ellipse 4, a polygon 6 or more, the default none."""

    shape: Shape
    coords: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen, ordered, paired or filled.

    ``fixed`` keeps its place when the others are shuffled. ``most`` is how often it may be used in pairs, 0 for any number.
    ``area`` places it on the part's picture; ``media`` is a picture that shows it.
    """

    id: str
    fixed: bool = False
    most: int = 1
    area: Area | None = None
    media: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One interaction: its identifier, kind and structure, the same in every language.

    ``choices`` are the options, the things to order or pair, the first set of a match, the gap texts; ``targets`` the second
    set of a match, the gaps, the hotspots that take a gap text. ``least`` and ``most`` bound how many are chosen or paired
    (``most`` 0: any number). ``length`` is the expected number of characters, ``lines`` of lines. ``lower``, ``upper`` and
    ``step`` belong to a slider. ``image`` names the picture of a graphic kind or the object to be placed on it,
    ``accept`` the media types of an upload.
    """

    id: str
    kind: Interaction
    choices: tuple[Choice, ...] = ()
    targets: tuple[Choice, ...] = ()
    shuffle: bool = False
    least: int = 0
    most: int = 1
    length: int | None = None
    lines: int | None = None
    lower: Fraction | None = None
    upper: Fraction | None = None
    step: Fraction | None = None
    image: str = ""
    accept: tuple[str, ...] = ()

    @property
    def base_type(self) -> BaseType:
        """The base type of the response variable."""
        return self.kind.base_type

    @property
    def cardinality(self) -> Cardinality:
        """The cardinality of the response variable: a kind that allows several has one where ``most`` is 1."""
        several = self.kind.cardinality
        narrow = self.kind in (
            Interaction.HOTTEXT,
            Interaction.HOTSPOT,
            Interaction.SELECT_POINT,
            Interaction.POSITION_OBJECT,
        )
        return Cardinality.SINGLE if narrow and self.most == 1 else several

    @property
    def inline(self) -> bool:
        """Whether it stands in a line of text."""
        return self.kind in (Interaction.TEXT_ENTRY, Interaction.NUMERIC, Interaction.INLINE_CHOICE)

    @property
    def in_flow(self) -> tuple[Choice, ...]:
        """The choices or gaps that stand inside the text, each at a place of its own."""
        if self.kind is Interaction.HOTTEXT:
            return self.choices
        return self.targets if self.kind is Interaction.GAP_MATCH else ()

    def text_names(self) -> Iterator[str]:
        """The names of the texts that every language has for it; the prompt, ``PART.prompt``, may be missing."""
        for choice in (*self.choices, *self.targets):
            if choice not in self.in_flow or self.kind is Interaction.HOTTEXT:
                yield f"{self.id}.{choice.id}"


class ToleranceMode(StrEnum):
    """How far a number may be from the key (QTI ``equal``)."""

    EXACT = "exact"
    ABSOLUTE = "absolute"
    RELATIVE = "relative"  # in per cent of the key


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far below and above the key a number still counts, both >= 0, the bounds included."""

    mode: ToleranceMode = ToleranceMode.EXACT
    below: Fraction = Fraction(0)
    above: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Marks for single values of a response (QTI ``mapping``): the sum, within bounds."""

    entries: tuple[tuple[str, Fraction], ...]
    default: Fraction = Fraction(0)
    lower: Fraction | None = None
    upper: Fraction | None = None


@dataclass(frozen=True, slots=True)
class PartKey:
    """The key of one part: what is correct and how many marks it carries (> 0).

    ``correct`` is in QTI's lexical form: identifiers (in order for an order), ``"A B"`` pairs, ``"x y"`` points, numbers,
    and for a text entry every accepted answer. With a ``mapping`` (or ``areas`` for points) the mapped sum counts instead
    of all or nothing; it is not scaled. ``guide`` tells a person how to mark, by language; then nothing is correct.
    """

    part: str
    marks: Fraction = Fraction(1)
    correct: tuple[str, ...] = ()
    mapping: Mapping | None = None
    areas: tuple[tuple[Area, Fraction], ...] = ()
    tolerance: Tolerance | None = None
    normalise: tuple[Normalisation, ...] = ()
    guide: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Media:
    """A file that an item shows: its name within the item, what it holds, its SHA-256 (hex) and size in bytes.

    ``captions`` names the media with the captions of a video or audio by language.
    """

    name: str
    media_type: str
    sha256: str
    size: int
    width: int | None = None
    height: int | None = None
    captions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MediaFile:
    """The bytes of a file and what they are. ``sha256`` (hex) is that of ``data``."""

    media_type: str
    sha256: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ItemSource:
    """What one version was imported from, byte for byte."""

    media_type: str
    name: str
    data: bytes
