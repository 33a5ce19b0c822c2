# SPDX-License-Identifier: Apache-2.0
"""From an item to its form: what an author edits. Making a document of it again gives the same item."""

from __future__ import annotations

import html
import re
from fractions import Fraction

from item_bank import api as bank
from scoring.api import Interaction, format_mark
from web.forms.item_keys import centres, correct_of, part_marks, total_marks
from web.forms.item_steps import MARKED_ROWS, ORDERS
from web.forms.item_texts import typed, without_places
from web.forms.items import ItemForm, MediaRow, PartForm, Row

_IMAGE = re.compile(r"<img\b[^>]*>")
_ENEMY = "enemy:"


def form_of(document: bank.ItemDocument, *, credential_version_id: str, revision: int) -> ItemForm:
    """The form of a stored version."""
    content, key = document.content, document.key
    rich = content.is_rich
    form = ItemForm(
        credential_version_id=credential_version_id,
        external_id=document.external_id,
        pc=content.pc,
        difficulty=content.difficulty.value,
        seconds=str(content.seconds),
        tags=", ".join(tag for tag in content.tags if not tag.startswith(_ENEMY)),
        enemies=", ".join(tag.removeprefix(_ENEMY) for tag in content.tags if tag.startswith(_ENEMY)),
        stimulus_id=content.stimulus_id,
        revision=str(revision),
        languages=list(content.languages),
        rationale=dict(key.rationale.by_language) if key.rationale else {},
    )
    form.parts = [_part(part, content, key) for part in content.structure]
    places = [
        part.id for part in content.structure if part.kind not in (Interaction.HOTTEXT, Interaction.GAP_MATCH)
    ]
    for body in content.bodies:
        form.stem[body.language] = without_places(typed(body.stem), places) if rich else body.stem
        if body.stimulus:
            form.stimulus[body.language] = typed(body.stimulus)
    form.media = [_media(media, content) for media in content.media]
    if rich and content.marks != total_marks(form):
        form.marks = format_mark(content.marks)
    return form


def _part(part: bank.Part, content: bank.ItemContent, key: bank.ItemKey) -> PartForm:
    found = key.part(part.id) if content.is_rich else None
    form = PartForm(
        id=part.id,
        kind=part.kind.value,
        shuffle=part.shuffle,
        least=str(part.least),
        most=str(part.most),
        length=_blank(part.length),
        lines=_blank(part.lines),
        lower=_blank(part.lower),
        upper=_blank(part.upper),
        step=_blank(part.step),
        image=part.image,
        accept=" ".join(part.accept),
        normalise=[step.value for step in (found.normalise if found else key.normalise)],
    )
    form.choices = [_row(choice, part, content) for choice in part.choices]
    form.targets = [_row(choice, part, content) for choice in part.targets]
    if content.is_rich:
        for body in content.bodies:
            if prompt := body.text(f"{part.id}.prompt"):
                form.prompt[body.language] = typed(prompt)
    if found is not None:
        _fill_key(form, found)
    _fill_correct(form, found.correct if found else key.correct if not content.is_rich else ())
    return form


def _row(choice: bank.Choice, part: bank.Part, content: bank.ItemContent) -> Row:
    row = Row(id=choice.id, fixed=choice.fixed, most=str(choice.most), media=choice.media)
    if choice.area is not None:
        row.shape, row.coords = choice.area.shape.value, " ".join(map(str, choice.area.coords))
    for body in content.bodies:
        if content.is_rich:
            row.texts[body.language] = typed(body.text(f"{part.id}.{choice.id}"))
        else:
            row.texts[body.language] = next(
                option.text for option in body.options if option.letter == choice.id
            )
    return row


def _fill_key(form: PartForm, key: bank.PartKey) -> None:
    form.guide = dict(key.guide)
    form.areas = [
        Row(shape=area.shape.value, coords=" ".join(map(str, area.coords)), marks=format_mark(marks))
        for area, marks in key.areas
    ]
    if key.tolerance is not None:
        form.tolerance = key.tolerance.mode.value
        form.below, form.above = format_mark(key.tolerance.below), format_mark(key.tolerance.above)
    form.marks = format_mark(key.marks)
    if key.mapping is None:
        return
    form.partial = True
    form.map_default = format_mark(key.mapping.default)
    form.map_lower, form.map_upper = _mark(key.mapping.lower), _mark(key.mapping.upper)
    if form.interaction in MARKED_ROWS:
        marks = {name: format_mark(value) for name, value in key.mapping.entries}
        for row in form.choices:
            row.marks = marks.get(row.id, "")
    else:
        form.keys = [_key_row(form, value, format_mark(marks)) for value, marks in key.mapping.entries]


def _fill_correct(form: PartForm, correct: tuple[str, ...]) -> None:
    kind = form.interaction
    ids = [row.id for row in form.choices]
    if kind in (Interaction.CHOICE_SINGLE, Interaction.INLINE_CHOICE):
        form.correct = str(ids.index(correct[0])) if correct and correct[0] in ids else ""
    elif kind in MARKED_ROWS:
        for row in form.choices:
            row.correct = row.id in correct
    elif kind in ORDERS:
        for row in form.choices:
            row.place = str(correct.index(row.id) + 1) if row.id in correct else ""
    else:
        known = {(row.first, row.second) for row in form.keys}
        rows = [_key_row(form, value, "") for value in correct]
        form.keys += [row for row in rows if (row.first, row.second) not in known]
        if form.partial and correct_of(form) != list(correct):
            right = {(row.first, row.second) for row in rows}
            for row in form.keys:
                row.correct = (row.first, row.second) in right
    if form.areas:
        shown = form.keys
        form.keys = []
        if part_marks(form) and [row.first for row in shown] != centres(form):
            form.keys = shown


def _key_row(form: PartForm, value: str, marks: str) -> Row:
    if form.interaction.base_type.value in ("pair", "directedPair"):
        first, _, second = value.partition(" ")
        return Row(first=first, second=second, marks=marks)
    return Row(first=value, marks=marks)


def _media(media: bank.Media, content: bank.ItemContent) -> MediaRow:
    row = MediaRow(
        name=media.name,
        media_type=media.media_type,
        sha256=media.sha256,
        size=str(media.size),
        width=_blank(media.width),
        height=_blank(media.height),
        captions=dict(media.captions),
    )
    silent = 0
    for body in content.bodies:
        for _name, text in body.segments:
            for tag in _IMAGE.findall(text):
                alt = re.search(r'alt="([^"]*)"', tag)
                if f'"media:{media.name}"' in tag and alt is not None:
                    silent += not alt[1]
                    row.alt.setdefault(body.language, html.unescape(alt[1]))
    row.decorative = bool(silent) and not any(row.alt.values())
    return row


def _blank(value: object) -> str:
    return "" if value is None else str(value)


def _mark(value: object) -> str:
    return format_mark(value) if isinstance(value, Fraction) else ""


def use_stimulus(form: ItemForm, shared: list[bank.Stimulus]) -> str:
    """Copy the text of the stimulus that the form names, with the files it shows; the name of the field to go on with."""
    found = next((one for one in shared if one.name == form.stimulus_id), None)
    if found is None:
        return "stimulus_id"
    for language, text in found.texts:
        form.stimulus[language] = typed(text)
    for media in found.media:
        if form.media_named(media.name) is None:
            row = MediaRow(
                media.name,
                media.media_type,
                media.sha256,
                str(media.size),
                _blank(media.width),
                _blank(media.height),
            )
            row.captions = dict(media.captions)
            form.media.append(row)
    return f"stimulus.{form.languages[0]}"
