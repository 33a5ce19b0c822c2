# SPDX-License-Identifier: Apache-2.0
"""What the columns of somebody's own sheet mean: a mapping from its headings to an item's fields. No file is opened here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.errors import Invalid
from item_bank.document import Part, duplicates
from item_bank.items.parsing import LETTERS

PLAIN_FIELDS: Final = (
    "id", "pc", "type", "difficulty", "seconds", "marks", "shuffle", "key", "normalise", "tags",
)  # fmt: skip
"""Fields that are the same in every language."""
TEXT_FIELDS: Final = ("stem", *(f"option_{letter.lower()}" for letter in LETTERS), "rationale")
"""Fields that every language has a column of its own for."""
_FIELD = re.compile(rf"(?:{'|'.join(PLAIN_FIELDS)}|(?:{'|'.join(TEXT_FIELDS)})_[a-z]{{2,3}})")
_NAME = re.compile(r"[^\x00-\x1f\x7f<>]{1,80}")
MAXIMUM_HEADINGS: Final = 64


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """From headings, as ``heading`` writes them, to fields. A column that is not in it is not read."""

    name: str
    columns: Mapping[str, str]

    def to_document(self) -> dict[str, object]:
        """The form in which it is stored and given to ``--mapping``."""
        return {"name": self.name, "columns": dict(self.columns)}

    def heading_of(self, field: str) -> str:
        """The heading over a field's column, or the field's own name where the sheet has none."""
        return next((name for name, its in self.columns.items() if its == field), field)


def heading(text: str) -> str:
    """A heading in the one form in which headings are compared: lower case, one underscore between words."""
    return re.sub(r"[\s\-]+", "_", text.strip().lower())


def parse_mapping(value: object) -> ColumnMapping:
    """Read a mapping: ``{"name": …, "columns": {"Question": "stem_en", "Ans": "key"}}``.

    Raises Invalid(``mapping_malformed``, problems=[…]) where a heading or field makes no sense, a field is given twice, or no
    column is a question (``stem_xx``).
    """
    part = Part(value)
    members = part.members("columns", optional=("name",))
    name = members["name"].name(_NAME, example="Question bank 2026") if members["name"].present else "mapping"
    entries = members["columns"].entries()
    columns: dict[str, str] = {}
    for written, target in entries.items():
        field = target.name(_FIELD, example="stem_en, option_a_hi or key")
        if not 1 <= len(heading(written)) <= 200:
            target.refuse("malformed", "a heading has 1 to 200 characters")
        columns[heading(written)] = field
    for repeated in duplicates(list(columns.values())):
        members["columns"].refuse("duplicate", f"two columns are {repeated!r}")
    if len(entries) > MAXIMUM_HEADINGS:
        members["columns"].refuse("count", f"{len(entries)} columns, at most {MAXIMUM_HEADINGS} are read")
    if members["columns"].present and not any(field.startswith("stem_") for field in columns.values()):
        members["columns"].refuse("missing", "no column is the question: one must be stem_en, stem_hi or so")
    if part.problems:
        raise Invalid("mapping_malformed", problems=[found.as_fact() for found in part.problems])
    return ColumnMapping(name, columns)


_GUESSES: Final[Sequence[tuple[str, str]]] = (
    (r"(?:question|q|item|sr|s|serial|sl)?[_.\s]*(?:no|number|id|code|क्र)\.?", "id"),
    (r".*\b(?:pc|criterion|criteria|competency)\b.*", "pc"),
    (r"(?:question_)?type|kind", "type"),
    (r"difficulty.*|level|कठिनाई.*", "difficulty"),
    (r"(?:time|seconds|duration).*", "seconds"),
    (r"marks?|score|points?|अंक", "marks"),
    (r"(?:correct|right)?_?(?:ans|answer|key|option)(?:_key)?|correct.*|.*उत्तर.*", "key"),
    (r"tags?|topic|keywords?", "tags"),
)


def guess_fields(headings: Sequence[str]) -> dict[str, str]:
    """A first proposal for a sheet's headings, for a person to correct; what is not guessed is left out."""
    found: dict[str, str] = {}
    for written in headings:
        name = heading(written)
        field = name if _FIELD.fullmatch(name) else _guess(name)
        if field and field not in found.values():
            found[written] = field
    return found


def _guess(name: str) -> str:
    language = "hi" if re.search(r"hindi|_hi\b|\(hi\)|हिन्?द|[\u0900-\u097f]", name) else "en"
    bare = (
        re.sub(r"[_(]*(?:in_)?(?:hindi|english|eng|hin|hi|en)[)_]*$|हिन्दी|हिंदी", "", name).strip("_ ()")
        or name
    )
    if (option := re.fullmatch(r"(?:option|opt|choice|विकल्प)?[_.\s(]*([a-f1-6])[).]?", bare)) is not None:
        letter = option[1] if option[1].isalpha() else "abcdef"[int(option[1]) - 1]
        return f"option_{letter}_{language}"
    if re.fullmatch(r"(?:question|ques|q|stem|item|प्रश्न)(?:_?(?:text|statement|stem))?", bare):
        return f"stem_{language}"
    if re.fullmatch(r"(?:rationale|explanation|reason|solution|feedback|व्याख्या)", bare):
        return f"rationale_{language}"
    return next((field for pattern, field in _GUESSES if re.fullmatch(pattern, bare)), "")
