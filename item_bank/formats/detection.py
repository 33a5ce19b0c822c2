# SPDX-License-Identifier: Apache-2.0
"""Which format a file is in, by its content first, by the end of its name where content cannot tell. No item is read here."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from enum import StrEnum
from typing import Final

from core.errors import Invalid


class Format(StrEnum):
    """The kinds of file that authors bring."""

    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    QTI = "qti"
    MOODLE_XML = "moodle_xml"
    GIFT = "gift"
    AIKEN = "aiken"


KNOWN: Final = ("xlsx", "csv", "json", "QTI (zip or xml)", "Moodle XML", "GIFT", "Aiken")
_ENDINGS: Final = {
    "xlsx": Format.XLSX, "xlsm": Format.XLSX, "csv": Format.CSV, "tsv": Format.CSV, "json": Format.JSON, "gift": Format.GIFT,
    "aiken": Format.AIKEN, "zip": Format.QTI,
}  # fmt: skip
_OTHERS: Final = {
    b"%PDF": "PDF", b"\xd0\xcf\x11\xe0": "an old xls or doc", b"\x1f\x8b": "gzip", b"Rar!": "rar", b"7z\xbc\xaf": "7z",
    b"{\\rtf": "RTF",
}  # fmt: skip
_GIFT = re.compile(r"(?<!\\)\{[^{}]*(?<!\\)\}|^\s*::.+?::", re.MULTILINE | re.DOTALL)
_JSON = re.compile(r"\s*(?:\[\s*(?:\{|\])|\{\s*(?:\"|\}))")
_NAMES = "stem|question|option|type|key|answer"
_TABLE = re.compile(
    rf"^[^\n]{{0,2000}}\b(?:{_NAMES})[\w ]*[,;\t]|^[^\n]{{0,2000}}[,;\t]\s*(?:{_NAMES})", re.IGNORECASE
)
_AIKEN = re.compile(r"^\s*[A-Z]\s?[.)].*\n(?:.*\n){0,30}?\s*ANSWER:\s*[A-Z]", re.MULTILINE | re.IGNORECASE)
_LOOK: Final = 20_000


def detect(data: bytes, *, filename: str) -> Format:
    """The format of a file. Invalid(``format_unknown``, known, found)."""
    ending = _ENDINGS.get(filename.lower().rpartition(".")[2])
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_format(data, ending)
    for magic, name in _OTHERS.items():
        if data.startswith(magic):
            raise Invalid("format_unknown", known=list(KNOWN), found=name)
    if ending in (Format.XLSX, Format.JSON, Format.CSV, Format.QTI):
        return ending
    text = peek(data)
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        found = _xml_format(start)
        if found is not None:
            return found
    if ending is not None:
        return ending
    if _JSON.match(start):
        return Format.JSON
    if _AIKEN.search(text):
        return Format.AIKEN
    if _GIFT.search(text):
        return Format.GIFT
    if _TABLE.match(start):
        return Format.CSV
    raise Invalid("format_unknown", known=list(KNOWN), found="")


def _zip_format(data: bytes, ending: Format | None) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {entry.filename for entry in archive.infolist()[:2000]}
    except Exception:  # noqa: BLE001 - a damaged zip is named by its reader
        return ending if ending in (Format.XLSX, Format.QTI) else Format.XLSX
    if any(name.startswith("xl/") for name in names):
        return Format.XLSX
    if any(name.rpartition("/")[2] == "imsmanifest.xml" for name in names):
        return Format.QTI
    return ending if ending in (Format.XLSX, Format.QTI) else Format.QTI


def _xml_format(start: str) -> Format | None:
    """By the name of the root element."""
    bare = re.sub(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>", "", start, flags=re.DOTALL)
    found = re.match(r"\s*<(?:[\w.-]+:)?([\w.-]+)", bare)
    root = found[1].lower() if found else ""
    if root == "quiz":
        return Format.MOODLE_XML
    if root.replace("-", "").startswith(("qti", "assessment", "questestinterop")):
        return Format.QTI
    if root in ("p", "div", "span", "b", "i", "br", "img", "html"):  # a text that begins with a tag
        return None
    if root:
        raise Invalid("format_unknown", known=list(KNOWN), found=f"XML with the root <{root[:40]}>")
    return None


def peek(data: bytes) -> str:
    """The beginning of a file as text, whatever its encoding may be."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return codecs.decode(data[:_LOOK], encoding, "ignore")
    if data.startswith((b"<\0", b"\0<")):
        return data[:_LOOK].decode("utf-16-le" if data.startswith(b"<\0") else "utf-16-be", "ignore")
    return data[:_LOOK].decode("utf-8", "ignore")


def decode_text(data: bytes) -> str:
    """A text file in UTF-8, or in UTF-16 with its mark; line ends are made one. Invalid(``encoding_unknown``, line, needed).

    A NUL in it is a character of no text: Invalid(``encoding_unknown``) too.
    """
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Invalid("encoding_unknown", line=line, needed="UTF-8") from error
    if (place := text.find("\0")) >= 0:
        raise Invalid("encoding_unknown", line=text.count("\n", 0, place) + 1, needed="UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")
