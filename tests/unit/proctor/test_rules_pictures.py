# SPDX-License-Identifier: Apache-2.0
"""Every rule that looks at pictures: what raises it, at three rates of frames, and what does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from proctor.rules.alerts import AlertEnd, RuleName, Weight
from proctor.rules.appetite import Appetite, appetite
from proctor.rules.inputs import FaceBox, SeenGaze, SeenPose, Tick
from proctor.rules.parameters import Looks, Parameters, Probes
from proctor.rules.ruleset import LATE_QUIET_SECONDS, RuleSetState
from tests.unit.proctor.rule_streams import (
    AHEAD,
    FACE,
    SPACINGS,
    at,
    baseline_of,
    calibration,
    opened,
    rules,
    run,
    sight,
    stream,
    thing,
)

CALM: Mapping[str, Any] = {}
AWAY: Mapping[str, Any] = {"pose": SeenPose(60.0, -5.0, 0.0)}
NORMAL = baseline_of(calibration())
SOMEBODY = FaceBox(0.1, 0.3, 0.15, 0.2, 0.9)
ALIKE: Mapping[str, Any] = {"similarity": 0.75}
OTHER: Mapping[str, Any] = {"similarity": 0.12}
LASTING: list[tuple[RuleName, Mapping[str, Any]]] = [
    (RuleName.FACE_GONE, {"faces": 0}),
    (RuleName.SEVERAL_FACES, {"faces": 2}),
    (RuleName.SEVERAL_FACES, {"persons": 2}),
    (RuleName.CAMERA_COVERED, {"faces": 0, "covered": True}),
    (RuleName.CAMERA_DARK, {"dark": True}),
    (RuleName.CAMERA_BLURRED, {"blurred": True}),
    (RuleName.CAMERA_FROZEN, {"change": 0.2}),
    (RuleName.LOOKING_AWAY, AWAY),
    (RuleName.SOMEONE_ELSE, OTHER),
    (RuleName.PHONE_POSSIBLE, {"things": thing("phone", 0.8)}),
    (RuleName.BOOK_POSSIBLE, {"things": thing("book", 0.8)}),
]


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize(("rule", "shown"), LASTING)
def test_what_lasts_raises_its_own_rule_and_no_other_at_every_rate(
    rule: RuleName, shown: Mapping[str, object], spacing: float
) -> None:
    events = stream((20, CALM), (60, shown), (60, {**ALIKE, "persons": 1, "things": ()}), spacing=spacing)
    state, changes = run(events, rules(NORMAL))
    first, *rest = changes
    assert (first.rule, first.ended_at) == (rule, None)
    assert {alert.rule for alert in rest} <= {rule}
    seconds = (first.raised_at - first.onset_at).total_seconds()
    assert seconds <= (16 if spacing < 5 else 20)
    assert not state.is_open(rule)


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize(("rule", "shown"), LASTING)
def test_one_wrong_frame_raises_nothing_at_any_rate(
    rule: RuleName, shown: Mapping[str, object], spacing: float
) -> None:
    looks = {"things": (), "persons": 1, **ALIKE}
    events = [
        event
        for _ in range(8)
        for event in stream((4 * spacing, looks), (spacing, {**looks, **shown}), spacing=spacing)
    ]
    events = [replace(event, at=at(number * spacing)) for number, event in enumerate(events)]
    assert opened(events, rules(NORMAL)) == [], rule


def test_every_alert_of_a_picture_says_what_it_leads_to_and_whether_people_tried_it() -> None:
    for rule, shown in LASTING:
        _, (alert, *_rest) = run(stream((3, CALM), (40, shown)), rules(NORMAL))
        assert alert.weight is (
            Weight.INCIDENT
            if rule.value in ("face_gone", "several_faces", "someone_else", "camera_covered", "camera_frozen")
            else Weight.NOTE
        )
        assert alert.validated is (
            rule.value not in ("someone_else", "looking_away", "phone_possible", "book_possible")
        )
        assert alert.thresholds
        assert all(isinstance(value, int | float) for value in alert.thresholds.values())


# ------------------------------------------------------------------------------------------ several


def test_several_names_the_signals_that_it_comes_from() -> None:
    def cause(**shown: object) -> str | None:
        return run(stream((5, CALM), (40, shown)), rules(NORMAL))[1][0].cause

    assert cause(faces=2) == "faces"
    assert cause(persons=2) == "persons"
    assert cause(faces=2, persons=2) == "faces_and_persons"


def test_persons_alone_are_believed_later_than_faces_and_later_still_without_a_baseline() -> None:
    def delay(under: Any) -> float:
        alert = run(stream((5, CALM), (60, {"persons": 2})), under)[1][0]
        return (alert.raised_at - alert.onset_at).total_seconds()

    assert 9 <= delay(rules(NORMAL)) < delay(rules()) <= 20


def test_a_second_signal_keeps_the_alert_open_and_grows_its_numbers() -> None:
    events = stream((5, CALM), (6, {"faces": 2, "persons": 2}), (12, {"persons": 3}), (30, {"persons": 1}))
    _, changes = run(events, rules(NORMAL))
    assert [alert.ended_because for alert in changes] == [None, AlertEnd.CLEARED]
    assert (changes[1].numbers["max_faces"], changes[1].numbers["max_persons"]) == (2, 3)


def test_persons_that_the_empty_room_shows_are_not_counted() -> None:
    poster = FaceBox(0.75, 0.1, 0.08, 0.1, 0.8)
    learned = baseline_of(
        calibration(change=lambda number: {"faces": 2, "boxes": (FACE, poster), "persons": 2})
    )
    assert learned.extra_persons == 1
    shown = {"faces": 2, "boxes": (FACE, poster), "persons": 2}
    assert opened(stream((60, shown)), rules(learned)) == []
    assert opened(stream((60, {**shown, "persons": 3})), rules(learned)) == [RuleName.SEVERAL_FACES]


# ---------------------------------------------------------------------------------------- posters

POSTER = FaceBox(0.75, 0.1, 0.08, 0.1, 0.8)
WITH_POSTER = baseline_of(
    calibration(
        change=lambda number: {"faces": 2, "boxes": (FACE, replace(POSTER, x=0.75 + number % 2 * 0.002))}
    )
)


def test_a_poster_of_the_calibration_is_no_second_face_and_no_presence() -> None:
    assert len(WITH_POSTER.posters) == 1
    assert opened(stream((60, {"faces": 2, "boxes": (FACE, POSTER)})), rules(WITH_POSTER)) == []
    gone = stream((5, CALM), (20, {"faces": 1, "boxes": (POSTER,), "pose": None, "gaze": None}))
    assert opened(gone, rules(WITH_POSTER)) == [RuleName.FACE_GONE]


def test_a_face_elsewhere_and_one_that_moves_before_the_poster_do_count() -> None:
    elsewhere = stream((20, {"faces": 2, "boxes": (FACE, replace(POSTER, x=0.05))}))
    assert opened(elsewhere, rules(WITH_POSTER)) == [RuleName.SEVERAL_FACES]
    moving = [
        sight(second, faces=2, boxes=(FACE, replace(POSTER, x=0.75 + 0.009 * (second % 2))))
        for second in range(20)
    ]
    assert opened(moving, rules(WITH_POSTER)) == [RuleName.SEVERAL_FACES]


def test_without_boxes_or_a_baseline_a_poster_counts() -> None:
    for under, boxes in ((rules(WITH_POSTER), ()), (rules(), (FACE, POSTER))):
        assert opened(stream((20, {"faces": 2, "boxes": boxes})), under) == [RuleName.SEVERAL_FACES]


# --------------------------------------------------------------------------------------- identity


def test_one_or_two_strange_looks_accuse_nobody() -> None:
    for strange in (1, 2):
        assert opened(stream((20, ALIKE), (strange, OTHER), (20, ALIKE)), rules()) == []


def test_a_face_that_is_unlike_but_not_far_off_accuses_nobody() -> None:
    assert opened(stream((60, {"similarity": 0.47})), rules()) == []
    mixed = [sight(second, similarity=0.1 if second % 3 else 0.56) for second in range(30)]
    assert opened(mixed, rules()) == []


@pytest.mark.parametrize(
    "shown",
    [
        {"faces": 2},
        {"dark": True},
        {"blurred": True},
        {"pose": SeenPose(45.0, 0.0, 0.0)},
        {"pose": SeenPose(0.0, -40.0, 0.0)},
    ],
)
def test_only_a_sharp_lit_single_face_that_looks_ahead_is_a_probe(shown: Mapping[str, object]) -> None:
    assert RuleName.SOMEONE_ELSE not in opened(stream((40, {**OTHER, **shown})), rules())


def test_someone_else_tells_the_mean_and_ends_when_the_learner_is_back() -> None:
    state, changes = run(stream((5, ALIKE), (8, OTHER), (8, {**OTHER, "pose": None}), (8, ALIKE)), rules())
    assert [alert.rule for alert in changes] == [RuleName.SOMEONE_ELSE] * 2
    assert changes[0].numbers == {"seconds": 2.0, "similarity": 0.12, "probes": 3}
    assert changes[1].ended_at == at(21)
    assert state.open_alerts == ()


def test_probes_that_come_all_at_once_or_far_apart_decide_nothing() -> None:
    assert opened(stream((1, OTHER), spacing=0.3), rules()) == []
    assert opened([sight(100.0 * number, **OTHER) for number in range(5)], rules()) == []


def test_impossible_thresholds_are_refused() -> None:
    with pytest.raises(ValueError, match="three probes"):
        Probes(least=2)
    with pytest.raises(ValueError, match="one look"):
        Looks(score=0.5, needed=1)


# ------------------------------------------------------------------------------- the learner's own


def test_looking_away_is_not_available_without_a_baseline() -> None:
    assert opened(stream((60, AWAY)), rules()) == []
    assert opened(stream((60, AWAY)), rules(replace(NORMAL, pose=None, pose_spread=None))) == []


@pytest.mark.parametrize(
    ("shown", "away"),
    [
        ({"pose": SeenPose(30.0, -5.0, 0.0)}, True),
        ({"pose": SeenPose(20.0, -5.0, 0.0)}, False),
        ({"pose": SeenPose(2.0, 20.0, 0.0)}, True),
        ({"pose": SeenPose(2.0, -25.0, 0.0)}, False),
        ({"pose": SeenPose(2.0, -36.0, 0.0)}, True),
        ({"gaze": SeenGaze(0.6, 0.05, 0.3, 0.3)}, True),
        ({"gaze": SeenGaze(0.0, 0.35, 0.3, 0.3)}, True),
        ({"gaze": SeenGaze(0.6, 0.05, 0.1, 0.1)}, False),
        ({"gaze": None}, False),
    ],
)
def test_away_is_far_from_the_own_middle_with_open_eyes(shown: Mapping[str, object], *, away: bool) -> None:
    found = opened(stream((40, shown)), rules(NORMAL))
    assert found == ([RuleName.LOOKING_AWAY] if away else [])


def test_who_moves_much_by_nature_gets_wider_limits() -> None:
    restless = [sight(n, pose=SeenPose((-1) ** n * 15.0, -5.0, 0.0)) for n in range(20)]
    wide = baseline_of(restless)
    assert opened(stream((40, {"pose": SeenPose(45.0, -5.0, 0.0)})), rules(wide)) == []


def test_gaze_without_an_own_middle_says_nothing() -> None:
    plain = replace(NORMAL, gaze=None, gaze_spread=None, eyes_open=None)
    assert opened(stream((40, {"gaze": SeenGaze(0.9, 0.5, 0.3, 0.3)})), rules(plain)) == []


def test_frames_at_which_nobody_looked_for_the_head_neither_raise_nor_forget() -> None:
    third = [sight(n, **(AWAY if n % 3 == 0 else {"pose": None, "gaze": None})) for n in range(40)]
    assert opened(third, rules(NORMAL)) == [RuleName.LOOKING_AWAY]


def test_a_face_that_leaves_drops_the_half_grown_and_ends_the_open_look_away() -> None:
    short = stream((8, AWAY), (2, {"faces": 0, "pose": None}), (8, AWAY), (5, CALM))
    assert opened(short, rules(NORMAL)) == []
    _, changes = run(stream((20, AWAY), (10, {"faces": 0, "pose": None})), rules(NORMAL))
    assert [(alert.rule, alert.ended_because) for alert in changes] == [
        (RuleName.LOOKING_AWAY, None),
        (RuleName.LOOKING_AWAY, AlertEnd.SUPPRESSED),
        (RuleName.FACE_GONE, None),
    ]


# ------------------------------------------------------------------------------------------ things


def test_a_thing_needs_two_of_three_looks_and_somebody_in_the_picture() -> None:
    phone = {"things": thing("phone", 0.7)}
    looks = [sight(5.0 * n, **(phone if n in (2, 4) else {"things": ()})) for n in range(10)]
    _, changes = run(looks, rules())
    assert [alert.ended_because for alert in changes] == [None, AlertEnd.CLEARED]
    assert changes[0].numbers == {"seconds": 10.0, "max_score": 0.7, "looks": 2}
    apart = [sight(5.0 * n, **(phone if n in (2, 5, 8) else {"things": ()})) for n in range(10)]
    assert opened(apart, rules()) == []
    nobody = stream((40, {"faces": 0, "persons": 0, "things": thing("book", 0.9)}))
    assert opened(nobody, rules()) == [RuleName.FACE_GONE]


def test_an_open_thing_follows_its_highest_score_and_ignores_looks_that_miss_once() -> None:
    scores = [0.7, 0.7, 0.9, 0.0, 0.7]
    state, changes = run(
        [sight(5.0 * n, things=thing("phone", score)) for n, score in enumerate(scores)], rules()
    )
    assert len(changes) == 1
    assert state.open_alerts[0].numbers["max_score"] == 0.9


def test_what_stood_about_at_the_calibration_must_be_seen_more_surely() -> None:
    learned = baseline_of(calibration(change=lambda number: {"things": thing("book", 0.7)}))
    assert opened(stream((40, {"things": thing("book", 0.8)})), rules(learned)) == []
    assert opened(stream((40, {"things": thing("book", 0.9)})), rules(learned)) == [RuleName.BOOK_POSSIBLE]


# ------------------------------------------------------------------------------- the camera itself


def test_a_frozen_picture_carries_the_largest_change_and_an_empty_room_is_no_frozen_one() -> None:
    _, changes = run(stream((5, CALM), (15, {"change": 0.3})), rules())
    assert changes[0].numbers == {"seconds": 7.0, "max_change": 0.3}
    assert opened(stream((30, {"faces": 0, "change": 0.1})), rules()) == [RuleName.FACE_GONE]
    assert opened(stream((30, {"change": None})), rules()) == []


def test_a_sleepy_learner_before_a_real_sensor_is_not_frozen() -> None:
    assert opened(stream((300, {"change": 1.3})), rules()) == []


def test_darkness_silences_the_blur_and_a_cover_both() -> None:
    assert opened(stream((30, {"dark": True, "blurred": True})), rules()) == [RuleName.CAMERA_DARK]
    covered = {"faces": 0, "covered": True, "dark": True, "blurred": True, "change": 0.0}
    assert opened(stream((30, covered)), rules()) == [RuleName.CAMERA_COVERED]


# ------------------------------------------------------------------------------------------- a face is gone


def gone(seconds: float, persons: int | None = None) -> tuple[float, dict[str, Any]]:
    return seconds, {"faces": 0, "pose": None, "gaze": None, "persons": persons}


def test_who_bends_over_a_paper_is_left_alone_for_a_while_and_who_is_away_is_not() -> None:
    assert opened(stream((10, {}), gone(15, persons=1), (5, {}))) == []
    for seen, cause, after in ((1, "face_hidden", 18.75), (0, "nobody", 3.75), (None, None, 3.75)):
        _, changes = run(stream((10, {}), gone(30, persons=seen)))
        (alert,) = changes
        assert (alert.rule, alert.cause) == (RuleName.FACE_GONE, cause)
        assert after <= alert.numbers["seconds"] < after + 1.0


def test_somebody_who_was_hidden_and_leaves_is_gone_at_once() -> None:
    _, (alert,) = run(stream((10, {}), gone(12, persons=1), gone(5, persons=0)))
    assert (alert.cause, alert.numbers["seconds"]) == ("nobody", 12.0)


def test_a_person_seen_long_ago_is_not_taken_for_still_there() -> None:
    _, (alert,) = run(stream((10, {}), gone(2, persons=1), gone(30)))
    assert alert.cause is None
    assert alert.numbers["seconds"] == pytest.approx(18.0, abs=1.0)


def test_persons_on_posters_are_nobody() -> None:
    learned = replace(baseline_of(calibration()), extra_persons=1)
    _, (alert,) = run(stream((10, {}), gone(8, persons=1)), rules(learned))
    assert alert.cause == "nobody"


def test_a_missing_face_asks_at_once_whether_somebody_is_there() -> None:
    state, _ = run(stream((5, {}), gone(1)))
    assert appetite(state, Parameters()) == Appetite(objects=True)
    state, _ = run(stream((5, {}), gone(10)))
    assert appetite(state, Parameters()) == Appetite()  # it is believed already


# --------------------------------------------------------------------------- late, exempt, appetite


def test_pictures_that_come_late_raise_alerts_of_their_own_with_numbers_that_go_on() -> None:
    late = [replace(event, late=True) for event in stream((20, {"faces": 0}), start=100)]
    state, now = run(stream((10, {"faces": 0}), (10, CALM), start=200), rules())
    assert [alert.number for alert in now] == [1, 1]
    state, changes = run(late, rules(), state)
    (alert,) = changes
    assert (alert.rule, alert.number, alert.numbers["late"]) == (RuleName.FACE_GONE, 2, 1)
    assert alert.onset_at == at(100)
    state, more = run(stream((10, {"faces": 0}), (9, CALM), start=221), rules(), state)
    assert [one.number for one in more] == [3, 3]
    state, quiet = run([Tick(at=at(240)), Tick(at=at(241 + LATE_QUIET_SECONDS))], rules(), state)
    assert [(one.number, one.ended_at, one.ended_because) for one in quiet] == [
        (2, at(119), AlertEnd.CLEARED)
    ]
    assert state.open_alerts == ()


def test_what_late_pictures_left_open_ends_with_the_watching_at_the_last_of_them() -> None:
    late = [replace(event, late=True) for event in stream((20, {"faces": 0}), start=100)]
    state, _ = run(late, rules())
    state, ended = rules().finish(state, at=at(500), because=AlertEnd.WATCH_ENDED)
    assert [alert.ended_at for alert in ended] == [at(119)]


def test_a_late_poster_is_no_face_either() -> None:
    late = [replace(event, late=True) for event in stream((20, {"faces": 2, "boxes": (FACE, POSTER)}))]
    assert opened(late, rules(WITH_POSTER)) == []


def test_numbers_go_on_after_a_restart_for_every_rule() -> None:
    state = RuleSetState.resumed({RuleName.PHONE_POSSIBLE: 4})
    _, changes = run(stream((20, {"things": thing("phone", 0.9)})), rules(), state)
    assert changes[0].number == 5


def test_a_doubt_asks_for_the_look_that_would_settle_it() -> None:
    parameters = Parameters()

    def wish(*shown: Mapping[str, object], under: Any = None) -> Appetite:
        events = [sight(n, **one) for n, one in enumerate(shown)]
        return appetite(run(events, under or rules())[0], parameters)

    assert wish(CALM) == Appetite()
    assert wish(ALIKE) == Appetite()
    assert wish(OTHER) == Appetite(identity=True)
    assert wish({"things": thing("phone", 0.9)}) == Appetite(objects=True)
    assert wish({"things": thing("book", 0.9)}) == Appetite(objects=True)
    assert wish({"persons": 2}) == Appetite(objects=True)
    assert wish(*[OTHER] * 4) == Appetite()
    assert wish(*[OTHER] * 4, ALIKE) == Appetite(identity=True)
    off = replace(parameters, off=frozenset({RuleName.SOMEONE_ELSE}))
    assert wish(OTHER, under=rules(None, off)) == Appetite()


def test_the_head_that_looks_ahead_is_calm_for_an_hour() -> None:
    events = stream((3600, {"pose": AHEAD, "things": (), "persons": 1, **ALIKE}))
    assert opened(events, rules(NORMAL)) == []
