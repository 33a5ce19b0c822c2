# SPDX-License-Identifier: Apache-2.0
"""Items as an xlsx that reads back to the same items, and refused rows handed back with their reasons.

Every cell is written as text: what begins with = + - or @ stays text and never becomes a formula. An item that no row can
say is listed on a sheet of its own, with what to export instead.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from core.errors import KasautiError
from item_bank.document import Part
from item_bank.formats.model import ImportDefaults, Reject
from item_bank.formats.pictures import Files
from item_bank.formats.rows import row_document
from item_bank.formats.template import COLUMNS, text_columns
from item_bank.items.model import ItemDocument
from item_bank.items.parsing import read_item

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_FIRST: Final = tuple(column for column in COLUMNS if not re.search(r"_(en|hi)$", column))
_PLACE: Final = "[[RESPONSE]]"
_CELL: Final = 32_767
"""Characters that a cell can have."""


def export_xlsx(documents: Iterable[ItemDocument]) -> bytes:
    """The items as the template's columns, and those that cannot be a row by name on the sheet ``not in this sheet``."""
    rows: list[dict[str, str]] = []
    others: list[tuple[str, str, str]] = []
    languages: list[str] = []
    for document in documents:
        row = row_of(document)
        if row is None:
            content = document.content
            others.append((document.external_id, content.interaction.value, " ".join(content.languages)))
        else:
            rows.append(row)
            languages += [language for language in document.content.languages if language not in languages]
    columns = [
        *_FIRST,
        "tags",
        *(column for language in languages or ["en"] for column in text_columns(language)),
    ]
    used = [column for column in columns if column in _FIRST or any(column in row for row in rows)]
    target = io.BytesIO()
    with _book(target) as book:
        _table(book, "items", used, [[row.get(column, "") for column in used] for row in rows])
        if others:
            hint = "Export as QTI or JSON: a row cannot hold this item."
            _table(
                book,
                "not in this sheet",
                ["id", "type", "languages", "hint"],
                [[*one, hint] for one in others],
            )
    return target.getvalue()


def refused_xlsx(rejects: Sequence[Reject], *, columns: Sequence[str]) -> bytes:
    """What was refused: the rows as they came with a column ``reason``, or a list of places where the file was no sheet."""
    target = io.BytesIO()
    with _book(target) as book:
        if columns:
            headings = ["reason", *columns]
            rows = [
                [_reasons(reject), *(reject.item.cells.get(_plain(name), "") for name in columns)]
                for reject in rejects
            ]
        else:
            headings = ["where", "id", "reason", "text"]
            rows = [
                [reject.item.locate(()), reject.item.document.external_id, _reasons(reject), _text(reject)]
                for reject in rejects
            ]
        _table(book, "items", headings, rows)
    return target.getvalue()


def row_of(document: ItemDocument) -> dict[str, str] | None:
    """The cells of an item, or None where reading them back would not give the same item."""
    cells = _cells(document)
    if cells is None or any(len(cell) > _CELL for cell in cells.values()):
        return None
    try:
        made = row_document(cells, defaults=ImportDefaults(), own=False, pictures={}, files=Files())
    except KasautiError:
        return None
    part = Part(made.value)
    again = read_item(part)
    same = not part.problems and not made.problems and again.content_hash == document.content_hash
    return cells if same else None


def _cells(document: ItemDocument) -> dict[str, str] | None:
    content, key = document.content, document.key
    if content.media or content.stimulus_id or key.program is not None or len(content.parts) > 1:
        return None
    cells = {
        "id": document.external_id,
        "pc": content.pc,
        "type": content.interaction.value,
        "difficulty": content.difficulty.value,
        "seconds": str(content.seconds),
    }
    if content.tags:
        cells["tags"] = ", ".join(content.tags)
    rationales = dict(key.rationale.by_language) if key.rationale else {}
    texts = _rich_texts(document) if content.is_rich else _simple_texts(document)
    if texts is None:
        return None
    for language, said in texts.items():
        cells |= {f"{name}_{language}": text for name, text in said.items()}
        if language in rationales:
            cells[f"rationale_{language}"] = rationales[language]
    return cells | (_rich_key(document) if content.is_rich else _simple_key(document))


