# SPDX-License-Identifier: Apache-2.0
"""The way in: a file's bytes and name to ``ParsedFile``. What a format means is in the module of its name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, assert_never

from core.errors import Invalid
from item_bank.document import Part, Path, Problem, json_path
from item_bank.formats.aiken import parse_aiken
from item_bank.formats.columns import ColumnMapping
from item_bank.formats.detection import Format, decode_text, detect
from item_bank.formats.gift import parse_gift
from item_bank.formats.model import ImportDefaults, Locate, Loss, ParsedFile, ReadItem
from item_bank.formats.moodle import parse_moodle
from item_bank.formats.rows import parse_sheet
from item_bank.formats.sheets import MAXIMUM_ROWS, check_size, read_sheet
from item_bank.items.model import UNASSIGNED
from item_bank.items.parsing import read_item

NO_DEFAULTS: Final = ImportDefaults()
_JSON_COMMAS: Final = 2_000_000
_JSON_BRACKETS: Final = 1_500_000
"""What a file may hold of them: each makes an object in memory, far larger than in the file."""


def parse_items(
    data: bytes,
    *,
    filename: str,
    defaults: ImportDefaults = NO_DEFAULTS,
    mapping: ColumnMapping | None = None,
) -> ParsedFile:
    """Read a file of items in any format that ``detect`` knows.

    ``defaults`` fill what the file does not say, ``mapping`` says what the columns of a sheet mean. Wrong items are in the
    result with their problems; Invalid is raised only where the file as a whole cannot be read: as ``detect``, ``read_sheet``,
    ``parse_sheet``, ``parse_moodle``, ``parse_qti``, ``parse_gift`` say and ``json_unreadable`` (line), ``json_shape``.
    """
    check_size(data)
    return _tell_unassigned(_refuse_repeated_ids(_parsed(data, filename, defaults, mapping)))


def _parsed(
    data: bytes, filename: str, defaults: ImportDefaults, mapping: ColumnMapping | None
) -> ParsedFile:
    # Other systems know nothing of criteria: what they export comes in without one. A sheet of ours has a column for it.
    unnamed = defaults if defaults.pc else replace(defaults, pc=UNASSIGNED)
    match detect(data, filename=filename):
        case Format.JSON:
            return parse_item_documents(read_json(data))
        case (Format.XLSX | Format.CSV) as sheet:
            return parse_sheet(
                read_sheet(data, filename=f"{filename}.{sheet.value}"), defaults=defaults, mapping=mapping
            )
        case Format.MOODLE_XML:
            return parse_moodle(data, defaults=unnamed)
        case Format.GIFT:
            return parse_gift(decode_text(data), defaults=unnamed)
        case Format.AIKEN:
            return parse_aiken(decode_text(data), defaults=unnamed)
        case Format.QTI:
            from item_bank.qti.reading import parse_qti

            return parse_qti(data, filename=filename, defaults=unnamed)
        case other:
            assert_never(other)


def read_json(data: bytes) -> object:
    """JSON text in UTF-8, where no member is given twice and no number is NaN or infinite."""
    if data.count(b",") > _JSON_COMMAS or data.count(b"{") + data.count(b"[") > _JSON_BRACKETS:
        raise Invalid("too_many_rows", maximum=MAXIMUM_ROWS)
    try:
        return json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_members, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError as error:
        raise Invalid(
            "encoding_unknown", line=data.count(b"\n", 0, error.start) + 1, needed="UTF-8"
        ) from error
    except json.JSONDecodeError as error:
        raise Invalid("json_unreadable", line=error.lineno, problem=error.msg) from error
    except RecursionError as error:
        raise Invalid("json_unreadable", line=1, problem="nested too deeply") from error
    except ValueError as error:
        raise Invalid("json_unreadable", line=1, problem=str(error)[:100]) from error


def parse_item_documents(value: object) -> ParsedFile:
    """Read item documents: a list of them, ``{"items": [...]}``, or a single one."""
    place: Path = ()
    match value:
        case list():
            documents = value
        case {"items": list(inner), **others} if not others:
            documents, place = inner, ("items",)
        case {"id": _}:
            return ParsedFile("json", (_read(value, ()),))
        case _:
            raise Invalid("json_shape")
    if len(documents) > MAXIMUM_ROWS:
        raise Invalid("too_many_rows", maximum=MAXIMUM_ROWS)
    return ParsedFile(
        "json", tuple(_read(document, (*place, index)) for index, document in enumerate(documents))
    )


def _read(value: object, place: Path) -> ReadItem:
    part = Part(value)
    document = read_item(part)
    return ReadItem(document, part.problems, _locator(place))


def _locator(place: Path) -> Locate:
    return lambda path: json_path((*place, *path))


def _tell_unassigned(parsed: ParsedFile) -> ParsedFile:
    """Say once for the whole file that items name no criterion."""
    count = sum(item.document.content.pc == UNASSIGNED for item in parsed.items)
    if not count:
        return parsed
    loss = Loss(
        "the file",
        f"{count} of {len(parsed.items)} items name no performance criterion; they come in without one and cannot go to review "
        "before somebody chooses it",
    )
    return replace(parsed, losses=(*parsed.losses, loss))


def _refuse_repeated_ids(parsed: ParsedFile) -> ParsedFile:
    """An id that stands twice in one file is refused from its second place on."""
    first: dict[str, str] = {}
    items: list[ReadItem] = []
    for item in parsed.items:
        external_id = item.document.external_id
        here = item.locate(("id",))
        seen = first.setdefault(external_id, here)
        if external_id and seen != here:
            twice = Problem(("id",), "duplicate_id", f"the id {external_id!r} is already used at {seen}")
            items.append(replace(item, problems=(*item.problems, twice)))
        else:
            items.append(item)
    return replace(parsed, items=tuple(items))


def _members(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for place, name in enumerate(names) if name in names[:place])
        raise ValueError(f"the member {repeated!r} is given twice")
    return members


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number")
