# SPDX-License-Identifier: Apache-2.0
"""The cross-checks of a rich item: texts against structure, key against structure.

Single members are read in ``part_parsing``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from item_bank.document import Part as Json
from item_bank.document import duplicates
from item_bank.items.model import Body
from item_bank.items.parts import Choice, Media, Part, PartKey
from item_bank.markup import clean_markup, markup_problems, media_names, places, plain_text
from scoring.api import Interaction

_PAIRS = {
    Interaction.MATCH, Interaction.GAP_MATCH, Interaction.GRAPHIC_GAP_MATCH, Interaction.ASSOCIATE,
    Interaction.GRAPHIC_ASSOCIATE,
}  # fmt: skip
_CHOICES = {
    Interaction.CHOICE_SINGLE: 2, Interaction.CHOICE_MULTIPLE: 2, Interaction.INLINE_CHOICE: 2, Interaction.ORDER: 2,
    Interaction.ASSOCIATE: 2, Interaction.MATCH: 1, Interaction.GAP_MATCH: 1, Interaction.HOTTEXT: 1, Interaction.HOTSPOT: 1,
    Interaction.GRAPHIC_ORDER: 2, Interaction.GRAPHIC_ASSOCIATE: 2, Interaction.GRAPHIC_GAP_MATCH: 1,
}  # fmt: skip
_TARGETS: Final = {Interaction.MATCH, Interaction.GAP_MATCH, Interaction.GRAPHIC_GAP_MATCH}
_ON_PICTURE: Final = {
    Interaction.HOTSPOT, Interaction.SELECT_POINT, Interaction.GRAPHIC_ORDER, Interaction.GRAPHIC_ASSOCIATE,
    Interaction.GRAPHIC_GAP_MATCH, Interaction.POSITION_OBJECT,
}  # fmt: skip
MAXIMUM_FLOW: Final = 20_000
MAXIMUM_TEXT: Final = 2000


def read_rich_body(json: Json, language: str, parts: Sequence[Part]) -> tuple[Body, str]:
    """What a rich item says in one language, and its rationale."""
    members = json.members("stem", optional=("texts", "stimulus", "rationale"))
    texts = members["texts"].entries() if members["texts"].present else {}
    wanted = {name for part in parts for name in part.text_names()}
    prompts = {f"{part.id}.prompt" for part in parts}
    read = []
    for name, text in texts.items():
        if name not in wanted | prompts:
            text.refuse("unknown_text", f"no part of this item has a text named {name[:60]!r}")
        read.append((name, read_markup(text, maximum=MAXIMUM_TEXT)))
    for name in sorted(wanted - texts.keys()):
        members["texts"].refuse("text_missing", f"the text {name!r} is missing in {language!r}")
    stem = read_markup(members["stem"], maximum=MAXIMUM_FLOW)
    check_places(members["stem"], stem, parts)
    stimulus = read_markup(members["stimulus"], maximum=MAXIMUM_FLOW) if members["stimulus"].present else ""
    rationale = members["rationale"].text(empty=True) if members["rationale"].present else ""
    return Body(language, stem, texts=tuple(sorted(read)), stimulus=stimulus), rationale


def read_markup(json: Json, *, maximum: int) -> str:
    """Markup that shows something. Problem codes: ``markup_problems``, ``empty``, ``too_long``, ``wrong_type``."""
    if not isinstance(json.value, str):
        return json.text()  # says what is wrong
    problems = markup_problems(json.value)
    for code, reason in problems:
        json.refuse(code, reason)
    value = "" if problems else clean_markup(json.value)
    if len(value) > maximum:
        json.refuse("too_long", f"{len(value)} characters, at most {maximum} are allowed")
    elif not problems and not (plain_text(value) or media_names(value) or list(places(value))):
        json.refuse("empty", "the text is empty")
    return value


def check_places(json: Json, flow: str, parts: Sequence[Part]) -> None:
    """Each interaction, gap and hot text has its place in the flow exactly once."""
    wanted = {
        (part.id, "") for part in parts if part.kind not in (Interaction.HOTTEXT, Interaction.GAP_MATCH)
    }
    wanted |= {(part.id, choice.id) for part in parts for choice in part.in_flow}
    optional = {(part.id, "") for part in parts if part.kind is Interaction.GAP_MATCH}
    found = list(places(flow))
    for place in sorted(wanted - set(found)):
        json.refuse(
            "place_missing", f"the text has no place {_named(place)}; write it where the learner is to answer"
        )
    for place in dict.fromkeys(found):
        if place not in wanted | optional:
            json.refuse("place_unknown", f"{_named(place)} is not a part of this item")
    for repeated in duplicates([_named(place) for place in found]):
        json.refuse("place_twice", f"{repeated} stands twice in the text")


def check_parts(json: Json, parts: Sequence[Part], media: Sequence[Media]) -> None:
    """Each part has what its kind needs."""
    for repeated in duplicates([part.id for part in parts]):
        json.refuse("duplicate", f"the identifier {repeated!r} is used twice")
    pictures = {one.name for one in media if one.media_type.startswith("image/")}
    for index, part in enumerate(parts):
        for code, reason in part_problems(part, pictures=pictures):
            json.problem_at(index, code=code, reason=reason)


def part_problems(part: Part, *, pictures: set[str]) -> list[tuple[str, str]]:
    """What is wrong with the structure of one part, as (code, reason)."""
    found = []
    kind = part.kind
    if len(part.choices) < _CHOICES.get(kind, 0):
        found.append(
            (
                "too_few_options",
                f"{kind.value} needs at least {_CHOICES[kind]} choices, here are {len(part.choices)}",
            )
        )
    if kind not in _CHOICES and part.choices:
        found.append(("options_not_allowed", f"{kind.value} has no choices"))
    if (kind in _TARGETS) != bool(part.targets):
        found.append(("targets", f"{kind.value} {'needs targets' if kind in _TARGETS else 'has no targets'}"))
    if kind in _ON_PICTURE and part.image not in pictures:
        found.append(
            (
                "picture_missing",
                f"{kind.value} stands on a picture; {part.image or 'none'!r} is not among its media",
            )
        )
    on_picture: tuple[Choice, ...] = ()
    if kind in (Interaction.HOTSPOT, Interaction.GRAPHIC_ORDER, Interaction.GRAPHIC_ASSOCIATE):
        on_picture = part.choices
    elif kind is Interaction.GRAPHIC_GAP_MATCH:
        on_picture = part.targets
    if any(choice.area is None for choice in on_picture):
        found.append(("area_missing", "each hotspot needs an area of the picture"))
    if part.most and part.least > part.most:
        found.append(("out_of_range", f"at least {part.least} and at most {part.most} contradict each other"))
    if kind is Interaction.SLIDER and not (
        part.lower is not None
        and part.upper is not None
        and part.lower < part.upper
        and (part.step is None or part.step > 0)
    ):
        found.append(("slider_bounds", "a slider needs a lower and a higher bound, and a step above 0"))
    return found


def check_keys(json: Json, parts: Sequence[Part], keys: Sequence[PartKey], *, program: bool) -> None:
    """The key of each part names what the part has; without a program every part has one."""
    known = {part.id: part for part in parts}
    for repeated in duplicates([key.part for key in keys]):
        json.refuse("duplicate_key", f"there are two keys for {repeated!r}")
    for index, key in enumerate(keys):
        part = known.get(key.part)
        if part is None:
            json.problem_at(index, code="part_unknown", reason=f"there is no part {key.part!r}")
        else:
            for code, reason in key_problems(part, key, program=program):
                json.problem_at(index, code=code, reason=reason)
    if not program:
        for part_id in sorted(known.keys() - {key.part for key in keys}):
            json.refuse("no_key", f"no correct answer is given for {part_id!r}")


def key_problems(part: Part, key: PartKey, *, program: bool) -> list[tuple[str, str]]:
    """What is wrong with the key of one part, as (code, reason)."""
    if part.kind.by_hand:
        return (
            []
            if not (key.correct or key.mapping or key.areas)
            else [("key_by_hand", "a person marks this part; it has no key")]
        )
    if not (key.correct or key.areas or program):
        return [("no_key", "no correct answer is given")]
    found: list[tuple[str, str]] = []
    mapped = key.mapping.entries if key.mapping else ()
    values = (*key.correct, *(value for value, _ in mapped))
    found += [
        ("key_not_an_option", reason) for value in values if (reason := _not_offered(part, value)) is not None
    ]
    single = part.cardinality.value == "single" and part.kind is not Interaction.TEXT_ENTRY
    if single and len(key.correct) > 1:
        found.append(
            ("one_key_expected", f"one answer can be given, here are {len(key.correct)} correct ones")
        )
    if part.kind in (Interaction.ORDER, Interaction.GRAPHIC_ORDER) and len(set(key.correct)) != len(
        key.correct
    ):
        found.append(("duplicate_key", "something stands twice in the order"))
    if part.most and part.kind is not Interaction.TEXT_ENTRY and len(key.correct) > part.most:
        found.append(("key_too_long", f"at most {part.most} may be chosen, the key has {len(key.correct)}"))
    if key.normalise and part.kind is not Interaction.TEXT_ENTRY:
        found.append(("normalise_not_allowed", "only a text entry is normalised"))
    return found


def _not_offered(part: Part, value: str) -> str | None:
    choices = {choice.id for choice in part.choices}
    targets = {choice.id for choice in part.targets}
    if part.kind in _PAIRS:
        first, _, second = value.partition(" ")
        seconds = targets or choices
        if first not in choices or second not in seconds:
            return f"the pair {value[:60]!r} is not of things that this part has"
        return None
    if part.kind in _CHOICES and value not in choices:
        return f"the key {value[:40]!r} is not among the choices {', '.join(sorted(choices))[:200]}"
    if part.kind in (Interaction.NUMERIC, Interaction.SLIDER) and not _is_number(value):
        return f"the key {value[:40]!r} is not a number"
    if part.kind in (Interaction.SELECT_POINT, Interaction.POSITION_OBJECT) and not _is_point(value):
        return f"the key {value[:40]!r} is not a point such as '120 80'"
    return None


def _is_number(value: str) -> bool:
    whole, _, decimals = value.removeprefix("-").partition(".")
    return (
        whole.isascii()
        and whole.isdigit()
        and (not decimals or (decimals.isascii() and decimals.isdigit()))
        and len(value) < 20
    )


def _is_point(value: str) -> bool:
    parts = value.split(" ")
    return len(parts) == 2 and all(part.removeprefix("-").isdigit() and part.isascii() for part in parts)


def _named(place: tuple[str, str]) -> str:
    return f"[[{place[0]}.{place[1]}]]" if place[1] else f"[[{place[0]}]]"


def used_media(bodies: Sequence[Body], parts: Sequence[Part]) -> Mapping[str, str]:
    """The names of media that an item shows, each with where it first stands."""
    used: dict[str, str] = {}
    for part in parts:
        for name in (part.image, *(choice.media for choice in (*part.choices, *part.targets))):
            if name:
                used.setdefault(name, part.id)
    for body in bodies:
        for where, text in body.segments:
            for name in sorted(media_names(text)):
                used.setdefault(name, f"{body.language}.{where}")
    return used
