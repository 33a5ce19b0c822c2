# SPDX-License-Identifier: Apache-2.0
"""What the buttons of the item form do to it: new rows and parts, other orders, languages. Nothing is stored here.

A button sends ``do``: the name of a step, and where it is taken ("add parts.0.choices", "up parts.0.choices.2").
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from typing import Final, TypeVar

from core.errors import Invalid
from scoring.api import Interaction
from web.forms.items import KINDS, MAXIMUM_ROWS, ItemForm, PartForm, Row

_Any = TypeVar("_Any")
_STEP: Final = re.compile(
    r"(add|remove|up|down) (parts|media)(?:\.(\d{1,3})(?:\.(choices|targets|areas|keys)(?:\.(\d{1,3}))?)?)?"
)

CHOOSE: Final = (Interaction.CHOICE_SINGLE, Interaction.CHOICE_MULTIPLE, Interaction.INLINE_CHOICE)
SPOTS: Final = (Interaction.HOTSPOT, Interaction.GRAPHIC_ORDER, Interaction.GRAPHIC_ASSOCIATE)
POINTS: Final = (Interaction.SELECT_POINT, Interaction.POSITION_OBJECT)
PICTURES: Final = (*SPOTS, *POINTS, Interaction.GRAPHIC_GAP_MATCH)
ORDERS: Final = (Interaction.ORDER, Interaction.GRAPHIC_ORDER)
PAIRS: Final = (
    Interaction.MATCH, Interaction.GAP_MATCH, Interaction.GRAPHIC_GAP_MATCH,
    Interaction.ASSOCIATE, Interaction.GRAPHIC_ASSOCIATE,
)  # fmt: skip
MARKED_ROWS: Final = (*CHOOSE, Interaction.HOTTEXT, Interaction.HOTSPOT)
"""The kinds in which a choice is right or wrong by itself."""

_ROWS: Final = {
    Interaction.MATCH: (3, 3), Interaction.ASSOCIATE: (4, 0), Interaction.GAP_MATCH: (3, 0), Interaction.HOTTEXT: (3, 0),
    Interaction.ORDER: (4, 0), Interaction.GRAPHIC_GAP_MATCH: (2, 2),
    **dict.fromkeys(CHOOSE, (4, 0)), **dict.fromkeys(SPOTS, (2, 0)),
}  # fmt: skip
_MANY: Final = (
    Interaction.CHOICE_MULTIPLE, *ORDERS, *PAIRS,
)  # fmt: skip
SHUFFLED: Final = (
    *CHOOSE,
    Interaction.ORDER,
    Interaction.MATCH,
    Interaction.ASSOCIATE,
    Interaction.GAP_MATCH,
)
"""The kinds whose choices can be shown in another order to every learner."""
_BEGIN: Final[dict[Interaction, dict[str, object]]] = {
    Interaction.SLIDER: {"lower": "0", "upper": "10", "step": "1"},
    Interaction.EXTENDED_TEXT: {"lines": "6"},
    Interaction.UPLOAD: {"accept": "application/pdf image/jpeg image/png"},
    Interaction.TEXT_ENTRY: {
        "normalise": ("nfc", "trim", "collapse_spaces", "casefold", "devanagari_digits")
    },
}


def new_part(kind: Interaction, taken: Sequence[str]) -> PartForm:
    """An empty interaction of a kind, with as many rows as one usually wants."""
    number = len(taken) + 1
    name = "RESPONSE" if not taken else f"RESPONSE{number}"
    while name in taken:
        name, number = f"RESPONSE{number + 1}", number + 1
    part = PartForm(id=name, kind=kind.value, most="0" if kind in _MANY else "1", shuffle=kind in SHUFFLED)
    choices, targets = _ROWS.get(kind, (0, 0))
    for _ in range(choices):
        part.choices.append(new_row(part, "choices"))
    for _ in range(targets):
        part.targets.append(new_row(part, "targets"))
    _begin_key(part)
    for setting, value in _BEGIN.get(kind, {}).items():
        setattr(part, setting, list(value) if isinstance(value, tuple) else value)
    return part


def _begin_key(part: PartForm) -> None:
    """As many lines of the key as one usually wants."""
    kind = part.interaction
    if kind in PAIRS:
        part.keys = [Row() for _ in part.choices]
    elif kind in (Interaction.TEXT_ENTRY, Interaction.NUMERIC, Interaction.SLIDER):
        part.keys = [Row()]
    elif kind in POINTS:
        part.areas = [new_row(part, "areas")]
    elif kind in ORDERS:
        for place, row in enumerate(part.choices, 1):
            row.place = str(place)


def new_row(part: PartForm, where: str) -> Row:
    """An empty row with an identifier that the part does not have yet."""
    kind = part.interaction
    row = Row()
    taken = {one.id for one in (*part.choices, *part.targets)}
    if where == "choices" and kind is not Interaction.HOTTEXT and kind not in SPOTS:
        row.id = next(name for name in _letters() if name not in taken)
    elif where in ("choices", "targets"):
        letter = {"targets": "T"}.get(where, "H") if kind not in SPOTS else "H"
        row.id = next(name for number in range(1, 999) if (name := f"{letter}{number}") not in taken)
    on_picture = where == "areas" or (where == "choices" and kind in SPOTS)
    if on_picture or (where == "targets" and kind is Interaction.GRAPHIC_GAP_MATCH):
        row.shape = "rect"
    if where == "areas":
        row.shape, row.marks = "circle", "1"
    if kind is Interaction.MATCH and where == "targets":
        row.most = "0"
    return row


def take_step(form: ItemForm, step: str) -> str:
    """Change the form as a button asks; the name of the field to go on with. Invalid(``request_malformed``)."""
    if step.startswith("part "):
        return _add_part(form, step.removeprefix("part "))
    if step.startswith("language "):
        return _language(form, step.removeprefix("language "))
    if step.startswith("drop "):
        return _drop_language(form, step.removeprefix("drop "))
    found = _STEP.fullmatch(step)
    if found is None:
        raise Invalid("request_malformed")
    verb, top, index, where, row = found.groups()
    if where is None:
        return (
            _move(form.media, verb, index, name=top)
            if top == "media"
            else _move(form.parts, verb, index, name=top)
        )
    if top != "parts" or int(index) >= len(form.parts):
        raise Invalid("request_malformed")
    part = form.parts[int(index)]
    rows: list[Row] = getattr(part, where)
    name = f"parts.{index}.{where}"
    if verb == "add":
        if len(rows) >= MAXIMUM_ROWS:
            raise Invalid("request_malformed")
        rows.append(new_row(part, where))
        return f"{name}.{len(rows) - 1}"
    if where == "choices" and part.correct:
        _follow(part, verb, int(row or 0))
    return _move(rows, verb, row, name=name)


def _move(rows: list[_Any], verb: str, index: str | None, *, name: str) -> str:
    if index is None or not 0 <= int(index) < len(rows):
        raise Invalid("request_malformed")
    here = int(index)
    if verb == "remove":
        rows.pop(here)
        return f"{name}.{max(0, here - 1)}"
    there = here + (1 if verb == "down" else -1)
    if verb not in ("up", "down") or not 0 <= there < len(rows):
        return f"{name}.{here}"
    rows[here], rows[there] = rows[there], rows[here]
    return f"{name}.{there}"


def _follow(part: PartForm, verb: str, row: int) -> None:
    """The one right choice stays the right one when rows move."""
    correct = int(part.correct) if part.correct.isdigit() and len(part.correct) < 4 else -1
    other = row + (1 if verb == "down" else -1)
    if verb == "remove":
        part.correct = "" if correct == row else str(correct - 1 if correct > row else correct)
    elif 0 <= other < len(part.choices) and correct in (row, other):
        part.correct = str(other if correct == row else row)


def _add_part(form: ItemForm, kind: str) -> str:
    if kind not in KINDS or len(form.parts) >= MAXIMUM_ROWS:
        raise Invalid("request_malformed")
    form.parts.append(new_part(Interaction(kind), [part.id for part in form.parts]))
    return f"parts.{len(form.parts) - 1}"


def _language(form: ItemForm, code: str) -> str:
    code = code.strip().lower()
    if not re.fullmatch(r"[a-z]{2,3}", code):
        return "language"
    if code not in form.languages:
        form.languages.append(code)
    return f"stem.{code}"


def _drop_language(form: ItemForm, code: str) -> str:
    if code in form.languages and len(form.languages) > 1:
        form.languages.remove(code)
    return f"stem.{form.languages[0]}"


def _letters() -> list[str]:
    letters = string.ascii_uppercase
    return [*letters, *(first + second for first in letters for second in letters)]
