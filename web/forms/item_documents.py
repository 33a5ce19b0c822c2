# SPDX-License-Identifier: Apache-2.0
"""From the item form to the JSON document of an item. Whether the document is sound is for ``item_bank`` to say.

Plain text on a plain choice or typed answer worth one mark makes a simple item; anything else makes a rich one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from item_bank import api as bank
from scoring.api import Interaction, format_mark
from web.forms.item_keys import LETTERS, area_json, choice_ids, correct_of, part_key, total_marks, whole
from web.forms.item_steps import PICTURES, SPOTS
from web.forms.item_texts import has_markup, stored, with_places
from web.forms.items import ItemForm, MediaRow, PartForm, Row, Texts

_SIMPLE: Final = (Interaction.CHOICE_SINGLE, Interaction.CHOICE_MULTIPLE, Interaction.TEXT_ENTRY)
_UNPLACED: Final = (Interaction.HOTTEXT, Interaction.GAP_MATCH)
_IMAGE: Final = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_NAME: Final = re.compile(r'src="media:([A-Za-z0-9._-]+)"')
_ALT: Final = re.compile(r'\s*alt="([^"]*)"')
FILLER: Final = "…"
"""What stands for an empty text in a preview."""


@dataclass(frozen=True, slots=True)
class _Writer:
    """The form, and what an empty text becomes."""

    form: ItemForm
    filler: str = ""

    def text(self, typed: str) -> str:
        return stored(typed) or self.filler


def item_json(
    form: ItemForm, *, program: Mapping[str, object] | None = None, lenient: bool = False
) -> dict[str, Any]:
    """The document. ``program`` is kept from an imported item; ``lenient`` fills what is empty, for a preview."""
    writer = _Writer(form, FILLER if lenient else "")
    common: dict[str, Any] = {
        "id": form.external_id or (writer.filler and "NEW"),
        "pc": form.pc or (writer.filler and "PC"),
        "difficulty": form.difficulty,
        "seconds": whole(form.seconds) if form.seconds or not lenient else 60,
    }
    if tags := tags_of(form):
        common["tags"] = tags
    if program is None and is_simple(form):
        return {**common, **_simple(writer)}
    return {**common, **_rich(writer, program)}


def is_simple(form: ItemForm) -> bool:
    """Whether the form is a plain choice or typed answer that needs neither markup nor parts."""
    part = form.parts[0]
    kind = part.interaction
    texts = [*form.stem.values(), *(text for row in part.choices for text in row.texts.values())]
    rows = len(part.choices) <= 6 and not any(row.media or row.fixed or row.shape for row in part.choices)
    return (
        not form.is_composite
        and kind in _SIMPLE
        and part.id == "RESPONSE"
        and (part.marks, form.marks) in (("1", ""), ("1", "1"))
        and not (part.partial or form.media or form.stimulus_id or part.length)
        and part.least in ("", "0")
        and part.most == ("0" if kind is Interaction.CHOICE_MULTIPLE else "1")
        and not any(text.strip() for text in (*part.prompt.values(), *form.stimulus.values()))
        and not any(has_markup(text) for text in texts)
        and rows
        and choice_ids(part) == list(LETTERS[: len(part.choices)])
    )


def _simple(writer: _Writer) -> dict[str, Any]:
    form, part = writer.form, writer.form.parts[0]
    kind = part.interaction
    document: dict[str, Any] = {"type": kind.value, "key": correct_of(part), "shuffle": part.shuffle}
    if kind is Interaction.TEXT_ENTRY:
        document |= {"normalise": list(part.normalise), "shuffle": False}
    if writer.filler and not document["key"]:
        document["key"] = ["A"] if kind is not Interaction.TEXT_ENTRY else [FILLER]
    for language in form.languages:
        body: dict[str, Any] = {"stem": form.stem.get(language, "").strip() or writer.filler}
        if kind is not Interaction.TEXT_ENTRY:
            body["options"] = {
                letter: row.texts.get(language, "").strip()
                or (f"{writer.filler} {letter}" if writer.filler else "")
                for letter, row in zip(choice_ids(part), part.choices, strict=True)
            }
        document[language] = body | _rationale(form, language)
    return document


def _rich(writer: _Writer, program: Mapping[str, object] | None) -> dict[str, Any]:
    form = writer.form
    document: dict[str, Any] = {
        "type": form.parts[0].kind if not form.is_composite else Interaction.COMPOSITE.value,
        "marks": form.marks or format_mark(total_marks(form)),
        "parts": [_part(form, part) for part in form.parts],
        "key": {"parts": [part_key(form, part) for part in form.parts]},
    }
    if program is not None:
        document["key"]["program"] = dict(program)
        document["key"]["parts"] = [key for key in document["key"]["parts"] if len(key) > 1]
    if form.media:
        document["media"] = [_media(row) for row in form.media]
    if form.stimulus_id:
        document["stimulus"] = form.stimulus_id
    for language in form.languages:
        document[language] = _body(writer, language)
    return document


def _body(writer: _Writer, language: str) -> dict[str, Any]:
    form = writer.form
    flow = with_places(
        form.stem.get(language, ""), [part.id for part in form.parts if part.interaction not in _UNPLACED]
    )
    for part in form.parts if writer.filler else ():
        if part.interaction is Interaction.HOTTEXT:  # what is not placed yet is shown at the end
            flow = with_places(flow, [f"{part.id}.{row.id}" for row in part.choices])
    texts: dict[str, str] = {}
    for part in form.parts:
        if prompt := stored(part.prompt.get(language, "")):
            texts[f"{part.id}.prompt"] = prompt
        for name, row in zip(choice_ids(part), part.choices, strict=True):
            texts[f"{part.id}.{name}"] = writer.text(row.texts.get(language, ""))
        if part.interaction in (Interaction.MATCH, Interaction.GRAPHIC_GAP_MATCH):
            for row in part.targets:
                texts[f"{part.id}.{row.id}"] = writer.text(row.texts.get(language, ""))
    alt = _with_alt(form.media, language)
    body: dict[str, Any] = {"stem": alt(writer.text(flow))}
    if texts:
        body["texts"] = {name: alt(text) for name, text in texts.items()}
    if stimulus := stored(form.stimulus.get(language, "")):
        body["stimulus"] = alt(stimulus)
    return body | _rationale(form, language)


def _with_alt(media: list[MediaRow], language: str) -> Any:
    """Writes the alternative texts of the pictures' own fields into the pictures of a text."""
    rows = {row.name: row for row in media if row.is_picture}

    def fill(found: re.Match[str]) -> str:
        tag, name = found[0], _NAME.search(found[0])
        row = rows.get(name[1]) if name else None
        typed = row.alt.get(language, "").strip() if row else ""
        if row is None or not (typed or row.decorative):
            return tag
        text = "" if row.decorative else typed
        escaped = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        return _ALT.sub("", tag).rstrip("/> ") + f' alt="{escaped}">'

    return lambda text: (
        bank.clean_markup(_IMAGE.sub(fill, text))
        if _IMAGE.search(text) and not bank.markup_problems(text)
        else text
    )


