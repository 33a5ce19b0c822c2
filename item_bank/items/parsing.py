# SPDX-License-Identifier: Apache-2.0
"""From an item document (JSON form) to ``ItemDocument``. Whether its PC exists is for the import to say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from item_bank.document import LocalText, Part, duplicates
from item_bank.items import self_test
from item_bank.items.model import MAXIMUM_MARKS, Body, Difficulty, ItemContent, ItemDocument, ItemKey, Option
from item_bank.items.part_parsing import exact_marks, read_media, read_part, read_part_key
from item_bank.items.parts import Part as InteractionPart
from item_bank.items.rich_parsing import check_keys, check_parts, read_rich_body, used_media
from item_bank.text import comparable
from scoring.api import BaseType, Cardinality, Interaction, Normalisation

LETTERS: Final = "ABCDEF"
"""The letters that options may have, in order, without gaps."""

_REQUIRED = ("id", "pc", "type", "difficulty", "seconds", "key")
_OPTIONAL = ("normalise", "shuffle", "marks", "parts", "media", "stimulus", "tags")
_TAG = re.compile(r"[^\s<>&\x00-\x1f][^<>&\x00-\x1f]{0,63}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
_PC = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_OPTION_TEXT = 500
_KEY_TEXT = 200


class _Simple(StrEnum):
    """The types of an item without ``parts``."""

    CHOICE_SINGLE = Interaction.CHOICE_SINGLE.value
    CHOICE_MULTIPLE = Interaction.CHOICE_MULTIPLE.value
    TEXT_ENTRY = Interaction.TEXT_ENTRY.value


def read_item(part: Part) -> ItemDocument:
    """Read an item; the value means something only if ``part`` has no problems afterwards.

    Problem codes: those of ``document.Part`` and ``no_language``, ``no_key``, ``option_missing``, ``option_extra``,
    ``option_order``, ``too_few_options``, ``options_not_allowed``, ``duplicate_option``, ``key_not_an_option``,
    ``one_key_expected``, ``duplicate_key``, ``normalise_not_allowed``, ``shuffle_not_allowed``.
    """
    document = part.value if isinstance(part.value, dict) else {}
    languages = [
        key
        for key, value in document.items()
        if key not in _REQUIRED + _OPTIONAL
        and isinstance(key, str)
        and _LANGUAGE.fullmatch(key)
        and isinstance(value, dict)
    ]
    members = part.members(*_REQUIRED, optional=(*_OPTIONAL, *languages))
    if part.present and not languages:
        part.refuse("no_language", "there is no text in any language")
    if members["parts"].present:
        return _rich_item(members, languages)
    interaction = members["type"].one_of(_Simple)
    return _simple_item(members, languages, Interaction(interaction.value))


def _simple_item(
    members: Mapping[str, Part], languages: Sequence[str], interaction: Interaction
) -> ItemDocument:
    for name in ("marks", "media", "stimulus"):
        if members[name].present:
            members[name].refuse("parts_missing", f"an item with {name!r} needs 'parts'")
    read = [_body(members[language], language, interaction) for language in languages]
    bodies = tuple(body for body, _ in read)
    _compare_letters(members, bodies)
    key = ItemKey(
        correct=_correct(members["key"], interaction, bodies),
        normalise=_normalisations(members["normalise"], interaction),
        rationale=_rationale([(body.language, text) for body, text in read if text]),
    )
    return ItemDocument(
        external_id=members["id"].name(_ID, example="SDP-PC1-01"),
        content=ItemContent(
            interaction=interaction,
            pc=members["pc"].name(_PC, example="PC1"),
            difficulty=members["difficulty"].one_of(Difficulty),
            seconds=members["seconds"].whole(minimum=5, maximum=1800),
            shuffle=_shuffle(members["shuffle"], interaction),
            bodies=bodies,
            tags=_tags(members["tags"]),
        ),
        key=key,
    )


def _rich_item(members: Mapping[str, Part], languages: Sequence[str]) -> ItemDocument:
    parts = tuple(read_part(element) for element in members["parts"].elements(minimum=1, maximum=50))
    media = (
        tuple(read_media(element) for element in members["media"].elements(maximum=50))
        if members["media"].present
        else ()
    )
    interaction = members["type"].one_of(Interaction)
    wanted = parts[0].kind if len(parts) == 1 else Interaction.COMPOSITE
    if parts and interaction is not wanted:
        members["type"].refuse("type_differs", f"the parts make this item {wanted.value!r}")
    check_parts(members["parts"], parts, media)
    read = [read_rich_body(members[language], language, parts) for language in languages]
    bodies = tuple(body for body, _ in read)
    for name in ("normalise", "shuffle"):
        if members[name].present:
            members[name].refuse("belongs_to_part", f"{name!r} belongs to the parts of this item")
    marks = exact_marks(members["marks"]) if members["marks"].present else MAXIMUM_MARKS
    if marks <= 0:
        members["marks"].refuse("out_of_range", "an item is worth more than 0 marks")
    names = [one.name for one in media]
    for repeated in duplicates(names):
        members["media"].refuse("duplicate", f"the name {repeated!r} is used twice")
    for name, where in used_media(bodies, parts).items():
        if name not in names:
            members["media"].refuse("media_missing", f"{where} shows {name!r}, which is not among the media")
    return ItemDocument(
        external_id=members["id"].name(_ID, example="SDP-PC1-01"),
        content=ItemContent(
            interaction=interaction,
            pc=members["pc"].name(_PC, example="PC1"),
            difficulty=members["difficulty"].one_of(Difficulty),
            seconds=members["seconds"].whole(minimum=5, maximum=7200),
            shuffle=any(part.shuffle for part in parts),
            bodies=bodies,
            parts=parts,
            media=media,
            marks=marks,
            stimulus_id=members["stimulus"].name(_ID, example="passage-1")
            if members["stimulus"].present
            else "",
            tags=_tags(members["tags"]),
        ),
        key=_rich_key(members["key"], parts, [(body.language, text) for body, text in read if text]),
    )


def _rich_key(part: Part, parts: Sequence[InteractionPart], rationales: Sequence[tuple[str, str]]) -> ItemKey:
    members = part.members("parts", optional=("program",))
    keys = tuple(read_part_key(element) for element in members["parts"].elements(maximum=50))
    program = members["program"].value if members["program"].present else None
    if program is not None and not isinstance(program, dict):
        members["program"].refuse("wrong_type", "a program is an object")
        program = None
    check_keys(members["parts"], parts, keys, program=program is not None)
    return ItemKey(rationale=_rationale(rationales), parts=keys, program=program)


def _tags(part: Part) -> tuple[str, ...]:
    if not part.present:
        return ()
    tags = tuple(entry.name(_TAG, example="enemy:interest") for entry in part.elements(maximum=30))
    for repeated in duplicates(tags):
        part.refuse("duplicate", f"{repeated!r} is given twice")
    return tags


def reaches_maximum(item: ItemDocument) -> bool:
    """The self-test: the declared correct response (for a text, each accepted answer) scores the maximum."""
    return self_test.reaches_maximum(item)


def _body(part: Part, language: str, interaction: Interaction) -> tuple[Body, str]:
    members = part.members("stem", optional=("options", "rationale"))
    stem = members["stem"].text()
    rationale = members["rationale"].text(empty=True) if members["rationale"].present else ""
    options: tuple[Option, ...] = ()
    if interaction.base_type is BaseType.STRING:
        if members["options"].present and members["options"].value != {}:
            members["options"].refuse("options_not_allowed", "a text entry has no options")
    elif not members["options"].present:
        members["options"].refuse("too_few_options", "a choice needs at least two options")
    else:
        options = _options(members["options"])
    return Body(language, stem, options), rationale


def _options(part: Part) -> tuple[Option, ...]:
    entries = part.entries()
    found = sorted(entries)
    if part.present and len(found) < 2:
        part.refuse("too_few_options", f"a choice needs at least two options, here are {len(found)}")
    elif found != list(LETTERS[: len(found)]):
        part.refuse(
            "option_order",
            f"options are lettered from A without gaps, at most to F, here: {', '.join(found)[:60]}",
        )
    options = tuple(Option(letter, entries[letter].text(maximum=_OPTION_TEXT)) for letter in found)
    texts: dict[str, str] = {}
    for option in options:
        twin = texts.setdefault(comparable(option.text), option.letter)
        if option.text and twin != option.letter:
            part.problem_at(option.letter, code="duplicate_option", reason=f"the same text as option {twin}")
    return options


def _compare_letters(members: Mapping[str, Part], bodies: Sequence[Body]) -> None:
    """Every language has the options of the first one."""
    for body in bodies[1:]:
        wanted = {option.letter for option in bodies[0].options}
        here = {option.letter for option in body.options}
        for letter in sorted(wanted - here):
            members[body.language].problem_at(
                "options", letter, code="option_missing",
                reason=f"option {letter} is there in {bodies[0].language!r} but not in {body.language!r}",
            )  # fmt: skip
        for letter in sorted(here - wanted):
            members[body.language].problem_at(
                "options", letter, code="option_extra",
                reason=f"option {letter} is there in {body.language!r} but not in {bodies[0].language!r}",
            )  # fmt: skip


def _correct(part: Part, interaction: Interaction, bodies: Sequence[Body]) -> tuple[str, ...]:
    if isinstance(part.value, list) and not part.value:
        part.refuse("no_key", "no correct answer is given")
    answers = tuple(entry.text(maximum=_KEY_TEXT) for entry in part.elements(maximum=50))
    for repeated in duplicates(answers):
        part.refuse("duplicate_key", f"{repeated[:40]!r} is given twice")
    if interaction.base_type is BaseType.STRING:
        return answers
    letters = {option.letter for option in bodies[0].options} if bodies else set()
    for answer in dict.fromkeys(answers):
        if answer and letters and answer not in letters:
            part.refuse(
                "key_not_an_option",
                f"the key {answer[:40]!r} is not among the options {', '.join(sorted(letters))}",
            )
    if interaction.cardinality is Cardinality.SINGLE and len(answers) > 1:
        part.refuse("one_key_expected", f"a single choice has one correct option, here are {len(answers)}")
    return tuple(sorted(answers))


def _normalisations(part: Part, interaction: Interaction) -> tuple[Normalisation, ...]:
    if not part.present:
        return ()
    steps = tuple(entry.one_of(Normalisation) for entry in part.elements(maximum=len(Normalisation)))
    if steps and interaction.base_type is not BaseType.STRING:
        part.refuse("normalise_not_allowed", "only a text entry is normalised")
    for repeated in duplicates([step.value for step in steps]):
        part.refuse("duplicate", f"{repeated!r} is given twice")
    return tuple(step for step in Normalisation if step in steps)


def _shuffle(part: Part, interaction: Interaction) -> bool:
    choice = interaction.base_type is not BaseType.STRING
    if not part.present:
        return choice
    shuffle = part.boolean()
    if shuffle and not choice:
        part.refuse("shuffle_not_allowed", "a text entry has no options to shuffle")
    return shuffle


def _rationale(texts: Sequence[tuple[str, str]]) -> LocalText | None:
    return LocalText(tuple(texts)) if texts else None
