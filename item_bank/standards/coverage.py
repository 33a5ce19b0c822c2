# SPDX-License-Identifier: Apache-2.0
"""What banks hold for a credential, counted for the rules that need it. No item's content is read."""

from __future__ import annotations

from sqlalchemy import func, select

from core.uow import UnitOfWork
from item_bank.items.model import ItemState
from item_bank.items.tables import ItemRow, ItemVersionRow
from item_bank.standards.queries import credential_version
from item_bank.standards.rules import Facts
from item_bank.tenancy import belongs_to


def bank_facts(uow: UnitOfWork, version_id: str) -> Facts:
    """Live items per PC and their kinds: in all banks for the credential's owner, in its own bank for an agency.

    NotFound(``credential_unknown``) as ``credential_version``.
    """
    version = credential_version(uow, version_id)
    query = (
        select(ItemVersionRow.pc, ItemVersionRow.interaction, func.count())
        .join(ItemRow, ItemRow.id == ItemVersionRow.item_id)
        .where(ItemRow.credential_version_id == version.id, ItemVersionRow.state == ItemState.LIVE)
        .group_by(ItemVersionRow.pc, ItemVersionRow.interaction)
    )
    if not belongs_to(uow.actor, version.owner_id):
        query = query.where(ItemRow.owner_id == uow.actor.organisation_id)
    counts = {pc.id: 0 for pc in version.document.pcs}
    kinds: set[str] = set()
    for pc, interaction, count in uow.db.execute(query):
        counts[pc] = counts.get(pc, 0) + count
        kinds.add(interaction.value)
    return Facts(items_per_pc=counts, item_types=frozenset(kinds))
