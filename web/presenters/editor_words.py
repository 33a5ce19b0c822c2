# SPDX-License-Identifier: Apache-2.0
"""The words of the editor: kinds of interaction, languages, files. No item is read here."""

from __future__ import annotations

from typing import Any

from babel import Locale, UnknownLocaleError

from web.forms.item_keys import choice_ids
from web.forms.items import ItemForm
from web.i18n import LANGUAGES
from web.words import _


def kind_words() -> dict[str, dict[str, str]]:
    """Each kind's name, and what a learner does, by its value."""
    told = {
        "choice_single": (_("One right answer"), _("Choose one of several answers.")),
        "choice_multiple": (_("Several right answers"), _("Choose every answer that is right.")),
        "inline_choice": (_("Choice in a sentence"), _("Choose the missing words from a list in the text.")),
        "hottext": (_("Words in a text"), _("Mark words or sentences in a text.")),
        "text_entry": (_("Typed answer"), _("Type a word or a short phrase.")),
        "numeric": (_("Number"), _("Type a number; a tolerance may be allowed.")),
        "slider": (_("Slider"), _("Set a value on a scale.")),
        "extended_text": (_("Written answer"), _("Write some lines; a person marks them.")),
        "upload": (_("File"), _("Hand in a photo or document; a person marks it.")),
        "order": (_("Put in order"), _("Bring steps into the right order.")),
        "match": (_("Match two lists"), _("Match the entries of one list to those of another.")),
        "associate": (_("Make pairs"), _("Find what belongs together in one list.")),
        "gap_match": (_("Fill gaps"), _("Put given words into the gaps of a text.")),
        "hotspot": (_("Places in a picture"), _("Choose marked places in a picture.")),
        "select_point": (_("Point in a picture"), _("Point to the right place; nothing is marked.")),
        "position_object": (_("Place a mark"), _("Set a mark where something belongs in a picture.")),
        "graphic_order": (_("Order in a picture"), _("Bring marked places into the right order.")),
        "graphic_associate": (_("Pairs in a picture"), _("Connect marked places that belong together.")),
        "graphic_gap_match": (_("Label a picture"), _("Put given labels to marked places.")),
    }
    return {kind: {"name": name, "does": does} for kind, (name, does) in told.items()}


def kind_groups() -> list[dict[str, Any]]:
    """The kinds as an author looks for them."""
    words = kind_words()
    groups = (
        (_("Choose"), ("choice_single", "choice_multiple", "inline_choice", "hottext")),
        (_("Write"), ("text_entry", "numeric", "slider", "extended_text", "upload")),
        (_("Arrange"), ("order", "match", "associate", "gap_match")),
        (
            _("On a picture"),
            (
                "hotspot",
                "select_point",
                "position_object",
                "graphic_order",
                "graphic_associate",
                "graphic_gap_match",
            ),
        ),
    )
    return [
        {"name": name, "kinds": [{"value": kind, **words[kind]} for kind in kinds]} for name, kinds in groups
    ]


def language_name(code: str) -> str:
    """A language by its own name, or by its code where nobody knows one."""
    if code in LANGUAGES:
        return LANGUAGES[code]
    try:
        return Locale.parse(code).get_language_name() or code
    except (UnknownLocaleError, ValueError):
        return code


def media_words(media_type: str) -> str:
    """What a file is, in a word."""
    if media_type == "text/vtt":
        return _("Captions")
    return {"image": _("Picture"), "audio": _("Sound"), "video": _("Film")}.get(
        media_type.partition("/")[0], media_type
    )


def place_words(form: ItemForm, name: str) -> str:
    """Where a field is, in words: "Question, हिन्दी:"; "" where its text says enough."""
    steps = name.split(".")
    language = steps[-1] if steps[-1] in form.languages and len(steps) > 1 else ""
    where = _place(form, steps[:-1] if language else steps)
    shown = ", ".join(part for part in (where, language_name(language) if language else "") if part)
    return f"{shown}:" if shown else ""


def _place(form: ItemForm, steps: list[str]) -> str:
    plain = {
        "external_id": _("Name of the item"),
        "pc": _("Performance criterion"),
        "difficulty": _("Difficulty"),
        "seconds": _("Expected time in seconds"),
        "stem": _("Question"),
        "stimulus": _("Passage"),
        "stimulus_id": _("Passage"),
        "rationale": _("Explanation"),
        "tags": _("Own words"),
        "languages": _("Languages"),
    }
    if steps[0] in plain:
        return plain[steps[0]]
    if steps[0] == "media" and len(steps) > 1 and int(steps[1]) < len(form.media):
        return form.media[int(steps[1])].name
    if steps[0] != "parts" or len(steps) < 2 or int(steps[1]) >= len(form.parts):
        return ""
    part = form.parts[int(steps[1])]
    if len(steps) > 3 and steps[2] in ("choices", "targets") and steps[3].isdecimal():
        names = choice_ids(part) if steps[2] == "choices" else [row.id for row in part.targets]
        return names[int(steps[3])] if int(steps[3]) < len(names) else ""
    return kind_words()[part.kind]["name"]
