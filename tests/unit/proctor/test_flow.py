# SPDX-License-Identifier: Apache-2.0
"""How many frames are taken in, which give way, and which are kept as evidence."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta

from proctor.evidence.model import CapturedFrame, EvidenceKind
from proctor.incidents.model import SessionRef
from proctor.monitoring.flow import MAXIMUM_SEQ, SHARE_SECONDS, LookedShare, NewestWins, TokenBucket
from proctor.monitoring.live import RING_FRAMES, LiveSession, SeenFrame, frames_for
from proctor.rules.alerts import Alert, AlertEnd, RuleName, Weight
from proctor.rules.inputs import HandRaised
from proctor.rules.ruleset import RuleSetState
from proctor.vision.observation import Box

START = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
REF = SessionRef(session_id="s", attempt_id="a", organisation_id="o", sitting_id="t")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def frame(seq: int, seconds: float | None = None) -> CapturedFrame:
    return CapturedFrame(seq, at(seq if seconds is None else seconds), b"jpeg %d" % seq)


def seen(seq: int, seconds: float | None = None) -> SeenFrame:
    return SeenFrame(frame(seq, seconds), (Box(1, 2, 3, 4),))


def live() -> LiveSession:
    return LiveSession(ref=REF, rules=RuleSetState())


def alert(onset: float, ended: float | None = None) -> Alert:
    return Alert(
        rule=RuleName.FACE_GONE,
        number=1,
        onset_at=at(onset),
        raised_at=at(onset + 4),
        numbers={"seconds": 4.0},
        thresholds={},
        rule_version="1",
        model_sha256="0" * 64,
        weight=Weight.INCIDENT,
        ended_at=None if ended is None else at(ended),
        ended_because=None if ended is None else AlertEnd.CLEARED,
    )


def test_one_frame_a_second_always_passes() -> None:
    bucket = TokenBucket()
    assert all(bucket.take(at(second)) for second in range(1000))


def test_a_burst_of_eight_passes_and_then_four_a_second() -> None:
    bucket = TokenBucket()
    assert [bucket.take(at(0)) for _ in range(10)] == [True] * 8 + [False] * 2
    assert [bucket.take(at(1)) for _ in range(6)] == [True] * 4 + [False] * 2


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    bucket = TokenBucket()
    for _ in range(8):
        bucket.take(at(10))
    assert not bucket.take(at(0))
    assert not bucket.take(at(10))
    assert bucket.take(at(10.25))


def test_of_waiting_frames_the_newest_two_stay() -> None:
    queue = NewestWins()
    assert [queue.push(frame(seq)) for seq in (1, 2, 3, 4)] == [None, None, frame(1), frame(2)]
    assert queue.newest_at == at(4)
    assert [popped.seq for popped in iter(queue.pop, None)] == [3, 4]
    assert queue.newest_at is None


def test_numbers_only_grow_and_every_refusal_is_counted() -> None:
    session = live()
    session.connection = 2
    codes = [
        session.admit(frame(seq, seconds), connection=connection, fault=fault)
        for seq, seconds, connection, fault in (
            (5, 0, 2, None),
            (5, 1, 2, None),
            (4, 2, 2, None),
            (0, 3, 2, None),
            (MAXIMUM_SEQ + 1, 4, 2, None),
            (6, 5, 2, "frame_corrupt"),
            (6, 6, 2, None),
            (7, 7, 1, None),
            (7, 8, None, None),
        )
    ]
    assert codes == [
        None,
        "frame_out_of_order",
        "frame_out_of_order",
        "frame_bad_number",
        "frame_bad_number",
        "frame_corrupt",
        "frame_out_of_order",
        "frame_old_connection",
        None,
    ]
    counters = session.counters
    assert (counters.offered, counters.accepted, counters.out_of_order, counters.refused) == (9, 2, 4, 3)
    assert session.heard_at == at(8)


def test_a_flood_is_refused_and_counted() -> None:
    session = live()
    codes = [session.admit(frame(seq, 0), connection=None, fault=None) for seq in range(1, 12)]
    assert codes == [None] * 8 + ["frame_too_fast"] * 3
    assert (session.counters.too_fast, session.counters.dropped) == (3, 6)


def test_the_ring_reaches_back_whatever_the_rate() -> None:
    session = live()
    for number in range(80):
        session.remember(seen(number + 1, number / 4))
    assert len(session.ring) == RING_FRAMES
    assert (session.ring[-1].frame.at - session.ring[0].frame.at).total_seconds() >= 5.5


def test_evidence_is_before_onset_and_raised() -> None:
    ring = deque(seen(seq) for seq in range(1, 11))
    kept = frames_for(alert(6), ring)
    assert [(part.kind, part.frame.seq) for part in kept] == [
        (EvidenceKind.BEFORE, 4),
        (EvidenceKind.BEFORE, 5),
        (EvidenceKind.ONSET, 6),
        (EvidenceKind.RAISED, 10),
    ]
    assert all(part.areas == (Box(1, 2, 3, 4),) for part in kept)


def test_evidence_of_a_stopped_camera_is_what_was_seen_before() -> None:
    kept = frames_for(alert(3.5), deque((seen(1), seen(2), seen(3))))
    assert [(part.kind, part.frame.seq) for part in kept] == [
        (EvidenceKind.BEFORE, 2),
        (EvidenceKind.BEFORE, 3),
    ]
    assert [part.kind for part in frames_for(alert(3), deque((seen(3),)))] == [EvidenceKind.ONSET]


def test_an_ended_alert_keeps_one_frame_from_after_it() -> None:
    ring = deque(seen(seq) for seq in range(1, 11))
    assert [(part.kind, part.frame.seq) for part in frames_for(alert(2, 8.5), ring)] == [
        (EvidenceKind.AFTER, 9)
    ]
    assert frames_for(alert(2, 20), ring) == ()


def test_a_waiting_frame_has_come_as_far_as_the_learner_is_concerned() -> None:
    session = live()
    assert session.tick(at(9)).last_frame_at is None
    session.last_frame_at = at(3)
    session.admit(frame(1, 5), connection=None, fault=None)
    assert session.tick(at(9)).last_frame_at == at(5)


def test_the_share_that_is_looked_at_is_that_of_the_last_half_minute() -> None:
    share = LookedShare()
    assert share.of(None) == 1.0
    for second in range(20):
        share.count(at(second), dropped=second % 2)
    assert share.of(at(20)) == 0.5
    for second in range(20, 80):
        share.count(at(second), dropped=0)
    assert share.of(at(80)) == 1.0
    assert len(share.counts) <= SHARE_SECONDS + 1
    assert share.of(at(500)) == 1.0


def test_what_happened_is_taken_out_up_to_the_frame_that_follows() -> None:
    session = live()
    session.told.extend(HandRaised(at=at(second), raised=True) for second in (1, 2, 5))
    assert [event.at for event in session.happenings(at(3))] == [at(1), at(2)]
    assert [event.at for event in session.happenings(None)] == [at(5)]
    assert session.happenings(None) == ()
