# SPDX-License-Identifier: Apache-2.0
"""What a browser may say that it noted, and how much of it is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from proctor.telemetry.model import MOST_IN_A_BATCH, MOST_OF_AN_ATTEMPT, Cause, Kind, kept_of, read_batch
from proctor.telemetry.queries import TelemetryNote, with_ends

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def note(number: int = 5, **more: Any) -> dict[str, Any]:
    return {"number": number, "kind": "paste", "typing": True, **more}


def batch(*notes: Any, **more: Any) -> dict[str, Any]:
    return {"device": "phone", "sent_ms": 10_000, "notes": list(notes), **more}


def test_a_note_is_read_with_its_facts() -> None:
    device, (one,) = read_batch(batch(note(4_000, item="q7", amount=12, cause="notes")))
    assert (device, one.kind, one.item, one.amount, one.cause) == ("phone", Kind.PASTE, "q7", 12, Cause.NOTES)
    assert one.occurred_at(NOON) == NOON - timedelta(seconds=6)
    assert one.typing


def test_what_is_left_out_has_its_usual_value() -> None:
    _device, (one,) = read_batch(batch(note(item=None, amount=None)))
    assert (one.item, one.amount, one.cause) == (None, None, Cause.NONE)


@given(st.integers(1, 10**15), st.integers(0, 10**15))
def test_no_clock_of_a_device_puts_a_note_into_the_future_or_beyond_a_week(number: int, sent: int) -> None:
    _device, (one,) = read_batch(batch(note(number), sent_ms=sent))
    assert NOON - timedelta(days=7) <= one.occurred_at(NOON) <= NOON


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        batch(),
        batch(note(), extra=1),
        batch(*[note(number) for number in range(1, MOST_IN_A_BATCH + 2)]),
        batch(note(5), note(5)),
        batch(note(6), note(5)),
        batch(note(), device=""),
        batch(note(), device="x" * 65),
        batch(note(), device=7),
        batch(note(), device="é"),
        batch(note(), sent_ms="now"),
        batch(note(), sent_ms=True),
        batch(note(), sent_ms=-1),
        batch(note(0)),
        batch(note(10**15 + 1)),
        batch(note(kind="guilty")),
        batch(note(kind=[])),
        batch(note(cause="luck")),
        batch(note(typing="yes")),
        batch(note(item=3)),
        batch(note(item="")),
        batch(note(amount=-1)),
        batch(note(amount=2**31)),
        batch(note(amount=1.5)),
        batch(note(text="what was copied")),
        batch({"number": 1, "kind": "blur"}),
        batch("blur"),
        batch(note(), notes="blur"),
    ],
)
def test_anything_else_is_refused_whole(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="telemetry_malformed"):
        read_batch(wrong)


def test_an_attempt_keeps_so_many_and_counts_the_rest() -> None:
    _device, notes = read_batch(batch(note(1), note(2), note(3)))
    assert kept_of(notes, stored=0) == (notes, 0)
    assert kept_of(notes, stored=MOST_OF_AN_ATTEMPT - 1) == (notes[:1], 2)
    assert kept_of(notes, stored=MOST_OF_AN_ATTEMPT + 9) == ((), 3)


def kept(number: int, kind: Kind, *, device: str = "phone", at: int = 0) -> TelemetryNote:
    return TelemetryNote(
        device=device,
        number=number,
        kind=kind,
        item=None,
        lasted=None,
        amount=None,
        cause=Cause.NONE,
        typing=False,
        occurred_at=NOON + timedelta(seconds=at),
        received_at=NOON,
    )


def test_a_note_that_ends_another_becomes_how_long_it_lasted() -> None:
    shown = with_ends(
        [
            kept(1, Kind.BLUR, at=0),
            kept(1, Kind.HIDDEN, device="tablet", at=1),
            kept(2, Kind.FULL_SCREEN_LEFT, at=2),
            kept(3, Kind.FOCUS, at=9),
            kept(4, Kind.FULL_SCREEN_BACK, at=12),
            kept(5, Kind.FOCUS, at=13),
        ]
    )
    assert [(one.kind, one.lasted and one.lasted.seconds) for one in shown] == [
        (Kind.BLUR, 9),
        (Kind.HIDDEN, None),
        (Kind.FULL_SCREEN_LEFT, 10),
        (Kind.FOCUS, None),
    ]
