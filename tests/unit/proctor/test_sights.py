# SPDX-License-Identifier: Apache-2.0
"""From an observation to what the rules are told, and what a browser's claim is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from proctor.evidence.model import CapturedFrame
from proctor.incidents.model import SessionRef
from proctor.monitoring.claims import MOST_DEMANDED, Claim, admit_claim, judge_claim
from proctor.monitoring.live import DOUBT_SECONDS, LiveSession
from proctor.monitoring.schedule import is_audited
from proctor.monitoring.sights import areas_of, seen_for_plan, sight_of, while_turning
from proctor.monitoring.watching import NOTHING_KNOWN, Mode, Watching
from proctor.rules.baseline import Baseline
from proctor.rules.inputs import AuditDisagreed, FaceBox, SeenGaze, SeenPose, Sight
from proctor.rules.ruleset import RuleSetState
from proctor.vision.identity import SMALLEST_FACE
from proctor.vision.observation import Box, Face, Gaze, Label, Observation, Pose, Thing
from proctor.vision.tamper import change_between, fingerprint_of, measure_tamper, small_grey
from tests.clips import picture

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
PICTURE = picture("present")
GREYS = small_grey(PICTURE)
LEARNER = Face(Box(80, 60, 80, 80), 0.9)
POSTER = Face(Box(240, 24, 32, 24), 0.8)
ON_THE_WALL = FaceBox(0.75, 0.1, 0.1, 0.1)
VECTOR = np.array((0.6, 0.8), np.float32)


def observed(*faces: Face, **more: object) -> Observation:
    plain = Observation(
        at=NOW,
        seq=3,
        width=320,
        height=240,
        faces=faces,
        tamper=measure_tamper(PICTURE),
        ms={},
        greys=GREYS,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def test_what_was_not_looked_at_stays_unknown() -> None:
    sight = sight_of(observed(LEARNER), NOTHING_KNOWN, before=None)
    assert (sight.at, sight.seq, sight.faces) == (NOW, 3, 1)
    assert sight.boxes == (FaceBox(0.25, 0.25, 0.25, 80 / 240, 0.9),)
    assert (sight.pose, sight.gaze, sight.things, sight.persons, sight.similarity, sight.change) == (
        None,
    ) * 6
    assert sight.fingerprint == fingerprint_of(GREYS)
    assert sight.brightness == measure_tamper(PICTURE).mean


def test_what_was_looked_at_is_told() -> None:
    things = (Thing(Label.PERSON, 0.8, Box(0, 0, 9, 9)), Thing(Label.PHONE, 0.5, Box(5, 5, 2, 2)))
    before = small_grey(picture("two"))
    seen = observed(
        LEARNER, pose=Pose(1, 2, 3), gaze=Gaze(0.1, 0.2, 0.3, 0.4), things=things, embedding=VECTOR
    )
    sight = sight_of(seen, Watching(enrolled=VECTOR), before=before, late=True)
    assert (sight.pose, sight.gaze) == (SeenPose(1, 2, 3), SeenGaze(0.1, 0.2, 0.3, 0.4))
    assert sight.things is not None
    assert [(thing.label, thing.score) for thing in sight.things] == [("person", 0.8), ("phone", 0.5)]
    assert (sight.persons, sight.late) == (1, True)
    assert sight.similarity == pytest.approx(1.0)
    assert sight.change == change_between(before, GREYS)
    assert areas_of(seen) == (LEARNER.box, things[0].box, things[1].box)


def test_a_likeness_is_told_only_where_it_is_clear_whose_face_it_is() -> None:
    def likeness(*faces: Face, watching: Watching) -> float | None:
        return sight_of(observed(*faces, embedding=VECTOR), watching, before=None).similarity

    known = Watching(enrolled=VECTOR)
    with_poster = Watching(enrolled=VECTOR, baseline=Baseline(frames=20, posters=(ON_THE_WALL,)))
    assert likeness(LEARNER, watching=known) is not None
    assert likeness(LEARNER, watching=NOTHING_KNOWN) is None
    assert likeness(LEARNER, POSTER, watching=known) is None
    assert likeness(LEARNER, POSTER, watching=with_poster) is not None
    assert likeness(POSTER, watching=with_poster) is None
    far = Face(Box(80, 60, SMALLEST_FACE - 1, SMALLEST_FACE - 1), 0.9)
    assert likeness(far, watching=known) is None, "so small a face is unlike itself, and that accuses nobody"
    assert likeness(Face(Box(80, 60, 28, SMALLEST_FACE), 0.9), watching=known) is not None


@pytest.mark.parametrize(
    ("pose", "gaze", "down"),
    [
        (Pose(0, -20, 0), None, True),
        (Pose(0, -10, 0), None, False),
        (None, Gaze(0, -0.06, 0.3, 0.3), True),
        (None, Gaze(0, 0.0, 0.3, 0.3), False),
        (None, None, False),
    ],
)
def test_looking_down_is_lower_than_this_learners_usual(
    pose: Pose | None, gaze: Gaze | None, down: bool
) -> None:
    baseline = Baseline(frames=20, pose=SeenPose(0, -2, 0), gaze=SeenGaze(0, 0, 0.3, 0.3))
    watching, seen = Watching(baseline=baseline), observed(LEARNER, pose=pose, gaze=gaze, agreed=True)
    plan = seen_for_plan(seen, sight_of(seen, watching, before=GREYS), watching)
    assert (plan.faces, plan.agreed, plan.change, plan.looks_down) == (1, True, 0.0, down)
    unknown = seen_for_plan(seen, sight_of(seen, NOTHING_KNOWN, before=None), NOTHING_KNOWN)
    assert not unknown.looks_down


def trusted(secret: bytes = b"k" * 32) -> LiveSession:
    ref = SessionRef(session_id="s", attempt_id="a", organisation_id="o", sitting_id="t")
    return LiveSession(ref=ref, rules=RuleSetState(), mode=Mode.PREFILTERED, secret=secret)


def claim(live: LiveSession, number: int, faces: int = 1) -> tuple[str | None, bool]:
    return admit_claim(live, Claim(number, faces, NOW + timedelta(seconds=number)), connection=None)


def audited(live: LiveSession, after: int = 0) -> int:
    return next(number for number in range(after + 1, 1000) if is_audited(live.secret, number))


def delivered(live: LiveSession, number: int) -> CapturedFrame:
    """The frame of this number, taken in and not looked at yet."""
    frame = CapturedFrame(number, NOW + timedelta(seconds=number), b"")
    assert live.admit(frame, connection=None, fault=None) is None
    return frame


def test_a_claim_that_is_not_checked_is_all_that_is_known_of_its_frame() -> None:
    live = trusted()
    number = next(number for number in range(1, 100) if not is_audited(live.secret, number))
    assert claim(live, number) == (None, False)
    (told,) = live.happenings(None)
    assert isinstance(told, Sight)
    assert (told.seq, told.faces, told.claimed) == (number, 1, True)
    assert (live.faces, live.counters.claimed) == (1, 1)
    assert claim(live, number) == ("frame_out_of_order", False)
    assert live.counters.out_of_order == 1


def test_what_is_not_one_face_is_looked_at_and_no_reason_to_doubt_the_page() -> None:
    live = trusted()
    number = next(number for number in range(1, 100) if not is_audited(live.secret, number))
    assert claim(live, number, faces=0) == (None, True)
    assert live.happenings(None) == ()
    assert judge_claim(live, CapturedFrame(number, NOW, b""), seen=1) is None
    assert (live.counters.disagreed, live.mode) == (0, Mode.PREFILTERED)


def test_a_wrong_claim_makes_the_server_look_at_everything_for_two_minutes_and_more_often_afterwards() -> (
    None
):
    live = trusted()
    number = audited(live)
    claim(live, number)
    at = NOW + timedelta(seconds=number)
    assert live.relies_on_claims(at)
    assert isinstance(judge_claim(live, delivered(live, number), seen=0), AuditDisagreed)
    assert not live.relies_on_claims(at)
    claim(live, number + 1)
    soon = delivered(live, number + 1)
    assert judge_claim(live, soon, seen=0) is None  # the same moment is no second lie
    for later in range(number + 2, number + int(DOUBT_SECONDS)):
        assert claim(live, later) == (None, True)
        assert judge_claim(live, delivered(live, later), seen=1) is None
    wanted = 0
    for later in range(number + 300, number + 1300):
        asked = claim(live, later)[1]
        wanted += asked
        if asked:
            judge_claim(live, delivered(live, later), seen=1)
    assert 140 < wanted < 260
    assert live.mode is Mode.PREFILTERED


def test_a_claim_that_proves_true_keeps_the_trust_and_the_second_wrong_one_ends_it() -> None:
    live = trusted()
    first = audited(live)
    second = audited(live, first)
    third = second + 10
    for number, seen, expected in ((first, 1, None), (second, 2, AuditDisagreed), (third, 2, AuditDisagreed)):
        assert claim(live, number) == (None, True)
        frame = CapturedFrame(number, NOW + timedelta(seconds=number), b"")
        assert (
            live.admit(frame, connection=None, fault=None) is None
        )  # though the number was used by the claim
        found = judge_claim(live, frame, seen=seen)
        assert found is None if expected is None else isinstance(found, expected)
    assert (live.counters.audited, live.counters.disagreed, live.mode) == (3, 2, Mode.FULL)
    assert claim(live, third + 1) == (None, True)


def test_a_frame_that_nobody_asked_for_is_no_check() -> None:
    live = trusted()
    assert judge_claim(live, CapturedFrame(1, NOW, b""), seen=5) is None
    assert live.mode is Mode.PREFILTERED


def test_who_does_not_send_what_is_asked_for_is_watched_in_full() -> None:
    live, number = trusted(), 0
    for _ in range(MOST_DEMANDED + 1):
        assert live.mode is Mode.PREFILTERED
        number = audited(live, number)
        claim(live, number)
    assert live.mode is Mode.FULL
    assert live.claims_in_doubt() == 0
    frame = CapturedFrame(number, NOW + timedelta(minutes=5), b"")  # it was on its way
    assert live.admit(frame, connection=None, fault=None) is None
    assert live.admit(frame, connection=None, fault=None) == "frame_out_of_order"


def test_a_server_that_is_slow_to_look_takes_nobodys_trust_away() -> None:
    live, number = trusted(), 0
    for _ in range(3 * MOST_DEMANDED):
        number = audited(live, number)
        claim(live, number)
        delivered(live, number)
    assert live.mode is Mode.PREFILTERED
    assert judge_claim(live, live.queue.waiting[-1], seen=3) is not None
    assert len(live.unjudged) == len(live.queue.waiting) - 1  # what was pushed out is held against nobody


def test_what_is_asked_for_a_turn_is_no_check_of_the_claim() -> None:
    live = trusted()
    plain = [number for number in range(1, 60) if not is_audited(live.secret, number)][: MOST_DEMANDED + 3]
    for number in plain:
        at = NOW + timedelta(seconds=number)
        assert admit_claim(live, Claim(number, 1, at), connection=None, awaited=True) == (None, True)
    assert live.mode is Mode.PREFILTERED  # of these none is missed when it does not come
    assert judge_claim(live, delivered(live, plain[0]), seen=0) is None
    number = audited(live, plain[-1])
    assert admit_claim(live, Claim(number, 1, NOW), connection=None, awaited=True) == (None, True)
    assert judge_claim(live, delivered(live, number), seen=0) is not None


@pytest.mark.parametrize(
    ("seen", "living", "wrong"), [(2, 1, False), (1, 0, False), (3, 2, True), (2, 2, True)]
)
def test_a_claim_may_count_the_faces_on_the_wall_or_not(seen: int, living: int, wrong: bool) -> None:
    live = trusted()
    number = audited(live)
    claim(live, number)
    found = judge_claim(live, delivered(live, number), seen=seen, living=living)
    assert (found is not None) == wrong


def test_who_was_asked_to_turn_neither_looks_away_nor_is_gone_nor_another() -> None:
    sight = replace(
        sight_of(observed(LEARNER, pose=Pose(40, 0, 0)), NOTHING_KNOWN, before=None), similarity=0.1
    )
    told = while_turning(sight, living=1)
    assert told == replace(sight, pose=None, similarity=None)
    empty = sight_of(observed(), NOTHING_KNOWN, before=None)
    assert while_turning(empty, living=0) is None
    assert while_turning(replace(empty, covered=True), living=0) is not None
