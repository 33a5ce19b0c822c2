# SPDX-License-Identifier: Apache-2.0
"""Documents changed in the database behind the application's back."""

from __future__ import annotations

from typing import Any

from assessor.forms.tables import FormRow
from assessor.results.tables import ResultRow
from core.uow import Actor
from tests.unit.assessor.world import World


def alter(world: World, table: type[FormRow | ResultRow], row_id: str, **changes: Any) -> None:
    """Change a stored document, but not the hash that was taken of it."""
    with world.store.write(Actor.system()) as uow:
        row = uow.db.get(table, row_id)
        assert row is not None
        row.document = {**row.document, **changes}
