# SPDX-License-Identifier: Apache-2.0
"""What is granted to a candidate beside extra time: a list, each with its reason. Pure; times are computed in ``attempts``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from assessor.scheduling.names import optional_text
from core.errors import Invalid

MAXIMUM_REASON = 300


class Aid(StrEnum):
    """What may be granted. Extra time is a number of minutes, with a reason of its own here."""

    EXTRA_TIME = "extra_time"
    SCREEN_READER = "screen_reader"
    SCRIBE = "scribe"
    LARGE_PRINT = "large_print"
    SEPARATE_ROOM = "separate_room"
    BREAKS = "breaks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accommodation:
    """One thing granted and why."""

    aid: Aid
    reason: str

    def to_document(self) -> dict[str, str]:
        """As an entry stores it."""
        return {"aid": self.aid.value, "reason": self.reason}


def check_accommodations(given: Iterable[Accommodation], *, extra_minutes: int) -> tuple[Accommodation, ...]:
    """Each aid once, with a reason of 1 to 300 characters; extra time is there exactly when minutes are.

    Raises Invalid `accommodation_reason` (facts aid), `accommodation_twice`.
    """
    kept: dict[Aid, Accommodation] = {}
    for one in given:
        reason = optional_text(one.reason, longest=MAXIMUM_REASON)
        if not reason:
            raise Invalid("accommodation_reason", aid=one.aid.value)
        if one.aid in kept:
            raise Invalid("accommodation_twice", aid=one.aid.value)
        kept[one.aid] = Accommodation(aid=one.aid, reason=reason)
    if (Aid.EXTRA_TIME in kept) != (extra_minutes > 0):
        raise Invalid("accommodation_reason", aid=Aid.EXTRA_TIME.value)
    return tuple(kept[aid] for aid in Aid if aid in kept)


def accommodations_of(stored: Iterable[Mapping[str, str]]) -> tuple[Accommodation, ...]:
    """The stored list as values."""
    return tuple(Accommodation(aid=Aid(one["aid"]), reason=one["reason"]) for one in stored)
