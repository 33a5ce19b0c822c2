# SPDX-License-Identifier: Apache-2.0
"""The shape of what a browser notes, and how much of it is kept. Pure; no judgement lives here and no text of anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from core.errors import Invalid

MOST_IN_A_BATCH = 200
MOST_OF_AN_ATTEMPT = 5000
LONGEST_NAME = 64
HIGHEST_NUMBER = 10**15
HIGHEST_AMOUNT = 2**31 - 1
_NEEDED = {"number", "kind", "typing"}
_MEMBERS = _NEEDED | {"item", "amount", "cause"}
_MS = timedelta(milliseconds=1)
_LONGEST_AGE_MS = 7 * 86_400_000


class Kind(StrEnum):
    """What happened; where a browser has an event for it, by the name of that."""

    HIDDEN = "hidden"
    BLUR = "blur"
    FOCUS = "focus"
    FULL_SCREEN_LEFT = "full_screen_left"
    FULL_SCREEN_BACK = "full_screen_back"
    COPY = "copy"
    CUT = "cut"
    PASTE = "paste"
    PASTE_REFUSED = "paste_refused"
    PRINT = "beforeprint"
    SCREENS_ONE = "screens_one"
    SCREENS_SEVERAL = "screens_several"
    SCREENS_UNKNOWN = "screens_unknown"
    SCREEN_CHANGED = "screen_changed"
    WINDOW_SHAPE = "window_shape"
    CONTEXT_MENU = "contextmenu"
    RELOADED = "reloaded"
    CLOCK_JUMPED = "clock_jumped"
    LEFT_OUT = "left_out"

    @property
    def ends(self) -> frozenset[Kind]:
        """What this is the end of; what lies between lasted."""
        if self is Kind.FOCUS:
            return frozenset({Kind.HIDDEN, Kind.BLUR})
        return frozenset({Kind.FULL_SCREEN_LEFT}) if self is Kind.FULL_SCREEN_BACK else frozenset()


CIRCUMSTANCES = frozenset(
    {
        Kind.FOCUS,
        Kind.FULL_SCREEN_BACK,
        Kind.SCREENS_ONE,
        Kind.SCREENS_UNKNOWN,
        Kind.LEFT_OUT,
    }
)
"""Notes that only complete others: a count of what happened leaves them out."""


class Cause(StrEnum):
    """What of the room itself may have caused it; `none` where nothing did."""

    NONE = "none"
    DIALOG = "dialog"
    CAMERA = "camera"
    FILE = "file"
    CALCULATOR = "calculator"
    NOTES = "notes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One thing that a browser noted. `number` grows within a device; `item` is the attempt's own name of a question or None.

    `age_ms`: how long before it was sent; `amount`: characters, milliseconds of a jump, or how many were left out;
    `typing`: whether something was being typed.
    """

    number: int
    kind: Kind
    age_ms: int
    item: str | None
    amount: int | None
    cause: Cause
    typing: bool

    def occurred_at(self, now: datetime) -> datetime:
        """When it happened, by the server's clock."""
        return now - self.age_ms * _MS


def read_batch(body: Mapping[str, Any]) -> tuple[str, tuple[Note, ...]]:
    """The device and its notes, oldest first. A number is the instant of the device's own clock (ms) at which it was given.

    Only differences count of that clock: to `sent_ms`, the instant of sending. Raises Invalid `telemetry_malformed`.
    """
    if set(body) != {"device", "sent_ms", "notes"} or not isinstance(body["notes"], list):
        raise Invalid("telemetry_malformed")
    device, notes = body["device"], body["notes"]
    if not _is_name(device) or not 1 <= len(notes) <= MOST_IN_A_BATCH:
        raise Invalid("telemetry_malformed")
    sent = _number(body["sent_ms"], highest=HIGHEST_NUMBER)
    read = tuple(_note(one, sent_ms=sent) for one in notes)
    if any(second.number <= first.number for first, second in pairwise(read)):
        raise Invalid("telemetry_malformed")
    return device, read


def kept_of(notes: Sequence[Note], *, stored: int) -> tuple[Sequence[Note], int]:
    """Those that still find room beside `stored` of the attempt, and how many do not."""
    room = max(0, MOST_OF_AN_ATTEMPT - stored)
    return notes[:room], len(notes[room:])


def _note(one: object, *, sent_ms: int) -> Note:
    if (
        not isinstance(one, dict)
        or not _NEEDED <= set(one) <= _MEMBERS
        or not isinstance(one["typing"], bool)
    ):
        raise Invalid("telemetry_malformed")
    item, amount = one.get("item"), one.get("amount")
    if item is not None and not _is_name(item):
        raise Invalid("telemetry_malformed")
    try:
        kind, cause = Kind(one["kind"]), Cause(one.get("cause", Cause.NONE))
    except ValueError as error:
        raise Invalid("telemetry_malformed") from error
    number = _number(one["number"], highest=HIGHEST_NUMBER, lowest=1)
    return Note(
        number=number,
        kind=kind,
        age_ms=min(max(0, sent_ms - number), _LONGEST_AGE_MS),
        item=item,
        amount=None if amount is None else _number(amount, highest=HIGHEST_AMOUNT),
        cause=cause,
        typing=one["typing"],
    )


def _is_name(value: object) -> bool:
    return (
        isinstance(value, str) and 1 <= len(value) <= LONGEST_NAME and value.isascii() and value.isprintable()
    )


def _number(value: object, *, highest: int, lowest: int = 0) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise Invalid("telemetry_malformed")
    return value
