# SPDX-License-Identifier: Apache-2.0
"""Giving items to practice. What stands in a paper never gets there: practice tells the answers."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select

from assessor.forms.model import FormState
from assessor.forms.queries import form_of
from assessor.forms.tables import AssessmentRow, FormRow
from core.errors import Conflict, Invalid
from core.uow import UnitOfWork
from item_bank.api import give_to_practice, item_versions, take_from_practice


def give_items(uow: UnitOfWork, version_ids: Collection[str], *, organisation_id: str) -> int:
    """Put the items of these versions into the practice pool of their owner; how many were not in it.

    Raises Invalid `items_missing`; NotFound `item_unknown`; Conflict `item_in_form` (facts count) for what stands in a draft
    or in a form that was ever sealed, in whichever version.
    """
    items = _items(uow, version_ids)
    used = items & _in_forms(uow, organisation_id=organisation_id)
    if used:
        raise Conflict("item_in_form", count=len(used))
    return give_to_practice(uow, items, owner_id=organisation_id)


def take_items(uow: UnitOfWork, version_ids: Collection[str], *, organisation_id: str) -> int:
    """End the practice with the items of these versions; how many were in the pool.

    Raises Invalid `items_missing`; NotFound `item_unknown`.
    """
    return take_from_practice(uow, _items(uow, version_ids), owner_id=organisation_id)


def _items(uow: UnitOfWork, version_ids: Collection[str]) -> set[str]:
    if not version_ids:
        raise Invalid("items_missing")
    return {version.item_id for version in item_versions(uow, version_ids).values()}


def _in_forms(uow: UnitOfWork, *, organisation_id: str) -> set[str]:
    query = (
        select(FormRow)
        .join(AssessmentRow, AssessmentRow.id == FormRow.assessment_id)
        .where(
            AssessmentRow.agency_id == organisation_id,
            or_(FormRow.state == FormState.DRAFT, FormRow.sealed_at.is_not(None)),
        )
    )
    versions = {item.version_id for row in uow.db.scalars(query) for item in form_of(row).content.items}
    return {version.item_id for version in item_versions(uow, versions).values()}
