# SPDX-License-Identifier: Apache-2.0
"""How to reach the candidates of entries, with what a notice to them says. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from assessor.scheduling.candidates import Language
from assessor.scheduling.tables import BatchRow, CandidateRow, EntryRow, SittingRow
from core.uow import UnitOfWork

_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The person of an entry; ``email`` and ``phone`` may be empty."""

    entry_id: str
    agency_id: str
    assessment_id: str
    name: str = field(repr=False)
    language: Language
    email: str = field(repr=False)
    phone: str = field(repr=False)
    place: str
    opens_at: datetime
    closes_at: datetime
    time_zone: str


def contacts(uow: UnitOfWork, entry_ids: Collection[str], *, organisation_id: str) -> list[Contact]:
    """The contacts of an agency's entries, in the order of ``entry_ids``; foreign and unknown ids are left out."""
    wanted = list(dict.fromkeys(entry_ids))
    found: dict[str, Contact] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = (
            select(EntryRow, CandidateRow, SittingRow, BatchRow.assessment_id)
            .join(CandidateRow, CandidateRow.id == EntryRow.candidate_id)
            .join(SittingRow, SittingRow.id == EntryRow.sitting_id)
            .join(BatchRow, BatchRow.id == SittingRow.batch_id)
            .where(EntryRow.agency_id == organisation_id, EntryRow.id.in_(wanted[start : start + _CHUNK]))
        )
        for entry, person, sitting, assessment_id in uow.db.execute(query):
            found[entry.id] = Contact(
                entry_id=entry.id,
                agency_id=entry.agency_id,
                assessment_id=assessment_id,
                name=person.name,
                language=person.language,
                email=person.email,
                phone=person.phone,
                place=sitting.place,
                opens_at=sitting.opens_at,
                closes_at=sitting.closes_at,
                time_zone=sitting.time_zone,
            )
    return [found[entry_id] for entry_id in wanted if entry_id in found]
