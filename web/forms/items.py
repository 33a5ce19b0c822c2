# SPDX-License-Identifier: Apache-2.0
"""The form of an item as an author fills it in: everything as text, nothing judged, nothing lost.

A field is named by its path: ``parts.0.choices.1.texts.en``. Making a document of a form is in ``item_documents``, filling a
form from a document in ``item_loading``, adding and moving rows in ``item_steps``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from core.errors import Invalid
from scoring.api import Interaction, Normalisation

MAXIMUM_FIELDS: Final = 4000
MAXIMUM_ROWS: Final = 60
NO_NUMBER: Final = "?"
"""Stands for a coordinate that is not filled in, so that the others keep their places."""

Texts = dict[str, str]
LOCALISED = frozenset({"texts", "prompt", "guide", "alt", "captions", "stem", "stimulus", "rationale"})
"""A text in each language."""


@dataclass(slots=True)
class Row:
    """A choice, a target, an area that scores, or a line of the key (``first`` and ``second``)."""

    id: str = ""
    texts: Texts = field(default_factory=dict)
    correct: bool = False
    marks: str = ""
    place: str = ""
    fixed: bool = False
    most: str = "1"
    media: str = ""
    shape: str = ""
    coords: str = ""
    first: str = ""
    second: str = ""


@dataclass(slots=True)
class PartForm:
    """One interaction with its key."""

    id: str = "RESPONSE"
    kind: str = Interaction.CHOICE_SINGLE.value
    prompt: Texts = field(default_factory=dict)
    choices: list[Row] = field(default_factory=list)
    targets: list[Row] = field(default_factory=list)
    areas: list[Row] = field(default_factory=list)
    keys: list[Row] = field(default_factory=list)
    correct: str = ""
    shuffle: bool = False
    partial: bool = False
    least: str = "0"
    most: str = "1"
    length: str = ""
    lines: str = ""
    lower: str = ""
    upper: str = ""
    step: str = ""
    image: str = ""
    accept: str = ""
    marks: str = "1"
    map_default: str = "0"
    map_lower: str = ""
    map_upper: str = ""
    tolerance: str = "exact"
    below: str = ""
    above: str = ""
    normalise: list[str] = field(default_factory=list)
    guide: Texts = field(default_factory=dict)
    trial: str = ""

    @property
    def interaction(self) -> Interaction:
        """Its kind."""
        return Interaction(self.kind)


@dataclass(slots=True)
class MediaRow:
    """A file of the item. ``alt`` is a picture's text in each language, ``captions`` name caption files by language."""

    name: str = ""
    media_type: str = ""
    sha256: str = ""
    size: str = ""
    width: str = ""
    height: str = ""
    alt: Texts = field(default_factory=dict)
    decorative: bool = False
    captions: Texts = field(default_factory=dict)

    @property
    def is_picture(self) -> bool:
        """Whether it is shown as a picture."""
        return self.media_type.startswith("image/")


@dataclass(slots=True)
class ItemForm:
    """The whole form."""

    credential_version_id: str = ""
    external_id: str = ""
    pc: str = ""
    difficulty: str = "medium"
    seconds: str = "60"
    marks: str = ""
    tags: str = ""
    enemies: str = ""
    stimulus_id: str = ""
    revision: str = ""
    languages: list[str] = field(default_factory=list)
    stem: Texts = field(default_factory=dict)
    stimulus: Texts = field(default_factory=dict)
    rationale: Texts = field(default_factory=dict)
    confirmed: list[str] = field(default_factory=list)
    parts: list[PartForm] = field(default_factory=list)
    media: list[MediaRow] = field(default_factory=list)

    @property
    def is_composite(self) -> bool:
        """Whether it has several interactions."""
        return len(self.parts) > 1

    def media_named(self, name: str) -> MediaRow | None:
        """One file of the item."""
        return next((row for row in self.media if row.name == name), None)


