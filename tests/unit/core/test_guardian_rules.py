# SPDX-License-Identifier: Apache-2.0
"""Who needs a guardian's consent, and what a code that was sent to one is good for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from core.errors import Conflict, Invalid, KasautiError, Unavailable
from core.identity.consents import Notice
from core.identity.guardian_model import (
    CODE_LASTS,
    LONGEST_NAME,
    MOST_CODES,
    MOST_TRIES,
    SEND_AGAIN_AFTER,
    GuardianConsent,
    Means,
    Relation,
    is_of_age,
    require_guardian_name,
    require_relation,
    sent,
    tried,
)

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
ASKED = GuardianConsent(
    notice_version="v1", guardian_name="Meena Das", relation=Relation.MOTHER, means=Means.CODE
)


def refused(act: Callable[[], object], kind: type[KasautiError]) -> str:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


def test_a_learner_is_of_age_on_the_eighteenth_birthday_and_not_a_day_before() -> None:
    born = date(2008, 11, 20)
    assert is_of_age(born, said=None, day=date(2026, 11, 20)) is True
    assert is_of_age(born, said=True, day=date(2026, 11, 19)) is False


def test_without_a_date_of_birth_the_learners_own_word_counts_and_no_word_is_no_answer() -> None:
    day = date(2026, 11, 20)
    assert [is_of_age(None, said=said, day=day) for said in (True, False, None)] == [True, False, None]


def test_a_name_is_kept_tidy_and_an_impossible_one_is_refused() -> None:
    assert require_guardian_name("  मीना \u200d दास ") == "मीना \u200d दास"
    for name in ("", "x", "x" * (LONGEST_NAME + 1), "a\x07b"):
        assert refused(partial(require_guardian_name, name), Invalid) == "guardian_name_malformed"


def test_only_parents_and_legal_guardians_count() -> None:
    assert require_relation("father") is Relation.FATHER
    assert refused(lambda: require_relation("friend"), Invalid) == "guardian_relation_unknown"


def test_a_right_code_in_time_gives_the_consent_once() -> None:
    asked = sent(ASKED, now=NOW)
    given = tried(asked, right=True, now=NOW + CODE_LASTS - timedelta(seconds=1))
    assert given.stands
    assert refused(lambda: tried(given, right=True, now=NOW), Conflict) == "guardian_already_agreed"
    assert refused(lambda: sent(given, now=NOW), Conflict) == "guardian_already_agreed"
    assert not replace(given, withdrawn_at=NOW).stands


def test_a_code_that_was_not_sent_is_too_old_or_was_tried_too_often_gives_nothing() -> None:
    assert refused(lambda: tried(ASKED, right=True, now=NOW), Conflict) == "guardian_code_not_sent"
    asked = sent(ASKED, now=NOW)
    assert (
        refused(lambda: tried(asked, right=True, now=NOW + CODE_LASTS), Conflict) == "guardian_code_expired"
    )
    for _ in range(MOST_TRIES):
        asked = tried(asked, right=False, now=NOW)
    assert not asked.stands
    assert refused(lambda: tried(asked, right=True, now=NOW), Conflict) == "guardian_code_tries"


def test_another_code_can_be_sent_after_a_minute_a_few_times() -> None:
    asked, now = tried(sent(ASKED, now=NOW), right=False, now=NOW), NOW
    assert refused(lambda: sent(asked, now=NOW), Unavailable) == "guardian_code_just_sent"
    for number in range(2, MOST_CODES + 1):
        now += SEND_AGAIN_AFTER
        asked = sent(asked, now=now)
        assert (asked.codes_sent, asked.tries) == (number, 0)
    now += SEND_AGAIN_AFTER
    assert refused(lambda: sent(asked, now=now), Unavailable) == "guardian_codes_used_up"


def test_the_version_of_a_notice_follows_from_its_words_and_from_nothing_else() -> None:
    one, same = Notice.of({"a": "x", "b": "य"}), Notice.of({"b": "य", "a": "x"})
    assert one.version == same.version
    assert Notice.of({"a": "x", "b": "र"}).version != one.version
    assert one.sha256.startswith(one.version)
