# SPDX-License-Identifier: Apache-2.0
"""The JSON form of the parts, media and part keys of a rich item. Reading it is in ``part_parsing``; nothing is checked here.

Members at their default do not stand in it, and fractions are text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from item_bank.items.parts import Area, Choice, Media, Part, PartKey


def part_document(part: Part) -> dict[str, object]:
    """One interaction."""
    document: dict[str, object] = {"id": part.id, "kind": part.kind.value}
    if part.choices:
        document["choices"] = [choice_document(choice) for choice in part.choices]
    if part.targets:
        document["targets"] = [choice_document(choice) for choice in part.targets]
    if part.shuffle:
        document["shuffle"] = True
    if part.least:
        document["least"] = part.least
    if part.most != 1:
        document["most"] = part.most
    for name in ("length", "lines"):
        if (number := getattr(part, name)) is not None:
            document[name] = number
    for name in ("lower", "upper", "step"):
        if (bound := getattr(part, name)) is not None:
            document[name] = str(bound)
    if part.image:
        document["image"] = part.image
    if part.accept:
        document["accept"] = list(part.accept)
    return document


def choice_document(choice: Choice) -> dict[str, object]:
    """One choice, gap or hotspot."""
    document: dict[str, object] = {"id": choice.id}
    if choice.fixed:
        document["fixed"] = True
    if choice.most != 1:
        document["most"] = choice.most
    if choice.area is not None:
        document["area"] = area_document(choice.area)
    if choice.media:
        document["media"] = choice.media
    return document


def area_document(area: Area) -> dict[str, object]:
    """An area of a picture."""
    return {"shape": area.shape.value, "coords": list(area.coords)}


def media_document(media: Media) -> dict[str, object]:
    """One file that an item shows."""
    document: dict[str, object] = {
        "name": media.name,
        "media_type": media.media_type,
        "sha256": media.sha256,
        "size": media.size,
    }
    if media.width is not None:
        document["width"] = media.width
    if media.height is not None:
        document["height"] = media.height
    if media.captions:
        document["captions"] = [list(pair) for pair in media.captions]
    return document


def key_extras(parts: Sequence[PartKey], program: Mapping[str, object] | None) -> dict[str, object]:
    """The key of a rich item."""
    document: dict[str, object] = {"parts": [part_key_document(part) for part in parts]}
    if program is not None:
        document["program"] = dict(program)
    return document


def part_key_document(key: PartKey) -> dict[str, object]:
    """The key of one part."""
    document: dict[str, object] = {"part": key.part}
    if key.marks != 1:
        document["marks"] = str(key.marks)
    if key.correct:
        document["correct"] = list(key.correct)
    if key.mapping is not None:
        mapping: dict[str, object] = {
            "entries": [[value, str(marks)] for value, marks in key.mapping.entries],
            "default": str(key.mapping.default),
        }
        if key.mapping.lower is not None:
            mapping["lower"] = str(key.mapping.lower)
        if key.mapping.upper is not None:
            mapping["upper"] = str(key.mapping.upper)
        document["mapping"] = mapping
    if key.areas:
        document["areas"] = [[area_document(area), str(marks)] for area, marks in key.areas]
    if key.tolerance is not None:
        document["tolerance"] = {
            "mode": key.tolerance.mode.value,
            "below": str(key.tolerance.below),
            "above": str(key.tolerance.above),
        }
    if key.normalise:
        document["normalise"] = [step.value for step in key.normalise]
    if key.guide:
        document["guide"] = dict(key.guide)
    return document


def body_extras(texts: Sequence[tuple[str, str]], stimulus: str) -> dict[str, object]:
    """What only a rich body has."""
    document: dict[str, object] = {}
    if texts:
        document["texts"] = dict(texts)
    if stimulus:
        document["stimulus"] = stimulus
    return document
