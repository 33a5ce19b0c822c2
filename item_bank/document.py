# SPDX-License-Identifier: Apache-2.0
"""Read a JSON document into types, and name every malformed part by its path.

A reader walks ``Part``s. A wrong part adds a ``Problem`` and gives a placeholder, so that one pass finds everything that is
wrong; the caller throws the result away when there are problems. What a document means belongs to the slices.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeVar

from item_bank.text import is_blank, plain, text_problem

Path = tuple[str | int, ...]
E_ = TypeVar("E_", bound=StrEnum)

_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_FRACTION = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?|[0-9]{1,9}/[1-9][0-9]{0,8}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One malformed part: where it is, a stable code, and a sentence for the author."""

    path: Path
    code: str
    reason: str

    @property
    def where(self) -> str:
        """The path as text, e.g. ``$.nos[0].pcs[2].threshold``."""
        return json_path(self.path)

    def as_fact(self) -> dict[str, str]:
        """The problem as a JSON-able fact of an error."""
        return {"where": self.where, "code": self.code, "reason": self.reason}


def json_path(path: Path) -> str:
    """``path`` in the usual notation, from the root ``$``."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


@dataclass(frozen=True, slots=True)
class LocalText:
    """One text in several languages, in the order of the document."""

    by_language: tuple[tuple[str, str], ...]

    @property
    def languages(self) -> tuple[str, ...]:
        """The language codes, first language first."""
        return tuple(language for language, _ in self.by_language)

    def in_language(self, language: str) -> str:
        """The text in ``language``, or in the first language where that one is missing."""
        texts = dict(self.by_language)
        return texts.get(language, self.by_language[0][1])


class _Missing:
    """The value of a part that is not in the document."""


_MISSING: Final = _Missing()


class Part:
    """A value inside a document, with its path and the list that collects problems."""

    __slots__ = ("_problems", "path", "value")

    def __init__(self, value: object, *, path: Path = (), problems: list[Problem] | None = None) -> None:
        self.value = value
        self.path = path
        self._problems: list[Problem] = [] if problems is None else problems

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything found wrong so far, anywhere in the document."""
        return tuple(self._problems)

    @property
    def present(self) -> bool:
        """Whether the document has this part, with a value other than null."""
        return self.value is not _MISSING and self.value is not None

    def refuse(self, code: str, reason: str) -> None:
        """Record that this part is wrong."""
        self._problems.append(Problem(self.path, code, reason))

    def at(self, step: str | int) -> Part:
        """A place below this part, for what is found wrong there; it has no value."""
        return self._child(step, None)

    def problem_at(self, *steps: str | int, code: str, reason: str) -> None:
        """Record that something below this part is wrong."""
        self._problems.append(Problem((*self.path, *steps), code, reason))

    def members(self, *required: str, optional: Collection[str] = ()) -> Mapping[str, Part]:
        """The members of an object; missing and unknown ones are refused, absent optional ones are not ``present``."""
        value = self.value
        if not isinstance(value, dict):
            self._wrong_type("an object")
            return {key: self._child(key, _MISSING) for key in (*required, *optional)}
        for key in value:
            if key not in required and key not in optional:
                self._child(key, None).refuse("unknown_key", f"there is no member {key!r} here")
        parts = {key: self._child(key, value.get(key, _MISSING)) for key in (*required, *optional)}
        for key in required:
            if key not in value:
                parts[key].refuse("missing", f"the member {key!r} is missing")
        return parts

    def entries(self) -> Mapping[str, Part]:
        """The members of an object whose keys are data."""
        if not isinstance(self.value, dict):
            self._wrong_type("an object")
            return {}
        return {key: self._child(key, value) for key, value in self.value.items()}

    def elements(self, *, minimum: int = 0, maximum: int = 1000) -> Sequence[Part]:
        """The elements of an array of ``minimum`` to ``maximum`` parts."""
        if not isinstance(self.value, list):
            self._wrong_type("a list")
            return []
        if not minimum <= len(self.value) <= maximum:
            self.refuse("count", f"{len(self.value)} entries, allowed are {minimum} to {maximum}")
        return [self._child(index, value) for index, value in enumerate(self.value[:maximum])]

    def text(self, *, maximum: int = 2000, empty: bool = False) -> str:
        """Plain text of at most ``maximum`` characters, in NFC."""
        if not isinstance(self.value, str):
            self._wrong_type("a text")
            return ""
        value = plain(self.value)
        if is_blank(value):
            if value or not empty:
                self.refuse("empty", "the text is empty")
        elif len(value) > maximum:
            self.refuse("too_long", f"{len(value)} characters, at most {maximum} are allowed")
        elif (found := text_problem(value)) is not None:
            self.refuse(*found)
        return value

    def name(self, pattern: re.Pattern[str], *, example: str) -> str:
        """A short identifier that fits ``pattern`` as a whole."""
        if not isinstance(self.value, str):
            self._wrong_type("a text")
            return ""
        if pattern.fullmatch(self.value) is None:
            self.refuse("malformed", f"{self.value[:40]!r} is not of the form {example}")
        return self.value

    def one_of(self, kind: type[E_]) -> E_:
        """A member of an enumeration, by its value."""
        known = [member.value for member in kind]
        if isinstance(self.value, str) and self.value in known:
            return kind(self.value)
        if isinstance(self.value, str):
            self.refuse("not_one_of", f"{self.value[:40]!r} is none of {', '.join(known)}")
        else:
            self._wrong_type("a text")
        return next(iter(kind))

    def whole(self, *, minimum: int, maximum: int) -> int:
        """A whole number within bounds."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            self._wrong_type("a whole number")
            return minimum
        if not minimum <= self.value <= maximum:
            self.refuse("out_of_range", f"{self.value} is not between {minimum} and {maximum}")
        return self.value

    def boolean(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            self._wrong_type("true or false")
            return False
        return self.value

    def decimal(self) -> Decimal:
        """An exact decimal >= 0, written as text ("7.5")."""
        text = self._number(_DECIMAL, example='"7.5"')
        return Decimal(text)

    def fraction(self) -> Fraction:
        """An exact number >= 0, written as text ("7/10", "0.5", "4")."""
        return Fraction(self._number(_FRACTION, example='"7/10"'))

    def localised(self, languages: Sequence[str], *, maximum: int = 2000) -> LocalText:
        """A text in each of ``languages``, and in no other."""
        if not isinstance(self.value, dict):
            self._wrong_type("an object with one text per language")
            return LocalText((("en", ""),))
        parts = self.members(*languages)
        return LocalText(tuple((language, parts[language].text(maximum=maximum)) for language in languages))

    def language(self) -> str:
        """A language code such as ``en`` or ``hi``."""
        return self.name(_LANGUAGE, example="en")

    def _child(self, step: str | int, value: object) -> Part:
        return Part(value, path=(*self.path, step), problems=self._problems)

    def _number(self, pattern: re.Pattern[str], *, example: str) -> str:
        if not isinstance(self.value, str):
            self._wrong_type(f"a number written as text, such as {example}")
            return "0"
        if pattern.fullmatch(self.value) is None:
            self.refuse("not_a_number", f"{self.value[:40]!r} is not an exact number such as {example}")
            return "0"
        return self.value

    def _wrong_type(self, wanted: str) -> None:
        # What is missing was reported where it is missing.
        if self.value is not _MISSING:
            self.refuse("wrong_type", f"this must be {wanted}, not {type_name(self.value)}")


def type_name(value: object) -> str:
    """The JSON name of a value's type."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "a text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case _:
            return "an object"


def duplicates(values: Sequence[str]) -> tuple[str, ...]:
    """The values that occur more than once, in order of their second appearance."""
    seen: set[str] = set()
    found: dict[str, None] = {}
    for value in values:
        if value in seen:
            found[value] = None
        seen.add(value)
    return tuple(found)
