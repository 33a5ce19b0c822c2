# SPDX-License-Identifier: Apache-2.0
"""When a paper may be fetched before its start, and how its parts are locked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assessor.attempts.model import Attempt, AttemptState, EndedBy
from assessor.attempts.packages import PACKAGE_LEAD, Sealer, require_package
from assessor.attempts.timing import Allowance, Window
from core.errors import Conflict
from tests.conftest import NOON

WINDOW = Window(opens_at=NOON, closes_at=NOON + timedelta(hours=1))
TICK = timedelta(microseconds=1)
CREATED = Attempt(state=AttemptState.CREATED, allowance=Allowance(limit_seconds=60))
RUNNING = Attempt(state=AttemptState.RUNNING, allowance=Allowance(limit_seconds=60), started_at=NOON)
OVER = Attempt(
    state=AttemptState.SUBMITTED,
    allowance=Allowance(limit_seconds=60),
    started_at=NOON,
    ended_at=NOON + timedelta(seconds=30),
    ended_by=EndedBy.LEARNER,
)
KEY = bytes(range(32))


@pytest.mark.parametrize("now", [NOON - PACKAGE_LEAD, NOON, WINDOW.closes_at - TICK])
def test_a_package_may_be_fetched_from_half_an_hour_before_the_opening(now: object) -> None:
    require_package(CREATED, now=now, window=WINDOW)  # type: ignore[arg-type]


def test_a_moment_too_early_is_refused_with_the_moment_to_come() -> None:
    with pytest.raises(Conflict) as refused:
        require_package(CREATED, now=NOON - PACKAGE_LEAD - TICK, window=WINDOW)
    assert refused.value.code == "package_not_yet"
    assert refused.value.facts == {"from_at": (NOON - PACKAGE_LEAD).isoformat()}


def test_who_has_missed_the_window_gets_nothing_any_more() -> None:
    with pytest.raises(Conflict) as refused:
        require_package(CREATED, now=WINDOW.closes_at, window=WINDOW)
    assert refused.value.code == "window_closed"


def test_who_is_in_the_test_may_fetch_it_at_any_time() -> None:
    require_package(RUNNING, now=WINDOW.closes_at + timedelta(hours=1), window=WINDOW)


def test_after_the_end_there_is_none() -> None:
    with pytest.raises(Conflict) as refused:
        require_package(OVER, now=NOON, window=WINDOW)
    assert refused.value.code == "attempt_closed"


def test_a_part_opens_with_its_key_and_its_name_alone() -> None:
    sealed = Sealer(KEY).seal("page", b"what is asked")
    assert AESGCM(KEY).decrypt(sealed[:12], sealed[12:], b"page") == b"what is asked"
    with pytest.raises(InvalidTag):
        AESGCM(KEY).decrypt(sealed[:12], sealed[12:], b"file")
    with pytest.raises(InvalidTag):
        AESGCM(bytes(32)).decrypt(sealed[:12], sealed[12:], b"page")


def test_equal_parts_are_sealed_equally_and_no_nonce_serves_two_contents() -> None:
    sealer = Sealer(KEY)
    assert sealer.seal("page", b"a") == sealer.seal("page", b"a")
    others = [("page", b"a"), ("page", b"b"), ("file", b"a"), ("pag", b"ea")]
    assert len({sealer.seal(name, data)[:12] for name, data in others}) == len(others)
    assert Sealer(bytes(32)).seal("page", b"a")[:12] != sealer.seal("page", b"a")[:12]
