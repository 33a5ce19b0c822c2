# SPDX-License-Identifier: Apache-2.0
"""What is over its period, and its deletion with receipts: one unit of work a test, the ciphertexts after its commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from assessor import api as assessor
from core.db import empty_log, overwrite_deleted
from core.privacy.model import PERIODS, DataClass, Hold, Settings, due_at, is_held
from core.privacy.operations import Deleted, write_receipt
from core.privacy.queries import settings_of
from core.uow import Actor, UnitOfWork
from proctor import api as proctor
from web.wiring import Services

log = structlog.get_logger(__name__)
_PART = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A class of one test: how many things, when its period ends, and why it stays beyond that."""

    entry_id: str
    attempt_id: str
    organisation_id: str
    data_class: DataClass
    count: int
    due_at: datetime
    holds: frozenset[Hold]

    def is_due(self, now: datetime) -> bool:
        """Whether the period is over."""
        return self.due_at <= now

    @property
    def held(self) -> bool:
        """Whether an open case, or a look that is not done, keeps it."""
        return is_held(self.data_class, self.holds)


def kept_of(uow: UnitOfWork, attempt_ids: list[str]) -> list[Kept]:
    """Everything with a period that is kept of some attempts, test by test."""
    counts: dict[str, dict[DataClass, int]] = {
        attempt_id: dict(found) for attempt_id, found in proctor.kept_data(uow, attempt_ids).items()
    }
    checks = set(assessor.kept_system_checks(uow, attempt_ids))
    for attempt_id in checks:
        counts.setdefault(attempt_id, {})[DataClass.SYSTEM_CHECKS] = 1
    cases = proctor.open_cases(uow, attempt_ids)
    looks = proctor.open_looks(uow, attempt_ids)
    settings: dict[str, Settings] = {}
    found = list[Kept]()
    for subject in assessor.subjects_of(uow, attempt_ids=attempt_ids):
        chosen = settings.setdefault(subject.agency_id, settings_of(uow, subject.agency_id))
        holds = subject.holds | cases.get(subject.attempt_id, frozenset())
        if subject.attempt_id in looks:
            holds |= {Hold.LOOK_OPEN}
        for data_class in PERIODS:
            if number := counts.get(subject.attempt_id, {}).get(data_class, 0):
                found.append(
                    Kept(
                        entry_id=subject.entry_id,
                        attempt_id=subject.attempt_id,
                        organisation_id=subject.agency_id,
                        data_class=data_class,
                        count=number,
                        due_at=due_at(data_class, subject.facts, chosen),
                        holds=holds,
                    )
                )
    return found


def due(parts: Services) -> list[Kept]:
    """What is over its period, also what is held all the same."""
    found = list[Kept]()
    with parts.store.read(Actor.system()) as uow:
        for ids in _parts(uow):
            found += [one for one in kept_of(uow, ids) if one.is_due(uow.now)]
    return found


def sweep(parts: Services) -> list[str]:
    """Delete what is due and not held; ids of the receipts. What fails stays due and is tried again the next time."""
    attempts = dict.fromkeys(one.attempt_id for one in due(parts) if not one.held)
    receipts = list[str]()
    for attempt_id in attempts:
        try:
            receipts += _delete(parts, attempt_id)
        except Exception as error:  # noqa: BLE001 - one test must not keep the others
            log.error("retention_failed", attempt=attempt_id, error=type(error).__name__)
    if receipts:
        empty_log(parts.engine)
    return receipts


def delete_class(uow: UnitOfWork, parts: Services, one: Kept) -> Deleted:
    """Delete a class of a test, wherever it lies."""
    if one.data_class is DataClass.SYSTEM_CHECKS:
        return assessor.delete_system_check(uow, one.entry_id)
    return proctor.delete_data(uow, one.attempt_id, one.data_class, blobs=parts.blobs)


def _delete(parts: Services, attempt_id: str) -> list[str]:
    receipts, addresses = list[str](), list[str]()
    with parts.store.write(Actor.system()) as uow:
        overwrite_deleted(uow.db.connection())
        for one in kept_of(uow, [attempt_id]):  # anew: a case may have been opened since
            if not one.is_due(uow.now) or one.held:
                continue
            gone = delete_class(uow, parts, one)
            addresses += gone.addresses
            receipts.append(
                write_receipt(
                    uow,
                    gone,
                    organisation_id=one.organisation_id,
                    subject_id=one.entry_id,
                    attempt_id=attempt_id,
                    data_class=one.data_class,
                    due_at=one.due_at,
                    settings=settings_of(uow, one.organisation_id),
                )
            )
    parts.blobs.remove(addresses)
    return receipts


def _parts(uow: UnitOfWork) -> Iterator[list[str]]:
    """All attempts of which anything with a period is kept, in order."""
    after = ""
    while True:
        ids = {
            *proctor.attempts_with_data(uow, after=after, limit=_PART),
            *assessor.attempts_with_checks(uow, after=after, limit=_PART),
        }
        part = sorted(ids)[:_PART]
        if not part:
            return
        yield part
        after = part[-1]


def by_class(kept: list[Kept]) -> Mapping[DataClass, list[Kept]]:
    """The same, by class."""
    found: dict[DataClass, list[Kept]] = {}
    for one in kept:
        found.setdefault(one.data_class, []).append(one)
    return found
