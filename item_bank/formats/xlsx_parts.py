# SPDX-License-Identifier: Apache-2.0
"""What the table reader leaves aside in an xlsx: pictures with the cells they stand on, and the fonts of its styles."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import TYPE_CHECKING, Final

from item_bank.formats.sheets import CellPicture

if TYPE_CHECKING:
    from lxml.etree import _Element

MAXIMUM_PART: Final = 8_000_000
_FONT = re.compile(rb'<(?:[\w]+:)?(?:name|rFont)\s+val="([^"]{1,80})"')
_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_XDR: Final = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def fonts_of(archive: zipfile.ZipFile) -> tuple[str, ...]:
    """The names of the fonts in the styles of a file."""
    try:
        found = _FONT.findall(_read(archive, "xl/styles.xml"))
    except KeyError:
        return ()
    return tuple(dict.fromkeys(name.decode("utf-8", "replace") for name in found))


def pictures_of(archive: zipfile.ZipFile, *, prefer: str) -> dict[tuple[int, int], list[CellPicture]]:
    """Pictures of the sheet called ``prefer``, else of the first, by row (from 1) and column (from 0)."""
    try:
        sheet = _sheet_part(archive, prefer)
        drawings = _targets(archive, sheet, "/drawing")
    except KeyError:
        return {}
    found: dict[tuple[int, int], list[CellPicture]] = {}
    for drawing in drawings:
        try:
            root = _tree(archive, drawing)
            files = _relations(archive, drawing)
        except KeyError:
            continue
        for anchor in root:
            _add(archive, anchor, files, found)
    return found


def _add(
    archive: zipfile.ZipFile,
    anchor: _Element,
    files: dict[str, tuple[str, str]],
    found: dict[tuple[int, int], list[CellPicture]],
) -> None:
    start = anchor.find(f"{_XDR}from")
    picture = anchor.find(f"{_XDR}pic")
    if start is None or picture is None:
        return
    shown = picture.find(f"{_XDR}blipFill/{_A}blip")
    about = picture.find(f"{_XDR}nvPicPr/{_XDR}cNvPr")
    target = files.get(shown.get(f"{_R}embed", ""), ("", ""))[1] if shown is not None else ""
    row, column = (start.findtext(f"{_XDR}{name}", "") for name in ("row", "col"))
    if not target or not row.strip().isdigit() or not column.strip().isdigit():
        return
    try:
        data = _read(archive, target)
    except KeyError:
        return
    name, description = posixpath.basename(target), ""
    if about is not None:
        description = about.get("descr", "") or ""
    found.setdefault((int(row) + 1, int(column)), []).append(
        CellPicture(name, data, description.strip()[:500])
    )


def _sheet_part(archive: zipfile.ZipFile, prefer: str) -> str:
    book = _tree(archive, "xl/workbook.xml")
    files = _relations(archive, "xl/workbook.xml")
    sheets = [node for node in book.iter() if isinstance(node.tag, str) and node.tag.endswith("}sheet")]
    chosen = next((node for node in sheets if node.get("name") == prefer), sheets[0] if sheets else None)
    if chosen is None:
        raise KeyError("sheet")
    return files[chosen.get(f"{_R}id", "")][1]


def _targets(archive: zipfile.ZipFile, part: str, kind: str) -> list[str]:
    return [target for its, target in _relations(archive, part).values() if its.endswith(kind)]


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """The parts that a part names: id -> (kind, path within the file)."""
    folder, name = posixpath.split(part)
    root = _tree(archive, f"{folder}/_rels/{name}.rels")
    found = {}
    for node in root:
        target = node.get("Target", "")
        if node.get("TargetMode", "") == "External":
            continue
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
        found[node.get("Id", "")] = (node.get("Type", ""), path)
    return found


def _tree(archive: zipfile.ZipFile, name: str) -> _Element:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.parse(io.BytesIO(_read(archive, name)), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise KeyError(name) from error


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part of at most ``MAXIMUM_PART`` bytes; KeyError where there is none."""
    entry = archive.getinfo(name)
    if entry.file_size > MAXIMUM_PART:
        raise KeyError(name)
    return archive.read(entry)
