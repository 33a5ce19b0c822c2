# SPDX-License-Identifier: Apache-2.0
"""A credential document as a file of either format, in and out, and the name that its content has."""

from __future__ import annotations

import json
from typing import Any

from core.canonical import digest
from core.errors import Invalid
from item_bank.formats.files import read_json
from item_bank.formats.sheets import check_size, read_workbook
from item_bank.standards.parsing import credential_problems
from item_bank.standards.workbook import credential_xlsx
from item_bank.standards.workbook_reading import read_workbook_sheets


def document_digest(document: dict[str, Any]) -> str:
    """The hash that names a document's content: ``sha256:`` and 64 hexadecimal digits over its canonical JSON."""
    return digest(document)


def read_credential_file(data: bytes, *, filename: str) -> dict[str, Any]:
    """A credential document out of a json or xlsx file, checked.

    Invalid: ``credential_malformed`` (problems=[{where, code, reason}, …]; where = JSON path, or sheet, row and column),
    ``format_unknown``, and as ``read_json`` and ``read_workbook``.
    """
    check_size(data)
    match filename.lower().rpartition(".")[2]:
        case "json":
            document = read_json(data)
            problems = [found.as_fact() for found in credential_problems(document)]
        case "xlsx":
            document, problems = read_workbook_sheets(read_workbook(data))
        case _:
            raise Invalid("format_unknown", known=["xlsx", "json"])
    if problems or not isinstance(document, dict):
        raise Invalid("credential_malformed", problems=problems)
    return document


def write_credential_file(document: dict[str, Any], *, filename: str) -> bytes:
    """A sound document as the bytes of an xlsx or json file, by the end of the name. Invalid(``format_unknown``)."""
    match filename.lower().rpartition(".")[2]:
        case "json":
            return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
        case "xlsx":
            return credential_xlsx(document)
        case _:
            raise Invalid("format_unknown", known=["xlsx", "json"])
