# SPDX-License-Identifier: Apache-2.0
"""The names of the attempts that are being answered, kept in this process.

They never change, and to derive them costs more than a save. Nothing else of an attempt may be kept here: the rest changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection, select

from assessor.attempts.refs import Refs
from assessor.attempts.tables import AttemptRow
from assessor.forms.model import FormItem, parse_content
from assessor.forms.tables import FormRow
from core.errors import NotFound
from core.kept import Kept
from item_bank.api import opaque_ids


class Names(NamedTuple):
    """What one attempt's browser calls the items of its form. `secret` is the one that they were derived with."""

    form_id: str
    secret: str
    refs: Refs
    items: Mapping[str, FormItem]

    def item(self, ref: object) -> FormItem:
        """The form's item behind a reference; raises NotFound `item_unknown`, for what is no reference too."""
        found = self.items.get(ref) if isinstance(ref, str) else None
        if found is None:
            raise NotFound("item_unknown")
        return found


_THIS = select(AttemptRow.form_id, AttemptRow.secret, FormRow.document).join_from(AttemptRow, FormRow)
_known: Kept[str, Names] = Kept(2_000)
"""By attempt, of about 20 KB each."""


def names_of(db: Connection, attempt_id: str) -> Names:
    """The names of an attempt, read once; raises NotFound `attempt_unknown`, Conflict `form_altered`."""
    known = _known.get(attempt_id)
    if known is not None:
        return known
    row = db.execute(_THIS.where(AttemptRow.id == attempt_id)).one_or_none()
    if row is None:
        raise NotFound("attempt_unknown")
    content = parse_content(row.document, form_id=row.form_id)
    opaque = lru_cache(maxsize=None)(opaque_ids(row.secret.encode()))
    refs = Refs(content, opaque)
    names = Names(
        row.form_id, row.secret, refs, {refs.of_item(item.version_id): item for item in content.items}
    )
    return _known.put(attempt_id, names)
