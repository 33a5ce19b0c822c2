# SPDX-License-Identifier: Apache-2.0
"""The rules that hear of speech, the browser, the chain, audits, challenges, a camera's facts and a raised hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proctor.rules.alerts import AlertEnd, RuleName, Weight
from proctor.rules.inputs import (
    AuditDisagreed,
    BrowserNoted,
    CameraFacts,
    ChainBreak,
    ChainBroken,
    Event,
    HandRaised,
    LivenessChecked,
    SpeechHeard,
    Tick,
)
from proctor.rules.parameters import Parameters
from tests.unit.proctor.rule_streams import at, opened, rules, run, sight, stream


def spoke(second: float, seconds: float) -> SpeechHeard:
    return SpeechHeard(at=at(second + seconds), started_at=at(second), ended_at=at(second + seconds))


def noted(second: float, kind: str, seconds: float | None = None, cause: str = "none") -> BrowserNoted:
    return BrowserNoted(at=at(second), kind=kind, seconds=seconds, cause=cause)


def broken(second: float, kind: str, frames: int = 1) -> ChainBroken:
    return ChainBroken(at=at(second), kind=ChainBreak(kind), frames=frames)


def challenged(second: float, *, passed: bool, tries: int) -> LivenessChecked:
    return LivenessChecked(at=at(second), passed=passed, challenge="turn_left", tries=tries)


def camera(second: float, *, name: bool = False, jitter: float | None = 8.0) -> CameraFacts:
    return CameraFacts(at=at(second), virtual_name=name, width=640, height=480, jitter_ms=jitter)


HITS: list[tuple[RuleName, list[Event]]] = [
    (RuleName.SPEECH, [spoke(0, 3), spoke(10, 3), spoke(20, 3)]),
    (RuleName.SPEECH, [spoke(0, 13)]),
    (RuleName.FOCUS_LOST, [noted(10, "hidden", 20.0)]),
    (RuleName.FOCUS_LOST, [noted(second, "blur", 4.0) for second in (10, 60, 120)]),
    (RuleName.FOCUS_LOST, [noted(10, "hidden"), noted(30, "focus")]),
    (RuleName.FOCUS_LOST, [noted(10, "hidden"), noted(30, "hidden", 20.0)]),
    (RuleName.FOCUS_LOST, [noted(10, "blur"), *(Tick(at=at(10.0 + n)) for n in range(20))]),
    (RuleName.PASTED, [noted(10, "paste")]),
    (RuleName.PASTED, [noted(10, "paste_refused")]),
    (RuleName.PASTED, [noted(9, "copy"), noted(10, "hidden"), noted(12, "focus"), noted(13, "paste")]),
    (RuleName.HAND_RAISED, [HandRaised(at=at(1), raised=True)]),
    (RuleName.PICTURES_MISSING, [broken(5, "missing", 12)]),
    (RuleName.PICTURES_MISSING, [broken(second, "missing") for second in (5, 50, 100)]),
    (RuleName.PICTURES_ALTERED, [broken(5, "altered")]),
    (RuleName.PREFILTER_DISAGREES, [AuditDisagreed(at=at(n), claimed=1, seen=0) for n in (5, 15)]),
    (RuleName.PREFILTER_DISAGREES, [AuditDisagreed(at=at(n), claimed=1, seen=0) for n in (-10_000, 15)]),
    (RuleName.LIVENESS_FAILED, [challenged(5, passed=False, tries=3)]),
    (RuleName.VIRTUAL_CAMERA, [camera(1, name=True)]),
]
MISSES: list[tuple[str, list[Event]]] = [
    ("a cough and a sigh", [spoke(second, 1.0) for second in range(0, 60, 5)]),
    ("a word now and then", [spoke(0, 3), spoke(70, 3), spoke(140, 3), spoke(210, 3)]),
    ("a short look elsewhere", [noted(10, "blur", 1.5) for _ in range(9)]),
    ("away twice", [noted(10, "hidden", 4.0), noted(100, "hidden", 4.0)]),
    ("the room's own dialogue", [noted(10, "blur", 60.0, "dialog")]),
    ("away and soon back", [noted(10, "hidden"), noted(12, "focus"), Tick(at=at(90))]),
    ("back without having left", [noted(10, "focus")]),
    ("a paste out of the room's notes", [noted(10, "paste", cause="notes")]),
    ("a sentence of one's own, moved", [noted(10, "cut"), noted(14, "paste"), noted(20, "paste")]),
    (
        "one moved past the room's own dialogue",
        [noted(10, "copy"), noted(11, "blur", 1.0, "dialog"), noted(14, "paste")],
    ),
    ("other notes", [noted(10, "copy"), noted(11, "screens_several")]),
    ("a hand that was not up", [HandRaised(at=at(1), raised=False)]),
    ("two pictures lost on a bad line", [broken(5, "missing"), broken(50, "missing")]),
    ("one audit that disagrees", [AuditDisagreed(at=at(5), claimed=1, seen=0)]),
    ("audits that agree", [AuditDisagreed(at=at(n), claimed=1, seen=1) for n in range(9)]),
    ("audits of different days", [AuditDisagreed(at=at(15_000 * n), claimed=1, seen=0) for n in range(5)]),
    ("challenges that were met", [challenged(5, passed=True, tries=1), challenged(9, passed=True, tries=3)]),
    ("a real camera, a very regular one", [camera(1), camera(2, jitter=0.1), camera(3, jitter=None)]),
]


@pytest.mark.parametrize(("rule", "events"), HITS)
def test_what_happens_raises_its_own_rule_once(rule: RuleName, events: list[Event]) -> None:
    _, changes = run(events)
    (alert,) = [alert for alert in changes if alert.ended_at is None]
    assert alert.rule is rule
    assert alert.weight is (Weight.INCIDENT if rule is RuleName.PICTURES_ALTERED else Weight.NOTE)
    assert alert.onset_at <= alert.raised_at
    assert all(isinstance(value, int | float) for value in alert.thresholds.values())


@pytest.mark.parametrize("events", [events for _, events in MISSES], ids=[name for name, _ in MISSES])
def test_what_is_nothing_raises_nothing(events: list[Event]) -> None:
    assert run(events)[1] == []


@pytest.mark.parametrize(("rule", "events"), HITS)
def test_an_exempted_rule_never_alerts(rule: RuleName, events: list[Event]) -> None:
    assert opened(events, rules(None, replace(Parameters(), off=frozenset({rule})))) == []


@pytest.mark.parametrize(("rule", "events"), [hit for hit in HITS if hit[0] is not RuleName.HAND_RAISED])
def test_quiet_ends_what_happened_at_its_last_occurrence(rule: RuleName, events: list[Event]) -> None:
    state, changes = run([*events, noted(170, "focus"), Tick(at=at(172)), Tick(at=at(400))])
    last = changes[-1]
    assert (last.rule, last.ended_because) == (rule, AlertEnd.CLEARED)
    assert last.ended_at is not None
    assert last.ended_at <= at(172)
    assert state.open_alerts == ()


def test_speech_counts_from_its_first_interval_and_goes_on_growing() -> None:
    state, changes = run([spoke(0, 3), spoke(10, 3), spoke(20, 3), spoke(30, 9)])
    assert changes[0].onset_at == at(0)
    assert state.open_alerts[0].numbers == {"seconds": 39.0, "count": 4, "speech_seconds": 18.0}


def test_a_new_burst_after_quiet_is_a_new_alert_even_without_a_tick() -> None:
    _, changes = run([noted(10, "paste"), noted(200, "paste")])
    assert [(alert.number, alert.ended_at) for alert in changes] == [(1, None), (1, at(10)), (2, None)]


def test_a_raised_hand_stays_up_until_it_is_lowered() -> None:
    state, changes = run([HandRaised(at=at(second), raised=True) for second in (1, 2, 60)])
    assert len(changes) == 1
    assert state.open_alerts[0].numbers["seconds"] == 59.0
    _, ended = run([Tick(at=at(300)), HandRaised(at=at(301), raised=False)], state=state)
    assert [alert.ended_at for alert in ended] == [at(301)]


def test_a_long_time_away_is_told_while_it_lasts_and_counted_once() -> None:
    ticks = [Tick(at=at(10.0 + second)) for second in range(40)]
    state, changes = run([noted(10, "hidden"), *ticks])
    assert [alert.onset_at for alert in changes] == [at(10)]
    assert changes[0].numbers["away_seconds"] == 15.0
    state, more = run([noted(50, "focus")], state=state)
    assert more == []
    assert state.open_alerts[0].numbers["away_seconds"] == 40.0


def test_leaving_twice_before_coming_back_counts_from_the_first() -> None:
    _, changes = run([noted(10, "blur"), noted(11, "hidden"), noted(30, "focus")])
    assert changes[0].onset_at == at(10)


def test_without_a_total_only_the_count_decides_how_often_the_page_was_left() -> None:
    parameters = Parameters()
    counted = replace(parameters, focus_lost=replace(parameters.focus_lost, total=None))
    events: list[Event] = [noted(10, "hidden"), *(Tick(at=at(10.0 + second)) for second in range(100))]
    assert opened(events, rules(None, counted)) == []


def test_a_stopped_camera_does_not_silence_what_else_happens() -> None:
    silence = [Tick(at=at(n), connected_at=at(0), heard_at=at(n), last_frame_at=at(0)) for n in range(1, 9)]
    events: list[Event] = [sight(0), *silence, noted(20, "paste"), broken(21, "altered")]
    found = opened(events)
    assert found == [RuleName.CAMERA_STOPPED, RuleName.PASTED, RuleName.PICTURES_ALTERED]


@pytest.mark.parametrize("spacing", [1.0, 2.5, 5.0])
def test_a_slow_line_is_no_stopped_camera(spacing: float) -> None:
    events: list[Event] = []
    for number in range(40):
        second = number * spacing
        events.append(sight(second))
        for step in range(1, int(spacing) + 1):
            now = second + min(step, spacing - 0.01)
            events.append(
                Tick(
                    at=at(now),
                    connected_at=at(0),
                    heard_at=at(now),
                    last_frame_at=at(second),
                    spacing_seconds=spacing,
                )
            )
    assert opened(events) == []


def test_a_line_that_grows_slower_is_given_the_time_that_it_took_before() -> None:
    second, events = 0.0, list[Event]()
    for gap in (1.0, 2.0, 2.0, 4.0, 5.0, 5.0, 5.0, 5.0):
        events.append(sight(second))
        events += [
            Tick(
                at=at(second + part), connected_at=at(0), heard_at=at(second + part), last_frame_at=at(second)
            )
            for part in (gap / 2, gap - 0.01)
        ]
        second += gap
    assert opened(events) == []
    silent = [
        Tick(at=at(second + n), connected_at=at(0), heard_at=at(second + n), last_frame_at=at(second - 5))
        for n in range(15)
    ]
    assert opened([*events, *silent]) == [RuleName.CAMERA_STOPPED]


def test_notes_of_other_kinds_change_no_state_of_the_pictures() -> None:
    calm = stream((5, {}))
    state, _ = run(calm)
    after, _ = run([noted(10, "contextmenu"), camera(11), spoke(12, 0.5)], state=state)
    assert after.memories == state.memories
