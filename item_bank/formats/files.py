# SPDX-License-Identifier: Apache-2.0
"""The way in: a file's bytes and name to ``ParsedFile``."""

from __future__ import annotations

import json
from collections.abc import Sequence

from core.errors import Invalid
from item_bank.document import Part, Path, Problem, json_path
from item_bank.formats.model import Locate, ParsedFile, ReadItem
from item_bank.formats.rows import parse_sheet
from item_bank.formats.sheets import MAXIMUM_ROWS, check_size, read_sheet
from item_bank.items.parsing import read_item


def parse_items(data: bytes, *, filename: str) -> ParsedFile:
    """Read a file of items: xlsx, csv or json, by the end of its name.

    Wrong items are in the result with their problems; Invalid is raised only where the file as a whole cannot be read: as
    ``read_sheet`` and ``parse_sheet`` and ``json_unreadable`` (line), ``json_shape``.
    """
    if filename.lower().endswith(".json"):
        check_size(data)
        return _refuse_repeated_ids(parse_item_documents(read_json(data)))
    return _refuse_repeated_ids(parse_sheet(read_sheet(data, filename=filename)))


def read_json(data: bytes) -> object:
    """JSON text in UTF-8, where no member is given twice and no number is NaN or infinite."""
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
            items.append(ReadItem(item.document, (*item.problems, twice), item.locate))
        else:
            items.append(item)
    return ParsedFile(parsed.format, tuple(items), parsed.losses)


def _members(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for place, name in enumerate(names) if name in names[:place])
        raise ValueError(f"the member {repeated!r} is given twice")
    return members


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number")
