# SPDX-License-Identifier: Apache-2.0
"""The erasure of a person: what stands against it, the notice 48 hours ahead, and the act itself in one unit of work."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import delete

from assessor import api as assessor
from core.blobs import BlobStore
from core.db import empty_log, overwrite_deleted
from core.errors import Conflict
from core.identity.erasing import erase_guardians
from core.notices.operations import erase_notices
from core.privacy import operations as privacy
from core.privacy.model import DataClass, ErasureState, Hold, erase_at
from core.privacy.operations import Deleted, write_receipt
from core.privacy.queries import Erasure, due_erasures, erasure, settings_of
from core.uow import Actor, UnitOfWork
from proctor import api as proctor
from web.lti.tables import LtiLearnerRow
from web.notices.queueing import tell_erased, tell_erasure
from web.tables import LoginKind, LoginRow
from web.wiring import Services

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What stands against erasing a person now, and when it could be done at the earliest."""

    candidate_id: str
    tests: tuple[assessor.SubjectFacts, ...]
    holds: frozenset[Hold]
    earliest: datetime

    @property
    def entry_ids(self) -> list[str]:
        """The entries of the person."""
        return [one.entry_id for one in self.tests]

    @property
    def attempt_ids(self) -> list[str]:
        """The attempts of the person."""
        return [one.attempt_id for one in self.tests]


def outlook(uow: UnitOfWork, candidate_id: str, *, organisation_id: str) -> Outlook:
    """Whether a person can be erased: every test over, every case decided, every result declared and taken over."""
    tests = tuple(assessor.subjects_of(uow, candidate_id=candidate_id))
    cases = proctor.open_cases(uow, [one.attempt_id for one in tests])
    holds = frozenset[Hold]().union(*(one.holds for one in tests), *cases.values())
    if not all(one.taken for one in tests):
        holds |= {Hold.RESULT_NOT_TAKEN}
    mode = settings_of(uow, organisation_id).mode
    closed = max((one.facts.closed_at for one in tests), default=uow.now)
    return Outlook(
        candidate_id=candidate_id,
        tests=tests,
        holds=holds,
        earliest=erase_at(now=uow.now, closed_at=closed, mode=mode),
    )


def ask(uow: UnitOfWork, entry_id: str, *, organisation_id: str, reason: str = "") -> Erasure:
    """The learner, or staff for them with a reason, asks. Raises as `core.privacy.operations.ask_erasure`."""
    candidate_id = assessor.candidate_of(uow, entry_id, organisation_id=organisation_id)
    return privacy.ask_erasure(
        uow, candidate_id, entry_id=entry_id, organisation_id=organisation_id, reason=reason
    )


def confirm(uow: UnitOfWork, parts: Services, erasure_id: str, *, organisation_id: str) -> Erasure:
    """A named person confirms, and the learner is told in the same unit of work.

    Raises NotFound `erasure_unknown`; Conflict `erasure_held` (facts holds), `erasure_over`.
    """
    asked = erasure(uow, erasure_id, organisation_id=organisation_id)
    found = outlook(uow, asked.subject_id, organisation_id=organisation_id)
    if found.holds:
        raise Conflict("erasure_held", holds=sorted(found.holds))
    confirmed = privacy.confirm_erasure(
        uow, erasure_id, organisation_id=organisation_id, erase_at=found.earliest
    )
    tell_erasure(uow, parts, [asked.entry_id], organisation_id=organisation_id, erase_at=found.earliest)
    return confirmed


def carry_out_due(parts: Services) -> list[str]:
    """Erase whom the 48 hours have passed for; ids of the requests. Whom an open case keeps waits for its end."""
    with parts.store.read(Actor.system()) as uow:
        due = due_erasures(uow)
    done = list[str]()
    for erasure_id in due:
        try:
            if _carry_out(parts, erasure_id):
                done.append(erasure_id)
        except Exception as error:  # noqa: BLE001 - one person's must not keep another's
            log.error("erasure_failed", erasure=erasure_id, error=type(error).__name__)
    if done:
        empty_log(parts.engine)
    return done


def _carry_out(parts: Services, erasure_id: str) -> bool:
    with parts.store.write(Actor.system()) as uow:
        asked = erasure(uow, erasure_id, organisation_id=None)
        found = outlook(uow, asked.subject_id, organisation_id=asked.organisation_id)
        if found.holds or asked.state is not ErasureState.CONFIRMED:
            return False
        overwrite_deleted(uow.db.connection())
        addresses = _erase(uow, parts, asked, found)
    parts.blobs.remove(addresses)
    return True


def _erase(uow: UnitOfWork, parts: Services, asked: Erasure, found: Outlook) -> list[str]:
    """Everything in one transaction; what is left to remove from the store of files."""
    erase_notices(uow, found.entry_ids)
    tell_erased(
        uow, parts, asked.entry_id, organisation_id=asked.organisation_id, reference=asked.id
    )  # its address is sealed until it has left
    gone = _watched(uow, found, parts.blobs)
    erased = assessor.erase_candidate(uow, found.candidate_id, blobs=parts.blobs)
    for (data_class, _subject), deleted in erased.deleted.items():
        gone[data_class] += deleted
    erase_guardians(uow, found.entry_ids)
    _end_logins(uow, found.entry_ids)
    receipts = [
        write_receipt(
            uow,
            deleted,
            organisation_id=asked.organisation_id,
            subject_id=asked.entry_id,
            attempt_id=None,
            data_class=data_class,
            due_at=asked.erase_at or uow.now,
            settings=settings_of(uow, asked.organisation_id),
            erasure_id=asked.id,
        )
        for data_class, deleted in sorted(gone.items())
        if deleted.hashes
    ]
    privacy.finish_erasure(
        uow,
        asked.id,
        particulars=erased.particulars,
        receipts=len(receipts),
        key=parts.config.key("erasure-proof"),
    )
    return [address for deleted in gone.values() for address in deleted.addresses]


def _watched(uow: UnitOfWork, found: Outlook, blobs: BlobStore) -> defaultdict[DataClass, Deleted]:
    """What watching left, of every test."""
    gone: defaultdict[DataClass, Deleted] = defaultdict(Deleted)
    for attempt_id in found.attempt_ids:
        for data_class in proctor.DELETABLE:
            gone[data_class] += proctor.delete_data(uow, attempt_id, data_class, blobs=blobs)
        proctor.erase_words(uow, attempt_id)
    return gone


def _end_logins(uow: UnitOfWork, entry_ids: list[str]) -> None:
    uow.db.execute(
        delete(LoginRow).where(LoginRow.kind == LoginKind.CANDIDATE, LoginRow.subject_id.in_(entry_ids))
    )
    uow.db.execute(delete(LtiLearnerRow).where(LtiLearnerRow.entry_id.in_(entry_ids)))
