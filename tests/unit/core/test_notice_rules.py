# SPDX-License-Identifier: Apache-2.0
"""How a notice moves, how an address looks, and what is kept of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Conflict, Invalid, Unavailable
from core.notices.model import (
    CLAIM_SECONDS,
    MAXIMUM_TRIES,
    MAXIMUM_WORDS,
    Address,
    Arrived,
    Channel,
    Claim,
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

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
WAITING = Standing(NoticeState.WAITING)


@pytest.mark.parametrize(
    ("typed", "kept", "masked"),
    [
        (" ravi@x.in ", "ravi@x.in", "r***@x.in"),
        ("a@b.co.in", "a@b.co.in", "a***@b.co.in"),
        ("रवि@x.in", "रवि@x.in", "र***@x.in"),
    ],
)
def test_an_email_address_is_kept_as_written_and_shown_masked(typed: str, kept: str, masked: str) -> None:
    address = Address.email(typed)
    assert (address.channel, address.value, address.masked) == (Channel.EMAIL, kept, masked)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ravi",
        "ravi@x",
        "a b@x.in",
        "a@b@c.in",
        "a@x.in, b@x.in",
        "<a@x.in>",
        "a@x.in\nBcc: b@x.in",
        "x" * 250 + "@x.in",
    ],
)
def test_what_is_no_single_email_address_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="email_malformed"):
        Address.email(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("98765 43210", "+919876543210"),
        ("09876543210", "+919876543210"),
        ("+91-98765-43210", "+919876543210"),
        ("0091 98765 43210", "+919876543210"),
        ("919876543210", "+919876543210"),
        ("९८७६५४३२१०", "+919876543210"),
        ("+44 20 7946 0018", "+442079460018"),
    ],
)
def test_a_phone_number_gets_one_form(typed: str, kept: str) -> None:
    assert Address.phone(typed).value == kept
    assert Address.phone(typed).masked == f"{kept[:3]}***{kept[-4:]}"


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567890", "+0123456789", "98765x3210", "+12345678901234567"]
)
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="phone_malformed"):
        Address.phone(typed)


def test_one_worker_at_a_time_hands_a_notice_over() -> None:
    claimed = decide(WAITING, Claim(), now=NOW)
    assert (claimed.tries, claimed.state) == (1, NoticeState.WAITING)
    with pytest.raises(Conflict, match="notice_claimed"):
        decide(claimed, Claim(), now=NOW + timedelta(seconds=CLAIM_SECONDS - 1))
    assert decide(claimed, Claim(), now=NOW + timedelta(seconds=CLAIM_SECONDS)).tries == 2


def test_a_notice_that_arrived_is_sent_and_nothing_moves_it_any_more() -> None:
    sent = decide(decide(WAITING, Claim(), now=NOW), Arrived(), now=NOW)
    assert sent.state is NoticeState.SENT
    for command in (Claim(), Arrived(), Failed(Failure.TIMED_OUT), Withdraw()):
        assert decide(sent, command, now=NOW) == sent
    with pytest.raises(Conflict, match="notice_over"):
        decide(sent, TryAgain(readable=True), now=NOW)


@pytest.mark.parametrize("why", list(Failure))
def test_a_failure_is_final_or_waits_for_the_next_try(why: Failure) -> None:
    after = decide(decide(WAITING, Claim(), now=NOW), Failed(why), now=NOW)
    assert after.failure is why
    assert after.claimed_until is None
    assert after.state is (NoticeState.FAILED if why.final else NoticeState.WAITING)


def test_what_keeps_failing_is_given_up_after_eight_tries() -> None:
    standing = WAITING
    for number in range(1, MAXIMUM_TRIES + 1):
        standing = decide(decide(standing, Claim(), now=NOW), Failed(Failure.UNREACHABLE), now=NOW)
        assert standing.state is (NoticeState.FAILED if number == MAXIMUM_TRIES else NoticeState.WAITING)


def test_a_failed_notice_is_tried_anew_only_while_its_words_are_there() -> None:
    failed = Standing(NoticeState.FAILED, MAXIMUM_TRIES, failure=Failure.UNREACHABLE)
    again = decide(failed, TryAgain(readable=True), now=NOW)
    assert (again.state, again.tries) == (NoticeState.WAITING, 0)
    with pytest.raises(Conflict, match="notice_words_gone"):
        decide(failed, TryAgain(readable=False), now=NOW)


def test_a_withdrawn_notice_stays_withdrawn() -> None:
    withdrawn = decide(WAITING, Withdraw(), now=NOW)
    assert withdrawn.state is NoticeState.WITHDRAWN
    assert decide(withdrawn, Claim(), now=NOW) == withdrawn


@pytest.mark.parametrize(
    ("standing", "confidential", "kept"),
    [
        (WAITING, True, True),
        (Standing(NoticeState.SENT), False, False),
        (Standing(NoticeState.WITHDRAWN), False, False),
        (Standing(NoticeState.FAILED, failure=Failure.TIMED_OUT), False, True),
        (Standing(NoticeState.FAILED, failure=Failure.TIMED_OUT), True, False),
        (Standing(NoticeState.FAILED, failure=Failure.NO_ADDRESS), False, False),
    ],
)
def test_words_are_kept_only_as_long_as_they_can_be_needed(
    standing: Standing, confidential: bool, kept: bool
) -> None:
    assert keeps_words(standing, confidential=confidential) is kept


def test_codes_and_links_are_confidential_and_news_is_not() -> None:
    secret = {kind for kind in NoticeKind if kind.confidential}
    assert secret == {
        NoticeKind.ACCESS_CODE,
        NoticeKind.STAFF_INVITATION,
        NoticeKind.PASSWORD_RESET,
        NoticeKind.GUARDIAN_CODE,
    }


def test_a_forgotten_word_is_the_callers_mistake_and_too_many_are_refused() -> None:
    with pytest.raises(ValueError, match="needs title"):
        check_words(NoticeKind.RESULT_DECLARED, {"name": "Ravi"})
    with pytest.raises(Invalid, match="notice_too_long"):
        check_words(NoticeKind.RESULT_DECLARED, {"name": "x" * MAXIMUM_WORDS, "title": "y"})


def test_a_sealed_letter_opens_only_with_its_key_and_for_its_notice() -> None:
    letter = Letter(Address.email("ravi@x.in"), {"name": "रवि"})
    sealed = seal(letter, "n1", key=b"k" * 32)
    assert unseal(sealed, "n1", key=b"k" * 32) == letter
    assert b"ravi" not in sealed
    for wrong in (
        (sealed, "n2", b"k" * 32),
        (sealed, "n1", b"x" * 32),
        (sealed[:-1], "n1", b"k" * 32),
        (b"", "n1", b"k" * 32),
    ):
        with pytest.raises(Unavailable, match="secret_unreadable"):
            unseal(wrong[0], wrong[1], key=wrong[2])
