# SPDX-License-Identifier: Apache-2.0
"""Draws of the compiler: what was recorded of them, and their replay. Drawing lives in ``operations``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from assessor.forms.contents import compiled_contents
from assessor.forms.queries import assessment, form_of
from assessor.forms.tables import BankSnapshotRow, DrawRow, FormRow
from core.canonical import canonical_json
from core.errors import Conflict, NotFound
from core.uow import UnitOfWork
from item_bank.api import Deficits, Plan, bank_of_document, blueprint, compile_forms, compiler_name


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawRecord:
    """One run of the compiler with the forms that it made, in their order."""

    id: str
    assessment_id: str
    seed: int
    count: int
    blueprint_sha256: str
    bank_sha256: str
    compiler: str
    created_at: datetime
    form_ids: tuple[str, ...]


def draws(uow: UnitOfWork, assessment_id: str, *, organisation_id: str) -> list[DrawRecord]:
    """The draws of an agency's assessment, newest first. Raises NotFound `assessment_unknown`."""
    assessment(uow, assessment_id, organisation_id=organisation_id)
    query = select(DrawRow).where(DrawRow.assessment_id == assessment_id).order_by(DrawRow.id.desc())
    return [_record(uow, row) for row in uow.db.scalars(query)]


def replays(uow: UnitOfWork, draw_id: str, *, organisation_id: str) -> bool:
    """Whether drawing again, from the recorded bank and seed, gives the stored forms byte by byte.

    Raises NotFound `draw_unknown`; Conflict `draw_compiler` (facts compiler) where it does not, but another compiler or
    solver made the draw, so that nothing follows from it.
    """
    row = uow.db.get(DrawRow, draw_id)
    if row is None:
        raise NotFound("draw_unknown")
    definition = assessment(uow, row.assessment_id, organisation_id=organisation_id)
    plan = blueprint(uow, definition.blueprint_id).blueprint
    snapshot = uow.db.get_one(BankSnapshotRow, row.bank_sha256)
    if not isinstance(plan, Plan):
        raise Conflict("draw_compiler", compiler=row.compiler)
    bank, used, others = bank_of_document(snapshot.document)
    again = compile_forms(bank, plan, seed=int(row.seed), count=row.papers, used=used, others=others)
    forms = [replace(form, compiler=row.compiler) for form in (() if isinstance(again, Deficits) else again)]
    made = [one.to_document() for one in compiled_contents(uow, row.assessment_id, forms, plan=plan)]
    stored = [form_of(form).content.to_document() for form in _forms(uow, draw_id)]
    same = canonical_json(made) == canonical_json(stored)
    if not same and row.compiler != compiler_name():
        raise Conflict("draw_compiler", compiler=row.compiler)
    return same


def blueprint_of_draw(uow: UnitOfWork, draw_id: str, *, organisation_id: str) -> str:
    """The blueprint that a draw followed. Raises NotFound `draw_unknown`, `assessment_unknown`."""
    row = uow.db.get(DrawRow, draw_id)
    if row is None:
        raise NotFound("draw_unknown")
    return assessment(uow, row.assessment_id, organisation_id=organisation_id).blueprint_id


def _record(uow: UnitOfWork, row: DrawRow) -> DrawRecord:
    return DrawRecord(
        id=row.id,
        assessment_id=row.assessment_id,
        seed=int(row.seed),
        count=row.papers,
        blueprint_sha256=row.blueprint_sha256,
        bank_sha256=row.bank_sha256,
        compiler=row.compiler,
        created_at=row.created_at,
        form_ids=tuple(form.id for form in _forms(uow, row.id)),
    )


def _forms(uow: UnitOfWork, draw_id: str) -> list[FormRow]:
    """In the order of the draw, which is the order of their ids."""
    return list(uow.db.scalars(select(FormRow).where(FormRow.draw_id == draw_id).order_by(FormRow.id)))
