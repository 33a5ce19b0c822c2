# SPDX-License-Identifier: Apache-2.0
"""Saved column mappings: kept, found again by a sheet's headings, forgotten. What a mapping means is in ``columns``."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from core.errors import NotFound
from core.ids import new_id
from core.uow import UnitOfWork
from item_bank.formats.columns import ColumnMapping, heading, parse_mapping
from item_bank.formats.tables import ImportMappingRow
from item_bank.tenancy import require_owner


def save_mapping(uow: UnitOfWork, mapping: ColumnMapping, *, owner_id: str) -> str:
    """Keep a mapping under its name, in place of one that had it; its id."""
    require_owner(uow, owner_id, code="organisation_unknown")
    row = uow.db.scalar(
        select(ImportMappingRow).where(
            ImportMappingRow.owner_id == owner_id, ImportMappingRow.name == mapping.name
        )
    )
    if row is None:
        row = ImportMappingRow(id=new_id(), owner_id=owner_id, name=mapping.name)
        uow.db.add(row)
    row.columns = dict(mapping.columns)
    row.saved_by, row.saved_at = uow.actor.id, uow.now
    uow.db.flush()
    return row.id


def saved_mappings(uow: UnitOfWork, *, owner_id: str) -> list[tuple[str, ColumnMapping]]:
    """The mappings of an organisation by name, each with its id."""
    require_owner(uow, owner_id, code="organisation_unknown")
    rows = uow.db.scalars(
        select(ImportMappingRow).where(ImportMappingRow.owner_id == owner_id).order_by(ImportMappingRow.name)
    )
    return [(row.id, ColumnMapping(row.name, row.columns)) for row in rows]


def saved_mapping(uow: UnitOfWork, mapping_id: str, *, owner_id: str) -> ColumnMapping:
    """One mapping, or NotFound(``mapping_unknown``)."""
    require_owner(uow, owner_id, code="mapping_unknown")
    row = uow.db.get(ImportMappingRow, mapping_id)
    if row is None or row.owner_id != owner_id:
        raise NotFound("mapping_unknown")
    return parse_mapping({"name": row.name, "columns": row.columns})


def forget_mapping(uow: UnitOfWork, mapping_id: str, *, owner_id: str) -> None:
    """Delete a mapping; NotFound(``mapping_unknown``)."""
    saved_mapping(uow, mapping_id, owner_id=owner_id)
    uow.db.execute(delete(ImportMappingRow).where(ImportMappingRow.id == mapping_id))


def fitting_mapping(
    uow: UnitOfWork, headings: Sequence[str], *, owner_id: str
) -> tuple[str, ColumnMapping] | None:
    """The saved mapping whose columns a sheet has, the one with the most of them."""
    present = {heading(written) for written in headings}
    fits = [(key, one) for key, one in saved_mappings(uow, owner_id=owner_id) if set(one.columns) <= present]
    return max(fits, key=lambda pair: len(pair[1].columns), default=None)
