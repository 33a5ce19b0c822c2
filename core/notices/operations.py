# SPDX-License-Identifier: Apache-2.0
"""Commands on notices. Handing them to a channel is the work of ``web.notices``, outside any transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from core.errors import NotFound, Unavailable
from core.ids import new_id
from core.notices import events
from core.notices.model import (
    Address,
    Arrived,
    Claim,
    Command,
    Failed,
    Failure,
    NoticeKind,
    NoticeState,
    Standing,
    TryAgain,
    Withdraw,
    check_words,
    decide,
    keeps_words,
)
from core.notices.sealing import Letter, seal, unseal
from core.notices.tables import NoticeRow
from core.uow import UnitOfWork

_PAPER: Final = Standing(NoticeState.FAILED, failure=Failure.NO_ADDRESS)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed notice, ready to be written out and handed over."""

    id: str
    organisation_id: str
    kind: NoticeKind
    language: str
    letter: Letter


def queue_notice(
    uow: UnitOfWork,
    *,
    organisation_id: str,
    subject_id: str,
    kind: NoticeKind,
    language: str,
    address: Address | None,
    words: Mapping[str, str],
    key: bytes,
    cause_id: str | None = None,
) -> str:
    """Queue a notice to one person in their ``language``, and return its id; it leaves after the commit.

    ``subject_id`` is the entry or the person it is for; ``words`` has what ``NoticeKind.words`` names, sealed under ``key``
    (32 bytes, ``config.key("notices")``) until it is sent. Without an ``address`` it is listed as one to print. With a
    ``cause_id`` (an event's id) the same cause queues one notice a subject. Raises ValueError for a missing word,
    Invalid ``notice_too_long``.
    """
    check_words(kind, words)
    if cause_id is not None and (known := _of_cause(uow, cause_id, subject_id)) is not None:
        return known
    identifier = new_id()
    standing = Standing(NoticeState.WAITING) if address is not None else _PAPER
    row = NoticeRow(
        id=identifier,
        organisation_id=organisation_id,
        subject_id=subject_id,
        kind=kind,
        language=language,
        channel=address.channel if address else None,
        masked=address.masked if address else "",
        confidential=kind.confidential,
        state=standing.state,
        failure=standing.failure,
        tries=0,
        queued_at=uow.now,
        ended_at=None if address else uow.now,
        sealed=seal(Letter(address, words), identifier, key=key) if address else None,
        cause_id=cause_id,
    )
    uow.db.add(row)
    uow.db.flush()
    if address is not None:
        _emit_queued(uow, row)
    return identifier


def claim_notice(uow: UnitOfWork, notice_id: str, *, key: bytes) -> Outgoing | None:
    """Begin to hand a notice over; None when there is nothing to send any more.

    Raises Conflict ``notice_claimed`` while another worker has it. Words that cannot be opened fail the notice.
    """
    row = _load(uow, notice_id)
    if row is None or row.state is not NoticeState.WAITING:
        return None
    _apply(uow, row, Claim())
    row.tried_at = uow.now
    try:
        letter = unseal(row.sealed or b"", row.id, key=key)
    except Unavailable:  # another secret, or an altered row: said by its state, and never tried for ever
        _apply(uow, row, Failed(Failure.UNREADABLE))
        return None
    return Outgoing(row.id, row.organisation_id, row.kind, row.language, letter)


def note_sent(uow: UnitOfWork, notice_id: str) -> None:
    """The channel took it: its words are wiped. Repeating it changes nothing."""
    row = _load(uow, notice_id)
    if row is not None:
        _apply(uow, row, Arrived())


def note_failure(uow: UnitOfWork, notice_id: str, why: Failure) -> NoticeState | None:
    """The channel did not take it; its state then: waiting for the next try, or failed."""
    row = _load(uow, notice_id)
    if row is None:
        return None
    _apply(uow, row, Failed(why))
    return row.state


def withdraw_notices(
    uow: UnitOfWork, subject_ids: Iterable[str], *, kinds: Iterable[NoticeKind] = tuple(NoticeKind)
) -> int:
    """Take back what still waits for these subjects because it is no longer true; how many there were."""
    rows = uow.db.scalars(
        select(NoticeRow).where(
            NoticeRow.subject_id.in_(list(subject_ids)),
            NoticeRow.kind.in_(list(kinds)),
            NoticeRow.state == NoticeState.WAITING,
        )
    ).all()
    for row in rows:
        _apply(uow, row, Withdraw())
    return len(rows)


def erase_notices(uow: UnitOfWork, subject_ids: Iterable[str]) -> int:
    """Take back what waits for these subjects and wipe words and masked addresses of all; how many there were."""
    wanted = list(subject_ids)
    withdraw_notices(uow, wanted)
    rows = uow.db.scalars(select(NoticeRow).where(NoticeRow.subject_id.in_(wanted))).all()
    for row in rows:
        row.sealed, row.masked = None, ""
    uow.db.flush()
    return len(rows)


def send_again(uow: UnitOfWork, notice_id: str, *, organisation_id: str | None) -> None:
    """Try a failed notice anew; None as organisation is the operator.

    Raises NotFound ``notice_unknown``; Conflict ``notice_over``, ``notice_words_gone``.
    """
    row = _load(uow, notice_id)
    if row is None or organisation_id not in (None, row.organisation_id):
        raise NotFound("notice_unknown")
    _apply(uow, row, TryAgain(readable=row.sealed is not None))
    row.ended_at = None
    _emit_queued(uow, row)


def _load(uow: UnitOfWork, notice_id: str) -> NoticeRow | None:
    return uow.db.get(NoticeRow, notice_id, with_for_update=True)


def _of_cause(uow: UnitOfWork, cause_id: str, subject_id: str) -> str | None:
    return uow.db.scalar(
        select(NoticeRow.id).where(NoticeRow.cause_id == cause_id, NoticeRow.subject_id == subject_id)
    )


def _apply(uow: UnitOfWork, row: NoticeRow, command: Command) -> None:
    before = Standing(row.state, row.tries, row.claimed_until, row.failure)
    after = decide(before, command, now=uow.now)
    row.state, row.tries, row.claimed_until, row.failure = (
        after.state,
        after.tries,
        after.claimed_until,
        after.failure,
    )
    if not keeps_words(after, confidential=row.confidential):
        row.sealed = None
    if before.state is NoticeState.WAITING and after.state is not NoticeState.WAITING:
        row.ended_at = uow.now
        _emit_over(uow, row)


def _emit_queued(uow: UnitOfWork, row: NoticeRow) -> None:
    uow.emit(
        events.NoticeQueued(
            organisation_id=row.organisation_id,
            subject_id=row.id,
            kind=row.kind.value,
            channel=row.channel.value if row.channel else "",
        )
    )


def _emit_over(uow: UnitOfWork, row: NoticeRow) -> None:
    owner, kind = row.organisation_id, row.kind.value
    match row.state:
        case NoticeState.SENT:
            uow.emit(events.NoticeSent(organisation_id=owner, subject_id=row.id, kind=kind, tries=row.tries))
        case NoticeState.FAILED:
            reason = row.failure.value if row.failure else ""
            uow.emit(
                events.NoticeFailed(
                    organisation_id=owner, subject_id=row.id, kind=kind, tries=row.tries, reason=reason
                )
            )
        case _:
            uow.emit(events.NoticeWithdrawn(organisation_id=owner, subject_id=row.id, kind=kind))
