# SPDX-License-Identifier: Apache-2.0
"""What holds of the proctoring rules on every stream, however irregular its frames."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from proctor.rules.alerts import Alert, AlertEnd, RuleName
from proctor.rules.inputs import CameraState, Sight, Tick
from proctor.rules.parameters import Parameters
from proctor.rules.ruleset import RuleSet, RuleSetState

START = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
RULES = RuleSet.under(Parameters(), model_sha256="0" * 64)
PICTURES = {RuleName.FACE_GONE, RuleName.SEVERAL_FACES, RuleName.CAMERA_COVERED}

Event = Sight | Tick
spacings = st.floats(0.05, 2.9)
odd_frames = st.sampled_from([(0, False), (2, False), (5, False), (0, True)])
any_frames = st.sampled_from([(1, False), (0, False), (2, False), (0, True), (1, True)])


def fold(events: list[Event], state: RuleSetState | None = None) -> tuple[RuleSetState, list[Alert]]:
    state, changes = state or RuleSetState(), list[Alert]()
    for event in events:
        state, alerts = RULES.step(state, event)
        changes.extend(alerts)
    return state, changes


def frame(second: float, seen: tuple[int, bool]) -> Sight:
    return Sight(at=START + timedelta(seconds=second), faces=seen[0], covered=seen[1])


@st.composite
def streams(draw: st.DrawFn) -> list[Event]:
    """Frames in stretches of one kind, with ticks, silences, reports and losses of the line between them."""
    now, last_frame, events = 0.0, 0.0, list[Event]()
    connected: float | None = 0.0
    camera, since = CameraState.ON, 0.0
    for _ in range(draw(st.integers(1, 12))):
        seen = draw(any_frames)
        for gap in draw(st.lists(spacings, max_size=10)):
            now += gap
            last_frame = now
            events.append(frame(now, seen))
        if draw(st.booleans()):
            camera, since = draw(st.sampled_from(CameraState)), now
        connected = draw(st.sampled_from([None, connected, now]))
        for gap in draw(st.lists(st.floats(0.5, 4.0), max_size=6)):
            now += gap
            heard = draw(st.sampled_from([now, last_frame]))
            events.append(
                Tick(
                    at=START + timedelta(seconds=now),
                    connected_at=None if connected is None else START + timedelta(seconds=connected),
                    heard_at=START + timedelta(seconds=heard),
                    last_frame_at=START + timedelta(seconds=last_frame),
                    camera=camera,
                    camera_since=START + timedelta(seconds=since),
                )
            )
    return events


@given(st.lists(st.tuples(spacings, odd_frames, spacings), max_size=40))
def test_single_wrong_frames_between_right_ones_never_raise_an_alert(
    glitches: list[tuple[float, tuple[int, bool], float]],
) -> None:
    now, events = 0.0, [frame(0.0, (1, False))]
    for before, seen, after in glitches:
        events.append(frame(now + before, seen))
        now += before + after
        events.append(frame(now, (1, False)))
    assert fold(list(events))[1] == []


@given(
    st.sampled_from([(0, False), (2, False), (0, True)]),
    st.lists(st.floats(0.05, 1.5), min_size=4, max_size=60),
)
def test_a_lasting_signal_raises_its_alert_once_and_within_six_seconds(
    seen: tuple[int, bool], gaps: list[float]
) -> None:
    rule = {
        (0, False): RuleName.FACE_GONE,
        (2, False): RuleName.SEVERAL_FACES,
        (0, True): RuleName.CAMERA_COVERED,
    }
    now, events = 1.0, [frame(0.0, (1, False)), frame(1.0, seen)]
    for gap in gaps:
        now += gap
        events.append(frame(now, seen))
    _, changes = fold(list(events))
    assert len(changes) <= 1
    if now - 1.0 >= 3.75:
        (alert,) = changes
        assert alert.rule is rule[seen]
        assert (alert.raised_at - START).total_seconds() - 0.0 <= 6.0 + 0.25


@given(streams())
def test_every_alert_opens_once_and_closes_at_most_once_in_order(events: list[Event]) -> None:
    state, changes = fold(events)
    state, ended = RULES.finish(state, at=START + timedelta(hours=1), because=AlertEnd.WATCH_ENDED)
    numbers = defaultdict[RuleName, list[int]](list)
    still_open = dict[tuple[RuleName, int], Alert]()
    for alert in [*changes, *ended]:
        key = (alert.rule, alert.number)
        if alert.ended_at is None:
            numbers[alert.rule].append(alert.number)
            still_open[key] = alert
        else:
            opened = still_open.pop(key)  # a KeyError here is an end without a beginning, or a second end
            assert alert.ended_because is not None
            assert opened.onset_at == alert.onset_at <= alert.ended_at
            assert alert.numbers["seconds"] >= 0
    assert still_open == {}
    assert state.open_alerts == ()
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


@given(streams())
def test_at_most_one_alert_of_a_rule_is_open_at_a_time(events: list[Event]) -> None:
    open_now = set[RuleName]()
    for alert in fold(events)[1]:
        if alert.ended_at is None:
            assert alert.rule not in open_now
            open_now.add(alert.rule)
        else:
            open_now.remove(alert.rule)


@given(streams())
def test_suppression_holds_at_every_moment(events: list[Event]) -> None:
    state = RuleSetState()
    for event in events:
        state, _ = RULES.step(state, event)
        names = {alert.rule for alert in state.open_alerts}
        if RuleName.CAMERA_STOPPED in names:
            assert not names & PICTURES
        if RuleName.CAMERA_COVERED in names:
            assert RuleName.FACE_GONE not in names


@given(streams())
def test_a_missing_face_is_never_counted_across_covered_frames(events: list[Event]) -> None:
    covered = [event.at for event in events if isinstance(event, Sight) and event.covered and not event.faces]
    for alert in fold(events)[1]:
        if alert.rule is RuleName.FACE_GONE and alert.ended_at is None:
            assert not any(alert.onset_at <= instant <= alert.raised_at for instant in covered)


@given(streams(), st.data())
def test_the_fold_can_be_interrupted_anywhere(events: list[Event], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(events)))
    state, first = fold(events[:cut])
    state, second = fold(events[cut:], state)
    whole_state, whole = fold(events)
    assert (first + second, state) == (whole, whole_state)


@given(streams())
def test_no_alert_rises_while_the_line_is_lost(events: list[Event]) -> None:
    state = RuleSetState()
    for event in events:
        state, alerts = RULES.step(state, event)
        if isinstance(event, Tick) and event.connected_at is None:
            assert alerts == ()


@given(streams())
def test_alerts_are_told_in_the_order_in_which_they_arose(events: list[Event]) -> None:
    raised = [alert.raised_at for alert in fold(events)[1] if alert.ended_at is None]
    assert all(earlier <= later for earlier, later in pairwise(raised))
