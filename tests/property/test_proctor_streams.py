# SPDX-License-Identifier: Apache-2.0
"""What holds of all rules together on every stream of sights and events: honest ones, wild ones, late ones."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from proctor.rules.alerts import Alert, AlertEnd, RuleName
from proctor.rules.baseline import Baseline, learn
from proctor.rules.inputs import (
    AuditDisagreed,
    BrowserNoted,
    CameraFacts,
    ChainBreak,
    ChainBroken,
    Event,
    FaceBox,
    HandRaised,
    LivenessChecked,
    SeenGaze,
    SeenPose,
    SeenThing,
    Sight,
    SpeechHeard,
    Tick,
)
from proctor.rules.parameters import Parameters
from proctor.rules.ruleset import RuleSet, RuleSetState

START = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
FACE = FaceBox(0.4, 0.3, 0.2, 0.3)
POSTER = FaceBox(0.8, 0.1, 0.06, 0.08)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def calibrated() -> Baseline:
    found = learn(
        [
            Sight(
                at=at(n),
                faces=2,
                covered=False,
                boxes=(FACE, POSTER),
                pose=SeenPose(n % 7 - 3.0, n % 5 - 2.0, 0.0),
                gaze=SeenGaze(0.03 * (n % 3 - 1), 0.0, 0.3, 0.3),
                things=(SeenThing("book", 0.5),),
                persons=1,
            )
            for n in range(20)
        ]
    )
    assert found is not None
    return found


BASELINE = calibrated()
RULES = RuleSet.under(Parameters(), model_sha256="0" * 64, baseline=BASELINE)
spacings = st.sampled_from([1.0, 1.0, 2.5, 5.0])
maybe = st.booleans()


@st.composite
def honest_sights(draw: st.DrawFn) -> list[Event]:
    """A learner who works: moves, blinks, looks at the keys, leans before the poster; a detector errs now and then."""
    spacing, events = draw(spacings), list[Event]()
    steps = draw(st.lists(st.tuples(st.floats(-18, 18), st.floats(-18, 12), st.floats(1.5, 15)), max_size=60))
    erred = -9
    for number, (yaw, pitch, change) in enumerate(steps):
        errs = number - erred >= 4 and draw(st.integers(0, 9)) == 0
        erred = number if errs else erred
        poster = draw(maybe)
        faces = draw(st.sampled_from([0, 2, 3])) if errs else 1
        boxes = (FACE, POSTER) if poster and faces == 1 else ()
        events.append(
            Sight(
                at=at(number * spacing + draw(st.floats(0, 0.2))),
                faces=faces + bool(boxes),
                boxes=boxes,
                covered=False,
                change=change,
                fingerprint=0b1011 << draw(st.integers(0, 6)),
                pose=SeenPose(yaw, pitch, 0.0) if faces == 1 and number % 2 else None,
                gaze=SeenGaze(0.0, 0.0, 0.3, 0.3) if faces == 1 else None,
                persons=draw(st.sampled_from([None, 1])),
                things=() if not errs else (SeenThing("phone", 0.9),),
                similarity=draw(st.floats(0.5, 0.9)) if number % 3 == 0 else None,
            )
        )
    return events


sights = st.builds(
    Sight,
    at=st.just(START),
    faces=st.integers(0, 3),
    covered=maybe,
    dark=maybe,
    blurred=maybe,
    boxes=st.sampled_from([(), (FACE,), (FACE, POSTER), (POSTER,)]),
    change=st.sampled_from([None, 0.1, 5.0]),
    fingerprint=st.sampled_from([None, 0, 2**63]),
    persons=st.sampled_from([None, 0, 1, 2]),
    things=st.sampled_from([None, (), (SeenThing("phone", 0.9), SeenThing("book", 0.9))]),
    pose=st.sampled_from([None, SeenPose(0, 0, 0), SeenPose(60, 0, 0)]),
    gaze=st.sampled_from([None, SeenGaze(0.9, 0, 0.3, 0.3)]),
    similarity=st.sampled_from([None, 0.1, 0.8]),
    late=st.sampled_from([False, False, True]),
)
others = st.one_of(
    st.builds(Tick, at=st.just(START)),
    st.builds(
        SpeechHeard,
        at=st.just(START),
        started_at=st.just(START - timedelta(seconds=5)),
        ended_at=st.just(START),
    ),
    st.builds(
        BrowserNoted,
        at=st.just(START),
        kind=st.sampled_from(["hidden", "blur", "focus", "paste", "copy"]),
        seconds=st.sampled_from([None, 1.0, 20.0]),
        cause=st.sampled_from(["none", "dialog"]),
    ),
    st.builds(CameraFacts, at=st.just(START), virtual_name=maybe, width=st.just(640), height=st.just(480)),
    st.builds(HandRaised, at=st.just(START), raised=maybe),
    st.builds(ChainBroken, at=st.just(START), kind=st.sampled_from(ChainBreak), frames=st.integers(1, 20)),
    st.builds(AuditDisagreed, at=st.just(START), claimed=st.just(1), seen=st.integers(0, 2)),
    st.builds(
        LivenessChecked, at=st.just(START), passed=maybe, challenge=st.just("blink"), tries=st.integers(1, 4)
    ),
)


@st.composite
def wild_streams(draw: st.DrawFn) -> list[Event]:
    """Stretches of one kind of frame and all that can happen between them, in the order of time."""
    now, events = 0.0, list[Event]()
    for _ in range(draw(st.integers(1, 12))):
        one = draw(sights)
        for gap in draw(st.lists(st.floats(0.2, 6.0), max_size=12)):
            now += gap
            events.append(replace(one, at=at(now)))
        for other in draw(st.lists(others, max_size=3)):
            now += 0.5
            shift = at(now) - other.at
            moved = replace(other, at=at(now))
            if isinstance(moved, SpeechHeard):
                moved = replace(moved, started_at=moved.started_at + shift, ended_at=moved.ended_at + shift)
            events.append(moved)
    return events


def fold(
    events: list[Event], under: RuleSet = RULES, state: RuleSetState | None = None
) -> tuple[RuleSetState, list[Alert]]:
    state, changes = state or RuleSetState(), list[Alert]()
    for event in events:
        state, alerts = under.step(state, event)
        changes.extend(alerts)
    return state, changes


@settings(max_examples=100)
@given(honest_sights())
def test_an_honest_learner_before_an_imperfect_detector_is_never_alerted(events: list[Event]) -> None:
    assert fold(events)[1] == []


@settings(max_examples=50)
@given(wild_streams())
def test_every_alert_of_every_rule_opens_once_closes_once_and_is_numbered_from_one(
    events: list[Event],
) -> None:
    state, changes = fold(events)
    state, ended = RULES.finish(state, at=at(10_000), because=AlertEnd.WATCH_ENDED)
    numbers = defaultdict[RuleName, list[int]](list)
    still_open = dict[tuple[RuleName, int], Alert]()
    for alert in [*changes, *ended]:
        key = (alert.rule, alert.number)
        if alert.ended_at is None:
            numbers[alert.rule].append(alert.number)
            still_open[key] = alert
        else:
            opened = still_open.pop(key)
            assert opened.onset_at == alert.onset_at <= alert.ended_at
            assert alert.ended_because is not None
            assert alert.numbers["seconds"] >= 0
    assert still_open == {}
    assert state.open_alerts == ()
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


@settings(max_examples=50)
@given(wild_streams(), st.sets(st.sampled_from(RuleName)))
def test_an_exempted_rule_never_alerts(events: list[Event], off: set[RuleName]) -> None:
    parameters = Parameters(off=frozenset(off))
    under = RuleSet.under(parameters, model_sha256="0" * 64, baseline=BASELINE)
    assert not {alert.rule for alert in fold(events, under)[1]} & off


@settings(max_examples=50)
@given(wild_streams(), st.dictionaries(st.sampled_from(RuleName), st.integers(1, 9)))
def test_after_a_restart_numbers_go_on(events: list[Event], counts: dict[RuleName, int]) -> None:
    fresh = [(one.rule, one.number + counts.get(one.rule, 0)) for one in fold(events)[1]]
    resumed = fold(events, state=RuleSetState.resumed(counts))[1]
    assert [(one.rule, one.number) for one in resumed] == fresh


@settings(max_examples=50)
@given(wild_streams(), st.data())
def test_the_fold_of_all_events_can_be_interrupted_anywhere(events: list[Event], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(events)))
    state, first = fold(events[:cut])
    state, second = fold(events[cut:], state=state)
    assert (state, first + second) == fold(events)


@settings(max_examples=50)
@given(wild_streams())
def test_late_pictures_change_nothing_of_what_is_seen_now(events: list[Event]) -> None:
    now = [event for event in events if not (isinstance(event, Sight) and event.late)]

    def told(changes: list[Alert]) -> list[tuple[RuleName, datetime, datetime | None]]:
        return [(one.rule, one.onset_at, one.ended_at) for one in changes if "late" not in one.numbers]

    assert told(fold(events)[1]) == told(fold(now)[1])


@settings(max_examples=50)
@given(wild_streams())
def test_who_is_silenced_says_nothing(events: list[Event]) -> None:
    state = RuleSetState()
    for event in events:
        state, _ = RULES.step(state, event)
        if state.is_open(RuleName.CAMERA_COVERED):
            assert not state.is_open(RuleName.FACE_GONE)
            assert not state.is_open(RuleName.CAMERA_DARK)
        if state.is_open(RuleName.CAMERA_DARK):
            assert not state.is_open(RuleName.CAMERA_BLURRED)
