# SPDX-License-Identifier: Apache-2.0
"""Which looks are enrolled: sharp ones, unlike each other, all of one face; and how they are written down."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import Unavailable
from proctor.checkin.enrolling import Candidate, Learned, choose, from_bytes, to_bytes
from proctor.rules.baseline import Baseline
from proctor.vision.identity import normalised
from proctor.vision.litert import Floats

ONE = normalised(np.ones(192, np.float32))


def near(seed: int, *, spread: float = 0.02) -> Floats:
    """A look at the same face."""
    noise = np.random.default_rng(seed).normal(0.0, spread, 192)
    return normalised(np.asarray(ONE + noise, np.float32))


def stranger(seed: int) -> Floats:
    return normalised(np.asarray(np.random.default_rng(seed).normal(0.0, 1.0, 192), np.float32))


def test_five_of_the_sharper_looks_are_enrolled() -> None:
    looks = [Candidate(float(number), near(number)) for number in range(14)]
    chosen = choose(looks)
    assert len(chosen) == 5
    sharper = [one.vector for one in looks[7:]]
    assert all(any(np.array_equal(vector, one) for one in sharper) for vector in chosen)


def test_looks_are_chosen_for_their_spread() -> None:
    same = [Candidate(9.0, ONE) for _ in range(4)]
    apart = Candidate(8.0, near(3, spread=0.05))
    chosen = choose([*same, apart])
    assert np.array_equal(chosen[1], apart.vector)


def test_a_look_at_somebody_else_is_not_enrolled() -> None:
    looks = [Candidate(5.0, near(number)) for number in range(4)]
    chosen = choose([*looks, Candidate(99.0, stranger(1))])
    assert len(chosen) == 4
    assert all(float(vector @ ONE) > 0.9 for vector in chosen)


def test_fewer_than_three_looks_of_one_face_enrol_nobody() -> None:
    assert choose([Candidate(1.0, near(1)), Candidate(1.0, near(2))]) == ()
    assert choose([Candidate(1.0, stranger(number)) for number in range(12)]) == ()
    assert Learned(None, (near(1), near(2))).enrolled is None


def test_what_is_written_down_is_read_again() -> None:
    learned = Learned(Baseline(frames=9, eyes_open=0.3), (near(1), near(2), near(3)))
    again = from_bytes(to_bytes(learned))
    assert again.baseline == learned.baseline
    assert again.enrolled is not None
    assert learned.enrolled is not None
    assert float(again.enrolled @ learned.enrolled) == pytest.approx(1.0, abs=1e-4)
    assert from_bytes(to_bytes(Learned())) == Learned()
    assert from_bytes(to_bytes(Learned(network="ab" * 32))).network == "ab" * 32


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"version": 9}', b'{"version": 1, "baseline": {}, "vectors": []}']
)
def test_bytes_of_another_kind_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(Unavailable) as refusal:
        from_bytes(data)
    assert refusal.value.code == "check_in_damaged"
