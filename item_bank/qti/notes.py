# SPDX-License-Identifier: Apache-2.0
"""What a package says of an item beside its XML: LOM metadata, and our own note of what QTI has no words for.

A note never overrules the XML: where the two no longer fit together, it is left out, and that is reported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from item_bank.items.model import Difficulty
from item_bank.markup import plain_text

NAMESPACE: Final = "urn:kasauti:item:1"
"""The vocabulary of ``<item>`` in a resource's metadata: JSON as text."""
PURPOSE: Final = "competency"
"""The LOM classification whose taxon is the PC."""
LEVELS: Final[Mapping[str, Difficulty]] = {
    "very easy": Difficulty.EASY,
    "easy": Difficulty.EASY,
    "medium": Difficulty.MEDIUM,
    "difficult": Difficulty.HARD,
    "very difficult": Difficulty.HARD,
    "hard": Difficulty.HARD,
}
"""LOM's words for difficulty."""
LEVEL_WORDS: Final = {Difficulty.EASY: "easy", Difficulty.MEDIUM: "medium", Difficulty.HARD: "difficult"}
_DURATION = re.compile(r"PT?(?:([0-9]{1,2})H)?(?:([0-9]{1,4})M)?(?:([0-9]{1,5})(?:\.[0-9]+)?S)?")


@dataclass(frozen=True, slots=True)
class Note:
    """Our own note: which item and language a file is, and what its XML cannot say."""

    id: str
    language: str = ""
    languages: tuple[str, ...] = ()
    form: str = ""
    stimulus: str = ""
    media: tuple[dict[str, Any], ...] = ()
    parts: tuple[dict[str, Any], ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    key: dict[str, Any] | None = None
    marks: str = ""

    def to_document(self) -> dict[str, Any]:
        """The JSON form, without what is empty."""
        members: dict[str, Any] = {
            "id": self.id, "language": self.language, "languages": list(self.languages), "form": self.form,
            "stimulus": self.stimulus, "media": list(self.media), "parts": list(self.parts),
            "texts": {language: dict(texts) for language, texts in self.texts.items()}, "key": self.key,
            "marks": self.marks,
        }  # fmt: skip
        return {name: value for name, value in members.items() if value}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a package says of one resource; empty members are not in the file."""

    pc: str = ""
    difficulty: Difficulty | None = None
    seconds: int | None = None
    tags: tuple[str, ...] = ()
    note: Note | None = None


def read_note(text: str) -> Note | None:
    """A note from its text; None where it is of no form that we write."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    rest: dict[str, Any]
    match value:
        case {"id": str(identifier), "language": str(language), **found}:
            rest = {str(name): member for name, member in found.items()}
        case _:
            return None
    media, parts, texts, key = (rest.get(name) for name in ("media", "parts", "texts", "key"))
    languages, form, stimulus = rest.get("languages", []), rest.get("form", ""), rest.get("stimulus", "")
    marks = rest.get("marks", "")
    if not (
        _all(media or [], dict)
        and _all(parts or [], dict)
        and _all(languages, str)
        and isinstance(form, str)
        and isinstance(stimulus, str)
        and isinstance(marks, str)
        and isinstance(key or {}, dict)
        and isinstance(texts or {}, dict)
        and all(isinstance(one, dict) and _all(list(one.values()), str) for one in (texts or {}).values())
    ):
        return None
    return Note(
        identifier,
        language,
        tuple(languages),
        form,
        stimulus,
        tuple(media or ()),
        tuple(parts or ()),
        texts or {},
        key or None,
        marks,
    )


def _all(value: object, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(one, kind) for one in value)


def with_noted_parts(parts: list[dict[str, Any]], note: Note) -> tuple[list[dict[str, Any]], bool]:
    """The parts with what QTI has no words for, and whether all of the note fitted."""
    noted = {str(one.get("id")): one for one in note.parts}
    fitting = True
    result = []
    for part in parts:
        other = noted.pop(part["id"], None)
        if other is not None and _shape(other) != _shape(part):
            other, fitting = None, False
        result.append(part if other is None else other)
    return result, fitting and not noted


def _shape(part: Mapping[str, Any]) -> tuple[object, ...]:
    def identifiers(name: str) -> list[object]:
        choices = part.get(name, [])
        return (
            [one.get("id") for one in choices if isinstance(one, dict)] if isinstance(choices, list) else []
        )

    return part.get("kind"), part.get("image"), identifiers("choices"), identifiers("targets")


def with_noted_texts(texts: Mapping[str, str], noted: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """Texts with the markup that had no place in the XML, where they still say the same."""
    result, fitting = dict(texts), True
    for name, text in noted.items():
        # What shows no text, such as a picture, stands in the XML by its identifier.
        said = plain_text(text) or name.partition(".")[2]
        if name in result and said == plain_text(result[name]):
            result[name] = text
        else:
            fitting = False
    return result, fitting


def seconds_of(duration: str) -> int | None:
    """The seconds of an ISO 8601 duration such as PT1M30S, None for any other text."""
    found = _DURATION.fullmatch(duration.strip())
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds
