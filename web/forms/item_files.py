# SPDX-License-Identifier: Apache-2.0
"""A checked file becomes a file of the item: its name, its place among the others. What it holds was checked before."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final

from item_bank import api as bank
from web.forms.item_steps import PICTURES
from web.forms.items import ItemForm, MediaRow

_ENDINGS: Final = {
    "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "image/svg+xml": "svg",
    "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/mp4": "m4a", "audio/wav": "wav",
    "video/mp4": "mp4", "video/webm": "webm", "text/vtt": "vtt",
}  # fmt: skip


def take_file(form: ItemForm, known: bank.KnownFile, *, filename: str) -> str:
    """Put a file among those of the item, once; the name of the field to go on with."""
    file = known.file
    for index, row in enumerate(form.media):
        if row.sha256 == file.sha256:
            return f"media.{index}"
    form.media.append(
        MediaRow(
            name=_free_name(filename, file.media_type, {row.name for row in form.media}),
            media_type=file.media_type,
            sha256=file.sha256,
            size=str(len(file.data)),
            width=str(known.width or ""),
            height=str(known.height or ""),
        )
    )
    _use_at_once(form)
    return f"media.{len(form.media) - 1}"


def _use_at_once(form: ItemForm) -> None:
    """A new picture goes where one is waited for."""
    row = form.media[-1]
    for part in form.parts:
        if row.is_picture and not part.image and part.interaction in PICTURES:
            part.image = row.name


def _free_name(filename: str, media_type: str, taken: set[str]) -> str:
    stem = (
        re.sub(r"[^A-Za-z0-9._-]+", "-", PurePath(filename.replace("\\", "/")).stem).strip("-._")[:60]
        or "file"
    )
    name, number = f"{stem}.{_ENDINGS[media_type]}", 2
    while name in taken:
        name, number = f"{stem}-{number}.{_ENDINGS[media_type]}", number + 1
    return name
