# SPDX-License-Identifier: Apache-2.0
"""A learner who does not agree to being watched and asks for a place with an invigilator. Pure; no storage here.

It is a wish and nothing else: no result, no incident and no report may ever read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import Conflict


class AskedBecause(StrEnum):
    """What happened: the learner said no before anything was captured, or took the consent back later."""

    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Settled(StrEnum):
    """How the wish was settled."""

    CHANGED_MIND = "changed_mind"
    MOVED = "moved"
    INVIGILATED = "invigilated"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRequest:
    """One wish; `running`: the test had begun. `invigilator`: who watches in the room where it is settled in that way."""

    id: str
    entry_id: str
    sitting_id: str
    because: AskedBecause
    running: bool
    asked_at: datetime
    settled: Settled | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None
    invigilator: str = ""
    reason: str = ""

    @property
    def open(self) -> bool:
        """Whether somebody still has to act."""
        return self.settled is None


def require_open(request: PlaceRequest | None) -> PlaceRequest:
    """Raises Conflict `invigilation_not_asked`, `invigilation_settled`."""
    if request is None:
        raise Conflict("invigilation_not_asked")
    if not request.open:
        raise Conflict("invigilation_settled")
    return request
