# SPDX-License-Identifier: Apache-2.0
"""Notices on a real database: queued, claimed, ended, and what is left of them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from core.audit import AuditRow
from core.clock import FixedClock
from core.errors import Conflict, Invalid, NotFound
from core.notices.model import Address, Failure, NoticeKind, NoticeState
from core.notices.operations import (
    claim_notice,
    note_failure,
    note_sent,
    queue_notice,
    send_again,
    withdraw_notices,
)
from core.notices.queries import Notice, notice_counts, notices, notices_of
from core.notices.tables import NoticeRow
from core.uow import Actor, Store

SYSTEM = Actor.system()
KEY = b"n" * 32
RAVI = Address.email("ravi@example.in")
WORDS = {"name": "Ravi", "title": "Digital payments"}
CODE = {
    **WORDS,
    "place": "Pune",
    "opens_at": "2026-11-22T04:30:00+00:00",
    "closes_at": "2026-11-22T06:30:00+00:00",
    "time_zone": "Asia/Kolkata",
    "code": "K7QD-M2XP-9F",
}


def queue(
    store: Store,
    agency: str,
    *,
    kind: NoticeKind = NoticeKind.RESULT_DECLARED,
    address: Address | None = RAVI,
    words: Mapping[str, str] = WORDS,
    cause_id: str | None = None,
    subject_id: str = "entry-1",
) -> str:
    with store.write(SYSTEM) as uow:
        return queue_notice(
            uow,
            organisation_id=agency,
            subject_id=subject_id,
            kind=kind,
            language="hi",
            address=address,
            words=words,
            key=KEY,
            cause_id=cause_id,
        )


def only(store: Store, agency: str) -> Notice:
    with store.read(SYSTEM) as uow:
        return notices(uow, organisation_id=agency)[0]


def sealed(store: Store, notice_id: str) -> bytes | None:
    with store.read(SYSTEM) as uow:
        return uow.db.scalar(select(NoticeRow.sealed).where(NoticeRow.id == notice_id))


def test_a_queued_notice_waits_with_its_words_sealed_and_its_event_names_nobody(
    store: Store, agency: str
) -> None:
    notice_id = queue(store, agency, kind=NoticeKind.ACCESS_CODE, words=CODE)
    found = only(store, agency)
    assert (found.state, found.masked, found.language, found.kind) == (
        NoticeState.WAITING,
        "r***@example.in",
        "hi",
        NoticeKind.ACCESS_CODE,
    )
    stored = sealed(store, notice_id) or b""
    assert stored
    for secret in (b"ravi", b"K7QD", b"Ravi", b"Pune"):
        assert secret not in stored
    with store.read(SYSTEM) as uow:
        audit = uow.db.scalars(select(AuditRow).where(AuditRow.name == "notice_queued")).one()
        assert audit.payload == {"kind": "access_code", "channel": "email"}
        assert audit.subject_id == notice_id


def test_a_claimed_notice_has_address_and_words_and_is_wiped_once_it_was_sent(
    store: Store, agency: str
) -> None:
    notice_id = queue(store, agency)
    with store.write(SYSTEM) as uow:
        outgoing = claim_notice(uow, notice_id, key=KEY)
    assert outgoing is not None
    assert (outgoing.letter.address, outgoing.letter.words, outgoing.organisation_id) == (RAVI, WORDS, agency)
    with store.write(SYSTEM) as uow:
        note_sent(uow, notice_id)
        note_sent(uow, notice_id)
    found = only(store, agency)
    assert (found.state, found.tries, sealed(store, notice_id)) == (NoticeState.SENT, 1, None)
    assert found.ended_at is not None
    with store.write(SYSTEM) as uow:
        assert claim_notice(uow, notice_id, key=KEY) is None
        assert len(uow.db.scalars(select(AuditRow).where(AuditRow.name == "notice_sent")).all()) == 1


def test_two_workers_never_hold_the_same_notice(store: Store, agency: str) -> None:
    notice_id = queue(store, agency)
    with store.write(SYSTEM) as uow:
        claim_notice(uow, notice_id, key=KEY)
    with pytest.raises(Conflict, match="notice_claimed"), store.write(SYSTEM) as uow:
        claim_notice(uow, notice_id, key=KEY)


def test_a_failure_that_may_pass_leaves_the_notice_waiting_and_readable(store: Store, agency: str) -> None:
    notice_id = queue(store, agency)
    with store.write(SYSTEM) as uow:
        claim_notice(uow, notice_id, key=KEY)
        assert note_failure(uow, notice_id, Failure.TIMED_OUT) is NoticeState.WAITING
    with store.write(SYSTEM) as uow:
        again = claim_notice(uow, notice_id, key=KEY)
    assert again is not None
    assert only(store, agency).failure is Failure.TIMED_OUT


def test_a_failed_code_can_never_be_read_again_and_failed_news_can_be_sent_again(
    store: Store, agency: str
) -> None:
    code = queue(store, agency, kind=NoticeKind.ACCESS_CODE, words=CODE)
    news = queue(store, agency)
    with store.write(SYSTEM) as uow:
        for notice_id in (code, news):
            claim_notice(uow, notice_id, key=KEY)
            note_failure(uow, notice_id, Failure.REJECTED)
    assert sealed(store, code) is None
    with pytest.raises(Conflict, match="notice_words_gone"), store.write(SYSTEM) as uow:
        send_again(uow, code, organisation_id=agency)
    with store.write(SYSTEM) as uow:
        send_again(uow, news, organisation_id=agency)
    with store.write(SYSTEM) as uow:
        assert claim_notice(uow, news, key=KEY) is not None


def test_a_notice_of_another_organisation_looks_like_none(store: Store, agency: str) -> None:
    notice_id = queue(store, agency)
    with pytest.raises(NotFound, match="notice_unknown"), store.write(SYSTEM) as uow:
        send_again(uow, notice_id, organisation_id="someone-else")
    with store.read(SYSTEM) as uow:
        assert notices(uow, organisation_id="someone-else") == []
        assert notices_of(uow, ["entry-1"], organisation_id="someone-else") == []


def test_who_has_no_address_is_listed_for_paper_at_once(store: Store, agency: str) -> None:
    notice_id = queue(store, agency, address=None)
    found = only(store, agency)
    assert (found.state, found.failure, found.channel, found.masked) == (
        NoticeState.FAILED,
        Failure.NO_ADDRESS,
        None,
        "",
    )
    assert not found.can_be_sent_again
    assert sealed(store, notice_id) is None
    with store.write(SYSTEM) as uow:
        assert claim_notice(uow, notice_id, key=KEY) is None


def test_the_same_cause_tells_each_subject_once(store: Store, agency: str) -> None:
    cause = "0" * 26
    first = queue(store, agency, cause_id=cause)
    assert queue(store, agency, cause_id=cause) == first
    assert queue(store, agency, cause_id=cause, subject_id="entry-2") != first
    assert queue(store, agency) != queue(store, agency)


def test_a_withdrawn_notice_loses_its_words_and_is_not_sent(store: Store, agency: str) -> None:
    code = queue(store, agency, kind=NoticeKind.ACCESS_CODE, words=CODE)
    news = queue(store, agency)
    with store.write(SYSTEM) as uow:
        assert withdraw_notices(uow, ["entry-1", "entry-9"], kinds=[NoticeKind.ACCESS_CODE]) == 1
        assert withdraw_notices(uow, ["entry-1"], kinds=[NoticeKind.ACCESS_CODE]) == 0
    assert sealed(store, code) is None
    assert sealed(store, news) is not None
    with store.write(SYSTEM) as uow:
        assert claim_notice(uow, code, key=KEY) is None


def test_words_sealed_under_another_secret_fail_the_notice_and_stop_nothing_else(
    store: Store, agency: str
) -> None:
    notice_id = queue(store, agency)
    with store.write(SYSTEM) as uow:
        assert claim_notice(uow, notice_id, key=b"x" * 32) is None
    assert only(store, agency).failure is Failure.UNREADABLE


def test_notices_are_counted_and_paged_newest_first(store: Store, agency: str, clock: FixedClock) -> None:
    made = [queue(store, agency, subject_id=f"entry-{number}") for number in range(5)]
    with store.write(SYSTEM) as uow:
        claim_notice(uow, made[0], key=KEY)
        note_sent(uow, made[0])
    with store.read(SYSTEM) as uow:
        assert notice_counts(uow, organisation_id=agency)[NoticeState.WAITING] == 4
        assert notice_counts(uow, organisation_id=None)[NoticeState.SENT] == 1
        first = notices(uow, organisation_id=agency, limit=2)
        assert [one.id for one in first] == made[:-3:-1]
        rest = notices(uow, organisation_id=agency, before=first[-1].id)
        assert [one.id for one in rest] == made[2::-1]
        assert [one.id for one in notices_of(uow, ["entry-3"], organisation_id=agency)] == [made[3]]


def test_a_wrong_call_is_refused_before_anything_is_written(store: Store, agency: str) -> None:
    with pytest.raises(ValueError, match="access_code needs"):
        queue(store, agency, kind=NoticeKind.ACCESS_CODE)
    with pytest.raises(Invalid, match="notice_too_long"):
        queue(store, agency, words={**WORDS, "name": "x" * 9000})
    with store.read(SYSTEM) as uow:
        assert notices(uow, organisation_id=agency) == []


def test_what_does_not_exist_is_passed_over(store: Store) -> None:
    with store.write(SYSTEM) as uow:
        assert claim_notice(uow, "nothing", key=KEY) is None
        assert note_failure(uow, "nothing", Failure.TIMED_OUT) is None
        note_sent(uow, "nothing")
