# SPDX-License-Identifier: Apache-2.0
"""What a file is by its first bytes, and whether an item takes it. Pure; the name that a learner gave it proves nothing."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from typing import Final

from assessor.forms.model import AnswerShape
from core.errors import Invalid

MAXIMUM_FILE: Final = 5_000_000
"""The most bytes of one uploaded file."""
MAXIMUM_FILES: Final = 20
"""The most files of one part of one attempt: each replacement is kept, and this bounds them."""
MAXIMUM_NAME: Final = 120

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BEGINNINGS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_PACKED: Final = (("word/document.xml", _WORD), ("xl/workbook.xml", _SHEET))
DEFAULT_ACCEPT: Final = ("application/pdf", "image/png", "image/jpeg", "image/webp", "text/plain")
"""What an item takes that does not say."""


def media_type_of(data: bytes) -> str | None:
    """The media type that the bytes show, or None for anything else."""
    for beginning, found in _BEGINNINGS:
        if data.startswith(beginning):
            return found
    if data[:4] == b"RIFF" and data[8:12] in (b"WEBP", b"WAVE"):
        return "image/webp" if data[8:12] == b"WEBP" else "audio/wav"
    if data[4:8] == b"ftyp":
        return "audio/mp4" if data[8:11] == b"M4A" else "video/mp4"
    if data.startswith(b"PK\x03\x04"):
        return _packed(data)
    return "text/plain" if _is_text(data) else None


def require_file(data: bytes, shape: AnswerShape) -> str:
    """The media type of a file that the part takes.

    Raises Invalid: `answer_file_empty`, `answer_file_too_large` (facts limit), `answer_file_type` (facts accept).
    """
    if not data:
        raise Invalid("answer_file_empty")
    if len(data) > MAXIMUM_FILE:
        raise Invalid("answer_file_too_large", limit_mb=MAXIMUM_FILE // 1_000_000)
    accept = shape.accept or DEFAULT_ACCEPT
    found = media_type_of(data)
    if found is None or found not in accept:
        raise Invalid("answer_file_type", accepted=", ".join(accept))
    return found


def tidy_name(name: str) -> str:
    """A file name without folders, control characters and length; `file` where nothing is left."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(" " if character.isspace() else character for character in last if character.isprintable())
    return " ".join(kept.split())[-MAXIMUM_NAME:].strip(". ") or "file"


def _packed(data: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None
    return next((found for member, found in _PACKED if member in names), None)


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    # A page or drawing with a script in it is no plain text.
    return all(
        character.isprintable() or character in "\r\n\t\ufeff" for character in text
    ) and not text.lstrip("\ufeff \r\n\t").startswith("<")
