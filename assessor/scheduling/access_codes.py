# SPDX-License-Identifier: Apache-2.0
"""Access codes of many candidates at once: made anew, and proved before they are printed. A code is never stored."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from assessor.scheduling.entries import reissue_code
from assessor.scheduling.queries import Entry, code_key, entries_by_id, load_entry, load_sitting
from assessor.scheduling.tables import EntryRow
from core.errors import Conflict, NotFound
from core.uow import UnitOfWork

_CHUNK = 500


def reissue_codes(
    uow: UnitOfWork, sitting_id: str, entry_ids: Sequence[str], *, organisation_id: str, pepper: bytes
) -> dict[str, str]:
    """New codes by entry id, in the order given; the codes before open nothing from now on.

    Raises NotFound `sitting_unknown`, `entry_unknown` (also for an entry of another sitting); Conflict `entry_withdrawn`,
    `entry_absent`.
    """
    sitting, _batch = load_sitting(uow, sitting_id, organisation_id=organisation_id)
    made = {}
    for entry_id in entry_ids:
        if load_entry(uow, entry_id, organisation_id=organisation_id).sitting_id != sitting.id:
            raise NotFound("entry_unknown")
        made[entry_id] = reissue_code(uow, entry_id, organisation_id=organisation_id, pepper=pepper)
    return made


def entries_with_codes(
    uow: UnitOfWork, sitting_id: str, codes: Mapping[str, str], *, organisation_id: str, pepper: bytes
) -> list[Entry]:
    """The entries of a sitting whose codes these are, by entry id, in the order given.

    Raises NotFound `sitting_unknown`, `entry_unknown`; Conflict `codes_replaced` where a code opens the entry no more.
    """
    load_sitting(uow, sitting_id, organisation_id=organisation_id)
    found = entries_by_id(uow, list(codes))
    for entry_id, code in codes.items():
        entry = found.get(entry_id)
        if entry is None or entry.agency_id != organisation_id or entry.sitting.id != sitting_id:
            raise NotFound("entry_unknown")
        stored = load_entry(uow, entry_id, organisation_id=organisation_id).code_key
        if not hmac.compare_digest(stored, code_key(code, pepper=pepper)):
            raise Conflict("codes_replaced")
    return [found[entry_id] for entry_id in codes]


def entries_of_codes(
    uow: UnitOfWork, sitting_id: str, codes: Sequence[str], *, organisation_id: str, pepper: bytes
) -> dict[str, str]:
    """Of these codes those that open an entry of the sitting, by entry id; raises NotFound `sitting_unknown`."""
    load_sitting(uow, sitting_id, organisation_id=organisation_id)
    keys = {code_key(code, pepper=pepper): code for code in codes}
    found: dict[str, str] = {}
    for start in range(0, len(keys), _CHUNK):
        part = list(keys)[start : start + _CHUNK]
        query = select(EntryRow.id, EntryRow.code_key).where(
            EntryRow.sitting_id == sitting_id, EntryRow.code_key.in_(part)
        )
        found |= {entry_id: keys[key] for entry_id, key in uow.db.execute(query.order_by(EntryRow.id))}
    return found
