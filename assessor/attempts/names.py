# SPDX-License-Identifier: Apache-2.0
"""The names of the attempts that are being answered, kept in this process.

They never change, and to derive them costs more than a save. Nothing else of an attempt may be kept here: the rest changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from assessor.attempts.refs import Refs
from assessor.attempts.tables import AttemptRow
from assessor.forms.model import FormContent, FormItem, parse_content
from assessor.forms.tables import FormRow
from core.errors import NotFound
from core.kept import Kept
from core.prepared import Prepared
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


_THIS = Prepared(
    select(AttemptRow.form_id, AttemptRow.secret).where(AttemptRow.id == bindparam("attempt_id"))
)
_forms: Kept[str, FormContent] = Kept(200)
"""By form: those of one form share it, and it never changes once there is an attempt."""
_known: Kept[str, Names] = Kept(2_000)
"""By attempt, of about 20 KB each."""


def names_of(db: Connection, attempt_id: str) -> Names:
    """The names of an attempt, read once; raises NotFound `attempt_unknown`, Conflict `form_altered`."""
    known = _known.get(attempt_id)
    if known is not None:
        return known
    row = _THIS.one_or_none(db, {"attempt_id": attempt_id})
    if row is None:
        raise NotFound("attempt_unknown")
    return names_under(db, attempt_id, form_id=row.form_id, secret=row.secret)


def names_under(db: Connection, attempt_id: str, *, form_id: str, secret: str) -> Names:
    """As `names_of`, for who has read the attempt."""
    known = _known.get(attempt_id)
    if known is not None:
        return known
    content = _forms.get(form_id) or _forms.put(form_id, _content(db, form_id))
    refs = Refs(content, lru_cache(maxsize=None)(opaque_ids(secret.encode())))
    names = Names(form_id, secret, refs, {refs.of_item(item.version_id): item for item in content.items})
    return _known.put(attempt_id, names)


def _content(db: Connection, form_id: str) -> FormContent:
    document = db.execute(select(FormRow.document).where(FormRow.id == form_id)).scalar_one()
    return parse_content(document, form_id=form_id)
