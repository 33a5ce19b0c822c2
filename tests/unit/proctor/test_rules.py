# SPDX-License-Identifier: Apache-2.0
"""The rules on hand-written streams.

One letter a frame, p present, g gone, t two faces, c covered, m three faces.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from proctor.rules.alerts import Alert, AlertEnd, RuleName
from proctor.rules.episodes import Episode, follow_episode
from proctor.rules.inputs import CameraState, Link, Sight, Tick, link_of
from proctor.rules.parameters import Hysteresis, Parameters, Silence
from proctor.rules.ruleset import RuleSet, RuleSetState

START = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
MODEL = "ab" * 32
RULES = RuleSet.under(Parameters(), model_sha256=MODEL)
FACES = {"p": 1, "g": 0, "t": 2, "m": 3, "c": 0}


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def seconds(instant: datetime | None) -> float:
    assert instant is not None
    return (instant - START).total_seconds()


def sight(letter: str, second: float) -> Sight:
    return Sight(at=at(second), faces=FACES[letter], covered=letter == "c")


def tick(
    second: float,
    *,
    frame: float | None = None,
    heard: float | None = None,
    connected: float | None = 0.0,
    camera: CameraState = CameraState.ON,
    since: float | None = None,
) -> Tick:
    return Tick(
        at=at(second),
        connected_at=None if connected is None else at(connected),
        heard_at=at(second if heard is None else heard),
        last_frame_at=None if frame is None else at(frame),
        camera=camera,
        camera_since=None if since is None else at(since),
    )


def run(
    events: Iterable[Sight | Tick], state: RuleSetState | None = None
) -> tuple[RuleSetState, list[Alert]]:
    state, changes = state or RuleSetState(), []
    for event in events:
        state, alerts = RULES.step(state, event)
        changes.extend(alerts)
    return state, changes


def stream(letters: str, *, step: float = 1.0, start: float = 0.0) -> list[Sight | Tick]:
    """One frame a letter, every `step` seconds, each followed by a tick as the platform would send it."""
    events: list[Sight | Tick] = []
    for number, letter in enumerate(letters):
        second = start + number * step
        events += [sight(letter, second), tick(second + 0.1, frame=second)]
    return events


def summary(changes: list[Alert]) -> list[tuple[str, str]]:
    return [
        (alert.rule.value, "opens" if alert.ended_because is None else alert.ended_because.value)
        for alert in changes
    ]


SCRIPT = "pppppp" + "ggggg" + "ttt" + "ccc" + "pppppp"


def test_the_promised_script_raises_exactly_three_alerts_and_ends_each() -> None:
    state, changes = run(stream(SCRIPT))
    opened = [alert.rule for alert in changes if alert.ended_at is None]
    assert opened == [RuleName.FACE_GONE, RuleName.SEVERAL_FACES, RuleName.CAMERA_COVERED]
    closed = [alert.rule for alert in changes if alert.ended_at is not None]
    assert sorted(closed) == sorted(opened)
    assert state.open_alerts == ()


@pytest.mark.parametrize("step", [0.25, 0.5, 0.97, 1.03, 1.4])
def test_the_script_gives_the_same_alerts_at_other_rates(step: float) -> None:
    lengths = (("p", 8.0), ("g", 8.0), ("t", 6.0), ("c", 6.0), ("p", 8.0))
    letters = "".join(letter * round(length / step) for letter, length in lengths)
    opened = [alert.rule for alert in run(stream(letters, step=step))[1] if alert.ended_at is None]
    assert opened == [RuleName.FACE_GONE, RuleName.SEVERAL_FACES, RuleName.CAMERA_COVERED]


def test_an_alert_comes_within_six_seconds_of_its_onset() -> None:
    for letters, rule in (
        ("g", RuleName.FACE_GONE),
        ("t", RuleName.SEVERAL_FACES),
        ("c", RuleName.CAMERA_COVERED),
    ):
        (opened,) = run(stream("pppp" + letters * 8))[1]
        assert opened.rule is rule
        assert seconds(opened.onset_at) == 4.0
        assert (
            seconds(opened.raised_at) - 3.0 <= 6.0
        )  # the truth began somewhere after the last frame that differed


def test_an_alert_says_its_numbers_thresholds_version_and_model() -> None:
    _, changes = run(stream("pp" + "ttmtt" + "pppp"))
    opened, ended = changes
    assert opened.numbers == {"seconds": 2.0, "max_faces": 3}
    assert ended.numbers == {"seconds": 5.0, "max_faces": 3}
    assert (seconds(ended.onset_at), seconds(ended.ended_at)) == (2.0, 7.0)
    assert ended.thresholds["onset_seconds"] == Parameters().several_faces.onset_seconds
    assert ended.thresholds["faces"] == 2
    assert (ended.rule_version, ended.model_sha256, ended.number) == (Parameters().version, MODEL, 1)


def test_an_earlier_glitch_with_more_faces_does_not_inflate_the_numbers() -> None:
    _, changes = run(stream("pp" + "m" + "ppp" + "ttt"))
    assert changes[0].numbers["max_faces"] == 2


def test_one_bad_detection_in_between_is_forgiven() -> None:
    _, gone = run(stream("ppp" + "ggpgg"))
    assert summary(gone) == [("face_gone", "opens")]
    _, several = run(stream("ppp" + "tptt"))
    assert summary(several) == [("several_faces", "opens")]
    _, covered = run(stream("ppp" + "cpcc"))
    assert summary(covered) == [("camera_covered", "opens")]


def test_one_bad_detection_does_not_end_an_alert() -> None:
    state, changes = run(stream("ppp" + "ggggg" + "p" + "ggg"))
    assert summary(changes) == [("face_gone", "opens")]
    assert state.open_alerts[0].numbers["seconds"] == 8.0


def test_glitches_that_alternate_with_good_frames_raise_nothing() -> None:
    for letter in "gtc":
        assert run(stream(("p" + letter) * 40))[1] == []


def test_a_short_absence_raises_nothing() -> None:
    assert run(stream("pppp" + "ggg" + "pppp"))[1] == []


def test_two_frames_far_apart_prove_no_duration() -> None:
    events = [sight("t", 0), sight("t", 2.9), sight("p", 3.9), sight("p", 4.9)]
    assert run(events)[1] == []
    apart = [sight("g", 0), sight("g", 1), sight("g", 9), sight("g", 10)]
    assert run(apart)[1] == []


def test_what_was_over_after_a_lost_line_ended_where_it_was_seen_last() -> None:
    seen = stream("ppp" + "gggggg")
    _, changes = run([*seen, *stream("ppppp", start=60.0)])
    gone = [alert for alert in changes if alert.rule is RuleName.FACE_GONE]
    assert [alert.ended_at is None for alert in gone] == [True, False]
    assert seconds(gone[-1].ended_at) == 8.0, "the line was lost from 8 to 60: nobody knows, so nobody says"
    _, changes = run([*seen, *stream("ggppppp", start=60.0)])
    assert seconds([alert for alert in changes if alert.rule is RuleName.FACE_GONE][-1].ended_at) == 62.0


def test_a_clock_that_steps_back_raises_nothing_early() -> None:
    events = [sight("g", 100), sight("g", 101), sight("g", 50), sight("g", 51), sight("g", 52)]
    assert run(events)[1] == []


def test_covering_the_camera_drops_a_half_grown_missing_face() -> None:
    _, changes = run(stream("ppp" + "ggg" + "c" + "gg" + "ppp"))
    assert changes == []


def test_covering_the_camera_takes_the_place_of_a_missing_face() -> None:
    _, changes = run(stream("ppp" + "ggggg" + "cccc"))
    assert summary(changes) == [
        ("face_gone", "opens"),
        ("face_gone", "suppressed"),
        ("camera_covered", "opens"),
    ]
    gone, covered = changes[1], changes[2]
    assert gone.ended_at == covered.onset_at == at(8)


def test_a_single_covered_frame_does_not_end_a_missing_face() -> None:
    state, changes = run(stream("ppp" + "ggggg" + "c" + "gg"))
    assert summary(changes) == [("face_gone", "opens")]
    assert len(state.open_alerts) == 1


def test_a_face_in_a_near_black_picture_is_not_a_covered_camera() -> None:
    dark = [Sight(at=at(second), faces=1, covered=True) for second in range(10)]
    assert run(dark)[1] == []


def test_an_absence_after_the_cover_is_counted_from_the_uncovering() -> None:
    _, changes = run(stream("cccc" + "gggggggggg"))
    assert summary(changes) == [
        ("camera_covered", "opens"),
        ("camera_covered", "cleared"),
        ("face_gone", "opens"),
    ]
    assert changes[2].onset_at == changes[1].ended_at + timedelta(seconds=2)  # type: ignore[operator]


def test_silence_of_the_camera_while_the_page_talks_raises_camera_stopped_and_only_that() -> None:
    events = stream("ppgg") + [tick(3 + second, frame=3) for second in range(1, 9)]
    _, changes = run(events)
    assert summary(changes) == [("camera_stopped", "opens")]
    (stopped,) = changes
    assert (stopped.cause, stopped.onset_at) == ("no_frames", at(3))
    assert seconds(stopped.raised_at) - 3 <= 6


def test_a_silent_line_accuses_nobody() -> None:
    stalled = [tick(3 + second, frame=3, heard=3.5) for second in range(1, 60)]
    dropped = [tick(3 + second, frame=3, heard=3.5, connected=None) for second in range(1, 60)]
    for silence in (stalled, dropped):
        assert run([*stream("pppp"), *silence])[1] == []


def test_after_a_reconnection_the_silence_starts_anew() -> None:
    back = [tick(60 + second, frame=3, connected=60) for second in range(4)]
    assert run([*stream("pppp"), *back])[1] == []
    assert summary(run([*stream("pppp"), *back, tick(64, frame=3, connected=60)])[1]) == [
        ("camera_stopped", "opens")
    ]


@pytest.mark.parametrize("report", [CameraState.ENDED, CameraState.MUTED, CameraState.DENIED])
def test_what_the_browser_reports_of_its_camera_is_believed_after_a_moment(report: CameraState) -> None:
    early = tick(6.5, frame=3, camera=report, since=3)
    late = tick(7.0, frame=3, camera=report, since=3)
    assert run([*stream("ppp"), early])[1] == []
    (stopped,) = run([*stream("ppp"), early, late])[1]
    assert (stopped.rule, stopped.cause, stopped.onset_at) == (RuleName.CAMERA_STOPPED, report.value, at(3))


def test_a_report_without_a_time_is_judged_by_the_silence() -> None:
    assert run([tick(2, frame=1, camera=CameraState.MUTED)])[1] == []


def test_a_report_over_a_lost_line_raises_nothing() -> None:
    gone = tick(30, frame=3, heard=4, camera=CameraState.ENDED, since=3.9, connected=None)
    assert run([*stream("pppp"), gone])[1] == []


def test_a_stopped_camera_ends_every_alert_of_the_pictures() -> None:
    events = [*stream("tttttt"), *(tick(5 + second, frame=5) for second in range(1, 8))]
    _, changes = run(events)
    assert summary(changes) == [
        ("several_faces", "opens"),
        ("several_faces", "suppressed"),
        ("camera_stopped", "opens"),
    ]
    assert changes[1].ended_at == at(5)


def test_a_stopped_camera_ends_when_frames_have_come_for_a_while() -> None:
    stopped = stream("pp") + [tick(1 + second, frame=1) for second in range(1, 7)]
    state, _ = run(stopped)
    state, one = run(stream("p", start=10), state)
    assert one == []
    state, again = run([tick(10 + second, frame=10) for second in range(1, 7)], state)
    assert again == []
    state, changes = run(stream("ppppp", start=30), state)
    assert summary(changes) == [("camera_stopped", "cleared")]
    assert changes[0].ended_at == at(30)
    assert changes[0].numbers["seconds"] == 29.0
    assert state.open_alerts == ()


def test_while_the_browser_reports_a_muted_camera_black_frames_do_not_end_the_alert() -> None:
    events: list[Sight | Tick] = []
    for second in range(10):
        events += [
            sight("c", second),
            tick(second + 0.1, frame=second, camera=CameraState.MUTED, since=0),
        ]
    assert summary(run(events)[1]) == [("camera_stopped", "opens")]


def test_black_pictures_of_a_camera_that_is_muted_for_a_moment_are_no_covered_camera() -> None:
    events: list[Sight | Tick] = [*stream("pp")]
    for second in range(2, 5):
        events += [
            tick(second - 0.9, frame=second - 1, camera=CameraState.MUTED, since=1.1),
            sight("c", second),
        ]
    events += [tick(4.5, frame=4), *stream("pppppp", start=5)]
    assert run(events)[1] == []
    assert summary(run([*events, *stream("ccc", start=11)])[1]) == [("camera_covered", "opens")]


def test_finishing_ends_what_is_open_once() -> None:
    state, _ = run(stream("ttttt"))
    state, ended = RULES.finish(state, at=at(20), because=AlertEnd.WATCH_ENDED)
    assert summary(list(ended)) == [("several_faces", "watch_ended")]
    assert ended[0].numbers["seconds"] == 20.0
    assert RULES.finish(state, at=at(21), because=AlertEnd.WATCH_ENDED)[1] == ()
    stopped, _ = run([tick(1), *[tick(1 + second, frame=1) for second in range(1, 7)]])
    _, ended = RULES.finish(stopped, at=at(9), because=AlertEnd.WATCH_ENDED)
    assert [alert.rule for alert in ended] == [RuleName.CAMERA_STOPPED]


def test_an_alert_never_ends_before_its_onset() -> None:
    state, _ = run(stream("ttttt"))
    _, ended = RULES.finish(state, at=START - timedelta(minutes=1), because=AlertEnd.WATCH_ENDED)
    assert ended[0].ended_at == ended[0].onset_at
    assert ended[0].numbers["seconds"] == 0.0


def test_numbering_goes_on_after_a_restart() -> None:
    state = RuleSetState.resumed({RuleName.FACE_GONE: 3})
    _, changes = run(stream("ggggg"), state)
    assert changes[0].number == 4
    _, changes = run(stream("ttttt"), state)
    assert changes[0].number == 1


def test_following_without_an_open_alert_changes_nothing() -> None:
    assert follow_episode(Episode(2), at=START, numbers={}) == Episode(2)


def test_the_line_is_waiting_alive_or_lost() -> None:
    assert link_of(Tick(at=START), lost_seconds=10) is Link.WAITING
    assert link_of(tick(5, heard=4), lost_seconds=10) is Link.ALIVE
    assert link_of(tick(15, heard=4), lost_seconds=10) is Link.LOST
    assert link_of(tick(5, heard=4, connected=None), lost_seconds=10) is Link.LOST


def test_impossible_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match="below one half"):
        Hysteresis(onset_seconds=1, forgiven_share=0.5)
    with pytest.raises(ValueError, match="positive"):
        Hysteresis(onset_seconds=0)
    with pytest.raises(ValueError, match="positive"):
        Silence(silence_seconds=-1)
