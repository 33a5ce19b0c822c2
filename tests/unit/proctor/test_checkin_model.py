# SPDX-License-Identifier: Apache-2.0
"""The check-in's run: calm seconds counted honestly, and movements judged against the learner's own middle."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Conflict, Invalid
from core.ids import seeded
from proctor.checkin.model import (
    MOST_TRIES,
    PATIENCE_SECONDS,
    Phase,
    Run,
    Seen,
    Step,
    Task,
    begin_run,
    challenges_for,
    due_step,
    give_up,
    judge,
    look,
    may_give_up,
    require_step,
    steps_of,
)
from proctor.checkin.movements import Challenge, Look, Own, own_of, was_done
from proctor.plans.model import WatchPlan
from proctor.rules.inputs import FaceBox, SeenGaze, SeenPose, Sight

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FACE = FaceBox(0.35, 0.2, 0.3, 0.5)
POSTER = FaceBox(0.05, 0.05, 0.1, 0.15)
PHOTO_ONLY = WatchPlan()
ALL = WatchPlan(id_card=True, calibration=True, liveness=True)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def sight(
    seconds: float = 0.0,
    *boxes: FaceBox,
    yaw: float | None = 0.0,
    eyes: float | None = 0.3,
    dark: bool = False,
    covered: bool = False,
    blurred: bool = False,
) -> Sight:
    return Sight(
        at=at(seconds),
        faces=len(boxes),
        boxes=boxes,
        covered=covered,
        dark=dark,
        blurred=blurred,
        pose=None if yaw is None else SeenPose(yaw, 0.0, 0.0),
        gaze=None if eyes is None else SeenGaze(0.0, 0.0, eyes, eyes),
    )


def seen(
    seconds: float = 0.0, *, mouth: float | None = 0.02, box: FaceBox = FACE, **other: float | None
) -> Look:
    return Look(sight=sight(seconds, box, **other), mouth=mouth, sharpness=50.0)  # type: ignore[arg-type]


def fresh(plan: WatchPlan = ALL, *, exemptions: frozenset[str] = frozenset(), seconds: float = 20.0) -> Run:
    return begin_run(plan, exemptions=exemptions, can_measure=True, seconds=seconds, at=NOON, draw=seeded(7))


def calmed(run: Run, *, yaw: float = 0.0) -> Run:
    """The run after its calm seconds."""
    for second in range(60):
        if run.phase is not Phase.CALM:
            return run
        run = look(run, seen(second, yaw=yaw))
    raise AssertionError("never calm")


def only(challenge: Challenge) -> Run:
    """A run whose calm part is over and that asks for one movement."""
    digits = "4711" if challenge is Challenge.READ_DIGITS else ""
    return Run(
        seconds=20,
        began_at=NOON,
        phase=Phase.CHALLENGES,
        phase_at=NOON,
        tasks=(Task(challenge=challenge, digits=digits),),
        own=Own(yaw=5.0, eyes=0.3),
    )


def after(run: Run, looks: list[Look]) -> Run:
    for one in looks:
        run = look(run, one)
    return run


# ------------------------------------------------------------------------------------------------- steps


def test_a_plan_without_more_asks_for_the_photo_alone() -> None:
    assert steps_of(PHOTO_ONLY) == (Step.PHOTO,)
    assert due_step(PHOTO_ONLY, card=False, photo=False, learned=False) is Step.PHOTO
    assert due_step(PHOTO_ONLY, card=False, photo=True, learned=False) is Step.DONE


def test_a_full_plan_asks_for_card_then_photo_then_camera_check() -> None:
    assert steps_of(ALL) == (Step.ID_CARD, Step.PHOTO, Step.CALIBRATION)
    assert due_step(ALL, card=False, photo=True, learned=True) is Step.ID_CARD
    assert due_step(ALL, card=True, photo=False, learned=False) is Step.PHOTO
    assert due_step(ALL, card=True, photo=True, learned=False) is Step.CALIBRATION
    assert due_step(ALL, card=True, photo=True, learned=True) is Step.DONE


@pytest.mark.parametrize(
    ("plan", "due", "wanted", "code"),
    [
        (PHOTO_ONLY, Step.PHOTO, Step.CALIBRATION, "check_in_not_needed"),
        (ALL, Step.DONE, Step.CALIBRATION, "check_in_done"),
        (ALL, Step.ID_CARD, Step.CALIBRATION, "check_in_wrong_step"),
    ],
)
def test_a_step_out_of_order_is_refused(plan: WatchPlan, due: Step, wanted: Step, code: str) -> None:
    with pytest.raises(Conflict) as refusal:
        require_step(plan, due, wanted)
    assert refusal.value.code == code


def test_a_picture_of_before_may_be_taken_again() -> None:
    require_step(ALL, Step.PHOTO, Step.ID_CARD)
    require_step(ALL, Step.CALIBRATION, Step.CALIBRATION)


# -------------------------------------------------------------------------------------------- challenges


def test_everybody_is_asked_for_every_movement_in_a_drawn_order() -> None:
    orders = set()
    for number in range(40):
        run = begin_run(
            ALL, exemptions=frozenset(), can_measure=True, seconds=20, at=NOON, draw=seeded(number)
        )
        orders.add(tuple(task.challenge for task in run.tasks))
        assert {task.challenge for task in run.tasks} == set(Challenge)
        assert [len(task.digits) for task in run.tasks if task.challenge is Challenge.READ_DIGITS] == [4]
    assert len(orders) > 10


def test_exemptions_leave_movements_out() -> None:
    assert challenges_for(frozenset({"veil"})) == ()
    assert challenges_for(frozenset({"tics", "screen_reader"})) == ()
    assert challenges_for(frozenset({"bed_ridden"})) == (Challenge.BLINK, Challenge.READ_DIGITS)
    assert Challenge.READ_DIGITS not in challenges_for(frozenset({"low_vision_close"}))
    with pytest.raises(Invalid):
        challenges_for(frozenset({"nobody knows this"}))


def test_without_the_networks_or_the_plan_no_movement_is_asked_for() -> None:
    calm = WatchPlan(calibration=True)
    assert fresh(calm).tasks == ()
    run = begin_run(ALL, exemptions=frozenset(), can_measure=False, seconds=20, at=NOON, draw=seeded(1))
    assert run.tasks == ()
    done = calmed(run)
    assert (done.phase, done.calibrated, done.task) == (Phase.DONE, True, None)
    assert look(done, seen(99)) is done


# ------------------------------------------------------------------------------------------------- judging


@pytest.mark.parametrize(
    ("one", "word"),
    [
        (sight(0), Seen.NO_FACE),
        (sight(0, dark=True), Seen.DARK),
        (sight(0, covered=True), Seen.DARK),
        (sight(0, FACE), Seen.GOOD),
        (sight(0, FACE, dark=True), Seen.GOOD),  # who can be seen in the dark is not scolded for it
        (sight(0, FACE, yaw=None), Seen.GOOD),
        (sight(0, FACE, FaceBox(0.7, 0.2, 0.28, 0.45)), Seen.SEVERAL_FACES),
        (sight(0, FACE, POSTER), Seen.SEVERAL_FACES),  # not yet known to hang there
        (sight(0, FaceBox(0.4, 0.4, 0.1, 0.15)), Seen.TOO_FAR),
        (sight(0, FaceBox(0.0, 0.0, 0.7, 0.9)), Seen.TOO_NEAR),
        (sight(0, FACE, blurred=True), Seen.BLURRED),
        (sight(0, FACE, yaw=-40.0), Seen.NOT_STRAIGHT),
    ],
)
def test_a_frame_is_judged_in_one_word(one: Sight, word: Seen) -> None:
    assert judge(one, ())[0] is word


def test_a_still_small_face_is_a_picture_on_the_wall_and_a_moving_one_is_not() -> None:
    first, extras = judge(sight(0, FACE, POSTER), ())
    second, extras = judge(sight(1, FACE, FaceBox(0.055, 0.05, 0.1, 0.15)), extras)
    third, _ = judge(sight(2, FACE, FaceBox(0.2, 0.05, 0.1, 0.15)), extras)
    assert (first, second, third) == (Seen.SEVERAL_FACES, Seen.WALL_FACE, Seen.SEVERAL_FACES)


def test_who_was_granted_a_helper_may_have_company() -> None:
    helped = fresh(exemptions=frozenset({"helper_present"}))
    run = look(helped, Look(sight=sight(0, FACE, FaceBox(0.7, 0.2, 0.28, 0.45))))
    assert run.seen is Seen.WALL_FACE


# ------------------------------------------------------------------------------------------------- calm


def test_twenty_calm_seconds_at_one_frame_a_second() -> None:
    run = fresh(WatchPlan(calibration=True))
    for second in range(19):
        run = look(run, seen(second))
    assert (run.phase, run.calm_seconds, run.calibrated) == (Phase.CALM, 19, False)
    run = look(run, seen(19))
    assert (run.phase, run.calibrated, run.own) == (Phase.DONE, True, Own(yaw=0.0, eyes=0.3))


def test_a_slow_line_needs_fewer_frames_but_never_fewer_than_a_baseline_does() -> None:
    run = fresh(WatchPlan(calibration=True))
    for number in range(8):
        assert run.phase is Phase.CALM
        run = look(run, seen(number * 10.0))
    assert run.phase is Phase.DONE
    short = fresh(WatchPlan(calibration=True), seconds=2.0)
    for number in range(7):
        short = look(short, seen(number * 1.0))
    assert short.phase is Phase.CALM
    assert short.every_ms == 250
    assert fresh().every_ms == 1000


def test_frames_that_show_no_calm_face_count_for_nothing() -> None:
    run = look(fresh(), seen(0))
    run = look(run, Look(sight=sight(1)))
    run = look(run, Look(sight=sight(50)))
    assert (run.calm_seconds, run.seen, len(run.looks)) == (1, Seen.NO_FACE, 1)
    assert look(run, seen(51)).calm_seconds == 2  # the gap before it is not counted


def test_the_own_middle_is_unknown_where_nothing_was_measured() -> None:
    assert own_of((Look(sight=sight(0, FACE, yaw=None, eyes=None)),)) == Own()


# ------------------------------------------------------------------------------------------------- giving up


def test_after_patience_the_learner_goes_on_without_the_calm_seconds() -> None:
    run = look(fresh(), Look(sight=sight(0)))
    assert not may_give_up(run, at=at(PATIENCE_SECONDS - 1))
    with pytest.raises(Conflict) as early:
        give_up(run, at=at(5))
    assert (early.value.code, early.value.facts) == ("check_in_too_early", {"seconds": 40})
    run = give_up(run, at=at(PATIENCE_SECONDS))
    assert (run.phase, run.calibrated, run.given_up) == (Phase.CHALLENGES, False, True)
    run = give_up(run, at=at(2 * PATIENCE_SECONDS))
    assert (run.phase, len(run.failed)) == (Phase.DONE, 4)
    assert not may_give_up(run, at=at(900))


def test_giving_up_keeps_the_movements_that_were_seen() -> None:
    run = calmed(fresh(exemptions=frozenset({"bed_ridden"})))
    first = run.task
    assert first is not None
    looks = {
        Challenge.BLINK: [seen(30), seen(30.2, eyes=0.1), seen(30.4)],
        Challenge.READ_DIGITS: [seen(30 + n / 2, mouth=0.3 * (n % 2)) for n in range(3)],
    }
    run = after(run, looks[first.challenge])
    run = give_up(run, at=at(30 + 2 * PATIENCE_SECONDS))
    assert [(task.passed, task.tries) for task in run.tasks] == [(True, 1), (False, 1)]


# ------------------------------------------------------------------------------------------------- movements


@pytest.mark.parametrize(("challenge", "way"), [(Challenge.TURN_LEFT, 1), (Challenge.TURN_RIGHT, -1)])
def test_a_turn_counts_from_the_own_middle(challenge: Challenge, way: int) -> None:
    run = only(challenge)
    run = look(run, seen(0, yaw=5.0 + 14 * way))
    assert (run.phase, run.seen) == (Phase.CHALLENGES, Seen.GOOD)
    run = look(run, seen(1, yaw=5.0 - 20 * way))
    assert run.seen is Seen.OTHER_WAY
    run = look(run, seen(2, yaw=5.0 + 15 * way))
    assert (run.phase, run.failed, run.tasks[0].tries) == (Phase.DONE, (), 1)


def test_a_turn_far_away_is_not_called_crooked() -> None:
    run = look(only(Challenge.TURN_LEFT), seen(0, yaw=32.0))
    assert run.phase is Phase.DONE
    run = look(only(Challenge.TURN_RIGHT), Look(sight=sight(0, FACE, yaw=None)))
    assert run.seen is Seen.GOOD
    slight = Run(
        seconds=20, began_at=NOON, phase=Phase.CHALLENGES, phase_at=NOON,
        tasks=(Task(challenge=Challenge.TURN_LEFT),), own=Own(yaw=25.0, eyes=0.3),
    )  # fmt: skip
    assert look(slight, seen(0, yaw=32.0)).seen is Seen.GOOD


def test_without_a_middle_the_first_look_of_the_movement_is_the_middle() -> None:
    run = Run(
        seconds=20, began_at=NOON, phase=Phase.CHALLENGES, phase_at=NOON,
        tasks=(Task(challenge=Challenge.TURN_LEFT),),
    )  # fmt: skip
    run = after(run, [seen(0, yaw=2.0), seen(1, yaw=18.0)])
    assert run.phase is Phase.DONE


def test_a_blink_is_shut_and_open_again_with_the_head_straight() -> None:
    own = Own(yaw=0.0, eyes=0.3)
    shut, half, wide = seen(eyes=0.15), seen(eyes=0.2), seen(eyes=0.29)
    assert was_done(Challenge.BLINK, (wide, shut, wide), own)
    assert not was_done(Challenge.BLINK, (wide, shut, half), own)
    assert not was_done(Challenge.BLINK, (wide, half, wide), own)
    assert not was_done(Challenge.BLINK, (wide, seen(eyes=0.15, yaw=30.0), wide), own)
    assert not was_done(Challenge.BLINK, (wide, seen(eyes=None), seen(eyes=0.1, yaw=None), wide), own)
    assert not was_done(Challenge.BLINK, (wide, shut, wide), Own())


def test_reading_moves_the_lips_again_and_again() -> None:
    own = Own(yaw=0.0, eyes=0.3)
    spoken = tuple(seen(mouth=mouth) for mouth in (0.02, 0.2, 0.05, 0.25, 0.03))
    assert was_done(Challenge.READ_DIGITS, spoken, own)
    assert not was_done(Challenge.READ_DIGITS, tuple(seen(mouth=m) for m in (0.02, 0.11, 0.02)), own)
    assert not was_done(Challenge.READ_DIGITS, tuple(seen(mouth=0.3) for _ in range(9)), own)
    assert not was_done(Challenge.READ_DIGITS, (seen(mouth=None),), own)
    assert not was_done(Challenge.TURN_LEFT, spoken, Own())


def test_three_tries_then_the_learner_goes_on_and_people_are_told() -> None:
    run, tries = only(Challenge.BLINK), []
    for number in range(60):
        run = look(run, seen(number * 1.0, yaw=5.0))
        if run.phase is Phase.DONE:
            break
        task = run.task
        assert task is not None
        tries.append(task.tries)
    assert sorted(set(tries)) == [0, 1, 2]
    (failed,) = run.failed
    assert (failed.challenge, failed.tries, failed.passed) == (Challenge.BLINK, MOST_TRIES, False)


def test_on_a_slow_line_a_try_lasts_until_there_was_enough_to_see() -> None:
    run = after(only(Challenge.TURN_LEFT), [seen(0.0), seen(9.0), seen(18.0)])
    assert run.task is not None
    assert run.task.tries == 0
    run = look(run, seen(27.0))
    assert run.task is not None
    assert run.task.tries == 1


def test_a_try_in_which_nobody_is_seen_ends_all_the_same() -> None:
    run = after(only(Challenge.TURN_LEFT), [Look(sight=sight(second)) for second in range(0, 31, 5)])
    assert run.seen is Seen.NO_FACE
    assert run.task is not None
    assert (run.task.tries, run.task.looks) == (1, ())


def test_movements_follow_each_other_and_ask_for_frames_as_they_need_them() -> None:
    run = calmed(fresh())
    paces = set()
    second = 40.0
    for _ in range(200):
        if run.phase is Phase.DONE:
            break
        task = run.task
        assert task is not None
        paces.add(run.every_ms)
        way = {Challenge.TURN_LEFT: 20.0, Challenge.TURN_RIGHT: -20.0}.get(task.challenge, 0.0)
        shut = task.challenge is Challenge.BLINK and int(second) % 2 == 0
        talk = task.challenge is Challenge.READ_DIGITS and int(second) % 2 == 0
        run = look(run, seen(second, yaw=way, eyes=0.1 if shut else 0.3, mouth=0.3 if talk else 0.02))
        second += 1
    assert (run.phase, run.failed, paces) == (Phase.DONE, (), {200, 400, 700})
