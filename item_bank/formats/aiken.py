# SPDX-License-Identifier: Apache-2.0
"""Questions in Aiken, the plainest of the text formats: a question, lettered options, ``ANSWER: B``."""

from __future__ import annotations

import re
from fractions import Fraction

from core.errors import Invalid
from item_bank.formats import shapes
from item_bank.formats.drafts import Draft, parsed_losses
from item_bank.formats.model import ImportDefaults, ParsedFile, ReadItem
from item_bank.formats.sheets import MAXIMUM_ROWS

_OPTION = re.compile(r"\s*([A-Z])\s?[.)]\s*(.*)")
_FIRST_OPTION = re.compile(r"^[ \t]*A\s?[.)]", re.MULTILINE)
_ANSWER = re.compile(r"\s*ANSWER:\s*(.*?)\s*", re.IGNORECASE)


def parse_aiken(text: str, *, defaults: ImportDefaults) -> ParsedFile:
    """Read every question. Invalid(``too_many_rows``).

    Codes of refused questions: ``aiken_answer`` (no single letter of an option), ``aiken_options`` (not lettered in order),
    ``aiken_unfinished`` (a question without options or without its answer).
    """
    if len(_FIRST_OPTION.findall(text)) > MAXIMUM_ROWS:
        raise Invalid("too_many_rows", maximum=MAXIMUM_ROWS)
    items: list[ReadItem] = []
    drafts: list[Draft] = []
    stem: list[str] = []
    options: list[tuple[str, str]] = []
    start = 0

    def close(answer: str | None) -> None:
        nonlocal stem, options
        draft = Draft(f"line {start}", defaults)
        items.append(_question(draft, "\n".join(stem), options, answer))
        if draft.notes.losses:
            drafts.append(draft)
        stem, options = [], []

    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        if (found := _ANSWER.fullmatch(line)) is not None and (stem or options):
            close(found[1])
        elif (found := _OPTION.fullmatch(line)) is not None and stem:
            options.append((found[1], found[2].strip()))
        else:
            if options:  # the answer is missing: another question begins
                close(None)
            if not stem:
                start = number
            stem.append(line.strip())
    if stem or options:
        close(None)
    return ParsedFile("aiken", tuple(items), parsed_losses(drafts))


def _question(draft: Draft, text: str, options: list[tuple[str, str]], answer: str | None) -> ReadItem:
    letters = [name for name, _ in options]
    if answer is None or not options:
        return draft.refused("aiken_unfinished", "the question has no options, or no line ANSWER: after them")
    if letters != [chr(ord("A") + place) for place in range(len(letters))]:
        return draft.refused(
            "aiken_options", f"the options are lettered {', '.join(letters)}, not A, B, C and on"
        )
    if answer.upper() not in letters:
        return draft.refused("aiken_answer", f"the answer {answer[:40]!r} is not one of {', '.join(letters)}")
    return shapes.choice(
        draft,
        draft.take(text),
        [
            shapes.Answer(draft.take(option), Fraction(int(name == answer.upper())))
            for name, option in options
        ],
        single=True,
        shuffle=True,
    )
