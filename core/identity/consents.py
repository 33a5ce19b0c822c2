# SPDX-License-Identifier: Apache-2.0
"""Notices and consents: which words were agreed to, what was taken back, who said to be of age. Words are chosen elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from core.errors import NotFound
from core.identity import events
from core.identity.model import Consent
from core.identity.operations import record_consent
from core.identity.tables import AgeStatementRow, ConsentNoticeRow, ConsentRow
from core.ids import new_id
from core.prepared import Prepared
from core.uow import UnitOfWork

VERSION_LENGTH = 20
_NEXT = timedelta(microseconds=1)
_AGE = Prepared(
    select(AgeStatementRow.of_age)
    .where(AgeStatementRow.subject_id == bindparam("subject_id"))
    .order_by(AgeStatementRow.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Notice:
    """The words of a notice in every language. The version follows from the words: other words, another version."""

    document: Mapping[str, Any]
    sha256: str

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Notice:
        """The notice of a JSON document; the hash is taken over its one canonical spelling."""
        text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return cls(document, hashlib.sha256(text.encode()).hexdigest())

    @property
    def version(self) -> str:
        """20 hex digits."""
        return self.sha256[:VERSION_LENGTH]


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """A notice that somebody agreed to, as it was then. `intact`: its words still give the hash that was kept beside them."""

    version: str
    sha256: str
    document: Mapping[str, Any]
    kept_at: datetime
    intact: bool


def keep_notice(uow: UnitOfWork, notice: Notice) -> None:
    """Keep the words before somebody agrees to them; the same words again change nothing."""
    if uow.db.get(ConsentNoticeRow, notice.version) is not None:
        return
    row = ConsentNoticeRow(
        version=notice.version, sha256=notice.sha256, document=dict(notice.document), kept_at=uow.now
    )
    try:
        with uow.db.begin_nested():
            uow.db.add(row)
    except IntegrityError:  # another learner agreed to the same words in this moment
        return


def kept_notice(uow: UnitOfWork, version: str) -> KeptNotice:
    """The words that belong to a version; raises NotFound `notice_version_unknown`."""
    row = uow.db.get(ConsentNoticeRow, version)
    if row is None:
        raise NotFound("notice_version_unknown")
    intact = Notice.of(row.document).sha256 == row.sha256
    return KeptNotice(row.version, row.sha256, row.document, row.kept_at, intact)


def consents_of(uow: UnitOfWork, subject_id: str) -> list[Consent]:
    """Everything that was ever agreed to, the newest first."""
    query = select(ConsentRow).where(ConsentRow.subject_id == subject_id).order_by(ConsentRow.id.desc())
    return [_consent(row) for row in uow.db.scalars(query)]


def withdraw_consents(uow: UnitOfWork, subject_id: str, *, organisation_id: str) -> list[Consent]:
    """Take back whatever stands; what it was. Nothing is deleted, and asking again changes nothing.

    That works whatever the clock says: one that was set back since is no reason to refuse.
    """
    query = select(ConsentRow).where(ConsentRow.subject_id == subject_id, ConsentRow.withdrawn_at.is_(None))
    rows = uow.db.scalars(query.order_by(ConsentRow.id.desc())).all()
    standing = [_consent(row) for row in rows]
    for row in rows:
        _end(uow, row)
    for one in standing:
        uow.emit(
            events.ConsentWithdrawn(
                organisation_id=organisation_id,
                subject_id=subject_id,
                notice_version=one.notice_version,
                purposes=list(one.purposes),
            )
        )
    return standing


def replace_consent(
    uow: UnitOfWork, agreed: Consent, *, organisation_id: str, purposes: Collection[str], language: str
) -> Consent:
    """The same notice with fewer items from now on; the consent as it was stays as a record.

    The new one is the later one, also in the same instant and with a clock that was set back.
    """
    _end(uow, uow.db.get_one(ConsentRow, agreed.id))
    uow.emit(
        events.ConsentWithdrawn(
            organisation_id=organisation_id,
            subject_id=agreed.subject_id,
            notice_version=agreed.notice_version,
            purposes=sorted(set(agreed.purposes) - set(purposes)),
        )
    )
    return record_consent(
        uow,
        agreed.subject_id,
        organisation_id=organisation_id,
        notice_version=agreed.notice_version,
        purposes=purposes,
        language=language,
        given_at=max(uow.now, agreed.given_at + _NEXT),
    )


def state_age(uow: UnitOfWork, subject_id: str, *, organisation_id: str, of_age: bool) -> None:
    """Keep what a learner said; the same again changes nothing."""
    if said_of_age(uow, subject_id) is of_age:
        return
    uow.db.add(AgeStatementRow(id=new_id(), subject_id=subject_id, of_age=of_age, said_at=uow.now))
    uow.db.flush()
    uow.emit(events.AgeStated(organisation_id=organisation_id, subject_id=subject_id, of_age=of_age))


def said_of_age(uow: UnitOfWork, subject_id: str) -> bool | None:
    """What the learner last said; None: nothing."""
    row = _AGE.one_or_none(uow.db.connection(), {"subject_id": subject_id})
    return None if row is None else bool(row[0])


def _end(uow: UnitOfWork, row: ConsentRow) -> None:
    """A consent never ends before it was given."""
    row.withdrawn_at = max(uow.now, row.given_at)
    uow.db.flush()


def _consent(row: ConsentRow) -> Consent:
    return Consent(
        row.id,
        row.subject_id,
        row.notice_version,
        tuple(row.purposes),
        row.language,
        row.given_at,
        row.withdrawn_at,
    )