def _rationale(form: ItemForm, language: str) -> dict[str, str]:
    text = form.rationale.get(language, "").strip()
    return {"rationale": text} if text else {}


def _part(form: ItemForm, part: PartForm) -> dict[str, Any]:
    kind = part.interaction
    document: dict[str, Any] = {"id": part.id, "kind": part.kind}
    if part.choices:
        document["choices"] = [
            _choice(row, name, area=kind in SPOTS)
            for name, row in zip(choice_ids(part), part.choices, strict=True)
        ]
    targets = gaps(form, part) if kind is Interaction.GAP_MATCH else part.targets
    if targets:
        document["targets"] = [
            _choice(row, row.id, area=kind is Interaction.GRAPHIC_GAP_MATCH) for row in targets
        ]
    if part.shuffle:
        document["shuffle"] = True
    document |= {name: whole(value) for name in ("least", "most") if (value := getattr(part, name))}
    document |= {name: whole(value) for name in ("length", "lines") if (value := getattr(part, name))}
    if kind is Interaction.SLIDER:
        document |= {name: value for name in ("lower", "upper", "step") if (value := getattr(part, name))}
    if kind in PICTURES and part.image:
        document["image"] = part.image
    if kind is Interaction.UPLOAD and part.accept:
        document["accept"] = part.accept.replace(",", " ").split()
    return document


def _choice(row: Row, name: str, *, area: bool) -> dict[str, Any]:
    document: dict[str, Any] = {"id": name}
    if row.fixed:
        document["fixed"] = True
    if row.most not in ("", "1"):
        document["most"] = whole(row.most)
    if area:
        document["area"] = area_json(row)
    if row.media:
        document["media"] = row.media
    return document


def gaps(form: ItemForm, part: PartForm) -> list[Row]:
    """The gaps of a gap match: those that stand in the text of the first language, with what is known of each."""
    known = {row.id: row for row in part.targets}
    flow = form.stem.get(form.languages[0], "") if form.languages else ""
    names = [choice for owner, choice in bank.places(flow) if owner == part.id and choice]
    return [known.get(name, Row(id=name)) for name in dict.fromkeys(names)]


def _media(row: MediaRow) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": row.name, "media_type": row.media_type, "sha256": row.sha256, "size": whole(row.size),
    }  # fmt: skip
    document |= {name: whole(value) for name in ("width", "height") if (value := getattr(row, name))}
    if captions := [[language, name] for language, name in row.captions.items() if name]:
        document["captions"] = captions
    return document


def tags_of(form: ItemForm) -> list[str]:
    """The author's words, and the items that must not stand beside this one."""
    words = _words(form.tags)
    return list(dict.fromkeys([*words, *(f"enemy:{name}" for name in _words(form.enemies))]))


def _words(text: str) -> list[str]:
    return [word.strip() for word in re.split(r"[,\n]", text) if word.strip()]


def used_names(form: ItemForm) -> set[str]:
    """The names of the files that the item shows somewhere."""
    texts: Iterable[Texts] = (form.stem, form.stimulus, *(part.prompt for part in form.parts), *(
        row.texts for part in form.parts for row in (*part.choices, *part.targets)
    ))  # fmt: skip
    names = {
        name for by_language in texts for text in by_language.values() for name in bank.media_names(text)
    }
    for part in form.parts:
        names |= {part.image, *(row.media for row in (*part.choices, *part.targets))}
    return names | {name for row in form.media for name in row.captions.values()} - {""}
