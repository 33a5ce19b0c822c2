# SPDX-License-Identifier: Apache-2.0
"""Items out of a bank as a file: which ones, and in which format. How a format is written is in its own module."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from sqlalchemy import select

from core.errors import Invalid
from core.uow import UnitOfWork
from item_bank.formats.export_sheets import export_xlsx
from item_bank.items.media import media_file
from item_bank.items.model import ItemDocument, ItemState, ItemVersion
from item_bank.items.queries import key_of, newest_versions
from item_bank.items.tables import ItemKeyRow

_CHUNK: Final = 500


class ExportFormat(StrEnum):
    """What items can leave as."""

    QTI3 = "qti3"
    QTI21 = "qti21"
    XLSX = "xlsx"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """What a browser is told."""
        match self:
            case ExportFormat.QTI3 | ExportFormat.QTI21:
                return "application/zip"
            case ExportFormat.XLSX:
                return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            case ExportFormat.JSON:
                return "application/json"
            case other:
                assert_never(other)

    @property
    def ending(self) -> str:
        """The end of the file's name."""
        return "zip" if self in (ExportFormat.QTI3, ExportFormat.QTI21) else self.value


@dataclass(frozen=True, slots=True)
class Exported:
    """A file with items: its bytes and how many items are in it."""

    format: ExportFormat
    items: int
    data: bytes


def export_items(
    uow: UnitOfWork,
    *,
    owner_id: str,
    format: ExportFormat,  # noqa: A002 - the word that people use
    credential_version_id: str | None = None,
    pc: str | None = None,
    state: ItemState | None = None,
) -> Exported:
    """Reads keys: the newest version of each item that is not withdrawn, or in ``state``, for the staff of its owner.

    NotFound(``organisation_unknown``), Invalid(``export_empty``), and as ``export_qti``.
    """
    versions = newest_versions(
        uow, owner_id=owner_id, credential_version_id=credential_version_id, pc=pc, state=state
    )
    chosen = {
        one.item_id: one  # of several versions the last, which is the newest
        for one in versions
        if state is not None or one.state is not ItemState.WITHDRAWN
    }
    if not chosen and format in (ExportFormat.QTI3, ExportFormat.QTI21):
        raise Invalid("export_empty")
    documents = list(_documents(uow, list(chosen.values())))
    return Exported(format, len(documents), _written(uow, documents, format, owner_id=owner_id))


def _documents(uow: UnitOfWork, versions: Sequence[ItemVersion]) -> Iterator[ItemDocument]:
    for start in range(0, len(versions), _CHUNK):
        chunk = versions[start : start + _CHUNK]
        rows = uow.db.scalars(select(ItemKeyRow).where(ItemKeyRow.version_id.in_([one.id for one in chunk])))
        keys = {row.version_id: key_of(row) for row in rows}
        for version in chunk:
            yield ItemDocument(version.external_id, version.content, keys[version.id])


def _written(
    uow: UnitOfWork, documents: Sequence[ItemDocument], chosen: ExportFormat, *, owner_id: str
) -> bytes:
    match chosen:
        case ExportFormat.XLSX:
            return export_xlsx(documents)
        case ExportFormat.JSON:
            items = {"items": [document.to_document() for document in documents]}
            return json.dumps(items, ensure_ascii=False, indent=1).encode() + b"\n"
        case ExportFormat.QTI3 | ExportFormat.QTI21:
            from item_bank.qti.writing import export_qti

            version = "3.0" if chosen is ExportFormat.QTI3 else "2.1"
            return export_qti(
                documents,
                version=version,
                media=lambda sha256: media_file(uow, sha256, owner_id=owner_id).data,
            )
        case other:
            assert_never(other)
