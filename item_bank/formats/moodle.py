# SPDX-License-Identifier: Apache-2.0
"""Questions in Moodle's XML: what is around a question (names, categories, tags, files, feedback), and which reader it gets.

The readers of the single types are in ``moodle_types``; what a kind becomes is in ``shapes``.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from core.errors import Invalid
from item_bank.formats import moodle_types, shares
from item_bank.formats.drafts import Draft, parsed_losses
from item_bank.formats.model import ImportDefaults, Loss, ParsedFile, ReadItem
from item_bank.formats.moodle_xml import child_text, text_of
from item_bank.formats.sheets import MAXIMUM_ROWS
from item_bank.items.parts import ItemSource
from item_bank.qti.media_files import MAXIMUM_FILM
from item_bank.qti.xml import is_element, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

_READERS: Final[Mapping[str, Callable[[Draft, _Element], ReadItem]]] = {
    "multichoice": moodle_types.multichoice,
    "truefalse": moodle_types.truefalse,
    "shortanswer": moodle_types.shortanswer,
    "numerical": moodle_types.numerical,
    "matching": moodle_types.matching,
    "match": moodle_types.matching,
    "ddmatch": moodle_types.matching,
    "essay": moodle_types.essay,
    "ordering": moodle_types.ordering,
    "cloze": moodle_types.cloze,
    "multianswer": moodle_types.cloze,
    "gapselect": moodle_types.gapselect,
    "ddwtos": moodle_types.ddwtos,
    "ddimageortext": moodle_types.ddimageortext,
    "ddmarker": moodle_types.ddmarker,
}
READ_TYPES: Final = tuple(_READERS)
_CALCULATED: Final = frozenset({"calculated", "calculatedsimple", "calculatedmulti"})
_FEEDBACK: Final = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
_PLUGINFILE = re.compile(r"@@PLUGINFILE@@/?")
_DATA = re.compile(r"data:([a-z]+/[a-z0-9.+-]+)?(?:;[a-z0-9=-]+)*;base64,(.*)", re.DOTALL)


def parse_moodle(data: bytes, *, defaults: ImportDefaults) -> ParsedFile:
    """Read every question of a ``<quiz>``.

    Invalid: those of ``parse_xml``, ``moodle_shape``, ``too_many_rows``. Codes of refused questions: ``question_calculated``,
    ``question_type_unsupported``, ``no_marks``, ``file_unreadable`` and those of ``moodle_types``, ``shapes``, ``pictures``.
    """
    root = parse_xml(data)
    if root.tag != "quiz":
        raise Invalid("moodle_shape", found=str(root.tag)[:40])
    items: list[ReadItem] = []
    drafts: list[Draft] = []
    losses: list[Loss] = []
    media = {}
    category, number = "", 0
    for node in root:
        if not is_element(node) or node.tag != "question":
            continue
        kind = node.get("type", "")
        if kind == "category":
            category = text_of(node.find("category"))
            continue
        number += 1
        if number > MAXIMUM_ROWS:
            raise Invalid("too_many_rows", maximum=MAXIMUM_ROWS)
        draft = _draft(node, number, category, defaults)
        if kind == "description":
            losses.append(Loss(draft.where, "a description is no question; its text is not kept"))
            continue
        items.append(_read(draft, node, kind))
        media.update(draft.files.stored)
        if draft.notes.losses:
            drafts.append(draft)
    return ParsedFile(
        "moodle_xml", tuple(items), (*losses, *parsed_losses(drafts)), media=tuple(media.values())
    )


def _draft(node: _Element, number: int, category: str, defaults: ImportDefaults) -> Draft:
    name = " ".join(text_of(node.find("name")).split())
    where = f"question {number}" + (f" ({name[:40]})" if name else "")
    draft = Draft(
        where,
        defaults,
        name=name,
        idnumber=child_text(node, "idnumber").strip(),
        category=category,
        tags=[text_of(tag) for tag in node.iterfind("tags/tag")],
    )
    draft.show = _Shower(draft, node)
    grade = child_text(node, "defaultgrade").strip() or "1"
    marks = shares.number_of(grade)
    draft.marks = Fraction(marks) if marks is not None and marks < 10_000 else Fraction(0)
    return draft


def _read(draft: Draft, node: _Element, kind: str) -> ReadItem:
    from lxml import etree

    reader = _READERS.get(kind)
    if kind in _CALCULATED:
        return draft.refused(
            "question_calculated",
            f"the type {kind!r} makes its numbers anew at each try; write the numbers out",
        )
    if reader is None:
        return draft.refused(
            "question_type_unsupported",
            f"questions of the type {kind[:40]!r} cannot be brought in; read are {', '.join(READ_TYPES)}",
        )
    if draft.marks <= 0:
        draft.refuse("no_marks", "the question is worth no marks")
        draft.marks = Fraction(1)
    if (general := node.find("generalfeedback")) is not None:
        draft.explain(*moodle_types.written(general))
    if any(text_of(node.find(name)).strip() for name in _FEEDBACK):
        draft.lose("the feedback on the question as a whole (correct, partly correct, incorrect)")
    if node.find("hint") is not None:
        draft.lose("hints for further tries")
    if child_text(node, "hidden").strip() == "1":
        draft.lose("that the question was hidden")
    draft.source = ItemSource(
        "application/xml", f"{draft.name or draft.where}.xml", etree.tostring(node, with_tail=False)
    )
    return reader(draft, node)


class _Shower:
    """Finds the file that a text of a question names, among the files that came with it."""

    def __init__(self, draft: Draft, node: _Element) -> None:
        self._draft = draft
        self._nodes = {file.get("name", ""): file for file in node.iter("file")}
        self._known: dict[str, str | tuple[str, str]] = {}

    def __call__(self, address: str) -> str | tuple[str, str]:
        if address not in self._known:
            self._known[address] = self._find(address)
        return self._known[address]

    def _find(self, address: str) -> str | tuple[str, str]:
        if (found := _DATA.fullmatch(address)) is not None:
            return add_base64(self._draft, "picture", found[2])
        if (inside := _PLUGINFILE.match(address)) is None:
            return (
                "address_not_allowed",
                f"the text shows {address[:60]!r} from elsewhere; put the file into the question",
            )
        name = address[inside.end() :].partition("?")[0]
        node = self._nodes.get(name.rpartition("/")[2]) if name not in self._nodes else self._nodes[name]
        if node is None:
            return "media_missing", f"the file {name[:60]!r} is not in the question"
        return add_base64(self._draft, name, node.text or "", encoding=node.get("encoding", "base64"))


def add_base64(draft: Draft, name: str, text: str, *, encoding: str = "base64") -> str | tuple[str, str]:
    """Decode a file and add it to a question's own."""
    if encoding != "base64" or len(text) > MAXIMUM_FILM * 3 // 2:
        return "file_unreadable", f"the file {name[:60]!r} is not in base64, or far too large"
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return "file_unreadable", f"the file {name[:60]!r} is damaged: it is not base64"
    return draft.files.add(name, data)
