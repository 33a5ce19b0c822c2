# SPDX-License-Identifier: Apache-2.0
"""Files that come inside other files, under names of their item. Whether one may be shown is for ``check_media`` to say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from core.errors import Invalid
from item_bank.items.parts import MediaFile
from item_bank.qti.media_files import check_media

_ENDINGS: Final = {
    "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "image/svg+xml": "svg",
    "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/mp4": "m4a", "audio/wav": "wav", "video/mp4": "mp4", "video/webm": "webm",
    "text/vtt": "vtt",
}  # fmt: skip
_REASONS: Final = {
    "media_empty": "is empty",
    "media_type_unknown": "is no picture, sound or film that can be shown",
    "media_too_large": "is too large",
    "media_pixels": "has too many pixels",
    "media_broken": "is broken",
    "svg_active": "is a drawing that acts or reaches outside itself",
}


@dataclass(slots=True)
class Files:
    """The files of one item: added by their bytes, named so that every name is different and fits an item."""

    documents: dict[str, dict[str, object]] = field(default_factory=dict)
    stored: dict[str, MediaFile] = field(default_factory=dict)

    def add(self, name: str, data: bytes) -> str | tuple[str, str]:
        """The name of the file within the item, or why it cannot be shown, as (code, reason).

        Codes: those of ``check_media``.
        """
        try:
            known_file = check_media(data, name=name)
        except Invalid as refusal:
            return refusal.code, f"the file {name[:60]!r} {_REASONS[refusal.code]}{_what(refusal)}"
        kind, sha256 = known_file.file.media_type, known_file.file.sha256
        for known, document in self.documents.items():
            if document["sha256"] == sha256:
                return known
        chosen = self._free_name(name, kind)
        self.documents[chosen] = {
            "name": chosen,
            "media_type": kind,
            "sha256": sha256,
            "size": len(data),
            **({"width": known_file.width} if known_file.width else {}),
            **({"height": known_file.height} if known_file.height else {}),
        }
        self.stored[sha256] = known_file.file
        return chosen

    def _free_name(self, name: str, kind: str) -> str:
        stem, _, ending = re.sub(r"[^A-Za-z0-9._-]+", "-", name.rpartition("/")[2]).rpartition(".")
        stem = (stem or ending).strip("-._")[:80] or "file"
        chosen, number = f"{stem}.{_ENDINGS[kind]}", 1
        while chosen in self.documents:
            number += 1
            chosen = f"{stem}-{number}.{_ENDINGS[kind]}"
        return chosen


def _what(refusal: Invalid) -> str:
    """What exactly is in the way, where that is known."""
    what = refusal.facts.get("what") or refusal.facts.get("maximum")
    return f" ({what})" if what else ""
