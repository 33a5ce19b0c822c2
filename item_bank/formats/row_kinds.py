# SPDX-License-Identifier: Apache-2.0
"""Rows of a sheet that are more than letters and a key: numbers, pairs, orders, lists in a line, essays, pictures, marks.

How each is written in a row stands in the template's notes; what is made here is the JSON form of a rich item.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from item_bank.formats.pictures import Files
from item_bank.formats.shapes import RESPONSE
from item_bank.formats.shares import fixed, number_of
from item_bank.formats.sheets import CellPicture
from item_bank.items.parsing import LETTERS
from item_bank.markup import escape

RICH_KINDS: Final = frozenset({"numeric", "extended_text", "match", "order", "inline_choice"})
_CHOICES: Final = frozenset({"choice_single", "choice_multiple"})
_ARROW = re.compile(r"\s*(?:->|→|=>)\s*")
_BLANK = re.compile(r"_{3,}|\[\[RESPONSE\]\]")
_MARGIN = re.compile(r"(.+?)\s*(?:±|\+/-|\+-)\s*(.+?)\s*(%?)")
_RANGE = re.compile(r"(.+?)\s*\.\.\s*(.+)")
_MARKS = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4})?|[0-9]{1,4}/[1-9][0-9]{0,3}")


class OwnKey(ValueError):
    """A cell that does not fit the kind of its row; ``column`` is the field that it stands in."""

    def __init__(self, column: str, code: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.code, self.reason = column, code, reason


def understood_key(cell: str, texts: Mapping[str, Mapping[str, Any]], *, kind: str) -> str:
    """The key of somebody's own sheet as letters: ``2``, ``(b)``, ``Option B`` and the text of the option itself are B."""
    options = [body["options"] for body in texts.values()]
    parts = [cell] if kind == "choice_single" else re.split(r"[,;&|\n]|\band\b", cell)
    letters = []
    for part in parts:
        text = part.strip()
        if not text:
            continue
        same = [letter for offered in options for letter, option in offered.items() if option.strip() == text]
        bare = re.sub(r"^(?:option|opt|ans(?:wer)?|विकल्प)\s*[:.-]?\s*", "", text, flags=re.IGNORECASE).strip(
            "().:-[] "
        )
        if same:
            letters.append(same[0])
        elif bare.upper() in LETTERS and len(bare) == 1:
            letters.append(bare.upper())
        elif (
            (number := number_of(bare)) is not None and 1 <= number <= len(LETTERS) and number == int(number)
        ):
            letters.append(LETTERS[int(number) - 1])
        elif kind == "choice_multiple" and re.fullmatch(r"[A-Fa-f]{2,6}", bare):
            letters += list(bare.upper())
        else:
            letters.append(text)
    return ", ".join(dict.fromkeys(letters)) if kind == "choice_multiple" else "".join(letters[:1])


def rich_document(
    kind: str,
    texts: Mapping[str, Mapping[str, Any]],
    *,
    key: str,
    marks: str,
    cells: Mapping[str, str],
    pictures: Mapping[str, Sequence[CellPicture]],
    files: Files,
    shuffle: object,
) -> dict[str, Any]:
    """The members ``marks``, ``parts``, ``key`` and one body a language.

    Raises OwnKey: ``not_a_number``, ``pair_malformed``, ``key_not_an_option``, ``one_key_expected``, ``place_missing``, and
    what ``Files.add`` says of a picture.
    """
    if _MARKS.fullmatch(marks) is None or Fraction(marks) <= 0:
        raise OwnKey(
            "marks", "not_a_number", f"{marks[:20]!r} is not a number of marks above 0 such as 2 or 0.5"
        )
    written = {letter for body in texts.values() for letter in body["options"]}
    shown = {column[7].upper() for column in pictures if column.startswith("option_")}
    letters = sorted(written | shown)
    part: dict[str, Any] = {"id": RESPONSE, "kind": kind}
    part_key: dict[str, Any] = {"part": RESPONSE, "marks": marks}
    match kind:
        case "choice_single" | "choice_multiple" | "inline_choice":
            _choice(part, part_key, letters, key, shuffle)
        case "order":
            _order(part, part_key, letters, key)
        case "match":
            _match(part, part_key, letters, texts)
        case "numeric":
            part_key |= _number(key)
        case "text_entry":
            part_key["correct"] = [text for answer in key.split("|") if (text := answer.strip())]
            if "normalise" in cells:
                part_key["normalise"] = [
                    step for step in re.split(r"[\s,;|]+", cells["normalise"].lower()) if step
                ]
        case "extended_text":
            guide = {language: body["rationale"] for language, body in texts.items() if body.get("rationale")}
            part_key |= {"guide": guide} if guide else {}
    value: dict[str, Any] = {"marks": marks, "parts": [part], "key": {"parts": [part_key]}}
    for language, body in texts.items():
        value[language] = _body(kind, language, body, pictures=pictures, files=files)
    return value


