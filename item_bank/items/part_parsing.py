# SPDX-License-Identifier: Apache-2.0
"""From the JSON form of a rich item's parts, media and part keys to values. Texts and cross-checks are in ``rich_parsing``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from item_bank.document import Part as Json
from item_bank.document import duplicates
from item_bank.items.parts import (
    Area,
    Choice,
    Mapping,
    Media,
    Part,
    PartKey,
    Shape,
    Tolerance,
    ToleranceMode,
)
from scoring.api import Interaction, Normalisation

PART_ID: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,31}")
CHOICE_ID: Final = re.compile(r"[A-Za-z_0-9][A-Za-z0-9_-]{0,31}")
MEDIA_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,60}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SIGNED = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?|-?[0-9]{1,9}/[1-9][0-9]{0,8}")
_COORDS = {Shape.RECT: 4, Shape.CIRCLE: 3, Shape.ELLIPSE: 4, Shape.DEFAULT: 0}
_PART_OPTIONAL = (
    "choices", "targets", "shuffle", "least", "most", "length", "lines", "lower", "upper", "step", "image", "accept",
)  # fmt: skip
MEDIA_TYPES: Final = frozenset(
    {
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml",
        "audio/mpeg", "audio/ogg", "audio/mp4", "audio/wav", "video/mp4", "video/webm", "text/vtt",
    }
)  # fmt: skip
"""What an item may show."""


def read_part(json: Json) -> Part:
    """One interaction. Problem codes: those of ``document.Part`` and ``media_type``, ``coords``."""
    members = json.members("id", "kind", optional=_PART_OPTIONAL)
    kind = members["kind"].one_of(Interaction)
    if kind is Interaction.COMPOSITE:
        members["kind"].refuse("not_one_of", "a part has one interaction")
    return Part(
        id=members["id"].name(PART_ID, example="RESPONSE"),
        kind=kind,
        choices=_choices(members["choices"]),
        targets=_choices(members["targets"]),
        shuffle=members["shuffle"].boolean() if members["shuffle"].present else False,
        least=_count(members["least"], 0),
        most=_count(members["most"], 1),
        length=_size(members["length"]),
        lines=_size(members["lines"]),
        lower=_bound(members["lower"]),
        upper=_bound(members["upper"]),
        step=_bound(members["step"]),
        image=_name(members["image"]),
        accept=_types(members["accept"]),
    )


def read_media(json: Json) -> Media:
    """One file that an item shows."""
    members = json.members("name", "media_type", "sha256", "size", optional=("width", "height", "captions"))
    media_type = members["media_type"].name(_MEDIA_TYPE, example="image/png")
    if members["media_type"].present and media_type not in MEDIA_TYPES:
        members["media_type"].refuse(
            "media_type", f"{media_type[:40]!r} cannot be shown; allowed are {', '.join(sorted(MEDIA_TYPES))}"
        )
    captions = members["captions"].elements(maximum=20) if members["captions"].present else ()
    return Media(
        name=members["name"].name(MEDIA_NAME, example="figure.png"),
        media_type=media_type,
        sha256=members["sha256"].name(_SHA256, example="64 hexadecimal digits"),
        size=members["size"].whole(minimum=0, maximum=100_000_000),
        width=_size(members["width"]),
        height=_size(members["height"]),
        captions=tuple(_pair(caption) for caption in captions),
    )


def read_part_key(json: Json) -> PartKey:
    """The key of one part."""
    members = json.members(
        "part", optional=("marks", "correct", "mapping", "areas", "tolerance", "normalise", "guide")
    )
    marks = exact_marks(members["marks"]) if members["marks"].present else Fraction(1)
    if marks <= 0:
        members["marks"].refuse("out_of_range", "a part is worth more than 0 marks")
    correct = members["correct"].elements(maximum=200) if members["correct"].present else ()
    return PartKey(
        part=members["part"].name(PART_ID, example="RESPONSE"),
        marks=marks,
        correct=tuple(value.text(maximum=200) for value in correct),
        mapping=_mapping(members["mapping"]) if members["mapping"].present else None,
        areas=_areas(members["areas"]),
        tolerance=_tolerance(members["tolerance"]) if members["tolerance"].present else None,
        normalise=_normalise(members["normalise"]),
        guide=tuple((language, text.text()) for language, text in members["guide"].entries().items())
        if members["guide"].present
        else (),
    )


def signed(json: Json) -> Fraction:
    """An exact number written as text, negative ones too."""
    if not isinstance(json.value, str) or _SIGNED.fullmatch(json.value) is None:
        json.refuse(
            "not_a_number", f'{str(json.value)[:40]!r} is not an exact number written as text, such as "-0.5"'
        )
        return Fraction(0)
    return Fraction(json.value)


def exact_marks(json: Json) -> Fraction:
    """Marks that a QTI program can hold: an exact number with a decimal form, so not a third. Problem code ``not_decimal``."""
    marks = signed(json)
    rest = marks.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        json.refuse(
            "not_decimal",
            f"{marks} has no exact decimal form; use marks such as 0.25, or another number of parts",
        )
    return marks


def _choices(json: Json) -> tuple[Choice, ...]:
    if not json.present:
        return ()
    choices = tuple(_choice(element) for element in json.elements(minimum=1, maximum=100))
    for repeated in duplicates([choice.id for choice in choices]):
        json.refuse("duplicate", f"the identifier {repeated!r} is used twice")
    return choices


def _choice(json: Json) -> Choice:
    members = json.members("id", optional=("fixed", "most", "area", "media"))
    return Choice(
        id=members["id"].name(CHOICE_ID, example="A"),
        fixed=members["fixed"].boolean() if members["fixed"].present else False,
        most=_count(members["most"], 1),
        area=_area(members["area"]) if members["area"].present else None,
        media=_name(members["media"]),
    )


def _area(json: Json) -> Area:
    members = json.members("shape", "coords")
    shape = members["shape"].one_of(Shape)
    coords = tuple(
        value.whole(minimum=-20_000, maximum=20_000) for value in members["coords"].elements(maximum=400)
    )
    wanted = _COORDS.get(shape)
    if (len(coords) != wanted) if wanted is not None else (len(coords) < 6 or len(coords) % 2):
        members["coords"].refuse("coords", f"{len(coords)} coordinates do not make a {shape.value}")
    return Area(shape, coords)


def _areas(json: Json) -> tuple[tuple[Area, Fraction], ...]:
    if not json.present:
        return ()
    read = []
    for element in json.elements(maximum=100):
        parts = element.elements(minimum=2, maximum=2)
        if len(parts) == 2:
            read.append((_area(parts[0]), exact_marks(parts[1])))
    return tuple(read)


def _mapping(json: Json) -> Mapping:
    members = json.members("entries", optional=("default", "lower", "upper"))
    entries = []
    for element in members["entries"].elements(minimum=1, maximum=500):
        pair = element.elements(minimum=2, maximum=2)
        if len(pair) == 2:
            entries.append((pair[0].text(maximum=200), exact_marks(pair[1])))
    for repeated in duplicates([value for value, _ in entries]):
        members["entries"].refuse("duplicate", f"{repeated[:40]!r} is mapped twice")
    return Mapping(
        tuple(entries),
        default=exact_marks(members["default"]) if members["default"].present else Fraction(0),
        lower=_bound(members["lower"]),
        upper=_bound(members["upper"]),
    )


def _tolerance(json: Json) -> Tolerance:
    members = json.members("mode", optional=("below", "above"))
    return Tolerance(
        members["mode"].one_of(ToleranceMode),
        below=members["below"].fraction() if members["below"].present else Fraction(0),
        above=members["above"].fraction() if members["above"].present else Fraction(0),
    )


def _normalise(json: Json) -> tuple[Normalisation, ...]:
    if not json.present:
        return ()
    steps = {element.one_of(Normalisation) for element in json.elements(maximum=len(Normalisation))}
    return tuple(step for step in Normalisation if step in steps)


def _types(json: Json) -> tuple[str, ...]:
    if not json.present:
        return ()
    return tuple(
        element.name(_MEDIA_TYPE, example="application/pdf")
        for element in json.elements(minimum=1, maximum=20)
    )


def _pair(json: Json) -> tuple[str, str]:
    parts: Sequence[Json] = json.elements(minimum=2, maximum=2)
    return (
        (parts[0].language(), parts[1].name(MEDIA_NAME, example="film-hi.vtt"))
        if len(parts) == 2
        else ("en", "")
    )


def _name(json: Json) -> str:
    return json.name(MEDIA_NAME, example="figure.png") if json.present else ""


def _count(json: Json, default: int) -> int:
    return json.whole(minimum=0, maximum=100) if json.present else default


def _size(json: Json) -> int | None:
    return json.whole(minimum=1, maximum=20_000) if json.present else None


def _bound(json: Json) -> Fraction | None:
    return signed(json) if json.present else None