def _simple_key(document: ItemDocument) -> dict[str, str]:
    if not document.content.bodies[0].options:
        steps = ", ".join(step.value for step in document.key.normalise)
        return {"key": " | ".join(document.key.correct), **({"normalise": steps} if steps else {})}
    return {"key": ", ".join(document.key.correct), "shuffle": "yes" if document.content.shuffle else "no"}


def _simple_texts(document: ItemDocument) -> dict[str, dict[str, str]]:
    return {
        body.language: {
            "stem": body.stem,
            **{f"option_{option.letter.lower()}": option.text for option in body.options},
        }
        for body in document.content.bodies
    }


def _rich_key(document: ItemDocument) -> dict[str, str]:
    part, key = document.content.parts[0], document.key.parts[0]
    cells = {"marks": str(document.content.marks)}
    match part.kind.value:
        case "numeric":
            cells["key"] = _number(key.correct[0] if key.correct else "", key.tolerance)
        case "choice_single" | "choice_multiple" | "inline_choice":
            cells |= {"key": ", ".join(key.correct), "shuffle": "yes" if part.shuffle else "no"}
        case "order":
            cells["key"] = ", ".join(key.correct)
        case "text_entry":
            cells["key"] = " | ".join(key.correct)
            if key.normalise:
                cells["normalise"] = ", ".join(step.value for step in key.normalise)
    return cells


def _number(value: str, tolerance: Any) -> str:
    from scoring.api import format_mark

    if tolerance is None:
        return value
    margin = format_mark(tolerance.above)
    return f"{value} ± {margin}" + (" %" if tolerance.mode.value == "relative" else "")


def _rich_texts(document: ItemDocument) -> dict[str, dict[str, str]] | None:
    kind = document.content.interaction.value
    found: dict[str, dict[str, str]] = {}
    for body in document.content.bodies:
        paragraph = re.fullmatch(r"<p>(.*?)</p>(?:\[\[RESPONSE\]\])?", body.stem, re.DOTALL)
        if paragraph is None or "<p" in paragraph[1]:
            return None
        flow = paragraph[1].removesuffix(f" {_PLACE}").replace(_PLACE, "____")
        said = {"stem": _unescaped(flow)}
        texts = {name.rpartition(".")[2]: _unescaped(text) for name, text in body.texts}
        if kind == "match":
            letters = [name[1:] for name in texts if name.startswith("S")]
            said |= {
                f"option_{letter.lower()}": f"{texts[f'S{letter}']} -> {texts.get(f'T{letter}', '')}"
                for letter in letters
            }
        else:
            said |= {f"option_{letter.lower()}": text for letter, text in texts.items()}
        found[body.language] = said
    return found


def _unescaped(markup: str) -> str:
    return html.unescape(markup.replace("<br>", "\n"))


def _reasons(reject: Reject) -> str:
    lines = []
    for refusal in reject.refusals:
        column = refusal.where.partition("column ")[2]
        lines.append(f"{column}: {refusal.reason}" if column else refusal.reason)
    return "\n".join(lines)[:_CELL]


def _text(reject: Reject) -> str:
    bodies = reject.item.document.content.bodies
    return bodies[0].stem[:2000] if bodies else ""


def _plain(name: str) -> str:
    from item_bank.formats.columns import heading

    return heading(name)


def _book(target: io.BytesIO) -> Workbook:
    import xlsxwriter

    return xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )


def _table(book: Workbook, name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    head = book.add_format({"bold": True, "bg_color": "#14161a", "font_color": "#fbfaf7", "num_format": "@"})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    page = book.add_worksheet(name)
    page.freeze_panes(1, 1)
    page.set_column(0, max(0, len(columns) - 1), 18, text)
    _line(page, 0, columns, head)
    for number, row in enumerate(rows, start=1):
        _line(page, number, row, text)


def _line(page: Worksheet, number: int, cells: Sequence[str], form: Any) -> None:
    for place, cell in enumerate(cells):
        if cell:
            page.write_string(number, place, str(cell)[:_CELL], form)
