# SPDX-License-Identifier: Apache-2.0
"""The life of a proctoring session."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Conflict
from proctor.monitoring.model import (
    TRANSITIONS,
    Activate,
    Command,
    End,
    GiveConsent,
    ProctoringSession,
    SessionEnd,
    SessionState,
    TakeBackConsent,
    TakePhoto,
    decide,
)

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
CONSENT, PHOTO = GiveConsent(consent_id="c1"), TakePhoto(photo_id="p1")
END = End(ended_by=SessionEnd.ATTEMPT_ENDED)


def after(*commands: Command) -> ProctoringSession:
    session = ProctoringSession()
    for command in commands:
        session = decide(session, command, now=NOW)
    return session


def refusal(session: ProctoringSession, command: Command) -> Conflict:
    with pytest.raises(Conflict) as caught:
        decide(session, command, now=NOW)
    return caught.value


def test_consent_and_photo_make_a_session_ready() -> None:
    assert after(CONSENT).state is SessionState.CREATED
    assert after(CONSENT, PHOTO).state is SessionState.READY


def test_no_photo_is_taken_before_consent() -> None:
    assert refusal(after(), PHOTO).code == "consent_missing"


def test_a_photo_can_be_taken_again_and_a_newer_consent_referred_to() -> None:
    again = after(CONSENT, PHOTO, TakePhoto(photo_id="p2"), GiveConsent(consent_id="c2"))
    assert (again.photo_id, again.consent_id, again.state) == ("p2", "c2", SessionState.READY)


def test_a_session_begins_only_when_ready_and_says_what_is_missing() -> None:
    missing = refusal(after(), Activate())
    assert (missing.code, missing.facts["missing"]) == ("session_not_ready", ["consent", "photo"])
    assert refusal(after(CONSENT), Activate()).facts["missing"] == ["photo"]
    active = after(CONSENT, PHOTO, Activate())
    assert (active.state, active.activated_at) == (SessionState.ACTIVE, NOW)


def test_beginning_and_ending_twice_change_nothing() -> None:
    active = after(CONSENT, PHOTO, Activate())
    assert decide(active, Activate(), now=NOW + timedelta(seconds=9)) == active
    ended = decide(active, END, now=NOW)
    assert (ended.state, ended.ended_at, ended.ended_by) == (
        SessionState.ENDED,
        NOW,
        SessionEnd.ATTEMPT_ENDED,
    )
    assert decide(ended, End(ended_by=SessionEnd.WITHDRAWN), now=NOW + timedelta(seconds=9)) == ended


def test_a_session_can_end_from_every_state() -> None:
    for start in (after(), after(CONSENT, PHOTO), after(CONSENT, PHOTO, Activate())):
        assert decide(start, END, now=NOW).state is SessionState.ENDED


def test_while_watching_neither_consent_nor_photo_changes() -> None:
    active = after(CONSENT, PHOTO, Activate())
    assert refusal(active, CONSENT).code == "session_active"
    assert refusal(active, PHOTO).code == "session_active"


def test_after_the_end_nothing_begins() -> None:
    ended = after(CONSENT, PHOTO, END)
    for command in (CONSENT, PHOTO, Activate()):
        assert refusal(ended, command).code == "session_ended"


def test_every_state_has_its_transitions() -> None:
    assert set(TRANSITIONS) == set(SessionState)
    assert TRANSITIONS[SessionState.ENDED] == frozenset()
    assert replace(after(), state=SessionState.ACTIVE).state in TRANSITIONS[SessionState.READY]


def test_a_consent_taken_back_before_the_start_leaves_nothing_to_rest_on() -> None:
    again = after(CONSENT, PHOTO, TakeBackConsent())
    assert (again.state, again.consent_id, again.photo_id) == (SessionState.CREATED, None, None)
    assert refusal(again, PHOTO).code == "consent_missing"
    assert decide(decide(again, CONSENT, now=NOW), PHOTO, now=NOW).state is SessionState.READY


def test_a_consent_taken_back_in_the_test_ends_the_watching_for_good() -> None:
    over = after(CONSENT, PHOTO, Activate(), TakeBackConsent())
    assert (over.state, over.ended_by, over.ended_at) == (SessionState.ENDED, SessionEnd.WITHDRAWN, NOW)
    assert decide(over, TakeBackConsent(), now=NOW) is over