def read_item_form(fields: Mapping[str, str]) -> ItemForm:
    """The form as it was sent. Invalid(``request_malformed``): not a form of ours."""
    names = list(fields)
    if len(names) > MAXIMUM_FIELDS:
        raise Invalid("request_malformed")
    tree: dict[str, Any] = {}
    for name in names:
        _put(tree, name.split("."), fields[name])
    form = ItemForm(
        **_texts_of(tree, ItemForm, skip=("languages", "parts", "media", "confirmed")),
        languages=_languages(str(tree.get("languages", ""))),
        confirmed=_flags(tree.get("confirmed")),
        parts=[_part(one) for one in _rows(tree.get("parts"))],
        media=[_media(one) for one in _rows(tree.get("media"))],
    )
    if not form.parts or any(part.kind not in KINDS for part in form.parts):
        raise Invalid("request_malformed")
    return form


KINDS: Final = tuple(kind.value for kind in Interaction if kind is not Interaction.COMPOSITE)
"""The interactions that a part can have."""


def _part(tree: Mapping[str, Any]) -> PartForm:
    lists = ("choices", "targets", "areas", "keys")
    part = PartForm(**_texts_of(tree, PartForm, skip=(*lists, "normalise", "shuffle", "partial")))
    for name in lists:
        setattr(part, name, [_row(one) for one in _rows(tree.get(name))])
    part.normalise = [step.value for step in Normalisation if step.value in _flags(tree.get("normalise"))]
    part.shuffle = bool(tree.get("shuffle"))
    part.partial = bool(tree.get("partial"))
    return part


def _row(tree: Mapping[str, Any]) -> Row:
    coords = tree.get("coords", "")
    if isinstance(coords, dict):  # numbers in fields of their own
        numbers = [str(value).strip() for _, value in _in_order(coords) if isinstance(value, str)]
        coords = " ".join(number or NO_NUMBER for number in numbers) if any(numbers) else ""
    values = _texts_of(tree, Row, skip=("coords", "correct", "fixed"))
    return Row(**values, coords=str(coords), correct=bool(tree.get("correct")), fixed=bool(tree.get("fixed")))


def _media(tree: Mapping[str, Any]) -> MediaRow:
    return MediaRow(
        **_texts_of(tree, MediaRow, skip=("decorative",)), decorative=bool(tree.get("decorative"))
    )


def _texts_of(tree: Mapping[str, Any], kind: type[Any], *, skip: Iterable[str]) -> dict[str, Any]:
    """The members of ``kind`` that are a text, or a text in each language."""
    found: dict[str, Any] = {}
    for name in kind.__dataclass_fields__:
        value = tree.get(name)
        if name in skip or value is None:
            continue
        localised = name in LOCALISED
        if localised and isinstance(value, dict):
            found[name] = {key: text for key, text in value.items() if isinstance(text, str)}
        elif not localised and isinstance(value, str):
            found[name] = value if name == "trial" else value.strip()
        else:
            raise Invalid("request_malformed")
    return found


def _put(tree: dict[str, Any], steps: list[str], value: str) -> None:
    for step in steps[:-1]:
        below = tree.setdefault(step, {})
        if not isinstance(below, dict):
            raise Invalid("request_malformed")
        tree = below
    if isinstance(tree.get(steps[-1]), dict):
        raise Invalid("request_malformed")
    tree[steps[-1]] = value


def _rows(tree: object) -> list[Mapping[str, Any]]:
    if not isinstance(tree, dict):
        return []
    rows: list[Mapping[str, Any]] = [row for _, row in _in_order(tree) if isinstance(row, dict)]
    if len(rows) > MAXIMUM_ROWS:
        raise Invalid("request_malformed")
    return rows


def _in_order(tree: Mapping[str, Any]) -> list[tuple[int, Any]]:
    if not all(key.isascii() and key.isdigit() and len(key) < 4 for key in tree):
        raise Invalid("request_malformed")
    return sorted((int(key), value) for key, value in tree.items())


def _flags(tree: object) -> list[str]:
    return [name for name, value in tree.items() if value] if isinstance(tree, dict) else []


def _languages(text: str) -> list[str]:
    codes = [code for code in text.split() if code.isascii() and code.isalpha() and 2 <= len(code) <= 3]
    return list(dict.fromkeys(code.lower() for code in codes))[:20]
