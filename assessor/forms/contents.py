# SPDX-License-Identifier: Apache-2.0
"""From drawn item versions to what a form pins. Drawing and storing live elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from assessor.forms.items import form_item
from assessor.forms.model import Draw, FormContent
from core.uow import UnitOfWork
from item_bank.api import CompiledForm, item_versions


def form_content(
    uow: UnitOfWork,
    assessment_id: str,
    drawn: Sequence[str],
    *,
    seed: int,
    limit_seconds: int,
    draw: Draw | None = None,
) -> FormContent:
    """The content of a form of these versions, in their order."""
    versions = item_versions(uow, drawn)
    return FormContent(
        assessment_id=assessment_id,
        seed=seed,
        limit_seconds=limit_seconds,
        items=tuple(form_item(versions[version_id]) for version_id in drawn),
        draw=draw,
    )


def compiled_content(
    uow: UnitOfWork, assessment_id: str, form: CompiledForm, *, limit_seconds: int
) -> FormContent:
    """The content of a compiled form."""
    draw = Draw(
        number=form.number,
        blueprint_sha256=form.plan_sha256,
        bank_sha256=form.bank_sha256,
        compiler=form.compiler,
    )
    return form_content(
        uow, assessment_id, form.version_ids, seed=form.seed, limit_seconds=limit_seconds, draw=draw
    )
