# SPDX-License-Identifier: Apache-2.0
"""What is looked for when: the periods of each mode, what calls for a look at once, and which claims are checked."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from proctor.monitoring import schedule
from proctor.monitoring.schedule import PERIODS, SOON_SECONDS, Due, Seen
from proctor.monitoring.watching import Mode
from proctor.rules.appetite import Appetite
from proctor.rules.inputs import FaceBox
from proctor.vision.observation import Wanted

START = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
ONE = Seen(faces=1, change=5.0)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def follow(
    mode: Mode, seconds: int, *, place: float = 0.0, seen: dict[int, Seen] | None = None
) -> list[Wanted]:
    """What is wanted of one frame a second."""
    periods = PERIODS[mode]
    due, asked = schedule.begin(START, place=place, periods=periods), []
    for second in range(seconds):
        wanted = schedule.wanted_at(due, at(second))
        asked.append(wanted)
        due = schedule.after(due, at(second), wanted, (seen or {}).get(second, ONE), periods=periods)
    return asked


def counts(asked: list[Wanted]) -> dict[str, int]:
    names = ("mesh", "gaze", "identity", "objects", "second_opinion")
    return {name: sum(getattr(wanted, name) for wanted in asked) for name in names}


@pytest.mark.parametrize("place", [0.0, 0.37, 0.99])
def test_full_looks_as_often_as_was_promised(place: float) -> None:
    found = counts(follow(Mode.FULL, 120, place=place))
    assert found["mesh"] == 120
    assert found["identity"] in (7, 8)
    assert found["objects"] in (23, 24)
    assert found["second_opinion"] in (5, 6)
    assert found["gaze"] in (23, 24)


@pytest.mark.parametrize("place", [0.0, 0.37, 0.99])
def test_economy_looks_more_rarely(place: float) -> None:
    found = counts(follow(Mode.ECONOMY, 120, place=place))
    assert 38 <= found["mesh"] <= 51  # eyes and identity need it too
    assert found["objects"] in (11, 12)
    assert found["identity"] in (3, 4)


def face(*, left: float = 0.3, wide: float = 0.2) -> FaceBox:
    return FaceBox(left, 0.2, wide, 1.4 * wide, 0.9)


def test_a_look_before_its_time_puts_the_next_off_by_one_period_and_no_more() -> None:
    asked = follow(Mode.FULL, 60, place=0.6, seen={1: Seen(faces=1, change=60.0)})
    looks = [second for second, wanted in enumerate(asked) if wanted.identity]
    assert looks == [2, 17, 32, 47]


@pytest.mark.parametrize("other", [face(left=0.7), face(wide=0.3)], ids=["elsewhere", "larger"])
def test_a_face_that_leaps_is_asked_whose_it_is_on_the_next_frame(other: FaceBox) -> None:
    before, now = Seen(faces=1, change=5.0, face=face()), Seen(faces=1, change=5.0, face=other)
    seen = dict.fromkeys(range(8), before) | dict.fromkeys(range(8, 40), now)
    asked = follow(Mode.FULL, 14, place=0.99, seen=seen)
    assert [second for second, wanted in enumerate(asked) if wanted.identity] == [9]


def test_a_face_that_sways_calls_for_nothing_and_a_restless_one_for_a_look_in_five_seconds() -> None:
    swaying = {
        second: Seen(faces=1, change=5.0, face=face(left=0.3 + second % 2 * 0.04)) for second in range(60)
    }
    leaping = {
        second: Seen(faces=1, change=5.0, face=face(left=0.1 + second % 2 * 0.4)) for second in range(60)
    }
    assert counts(follow(Mode.FULL, 60, seen=swaying)) == counts(follow(Mode.FULL, 60))
    looks = [second for second, wanted in enumerate(follow(Mode.FULL, 60, seen=leaping)) if wanted.identity]
    assert {later - earlier for earlier, later in pairwise(looks)} == {schedule.LEAP_SECONDS}


def test_a_leap_soon_after_a_look_is_not_forgotten() -> None:
    seen = dict.fromkeys(range(2), Seen(faces=1, change=5.0, face=face()))
    seen |= dict.fromkeys(range(2, 14), Seen(faces=1, change=5.0, face=face(left=0.7)))
    looks = [second for second, wanted in enumerate(follow(Mode.FULL, 14, seen=seen)) if wanted.identity]
    assert looks == [0, 5]


def test_the_looks_of_many_learners_are_spread_evenly() -> None:
    loads = Counter[int]()
    for number in range(400):
        asked = follow(Mode.FULL, 60, place=schedule.place_of(f"session-{number}"))
        loads.update(second for second, wanted in enumerate(asked) if wanted.objects)
    assert sum(loads.values()) == pytest.approx(400 * 12, rel=0.02)
    assert max(loads[second] for second in range(5, 60)) < 1.5 * 400 / 5


def test_a_place_is_the_same_for_the_same_session_and_lies_between_zero_and_one() -> None:
    places = [schedule.place_of(f"s{number}") for number in range(100)]
    assert places == [schedule.place_of(f"s{number}") for number in range(100)]
    assert 0 <= min(places) < 0.1
    assert 0.9 < max(places) < 1


@pytest.mark.parametrize("faces", [0, 2])
def test_after_a_face_was_gone_or_one_of_several_identity_is_asked_at_once(faces: int) -> None:
    asked = follow(Mode.FULL, 10, place=0.99, seen={4: Seen(faces=faces), 5: Seen(faces=faces)})
    assert [wanted.identity for wanted in asked[:5]] == [False] * 5
    assert asked[5].identity
    assert asked[6].identity  # the first frame with one face again
    assert not asked[7].identity or not asked[8].identity


def test_a_sudden_change_calls_for_things_and_identity_but_not_again_and_again() -> None:
    jump = Seen(faces=1, change=60.0)
    asked = follow(Mode.ECONOMY, 9, place=0.99, seen={3: jump, 5: jump, 7: jump})
    assert [second for second, wanted in enumerate(asked) if wanted.objects] == [4]
    assert [second for second, wanted in enumerate(asked) if wanted.identity] == [4]
    assert SOON_SECONDS > 4


def test_who_moves_all_the_time_calls_for_nothing() -> None:
    moving = {second: Seen(faces=1, change=40.0) for second in range(60)}
    still = counts(follow(Mode.FULL, 60, place=0.5))
    assert counts(follow(Mode.FULL, 60, place=0.5, seen=moving))["objects"] <= still["objects"] + 1


def test_a_lowered_look_calls_for_things() -> None:
    asked = follow(Mode.ECONOMY, 8, place=0.99, seen={2: Seen(faces=1, looks_down=True)})
    assert [second for second, wanted in enumerate(asked) if wanted.objects] == [3]
    assert not asked[3].identity


def test_two_networks_that_agreed_need_not_be_asked_again_for_a_while() -> None:
    periods = PERIODS[Mode.FULL]
    due = schedule.begin(START, place=0.5, periods=periods)
    due = schedule.after(due, START, Wanted(), Seen(faces=0, agreed=True), periods=periods)
    assert schedule.wanted_at(due, at(1)).settled == 0
    assert schedule.wanted_at(due, at(6)).settled is None
    due = schedule.after(due, at(1), Wanted(), Seen(faces=1, agreed=False), periods=periods)
    assert schedule.wanted_at(due, at(2)).settled is None


def test_what_is_no_part_of_the_plan_is_never_wanted() -> None:
    due = schedule.begin(START, place=0.0, periods=PERIODS[Mode.FULL])
    wanted = schedule.wanted_at(due, at(1), objects=False, identity=False)
    assert (wanted.objects, wanted.identity, wanted.mesh) == (False, False, True)


def test_after_a_gap_nothing_is_made_up_for() -> None:
    periods = PERIODS[Mode.FULL]
    due = schedule.begin(START, place=0.0, periods=periods)
    wanted = schedule.wanted_at(due, at(300))
    due = schedule.after(due, at(300), wanted, ONE, periods=periods)
    assert (due.objects_at, due.identity_at) == (at(305), at(315))


def test_a_look_in_vain_stays_due() -> None:
    periods = PERIODS[Mode.FULL]
    due = schedule.begin(START, place=0.0, periods=periods)
    wanted = schedule.wanted_at(due, START)
    after = schedule.after(due, START, wanted, Seen(faces=0), periods=periods)
    assert (after.mesh_at, after.gaze_at, after.identity_at) == (START, START, START)


def test_doubts_of_the_rules_are_looked_into_at_once() -> None:
    due: Due = schedule.begin(START, place=0.99, periods=PERIODS[Mode.ECONOMY])
    assert schedule.sooner(due, Appetite()) is due
    wanted = schedule.wanted_at(schedule.sooner(due, Appetite(identity=True)), START)
    assert (wanted.identity, wanted.objects) == (True, False)
    wanted = schedule.wanted_at(schedule.sooner(due, Appetite(objects=True)), START)
    assert (wanted.identity, wanted.objects) == (False, True)


def test_one_claim_in_ten_is_checked_and_nobody_without_the_secret_knows_which() -> None:
    first = [number for number in range(1, 5001) if schedule.is_audited(b"a" * 32, number)]
    second = [number for number in range(1, 5001) if schedule.is_audited(b"b" * 32, number)]
    assert 430 <= len(first) <= 570
    assert len(set(first) & set(second)) < 100
    gaps = Counter(later - earlier for earlier, later in pairwise(first))
    assert gaps[1] > 20  # having been checked just now is no safety
    assert max(gaps) > 30


def test_economy_looks_coarsely_at_four_frames_of_five_but_never_near_another_number_of_faces() -> None:
    calm = [wanted.coarsely for wanted in follow(Mode.ECONOMY, 30)]
    assert calm[:7] == [False, True, True, True, True, False, True]
    assert not any(wanted.coarsely for wanted in follow(Mode.FULL, 30))
    disturbed = follow(Mode.ECONOMY, 40, seen={10: Seen(faces=2), 11: Seen(faces=2)})
    assert not any(wanted.coarsely for wanted in disturbed[11:21])
    assert any(wanted.coarsely for wanted in disturbed[22:])
