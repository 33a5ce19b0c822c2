# SPDX-License-Identifier: Apache-2.0
"""What an uploaded file is, by its bytes alone, and which files a part takes."""

from __future__ import annotations

import io
import zipfile

import pytest

from assessor.attempts.file_types import MAXIMUM_FILE, media_type_of, require_file, tidy_name
from assessor.forms.model import AnswerShape
from core.errors import Invalid
from scoring.api import Interaction
from tests.unit.item_bank.rich_files import png, svg, wav

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def packed(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (png(2, 2), "image/png"),
        (wav(), "audio/wav"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\0\0\0\x18ftypmp42....", "video/mp4"),
        (b"\0\0\0\x18ftypM4A ....", "audio/mp4"),
        (packed("word/document.xml"), WORD),
        ("हाँ\r\n\tyes".encode(), "text/plain"),
        (packed("setup.exe"), None),
        (b"PK\x03\x04 broken", None),
        (svg(), None),
        (b"\xef\xbb\xbf <html>", None),
        (b"MZ\x90\0\x03", None),
        (b"\x80\x81", None),
    ],
)
def test_a_file_is_what_its_bytes_say(data: bytes, found: str | None) -> None:
    assert media_type_of(data) == found


def shape(*accept: str) -> AnswerShape:
    return AnswerShape(id="R", kind=Interaction.UPLOAD, accept=accept)


def refused(data: bytes, *accept: str) -> str:
    with pytest.raises(Invalid) as refusal:
        require_file(data, shape(*accept))
    return refusal.value.code


def test_a_part_takes_the_types_that_it_names_and_no_other() -> None:
    assert require_file(png(2, 2), shape("image/png")) == "image/png"
    assert refused(png(2, 2), "application/pdf") == "answer_file_type"
    assert refused(svg(), "image/svg+xml") == "answer_file_type"


def test_a_part_that_names_no_type_takes_pictures_documents_and_texts() -> None:
    assert require_file(b"%PDF-1.4", shape()) == "application/pdf"
    assert refused(packed("word/document.xml")) == "answer_file_type"


def test_nothing_and_too_much_are_refused() -> None:
    assert refused(b"") == "answer_file_empty"
    assert refused(b"%PDF-" + b"x" * MAXIMUM_FILE) == "answer_file_too_large"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plan.png", "plan.png"),
        ("C:\\Users\\a\\plan.png", "plan.png"),
        ("../../etc/passwd", "passwd"),
        (" a \n b\x07.pdf ", "a b.pdf"),
        ("चित्र.png", "चित्र.png"),
        ("", "file"),
        ("...", "file"),
    ],
)
def test_a_name_has_no_folder_and_no_control_character(given: str, kept: str) -> None:
    assert tidy_name(given) == kept


def test_a_long_name_keeps_its_end() -> None:
    assert tidy_name("x" * 300 + ".pdf").endswith("x.pdf")
    assert len(tidy_name("x" * 300 + ".pdf")) == 120
