# SPDX-License-Identifier: Apache-2.0
"""The rule for a recording that plays again: what is a loop, and what only looks alike."""

from __future__ import annotations

from proctor.rules.alerts import AlertEnd, RuleName
from proctor.rules.looped import repeated_after
from proctor.rules.parameters import Loop
from tests.unit.proctor.rule_streams import opened, rules, run, sight


def _prints(count: int, *, step: int) -> list[int]:
    """Fingerprints that wander, each about 12 bits from the one before."""
    value, found = 0x1234_5678_9ABC_DEF0, list[int]()
    for _ in range(count):
        value = (value * 6364136223846793005 + 1442695040888963407 + step) % 2**64
        mask = value & (value >> 7) & 0x0FFF_FFFF_FFFF_FFF0
        found.append((found[-1] if found else 0) ^ mask)
    return found


def test_a_recording_that_plays_again_is_a_loop_and_a_living_picture_is_none() -> None:
    once = _prints(40, step=1)
    loop = [sight(n, fingerprint=one) for n, one in enumerate(once * 3)]
    state, changes = run(loop, rules())
    assert [alert.rule for alert in changes] == [RuleName.CAMERA_LOOPED]
    assert changes[0].numbers["frames_apart"] == 40
    alive = [sight(n, fingerprint=one) for n, one in enumerate(_prints(240, step=2))]
    assert opened(alive, rules()) == []
    later = [sight(120 + n, fingerprint=one) for n, one in enumerate(_prints(60, step=3))]
    assert [alert.ended_because for alert in run(later, rules(), state)[1]] == [AlertEnd.CLEARED]


def test_a_calm_learner_who_looks_the_same_for_minutes_is_no_loop() -> None:
    calm = [sight(n, fingerprint=0xF0F0 ^ (1 << n % 5)) for n in range(300)]
    assert opened(calm, rules()) == []
    back = [sight(n, fingerprint=0 if n // 40 % 2 else 2**40 - 1) for n in range(240)]
    assert opened(back, rules()) == []


def test_a_frame_without_a_fingerprint_breaks_the_stretch() -> None:
    prints = _prints(30, step=1)
    broken = [
        *(sight(n, fingerprint=one) for n, one in enumerate(prints)),
        sight(30, fingerprint=None),
        *(sight(31 + n, fingerprint=one) for n, one in enumerate(prints)),
    ]
    assert opened(broken, rules()) == []


def test_like_ends_of_unlike_stretches_are_no_repetition() -> None:
    loop = Loop()
    prints = _prints(60, step=1)
    assert repeated_after((*prints, *_prints(30, step=9), prints[40]), loop) is None
    assert repeated_after(tuple(prints[:20]), loop) is None