def _choice(
    part: dict[str, Any], part_key: dict[str, Any], letters: Sequence[str], key: str, shuffle: object
) -> None:
    several = part["kind"] == "choice_multiple"
    part |= {
        "choices": [{"id": letter} for letter in letters],
        "shuffle": shuffle,
        "most": 0 if several else 1,
    }
    part_key["correct"] = [letter for letter in re.split(r"[\s,;|]+", key.upper()) if letter]


def _order(part: dict[str, Any], part_key: dict[str, Any], letters: Sequence[str], key: str) -> None:
    chosen = [letter for letter in re.split(r"[\s,;|]+", key.upper()) if letter] or list(letters)
    if sorted(chosen) != list(letters):
        raise OwnKey(
            "key", "key_not_an_option", f"the order {', '.join(chosen)[:60]!r} does not name each option once"
        )
    part |= {"choices": [{"id": letter} for letter in letters], "shuffle": True, "most": 0}
    part_key["correct"] = chosen


def _match(
    part: dict[str, Any],
    part_key: dict[str, Any],
    letters: Sequence[str],
    texts: Mapping[str, Mapping[str, Any]],
) -> None:
    for language, body in texts.items():
        for letter, text in body["options"].items():
            if len(_ARROW.split(text)) != 2:
                raise OwnKey(
                    f"option_{letter.lower()}_{language}", "pair_malformed",
                    f"{text[:40]!r} is not one pair such as 'India -> New Delhi'",
                )  # fmt: skip
    part |= {
        "choices": [{"id": f"S{letter}"} for letter in letters],
        "targets": [{"id": f"T{letter}"} for letter in letters],
        "shuffle": True,
        "most": len(letters),
    }
    part_key["correct"] = [f"S{letter} T{letter}" for letter in letters]


def _number(cell: str) -> dict[str, Any]:
    text = cell.strip()
    if (found := _RANGE.fullmatch(text)) is not None:
        low, high = number_of(found[1]), number_of(found[2])
        if low is not None and high is not None and low <= high:
            middle = (low + high) / 2
            return _tolerated(fixed(middle), "absolute", fixed(middle - low), fixed(high - middle))
    elif (found := _MARGIN.fullmatch(text)) is not None:
        value, margin = number_of(found[1]), number_of(found[2])
        if value is not None and margin is not None and margin >= 0:
            return _tolerated(
                fixed(value), "relative" if found[3] else "absolute", fixed(margin), fixed(margin)
            )
    elif (value := number_of(text)) is not None:
        return {"correct": [fixed(value)]}
    raise OwnKey(
        "key", "not_a_number", f"{text[:40]!r} is not a number such as 42, 42 ± 0.5, 42 ± 1 % or 40..44"
    )


def _tolerated(value: str, mode: str, below: str, above: str) -> dict[str, Any]:
    return {"correct": [value], "tolerance": {"mode": mode, "below": below, "above": above}}


def _body(
    kind: str,
    language: str,
    body: Mapping[str, Any],
    *,
    pictures: Mapping[str, Sequence[CellPicture]],
    files: Files,
) -> dict[str, Any]:
    shown = _shown(f"stem_{language}", pictures, files)
    stem = escape(str(body["stem"]).strip())
    place = f"[[{RESPONSE}]]"
    if kind in ("inline_choice", "numeric", "text_entry"):
        blanks = len(_BLANK.findall(stem))
        if blanks > 1:
            raise OwnKey(f"stem_{language}", "place_twice", "the question has more than one blank (____)")
        stem = _BLANK.sub(place, stem) if blanks else f"{stem} {place}" if stem else ""
        flow = f"<p>{stem}</p>{shown}" if stem else ""
    else:
        flow = f"<p>{stem}</p>{shown}{place}" if stem or shown else ""
    written: dict[str, Any] = {"stem": flow}
    texts: dict[str, str] = {}
    for letter, text in body["options"].items():
        beside = _shown(f"option_{letter.lower()}_{language}", pictures, files)
        if kind == "match":
            left, right = _ARROW.split(text)
            texts |= {
                f"{RESPONSE}.S{letter}": escape(left.strip()) + beside,
                f"{RESPONSE}.T{letter}": escape(right.strip()),
            }
        else:
            texts[f"{RESPONSE}.{letter}"] = escape(text.strip()) + beside
    for column in pictures:  # an option that is a picture and nothing else
        found = re.fullmatch(rf"option_([a-f])_{language}", column)
        if found and found[1].upper() not in body["options"] and kind in _CHOICES:
            texts[f"{RESPONSE}.{found[1].upper()}"] = _shown(column, pictures, files)
    if texts:
        written["texts"] = texts
    if "rationale" in body:
        written["rationale"] = body["rationale"]
    return written


def _shown(column: str, pictures: Mapping[str, Sequence[CellPicture]], files: Files) -> str:
    made = []
    for picture in pictures.get(column, ()):
        name = files.add(picture.name, picture.data)
        if not isinstance(name, str):
            raise OwnKey(column, *name)
        alt = escape(picture.description).replace('"', "&quot;").replace("<br>", " ")
        made.append(f'<img src="media:{name}"' + (f' alt="{alt}">' if alt else ">"))
    return "".join(f"<p>{one}</p>" if column.startswith("stem") else f" {one}" for one in made)
